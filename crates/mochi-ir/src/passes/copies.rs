//! Replaces block parameters that always hold the same value.
//!
//! Assumes at first of every parameter that it is a copy of whatever comes in, and gives the assumption up where two
//! different values meet; what is left is true of all of them together, also of parameters that feed each other around
//! loops. Sound because a value that comes in on every path is defined on every path, so it dominates the block.
//! Cost: one walk over the edges per level of loop nesting. Changes no blocks.

use mochi_base::IdVec;

use crate::analysis::Preds;
use crate::func::{Block, Func, Value};
use crate::passes::substitution::Substitution;
use crate::passes::{Changed, Context};

/// Walks after which a nest of loops is too deep to be worth going on.
const MAX_ROUNDS: usize = 24;

/// Runs the pass.
pub fn copies(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let flow = cx.flow.get(func);
    let order = flow.dominators.order();
    let Some(copy_of) = find(func, order, &flow.preds) else { return Changed::No };
    let mut values = Substitution::new();
    for &block in order {
        for &param in &func.blocks[block].params {
            if copy_of[param] != param {
                values.set(param, copy_of[param]);
            }
        }
    }
    if !values.is_used() {
        return Changed::No;
    }
    for &block in order {
        let Some(&last) = func.blocks[block].insts.last() else { continue };
        for target in &mut func.insts[last].targets {
            let mut params = func.blocks[target.block].params.iter();
            target.args.retain(|_| params.next().is_some_and(|&p| copy_of[p] == p));
        }
    }
    for &block in order {
        let keep: Vec<bool> = func.blocks[block].params.iter().map(|&p| copy_of[p] == p).collect();
        if keep.contains(&false) {
            func.retain_params(block, |i| keep[i]);
        }
    }
    values.apply(func);
    Changed::Insts
}

/// By value: what it is a copy of, itself if of nothing else. `None` if that would take too long.
fn find(func: &Func, order: &[Block], preds: &Preds) -> Option<IdVec<Value, Value>> {
    /// Nothing has come in yet.
    const UNKNOWN: Value = Value(u32::MAX);
    let mut copy_of: IdVec<Value, Value> = func.values.ids().collect::<Vec<_>>().into();
    for &block in order.iter().skip(1) {
        for &param in &func.blocks[block].params {
            copy_of[param] = UNKNOWN;
        }
    }
    let mut incoming = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let mut changed = false;
        for &block in order.iter().skip(1) {
            let params = &func.blocks[block].params;
            if params.iter().all(|&p| copy_of[p] == p) {
                continue;
            }
            incoming.clear();
            incoming.resize(params.len(), UNKNOWN);
            for target in preds.edges(func, block) {
                for ((&param, incoming), &arg) in params.iter().zip(&mut incoming).zip(&target.args) {
                    let value = copy_of[arg];
                    if value != UNKNOWN && value != param {
                        *incoming = if *incoming == UNKNOWN || *incoming == value { value } else { param };
                    }
                }
            }
            for (&param, &value) in params.iter().zip(&incoming) {
                // What was found to be more than a copy stays so.
                if copy_of[param] != param && copy_of[param] != value {
                    copy_of[param] = value;
                    changed = true;
                }
            }
        }
        if !changed {
            return Some(copy_of);
        }
    }
    None
}
