//! Finds the packages of a program (language reference, 6.1) and parses them into one tree.
//!
//! Depth first, so that each package comes after those that it imports; a package that is met again while it is open is
//! part of a cycle. Packages are the same when their files are, whatever path led there.

use std::path::{Component, Path, PathBuf};

use mochi_base::diag::codes::{M001, M002, M015};
use mochi_base::{FileId, Name, Sink, SourceMap, Span};
use mochi_syntax::tree::{Ident, Import, Package, PackageId, StmtId, StmtKind};
use mochi_syntax::{Forest, Tree};
use rustc_hash::FxHashMap;

use crate::compile::{Session, Source, decode, describe};
use crate::origin::Origin;

/// Ends the names of source files.
const EXTENSION: &str = "mochi";

/// The packages of a program that grows.
#[derive(Default)]
pub(crate) struct Imported {
    /// In the order of their numbers.
    packages: Vec<Known>,
    /// How many of them earlier inputs imported.
    kept: usize,
    /// Their names in the next input.
    pub names: Vec<Name>,
}

/// A package that was read.
struct Known {
    /// Its real path.
    key: PathBuf,
    path: Box<str>,
    /// The real paths of its files.
    files: Vec<PathBuf>,
}

impl Imported {
    /// Those of the last input stay, if there were so many in the end; else they are read again by the next import.
    pub fn keep(&mut self, count: usize) {
        self.packages.truncate(count);
        self.kept = self.packages.len();
    }
}

impl Session {
    /// Parses a program and the packages that it imports. Errors are in the sink.
    pub fn parse_program(&mut self, source: &Source, file: FileId) -> Tree {
        let mut forest = Forest::default();
        forest.imported.clone_from(&self.imported.names);
        self.imported.packages.truncate(self.imported.kept);
        for known in &self.imported.packages {
            let path = known.path.clone();
            forest.tree.packages.push(Package { path, ..Package::default() });
        }
        let mut root = self.timed("parse", |s| forest.parse(&s.sources, file, &mut s.names, &mut s.sink));
        if self.options.whole_package
            && let Source::File(path) = source
            && let Some(package) = root.package
        {
            root.body.stmts = self.parse_siblings(path, package.name, &root.body.stmts, &mut forest);
        }
        let imports = imports(&forest.tree, &root.body.stmts, source_folder(source));
        if !imports.is_empty() {
            self.timed("packages", |s| Finder::new(s, &mut forest).find_all(source, imports));
        }
        Tree { package: root.package, body: root.body, ..forest.tree }
    }
}

impl Session {
    /// Parses the other files of a file's package: those of its folder with the same `package` clause. The top-level
    /// statements of all, in order of the files' names.
    fn parse_siblings(
        &mut self,
        main: &Path,
        package: Name,
        own: &[StmtId],
        forest: &mut Forest,
    ) -> Vec<StmtId> {
        let folder = main.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut all = Vec::new();
        for path in files(&self.origin, folder).unwrap_or_default() {
            if path.file_name() == main.file_name() {
                all.extend_from_slice(own);
                continue;
            }
            // What cannot be read is no part of the package; whoever imports it is told why.
            let Some(text) = std::fs::read(&path).ok().and_then(|bytes| decode(bytes).ok()) else { continue };
            if self.package_of(&text) == Some(package)
                && let Ok(file) = self.sources.add(path.display().to_string(), text)
            {
                all.extend(forest.parse(&self.sources, file, &mut self.names, &mut self.sink).body.stmts);
            }
        }
        all
    }

    /// What the `package` clause of a text says.
    fn package_of(&mut self, text: &str) -> Option<Name> {
        let mut sources = SourceMap::new();
        let file = sources.add("", text).ok()?;
        let tree = mochi_syntax::parse(&sources, file, &mut self.names, &mut Sink::new());
        tree.package.map(|package| package.name)
    }
}

/// An `import` of a package.
struct Wanted {
    stmt: StmtId,
    path: String,
    span: Span,
    /// The folder of the file with the import.
    folder: PathBuf,
}

/// The imports of packages among top-level statements.
fn imports(tree: &Tree, stmts: &[StmtId], folder: PathBuf) -> Vec<Wanted> {
    let package = |&stmt: &StmtId| match &tree.stmts[stmt].kind {
        StmtKind::Import(import) if import.lang.is_none() => Some(Wanted {
            stmt,
            path: import.path.value.to_string(),
            span: import.path.span,
            folder: folder.clone(),
        }),
        _ => None,
    };
    stmts.iter().filter_map(package).collect()
}

fn source_folder(source: &Source) -> PathBuf {
    match source {
        Source::File(path) => path.parent().unwrap_or(Path::new("")).to_path_buf(),
        Source::Inline(_) | Source::Input { .. } | Source::Stdin => PathBuf::new(),
    }
}

/// What is known of a package.
enum State {
    /// Its imports are being looked at.
    Open,
    /// Everything is known.
    Done(PackageId),
    /// It cannot be read; reported.
    Broken,
}

/// A package whose imports are being looked at.
struct Open {
    /// The import that led here.
    from: Wanted,
    key: PathBuf,
    package: Package,
    /// The real paths of its files.
    files: Vec<PathBuf>,
    /// Imports that are left, last first.
    left: Vec<Wanted>,
}

struct Finder<'a> {
    session: &'a mut Session,
    forest: &'a mut Forest,
    /// Packages by their real paths.
    states: FxHashMap<PathBuf, State>,
    /// The package of each file, by real paths.
    owners: FxHashMap<PathBuf, PathBuf>,
    open: Vec<Open>,
}

impl<'a> Finder<'a> {
    fn new(session: &'a mut Session, forest: &'a mut Forest) -> Self {
        let (mut states, mut owners) = (FxHashMap::default(), FxHashMap::default());
        for (at, known) in session.imported.packages.iter().enumerate() {
            states.insert(known.key.clone(), State::Done(PackageId(at as u32)));
            owners.extend(known.files.iter().map(|file| (file.clone(), known.key.clone())));
        }
        Self { session, forest, states, owners, open: Vec::new() }
    }

    fn find_all(mut self, source: &Source, mut imports: Vec<Wanted>) {
        let main = match source {
            Source::File(path) => self.session.origin.real(path).ok(),
            Source::Inline(_) | Source::Input { .. } | Source::Stdin => None,
        };
        if let Some(main) = main {
            self.states.insert(main.clone(), State::Open);
            self.owners.insert(main.clone(), main);
        }
        imports.reverse();
        while let Some(wanted) = imports.pop() {
            self.visit(wanted);
            // The packages it imports, and theirs.
            while let Some(mut package) = self.open.pop() {
                match package.left.pop() {
                    Some(next) => {
                        self.open.push(package);
                        self.visit(next);
                    }
                    None => self.close(package),
                }
            }
        }
    }

    /// All imports of a package are known.
    fn close(&mut self, Open { from, key, package, files, .. }: Open) {
        self.session.imported.packages.push(Known { key: key.clone(), path: package.path.clone(), files });
        let id = self.forest.tree.packages.push(package);
        self.states.insert(key, State::Done(id));
        self.resolve(from.stmt, id);
    }

    fn resolve(&mut self, stmt: StmtId, id: PackageId) {
        if let StmtKind::Import(import) = &mut self.forest.tree.stmts[stmt].kind {
            let import: &mut Import = import;
            import.package = Some(id);
        }
    }

    fn visit(&mut self, wanted: Wanted) {
        let Some(place) = self.look(&wanted) else { return };
        let key = match self.session.origin.real(&place) {
            Ok(key) => key,
            Err(error) => return self.unreadable(&wanted, &place, &describe(&error)),
        };
        match self.states.get(&key) {
            Some(&State::Done(id)) => self.resolve(wanted.stmt, id),
            Some(State::Broken) => {}
            Some(State::Open) => self.cycle(&wanted, &place, &key),
            None => self.begin(wanted, place, key),
        }
    }

    /// Reads the files of a package.
    fn begin(&mut self, wanted: Wanted, place: PathBuf, key: PathBuf) {
        self.states.insert(key.clone(), State::Broken);
        if self.session.is_outside(&key) {
            return self.unreadable(&wanted, &place, "it lies outside of the folder given by `--root`");
        }
        let files = match files(&self.session.origin, &place) {
            Ok(files) => files,
            Err(error) => return self.unreadable(&wanted, &place, &describe(&error)),
        };
        if files.is_empty() {
            return self.unreadable(&wanted, &place, "the folder has no .mochi files");
        }
        let start = self.forest.tree.extent();
        let (mut stmts, mut left, mut read) = (Vec::new(), Vec::new(), Vec::new());
        let mut clause: Option<Ident> = None;
        for file in files {
            let real = self.session.origin.real(&file).unwrap_or_else(|_| file.clone());
            if let Some(owner) = self.owners.insert(real.clone(), key.clone()) {
                if matches!(self.states.get(&owner), Some(State::Open)) {
                    return self.cycle(&wanted, &place, &owner);
                }
                let why = format!("`{}` is part of another package already", file.display());
                return self.unreadable(&wanted, &place, &why);
            }
            read.push(real);
            let text = match self.session.origin.read(&file) {
                Ok(bytes) => decode(bytes),
                Err(error) => Err(describe(&error)),
            };
            let text = match text {
                Ok(text) => text,
                Err(why) => return self.unreadable(&wanted, &file, &why),
            };
            let Ok(id) = self.session.sources.add(file.display().to_string(), text) else {
                return self.unreadable(&wanted, &file, "all sources together are larger than 4 GiB");
            };
            let Session { sources, names, sink, .. } = &mut *self.session;
            let root = self.forest.parse(sources, id, names, sink);
            match (clause, root.package) {
                (Some(first), Some(other)) if first.name != other.name => {
                    let (name, first_name) = (names.get(other.name), names.get(first.name));
                    let at = M015 { name, first: first_name }.at(other.span);
                    sink.report(at.note(first.span, "the first file says so"));
                }
                (None, found) => clause = found,
                _ => {}
            }
            let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
            left.extend(imports(&self.forest.tree, &root.body.stmts, folder));
            stmts.extend(root.body.stmts);
        }
        left.reverse();
        self.states.insert(key.clone(), State::Open);
        let path = wanted.path.as_str().into();
        let package = Package { path, stmts, nodes: start..self.forest.tree.extent() };
        self.open.push(Open { from: wanted, key, package, files: read, left });
    }

    /// The file or folder that a path means.
    fn look(&mut self, wanted: &Wanted) -> Option<PathBuf> {
        let path = wanted.path.as_str();
        let local = path == "." || path == ".." || path.starts_with("./") || path.starts_with("../");
        let base = if local { wanted.folder.clone() } else { self.session.shown_module_root() };
        let whole = tidy(&base.join(path));
        let with_extension = {
            let mut name = whole.clone().into_os_string();
            name.push(".");
            name.push(EXTENSION);
            PathBuf::from(name)
        };
        let is_source = whole.extension().is_some_and(|extension| extension == EXTENSION);
        let named = whole.file_name().is_some();
        let origin = &self.session.origin;
        if is_source && origin.is_file(&whole) {
            return Some(whole);
        }
        if named && origin.is_file(&with_extension) {
            return Some(with_extension);
        }
        let folder = if whole.as_os_str().is_empty() { PathBuf::from(".") } else { whole.clone() };
        if !path.is_empty() && origin.is_folder(&folder) {
            return Some(folder);
        }
        let mut places = Vec::new();
        if is_source {
            places.push(format!("`{}`", whole.display()));
        } else if named {
            places.push(format!("`{}`", with_extension.display()));
            places.push(format!("the folder `{}`", whole.display()));
        }
        let places = match places.is_empty() {
            true => "Write the path of a file or folder.".to_string(),
            false => format!("Looked for {}.", places.join(" and ")),
        };
        self.session.sink.report(M001 { path, places }.at(wanted.span));
        None
    }

    #[cold]
    fn unreadable(&mut self, wanted: &Wanted, place: &Path, why: &str) {
        let places = format!("Cannot read `{}`: {why}.", place.display());
        self.session.sink.report(M001 { path: &wanted.path, places }.at(wanted.span));
    }

    /// Reports that `key` is imported, in the end, by itself.
    #[cold]
    fn cycle(&mut self, wanted: &Wanted, place: &Path, key: &Path) {
        // The main program is open too, but not on the stack.
        let first = self.open.iter().position(|package| package.key == key);
        let inside = self.open.iter().skip(first.map_or(0, |at| at + 1));
        let mut chain: Vec<String> = vec![place.display().to_string()];
        chain.extend(inside.map(|package| package.from.path.clone()));
        chain.push(wanted.path.clone());
        let chain: Vec<String> = chain.iter().map(|path| format!("`{path}`")).collect();
        self.session.sink.report(M002 { chain: chain.join(" -> ") }.at(wanted.span));
    }
}

/// The source files of a package in order of their names.
fn files(origin: &Origin, place: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !origin.is_folder(place) {
        return Ok(vec![place.to_path_buf()]);
    }
    let mut files = Vec::new();
    for name in origin.names(place)? {
        let file = tidy(&place.join(&name));
        if name.extension().is_some_and(|extension| extension == EXTENSION) && origin.is_file(&file) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// A path without `.` and without `x/..`, read as it is written: links are not looked at.
fn tidy(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
