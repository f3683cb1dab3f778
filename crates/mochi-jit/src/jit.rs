//! The compiler of a program: which functions have code, and the code that all of them share.

use mochi_vm::code::Program;
use mochi_vm::frame::Callee;
use mochi_vm::native::{Compiler, Enter};
use rustc_hash::FxHashMap;

use crate::analyse::analyse;
use crate::buffer::{Buffer, Fill, To};
use crate::listing::Piece;
use crate::lower::{Shared, lower};
use crate::manifest::{Place, Stencil};
use crate::memory::{CodeMemory, Refusal};

/// The code of a function.
struct Code {
    entry: *const u8,
    /// By word from the start of the function: where an interpreted loop goes on.
    loops: FxHashMap<u32, *const u8>,
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
    buffer: Buffer,
    /// By function.
    codes: Vec<Option<Code>>,
    /// By function: what callers call. It jumps to the code of the function, or to `lazy` while there is none.
    stubs: Vec<Option<*const u8>>,
    shared: Shared,
    enter: *const u8,
    lazy: *const u8,
    give: *const u8,
    /// Where the code of functions starts.
    start: *const u8,
    full: bool,
    /// Instructions that were compiled.
    pub instructions: u64,
}

impl Jit {
    /// A compiler with room for so many bytes of code; or why the system does not allow code to be made.
    pub fn new(room: usize) -> Result<Jit, Refusal> {
        let mut memory = CodeMemory::reserve(room)?;
        let mut buffer = Buffer::default();
        let mut piece = |stencil: Stencil, cold: To| {
            buffer.clear();
            let fill = Fill { cold, ..Fill::default() };
            assert!(buffer.emit(stencil, &[], &fill), "internal error: no {stencil:?}");
            let code = buffer.finish(memory.next()).expect("jumps reach the whole region");
            memory.append(code).expect("the smallest region has room for what all functions share")
        };
        let leave = piece(Stencil::Leave, To::Nowhere);
        let cold = To::Address(leave);
        let shared =
            Shared { out_of_line: piece(Stencil::OutOfLine, cold), find: piece(Stencil::Find, cold) };
        let (enter, lazy) = (piece(Stencil::Enter, cold), piece(Stencil::Lazy, cold));
        let give = piece(Stencil::Give, cold);
        let start = memory.next();
        Ok(Jit {
            memory,
            buffer,
            codes: Vec::new(),
            stubs: Vec::new(),
            shared,
            enter,
            lazy,
            give,
            start,
            full: false,
            instructions: 0,
        })
    }

    /// How code is written: for people.
    pub fn way(&self) -> &'static str {
        self.memory.way()
    }
    /// Bytes of code that were made.
    pub fn bytes(&self) -> usize {
        self.memory.next() as usize - self.start as usize
    }

    /// Compiles a function for its listing.
    pub(crate) fn list(&mut self, program: &Program, callees: &mut [Callee], index: u32) -> Option<Listed> {
        self.buffer.log = Some(Vec::new());
        self.codes.resize_with(callees.len(), || None);
        self.stubs.resize(callees.len(), None);
        self.compile(program, callees, index)?;
        let analysis = analyse(program, index);
        let f = &program.funcs[index as usize];
        let text =
            |ins: &crate::analyse::Ins<'_>| (ins.code.at, mochi_vm::print::text(program, f, &ins.code));
        let mut pins: Vec<(u16, Place)> = Vec::new();
        for part in analysis.all() {
            let pin = (part.slot, crate::analyse::register(usize::from(part.register)));
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

    fn compile(&mut self, program: &Program, callees: &mut [Callee], index: u32) -> Option<()> {
        let analysis = analyse(program, index);
        let Jit { memory, buffer, codes, stubs, shared, lazy, .. } = self;
        let mut stub = Buffer::default();
        let mut entry_of = |callee: u32| {
            let known = &mut stubs[callee as usize];
            if known.is_none() {
                let code = codes[callee as usize].as_ref().map_or(*lazy, |code| code.entry);
                *known = Some(append_jump(memory, &mut stub, code)?);
            }
            *known
        };
        let callee = &callees[index as usize];
        let loops = lower(&analysis, buffer, *shared, callee, callees, &mut entry_of)?;
        let address = memory.next();
        let loops = loops.iter().map(|&(at, label)| (at, address.wrapping_add(buffer.distance(label))));
        let loops = loops.collect();
        let entry = memory.append(buffer.finish(address)?)?;
        self.instructions += analysis.list.len() as u64;
        self.codes[index as usize] = Some(Code { entry, loops });
        callees[index as usize].native = entry;
        if let Some(stub) = self.stubs[index as usize] {
            let mut jump = Buffer::default();
            let code = jump_to(&mut jump, stub, entry)?;
            self.memory.replace(stub, code);
        }
        Some(())
    }
}

/// The bytes of a jump at one address to another.
fn jump_to(buffer: &mut Buffer, at: *const u8, to: *const u8) -> Option<&[u8]> {
    buffer.clear();
    buffer.emit(Stencil::Jump, &[], &Fill { taken: To::Address(to), ..Fill::default() });
    buffer.finish(at)
}

fn append_jump(memory: &mut CodeMemory, buffer: &mut Buffer, to: *const u8) -> Option<*const u8> {
    let code = jump_to(buffer, memory.next(), to)?;
    memory.append(code)
}

impl Compiler for Jit {
    fn enter(&self) -> Enter {
        // SAFETY: the code of the stencil `enter` has this signature.
        unsafe { std::mem::transmute::<*const u8, Enter>(self.enter) }
    }

    fn function(&mut self, program: &Program, callees: &mut [Callee], index: u32) -> *const u8 {
        self.codes.resize_with(callees.len(), || None);
        self.stubs.resize(callees.len(), None);
        if self.codes[index as usize].is_none() && !self.full {
            self.full = self.compile(program, callees, index).is_none();
        }
        self.codes[index as usize].as_ref().map_or(std::ptr::null(), |code| code.entry)
    }

    fn loop_start(&mut self, program: &Program, callees: &mut [Callee], index: u32, at: u32) -> *const u8 {
        self.function(program, callees, index);
        let code = self.codes[index as usize].as_ref();
        code.and_then(|code| code.loops.get(&at).copied()).unwrap_or(std::ptr::null())
    }

    fn give(&self) -> *const u8 {
        self.give
    }

    fn forget(&mut self) {
        self.codes.clear();
        self.stubs.clear();
        self.memory.truncate(self.start);
        self.full = false;
    }
}
