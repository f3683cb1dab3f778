//! `mochi build`: from a program to an executable, through C.
//!
//! The program becomes one unit of C ([`mochi_emit::c`]); the C compiler of the system translates it and links it with the
//! runtime, whose object is kept between builds ([`cache`]). What a build makes appears under its name only when it is
//! complete.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use mochi_emit::c::Lines;
use mochi_lower::STD_PREFIX;
use rustc_hash::FxHashSet;

use crate::compile::{Failure, Session, Source, describe};
use crate::group::Leftover;

mod absent;
pub mod board;
pub mod cache;
mod compiler;
pub(crate) mod custom;
mod debugger;
mod kept;
mod key;
mod linker;
mod make;
mod progress;
mod size;
pub mod target;
mod verify;

use board::Board;
use cache::Cache;
pub use compiler::COMPILERS;
use compiler::Compiler;
pub(crate) use compiler::in_path;
use linker::Chosen;
pub use linker::Linker;
use make::{Making, Symbols};
use progress::Progress;
use target::{Ground, Row, Target};

/// The sources of the runtime, by name.
const RUNTIME: &[(&str, &str)] = &[
    ("mochi.h", include_str!("../../../runtime/c/mochi.h")),
    ("embedded.h", include_str!("../../../runtime/c/embedded.h")),
    ("rows.h", include_str!("../../../runtime/c/rows.h")),
    ("internal.h", include_str!("../../../runtime/c/internal.h")),
    ("bare.h", include_str!("../../../runtime/c/bare.h")),
    ("elementary.h", include_str!("../../../runtime/c/elementary.h")),
    ("elementary.inc", include_str!("../../../runtime/c/elementary.inc")),
    ("unicode.inc", include_str!("../../../runtime/c/unicode.inc")),
    ("mochi.c", include_str!("../../../runtime/c/mochi.c")),
    ("posix.c", include_str!("../../../runtime/c/posix.c")),
    ("unix.c", include_str!("../../../runtime/c/unix.c")),
    ("linux.c", include_str!("../../../runtime/c/linux.c")),
    ("command.c", include_str!("../../../runtime/c/command.c")),
    ("windows.c", include_str!("../../../runtime/c/windows.c")),
    ("embedded.c", include_str!("../../../runtime/c/embedded.c")),
    ("cortex_m.c", include_str!("../../../runtime/c/cortex_m.c")),
    ("bare.c", include_str!("../../../runtime/c/bare.c")),
    ("wasi.c", include_str!("../../../runtime/c/wasi.c")),
    ("bigint.c", include_str!("../../../runtime/c/bigint.c")),
    ("decimal.c", include_str!("../../../runtime/c/decimal.c")),
    ("dynamic.c", include_str!("../../../runtime/c/dynamic.c")),
    ("types.c", include_str!("../../../runtime/c/types.c")),
    ("exponential.c", include_str!("../../../runtime/c/exponential.c")),
    ("gamma.c", include_str!("../../../runtime/c/gamma.c")),
    ("heap.c", include_str!("../../../runtime/c/heap.c")),
    ("io.c", include_str!("../../../runtime/c/io.c")),
    ("list.c", include_str!("../../../runtime/c/list.c")),
    ("map.c", include_str!("../../../runtime/c/map.c")),
    ("number.c", include_str!("../../../runtime/c/number.c")),
    ("roots.c", include_str!("../../../runtime/c/roots.c")),
    ("run.c", include_str!("../../../runtime/c/run.c")),
    ("sort.c", include_str!("../../../runtime/c/sort.c")),
    ("stack.c", include_str!("../../../runtime/c/stack.c")),
    ("string.c", include_str!("../../../runtime/c/string.c")),
    ("text.c", include_str!("../../../runtime/c/text.c")),
    ("trigonometric.c", include_str!("../../../runtime/c/trigonometric.c")),
    ("value.c", include_str!("../../../runtime/c/value.c")),
];

/// What is optimised for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Builds quickly; run-time errors show a whole stack trace; C debuggers find their way.
    Dev,
    /// Runs fast.
    #[default]
    Release,
    /// Small, for a machine without an operating system.
    Embedded,
}

impl Mode {
    /// The modes by name.
    pub const NAMES: [(&'static str, Mode); 3] =
        [("release", Mode::Release), ("dev", Mode::Dev), ("embedded", Mode::Embedded)];

    /// Optional passes that it leaves out.
    pub fn disabled_passes(self) -> &'static [&'static str] {
        match self {
            // A debugger shows the functions of the program.
            Mode::Dev => &["inline"],
            Mode::Release | Mode::Embedded => &[],
        }
    }
    fn flags(self) -> &'static [&'static str] {
        match self {
            Mode::Dev => &["-O0", "-g", "-DMOCHI_TRACE"],
            Mode::Release => &["-O2"],
            Mode::Embedded => &["-Os"],
        }
    }
}

/// What is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Emit {
    /// An executable.
    #[default]
    Exe,
    /// The unit of C.
    C,
    /// Its object file.
    Obj,
    /// Its assembly.
    Asm,
}

impl Emit {
    /// The kinds by name.
    pub const NAMES: [(&'static str, Emit); 4] =
        [("exe", Emit::Exe), ("c", Emit::C), ("obj", Emit::Obj), ("asm", Emit::Asm)];

    fn ending(self, target: Option<&Row>) -> &'static str {
        match self {
            Emit::Exe if target.is_some_and(|row| row.ground() == Ground::Nothing) => ".elf",
            Emit::Exe => target.map_or(std::env::consts::EXE_SUFFIX, |row| row.format.suffix()),
            Emit::C => ".c",
            Emit::Obj => ".o",
            Emit::Asm => ".s",
        }
    }
}

/// What to build for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Wanted {
    /// This machine, with what its own compiler takes for granted.
    #[default]
    Host,
    /// Any Linux of this machine's architecture.
    Portable,
    /// The target with this name.
    Named(String),
}

/// What to build, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// The program.
    pub source: Source,
    /// What to build for; this machine without.
    pub target: Wanted,
    /// Without a C library, by calls of the Linux kernel alone.
    pub no_libc: bool,
    /// Where the result goes; a name made from the program's without.
    pub output: Option<PathBuf>,
    /// What is optimised for.
    pub mode: Mode,
    /// What is made.
    pub emit: Emit,
    /// The C compiler; the first that is there without.
    pub cc: Option<OsString>,
    /// Options for the C compiler, after ours.
    pub flags: Vec<OsString>,
    /// Show each command and its time.
    pub verbose: bool,
    /// The linker that the C compiler calls.
    pub linker: Linker,
    /// Commands that run at the same time; as many as are useful without.
    pub jobs: Option<usize>,
    /// Build twice, and fail when the results differ.
    pub verify: bool,
    /// Say where the bytes of the executable come from.
    pub size: bool,
    /// What there is on a machine without an operating system.
    pub board: Board,
    /// Files of C, objects and libraries that are linked too.
    pub link: Vec<PathBuf>,
}

impl Request {
    /// A program's executable, as it is built when nothing else is said.
    pub fn new(source: Source) -> Request {
        Request {
            source,
            target: Wanted::default(),
            no_libc: false,
            output: None,
            mode: Mode::default(),
            emit: Emit::default(),
            cc: None,
            flags: Vec::new(),
            verbose: false,
            linker: Linker::default(),
            jobs: None,
            verify: false,
            size: false,
            board: Board::default(),
            link: Vec::new(),
        }
    }
}

/// Builds a program. What is to be said of the result, for standard output.
pub fn build(session: &mut Session, request: &Request) -> Result<String, Failure> {
    let start = Instant::now();
    let progress = if request.verbose { Progress::none() } else { Progress::start() };
    progress.step("checking and optimising the program");
    let unit = translate(session, request)?;
    let target = unit.target.clone();
    let output = output_path(request, target.as_ref().map(|target| target.base).or_else(Row::host))?;
    if request.verbose {
        say("compile to C", start.elapsed());
    }
    let (board, linked) = machine(request, target.as_ref()).map_err(Failure::Message)?;
    if request.emit == Emit::C {
        let whole = |unit: &Unit| match target.as_ref().map(|target| target.base.ground()) {
            Some(Ground::Nothing) => board::whole(&unit.text),
            _ => unit.text.clone(),
        };
        let report = twice(session, request, &unit, |unit| Ok(whole(unit).into_bytes()))?;
        let draft = Draft::beside(&output)?;
        draft.fill(whole(&unit).as_bytes(), Emit::C).map_err(|error| cannot("write", &output, &error))?;
        draft.keep(&output)?;
        return Ok(report);
    }
    let compiler = Compiler::find(request.cc.as_deref(), target).map_err(Failure::Message)?;
    let linker = Chosen::new(&request.linker, &compiler).map_err(Failure::Message)?;
    // Fails here rather than after the C compiler ran.
    let draft = Draft::beside(&output)?;
    let cache = Cache::of_user();
    let making = Making {
        request,
        compiler: &compiler,
        linker: &linker,
        cache: &cache,
        progress: &progress,
        unit: &unit.text,
        output: &output,
        board: &board,
        linked: &linked,
    };
    let mut report = twice(session, request, &unit, |unit| {
        Making { unit: &unit.text, cache: &Cache::none(), ..making }.compiled(Symbols::ByMode)
    })?;
    let bytes = making.result()?;
    if request.size {
        let named = making.compiled(Symbols::Kept)?;
        let is_own = |number| !unit.library.contains(&number);
        report += &size::table(&named, bytes.len() as u64, &is_own).map_err(Failure::Message)?;
    }
    draft.fill(&bytes, request.emit).map_err(|error| cannot("write", &output, &error))?;
    draft.keep(&output)?;
    Ok(report)
}

/// What is said of the machine, and the files that are linked too, here and by the project. Fails where that does not fit what
/// is built.
fn machine(request: &Request, target: Option<&Target>) -> Result<(Board, Vec<PathBuf>), String> {
    let is_board = target.is_some_and(|target| target.base.ground() == Ground::Nothing);
    let own = target.map(|target| &target.board);
    let board = request.board.clone().or(own.unwrap_or(&Board::default()));
    if !is_board && request.mode == Mode::Embedded {
        return Err("`--mode=embedded` is for machines without an operating system: leave out `--target`, or name one of those \
                    (`mochi targets` lists them)"
            .to_owned());
    }
    if !is_board && !board.is_empty() {
        return Err(
            "only machines without an operating system are told their memory and its layout".to_owned()
        );
    }
    board.resolved()?;
    let own = target.map(|target| &target.link[..]).unwrap_or_default();
    if request.emit != Emit::Exe && !request.link.is_empty() {
        return Err("`--link` is for executables: nothing is linked here".to_owned());
    }
    let linked: Vec<PathBuf> = own.iter().chain(&request.link).cloned().collect();
    let missing = linked.iter().chain(&board.script).find(|file| !file.is_file());
    match missing.filter(|_| request.emit == Emit::Exe) {
        Some(file) => Err(format!("there is no file `{}` to link", file.display())),
        None => Ok((board, linked)),
    }
}

/// A program in C.
struct Unit {
    text: String,
    /// The numbers of the functions that are the library's.
    library: FxHashSet<usize>,
    /// What it is for; this machine without.
    target: Option<Target>,
}

/// What to build for, in a project that is known by now, since it may have targets of its own.
fn wanted(session: &Session, request: &Request) -> Result<Option<Target>, String> {
    let named = match &request.target {
        Wanted::Host if request.mode == Mode::Embedded => Some(Target::named(target::EMBEDDED_TARGET, &[])?),
        Wanted::Host => None,
        Wanted::Portable => Some(Target::portable()?),
        Wanted::Named(name) => Some(Target::named(name, &session.manifest.targets)?),
    };
    if !request.no_libc {
        return Ok(named);
    }
    let base = named.or_else(|| Row::host().map(Target::from));
    base.ok_or("`--no-libc` is for Linux")?.without_library().map(Some)
}

fn translate(session: &mut Session, request: &Request) -> Result<Unit, Failure> {
    let lines = match (request.mode, request.emit) {
        (Mode::Dev, Emit::Exe | Emit::Obj | Emit::Asm) => Lines::Directives,
        (Mode::Release | Mode::Embedded, _) | (_, Emit::C) => Lines::Comments,
    };
    session
        .options
        .disabled_passes
        .extend(request.mode.disabled_passes().iter().map(|&name| name.to_owned()));
    let module = session.compile_to_ir(&request.source)?;
    let target = wanted(session, request).map_err(Failure::Message)?;
    if let Some(target) = &target {
        absent::check(session, &module, target)?;
    }
    let of_library = |(at, func): (usize, &mochi_ir::Func)| func.name.starts_with(STD_PREFIX).then_some(at);
    let library = module.funcs.values().enumerate().filter_map(of_library).collect();
    Ok(Unit { text: session.emit_c(&module, lines)?, library, target })
}

/// With `--verify`: makes the result twice, from the source on, in folders of different names and without the cache, and
/// compares. What there is to say of it.
fn twice(
    session: &Session,
    request: &Request,
    unit: &Unit,
    make: impl Fn(&Unit) -> Result<Vec<u8>, Failure>,
) -> Result<String, Failure> {
    if !request.verify {
        return Ok(String::new());
    }
    let first = make(unit)?;
    let again = match request.source {
        // What was read is gone.
        Source::Stdin => None,
        _ => Some(translate(&mut Session::new(session.options.clone()), request)?),
    };
    let again = again.as_ref().unwrap_or(unit);
    verify::compare(unit.text.as_bytes(), again.text.as_bytes()).map_err(Failure::Bug)?;
    verify::compare(&first, &make(again)?).map_err(Failure::Bug)
}

/// The table of `mochi targets`, for the project of the current folder.
pub fn targets(session: &mut Session, json: bool) -> Result<String, Failure> {
    session.join_project(&Source::Stdin)?;
    if session.sink.errors() > 0 {
        return Err(Failure::Diagnostics);
    }
    Ok(target::table(&session.manifest.targets, json))
}

fn say(what: &str, took: Duration) {
    crate::report::to_stderr(&format!("{:8.1} ms  {what}\n", took.as_secs_f64() * 1e3));
}

pub(crate) fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Message(format!("cannot {what} `{}`: {}", path.display(), describe(error)))
}

pub(crate) fn output_path(request: &Request, target: Option<&Row>) -> Result<PathBuf, Failure> {
    let path = match (&request.output, &request.source) {
        (Some(path), _) => path.clone(),
        (None, Source::File(path)) => {
            let mut name = path.file_stem().unwrap_or_default().to_owned();
            name.push(request.emit.ending(target));
            PathBuf::from(name)
        }
        (None, _) => {
            return Err(Failure::Message("a program without a file needs `-o FILE`".to_owned()));
        }
    };
    let is_source = matches!(&request.source, Source::File(source) if same_file(source, &path));
    if is_source {
        return Err(Failure::Message(format!(
            "`{}` is the program itself: choose another `-o`",
            path.display()
        )));
    }
    if path.is_dir() {
        return Err(Failure::Message(format!("`{}` is a folder: choose another `-o`", path.display())));
    }
    Ok(path)
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// A file that becomes the result; gone when it does not.
pub(crate) struct Draft {
    file: Leftover,
}

impl Draft {
    pub(crate) fn beside(output: &Path) -> Result<Draft, Failure> {
        let folder = match output.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut name = OsString::from(".");
        name.push(output.file_name().unwrap_or_default());
        name.push(format!(".{}", std::process::id()));
        let made = Leftover::make(folder.join(name), |path| fs::File::create(path));
        let (file, _) = made.map_err(|error| cannot("write", output, &error))?;
        Ok(Draft { file })
    }
    fn path(&self) -> &Path {
        self.file.path()
    }
    /// Writes the whole result, which may be executed by whoever may read it if it is an executable.
    pub(crate) fn fill(&self, bytes: &[u8], emit: Emit) -> std::io::Result<()> {
        fs::write(self.path(), bytes)?;
        #[cfg(unix)]
        if emit == Emit::Exe {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(self.path())?.permissions().mode();
            fs::set_permissions(self.path(), fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
        }
        #[cfg(not(unix))]
        let _ = emit;
        Ok(())
    }
    pub(crate) fn keep(self, output: &Path) -> Result<(), Failure> {
        fs::rename(self.path(), output).map_err(|error| cannot("write", output, &error))?;
        self.file.keep();
        Ok(())
    }
}

/// Where no more files may be open, nobody can look what is in a folder; then what a build puts there is removed by name.
fn remove_folder(folder: &Path, made: &Path) {
    if fs::remove_dir_all(folder).is_err() {
        let files = RUNTIME.iter().map(|(name, _)| *name).chain(["program.c", "program.o", "mochi.o"]);
        files.for_each(|name| drop(fs::remove_file(folder.join(name))));
        let _ = fs::remove_file(folder.join("made").join(made));
        let _ = fs::remove_dir(folder.join("made"));
        let _ = fs::remove_dir(folder);
    }
}

/// A folder for one build, gone with it.
struct Folder {
    folder: Leftover,
}

impl Folder {
    /// For a result with this name.
    fn new(made: &OsStr) -> Result<Folder, Failure> {
        // Another name each time, so that `--verify` notices what depends on it.
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let base = std::env::temp_dir();
        for _ in 0..100 {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = base.join(format!("mochi-build-{}-{number}", std::process::id()));
            let made = PathBuf::from(made);
            let remove = move |folder: &Path| remove_folder(folder, &made);
            match Leftover::make_with(path.clone(), |path| fs::create_dir(path), remove) {
                Ok((folder, ())) => return Ok(Folder { folder }),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(cannot("make the folder", &path, &error)),
            }
        }
        Err(Failure::Message(format!("`{}` is full of folders of other builds", base.display())))
    }
    fn path(&self) -> &Path {
        self.folder.path()
    }
    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.path().join(name);
        fs::write(&path, text).map_err(|error| cannot("write", &path, &error))
    }
}
