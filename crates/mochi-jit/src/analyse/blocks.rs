//! Blocks, and which slots are live where they end.

use mochi_vm::instr::Flow;
use smallvec::SmallVec;

use super::{Analysis, Edge, NONE, weight};

/// Most bits of liveness, so that no function costs more than some memory: blocks times slots.
const MOST_BITS: usize = 1 << 26;

/// The raw slots that are looked at: all, or those that are used most.
pub(super) struct Candidates {
    /// By slot: its number among the candidates.
    number: Vec<u32>,
    /// By number.
    pub of: Vec<u16>,
}

impl Candidates {
    /// The number of a slot.
    pub fn get(&self, slot: u16) -> Option<usize> {
        Some(self.number[usize::from(slot)]).filter(|&n| n != NONE).map(|n| n as usize)
    }
}

/// Finds them among so many slots.
pub(super) fn candidates(analysis: &Analysis<'_>, slots: usize) -> Candidates {
    let mut uses = vec![0i64; slots];
    let blocks = analysis.starts.len();
    for ins in &analysis.list {
        let weight = weight(ins.depth());
        analysis.used(ins).iter().for_each(|used| uses[usize::from(used.slot)] += weight);
    }
    let mut of: Vec<u16> =
        (0..slots as u16).filter(|&slot| !analysis.is_cell(slot) && uses[usize::from(slot)] > 0).collect();
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
pub(super) struct Blocks {
    /// By block: those that follow it.
    pub after: Vec<SmallVec<[u32; 2]>>,
    /// Words of a set.
    pub words: usize,
    /// By block, one set after the other.
    pub live_out: Vec<u64>,
}

impl Blocks {
    /// Finds them.
    pub fn find(analysis: &Analysis<'_>, edges: &[Edge], candidates: &Candidates) -> Blocks {
        let list = &analysis.list;
        let count = analysis.starts.len();
        let mut edges = edges.iter().peekable();
        let mut after = Vec::with_capacity(count);
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
        let words = candidates.of.len().div_ceil(64);
        let empty = vec![0u64; count * words];
        let (mut used, mut defined) = (empty.clone(), empty.clone());
        for b in 0..count {
            let (used, defined) = (&mut used[b * words..][..words], &mut defined[b * words..][..words]);
            for ins in &list[analysis.block(b)] {
                for read in analysis.reads(ins) {
                    if let Some(n) = candidates.get(read.slot) {
                        used[n / 64] |= 1 << (n % 64) & !defined[n / 64];
                    }
                }
                for written in analysis.writes(ins) {
                    if let Some(n) = candidates.get(written.slot) {
                        defined[n / 64] |= 1 << (n % 64);
                    }
                }
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
        Blocks { after, words, live_out }
    }
}

/// Calls `each` with the members of a set.
pub(super) fn each(set: &[u64], mut each: impl FnMut(usize)) {
    for (w, &word) in set.iter().enumerate() {
        let mut word = word;
        while word != 0 {
            each(w * 64 + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}
