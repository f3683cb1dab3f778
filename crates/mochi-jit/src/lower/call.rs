//! Calls, and what is executed out of line.

use std::ops::Range;

use mochi_abi::layout::WORDS;
use mochi_vm::code::{Closure, NO_SLOT, Word};
use mochi_vm::instr::Flow;
use mochi_vm::native;

use smallvec::SmallVec;

use super::{Cold, Lower, offset};
use crate::buffer::{Fill, Label, To};
use crate::manifest::{Place, Stencil};

/// A place with its number.
type Operand = (Place, i64);
type Arguments = SmallVec<[Operand; 8]>;

impl Lower<'_, '_> {
    /// Executes the instruction out of line.
    pub(super) fn step(&mut self) {
        let ins = self.ins();
        self.flush(self.registers_read() | self.registers_across());
        let helper = native::helper(&ins.code).unwrap_or(native::step);
        self.helper(helper, self.pc(self.at));
        self.in_registers = 0;
        if ins.code.op.flow() == Flow::Branch {
            // What comes into registers, comes there after the answer was looked at, which is in none that is kept.
            let label = self.out.label();
            self.cold.push(Cold::Jump { label, at: self.at });
            self.emit(Stencil::BrAnswer, &[], Fill { taken: To::Label(label), ..Fill::default() });
        }
    }
    /// Leaves for the interpreter.
    pub(super) fn leave(&mut self) {
        let all = self.in_registers;
        self.flush(all);
        self.helper(native::go_on, self.pc(self.at));
    }
    pub(super) fn call(&mut self, index: u32) {
        let ins = self.ins();
        let code = ins.code;
        let base = 8 * i64::from(self.field(1));
        for (i, arg) in self.read_arguments().into_iter().enumerate() {
            self.argument(arg, base + 8 * i as i64);
        }
        let result = code.result_slot().filter(|&slot| slot != NO_SLOT);
        self.flush(self.registers_across());
        let (label, back) = self.slow_call(native::find_call);
        self.call_by_name(index, label);
        self.out.place(back);
        self.returned(result);
    }
    /// The slow way of a call, by what finds the function and makes its frame.
    fn slow_call(&mut self, find: native::Found) -> (Label, Label) {
        let (label, back) = (self.out.label(), self.out.label());
        let store = self.dirty() & self.registers_read();
        self.cold.push(Cold::Call { label, at: self.at, back, store, find });
        (label, back)
    }
    /// A call of a function value: its frame gets what was captured, and the arguments, of which some are raw.
    pub(super) fn call_closure(&mut self) {
        let code = self.ins().code;
        let closure = Fill { numbers: [offset(self.field(2)), 0, 0, 0], ..Fill::default() };
        let to = 8 * i64::from(self.field(1));
        let result = code.result_slot().filter(|&slot| slot != NO_SLOT);
        let args = self.read_arguments();
        let (raw, cells) = args.split_at(usize::from(self.field(3)));
        self.flush(self.registers_across());
        let (label, back) = self.slow_call(native::find_closure);
        let expected = self.expected.of(self.pc(self.at) as *const Word, &code);
        if !expected.is_empty() {
            self.emit(Stencil::ClosureRow, &[Place::S], Fill { cold: To::Label(label), ..closure });
        }
        for (row, function) in expected {
            let other = self.is_function(row);
            self.call_expected(function, [raw, cells], label, back);
            self.out.place(other);
        }
        let mut open = Fill { cold: To::Label(label), ..closure };
        open.numbers[1] = to;
        self.emit(Stencil::ClosureOpen, &[Place::S], open);
        for (captured, args) in [(Stencil::ClosureRaw, raw), (Stencil::ClosureCells, cells)] {
            self.emit(captured, &[Place::S], closure);
            for &(a, na) in args {
                let stencil = if a.is_float() { Stencil::FArgument } else { Stencil::Argument };
                self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, 0], ..Fill::default() });
            }
        }
        let numbers = [to, 0, self.pc(self.at) + 8 * i64::from(code.len()), 0];
        self.emit(Stencil::CallOpened, &[], Fill { numbers, ..Fill::default() });
        self.out.place(back);
        self.returned(result);
    }
    /// Whether a function value, whose row is in t1, is of a function; else goes where the answer says.
    fn is_function(&mut self, row: u32) -> Label {
        let other = self.out.label();
        let numbers = [0, i64::from(row), 0, 0];
        self.emit(Stencil::ClosureIs, &[], Fill { numbers, taken: To::Label(other), ..Fill::default() });
        other
    }
    /// A call of a function value of a function that is expected.
    fn call_expected(
        &mut self,
        function: &Closure,
        [raw, cells]: [&[Operand]; 2],
        label: Label,
        back: Label,
    ) {
        let base = 8 * i64::from(self.field(1));
        let (captured_raw, captured) = (usize::from(function.raw_captures()), function.captures.len());
        // What was captured first: moving arguments loses the object.
        self.captured(0..captured_raw, base);
        self.captured(captured_raw..captured, base + 8 * raw.len() as i64);
        for (first, args) in [(captured_raw, raw), (captured + raw.len(), cells)] {
            for (i, &arg) in args.iter().enumerate() {
                self.argument(arg, base + 8 * (first + i) as i64);
            }
        }
        self.call_by_name(function.func, label);
        self.emit(Stencil::Jump, &[], Fill { taken: To::Label(back), ..Fill::default() });
    }
    /// Moves captured words of the object in t0 into a frame, each to its number from `base`.
    fn captured(&mut self, numbers: Range<usize>, base: i64) {
        for i in numbers {
            let numbers = [(WORDS + 8 * i) as i64, 0, 0, base + 8 * i as i64];
            self.emit(Stencil::Load, &[Place::S], Fill { numbers, ..Fill::default() });
        }
    }
    /// Moves an argument into a frame, to a distance from that of the caller.
    fn argument(&mut self, (a, na): Operand, to: i64) {
        let stencil = if a.is_float() { Stencil::FMove } else { Stencil::Move };
        self.emit(stencil, &[Place::S, a], Fill { numbers: [na, 0, 0, to], ..Fill::default() });
    }
    /// Calls a function in a frame that has its arguments.
    fn call_by_name(&mut self, index: u32, cold: Label) {
        let Some(entry) = (self.entry_of)(index) else {
            self.failed = true;
            return;
        };
        let advance = i64::from(self.field(1));
        let callee = &self.callees[index as usize];
        let (to, end) = (8 * advance, 8 * (advance + i64::from(callee.slots)));
        let after = self.pc(self.at) + 8 * i64::from(self.ins().code.len());
        let numbers = [to, end, after, &raw const *callee as i64];
        let (taken, cold) = (To::Address(entry), To::Label(cold));
        self.emit(Stencil::Call, &[], Fill { numbers, taken, cold });
    }
    /// After a call: where its value goes.
    pub(super) fn returned(&mut self, result: Option<u16>) {
        self.in_registers = 0;
        if let Some(slot) = result {
            let (d, nd) = self.write(slot);
            let stencil = if d.is_float() { Stencil::FResult } else { Stencil::Result };
            self.emit(stencil, &[d], Fill { numbers: [0, 0, 0, nd], ..Fill::default() });
            self.written(slot);
        }
    }
    /// A call whose function is found when it runs.
    pub(super) fn call_found(&mut self, find: native::Found) {
        let ins = self.ins();
        let result = ins.code.result_slot().filter(|&slot| slot != NO_SLOT);
        self.flush(self.registers_read() | self.registers_across());
        self.find(find, self.at);
        let to = 8 * i64::from(self.field(1));
        self.emit(Stencil::CallFound, &[], Fill { numbers: [to, 0, 0, 0], ..Fill::default() });
        self.returned(result);
    }
    pub(super) fn find(&mut self, find: native::Found, at: usize) {
        self.call_out(self.shared.find, find as usize as i64, self.pc(at));
    }
    /// A tail call of a function by name.
    pub(super) fn tail_call(&mut self, index: u32) {
        let args = self.read_arguments();
        let label = self.slow_tail(native::find_tail);
        self.check_tail(index, label);
        self.tail_by_name(index, &args, usize::from(self.field(1)));
    }
    /// A tail call of a function value.
    pub(super) fn tail_closure(&mut self) {
        let expected = self.expected.of(self.pc(self.at) as *const Word, &self.ins().code);
        if !expected.is_empty() {
            let args = self.read_arguments();
            let (raw, cells) = args.split_at(usize::from(self.field(3)));
            let label = self.slow_tail(native::find_tail_closure);
            let numbers = [offset(self.field(2)), 0, 0, 0];
            let cold = To::Label(label);
            self.emit(Stencil::ClosureRow, &[Place::S], Fill { numbers, cold, ..Fill::default() });
            for (row, function) in expected {
                let other = self.is_function(row);
                self.check_tail(function.func, label);
                // What is captured waits behind the frame, as arguments may be where it belongs.
                let free = usize::from(self.field(1));
                let captured = function.captures.len();
                self.captured(0..captured, 8 * free as i64);
                let waiting = |i: usize| (Place::S, 8 * (free + i) as i64);
                let waiting: Arguments = (0..captured).map(waiting).collect();
                let (captured_raw, captured_cells) = waiting.split_at(usize::from(function.raw_captures()));
                let args = [captured_raw, raw, captured_cells, cells].concat();
                self.tail_by_name(function.func, &args, free + captured);
                self.out.place(other);
            }
        }
        self.tail(native::find_tail_closure);
    }
    /// Checks whether this frame can be one of a function.
    fn check_tail(&mut self, index: u32, label: Label) {
        let numbers = [0, 8 * i64::from(self.callees[index as usize].slots), 0, 0];
        self.emit(Stencil::TailCheck, &[], Fill { numbers, cold: To::Label(label), ..Fill::default() });
    }
    /// Continues as a function; words from `free` on belong to nobody.
    fn tail_by_name(&mut self, index: u32, args: &[Operand], free: usize) {
        let Some(entry) = (self.entry_of)(index) else {
            self.failed = true;
            return;
        };
        for (arg, to) in in_order(args, 8 * free.max(args.len()) as i64) {
            self.argument(arg, to);
        }
        let numbers = [0, 0, 0, &raw const self.callees[index as usize] as i64];
        self.emit(Stencil::Tail, &[], Fill { numbers, taken: To::Address(entry), ..Fill::default() });
    }
    /// The slow way of a tail call, by what finds the function and makes its frame.
    fn slow_tail(&mut self, find: native::Found) -> Label {
        let label = self.out.label();
        let store = self.dirty() & self.registers_read();
        self.cold.push(Cold::Tail { label, at: self.at, store, find });
        label
    }
    /// The arguments of a call.
    fn read_arguments(&mut self) -> Arguments {
        let ins = self.ins();
        ins.code.ext_slots().map(|slot| self.read(slot)).collect()
    }
    pub(super) fn tail(&mut self, find: native::Found) {
        let all = self.in_registers;
        self.flush(all);
        self.find(find, self.at);
        self.emit(Stencil::TailFound, &[], Fill::default());
    }
    pub(super) fn give_back(&mut self) {
        let (a, na) = self.read(self.field(1));
        let stencil = if a.is_float() { Stencil::FReturn } else { Stencil::Return };
        self.emit(stencil, &[a], Fill { numbers: [na, 0, 0, 0], ..Fill::default() });
    }
}

/// Moves that bring each operand to the slot of its number, though that may be where another one comes from: an order in which
/// none is lost. A circle is broken by the slot at the distance `free`.
fn in_order(args: &[Operand], free: i64) -> Vec<(Operand, i64)> {
    let at = |arg: Operand, to: i64| arg == (Place::S, to);
    let mut waiting: Vec<(Operand, i64)> = args
        .iter()
        .enumerate()
        .map(|(i, &arg)| (arg, 8 * i as i64))
        .filter(|&(arg, to)| !at(arg, to))
        .collect();
    let mut moves = Vec::with_capacity(waiting.len() + 1);
    while let Some(&(first, to)) = waiting.first() {
        let is_free = |&(_, to): &(Operand, i64)| !waiting.iter().any(|&(arg, _)| at(arg, to));
        match waiting.iter().position(is_free) {
            Some(next) => moves.push(waiting.remove(next)),
            None => {
                moves.push((first, free));
                waiting[0] = ((Place::S, free), to);
            }
        }
    }
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slots after the moves, of a frame in which each has its number.
    fn after(sources: &[i64]) -> Vec<i64> {
        let free = 20;
        let mut slots: Vec<i64> = (0..=free).collect();
        let args: Vec<Operand> = sources.iter().map(|&slot| (Place::S, 8 * slot)).collect();
        for ((_, from), to) in in_order(&args, 8 * free) {
            slots[(to / 8) as usize] = slots[(from / 8) as usize];
        }
        slots[..sources.len()].to_vec()
    }

    #[test]
    fn arguments_change_places() {
        for sources in [
            &[][..],
            &[0, 1, 2],
            &[1, 0],
            &[1, 2, 0],
            &[2, 0, 1, 3],
            &[1, 0, 3, 2, 4],
            &[1, 1, 0, 0],
            &[4, 0, 1, 2, 3],
            &[9, 0, 9, 2],
            &[1, 0, 0, 5, 6, 4],
        ] {
            assert_eq!(after(sources), sources);
        }
    }

    #[test]
    fn what_is_in_place_is_not_moved() {
        let slot = |slot: i64| (Place::S, 8 * slot);
        assert_eq!(in_order(&[slot(0), slot(5), slot(2)], 80), [(slot(5), 8)]);
    }
}
