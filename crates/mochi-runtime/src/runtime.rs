//! The runtime of one program: heap, constants, and the world outside.

use std::mem;

use mochi_abi::Cell;

use crate::files::Files;
use crate::heap::Heap;
use crate::heap::collect::Marker;
use crate::host::Host;
use crate::trap::{Outcome, Trap};

pub use block::SelectedBlock;

mod block;

/// Output is handed to the host in pieces of about this size.
const OUTPUT_BYTES: usize = 32 << 10;

/// What bounds a program.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most bytes that the heap may use. Whoever knows how much memory the machine has sets less than that, so that
    /// running out is an error of the program and not its end by the system.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { memory: 16 << 30 }
    }
}

/// Everything that a running program shares.
pub struct Runtime {
    /// All objects.
    pub heap: Heap,
    /// A trap that waits to be taken, for compiled code that returns a status instead of a result.
    pub pending: Option<Box<Trap>>,
    /// The `test` or `bench` block that this run is for, in a program compiled to run them one by one.
    pub block: SelectedBlock,
    /// How often each place was executed; empty when coverage is not measured.
    pub coverage: Vec<u64>,
    host: Box<dyn Host>,
    pub(crate) files: Files,
    output: Vec<u8>,
    /// State of the seeded clock, when there is one.
    clock_seed: Option<i64>,
    interactive: bool,
}

impl Runtime {
    /// A runtime without constants and shapes. Traps: the system grants no memory.
    pub fn new(host: Box<dyn Host>, limits: Limits) -> Outcome<Runtime> {
        let clock_seed = host.env("MOCHI_NOW_SEED").and_then(|seed| seed.trim().parse().ok());
        let interactive = host.interactive();
        Ok(Runtime {
            heap: Heap::new(limits.memory)?,
            pending: None,
            block: SelectedBlock::default(),
            coverage: Vec::new(),
            host,
            files: Files::default(),
            output: Vec::new(),
            clock_seed,
            interactive,
        })
    }

    /// Whether to call `collect`; to be asked at safepoints.
    #[inline]
    pub fn should_collect(&self) -> bool {
        self.heap.should_collect()
    }

    /// Frees what neither `roots` nor the constants reach. Traps: more than the memory limit is live.
    pub fn collect(&mut self, roots: impl FnOnce(&mut Marker<'_>)) -> Outcome<()> {
        self.heap.collect(roots)
    }

    /// Writes text to standard output, at some time before `flush` returns.
    #[inline]
    pub fn write(&mut self, text: &str) -> Outcome<()> {
        self.output.extend_from_slice(text.as_bytes());
        if self.output.len() >= OUTPUT_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes a string to standard output.
    #[inline]
    pub fn write_str(&mut self, text: Cell) -> Outcome<()> {
        self.output.extend_from_slice(self.heap.str(&text).as_bytes());
        if self.output.len() >= OUTPUT_BYTES { self.flush() } else { Ok(()) }
    }

    /// Ends a line of standard output.
    #[inline]
    pub fn end_line(&mut self) -> Outcome<()> {
        self.output.push(b'\n');
        if self.interactive || self.output.len() >= OUTPUT_BYTES { self.flush() } else { Ok(()) }
    }

    /// Hands all output to the host. To be called when the program ends, and before anything else writes.
    pub fn flush(&mut self) -> Outcome<()> {
        let mut output = mem::take(&mut self.output);
        let written = if output.is_empty() { Ok(()) } else { self.host.write(&output) };
        output.clear();
        self.output = output;
        written.map_err(Trap::output)
    }

    /// The next line of standard input without its ending; empty at the end. Traps: it cannot be read.
    pub fn read_line(&mut self) -> Outcome<Cell> {
        // What was asked must be visible before the answer is read.
        self.flush()?;
        let mut line = Vec::new();
        self.host.read_line(&mut line).map_err(|error| Trap::io("read standard input", &error))?;
        if line.last() == Some(&b'\n') {
            line.pop();
            if line.last() == Some(&b'\r') {
                line.pop();
            }
        }
        self.heap.new_str(&String::from_utf8_lossy(&line))
    }

    /// Nanoseconds since the epoch, or the next number of the seeded sequence.
    pub fn now(&mut self) -> i64 {
        match &mut self.clock_seed {
            Some(seed) => {
                *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % 2_147_483_647;
                *seed
            }
            None => self.host.now(),
        }
    }

    /// Whether to execute the selected block (again).
    pub fn next_round(&mut self) -> bool {
        let Self { block, host, .. } = self;
        block.next(|| host.monotonic())
    }

    /// Runs a program in an environment of its own; the value of its last statement. Traps: it has errors.
    pub fn eval(&mut self, source: Cell) -> Outcome<Cell> {
        // It may ask for input, as may this program have done.
        self.flush()?;
        let text = self.heap.str(&source).to_owned();
        let room = self.heap.account.limit.saturating_sub(self.heap.account.in_use());
        let value = self.host.eval(&text, room)?;
        self.heap.attach(&value)
    }

    /// The host, for those who gave it.
    pub fn host(&mut self) -> &mut dyn Host {
        &mut *self.host
    }
}
