//! Commands of the system's shell for running programs.

use std::io::{self, PipeReader, Read};
use std::process::{Child, Command, Stdio};

use mochi_vm::vm::Interrupter;

use crate::wait;

/// Whether a command is ended together with everything that it started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// It is: it is a process group of its own, which Ctrl-C at a terminal does not reach by itself.
    Own,
    /// It is not.
    Same,
}

/// Runs a command with empty input; what it writes to both outputs. It is ended when the program is to end.
pub fn run(text: &str, interrupter: Option<&Interrupter>, group: Group) -> io::Result<Vec<u8>> {
    let (mut child, reader) = start(text, group)?;
    let read = wait::apart(interrupter, move || read_all(reader)).and_then(|read| read);
    if read.is_err() {
        end(&mut child, group);
    }
    child.wait()?;
    read
}

fn start(text: &str, group: Group) -> io::Result<(Child, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(shell);
    command.arg(flag).arg(text).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    #[cfg(unix)]
    if group == Group::Own {
        use std::os::unix::process::CommandExt;
        command.process_group(0);
        ctrl_c::forward();
    }
    let child = command.spawn()?;
    #[cfg(unix)]
    if group == Group::Own {
        ctrl_c::to(child.id());
    }
    // The command holds the pipe's other end, without whose closing there is no end to read; it is dropped here.
    Ok((child, reader))
}

fn read_all(mut reader: PipeReader) -> io::Result<Vec<u8>> {
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    Ok(output)
}

fn end(child: &mut Child, group: Group) {
    // One that has ended already needs no ending.
    #[cfg(unix)]
    if group == Group::Own {
        ctrl_c::end_group(child.id());
        return;
    }
    let _ = child.kill();
}

/// Ctrl-C for a command in a group of its own.
#[cfg(unix)]
mod ctrl_c {
    use std::sync::atomic::{AtomicU32, Ordering};

    use rustix::process::{Pid, Signal, kill_process_group};

    use crate::interrupt::EXIT_INTERRUPTED;

    /// The group that runs last; 0 for none.
    static GROUP: AtomicU32 = AtomicU32::new(0);

    /// Lets Ctrl-C end the command as well as the process, unless the process does something else with it.
    pub fn forward() {
        let _ = ctrlc::try_set_handler(|| {
            end_group(GROUP.load(Ordering::Relaxed));
            std::process::exit(EXIT_INTERRUPTED);
        });
    }

    /// Names the command.
    pub fn to(group: u32) {
        GROUP.store(group, Ordering::Relaxed);
    }

    /// Ends all processes of a group. The leader has not been waited for, so the number is still its own.
    pub fn end_group(group: u32) {
        if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
