//! Blocks, and which slots are live where they end.

use mochi_vm::instr::Flow;
use smallvec::SmallVec;

use super::{Analysis, Edge, fill};

/// Most bits of liveness, so that no function costs more than some memory: blocks times slots.
const MOST_BITS: usize = 1 << 26;

/// Numbers the raw slots that are used: all, or those that are used most. The slots by number, and how many numbers there
/// may be.
pub(super) fn candidates(analysis: &mut Analysis<'_>, slots: usize) -> (Vec<u16>, usize) {
    let mut number: Vec<Option<u16>> = vec![None; slots];
    let mut of: Vec<u16> = Vec::with_capacity(slots.min(analysis.used.len()));
    let cells = analysis.cells.clone();
    for used in analysis.used.iter_mut().filter(|used| !cells.contains(&used.slot)) {
        let known = number[usize::from(used.slot)].get_or_insert_with(|| {
            of.push(used.slot);
            of.len() as u16 - 1
        });
        used.number(Some(*known));
    }
    let most = (MOST_BITS / analysis.starts.len().max(1)).max(64);
    if of.len() > most {
        keep(most, analysis, &mut of);
    }
    (of, most)
}

/// Takes their numbers from all but so many candidates that are used most.
fn keep(most: usize, analysis: &mut Analysis<'_>, of: &mut Vec<u16>) {
    let mut uses = vec![0i64; of.len()];
    for ins in &analysis.list {
        for n in analysis.used(ins).iter().filter_map(|used| used.candidate()) {
            uses[n] += ins.weight();
        }
    }
    let mut order: Vec<usize> = (0..of.len()).collect();
    order.sort_by_key(|&n| -uses[n]);
    let mut number = vec![None; of.len()];
    for (new, &n) in (0..).zip(&order[..most]) {
        number[n] = Some(new);
    }
    for used in &mut analysis.used {
        used.number(used.candidate().and_then(|n| number[n]));
    }
    *of = order[..most].iter().map(|&n| of[n]).collect();
}

/// Blocks and which candidates are live where they end.
#[derive(Default)]
pub(super) struct Blocks {
    /// By block: those that follow it.
    pub after: Vec<SmallVec<[u32; 2]>>,
    /// Words of a set.
    pub words: usize,
    /// By block, one set after the other.
    pub live_out: Vec<u64>,
    live_in: Vec<u64>,
    defined: Vec<u64>,
}

impl Blocks {
    /// Finds which follow which.
    pub fn connect(&mut self, analysis: &Analysis<'_>, edges: &[Edge]) {
        let Blocks { after, .. } = self;
        let list = &analysis.list;
        let count = analysis.starts.len();
        let mut edges = edges.iter().peekable();
        after.clear();
        for b in 0..count {
            let range = analysis.block(b);
            let mut next: SmallVec<[u32; 2]> = SmallVec::new();
            // Only the last instruction of a block jumps.
            while let Some(&(_, to)) = edges.next_if(|(from, _)| (*from as usize) < range.end) {
                next.push(list[to as usize].block);
            }
            if list[range.end - 1].code.op.flow() != Flow::Ends && b + 1 < count {
                next.push(b as u32 + 1);
            }
            after.push(next);
        }
    }

    /// Finds what is live.
    pub fn find_live(&mut self, analysis: &Analysis<'_>, candidates: &[u16]) {
        let Blocks { after, words, live_out, live_in, defined } = self;
        let list = &analysis.list;
        let count = after.len();
        *words = candidates.len().div_ceil(64);
        let words = *words;
        for sets in [&mut *live_out, &mut *live_in, &mut *defined] {
            fill(sets, count * words, 0);
        }
        for b in 0..count {
            let (used, defined) = (&mut live_in[b * words..][..words], &mut defined[b * words..][..words]);
            for ins in &list[analysis.block(b)] {
                for read in analysis.reads(ins) {
                    let Some(n) = read.candidate() else { continue };
                    if read.found {
                        defined[n / 64] |= 1 << (n % 64);
                    } else {
                        used[n / 64] |= 1 << (n % 64) & !defined[n / 64];
                    }
                }
                for n in analysis.writes(ins).iter().filter_map(|written| written.candidate()) {
                    defined[n / 64] |= 1 << (n % 64);
                }
            }
        }
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
    }
}

/// Calls `each` with the members of a set.
#[inline]
pub(super) fn each(set: &[u64], mut each: impl FnMut(usize)) {
    for (w, &word) in set.iter().enumerate() {
        let mut word = word;
        while word != 0 {
            each(w * 64 + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}
