//! Commands while the system refuses something: memory, files, room, processes.
//!
//! `tests/faults/scenarios.toml` lists what is refused, and while what is done. Each command is done once with nothing
//! refused, and then again with one call refused, or with all from one call on. Whatever it was, the command must end by
//! itself; with a message if it failed, and with the same output if it did not; and each file must be what it was before
//! or what it is to be. Few calls are tried each time; the tests named `... (many)` are ignored by default, try more, and are
//! run by `cargo xtask test`. `FAULTS_MOST` tries so many.
//!
//! Needs Linux with seccomp notifications and a C compiler for what refuses (`tests/faults`).

use libtest_mimic::Arguments;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "faults/outcome.rs"]
mod outcome;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "faults/scenario.rs"]
mod scenario;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[path = "faults/trials.rs"]
mod trials;

fn main() {
    let arguments = Arguments::from_args();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    let trials = trials::trials();
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    let trials = Vec::new();
    libtest_mimic::run(&arguments, trials).exit();
}
