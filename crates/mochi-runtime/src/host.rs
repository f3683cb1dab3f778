//! The world outside the program, as the runtime sees it. The driver implements [`Host`]; nothing else in this crate
//! touches files, clocks or the environment.
//!
//! What a program may touch is the host's to decide: a refusal is an error of kind `PermissionDenied` whose text names
//! the option that refused. Rows turn errors into run-time errors with [`Trap::io`](crate::Trap::io).

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use mochi_abi::TrapKind;

use crate::detach::Detached;
use crate::trap::{Outcome, Trap};

/// What the runtime needs from the process that runs it.
pub trait Host {
    /// Writes all bytes to standard output. The runtime collects output first, so calls are few.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Appends the next line of standard input, with its ending, to `line`; the number of bytes, 0 at the end.
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize>;
    /// Up to `buffer.len()` bytes of standard input, from where the last line read by `read_line` ended; 0 at the end.
    fn read_input(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Nanoseconds since the epoch.
    fn now(&mut self) -> i64;
    /// Nanoseconds since some moment in the past, never less than before.
    fn monotonic(&mut self) -> i64 {
        self.now()
    }
    /// A setting of the runtime itself from the environment; never handed to the program.
    fn env(&self, name: &str) -> Option<String>;
    /// Runs a program whose data may take so many bytes; the value of its last statement. Traps: it has errors.
    fn eval(&mut self, source: &str, room: usize) -> Outcome<Detached> {
        let _ = (source, room);
        Err(Trap::new(TrapKind::Eval, "eval: there is no compiler here"))
    }
    /// Whether somebody watches the output, so that each line is written at once.
    fn interactive(&self) -> bool {
        false
    }

    // What a host does not have it need not implement: its use is an error.

    /// Opens a file of the program for reading, from its start. A relative path is looked for in the working directory
    /// and then, without its leading `../`, in the module root (language reference, 6.4).
    fn open_read(&mut self, _path: &str) -> io::Result<Box<dyn Read>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Begins to replace a file of the program, or to make it. Nobody sees what is written before
    /// [`commit`](Replacement::commit); dropped without it, the old file stays as it was. Devices and pipes are written
    /// directly. Relative paths are those of `open_read`; the folder must exist.
    fn open_write(&mut self, _path: &str) -> io::Result<Box<dyn Replacement>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// An environment variable for the program; `None` when it is not set. Text that is not UTF-8 is replaced.
    fn variable(&self, _name: &str) -> io::Result<Option<String>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// All environment variables for the program, in order of their names.
    fn variables(&self) -> io::Result<Vec<(String, String)>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Runs a command of the system's shell with empty input; what it wrote to both outputs, in the order of writing.
    /// Its exit status is not an error. The runtime's own output has been flushed before.
    fn shell(&mut self, _command: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// The addresses of a computer in the network as text, in the resolver's order and without repetitions.
    fn lookup(&mut self, _name: &str) -> io::Result<Vec<String>> {
        Err(io::ErrorKind::Unsupported.into())
    }
    /// Sends a request to another computer and waits for the answer. Redirections are followed. An answer is no error,
    /// whatever its status.
    fn http(&mut self, _request: &HttpRequest<'_>) -> io::Result<HttpResponse> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A request over HTTP.
pub struct HttpRequest<'a> {
    /// `GET`, `POST` and so on.
    pub method: &'a str,
    /// With the scheme `http` or `https`.
    pub url: &'a str,
    /// Names and values.
    pub headers: Vec<(&'a str, &'a str)>,
    /// Nothing is sent when it is empty.
    pub body: &'a [u8],
    /// How long everything may take.
    pub timeout: Duration,
    /// How many bytes the body of the answer may have.
    pub most: usize,
}

/// The answer to a request.
pub struct HttpResponse {
    /// Such as 200.
    pub status: u16,
    /// What came after the headers.
    pub body: Vec<u8>,
}

/// A file that takes the place of another when it is complete.
pub trait Replacement: Write {
    /// Puts the file in its place at once, with everything written so far.
    fn commit(self: Box<Self>) -> io::Result<()>;
}

/// The error of a wait that ends because somebody outside wants the program to end.
pub fn stopped() -> io::Error {
    io::Error::other(Stopped)
}

/// Whether an error is [`stopped`].
pub fn is_stopped(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<Stopped>())
}

#[derive(Debug)]
struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Stopped {}

/// A system error in the words of the system, without its number.
pub fn describe(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_string(),
        None => text,
    }
}

/// A host without a world: output is kept, input is given, the clock stands still. For tests.
#[derive(Default)]
pub struct Memory {
    /// Everything written.
    pub output: Vec<u8>,
    /// What is left to read.
    pub input: Vec<u8>,
    /// What the clock shows.
    pub now: i64,
    /// Environment variables.
    pub env: Vec<(String, String)>,
    /// Files by their paths as programs write them.
    pub files: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
}

impl Host for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.output.extend_from_slice(bytes);
        Ok(())
    }
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        let end = self.input.iter().position(|&b| b == b'\n').map_or(self.input.len(), |at| at + 1);
        line.extend(self.input.drain(..end));
        Ok(end)
    }
    fn read_input(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.input.len().min(buffer.len());
        buffer[..end].copy_from_slice(&self.input[..end]);
        self.input.drain(..end);
        Ok(end)
    }
    fn now(&mut self) -> i64 {
        self.now
    }
    fn env(&self, name: &str) -> Option<String> {
        self.env.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }
    fn open_read(&mut self, path: &str) -> io::Result<Box<dyn Read>> {
        let bytes = self.files.borrow().get(path).cloned();
        let bytes = bytes.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))?;
        Ok(Box::new(io::Cursor::new(bytes)))
    }
    fn open_write(&mut self, path: &str) -> io::Result<Box<dyn Replacement>> {
        Ok(Box::new(MemoryFile { path: path.into(), bytes: Vec::new(), files: Rc::clone(&self.files) }))
    }
    fn variable(&self, name: &str) -> io::Result<Option<String>> {
        Ok(self.env(name))
    }
    fn variables(&self) -> io::Result<Vec<(String, String)>> {
        let mut all = self.env.clone();
        all.sort();
        Ok(all)
    }
}

/// A file of [`Memory`] that is being written.
struct MemoryFile {
    path: String,
    bytes: Vec<u8>,
    files: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
}

impl Write for MemoryFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Replacement for MemoryFile {
    fn commit(self: Box<Self>) -> io::Result<()> {
        self.files.borrow_mut().insert(self.path, self.bytes);
        Ok(())
    }
}
