//! The C compilers that build the corpus, where they come from and what they are told.
//!
//! Each way to build is a mode of the corpus (`crates/mochi/tests/corpus.rs`) that starts with `c-`. What is not on the
//! machine is brought into `target/tools`; where that fails, the way is left out and said so. A unit and the runtime must
//! compile without a warning everywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lexopt::Arg;

use crate::failure::{Context, Failure, Result, failed};
use crate::provision::{Apt, Venv, launcher, link};
use crate::skips::Skips;
use crate::workspace::{self, on_path};

/// A way to build programs.
pub struct Way {
    /// The mode of the corpus.
    pub mode: &'static str,
    compiler: &'static Compiler,
    /// Options of `mochi build`; those after `--` are the C compiler's.
    args: &'static str,
    env: &'static [(&'static str, &'static str)],
    /// Only programs whose path contains this.
    only: &'static str,
    /// `cargo xtask test` takes one program in so many, since all would take longer than the rest of it.
    share: usize,
}

/// What GCC and those that take its options are asked to complain about.
macro_rules! strict {
    () => {
        "-- -Wall -Wextra -Wpedantic -Werror"
    };
}

/// As users build, by the system's compiler. Optimised code is where the collector could miss a handle, so it collects at
/// every allocation.
pub const OPTIMISED: Way = Way {
    mode: "c-release",
    compiler: &SYSTEM,
    args: strict!(),
    env: &[("MOCHI_GC_STRESS", "1")],
    only: "",
    share: 6,
};
/// The other large compiler.
pub const CLANG: Way =
    Way { mode: "c-clang", compiler: &CLANG_19, args: strict!(), env: &[], only: "", share: 6 };
/// The compiler without a single extension that we use.
pub const TINY: Way =
    Way { mode: "c-tcc", compiler: &TCC, args: "--mode=dev -- -Wall -Werror", env: &[], only: "", share: 2 };
/// Clang again, newer, with another C library behind it: the examples have to do.
pub const ZIG_CC: Way =
    Way { mode: "c-zig", compiler: &ZIG, args: strict!(), env: &[], only: "examples/", share: 6 };

/// With everything that GCC can check at run time, and a collection at every allocation. Handles are looked for on the
/// stack, so locals must be there; what is in use at the end was not lost.
pub const SANITISED: Way = Way {
    mode: "c-sanitised",
    compiler: &SYSTEM,
    args: "--mode=dev -- -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer",
    env: &[
        ("MOCHI_GC_STRESS", "1"),
        ("ASAN_OPTIONS", "detect_stack_use_after_return=0:detect_leaks=0:allocator_may_return_null=1"),
        ("UBSAN_OPTIONS", "print_stacktrace=1"),
    ],
    only: "",
    share: 12,
};

const WAYS: &[&Way] = &[&OPTIMISED, &CLANG, &TINY, &ZIG_CC, &SANITISED];

const HELP: &str = "\
cargo xtask compilers [MODE]...

Builds and runs all programs of tests/run and examples with each C compiler (cargo xtask test takes a part), bringing those that are missing into
target/tools with apt-get and pip; installs nothing on the system. Without a mode, with all of them:
";

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let mut wanted: Vec<&Way> = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Value(mode) => match WAYS.iter().find(|way| *way.mode == *mode) {
                Some(way) => wanted.push(way),
                None => return Err(Failure::Usage(format!("no mode `{}`", mode.to_string_lossy()))),
            },
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                WAYS.iter().for_each(|way| println!("  {:12} {}", way.mode, way.compiler.name));
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::root()?;
    let mut skips = Skips::default();
    for way in if wanted.is_empty() { WAYS } else { &wanted } {
        build_and_run(&root, way, 1, &mut skips)?;
    }
    Ok(())
}

/// A C compiler.
struct Compiler {
    name: &'static str,
    /// Brings it into `target/tools`, as a file in `bin` there.
    bring: Option<fn(&Path) -> Result<()>>,
}

const SYSTEM: Compiler = Compiler { name: "cc", bring: None };
const CLANG_19: Compiler = Compiler { name: "clang", bring: Some(bring_clang) };
const TCC: Compiler = Compiler { name: "tcc", bring: Some(bring_tcc) };
const ZIG: Compiler = Compiler { name: "zig", bring: Some(bring_zig) };

/// Builds and runs a part of the corpus in a way, when there is its compiler.
pub fn check(root: &Path, way: &Way, skips: &mut Skips) -> Result<()> {
    build_and_run(root, way, way.share, skips)
}

fn build_and_run(root: &Path, way: &Way, share: usize, skips: &mut Skips) -> Result<()> {
    let compiler = match way.compiler.find(root) {
        Ok(compiler) => compiler,
        Err(Failure::Failed(why) | Failure::Usage(why)) => {
            skips.add(way.mode, format!("there is no {}: {why}", way.compiler.name));
            return Ok(());
        }
    };
    let args = format!("--cc={} {}", compiler.display(), way.args);
    let mut command = workspace::cargo(root);
    command.args(["test", "--package", "mochi", "--test", "corpus", "--quiet", "--", way.only]);
    command
        .env("MOCHI_SHARE", share.to_string())
        .env("MOCHI_MODE", way.mode)
        .env("MOCHI_BUILD_ARGS", args)
        .envs(way.env.iter().copied());
    let status = command.status().context(|| "start cargo".into())?;
    if status.success() { Ok(()) } else { failed(format!("cargo: {status}")) }
}

impl Compiler {
    /// The compiler that was brought, or one that is installed, or one that can be brought.
    fn find(&self, root: &Path) -> Result<PathBuf> {
        let tools = root.join("target/tools");
        let bin = tools.join("bin");
        fs::create_dir_all(&bin).context(|| format!("create {}", bin.display()))?;
        let brought = bin.join(self.name);
        let mut why = format!("`{}` is not installed", self.name);
        if let Some(bring) = self.bring
            && !works(&brought, &tools)
        {
            eprintln!("bringing {}", self.name);
            let tools = tools.canonicalize().context(|| format!("find {}", tools.display()))?;
            if let Err(Failure::Failed(trouble) | Failure::Usage(trouble)) = bring(&tools) {
                why = trouble;
            }
        }
        let places = [Some(brought), on_path(self.name)];
        match places.into_iter().flatten().find(|file| works(file, &tools)) {
            Some(file) => Ok(file),
            None => failed(why),
        }
    }
}

/// Whether a compiler makes a program that runs.
fn works(compiler: &Path, scratch: &Path) -> bool {
    let (source, made) = (scratch.join("probe.c"), scratch.join("probe"));
    if !compiler.is_file() || fs::write(&source, "int main(void) { return 0; }\n").is_err() {
        return false;
    }
    let mut command = Command::new(compiler);
    command.args(compiler.ends_with("zig").then_some("cc")).arg(&source).arg("-o").arg(&made);
    let ends_well = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    ends_well(&mut command) && ends_well(&mut Command::new(&made))
}

/// Clang needs the directory of its libraries, which are not where its package has them.
fn bring_clang(tools: &Path) -> Result<()> {
    let folder = tools.join("clang");
    let packages =
        ["clang-19", "libclang-cpp19", "libllvm19", "libclang-common-19-dev", "libclang-rt-19-dev"];
    Apt::own(tools)?.unpack(&packages, &folder)?;
    let (usr, libraries) = (folder.join("usr"), library_folder(&folder)?);
    let command = format!(
        "LD_LIBRARY_PATH='{}' exec '{}'",
        libraries.display(),
        usr.join("lib/llvm-19/bin/clang").display()
    );
    launcher(&tools.join("bin/clang"), &command)
}

fn bring_tcc(tools: &Path) -> Result<()> {
    let folder = tools.join("tcc");
    Apt::own(tools)?.unpack(&["tcc"], &folder)?;
    let own = library_folder(&folder)?.join("tcc");
    let command = format!("exec '{}' -B '{}'", folder.join("usr/bin/tcc").display(), own.display());
    launcher(&tools.join("bin/tcc"), &command)
}

fn bring_zig(tools: &Path) -> Result<()> {
    let folder = Venv::with(tools, "zig-venv", "ziglang==0.17.1")?.folder_of("ziglang")?;
    link(&folder.join("zig"), &tools.join("bin/zig"))
}

/// Where unpacked packages have their libraries: `usr/lib/x86_64-linux-gnu` on such a machine.
fn library_folder(unpacked: &Path) -> Result<PathBuf> {
    let lib = unpacked.join("usr/lib");
    let entries = fs::read_dir(&lib).context(|| format!("list {}", lib.display()))?;
    let found = entries.flatten().map(|entry| entry.path()).find(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with("-linux-gnu"))
    });
    found.map_or_else(|| failed(format!("{} has no libraries", lib.display())), Ok)
}
