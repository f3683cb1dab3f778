//! The compiler of a program: which functions have code, and the code that all of them share.
//!
//! Code is *linked* when callers reach it: through the stub of the function and its [`Callee`]. What the region's sweep
//! will come to is unlinked, and linked again when somebody wants it; what is not linked when the sweep comes was not used
//! for a quarter of a lap, and goes. Code that something waits in for its callee never goes.

use std::time::Duration;

use mochi_vm::code::{Program, Word};
use mochi_vm::frame::Callee;
use mochi_vm::instr::Opcode;
use mochi_vm::native::{Compiler, Effort, Enter, Subject};
use rustc_hash::FxHashSet;
use rustix::time::{ClockId, clock_gettime};

use crate::Settings;
use crate::analyse::{Analysis, Space, analyse};
use crate::buffer::{Buffer, Fill, To};
use crate::describe;
use crate::expected::Expected;
use crate::isa;
use crate::library;
use crate::listing::Piece;
use crate::lower::{Shared, lower};
use crate::manifest::{Place, Stencil};
use crate::memory::{CodeMemory, Refusal};
use crate::ring::{ALIGN, Ring};
use crate::stubs::{self, Stubs};
use crate::watch::{Caller, Made, Watch};

/// The part of the region that stubs take. A call takes several times as many bytes as the stub.
const STUBS: usize = 8;
/// How often a function without room is asked for until it is tried again.
const PATIENCE: u32 = 1000;

/// The code of a function.
struct Code {
    /// Where it starts, from the start of the region.
    at: usize,
    /// By word from the start of the function, ascending: where an interpreted loop goes on.
    loops: Box<[(u32, *const u8)]>,
    /// The functions whose stubs it calls.
    calls: Box<[u32]>,
    linked: bool,
}

/// What there is of a function.
enum State {
    /// Nothing.
    None,
    /// Code.
    Made(Code),
    /// There was no room; to be tried again after so many times.
    NoRoom(u32),
}

/// A compiled function for people.
pub(crate) struct Listed {
    pub pieces: Vec<Piece>,
    /// The length of the hot part in bytes.
    pub hot: usize,
    pub bytes: Vec<u8>,
    pub count: usize,
    /// Word and text of each instruction.
    pub instructions: Vec<(u32, String)>,
    /// Slots in registers.
    pub pins: Vec<(u16, Place)>,
}

/// Makes native code of the functions of one program.
pub struct Jit {
    memory: CodeMemory,
    space: Space,
    buffer: Buffer,
    /// For stubs.
    jump: Buffer,
    /// By function.
    states: Vec<State>,
    ring: Ring,
    stubs: Stubs,
    shared: Shared,
    enter: *const u8,
    lazy: *const u8,
    give: *const u8,
    effort: Effort,
    watches: Vec<Box<dyn Watch>>,
    /// Functions whose code had to go.
    pub evicted: u64,
}

/// How far a request for room has gone.
struct Search<'a> {
    /// The native stack.
    live: &'a [u64],
    /// Functions that something on it waits in, once somebody wants to know.
    waiting: Option<FxHashSet<u32>>,
    steps: usize,
}

impl Jit {
    /// A compiler, or why the system does not allow code to be made.
    pub fn new(settings: Settings) -> Result<Jit, Refusal> {
        let mut memory = CodeMemory::reserve(settings.room, settings.in_no_file)?;
        let mut buffer = Buffer::default();
        let mut used = 0;
        let mut piece = |stencil: Stencil, cold: To| {
            buffer.clear();
            let fill = Fill { cold, ..Fill::default() };
            assert!(buffer.emit(stencil, &[], &fill), "internal error: no {stencil:?}");
            let at = memory.at(used);
            let code = finished(&mut buffer, at);
            memory.write(used, code);
            used += code.len().next_multiple_of(ALIGN);
            at
        };
        let leave = piece(Stencil::Leave, To::Nowhere);
        let cold = To::Address(leave);
        let shared = Shared {
            out_of_line: piece(Stencil::OutOfLine, cold),
            saving: piece(Stencil::Saving, cold),
            find: piece(Stencil::Find, cold),
            harden: settings.harden,
        };
        let (enter, lazy) = (piece(Stencil::Enter, cold), piece(Stencil::Lazy, cold));
        let give = piece(Stencil::Give, cold);
        let size = memory.size();
        let first_stub = (size - size / STUBS) / stubs::SIZE * stubs::SIZE;
        Ok(Jit {
            ring: Ring::new(used..first_stub),
            stubs: Stubs::new(first_stub, size),
            memory,
            space: Space::default(),
            buffer,
            jump: Buffer::default(),
            states: Vec::new(),
            shared,
            enter,
            lazy,
            give,
            effort: Effort::default(),
            watches: Vec::new(),
            evicted: 0,
        })
    }

    /// How code is written: for people.
    pub fn way(&self) -> &'static str {
        self.memory.way()
    }

    /// Tells somebody of all code, that which all functions share first.
    pub fn watch(&mut self, mut watch: Box<dyn Watch>) {
        let Shared { out_of_line, saving, find, .. } = self.shared;
        for (stencil, address) in [
            (Stencil::OutOfLine, out_of_line),
            (Stencil::Saving, saving),
            (Stencil::Find, find),
            (Stencil::Enter, self.enter),
            (Stencil::Lazy, self.lazy),
            (Stencil::Give, self.give),
        ] {
            let mut callers = vec![(0, Caller::Called(0))];
            callers.extend(describe::of_stencil(stencil, &[]));
            let len = library::variant(stencil, &[]).map_or(0, |variant| variant.bytes.len());
            let code = self.memory.read(address as usize - self.memory.at(0) as usize, len);
            let name = format!("mochi:{}", stencil.row().name);
            let address = address as u64;
            watch.made(&Made { name: &name, address, code, places: &[], callers: &callers });
        }
        self.watches.push(watch);
    }

    /// Compiles a function for its listing.
    pub(crate) fn list(&mut self, mut subject: Subject<'_>, index: u32) -> Option<Listed> {
        self.buffer.log = Some(Vec::new());
        self.make_tables(subject.callees.len());
        if !self.compile(&mut subject, index, &[]) {
            return None;
        }
        let program = subject.program;
        let analysis = analyse(program, index, &mut self.space);
        let f = &program.funcs[index as usize];
        let text =
            |ins: &crate::analyse::Ins<'_>| (ins.code.at, mochi_vm::print::text(program, f, &ins.code));
        let mut pins: Vec<(u16, Place)> = Vec::new();
        let mut pinned = analysis.pins.clone();
        pinned.sort_unstable();
        for (number, slot) in pinned {
            let pin = (slot, crate::analyse::register(usize::from(number)));
            if !pins.contains(&pin) {
                pins.push(pin);
            }
        }
        Some(Listed {
            pieces: self.buffer.log.take()?,
            hot: self.buffer.finished_hot_len(),
            bytes: self.buffer.finished().to_vec(),
            count: analysis.list.len(),
            instructions: analysis.list.iter().map(text).collect(),
            pins,
        })
    }

    fn make_tables(&mut self, functions: usize) {
        self.states.resize_with(functions, || State::None);
        self.stubs.resize(functions);
    }

    /// Makes code of a function, which has none. Whether there is room.
    fn compile(&mut self, subject: &mut Subject<'_>, index: u32, live: &[u64]) -> bool {
        let Subject { program, seen, ref mut callees } = *subject;
        let start = time_used();
        let analysis = analyse(program, index, &mut self.space);
        let expected = Expected { program, seen };
        let calls = functions_called(&analysis, expected, callees[index as usize].entry);
        let mut search = Search { live, waiting: None, steps: 0 };
        let new = |stubs: &Stubs| calls.iter().filter(|&&callee| stubs.at(callee).is_none()).count();
        while self.stubs.room() < new(&self.stubs) {
            if !self.sweep(callees, &mut search) {
                return false;
            }
        }
        for &callee in &calls {
            if let Some(at) = self.stubs.add_user(callee) {
                let to = self.linked(callee).map_or(self.lazy, |code| self.memory.at(code.at + landing()));
                self.write_jump(at, to);
            }
        }
        let Jit { memory, buffer, stubs, shared, .. } = self;
        buffer.instruction = 0;
        if !self.watches.is_empty() {
            buffer.log = Some(Vec::new());
        }
        let mut entry_of = |callee: u32| stubs.at(callee).map(|at| memory.at(at));
        let loops =
            lower(&analysis, buffer, *shared, &callees[index as usize], callees, expected, &mut entry_of);
        let at = self.take(callees, index, &mut search);
        let (Some(at), Some(loops)) = (at, loops) else {
            calls.iter().for_each(|&callee| self.stubs.remove_user(callee));
            return false;
        };
        let Jit { memory, buffer, .. } = self;
        let loops =
            loops.iter().map(|&(word, label)| (word, memory.at(at + buffer.distance(label)))).collect();
        let entry = memory.at(at);
        memory.write(at, finished(buffer, entry));
        if !self.watches.is_empty() {
            self.tell(program, index, &analysis, entry as u64);
        }
        let code = Code { at, loops, calls: calls.into(), linked: false };
        self.states[index as usize] = State::Made(code);
        self.link(callees, index);
        self.effort.functions += 1;
        self.effort.instructions += analysis.list.len() as u64;
        self.effort.bytes += self.buffer.size() as u64;
        self.space.take_back(analysis);
        self.effort.time += time_used() - start;
        true
    }

    /// Tells those who watch of the code that is in the buffer.
    fn tell(&mut self, program: &Program, index: u32, analysis: &Analysis<'_>, address: u64) {
        let pieces = self.buffer.log.take().unwrap_or_default();
        let hot = self.buffer.finished_hot_len();
        let made = Made {
            name: &program.funcs[index as usize].name,
            address,
            code: self.buffer.finished(),
            places: &describe::places(program, index, analysis, &pieces, hot),
            callers: &describe::callers(&pieces, hot),
        };
        self.watches.iter_mut().for_each(|watch| watch.made(&made));
    }

    /// Room for what is in the buffer.
    fn take(&mut self, callees: &mut [Callee], index: u32, search: &mut Search<'_>) -> Option<usize> {
        let len = self.buffer.size();
        if len > self.ring.size() {
            return None;
        }
        loop {
            if let Some(at) = self.ring.take(len, index) {
                return Some(at);
            }
            if !self.sweep(callees, search) {
                return None;
            }
        }
    }

    /// Lets the sweep make a step; `false` when it has been everywhere twice, the second time without mercy.
    fn sweep(&mut self, callees: &mut [Callee], search: &mut Search<'_>) -> bool {
        search.steps += 1;
        if search.steps > 2 * Ring::STEPS + 2 {
            return false;
        }
        let step = self.ring.step();
        step.soon.iter().for_each(|&function| self.unlink(callees, function));
        for function in step.reached {
            let waiting = search.waiting.get_or_insert_with(|| self.waiting(search.live));
            if waiting.contains(&function) {
                continue;
            }
            if self.linked(function).is_some() && search.steps <= Ring::STEPS + 1 {
                self.unlink(callees, function);
            } else {
                self.evict(callees, function);
            }
        }
        true
    }

    /// The functions that words of the native stack return to.
    fn waiting(&self, live: &[u64]) -> FxHashSet<u32> {
        let mut waiting = FxHashSet::default();
        let mut last = None;
        // Deep recursion returns to the same place again and again.
        for &word in live {
            if Some(word) == last {
                continue;
            }
            if let Some(at) = self.memory.distance(isa::return_address(word)) {
                last = Some(word);
                waiting.extend(self.ring.function_at(at));
            }
        }
        waiting
    }

    /// The code of a function that callers reach.
    fn linked(&self, function: u32) -> Option<&Code> {
        match &self.states[function as usize] {
            State::Made(code) if code.linked => Some(code),
            _ => None,
        }
    }

    /// Lets callers reach the code of a function; the code.
    fn link(&mut self, callees: &mut [Callee], function: u32) -> *const u8 {
        let State::Made(code) = &mut self.states[function as usize] else { return std::ptr::null() };
        let (entry, past_landing) = (self.memory.at(code.at), self.memory.at(code.at + landing()));
        if !std::mem::replace(&mut code.linked, true) {
            callees[function as usize].native = entry;
            if let Some(stub) = self.stubs.at(function) {
                self.write_jump(stub, past_landing);
            }
        }
        entry
    }

    /// Lets callers ask for the function.
    fn unlink(&mut self, callees: &mut [Callee], function: u32) {
        let State::Made(code) = &mut self.states[function as usize] else { return };
        if std::mem::replace(&mut code.linked, false) {
            callees[function as usize].native = std::ptr::null();
            if let Some(stub) = self.stubs.at(function) {
                self.write_jump(stub, self.lazy);
            }
        }
    }

    /// Gives up the code of a function, which is interpreted until it is hot again.
    fn evict(&mut self, callees: &mut [Callee], function: u32) {
        self.unlink(callees, function);
        let state = std::mem::replace(&mut self.states[function as usize], State::None);
        let State::Made(code) = state else { return };
        self.ring.remove(code.at);
        let address = self.memory.at(code.at) as u64;
        self.watches.iter_mut().for_each(|watch| watch.gone(address));
        code.calls.iter().for_each(|&callee| self.stubs.remove_user(callee));
        callees[function as usize].heat = 0;
        self.evicted += 1;
    }

    fn write_jump(&mut self, at: usize, to: *const u8) {
        let Jit { memory, jump, .. } = self;
        jump.clear();
        let fill = Fill { numbers: [to as i64, 0, 0, 0], taken: To::Address(to), ..Fill::default() };
        jump.emit(Stencil::Stub, &[], &fill);
        let code = finished(jump, memory.at(at));
        memory.write(at, code);
    }
}

/// The processor's time that this thread has used.
fn time_used() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// The bytes of code for an address in the region, within which all jumps reach.
fn finished(buffer: &mut Buffer, address: *const u8) -> &[u8] {
    buffer.finish(address).expect("the region is not larger than jumps reach")
}

/// Bytes that functions start with for those who enter them by address; stubs go past them where they jump directly.
fn landing() -> usize {
    if isa::STUBS_LOAD {
        return 0;
    }
    library::variant(Stencil::Landing, &[]).map_or(0, |variant| variant.bytes.len())
}

/// The functions that a function calls by name or expects to call. Its words start at `entry`.
fn functions_called(analysis: &Analysis<'_>, expected: Expected<'_>, entry: *const Word) -> Vec<u32> {
    use Opcode::{Call0, Call1, Call2, Call3, CallClosure, CallMany, TailCall, TailCallClosure};
    let mut functions = Vec::new();
    for code in analysis.list.iter().map(|ins| &ins.code) {
        match code.op {
            Call0 | Call1 | Call2 | Call3 | CallMany | TailCall => functions.push(code.word.wide_operand()),
            CallClosure | TailCallClosure => {
                let rows = expected.of(entry.wrapping_add(code.at as usize), code);
                functions.extend(rows.iter().map(|(_, function)| function.func));
            }
            _ => {}
        }
    }
    functions.sort_unstable();
    functions.dedup();
    functions
}

impl Compiler for Jit {
    fn enter(&self) -> Enter {
        // SAFETY: the code of the stencil `enter` has this signature.
        unsafe { std::mem::transmute::<*const u8, Enter>(self.enter) }
    }

    fn function(&mut self, mut subject: Subject<'_>, index: u32, live: &[u64]) -> *const u8 {
        self.make_tables(subject.callees.len());
        match &mut self.states[index as usize] {
            State::Made(_) => {}
            State::NoRoom(patience @ 1..) => *patience -= 1,
            State::None | State::NoRoom(_) => {
                if !self.compile(&mut subject, index, live) {
                    self.states[index as usize] = State::NoRoom(PATIENCE);
                }
            }
        }
        self.link(subject.callees, index)
    }

    fn loop_start(&mut self, subject: Subject<'_>, index: u32, at: u32) -> *const u8 {
        self.function(subject, index, &[]);
        let code = self.linked(index);
        code.and_then(|code| {
            let found = code.loops.binary_search_by_key(&at, |&(word, _)| word).ok()?;
            Some(code.loops[found].1)
        })
        .unwrap_or(std::ptr::null())
    }

    fn waits_for_heat(&self, index: u32) -> bool {
        self.evicted > 0 && !matches!(self.states.get(index as usize), Some(State::Made(_)))
    }

    fn effort(&self) -> Effort {
        self.effort
    }

    fn give(&self) -> *const u8 {
        self.give
    }

    fn forget(&mut self) {
        for state in self.states.drain(..) {
            if let State::Made(code) = state {
                let address = self.memory.at(code.at) as u64;
                self.watches.iter_mut().for_each(|watch| watch.gone(address));
            }
        }
        self.stubs.clear();
        self.ring.clear();
    }
}
