//! Commands in process groups of their own, so that all that they start can be ended; and the signals that end this
//! process, which do not reach such groups by themselves.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::{Mutex, PoisonError};

use crate::interrupt::EXIT_INTERRUPTED;
use crate::memory;

/// What such a signal ends and removes.
static STATE: Mutex<State> = Mutex::new(State { groups: Vec::new(), leftovers: Vec::new(), made: 0 });

struct State {
    /// The groups that run.
    groups: Vec<u32>,
    /// What nobody wants when the process ends early.
    leftovers: Vec<Kept>,
    /// How many leftovers there were.
    made: u64,
}

/// What removes a leftover.
struct Kept {
    number: u64,
    remove: Box<dyn Fn() + Send>,
}

impl State {
    /// Runs while nothing is started or removed.
    fn with<T>(work: impl FnOnce(&mut State) -> T) -> T {
        memory::to_the_end(|| work(&mut STATE.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// Starts a command in a group of its own. Ctrl-C ends it as well as the process, unless the process does something else
/// with it.
pub fn spawn(command: &mut Command) -> io::Result<Child> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    listen();
    State::with(|state| {
        let child = command.spawn()?;
        state.groups.push(child.id());
        Ok(child)
    })
}

/// Says that a command has ended and was waited for.
pub fn ended(id: u32) {
    State::with(|state| state.groups.retain(|group| *group != id));
}

/// Runs a command in a group of its own; what it wrote.
pub fn output(command: &mut Command) -> io::Result<Output> {
    let child = spawn(command)?;
    let id = child.id();
    let output = child.wait_with_output();
    ended(id);
    output
}

/// Ends all processes of the group of a command, which has not been waited for, so that the number is still its own.
pub fn end(child: &mut Child) {
    if cfg!(unix) {
        end_group(child.id());
    } else {
        let _ = child.kill();
    }
}

/// A file or folder that Ctrl-C removes, until this is dropped, which removes it too.
pub struct Leftover {
    path: PathBuf,
    number: u64,
}

impl Leftover {
    /// Makes a file or folder; Ctrl-C does not come between making it and knowing it.
    pub fn make<T>(path: PathBuf, make: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<(Leftover, T)> {
        Self::make_with(path, make, remove)
    }

    /// The same, and says how it is removed again.
    pub fn make_with<T>(
        path: PathBuf,
        make: impl FnOnce(&Path) -> io::Result<T>,
        remove: impl Fn(&Path) + Send + 'static,
    ) -> io::Result<(Leftover, T)> {
        listen();
        let own = path.clone();
        State::with(|state| {
            let made = make(&path)?;
            state.made += 1;
            let number = state.made;
            state.leftovers.push(Kept { number, remove: Box::new(move || remove(&own)) });
            Ok((Leftover { path, number }, made))
        })
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// It is no leftover any more: it has another name, or stays.
    pub fn keep(self) {
        State::with(|state| state.leftovers.retain(|kept| kept.number != self.number));
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        State::with(|state| {
            let at = state.leftovers.iter().position(|kept| kept.number == self.number);
            if let Some(at) = at {
                (state.leftovers.remove(at).remove)();
            }
        });
    }
}

fn remove(path: &Path) {
    // What cannot be removed stays: the process ends for another reason, which is told.
    if std::fs::remove_file(path).is_err() {
        let _ = std::fs::remove_dir_all(path);
    }
}

/// Takes the signals over that end the process, Ctrl-C only if nobody else has.
fn listen() {
    let _ = ctrlc::try_set_handler(|| clean_up_and(std::process::exit, EXIT_INTERRUPTED));
    #[cfg(unix)]
    terminations();
}

/// Ends what was started and removes what is left over. The lock is kept until the end: nothing is started any more.
pub(crate) fn clean_up_and(exit: fn(i32) -> !, status: i32) -> ! {
    State::with(|state| {
        state.groups.iter().for_each(|&group| end_group(group));
        // The latest first: what is in a folder before the folder.
        state.leftovers.iter().rev().for_each(|kept| (kept.remove)());
        exit(status)
    })
}

/// SIGTERM, and SIGHUP unless the process was told to outlive its terminal.
#[cfg(unix)]
fn terminations() {
    use signal_hook::consts::{SIGHUP, SIGTERM};
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let wanted = [SIGTERM, SIGHUP].into_iter().filter(|&signal| !is_ignored(signal));
        let Ok(mut signals) = signal_hook::iterator::Signals::new(wanted) else { return };
        // Without the thread the process would not end any more.
        let handle = signals.handle();
        let wait = move || {
            if let Some(signal) = signals.forever().next() {
                clean_up_and(std::process::exit, 128 + signal);
            }
        };
        if std::thread::Builder::new().spawn(wait).is_err() {
            handle.close();
        }
    });
}

/// Whether `nohup` or the like has the process ignore a signal. Where this cannot be told, it is not so.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

#[cfg(unix)]
fn end_group(group: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end_group(_: u32) {}
