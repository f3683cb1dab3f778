//! Webs, what registers would save for them, and which get one.

use std::ops::Range;

use mochi_abi::RuntimeFn;
use mochi_vm::decode::Instr;
use mochi_vm::instr::Opcode;
use smallvec::{SmallVec, smallvec};

use super::addresses::{self, Access};
use super::blocks::{Blocks, each};
use super::operands::{Class, Used};
use super::{Address, Analysis, NONE, REGISTERS, Registers, fill};
use crate::lower::is_out_of_line;
use crate::manifest::INT_PINS;

/// A part of a web before it has a register: positions in a row.
struct Segment {
    start: u32,
    end: u32,
    candidate: u32,
    /// Another segment of the same web; itself for the one that stands for the web.
    parent: u32,
    /// What a register would save, in accesses of the frame.
    gain: i64,
    /// Executions of what writes it.
    written: i64,
    /// Executions of what it must be in the frame for.
    crossed: i64,
    class: Class,
    /// The instruction that writes it; [`NONE`] for a part that is only read, [`MANY`].
    writer: u32,
}

/// More than one instruction, or the caller.
const MANY: u32 = NONE - 1;

/// All webs of a function.
#[derive(Default)]
pub(super) struct Webs {
    segments: Vec<Segment>,
    /// Segments of which one is a copy of the other.
    copies: Vec<(u32, u32)>,
    /// By number in the list of used slots: the segment.
    used: Vec<u32>,
    /// What is live where blocks start, with its segments, ascending by candidate.
    at_start: Vec<(u32, u32)>,
    /// By block: where its part of that starts and ends.
    starts: Vec<(u32, u32)>,
    /// What is live where blocks end that do not only go on with the next one, and by block where its part is.
    at_end: Vec<(u32, u32)>,
    ends: Vec<(u32, u32)>,
    /// The candidates from this one on are addresses of objects.
    first_address: usize,
    /// By candidate: the segment that is open where `find` is.
    open: Vec<u32>,
    /// By segment: the next one of its web, and for the one that stands for the web the first.
    next: Vec<u32>,
    first: Vec<u32>,
    /// Webs by what they gain.
    order: Vec<u64>,
    /// By segment: the register, as used slots have it.
    held: Vec<u8>,
}

impl Webs {
    /// Finds them, for so many raw slots and candidates.
    pub fn find(&mut self, analysis: &Analysis<'_>, raw: usize, candidates: usize, blocks: &Blocks) {
        let webs = self;
        webs.first_address = raw;
        let count = blocks.after.len();
        webs.segments.clear();
        webs.copies.clear();
        webs.at_start.clear();
        fill(&mut webs.used, analysis.used.len(), NONE);
        fill(&mut webs.starts, count, (0, 0));
        let (mut at_end, mut ends) = (std::mem::take(&mut webs.at_end), std::mem::take(&mut webs.ends));
        at_end.clear();
        fill(&mut ends, count, (0, 0));
        let mut open = std::mem::take(&mut webs.open);
        fill(&mut open, candidates, NONE);
        let mut live: SmallVec<[u64; 4]> = smallvec![0; blocks.words];
        for b in (0..count).rev() {
            let range = analysis.block(b);
            let goes_on = blocks.after[b].contains(&(b as u32 + 1));
            if !goes_on {
                each(&live, |n| open[n] = NONE);
            }
            live.copy_from_slice(&blocks.live_out[b * blocks.words..][..blocks.words]);
            let jumps = blocks.after[b].len() > usize::from(goes_on);
            ends[b].0 = at_end.len() as u32;
            each(&live, |n| {
                // What is live in the next block is the same there and here.
                if open[n] == NONE {
                    open[n] = webs.segment(n, 2 * range.end as u32 - 1);
                }
                if jumps {
                    at_end.push((n as u32, open[n]));
                }
            });
            ends[b].1 = at_end.len() as u32;
            for i in range.clone().rev() {
                webs.instruction(analysis, i as u32, &mut open, &mut live);
            }
            webs.starts[b].0 = webs.at_start.len() as u32;
            each(&live, |n| {
                webs.segments[open[n] as usize].start = 2 * range.start as u32;
                webs.at_start.push((n as u32, open[n]));
            });
            webs.starts[b].1 = webs.at_start.len() as u32;
        }
        for (b, next) in blocks.after.iter().enumerate() {
            let ends = &at_end[ends[b].0 as usize..ends[b].1 as usize];
            for &next in next.iter().filter(|&&next| next != b as u32 + 1) {
                let mut ends = ends.iter();
                for i in webs.starting(next as usize) {
                    let (n, segment) = webs.at_start[i];
                    if let Some(&(_, end)) = ends.find(|end| end.0 == n) {
                        webs.unite(end, segment);
                    }
                }
            }
        }
        (webs.at_end, webs.ends, webs.open) = (at_end, ends, open);
    }

    /// Which of what is live where blocks start is of one block.
    fn starting(&self, block: usize) -> Range<usize> {
        let (start, end) = self.starts[block];
        start as usize..end as usize
    }

    fn segment(&mut self, candidate: usize, end: u32) -> u32 {
        let number = self.segments.len() as u32;
        self.segments.push(Segment {
            start: end,
            end,
            candidate: candidate as u32,
            parent: number,
            gain: 0,
            written: 0,
            crossed: 0,
            class: Class::UNKNOWN,
            writer: NONE,
        });
        number
    }

    /// Goes backward over an instruction.
    fn instruction(&mut self, analysis: &Analysis<'_>, i: u32, open: &mut [u32], live: &mut [u64]) {
        let ins = &analysis.list[i as usize];
        let (op, weight) = (ins.code.op, ins.weight());
        let outside = is_out_of_line(&ins.code);
        // What is executed out of line uses the frame.
        let gain = if outside { 0 } else { weight };
        let mut copied = NONE;
        let first_write = ins.used as usize + usize::from(ins.reads);
        for (k, written) in (first_write..).zip(analysis.writes(ins)) {
            let Some(n) = written.candidate() else { continue };
            let number = match std::mem::replace(&mut open[n], NONE) {
                NONE => self.segment(n, 2 * i + 1),
                number => number,
            };
            self.used[k] = number;
            let segment = &mut self.segments[number as usize];
            segment.start = 2 * i + 1;
            segment.writer = i;
            segment.gain += gain;
            segment.written += weight;
            segment.class = segment.class.join(written.class);
            live[n / 64] &= !(1 << (n % 64));
            copied = number;
        }
        if outside {
            each(live, |n| {
                let segment = &mut self.segments[open[n] as usize];
                // It is loaded afterwards.
                segment.gain -= if n < self.first_address { weight } else { addresses::AGAIN * weight };
                segment.crossed += weight;
            });
        }
        for (k, read) in (ins.used as usize..).zip(analysis.reads(ins)) {
            let Some(n) = read.candidate() else { continue };
            let operand = read.operand();
            if n >= self.first_address {
                self.address(i, k, n, read.found, weight, open, live);
                continue;
            }
            if open[n] == NONE {
                open[n] = self.segment(n, 2 * i);
                live[n / 64] |= 1 << (n % 64);
            }
            let number = open[n];
            self.used[k] = number;
            let segment = &mut self.segments[number as usize];
            segment.gain += gain;
            segment.crossed += if outside { weight } else { 0 };
            segment.class = segment.class.join(read.class);
            let copies = op == Opcode::Move || op == Opcode::Select && operand != Some(1);
            if copies && copied != NONE {
                self.copies.push((copied, number));
            }
            // The same variable before and after.
            if op == Opcode::LoopNext && operand == Some(0) && copied != NONE {
                self.unite(copied, number);
            }
        }
    }

    /// Goes backward over what goes to an object, whose address it finds or knows.
    #[allow(clippy::too_many_arguments)]
    fn address(
        &mut self,
        i: u32,
        k: usize,
        n: usize,
        found: bool,
        weight: i64,
        open: &mut [u32],
        live: &mut [u64],
    ) {
        if open[n] == NONE {
            open[n] = self.segment(n, 2 * i);
            live[n / 64] |= 1 << (n % 64);
        }
        self.used[k] = open[n];
        let segment = &mut self.segments[open[n] as usize];
        segment.class = Class::INT;
        if found {
            segment.start = 2 * i;
            open[n] = NONE;
            live[n / 64] &= !(1 << (n % 64));
        } else {
            segment.gain += addresses::SAVED * weight;
        }
    }

    /// The segment that stands for the web of a segment.
    fn web(&mut self, segment: u32) -> u32 {
        let mut at = segment;
        while self.segments[at as usize].parent != at {
            let next = self.segments[at as usize].parent;
            self.segments[at as usize].parent = self.segments[next as usize].parent;
            at = next;
        }
        at
    }
    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.web(a), self.web(b));
        if a != b {
            self.segments[b as usize].parent = a;
        }
    }

    /// Adds up what is known of webs, in the segments that stand for them.
    pub fn classify(&mut self) {
        for i in 0..self.segments.len() as u32 {
            let web = self.web(i);
            if web != i {
                let Segment { gain, written, crossed, class, writer, .. } = self.segments[i as usize];
                let web = &mut self.segments[web as usize];
                web.writer = match (web.writer, writer) {
                    (NONE, writer) | (writer, NONE) => writer,
                    _ => MANY,
                };
                web.gain += gain;
                web.written += written;
                web.crossed += crossed;
                web.class = web.class.join(class);
            }
        }
        // A word is what it is copied to and from.
        let copies: Vec<(u32, u32)> =
            std::mem::take(&mut self.copies).iter().map(|&(a, b)| (self.web(a), self.web(b))).collect();
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for &(a, b) in &copies {
                let (left, right) = (self.segments[a as usize].class, self.segments[b as usize].class);
                let both = left.join(right);
                changed |= left != both || right != both;
                self.segments[a as usize].class = both;
                self.segments[b as usize].class = both;
            }
        }
    }

    /// Finds numbers that are always in an operand of which stencils want to know.
    pub fn find_numbers(&mut self, analysis: &mut Analysis<'_>) {
        let first = analysis.list.iter().position(|ins| wanted(&ins.code).is_some());
        let Some(first) = first else { return };
        // Parameters.
        for i in self.starting(0) {
            let web = self.web(self.at_start[i].1);
            self.segments[web as usize].writer = MANY;
        }
        for i in first..analysis.list.len() {
            let ins = &analysis.list[i];
            let Some(slot) = wanted(&ins.code) else { continue };
            let Some(k) = analysis.reads(ins).iter().position(|read| read.slot == slot) else { continue };
            let segment = self.used[ins.used as usize + k];
            if segment == NONE {
                continue;
            }
            let web = self.web(segment);
            let writer = analysis.list.get(self.segments[web as usize].writer as usize);
            if let Some(number) = writer.and_then(|writer| number(&writer.code)) {
                analysis.list[i].number = Some(analysis.numbers.len() as u32);
                analysis.numbers.push(number);
            }
        }
    }

    /// Gives registers to the webs that gain most.
    pub fn assign(&mut self, analysis: &mut Analysis<'_>, candidates: &[u16], accesses: &[Access]) {
        let (mut order, mut held_by) = (std::mem::take(&mut self.order), std::mem::take(&mut self.held));
        let (mut next, mut first) = (std::mem::take(&mut self.next), std::mem::take(&mut self.first));
        order.clear();
        fill(&mut held_by, self.segments.len(), Used::IN_FRAME);
        fill(&mut next, self.segments.len(), NONE);
        fill(&mut first, self.segments.len(), NONE);
        for i in (0..self.segments.len() as u32).rev() {
            let web = self.web(i);
            next[i as usize] = std::mem::replace(&mut first[web as usize], i);
            let Segment { gain, class, .. } = self.segments[i as usize];
            if web == i && gain > 0 && class != Class::MIXED {
                // What gains more than that is all the same.
                let gain = gain.min(i64::from(u32::MAX)) as u32;
                order.push(u64::from(!gain) << 32 | u64::from(web));
            }
        }
        order.sort_unstable();
        for &both in &order {
            let web = both as u32;
            let members = first[web as usize];
            let web = &self.segments[web as usize];
            let ranges = || {
                let after = |&i: &u32| Some(next[i as usize]).filter(|&i| i != NONE);
                std::iter::successors(Some(members), after).map(|i| (i, &self.segments[i as usize]))
            };
            let taken = ranges().fold(0, |taken, (_, part)| taken | analysis.taken(part.start, part.end));
            let choice = if web.class == Class::FLOAT { FLOATS } else { INTS };
            let Some(register) = lowest(choice & !taken) else { continue };
            let slot = candidates[web.candidate as usize];
            let through = web.written == 0 || web.crossed > web.written;
            let held = register | if through { Used::THROUGH } else { 0 };
            for (i, segment) in ranges() {
                held_by[i as usize] = held;
                analysis.take(register, segment.start, segment.end);
            }
            analysis.pins.push((register, slot));
        }
        for &Access { at, used, .. } in accesses {
            // What the instruction reads the cell for is not in the register.
            let segment = std::mem::replace(&mut self.used[used as usize], NONE);
            let register = held_by[segment as usize] & !Used::THROUGH;
            if held_by[segment as usize] == Used::IN_FRAME {
                continue;
            }
            let found = analysis.used[used as usize].found;
            analysis.list[at as usize].address = Some(Address { register, found });
            if found {
                // It has the address in the middle of its work.
                analysis.live[2 * at as usize] &= !(1 << register);
            }
        }
        for (used, &segment) in analysis.used.iter_mut().zip(&self.used) {
            if segment != NONE {
                used.hold(held_by[segment as usize]);
            }
        }
        for b in 0..analysis.starts.len() {
            analysis.first_held.push(analysis.held.len() as u32);
            let (mut registers, mut through) = (0, 0);
            for &(n, segment) in &self.at_start[self.starting(b)] {
                let used = Used::of(candidates[n as usize], held_by[segment as usize]);
                if let Some(held) = used.held() {
                    registers |= 1 << held.register;
                    through |= Registers::from(held.through) << held.register;
                    analysis.held.push(held);
                }
            }
            analysis.held_through.push((registers, through));
        }
        analysis.first_held.push(analysis.held.len() as u32);
        (self.order, self.held, self.next, self.first) = (order, held_by, next, first);
    }
}

/// The slot of which stencils want to know the number: what is divided by, and the operator of values of any type.
fn wanted(code: &Instr<'_>) -> Option<u16> {
    match code.op {
        Opcode::DivSafe | Opcode::RemSafe => Some(code.word.field(3)),
        Opcode::CallRuntime if code.word.field(1) == RuntimeFn::any_arith as u16 => code.ext_slots().nth(2),
        _ => None,
    }
}

/// The number that an instruction writes, if that is what it does.
fn number(code: &Instr<'_>) -> Option<i64> {
    match code.op {
        Opcode::ConstInt => Some(i64::from(code.word.wide_operand() as i32)),
        Opcode::ConstRaw => Some(code.ext[0].0 as i64),
        _ => None,
    }
}

/// The registers for ints.
const INTS: Registers = (1 << INT_PINS) - 1;
/// The registers for floats.
const FLOATS: Registers = ((1 << REGISTERS) - 1) & !INTS;

/// The first of some registers.
fn lowest(registers: Registers) -> Option<u8> {
    (registers != 0).then(|| registers.trailing_zeros() as u8)
}

impl Analysis<'_> {
    /// Registers that have something at one of some positions.
    fn taken(&self, start: u32, end: u32) -> Registers {
        self.live[start as usize..=end as usize].iter().fold(0, |taken, live| taken | live)
    }
    /// Notes that a register has something there.
    fn take(&mut self, register: u8, start: u32, end: u32) {
        self.live[start as usize..=end as usize].iter_mut().for_each(|live| *live |= 1 << register);
    }
}
