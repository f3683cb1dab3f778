//! Marking: finds the live objects from the roots, with an explicit stack, so that no structure is too deep.
//!
//! A collection marks and returns; sweeping happens later, block by block, as allocation needs slots (`sweep`). Only
//! when much buffer memory is dead are the blocks that own buffers swept at once.

use mochi_abi::layout::{FLAG_CELL, FLAG_I64, FLAG_MARK, GRANULE, MAP_VALUE_SHIFT};
use mochi_abi::{Arena, Cell, ElemKind};

use super::slot::{BigSlot, Head, ListSlot, MapSlot, RatioSlot, StrSlot, StrTail, WordSlot};
use super::{Heap, arena_bits, quarantine};
use crate::map::Found;
use crate::number::big_bytes;
use crate::shape::Shapes;
use crate::trap::{Outcome, Trap};

/// Dead buffers of at least this size, and of a quarter of what is live, are freed at once.
const EAGER_BYTES: usize = 1 << 20;
const MARK: u64 = (FLAG_MARK as u64) << 32;

/// Takes the roots of a collection.
pub struct Marker<'a> {
    heap: &'a mut Heap,
    shapes: &'a Shapes,
    pending: Vec<u32>,
    /// Live bytes of slots.
    slots: usize,
    /// Live bytes of buffers with cells, which cost time to look through.
    scanned: usize,
    /// Live bytes of other buffers.
    flat: usize,
    /// Live bytes of strings in their slots.
    text: usize,
}

impl Heap {
    /// Frees what cannot be reached from the roots, which `roots` passes to the marker, all of them. Cells that are not
    /// passed and not reachable become stale. Traps: more than the limit is live.
    pub fn collect(&mut self, roots: impl FnOnce(&mut Marker<'_>)) -> Outcome<()> {
        self.finish_sweep();
        self.trim();
        self.found = Found::NOTHING;
        let (shapes, pending) = (std::mem::take(&mut self.shapes), std::mem::take(&mut self.pending));
        let consts = std::mem::take(&mut self.consts);
        let mut marker =
            Marker { heap: self, shapes: &shapes, pending, slots: 0, scanned: 0, flat: 0, text: 0 };
        marker.cells(&consts);
        for shape in &shapes.structs {
            marker.cell(shape.name_cell);
            marker.cells(&shape.name_cells);
        }
        roots(&mut marker);
        marker.drain();
        let Marker { pending, slots, scanned, flat, text, .. } = marker;
        (self.shapes, self.consts) = (shapes, consts);
        let stack_bytes = pending.capacity() * size_of::<u32>();
        // A stack that grew large is not kept.
        self.pending = if stack_bytes > EAGER_BYTES { Vec::new() } else { pending };

        self.epoch = self.epoch.wrapping_add(1);
        for id in &self.active {
            let class = &mut self.classes[id.0 as usize];
            class.free = 0;
            class.cursor = 0;
        }
        let account = &mut self.account;
        account.collections += 1;
        account.live = slots + scanned + flat + text;
        account.flat = flat + text;
        account.allocated = 0;
        account.set_threshold();
        let dead = account.buffer_bytes.saturating_sub(scanned + flat);
        if dead > EAGER_BYTES.max(account.live / 4) || account.live + dead > account.limit {
            self.sweep_buffers();
        }
        if self.account.live + stack_bytes > self.account.limit {
            return Err(Trap::memory(self.account.limit));
        }
        Ok(())
    }
}

impl Marker<'_> {
    /// Marks the object of a cell. Cells that are no handles, and stale handles, are ignored.
    #[inline]
    pub fn cell(&mut self, cell: Cell) {
        if !cell.is_handle() || !self.heap.is_mapped(cell.index()) {
            return;
        }
        let slot = self.heap.at(cell.index()).cast::<u64>();
        // SAFETY: a mapped index is inside the range, whose memory is always readable.
        let word = unsafe { slot.read() };
        if word as u32 != cell.header() {
            // A handle to a slot in quarantine keeps it there.
            if word as u32 == quarantine() {
                // SAFETY: the header says that this is a slot, and nobody uses it.
                unsafe { slot.write(word | MARK) };
            }
            return;
        }
        if word & MARK == 0 {
            // SAFETY: the slot is live; bit 0 of the meta word is the mark.
            unsafe { slot.write(word | MARK) };
            // Strings lead nowhere.
            if arena_bits(word as u32) == Arena::Str as u32 {
                self.count_str(slot.cast());
            } else {
                self.pending.push(cell.index());
            }
        }
    }

    /// Marks the objects of cells.
    pub fn cells(&mut self, cells: &[Cell]) {
        for &cell in cells {
            self.cell(cell);
        }
    }

    fn drain(&mut self) {
        let shapes = self.shapes;
        while let Some(index) = self.pending.pop() {
            let slot = self.heap.at(index);
            // SAFETY: only live slots are pushed, and nothing is freed while marking.
            let head = unsafe { &*slot.cast::<Head>() };
            let (meta, payload) = (head.meta, head.payload());
            match Arena::from_bits(arena_bits(head.header) as u8) {
                Some(Arena::Struct) => {
                    let shape = &shapes.structs[payload as usize];
                    self.slots += shape.class.bytes();
                    // SAFETY: a struct's slot has all words of its shape.
                    unsafe { self.scan_words(slot, &shape.cells) };
                }
                Some(Arena::Closure) => {
                    let shape = shapes.closure(payload);
                    self.slots += shape.class.bytes();
                    // SAFETY: a closure's slot has all words of its shape.
                    unsafe { self.scan_words(slot, &shape.cells) };
                }
                Some(Arena::Ref) => {
                    self.slots += 2 * GRANULE;
                    if meta & FLAG_CELL != 0 {
                        // SAFETY: a live ref has one word.
                        self.cell(Cell(unsafe { (*slot.cast::<WordSlot>()).word }));
                    }
                }
                Some(Arena::ListCell) => {
                    // SAFETY: a live list.
                    let list = unsafe { &*slot.cast::<ListSlot>() };
                    self.slots += size_of::<ListSlot>();
                    self.scanned += list.capacity as usize * 8;
                    let data = list.data.cast::<u64>();
                    for i in 0..list.len as usize {
                        // SAFETY: the first `len` elements are initialised.
                        self.cell(Cell(unsafe { data.add(i).read() }));
                    }
                }
                Some(arena @ (Arena::ListI64 | Arena::ListF64 | Arena::ListBool)) => {
                    // SAFETY: a live list.
                    let list = unsafe { &*slot.cast::<ListSlot>() };
                    self.slots += size_of::<ListSlot>();
                    self.flat += list.capacity as usize * if arena == Arena::ListBool { 1 } else { 8 };
                }
                Some(Arena::Map) => {
                    // SAFETY: a live map.
                    let map = unsafe { &*slot.cast::<MapSlot>() };
                    self.slots += size_of::<MapSlot>();
                    self.scan_map(map, payload);
                }
                Some(Arena::Str) => unreachable!("strings are done when they are marked"),
                Some(Arena::Bigint) => {
                    self.slots += 2 * GRANULE;
                    if meta & FLAG_I64 == 0 {
                        // SAFETY: without the flag a live bigint owns its number.
                        self.flat += big_bytes(unsafe { &*(*slot.cast::<BigSlot>()).number });
                    }
                }
                Some(Arena::Bigrat) => {
                    self.slots += 2 * GRANULE;
                    // SAFETY: a live rational owns its parts.
                    self.flat += unsafe { &*(*slot.cast::<RatioSlot>()).ratio }.bytes();
                }
                None => unreachable!("a live slot has an arena"),
            }
        }
    }

    /// # Safety
    /// `slot` has words at all these positions.
    #[inline]
    unsafe fn scan_words(&mut self, slot: *mut u8, cells: &[u16]) {
        let words = slot.wrapping_add(mochi_abi::layout::WORDS).cast::<u64>();
        for &at in cells {
            // SAFETY: by the caller's promise.
            self.cell(Cell(unsafe { words.add(at as usize).read() }));
        }
    }

    fn scan_map(&mut self, map: &MapSlot, kinds: u32) {
        let keys = kinds & 1 == ElemKind::Cell as u32;
        let values = kinds >> MAP_VALUE_SHIFT & 3 == ElemKind::Cell as u32;
        if !keys && !values {
            self.flat += map.buffer_bytes();
            return;
        }
        self.scanned += map.buffer_bytes();
        for i in 0..map.len as usize {
            // SAFETY: the first `len` entries are initialised.
            let entry = unsafe { map.entries.add(i).read() };
            if keys {
                self.cell(Cell(entry.key));
            }
            if values {
                self.cell(Cell(entry.value));
            }
        }
    }

    /// Counts a string; a shared buffer with the first string that is met in it.
    fn count_str(&mut self, slot: *mut u8) {
        // SAFETY: a live string.
        let text = unsafe { &*slot.cast::<StrSlot>() };
        if !text.has_buffer() {
            self.slots += size_of::<StrSlot>();
            self.text += (text.bytes as usize).next_multiple_of(GRANULE);
            return;
        }
        self.slots += size_of::<StrSlot>() + size_of::<StrTail>();
        // SAFETY: with the flag the tail follows, and its buffer lives as long as a slot refers to it. Nobody else uses
        // the buffer while marking.
        let buffer = unsafe { &mut *(*slot.add(size_of::<StrSlot>()).cast::<StrTail>()).buffer };
        let collection = self.heap.epoch.wrapping_add(1);
        if buffer.counted != collection {
            buffer.counted = collection;
            self.flat += buffer.charge();
        }
    }
}
