//! Simplifies the graph of blocks.
//!
//! - A branch on a constant, or with equal targets, is a jump; one whose targets differ in few arguments is a jump with
//!   selected arguments.
//! - A jump to a block that only jumps on goes to where that leads. An edge to a block that only branches goes to where
//!   that leads, when the edge decides it: by a constant argument, or as an edge of a branch on the same condition. A
//!   jump to a block that only branches, returns or traps does that itself.
//! - Blocks that nothing reaches are removed; a block with one way in, which is a jump, is appended to the one before.
//!
//! Sound because the same instructions with effects run in the same order. A block is only gone around when nobody else
//! uses its parameters; what it uses besides them dominates its predecessors.
//! Cost: a few walks over the function, each linear.

use mochi_base::IdVec;
use smallvec::SmallVec;

use crate::analysis::Order;
use crate::func::{Block, Def, Func, InstData, Target, Value};
use crate::op::{Imm, Op};
use crate::passes::constant::{Const, chosen_target};
use crate::passes::substitution::Substitution;
use crate::passes::{Changed, Context};
use crate::ty::{TyKind, Types};

/// Walks after which the rest is left to the next run of the pass.
const MAX_ROUNDS: usize = 4;
/// Empty blocks that one edge is led through: a cycle of them has no end.
const MAX_STEPS: usize = 8;
/// Differing arguments up to which a branch becomes selections.
const MAX_SELECTS: usize = 2;
/// Arguments up to which the branch at the end of an empty block is copied to its predecessors.
const MAX_COPIED_ARGS: usize = 16;

/// Runs the pass.
pub fn simplify_cfg(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let mut changed = false;
    for _ in 0..MAX_ROUNDS {
        let mut again = fold_terminators(func, &cx.module.types);
        again |= thread_edges(func);
        again |= remove_unreached(func);
        again |= merge_blocks(func);
        changed |= again;
        if !again {
            break;
        }
    }
    Changed::flow_if(changed)
}

fn fold_terminators(func: &mut Func, types: &Types) -> bool {
    let mut changed = false;
    for block in func.blocks.ids() {
        let Some(&last) = func.blocks[block].insts.last() else { continue };
        let data = &func.insts[last];
        if !matches!(data.op, Op::Branch | Op::Switch) {
            continue;
        }
        let first = &data.targets[0];
        let constant = Const::of(func, data.args[0]).and_then(|c| chosen_target(data, c));
        if let Some(i) = constant {
            become_jump(func, block, i);
            changed = true;
        } else if data.targets.iter().all(|t| t == first) {
            become_jump(func, block, 0);
            changed = true;
        } else if data.op == Op::Branch && first.block == data.targets[1].block {
            changed |= select_args(func, types, block);
        }
    }
    changed
}

/// Makes a terminator a jump to one of its targets.
fn become_jump(func: &mut Func, block: Block, target: usize) {
    let last = *func.blocks[block].insts.last().expect("the block has a terminator");
    let data = &mut func.insts[last];
    data.op = Op::Jump;
    data.imm = Imm::None;
    data.args.clear();
    data.targets.swap(0, target);
    data.targets.truncate(1);
}

/// `branch c, b(x), b(y)` is `jump b(select c, x, y)`.
fn select_args(func: &mut Func, types: &Types, block: Block) -> bool {
    let last = *func.blocks[block].insts.last().expect("the block has a terminator");
    let data = &func.insts[last];
    let (cond, span, scope) = (data.args[0], data.span, data.scope);
    let pairs = data.targets[0].args.iter().zip(&data.targets[1].args);
    let differing: SmallVec<[(usize, Value, Value); MAX_SELECTS]> =
        pairs.enumerate().filter(|(_, (a, b))| a != b).map(|(i, (&a, &b))| (i, a, b)).collect();
    let is_view = |v: Value| matches!(types.kind(func.ty(v)), TyKind::View(_));
    if differing.len() > MAX_SELECTS || differing.iter().any(|&(_, a, _)| is_view(a)) {
        return false;
    }
    for (i, a, b) in differing {
        let data = InstData::new(Op::Select, &[cond, a, b], Imm::None, span, scope);
        let inst = func.make_inst(data, Some(func.ty(a)));
        func.insts[last].targets[0].args[i] = func.insts[inst].result.expect("select has a result");
        let end = func.blocks[block].insts.len() - 1;
        func.blocks[block].insts.insert(end, inst);
    }
    become_jump(func, block, 0);
    true
}

fn thread_edges(func: &mut Func) -> bool {
    let order = Order::compute(func);
    let empty = empty_blocks(func, &order);
    let mut changed = false;
    for &block in order.blocks().iter().rev() {
        let Some(&last) = func.blocks[block].insts.last() else { continue };
        for i in 0..func.insts[last].targets.len() {
            for _ in 0..MAX_STEPS {
                let Some(target) = next_target(func, &empty, block, &func.insts[last], i) else { break };
                func.insts[last].targets[i] = target;
                changed = true;
            }
        }
        changed |= copy_terminator(func, &empty, block);
    }
    changed
}

/// Blocks of nothing but a terminator that edges may go around: nobody else uses their parameters.
fn empty_blocks(func: &Func, order: &Order) -> IdVec<Block, bool> {
    let mut empty: IdVec<Block, bool> = IdVec::new();
    for data in func.blocks.values() {
        empty.push(data.insts.len() == 1);
    }
    empty[Func::ENTRY] = false;
    // A loop that some edges enter past its branching header, and others through it, would have two headers. So
    // such a header goes for all edges or for none.
    let (mut is_header, mut has_branch_in) = (empty.clone(), empty.clone());
    is_header.values_mut().chain(has_branch_in.values_mut()).for_each(|b| *b = false);
    for &block in order.blocks() {
        let Some(term) = func.terminator(block) else { continue };
        for target in &term.targets {
            is_header[target.block] |= order.position(target.block) <= order.position(block);
            has_branch_in[target.block] |= term.op != Op::Jump;
        }
        for value in func.blocks[block].insts.iter().flat_map(|&inst| func.uses(inst)) {
            if let Def::Param(of, _) = func.values[value].def
                && of != block
            {
                empty[of] = false;
            }
        }
    }
    for &block in order.blocks() {
        let goes = |t: &InstData| t.op == Op::Jump || (!has_branch_in[block] && may_copy(t, block));
        empty[block] &= !is_header[block] || func.terminator(block).is_some_and(goes);
    }
    empty
}

/// Whether the predecessors of an empty block may do what it does.
fn may_copy(term: &InstData, block: Block) -> bool {
    matches!(term.op, Op::Branch | Op::Return | Op::Trap)
        && term.targets.iter().map(|t| t.args.len()).sum::<usize>() <= MAX_COPIED_ARGS
        && term.targets.iter().all(|t| t.block != block)
}

/// Where the edge to an empty block leads, if the edge decides that.
fn next_target(
    func: &Func,
    empty: &IdVec<Block, bool>,
    from: Block,
    term: &InstData,
    i: usize,
) -> Option<Target> {
    let edge = &term.targets[i];
    if !empty[edge.block] || edge.block == from {
        return None;
    }
    let next = func.terminator(edge.block)?;
    let chosen = match next.op {
        Op::Jump => 0,
        Op::Branch | Op::Switch => {
            let cond = argument(func, edge, next.args[0]);
            let known = Const::of(func, cond).or_else(|| implied(term, i, cond))?;
            chosen_target(next, known)?
        }
        _ => return None,
    };
    let target = &next.targets[chosen];
    (target.block != edge.block).then(|| Target {
        block: target.block,
        args: target.args.iter().map(|&v| argument(func, edge, v)).collect(),
    })
}

/// What a value is for who comes along an edge: the argument, for a parameter of the block.
fn argument(func: &Func, edge: &Target, value: Value) -> Value {
    match func.values[value].def {
        Def::Param(block, index) if block == edge.block => edge.args[index as usize],
        _ => value,
    }
}

/// What taking a target of a branch says about its condition.
fn implied(term: &InstData, target: usize, value: Value) -> Option<Const> {
    let decides =
        term.op == Op::Branch && term.args[0] == value && term.targets[0].block != term.targets[1].block;
    decides.then_some(Const::Bool(target == 0))
}

/// A jump to an empty block does what that block does.
fn copy_terminator(func: &mut Func, empty: &IdVec<Block, bool>, block: Block) -> bool {
    let Some(&last) = func.blocks[block].insts.last() else { return false };
    let InstData { op: Op::Jump, targets, .. } = &func.insts[last] else { return false };
    let edge = targets[0].clone();
    if !empty[edge.block] || edge.block == block {
        return false;
    }
    let Some(mut data) = func.terminator(edge.block).filter(|t| may_copy(t, edge.block)).cloned() else {
        return false;
    };
    for arg in data.uses_mut() {
        *arg = argument(func, &edge, *arg);
    }
    func.insts[last] = data;
    true
}

/// Removes the blocks that nothing reaches. Returns whether there were some.
pub fn remove_unreached(func: &mut Func) -> bool {
    let mut reached: IdVec<Block, bool> = IdVec::new();
    reached.resize(func.blocks.len(), false);
    let mut work = vec![Func::ENTRY];
    while let Some(block) = work.pop() {
        if !std::mem::replace(&mut reached[block], true) {
            work.extend(func.successors(block));
        }
    }
    let mut changed = false;
    for block in func.blocks.ids() {
        if !reached[block] && !func.blocks[block].insts.is_empty() {
            func.remove_block(block);
            changed = true;
        }
    }
    changed
}

fn merge_blocks(func: &mut Func) -> bool {
    let mut ways_in: IdVec<Block, u32> = IdVec::new();
    ways_in.resize(func.blocks.len(), 0);
    ways_in[Func::ENTRY] = 2;
    for block in func.blocks.ids() {
        for succ in func.successors(block) {
            ways_in[succ] += 1;
        }
    }
    let follower = |func: &Func, block: Block| match func.terminator(block) {
        Some(InstData { op: Op::Jump, targets, .. }) => Some(targets[0].block).filter(|&b| ways_in[b] == 1),
        _ => None,
    };
    let mut follows: IdVec<Block, bool> = IdVec::new();
    follows.resize(func.blocks.len(), false);
    for block in func.blocks.ids() {
        if let Some(next) = follower(func, block) {
            follows[next] = true;
        }
    }
    let mut values = Substitution::new();
    let mut changed = false;
    // From the first block of each chain, so that every instruction moves once.
    for block in func.blocks.ids().filter(|&b| !follows[b]) {
        while let Some(next) = follower(func, block) {
            let target =
                func.terminator(block).map(|t| t.targets[0].clone()).expect("the block has a follower");
            debug_assert_eq!(target.block, next);
            let next = std::mem::take(&mut func.blocks[next]);
            for (&param, &arg) in next.params.iter().zip(&target.args) {
                values.set(param, arg);
                func.values[param].def = Def::Gone;
            }
            func.blocks[block].insts.pop();
            func.blocks[block].insts.extend(next.insts);
            changed = true;
        }
    }
    values.apply(func);
    changed
}
