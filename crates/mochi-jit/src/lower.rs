//! From bytecode to stencils, one instruction after the other.
//!
//! At the start of a block the webs that are live there are in their registers, as far as they have one. Within a block the
//! state says which are, and which slots have their newest value (are *clean*). Calls, and what is always executed out of
//! line, find all slots that are live in the frame and leave no register as it was; values come back when they are used,
//! or at the end of the block. The slow path of an instruction finds the slots that the instruction reads, and
//! keeps all registers but those that it writes.

use mochi_vm::frame::Callee;
use mochi_vm::instr::Flow;
use mochi_vm::native;
use smallvec::SmallVec;

use crate::analyse::{Analysis, Ins, Part, REGISTERS, Registers, register};
use crate::buffer::{Buffer, Fill, Label, Section, To};
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

/// Registers and their slots.
type List = SmallVec<[(u8, u16); 6]>;

/// What is left for the cold part.
enum Cold {
    /// Executes an instruction out of line and goes on: these registers, which it reads, are stored before, and
    /// those that it writes, or that the hot way has loaded by then, are loaded after. It keeps all others.
    Step {
        label: Label,
        at: usize,
        back: Label,
        store: List,
        load: List,
        undo: Option<Undo>,
        taken: Option<To>,
    },
    /// Ends the program when somebody wants it.
    Poll { label: Label, at: usize },
    /// The slow way of a call.
    Call { label: Label, at: usize, back: Label, store: List, find: native::Found },
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
    /// The code to call for a function.
    entry_of: &'b mut dyn FnMut(u32) -> Option<*const u8>,
    /// By instruction, where blocks start.
    labels: Vec<Option<Label>>,
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
    entry_of: &'b mut dyn FnMut(u32) -> Option<*const u8>,
) -> Option<Vec<(u32, Label)>> {
    out.clear();
    let labels = analysis.list.iter().map(|ins| ins.starts.then(|| out.label())).collect();
    let mut lower = Lower {
        analysis,
        out,
        shared,
        callee,
        callees,
        entry_of,
        labels,
        cold: Vec::new(),
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
    fn before(&self, slot: u16) -> Option<Part> {
        self.analysis.of_slot(slot, 2 * self.at as u32)
    }
    /// The register of a slot that the instruction writes.
    fn after(&self, slot: u16) -> Option<Part> {
        self.analysis.of_slot(slot, 2 * self.at as u32 + 1)
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
    /// Loads the registers that are live before an instruction.
    fn load_all(&mut self, at: usize) {
        each(self.analysis.list[at].live_before, |r| {
            if let Some(part) = self.analysis.of_register(r, 2 * at as u32) {
                self.load(register(r), part.slot);
            }
        });
    }
    fn load(&mut self, place: Place, slot: u16) {
        if self.analysis.is_cell(slot) {
            return self.object_again(place, slot);
        }
        let fill = Fill { numbers: [offset(slot), 0, 0, 0], ..Fill::default() };
        let stencil = if matches!(place, Place::F(_)) { Stencil::FMove } else { Stencil::Move };
        self.emit(stencil, &[place, Place::S], fill);
    }
    fn store(&mut self, place: Place, slot: u16) {
        let fill = Fill { numbers: [0, 0, 0, offset(slot)], ..Fill::default() };
        let stencil = if matches!(place, Place::F(_)) { Stencil::FMove } else { Stencil::Move };
        self.emit(stencil, &[Place::S, place], fill);
    }
    fn store_all(&mut self, registers: &[(u8, u16)]) {
        registers.iter().for_each(|&(r, slot)| self.store(register(usize::from(r)), slot));
    }
    fn load_set(&mut self, registers: &[(u8, u16)]) {
        registers.iter().for_each(|&(r, slot)| self.load(register(usize::from(r)), slot));
    }
    /// A set with the slots of its registers.
    fn listed(&self, registers: Registers) -> List {
        let mut list = SmallVec::new();
        each(registers, |r| list.push((r as u8, self.slots[r])));
        list
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
    /// Brings what is live before an instruction into its registers.
    fn settle(&mut self, registers: Registers, position: u32) {
        each(registers & !self.in_registers, |r| {
            if let Some(part) = self.analysis.of_register(r, position) {
                self.load(register(r), part.slot);
                self.slots[r] = part.slot;
                self.in_registers |= 1 << r;
                self.clean |= 1 << r;
            }
        });
    }
    /// Stores registers that are not clean.
    fn flush(&mut self, registers: Registers) {
        let dirty = registers & self.dirty();
        self.store_all(&self.listed(dirty));
        self.clean |= dirty;
    }
    fn dirty(&self) -> Registers {
        self.in_registers & !self.clean
    }
    /// Where a slot is read: its register if it has one, else the frame.
    fn read(&mut self, slot: u16) -> (Place, i64) {
        match self.before(slot) {
            Some(part) => {
                self.settle(1 << part.register, part.start);
                (register(usize::from(part.register)), 0)
            }
            None => (Place::S, offset(slot)),
        }
    }
    /// Where a slot is written.
    fn write(&mut self, slot: u16) -> (Place, i64) {
        match self.after(slot) {
            Some(part) => (register(usize::from(part.register)), 0),
            None => (Place::S, offset(slot)),
        }
    }
    /// Notes that a slot was written where `write` said.
    fn written(&mut self, slot: u16) {
        let Some(part) = self.after(slot) else { return };
        let r = usize::from(part.register);
        self.slots[r] = slot;
        self.in_registers |= 1 << r;
        self.clean &= !(1 << r);
        if part.through {
            self.store(register(r), slot);
            self.clean |= 1 << r;
        }
    }
    /// The registers of what the instruction reads.
    fn registers_read(&self) -> Registers {
        let mut registers = 0;
        for read in self.analysis.reads(self.ins()) {
            registers |= self.before(read.slot).map_or(0, |part| 1 << part.register);
        }
        registers
    }
    /// The registers of what the instruction writes.
    fn registers_written(&self) -> Registers {
        let mut registers = 0;
        for written in self.analysis.writes(self.ins()) {
            registers |= self.after(written.slot).map_or(0, |part| 1 << part.register);
        }
        registers
    }
    /// Registers that are live through the instruction.
    fn registers_across(&self) -> Registers {
        let ins = self.ins();
        ins.live_before & ins.live_after & !self.registers_written()
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
        let store = self.listed(self.dirty() & self.registers_read());
        self.before_slow = self.in_registers;
        self.cold.push(Cold::Step {
            label,
            at: self.at,
            back,
            store,
            load: SmallVec::new(),
            undo: None,
            taken: None,
        });
        (label, back)
    }
    /// The end of an instruction with a slow path: it comes back here, with everything in its register.
    fn meet(&mut self, back: Label) {
        self.in_registers &= self.ins().live_after;
        let new = self.registers_written() | !self.before_slow;
        let registers = self.listed(self.in_registers & new);
        self.out.place(back);
        // Nothing else has a slow path in between.
        if let Some(Cold::Step { load, .. }) = self.cold.last_mut() {
            *load = registers;
        }
    }
    fn one(&mut self) {
        let ins = self.ins();
        if ins.starts {
            if let Some(label) = self.labels[self.at] {
                self.out.place(label);
            }
            self.in_registers = ins.live_before;
            self.clean = 0;
            each(ins.live_before, |r| {
                if let Some(part) = self.analysis.of_register(r, 2 * self.at as u32) {
                    self.slots[r] = part.slot;
                    self.clean |= u16::from(part.through) << r;
                }
            });
        }
        self.instruction();
        self.in_registers &= ins.live_after;
        let next = self.at + 1;
        if ins.code.op.flow() != Flow::Ends
            && let Some(after) = self.analysis.list.get(next)
            && after.starts
        {
            self.fall_to(next);
        }
    }
    /// The end of a block that goes on with the next instruction.
    fn fall_to(&mut self, next: usize) {
        self.settle(self.analysis.list[next].live_before, 2 * next as u32);
    }
    /// What was left for the cold part.
    fn cold(&mut self) {
        for cold in std::mem::take(&mut self.cold) {
            self.out.instruction = match cold {
                Cold::Step { at, .. } | Cold::Poll { at, .. } | Cold::Call { at, .. } => at,
            } as u32;
            match cold {
                Cold::Step { label, at, back, store, load, undo, taken } => {
                    self.out.place(label);
                    if let Some(undo) = undo {
                        self.undo(undo);
                    }
                    self.store_all(&store);
                    let op = self.analysis.list[at].code.op;
                    let helper = native::helper(op).unwrap_or(native::step);
                    self.call_out(self.shared.saving, helper as usize as i64, self.pc(at));
                    self.load_set(&load);
                    if let Some(taken) = taken {
                        self.emit(Stencil::BrAnswer, &[], Fill { taken, ..Fill::default() });
                    }
                    let taken = To::Label(back);
                    self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                }
                Cold::Poll { label, at } => {
                    self.out.place(label);
                    self.helper(native::interrupted, self.pc(at));
                }
                Cold::Call { label, at, back, store, find } => {
                    self.out.place(label);
                    let ins = &self.analysis.list[at];
                    self.store_all(&store);
                    self.find(find, at);
                    let to = 8 * i64::from(ins.code.word.field(1));
                    self.emit(Stencil::CallFound, &[], Fill { numbers: [to, 0, 0, 0], ..Fill::default() });
                    let taken = To::Label(back);
                    self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                }
            }
        }
    }
    /// Where the interpreter enters loops.
    fn loops(&mut self) -> Vec<(u32, Label)> {
        let mut targets: Vec<usize> = Vec::new();
        for (i, ins) in self.analysis.list.iter().enumerate() {
            for word in ins.code.jumps() {
                let to = self.analysis.at[word as usize] as usize;
                if to <= i {
                    targets.push(to);
                }
            }
        }
        targets.sort_unstable();
        targets.dedup();
        let mut loops = Vec::new();
        for to in targets {
            self.out.instruction = to as u32;
            loops.push((self.analysis.list[to].code.at, self.out.here()));
            self.emit(Stencil::Landing, &[], Fill::default());
            self.load_all(to);
            let taken = To::Label(self.labels[to].expect("a loop is the start of a block"));
            self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
        }
        loops
    }
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
