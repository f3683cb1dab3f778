//! Ranges of ints: which operations cannot overflow, which indices are in bounds, which comparisons are decided.
//!
//! A walk over the dominator tree gives every int an [`Interval`] and symbolic upper [`Bounds`] where it is defined, and
//! narrows both below branches: after `i < n`, `i` is at most `n - 1`. What comes into a block along its edges is joined
//! in its parameters. Of the header of a loop something is assumed first (at most what comes in from outside), then a
//! walk shows what comes back; the assumption is weakened until a walk *confirms* it, that is until everything that comes
//! back is as assumed. Only the result of a confirmed walk counts, so it holds by induction over the iterations, however
//! the assumption came about. After that, what came back is tried as a stronger assumption, which undoes most of what
//! weakening lost.
//!
//! No list ever gets shorter, so an index below a length read earlier is in bounds; nor has any collection more than
//! [`MAX_LEN`] elements. Cycles that are no loops are given up: their parameters may be anything.
//!
//! Cost: about six walks for functions with loops, one for others; each looks at a few facts per instruction.

mod transfer;

use mochi_base::IdVec;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::bounds::{Bound, BoundList, Bounds, MAX_PLUS};
use crate::analysis::interval::{Interval, square_root};
use crate::analysis::{Flow, homes};
use crate::func::{Block, Def, Func, Inst, InstData, Value};
use crate::op::{Imm, Op};
use crate::passes::fold::negated;
use crate::ty::Types;

/// No string, list or map has more elements: 47 bits address all memory there is.
pub const MAX_LEN: i64 = 1 << 47;
/// Walks after which a function is given up.
const MAX_WALKS: usize = 16;
/// From this walk on assumptions are weakened as far as they go at once.
const WIDEN_FROM: usize = 2;
/// Walks that try a stronger assumption.
const MAX_NARROW: usize = 3;
/// Bounds kept of what comes along an edge.
const MAX_EDGE_BOUNDS: usize = 6;
/// How far a narrowed value narrows those that it is computed from.
const MAX_BACK: u32 = 3;

/// What is known about a function.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    safe: IdVec<Inst, bool>,
    decided: IdVec<Inst, Option<bool>>,
    elsewhere: FxHashSet<(Inst, Block)>,
    limits: FxHashMap<Inst, Limits>,
}

/// What is known of the index of an access to a list that may be out of bounds.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Whether it cannot be negative.
    pub not_negative: bool,
    /// What it is at most.
    pub most: i64,
    /// What else it is at most, in terms of values from outside of the innermost loop around the access; first what is
    /// lowest at worst or known earliest, and nothing that may be more than `most`.
    pub bounds: BoundList,
}

/// What is asked besides what every user of ranges wants to know.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Nothing,
    /// Which of these would be safe at the ends of these blocks.
    Elsewhere(&'a FxHashMap<Block, Vec<Inst>>),
    /// The limits of accesses in loops.
    Limits,
}

impl Ranges {
    /// The ranges of a function.
    pub fn compute(func: &Func, types: &Types, flow: &Flow) -> Self {
        Self::answer(func, types, flow, Asked::Nothing)
    }

    /// The ranges of a function, and the limits of the accesses to lists in its loops that may be out of bounds.
    pub fn compute_limits(func: &Func, types: &Types, flow: &Flow) -> Self {
        Self::answer(func, types, flow, Asked::Limits)
    }

    /// The ranges of a function, and which instructions of others would be safe at the ends of some blocks, where their
    /// operands are to be defined.
    pub fn compute_elsewhere(
        func: &Func,
        types: &Types,
        flow: &Flow,
        asked: &FxHashMap<Block, Vec<Inst>>,
    ) -> Self {
        Self::answer(func, types, flow, Asked::Elsewhere(asked))
    }

    fn answer(func: &Func, types: &Types, flow: &Flow, asked: Asked<'_>) -> Self {
        let mut walker = Walker::new(func, types, flow, asked);
        let mut result = Self::default();
        result.safe.resize(func.insts.len(), false);
        result.decided.resize(func.insts.len(), None);
        let mut narrowing = 0;
        for walk in 0..MAX_WALKS {
            walker.walk(if narrowing > 0 {
                Mode::Narrow
            } else if walk >= WIDEN_FROM {
                Mode::Widen
            } else {
                Mode::Join
            });
            let confirmed = walker.confirmed();
            if confirmed {
                result.safe.clone_from(&walker.safe);
                result.decided.clone_from(&walker.decided);
                result.elsewhere.clone_from(&walker.elsewhere);
                result.limits.clone_from(&walker.limits);
            }
            let narrowed = narrowing > 0 && (!confirmed || walker.steady || narrowing == MAX_NARROW);
            if flow.loops.is_empty() || narrowed {
                break;
            }
            narrowing += usize::from(confirmed);
        }
        result
    }

    /// Whether an instruction was proved not to trap. For indices that means in `0..len`, for divisions that the divisor
    /// is neither 0 nor -1 (remainders: not 0), for arithmetic modulo 2^64 that the result is the mathematical one, and for
    /// divisions without a check that the dividend is not negative.
    pub fn is_safe(&self, inst: Inst) -> bool {
        self.safe.get(inst) == Some(&true)
    }
    /// The same at the end of a block that was asked for.
    pub fn is_safe_at(&self, inst: Inst, block: Block) -> bool {
        self.elsewhere.contains(&(inst, block))
    }
    /// What is known of the index of an access, if it was asked for and the access is in a loop and not safe.
    pub fn limits(&self, inst: Inst) -> Option<&Limits> {
        self.limits.get(&inst)
    }
    /// What a comparison always gives, if that is known.
    pub fn decided(&self, inst: Inst) -> Option<bool> {
        self.decided.get(inst).copied().flatten()
    }
}

/// What becomes of the assumption about the header of a loop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// What came in and what came back.
    Join,
    /// The same, but where it grew, it grows as far as it can.
    Widen,
    /// What came in and what came back, although less was confirmed.
    Narrow,
}

/// What comes into a parameter along some edges. The interval is empty while there is none.
#[derive(Clone, Debug)]
struct Incoming {
    range: Interval,
    bounds: BoundList,
}

impl Incoming {
    /// Along no edge.
    fn none() -> Self {
        Self { range: Interval::EMPTY, bounds: BoundList::new() }
    }
}

/// What is kept about a parameter from walk to walk.
#[derive(Clone, Debug)]
struct Param {
    /// From outside of the loop, or along all edges to a block that is no header, in this walk.
    forward: Incoming,
    /// Along back edges, in this walk.
    back: Incoming,
    /// Along back edges, in the walk before.
    back_before: Incoming,
    /// What was assumed in this walk.
    assumed: Incoming,
}

enum Undo {
    Range(Value, Interval),
    Bound(Value),
}

struct Walker<'a> {
    func: &'a Func,
    types: &'a Types,
    flow: &'a Flow,
    order: Vec<Block>,
    /// What says something about ints, in the order of the walk; and where that of each block of the order starts.
    insts: Vec<Inst>,
    start: Vec<u32>,
    /// Blocks on cycles that are no loops: anything may come in.
    unknown: IdVec<Block, bool>,
    /// By value: position in `params`, for int parameters.
    param_index: IdVec<Value, u32>,
    params: Vec<Param>,
    /// By value: the block that defines it.
    block_of: IdVec<Value, Block>,
    /// Whether the headers of this walk are assumed what they were in the walk before.
    steady: bool,
    /// Whether what is assumed holds in the block of the walk and below it, not only on an edge.
    noting: bool,
    /// Ranges where values are defined.
    defined: IdVec<Value, Interval>,
    /// Ranges at the place of the walk.
    now: IdVec<Value, Interval>,
    bounds: Bounds,
    trail: Vec<Undo>,
    /// Blocks above the place of the walk with the length that the trail had before them.
    open: Vec<(Block, usize)>,
    /// Whether control comes to a block, in this walk.
    reached: IdVec<Block, bool>,
    /// Lists with indices that were found to be below their lengths, and where.
    indexed: FxHashMap<(Value, Value), Block>,
    /// Values that were found not to be zero, and where; for those that may be on either side of it.
    nonzero: FxHashMap<Value, Block>,
    /// The last length that was read of each list, and where.
    lengths: FxHashMap<Value, (Value, Block)>,
    safe: IdVec<Inst, bool>,
    decided: IdVec<Inst, Option<bool>>,
    asked: Asked<'a>,
    elsewhere: FxHashSet<(Inst, Block)>,
    limits: FxHashMap<Inst, Limits>,
}

const NO_PARAM: u32 = u32::MAX;

impl<'a> Walker<'a> {
    fn new(func: &'a Func, types: &'a Types, flow: &'a Flow, asked: Asked<'a>) -> Self {
        let order = flow.dominators.walk();
        let mut param_index = IdVec::new();
        param_index.resize(func.values.len(), NO_PARAM);
        let mut params = Vec::new();
        let (mut insts, mut start) = (Vec::new(), Vec::with_capacity(order.len() + 1));
        let block_of = homes(func, &flow.dominators);
        for &block in &order {
            for &param in func.blocks[block].params.iter().filter(|&&p| func.ty(p) == Types::I64) {
                param_index[param] = params.len() as u32;
                let none = Incoming::none;
                params.push(Param { forward: none(), back: none(), back_before: none(), assumed: none() });
            }
            start.push(insts.len() as u32);
            insts
                .extend(func.blocks[block].insts.iter().filter(|&&inst| transfer::concerns_ints(func, inst)));
        }
        start.push(insts.len() as u32);
        let mut at: IdVec<Block, usize> = IdVec::new();
        at.resize(func.blocks.len(), 0);
        order.iter().enumerate().for_each(|(i, &b)| at[b] = i);
        let mut unknown: IdVec<Block, bool> = IdVec::new();
        unknown.resize(func.blocks.len(), false);
        for &block in &order {
            let this = flow.loops.headed_by(block);
            let is_back = |p: Block| this.is_some_and(|l| flow.loops.contains(l, p));
            unknown[block] = flow.preds.of(block).iter().any(|&p| at[p] >= at[block] && !is_back(p));
        }
        let all = |n| {
            let mut v = IdVec::new();
            v.resize(n, Interval::ALL);
            v
        };
        Self {
            func,
            types,
            flow,
            order,
            insts,
            start,
            unknown,
            param_index,
            params,
            block_of,
            steady: true,
            noting: false,
            defined: all(func.values.len()),
            now: all(func.values.len()),
            bounds: Bounds::new(func.values.len()),
            trail: Vec::new(),
            open: Vec::new(),
            reached: IdVec::new(),
            indexed: FxHashMap::default(),
            nonzero: FxHashMap::default(),
            lengths: FxHashMap::default(),
            safe: IdVec::new(),
            decided: IdVec::new(),
            asked,
            elsewhere: FxHashSet::default(),
            limits: FxHashMap::default(),
        }
    }

    fn walk(&mut self, mode: Mode) {
        self.reached = IdVec::new();
        self.reached.resize(self.func.blocks.len(), false);
        self.reached[Func::ENTRY] = true;
        self.safe = IdVec::new();
        self.safe.resize(self.func.insts.len(), false);
        self.decided = IdVec::new();
        self.decided.resize(self.func.insts.len(), None);
        self.elsewhere.clear();
        self.limits.clear();
        self.indexed.clear();
        self.nonzero.clear();
        self.lengths.clear();
        self.steady = true;
        for param in &mut self.params {
            param.forward = Incoming::none();
            param.back_before = std::mem::replace(&mut param.back, Incoming::none());
        }
        for i in 0..self.order.len() {
            let block = self.order[i];
            while let Some(&(above, mark)) = self.open.last()
                && !self.flow.dominators.dominates(above, block)
            {
                self.undo_to(mark);
                self.open.pop();
            }
            self.open.push((block, self.trail.len()));
            if self.reached[block] || self.unknown[block] {
                self.visit(i, mode);
            }
        }
        self.undo_to(0);
        self.open.clear();
    }

    /// Whether everything that came back to headers is as it was assumed.
    fn confirmed(&self) -> bool {
        self.params.iter().all(|p| {
            let implied = |b: &Bound| {
                p.back.bounds.iter().any(|c| c.of == b.of && c.plus <= b.plus)
                    || self.below(p.back.range, b.of).is_some_and(|plus| plus <= b.plus)
            };
            p.back.range.is_empty()
                || (p.back.range.is_in(p.assumed.range) && p.assumed.bounds.iter().all(implied))
        })
    }

    /// The least `c` for which an interval says that a value is at most `of + c`, wherever `of` is defined.
    fn below(&self, range: Interval, of: Value) -> Option<i64> {
        range.hi.checked_sub(self.defined[of].lo)
    }

    fn undo_to(&mut self, mark: usize) {
        while self.trail.len() > mark {
            match self.trail.pop() {
                Some(Undo::Range(value, range)) => self.now[value] = range,
                Some(Undo::Bound(value)) => self.bounds.pop(value),
                None => {}
            }
        }
    }

    /// Walks over the block at a position of the order.
    fn visit(&mut self, at: usize, mode: Mode) {
        let block = self.order[at];
        self.define_params(block, mode);
        if let Some(pred) = self.flow.preds.sole(block)
            && let Some(term) = self.func.terminator(pred)
            && let Some(i) = term.targets.iter().position(|t| t.block == block)
        {
            self.noting = true;
            self.assume_edge(term, i);
            self.noting = false;
        }
        for i in self.start[at] as usize..self.start[at + 1] as usize {
            self.transfer(block, self.insts[i]);
        }
        if let Asked::Elsewhere(asked) = self.asked {
            for &inst in asked.get(&block).into_iter().flatten() {
                if self.would_be_safe(inst, block) {
                    self.elsewhere.insert((inst, block));
                }
            }
        }
        self.leave(block);
    }

    fn define_params(&mut self, block: Block, mode: Mode) {
        let is_header = self.flow.loops.headed_by(block).is_some();
        for i in 0..self.func.blocks[block].params.len() {
            let param = self.func.blocks[block].params[i];
            let index = self.param_index[param];
            if index == NO_PARAM {
                continue;
            }
            let index = index as usize;
            let incoming = if block == Func::ENTRY || self.unknown[block] {
                Incoming { range: Interval::ALL, bounds: BoundList::new() }
            } else if is_header {
                let assumed = self.assume_header(index, mode);
                let old = &self.params[index].assumed;
                self.steady &= old.range == assumed.range && old.bounds == assumed.bounds;
                assumed
            } else {
                self.params[index].forward.clone()
            };
            self.define(param, incoming.range);
            for &bound in &incoming.bounds {
                self.bounds.push(param, bound);
                let hi = self.defined[bound.of].hi.saturating_add(bound.plus);
                let range = self.defined[param].meet(Interval::new(i64::MIN, hi));
                (self.defined[param], self.now[param]) = (range, range);
            }
            self.params[index].assumed = incoming;
        }
    }

    /// What to assume of a parameter of a header in this walk.
    fn assume_header(&self, index: usize, mode: Mode) -> Incoming {
        let param = &self.params[index];
        let mut new = param.forward.clone();
        self.join(&mut new, &param.back_before);
        let old = &param.assumed;
        if mode == Mode::Widen && !old.range.is_empty() {
            new.range = old.range.widen(new.range);
            new.bounds.retain(|b| old.bounds.iter().any(|o| o.of == b.of && o.plus >= b.plus));
        }
        new
    }

    /// Adds what comes along another edge.
    fn join(&self, into: &mut Incoming, other: &Incoming) {
        if other.range.is_empty() {
            return;
        }
        if into.range.is_empty() {
            *into = other.clone();
            return;
        }
        let mut bounds = BoundList::new();
        let mut both = |of: Value, a: Option<i64>, b: Option<i64>| {
            if let (Some(a), Some(b)) = (a, b)
                && a.max(b) <= MAX_PLUS
                && !bounds.iter().any(|known: &Bound| known.of == of)
            {
                bounds.push(Bound { of, plus: a.max(b) });
            }
        };
        let find = |list: &BoundList, of| list.iter().find(|b| b.of == of).map(|b| b.plus);
        for b in &into.bounds {
            let plus = find(&other.bounds, b.of).or_else(|| self.below(other.range, b.of));
            both(b.of, Some(b.plus), plus);
        }
        for b in &other.bounds {
            both(b.of, self.below(into.range, b.of), Some(b.plus));
        }
        bounds.truncate(MAX_EDGE_BOUNDS);
        *into = Incoming { range: into.range.join(other.range), bounds };
    }

    /// Hands the arguments of a block's terminator to the parameters that they are for.
    fn leave(&mut self, block: Block) {
        let Some(term) = self.func.terminator(block) else { return };
        for (i, target) in term.targets.iter().enumerate() {
            let mark = self.trail.len();
            if self.assume_edge(term, i) {
                let header = self.flow.loops.headed_by(target.block);
                let is_back = header.is_some_and(|l| self.flow.loops.contains(l, block));
                self.reached[target.block] = true;
                let params = &self.func.blocks[target.block].params;
                for (&param, &arg) in params.iter().zip(&target.args) {
                    let index = self.param_index[param];
                    if index == NO_PARAM || self.unknown[target.block] {
                        continue;
                    }
                    let incoming = self.along_edge(target.block, index as usize, arg, is_back);
                    let state = &mut self.params[index as usize];
                    let slot = if is_back { &mut state.back } else { &mut state.forward };
                    let mut joined = std::mem::replace(slot, Incoming::none());
                    self.join(&mut joined, &incoming);
                    let state = &mut self.params[index as usize];
                    *(if is_back { &mut state.back } else { &mut state.forward }) = joined;
                }
            }
            self.undo_to(mark);
        }
    }

    /// What an argument says about a parameter, in terms that mean something at the parameter's block.
    fn along_edge(&self, to: Block, index: usize, arg: Value, is_back: bool) -> Incoming {
        let known_there = |v: Value| {
            let at = self.block_of[v];
            self.func.const_int(v).is_none() && at != to && self.flow.dominators.dominates(at, to)
        };
        let mut bounds = self.bounds.collect(arg, MAX_EDGE_BOUNDS, known_there);
        if is_back {
            for b in &self.params[index].assumed.bounds {
                if let Some(plus) = self.bounds.between(arg, b.of) {
                    bounds.retain(|c| c.of != b.of);
                    bounds.push(Bound { of: b.of, plus });
                }
            }
        }
        Incoming { range: self.now[arg], bounds }
    }

    /// Sets the range of a value at its definition.
    fn define(&mut self, value: Value, range: Interval) {
        self.defined[value] = range;
        self.now[value] = range;
        self.bounds.clear(value);
    }

    /// Takes over what holds on an edge of a terminator; false if the edge is never taken.
    fn assume_edge(&mut self, term: &InstData, target: usize) -> bool {
        match (term.op, &term.imm) {
            (Op::Branch, _) if term.targets[0].block != term.targets[1].block => {
                self.assume(term.args[0], target == 0, MAX_BACK)
            }
            (Op::Switch, Imm::Cases(cases)) => {
                let on = term.args[0];
                let same = |t: &&crate::func::Target| t.block == term.targets[target].block;
                if term.targets.iter().filter(same).count() > 1 {
                    return true;
                }
                match cases.get(target) {
                    Some(&n) => self.narrow(on, Interval::one(n), MAX_BACK),
                    None => cases.iter().all(|&n| self.exclude(on, n)),
                }
            }
            _ => true,
        }
    }

    /// Takes over that a condition holds or does not; false if it cannot be.
    fn assume(&mut self, cond: Value, holds: bool, depth: u32) -> bool {
        let Some(data) = self.func.def_inst(cond) else { return true };
        match (data.op, &data.args[..], &data.imm) {
            (Op::ConstBool, _, Imm::Bool(b)) => *b == holds,
            (Op::Not, &[inner], _) if depth > 0 => self.assume(inner, !holds, depth - 1),
            (op, &[a, b], _) if self.func.ty(a) == Types::I64 => {
                let Some(op) = (if holds { Some(op) } else { negated(op) }) else { return true };
                self.relate(op, a, b)
            }
            _ => true,
        }
    }

    fn relate(&mut self, op: Op, a: Value, b: Value) -> bool {
        match op {
            Op::Lt => self.at_most(a, b, -1),
            Op::Le => self.at_most(a, b, 0),
            Op::Gt => self.at_most(b, a, -1),
            Op::Ge => self.at_most(b, a, 0),
            Op::Eq => self.at_most(a, b, 0) && self.at_most(b, a, 0),
            Op::Ne => self.differ(a, b),
            _ => true,
        }
    }

    /// `a <= b + plus`; `plus` is 0 or -1.
    fn at_most(&mut self, a: Value, b: Value, plus: i64) -> bool {
        let (Some(hi), Some(lo)) = (self.now[b].hi.checked_add(plus), self.now[a].lo.checked_sub(plus))
        else {
            return false;
        };
        self.learn(a, Bound { of: b, plus });
        self.narrow(a, Interval::new(i64::MIN, hi), MAX_BACK)
            && self.narrow(b, Interval::new(lo, i64::MAX), MAX_BACK)
    }

    fn differ(&mut self, a: Value, b: Value) -> bool {
        if self.bounds.between(a, b) == Some(0) {
            return self.at_most(a, b, -1);
        }
        if self.bounds.between(b, a) == Some(0) {
            return self.at_most(b, a, -1);
        }
        let (left, right) = (self.now[a].single(), self.now[b].single());
        right.is_none_or(|n| self.exclude(a, n)) && left.is_none_or(|n| self.exclude(b, n))
    }

    /// Takes over that a value is not `n`.
    fn exclude(&mut self, value: Value, n: i64) -> bool {
        let range = self.now[value];
        if range == Interval::one(n) {
            return false;
        }
        // Only what holds in a whole block is noted here, not what holds on an edge: see `visit`.
        if n == 0 && range.lo < 0 && range.hi > 0 && self.noting {
            let here = self.open.last().map_or(Func::ENTRY, |&(block, _)| block);
            if !self.nonzero.get(&value).is_some_and(|&at| self.flow.dominators.dominates(at, here)) {
                self.nonzero.insert(value, here);
            }
        }
        let lo = if range.lo == n { n + 1 } else { range.lo };
        let hi = if range.hi == n { n - 1 } else { range.hi };
        self.narrow(value, Interval::new(lo, hi), MAX_BACK)
    }

    fn learn(&mut self, value: Value, bound: Bound) {
        if self.func.const_int(bound.of).is_none() && self.bounds.push(value, bound) {
            self.trail.push(Undo::Bound(value));
        }
    }

    /// Narrows a value, and what it is computed from; false if nothing is left.
    fn narrow(&mut self, value: Value, to: Interval, depth: u32) -> bool {
        let (old, new) = (self.now[value], self.now[value].meet(to));
        if new == old {
            return true;
        }
        self.trail.push(Undo::Range(value, old));
        self.now[value] = new;
        !new.is_empty() && (depth == 0 || self.narrow_operands(value, new, depth - 1))
    }

    /// `x + k = v` gives `x = v - k`; `x * x <= n` gives `|x| <= sqrt(n)`.
    fn narrow_operands(&mut self, value: Value, range: Interval, depth: u32) -> bool {
        let Def::Inst(inst) = self.func.values[value].def else { return true };
        let data = &self.func.insts[inst];
        let exact = match data.op {
            Op::Add | Op::Sub | Op::Mul => true,
            Op::AddWrap | Op::SubWrap | Op::MulWrap => self.safe[inst],
            _ => false,
        };
        let &[a, b] = &data.args[..] else { return true };
        if !exact {
            return true;
        }
        match data.op {
            Op::Add | Op::AddWrap => {
                self.narrow(a, range.difference(self.now[b]).cut(), depth)
                    && self.narrow(b, range.difference(self.now[a]).cut(), depth)
            }
            Op::Sub | Op::SubWrap => self.narrow(a, range.sum(self.now[b]).cut(), depth),
            Op::Mul | Op::MulWrap if a == b && range.hi >= 0 => {
                let root = square_root(range.hi);
                self.narrow(a, Interval::new(-root, root), depth)
            }
            _ => true,
        }
    }
}
