//! The layouts of `mochi_abi::layout` as Rust types, each checked against the offsets there.
//!
//! A reference to one of these is made only from a handle whose header was compared with the slot's, see
//! [`Heap::slot`](super::Heap::slot), so its fields hold what the layout promises.

use std::mem::offset_of;

use mochi_abi::layout::{self, FLAG_BUFFER, FLAG_GROWN, META_SHIFT};
use num_bigint::BigInt;

use crate::ratio::Ratio;

/// Header and meta word, which every slot starts with.
#[repr(C)]
pub struct Head {
    pub header: u32,
    pub meta: u32,
}

impl Head {
    /// The payload of the meta word.
    #[inline]
    pub fn payload(&self) -> u32 {
        self.meta >> META_SHIFT
    }
}

/// The part of a string's slot that all strings have.
#[repr(C)]
pub struct StrSlot {
    pub head: Head,
    pub data: *const u8,
    pub bytes: u32,
    pub chars: u32,
}

/// What follows in the slot of a string with a buffer.
#[repr(C)]
pub struct StrTail {
    pub buffer: *mut StrBuffer,
    pub crumb_char: u32,
    pub crumb_byte: u32,
}

/// The head of a string buffer; the bytes follow.
#[repr(C)]
pub struct StrBuffer {
    /// Number of slots whose bytes lie in this buffer.
    pub refs: u32,
    /// Bytes of room after the head.
    pub capacity: u32,
    /// Bytes that belong to some string; those after it are free to append to.
    pub used: u32,
    /// The last collection that counted this buffer.
    pub counted: u32,
    /// Whether a concatenation made this buffer, so that the next one expects more to come.
    pub grown: bool,
}

impl StrBuffer {
    /// Bytes that it counts for: the room beyond `used` costs nothing until it is touched.
    pub fn charge(&self) -> usize {
        size_of::<StrBuffer>() + self.used as usize
    }
}

impl StrSlot {
    /// Whether the bytes are in a buffer.
    #[inline]
    pub fn has_buffer(&self) -> bool {
        self.head.meta & FLAG_BUFFER != 0
    }
    /// Whether the bytes are in the slot and come from a concatenation.
    #[inline]
    pub fn is_grown(&self) -> bool {
        self.head.meta & FLAG_GROWN != 0
    }
}

/// A list.
#[repr(C)]
pub struct ListSlot {
    pub head: Head,
    pub data: *mut u8,
    pub len: u64,
    pub capacity: u64,
}

/// A map.
#[repr(C)]
pub struct MapSlot {
    pub head: Head,
    pub entries: *mut Entry,
    pub len: u64,
    pub index: *mut u32,
    pub capacity: u32,
    pub index_bits: u32,
    pub sorted: u64,
    pub base: i64,
}

/// An entry of a map.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Entry {
    pub key: u64,
    pub value: u64,
}

/// A slot with one word: a ref, or a bigint with `FLAG_I64`; also the first word of structs and closures.
#[repr(C)]
pub struct WordSlot {
    pub head: Head,
    pub word: u64,
}

/// A bigint without `FLAG_I64`.
#[repr(C)]
pub struct BigSlot {
    pub head: Head,
    pub number: *mut BigInt,
}

/// A rational.
#[repr(C)]
pub struct RatioSlot {
    pub head: Head,
    pub ratio: *mut Ratio,
}

const _: () = {
    assert!(offset_of!(Head, header) == layout::HEADER && offset_of!(Head, meta) == layout::META);
    assert!(offset_of!(StrSlot, data) == layout::DATA && offset_of!(StrSlot, bytes) == layout::LEN);
    assert!(offset_of!(StrSlot, chars) == layout::CHARS && size_of::<StrSlot>() == layout::STR_INLINE);
    assert!(size_of::<StrSlot>() + offset_of!(StrTail, crumb_char) == layout::STR_CRUMB);
    assert!(offset_of!(StrTail, buffer) == layout::STR_BUFFER - layout::STR_INLINE);
    assert!(offset_of!(StrBuffer, capacity) == layout::BUFFER_CAPACITY);
    assert!(offset_of!(StrBuffer, used) == layout::BUFFER_USED);
    assert!(size_of::<StrBuffer>() == layout::BUFFER_BYTES);
    assert!(offset_of!(ListSlot, data) == layout::DATA && offset_of!(ListSlot, len) == layout::LEN);
    assert!(offset_of!(ListSlot, capacity) == layout::CAPACITY);
    assert!(offset_of!(MapSlot, entries) == layout::DATA && offset_of!(MapSlot, len) == layout::LEN);
    assert!(
        offset_of!(MapSlot, index) == layout::MAP_INDEX
            && offset_of!(MapSlot, capacity) == layout::MAP_CAPACITY
    );
    assert!(offset_of!(MapSlot, index_bits) == layout::MAP_INDEX_BITS);
    assert!(
        offset_of!(MapSlot, sorted) == layout::MAP_SORTED && offset_of!(MapSlot, base) == layout::MAP_BASE
    );
    assert!(offset_of!(WordSlot, word) == layout::WORDS && offset_of!(BigSlot, number) == layout::WORDS);
    assert!(offset_of!(RatioSlot, ratio) == layout::WORDS);
};
