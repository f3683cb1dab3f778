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

use self::blocks::Blocks;
use self::operands::Used;
use self::webs::Webs;
use crate::manifest::{FLOAT_PINS, INT_PINS, Place};

mod blocks;
mod operands;
mod webs;

/// Registers of both kinds.
pub const REGISTERS: usize = (INT_PINS + FLOAT_PINS) as usize;

/// A set of registers: those for ints, then those for floats.
pub type Registers = u16;

/// The register with a number below [`REGISTERS`].
pub fn register(number: usize) -> Place {
    match (number as u8).checked_sub(INT_PINS) {
        None => Place::R(number as u8),
        Some(float) => Place::F(float),
    }
}

/// A part of a web: positions in one block.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// First position.
    pub start: u32,
    /// Last position.
    pub end: u32,
    /// The slot. If it has a cell, the register has the address of its object.
    pub slot: u16,
    /// The register.
    pub register: u8,
    /// Whether the slot always has what the register has: what writes one writes both.
    pub through: bool,
}

/// An instruction with what the compiler wants to know of it.
#[derive(Clone, Copy, Debug)]
pub struct Ins<'a> {
    /// The instruction.
    pub code: Instr<'a>,
    /// Loops around it.
    depth: u32,
    /// Where what it reads is in the list of used slots; what it writes follows.
    used: u32,
    reads: u16,
    writes: u16,
    /// Whether a block starts here.
    pub starts: bool,
    /// Registers that are live before it.
    pub live_before: Registers,
    /// Registers that are live after it.
    pub live_after: Registers,
}

impl Ins<'_> {
    /// Loops around it.
    pub fn depth(&self) -> u32 {
        self.depth
    }
}

/// What is known of a function.
pub struct Analysis<'a> {
    /// In order.
    pub list: Vec<Ins<'a>>,
    /// By word: the instruction that starts there.
    pub at: Vec<u32>,
    /// By slot, ascending: the parts of its webs that are in registers.
    slots: Parts,
    /// By slot, ascending: where the address of the object of its handle is in a register.
    addresses: Parts,
    /// Cells among the slots.
    cells: std::ops::Range<u16>,
    /// By register, ascending.
    registers: Parts,
    /// What instructions read and write, in order.
    used: Vec<Used>,
}

impl Analysis<'_> {
    /// The slots that an instruction reads.
    pub fn reads(&self, ins: &Ins<'_>) -> &[Used] {
        &self.used[ins.used as usize..][..usize::from(ins.reads)]
    }
    /// The slots that an instruction writes.
    pub fn writes(&self, ins: &Ins<'_>) -> &[Used] {
        &self.used[ins.used as usize + usize::from(ins.reads)..][..usize::from(ins.writes)]
    }
    /// Both.
    fn used(&self, ins: &Ins<'_>) -> &[Used] {
        &self.used[ins.used as usize..][..usize::from(ins.reads) + usize::from(ins.writes)]
    }
    /// The register that has a slot at a position.
    #[inline]
    pub fn of_slot(&self, slot: u16, position: u32) -> Option<Part> {
        self.slots.at(usize::from(slot), position)
    }
    /// The register that has the address of the object of a cell at a position.
    pub fn of_object(&self, slot: u16, position: u32) -> Option<Part> {
        self.addresses.at(usize::from(slot), position)
    }
    /// Whether a slot has a cell, so that a register which is for it has the address of its object.
    pub fn is_cell(&self, slot: u16) -> bool {
        self.cells.contains(&slot)
    }
    /// What is in a register at a position.
    #[inline]
    pub fn of_register(&self, register: usize, position: u32) -> Option<Part> {
        self.registers.at(register, position)
    }
    /// Notes that something is in a register at some positions.
    fn live(&mut self, register: usize, positions: std::ops::RangeInclusive<u32>) {
        for position in positions {
            let ins = &mut self.list[position as usize / 2];
            let live = if position % 2 == 0 { &mut ins.live_before } else { &mut ins.live_after };
            *live |= 1 << register;
        }
    }
    /// Slots in registers, for people.
    pub fn all(&self) -> impl Iterator<Item = &Part> {
        self.registers.parts.iter()
    }
}

/// Parts by a key: a slot or a register.
#[derive(Default)]
struct Parts {
    /// By key: where its parts begin. One more than keys.
    first: Vec<u32>,
    /// Those of a key by position.
    parts: Vec<Part>,
}

impl Parts {
    /// Sorts parts, which are in order of position, by keys, of which there are so many.
    fn new(keys: usize, parts: &[Part], key: impl Fn(&Part) -> usize) -> Parts {
        let mut first = vec![0; keys + 1];
        parts.iter().for_each(|part| first[key(part) + 1] += 1);
        for key in 0..keys {
            first[key + 1] += first[key];
        }
        let mut next = first.clone();
        let mut sorted = parts.to_vec();
        for part in parts {
            let at = &mut next[key(part)];
            sorted[*at as usize] = *part;
            *at += 1;
        }
        Parts { first, parts: sorted }
    }
    /// How many keys there are.
    fn keys(&self) -> usize {
        self.first.len() - 1
    }
    /// The part of a key that has a position.
    #[inline]
    fn at(&self, key: usize, position: u32) -> Option<Part> {
        let parts = &self.parts[self.first[key] as usize..self.first[key + 1] as usize];
        let after = parts.partition_point(|part| part.start <= position);
        parts.get(after.checked_sub(1)?).copied().filter(|part| part.end >= position)
    }
}

/// Looks at a function.
pub fn analyse(program: &Program, index: u32) -> Analysis<'_> {
    let f = &program.funcs[index as usize];
    let words: &[Word] = program.code(index);
    let mut list: Vec<Ins<'_>> = Vec::with_capacity(words.len());
    let mut at = vec![u32::MAX; words.len() + 1];
    let mut used = Vec::with_capacity(3 * words.len());
    for code in instrs(words).map_while(Result::ok) {
        at[code.at as usize] = list.len() as u32;
        let before = used.len();
        let reads = operands::decode(&code, &mut used);
        let writes = (used.len() - before - reads) as u16;
        list.push(Ins {
            code,
            depth: 0,
            used: before as u32,
            reads: reads as u16,
            writes,
            starts: false,
            live_before: 0,
            live_after: 0,
        });
    }
    find_loops(&mut list, &at);
    let slots = usize::from(f.slots);
    let mut analysis = Analysis {
        list,
        at,
        slots: Parts::new(slots, &[], |_| 0),
        addresses: Parts::default(),
        cells: f.cells_start()..f.cells_end,
        registers: Parts::default(),
        used,
    };
    let candidates = blocks::candidates(&analysis, slots);
    let blocks = Blocks::find(&analysis, &candidates);
    let mut webs = Webs::find(&analysis, &candidates, &blocks);
    webs.classify();
    webs.assign(&mut analysis, &candidates);
    analysis
}

/// Marks where blocks start and counts loops.
fn find_loops(list: &mut [Ins<'_>], at: &[u32]) {
    let mut ranges = Vec::new();
    if let Some(first) = list.first_mut() {
        first.starts = true;
    }
    for i in 0..list.len() {
        let code = list[i].code;
        for jump in code.jumps() {
            let target = at[jump as usize] as usize;
            list[target].starts = true;
            if target <= i {
                ranges.push((target, i));
            }
        }
        if code.op.flow() != Flow::Next && i + 1 < list.len() {
            list[i + 1].starts = true;
        }
    }
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

/// What an execution of an instruction counts.
pub(crate) fn weight(depth: u32) -> i64 {
    8i64.pow(depth.min(8))
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
