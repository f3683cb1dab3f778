//! The world outside the program, as the runtime sees it. The driver implements [`Host`]; nothing else in this crate
//! touches files, clocks or the environment.

use std::io;

/// What the runtime needs from the process that runs it.
pub trait Host {
    /// Writes all bytes to standard output. The runtime collects output first, so calls are few.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Appends the next line of standard input, with its ending, to `line`; the number of bytes, 0 at the end.
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<usize>;
    /// Nanoseconds since the epoch.
    fn now(&mut self) -> i64;
    /// An environment variable.
    fn env(&self, name: &str) -> Option<String>;
    /// Whether somebody watches the output, so that each line is written at once.
    fn interactive(&self) -> bool {
        false
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
    fn now(&mut self) -> i64 {
        self.now
    }
    fn env(&self, name: &str) -> Option<String> {
        self.env.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone())
    }
}
