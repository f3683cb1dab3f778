//! Checks of what `mochi build` uses: compilers, linker, debugger, and what runs programs for other machines.

use std::path::PathBuf;
use std::process::Command;

use super::mend::{self, Need};
use super::tools::{self, name, real};
use super::{Check, State};
use crate::compile::{Failure, Options, Session, Source};
use crate::group::Leftover;
use crate::native::{COMPILERS, Mode, Request, build, in_path};

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks = compilers();
    checks.extend([boards(), linker(), debugger(), emulators()]);
    checks
}

/// The compilers as `--cc` takes them, and what brings them. GCC and Clang hide behind `cc`.
const KNOWN: [(&str, &str, Need); 5] = [
    ("zig", "zig cc", Need::Zig),
    ("cc", "cc", Need::Gcc),
    ("clang", "clang", Need::Clang),
    ("gcc", "gcc", Need::Gcc),
    ("tcc", "tcc", Need::Tcc),
];

/// What became of a compiler.
enum Tried {
    Absent,
    /// The same file as an earlier one.
    Same(&'static str),
    Works(String),
    /// What went wrong, and what to do.
    Broken(String, String),
}

fn compilers() -> Vec<Check> {
    let mut files: Vec<(PathBuf, &'static str)> = Vec::new();
    let tried: Vec<Tried> = KNOWN
        .iter()
        .map(|&(program, cc, _)| {
            let Some(path) = in_path(program) else { return Tried::Absent };
            let file = real(&path);
            if let Some((_, same)) = files.iter().find(|(known, _)| *known == file) {
                return Tried::Same(same);
            }
            files.push((file, program));
            match builds(cc) {
                Ok(()) => Tried::Works(version(program)),
                Err(failure) => failure,
            }
        })
        .collect();
    let is_there = |tried: &Tried| !matches!(tried, Tried::Absent);
    let any_works = tried.iter().any(|tried| matches!(tried, Tried::Works(_)));
    let mut checks: Vec<Check> = KNOWN
        .iter()
        .zip(&tried)
        .map(|(&(program, _, need), tried)| compiler(program, need, tried, any_works))
        .collect();
    // The one that is taken when nobody says otherwise.
    let chosen = COMPILERS.iter().find_map(|cc| {
        let at = KNOWN.iter().position(|known| known.1 == *cc)?;
        is_there(&tried[at]).then_some((at, *cc))
    });
    checks.push(match chosen {
        None => Check::fail("c compiler", "none: `mochi build` makes no executables")
            .mend(mend::install(Need::Gcc)),
        Some((at, cc)) if matches!(tried[at], Tried::Broken(..)) => {
            let other = KNOWN.iter().zip(&tried).find(|(_, tried)| matches!(tried, Tried::Works(_)));
            let mend = other
                .map_or(mend::install(KNOWN[at].2), |(known, _)| format!("mochi build --cc '{}'", known.1));
            Check::fail("c compiler", format!("`mochi build` takes `{cc}`, which does not work")).mend(mend)
        }
        Some((_, cc)) => Check::ok("c compiler", format!("`mochi build` takes `{cc}`")),
    });
    checks
}

fn compiler(program: &'static str, need: Need, tried: &Tried, any_works: bool) -> Check {
    match tried {
        // One is enough.
        Tried::Absent => {
            let state = if any_works { State::Ok } else { State::Warn };
            Check::new(program, state, "not installed").mend(mend::install(need))
        }
        Tried::Same(other) => Check::ok(program, format!("the same as {other}")),
        Tried::Works(version) => Check::ok(program, format!("{version}; builds a program")),
        Tried::Broken(what, mend) => Check::warn(program, what.clone()).mend(mend.clone()),
    }
}

fn version(program: &str) -> String {
    let Some(path) = in_path(program) else { return String::new() };
    let says = |args: &[&str]| tools::version(&path, args);
    let version = match program {
        "zig" => says(&["version"]).map(|version| format!("zig {version}")),
        "tcc" => says(&["-v"]),
        _ => says(&["--version"]),
    };
    version.unwrap_or_else(|| name(&path))
}

/// Builds a program and runs it.
fn builds(cc: &str) -> Result<(), Tried> {
    let broken = |what: &str, mend: &str| Tried::Broken(what.to_owned(), mend.to_owned());
    let path = std::env::temp_dir().join(format!("mochi-doctor-{}", std::process::id()));
    let folder = Leftover::make(path, |path| std::fs::create_dir(path));
    let (folder, ()) =
        folder.map_err(|_| broken("nothing could be tried", "mend the temporary folder first"))?;
    let mut request = Request::new(Source::Inline("print(6 * 7)".into()));
    request.output = Some(folder.path().join(format!("answer{}", std::env::consts::EXE_SUFFIX)));
    request.mode = Mode::Dev;
    request.cc = Some(cc.into());
    match build(&mut Session::new(Options::default()), &request) {
        Ok(_) => {}
        Err(Failure::Diagnostics) => return Err(broken("the program does not check", "install mochi again")),
        Err(Failure::Message(message) | Failure::Bug(message)) => {
            // The last line says what to do.
            let (what, advice) = message.trim_end().rsplit_once('\n').unwrap_or((&message, ""));
            return Err(broken(what, advice));
        }
    }
    let printed = tools::run(&mut Command::new(request.output.unwrap_or_default()));
    match printed {
        Some(output) if output.stdout == b"42\n" => Ok(()),
        Some(output) => Err(broken(
            &format!("builds a program that does not work ({})", output.status),
            "name another compiler with `--cc`",
        )),
        None => Err(broken(
            "builds a program that does not start",
            "is the temporary folder mounted with `noexec`?",
        )),
    }
}

/// What builds for machines without an operating system.
fn boards() -> Check {
    let gcc = tools::tool("arm-none-eabi-gcc").map(|tool| format!("arm-none-eabi-gcc ({})", tool.version));
    let zig = in_path("zig").map(|_| "zig cc".to_owned());
    match zig.or(gcc) {
        Some(compiler) => Check::ok("boards", format!("`--mode=embedded` takes {compiler}")),
        None => Check::warn("boards", "neither zig nor arm-none-eabi-gcc: `--mode=embedded` makes nothing")
            .mend(mend::install(Need::Zig)),
    }
}

fn linker() -> Check {
    let lld = tools::first(&["ld.lld", "ld64.lld", "lld-link"]);
    let system = tools::tool("ld");
    match (lld, system) {
        (Some(lld), _) => Check::ok("linker", format!("{} ({})", name(&lld.path), lld.version)),
        (None, Some(ld)) => {
            Check::ok("linker", format!("{} ({})", name(&ld.path), ld.version)).mend(mend::install(Need::Lld))
        }
        // Zig and some others bring their own.
        (None, None) => Check::ok("linker", "the compiler's own"),
    }
}

fn debugger() -> Check {
    match tools::first(&["gdb", "lldb"]) {
        Some(tool) => Check::ok("debugger", format!("{} ({})", name(&tool.path), tool.version)),
        None => Check::warn("debugger", "neither gdb nor lldb").mend(mend::install(Need::Gdb)),
    }
}

fn emulators() -> Check {
    const NAMES: [&str; 7] =
        ["qemu-aarch64", "qemu-riscv64", "qemu-x86_64", "qemu-system-arm", "wine", "wine64", "wasmtime"];
    let found: Vec<&str> = NAMES.into_iter().filter(|name| in_path(name).is_some()).collect();
    let any = |start: &str| found.iter().any(|name| name.starts_with(start));
    let missing = if any("qemu") { Need::Wine } else { Need::Qemu };
    match found.is_empty() {
        true => Check::warn("emulators", "none: programs for other machines cannot be tried here"),
        false => Check::ok("emulators", found.join(", ")),
    }
    .mend(mend::install(missing))
}
