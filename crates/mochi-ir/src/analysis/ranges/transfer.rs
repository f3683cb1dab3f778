//! What each instruction says about ints: the range of its result, bounds between it and its operands, and whether it
//! is safe.

use mochi_abi::RuntimeFn;

use super::{Asked, Bound, Interval, Limits, MAX_EDGE_BOUNDS, MAX_LEN, Walker};
use crate::analysis::interval::Exact;
use crate::func::{Block, Def, Func, Inst, InstData, Value};
use crate::op::{Imm, Op};
use crate::ty::{TyKind, Types};

/// Facts about an operand up to which it gets those that follow from what is computed from it.
const MAX_REVERSE: usize = 6;

/// Whether an op has a list or view and an index that is to be below its length.
fn is_indexed(op: Op) -> bool {
    matches!(op, Op::ListGet | Op::ListSet | Op::ViewGet | Op::ViewGetIn | Op::ViewSetIn)
}

/// Whether an op gives the length of something.
fn is_length(op: Op) -> bool {
    matches!(op, Op::ListLen | Op::ViewLen | Op::StrLen | Op::StrBytes | Op::MapLen)
}

/// Whether [`Walker::transfer`] has anything to do for an instruction.
pub(super) fn concerns_ints(func: &Func, inst: Inst) -> bool {
    let data = &func.insts[inst];
    let is_compared = || matches!(data.args[..], [a, _] if func.ty(a) == Types::I64);
    let of_ints = |result| match func.ty(result) {
        Types::BOOL => is_compared(),
        ty => ty == Types::I64,
    };
    is_indexed(data.op) || is_length(data.op) || data.result.is_some_and(of_ints)
}

impl Walker<'_> {
    /// Takes over what holds after an instruction.
    pub(super) fn transfer(&mut self, block: Block, inst: Inst) {
        let func = self.func;
        let data = &func.insts[inst];
        if is_indexed(data.op) {
            let (list, index) = (self.list_of(data.args[0]), data.args[1]);
            self.safe[inst] = self.is_index(index, list);
            if !self.safe[inst] && matches!(self.asked, Asked::Limits) {
                self.note_limits(block, inst, index);
            }
            if !self.indexed.get(&(list, index)).is_some_and(|&at| self.is_above(at)) {
                self.indexed.insert((list, index), block);
            }
        } else if is_length(data.op) {
            self.length(block, data);
        }
        let Some(result) = data.result else { return };
        if func.ty(result) == Types::BOOL {
            if let &[a, b] = &data.args[..]
                && func.ty(a) == Types::I64
            {
                self.decided[inst] = self.decide(data.op, a, b);
            }
        } else if func.ty(result) == Types::I64 {
            self.int(inst, data, result);
        }
    }

    /// Whether an instruction of another block would be safe at the place of the walk, the end of a block.
    pub(super) fn would_be_safe(&self, inst: Inst, block: Block) -> bool {
        let data = &self.func.insts[inst];
        let known = |&v: &Value| self.flow.dominators.dominates(self.block_of[v], block);
        data.args.iter().all(known)
            && match (data.op, &data.args[..]) {
                (Op::ViewGetIn, &[view, index]) => self.is_index(index, self.list_of(view)),
                (Op::DivSafe, &[_, by]) => !self.now[by].contains(0) && !self.now[by].contains(-1),
                (Op::RemSafe, &[_, by]) => self.is_not_zero(by),
                _ => false,
            }
    }

    /// Notes what is known of the index of an access in a loop.
    fn note_limits(&mut self, block: Block, inst: Inst, index: Value) {
        let Some(around) = self.flow.loops.innermost(block) else { return };
        let from_outside = |v: Value| !self.flow.loops.contains(around, self.block_of[v]);
        let mut bounds = self.bounds.collect(index, MAX_EDGE_BOUNDS, from_outside);
        let Interval { lo, hi: most } = self.now[index];
        let at_worst = |bound: &Bound| self.now[bound.of].hi.saturating_add(bound.plus);
        bounds.retain(|bound| at_worst(bound) <= most);
        bounds.sort_by_key(|bound| (at_worst(bound), bound.of));
        self.limits.insert(inst, Limits { not_negative: lo >= 0, most, bounds });
    }

    fn is_not_zero(&self, value: Value) -> bool {
        !self.now[value].contains(0) || self.nonzero.get(&value).is_some_and(|&at| self.is_above(at))
    }

    fn int(&mut self, inst: Inst, data: &InstData, result: Value) {
        match (data.op, &data.args[..]) {
            (op, _) if is_length(op) => {}
            (Op::Add | Op::AddWrap, &[a, b]) => {
                let exact = self.now[a].sum(self.now[b]);
                self.define_exact(inst, data.op, result, exact);
                self.bound_sum(data.op == Op::Add || exact.fits(), result, a, b);
            }
            (Op::Sub | Op::SubWrap, &[a, b]) => {
                let mut exact = self.now[a].difference(self.now[b]);
                // From `b <= a + plus` follows `a - b >= -plus`.
                if let Some(plus) = self.bounds.between(b, a) {
                    exact = exact.at_least(-plus);
                }
                self.define_exact(inst, data.op, result, exact);
                self.bound_difference(data.op == Op::Sub || exact.fits(), result, a, b);
            }
            (Op::Mul | Op::MulWrap, &[a, b]) => {
                let exact = if a == b { self.now[a].square() } else { self.now[a].product(self.now[b]) };
                self.define_exact(inst, data.op, result, exact);
            }
            (Op::Neg, &[a]) => {
                let exact = Interval::one(0).difference(self.now[a]);
                self.define_exact(inst, data.op, result, exact);
            }
            (Op::Div | Op::DivSafe, &[a, b]) => {
                let by = self.now[b];
                let exact = self.now[a].quotient(by);
                self.define(result, exact.cut());
                self.safe[inst] = match data.op {
                    Op::Div => !by.contains(0) && !by.contains(-1),
                    _ => self.now[a].lo >= 0,
                };
                if self.now[a].lo >= 0 && by.lo >= 1 {
                    // Half of an int from 1 on, or less of it, is below it.
                    let plus = if self.now[a].lo >= 1 && by.lo >= 2 { -1 } else { 0 };
                    self.define_bound(result, a, plus);
                }
                if by == Interval::one(2) {
                    self.bound_mean(result, a);
                }
            }
            (Op::Rem | Op::RemSafe, &[a, b]) => {
                let by = self.now[b];
                self.define(result, self.now[a].remainder(by));
                self.safe[inst] = match data.op {
                    Op::Rem => self.is_not_zero(b),
                    _ => self.now[a].lo >= 0,
                };
                if by.lo >= 1 {
                    self.define_bound(result, b, -1);
                }
                if self.now[a].lo >= 0 {
                    self.define_bound(result, a, 0);
                }
            }
            (Op::And, &[a, b]) => {
                self.define(result, self.now[a].and(self.now[b]));
                for operand in [a, b] {
                    if self.now[operand].lo >= 0 {
                        self.define_bound(result, operand, 0);
                    }
                }
            }
            (Op::Or | Op::Xor, &[a, b]) => self.define(result, self.now[a].or(self.now[b])),
            (Op::Shl, &[a, b]) => self.define(result, self.now[a].shifted_left(self.now[b])),
            (Op::Shr, &[a, b]) => {
                self.define(result, self.now[a].shifted_right(self.now[b]));
                if self.now[a].lo >= 0 {
                    // As for divisions.
                    let halves = self.now[b].lo >= 1 && self.now[b].hi < 64;
                    let plus = if self.now[a].lo >= 1 && halves { -1 } else { 0 };
                    self.define_bound(result, a, plus);
                }
                if self.now[b] == Interval::one(1) && self.now[a].lo >= 0 {
                    self.bound_mean(result, a);
                }
            }
            (Op::ListRepeat, &[_, more]) => {
                let most = self.now[more].hi.clamp(0, MAX_LEN);
                self.define(result, Interval::new(0, most));
                if self.now[more].lo >= 0 {
                    self.define_bound(result, more, 0);
                }
            }
            (Op::Select, &[cond, a, b]) => self.select(result, cond, a, b),
            _ => self.define(result, self.range_of(data)),
        }
    }

    /// The range of a result that has nothing to do with other ints.
    fn range_of(&self, data: &InstData) -> Interval {
        match (data.op, &data.imm) {
            (Op::ConstInt, Imm::Int(n)) => Interval::one(*n),
            (Op::VariantTag, _) => match self.types.kind(self.func.ty(data.args[0])) {
                TyKind::Union(id) => Interval::new(-1, self.types.unions[*id].variants.len() as i64 - 1),
                _ => Interval::ALL,
            },
            (Op::CallRuntime, Imm::Runtime(f)) => match f {
                RuntimeFn::str_byte => Interval::new(0, 255),
                RuntimeFn::str_code => Interval::new(-1, 0x10_FFFF),
                RuntimeFn::str_find => Interval::new(-1, MAX_LEN),
                RuntimeFn::str_byte_len | RuntimeFn::any_len => Interval::new(0, MAX_LEN),
                RuntimeFn::any_kind => Interval::new(0, 15),
                _ => Interval::ALL,
            },
            _ => Interval::ALL,
        }
    }

    /// Sets the range of a sum, difference or product, which may overflow. After one that traps, the range of the
    /// operands that did not would be narrower; nobody needs that.
    fn define_exact(&mut self, inst: Inst, op: Op, result: Value, exact: Exact) {
        self.safe[inst] = exact.fits();
        let wraps = matches!(op, Op::AddWrap | Op::SubWrap | Op::MulWrap);
        self.define(result, if wraps { exact.wrapped() } else { exact.cut() });
    }

    /// A bound of a value at its definition.
    fn define_bound(&mut self, value: Value, of: Value, plus: i64) {
        if self.func.const_int(of).is_none() {
            self.bounds.push(value, Bound { of, plus });
        }
    }

    /// A bound of an operand that follows from what was computed from it.
    fn reverse_bound(&mut self, value: Value, of: Value, plus: i64) {
        if self.func.const_int(value).is_none() && self.bounds.len(value) < MAX_REVERSE {
            self.learn(value, Bound { of, plus });
        }
    }

    /// `x = a + b` with `b <= k` gives `x <= a + k`, and with `b >= k` it gives `a <= x - k`; `x = a + d` with
    /// `d <= y - a + k` gives `x <= y + k`.
    fn bound_sum(&mut self, exact: bool, result: Value, a: Value, b: Value) {
        if !exact {
            return;
        }
        for (a, b) in [(a, b), (b, a)] {
            let range = self.now[b];
            self.define_bound(result, a, range.hi);
            if let Some(plus) = range.lo.checked_neg() {
                self.reverse_bound(a, result, plus);
            }
            if let Some((of, plus)) = self.rest_below(a, b) {
                self.define_bound(result, of, plus);
            }
        }
    }

    /// `y` and `k` such that `d <= y - a + k`, by a bound of `d` that is a difference.
    fn rest_below(&self, a: Value, d: Value) -> Option<(Value, i64)> {
        let mut found = None;
        self.bounds.any(d, |bound| {
            if let Def::Inst(inst) = self.func.values[bound.of].def
                && let InstData { op: op @ (Op::Sub | Op::SubWrap), args, .. } = &self.func.insts[inst]
                && args[1] == a
                && (*op == Op::Sub || self.safe[inst])
            {
                found = Some((args[0], bound.plus));
            }
            found.is_some()
        });
        found
    }

    /// `x = a - b` with `b >= k` gives `x <= a - k`, and with `b <= k` it gives `a <= x + k`.
    fn bound_difference(&mut self, exact: bool, result: Value, a: Value, b: Value) {
        if !exact {
            return;
        }
        let range = self.now[b];
        if let Some(plus) = range.lo.checked_neg() {
            self.define_bound(result, a, plus);
        }
        self.reverse_bound(a, result, range.hi);
    }

    /// Half of a sum of two ints that are not negative lies between them.
    fn bound_mean(&mut self, result: Value, sum: Value) {
        let Some(InstData { op: Op::Add | Op::AddWrap, args, .. }) = self.func.def_inst(sum) else { return };
        let (a, b) = (args[0], args[1]);
        if self.now[a].lo < 0 || self.now[b].lo < 0 || !self.now[a].sum(self.now[b]).fits() {
            return;
        }
        for (low, high) in [(a, b), (b, a)] {
            if self.bounds.between(low, high).is_some_and(|plus| plus <= 0) {
                self.define_bound(result, high, 0);
                self.reverse_bound(low, result, 0);
            }
        }
    }

    /// One of two values, each under its condition. What both are at most, the result is.
    fn select(&mut self, result: Value, cond: Value, a: Value, b: Value) {
        let mut range = Interval::EMPTY;
        let mut lists = Vec::new();
        for (value, holds) in [(a, true), (b, false)] {
            let mark = self.trail.len();
            if self.assume(cond, holds, super::MAX_BACK) {
                range = range.join(self.now[value]);
                lists.push((self.now[value], self.bounds.collect(value, MAX_EDGE_BOUNDS, |_| true)));
            }
            self.undo_to(mark);
        }
        self.define(result, range);
        if let [(left, bounds), (right, others)] = &lists[..] {
            for bound in bounds {
                let same = others.iter().find(|o| o.of == bound.of).map(|o| o.plus);
                if let Some(plus) = same.or_else(|| self.below(*right, bound.of)) {
                    self.define_bound(result, bound.of, plus.max(bound.plus));
                }
            }
            for bound in others.iter().filter(|o| !bounds.iter().any(|b| b.of == o.of)) {
                if let Some(plus) = self.below(*left, bound.of) {
                    self.define_bound(result, bound.of, plus.max(bound.plus));
                }
            }
        } else if let [(_, bounds)] = &lists[..] {
            bounds.iter().for_each(|b| self.define_bound(result, b.of, b.plus));
        }
    }

    fn length(&mut self, block: Block, data: &InstData) {
        let Some(result) = data.result else { return };
        let list = self.list_of(data.args[0]);
        // A list has at least the elements that it was made with.
        let least = match self.func.def_inst(list) {
            Some(InstData { op: Op::ListNew, args, .. }) => args.len() as i64,
            _ => 0,
        };
        self.define(result, Interval::new(least, MAX_LEN));
        if let Some((before, at)) = self.lengths.insert(list, (result, block))
            && self.is_above(at)
        {
            self.reverse_bound(before, result, 0);
            let least = self.now[before].lo;
            self.narrow(result, Interval::new(least, MAX_LEN), 0);
        }
    }

    /// The list that a view is of, or the value itself.
    fn list_of(&self, value: Value) -> Value {
        match self.func.def_inst(value) {
            Some(InstData { op: Op::ListView, args, .. }) => args[0],
            _ => value,
        }
    }

    /// Whether an int is a position in a list: not negative, and below a length of the list that was read, or at most
    /// an index that was used.
    fn is_index(&self, index: Value, list: Value) -> bool {
        let range = self.now[index];
        if range.lo < 0 {
            return false;
        }
        if let Some(InstData { op: Op::ListNew, args, .. }) = self.func.def_inst(list)
            && range.hi < args.len() as i64
        {
            return true;
        }
        if let Some(&(length, at)) = self.lengths.get(&list)
            && self.is_above(at)
            && range.hi < self.now[length].lo
        {
            return true;
        }
        self.bounds.any(index, |bound| {
            let used = || self.indexed.get(&(list, bound.of)).is_some_and(|&at| self.is_above(at));
            (bound.plus < 0 && self.is_length(bound.of, list)) || (bound.plus <= 0 && used())
        })
    }

    /// Whether every path to the place of the walk goes through a block.
    fn is_above(&self, at: Block) -> bool {
        self.open.last().is_some_and(|&(here, _)| self.flow.dominators.dominates(at, here))
    }

    fn is_length(&self, value: Value, list: Value) -> bool {
        match self.func.def_inst(value) {
            Some(InstData { op: Op::ListLen | Op::ViewLen, args, .. }) => self.list_of(args[0]) == list,
            _ => false,
        }
    }

    fn decide(&self, op: Op, a: Value, b: Value) -> Option<bool> {
        match op {
            Op::Lt => self.is_less(a, b),
            Op::Ge => self.is_less(a, b).map(|less| !less),
            Op::Gt => self.is_less(b, a),
            Op::Le => self.is_less(b, a).map(|less| !less),
            Op::Eq | Op::Ne => {
                let (left, right) = (self.now[a], self.now[b]);
                let apart = left.meet(right).is_empty()
                    || self.is_less(a, b) == Some(true)
                    || self.is_less(b, a) == Some(true);
                let same = left.single().is_some() && left == right;
                (apart || same).then_some((op == Op::Eq) == same)
            }
            _ => None,
        }
    }

    fn is_less(&self, a: Value, b: Value) -> Option<bool> {
        let (left, right) = (self.now[a], self.now[b]);
        if left.hi < right.lo || self.bounds.between(a, b).is_some_and(|plus| plus < 0) {
            return Some(true);
        }
        if left.lo >= right.hi || self.bounds.between(b, a).is_some_and(|plus| plus <= 0) {
            return Some(false);
        }
        None
    }
}
