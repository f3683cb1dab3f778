//! Reverse post-order of the blocks that the entry reaches: each before its successors, except along back edges.

use mochi_base::IdVec;

use crate::func::{Block, Func};

/// Number of a block that is not reached.
const UNREACHED: u32 = u32::MAX;

/// The order of the blocks of a function.
#[derive(Clone, Debug, Default)]
pub struct Order {
    blocks: Vec<Block>,
    /// Position in `blocks`.
    number: IdVec<Block, u32>,
}

impl Order {
    /// The order of a function. Targets that are no blocks of it are passed over.
    ///
    /// A depth-first walk with an explicit stack: functions of generated programs have long chains of blocks.
    pub fn compute(func: &Func) -> Self {
        let mut this = Self::default();
        this.number.resize(func.blocks.len(), UNREACHED);
        if func.is_declaration() {
            return this;
        }
        // While the walk is on, any number but UNREACHED means "seen".
        let mut stack = vec![(Func::ENTRY, 0)];
        this.number[Func::ENTRY] = 0;
        while let Some((block, next)) = stack.last_mut() {
            let targets = func.terminator(*block).map_or(&[][..], |t| &t.targets);
            let Some(target) = targets.get(*next) else {
                this.blocks.push(*block);
                stack.pop();
                continue;
            };
            *next += 1;
            if this.number.get(target.block) == Some(&UNREACHED) {
                this.number[target.block] = 0;
                stack.push((target.block, 0));
            }
        }
        this.blocks.reverse();
        for (i, &block) in this.blocks.iter().enumerate() {
            this.number[block] = i as u32;
        }
        this
    }

    /// Reached blocks in reverse post-order, the entry first.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }
    /// Position of a block in [`blocks`](Self::blocks), if it is reached.
    pub fn position(&self, block: Block) -> Option<usize> {
        self.number.get(block).copied().filter(|&n| n != UNREACHED).map(|n| n as usize)
    }
    /// Whether the entry reaches the block.
    pub fn reached(&self, block: Block) -> bool {
        self.position(block).is_some()
    }
}
