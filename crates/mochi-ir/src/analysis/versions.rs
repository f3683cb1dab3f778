//! Versions of memory: between two places where a class of memory has the same version, nothing writes it.
//!
//! A class gets a new version where it is written, where paths with different versions meet, and at the header of a loop
//! that writes it. Only classes that somebody asks about are counted.

use mochi_base::IdVec;
use smallvec::SmallVec;

use crate::analysis::memory::{Classes, loop_writes};
use crate::analysis::{Flow, Loop, Summaries};
use crate::func::{Block, Func};
use crate::ty::Types;

/// The versions of some classes.
pub type VersionList = SmallVec<[u32; 2]>;

/// The versions at one place of a walk over the dominator tree.
#[derive(Debug)]
pub struct Versions {
    /// By class: position among the classes that matter.
    slot_of: [Option<u8>; 64],
    /// The versions at the place of the walk.
    now: Vec<u32>,
    next: u32,
    /// The versions at the end of blocks; empty for those that the walk has not left.
    at_end: IdVec<Block, Box<[u32]>>,
    written_in: IdVec<Loop, Classes>,
}

impl Versions {
    /// For some classes of memory; of others nothing is known.
    pub fn new(func: &Func, types: &Types, summaries: &Summaries, flow: &Flow, wanted: Classes) -> Self {
        let mut slot_of = [None; 64];
        let mut count = 0;
        for bit in wanted.bits() {
            slot_of[bit as usize] = Some(count);
            count += 1;
        }
        let mut at_end = IdVec::new();
        at_end.resize(func.blocks.len(), Box::default());
        let written_in = if count == 0 { IdVec::new() } else { loop_writes(func, types, summaries, flow) };
        Self { slot_of, now: vec![0; usize::from(count)], next: 1, at_end, written_in }
    }

    /// Goes to the start of a block; blocks come in the order of [`Dominators::walk`](crate::analysis::Dominators::walk).
    pub fn enter(&mut self, flow: &Flow, block: Block) {
        if self.now.is_empty() || block == Func::ENTRY {
            return;
        }
        let preds = flow.preds.of(block);
        let this = flow.loops.headed_by(block);
        let from_outside = |p: &&Block| !this.is_some_and(|l| flow.loops.contains(l, **p));
        let mut outside = preds.iter().filter(from_outside);
        let Some(&first) = outside.next() else { return self.forget(|_| true) };
        if self.at_end[first].is_empty() {
            return self.forget(|_| true);
        }
        self.now.copy_from_slice(&self.at_end[first]);
        let mut differs = vec![false; self.now.len()];
        for &pred in outside {
            let end = &self.at_end[pred];
            if end.is_empty() {
                // An edge of a cycle that is no loop.
                return self.forget(|_| true);
            }
            for ((d, a), b) in differs.iter_mut().zip(&self.now).zip(end) {
                *d |= a != b;
            }
        }
        self.forget(|i| differs[i]);
        if let Some(l) = this {
            self.write(self.written_in[l]);
        }
    }

    fn forget(&mut self, which: impl Fn(usize) -> bool) {
        for (i, version) in self.now.iter_mut().enumerate() {
            if which(i) {
                *version = self.next;
                self.next += 1;
            }
        }
    }

    /// Takes note that memory may be written.
    pub fn write(&mut self, classes: Classes) {
        if self.now.is_empty() {
            return;
        }
        for bit in classes.bits() {
            if let Some(slot) = self.slot_of[bit as usize] {
                self.now[usize::from(slot)] = self.next;
                self.next += 1;
            }
        }
    }

    /// Whether all of these classes were asked for.
    pub fn knows(&self, classes: Classes) -> bool {
        classes.bits().all(|bit| self.slot_of[bit as usize].is_some())
    }
    /// The versions of classes that were asked for, in order of their bits.
    pub fn of(&self, classes: Classes) -> VersionList {
        let slot = |bit: u32| {
            let slot = self.slot_of[bit as usize];
            debug_assert!(slot.is_some(), "nobody asked for versions of class {bit}");
            slot.map_or(0, |s| self.now[usize::from(s)])
        };
        classes.bits().map(slot).collect()
    }

    /// Takes note of the versions at the end of a block.
    pub fn leave(&mut self, block: Block) {
        self.at_end[block] = self.now.clone().into();
    }
}
