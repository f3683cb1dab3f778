//! From bytecode to stencils, one instruction after the other.
//!
//! At the start of a block that something jumps to, the webs that are live there are in their registers, as far as they
//! have one. From there to the next such block the state says which are, and which slots have their newest value (are
//! *clean*). Calls, and what is always executed out of line, find all slots that are live in the frame and leave no
//! register as it was; values come back when they are used, or where such a block comes next. The slow path of an
//! instruction finds the slots that the instruction reads, and keeps all registers but those that it writes.

use mochi_vm::frame::Callee;
use mochi_vm::instr::Flow;
use mochi_vm::native;

use crate::analyse::addresses::object_of;
use crate::analyse::{Analysis, Held, Ins, REGISTERS, Registers, register};
use crate::buffer::{Buffer, Fill, Label, Section, To};
use crate::expected::Expected;
use crate::manifest::{Place, Stencil};

mod branch;
mod call;
mod instruction;
mod memory;
mod value;

pub use instruction::is_out_of_line;

/// Code that all functions use, by address.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    /// Calls a function of the runtime; registers are lost.
    pub out_of_line: *const u8,
    /// Calls a function of the runtime; registers are what they were.
    pub saving: *const u8,
    /// Calls a function of the runtime that finds code.
    pub find: *const u8,
    /// Whether indexes are masked.
    pub harden: bool,
}

/// What is left for the cold part.
enum Cold {
    /// Executes an instruction out of line and goes on: these registers, which it reads, are stored before, and
    /// those that it writes, or that the hot way has loaded by then, are loaded after. It keeps all others.
    Step {
        label: Label,
        at: usize,
        back: Label,
        store: Registers,
        load: Registers,
        undo: Option<Undo>,
        taken: Option<To>,
    },
    /// Ends the program when somebody wants it.
    Poll { label: Label, at: usize },
    /// Goes to where an instruction jumps that was executed out of line.
    Jump { label: Label, at: usize },
    /// The slow way of a call.
    Call { label: Label, at: usize, back: Label, store: Registers, find: native::Found },
    /// The slow way of a tail call.
    Tail { label: Label, at: usize, store: Registers, find: native::Found },
}

/// Gets an operand back that the result was written over.
#[derive(Clone, Copy)]
struct Undo {
    stencil: Stencil,
    places: [Place; 3],
    numbers: [i64; 4],
}

/// The compiler's state in a function.
pub struct Lower<'a, 'b> {
    analysis: &'a Analysis<'a>,
    out: &'b mut Buffer,
    shared: Shared,
    callee: &'a Callee,
    callees: &'a [Callee],
    expected: Expected<'a>,
    /// The code to call for a function.
    entry_of: &'b mut dyn FnMut(u32) -> Option<*const u8>,
    /// By block, where it starts.
    labels: Vec<Label>,
    cold: Vec<Cold>,
    at: usize,
    /// Registers that have what is live in them.
    in_registers: Registers,
    /// Registers whose slots have the same.
    clean: Registers,
    /// What was in registers where the slow path of the instruction leaves.
    before_slow: Registers,
    /// The slots that registers are for.
    slots: [u16; REGISTERS],
    failed: bool,
}

/// Puts the code of a function together: by word from its start, where interpreted loops go on. `None` when there is no room
/// for what it calls.
pub fn lower<'a, 'b>(
    analysis: &'a Analysis<'a>,
    out: &'b mut Buffer,
    shared: Shared,
    callee: &'a Callee,
    callees: &'a [Callee],
    expected: Expected<'a>,
    entry_of: &'b mut dyn FnMut(u32) -> Option<*const u8>,
) -> Option<Vec<(u32, Label)>> {
    out.clear();
    let labels = analysis.starts.iter().map(|_| out.label()).collect();
    let mut lower = Lower {
        analysis,
        out,
        shared,
        callee,
        callees,
        expected,
        entry_of,
        labels,
        cold: Vec::with_capacity(analysis.list.len()),
        at: 0,
        in_registers: 0,
        clean: 0,
        before_slow: 0,
        slots: [0; REGISTERS],
        failed: false,
    };
    lower.enter();
    for at in 0..analysis.list.len() {
        lower.at = at;
        lower.out.instruction = at as u32;
        lower.one();
    }
    lower.out.section(Section::Cold);
    lower.cold();
    let loops = lower.loops();
    lower.out.end();
    (!lower.failed).then_some(loops)
}

impl<'a> Lower<'a, '_> {
    fn ins(&self) -> &'a Ins<'a> {
        &self.analysis.list[self.at]
    }
    /// The register of a slot that the instruction reads.
    #[inline]
    fn before(&self, slot: u16) -> Option<Held> {
        let read = self.analysis.reads(self.ins()).iter().find(|read| read.slot == slot);
        debug_assert!(read.is_some(), "r{slot} is not read by {:?}", self.ins());
        read.and_then(|read| read.held())
    }
    /// The register of a slot that the instruction writes.
    #[inline]
    fn after(&self, slot: u16) -> Option<Held> {
        let written = self.analysis.writes(self.ins()).iter().find(|written| written.slot == slot);
        debug_assert!(written.is_some(), "r{slot} is not written by {:?}", self.ins());
        written.and_then(|written| written.held())
    }
    /// The address of an instruction.
    fn pc(&self, at: usize) -> i64 {
        self.callee.entry.wrapping_add(self.analysis.list[at].code.at as usize) as i64
    }
    /// Appends a stencil that is there for all places and numbers.
    fn emit(&mut self, stencil: Stencil, places: &[Place], fill: Fill) {
        let done = self.out.emit(stencil, places, &fill);
        assert!(done, "internal error: no {stencil:?} for {places:?} {fill:?}");
    }
    /// The start of the function: cells that are no parameters, then registers.
    fn enter(&mut self) {
        self.emit(Stencil::Landing, &[], Fill::default());
        let callee = self.callee;
        const INLINE: u16 = 12;
        if callee.zero_len > INLINE {
            self.helper(native::zero_cells, self.pc(0));
        } else {
            for slot in callee.zero_start..callee.zero_start + callee.zero_len {
                self.emit(Stencil::Zero, &[], Fill { numbers: [0, 0, 0, offset(slot)], ..Fill::default() });
            }
        }
        self.load_all(0);
    }
    /// Loads the registers that a block starts with.
    fn load_all(&mut self, block: usize) {
        for held in self.analysis.held(block) {
            self.load(register(usize::from(held.register)), held.slot);
        }
    }
    fn load(&mut self, place: Place, slot: u16) {
        if self.analysis.is_cell(slot) {
            return self.object_again(place, slot);
        }
        let fill = Fill { numbers: [offset(slot), 0, 0, 0], ..Fill::default() };
        let stencil = if place.is_float() { Stencil::FMove } else { Stencil::Move };
        self.emit(stencil, &[place, Place::S], fill);
    }
    fn store(&mut self, place: Place, slot: u16) {
        let fill = Fill { numbers: [0, 0, 0, offset(slot)], ..Fill::default() };
        let stencil = if place.is_float() { Stencil::FMove } else { Stencil::Move };
        self.emit(stencil, &[Place::S, place], fill);
    }
    /// Stores registers that an instruction reads.
    fn store_read(&mut self, at: usize, mut registers: Registers) {
        let ins = &self.analysis.list[at];
        for held in self.analysis.reads(ins).iter().filter_map(|read| read.held()) {
            if take(&mut registers, held.register) {
                self.store(register(usize::from(held.register)), held.slot);
            }
        }
        debug_assert_eq!(registers, 0, "{ins:?}");
    }
    /// Loads registers that an instruction writes, reads, or has an address in.
    fn load_used(&mut self, at: usize, mut registers: Registers) {
        let ins = &self.analysis.list[at];
        let used = self.analysis.writes(ins).iter().chain(self.analysis.reads(ins));
        for held in used.filter_map(|used| used.held()) {
            if take(&mut registers, held.register) {
                self.load(register(usize::from(held.register)), held.slot);
            }
        }
        if let (Some(address), Some(slot)) = (ins.address, object_of(&ins.code))
            && take(&mut registers, address.register)
        {
            self.load(register(usize::from(address.register)), slot);
        }
        debug_assert_eq!(registers, 0, "{ins:?}");
    }
    /// Calls a function of the runtime; registers are lost.
    fn helper(&mut self, helper: native::Helper, pc: i64) {
        self.call_out(self.shared.out_of_line, helper as usize as i64, pc);
    }
    /// Calls a function by one of the ways out.
    fn call_out(&mut self, way: *const u8, function: i64, pc: i64) {
        let fill = Fill { numbers: [pc, function, 0, 0], taken: To::Address(way), ..Fill::default() };
        self.emit(Stencil::Out, &[], fill);
    }
    /// Brings a slot into its register.
    fn bring(&mut self, number: u8, slot: u16) -> Place {
        let place = register(usize::from(number));
        if self.in_registers & 1 << number == 0 {
            self.load(place, slot);
            self.slots[usize::from(number)] = slot;
            self.in_registers |= 1 << number;
            self.clean |= 1 << number;
        }
        place
    }
    /// Stores registers that are not clean.
    fn flush(&mut self, registers: Registers) {
        let dirty = registers & self.dirty();
        each(dirty, |r| self.store(register(r), self.slots[r]));
        self.clean |= dirty;
    }
    fn dirty(&self) -> Registers {
        self.in_registers & !self.clean
    }
    /// Where a slot is read: its register if it has one, else the frame.
    fn read(&mut self, slot: u16) -> (Place, i64) {
        match self.before(slot) {
            Some(held) => (self.bring(held.register, slot), 0),
            None => (Place::S, offset(slot)),
        }
    }
    /// Where a slot is written.
    fn write(&mut self, slot: u16) -> (Place, i64) {
        match self.after(slot) {
            Some(held) => (register(usize::from(held.register)), 0),
            None => (Place::S, offset(slot)),
        }
    }
    /// Notes that a slot was written where `write` said.
    fn written(&mut self, slot: u16) {
        let Some(held) = self.after(slot) else { return };
        let r = usize::from(held.register);
        self.slots[r] = slot;
        self.in_registers |= 1 << r;
        self.clean &= !(1 << r);
        if held.through {
            self.store(register(r), slot);
            self.clean |= 1 << r;
        }
    }
    /// The registers of what the instruction reads.
    fn registers_read(&self) -> Registers {
        let mut registers = 0;
        for read in self.analysis.reads(self.ins()) {
            registers |= read.held().map_or(0, |held| 1 << held.register);
        }
        registers
    }
    /// The registers of what the instruction writes.
    fn registers_written(&self) -> Registers {
        let mut registers = 0;
        for written in self.analysis.writes(self.ins()) {
            registers |= written.held().map_or(0, |held| 1 << held.register);
        }
        registers
    }
    /// Registers that are live after the instruction.
    fn live_after(&self) -> Registers {
        self.analysis.live_after(self.at)
    }
    /// Registers that are live through the instruction.
    fn registers_across(&self) -> Registers {
        self.analysis.live_before(self.at) & self.live_after() & !self.registers_written()
    }
    fn field(&self, i: usize) -> u16 {
        self.ins().code.word.field(i)
    }
    fn imm(&self) -> i64 {
        i64::from(self.field(3) as i16)
    }
    /// A slow path that executes the whole instruction out of line; made before the result is noted.
    fn slow(&mut self) -> (Label, Label) {
        let (label, back) = (self.out.label(), self.out.label());
        let store = self.dirty() & self.registers_read();
        self.before_slow = self.in_registers;
        self.cold.push(Cold::Step { label, at: self.at, back, store, load: 0, undo: None, taken: None });
        (label, back)
    }
    /// The end of an instruction with a slow path: it comes back here, with everything in its register.
    fn meet(&mut self, back: Label) {
        self.in_registers &= self.live_after();
        let new = self.registers_written() | !self.before_slow;
        let registers = self.in_registers & new;
        self.out.place(back);
        // Nothing else has a slow path in between.
        if let Some(Cold::Step { load, .. }) = self.cold.last_mut() {
            *load = registers;
        }
    }
    fn one(&mut self) {
        let ins = self.ins();
        if let Some(block) = ins.block() {
            self.out.place(self.labels[block]);
            if !ins.only_follows() {
                (self.in_registers, self.clean) = self.analysis.held_registers(block);
                for held in self.analysis.held(block) {
                    self.slots[usize::from(held.register)] = held.slot;
                }
            }
        }
        self.instruction();
        self.in_registers &= self.live_after();
        if ins.code.op.flow() != Flow::Ends {
            self.fall_to(self.at + 1);
        }
    }
    /// Before an instruction comes next, at which a block may start that others jump to.
    fn fall_to(&mut self, next: usize) {
        let next = self.analysis.list.get(next).filter(|next| !next.only_follows());
        let Some(block) = next.and_then(Ins::block) else { return };
        if self.analysis.held_registers(block).0 & !self.in_registers != 0 {
            for held in self.analysis.held(block) {
                self.bring(held.register, held.slot);
            }
        }
    }
    /// What was left for the cold part.
    fn cold(&mut self) {
        for cold in std::mem::take(&mut self.cold) {
            self.out.instruction = match cold {
                Cold::Step { at, .. }
                | Cold::Poll { at, .. }
                | Cold::Jump { at, .. }
                | Cold::Call { at, .. }
                | Cold::Tail { at, .. } => at,
            } as u32;
            match cold {
                Cold::Step { label, at, back, store, load, undo, taken } => {
                    self.out.place(label);
                    if let Some(undo) = undo {
                        self.undo(undo);
                    }
                    self.store_read(at, store);
                    let code = &self.analysis.list[at].code;
                    let helper = native::helper(code).unwrap_or(native::step);
                    self.call_out(self.shared.saving, helper as usize as i64, self.pc(at));
                    self.load_used(at, load);
                    if let Some(taken) = taken {
                        debug_assert_eq!(load, 0, "the answer is in no register that is kept");
                        self.emit(Stencil::BrAnswer, &[], Fill { taken, ..Fill::default() });
                    }
                    let taken = To::Label(back);
                    self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                }
                Cold::Poll { label, at } => {
                    self.out.place(label);
                    self.helper(native::interrupted, self.pc(at));
                }
                Cold::Jump { label, at } => {
                    self.out.place(label);
                    let to = self.analysis.list[at].target().expect("it has one jump");
                    let block = self.analysis.list[to].block().expect("a jump goes to the start of a block");
                    self.load_and_jump(block);
                }
                Cold::Call { label, at, back, store, find } => {
                    self.out.place(label);
                    let ins = &self.analysis.list[at];
                    self.store_read(at, store);
                    self.find(find, at);
                    let to = 8 * i64::from(ins.code.word.field(1));
                    self.emit(Stencil::CallFound, &[], Fill { numbers: [to, 0, 0, 0], ..Fill::default() });
                    let taken = To::Label(back);
                    self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                }
                Cold::Tail { label, at, store, find } => {
                    self.out.place(label);
                    self.store_read(at, store);
                    self.find(find, at);
                    self.emit(Stencil::TailFound, &[], Fill::default());
                }
            }
        }
    }
    /// Goes to a block when nothing is in registers.
    fn load_and_jump(&mut self, block: usize) {
        self.load_all(block);
        let taken = To::Label(self.labels[block]);
        self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
    }
    /// Where the interpreter enters loops.
    fn loops(&mut self) -> Vec<(u32, Label)> {
        let mut loops = Vec::with_capacity(self.analysis.loops.len());
        for &block in &self.analysis.loops {
            let block = block as usize;
            let start = self.analysis.starts[block];
            self.out.instruction = start;
            loops.push((self.analysis.list[start as usize].code.at, self.out.here()));
            self.emit(Stencil::Landing, &[], Fill::default());
            self.load_and_jump(block);
        }
        loops
    }
}

/// Takes a register out of a set; whether it was there.
fn take(registers: &mut Registers, register: u8) -> bool {
    let was_there = *registers & 1 << register != 0;
    *registers &= !(1 << register);
    was_there
}

/// Calls `each` with the numbers of registers in a set.
fn each(registers: Registers, mut each: impl FnMut(usize)) {
    let mut rest = registers;
    while rest != 0 {
        each(rest.trailing_zeros() as usize);
        rest &= rest - 1;
    }
}

/// The distance of a slot from the frame base, in bytes.
fn offset(slot: u16) -> i64 {
    8 * i64::from(slot)
}
