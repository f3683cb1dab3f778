//! Which function's code is where in the region.
//!
//! Room is given out from the start to the end, then from the start again: the region is a ring. A *sweep* goes before
//! what gives out room, some steps for a lap. The owner is told which functions it comes to, and removes those that may
//! go; the rest stays where it is and room is taken around it. It is also told of functions that the sweep will come to a
//! quarter of a lap later, so that it can find out which of them are used until then.

use std::collections::BTreeMap;
use std::ops::Range;

/// Code of a function: its distance from the start of the region to the end of the code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Block {
    end: usize,
    function: u32,
}

/// The region.
#[derive(Debug)]
pub struct Ring {
    whole: Range<usize>,
    /// Where the next room is looked for.
    next: usize,
    /// Up to here the sweep has come; not below `next`.
    swept: usize,
    blocks: BTreeMap<usize, Block>,
}

/// What a step of the sweep came to.
#[derive(Debug, Default)]
pub struct Step {
    /// Functions that are in the way.
    pub reached: Vec<u32>,
    /// Functions that will be.
    pub soon: Vec<u32>,
}

/// Code starts at multiples of so many bytes.
pub const ALIGN: usize = 16;

impl Ring {
    /// Steps of the sweep for a lap, at most.
    pub const STEPS: usize = 32;

    /// An empty ring of a part of the region.
    pub fn new(whole: Range<usize>) -> Ring {
        let start = whole.start.next_multiple_of(ALIGN);
        Ring { whole: start..whole.end, next: start, swept: start, blocks: BTreeMap::new() }
    }
    /// Forgets all blocks.
    pub fn clear(&mut self) {
        *self = Ring::new(self.whole.clone());
    }
    /// Bytes of the whole.
    pub fn size(&self) -> usize {
        self.whole.len()
    }
    /// The function whose code is at a distance.
    pub fn function_at(&self, at: usize) -> Option<u32> {
        let (_, block) = self.blocks.range(..=at).next_back()?;
        (at < block.end).then_some(block.function)
    }
    /// Takes room for a function out of what has been swept; `None` when there is none.
    pub fn take(&mut self, len: usize, function: u32) -> Option<usize> {
        let mut at = self.next;
        for (&start, block) in self.blocks.range(self.next..self.swept) {
            if start - at >= len {
                break;
            }
            at = block.end.next_multiple_of(ALIGN);
        }
        if at >= self.swept {
            return None;
        }
        let end = self.blocks.range(at..self.swept).next().map_or(self.swept, |(&start, _)| start);
        if end - at < len {
            return None;
        }
        self.blocks.insert(at, Block { end: at + len, function });
        self.next = (at + len).next_multiple_of(ALIGN).min(self.swept);
        Some(at)
    }
    /// Lets the sweep make a step.
    pub fn step(&mut self) -> Step {
        if self.swept == self.whole.end {
            (self.next, self.swept) = (self.whole.start, self.whole.start);
        }
        let size = self.size();
        let from = self.swept;
        let len = (size / Self::STEPS).next_multiple_of(ALIGN).min(self.whole.end - from);
        self.swept += len;
        let quarter = (from - self.whole.start + size / 4) % size + self.whole.start;
        let beyond = (quarter + len).saturating_sub(self.whole.end);
        let mut soon = self.functions(quarter..quarter + len - beyond);
        soon.extend(self.functions(self.whole.start..self.whole.start + beyond));
        Step { reached: self.functions(from..self.swept), soon }
    }
    /// Removes the code of a function.
    pub fn remove(&mut self, at: usize) {
        self.blocks.remove(&at);
    }

    /// The functions whose code starts in a range.
    fn functions(&self, range: Range<usize>) -> Vec<u32> {
        self.blocks.range(range).map(|(_, block)| block.function).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes room, removing what is in the way but for some functions.
    fn take(ring: &mut Ring, len: usize, function: u32, stays: &[u32], at: &mut Vec<usize>) -> Option<usize> {
        for _ in 0..=2 * Ring::STEPS {
            if let Some(found) = ring.take(len, function) {
                at.resize(at.len().max(function as usize + 1), usize::MAX);
                at[function as usize] = found;
                return Some(found);
            }
            for gone in ring.step().reached.into_iter().filter(|function| !stays.contains(function)) {
                ring.remove(at[gone as usize]);
            }
        }
        None
    }

    #[test]
    fn room_is_given_out_in_order_and_then_again() {
        let mut ring = Ring::new(0x1000..0x2000);
        let mut at = Vec::new();
        for function in 0..16 {
            assert_eq!(
                take(&mut ring, 0x100, function, &[], &mut at),
                Some(0x1000 + 0x100 * function as usize)
            );
        }
        assert_eq!(ring.function_at(0x1350), Some(3));
        assert_eq!(take(&mut ring, 0x80, 16, &[], &mut at), Some(0x1000));
        assert_eq!((ring.function_at(0x1010), ring.function_at(0x1090)), (Some(16), None));
        assert_eq!(ring.function_at(0x1350), Some(3), "the sweep goes no farther than it has to");
    }

    #[test]
    fn what_stays_is_gone_around() {
        let mut ring = Ring::new(0..0x1000);
        let mut at = Vec::new();
        (0..16).for_each(|function| {
            take(&mut ring, 0x100, function, &[], &mut at);
        });
        assert_eq!(take(&mut ring, 0x180, 16, &[1, 4], &mut at), Some(0x200));
        assert_eq!((ring.function_at(0x1ff), ring.function_at(0x4ff)), (Some(1), Some(4)));
        assert_eq!(take(&mut ring, 0xb00, 17, &[1, 4], &mut at), Some(0x500));
        assert_eq!(take(&mut ring, 0xc00, 18, &[1, 4], &mut at), None, "there is no such room between them");
    }

    #[test]
    fn blocks_never_overlap() {
        let mut ring = Ring::new(0x10..0x3010);
        let mut at = Vec::new();
        let mut seed = 1u32;
        for function in 0..5000u32 {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            let len = 1 + (seed >> 20) as usize % 700;
            let stays = [seed % 7, function.saturating_sub(3)];
            take(&mut ring, len, function, &stays, &mut at).unwrap();
            let mut before = 0x10;
            for (&start, block) in &ring.blocks {
                assert!(start >= before && start % ALIGN == 0 && block.end <= 0x3010, "{ring:?}");
                before = block.end;
            }
        }
    }

    #[test]
    fn the_owner_hears_of_functions_before_the_sweep_comes() {
        let mut ring = Ring::new(0..0x1000);
        let mut at = Vec::new();
        let (mut soon, mut reached) = (Vec::new(), Vec::new());
        for function in 0..200 {
            for _ in 0..=2 * Ring::STEPS {
                if let Some(found) = ring.take(0x100, function) {
                    at.push(found);
                    break;
                }
                let step = ring.step();
                for gone in step.reached {
                    ring.remove(at[gone as usize]);
                    reached.push(gone);
                }
                soon.extend(step.soon);
            }
        }
        assert!(reached.len() > 150, "{reached:?}");
        for gone in reached {
            assert!(soon.contains(&gone), "{gone}");
        }
    }
}
