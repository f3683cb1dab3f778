//! The project that a program belongs to: its module root and what `mochi.toml` there says.

use std::path::{Path, PathBuf};

use mochi_base::diag::codes::{M010, M011};
use mochi_base::suggest::closest;
use mochi_base::{FileId, Span};
use toml::de::{DeTable, DeValue};

use crate::compile::{Failure, IntRange, Session, Source, decode, describe};
use crate::native::{custom, target::Target};

/// The name of the module file.
pub const MODULE_FILE: &str = "mochi.toml";

/// The keys of a module file.
const KEYS: [&str; 5] = ["name", "version", "strict", "int", "target"];

/// What a module file says. Without one, nothing.
#[derive(Clone, Default, Debug)]
pub struct Manifest {
    /// The project's name.
    pub name: Option<String>,
    /// The project's version.
    pub version: Option<String>,
    /// Programs are checked in the strict profile.
    pub strict: bool,
    /// `int` is unbounded (language reference, 4.1).
    pub big_ints: bool,
    /// Targets of `mochi build`, by name.
    pub targets: Vec<Target>,
}

/// The module root of a source (language reference, 6.1): the nearest parent folder with a module file, else the folder
/// of the source; and whether there is a module file. Text from elsewhere than a file belongs to the working directory.
pub fn module_root(source: &Source) -> (PathBuf, bool) {
    let folder = match source {
        Source::File(path) => path.parent().filter(|parent| !parent.as_os_str().is_empty()),
        Source::Inline(_) | Source::Input { .. } | Source::Stdin => None,
    };
    let folder = folder.unwrap_or(Path::new("."));
    // Parents of a relative path end at the working directory.
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    match whole.ancestors().find(|parent| parent.join(MODULE_FILE).is_file()) {
        Some(root) => (root.to_path_buf(), true),
        None => (whole, false),
    }
}

impl Session {
    /// Finds the project of the main source, unless that is done, and obeys its module file. Mistakes in that are in
    /// the sink.
    pub(crate) fn join_project(&mut self, source: &Source) -> Result<(), Failure> {
        if self.module_root.is_some() {
            return Ok(());
        }
        let (root, has_file) = module_root(source);
        self.module_root = Some(root);
        if !has_file {
            return Ok(());
        }
        let path = self.shown_module_root().join(MODULE_FILE);
        let fail = |why: String| Failure::Message(format!("cannot read `{}`: {why}", path.display()));
        let bytes = std::fs::read(&path).map_err(|error| fail(describe(&error)))?;
        let text = decode(bytes).map_err(fail)?;
        let file = self.sources.add(path.display().to_string(), text);
        let file = file.map_err(|_| fail("it is larger than 4 GiB".into()))?;
        self.manifest = self.parse_manifest(file);
        self.options.strict |= self.manifest.strict;
        if self.manifest.big_ints {
            self.options.int = IntRange::Unbounded;
        }
        Ok(())
    }

    fn parse_manifest(&mut self, file: FileId) -> Manifest {
        let source = self.sources.file(file);
        let base = source.start;
        let at = |span: std::ops::Range<usize>| Span::new(base + span.start as u32, base + span.end as u32);
        let mut manifest = Manifest::default();
        let table = match DeTable::parse(&source.text) {
            Ok(table) => table.into_inner(),
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let what = error.message().lines().next().unwrap_or("not TOML").to_string();
                self.sink.report(M010 { what }.at(at(span)));
                return manifest;
            }
        };
        let mut found = Vec::new();
        for (key, value) in &table {
            let mistake = match (&**key.get_ref(), value.get_ref()) {
                ("name", DeValue::String(text)) => {
                    manifest.name = Some(text.to_string());
                    None
                }
                ("version", DeValue::String(text)) => {
                    manifest.version = Some(text.to_string());
                    None
                }
                ("strict", DeValue::Boolean(strict)) => {
                    manifest.strict = *strict;
                    None
                }
                ("int", DeValue::String(profile)) if matches!(&**profile, "big" | "64") => {
                    manifest.big_ints = profile == "big";
                    None
                }
                ("target", _) => {
                    let (targets, mistakes) = custom::read(value);
                    manifest.targets = targets;
                    found.extend(mistakes.into_iter().map(|(what, span)| M010 { what }.at(at(span))));
                    None
                }
                (key @ ("name" | "version"), _) => Some(format!("`{key}` must be a text in quotes")),
                ("strict", _) => Some("`strict` must be true or false".into()),
                ("int", _) => Some("`int` must be \"big\" or \"64\"".into()),
                (unknown, _) => {
                    let hint = closest(unknown, KEYS)
                        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                    found.push(M011 { key: unknown, hint }.at(at(key.span())));
                    None
                }
            };
            if let Some(what) = mistake {
                found.push(M010 { what }.at(at(value.span())));
            }
        }
        // The table is sorted by key.
        found.sort_by_key(|diagnostic| diagnostic.span.lo);
        found.into_iter().for_each(|diagnostic| self.sink.report(diagnostic));
        manifest
    }
}
