//! Checks of the machine: folders, limits, terminal.

use std::io::{IsTerminal, Write};
use std::path::Path;

use mochi_jit::Unavailable;

use super::Check;
use crate::compile::describe;
use crate::group::Leftover;
use crate::stack;

/// Room that a build may take in the folder for temporary files.
const ROOM: u64 = 64 << 20;

/// Less data than this is little for programs.
const MEMORY: usize = 256 << 20;

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks = vec![temporary(&std::env::temp_dir()), terminal(), memory(), deep_stack()];
    #[cfg(unix)]
    checks.push(open_files());
    checks.push(executable_memory());
    checks
}

fn temporary(folder: &Path) -> Check {
    let shown = folder.display();
    let path = folder.join(format!("mochi-doctor-{}", std::process::id()));
    let made = Leftover::make(path, |path| std::fs::File::create(path));
    if let Err(error) = made.and_then(|(_made, mut file)| file.write_all(b"x")) {
        return Check::fail("temporary folder", format!("`{shown}` cannot be written: {}", describe(&error)))
            .mend("export TMPDIR=FOLDER");
    }
    match room(folder) {
        Some(room) if room < ROOM => {
            let found = format!("`{shown}` has room for {} MiB; a build may take {}", room >> 20, ROOM >> 20);
            Check::warn("temporary folder", found).mend("export TMPDIR=FOLDER")
        }
        Some(room) => Check::ok("temporary folder", format!("{shown}, with room for {} MiB", room >> 20)),
        None => Check::ok("temporary folder", shown.to_string()),
    }
}

/// Bytes that may be written to a folder.
fn room(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let system = rustix::fs::statvfs(folder).ok()?;
        Some(system.f_bavail.saturating_mul(system.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

fn terminal() -> Check {
    if !std::io::stdout().is_terminal() {
        return Check::ok("terminal", "standard output is none: no colours, no progress");
    }
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let term = set("TERM").unwrap_or_default();
    if term == "dumb" || (term.is_empty() && cfg!(unix)) {
        return Check::warn("terminal", "TERM says nothing of it: lines cannot be edited")
            .mend("export TERM=xterm");
    }
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
    let unicode = locale.to_ascii_lowercase().replace('-', "").contains("utf8");
    if cfg!(unix) && !unicode && !cfg!(target_os = "macos") {
        return Check::warn("terminal", format!("{term}, whose locale `{locale}` is not UTF-8"))
            .mend("export LC_ALL=C.UTF-8");
    }
    let colours = if set("NO_COLOR").is_some() { "no colours (NO_COLOR)" } else { "colours" };
    Check::ok("terminal", format!("{term}, {colours}"))
}

fn memory() -> Check {
    let bytes = mochi_runtime::Limits::default().memory;
    let found = format!("programs may have {} MiB of data", bytes >> 20);
    match bytes < MEMORY {
        true => Check::warn("memory", found).mend("ulimit -v unlimited, or more memory for the container"),
        false => Check::ok("memory", found),
    }
}

/// The compiler's own stack is reserved address space.
fn deep_stack() -> Check {
    match stack::largest_mib() {
        Some(mib) if mib >= 1024 => Check::ok("stack", format!("{mib} MiB can be reserved")),
        Some(mib) => {
            Check::warn("stack", format!("only {mib} MiB can be reserved: very deep programs do not compile"))
                .mend("ulimit -v unlimited")
        }
        None => Check::fail("stack", "no thread can be started with 128 MiB").mend("ulimit -v unlimited"),
    }
}

#[cfg(unix)]
fn open_files() -> Check {
    use rustix::process::{Resource, getrlimit};
    match getrlimit(Resource::Nofile).current {
        Some(most) if most < 64 => {
            Check::warn("open files", format!("at most {most} at a time")).mend("ulimit -n 1024")
        }
        Some(most) => Check::ok("open files", format!("at most {most} at a time")),
        None => Check::ok("open files", "no limit"),
    }
}

/// Compiled code that is made while a program runs needs memory that is first written and then executed.
fn executable_memory() -> Check {
    const NAME: &str = "executable memory";
    match mochi_jit::way() {
        Ok(way) => Check::ok(NAME, format!("may be made: {way}")),
        Err(why @ Unavailable::Machine) => Check::ok(NAME, format!("not needed: {why}")),
        Err(why @ Unavailable::Refused(_)) => Check::warn(NAME, format!("programs are interpreted: {why}"))
            .mend("setsebool -P deny_execmem 0, or whatever hardens this system"),
    }
}
