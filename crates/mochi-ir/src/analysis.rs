//! Facts about functions that passes and the verifier share. Each is computed from scratch and holds until the function
//! changes; [`FlowCache`] keeps those about control flow.

pub mod bounds;
pub mod dominators;
pub mod fresh;
pub mod homes;
pub mod interval;
pub mod liveness;
pub mod loops;
pub mod memory;
pub mod order;
pub mod preds;
pub mod ranges;
pub mod summaries;
pub mod uses;
pub mod versions;

pub use dominators::Dominators;
pub use fresh::FreshLists;
pub use homes::homes;
pub use liveness::Liveness;
pub use loops::{Loop, Loops};
pub use order::Order;
pub use preds::Preds;
pub use ranges::Ranges;
pub use summaries::{Summaries, Summary};
pub use uses::{Uses, count_uses};

use crate::func::Func;

/// What passes want to know about the control flow of a function.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Which block dominates which; the order of blocks.
    pub dominators: Dominators,
    /// Where control comes from.
    pub preds: Preds,
    /// The nest of loops.
    pub loops: Loops,
}

impl Flow {
    /// The control flow of a function.
    pub fn compute(func: &Func) -> Self {
        let dominators = Dominators::compute(func);
        let preds = Preds::compute(func, &dominators);
        let loops = Loops::compute(func, &dominators, &preds);
        Self { dominators, preds, loops }
    }
}

/// The control flow of one function, computed when somebody asks.
#[derive(Clone, Debug, Default)]
pub struct FlowCache(Option<Flow>);

impl FlowCache {
    /// The control flow as it was when it was last computed; who changes targets calls [`forget`](Self::forget).
    pub fn get(&mut self, func: &Func) -> &Flow {
        self.0.get_or_insert_with(|| Flow::compute(func))
    }
    /// Says that blocks or targets have changed.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}
