//! Removes instructions whose results nobody needs, and block parameters likewise, also those that only feed each other.
//!
//! Sound because only instructions without an effect that the outside sees go; calls by what their summaries say.
//! Cost: each instruction is visited once, each edge twice. Changes no blocks.

use mochi_base::IdVec;

use crate::func::{Block, Def, Func, Value};
use crate::passes::{Changed, Context};

/// Runs the pass.
pub fn dead_code(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let flow = cx.flow.get(func);
    let order = flow.dominators.order();
    let mut live = Live { marks: IdVec::new(), work: Vec::new() };
    live.marks.resize(func.values.len(), false);
    for &block in order {
        for &inst in &func.blocks[block].insts {
            let data = &func.insts[inst];
            if !cx.summaries.effects(data).removable() {
                data.args.iter().for_each(|&v| live.mark(v));
            }
        }
    }
    for &param in &func.blocks[Func::ENTRY].params {
        live.mark(param);
    }
    while let Some(value) = live.work.pop() {
        match func.values[value].def {
            Def::Inst(inst) => func.insts[inst].args.iter().for_each(|&v| live.mark(v)),
            Def::Param(block, index) => {
                for target in flow.preds.edges(func, block) {
                    live.mark(target.args[index as usize]);
                }
            }
            Def::Gone => {}
        }
    }
    sweep(func, order, &live.marks, |func, inst| cx.summaries.effects(&func.insts[inst]).removable())
}

struct Live {
    marks: IdVec<Value, bool>,
    work: Vec<Value>,
}

impl Live {
    fn mark(&mut self, value: Value) {
        if !std::mem::replace(&mut self.marks[value], true) {
            self.work.push(value);
        }
    }
}

/// Removes what is not marked.
fn sweep(
    func: &mut Func,
    order: &[Block],
    live: &IdVec<Value, bool>,
    removable: impl Fn(&Func, crate::func::Inst) -> bool,
) -> Changed {
    let mut changed = false;
    for &block in order {
        let mut insts = std::mem::take(&mut func.blocks[block].insts);
        insts.retain(|&inst| {
            let keep = func.insts[inst].result.is_some_and(|v| live[v]) || !removable(func, inst);
            if !keep {
                func.forget_inst(inst);
                changed = true;
            }
            keep
        });
        if let Some(&last) = insts.last() {
            for target in &mut func.insts[last].targets {
                let mut params = func.blocks[target.block].params.iter();
                target.args.retain(|_| params.next().is_some_and(|&p| live[p]));
            }
        }
        func.blocks[block].insts = insts;
    }
    for &block in order {
        let keep: Vec<bool> = func.blocks[block].params.iter().map(|&p| live[p]).collect();
        if keep.contains(&false) {
            func.retain_params(block, |i| keep[i]);
            changed = true;
        }
    }
    Changed::insts_if(changed)
}
