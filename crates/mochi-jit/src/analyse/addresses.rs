//! Which instructions find the object of a handle, and which know its address.
//!
//! Finding the object of a handle takes eight instructions, and programs go to the same object again and again. What was
//! found stays found: objects never move, and an object is alive as long as its handle is in a cell of a live frame. So an
//! instruction that goes to the object of a cell need not find it where, on all ways there, another one did
//! since the cell was written. Only instructions count that end the program when the handle is not of a live object. From
//! the one that finds it to those that know it, the address is a value like those of raw slots, and may have a register.

use mochi_vm::decode::Instr;
use mochi_vm::instr::Opcode;
use smallvec::SmallVec;

use super::{Analysis, fill};
use crate::lower::is_out_of_line;

/// What is saved by an address that is known, in accesses of the frame.
pub const SAVED: i64 = 4;
/// What it takes to compute it again after something that loses registers.
pub const AGAIN: i64 = 2;

/// Most bits that are looked at, so that no function costs more than some memory: blocks times cells.
const MOST_BITS: usize = 1 << 22;

/// The cell with the handle of the object that an instruction goes to.
pub fn object_of(code: &Instr<'_>) -> Option<u16> {
    operand_of(code).map(|(operand, _)| code.word.field(operand))
}

/// The operand with that handle, and whether the program ends when it is not of a live object.
fn operand_of(code: &Instr<'_>) -> Option<(usize, bool)> {
    use Opcode as O;
    match code.op {
        O::FieldGet
        | O::RefGet
        | O::ListGet
        | O::ListGetAny
        | O::ListGetBool
        | O::ListLen
        | O::MapLen
        | O::ListPush => Some((2, true)),
        O::ListPushBool | O::VariantTag => Some((2, true)),
        O::FieldSet | O::RefSet | O::ListSet | O::ListSetBool => Some((1, true)),
        O::MapGetOr if !is_out_of_line(code) => Some((2, true)),
        O::MapSet if !is_out_of_line(code) => Some((1, true)),
        O::ListView => Some((2, false)),
        _ => None,
    }
}

/// An instruction that goes to an object whose address may have a register.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// The instruction.
    pub at: u32,
    /// Where the cell is in the list of used slots.
    pub used: u32,
    block: u32,
    /// The number of the cell.
    cell: u32,
    known: Known,
}

/// Whether an instruction knows the address of its object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Known {
    Yes,
    No,
    /// When it is known where the block starts.
    AtStart,
}

/// Memory that is used again.
#[derive(Default)]
pub struct Space {
    /// By cell: how many instructions go to its object, then its number among those with several, [`NONE`] for others.
    numbers: Vec<u32>,
    /// What is known where blocks start: by block, one set of cells after the other.
    known: Vec<u64>,
    /// The same: what is known where blocks end, whatever is where they start, and what is not.
    found: Vec<u64>,
    lost: Vec<u64>,
    accesses: Vec<Access>,
}

const NONE: u32 = u32::MAX;

impl Space {
    /// Finds them, and numbers their cells as further candidates for registers. `after` has the blocks that follow each block,
    /// and `most` is how many candidates there may be.
    pub fn find<'a>(
        &'a mut self,
        analysis: &mut Analysis<'_>,
        after: &[SmallVec<[u32; 2]>],
        candidates: &mut Vec<u16>,
        most: usize,
    ) -> &'a [Access] {
        self.accesses.clear();
        let cells = self.number(analysis);
        let words = cells.div_ceil(64);
        if cells == 0 || words * after.len() * 64 > MOST_BITS {
            return &[];
        }
        for sets in [&mut self.found, &mut self.lost] {
            fill(sets, words * after.len(), 0);
        }
        for block in 0..after.len() {
            self.go_through(analysis, block, words);
        }
        self.spread(after, words);
        self.decide(analysis, words);
        // Those that nobody needs to know are no candidates.
        fill(&mut self.numbers, cells, NONE);
        let (numbers, used) = (&mut self.numbers, &mut analysis.used);
        for access in self.accesses.iter().filter(|access| access.known == Known::Yes) {
            let number = &mut numbers[access.cell as usize];
            if *number == NONE && candidates.len() < most {
                *number = candidates.len() as u32;
                candidates.push(used[access.used as usize].slot);
            }
        }
        self.accesses.retain(|access| numbers[access.cell as usize] != NONE);
        for access in &self.accesses {
            let used = &mut used[access.used as usize];
            used.number(Some(numbers[access.cell as usize] as u16));
            used.found = access.known == Known::No;
        }
        &self.accesses
    }

    /// Numbers the cells with handles that several instructions go to; how many there are.
    fn number(&mut self, analysis: &Analysis<'_>) -> usize {
        let cells = &analysis.cells;
        fill(&mut self.numbers, cells.len(), 0);
        for slot in analysis.list.iter().filter_map(|ins| object_of(&ins.code)) {
            self.numbers[usize::from(slot - cells.start)] += 1;
        }
        let mut count = 0;
        for number in &mut self.numbers {
            let several = *number > 1;
            *number = if several { count } else { NONE };
            count += u32::from(several);
        }
        count as usize
    }

    /// Notes what goes to objects in a block, and what that makes known.
    fn go_through(&mut self, analysis: &Analysis<'_>, block: usize, words: usize) {
        let Space { numbers, found, lost, accesses, .. } = self;
        let sets = block * words..(block + 1) * words;
        let (found, lost) = (&mut found[sets.clone()], &mut lost[sets]);
        let number = |slot: u16| {
            let cell = slot.checked_sub(analysis.cells.start)?;
            numbers.get(usize::from(cell)).copied().filter(|&number| number != NONE)
        };
        for at in analysis.block(block) {
            let ins = &analysis.list[at];
            if let Some((operand, ends)) = operand_of(&ins.code)
                && let Some(cell) = number(ins.code.word.field(operand))
            {
                let (word, bit) = (cell as usize / 64, 1 << (cell % 64));
                let known = match (found[word] & bit != 0, lost[word] & bit != 0) {
                    (true, _) => Known::Yes,
                    (false, true) => Known::No,
                    (false, false) => Known::AtStart,
                };
                let read = analysis.reads(ins).iter().position(|read| read.operand() == Some(operand - 1));
                let used = ins.used + read.expect("the handle is read") as u32;
                if ends || known != Known::No {
                    accesses.push(Access { at: at as u32, used, block: block as u32, cell, known });
                }
                if ends {
                    found[word] |= bit;
                }
            }
            for cell in analysis.writes(ins).iter().filter_map(|written| number(written.slot)) {
                let (word, bit) = (cell as usize / 64, 1 << (cell % 64));
                found[word] &= !bit;
                lost[word] |= bit;
            }
        }
    }

    /// Finds what is known where blocks start: what is at the end of all before them.
    fn spread(&mut self, after: &[SmallVec<[u32; 2]>], words: usize) {
        let Space { known, found, lost, .. } = self;
        fill(known, words * after.len(), u64::MAX);
        known[..words].fill(0);
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for (block, next) in after.iter().enumerate() {
                for (&next, word) in next.iter().flat_map(|next| (0..words).map(move |word| (next, word))) {
                    let at = block * words + word;
                    let end = known[at] & !lost[at] | found[at];
                    let start = &mut known[next as usize * words + word];
                    changed |= *start & !end != 0;
                    *start &= end;
                }
            }
        }
    }

    /// Decides what hung on the start of blocks. What finds no object by itself is kept only if it knows the address.
    fn decide(&mut self, analysis: &Analysis<'_>, words: usize) {
        let Space { known, accesses, .. } = self;
        for access in accesses.iter_mut().filter(|access| access.known == Known::AtStart) {
            let word = access.block as usize * words + access.cell as usize / 64;
            let is_known = known[word] & 1 << (access.cell % 64) != 0;
            access.known = if is_known { Known::Yes } else { Known::No };
        }
        let ends = |access: &Access| {
            operand_of(&analysis.list[access.at as usize].code).is_some_and(|(_, ends)| ends)
        };
        accesses.retain(|access| access.known == Known::Yes || ends(access));
    }
}
