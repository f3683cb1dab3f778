//! Who uses each value.

use mochi_base::IdVec;
use mochi_base::id::Id;

use crate::func::{Block, Func, Inst, Value};

/// How often each value is used by instructions that are in blocks.
pub fn count_uses(func: &Func) -> IdVec<Value, u32> {
    let mut counts: IdVec<Value, u32> = IdVec::new();
    counts.resize(func.values.len(), 0);
    for block in func.blocks.values() {
        for &inst in &block.insts {
            for value in func.uses(inst) {
                counts[value] += 1;
            }
        }
    }
    counts
}

/// The instructions that use each value, flat in one vector; one that uses it twice is listed twice.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    start: Vec<u32>,
    insts: Vec<(Inst, Block)>,
    /// By instruction: its block.
    block_of: IdVec<Inst, Option<Block>>,
}

impl Uses {
    /// The uses in a function.
    pub fn compute(func: &Func) -> Self {
        let mut start = vec![0u32; func.values.len() + 1];
        for (value, count) in count_uses(func).iter() {
            start[value.index() + 1] = *count;
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        let mut next = start.clone();
        let mut insts = vec![(Inst(0), Func::ENTRY); start.last().map_or(0, |&n| n as usize)];
        let mut block_of = IdVec::new();
        block_of.resize(func.insts.len(), None);
        for (block, data) in func.blocks.iter() {
            for &inst in &data.insts {
                block_of[inst] = Some(block);
                for value in func.uses(inst) {
                    let at = &mut next[value.index()];
                    insts[*at as usize] = (inst, block);
                    *at += 1;
                }
            }
        }
        Self { start, insts, block_of }
    }

    /// The instructions that use a value, with their blocks. Values made since the computation have none.
    pub fn of(&self, value: Value) -> &[(Inst, Block)] {
        match (self.start.get(value.index()), self.start.get(value.index() + 1)) {
            (Some(&from), Some(&to)) => &self.insts[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The block that an instruction is in.
    pub fn block_of(&self, inst: Inst) -> Option<Block> {
        self.block_of.get(inst).copied().flatten()
    }
}
