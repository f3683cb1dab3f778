//! Layout of heap objects.
//!
//! All objects live in one reserved address range and never move. A slot starts on a granule of 8 bytes; its first word
//! is the *header* (upper half of the live handle, see [`cell`](crate::cell)) followed by the *meta* word:
//!
//! ```text
//! byte 0  header: u32     byte 4  meta: u32 = flags (bits 0..8) | payload (bits 8..32)
//! Str      8 data: *const u8   16 byte length: u32   20 length in code points: u32   24 inline bytes or buffer
//! List*    8 data: *mut T      16 length: u64        24 capacity: u64
//! Map      8 table: *mut       16 length: u64
//! Struct   8 words, one per field; meta payload = shape
//! Closure  8 words, one per captured value; meta payload = function
//! Ref      8 the word
//! Bigint   8 number: *mut
//! ```

/// What a slot holds. The number is the 4-bit arena tag of handles.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Arena {
    /// A string of more than five bytes.
    Str = 1,
    /// A list of cells.
    ListCell = 2,
    /// A list of 64-bit ints.
    ListI64 = 3,
    /// A list of doubles.
    ListF64 = 4,
    /// A list of bools, a byte each.
    ListBool = 5,
    /// A map.
    Map = 6,
    /// A struct or a variant of a union.
    Struct = 7,
    /// A function value.
    Closure = 8,
    /// A variable shared by closures.
    Ref = 9,
    /// An int beyond 48 bits, or a bigint.
    Bigint = 10,
}

impl Arena {
    /// All arenas, in order of their tags.
    pub const ALL: [Arena; 10] = [
        Arena::Str,
        Arena::ListCell,
        Arena::ListI64,
        Arena::ListF64,
        Arena::ListBool,
        Arena::Map,
        Arena::Struct,
        Arena::Closure,
        Arena::Ref,
        Arena::Bigint,
    ];

    /// The arena with this tag.
    #[inline]
    pub const fn from_bits(bits: u8) -> Option<Arena> {
        if bits >= 1 && bits <= 10 { Some(Arena::ALL[bits as usize - 1]) } else { None }
    }
    /// Whether objects of this arena are lists.
    #[inline]
    pub const fn is_list(self) -> bool {
        matches!(self, Arena::ListCell | Arena::ListI64 | Arena::ListF64 | Arena::ListBool)
    }
}

/// How a container stores its elements, or a register its value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum ElemKind {
    /// A NaN-boxed word.
    Cell = 0,
    /// A 64-bit int.
    I64 = 1,
    /// A double.
    F64 = 2,
    /// A bool: a byte in lists, a word of 0 or 1 elsewhere.
    Bool = 3,
}

impl ElemKind {
    /// The arena of lists with these elements.
    #[inline]
    pub const fn list_arena(self) -> Arena {
        match self {
            ElemKind::Cell => Arena::ListCell,
            ElemKind::I64 => Arena::ListI64,
            ElemKind::F64 => Arena::ListF64,
            ElemKind::Bool => Arena::ListBool,
        }
    }
    /// The elements of lists in this arena.
    #[inline]
    pub const fn of_list(arena: Arena) -> Option<ElemKind> {
        Some(match arena {
            Arena::ListCell => ElemKind::Cell,
            Arena::ListI64 => ElemKind::I64,
            Arena::ListF64 => ElemKind::F64,
            Arena::ListBool => ElemKind::Bool,
            Arena::Str | Arena::Map | Arena::Struct | Arena::Closure | Arena::Ref | Arena::Bigint => return None,
        })
    }
    /// Bytes per list element.
    #[inline]
    pub const fn list_stride(self) -> usize {
        match self {
            ElemKind::Bool => 1,
            ElemKind::Cell | ElemKind::I64 | ElemKind::F64 => 8,
        }
    }
}

/// Bytes per granule: slot indices count granules.
pub const GRANULE: usize = 8;
/// Offset of the header word.
pub const HEADER: usize = 0;
/// Offset of the meta word.
pub const META: usize = 4;
/// Meta flag: reached by the collection that is running.
pub const FLAG_MARK: u32 = 1 << 0;
/// Meta flag of lists: more than one place may hold the object, so nobody may reuse its storage.
pub const FLAG_SHARED: u32 = 1 << 1;
/// Meta flag of strings: all bytes are ASCII.
pub const FLAG_ASCII: u32 = 1 << 2;
/// Meta flag of refs: the word is a cell.
pub const FLAG_CELL: u32 = 1 << 3;
/// Bits of the meta word below the payload (shape, function).
pub const META_SHIFT: u32 = 8;
/// Offset of the first word of structs, closures, refs.
pub const WORDS: usize = 8;
/// Offset of the data pointer of strings and lists.
pub const DATA: usize = 8;
/// Offset of the length of lists and maps (u64), and of the byte length of strings (u32).
pub const LEN: usize = 16;
/// Offset of a string's length in code points (u32).
pub const CHARS: usize = 20;
/// Offset of a list's capacity (u64).
pub const CAPACITY: usize = 24;
