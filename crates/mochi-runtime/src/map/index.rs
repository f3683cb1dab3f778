//! The index of a map: from a key to the position of its entry.
//!
//! In general it is an open-addressed hash table. A bucket is 0 when empty, else `hash << bits | position + 1`: the upper
//! bits of the hash, which chose the first bucket to look at, fall out, and the others show most mismatches without
//! touching the entry. Buckets are probed one after the other; nothing is ever removed. At most three quarters of the
//! buckets are used, so positions fit and every probe ends.
//!
//! When the keys are ints and lie close together, the same memory serves as an array: element `key - base` is the
//! position plus one. It takes no hash and no comparison, and going through keys in order goes through memory in order.

use mochi_abi::ElemKind;
use mochi_abi::layout::FLAG_DIRECT;

use crate::hash;
use crate::heap::slot::MapSlot;

/// Hash of an int key.
#[inline]
pub(super) fn hash_int(key: i64) -> u32 {
    (hash::mix(key as u64) >> 32) as u32
}

impl MapSlot {
    /// Position of an int key.
    #[inline]
    pub(super) fn find_int(&self, key: i64) -> Option<usize> {
        if self.index.is_null() {
            return self.entries().iter().position(|entry| entry.key == key as u64);
        }
        if self.is_direct() {
            let at = key.wrapping_sub(self.base) as u64;
            if at >> self.index_bits != 0 {
                return None;
            }
            // SAFETY: the index has `2^bits` elements.
            let word = unsafe { self.index.add(at as usize).read() };
            return (word as usize).checked_sub(1);
        }
        // SAFETY: `probe` passes positions below the length.
        self.probe(hash_int(key), |at| unsafe { (*self.entries.add(at)).key == key as u64 })
    }

    #[inline]
    fn is_direct(&self) -> bool {
        self.head.meta & FLAG_DIRECT != 0
    }

    /// Goes through the entries whose hash looks right until one is `found`. There is an index, a hash table.
    #[inline]
    pub(super) fn probe(&self, hash: u32, mut found: impl FnMut(usize) -> bool) -> Option<usize> {
        let bits = self.index_bits;
        let mask = (1u32 << bits) - 1;
        let tag = hash << bits;
        let mut bucket = hash >> (32 - bits);
        loop {
            // SAFETY: the index has `mask + 1` buckets.
            let word = unsafe { self.index.add(bucket as usize).read() };
            if word == 0 {
                return None;
            }
            if word & !mask == tag {
                let at = ((word & mask) - 1) as usize;
                if found(at) {
                    return Some(at);
                }
            }
            bucket = (bucket + 1) & mask;
        }
    }

    /// Enters the last entry, a new one, in the index.
    #[inline]
    pub(super) fn link_last(&mut self, hash: u32) {
        if self.index.is_null() {
            return;
        }
        let at = self.len as usize - 1;
        if !self.is_direct() {
            return self.link(hash, at);
        }
        let offset = (self.entry(at).key as i64).wrapping_sub(self.base) as u64;
        if offset >> self.index_bits != 0 {
            return self.relink();
        }
        // SAFETY: the index has `2^bits` elements.
        unsafe { self.index.add(offset as usize).write(at as u32 + 1) };
    }

    /// Enters a position in a hash table.
    #[inline]
    fn link(&mut self, hash: u32, at: usize) {
        let bits = self.index_bits;
        let mask = (1u32 << bits) - 1;
        let mut bucket = hash >> (32 - bits);
        // SAFETY: the index has `mask + 1` buckets, not all of them in use.
        unsafe {
            while self.index.add(bucket as usize).read() != 0 {
                bucket = (bucket + 1) & mask;
            }
            self.index.add(bucket as usize).write(hash << bits | (at as u32 + 1));
        }
    }

    /// Fills the index anew, as an array if the keys allow.
    pub(super) fn relink(&mut self) {
        if self.index.is_null() {
            return;
        }
        // SAFETY: the index has `2^bits` elements.
        unsafe { self.index.write_bytes(0, 1 << self.index_bits) };
        let len = self.len as usize;
        self.head.meta &= !FLAG_DIRECT;
        if self.keys() == ElemKind::Cell {
            for at in 0..len {
                // SAFETY: the first `len` hashes are initialised.
                let hash = unsafe { self.hashes().add(at).read() };
                self.link(hash, at);
            }
        } else if let Some(base) = self.direct_base() {
            self.head.meta |= FLAG_DIRECT;
            self.base = base;
            for at in 0..len {
                let offset = (self.entry(at).key as i64).wrapping_sub(base) as usize;
                // SAFETY: `direct_base` leaves all keys within the index.
                unsafe { self.index.add(offset).write(at as u32 + 1) };
            }
        } else {
            for at in 0..len {
                self.link(hash_int(self.entry(at).key as i64), at);
            }
        }
    }

    /// The key that the first element of an array stands for, if the index has room for the span of the keys and some.
    ///
    /// There is room for keys on both sides, most of it where the last key came. Every key outside takes up at least an
    /// eighth of the room, so a few of them, after each of which the index is filled anew, end the array.
    fn direct_base(&self) -> Option<i64> {
        let keys = || self.entries().iter().map(|entry| entry.key as i64);
        let (min, max, last) = (keys().min()?, keys().max()?, keys().next_back()?);
        let size = 1u64 << self.index_bits;
        let span = max.wrapping_sub(min) as u64;
        let room = size.checked_sub(span.checked_add(1)?)?;
        if room < size / 32 {
            return None;
        }
        let below = if last == max {
            room / 8
        } else if last == min {
            room - room / 8
        } else {
            room / 2
        };
        Some(min.wrapping_sub(below as i64))
    }
}
