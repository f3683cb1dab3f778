//! `mochi` itself on another processor: built by Rust for it, run by an emulator.
//!
//! What makes native code while a program runs is different there, so the corpus runs in the modes of the compiler. Rust's
//! library for the processor is the one of the installed toolchain if it has it (`rustup target add`); else Debian's
//! compiler and library are brought into `target/tools`. The linker is Zig's.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compilers;
use crate::failure::{Context, Failure, Result, failed};
use crate::machines::QEMU_AARCH64;
use crate::provision::{Apt, launcher, shell_script};
use crate::scoreboard::{self, Mode};
use crate::skips::Skips;
use crate::workspace::{self, first_line};

const TARGET: &str = "aarch64-unknown-linux-gnu";

/// Each mode with how much of the corpus is run in it: one program in so many.
const MODES: &[(Mode, usize)] =
    &[(scoreboard::JIT, 8), (scoreboard::JIT_STRESS, 24), (scoreboard::JIT_SOON, 24), (scoreboard::VM, 40)];

const HELP: &str = "\
cargo xtask foreign [--share N] [MODE]...

Builds mochi for aarch64 and runs the programs of tests/run and examples with it under qemu, bringing what is missing
into target/tools. With --share N, every Nth program. Without a mode, what `cargo xtask test` runs. Modes:
";

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let mut wanted: Vec<Mode> = Vec::new();
    let mut share = None;
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("share") => share = Some(lexopt::ValueExt::parse(&args.value()?)?),
            lexopt::Arg::Value(name) => match MODES.iter().find(|(mode, _)| *mode.name == *name) {
                Some((mode, _)) => wanted.push(*mode),
                None => return Err(Failure::Usage(format!("no mode `{}`", name.to_string_lossy()))),
            },
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => {
                print!("{HELP}");
                MODES.iter().for_each(|(mode, _)| println!("  {}", mode.name));
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let modes: Vec<(Mode, usize)> = match wanted.is_empty() {
        true => MODES.iter().map(|&(mode, usual)| (mode, share.unwrap_or(usual))).collect(),
        false => wanted.into_iter().map(|mode| (mode, share.unwrap_or(1))).collect(),
    };
    let root = workspace::root()?;
    run(&root, &Elsewhere::find(&root)?, &modes)
}

/// A part of the corpus and the tests of the compiler, where there is what they need.
pub fn check(root: &Path, skips: &mut Skips) -> Result<()> {
    match Elsewhere::find(root) {
        Ok(elsewhere) => run(root, &elsewhere, MODES),
        Err(Failure::Failed(why) | Failure::Usage(why)) => {
            skips.add("mochi-aarch64", why);
            Ok(())
        }
    }
}

/// What builds for the processor and runs what was built.
struct Elsewhere {
    /// Debian's compiler; the installed one without.
    rustc: Option<PathBuf>,
    linker: PathBuf,
    runner: PathBuf,
}

impl Elsewhere {
    fn find(root: &Path) -> Result<Elsewhere> {
        let tools = compilers::tools_folder(root)?;
        let runner = QEMU_AARCH64.find(&tools)?;
        let linker = tools.join("bin/aarch64-linux-gnu-cc");
        // Versions of symbols: those of the C library that the emulator has.
        let zig = compilers::zig(root)?;
        launcher(&linker, &format!("exec '{}' cc -target aarch64-linux-gnu.2.34", zig.display()))?;
        Ok(Elsewhere { rustc: rustc(&tools)?, linker, runner })
    }

    /// `cargo` with what it needs to build for the processor, in a folder of its own.
    fn cargo(&self, root: &Path, command: &str) -> Command {
        let mut cargo = workspace::cargo(root);
        cargo.args([command, "--quiet", "--target", TARGET, "--profile", "foreign", "--target-dir"]);
        cargo.arg(self.folder(root));
        cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", &self.linker);
        cargo.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", &self.runner);
        cargo.envs(self.rustc.iter().map(|rustc| ("RUSTC", rustc)));
        cargo
    }

    fn folder(&self, root: &Path) -> PathBuf {
        workspace::target_dir(root).join("foreign")
    }
}

/// Rust for the processor; `None` when the installed one has its library.
fn rustc(tools: &Path) -> Result<Option<PathBuf>> {
    let installed = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = first_line(Command::new(installed).args(["--print", "sysroot"])).unwrap_or_default();
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).join("lib").is_dir() {
        return Ok(None);
    }
    let (folder, script) = (tools.join("rust"), tools.join("bin/rustc-aarch64"));
    if !script.is_file() {
        eprintln!("bringing Rust for aarch64");
        let own = Apt::own(tools)?;
        let packages = ["rustc-web", "libstd-rust-web-dev", "libstd-rust-web-1.96", "libllvm22"];
        own.unpack(&packages, &folder)?;
        Apt::foreign(tools, "arm64")?.unpack(&["libstd-rust-web-dev"], &folder)?;
        let usr = folder.join("usr");
        let command = format!(
            "LD_LIBRARY_PATH='{0}/lib/x86_64-linux-gnu' exec '{0}/bin/rustc' --sysroot '{0}'",
            usr.display()
        );
        launcher(&script, &command)?;
    }
    Ok(Some(script))
}

fn run(root: &Path, elsewhere: &Elsewhere, modes: &[(Mode, usize)]) -> Result<()> {
    succeed(elsewhere.cargo(root, "build").args(["--package", "mochi"]))?;
    let built = elsewhere.folder(root).join(TARGET).join("foreign/mochi");
    let script = elsewhere.folder(root).join("mochi");
    shell_script(&script, &format!("exec '{}' '{}' \"$@\"", elsewhere.runner.display(), built.display()))?;
    let mut wrong = Vec::new();
    for (mode, share) in modes {
        eprintln!("-- {} on aarch64", mode.name);
        let mut command = workspace::cargo(root);
        command.args(["test", "--package", "mochi", "--test", "corpus", "--quiet"]);
        command.env("MOCHI_MODE", mode.name).envs(mode.env.iter().copied());
        command.env("MOCHI_EXECUTABLE", &script).env("MOCHI_SHARE", share.to_string());
        wrong.extend(succeed(&mut command).is_err().then_some(mode.name));
    }
    let tests = ["--package", "mochi-jit", "--test", "library", "--test", "memory", "--test", "stencils"];
    // What tries broken stencils starts hundreds of processes.
    let tests = tests.iter().chain(&["--", "--skip", "faults"]);
    wrong.extend(succeed(elsewhere.cargo(root, "test").args(tests)).is_err().then_some("tests"));
    if wrong.is_empty() { Ok(()) } else { failed(format!("wrong: {}", wrong.join(", "))) }
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().context(|| "start cargo".into())?;
    if status.success() { Ok(()) } else { failed(format!("cargo: {status}")) }
}
