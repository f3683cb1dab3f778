//! Enumeration in ascending order of keys.
//!
//! Entries are sorted in place when somebody enumerates them, and stay so until a key that is not the largest comes. The
//! sort finds runs, so that a few new keys behind many sorted ones cost little more than a merge.

use std::cmp::Ordering;

use mochi_abi::{Cell, ElemKind};

use crate::heap::Heap;
use crate::heap::slot::Entry;

impl Heap {
    /// Brings the entries of a map in ascending order of their keys: numbers, then strings, then bools, then others.
    pub fn map_sort(&mut self, map: Cell) {
        let slot = self.map(map);
        let len = slot.len as usize;
        if slot.sorted == slot.len {
            return;
        }
        if slot.keys() == ElemKind::I64 {
            // SAFETY: the first `len` entries are initialised, and `&mut self` excludes other references.
            let entries = unsafe { std::slice::from_raw_parts_mut(slot.entries, len) };
            entries.sort_by_key(|entry| entry.key as i64);
        } else {
            // Entries and hashes move together: sort positions, then copy both in their order.
            let mut order: Vec<(u64, u32)> = slot
                .entries()
                .iter()
                .enumerate()
                .map(|(i, e)| (self.sort_prefix(Cell(e.key)), i as u32))
                .collect();
            let key = |at: u32| Cell(slot.entry(at as usize).key);
            order.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| self.key_order(key(a.1), key(b.1))));
            let sorted: Vec<(Entry, u32)> = order
                .iter()
                // SAFETY: the first `len` hashes are initialised.
                .map(|&(_, at)| (slot.entry(at as usize), unsafe { slot.hashes().add(at as usize).read() }))
                .collect();
            for (at, &(entry, hash)) in sorted.iter().enumerate() {
                // SAFETY: `at` is below the length.
                unsafe {
                    slot.entries.add(at).write(entry);
                    slot.hashes().add(at).write(hash);
                }
            }
        }
        let slot = self.map_mut(map);
        slot.sorted = slot.len;
        slot.relink();
    }

    /// A number that never orders two keys differently than `key_order`, and often decides: of strings the first seven
    /// bytes, below a byte for the kind.
    fn sort_prefix(&self, key: Cell) -> u64 {
        let rank = u64::from(self.key_rank(key)) << 56;
        if rank != u64::from(STR_RANK) << 56 {
            return rank;
        }
        let mut prefix = [0; 8];
        let bytes = self.str(&key).as_bytes();
        let len = bytes.len().min(7);
        prefix[1..=len].copy_from_slice(&bytes[..len]);
        rank | u64::from_be_bytes(prefix)
    }

    /// Order of kinds among keys.
    fn key_rank(&self, key: Cell) -> u8 {
        if self.is_str(key) {
            STR_RANK
        } else if key.is_f64() || self.is_int(key) {
            0
        } else if key.is_bool() {
            2
        } else {
            3
        }
    }

    /// Order of two keys.
    pub(crate) fn key_order(&self, a: Cell, b: Cell) -> Ordering {
        let (left, right) = (self.key_rank(a), self.key_rank(b));
        if left != right {
            return left.cmp(&right);
        }
        if left == STR_RANK { self.str_cmp(a, b) } else { self.total_order(a, b) }
    }
}

/// Rank of strings among keys.
const STR_RANK: u8 = 1;
