//! Which lists a loop may lengthen, for passes that look at lists through views.

use mochi_base::IdVec;

use crate::analysis::{Flow, FreshLists, Loop};
use crate::func::{Func, Inst, Value};
use crate::verify::{Lengthens, lengthens};

/// The lists that may grow in a loop.
#[derive(Clone, Default)]
pub struct Lengthened {
    lists: Vec<Value>,
    /// Any list.
    any: bool,
}

/// Lists that are told apart in a loop.
const MAX_LISTS: usize = 16;

impl Lengthened {
    /// By loop: what it may lengthen, apart from instructions that are known to lengthen nothing.
    pub fn by_loop(func: &Func, flow: &Flow, spares: impl Fn(Inst) -> bool) -> IdVec<Loop, Self> {
        let loops = &flow.loops;
        let mut found: IdVec<Loop, Self> = IdVec::new();
        found.resize(loops.ids().count(), Self::default());
        for &block in flow.dominators.order() {
            let Some(l) = loops.innermost(block) else { continue };
            for &inst in &func.blocks[block].insts {
                match lengthens(&func.insts[inst]) {
                    None => {}
                    Some(_) if spares(inst) => {}
                    Some(Lengthens::Own(list)) => found[l].add(&[list]),
                    Some(Lengthens::Any) => found[l].any = true,
                }
            }
        }
        for l in loops.ids().rev() {
            if let Some(parent) = loops.get(l).parent {
                let inner = found[l].clone();
                found[parent].any |= inner.any;
                found[parent].add(&inner.lists);
            }
        }
        found
    }

    fn add(&mut self, lists: &[Value]) {
        for &list in lists {
            if !self.lists.contains(&list) {
                self.lists.push(list);
            }
        }
        self.any |= self.lists.len() > MAX_LISTS;
    }

    /// Whether a list may be one of them.
    pub fn may_be(&self, fresh: &FreshLists<'_>, list: Value) -> bool {
        self.any || !self.lists.iter().all(|&grown| fresh.is_other(grown, list))
    }
}
