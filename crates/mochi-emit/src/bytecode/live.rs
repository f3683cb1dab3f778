//! Where each value is live, as ranges of positions.
//!
//! Instruction `k` spans the positions `4k..4k+4`: constants for it are made at `4k + 1`, it reads until `4k + 3`, where
//! its result is defined. Block parameters are defined at the first position of their block; arguments of targets are
//! read until the end of theirs. Two values may share a slot when their ranges do not overlap.

use mochi_base::id::Id;
use mochi_ir::analysis::Loops;

use crate::layout::{Layout, Place};

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

    /// Follows each use back to its definition, block by block. Loops that the definition is not in are taken as a
    /// whole: what comes from outside and is read somewhere in a loop is live everywhere in it.
    pub fn compute(layout: &Layout, loops: &Loops, uses: &Uses) -> Ranges {
        let by_entity = group(uses);
        let extents = Extents::new(layout, loops);
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
                    if extents.around(place, home).is_some() {
                        work.push(place);
                    } else {
                        own.push(Range { from: start(layout.first(place)), to });
                        work.extend_from_slice(layout.preds(place));
                    }
                    while let Some(place) = work.pop() {
                        let (first, last) = extents.around(place, home).unwrap_or((place, place));
                        if std::mem::replace(&mut through[first as usize], entity + 1) == entity + 1 {
                            continue;
                        }
                        let to = start(layout.end(last));
                        if place == home {
                            own.push(Range { from: at, to });
                        } else {
                            own.push(Range { from: start(layout.first(first)), to });
                            work.extend_from_slice(layout.preds(first));
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

/// Where loops are in the layout.
struct Extents {
    /// By place: the innermost loop around it.
    innermost: Vec<Option<u32>>,
    loops: Vec<Extent>,
}

#[derive(Clone, Copy)]
struct Extent {
    first: Place,
    last: Place,
    parent: Option<u32>,
    /// The outermost loop around this one.
    root: u32,
}

impl Extent {
    fn contains(&self, place: Place) -> bool {
        (self.first..=self.last).contains(&place)
    }
}

impl Extents {
    fn new(layout: &Layout, loops: &Loops) -> Extents {
        let mut extents: Vec<Extent> = Vec::new();
        // Outer loops come first.
        for (index, id) in (0u32..).zip(loops.ids()) {
            let data = loops.get(id);
            let first = layout.place(data.header);
            let last = first + loops.blocks(id).len() as u32 - 1;
            let parent = data.parent.map(|parent| parent.index() as u32);
            let root = parent.map_or(index, |parent| extents[parent as usize].root);
            extents.push(Extent { first, last, parent, root });
        }
        let innermost = layout.order.iter().map(|&b| loops.innermost(b).map(|l| l.index() as u32)).collect();
        Extents { innermost, loops: extents }
    }

    /// First and last place of the outermost loop around `place` that does not have `home` in it.
    fn around(&self, place: Place, home: Place) -> Option<(Place, Place)> {
        let mut at = self.loops[self.innermost[place as usize]? as usize];
        if at.contains(home) {
            return None;
        }
        let root = self.loops[at.root as usize];
        if !root.contains(home) {
            return Some((root.first, root.last));
        }
        while let Some(parent) = at.parent.map(|parent| self.loops[parent as usize]) {
            if parent.contains(home) {
                break;
            }
            at = parent;
        }
        Some((at.first, at.last))
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
