//! Control: branches, switches, returns, and what happens on edges.
//!
//! A jump to a short block is replaced by a copy of the block. For the jump back to a loop header whose test is short
//! that is loop inversion: the back edge becomes the conditional branch. Slots belong to values, not to places in the code,
//! so a copy of a block does exactly what the block does.

use mochi_base::id::Id;
use mochi_ir::func::Target;
use mochi_ir::{Block, Imm, Inst, Op, Value};
use mochi_vm::code::NO_SLOT;
use mochi_vm::instr::Opcode;

use super::asm::Label;
use super::code::{Reach, Writer};
use super::fold::{Form, compared};
use super::live::Entity;
use super::moves::{Move, Source, sequence};
use super::slots::Bank;
use super::test::{Order, Test};
use crate::Unsupported;
use crate::layout::Place;

/// Instructions of a loop header that are copied to the end of its loop.
const MOST_AT_BACK_EDGE: usize = 8;
/// Instructions of another block that are copied instead of jumping to it.
const MOST_FORWARD: usize = 3;
/// Copies within copies.
const MOST_NESTED: u32 = 2;
/// A switch with at least this part of the numbers between its cases gets a table.
const TABLE_DENSITY: u128 = 4;

/// An instruction that adds one to a slot: a candidate for `loop.next`.
#[derive(Clone, Copy)]
pub(super) struct Increment {
    /// The word.
    pub at: u32,
    /// The slot.
    pub slot: u16,
    /// What is incremented, when overflow traps; `None` when it wraps.
    pub checked: Option<Value>,
}

impl Writer<'_, '_> {
    /// Writes a terminator; the block at `next` comes after it.
    pub fn terminator(&mut self, inst: Inst, next: Place) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        match data.op {
            Op::Jump => self.jump(&data.targets[0], next)?,
            Op::Branch => self.branch(inst, next)?,
            Op::Switch => self.switch(inst)?,
            Op::Return => match data.args.first() {
                Some(&value) => {
                    let slot = self.slot(value);
                    self.asm.instr(Opcode::Return, slot, 0, 0);
                }
                None => self.asm.instr(Opcode::ReturnUnit, 0, 0, 0),
            },
            Op::TailCall => {
                let Imm::Func(id, _) = data.imm else { unreachable!("verified") };
                let callee = self.callee(id)?;
                let args = self.call_args(&data.args);
                let advance = self.advance();
                self.asm.wide(Opcode::TailCall, advance, callee);
                self.asm.args(&args, NO_SLOT);
            }
            Op::TailCallClosure => self.call_closure(inst, Opcode::TailCallClosure),
            Op::TailCallAny => self.call_any(inst, Opcode::TailCallAny),
            Op::Trap => {
                let Imm::Trap(kind, message) = data.imm else { unreachable!("verified") };
                let message = self.tables.str(message);
                self.asm.wide(Opcode::Trap, kind as u16, message);
            }
            _ => unreachable!("{:?} is no terminator", data.op),
        }
        Ok(())
    }

    /// Goes to a target: copies its arguments, then falls through, jumps, or does what the block does.
    fn jump(&mut self, target: &Target, next: Place) -> Result<(), Unsupported> {
        self.edge(target);
        let place = self.layout.place(target.block);
        if place == next {
            return Ok(());
        }
        if self.is_copied(place) {
            self.copied += 1;
            self.block(place, next)?;
            self.copied -= 1;
            return Ok(());
        }
        let label = self.labels[place as usize];
        self.far(label);
        Ok(())
    }

    fn far(&mut self, label: Label) {
        let op = if self.asm.is_bound(label) { Opcode::Loop } else { Opcode::Jump };
        self.asm.far(op, 0, label);
    }

    /// Whether a jump to a block is replaced by a copy of it.
    fn is_copied(&self, place: Place) -> bool {
        let insts = &self.func.blocks[self.block_at(place)].insts;
        let back = self.asm.is_bound(self.labels[place as usize]);
        let most = if back { MOST_AT_BACK_EDGE } else { MOST_FORWARD };
        let Some(&last) = insts.last() else { return false };
        let short = match self.func.insts[last].op {
            Op::Branch | Op::Return | Op::Jump => true,
            Op::TailCall | Op::TailCallClosure | Op::TailCallAny | Op::Trap => !back,
            _ => false,
        };
        // A loop that is nothing but its header would be copied into itself.
        short
            && self.copied < MOST_NESTED
            && place != self.here
            && insts.iter().filter(|&&i| self.folded.is_emitted(i)).take(most + 1).count() <= most
    }

    /// Copies the arguments of an edge to the parameters of its block.
    fn edge(&mut self, target: &Target) {
        let moves = self.edge_moves(target);
        self.moves(moves);
    }

    fn edge_moves(&self, target: &Target) -> Vec<Move> {
        let mut moves = Vec::new();
        for (&arg, &param) in target.args.iter().zip(&self.func.blocks[target.block].params) {
            let to = self.slots.of(param.index() as Entity);
            let arg = self.folded.root(arg);
            if let Some(id) = self.folded.constant(arg) {
                moves.push(Move { to, from: Source::Const(self.folded.consts[id as usize]) });
                continue;
            }
            let from = self.slots.of(arg.index() as Entity);
            if from == to {
                continue;
            }
            moves.push(Move { to, from: Source::Slot(from) });
            if self.bank(param) == Bank::View {
                moves.push(Move { to: to + 1, from: Source::Slot(from + 1) });
            }
        }
        moves
    }

    fn bank(&self, value: Value) -> Bank {
        match self.types().kind(self.func.ty(value)) {
            mochi_ir::TyKind::View(_) => Bank::View,
            _ if self.kind(value) == mochi_abi::ElemKind::Cell => Bank::Cell,
            _ => Bank::Raw,
        }
    }

    fn moves(&mut self, moves: Vec<Move>) {
        if moves.is_empty() {
            return;
        }
        let slots = self.slots;
        let scratch = |slot| {
            if (slots.raw_params..slots.cells_end).contains(&slot) {
                slots.cell_scratch(0)
            } else {
                slots.raw_scratch(0)
            }
        };
        sequence(moves, scratch, |m| match m.from {
            Source::Slot(from) => self.asm.instr(Opcode::Move, m.to, from, 0),
            Source::Const(value) => self.constant(m.to, value),
        });
    }

    fn branch(&mut self, inst: Inst, next: Place) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        let test = self.test_of(data.args[0]);
        let [yes, no] = &data.targets[..] else { unreachable!("verified") };
        let is_next = |t: &Target| self.layout.place(t.block) == next;
        let label = |t: &Target| self.labels[self.layout.place(t.block) as usize];
        // What is jumped to needs no copies, and is better elsewhere than next.
        let may_jump = |t: &Target| !is_next(t) && self.edge_moves(t).is_empty();
        let back = |t: &Target| self.asm.is_bound(label(t));
        let (jump_yes, jump_no) = (may_jump(yes), may_jump(no));
        if !jump_yes && !jump_no {
            let (test, first, second) = if is_next(no) { (test.inverse(), yes, no) } else { (test, no, yes) };
            let skip = self.asm.label();
            self.jump_if(test, skip);
            self.jump(first, Place::MAX)?;
            self.asm.bind(skip);
            return self.jump(second, next);
        }
        // Jumps back are best conditional.
        let take_no = !jump_yes || jump_no && back(no) && !back(yes);
        let (test, to, other) = if take_no { (test.inverse(), no, yes) } else { (test, yes, no) };
        let (label, header) = (label(to), self.block_at(self.here));
        if !self.loop_next(test, label, header) {
            self.jump_if(test, label);
        }
        self.jump(other, next)
    }

    /// Jumps to a label when a test holds.
    fn jump_if(&mut self, test: Test, label: Label) {
        if self.reach == Reach::Short || !test.is_near() {
            return test.branch(&mut self.asm, label);
        }
        let skip = self.asm.label();
        test.inverse().branch(&mut self.asm, skip);
        self.far(label);
        self.asm.bind(skip);
    }

    /// Replaces an increment that was just written and the jump back under a test by one instruction.
    fn loop_next(&mut self, test: Test, label: Label, header: Block) -> bool {
        let Some(increment) = self.increment.take() else { return false };
        let Test::Int { order: Order::Lt, left, right } = test else { return false };
        let fits = increment.slot == left
            && left != right
            && increment.at + 1 == self.asm.at()
            && self.asm.is_straight_from(increment.at)
            && self.asm.is_bound(label)
            && self.reach == Reach::Short
            && increment.checked.is_none_or(|value| self.cannot_overflow(value, header));
        if fits {
            self.asm.words.pop();
            self.asm.near(Opcode::LoopNext, left, right, label);
        }
        fits
    }

    /// Whether a value that is incremented was found to be less than some int in the same turn of a loop: the header,
    /// whose copy is being written, goes on in the loop only when this parameter of it is less.
    fn cannot_overflow(&self, value: Value, header: Block) -> bool {
        let Some(of) = self.loops.headed_by(header) else { return false };
        let Some(end) = self.func.terminator(header) else { return false };
        if !self.is_param_of(value, header) || self.copied == 0 || end.op != Op::Branch {
            return false;
        }
        let (Some(test), negated) = self.folded.test(self.func, end.args[0]) else { return false };
        let data = &self.func.insts[test];
        let less = match (data.op, negated) {
            (Op::Lt, false) | (Op::Ge, true) => self.folded.root(data.args[0]) == value,
            (Op::Gt, false) | (Op::Le, true) => self.folded.root(data.args[1]) == value,
            _ => false,
        };
        less && self.loops.contains(of, end.targets[0].block)
            && !self.loops.contains(of, end.targets[1].block)
    }

    /// The test of a branch.
    fn test_of(&self, cond: Value) -> Test {
        let (inst, negated) = self.folded.test(self.func, cond);
        let Some(inst) = inst else {
            let slot = self.slot(self.folded.tested_value(self.func, cond));
            return Test::Bool { slot, holds: !negated };
        };
        let data = &self.func.insts[inst];
        let float = |order, left: usize, right: usize| Test::Float {
            order,
            left: self.arg(inst, left),
            right: self.arg(inst, right),
            holds: true,
        };
        let test = match data.op {
            Op::Eq | Op::BoolEq => self.int_test(inst, Order::Eq),
            Op::Ne => self.int_test(inst, Order::Ne),
            Op::Lt => self.int_test(inst, Order::Lt),
            Op::Le => self.int_test(inst, Order::Le),
            Op::Gt => self.int_test(inst, Order::Gt),
            Op::Ge => self.int_test(inst, Order::Ge),
            Op::FEq => float(Order::Eq, 0, 1),
            Op::FNe => float(Order::Ne, 0, 1),
            Op::FLt => float(Order::Lt, 0, 1),
            Op::FLe => float(Order::Le, 0, 1),
            Op::FGt => float(Order::Lt, 1, 0),
            Op::FGe => float(Order::Le, 1, 0),
            Op::StrEq => Test::Str { left: self.arg(inst, 0), right: self.arg(inst, 1), holds: true },
            Op::IsNone => Test::None { slot: self.arg(inst, 0), holds: true },
            _ => unreachable!("{:?} is no test of a branch", data.op),
        };
        if negated { test.inverse() } else { test }
    }

    fn int_test(&self, inst: Inst, order: Order) -> Test {
        let data = &self.func.insts[inst];
        let imm = |i: usize| self.folded.imm(data.args[i]).expect("chosen for its immediate");
        match self.folded.form[inst.index()] {
            Form::Imm => Test::Imm { order, left: self.arg(inst, 0), right: imm(1) },
            Form::ImmLeft => Test::Imm { order: order.swapped(), left: self.arg(inst, 1), right: imm(0) },
            Form::Big => {
                let args = compared(self.func, inst);
                Test::Big { order, left: self.slot(args[0]), right: self.slot(args[1]) }
            }
            Form::Skip | Form::Plain | Form::Chunked => {
                Test::Int { order, left: self.arg(inst, 0), right: self.arg(inst, 1) }
            }
        }
    }

    fn switch(&mut self, inst: Inst) -> Result<(), Unsupported> {
        let data = &self.func.insts[inst];
        let Imm::Cases(cases) = &data.imm else { unreachable!("verified") };
        let slot = self.slot(data.args[0]);
        let Some((default, targets)) = data.targets.split_last() else { unreachable!("verified") };
        // Edges with copies go through code of their own, written below.
        let labels: Vec<Label> = data
            .targets
            .iter()
            .map(|t| {
                let label = self.labels[self.layout.place(t.block) as usize];
                let direct = self.edge_moves(t).is_empty() && !self.asm.is_bound(label);
                if direct { label } else { self.asm.label() }
            })
            .collect();
        let otherwise = labels[targets.len()];
        let mut sorted: Vec<(i64, Label)> = cases.iter().copied().zip(labels.iter().copied()).collect();
        sorted.sort_unstable_by_key(|&(case, _)| case);
        self.cases(slot, &sorted, otherwise);
        for (target, &label) in targets.iter().chain([default]).zip(&labels) {
            if !self.asm.is_bound(label) && label != self.labels[self.layout.place(target.block) as usize] {
                self.asm.bind(label);
                self.jump(target, Place::MAX)?;
            }
        }
        Ok(())
    }

    /// Goes to the label of the case that a slot equals. Cases ascend.
    fn cases(&mut self, slot: u16, cases: &[(i64, Label)], otherwise: Label) {
        let (Some(&(low, _)), Some(&(high, _))) = (cases.first(), cases.last()) else {
            return self.far(otherwise);
        };
        let span = (i128::from(high) - i128::from(low) + 1) as u128;
        if cases.len() > 3 && span <= TABLE_DENSITY * cases.len() as u128 && span < u128::from(u16::MAX) {
            let mut labels = vec![otherwise; span as usize + 1];
            cases.iter().for_each(|&(case, label)| labels[(case - low) as usize] = label);
            let from = self.asm.at();
            self.asm.instr(Opcode::Switch, slot, span as u16, 0);
            self.asm.word(low as u64);
            self.asm.table(from, &labels);
            return;
        }
        if cases.len() <= 4 {
            for &(case, label) in cases {
                self.jump_if_equal(slot, case, label);
            }
            return self.far(otherwise);
        }
        let (lower, upper) = cases.split_at(cases.len() / 2);
        let above = self.asm.label();
        self.jump_if_at_least(slot, upper[0].0, above);
        self.cases(slot, lower, otherwise);
        self.asm.bind(above);
        self.cases(slot, upper, otherwise);
    }

    fn jump_if_equal(&mut self, slot: u16, case: i64, label: Label) {
        let test = self.against(slot, Order::Eq, case);
        self.jump_if(test, label);
    }
    fn jump_if_at_least(&mut self, slot: u16, case: i64, label: Label) {
        let test = self.against(slot, Order::Ge, case);
        self.jump_if(test, label);
    }
    /// A comparison of a slot with a number of any size.
    fn against(&mut self, slot: u16, order: Order, number: i64) -> Test {
        match i16::try_from(number) {
            Ok(right) => Test::Imm { order, left: slot, right },
            Err(_) => {
                let right = self.slots.raw_scratch(0);
                self.constant(right, super::fold::Const::Raw(number as u64));
                Test::Int { order, left: slot, right }
            }
        }
    }
}
