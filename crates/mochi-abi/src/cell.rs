//! The 8-byte Cell: one NaN-boxed word that can hold any value.
//!
//! Doubles are stored as they are, NaNs in one canonical form; everything else lives in the negative quiet-NaN space,
//! told apart by the upper 16 bits:
//!
//! | upper 16 bits | meaning | lower 48 bits |
//! |---|---|---|
//! | below `FFF9`  | double | the rest of it |
//! | `FFF9` | int | 48-bit two's complement; larger ints are boxed in [`Arena::Bigint`](crate::Arena) |
//! | `FFFA` | special | 0 none, 2 false, 3 true |
//! | `FFFB` | short string | bits 40..43 its length in bytes (0 to 5), bits 0..40 its bytes, first one lowest |
//! | `FFFC` | handle | arena (4), generation (12), index (32) in granules of 8 bytes from the heap base |
//! | `FFFD` | bigint | as an int: one bit of the tag tells the two apart |
//!
//! The upper half of a handle equals the header word of the slot it refers to, for as long as it lives.

use crate::layout::Arena;

/// A NaN-boxed value. Equality of the words is identity, not the `==` of the language.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Cell(pub u64);

/// Upper 16 bits of an inline int.
pub const TAG_INT: u64 = 0xFFF9;
/// Upper 16 bits of none and the bools.
pub const TAG_SPECIAL: u64 = 0xFFFA;
/// Upper 16 bits of a short string.
pub const TAG_STR: u64 = 0xFFFB;
/// Upper 16 bits of a handle.
pub const TAG_HANDLE: u64 = 0xFFFC;
/// Upper 16 bits of an inline bigint: those of an int with one more bit.
pub const TAG_BIGINT: u64 = 0xFFFD;

/// The one NaN that a Cell holds.
pub const CANONICAL_NAN: u64 = 0x7FF8_0000_0000_0000;
/// The largest int stored inline.
pub const INT_MAX: i64 = (1 << 47) - 1;
/// The smallest int stored inline.
pub const INT_MIN: i64 = -(1 << 47);
/// Longest short string in bytes.
pub const SHORT_STR_MAX: usize = 5;
/// Number of distinct generations of a slot.
pub const GENERATIONS: u32 = 1 << 12;

const PAYLOAD: u64 = (1 << 48) - 1;

impl Cell {
    /// The absent value.
    pub const NONE: Cell = Cell(TAG_SPECIAL << 48);
    /// `false`.
    pub const FALSE: Cell = Cell(TAG_SPECIAL << 48 | 2);
    /// `true`.
    pub const TRUE: Cell = Cell(TAG_SPECIAL << 48 | 3);
    /// The empty string.
    pub const EMPTY_STR: Cell = Cell(TAG_STR << 48);

    /// A double.
    #[inline]
    pub fn from_f64(value: f64) -> Cell {
        if value.is_nan() { Cell(CANONICAL_NAN) } else { Cell(value.to_bits()) }
    }
    /// An int, when it fits 48 bits.
    #[inline]
    pub const fn from_small_int(value: i64) -> Option<Cell> {
        if value >= INT_MIN && value <= INT_MAX {
            Some(Cell(TAG_INT << 48 | (value as u64 & PAYLOAD)))
        } else {
            None
        }
    }
    /// A bigint, when it fits 48 bits.
    #[inline]
    pub const fn from_small_bigint(value: i64) -> Option<Cell> {
        match Cell::from_small_int(value) {
            Some(cell) => Some(cell.as_bigint()),
            None => None,
        }
    }
    /// A bool.
    #[inline]
    pub const fn from_bool(value: bool) -> Cell {
        if value { Cell::TRUE } else { Cell::FALSE }
    }
    /// A string of at most [`SHORT_STR_MAX`] bytes.
    #[inline]
    pub fn from_short_str(text: &[u8]) -> Option<Cell> {
        if text.len() > SHORT_STR_MAX {
            return None;
        }
        let mut word = TAG_STR << 48 | (text.len() as u64) << 40;
        for (i, &b) in text.iter().enumerate() {
            word |= (b as u64) << (8 * i);
        }
        Some(Cell(word))
    }
    /// A handle from the header of a slot and its index.
    #[inline]
    pub const fn from_handle(header: u32, index: u32) -> Cell {
        Cell((header as u64) << 32 | index as u64)
    }

    /// The upper 16 bits.
    #[inline]
    pub const fn tag(self) -> u64 {
        self.0 >> 48
    }
    /// Whether this is a double.
    #[inline]
    pub const fn is_f64(self) -> bool {
        self.tag() < TAG_INT
    }
    /// Whether this is an inline int.
    #[inline]
    pub const fn is_small_int(self) -> bool {
        self.tag() == TAG_INT
    }
    /// Whether this is an inline int or bigint.
    #[inline]
    pub const fn is_small_integer(self) -> bool {
        self.as_bigint().tag() == TAG_BIGINT
    }
    /// Whether this is an inline bigint.
    #[inline]
    pub const fn is_small_bigint(self) -> bool {
        self.tag() == TAG_BIGINT
    }
    /// An inline int or bigint as a bigint.
    #[inline]
    pub const fn as_bigint(self) -> Cell {
        Cell(self.0 | (TAG_INT ^ TAG_BIGINT) << 48)
    }
    /// Whether this is a bool.
    #[inline]
    pub const fn is_bool(self) -> bool {
        self.0 | 1 == Cell::TRUE.0
    }
    /// Whether this is none.
    #[inline]
    pub const fn is_none(self) -> bool {
        self.0 == Cell::NONE.0
    }
    /// Whether this is a short string.
    #[inline]
    pub const fn is_short_str(self) -> bool {
        self.tag() == TAG_STR
    }
    /// Whether this is a handle.
    #[inline]
    pub const fn is_handle(self) -> bool {
        self.tag() == TAG_HANDLE
    }
    /// The double; meaningful when [`is_f64`](Self::is_f64).
    #[inline]
    pub const fn as_f64(self) -> f64 {
        f64::from_bits(self.0)
    }
    /// The inline int or bigint; meaningful when [`is_small_integer`](Self::is_small_integer).
    #[inline]
    pub const fn as_small_int(self) -> i64 {
        (self.0 << 16) as i64 >> 16
    }
    /// The bool; meaningful when [`is_bool`](Self::is_bool).
    #[inline]
    pub const fn as_bool(self) -> bool {
        self.0 & 1 != 0
    }
    /// Bytes and length of a short string; meaningful when [`is_short_str`](Self::is_short_str).
    #[inline]
    pub const fn short_str(self) -> ([u8; 8], usize) {
        (self.0.to_le_bytes(), (self.0 >> 40 & 7) as usize)
    }
    /// The header that the slot of this handle carries while the handle is live.
    #[inline]
    pub const fn header(self) -> u32 {
        (self.0 >> 32) as u32
    }
    /// The slot index of this handle, in granules of 8 bytes from the heap base.
    #[inline]
    pub const fn index(self) -> u32 {
        self.0 as u32
    }
    /// The arena of this handle; `None` for words that are no handles.
    #[inline]
    pub fn arena(self) -> Option<Arena> {
        if self.is_handle() { Arena::from_bits((self.0 >> 44) as u8 & 15) } else { None }
    }
}

/// The header of a slot in an arena with a generation.
#[inline]
pub const fn header(arena: Arena, generation: u32) -> u32 {
    (TAG_HANDLE as u32) << 16 | (arena as u32) << 12 | (generation & (GENERATIONS - 1))
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.tag() {
            TAG_INT => write!(f, "int {}", self.as_small_int()),
            TAG_BIGINT => write!(f, "bigint {}", self.as_small_int()),
            TAG_SPECIAL if self.is_none() => write!(f, "none"),
            TAG_SPECIAL => write!(f, "{}", self.as_bool()),
            TAG_STR => {
                let (bytes, len) = self.short_str();
                write!(f, "str {:?}", String::from_utf8_lossy(&bytes[..len]))
            }
            TAG_HANDLE => write!(f, "{:?}", self.arena()),
            _ => write!(f, "float {}", self.as_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back() {
        for v in [0, 1, -1, INT_MAX, INT_MIN] {
            let c = Cell::from_small_int(v).unwrap();
            assert!(c.is_small_int() && !c.is_f64() && !c.is_handle());
            assert_eq!(c.as_small_int(), v);
        }
        for v in [0, 1, -1, INT_MAX, INT_MIN] {
            let c = Cell::from_small_bigint(v).unwrap();
            assert!(
                c.is_small_integer()
                    && c.is_small_bigint()
                    && !c.is_small_int()
                    && !c.is_f64()
                    && !c.is_handle()
            );
            assert_eq!(c.as_small_int(), v);
            assert_eq!(Cell::from_small_int(v).unwrap().as_bigint(), c);
        }
        assert!(!Cell::NONE.is_small_integer() && !Cell::EMPTY_STR.is_small_integer());
        assert!(!Cell::from_handle(header(Arena::Str, 1), 5).is_small_integer());
        assert_eq!(Cell::from_small_int(INT_MAX + 1), None);
        assert_eq!(Cell::from_small_int(INT_MIN - 1), None);
        for v in [0.0, -0.0, 1.5, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN_POSITIVE] {
            let c = Cell::from_f64(v);
            assert!(c.is_f64());
            assert_eq!(c.as_f64().to_bits(), v.to_bits());
        }
        for bits in [CANONICAL_NAN, 0xFFFF_FFFF_FFFF_FFFF, TAG_HANDLE << 48, 0xFFF8_0000_0000_0001] {
            let c = Cell::from_f64(f64::from_bits(bits));
            assert!(c.is_f64() && c.as_f64().is_nan());
        }
        for s in ["", "a", "é", "abcde"] {
            let c = Cell::from_short_str(s.as_bytes()).unwrap();
            let (bytes, len) = c.short_str();
            assert_eq!(&bytes[..len], s.as_bytes());
            assert!(c.is_short_str());
        }
        assert_eq!(Cell::from_short_str(b"abcdef"), None);
        assert!(Cell::TRUE.is_bool() && Cell::FALSE.is_bool() && !Cell::NONE.is_bool());
        let h = Cell::from_handle(header(Arena::Map, 77), 123);
        assert_eq!((h.arena(), h.header(), h.index()), (Some(Arena::Map), header(Arena::Map, 77), 123));
    }
}
