//! Files that a program has open. What a program may open is the host's to decide.
//!
//! Text is UTF-8 without NUL bytes; a byte-order mark at the start is dropped. Anything else is an error that names file
//! and line. Nothing here is kept when the program ends: a file that was not completed leaves the old one as it was.

use std::io::{self, BufWriter, Read, Write};

use mochi_abi::{Cell, TrapKind};

use crate::host::{Host, Replacement};
use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// Bytes asked of a file at once.
const CHUNK: usize = 64 << 10;

/// The files of one program; their numbers are positions.
#[derive(Default)]
pub(crate) struct Files {
    readers: Vec<Option<TextFile>>,
    writers: Vec<Option<Writer>>,
}

/// A file being read.
struct TextFile {
    /// `None` is standard input.
    source: Option<Box<dyn Read>>,
    /// As shown to people.
    name: String,
    /// Read and not yet handed out: `buffer[from..]`.
    buffer: Vec<u8>,
    from: usize,
    /// Line ends handed out.
    lines: usize,
    at_start: bool,
    at_end: bool,
}

/// A file being written.
struct Writer {
    name: String,
    file: BufWriter<Box<dyn Replacement>>,
}

/// What to do when there is no line end in what was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Line,
    End,
}

impl TextFile {
    /// Reads more; whether there was more.
    fn fill(&mut self, host: &mut dyn Host) -> io::Result<bool> {
        self.buffer.drain(..self.from);
        self.from = 0;
        let used = self.buffer.len();
        // A long line is read in growing pieces, so that it takes linear time.
        self.buffer.resize(used + CHUNK.max(used), 0);
        let read = match &mut self.source {
            Some(source) => source.read(&mut self.buffer[used..]),
            None => host.read_input(&mut self.buffer[used..]),
        };
        self.buffer.truncate(used + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        Ok(!self.at_end)
    }

    /// Makes sure that a whole line, or everything, is in the buffer; its length. Traps: cannot be read, longer than
    /// `most` bytes.
    fn take(&mut self, host: &mut dyn Host, until: Until, most: usize) -> Outcome<usize> {
        let mut looked = 0;
        loop {
            let rest = &self.buffer[self.from..];
            if until == Until::Line
                && let Some(at) = find_byte(&rest[looked..], b'\n')
            {
                return Ok(looked + at + 1);
            }
            looked = rest.len();
            if looked > most {
                return Err(Trap::memory(most));
            }
            let more = !self.at_end && self.fill_patiently(host)?;
            if !more {
                return Ok(looked);
            }
        }
    }

    fn fill_patiently(&mut self, host: &mut dyn Host) -> Outcome<bool> {
        loop {
            match self.fill(host) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other.map_err(|error| Trap::io(format!("read {}", self.name), &error)),
            }
        }
    }

    /// The next `len` bytes as text, without the mark at the start of the file.
    fn text(&mut self, len: usize) -> Outcome<&str> {
        let mut bytes = &self.buffer[self.from..self.from + len];
        self.from += len;
        if std::mem::take(&mut self.at_start) {
            bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        }
        let lines_before = self.lines;
        let problem = |at: usize, what: &str| {
            let line = lines_before + bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
            Err(Trap::new(TrapKind::Data, format!("malformed text at {}:{line}: {what}", self.name)))
        };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => return problem(error.valid_up_to(), "not UTF-8"),
        };
        if let Some(at) = find_byte(bytes, 0) {
            return problem(at, "a NUL byte");
        }
        self.lines += usize::from(text.ends_with('\n'));
        Ok(text)
    }
}

/// Position of a byte; compiled to vector instructions for all but short texts.
fn find_byte(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut at = 0;
    for chunk in bytes.chunks(32) {
        if chunk.iter().fold(false, |found, &b| found | (b == byte)) {
            return chunk.iter().position(|&b| b == byte).map(|i| at + i);
        }
        at += chunk.len();
    }
    None
}

/// The place of a number, which compiled code keeps.
fn put<T>(list: &mut Vec<Option<T>>, value: T) -> i64 {
    let at = list.iter().position(Option::is_none).unwrap_or(list.len());
    if at == list.len() {
        list.push(None);
    }
    list[at] = Some(value);
    at as i64
}

fn get<T>(list: &mut [Option<T>], number: i64) -> &mut Option<T> {
    usize::try_from(number).ok().and_then(|at| list.get_mut(at)).expect("a number that was given out")
}

impl Files {
    pub(crate) fn close(&mut self, file: i64) {
        *get(&mut self.readers, file) = None;
    }

    pub(crate) fn write(&mut self, file: i64, bytes: &[u8]) -> Outcome<()> {
        let writer = get(&mut self.writers, file).as_mut().expect("an open file");
        writer.file.write_all(bytes).map_err(|error| Trap::io(format!("write {}", writer.name), &error))
    }

    pub(crate) fn commit(&mut self, file: i64) -> Outcome<()> {
        let Writer { name, file } = get(&mut self.writers, file).take().expect("an open file");
        let done = file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.commit());
        done.map_err(|error| Trap::io(format!("write {name}"), &error))
    }
}

impl Runtime {
    /// Opens a text file, `-` or the empty path being standard input. Traps: cannot be opened.
    pub(crate) fn open_text(&mut self, path: &str) -> Outcome<i64> {
        let (source, name) = match path {
            "" | "-" => {
                // What was asked must be visible before the answer is read.
                self.flush()?;
                (None, "<stdin>".to_string())
            }
            path => {
                let opened = self.host().open_read(path);
                (Some(opened.map_err(|error| Trap::io(format!("read {path}"), &error))?), path.to_string())
            }
        };
        let file =
            TextFile { source, name, buffer: Vec::new(), from: 0, lines: 0, at_start: true, at_end: false };
        Ok(put(&mut self.files.readers, file))
    }

    /// The next line with its ending; empty at the end. Traps: cannot be read, no text.
    pub(crate) fn read_text_line(&mut self, file: i64) -> Outcome<Cell> {
        self.read_text(file, Until::Line)
    }

    /// All that is left. Traps: cannot be read, no text.
    pub(crate) fn read_text_rest(&mut self, file: i64) -> Outcome<Cell> {
        self.read_text(file, Until::End)
    }

    fn read_text(&mut self, file: i64, until: Until) -> Outcome<Cell> {
        let most = self.heap.account.limit;
        // Out of the table for as long as the host is asked.
        let slot = get(&mut self.files.readers, file);
        let mut text_file = slot.take().expect("an open file");
        let text = text_file.take(self.host(), until, most).and_then(|len| text_file.text(len));
        let result = text.and_then(|text| self.heap.new_str(text));
        *get(&mut self.files.readers, file) = Some(text_file);
        result
    }

    /// Begins to replace a file. Traps: cannot be made.
    pub(crate) fn begin_file(&mut self, path: &str) -> Outcome<i64> {
        let file = self.host().open_write(path).map_err(|error| Trap::io(format!("write {path}"), &error))?;
        Ok(put(&mut self.files.writers, Writer { name: path.to_string(), file: BufWriter::new(file) }))
    }
}
