//! Webs, what registers would save for them, and which get one.

use std::ops::Range;

use mochi_vm::instr::Opcode;

use super::blocks::{Blocks, Candidates, NONE, each};
use super::operands::{Class, class_of, join};
use super::{Analysis, Part, Parts, REGISTERS, weight};
use crate::addresses::{self, Run};
use crate::lower::is_out_of_line;
use crate::manifest::INT_PINS;

/// A part of a web before it has a register.
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
}

/// All webs of a function.
pub(super) struct Webs {
    segments: Vec<Segment>,
    /// Segments of which one is a copy of the other.
    copies: Vec<(u32, u32)>,
}

impl Webs {
    /// Finds them.
    pub fn find(analysis: &Analysis<'_>, candidates: &Candidates, blocks: &Blocks) -> Webs {
        let mut webs = Webs { segments: Vec::new(), copies: Vec::new() };
        let count = blocks.after.len();
        // By block, what is live where it starts and ends, with its segments, ascending.
        let mut live_segments: Vec<(u32, u32)> = Vec::new();
        let mut at_start: Vec<Range<usize>> = Vec::with_capacity(count);
        let mut at_end: Vec<Range<usize>> = Vec::with_capacity(count);
        let mut open = vec![NONE; candidates.of.len()];
        let mut live = vec![0u64; blocks.words];
        for b in 0..count {
            let (first, last) = (blocks.starts[b], blocks.starts[b + 1] - 1);
            live.copy_from_slice(&blocks.live_out[b * blocks.words..][..blocks.words]);
            let from = live_segments.len();
            each(&live, |n| {
                open[n] = webs.segment(n, 2 * last + 1);
                live_segments.push((n as u32, open[n]));
            });
            at_end.push(from..live_segments.len());
            for i in (first..=last).rev() {
                webs.instruction(analysis, i, candidates, &mut open, &mut live);
            }
            let from = live_segments.len();
            each(&live, |n| {
                webs.segments[open[n] as usize].start = 2 * first;
                live_segments.push((n as u32, open[n]));
                open[n] = NONE;
            });
            at_start.push(from..live_segments.len());
        }
        for (b, next) in blocks.after.iter().enumerate() {
            for &next in next {
                let mut ends = live_segments[at_end[b].clone()].iter();
                for &(n, segment) in &live_segments[at_start[next as usize].clone()] {
                    if let Some(&(_, end)) = ends.find(|end| end.0 == n) {
                        webs.unite(end, segment);
                    }
                }
            }
        }
        webs
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
            class: Class::Unknown,
        });
        number
    }

    /// Goes backward over an instruction.
    fn instruction(
        &mut self,
        analysis: &Analysis<'_>,
        i: u32,
        candidates: &Candidates,
        open: &mut [u32],
        live: &mut [u64],
    ) {
        let ins = &analysis.list[i as usize];
        let (op, weight) = (ins.code.op, weight(ins.depth()));
        let outside = is_out_of_line(op);
        // What is executed out of line uses the frame.
        let gain = if outside { 0 } else { weight };
        let mut copied = NONE;
        for written in analysis.writes(ins) {
            let Some(n) = candidates.get(written.slot) else { continue };
            let number = match std::mem::replace(&mut open[n], NONE) {
                NONE => self.segment(n, 2 * i + 1),
                number => number,
            };
            let segment = &mut self.segments[number as usize];
            segment.start = 2 * i + 1;
            segment.gain += gain;
            segment.written += weight;
            segment.class = join(segment.class, class_of(op, written.operand()));
            live[n / 64] &= !(1 << (n % 64));
            copied = number;
        }
        if outside {
            each(live, |n| {
                let segment = &mut self.segments[open[n] as usize];
                // It is loaded afterwards.
                segment.gain -= weight;
                segment.crossed += weight;
            });
        }
        for read in analysis.reads(ins) {
            let Some(n) = candidates.get(read.slot) else { continue };
            let operand = read.operand();
            if open[n] == NONE {
                open[n] = self.segment(n, 2 * i);
                live[n / 64] |= 1 << (n % 64);
            }
            let number = open[n];
            let segment = &mut self.segments[number as usize];
            segment.gain += gain;
            segment.crossed += if outside { weight } else { 0 };
            segment.class = join(segment.class, class_of(op, operand));
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
                let Segment { gain, written, crossed, class, .. } = self.segments[i as usize];
                let web = &mut self.segments[web as usize];
                web.gain += gain;
                web.written += written;
                web.crossed += crossed;
                web.class = join(web.class, class);
            }
        }
        // A word is what it is copied to and from.
        let copies: Vec<(u32, u32)> =
            std::mem::take(&mut self.copies).iter().map(|&(a, b)| (self.web(a), self.web(b))).collect();
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for &(a, b) in &copies {
                let (left, right) = (self.segments[a as usize].class, self.segments[b as usize].class);
                let both = join(left, right);
                changed |= left != both || right != both;
                self.segments[a as usize].class = both;
                self.segments[b as usize].class = both;
            }
        }
    }

    /// Gives registers to the webs and addresses that gain most.
    pub fn assign(&mut self, analysis: &mut Analysis<'_>, candidates: &Candidates) {
        // Webs by what they gain, and by segment the next one of its web.
        let mut order: Vec<(i64, u32)> = Vec::with_capacity(self.segments.len());
        let mut next = vec![NONE; self.segments.len()];
        let mut first = next.clone();
        for i in (0..self.segments.len() as u32).rev() {
            let web = self.web(i);
            next[i as usize] = std::mem::replace(&mut first[web as usize], i);
            let Segment { gain, class, .. } = self.segments[i as usize];
            if web == i && gain > 0 && class != Class::Mixed {
                order.push((-gain, web));
            }
        }
        order.sort_unstable();
        let mut runs = addresses::find(analysis);
        runs.sort_unstable_by_key(|run| (-run.gain, run.first, run.slot));
        let mut runs = runs.iter().peekable();
        let mut given = Given::default();
        for &(minus_gain, web) in &order {
            while let Some(run) = runs.next_if(|run| run.gain > -minus_gain) {
                given.run(analysis, run);
            }
            let members = first[web as usize];
            let web = &self.segments[web as usize];
            let choice = match web.class {
                Class::Float => INT_PINS as usize..REGISTERS,
                Class::Int | Class::Unknown | Class::Mixed => 0..INT_PINS as usize,
            };
            let ranges = || {
                let after = |&i: &u32| Some(next[i as usize]).filter(|&i| i != NONE);
                std::iter::successors(Some(members), after).map(|i| &self.segments[i as usize])
            };
            let is_free = |r: &usize| ranges().all(|part| given.taken[*r].is_free(part.start, part.end));
            let Some(register) = choice.into_iter().find(is_free) else { continue };
            let slot = candidates.of[web.candidate as usize];
            let through = web.written == 0 || web.crossed > web.written;
            for segment in ranges() {
                let (start, end) = (segment.start, segment.end);
                given.taken[register].take(start, end);
                given.webs.push(Part { start, end, slot, register: register as u8, through });
                analysis.live(register, start..=end);
            }
        }
        runs.for_each(|run| given.run(analysis, run));
        let Given { mut webs, mut addresses, .. } = given;
        let slots = analysis.slots.keys();
        webs.sort_unstable_by_key(|part| part.start);
        addresses.sort_unstable_by_key(|part| part.start);
        analysis.slots = Parts::new(slots, &webs, |part| usize::from(part.slot));
        analysis.addresses = Parts::new(slots, &addresses, |part| usize::from(part.slot));
        if !addresses.is_empty() {
            webs.append(&mut addresses);
            webs.sort_unstable_by_key(|part| part.start);
        }
        analysis.registers = Parts::new(REGISTERS, &webs, |part| usize::from(part.register));
    }
}

/// Registers that were given.
#[derive(Default)]
struct Given {
    taken: [Taken; REGISTERS],
    webs: Vec<Part>,
    addresses: Vec<Part>,
}

impl Given {
    /// Gives a register to the address of an object, if one is free.
    fn run(&mut self, analysis: &mut Analysis<'_>, run: &Run) {
        // The instruction that finds the object has it in the middle of its work.
        let (start, end) = (2 * run.first, 2 * run.last);
        let is_free = |&r: &usize| self.taken[r].is_free(start, end);
        let Some(register) = (0..INT_PINS as usize).find(is_free) else { return };
        self.taken[register].take(start, end);
        let part = Part { start, end, slot: run.slot, register: register as u8, through: true };
        self.addresses.push(part);
        analysis.live(register, start + 1..=end);
    }
}

/// Positions at which a register has something, ascending.
#[derive(Default)]
struct Taken(Vec<(u32, u32)>);

impl Taken {
    /// How many begin at or before a position.
    fn begun(&self, position: u32) -> usize {
        // Most functions are short.
        match self.0.last() {
            Some(last) if last.0 > position => self.0.partition_point(|range| range.0 <= position),
            _ => self.0.len(),
        }
    }
    fn is_free(&self, start: u32, end: u32) -> bool {
        self.begun(end).checked_sub(1).is_none_or(|last| self.0[last].1 < start)
    }
    fn take(&mut self, start: u32, end: u32) {
        let at = self.begun(end);
        self.0.insert(at, (start, end));
    }
}
