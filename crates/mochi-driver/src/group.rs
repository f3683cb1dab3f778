//! Commands in a process group of their own, so that all that they start can be ended; and Ctrl-C, which does not reach
//! such a group by itself.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

use crate::interrupt::EXIT_INTERRUPTED;

/// What Ctrl-C ends and removes.
static STATE: Mutex<State> = Mutex::new(State { group: None, leftovers: Vec::new() });

struct State {
    /// The group that runs.
    group: Option<u32>,
    /// Files and folders that nobody wants when the process ends early.
    leftovers: Vec<PathBuf>,
}

impl State {
    /// Runs while nothing is started or removed.
    fn with<T>(work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut STATE.lock().unwrap_or_else(PoisonError::into_inner))
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
        state.group = Some(child.id());
        Ok(child)
    })
}

/// Says that the command that was started last has ended.
pub fn ended() {
    State::with(|state| state.group = None);
}

/// Ends all processes of the group of a command, which has not been waited for, so that the number is still its own.
pub fn end(child: &mut Child) {
    if cfg!(unix) {
        end_group(child.id());
    } else {
        let _ = child.kill();
    }
}

/// A path that Ctrl-C removes, until this is dropped, which removes it too.
pub struct Leftover {
    path: PathBuf,
}

impl Leftover {
    /// Makes a file or folder; Ctrl-C does not come between making it and knowing it.
    pub fn make(path: PathBuf, make: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<Leftover> {
        listen();
        State::with(|state| {
            make(&path)?;
            state.leftovers.push(path.clone());
            Ok(Leftover { path })
        })
    }
    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        State::with(|state| {
            remove(&self.path);
            state.leftovers.retain(|path| *path != self.path);
        });
    }
}

fn remove(path: &Path) {
    // What cannot be removed stays: the process ends for another reason, which is told.
    if path.is_dir() {
        let _ = std::fs::remove_dir_all(path);
    } else {
        let _ = std::fs::remove_file(path);
    }
}

/// Takes Ctrl-C over, unless somebody has.
fn listen() {
    let _ = ctrlc::try_set_handler(|| {
        // The lock is kept until the end: nothing is started any more.
        State::with(|state| {
            state.group.iter().for_each(|&group| end_group(group));
            state.leftovers.iter().for_each(|path| remove(path));
            std::process::exit(EXIT_INTERRUPTED)
        })
    });
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
