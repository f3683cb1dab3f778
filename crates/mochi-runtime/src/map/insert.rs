//! Finding and inserting entries.
//!
//! One buffer holds the entries and, for maps with cells as keys, the hashes of the keys behind them, so that growing
//! does not touch the keys.

use std::cmp::Ordering;

use mochi_abi::layout::{MAP_VALUE_SHIFT, META_SHIFT};
use mochi_abi::{Cell, ElemKind};

use super::index::hash_int;
use crate::equal::Item;
use crate::heap::Heap;
use crate::heap::slot::{Entry, MapSlot};
use crate::map::Found;
use crate::number::{self, Num};
use crate::trap::{Outcome, Trap};

/// Maps of at most so many entries have no index: comparing all keys is faster than hashing one.
const SMALL: usize = 8;
/// Capacity that the first entry makes.
const FIRST_CAPACITY: usize = 4;
/// Bytes of an entry.
const ENTRY: usize = size_of::<Entry>();
/// Bytes of a stored hash.
const HASH: usize = size_of::<u32>();

impl MapSlot {
    #[inline]
    pub(crate) fn keys(&self) -> ElemKind {
        if self.head.meta >> META_SHIFT & 1 == ElemKind::I64 as u32 { ElemKind::I64 } else { ElemKind::Cell }
    }
    #[inline]
    pub(crate) fn values(&self) -> ElemKind {
        match self.head.meta >> (META_SHIFT + MAP_VALUE_SHIFT) & 3 {
            1 => ElemKind::I64,
            2 => ElemKind::F64,
            3 => ElemKind::Bool,
            _ => ElemKind::Cell,
        }
    }
    /// An entry; the position is below the length.
    #[inline]
    pub(crate) fn entry(&self, at: usize) -> Entry {
        debug_assert!((at as u64) < self.len);
        // SAFETY: the first `len` entries are initialised.
        unsafe { self.entries.add(at).read() }
    }
    #[inline]
    pub(crate) fn entries(&self) -> &[Entry] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts(self.entries, self.len as usize) }
    }
    /// Where the hashes of keys that are cells are stored: behind the entries.
    #[inline]
    pub(super) fn hashes(&self) -> *mut u32 {
        // SAFETY: the buffer has room for `capacity` entries and as many hashes.
        unsafe { self.entries.add(self.capacity as usize).cast() }
    }
    /// Bytes of its buffers.
    pub(crate) fn buffer_bytes(&self) -> usize {
        self.entry_bytes(self.capacity as usize) + self.index_bytes()
    }
    fn entry_bytes(&self, capacity: usize) -> usize {
        capacity * if self.keys() == ElemKind::Cell { ENTRY + HASH } else { ENTRY }
    }
    fn index_bytes(&self) -> usize {
        if self.index.is_null() { 0 } else { size_of::<u32>() << self.index_bits }
    }

    /// Adds an entry with a new key; there is room.
    #[inline]
    fn push(&mut self, entry: Entry, hash: u32) {
        let at = self.len as usize;
        // SAFETY: the callers reserved room for one more.
        unsafe {
            self.entries.add(at).write(entry);
            if self.keys() == ElemKind::Cell {
                self.hashes().add(at).write(hash);
            }
        }
        self.len += 1;
        self.link_last(hash);
    }
}

impl Heap {
    /// Hash of a key that is a cell.
    #[inline]
    pub(super) fn hash_key(&self, key: Cell) -> u32 {
        let hash = if self.is_str(key) { self.str_hash(key) } else { self.hash_cell(key) };
        (hash >> 32) as u32
    }

    /// Whether two cells are one key.
    #[inline]
    pub(super) fn same_key(&self, a: Cell, b: Cell) -> bool {
        if a == b {
            return true;
        }
        if a.is_short_str() || b.is_short_str() {
            return false;
        }
        self.same_long_key(a, b)
    }

    fn same_long_key(&self, a: Cell, b: Cell) -> bool {
        if self.is_str(a) { self.is_str(b) && self.same_text(a, b) } else { self.equal(a, b) }
    }

    /// Position of a cell key.
    #[inline]
    pub(super) fn find_cell(&self, map: &MapSlot, key: Cell) -> Option<usize> {
        if map.index.is_null() {
            return map.entries().iter().position(|entry| self.same_key(Cell(entry.key), key));
        }
        self.find_hashed(map, key, self.hash_key(key))
    }

    #[inline]
    fn find_hashed(&self, map: &MapSlot, key: Cell, hash: u32) -> Option<usize> {
        // The bits of the hash in the index tell enough; the stored hash would cost a cache miss.
        map.probe(hash, |at| self.same_key(Cell(map.entry(at).key), key))
    }

    /// Position of a key that may be of any form.
    pub(crate) fn find_item(&self, map: &MapSlot, key: Item) -> Option<usize> {
        match (map.keys(), key) {
            (ElemKind::I64, Item::Int(key)) => map.find_int(key),
            (ElemKind::I64, Item::Cell(key)) => map.find_int(self.key_int(key)?),
            (_, Item::Cell(key)) => self.find_cell(map, key),
            (_, Item::Int(value)) => {
                if let Some(key) = Cell::from_small_int(value) {
                    return self.find_cell(map, key);
                }
                let same = |at: usize| match self.num(Cell(map.entry(at).key)) {
                    Some(found) => number::compare(found, Num::Int(value)) == Some(Ordering::Equal),
                    None => false,
                };
                if map.index.is_null() {
                    return (0..map.len as usize).find(|&at| same(at));
                }
                map.probe((self.hash_item(key) >> 32) as u32, same)
            }
        }
    }

    /// Position of a key that was looked for last, in this map. Strings that may be made longer are not believed.
    #[inline]
    fn found_last(&self, map: Cell, slot: &MapSlot, key: Cell) -> Option<usize> {
        let Found { entry, at, .. } = self.found;
        let is_it = self.found.map == map
            && self.found.key == key
            // The map may have been sorted since.
            && at < slot.len as usize
            && slot.entry(at).key == entry.0;
        (is_it && self.is_str(key) && self.tail(key).is_none()).then_some(at)
    }

    /// Inserts or replaces in a map of ints; the value is as the map stores values. Traps: no memory.
    #[inline]
    pub fn map_set_int(&mut self, map: Cell, key: i64, value: u64) -> Outcome<()> {
        let slot = self.map(map);
        if let Some(at) = slot.find_int(key) {
            // SAFETY: a position that was found is below the length.
            unsafe { (*slot.entries.add(at)).value = value };
            return Ok(());
        }
        if slot.len == u64::from(slot.capacity) {
            self.map_reserve(map, 1)?;
        }
        let slot = self.map_mut(map);
        if slot.sorted == slot.len && (slot.len == 0 || (slot.entry(slot.len as usize - 1).key as i64) < key)
        {
            slot.sorted += 1;
        }
        slot.push(Entry { key: key as u64, value }, hash_int(key));
        Ok(())
    }

    /// Inserts or replaces in a map of cells; the value is as the map stores values. Traps: no memory.
    #[inline]
    pub fn map_set_cell(&mut self, map: Cell, key: Cell, value: u64) -> Outcome<()> {
        let slot = self.map(map);
        if let Some(at) = self.found_last(map, slot, key) {
            // SAFETY: a position that was found is below the length.
            unsafe { (*slot.entries.add(at)).value = value };
            return Ok(());
        }
        let hash = self.hash_key(key);
        let found = match slot.index.is_null() {
            true => self.find_cell(slot, key),
            false => self.find_hashed(slot, key, hash),
        };
        if let Some(at) = found {
            // SAFETY: a position that was found is below the length.
            unsafe { (*slot.entries.add(at)).value = value };
            return Ok(());
        }
        if slot.len == u64::from(slot.capacity) {
            self.map_reserve(map, 1)?;
        }
        let slot = self.map(map);
        let ascends = slot.sorted == slot.len
            && (slot.len == 0 || self.key_order(Cell(slot.entry(slot.len as usize - 1).key), key).is_lt());
        let slot = self.map_mut(map);
        slot.sorted += u64::from(ascends);
        slot.push(Entry { key: key.0, value }, hash);
        Ok(())
    }

    /// Makes room for more entries. Traps: no memory.
    pub fn map_reserve(&mut self, map: Cell, more: usize) -> Outcome<()> {
        let too_many = |heap: &Heap| Trap::memory(heap.account.limit);
        let slot = self.map(map);
        let (entries, len, old) = (slot.entries, slot.len as usize, slot.capacity as usize);
        let wanted = len.checked_add(more).filter(|&n| n <= 3 << 29).ok_or_else(|| too_many(self))?;
        if wanted <= old {
            return Ok(());
        }
        // Beyond the small ones, capacity is what an index of a power of two serves.
        let mut capacity = wanted.max(old * 2).max(FIRST_CAPACITY);
        let mut bits = 0;
        if capacity > SMALL {
            bits = (capacity * 4).div_ceil(3).next_power_of_two().ilog2();
            capacity = (3usize << bits) / 4;
        }
        let cells = slot.keys() == ElemKind::Cell;
        let (old_bytes, new_bytes) = (slot.entry_bytes(old), slot.entry_bytes(capacity));
        let (old_index, old_index_bytes) = (slot.index, slot.index_bytes());
        let index = if bits > 0 {
            self.new_buffer(size_of::<u32>() << bits)?.as_ptr().cast()
        } else {
            std::ptr::null_mut()
        };
        let new = if old == 0 {
            self.new_buffer(new_bytes)?
        } else {
            // SAFETY: the map owns its buffer of this size.
            unsafe { self.grow_buffer(entries.cast(), old_bytes, new_bytes)? }
        };
        let new = new.as_ptr().cast::<Entry>();
        if cells && old > 0 {
            // SAFETY: the hashes move to behind the new capacity; both places lie in the grown buffer.
            unsafe { new.add(old).cast::<u32>().copy_to(new.add(capacity).cast(), len) };
        }
        if !old_index.is_null() {
            // SAFETY: the map owned it and gets another one below.
            unsafe { self.release_buffer(old_index.cast(), old_index_bytes) };
        }
        let slot = self.map_mut(map);
        slot.entries = new;
        slot.capacity = capacity as u32;
        slot.index = index;
        slot.index_bits = bits;
        slot.relink();
        Ok(())
    }

    /// Gives the buffers of a map back.
    ///
    /// # Safety
    /// The map is not used again.
    pub(crate) unsafe fn release_map(&mut self, map: &MapSlot) {
        // SAFETY: the map owns its buffers, and by the caller's promise nobody uses them again.
        unsafe {
            if map.capacity > 0 {
                self.release_buffer(map.entries.cast(), map.entry_bytes(map.capacity as usize));
            }
            if !map.index.is_null() {
                self.release_buffer(map.index.cast(), map.index_bytes());
            }
        }
    }
}
