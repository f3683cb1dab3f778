//! Sweeping: turns what the last collection did not mark into free slots, a block at a time.

use mochi_abi::Arena;
use mochi_abi::cell::GENERATIONS;
use mochi_abi::layout::{FLAG_I64, FLAG_MARK, FREE_ARENA, GRANULE, QUARANTINE_ARENA};

use super::block::Block;
use super::slot::{BigSlot, Head, ListSlot, MapSlot, RatioSlot, StrSlot, StrTail};
use super::{BLOCK_BYTES, BLOCK_GRANULES, Heap, arena_bits, free_header, next_header, quarantine};
use crate::number::big_bytes;

/// Memory of vacant blocks that is kept for the next use, unless half of what is live is more.
const KEPT_BYTES: usize = 4 << 20;
const MARK: u64 = (FLAG_MARK as u64) << 32;

impl Heap {
    /// Frees the dead slots of a block and chains all free ones in order of their addresses: the first, and how many.
    pub(super) fn sweep_block(&mut self, block: u32) -> (u32, u32) {
        let entry = &mut self.blocks[block as usize];
        entry.epoch = self.epoch;
        entry.chain = (0, 0);
        let (size, carved, class) = (entry.granules, entry.carved, entry.class);
        match self.classes[class.0 as usize].arena {
            Arena::Struct | Arena::Closure | Arena::Ref => self.sweep_slots(block, size, carved, |_, _| ()),
            arena => self.sweep_slots(block, size, carved, |heap, slot| {
                // SAFETY: the sweep passes dead slots of this block, all of which are of this arena.
                unsafe { heap.finalize(slot, arena) }
            }),
        }
    }

    #[inline]
    fn sweep_slots(
        &mut self,
        block: u32,
        size: u32,
        carved: u32,
        finalize: impl Fn(&mut Heap, *mut u8),
    ) -> (u32, u32) {
        let first = block * BLOCK_GRANULES;
        let (mut head, mut count) = (0, 0);
        // The last free slot and the header it gets, which is written once the next one is known.
        let (mut last, mut last_header) = (0, 0);
        for index in (first..first + carved).step_by(size as usize) {
            let slot = self.at(index).cast::<u64>();
            // SAFETY: slots below `carved` of a block start with a header word.
            let word = unsafe { slot.read() };
            let header = word as u32;
            let free = if arena_bits(header) == FREE_ARENA {
                header
            } else if word & MARK != 0 {
                // SAFETY: as above.
                unsafe { slot.write(word & !MARK) };
                continue;
            } else if arena_bits(header) == QUARANTINE_ARENA {
                // No handle was met: generations start again.
                free_header(0)
            } else {
                finalize(self, slot.cast());
                match next_header(header) {
                    Some(free) => free,
                    None => {
                        // SAFETY: the slot is dead.
                        unsafe { slot.write(u64::from(quarantine())) };
                        continue;
                    }
                }
            };
            if last == 0 {
                head = index;
            } else {
                // SAFETY: the slot is free.
                unsafe { self.write_free(last, last_header, index) };
            }
            (last, last_header) = (index, free);
            count += 1;
        }
        if last != 0 {
            // SAFETY: the slot is free.
            unsafe { self.write_free(last, last_header, 0) };
        }
        (head, count)
    }

    /// Chains a free slot to the next.
    ///
    /// # Safety
    /// Nobody uses the slot.
    #[inline]
    unsafe fn write_free(&self, index: u32, header: u32, next: u32) {
        // SAFETY: by the caller's promise.
        unsafe { self.at(index).cast::<u64>().write(u64::from(header) | u64::from(next) << 32) };
    }

    /// Sweeps all blocks that the last collection left; those without live slots become vacant.
    pub(super) fn finish_sweep(&mut self) {
        for i in 0..self.active.len() {
            let class = self.active[i].0 as usize;
            let mut at = self.classes[class].cursor;
            while at < self.classes[class].blocks.len() {
                let block = self.classes[class].blocks[at];
                let entry = self.blocks[block as usize];
                if entry.epoch == self.epoch {
                    at += 1;
                    continue;
                }
                let (_, count) = self.sweep_block(block);
                if count * entry.granules == entry.carved && count > 0 {
                    self.vacate(class, at);
                } else {
                    at += 1;
                }
            }
        }
    }

    /// Sweeps everything, so that tests can see what is in use.
    #[cfg(test)]
    pub(crate) fn finish_sweep_for_test(&mut self) {
        self.finish_sweep();
    }

    /// Takes a swept block without live slots from its class.
    fn vacate(&mut self, class: usize, at: usize) {
        let block = self.classes[class].blocks.swap_remove(at);
        if self.classes[class].fresh == block {
            self.classes[class].fresh = 0;
        }
        self.vacant[self.blocks[block as usize].class.size()].push(block);
    }

    /// Gives the memory of vacant blocks back to the system, when there are many. Their slots go on with generations
    /// that none of them had.
    pub(super) fn trim(&mut self) {
        let vacant: usize = self.vacant.iter().map(Vec::len).sum();
        if vacant * BLOCK_BYTES < KEPT_BYTES.max(self.account.live / 2) {
            return;
        }
        let blocks: Vec<u32> = self.vacant.iter().flatten().copied().collect();
        for block in blocks {
            let entry = self.blocks[block as usize];
            let mut generation = entry.generation;
            for at in (0..entry.carved).step_by(entry.granules as usize) {
                // SAFETY: slots below `carved` start with a header word, here a free one: what comes next.
                let header = unsafe { (*self.at(block * BLOCK_GRANULES + at).cast::<Head>()).header };
                generation = generation.max(header & (GENERATIONS - 1));
            }
            if entry.carved > 0 {
                // SAFETY: the block has no live slots, and blocks are aligned parts of the range.
                unsafe { self.range.discard(block as usize * BLOCK_BYTES, BLOCK_BYTES) };
                self.account.slot_bytes -= entry.carved as usize * GRANULE;
                self.blocks[block as usize] = Block { carved: 0, generation, ..entry };
            }
        }
    }

    /// Sweeps all blocks whose objects own buffers.
    pub(super) fn sweep_buffers(&mut self) {
        for block in 1..self.blocks.len() as u32 {
            let entry = self.blocks[block as usize];
            let arena = self.classes[entry.class.0 as usize].arena;
            let owns = !matches!(arena, Arena::Struct | Arena::Closure | Arena::Ref);
            if owns && entry.epoch != self.epoch {
                let chain = self.sweep_block(block);
                self.blocks[block as usize].chain = chain;
            }
        }
    }

    /// Frees the buffers of all objects, live or not.
    pub(super) fn finalize_all(&mut self) {
        for block in 1..self.blocks.len() {
            let entry = self.blocks[block];
            let arena = self.classes[entry.class.0 as usize].arena;
            if matches!(arena, Arena::Struct | Arena::Closure | Arena::Ref) {
                continue;
            }
            for at in (0..entry.carved).step_by(entry.granules as usize) {
                let slot = self.at(block as u32 * BLOCK_GRANULES + at);
                // SAFETY: slots below `carved` start with a header word; live ones in this block are of this arena.
                unsafe {
                    if arena_bits((*slot.cast::<Head>()).header) == arena as u32 {
                        self.finalize(slot, arena);
                    }
                }
            }
        }
    }

    /// Gives back what an object owns besides its slot.
    ///
    /// # Safety
    /// The slot is of this arena and live or dead but not freed; it is freed afterwards.
    pub(super) unsafe fn finalize(&mut self, slot: *mut u8, arena: Arena) {
        match arena {
            Arena::Struct | Arena::Closure | Arena::Ref => {}
            Arena::ListCell | Arena::ListI64 | Arena::ListF64 | Arena::ListBool => {
                // SAFETY: a list; its buffer has room for `capacity` elements.
                unsafe {
                    let list = &*slot.cast::<ListSlot>();
                    let stride = if arena == Arena::ListBool { 1 } else { 8 };
                    if list.capacity > 0 {
                        self.release_buffer(list.data, list.capacity as usize * stride);
                    }
                }
            }
            Arena::Map => {
                // SAFETY: a map; it owns its entries and its index.
                unsafe { self.release_map(&*slot.cast::<MapSlot>()) }
            }
            Arena::Str => {
                // SAFETY: a string; with FLAG_BUFFER it holds one reference to its buffer.
                unsafe {
                    if (*slot.cast::<StrSlot>()).has_buffer() {
                        let tail = &*slot.add(size_of::<StrSlot>()).cast::<StrTail>();
                        let buffer = tail.buffer;
                        (*buffer).refs -= 1;
                        if (*buffer).refs == 0 {
                            self.release_str_buffer(buffer);
                        }
                    }
                }
            }
            Arena::Bigint => {
                // SAFETY: a bigint; without FLAG_I64 it owns its number, made by `Box`.
                unsafe {
                    if (*slot.cast::<Head>()).meta & FLAG_I64 == 0 {
                        let number = Box::from_raw((*slot.cast::<BigSlot>()).number);
                        self.account.buffer_bytes -= big_bytes(&number);
                    }
                }
            }
            Arena::Bigrat => {
                // SAFETY: a rational owns its parts, made by `Box`.
                let ratio = unsafe { Box::from_raw((*slot.cast::<RatioSlot>()).ratio) };
                self.account.buffer_bytes -= ratio.bytes();
            }
        }
    }
}
