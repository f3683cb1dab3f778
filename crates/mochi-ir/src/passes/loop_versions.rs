//! Makes two versions of loops whose accesses to lists are in bounds if a few comparisons before the loop hold.
//!
//! Where an index is at most something that is known before the loop, as in `while k < n { xs[k] = 0 ... }`, nothing says that
//! `n` is at most the length of the list. So the loop is copied, and before it *guards* compare: where all of them hold, the first
//! version runs, in which ranges then prove the accesses in bounds, so that `views` takes the checks away; else the copy
//! runs, which is as the loop was.
//!
//! A nest of loops gets its guards before the outermost loop before which all accesses of its innermost loops can be
//! guarded; there is nothing to gain in loops that call, which take their time anyway, or that may lengthen the list.
//!
//! Sound because both versions are the loop, and guards neither trap nor have an effect. No list ever gets shorter, so a
//! length from before the loop is still one in it. A value of the loop that is used after it comes to where it is used as
//! the parameter of a block that both versions leave to.
//! Guards of all loops are made before the first copy: what one compares may be a value of another of these loops.
//! Cost: the ranges of the function, and the flow and a copy for each loop; growth is bounded by the limits below.

use mochi_base::IdVec;
use rustc_hash::FxHashMap;

use crate::analysis::ranges::Limits;
use crate::analysis::{Flow, FreshLists, Loop, Ranges, homes};
use crate::func::{Block, Def, Func, Inst, InstData, Target, Value};
use crate::op::{Imm, Op};
use crate::passes::lengthened::Lengthened;
use crate::passes::licm::is_cheap;
use crate::passes::preheaders::{make_preheaders, preheader};
use crate::passes::views::has_views;
use crate::passes::{Changed, Context};
use crate::ty::{TyKind, Types};

/// Instructions of a nest of loops up to which it is copied.
const MAX_SIZE: usize = 120;
/// Instructions of copies in a function.
const MAX_GROWTH: usize = 1_000;
/// Comparisons before a loop.
const MAX_GUARDS: usize = 6;
/// Indexes beyond this are in no list that a program makes.
const MAX_INDEX: i64 = 1 << 32;
/// How often accesses are looked at again after some were found to gain nothing.
const MAX_ROUNDS: usize = 3;

/// Runs the pass.
pub fn loop_versions(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    if cx.flow.get(func).loops.is_empty() || !accesses_lists(func, cx.flow.get(func)) {
        return Changed::No;
    }
    let made = make_preheaders(func, cx.flow.get(func));
    if made {
        cx.flow.forget();
    }
    let found = Finder::new(func, &cx.module.types, cx.flow.get(func)).find();
    // All guards first: what they compare may be a value of another of these loops.
    let others: Vec<Block> = found.iter().map(|(_, before, guards)| guard(func, *before, guards)).collect();
    for (&(header, ..), &other) in found.iter().zip(&others) {
        make_versions(func, &cx.module.types, header, other);
    }
    Changed::flow_if(made || !found.is_empty())
}

/// Whether loops access lists.
fn accesses_lists(func: &Func, flow: &Flow) -> bool {
    let in_loops = func.blocks.iter().filter(|&(block, _)| flow.loops.innermost(block).is_some());
    let mut insts = in_loops.flat_map(|(_, data)| &data.insts);
    insts.any(|&inst| matches!(func.insts[inst].op, Op::ListGet | Op::ListSet))
}

/// A comparison before a loop.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Guard {
    /// That `of + plus`, or `plus` alone, is below the length of a list.
    Below {
        list: Value,
        of: Option<Value>,
        plus: i64,
    },
    NotNegative(Value),
}

/// Finds the loops that are worth it.
struct Finder<'a> {
    func: &'a Func,
    types: &'a Types,
    flow: &'a Flow,
    ranges: Ranges,
    /// The block that defines each value.
    home: IdVec<Value, Block>,
    /// By loop: whether there is none in it, nor anything that takes long.
    is_fast: IdVec<Loop, bool>,
    /// By loop: its number of instructions.
    size: IdVec<Loop, usize>,
    /// The accesses that gain from guards.
    gaining: FxHashMap<Inst, Loop>,
}

impl<'a> Finder<'a> {
    fn new(func: &'a Func, types: &'a Types, flow: &'a Flow) -> Self {
        let loops = &flow.loops;
        let (mut is_fast, mut size) = (IdVec::new(), IdVec::new());
        is_fast.resize(loops.ids().count(), true);
        size.resize(loops.ids().count(), 0);
        for id in loops.ids().rev() {
            let insts = || loops.blocks(id).iter().flat_map(|&block| &func.blocks[block].insts);
            size[id] = insts().count();
            is_fast[id] &= insts().all(|&inst| is_cheap(&func.insts[inst]));
            if let Some(parent) = loops.get(id).parent {
                is_fast[parent] = false;
            }
        }
        let ranges = Ranges::compute_limits(func, types, flow);
        let home = homes(func, &flow.dominators);
        Self { func, types, flow, ranges, home, is_fast, size, gaining: FxHashMap::default() }
    }

    /// The headers of the loops, none inside another, with the preheaders and their guards.
    fn find(mut self) -> Vec<(Block, Block, Vec<Guard>)> {
        self.find_gaining();
        let loops = &self.flow.loops;
        let mut chosen: IdVec<Loop, bool> = IdVec::new();
        chosen.resize(loops.ids().count(), false);
        let mut found = Vec::new();
        let mut room = MAX_GROWTH;
        for id in loops.ids() {
            chosen[id] = loops.get(id).parent.is_some_and(|parent| chosen[parent]);
            if chosen[id] || self.size[id] > MAX_SIZE.min(room) {
                continue;
            }
            if let Some(before) = preheader(self.func, self.flow, id)
                && let Some(guards) = self.guards(id)
                && exits(self.func, self.types, self.flow, id).is_some()
            {
                room -= self.size[id];
                chosen[id] = true;
                found.push((loops.get(id).header, before, guards));
            }
        }
        found
    }

    /// Finds the accesses that a guard makes accesses to a view.
    fn find_gaining(&mut self) {
        let fresh = FreshLists::compute(self.func, &self.flow.dominators);
        for &block in self.flow.dominators.order() {
            let Some(around) = self.flow.loops.innermost(block) else { continue };
            for &inst in &self.func.blocks[block].insts {
                let mut guards = Vec::new();
                if self.add_guards(inst, around, &mut guards) {
                    self.gaining.insert(inst, around);
                }
            }
        }
        for _ in 0..MAX_ROUNDS {
            let becomes_store = |inst: Inst| {
                self.func.insts[inst].op == Op::ListSet
                    && (self.ranges.is_safe(inst) || self.gaining.contains_key(&inst))
            };
            let lengthened = Lengthened::by_loop(self.func, self.flow, becomes_store);
            let before = self.gaining.len();
            let func = self.func;
            self.gaining
                .retain(|&inst, around| !lengthened[*around].may_be(&fresh, func.insts[inst].args[0]));
            if self.gaining.len() == before {
                break;
            }
        }
    }

    /// The guards before a loop that all gaining accesses in the innermost loops of it need, and what others can share; none if
    /// that cannot be or gains nothing.
    fn guards(&self, id: Loop) -> Option<Vec<Guard>> {
        let mut guards = Vec::new();
        let mut gains = false;
        for &block in self.flow.loops.blocks(id) {
            for &inst in &self.func.blocks[block].insts {
                let Some(&around) = self.gaining.get(&inst) else { continue };
                let added = self.add_guards(inst, id, &mut guards);
                if self.is_fast[around] && !added {
                    return None;
                }
                gains |= self.is_fast[around];
            }
        }
        (gains && guards.len() <= MAX_GUARDS).then_some(guards)
    }

    /// Adds the guards before a loop that an access in it needs. Returns whether there are such guards.
    fn add_guards(&self, inst: Inst, id: Loop, guards: &mut Vec<Guard>) -> bool {
        let data = &self.func.insts[inst];
        let (Op::ListGet | Op::ListSet, &[list, index, ..]) = (data.op, &data.args[..]) else { return false };
        let Some(limits) = self.ranges.limits(inst) else { return false };
        if !has_views(self.func, self.types, list) || !self.is_known_before(list, id) {
            return false;
        }
        let Some(below) = self.below(list, limits, id) else { return false };
        if !limits.not_negative {
            let Some(start) = self.start(index, id) else { return false };
            add(guards, Guard::NotNegative(start));
        }
        add(guards, below);
        true
    }

    fn is_known_before(&self, value: Value, id: Loop) -> bool {
        let home = self.home[value];
        !self.flow.loops.contains(id, home)
            && self.flow.dominators.dominates(home, self.flow.loops.get(id).header)
    }

    /// That an index is below the length of a list.
    fn below(&self, list: Value, limits: &Limits, id: Loop) -> Option<Guard> {
        let bound = limits.bounds.iter().find(|bound| self.is_known_before(bound.of, id));
        match bound {
            Some(bound) => Some(Guard::Below { list, of: Some(bound.of), plus: bound.plus }),
            None if limits.most < MAX_INDEX => Some(Guard::Below { list, of: None, plus: limits.most }),
            None => None,
        }
    }

    /// The value that an index is not less than, because it is that or counts up from it.
    fn start(&self, index: Value, id: Loop) -> Option<Value> {
        let start = match self.func.values[index].def {
            Def::Param(header, at) if !self.is_known_before(index, id) => {
                let counted = self.flow.loops.headed_by(header)?;
                let arg_from = |block: Block| {
                    let targets = &self.func.terminator(block)?.targets;
                    let target = targets.iter().find(|target| target.block == header)?;
                    target.args.get(at as usize).copied()
                };
                let mut latches =
                    self.flow.preds.of(header).iter().filter(|&&p| self.flow.loops.contains(counted, p));
                let counts_up = |value: Value| {
                    self.func.def_inst(value).is_some_and(|next| {
                        matches!(next.op, Op::Add | Op::AddWrap)
                            && next.args[0] == index
                            && self.func.const_int(next.args[1]).is_some_and(|by| by >= 0)
                    })
                };
                if !latches.all(|&latch| arg_from(latch).is_some_and(counts_up)) {
                    return None;
                }
                arg_from(preheader(self.func, self.flow, counted)?)?
            }
            _ => index,
        };
        (self.is_known_before(start, id) && self.func.const_int(start).is_none()).then_some(start)
    }
}

/// Adds a guard, which may be one together with another.
fn add(guards: &mut Vec<Guard>, guard: Guard) {
    for known in guards.iter_mut() {
        match (known, guard) {
            (known, guard) if *known == guard => return,
            (Guard::Below { list, of, plus }, Guard::Below { list: l, of: o, plus: p })
                if (*list, *of) == (l, o) =>
            {
                *plus = p.max(*plus);
                return;
            }
            _ => {}
        }
    }
    guards.push(guard);
}

/// Makes the copy of a loop to which a block goes that goes to the loop.
fn make_versions(func: &mut Func, types: &Types, header: Block, other: Block) {
    let flow = Flow::compute(func);
    let Some(id) = flow.loops.headed_by(header) else { return };
    let Some(exits) = exits(func, types, &flow, id) else { return };
    exits.iter().for_each(|exit| close(func, &flow, id, exit));
    let copy = copy_loop(func, flow.loops.blocks(id), header);
    let jump = *func.blocks[other].insts.last().expect("it goes to the loop");
    func.insts[jump].targets[0].block = copy;
}

/// A block that a loop is left to.
struct Exit {
    block: Block,
    /// The values of the loop that are used where only this exit leads to, with the uses.
    values: Vec<(Value, Vec<Inst>)>,
}

/// The exits of a loop; `None` if one of its values is used where several of them lead to.
fn exits(func: &Func, types: &Types, flow: &Flow, id: Loop) -> Option<Vec<Exit>> {
    let inside = |block| flow.loops.contains(id, block);
    let mut exits: Vec<Exit> = Vec::new();
    for block in flow.loops.blocks(id).iter().flat_map(|&block| func.successors(block)) {
        if !inside(block) && !exits.iter().any(|exit| exit.block == block) {
            exits.push(Exit { block, values: Vec::new() });
        }
    }
    let home = homes(func, &flow.dominators);
    for &block in flow.dominators.order().iter().filter(|&&block| !inside(block)) {
        for &inst in &func.blocks[block].insts {
            for value in func.uses(inst).filter(|&value| inside(home[value])) {
                let Exit { values, .. } = exits.iter_mut().find(|exit| {
                    flow.dominators.dominates(exit.block, block)
                        && flow.preds.of(exit.block).iter().all(|&pred| inside(pred))
                })?;
                if matches!(types.kind(func.ty(value)), TyKind::View(_)) {
                    return None;
                }
                match values.iter_mut().find(|(known, _)| *known == value) {
                    Some((_, uses)) => uses.push(inst),
                    None => values.push((value, vec![inst])),
                }
            }
        }
    }
    Some(exits)
}

/// Leads a loop to an exit through a block that has what is used after it as parameters.
fn close(func: &mut Func, flow: &Flow, id: Loop, exit: &Exit) {
    let block = func.add_block();
    let mut on = Target { block: exit.block, args: Default::default() };
    for i in 0..func.blocks[exit.block].params.len() {
        on.args.push(share_as_param(func, block, func.blocks[exit.block].params[i]));
    }
    for (value, uses) in &exit.values {
        let param = share_as_param(func, block, *value);
        for &inst in uses {
            func.insts[inst].uses_mut().filter(|used| **used == *value).for_each(|used| *used = param);
        }
    }
    let last = func.terminator(exit.block).expect("a block ends");
    let mut jump = InstData::new(Op::Jump, &[], Imm::None, last.span, last.scope);
    jump.targets.push(on);
    func.push_inst(block, jump);
    for &pred in flow.preds.of(exit.block).iter().filter(|&&pred| flow.loops.contains(id, pred)) {
        let Some(&last) = func.blocks[pred].insts.last() else { continue };
        for target in func.insts[last].targets.iter_mut().filter(|target| target.block == exit.block) {
            target.block = block;
            target.args.extend(exit.values.iter().map(|&(value, _)| value));
        }
    }
}

/// A parameter of a block that stands for a value.
fn share_as_param(func: &mut Func, block: Block, value: Value) -> Value {
    let param = func.add_param(block, func.ty(value));
    func.names.share(param, value);
    param
}

/// Copies the blocks of a loop. Returns the copy of its header.
fn copy_loop(func: &mut Func, blocks: &[Block], header: Block) -> Block {
    let copies: FxHashMap<Block, Block> = blocks.iter().map(|&block| (block, func.add_block())).collect();
    // A use may come before the definition in the order of blocks, so values are made first.
    let mut values: FxHashMap<Value, Value> = FxHashMap::default();
    for block in blocks {
        for i in 0..func.blocks[*block].params.len() {
            let param = func.blocks[*block].params[i];
            values.insert(param, share_as_param(func, copies[block], param));
        }
        for i in 0..func.blocks[*block].insts.len() {
            if let Some(result) = func.insts[func.blocks[*block].insts[i]].result {
                let copy = func.add_value(func.ty(result));
                func.names.share(copy, result);
                values.insert(result, copy);
            }
        }
    }
    for block in blocks {
        for i in 0..func.blocks[*block].insts.len() {
            let mut data = func.insts[func.blocks[*block].insts[i]].clone();
            let copy = |value: &mut Value| *value = values.get(value).copied().unwrap_or(*value);
            data.uses_mut().for_each(copy);
            data.result.iter_mut().for_each(copy);
            for target in &mut data.targets {
                target.block = copies.get(&target.block).copied().unwrap_or(target.block);
            }
            func.push_inst(copies[block], data);
        }
    }
    copies[&header]
}

/// Makes a preheader go to its loop through another block where a guard does not hold. Returns that block.
fn guard(func: &mut Func, before: Block, guards: &[Guard]) -> Block {
    let jump = func.blocks[before].insts.pop().expect("a preheader jumps");
    let InstData { span, scope, .. } = func.insts[jump];
    let other = func.add_block();
    func.push_inst(other, func.insts[jump].clone());
    let mut at = before;
    for &guard in guards {
        let make = |func: &mut Func, op, args: &[Value], imm, ty| {
            let inst = func.make_inst(InstData::new(op, args, imm, span, scope), Some(ty));
            func.blocks[at].insts.push(inst);
            func.insts[inst].result.expect("it has a type")
        };
        let int = |func: &mut Func, n| make(func, Op::ConstInt, &[], Imm::Int(n), Types::I64);
        let cond = match guard {
            Guard::NotNegative(value) => {
                let zero = int(func, 0);
                make(func, Op::Ge, &[value, zero], Imm::None, Types::BOOL)
            }
            Guard::Below { list, of, plus } => {
                let index = of.unwrap_or_else(|| int(func, plus));
                let above = of.filter(|_| plus != 0 && plus != -1).map(|_| int(func, plus + 1));
                let len = make(func, Op::ListLen, &[list], Imm::None, Types::I64);
                // `of + plus < len`, written so that nothing overflows.
                let limit = match above {
                    Some(n) => make(func, Op::SubWrap, &[len, n], Imm::None, Types::I64),
                    None => len,
                };
                let op = if of.is_some() && plus != 0 { Op::Le } else { Op::Lt };
                make(func, op, &[index, limit], Imm::None, Types::BOOL)
            }
        };
        let next = func.add_block();
        let mut branch = InstData::new(Op::Branch, &[cond], Imm::None, span, scope);
        branch.targets = [next, other].map(|block| Target { block, args: Default::default() }).to_vec();
        func.push_inst(at, branch);
        at = next;
    }
    func.blocks[at].insts.push(jump);
    other
}
