//! Looks at the bytecode of a function once: instructions, what they read and write, loops, and what is where when.
//!
//! A *web* is a value of a slot with all the places in the code between its definitions and its uses: the slot is the
//! same, but another web of it may be an int where this is a float, and may be in another register or in none. Webs that
//! are used most get registers, where no other web of the register is live; the rest stays in the frame. A use counts
//! eight times as much for each loop around it. What executes out of line loses registers, so it counts against the webs
//! that live through it.
//!
//! A position is an instruction's number times two, plus one for the moment after it.

use mochi_vm::code::{Program, Word};
use mochi_vm::decode::{Instr, instrs};
use mochi_vm::instr::Flow;

use self::addresses::Access;
use self::blocks::Blocks;
use self::operands::Used;
use self::webs::Webs;
use crate::manifest::{FLOAT_PINS, INT_PINS, Place};

pub mod addresses;
mod blocks;
mod operands;
mod webs;

/// Registers of both kinds.
pub const REGISTERS: usize = (INT_PINS + FLOAT_PINS) as usize;

/// A set of registers: those for ints, then those for floats.
pub type Registers = u16;

/// The register with a number below [`REGISTERS`].
pub fn register(number: usize) -> Place {
    Place::numbered(number as u8)
}

/// A register that is for a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// The slot. If it has a cell, the register has the address of its object.
    pub slot: u16,
    /// The register.
    pub register: u8,
    /// Whether the slot always has what the register has: what writes one writes both.
    pub through: bool,
}

/// The register for the address of the object which an instruction goes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Address {
    /// The register.
    pub register: u8,
    /// Whether this instruction finds the object.
    pub found: bool,
}

/// An instruction with what the compiler wants to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Ins<'a> {
    /// The instruction.
    pub code: Instr<'a>,
    /// Loops around it, as far as they count.
    depth: u32,
    /// Where what it reads is in the list of used slots; what it writes follows.
    used: u32,
    reads: u16,
    writes: u16,
    /// The block that starts here; [`NONE`].
    block: u32,
    /// Whether something jumps to it.
    is_target: bool,
    /// The instruction that it jumps to; [`NONE`] when there is no such or more than one.
    target: u32,
    /// Where the address of the object that it goes to is.
    pub address: Option<Address>,
    /// The position among [`Analysis::numbers`] of what is always in the operand of which stencils want to know.
    pub number: Option<u32>,
}

impl Ins<'_> {
    /// What an execution of it counts.
    #[inline]
    pub fn weight(&self) -> i64 {
        1 << (3 * self.depth.min(8))
    }
    /// The block that starts here.
    #[inline]
    pub fn block(&self) -> Option<usize> {
        (self.block != NONE).then_some(self.block as usize)
    }
    /// Whether it comes after the instruction before it and nothing else.
    #[inline]
    pub fn only_follows(&self) -> bool {
        !self.is_target
    }
    /// The instruction that it jumps to, when there is just one such.
    #[inline]
    pub fn target(&self) -> Option<usize> {
        (self.target != NONE).then_some(self.target as usize)
    }
}

/// What is known of a function.
pub struct Analysis<'a> {
    /// In order.
    pub list: Vec<Ins<'a>>,
    /// By word: the instruction that starts there.
    pub at: Vec<u32>,
    /// First instructions of blocks.
    pub starts: Vec<u32>,
    /// Blocks that loops start with, ascending.
    pub loops: Vec<u32>,
    /// By position: the registers that have something.
    live: Vec<Registers>,
    /// What is in registers where blocks start, by block and register.
    held: Vec<Held>,
    /// By block: where its part of that begins. One more than blocks.
    first_held: Vec<u32>,
    /// By block: those registers, and those of them whose slots always have the same.
    held_through: Vec<(Registers, Registers)>,
    /// Numbers that are always in the slot that an instruction reads.
    pub numbers: Vec<i64>,
    /// Slots in registers, for people.
    pub pins: Vec<(u8, u16)>,
    /// Cells among the slots.
    cells: std::ops::Range<u16>,
    /// What instructions read and write, in order.
    used: Vec<Used>,
}

impl Analysis<'_> {
    /// The slots that an instruction reads.
    #[inline]
    pub fn reads(&self, ins: &Ins<'_>) -> &[Used] {
        &self.used[ins.used as usize..][..usize::from(ins.reads)]
    }
    /// The slots that an instruction writes.
    #[inline]
    pub fn writes(&self, ins: &Ins<'_>) -> &[Used] {
        &self.used[ins.used as usize + usize::from(ins.reads)..][..usize::from(ins.writes)]
    }
    /// Both.
    fn used(&self, ins: &Ins<'_>) -> &[Used] {
        &self.used[ins.used as usize..][..usize::from(ins.reads) + usize::from(ins.writes)]
    }
    /// The instructions of a block.
    fn block(&self, block: usize) -> std::ops::Range<usize> {
        let end = self.starts.get(block + 1).map_or(self.list.len(), |&start| start as usize);
        self.starts[block] as usize..end
    }
    /// Whether a slot has a cell, so that a register which is for it has the address of its object.
    pub fn is_cell(&self, slot: u16) -> bool {
        self.cells.contains(&slot)
    }
    /// Registers that are live before an instruction.
    #[inline]
    pub fn live_before(&self, at: usize) -> Registers {
        self.live[2 * at]
    }
    /// Registers that are live after an instruction.
    #[inline]
    pub fn live_after(&self, at: usize) -> Registers {
        self.live[2 * at + 1]
    }
    /// What is in registers where a block starts.
    #[inline]
    pub fn held(&self, block: usize) -> &[Held] {
        &self.held[self.first_held[block] as usize..self.first_held[block + 1] as usize]
    }
    /// The registers of that, and those of them whose slots always have the same.
    #[inline]
    pub fn held_registers(&self, block: usize) -> (Registers, Registers) {
        self.held_through[block]
    }
}

/// No number.
const NONE: u32 = u32::MAX;

/// Memory that analyses use one after the other.
#[derive(Default)]
pub struct Space {
    list: Vec<Ins<'static>>,
    at: Vec<u32>,
    live: Vec<Registers>,
    used: Vec<Used>,
    blocks: Blocks,
    addresses: addresses::Space,
    webs: Webs,
}

impl Space {
    /// Instructions of functions whose memory is kept.
    const KEPT: usize = 1 << 14;

    /// Takes back what an analysis had.
    pub fn take_back(&mut self, analysis: Analysis<'_>) {
        let Analysis { mut list, at, live, used, .. } = analysis;
        if list.capacity() > Space::KEPT {
            return *self = Space::default();
        }
        list.clear();
        // Nothing is moved: the vector keeps its memory and gets another type.
        self.list = list.into_iter().map_while(|_| None).collect();
        (self.at, self.live, self.used) = (at, live, used);
    }
}

/// An empty vector of the memory of another one, with room for some elements.
fn reused<T>(vec: &mut Vec<T>, room: usize) -> Vec<T> {
    let mut vec = std::mem::take(vec);
    vec.clear();
    vec.reserve(room);
    vec
}

/// Fills a vector with so many times the same.
fn fill<T: Clone>(vec: &mut Vec<T>, count: usize, value: T) {
    vec.clear();
    vec.resize(count, value);
}

/// Looks at a function.
pub fn analyse<'a>(program: &'a Program, index: u32, space: &mut Space) -> Analysis<'a> {
    let f = &program.funcs[index as usize];
    let words: &[Word] = program.code(index);
    let mut list: Vec<Ins<'_>> = reused(&mut space.list, words.len());
    let mut used = reused(&mut space.used, 3 * words.len());
    let (mut at, mut live) = (std::mem::take(&mut space.at), std::mem::take(&mut space.live));
    fill(&mut at, words.len() + 1, u32::MAX);
    let mut branches = Vec::with_capacity(words.len() / 4);
    for code in instrs(words).map_while(Result::ok) {
        let number = list.len() as u32;
        at[code.at as usize] = number;
        if code.op.flow() != Flow::Next {
            branches.push(number);
        }
        let before = used.len();
        let reads = operands::decode(&code, &mut used);
        list.push(Ins {
            code,
            depth: 0,
            used: before as u32,
            reads: reads as u16,
            writes: (used.len() - before - reads) as u16,
            block: NONE,
            is_target: false,
            target: NONE,
            address: None,
            number: None,
        });
    }
    let edges = find_edges(&mut list, &branches, &at);
    let starts = find_blocks(&mut list, &branches, &edges);
    let loops = find_loops(&mut list, &edges);
    fill(&mut live, 2 * list.len(), 0);
    let mut analysis = Analysis {
        live,
        list,
        at,
        loops,
        held: Vec::with_capacity(8 * starts.len()),
        first_held: Vec::with_capacity(starts.len() + 1),
        held_through: Vec::with_capacity(starts.len()),
        starts,
        numbers: Vec::new(),
        pins: Vec::with_capacity(REGISTERS),
        cells: f.cells_start()..f.cells_end,
        used,
    };
    let (mut candidates, most) = blocks::candidates(&mut analysis, usize::from(f.slots));
    let Space { blocks, addresses, webs, .. } = space;
    blocks.connect(&analysis, &edges);
    let raw = candidates.len();
    let accesses: &[Access] = addresses.find(&mut analysis, &blocks.after, &mut candidates, most);
    blocks.find_live(&analysis, &candidates);
    webs.find(&analysis, raw, candidates.len(), blocks);
    webs.classify();
    webs.find_numbers(&mut analysis);
    webs.assign(&mut analysis, &candidates, accesses);
    analysis
}

/// From an instruction to another.
type Edge = (u32, u32);

/// All jumps of some instructions, in order of where they are.
fn find_edges(list: &mut [Ins<'_>], branches: &[u32], at: &[u32]) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(2 * branches.len());
    for &i in branches {
        let ins = &mut list[i as usize];
        let before = edges.len();
        ins.code.jumps().for_each(|jump| edges.push((i, at[jump as usize])));
        if let [(_, to)] = edges[before..] {
            ins.target = to;
        }
    }
    edges
}

/// Marks where blocks start; their first instructions.
fn find_blocks(list: &mut [Ins<'_>], branches: &[u32], edges: &[Edge]) -> Vec<u32> {
    // Any number, to begin with.
    let mut mark = |at: u32, is_target| {
        if let Some(ins) = list.get_mut(at as usize) {
            ins.block = 0;
            ins.is_target |= is_target;
        }
    };
    // The caller jumps to the first one, and what follows the end of a way is reached by nothing.
    mark(0, true);
    edges.iter().for_each(|&(_, to)| mark(to, true));
    branches.iter().for_each(|&from| mark(from + 1, false));
    let mut starts = Vec::with_capacity(edges.len() + branches.len() + 1);
    for (i, ins) in (0..).zip(list) {
        if ins.block != NONE {
            ins.block = starts.len() as u32;
            starts.push(i);
        }
    }
    starts
}

/// Counts loops around instructions; the blocks that they start with, ascending.
fn find_loops(list: &mut [Ins<'_>], edges: &[Edge]) -> Vec<u32> {
    let back = edges.iter().filter(|(from, to)| to <= from);
    let mut ranges: Vec<(usize, usize)> = back.map(|&(from, to)| (to as usize, from as usize)).collect();
    let mut loops: Vec<u32> = ranges.iter().map(|&(first, _)| list[first].block).collect();
    if ranges.is_empty() {
        return loops;
    }
    loops.sort_unstable();
    loops.dedup();
    nest(&mut ranges);
    let mut deeper = vec![0i32; list.len() + 1];
    for (first, last) in ranges {
        deeper[first] += 1;
        deeper[last + 1] -= 1;
    }
    let mut depth = 0;
    for (ins, deeper) in list.iter_mut().zip(deeper) {
        depth += deeper;
        ins.depth = depth as u32;
    }
    loops
}

/// Makes one loop of two that begin at different places and overlap without one being in the other: the test of a loop
/// is at its end, and may go on with the loop inside of it.
fn nest(ranges: &mut Vec<(usize, usize)>) {
    ranges.sort_unstable_by_key(|&(first, last)| (first, std::cmp::Reverse(last)));
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut nested = Vec::with_capacity(ranges.len());
    for &(first, last) in &*ranges {
        while let Some(done) = open.pop_if(|loop_| loop_.1 < first) {
            nested.push(done);
        }
        let inside = open.last().is_none_or(|around| last <= around.1);
        if inside {
            open.push((first, last));
        }
        open.iter_mut().rev().take_while(|around| around.1 < last).for_each(|around| around.1 = last);
    }
    nested.append(&mut open);
    *ranges = nested;
}

#[cfg(test)]
mod tests {
    use super::nest;

    fn nested(mut ranges: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        nest(&mut ranges);
        ranges.sort_unstable();
        ranges
    }

    #[test]
    fn loops_nest() {
        assert_eq!(nested(vec![(1, 9), (2, 4), (5, 6), (12, 13)]), [(1, 9), (2, 4), (5, 6), (12, 13)]);
        // The test of the outer loop at 12 goes on with the inner one.
        assert_eq!(nested(vec![(5, 7), (5, 12), (8, 13)]), [(5, 7), (5, 13)]);
        assert_eq!(nested(vec![(1, 20), (5, 7), (5, 12), (8, 25)]), [(1, 25), (5, 7), (5, 25)]);
    }
}
