//! Commands of the system's shell for running programs.

use std::io::{self, PipeReader, Read};
use std::process::{Child, Command, Stdio};

use mochi_vm::Interrupter;

use crate::{group, wait};

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
    if group == Group::Own {
        group::ended(child.id());
    }
    read
}

fn start(text: &str, group: Group) -> io::Result<(Child, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(shell);
    command.arg(flag).arg(text).stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let child = match group {
        Group::Own => group::spawn(&mut command)?,
        Group::Same => command.spawn()?,
    };
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
    match group {
        Group::Own => group::end(child),
        Group::Same => drop(child.kill()),
    }
}
