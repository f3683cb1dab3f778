//! Globals that nothing assigns once something may read them, such as the `let`s at the top of a script.
//!
//! Where such a global is a constant, reading it is that constant. Other reads become `global.fixed`, which reads no memory
//! that changes, or in the entry the value that was assigned. Only the last assignment is left, for whoever asks for the
//! value of a global when the program has ended.
//!
//! A global is *fixed* by an assignment in the entry, outside of loops, which every other assignment of it dominates and
//! which dominates whatever may read it: in the entry the reads themselves and the calls of what reads any global. All
//! other functions run within such calls only. The zero values that globals get at the start are such other assignments.
//!
//! Sound because on every way to a read the last assignment is the one that fixes the global: a way from another one that
//! did not come past it would be a way from the start of the entry to the read that does not either. A read that moves stays
//! behind that assignment: it is in no loop, so it dominates what is before a loop that it dominates, and what is hoisted
//! within another function stays in that function. A program that grows may assign what it likes later.

use mochi_base::IdVec;

use crate::analysis::{Flow, Summaries};
use crate::func::{Block, Func, Inst, Value};
use crate::module::{FuncId, GlobalId, Module};
use crate::op::{Imm, Op, effect};
use crate::passes::Changed;
use crate::passes::constant::Const;
use crate::passes::substitution::Substitution;

/// An instruction of the entry: its block, and its position there.
type Point = (Block, usize);

/// What is known of a global.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Known {
    /// Nothing assigns it.
    Unassigned,
    /// This assignment, of this value, is the last one so far.
    Assigned(Point, Value),
    /// It may change.
    Changes,
}

/// Runs the pass.
pub fn globals(module: &mut Module, summaries: &Summaries) -> Changed {
    let Some(entry) = module.entry.filter(|_| !module.open && !module.globals.is_empty()) else {
        return Changed::No;
    };
    let known = find(module, entry, summaries);
    let mut constants: IdVec<GlobalId, Option<Const>> = IdVec::new();
    for known in known.values() {
        constants.push(match known {
            Known::Assigned(_, value) => Const::of(&module.funcs[entry], *value),
            _ => None,
        });
    }
    let mut changed = false;
    for id in module.own_funcs().filter(|&id| id != entry) {
        let func = &mut module.funcs[id];
        for &inst in func.blocks.values().flat_map(|block| &block.insts) {
            let data = &mut func.insts[inst];
            let (Op::GlobalGet, Imm::Global(global)) = (data.op, &data.imm) else { continue };
            let global = *global;
            match (known[global], constants[global]) {
                (Known::Assigned(..), Some(constant)) => constant.write_to(data),
                (Known::Assigned(..), None) => data.op = Op::GlobalFixed,
                _ => continue,
            }
            changed = true;
        }
    }
    changed |= rewrite_entry(&mut module.funcs[entry], &known);
    Changed::insts_if(changed)
}

/// Finds what fixes each global.
fn find(module: &Module, entry: FuncId, summaries: &Summaries) -> IdVec<GlobalId, Known> {
    let mut known: IdVec<GlobalId, Known> = IdVec::new();
    known.resize(module.globals.len(), Known::Unassigned);
    for id in module.own_funcs().filter(|&id| id != entry) {
        let func = &module.funcs[id];
        for &inst in func.blocks.values().flat_map(|block| &block.insts) {
            if let (Op::GlobalSet, Imm::Global(global)) = (func.insts[inst].op, &func.insts[inst].imm) {
                known[*global] = Known::Changes;
            }
        }
    }
    let func = &module.funcs[entry];
    let flow = Flow::compute(func);
    let before = |a: Point, b: Point| match a.0 == b.0 {
        true => a.1 < b.1,
        false => flow.dominators.dominates(a.0, b.0),
    };
    let mut reads: Vec<(GlobalId, Point)> = Vec::new();
    let mut calls: Option<Point> = None;
    for &block in flow.dominators.order() {
        for (at, &inst) in func.blocks[block].insts.iter().enumerate() {
            let (data, point) = (&func.insts[inst], (block, at));
            match (data.op, &data.imm) {
                (Op::GlobalSet, Imm::Global(global)) => {
                    let follows = match known[*global] {
                        Known::Unassigned => true,
                        Known::Assigned(last, _) => before(last, point),
                        Known::Changes => false,
                    };
                    let fixes = follows && flow.loops.innermost(block).is_none();
                    known[*global] =
                        if fixes { Known::Assigned(point, data.args[0]) } else { Known::Changes };
                }
                (Op::GlobalGet, Imm::Global(global)) => reads.push((*global, point)),
                _ if summaries.effects(data).intersects(effect::READS_GLOBAL) => {
                    calls = Some(calls.map_or(point, |calls| common(&flow, calls, point)));
                }
                _ => {}
            }
        }
    }
    let all = known.ids().filter_map(|global| Some((global, calls?)));
    for (global, point) in all.collect::<Vec<_>>().into_iter().chain(reads) {
        if let Known::Assigned(last, _) = known[global]
            && !before(last, point)
        {
            known[global] = Known::Changes;
        }
    }
    known
}

/// The last point that every way to either of two goes past; a later one in the order of blocks comes second.
fn common(flow: &Flow, a: Point, b: Point) -> Point {
    if a.0 == b.0 {
        return (a.0, a.1.min(b.1));
    }
    let mut block = b.0;
    while !flow.dominators.dominates(block, a.0) {
        block = flow.dominators.parent(block).expect("the first block dominates all");
    }
    // Everything in the block comes before both but for what `a` is.
    if block == a.0 { a } else { (block, usize::MAX) }
}

/// Replaces reads in the entry and takes assignments that nobody sees.
fn rewrite_entry(func: &mut Func, known: &IdVec<GlobalId, Known>) -> bool {
    let mut substitution = Substitution::new();
    let mut dead: Vec<(Block, Inst)> = Vec::new();
    for (block, data) in func.blocks.iter() {
        for (at, &inst) in data.insts.iter().enumerate() {
            let data = &func.insts[inst];
            let (Op::GlobalGet | Op::GlobalSet, Imm::Global(global)) = (data.op, &data.imm) else { continue };
            let Known::Assigned(last, value) = known[*global] else { continue };
            if let Some(result) = data.result {
                substitution.set(result, value);
                dead.push((block, inst));
            } else if last != (block, at) {
                dead.push((block, inst));
            }
        }
    }
    let changed = !dead.is_empty();
    let mut dead = dead.into_iter().peekable();
    for block in func.blocks.ids() {
        func.blocks[block].insts.retain(|&inst| dead.next_if_eq(&(block, inst)).is_none());
    }
    substitution.apply(func);
    changed
}
