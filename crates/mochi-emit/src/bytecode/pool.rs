//! Where constants that need a slot are made.
//!
//! Outside of loops: once per block, before their first use there. In loops: before the outermost loop, at the end of a
//! block that dominates it. So a loop never makes constants, and constants of straight code live for a short time.

use mochi_ir::analysis::{Dominators, Loops};
use rustc_hash::FxHashMap;

use super::fold::{Const, ConstId};
use crate::layout::{Layout, Place};

/// A constant that is made at some place.
pub(super) struct Pooled {
    /// What it is.
    pub value: Const,
    /// The block that makes it.
    pub home: Place,
    /// The instruction before which it is made.
    pub before: u32,
}

/// The pooled constants of a function.
pub(super) struct Pool {
    /// By place: the block that makes the constants that the block there uses.
    homes: Vec<Place>,
    ids: FxHashMap<(ConstId, Place), u32>,
    /// All of them.
    pub entries: Vec<Pooled>,
    /// Entries by the instruction before which they are made, ascending; filled by [`Pool::finish`].
    order: Vec<u32>,
}

impl Pool {
    /// An empty pool.
    pub fn new(layout: &Layout, dominators: &Dominators, loops: &Loops) -> Pool {
        // By place: the nearest block that dominates and is in no loop. Parents come before their children.
        let mut homes: Vec<Place> = Vec::with_capacity(layout.order.len());
        for (place, &block) in (0..).zip(&layout.order) {
            // The entry is in no loop, so every block in one has a dominator.
            let parent = dominators.parent(block).filter(|_| loops.innermost(block).is_some());
            homes.push(parent.map_or(place, |parent| homes[layout.place(parent) as usize]));
        }
        Pool { homes, ids: FxHashMap::default(), entries: Vec::new(), order: Vec::new() }
    }

    /// Wants a constant for an instruction of a block; uses come in ascending order per block.
    pub fn want(&mut self, layout: &Layout, id: ConstId, value: Const, place: Place, inst: u32) -> u32 {
        let home = self.homes[place as usize];
        let before = if home == place { inst } else { layout.end(home) - 1 };
        let entries = &mut self.entries;
        let entry = *self.ids.entry((id, home)).or_insert_with(|| {
            entries.push(Pooled { value, home, before });
            entries.len() as u32 - 1
        });
        // A use in the home block itself may come before its end.
        let found = &mut self.entries[entry as usize];
        found.before = found.before.min(before);
        entry
    }
    /// The entry for a use that was wanted.
    pub fn get(&self, id: ConstId, place: Place) -> u32 {
        self.ids[&(id, self.homes[place as usize])]
    }
    /// Sorts the entries; to be called when all are wanted.
    pub fn finish(&mut self) {
        self.order = (0..self.entries.len() as u32).collect();
        self.order.sort_by_key(|&e| self.entries[e as usize].before);
    }
    /// The entries that are made before an instruction.
    pub fn made_before(&self, inst: u32) -> &[u32] {
        let from = self.order.partition_point(|&e| self.entries[e as usize].before < inst);
        let count =
            self.order[from..].iter().take_while(|&&e| self.entries[e as usize].before == inst).count();
        &self.order[from..from + count]
    }
}
