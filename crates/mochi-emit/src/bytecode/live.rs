//! Where each value is live, as ranges of positions.
//!
//! Instruction `k` spans the positions `4k..4k+4`: constants for it are made at `4k + 1`, it reads until `4k + 3`, where
//! its result is defined. Block parameters are defined at the first position of their block; arguments of targets are
//! read until the end of theirs. Two values may share a slot when their ranges do not overlap.

use super::layout::{Layout, Place};

/// What needs a slot: a value, or after all values a pooled constant.
pub(super) type Entity = u32;

/// A half-open range of positions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Range {
    pub from: u32,
    pub to: u32,
}

/// First position of an instruction.
pub(super) fn start(inst: u32) -> u32 {
    4 * inst
}
/// Where a constant for an instruction is made.
pub(super) fn pooled(inst: u32) -> u32 {
    4 * inst + 1
}
/// Where the result of an instruction is defined, and its reading ends.
pub(super) fn result(inst: u32) -> u32 {
    4 * inst + 3
}
/// One past the last position of an instruction.
pub(super) fn end(inst: u32) -> u32 {
    4 * inst + 4
}

/// Definitions and uses of a function, to be turned into ranges.
#[derive(Default)]
pub(super) struct Uses {
    /// By entity: block and position of the definition; `None` for what needs no slot.
    pub defs: Vec<Option<(Place, u32)>>,
    /// Entity, block, and the position where it is read last.
    pub uses: Vec<(Entity, Place, u32)>,
}

/// The ranges of all entities.
pub(super) struct Ranges {
    ranges: Vec<Range>,
    start: Vec<u32>,
}

impl Ranges {
    /// The ranges of an entity, ascending and apart; empty for what needs no slot.
    pub fn of(&self, entity: Entity) -> &[Range] {
        let i = entity as usize;
        &self.ranges[self.start[i] as usize..self.start[i + 1] as usize]
    }

    /// Follows each use back to its definition, block by block.
    pub fn compute(layout: &Layout, uses: &Uses) -> Ranges {
        let by_entity = group(uses);
        let mut ranges = Vec::new();
        let mut starts = vec![0];
        // By place: the last entity that is live through the whole block, plus one.
        let mut through = vec![0u32; layout.order.len()];
        let mut work: Vec<Place> = Vec::new();
        let mut own: Vec<Range> = Vec::new();
        for (entity, def) in (0u32..).zip(&uses.defs) {
            if let &Some((home, at)) = def {
                own.push(Range { from: at, to: at + 1 });
                for &use_index in by_entity.of(entity) {
                    let (_, place, to) = uses.uses[use_index as usize];
                    if place == home {
                        own.push(Range { from: at, to });
                        continue;
                    }
                    own.push(Range { from: start(layout.first(place)), to });
                    work.extend_from_slice(layout.preds(place));
                    while let Some(place) = work.pop() {
                        if std::mem::replace(&mut through[place as usize], entity + 1) == entity + 1 {
                            continue;
                        }
                        let to = start(layout.end(place));
                        if place == home {
                            own.push(Range { from: at, to });
                        } else {
                            own.push(Range { from: start(layout.first(place)), to });
                            work.extend_from_slice(layout.preds(place));
                        }
                    }
                }
                merge(&mut own, &mut ranges);
            }
            starts.push(ranges.len() as u32);
        }
        Ranges { ranges, start: starts }
    }
}

/// Sorts ranges and joins those that touch.
fn merge(own: &mut Vec<Range>, out: &mut Vec<Range>) {
    own.sort_unstable_by_key(|r| r.from);
    let first = out.len();
    for range in own.drain(..) {
        match out[first..].last_mut() {
            Some(last) if range.from <= last.to => last.to = last.to.max(range.to),
            _ => out.push(range),
        }
    }
}

/// Uses grouped by entity.
struct Grouped {
    index: Vec<u32>,
    start: Vec<u32>,
}

impl Grouped {
    fn of(&self, entity: Entity) -> &[u32] {
        let i = entity as usize;
        &self.index[self.start[i] as usize..self.start[i + 1] as usize]
    }
}

fn group(uses: &Uses) -> Grouped {
    let mut start = vec![0u32; uses.defs.len() + 1];
    for (entity, ..) in &uses.uses {
        start[*entity as usize + 1] += 1;
    }
    for i in 1..start.len() {
        start[i] += start[i - 1];
    }
    let mut next = start.clone();
    let mut index = vec![0; uses.uses.len()];
    for (i, (entity, ..)) in (0u32..).zip(&uses.uses) {
        index[next[*entity as usize] as usize] = i;
        next[*entity as usize] += 1;
    }
    Grouped { index, start }
}
