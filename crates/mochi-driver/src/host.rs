//! The world as a running program sees it: standard streams, clock, environment.

use std::cell::Cell;
use std::io::{self, BufRead, IsTerminal, Write};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use mochi_runtime::host::Host;

/// The process that `mochi` runs in.
pub struct Process {
    stdout: io::Stdout,
    interactive: bool,
    broken: BrokenPipe,
}

/// Whether nobody reads the output any more; shared with whoever reports the end of the program.
#[derive(Clone, Default)]
pub struct BrokenPipe(Rc<Cell<bool>>);

impl BrokenPipe {
    /// Whether it has happened.
    pub fn happened(&self) -> bool {
        self.0.get()
    }
}

impl Process {
    /// The current process.
    pub fn new() -> Self {
        let stdout = io::stdout();
        let interactive = stdout.is_terminal();
        Self { stdout, interactive, broken: BrokenPipe::default() }
    }

    /// Tells later whether the output's reader has gone.
    pub fn broken_pipe(&self) -> BrokenPipe {
        self.broken.clone()
    }
}

impl Default for Process {
    fn default() -> Self {
        Self::new()
    }
}

impl Host for Process {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = self.stdout.lock();
        let written = out.write_all(bytes).and_then(|()| out.flush());
        if written.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
            self.broken.0.set(true);
        }
        written
    }
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize> {
        io::stdin().lock().read_until(b'\n', line)
    }
    fn now(&mut self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
    fn interactive(&self) -> bool {
        self.interactive
    }
}
