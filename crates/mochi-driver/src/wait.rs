//! Waiting for the world outside in such a way that a timeout or Ctrl-C ends it.
//!
//! A system call that waits cannot be told to stop. So work of others is waited for on a thread of its own, which is left
//! behind when nobody wants its result any more, and standard input is read only when there is something to read.

use std::io;
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use mochi_runtime::host::stopped;
use mochi_vm::Interrupter;

/// How often somebody who waits looks whether to go on.
const LOOK: Duration = Duration::from_millis(20);

/// Does work that may take long; fails with [`stopped`] as soon as the program is to end.
pub fn apart<T: Send + 'static>(
    interrupter: Option<&Interrupter>,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let Some(interrupter) = interrupter else { return Ok(work()) };
    let (send, result) = mpsc::channel();
    // Nobody may be there any more to receive it.
    std::thread::Builder::new().spawn(move || drop(send.send(work())))?;
    loop {
        match result.recv_timeout(LOOK) {
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Timeout) if interrupter.is_requested() => return Err(stopped()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("it ended unexpectedly")),
        }
    }
}

/// What was read from standard input and not yet taken. There is one for the process, as there is one input.
static INPUT: Mutex<Buffer> = Mutex::new(Buffer { bytes: Vec::new(), from: 0 });

struct Buffer {
    bytes: Vec<u8>,
    from: usize,
}

/// Bytes that are read at once.
const CHUNK: usize = 32 << 10;

/// Appends the next line of standard input with its ending; the number of bytes, 0 at the end.
pub fn read_line(interrupter: Option<&Interrupter>, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut input = INPUT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let before = line.len();
    while !line[before..].ends_with(b"\n") && input.fill(interrupter)? {
        let rest = &input.bytes[input.from..];
        let len = rest.iter().position(|&b| b == b'\n').map_or(rest.len(), |at| at + 1);
        line.extend_from_slice(&rest[..len]);
        input.from += len;
    }
    Ok(line.len() - before)
}

/// The next bytes of standard input, as many as there are and fit; 0 at the end.
pub fn read(interrupter: Option<&Interrupter>, buffer: &mut [u8]) -> io::Result<usize> {
    let mut input = INPUT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    input.fill(interrupter)?;
    let rest = &input.bytes[input.from..];
    let len = rest.len().min(buffer.len());
    buffer[..len].copy_from_slice(&rest[..len]);
    input.from += len;
    Ok(len)
}

impl Buffer {
    /// Sees to it that there are bytes; `false` at the end.
    fn fill(&mut self, interrupter: Option<&Interrupter>) -> io::Result<bool> {
        if self.from == self.bytes.len() {
            if let Some(interrupter) = interrupter {
                wait_for_input(interrupter)?;
            }
            self.bytes.resize(CHUNK, 0);
            self.from = 0;
            let read = read_input(&mut self.bytes);
            self.bytes.truncate(*read.as_ref().unwrap_or(&0));
            read?;
        }
        Ok(self.from < self.bytes.len())
    }
}

#[cfg(unix)]
fn wait_for_input(interrupter: &Interrupter) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdin = io::stdin();
    let look = Timespec { tv_sec: 0, tv_nsec: LOOK.subsec_nanos().into() };
    loop {
        match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&look)) {
            Ok(0) | Err(rustix::io::Errno::INTR) if interrupter.is_requested() => return Err(stopped()),
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            // What cannot be waited for is read at once.
            Ok(_) | Err(_) => return Ok(()),
        }
    }
}

#[cfg(unix)]
fn read_input(buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(io::stdin(), &mut *buffer) {
            Err(rustix::io::Errno::INTR) => {}
            // Closed: there is nothing to read, as for the standard library.
            Err(rustix::io::Errno::BADF) => return Ok(0),
            read => return Ok(read?),
        }
    }
}

#[cfg(not(unix))]
fn wait_for_input(_: &Interrupter) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn read_input(buffer: &mut [u8]) -> io::Result<usize> {
    io::Read::read(&mut io::stdin().lock(), buffer)
}
