//! The order of blocks, and the numbers of instructions in it.
//!
//! Reverse post-order, except that the blocks of a loop are neighbours. So what dominates comes first, every jump back
//! goes to a loop header, and the values of a loop are not live in blocks that only happen to lie in between.

use mochi_base::id::Id;
use mochi_ir::analysis::{Dominators, Loops, Preds};
use mochi_ir::{Block, Func};

/// The position of a block in the order.
pub(crate) type Place = u32;

/// The order of the reached blocks of a function, and facts about them by place.
pub(crate) struct Layout {
    /// The blocks in order.
    pub order: Vec<Block>,
    /// By block: its place.
    place: Vec<Place>,
    /// By place: the number of its first instruction; one more element for the end.
    first: Vec<u32>,
    /// By place: how many loops are around it.
    pub depth: Vec<u32>,
    /// By place: the places of its predecessors, flat.
    preds: Vec<Place>,
    preds_start: Vec<u32>,
}

impl Layout {
    /// Orders the reached blocks.
    pub fn new(func: &Func, dominators: &Dominators, loops: &Loops, preds: &Preds) -> Layout {
        let order = order(func, dominators, loops);
        let mut place = vec![Place::MAX; func.blocks.len()];
        let mut first = Vec::with_capacity(order.len() + 1);
        let mut next = 0;
        for (at, &block) in (0..).zip(&order) {
            place[block.index()] = at;
            first.push(next);
            next += func.blocks[block].insts.len() as u32;
        }
        first.push(next);
        let mut flat = Vec::new();
        let mut preds_start = vec![0];
        for &block in &order {
            flat.extend(preds.of(block).iter().map(|p| place[p.index()]));
            preds_start.push(flat.len() as u32);
        }
        let depth = order.iter().map(|&b| loops.depth(b)).collect();
        Layout { order, place, first, depth, preds: flat, preds_start }
    }

    /// The place of a reached block.
    pub fn place(&self, block: Block) -> Place {
        self.place[block.index()]
    }
    /// The number of a block's first instruction.
    pub fn first(&self, place: Place) -> u32 {
        self.first[place as usize]
    }
    /// One past the number of a block's last instruction.
    pub fn end(&self, place: Place) -> u32 {
        self.first[place as usize + 1]
    }
    /// The predecessors of a block.
    pub fn preds(&self, place: Place) -> &[Place] {
        let (from, to) = (self.preds_start[place as usize], self.preds_start[place as usize + 1]);
        &self.preds[from as usize..to as usize]
    }
}

/// Takes the blocks in reverse post-order, which has a header before the rest of its loop; each loop collects its own
/// blocks and inner loops, and is written out where its header was.
fn order(func: &Func, dominators: &Dominators, loops: &Loops) -> Vec<Block> {
    if loops.is_empty() {
        return dominators.order().to_vec();
    }
    #[derive(Clone, Copy)]
    enum Item {
        Block(Block),
        Loop(usize),
    }
    // The last list is that of the function.
    let outside = loops.ids().count();
    let mut lists: Vec<Vec<Item>> = vec![Vec::new(); outside + 1];
    for &block in dominators.order() {
        let inside = loops.innermost(block);
        if let Some(headed) = loops.headed_by(block) {
            let parent = loops.get(headed).parent.map_or(outside, Id::index);
            lists[parent].push(Item::Loop(headed.index()));
        }
        lists[inside.map_or(outside, Id::index)].push(Item::Block(block));
    }
    let mut order = Vec::with_capacity(func.blocks.len());
    let mut stack = vec![(outside, 0)];
    while let Some((list, at)) = stack.last_mut() {
        let item = lists[*list].get(*at).copied();
        *at += 1;
        match item {
            Some(Item::Block(block)) => order.push(block),
            Some(Item::Loop(inner)) => stack.push((inner, 0)),
            None => {
                stack.pop();
            }
        }
    }
    order
}
