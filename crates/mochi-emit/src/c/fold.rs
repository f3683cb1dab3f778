//! Which values are written where they are used, as part of a larger expression, and which are read at all.
//!
//! A value that one instruction of the same block and line reads, once, is written there if that changes nothing: nothing that
//! is done in between may change it or be seen to come later, and C must evaluate it exactly once. Two operations that have a
//! place for run-time errors are never in one expression: C does not say which comes first.

use mochi_abi::ElemKind;
use mochi_base::SourceMap;
use mochi_base::id::Id;
use mochi_ir::op::{Effects, effect};
use mochi_ir::{Block, Func, Inst, InstData, Module, Op, TyKind, Value};

use super::func::root;
use super::keep::{Kept, may_collect};
use crate::layout::Layout;
use rustc_hash::FxHashSet;

/// Instructions between a value and its use.
const MAX_DISTANCE: usize = 24;
/// Operations and operands in one expression.
const MAX_WEIGHT: u32 = 9;

/// What is written how.
pub(super) struct Folds {
    /// By value: how often it is read.
    uses: Vec<u32>,
    /// By view: whether its length is.
    len_used: Vec<bool>,
    /// By view: whether its elements may be written through it, or it goes on as a block parameter.
    written: Vec<bool>,
    /// By value: whether it is written where it is used.
    folded: Vec<bool>,
    /// By block: whether nothing is written for it but its end.
    silent: Vec<bool>,
}

impl Folds {
    /// Whether a value is read.
    pub fn is_used(&self, value: Value) -> bool {
        self.uses[value.index()] > 0
    }
    /// Whether the length of a view is read.
    pub fn is_len_used(&self, view: Value) -> bool {
        self.len_used[view.index()]
    }
    /// Whether elements are written through a view.
    pub fn is_written(&self, view: Value) -> bool {
        self.written[view.index()]
    }
    /// Whether nothing is written for an instruction, since nobody reads what it does.
    pub fn is_dropped(&self, data: &InstData) -> bool {
        data.effects().removable()
            && data.result.is_some_and(|result| !self.is_used(result) && !self.is_len_used(result))
    }
    /// Whether a value is written where it is used.
    pub fn is_folded(&self, value: Value) -> bool {
        self.folded[value.index()]
    }
    /// Whether nothing is written for a block but its end.
    pub fn is_silent(&self, block: Block) -> bool {
        self.silent[block.index()]
    }

    /// Decides for a function.
    pub fn find(
        module: &Module,
        sources: &SourceMap,
        func: &Func,
        layout: &Layout,
        kept: &Kept,
        texts: &FxHashSet<Value>,
    ) -> Folds {
        let mut folds = Folds {
            uses: vec![0; func.values.len()],
            len_used: vec![false; func.values.len()],
            written: vec![false; func.values.len()],
            folded: vec![false; func.values.len()],
            silent: vec![false; func.blocks.len()],
        };
        let mut finder = Finder {
            module,
            sources,
            func,
            kept,
            texts,
            folds: &mut folds,
            weight: vec![1; func.values.len()],
            user: vec![None; func.values.len()],
        };
        finder.count(layout);
        for &block in &layout.order {
            finder.block(block);
        }
        folds
    }
}

/// Where a value is used.
#[derive(Clone, Copy)]
struct User {
    block: Block,
    /// The position of the instruction in the block.
    at: u32,
    /// The operand, or none for an argument of a target.
    operand: Option<u32>,
}

struct Finder<'a> {
    module: &'a Module,
    sources: &'a SourceMap,
    func: &'a Func,
    kept: &'a Kept,
    /// Strings that more is known about than their cells.
    texts: &'a FxHashSet<Value>,
    folds: &'a mut Folds,
    /// By value: the size of its expression.
    weight: Vec<u32>,
    /// By value: who uses it last.
    user: Vec<Option<User>>,
}

impl Finder<'_> {
    fn root(&self, value: Value) -> Option<Value> {
        root(&self.module.types, self.func, value)
    }
    /// Whether an instruction only gives another name to a word, or is a constant.
    fn is_free(&self, data: &InstData) -> bool {
        data.result.is_some_and(|result| self.root(result) != Some(result))
    }
    fn is_view(&self, value: Value) -> bool {
        matches!(self.module.types.kind(self.func.ty(value)), TyKind::View(_))
    }

    /// Counts what is read. Block parameters that nobody reads are not assigned, so nobody reads what they would be.
    fn count(&mut self, layout: &Layout) {
        let mut work: Vec<(Value, bool)> = Vec::new();
        for &block in &layout.order {
            for (at, &inst) in (0..).zip(&self.func.blocks[block].insts) {
                let data = &self.func.insts[inst];
                if self.is_free(data) {
                    continue;
                }
                if let Some(result) = data.result.filter(|_| !writes_one_expression(data)) {
                    // What did not fit is added to it.
                    self.read(result, &mut work);
                }
                for (operand, &arg) in (0..).zip(&data.args) {
                    let Some(value) = self.root(arg) else { continue };
                    let len_only = data.op == Op::ViewLen;
                    self.user[value.index()] = Some(User { block, at, operand: Some(operand) });
                    if !len_only {
                        self.read(value, &mut work);
                    }
                    if data.op == Op::ViewSetIn && operand == 0 {
                        self.folds.written[value.index()] = true;
                    }
                    if matches!(data.op, Op::ViewLen | Op::ViewGet) && operand == 0 {
                        self.read_len(value, &mut work);
                    }
                }
            }
        }
        for &value in self.kept.after.values().flatten() {
            // It needs a place of its own.
            self.read(value, &mut work);
            self.read(value, &mut work);
        }
        let edges = self.edges_to_params(layout);
        while let Some((param, len)) = work.pop() {
            for &(block, at, arg) in &edges[param.index()] {
                let Some(value) = self.root(arg) else { continue };
                self.folds.written[param.index()] = true;
                self.folds.written[value.index()] = true;
                if value == param {
                    continue;
                }
                if len {
                    self.read_len(value, &mut work);
                } else {
                    self.user[value.index()] = Some(User { block, at, operand: None });
                    self.read(value, &mut work);
                }
            }
        }
    }

    /// By block parameter: from which block and instruction it gets which values.
    fn edges_to_params(&self, layout: &Layout) -> Vec<Vec<(Block, u32, Value)>> {
        let mut edges = vec![Vec::new(); self.func.values.len()];
        for &block in &layout.order {
            let last = self.func.blocks[block].insts.len() as u32 - 1;
            for target in self.func.terminator(block).map_or(&[][..], |data| &data.targets) {
                for (&param, &arg) in self.func.blocks[target.block].params.iter().zip(&target.args) {
                    edges[param.index()].push((block, last, arg));
                }
            }
        }
        edges
    }

    fn read(&mut self, value: Value, work: &mut Vec<(Value, bool)>) {
        self.folds.uses[value.index()] += 1;
        if self.folds.uses[value.index()] == 1 && self.func.def_inst(value).is_none() {
            work.push((value, false));
        }
    }
    fn read_len(&mut self, view: Value, work: &mut Vec<(Value, bool)>) {
        if !std::mem::replace(&mut self.folds.len_used[view.index()], true)
            && self.func.def_inst(view).is_none()
        {
            work.push((view, true));
        }
    }

    /// Decides for the values of a block, the last one first: where an expression is evaluated depends on its user.
    fn block(&mut self, block: Block) {
        let insts = &self.func.blocks[block].insts;
        // By position: where it is evaluated, and whether an operation with a place is evaluated there.
        let mut evaluated: Vec<usize> = (0..insts.len()).collect();
        let mut sited: Vec<bool> = insts.iter().map(|&inst| has_site(self.func.insts[inst].op)).collect();
        for at in (0..insts.len().saturating_sub(1)).rev() {
            let data = &self.func.insts[insts[at]];
            if self.is_free(data) {
                continue;
            }
            if let Some(end) = self.folded_into(block, at, &evaluated, &sited) {
                evaluated[at] = end;
                sited[end] |= sited[at];
                self.folds.folded[data.result.expect("it is read").index()] = true;
            }
        }
        self.weigh(block);
        let plain = !self.func.blocks[block].params.iter().any(|param| self.texts.contains(param));
        let mut before_last = insts[..insts.len() - 1].iter();
        self.folds.silent[block.index()] = plain
            && before_last.all(|&inst| {
                let data = &self.func.insts[inst];
                self.is_free(data)
                    || self.folds.is_dropped(data)
                    || data.result.is_some_and(|result| self.folds.folded[result.index()])
            });
    }

    /// Takes back what would make an expression too large.
    fn weigh(&mut self, block: Block) {
        for &inst in &self.func.blocks[block].insts {
            let data = &self.func.insts[inst];
            let mut weight = 1 + data.args.len() as u32 / 2;
            weight += u32::from(matches!(data.op, Op::FieldGet | Op::CallClosure | Op::CallAny)) * 3;
            for &arg in &data.args {
                let Some(value) = self.root(arg).filter(|value| self.folds.folded[value.index()]) else {
                    continue;
                };
                if weight + self.weight[value.index()] > MAX_WEIGHT {
                    self.folds.folded[value.index()] = false;
                } else {
                    weight += self.weight[value.index()];
                }
            }
            if let Some(result) = data.result {
                self.weight[result.index()] = weight;
            }
        }
    }

    /// Where the instruction at a position is evaluated if it is written in another one.
    fn folded_into(&self, block: Block, at: usize, evaluated: &[usize], sited: &[bool]) -> Option<usize> {
        let insts = &self.func.blocks[block].insts;
        let inst = insts[at];
        let data = &self.func.insts[inst];
        let result = data.result?;
        if self.folds.uses[result.index()] != 1
            || self.is_view(result)
            || self.kept.roots.contains(&result)
            || self.texts.contains(&result)
            || self.kept.after.contains_key(&inst)
            || !writes_one_expression(data)
        {
            return None;
        }
        let user = self.user[result.index()].filter(|user| user.block == block)?;
        let (user_at, user_inst) = (user.at as usize, insts[user.at as usize]);
        let reader = &self.func.insts[user_inst];
        let class = self.class(inst);
        let accepts = match user.operand {
            Some(operand) => accepts(reader, operand as usize, class),
            // What only one of several ways needs is not worth a wait for memory there.
            None => reader.op == Op::Jump || class == Class::Pure,
        };
        let end = evaluated[user_at];
        if !accepts
            || end - at > MAX_DISTANCE
            || sited[end] && sited[at]
            || !(self.same_line(data, reader) || user.operand.is_none() && class == Class::Pure)
            || reader.result.is_some_and(|result| self.folds.uses[result.index()] == 0)
            || (at + 1..end).any(|between| self.conflicts(inst, insts[between]))
        {
            return None;
        }
        Some(end)
    }

    fn same_line(&self, data: &InstData, reader: &InstData) -> bool {
        let (a, b) = (data.span, reader.span);
        if a.is_none() || a == b {
            return true;
        }
        if b.is_none() {
            return false;
        }
        let (a, b) = (self.sources.location(a.lo), self.sources.location(b.lo));
        (a.file, a.line) == (b.file, b.line)
    }

    fn effects(&self, inst: Inst) -> Effects {
        let effects = self.func.insts[inst].effects();
        if may_collect(self.module, self.func, inst) { effects.or(effect::ALLOCATES) } else { effects }
    }

    fn class(&self, inst: Inst) -> Class {
        let effects = self.effects(inst);
        if effects.is_none() {
            Class::Pure
        } else if effect::READS.contains(effects) {
            Class::Reads
        } else {
            Class::Ordered
        }
    }

    /// Whether one may not be evaluated after the other instead of before it.
    fn conflicts(&self, inst: Inst, other: Inst) -> bool {
        let other_data = &self.func.insts[other];
        if self.is_free(other_data) {
            return false;
        }
        let (effects, later) = (self.effects(inst), self.effects(other));
        let collects = may_collect(self.module, self.func, other);
        match self.class(inst) {
            Class::Pure => collects && self.sees_objects(inst),
            Class::Reads => effects.reads_what_writes(later) || collects && self.sees_objects(inst),
            Class::Ordered => {
                let harmless = effect::READS.or(effect::TRAPS);
                if harmless.contains(effects) {
                    !effect::READS.contains(later)
                        || effects.reads_what_writes(later)
                        || collects && self.sees_objects(inst)
                } else {
                    !later.is_none() || collects
                }
            }
        }
    }

    /// Whether an instruction touches what the collector frees.
    fn sees_objects(&self, inst: Inst) -> bool {
        let data = &self.func.insts[inst];
        data.args.iter().chain(&data.result).any(|&value| {
            self.is_view(value) || self.module.types.elem_kind(self.func.ty(value)) == ElemKind::Cell
        })
    }
}

/// What an instruction has to do with the rest of the world.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Nothing.
    Pure,
    /// It depends on memory.
    Reads,
    /// It may be seen to happen.
    Ordered,
}

/// Whether the C of an operation has its place, which in dev mode is noted in the frame.
pub(super) fn has_site(op: Op) -> bool {
    matches!(
        op,
        Op::Add
            | Op::Sub
            | Op::Mul
            | Op::Div
            | Op::Rem
            | Op::Neg
            | Op::FDiv
            | Op::FRem
            | Op::FloatToInt
            | Op::StrConcat
            | Op::StrIndex
            | Op::StrSlice
            | Op::ListNew
            | Op::ListGet
            | Op::ListSet
            | Op::ListAppend
            | Op::ListPush
            | Op::ListSlice
            | Op::ListConcat
            | Op::ViewGet
            | Op::MapNew
            | Op::MapGet
            | Op::MapGetOr
            | Op::MapSet
            | Op::MapKeys
            | Op::FieldGet
            | Op::FieldSet
            | Op::AnyUnbox
            | Op::ClosureNew
            | Op::Call
            | Op::CallClosure
            | Op::CallAny
            | Op::CallRuntime
            | Op::TailCallClosure
            | Op::TailCallAny
            | Op::Trap
    )
}

/// Whether C has one expression for an instruction.
fn writes_one_expression(data: &InstData) -> bool {
    match data.op {
        Op::ListNew | Op::MapNew => data.args.len() <= super::ops::ARRAY_MAX,
        _ => true,
    }
}

/// Whether an operand is evaluated, exactly once, before everything else that the instruction does.
fn accepts(data: &InstData, operand: usize, class: Class) -> bool {
    match data.op {
        // One of two is evaluated. What waits for memory is left to the processor to do early.
        Op::Select => operand == 0 || class == Class::Pure,
        Op::GetOr => operand == 1 && class == Class::Pure,
        // Some of them name it twice.
        Op::AnyIs => false,
        Op::ListView | Op::ViewLen => false,
        Op::CallClosure | Op::CallAny | Op::TailCallClosure | Op::TailCallAny => operand > 0,
        Op::ListNew | Op::MapNew => data.args.len() <= super::ops::ARRAY_MAX,
        // The place is computed from the first operand in no order with the value.
        Op::FieldSet => operand == 0 || class != Class::Ordered,
        _ => true,
    }
}
