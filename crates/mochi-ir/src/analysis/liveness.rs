//! Which of some values are live at the start of each block: control may still reach an instruction that uses them.
//!
//! Computed value by value, from its uses up to its definition. The work and the result grow with the lengths of live
//! ranges in blocks, so ask only about few values; when there are too many in too many blocks there is no answer.

use mochi_base::IdVec;

use crate::analysis::{Flow, Uses};
use crate::func::{Block, Def, Func, Inst, Value};

/// Values live in blocks, all together, beyond which the result is not worth its memory.
const MAX_ENTRIES: usize = 1 << 22;

/// Live values at the starts of blocks.
#[derive(Clone, Debug)]
pub struct Liveness {
    at_start: IdVec<Block, Vec<Value>>,
}

impl Liveness {
    /// The liveness of the values that a filter accepts, unless there is too much of it.
    pub fn compute(func: &Func, flow: &Flow, wanted: impl Fn(Value) -> bool) -> Option<Self> {
        Self::compute_for(func, flow, wanted, |_, _| true)
    }
    /// The same where only those uses count that a second filter accepts.
    pub fn compute_for(
        func: &Func,
        flow: &Flow,
        wanted: impl Fn(Value) -> bool,
        counts: impl Fn(Inst, Value) -> bool,
    ) -> Option<Self> {
        let uses = Uses::compute(func);
        let mut at_start: IdVec<Block, Vec<Value>> = IdVec::new();
        at_start.resize(func.blocks.len(), Vec::new());
        let (mut entries, mut work) = (0, Vec::new());
        // Values come in order, so a value that is in the list of a block is its last.
        for value in func.values.ids().filter(|&v| wanted(v)) {
            let home = match func.values[value].def {
                Def::Inst(inst) => uses.block_of(inst),
                Def::Param(block, _) => Some(block),
                Def::Gone => None,
            };
            let users = uses.of(value).iter().filter(|&&(inst, _)| counts(inst, value));
            work.extend(users.map(|&(_, block)| block));
            while let Some(block) = work.pop() {
                if Some(block) == home || at_start[block].last() == Some(&value) {
                    continue;
                }
                at_start[block].push(value);
                entries += 1;
                work.extend_from_slice(flow.preds.of(block));
            }
            if entries > MAX_ENTRIES {
                return None;
            }
        }
        Some(Self { at_start })
    }

    /// The values live at the start of a block, in order; the parameters of the block are not among them.
    pub fn at_start(&self, block: Block) -> &[Value] {
        &self.at_start[block]
    }
    /// Whether a value is live at the start of a block.
    pub fn is_live_at_start(&self, value: Value, block: Block) -> bool {
        self.at_start[block].binary_search(&value).is_ok()
    }
}
