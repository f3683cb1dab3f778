//! `mochi` itself on another processor: built by Rust for it, run by an emulator.
//!
//! What makes native code while a program runs is different there, so the corpus runs in the modes of the compiler
//! ([`crate::parity`]), and so do the compiler's own tests. Rust's
//! library for the processor is the one of the installed toolchain if it has it (`rustup target add`); else Debian's
//! compiler and library are brought into `target/tools`. The linker is Zig's.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compilers;
use crate::failure::{Failure, Result};
use crate::machines::QEMU_AARCH64;
use crate::provision::{Apt, launcher, shell_script};
use crate::skips::Skips;
use crate::workspace::{self, first_line, succeed};

const TARGET: &str = "aarch64-unknown-linux-gnu";

/// The processor, as a target.
pub const PLACE: &str = "aarch64-linux-gnu";

/// The tests of the compiler, where there is what they need.
pub fn check(root: &Path, skips: &mut Skips) -> Result<()> {
    match Elsewhere::find(root) {
        Ok(elsewhere) => {
            let tests =
                ["--package", "mochi-jit", "--test", "library", "--test", "memory", "--test", "stencils"];
            // What tries broken stencils starts hundreds of processes.
            let tests = tests.iter().chain(&["--", "--skip", "faults"]);
            succeed(elsewhere.cargo(root, "test").args(tests))
        }
        Err(Failure::Failed(why) | Failure::Usage(why)) => {
            skips.add("mochi-aarch64", why);
            Ok(())
        }
    }
}

/// A script that is `mochi` there, or what is missing to build or run it.
pub fn executable(root: &Path) -> Result<std::result::Result<PathBuf, String>> {
    let elsewhere = match Elsewhere::find(root) {
        Ok(elsewhere) => elsewhere,
        Err(Failure::Failed(why) | Failure::Usage(why)) => return Ok(Err(why)),
    };
    succeed(elsewhere.cargo(root, "build").args(["--package", "mochi"]))?;
    let built = elsewhere.folder(root).join(TARGET).join("foreign/mochi");
    let script = elsewhere.folder(root).join("mochi");
    shell_script(&script, &format!("exec '{}' '{}' \"$@\"", elsewhere.runner.display(), built.display()))?;
    Ok(Ok(script))
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
