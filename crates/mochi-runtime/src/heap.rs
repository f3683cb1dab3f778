//! The heap: slots of fixed size in one reserved address range, addressed by generational handles.
//!
//! - The range is divided into blocks of 64 KiB; a block holds slots of one size, for one arena at a time. Slots never
//!   move, and where slots start in a block never changes, so the header word of a slot is always a header word.
//! - A slot is free, live or in quarantine, as its header says (`mochi_abi::layout`). Free slots of a class are chained
//!   through their meta words; allocation pops from the chain.
//! - After a collection marked the live slots, blocks are *unswept*: their dead slots still have live headers. The chain
//!   of a class is refilled by sweeping its next block, then by carving untouched memory. No unswept block is left when
//!   the next collection marks.
//! - Payloads of strings, lists and maps are buffers of the Rust allocator; [`buffer`] counts them.
//!
//! Nothing here collects on its own: see [`collect`].

use mochi_abi::cell::{GENERATIONS, TAG_HANDLE, header};
use mochi_abi::layout::{FREE_ARENA, QUARANTINE_ARENA};
use mochi_abi::{Arena, Cell};

use crate::map::Found;
use crate::shape::Shapes;
use crate::trap::{Outcome, Trap};
use crate::types::Types;
use block::{Block, CLASSES, ClassId};
use buffer::Account;
use reserve::Range;

pub mod block;
pub mod buffer;
pub mod collect;
mod object;
pub mod reserve;
pub(crate) mod slot;
mod sweep;

/// Bytes of the address range, if the system grants it: what 32-bit indices of granules reach.
const HEAP_BYTES: usize = 32 << 30;
/// Bytes of a block.
pub const BLOCK_BYTES: usize = 64 << 10;
/// Granules of a block.
pub const BLOCK_GRANULES: u32 = (BLOCK_BYTES / mochi_abi::layout::GRANULE) as u32;
/// Bytes carved at a time from memory that was never used: a page.
const CARVE_BYTES: u32 = 4096;

/// All objects of a running program.
pub struct Heap {
    /// Address of index 0, where no object is.
    base: *mut u8,
    classes: Box<[Class]>,
    /// Classes that have, or had, blocks.
    active: Vec<ClassId>,
    blocks: Vec<Block>,
    /// Number of collections begun; a block is swept when its number is the same.
    epoch: u32,
    /// Blocks without live slots that no class uses, by size class.
    vacant: Vec<Vec<u32>>,
    /// Bytes in use and the thresholds of collections.
    pub account: Account,
    /// Layouts of structs and closures.
    pub shapes: Shapes,
    /// Types that are needed at run time.
    pub types: Types,
    /// The string constants of the program, by number; always live.
    pub consts: Vec<Cell>,
    /// How deep containers are being compared as keys of others.
    pub(crate) key_depth: std::cell::Cell<u32>,
    /// What was found in a map last. No cell in it outlives a collection.
    pub(crate) found: Found,
    /// Objects marked but not yet scanned; empty between collections.
    pending: Vec<u32>,
    range: Range,
}

impl Heap {
    /// Whether every index that a handle can have lies in the range, so that no bits of a cell lead out of it.
    pub fn has_all_indices(&self) -> bool {
        self.range.len() >= HEAP_BYTES
    }
}

/// Slots of one size for one arena.
struct Class {
    /// First of the chain of free slots; 0 when it is empty.
    free: u32,
    arena: Arena,
    /// Granules per slot.
    granules: u32,
    /// Blocks of this class.
    blocks: Vec<u32>,
    /// Blocks before this position were swept since the last collection.
    cursor: usize,
    /// The block with untouched memory; 0 for none.
    fresh: u32,
}

impl Heap {
    /// An empty heap that uses at most `limit` bytes. Traps: the system grants no address range.
    pub fn new(limit: usize) -> Outcome<Heap> {
        let range = Range::reserve(HEAP_BYTES).ok_or_else(|| Trap::memory(0))?;
        Ok(Heap {
            base: range.base(),
            classes: block::classes()
                .map(|(arena, granules)| Class {
                    free: 0,
                    arena,
                    granules,
                    blocks: Vec::new(),
                    cursor: 0,
                    fresh: 0,
                })
                .collect(),
            active: Vec::new(),
            // Block 0 stays unused, and with it index 0.
            blocks: vec![Block::new(0, ClassId(0), 1, 0)],
            epoch: 0,
            vacant: vec![Vec::new(); block::SIZES],
            account: Account::new(limit),
            shapes: Shapes::default(),
            types: Types::default(),
            consts: Vec::new(),
            key_depth: std::cell::Cell::new(0),
            found: Found::NOTHING,
            pending: Vec::new(),
            range,
        })
    }

    /// Address of index 0, for compiled code.
    #[inline]
    pub fn base(&self) -> *mut u8 {
        self.base
    }

    /// Address of an index.
    #[inline]
    pub(crate) fn at(&self, index: u32) -> *mut u8 {
        self.base.wrapping_add(index as usize * mochi_abi::layout::GRANULE)
    }

    /// Whether an index lies in a block that was ever used, so that its slot can be looked at.
    #[inline]
    fn is_mapped(&self, index: u32) -> bool {
        ((index / BLOCK_GRANULES) as usize) < self.blocks.len()
    }

    /// The slot of a live handle; `None` for other cells and for handles whose object is gone.
    #[inline]
    pub fn slot(&self, cell: Cell) -> Option<*mut u8> {
        if !cell.is_handle() || !self.is_mapped(cell.index()) {
            return None;
        }
        let slot = self.at(cell.index());
        // SAFETY: a mapped index is inside the range, whose memory is always readable.
        let found = unsafe { slot.cast::<u32>().read() };
        (found == cell.header()).then_some(slot)
    }

    /// The slot of a cell that is known to be a handle to a live object of this arena.
    ///
    /// Panics when it is not: then compiled code broke its types or used a freed object, which is our bug.
    #[inline]
    pub(crate) fn slot_of(&self, cell: Cell, arena: Arena) -> *mut u8 {
        if cell.header() >> 12 == header(arena, 0) >> 12 && self.is_mapped(cell.index()) {
            let slot = self.at(cell.index());
            // SAFETY: a mapped index is inside the range, whose memory is always readable.
            if unsafe { slot.cast::<u32>().read() } == cell.header() {
                return slot;
            }
        }
        bad_handle(cell, arena)
    }

    /// Whether the object of a cell is gone.
    pub fn is_stale(&self, cell: Cell) -> bool {
        cell.is_handle() && self.slot(cell).is_none()
    }

    /// A new slot. The words after header and meta are arbitrary; the caller writes them before the next safepoint.
    #[inline]
    pub(crate) fn alloc(&mut self, class: ClassId, arena: Arena, meta: u32) -> Outcome<Cell> {
        let entry = &mut self.classes[class.0 as usize];
        debug_assert_eq!(entry.arena, arena);
        let mut index = entry.free;
        if index == 0 {
            index = self.refill(class)?;
        }
        let slot = self.at(index).cast::<u64>();
        // SAFETY: slots in a chain are inside the range, aligned to granules, and free.
        let word = unsafe { slot.read() };
        self.classes[class.0 as usize].free = (word >> 32) as u32;
        let head = header(arena, word as u32);
        // SAFETY: as above.
        unsafe { slot.write(u64::from(head) | u64::from(meta) << 32) };
        Ok(Cell::from_handle(head, index))
    }

    /// Number of the collections begun, modulo 2^32.
    #[inline]
    pub(crate) fn collection(&self) -> u32 {
        self.epoch
    }

    /// Frees an object at once. Cells that are no handles are ignored. Every other copy of the handle becomes stale.
    ///
    /// Panics when the object was freed before: that is a bug of the code that placed the free.
    pub fn free(&mut self, cell: Cell) {
        let Some(arena) = cell.arena() else { return };
        let index = cell.index();
        let slot = self.slot_of(cell, arena);
        // SAFETY: the slot is live and of this arena; it becomes free below.
        unsafe { self.finalize(slot, arena) };
        let block = self.blocks[(index / BLOCK_GRANULES) as usize];
        match next_header(cell.header()) {
            // A chain must not lead into an unswept block: sweeping it finds the slot anyway.
            Some(free) => {
                let class = &mut self.classes[block.class.0 as usize];
                let mut next = 0;
                if block.epoch == self.epoch {
                    next = class.free;
                    class.free = index;
                }
                // SAFETY: the slot is inside the range and nobody uses it any more.
                unsafe { slot.cast::<u64>().write(u64::from(free) | u64::from(next) << 32) };
            }
            // SAFETY: as above.
            None => unsafe { slot.cast::<u64>().write(u64::from(quarantine())) },
        }
    }

    /// Finds free slots for a class and returns the first of the chain. Traps: the address range is used up.
    #[cold]
    #[inline(never)]
    fn refill(&mut self, class: ClassId) -> Outcome<u32> {
        let c = class.0 as usize;
        loop {
            let entry = &mut self.classes[c];
            let granules = entry.granules;
            let (head, count) = if entry.cursor < entry.blocks.len() {
                let block = entry.blocks[entry.cursor];
                entry.cursor += 1;
                if self.blocks[block as usize].epoch == self.epoch {
                    std::mem::take(&mut self.blocks[block as usize].chain)
                } else {
                    self.sweep_block(block)
                }
            } else if entry.fresh != 0 {
                let block = entry.fresh;
                self.carve(block)
            } else {
                self.take_block(class)?;
                continue;
            };
            if count > 0 {
                self.classes[c].free = head;
                self.account.allocated += (count * granules) as usize * mochi_abi::layout::GRANULE;
                return Ok(head);
            }
        }
    }

    /// Chains the next free slots of a fresh block.
    fn carve(&mut self, block: u32) -> (u32, u32) {
        let entry = &mut self.blocks[block as usize];
        let size = entry.granules;
        let room = (BLOCK_GRANULES - entry.carved) / size;
        let count = room.min((CARVE_BYTES / mochi_abi::layout::GRANULE as u32 / size).max(1));
        let first = block * BLOCK_GRANULES + entry.carved;
        let free = free_header(entry.generation);
        entry.carved += count * size;
        if room == count {
            self.classes[entry.class.0 as usize].fresh = 0;
        }
        for i in 0..count {
            let next = if i + 1 < count { first + (i + 1) * size } else { 0 };
            // SAFETY: the slots lie in the block, beyond everything carved before.
            unsafe { self.at(first + i * size).cast::<u64>().write(u64::from(free) | u64::from(next) << 32) };
        }
        self.account.slot_bytes += (count * size) as usize * mochi_abi::layout::GRANULE;
        (first, count)
    }

    /// Gives a class one more block: a vacant one of its slot size, else a new one.
    fn take_block(&mut self, class: ClassId) -> Outcome<()> {
        if !self.active.contains(&class) {
            self.active.push(class);
        }
        let entry = &mut self.classes[class.0 as usize];
        if let Some(block) = self.vacant[class.size()].pop() {
            let b = &mut self.blocks[block as usize];
            b.class = class;
            if b.carved < BLOCK_GRANULES / b.granules * b.granules {
                entry.fresh = block;
            }
            // To be swept, which chains its free slots.
            b.epoch = self.epoch.wrapping_sub(1);
            entry.blocks.push(block);
            return Ok(());
        }
        let block = self.blocks.len();
        if (block + 1) * BLOCK_BYTES > self.range.len() {
            return Err(Trap::memory(self.range.len().min(self.account.limit)));
        }
        self.blocks.push(Block::new(block as u32, class, entry.granules, self.epoch));
        entry.blocks.push(block as u32);
        entry.fresh = block as u32;
        Ok(())
    }
}

impl Drop for Heap {
    /// Frees every buffer. A process that ends anyway may `std::mem::forget` the heap instead.
    fn drop(&mut self) {
        self.finalize_all();
    }
}

/// The header of a free slot with the generation of its next use.
#[inline]
pub(crate) const fn free_header(generation: u32) -> u32 {
    (TAG_HANDLE as u32) << 16 | FREE_ARENA << 12 | generation
}

/// The header of a slot whose generations are used up.
#[inline]
pub(crate) const fn quarantine() -> u32 {
    (TAG_HANDLE as u32) << 16 | QUARANTINE_ARENA << 12
}

/// The header that a live slot gets when it is freed; `None` when its generations are used up.
#[inline]
pub(crate) const fn next_header(header: u32) -> Option<u32> {
    let generation = (header & (GENERATIONS - 1)) + 1;
    if generation < GENERATIONS { Some(free_header(generation)) } else { None }
}

/// The arena bits of a header.
#[inline]
pub(crate) const fn arena_bits(header: u32) -> u32 {
    header >> 12 & 15
}

#[cold]
#[inline(never)]
pub(crate) fn bad_handle(cell: Cell, arena: Arena) -> ! {
    panic!("internal error: {:016x} is no live handle of {arena:?}", cell.0)
}

const _: () = assert!(CLASSES <= u16::MAX as usize);

#[cfg(test)]
mod tests;
