//! Takes the bodies of functions that the entry cannot come to call.
//!
//! They become declarations, so that ids stay. A module without an entry is a library, and one that is open
//! will grow: of those everything is reached.
//! Sound because code names what it calls: a function is reached through `call` and `closure.new` only, or as the
//! uniform one of a function that is.

use mochi_base::IdVec;

use crate::analysis::Summaries;
use crate::func::Func;
use crate::module::{FuncId, Module};
use crate::op::Imm;
use crate::passes::Changed;

/// Runs the pass.
pub fn unreached(module: &mut Module, _: &Summaries) -> Changed {
    let Some(entry) = module.entry.filter(|_| !module.open) else { return Changed::No };
    let mut reached: IdVec<FuncId, bool> = IdVec::new();
    reached.resize(module.funcs.len(), false);
    let mut work = vec![entry];
    while let Some(id) = work.pop() {
        if !std::mem::replace(&mut reached[id], true) {
            work.extend(mentioned(&module.funcs[id]));
        }
    }
    let mut changed = false;
    for id in module.funcs.ids() {
        if !reached[id] && !module.funcs[id].is_declaration() {
            module.funcs[id] = module.funcs[id].as_declaration();
            changed = true;
        }
    }
    Changed::flow_if(changed)
}

fn mentioned(func: &Func) -> impl Iterator<Item = FuncId> + '_ {
    let insts = func.blocks.values().flat_map(|b| &b.insts);
    let called = insts.filter_map(|&inst| match &func.insts[inst].imm {
        Imm::Func(id, _) => Some(*id),
        _ => None,
    });
    called.chain(func.uniform)
}
