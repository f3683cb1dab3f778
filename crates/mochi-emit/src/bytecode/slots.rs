//! Gives values slots.
//!
//! Values that are copied to each other on edges are first joined into classes where they are never live at once, those
//! of inner loops first: that makes most copies vanish. Classes then get the lowest slot of their bank that is free
//! over their whole extent. Parameters have their slots by the calling convention (`docs/vm.md`, "Frame").

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use mochi_vm::code::MAX_SLOTS;

use super::live::{Entity, Range, Ranges};

/// Slots that may hold the same values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bank {
    /// Raw words.
    Raw,
    /// Cells.
    Cell,
    /// Two raw words.
    View,
}

/// An argument of an edge and the parameter that it is copied to.
#[derive(Clone, Copy)]
pub(super) struct Copy {
    pub from: Entity,
    pub to: Entity,
    /// How many loops are around the edge.
    pub depth: u32,
}

/// What is to get slots.
pub(super) struct Wanted {
    /// By entity.
    pub banks: Vec<Bank>,
    /// The raw parameters, in order of their slots.
    pub raw_params: Vec<Entity>,
    /// The cell parameters, in order of their slots.
    pub cell_params: Vec<Entity>,
    /// Copies that are to vanish.
    pub copies: Vec<Copy>,
}

/// The slots of a function.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// By entity; views take two.
    slots: Vec<u16>,
    /// Raw parameters.
    pub raw_params: u16,
    /// Cell parameters.
    pub cell_params: u16,
    /// One past the last cell slot.
    pub cells_end: u16,
    /// First of the raw slots that nobody has.
    raw_scratch: u16,
    /// First of the cell slots that nobody has.
    cell_scratch: u16,
    /// All slots.
    pub count: u16,
}

/// The function needs more slots than a frame has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct TooManySlots(pub u32);

impl Slots {
    /// The slot of an entity.
    #[inline]
    pub fn of(&self, entity: Entity) -> u16 {
        self.slots[entity as usize]
    }
    /// A raw slot that nobody has.
    pub fn raw_scratch(&self, i: u16) -> u16 {
        self.raw_scratch + i
    }
    /// A cell slot that nobody has.
    pub fn cell_scratch(&self, i: u16) -> u16 {
        self.cell_scratch + i
    }
}

/// How many scratch slots are needed.
#[derive(Clone, Copy, Default)]
pub(super) struct Scratch {
    pub raw: u16,
    pub cell: u16,
}

impl Scratch {
    /// Needs at least so many.
    pub fn need(&mut self, raw: u16, cell: u16) {
        self.raw = self.raw.max(raw);
        self.cell = self.cell.max(cell);
    }
}

/// Joins and assigns.
pub(super) fn assign(ranges: &Ranges, wanted: &Wanted, scratch: Scratch) -> Result<Slots, TooManySlots> {
    let classes = Classes::join(ranges, wanted);
    let mut numbers = vec![0u32; wanted.banks.len()];
    let raws = number(&classes, ranges, wanted, Bank::Raw, &wanted.raw_params, &mut numbers);
    let cells = number(&classes, ranges, wanted, Bank::Cell, &wanted.cell_params, &mut numbers);
    let views = number(&classes, ranges, wanted, Bank::View, &[], &mut numbers);

    let raw_params = wanted.raw_params.len() as u32;
    let cells_end = raw_params + cells + u32::from(scratch.cell);
    let raws_end = cells_end + (raws - raw_params) + u32::from(scratch.raw);
    let count = raws_end + 2 * views;
    if count > MAX_SLOTS {
        return Err(TooManySlots(count));
    }
    let slot = |(number, bank): (u32, Bank)| match bank {
        Bank::Raw if number < raw_params => number,
        Bank::Raw => cells_end + number - raw_params,
        Bank::Cell => raw_params + number,
        Bank::View => raws_end + 2 * number,
    };
    let of = |entity: u32| {
        let class = classes.root(entity) as usize;
        slot((numbers[class], wanted.banks[class])) as u16
    };
    Ok(Slots {
        slots: (0..wanted.banks.len() as u32).map(of).collect(),
        raw_params: raw_params as u16,
        cell_params: wanted.cell_params.len() as u16,
        cells_end: cells_end as u16,
        raw_scratch: raws_end as u16 - scratch.raw,
        cell_scratch: cells_end as u16 - scratch.cell,
        count: count as u16,
    })
}

/// Entities joined into classes, each named by one of them.
struct Classes {
    parent: Vec<Entity>,
    /// By class: the ranges of its entities, when it has more than one.
    joined: Vec<Vec<Range>>,
}

impl Classes {
    fn join(ranges: &Ranges, wanted: &Wanted) -> Classes {
        let count = wanted.banks.len();
        let mut classes = Classes { parent: (0..count as u32).collect(), joined: vec![Vec::new(); count] };
        let mut pinned = vec![false; count];
        wanted.raw_params.iter().chain(&wanted.cell_params).for_each(|&p| pinned[p as usize] = true);
        let mut copies = wanted.copies.clone();
        copies.sort_by_key(|copy| Reverse(copy.depth));
        for copy in copies {
            let (a, b) = (classes.find(copy.from), classes.find(copy.to));
            let (i, j) = (a as usize, b as usize);
            if a == b || wanted.banks[i] != wanted.banks[j] || pinned[i] && pinned[j] {
                continue;
            }
            let (left, right) = (classes.ranges(ranges, a), classes.ranges(ranges, b));
            if overlap(left, right) {
                continue;
            }
            let union = union(left, right);
            classes.parent[j] = a;
            classes.joined[j] = Vec::new();
            classes.joined[i] = union;
            pinned[i] |= pinned[j];
        }
        for entity in 0..count as u32 {
            classes.parent[entity as usize] = classes.find(entity);
        }
        classes
    }
    /// The class of an entity while classes are joined; halves the path to it.
    fn find(&mut self, entity: Entity) -> Entity {
        let mut at = entity;
        while self.parent[at as usize] != at {
            let next = self.parent[at as usize];
            self.parent[at as usize] = self.parent[next as usize];
            at = next;
        }
        at
    }
    /// The class of an entity when all are joined.
    fn root(&self, entity: Entity) -> Entity {
        self.parent[entity as usize]
    }
    fn ranges<'a>(&'a self, ranges: &'a Ranges, class: Entity) -> &'a [Range] {
        match &self.joined[class as usize][..] {
            [] => ranges.of(class),
            joined => joined,
        }
    }
}

/// Whether two lists of ranges have a position in common. Looks at each range of the shorter list.
fn overlap(a: &[Range], b: &[Range]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.iter().any(|range| {
        let next = long.partition_point(|other| other.to <= range.from);
        long.get(next).is_some_and(|other| other.from < range.to)
    })
}

fn union(a: &[Range], b: &[Range]) -> Vec<Range> {
    let mut all: Vec<Range> = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let from_a = j == b.len() || i < a.len() && a[i].from < b[j].from;
        let next = if from_a { a[i] } else { b[j] };
        if from_a {
            i += 1
        } else {
            j += 1
        }
        match all.last_mut() {
            Some(last) if last.to == next.from => last.to = next.to,
            _ => all.push(next),
        }
    }
    all
}

/// Numbers the classes of a bank from 0, those of the parameters first; the count of numbers.
fn number(
    classes: &Classes,
    ranges: &Ranges,
    wanted: &Wanted,
    bank: Bank,
    params: &[Entity],
    numbers: &mut [u32],
) -> u32 {
    let extent = |class: Entity| {
        let ranges = classes.ranges(ranges, class);
        ranges.first().zip(ranges.last()).map(|(first, last)| (first.from, last.to))
    };
    // When each taken number becomes free.
    let mut taken: BinaryHeap<Reverse<(u32, u32)>> = BinaryHeap::new();
    let mut free: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
    let mut count = params.len() as u32;
    for (slot, &param) in (0..).zip(params) {
        let class = classes.root(param);
        numbers[class as usize] = slot;
        taken.push(Reverse((extent(class).map_or(1, |e| e.1), slot)));
    }
    let is_param = |class: Entity| params.iter().any(|&p| classes.root(p) == class);
    let mut order: Vec<(u32, u32, Entity)> = (0..wanted.banks.len() as u32)
        .filter(|&e| wanted.banks[e as usize] == bank && classes.root(e) == e)
        .filter_map(|class| extent(class).map(|(from, to)| (from, to, class)))
        .filter(|&(from, _, class)| from != 0 || !is_param(class))
        .collect();
    order.sort_unstable();
    for (from, to, class) in order {
        while let Some(&Reverse((until, slot))) = taken.peek()
            && until <= from
        {
            taken.pop();
            free.push(Reverse(slot));
        }
        let slot = free.pop().map_or_else(
            || {
                count += 1;
                count - 1
            },
            |Reverse(slot)| slot,
        );
        numbers[class as usize] = slot;
        taken.push(Reverse((to, slot)));
    }
    count
}
