//! Calls, and what is executed out of line.

use mochi_vm::code::NO_SLOT;
use mochi_vm::instr::Flow;
use mochi_vm::native;

use smallvec::SmallVec;

use super::{Cold, Lower, offset};
use crate::buffer::{Fill, Label, To};
use crate::manifest::{Place, Stencil};

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
        let advance = self.field(1);
        for (i, slot) in code.ext_slots().enumerate() {
            let (a, na) = self.read(slot);
            let stencil = if a.is_float() { Stencil::FMove } else { Stencil::Move };
            let to = 8 * (i64::from(advance) + i as i64);
            self.emit(stencil, &[Place::S, a], Fill { numbers: [na, 0, 0, to], ..Fill::default() });
        }
        let result = code.result_slot().filter(|&slot| slot != NO_SLOT);
        self.flush(self.registers_across());
        let (label, back) = self.slow_call(native::find_call);
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
        let args: SmallVec<[(Place, i64); 8]> = code.ext_slots().map(|slot| self.read(slot)).collect();
        let (raw, cells) = args.split_at(usize::from(self.field(3)));
        self.flush(self.registers_across());
        let (label, back) = self.slow_call(native::find_closure);
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
