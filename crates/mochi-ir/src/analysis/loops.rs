//! Natural loops and their nesting.
//!
//! A loop is a header together with the blocks that reach one of its back edges without going through it; a back edge
//! goes to a block that dominates its source. Back edges of one header make one loop. A cycle without such a header
//! (irreducible control flow, which `mochi-lower` does not make) is no loop here: passes that ask for loops leave it
//! alone, and passes that iterate treat its edges as edges to an unknown place.
//!
//! Found as in Havlak's algorithm without its irreducible part: headers from inner to outer, walking predecessors and
//! stepping over loops already found, so that every block is looked at once per level.

use mochi_base::{IdVec, id_type};

use crate::analysis::{Dominators, Preds};
use crate::func::{Block, Func};

id_type! {
    /// A loop of a [`Loops`] nest. Outer loops come before the loops inside them.
    Loop
}

/// A loop.
#[derive(Clone, Debug)]
pub struct LoopData {
    /// The block through which every path enters.
    pub header: Block,
    /// The loop around this one.
    pub parent: Option<Loop>,
    /// How many loops are around a block of this one, this one included; from 1.
    pub depth: u32,
    /// Its part of the nest's list of blocks.
    first: u32,
    end: u32,
}

/// The loops of a function.
#[derive(Clone, Debug, Default)]
pub struct Loops {
    loops: IdVec<Loop, LoopData>,
    innermost: IdVec<Block, Option<Loop>>,
    /// Blocks in loops, so that the blocks of one loop, inner ones included, are neighbours.
    blocks: Vec<Block>,
}

impl Loops {
    /// The loops of a function.
    pub fn compute(func: &Func, dominators: &Dominators, preds: &Preds) -> Self {
        let mut nest = Self::default();
        nest.innermost.resize(func.blocks.len(), None);
        nest.find(dominators, preds);
        nest.number_outer_first();
        nest.list_blocks(dominators);
        nest
    }

    /// All loops, outer ones first.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Loop> + use<> {
        self.loops.ids()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.loops.is_empty()
    }
    /// A loop.
    pub fn get(&self, id: Loop) -> &LoopData {
        &self.loops[id]
    }
    /// The innermost loop around a block.
    pub fn innermost(&self, block: Block) -> Option<Loop> {
        self.innermost.get(block).copied().flatten()
    }
    /// How many loops are around a block.
    pub fn depth(&self, block: Block) -> u32 {
        self.innermost(block).map_or(0, |l| self.loops[l].depth)
    }
    /// The loop that a block is the header of.
    pub fn headed_by(&self, block: Block) -> Option<Loop> {
        self.innermost(block).filter(|&l| self.loops[l].header == block)
    }
    /// The blocks of a loop, those of inner loops included, in no particular order.
    pub fn blocks(&self, id: Loop) -> &[Block] {
        let data = &self.loops[id];
        &self.blocks[data.first as usize..data.end as usize]
    }
    /// Whether a block belongs to a loop or one inside it.
    pub fn contains(&self, id: Loop, block: Block) -> bool {
        let depth = self.loops[id].depth;
        let mut at = self.innermost(block);
        while let Some(inner) = at {
            if self.loops[inner].depth <= depth {
                return inner == id;
            }
            at = self.loops[inner].parent;
        }
        false
    }

    fn find(&mut self, dominators: &Dominators, preds: &Preds) {
        let mut work = Vec::new();
        for &header in dominators.order().iter().rev() {
            work.extend(preds.of(header).iter().copied().filter(|&p| dominators.dominates(header, p)));
            if work.is_empty() {
                continue;
            }
            let this = self.loops.push(LoopData { header, parent: None, depth: 0, first: 0, end: 0 });
            while let Some(block) = work.pop() {
                match self.outermost_so_far(block) {
                    None => {
                        self.innermost[block] = Some(this);
                        if block != header {
                            work.extend_from_slice(preds.of(block));
                        }
                    }
                    Some(inner) if inner != this => {
                        self.loops[inner].parent = Some(this);
                        work.extend_from_slice(preds.of(self.loops[inner].header));
                    }
                    Some(_) => {}
                }
            }
        }
    }

    /// The outermost loop found so far around a block. Shortens no paths: nests are shallow.
    fn outermost_so_far(&self, block: Block) -> Option<Loop> {
        let mut at = self.innermost[block]?;
        while let Some(outer) = self.loops[at].parent {
            at = outer;
        }
        Some(at)
    }

    /// Loops were found from the last header to the first, so the reverse has outer loops first.
    fn number_outer_first(&mut self) {
        let count = self.loops.len() as u32;
        let renumber = |l: Loop| Loop(count - 1 - l.0);
        let reversed: Vec<LoopData> = self.loops.values().rev().cloned().collect();
        self.loops = reversed.into();
        for data in self.loops.values_mut() {
            data.parent = data.parent.map(renumber);
        }
        for innermost in self.innermost.values_mut() {
            *innermost = innermost.map(renumber);
        }
        for id in self.loops.ids() {
            self.loops[id].depth = self.loops[id].parent.map_or(0, |p| self.loops[p].depth) + 1;
        }
    }

    /// Lays the loops out like the subtrees of a tree in preorder.
    fn list_blocks(&mut self, dominators: &Dominators) {
        let mut own = vec![0u32; self.loops.len()];
        let mut total = vec![0u32; self.loops.len()];
        for &block in dominators.order() {
            if let Some(l) = self.innermost[block] {
                own[l.0 as usize] += 1;
            }
        }
        for id in self.loops.ids().rev() {
            total[id.0 as usize] += own[id.0 as usize];
            if let Some(parent) = self.loops[id].parent {
                total[parent.0 as usize] += total[id.0 as usize];
            }
        }
        // The blocks of a loop itself come first in its part, those of inner loops after them.
        let (mut roots, mut next_inner, mut next_own) =
            (0, vec![0u32; self.loops.len()], vec![0u32; self.loops.len()]);
        for id in self.loops.ids() {
            let i = id.0 as usize;
            let place = match self.loops[id].parent {
                Some(parent) => &mut next_inner[parent.0 as usize],
                None => &mut roots,
            };
            let first = *place;
            *place += total[i];
            (self.loops[id].first, self.loops[id].end) = (first, first + total[i]);
            (next_own[i], next_inner[i]) = (first, first + own[i]);
        }
        self.blocks = vec![Func::ENTRY; roots as usize];
        for &block in dominators.order() {
            if let Some(l) = self.innermost[block] {
                let at = &mut next_own[l.0 as usize];
                self.blocks[*at as usize] = block;
                *at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Builder;
    use crate::ty::Types;

    /// A function whose block `i` branches to the blocks of `edges[i]`.
    fn loops(edges: &[&[u32]]) -> Loops {
        let mut f = Func::declaration("f", 0, vec![Types::BOOL], Types::UNIT);
        for _ in edges {
            f.add_block();
        }
        let cond = f.add_param(Func::ENTRY, Types::BOOL);
        for (i, to) in edges.iter().enumerate() {
            let mut b = Builder::new(&mut f, Block(i as u32));
            match to {
                [] => b.ret(None),
                [one] => b.jump(Block(*one), &[]),
                [a, c] => b.branch(cond, Block(*a), &[], Block(*c), &[]),
                _ => unreachable!(),
            }
        }
        let dominators = Dominators::compute(&f);
        let preds = Preds::compute(&f, &dominators);
        Loops::compute(&f, &dominators, &preds)
    }

    fn sorted(loops: &Loops, id: Loop) -> Vec<u32> {
        let mut blocks: Vec<u32> = loops.blocks(id).iter().map(|b| b.0).collect();
        blocks.sort_unstable();
        blocks
    }

    #[test]
    fn nested_loops_are_listed_outer_first() {
        // 1 heads the outer loop, 2 an inner one with two back edges, 5 another inner one.
        let l = loops(&[&[1], &[2, 7], &[3, 5], &[2, 4], &[2], &[5, 6], &[1], &[]]);
        let ids: Vec<Loop> = l.ids().collect();
        assert_eq!(ids.len(), 3);
        assert_eq!(l.get(ids[0]).header, Block(1));
        assert_eq!(sorted(&l, ids[0]), [1, 2, 3, 4, 5, 6]);
        let inner: Vec<(u32, Vec<u32>)> =
            ids[1..].iter().map(|&i| (l.get(i).header.0, sorted(&l, i))).collect();
        assert!(inner.contains(&(2, vec![2, 3, 4])) && inner.contains(&(5, vec![5])), "{inner:?}");
        assert_eq!((l.depth(Block(0)), l.depth(Block(1)), l.depth(Block(4))), (0, 1, 2));
        assert!(l.contains(ids[0], Block(5)) && !l.contains(ids[0], Block(7)));
        assert_eq!(l.headed_by(Block(2)), l.innermost(Block(4)));
    }

    #[test]
    fn a_cycle_with_two_entries_is_no_loop() {
        assert!(loops(&[&[1, 2], &[2], &[1, 3], &[]]).is_empty());
    }
}
