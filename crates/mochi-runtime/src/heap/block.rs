//! Blocks and the sizes of slots.
//!
//! Sizes up to 32 granules are exact; above, four per doubling, so that at most a fifth of a slot is unused. Each arena
//! and size makes a *class*.

use mochi_abi::Arena;
use mochi_abi::cell::GENERATIONS;

/// Exact sizes: 0 (unused) to this.
const EXACT: u32 = 32;
/// Number of sizes: the exact ones, and four for each of the eight doublings up to a whole block.
pub const SIZES: usize = EXACT as usize + 1 + 4 * 8;
/// The golden section of the generations: its multiples are spread evenly.
const GENERATION_STEP: u32 = 2531;
/// Number of classes.
pub const CLASSES: usize = (Arena::ALL.len() + 1) * SIZES;

/// A class of slots: an arena and a size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClassId(pub u16);

impl ClassId {
    /// The class of objects of an arena that need so many granules, header included. At most a block's.
    pub const fn of(arena: Arena, granules: u32) -> ClassId {
        ClassId((arena as usize * SIZES + size_class(granules)) as u16)
    }
    /// The position of its size among all sizes.
    pub const fn size(self) -> usize {
        self.0 as usize % SIZES
    }
    /// Granules per slot.
    pub const fn granules(self) -> u32 {
        class_granules(self.size())
    }
    /// Bytes per slot.
    pub const fn bytes(self) -> usize {
        self.granules() as usize * mochi_abi::layout::GRANULE
    }
}

/// What is known about a block besides its memory.
#[derive(Clone, Copy)]
pub struct Block {
    /// The class that uses it.
    pub class: ClassId,
    /// Granules per slot; never changes.
    pub granules: u32,
    /// Granules from its start that have been used at some time.
    pub carved: u32,
    /// The collection it was last swept after.
    pub epoch: u32,
    /// First and number of free slots that were found when it was swept ahead of need.
    pub chain: (u32, u32),
    /// Generation that slots not yet carved start with.
    pub generation: u32,
}

impl Block {
    /// A block without slots, by its number. Blocks start with generations far apart: slots are used in turn, so
    /// otherwise all of them would run out of generations, and wait for a collection, at the same time.
    pub fn new(number: u32, class: ClassId, granules: u32, epoch: u32) -> Block {
        let generation = number.wrapping_mul(GENERATION_STEP) % GENERATIONS;
        Block { class, granules, carved: 0, epoch, chain: (0, 0), generation }
    }
}

/// All classes in order of their ids, as arena and granules. Ids below the first arena's are never used.
pub fn classes() -> impl Iterator<Item = (Arena, u32)> {
    (0..CLASSES).map(|id| {
        let arena = Arena::from_bits((id / SIZES) as u8).unwrap_or(Arena::Ref);
        (arena, class_granules(id % SIZES))
    })
}

const fn size_class(granules: u32) -> usize {
    if granules <= EXACT {
        return granules as usize;
    }
    // With 2^d < granules <= 2^(d+1): the two bits below the highest of `granules - 1` choose among four sizes.
    let last = granules - 1;
    let doubling = last.ilog2();
    let quarter = (last >> (doubling - 2)) & 3;
    EXACT as usize + 1 + ((doubling - EXACT.ilog2()) * 4 + quarter) as usize
}

const fn class_granules(size: usize) -> u32 {
    if size <= EXACT as usize {
        return size as u32;
    }
    let step = (size - EXACT as usize - 1) as u32;
    let doubling = EXACT.ilog2() + step / 4;
    (1 << doubling) + ((step % 4 + 1) << (doubling - 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::BLOCK_GRANULES;

    #[test]
    fn blocks_run_out_of_generations_one_after_the_other() {
        let start = |number| Block::new(number, ClassId(0), 1, 0).generation;
        for blocks in [4, 32, 200] {
            let mut starts: Vec<u32> = (1..=blocks).map(start).collect();
            starts.sort_unstable();
            assert!(starts.iter().all(|&generation| generation < GENERATIONS));
            let nearest = starts.windows(2).map(|pair| pair[1] - pair[0]).min();
            assert!(nearest >= Some(GENERATIONS / blocks / 3), "{blocks}: {starts:?}");
        }
    }

    #[test]
    fn every_size_fits_its_class_with_little_waste() {
        for granules in 1..=BLOCK_GRANULES {
            let got = class_granules(size_class(granules));
            assert!(got >= granules, "{granules} got {got}");
            assert!(granules <= EXACT || (got - granules) * 5 <= got, "{granules} got {got}");
        }
        assert_eq!(class_granules(SIZES - 1), BLOCK_GRANULES);
        assert_eq!(ClassId::of(Arena::Struct, 3).granules(), 3);
        assert_eq!(ClassId::of(Arena::Struct, BLOCK_GRANULES).granules(), BLOCK_GRANULES);
    }
}
