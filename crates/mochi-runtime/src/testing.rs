//! What the tests share: a heap, random numbers, nested values.

use mochi_abi::{Cell, ElemKind};

use crate::heap::Heap;
use crate::host::Memory;
use crate::runtime::{Limits, Runtime};

/// How often randomised tests repeat; Miri is some hundred times slower.
pub const fn rounds(count: usize) -> usize {
    if cfg!(miri) { count / 100 + 1 } else { count }
}

/// A heap without a limit that matters.
pub fn heap() -> Heap {
    Heap::new(4 << 30).expect("an address range")
}

/// A runtime that talks to nobody.
pub fn runtime() -> Runtime {
    Runtime::new(Box::<Memory>::default(), Limits::default()).expect("an address range")
}

/// A reproducible sequence of numbers (xorshift64*).
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed * 2 + 1)
    }
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() >> 33) as usize % n
    }
    /// Text of up to `n` characters of one to four bytes.
    pub fn text(&mut self, n: usize) -> String {
        let alphabet: &[char] =
            if self.below(2) == 0 { &['a', 'b', 'z'] } else { &['a', 'é', '√', '🍣'] };
        (0..self.below(n + 1)).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}

/// An int cell.
pub fn int(heap: &mut Heap, value: i64) -> Cell {
    heap.box_int(value).expect("memory")
}

/// A string cell.
pub fn text(heap: &mut Heap, value: &str) -> Cell {
    heap.new_str(value).expect("memory")
}

/// A list of cells.
pub fn list(heap: &mut Heap, items: &[Cell]) -> Cell {
    let words: Vec<u64> = items.iter().map(|cell| cell.0).collect();
    heap.list_from(ElemKind::Cell, &words).expect("memory")
}

/// A map of cells.
pub fn map(heap: &mut Heap, entries: &[(Cell, Cell)]) -> Cell {
    let map = heap.map_new(ElemKind::Cell, ElemKind::Cell, 0).expect("memory");
    for &(key, value) in entries {
        heap.map_set(map, key.0, ElemKind::Cell, value.0, ElemKind::Cell).expect("memory");
    }
    map
}
