//! Predecessors of blocks, one entry per edge: a branch whose targets are the same block counts twice.
//!
//! Only edges from reached blocks count; a [`Dominators`] tree says which those are.

use mochi_base::id::Id;

use crate::analysis::Dominators;
use crate::func::{Block, Func, Target};

/// The predecessors of each block, flat in one vector.
#[derive(Clone, Debug, Default)]
pub struct Preds {
    /// By block: where its part of `blocks` starts; one more element than blocks.
    start: Vec<u32>,
    blocks: Vec<Block>,
}

impl Preds {
    /// The predecessors in a function.
    pub fn compute(func: &Func, dominators: &Dominators) -> Self {
        let mut start = vec![0u32; func.blocks.len() + 1];
        for &block in dominators.order() {
            for succ in func.successors(block) {
                start[succ.index() + 1] += 1;
            }
        }
        for i in 1..start.len() {
            start[i] += start[i - 1];
        }
        let mut next = start.clone();
        let mut blocks = vec![Func::ENTRY; start.last().map_or(0, |&n| n as usize)];
        for &block in dominators.order() {
            for succ in func.successors(block) {
                blocks[next[succ.index()] as usize] = block;
                next[succ.index()] += 1;
            }
        }
        Self { start, blocks }
    }

    /// The predecessors of a block, in reverse post-order.
    pub fn of(&self, block: Block) -> &[Block] {
        let i = block.index();
        &self.blocks[self.start[i] as usize..self.start[i + 1] as usize]
    }
    /// The edges to a block: the targets of its predecessors that lead there.
    pub fn edges<'a>(&'a self, func: &'a Func, block: Block) -> impl Iterator<Item = &'a Target> + 'a {
        let preds = self.of(block);
        // The entries of one predecessor are neighbours; its targets are to be looked at once.
        let first = move |i: usize| i == 0 || preds[i] != preds[i - 1];
        (0..preds.len())
            .filter(move |&i| first(i))
            .flat_map(move |i| func.terminator(preds[i]).map_or(&[][..], |t| &t.targets))
            .filter(move |t| t.block == block)
    }
    /// The block that every edge to `block` comes from, when there is one edge.
    pub fn sole(&self, block: Block) -> Option<Block> {
        match self.of(block) {
            [one] => Some(*one),
            _ => None,
        }
    }
}
