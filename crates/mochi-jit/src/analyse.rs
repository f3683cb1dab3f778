//! Looks at the bytecode of a function once: instructions, what they read and write, loops, and what is where when.
//!
//! A *web* is a value of a slot with all the places in the code between its definitions and its uses: the slot is the
//! same, but another web of it may be an int where this is a float, and may be in another register or in none. Webs that
//! are used most get registers, where no other web of the register is live; the rest stays in the frame. A use counts
//! eight times as much for each loop around it. What executes out of line loses registers, so it counts against the webs
//! that live through it.
//!
//! A position is an instruction's number times two, plus one for the moment after it.

use mochi_vm::code::{NO_SLOT, Program, Word};
use mochi_vm::decode::{Instr, instrs};
use mochi_vm::instr::{Flow, Opcode, Operand};

use crate::lower::is_out_of_line;
use crate::manifest::{FLOAT_PINS, INT_PINS, Place};
use crate::objects::{self, Run};

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

/// What is in a web.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    /// Words that are only copied.
    Unknown,
    /// Ints, bools and addresses.
    Int,
    /// Floats.
    Float,
    /// Different things.
    Mixed,
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
    slots: Vec<Vec<Part>>,
    /// By slot, ascending: where the address of the object of its handle is in a register.
    addresses: Vec<Vec<Part>>,
    /// Cells among the slots.
    cells: std::ops::Range<u16>,
    /// By register, ascending.
    registers: [Vec<Part>; REGISTERS],
}

impl Analysis<'_> {
    /// The register that has a slot at a position.
    #[inline]
    pub fn of_slot(&self, slot: u16, position: u32) -> Option<Part> {
        find(&self.slots[usize::from(slot)], position)
    }
    /// The register that has the address of the object of a cell at a position.
    pub fn of_object(&self, slot: u16, position: u32) -> Option<Part> {
        find(&self.addresses[usize::from(slot)], position)
    }
    /// Whether a slot has a cell, so that a register which is for it has the address of its object.
    pub fn is_cell(&self, slot: u16) -> bool {
        self.cells.contains(&slot)
    }
    /// What is in a register at a position.
    #[inline]
    pub fn of_register(&self, register: usize, position: u32) -> Option<Part> {
        find(&self.registers[register], position)
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
        self.registers.iter().flatten()
    }
}

fn find(parts: &[Part], position: u32) -> Option<Part> {
    let after = parts.partition_point(|part| part.start <= position);
    parts.get(after.checked_sub(1)?).copied().filter(|part| part.end >= position)
}

/// Most bits of liveness, so that no function costs more than some memory: blocks times slots.
const MOST_BITS: usize = 1 << 26;

/// Looks at a function.
pub fn analyse(program: &Program, index: u32) -> Analysis<'_> {
    let f = &program.funcs[index as usize];
    let words: &[Word] = program.code(index);
    let mut list: Vec<Ins<'_>> = Vec::with_capacity(words.len());
    let mut at = vec![u32::MAX; words.len() + 1];
    for code in instrs(words).map_while(Result::ok) {
        at[code.at as usize] = list.len() as u32;
        list.push(Ins { code, depth: 0, starts: false, live_before: 0, live_after: 0 });
    }
    find_loops(&mut list, &at);
    let slots = usize::from(f.slots);
    let cells = f.cells_start()..f.cells_end;
    let mut analysis = Analysis {
        list,
        at,
        slots: vec![Vec::new(); slots],
        addresses: vec![Vec::new(); slots],
        cells: cells.clone(),
        registers: std::array::from_fn(|_| Vec::new()),
    };
    let candidates = candidates(&analysis.list, slots, &cells);
    let blocks = Blocks::find(&analysis, &candidates);
    let mut webs = Webs::find(&analysis.list, &candidates, &blocks);
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

/// Calls `read` with each slot that an instruction reads, and whether an operand says so.
pub fn reads(code: &Instr<'_>, mut read: impl FnMut(u16, Option<usize>)) {
    for (i, (operand, value)) in code.operands().enumerate() {
        let slot = value as u16;
        match operand {
            Operand::InRaw | Operand::InCell | Operand::In | Operand::InOutRaw => read(slot, Some(i)),
            Operand::InView => {
                read(slot, Some(i));
                read(slot + 1, Some(i));
            }
            _ => {}
        }
    }
    code.ext_slots().for_each(|slot| read(slot, None));
}

/// Calls `write` with each slot that an instruction writes.
pub fn writes(code: &Instr<'_>, mut write: impl FnMut(u16, Option<usize>)) {
    for (i, (operand, value)) in code.operands().enumerate() {
        let slot = value as u16;
        match operand {
            Operand::OutRaw | Operand::OutCell | Operand::Out | Operand::InOutRaw => write(slot, Some(i)),
            Operand::OutView => {
                write(slot, Some(i));
                write(slot + 1, Some(i));
            }
            _ => {}
        }
    }
    if let Some(slot) = code.result_slot().filter(|&slot| slot != NO_SLOT && !is_tail(code.op)) {
        write(slot, None);
    }
}

fn is_tail(op: Opcode) -> bool {
    matches!(op, Opcode::TailCall | Opcode::TailCallClosure | Opcode::TailCallAny)
}

/// What a raw operand of an instruction is, by its position; `None` for a slot of the extension or a result.
fn class_of(op: Opcode, operand: Option<usize>) -> Class {
    use Opcode::*;
    let Some(i) = operand else { return Class::Unknown };
    match op {
        Move | ConstInt | ConstRaw | ListPush | ListAppend | FieldGet | FieldSet | RefNew | RefGet
        | RefSet | GlobalGet | GlobalSet | MapGetOr | MapSet | MapSetAny | StructNew | ClosureNew
        | ListNew | MapNew | Call0 | Call1 | Call2 | Call3 | CallMany | CallClosure | CallAny
        | CallRuntime | Return | TailCall | TailCallClosure | TailCallAny => Class::Unknown,
        Select if i != 1 => Class::Unknown,
        ListGet | ViewGet | ViewGetIn if i == 0 => Class::Unknown,
        ListSet | ViewSetIn if i == 2 => Class::Unknown,
        FAdd | FSub | FMul | FDiv | FRem | FNeg | BrFEq | BrFNe | BrFLt | BrFLe | BrFNlt | BrFNle
        | LoopFEq | LoopFNe | LoopFLt | LoopFLe | LoopFNlt | LoopFNle | BoxFloat | UnboxFloat | AsFloat
        | GetOrFloat => Class::Float,
        FEq | FNe | FLt | FLe | FloatToInt if i > 0 => Class::Float,
        IntToFloat if i == 0 => Class::Float,
        _ => Class::Int,
    }
}

fn join(a: Class, b: Class) -> Class {
    match (a, b) {
        (Class::Unknown, other) | (other, Class::Unknown) => other,
        _ if a == b => a,
        _ => Class::Mixed,
    }
}

/// What an execution of an instruction counts.
pub(crate) fn weight(depth: u32) -> i64 {
    8i64.pow(depth.min(8))
}

/// The raw slots that are looked at: all, or those that are used most.
struct Candidates {
    /// By slot: its number among the candidates.
    number: Vec<u32>,
    /// By number.
    of: Vec<u16>,
}

const NONE: u32 = u32::MAX;

impl Candidates {
    fn get(&self, slot: u16) -> Option<usize> {
        Some(self.number[usize::from(slot)]).filter(|&n| n != NONE).map(|n| n as usize)
    }
}

fn candidates(list: &[Ins<'_>], slots: usize, cells: &std::ops::Range<u16>) -> Candidates {
    let mut uses = vec![0i64; slots];
    let mut blocks = 0;
    for ins in list {
        blocks += usize::from(ins.starts);
        let mut add = |slot: u16, _| uses[usize::from(slot)] += weight(ins.depth);
        reads(&ins.code, &mut add);
        writes(&ins.code, &mut add);
    }
    let mut of: Vec<u16> =
        (0..slots as u16).filter(|slot| !cells.contains(slot) && uses[usize::from(*slot)] > 0).collect();
    let most = (MOST_BITS / blocks.max(1)).max(64);
    if of.len() > most {
        of.sort_by_key(|&slot| (-uses[usize::from(slot)], slot));
        of.truncate(most);
    }
    let mut number = vec![NONE; slots];
    for (n, &slot) in (0..).zip(&of) {
        number[usize::from(slot)] = n;
    }
    Candidates { number, of }
}

/// Blocks and which candidates are live where they end.
struct Blocks {
    /// First instructions, then the number of instructions.
    starts: Vec<u32>,
    /// By block: those that follow it.
    after: Vec<Vec<u32>>,
    /// Words of a set.
    words: usize,
    /// By block, one set after the other.
    live_out: Vec<u64>,
}

impl Blocks {
    fn find(analysis: &Analysis<'_>, candidates: &Candidates) -> Blocks {
        let list = &analysis.list;
        let mut starts: Vec<u32> = (0..list.len() as u32).filter(|&i| list[i as usize].starts).collect();
        let count = starts.len();
        starts.push(list.len() as u32);
        let block_at = |i: u32| starts.partition_point(|&start| start <= i) as u32 - 1;
        let mut after = Vec::with_capacity(count);
        for b in 0..count {
            let last = &list[starts[b + 1] as usize - 1].code;
            let mut next: Vec<u32> = last.jumps().map(|jump| block_at(analysis.at[jump as usize])).collect();
            if last.op.flow() != Flow::Ends && b + 1 < count {
                next.push(b as u32 + 1);
            }
            after.push(next);
        }
        let words = candidates.of.len().div_ceil(64);
        let empty = vec![0u64; count * words];
        let (mut used, mut defined) = (empty.clone(), empty.clone());
        for b in 0..count {
            let (used, defined) = (&mut used[b * words..][..words], &mut defined[b * words..][..words]);
            for ins in &list[starts[b] as usize..starts[b + 1] as usize] {
                reads(&ins.code, |slot, _| {
                    if let Some(n) = candidates.get(slot) {
                        used[n / 64] |= 1 << (n % 64) & !defined[n / 64];
                    }
                });
                writes(&ins.code, |slot, _| {
                    if let Some(n) = candidates.get(slot) {
                        defined[n / 64] |= 1 << (n % 64);
                    }
                });
            }
        }
        let (mut live_in, mut live_out) = (used, empty);
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for b in (0..count).rev() {
                for &next in &after[b] {
                    for w in 0..words {
                        let more = live_in[next as usize * words + w] & !live_out[b * words + w];
                        if more != 0 {
                            live_out[b * words + w] |= more;
                            let through = more & !defined[b * words + w] & !live_in[b * words + w];
                            live_in[b * words + w] |= through;
                            changed |= through != 0;
                        }
                    }
                }
            }
        }
        Blocks { starts, after, words, live_out }
    }
}

/// Calls `each` with the members of a set.
fn each(set: &[u64], mut each: impl FnMut(usize)) {
    for (w, &word) in set.iter().enumerate() {
        let mut word = word;
        while word != 0 {
            each(w * 64 + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}

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
struct Webs {
    segments: Vec<Segment>,
    /// Segments of which one is a copy of the other.
    copies: Vec<(u32, u32)>,
}

impl Webs {
    fn find(list: &[Ins<'_>], candidates: &Candidates, blocks: &Blocks) -> Webs {
        let mut webs = Webs { segments: Vec::new(), copies: Vec::new() };
        let count = blocks.after.len();
        // By block, what is live where it starts and ends, with its segments, ascending.
        let mut at_start: Vec<Vec<(u32, u32)>> = Vec::with_capacity(count);
        let mut at_end: Vec<Vec<(u32, u32)>> = Vec::with_capacity(count);
        let mut open = vec![NONE; candidates.of.len()];
        let mut live = vec![0u64; blocks.words];
        for b in 0..count {
            let (first, last) = (blocks.starts[b], blocks.starts[b + 1] - 1);
            live.copy_from_slice(&blocks.live_out[b * blocks.words..][..blocks.words]);
            let mut ends = Vec::new();
            each(&live, |n| {
                open[n] = webs.segment(n, 2 * last + 1);
                ends.push((n as u32, open[n]));
            });
            for i in (first..=last).rev() {
                webs.instruction(&list[i as usize], i, candidates, &mut open, &mut live);
            }
            let mut starts = Vec::new();
            each(&live, |n| {
                webs.segments[open[n] as usize].start = 2 * first;
                starts.push((n as u32, open[n]));
                open[n] = NONE;
            });
            at_start.push(starts);
            at_end.push(ends);
        }
        for (b, next) in blocks.after.iter().enumerate() {
            for &next in next {
                let ends = &at_end[b];
                let mut from = 0;
                for &(n, segment) in &at_start[next as usize] {
                    while ends[from].0 != n {
                        from += 1;
                    }
                    webs.unite(ends[from].1, segment);
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
        ins: &Ins<'_>,
        i: u32,
        candidates: &Candidates,
        open: &mut [u32],
        live: &mut [u64],
    ) {
        let (op, weight) = (ins.code.op, weight(ins.depth));
        let outside = is_out_of_line(op);
        // What is executed out of line uses the frame.
        let gain = if outside { 0 } else { weight };
        let mut copied = NONE;
        writes(&ins.code, |slot, operand| {
            let Some(n) = candidates.get(slot) else { return };
            let number = match std::mem::replace(&mut open[n], NONE) {
                NONE => self.segment(n, 2 * i + 1),
                number => number,
            };
            let segment = &mut self.segments[number as usize];
            segment.start = 2 * i + 1;
            segment.gain += gain;
            segment.written += weight;
            segment.class = join(segment.class, class_of(op, operand));
            live[n / 64] &= !(1 << (n % 64));
            copied = number;
        });
        if outside {
            each(live, |n| {
                let segment = &mut self.segments[open[n] as usize];
                // It is loaded afterwards.
                segment.gain -= weight;
                segment.crossed += weight;
            });
        }
        reads(&ins.code, |slot, operand| {
            let Some(n) = candidates.get(slot) else { return };
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
        });
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
    fn classify(&mut self) {
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
    fn assign(&mut self, analysis: &mut Analysis<'_>, candidates: &Candidates) {
        // Segments by web; webs by what they gain.
        let mut order: Vec<(i64, u32, u32)> = Vec::with_capacity(self.segments.len());
        for i in 0..self.segments.len() as u32 {
            let web = self.web(i);
            let Segment { gain, class, .. } = self.segments[web as usize];
            if gain > 0 && class != Class::Mixed {
                order.push((-gain, web, i));
            }
        }
        order.sort_unstable();
        let mut runs = objects::find(&analysis.list);
        runs.sort_unstable_by_key(|run| (-run.gain, run.first, run.slot));
        let mut runs = runs.iter().peekable();
        let mut taken: [Taken; REGISTERS] = std::array::from_fn(|_| Taken::default());
        for members in order.chunk_by(|a, b| a.1 == b.1) {
            while let Some(run) = runs.next_if(|run| run.gain > -members[0].0) {
                assign_run(analysis, &mut taken, run);
            }
            let web = &self.segments[members[0].1 as usize];
            let choice = match web.class {
                Class::Float => INT_PINS as usize..REGISTERS,
                Class::Int | Class::Unknown | Class::Mixed => 0..INT_PINS as usize,
            };
            let ranges = || members.iter().map(|&(_, _, i)| &self.segments[i as usize]);
            let free =
                choice.into_iter().find(|&r| ranges().all(|part| taken[r].is_free(part.start, part.end)));
            let Some(register) = free else { continue };
            let slot = candidates.of[web.candidate as usize];
            let through = web.written == 0 || web.crossed > web.written;
            for part in ranges() {
                let (start, end) = (part.start, part.end);
                taken[register].take(start, end);
                let part = Part { start, end, slot, register: register as u8, through };
                analysis.slots[usize::from(slot)].push(part);
                analysis.registers[register].push(part);
                analysis.live(register, start..=end);
            }
        }
        runs.for_each(|run| assign_run(analysis, &mut taken, run));
        let lists = analysis.slots.iter_mut().chain(&mut analysis.addresses).chain(&mut analysis.registers);
        lists.for_each(|parts| parts.sort_unstable_by_key(|part| part.start));
    }
}

/// Gives a register to the address of an object, if one is free.
fn assign_run(analysis: &mut Analysis<'_>, taken: &mut [Taken; REGISTERS], run: &Run) {
    // The instruction that finds the object has it in the middle of its work.
    let (start, end) = (2 * run.first, 2 * run.last);
    let Some(register) = (0..INT_PINS as usize).find(|&r| taken[r].is_free(start, end)) else { return };
    taken[register].take(start, end);
    let part = Part { start, end, slot: run.slot, register: register as u8, through: true };
    analysis.addresses[usize::from(run.slot)].push(part);
    analysis.registers[register].push(part);
    analysis.live(register, start + 1..=end);
}

/// Positions at which a register has something: by start, the end.
#[derive(Default)]
struct Taken(std::collections::BTreeMap<u32, u32>);

impl Taken {
    fn is_free(&self, start: u32, end: u32) -> bool {
        self.0.range(..=end).next_back().is_none_or(|(_, &until)| until < start)
    }
    fn take(&mut self, start: u32, end: u32) {
        self.0.insert(start, end);
    }
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
