//! From bytecode to stencils, one instruction after the other.
//!
//! At the start of a block the pins that are live there are in their registers. Within a block the state says which are,
//! and which slots have their newest value (are *clean*). What runs outside of this code finds all slots that are live in
//! the frame, and leaves no register as it was; pins come back when they are used, or at the end of the block.

use mochi_abi::layout::{DATA, LEN, WORDS};
use mochi_vm::code::NO_SLOT;
use mochi_vm::frame::Callee;
use mochi_vm::instr::{Flow, Opcode};
use mochi_vm::native;

use crate::analyse::{Analysis, Ins, Part, REGISTERS, Registers, register};
use crate::buffer::{Buffer, Fill, Label, Section, To};
use crate::manifest::{Place, Stencil};
use smallvec::SmallVec;

/// Code that all functions use, by address.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    /// Calls a function of the runtime.
    pub out_of_line: *const u8,
    /// Calls a function of the runtime that finds code.
    pub find: *const u8,
}

/// Registers and their slots.
type List = SmallVec<[(u8, u16); 6]>;

/// What is left for the cold part.
enum Cold {
    /// Executes an instruction out of line and goes on, with these pins stored before and loaded after.
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
    Call { label: Label, at: usize, back: Label, store: List },
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
    /// The slots that registers are for.
    slots: [u16; REGISTERS],
    failed: bool,
}

/// Where the parts of a function are, in bytes from its start.
pub struct Entries {
    /// By word from the start of the function: where an interpreted loop goes on.
    pub loops: Vec<(u32, Label)>,
}

/// Puts the code of a function together. `None` when there is no room for what it calls.
pub fn lower<'a, 'b>(
    analysis: &'a Analysis<'a>,
    out: &'b mut Buffer,
    shared: Shared,
    callee: &'a Callee,
    callees: &'a [Callee],
    entry_of: &'b mut dyn FnMut(u32) -> Option<*const u8>,
) -> Option<Entries> {
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
    (!lower.failed).then_some(Entries { loops })
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

    /// The start of the function: cells that are no parameters, then pins.
    fn enter(&mut self) {
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
    fn helper(&mut self, helper: native::Helper, pc: i64) {
        let fill = Fill {
            numbers: [pc, helper as usize as i64, 0, 0],
            taken: To::Address(self.shared.out_of_line),
            ..Fill::default()
        };
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
        crate::analyse::reads(&self.ins().code, |slot, _| {
            registers |= self.before(slot).map_or(0, |part| 1 << part.register);
        });
        registers
    }
    /// The registers of what the instruction writes.
    fn registers_written(&self) -> Registers {
        let mut registers = 0;
        crate::analyse::writes(&self.ins().code, |slot, _| {
            registers |= self.after(slot).map_or(0, |part| 1 << part.register);
        });
        registers
    }
    /// Registers that are live through the instruction.
    fn registers_across(&self) -> Registers {
        let ins = self.ins();
        let mut across = ins.live_before & ins.live_after;
        each(self.registers_written() & across, |r| {
            // Another web of the register, or a new value of it.
            across &= !(1 << r);
        });
        across
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
        let store = self.listed(self.dirty());
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
        let registers = self.listed(self.in_registers);
        self.out.place(back);
        for cold in self.cold.iter_mut().rev() {
            match cold {
                Cold::Step { back: other, load, .. } if *other == back => load.clone_from(&registers),
                _ => break,
            }
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

    /// The target of a jump to a word of the function.
    fn edge(&mut self, word: i64) -> To {
        let to = self.analysis.at[word as usize] as usize;
        To::Label(self.labels[to].expect("a jump goes to the start of a block"))
    }
    /// The target of the instruction's jump.
    fn target(&mut self) -> To {
        let word = self.ins().code.jumps().next().unwrap_or_default();
        self.edge(word)
    }

    /// Before a jump: what is live on either side is in its register.
    fn before_jump(&mut self) {
        let ins = self.ins();
        for word in ins.code.jumps() {
            self.fall_to(self.analysis.at[word as usize] as usize);
        }
        if ins.code.op.flow() == Flow::Branch {
            self.fall_to(self.at + 1);
        }
    }

    /// The check of a loop whether somebody wants the program to end.
    fn poll(&mut self) {
        let label = self.out.label();
        self.cold.push(Cold::Poll { label, at: self.at });
        self.emit(Stencil::Poll, &[], Fill { cold: To::Label(label), ..Fill::default() });
    }

    fn branch(&mut self, stencil: Stencil, places: &[Place], numbers: [i64; 4], is_loop: bool) {
        self.before_jump();
        if is_loop {
            self.poll();
        }
        let taken = self.target();
        self.emit(stencil, places, Fill { numbers, taken, ..Fill::default() });
    }
    /// A jump on two ints.
    fn br(&mut self, stencil: Stencil, is_loop: bool) {
        let (a, na) = self.read(self.field(1));
        let (b, nb) = self.read(self.field(2));
        self.branch(stencil, &[a, b], [na, nb, 0, 0], is_loop);
    }
    /// A jump on an int and a number.
    fn br_imm(&mut self, stencil: Stencil, is_loop: bool) {
        let (a, na) = self.read(self.field(1));
        let number = i64::from(self.field(2) as i16);
        self.before_jump();
        if is_loop {
            self.poll();
        }
        let taken = self.target();
        self.branch_on(stencil, a, na, number, taken);
    }
    /// A jump on an int and a number, which goes through the temporary when it does not fit.
    fn branch_on(&mut self, stencil: Stencil, a: Place, na: i64, number: i64, taken: To) {
        let fill = Fill { numbers: [na, number, 0, 0], taken, ..Fill::default() };
        if !self.out.emit(stencil, &[a, Place::I], &fill) {
            self.constant(Place::T, number);
            self.emit(stencil, &[a, Place::T], fill);
        }
    }
    /// A jump on a bool.
    fn br_bool(&mut self, stencil: Stencil, is_loop: bool) {
        let (a, na) = self.read(self.field(1));
        self.branch(stencil, &[a], [na, 0, 0, 0], is_loop);
    }
    /// A jump on a cell.
    fn br_cell(&mut self, stencil: Stencil, is_loop: bool) {
        let slot = offset(self.field(1));
        self.branch(stencil, &[Place::S], [slot, 0, 0, 0], is_loop);
    }

    /// `D = A op B`
    fn three(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (b, nb) = self.read(self.field(3));
        let (d, nd) = self.write(self.field(1));
        self.emit(stencil, &[d, a, b], Fill { numbers: [na, nb, 0, nd], ..Fill::default() });
        self.written(self.field(1));
    }
    /// `D = A op number`; when the number does not fit, it goes through the temporary.
    fn three_imm(&mut self, stencil: Stencil, number: i64) {
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        let fill = Fill { numbers: [na, number, 0, nd], ..Fill::default() };
        if !self.out.emit(stencil, &[d, a, Place::I], &fill) {
            self.constant(Place::T, number);
            self.emit(stencil, &[d, a, Place::T], fill);
        }
        self.written(self.field(1));
    }
    /// A sum or difference with a number, whose negation fits the other when it does not fit.
    fn sum_imm(&mut self, stencil: Stencil, other: Stencil, number: i64) {
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        let fill = |number: i64| Fill { numbers: [na, number, 0, nd], ..Fill::default() };
        if !self.out.emit(stencil, &[d, a, Place::I], &fill(number)) {
            self.emit(other, &[d, a, Place::I], fill(-number));
        }
        self.written(self.field(1));
    }
    /// `D = A op n`, by a distance of bits.
    fn by(&mut self, stencil: Stencil) {
        let n = i64::from(self.field(3) & 63);
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        let numbers = [na, n, 64 - n, nd];
        self.emit(stencil, &[d, a, Place::I], Fill { numbers, ..Fill::default() });
        self.written(self.field(1));
    }
    /// `D = op A`
    fn two(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (d, nd) = self.write(self.field(1));
        self.emit(stencil, &[d, a], Fill { numbers: [na, 0, 0, nd], ..Fill::default() });
        self.written(self.field(1));
    }
    /// `D = op A` with a slow path.
    fn two_slow(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (label, back) = self.slow();
        let (d, nd) = self.write(self.field(1));
        let cold = To::Label(label);
        self.emit(stencil, &[d, a], Fill { numbers: [na, 0, 0, nd], cold, ..Fill::default() });
        self.written(self.field(1));
        self.meet(back);
    }
    /// `D = A op B` with a slow path.
    fn three_slow(&mut self, stencil: Stencil) {
        let (a, na) = self.read(self.field(2));
        let (b, nb) = self.read(self.field(3));
        let (label, back) = self.slow();
        let (d, nd) = self.write(self.field(1));
        let cold = To::Label(label);
        self.emit(stencil, &[d, a, b], Fill { numbers: [na, nb, 0, nd], cold, ..Fill::default() });
        self.written(self.field(1));
        self.meet(back);
    }
    /// A checked sum or difference. The slow path undoes the result when an operand was in its register.
    fn checked(&mut self, stencil: Stencil, right: Right) {
        let (a, na) = self.read(self.field(2));
        let (b, nb) = match right {
            Right::Slot => self.read(self.field(3)),
            Right::Number(number) => (Place::I, number),
        };
        let (d, nd) = self.write(self.field(1));
        if d != Place::S && d == a && d == b {
            return self.doubled(stencil, d);
        }
        let (label, back) = self.slow();
        let undo = match stencil {
            _ if d == Place::S => None,
            Stencil::Add if d == a => {
                Some(Undo { stencil: Stencil::SubWrap, places: [d, d, b], numbers: [0, nb, 0, 0] })
            }
            Stencil::Add if d == b => {
                Some(Undo { stencil: Stencil::SubWrap, places: [d, d, a], numbers: [0, na, 0, 0] })
            }
            Stencil::Sub if d == a => {
                Some(Undo { stencil: Stencil::AddWrap, places: [d, d, b], numbers: [0, nb, 0, 0] })
            }
            Stencil::Sub if d == b => {
                Some(Undo { stencil: Stencil::SubWrap, places: [d, a, d], numbers: [na, 0, 0, 0] })
            }
            _ => None,
        };
        let fill =
            |number: i64| Fill { numbers: [na, number, 0, nd], cold: To::Label(label), ..Fill::default() };
        if !self.out.emit(stencil, &[d, a, b], &fill(nb)) {
            // A number that only fits the other way round.
            let other = if stencil == Stencil::Add { Stencil::Sub } else { Stencil::Add };
            self.emit(other, &[d, a, b], fill(-nb));
        }
        if let Some(Cold::Step { undo: place, .. }) = self.cold.last_mut() {
            *place = undo;
        }
        self.written(self.field(1));
        self.meet(back);
    }
    /// `D = D + D` or `D - D`: as a product or zero, since there is no way back.
    fn doubled(&mut self, stencil: Stencil, d: Place) {
        if stencil == Stencil::Sub {
            self.constant(d, 0);
            return self.written(self.field(1));
        }
        let (label, back) = self.slow();
        let fill = Fill { numbers: [0, 2, 0, 0], cold: To::Label(label), ..Fill::default() };
        self.emit(Stencil::Mul, &[d, d, Place::I], fill);
        self.written(self.field(1));
        self.meet(back);
    }
    fn mul_imm(&mut self) {
        let (a, na) = self.read(self.field(2));
        let (label, back) = self.slow();
        let (d, nd) = self.write(self.field(1));
        let number = self.imm();
        let fill = Fill { numbers: [na, number, 0, nd], cold: To::Label(label), ..Fill::default() };
        if !self.out.emit(Stencil::Mul, &[d, a, Place::I], &fill) {
            self.constant(Place::T, number);
            self.emit(Stencil::Mul, &[d, a, Place::T], fill);
        }
        self.written(self.field(1));
        self.meet(back);
    }
    /// Puts a number somewhere.
    fn constant(&mut self, place: Place, number: i64) {
        self.constant_at(place, 0, number);
    }
    fn constant_at(&mut self, place: Place, slot: i64, number: i64) {
        let fill = Fill { numbers: [number, 0, 0, slot], ..Fill::default() };
        if matches!(place, Place::F(_)) {
            self.emit(Stencil::FConst, &[place], fill);
        } else if !self.out.emit(Stencil::Move, &[place, Place::I], &fill) {
            self.emit(Stencil::Const, &[place], fill);
        }
    }
    fn constant_to(&mut self, slot: u16, number: i64) {
        let (d, nd) = self.write(slot);
        self.constant_at(d, nd, number);
        self.written(slot);
    }
    /// Copies a slot.
    fn copy(&mut self, to: u16, from: u16) {
        let (a, na) = self.read(from);
        let (d, nd) = self.write(to);
        let stencil = match (a, d) {
            (Place::F(_), _) | (_, Place::F(_)) => Stencil::FMove,
            _ => Stencil::Move,
        };
        self.emit(stencil, &[d, a], Fill { numbers: [na, 0, 0, nd], ..Fill::default() });
        self.written(to);
    }

    /// The object of a handle in a slot, for what follows.
    fn object(&mut self, slot: u16, cold: Label) {
        let fill = Fill { numbers: [offset(slot), 0, 0, 0], cold: To::Label(cold), ..Fill::default() };
        self.emit(Stencil::Object, &[Place::S], fill);
    }
    /// Loads a word of an object into a slot.
    fn load_word(&mut self, to: u16, object: u16, distance: i64) {
        let (label, back) = self.slow();
        self.object(object, label);
        let (d, nd) = self.write(to);
        let stencil = if matches!(d, Place::F(_)) { Stencil::FLoad } else { Stencil::Load };
        self.emit(stencil, &[d], Fill { numbers: [distance, 0, 0, nd], ..Fill::default() });
        self.written(to);
        self.meet(back);
    }
    /// Stores a slot into a word of an object.
    fn store_word(&mut self, object: u16, distance: i64, from: u16) {
        let (a, na) = self.read(from);
        let (label, back) = self.slow();
        self.object(object, label);
        let stencil = if matches!(a, Place::F(_)) { Stencil::FStore } else { Stencil::Store };
        self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, distance], ..Fill::default() });
        self.meet(back);
    }
    /// An element of a list: `get D, list, index`.
    fn list_get(&mut self, int: Stencil, float: Stencil) {
        let (b, nb) = self.read(self.field(3));
        let (label, back) = self.slow();
        self.object(self.field(2), label);
        let (d, nd) = self.write(self.field(1));
        let stencil = if matches!(d, Place::F(_)) { float } else { int };
        let fill = Fill { numbers: [0, nb, 0, nd], cold: To::Label(label), ..Fill::default() };
        self.emit(stencil, &[d, b], fill);
        self.written(self.field(1));
        self.meet(back);
    }
    fn list_set(&mut self, int: Stencil, float: Stencil) {
        let (a, na) = self.read(self.field(3));
        let (b, nb) = self.read(self.field(2));
        let (label, back) = self.slow();
        self.object(self.field(1), label);
        let stencil = if matches!(a, Place::F(_)) { float } else { int };
        let fill = Fill { numbers: [na, nb, 0, 0], cold: To::Label(label), ..Fill::default() };
        self.emit(stencil, &[a, b], fill);
        self.meet(back);
    }
    fn list_push(&mut self, int: Stencil, float: Stencil) {
        let (a, na) = self.read(self.field(3));
        let (label, back) = self.slow();
        let cold = To::Label(label);
        self.object(self.field(2), label);
        self.emit(Stencil::ListRoom, &[], Fill { cold, ..Fill::default() });
        let stencil = if matches!(a, Place::F(_)) { float } else { int };
        self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, 0], ..Fill::default() });
        let (to, from) = (self.field(1), self.field(2));
        if to != from {
            self.copy(to, from);
        }
        self.meet(back);
    }
    /// An element of a view: `get D, view, index`.
    fn view_get(&mut self, int: Stencil, float: Stencil, checked: bool) {
        let (data, index) = (self.field(2), self.field(3));
        let (a, na) = self.read(data);
        let (b, nb) = self.read(index);
        let back = checked.then(|| {
            let (c, nc) = self.read(data + 1);
            let (label, back) = self.slow();
            let fill = Fill { numbers: [nb, nc, 0, 0], cold: To::Label(label), ..Fill::default() };
            self.emit(Stencil::Bound, &[b, c], fill);
            back
        });
        let (d, nd) = self.write(self.field(1));
        let stencil = if matches!(d, Place::F(_)) { float } else { int };
        self.emit(stencil, &[d, a, b], Fill { numbers: [na, nb, 0, nd], ..Fill::default() });
        self.written(self.field(1));
        if let Some(back) = back {
            self.meet(back);
        }
    }
    fn view_set(&mut self, int: Stencil, float: Stencil) {
        let (a, na) = self.read(self.field(1));
        let (b, nb) = self.read(self.field(2));
        let (c, nc) = self.read(self.field(3));
        let stencil = if matches!(c, Place::F(_)) { float } else { int };
        self.emit(stencil, &[a, b, c], Fill { numbers: [na, nb, nc, 0], ..Fill::default() });
    }
    fn select(&mut self) {
        let code = self.ins().code;
        let other = code.ext[0].field(0);
        let (c, nc) = self.read(self.field(2));
        let (a, na) = self.read(self.field(3));
        let (b, nb) = self.read(other);
        let (d, nd) = self.write(self.field(1));
        let first = Fill { numbers: [na, 0, 0, 0], ..Fill::default() };
        match a {
            Place::F(_) => self.emit(Stencil::FMoveTemp, &[a], first),
            _ => self.emit(Stencil::Move, &[Place::T, a], first),
        }
        let float = matches!(b, Place::F(_)) || matches!(d, Place::F(_));
        let stencil = if float { Stencil::FSelect } else { Stencil::Select };
        self.emit(stencil, &[d, c, b], Fill { numbers: [0, nb, nc, nd], ..Fill::default() });
        self.written(self.field(1));
    }
    /// A cell and what replaces it when it is none: `get.or`.
    fn get_or_float(&mut self) {
        let (b, nb) = self.read(self.field(3));
        let (d, nd) = self.write(self.field(1));
        let numbers = [offset(self.field(2)), nb, 0, nd];
        self.emit(Stencil::GetOrFloat, &[d, Place::S, b], Fill { numbers, ..Fill::default() });
        self.written(self.field(1));
    }

    /// A jump on two strings, which are compared out of line when both are long.
    fn br_str(&mut self, stencil: Stencil, is_loop: bool) {
        self.before_jump();
        if is_loop {
            self.poll();
        }
        let (label, back) = self.slow();
        let target = self.target();
        let numbers = [offset(self.field(1)), offset(self.field(2)), 0, 0];
        self.emit(stencil, &[Place::S, Place::S], Fill { numbers, taken: target, cold: To::Label(label) });
        if let Some(Cold::Step { taken, .. }) = self.cold.last_mut() {
            *taken = Some(target);
        }
        self.meet(back);
    }
    /// The object of a handle in a slot and what is made of it.
    fn of_object(&mut self, stencil: Stencil) {
        let (label, back) = self.slow();
        self.object(self.field(2), label);
        let (d, nd) = self.write(self.field(1));
        self.emit(stencil, &[d], Fill { numbers: [0, 0, 0, nd], ..Fill::default() });
        self.written(self.field(1));
        self.meet(back);
    }
    fn str_index(&mut self) {
        let (b, nb) = self.read(self.field(3));
        let (label, back) = self.slow();
        self.object(self.field(2), label);
        let numbers = [0, nb, 0, offset(self.field(1))];
        self.emit(
            Stencil::StrIndex,
            &[Place::S, b],
            Fill { numbers, cold: To::Label(label), ..Fill::default() },
        );
        self.meet(back);
    }
    /// Executes the instruction out of line.
    fn step(&mut self) {
        let ins = self.ins();
        self.flush(self.registers_read() | self.registers_across());
        let helper = native::helper(ins.code.op).unwrap_or(native::step);
        self.helper(helper, self.pc(self.at));
        self.in_registers = 0;
        if ins.code.op.flow() == Flow::Branch {
            self.before_jump();
            let taken = self.target();
            self.emit(Stencil::BrAnswer, &[], Fill { taken, ..Fill::default() });
        }
    }
    /// Leaves for the interpreter.
    fn leave(&mut self) {
        let all = self.in_registers;
        self.flush(all);
        self.helper(native::go_on, self.pc(self.at));
    }

    fn call(&mut self, index: u32) {
        let ins = self.ins();
        let code = ins.code;
        let advance = self.field(1);
        for (i, slot) in code.ext_slots().enumerate() {
            let (a, na) = self.read(slot);
            let stencil = if matches!(a, Place::F(_)) { Stencil::FMove } else { Stencil::Move };
            let to = 8 * (i64::from(advance) + i as i64);
            self.emit(stencil, &[Place::S, a], Fill { numbers: [na, 0, 0, to], ..Fill::default() });
        }
        let result = code.result_slot().filter(|&slot| slot != NO_SLOT);
        self.flush(self.registers_across());
        let (label, back) = (self.out.label(), self.out.label());
        let store = self.listed(self.dirty() & self.registers_read());
        self.cold.push(Cold::Call { label, at: self.at, back, store });
        let Some(entry) = (self.entry_of)(index) else {
            self.failed = true;
            return;
        };
        let callee = &self.callees[index as usize];
        let (to, end) = (8 * i64::from(advance), 8 * (i64::from(advance) + i64::from(callee.slots)));
        let after = self.pc(self.at) + 8 * i64::from(code.len());
        let numbers = [to, end, after, &raw const *callee as i64];
        let (taken, cold) = (To::Address(entry), To::Label(label));
        self.emit(Stencil::Call, &[], Fill { numbers, taken, cold });
        self.out.place(back);
        self.returned(result);
    }
    /// After a call: where its value goes.
    fn returned(&mut self, result: Option<u16>) {
        self.in_registers = 0;
        if let Some(slot) = result {
            let (d, nd) = self.write(slot);
            let stencil = if matches!(d, Place::F(_)) { Stencil::FResult } else { Stencil::Result };
            self.emit(stencil, &[d], Fill { numbers: [0, 0, 0, nd], ..Fill::default() });
            self.written(slot);
        }
    }
    /// A call whose function is found when it runs.
    fn call_found(&mut self, find: native::Found) {
        let ins = self.ins();
        let result = ins.code.result_slot().filter(|&slot| slot != NO_SLOT);
        self.flush(self.registers_read() | self.registers_across());
        self.find(find, self.at);
        let to = 8 * i64::from(self.field(1));
        self.emit(Stencil::CallFound, &[], Fill { numbers: [to, 0, 0, 0], ..Fill::default() });
        self.returned(result);
    }
    fn find(&mut self, find: native::Found, at: usize) {
        let fill = Fill {
            numbers: [self.pc(at), find as usize as i64, 0, 0],
            taken: To::Address(self.shared.find),
            ..Fill::default()
        };
        self.emit(Stencil::Out, &[], fill);
    }
    fn tail(&mut self, find: native::Found) {
        let all = self.in_registers;
        self.flush(all);
        self.find(find, self.at);
        self.emit(Stencil::TailFound, &[], Fill::default());
    }
    fn give_back(&mut self) {
        let (a, na) = self.read(self.field(1));
        let stencil = if matches!(a, Place::F(_)) { Stencil::FReturn } else { Stencil::Return };
        self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, 0], ..Fill::default() });
    }

    /// A switch as a search among its cases.
    fn switch(&mut self) {
        let ins = self.ins();
        let (a, na) = self.read(self.field(1));
        self.before_jump();
        let lowest = ins.code.ext[0].0 as i64;
        let targets: Vec<i64> = ins.code.jumps().collect();
        let count = targets.len() - 1;
        let fits = lowest
            .checked_add(count as i64)
            .is_some_and(|end| i32::try_from(lowest).is_ok() && i32::try_from(end).is_ok());
        if !fits {
            return self.leave();
        }
        self.search(a, na, lowest, &targets, 0, count, true, true);
    }
    /// Goes to the target of the case, which is among `from..to`, unless it is beyond an end that is open.
    #[allow(clippy::too_many_arguments)]
    fn search(
        &mut self,
        a: Place,
        na: i64,
        lowest: i64,
        targets: &[i64],
        from: usize,
        to: usize,
        open_below: bool,
        open_above: bool,
    ) {
        let default = targets[targets.len() - 1];
        if to - from <= 3 {
            for (i, &target) in targets.iter().enumerate().take(to).skip(from) {
                let taken = self.edge(target);
                let last = i + 1 == to && !open_below && !open_above;
                if last {
                    self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                    return;
                }
                self.branch_on(Stencil::BrEq, a, na, lowest + i as i64, taken);
            }
            let taken = self.edge(default);
            self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
            return;
        }
        let middle = from + (to - from) / 2;
        let below = self.out.label();
        self.branch_on(Stencil::BrLt, a, na, lowest + middle as i64, To::Label(below));
        self.search(a, na, lowest, targets, middle, to, false, open_above);
        self.out.place(below);
        self.search(a, na, lowest, targets, from, middle, open_below, false);
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
                    self.helper(native::helper(op).unwrap_or(native::step), self.pc(at));
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
                Cold::Call { label, at, back, store } => {
                    self.out.place(label);
                    let ins = &self.analysis.list[at];
                    self.store_all(&store);
                    self.find(native::find_call, at);
                    let to = 8 * i64::from(ins.code.word.field(1));
                    self.emit(Stencil::CallFound, &[], Fill { numbers: [to, 0, 0, 0], ..Fill::default() });
                    let taken = To::Label(back);
                    self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                }
            }
        }
    }

    fn undo(&mut self, undo: Undo) {
        let Undo { stencil, places, numbers } = undo;
        if !self.out.emit(stencil, &places, &Fill { numbers, ..Fill::default() }) {
            // A number that only fits the other way round.
            let other = if stencil == Stencil::AddWrap { Stencil::SubWrap } else { Stencil::AddWrap };
            let numbers = [numbers[0], -numbers[1], 0, 0];
            self.emit(other, &places, Fill { numbers, ..Fill::default() });
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
            self.load_all(to);
            let taken = To::Label(self.labels[to].expect("a loop is the start of a block"));
            self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
        }
        loops
    }

    #[rustfmt::skip]
    fn instruction(&mut self) {
        use Opcode as O;
        use Stencil as S;
        let (wide, imm) = (self.ins().code.word.wide_operand(), self.imm());
        match self.ins().code.op {
            O::Move => self.copy(self.field(1), self.field(2)),
            O::ConstInt => self.constant_to(self.field(1), i64::from(wide as i32)),
            O::ConstRaw | O::ConstCell => self.constant_to(self.field(1), self.ins().code.ext[0].0 as i64),
            O::ConstNone => self.constant_to(self.field(1), mochi_abi::Cell::NONE.0 as i64),
            O::ConstStr => {
                let (label, back) = self.slow();
                let numbers = [8 * i64::from(wide), 0, 0, offset(self.field(1))];
                self.emit(S::ConstStr, &[Place::S], Fill { numbers, cold: To::Label(label), ..Fill::default() });
                self.meet(back);
            }

            O::Add => self.checked(S::Add, Right::Slot),
            O::Sub => self.checked(S::Sub, Right::Slot),
            O::AddImm => self.checked(S::Add, Right::Number(imm)),
            O::SubImm => self.checked(S::Sub, Right::Number(imm)),
            O::Mul => self.three_slow(S::Mul),
            O::MulImm => self.mul_imm(),
            O::Div => self.three_slow(S::Div),
            O::Rem => self.three_slow(S::Rem),
            O::Neg => self.two_slow(S::Neg),
            O::DivSafe => self.three(S::DivSafe),
            // The divisor may be -1, for which the machine's division traps.
            O::RemSafe => self.three_slow(S::Rem),
            O::DivImm => self.three_imm(S::DivSafe, imm),
            O::RemImm => self.three_imm(S::RemSafe, imm),
            O::DivPow2 | O::RemPow2 if self.field(3) & 63 == 0 => self.step(),
            O::DivPow2 => self.by(S::DivPow2),
            O::RemPow2 => self.by(S::RemPow2),
            O::AddWrap => self.three(S::AddWrap),
            O::SubWrap => self.three(S::SubWrap),
            O::MulWrap => self.three(S::MulWrap),
            O::AddWrapImm => self.sum_imm(S::AddWrap, S::SubWrap, imm),
            O::MulWrapImm => self.three_imm(S::MulWrap, imm),
            O::And => self.three(S::And),
            O::Or => self.three(S::Or),
            O::Xor => self.three(S::Xor),
            O::Shl => self.three(S::Shl),
            O::Shr => self.three(S::Shr),
            O::AndImm => self.three_imm(S::And, imm),
            O::OrImm => self.three_imm(S::Or, imm),
            O::XorImm => self.three_imm(S::Xor, imm),
            O::ShlImm => self.by(S::ShlBy),
            O::ShrImm => self.by(S::ShrBy),
            O::Not => self.three_imm(S::Xor, 1),

            O::Eq => self.three(S::Eq),
            O::Ne => self.three(S::Ne),
            O::Lt => self.three(S::Lt),
            O::Le => self.three(S::Le),
            O::EqImm => self.three_imm(S::Eq, imm),
            O::NeImm => self.three_imm(S::Ne, imm),
            O::LtImm => self.three_imm(S::Lt, imm),
            O::LeImm => self.three_imm(S::Le, imm),
            O::GtImm => self.three_imm(S::Gt, imm),
            O::GeImm => self.three_imm(S::Ge, imm),

            O::FAdd => self.three(S::FAdd),
            O::FSub => self.three(S::FSub),
            O::FMul => self.three(S::FMul),
            O::FDiv => self.three_slow(S::FDiv),
            O::FNeg => self.two(S::FNeg),
            O::FEq => self.three(S::FEq),
            O::FNe => self.three(S::FNe),
            O::FLt => self.three(S::FLt),
            O::FLe => self.three(S::FLe),
            O::IntToFloat => self.two(S::IntToFloat),
            O::FloatToInt => self.two_slow(S::FloatToInt),
            O::Select => self.select(),

            O::Jump | O::Loop => {
                self.before_jump();
                if self.ins().code.op == O::Loop {
                    self.poll();
                }
                // What comes next is reached without a jump.
                let target = self.ins().code.jumps().next().map(|word| self.analysis.at[word as usize] as usize);
                if target == Some(self.at + 1) {
                    return self.fall_to(self.at + 1);
                }
                let taken = self.target();
                self.emit(S::Jump, &[], Fill { taken, ..Fill::default() });
            }
            O::BrTrue => self.br_bool(S::BrTrue, false),
            O::BrFalse => self.br_bool(S::BrFalse, false),
            O::BrNone => self.br_cell(S::BrNone, false),
            O::BrSome => self.br_cell(S::BrSome, false),
            O::BrEq => self.br(S::BrEq, false),
            O::BrNe => self.br(S::BrNe, false),
            O::BrLt => self.br(S::BrLt, false),
            O::BrLe => self.br(S::BrLe, false),
            O::BrEqImm => self.br_imm(S::BrEq, false),
            O::BrNeImm => self.br_imm(S::BrNe, false),
            O::BrLtImm => self.br_imm(S::BrLt, false),
            O::BrLeImm => self.br_imm(S::BrLe, false),
            O::BrGtImm => self.br_imm(S::BrGt, false),
            O::BrGeImm => self.br_imm(S::BrGe, false),
            O::BrFEq => self.br(S::BrFEq, false),
            O::BrFNe => self.br(S::BrFNe, false),
            O::BrFLt => self.br(S::BrFLt, false),
            O::BrFLe => self.br(S::BrFLe, false),
            O::BrFNlt => self.br(S::BrFNlt, false),
            O::BrFNle => self.br(S::BrFNle, false),
            O::LoopTrue => self.br_bool(S::BrTrue, true),
            O::LoopFalse => self.br_bool(S::BrFalse, true),
            O::LoopNone => self.br_cell(S::BrNone, true),
            O::LoopSome => self.br_cell(S::BrSome, true),
            O::LoopEq => self.br(S::BrEq, true),
            O::LoopNe => self.br(S::BrNe, true),
            O::LoopLt => self.br(S::BrLt, true),
            O::LoopLe => self.br(S::BrLe, true),
            O::LoopEqImm => self.br_imm(S::BrEq, true),
            O::LoopNeImm => self.br_imm(S::BrNe, true),
            O::LoopLtImm => self.br_imm(S::BrLt, true),
            O::LoopLeImm => self.br_imm(S::BrLe, true),
            O::LoopGtImm => self.br_imm(S::BrGt, true),
            O::LoopGeImm => self.br_imm(S::BrGe, true),
            O::LoopFEq => self.br(S::BrFEq, true),
            O::LoopFNe => self.br(S::BrFNe, true),
            O::LoopFLt => self.br(S::BrFLt, true),
            O::LoopFLe => self.br(S::BrFLe, true),
            O::LoopFNlt => self.br(S::BrFNlt, true),
            O::LoopFNle => self.br(S::BrFNle, true),
            O::LoopNext => {
                let slot = self.field(1);
                let (a, na) = self.read(slot);
                self.emit(S::AddWrap, &[a, a, Place::I], Fill { numbers: [na, 1, 0, na], ..Fill::default() });
                self.written(slot);
                self.br(S::BrLt, true);
            }
            O::Switch => self.switch(),

            O::ListLen | O::MapLen => self.load_word(self.field(1), self.field(2), LEN as i64),
            O::ListGet => self.list_get(S::ListGet, S::ListFGet),
            O::ListGetBool => self.list_get(S::ListGetBool, S::ListFGet),
            O::ListSet => self.list_set(S::ListSet, S::ListFSet),
            O::ListSetBool => self.list_set(S::ListSetBool, S::ListFSet),
            O::ListPush => self.list_push(S::ListPush, S::ListFPush),
            O::ListPushBool => self.list_push(S::ListPushBool, S::ListFPush),
            O::ListView => {
                let view = self.field(1);
                let (label, back) = self.slow();
                self.object(self.field(2), label);
                for (slot, distance) in [(view, DATA), (view + 1, LEN)] {
                    let (d, nd) = self.write(slot);
                    let numbers = [distance as i64, 0, 0, nd];
                    self.emit(S::Load, &[d], Fill { numbers, ..Fill::default() });
                    self.written(slot);
                }
                self.meet(back);
            }
            O::ViewGet => self.view_get(S::ViewGet, S::ViewFGet, true),
            O::ViewGetBool => self.view_get(S::ViewGetBool, S::ViewFGet, true),
            O::ViewGetIn => self.view_get(S::ViewGet, S::ViewFGet, false),
            O::ViewGetInBool => self.view_get(S::ViewGetBool, S::ViewFGet, false),
            O::ViewSetIn => self.view_set(S::ViewSet, S::ViewFSet),
            O::ViewSetInBool => self.view_set(S::ViewSetBool, S::ViewFSet),

            O::FieldGet => {
                let distance = WORDS as i64 + 8 * i64::from(self.field(3));
                self.load_word(self.field(1), self.field(2), distance);
            }
            O::FieldSet => {
                let distance = WORDS as i64 + 8 * i64::from(self.field(2));
                self.store_word(self.field(1), distance, self.field(3));
            }
            O::RefGet => self.load_word(self.field(1), self.field(2), WORDS as i64),
            O::RefSet => self.store_word(self.field(1), WORDS as i64, self.field(2)),
            O::GlobalGet => {
                let (d, nd) = self.write(self.field(1));
                let stencil = if matches!(d, Place::F(_)) { S::GlobalFGet } else { S::GlobalGet };
                let numbers = [8 * i64::from(wide), 0, 0, nd];
                self.emit(stencil, &[d], Fill { numbers, ..Fill::default() });
                self.written(self.field(1));
            }
            O::GlobalSet => {
                let (a, na) = self.read(self.field(1));
                let stencil = if matches!(a, Place::F(_)) { S::GlobalFSet } else { S::GlobalSet };
                let numbers = [na, 0, 0, 8 * i64::from(wide)];
                self.emit(stencil, &[a], Fill { numbers, ..Fill::default() });
            }

            O::IsNone => self.two(S::IsNone),
            O::GetOr => self.three(S::GetOr),
            O::GetOrFloat => self.get_or_float(),
            O::GetOrInt => self.three_slow(S::GetOrInt),
            O::GetOrBool => self.three(S::GetOrBool),
            O::VariantTag => self.of_object(S::VariantTag),
            O::StrLen => self.of_object(S::StrChars),
            O::StrIndex => self.str_index(),
            O::StrEq => self.three_slow(S::StrEq),
            O::BrStrEq => self.br_str(S::BrStrEq, false),
            O::BrStrNe => self.br_str(S::BrStrNe, false),
            O::LoopStrEq => self.br_str(S::BrStrEq, true),
            O::LoopStrNe => self.br_str(S::BrStrNe, true),
            O::BoxInt => self.two_slow(S::BoxInt),
            O::BoxFloat => self.two_slow(S::BoxFloat),
            O::BoxBool => self.two(S::BoxBool),
            O::UnboxInt | O::AsInt => self.two_slow(S::UnboxInt),
            O::UnboxFloat => self.two_slow(S::UnboxFloat),
            O::AsFloat => self.copy(self.field(1), self.field(2)),
            O::UnboxBool => self.two_slow(S::UnboxBool),
            O::AsBool => self.two(S::AsBool),

            O::Call0 | O::Call1 | O::Call2 | O::Call3 | O::CallMany => self.call(wide),
            O::CallClosure => self.call_found(native::find_closure),
            O::CallAny => self.call_found(native::find_any),
            O::TailCall => self.tail(native::find_tail),
            O::TailCallClosure => self.tail(native::find_tail_closure),
            O::TailCallAny => self.tail(native::find_tail_any),
            O::Return => self.give_back(),
            O::ReturnUnit => self.emit(S::Return, &[Place::I], Fill::default()),
            O::Halt => self.leave(),

            O::FRem | O::BrBigEq | O::BrBigNe | O::BrBigLt | O::BrBigLe | O::LoopBigEq | O::LoopBigNe | O::LoopBigLt | O::LoopBigLe | O::StrBytes
            | O::StrConcat | O::StrConcatAll | O::StrChar | O::StrSlice | O::StrLt
            | O::StrLe | O::ListNew | O::ListGetAny | O::ListSetAny | O::ListAppend | O::ListAppendAny
            | O::ListPushAny | O::ListShare | O::ListSlice | O::ListConcat | O::MapNew | O::MapGetInt | O::MapGet
            | O::MapGetOr | O::MapHasInt | O::MapHas | O::MapSet | O::MapSetAny | O::MapKeys | O::StructNew
            | O::UnboxStr | O::UnboxBig | O::BigAdd | O::BigSub
            | O::BigMul | O::BigDiv | O::BigRem | O::BigEq | O::BigNe | O::BigLt | O::BigLe | O::BigToInt
            | O::BigToIndex | O::Is | O::RefNew | O::ClosureNew | O::CallRuntime | O::Trap => self.step(),
        }
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

/// The right operand of a sum.
#[derive(Clone, Copy)]
enum Right {
    Slot,
    Number(i64),
}

/// The distance of a slot from the frame base, in bytes.
fn offset(slot: u16) -> i64 {
    8 * i64::from(slot)
}

/// Whether an instruction always calls something.
pub fn is_out_of_line(op: Opcode) -> bool {
    use Opcode as O;
    matches!(
        op,
        O::FRem
            | O::BrBigEq
            | O::BrBigNe
            | O::BrBigLt
            | O::BrBigLe
            | O::LoopBigEq
            | O::LoopBigNe
            | O::LoopBigLt
            | O::LoopBigLe
            | O::StrBytes
            | O::StrConcat
            | O::StrConcatAll
            | O::StrChar
            | O::StrSlice
            | O::StrLt
            | O::StrLe
            | O::ListNew
            | O::ListGetAny
            | O::ListSetAny
            | O::ListAppend
            | O::ListAppendAny
            | O::ListPushAny
            | O::ListShare
            | O::ListSlice
            | O::ListConcat
            | O::MapNew
            | O::MapGetInt
            | O::MapGet
            | O::MapGetOr
            | O::MapHasInt
            | O::MapHas
            | O::MapSet
            | O::MapSetAny
            | O::MapKeys
            | O::StructNew
            | O::UnboxStr
            | O::UnboxBig
            | O::BigAdd
            | O::BigSub
            | O::BigMul
            | O::BigDiv
            | O::BigRem
            | O::BigEq
            | O::BigNe
            | O::BigLt
            | O::BigLe
            | O::BigToInt
            | O::BigToIndex
            | O::Is
            | O::RefNew
            | O::ClosureNew
            | O::CallRuntime
            | O::Call0
            | O::Call1
            | O::Call2
            | O::Call3
            | O::CallMany
            | O::CallClosure
            | O::CallAny
    )
}
