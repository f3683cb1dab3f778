//! Jumps.

use mochi_vm::instr::Flow;

use super::{Cold, Lower, offset};
use crate::buffer::{Fill, To};
use crate::manifest::{Place, Stencil};

impl Lower<'_, '_> {
    /// The target of a jump to an instruction.
    pub(super) fn edge(&self, to: usize) -> To {
        let block = self.analysis.list[to].block().expect("a jump goes to the start of a block");
        To::Label(self.labels[block])
    }
    /// The target of the instruction's jump.
    pub(super) fn target(&self) -> To {
        self.edge(self.ins().target().expect("it has one jump"))
    }
    /// Before a jump: what is live on either side is in its register.
    pub(super) fn before_jump(&mut self) {
        let ins = self.ins();
        match ins.target() {
            Some(to) => self.fall_to(to),
            None => ins.code.jumps().for_each(|word| self.fall_to(self.analysis.at[word as usize] as usize)),
        }
        if ins.code.op.flow() == Flow::Branch {
            self.fall_to(self.at + 1);
        }
    }
    /// The check of a loop whether somebody wants the program to end.
    pub(super) fn poll(&mut self) {
        let label = self.out.label();
        self.cold.push(Cold::Poll { label, at: self.at });
        self.emit(Stencil::Poll, &[], Fill { cold: To::Label(label), ..Fill::default() });
    }
    pub(super) fn branch(&mut self, stencil: Stencil, places: &[Place], numbers: [i64; 4], is_loop: bool) {
        self.before_jump();
        if is_loop {
            self.poll();
        }
        let taken = self.target();
        self.emit(stencil, places, Fill { numbers, taken, ..Fill::default() });
    }
    /// A jump on two ints.
    pub(super) fn br(&mut self, stencil: Stencil, is_loop: bool) {
        let (a, na) = self.read(self.field(1));
        let (b, nb) = self.read(self.field(2));
        self.branch(stencil, &[a, b], [na, nb, 0, 0], is_loop);
    }
    /// A jump on an int and a number.
    pub(super) fn br_imm(&mut self, stencil: Stencil, is_loop: bool) {
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
    pub(super) fn branch_on(&mut self, stencil: Stencil, a: Place, na: i64, number: i64, taken: To) {
        let fill = Fill { numbers: [na, number, 0, 0], taken, ..Fill::default() };
        if !self.out.emit(stencil, &[a, Place::I], &fill) {
            self.constant(Place::T, number);
            self.emit(stencil, &[a, Place::T], fill);
        }
    }
    /// A jump on a bool.
    pub(super) fn br_bool(&mut self, stencil: Stencil, is_loop: bool) {
        let (a, na) = self.read(self.field(1));
        self.branch(stencil, &[a], [na, 0, 0, 0], is_loop);
    }
    /// A jump on a cell.
    pub(super) fn br_cell(&mut self, stencil: Stencil, is_loop: bool) {
        let slot = offset(self.field(1));
        self.branch(stencil, &[Place::S], [slot, 0, 0, 0], is_loop);
    }
    /// A jump on two strings, which are compared out of line when both are long.
    pub(super) fn br_str(&mut self, stencil: Stencil, is_loop: bool) {
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
    /// A switch as a search among its cases.
    pub(super) fn switch(&mut self) {
        let ins = self.ins();
        let (a, na) = self.read(self.field(1));
        self.before_jump();
        let lowest = ins.code.ext[0].0 as i64;
        let targets: Vec<u32> = ins.code.jumps().map(|word| self.analysis.at[word as usize]).collect();
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
    pub(super) fn search(
        &mut self,
        a: Place,
        na: i64,
        lowest: i64,
        targets: &[u32],
        from: usize,
        to: usize,
        open_below: bool,
        open_above: bool,
    ) {
        let default = targets[targets.len() - 1];
        if to - from <= 3 {
            for (i, &target) in targets.iter().enumerate().take(to).skip(from) {
                let taken = self.edge(target as usize);
                let last = i + 1 == to && !open_below && !open_above;
                if last {
                    self.emit(Stencil::Jump, &[], Fill { taken, ..Fill::default() });
                    return;
                }
                self.branch_on(Stencil::BrEq, a, na, lowest + i as i64, taken);
            }
            let taken = self.edge(default as usize);
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
}
