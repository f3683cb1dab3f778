//! Layout of heap objects.
//!
//! All objects live in one reserved address range and never move. A slot starts on a granule of 8 bytes; its first word
//! is the *header* (upper half of the live handle, see [`cell`](crate::cell)) followed by the *meta* word:
//!
//! ```text
//! byte 0  header: u32     byte 4  meta: u32 = flags (bits 0..8) | payload (bits 8..32)
//! Str      8 data: *const u8    16 length in bytes: u32   20 length in code points: u32
//!          24 the bytes, when they are at most INLINE_STR_MAX
//!          24 buffer: *mut      32 crumb position: u32    36 crumb byte offset: u32, with FLAG_BUFFER
//! List*    8 data: *mut T       16 length: u64            24 capacity: u64
//!          meta payload = type of the elements
//! Map      8 entries: *mut (key: u64, value: u64)         16 length: u64      24 index: *mut u32
//!          32 capacity: u32     36 index bits: u32        40 sorted: u64      48 base: i64
//!          meta payload = key kind | value kind << 1 | map type << 3
//! Struct   8 words, one per field in order of declaration; meta payload = shape
//! Closure  8 words, one per captured value; meta payload = function
//! Ref      8 the word; FLAG_CELL when it is a cell
//! Bigint   8 the 64-bit int with FLAG_I64, which is of the type bigint with FLAG_BIGINT; else number: *mut
//! Bigrat   8 ratio: *mut
//! ```
//!
//! - The data pointer of a string is valid whether its bytes are in the slot or in a buffer. Strings of at most five
//!   bytes are never in a slot, so two strings of which one is short are equal only when their words are.
//! - The data pointer of a list without elements may dangle, but is aligned and not null.
//! - A string's *crumb* is the code point position and byte offset of the last access, from which the next one walks.
//! - A map of ints has FLAG_DIRECT when its index is a plain array: the position plus one of the entry with key
//!   `base + i` is in `index[i]`, 0 when there is none. Otherwise the index is a hash table.
//! - The first *sorted* entries of a map are in ascending order of their keys. Nobody can see another order, so a
//!   map sorts its entries in place when it is enumerated.
//! - An int is in a Bigint slot exactly when 48 bits do not hold it, and is a number behind a pointer exactly when 64
//!   bits do not hold it. So equal ints have one form, whether their static type is int, bigint or any.
//! - A slot that is free has [`FREE_ARENA`] in its header, with the generation of its next use, and the index of the
//!   next free slot in its meta word. A slot whose generations are used up has [`QUARANTINE_ARENA`] until a full
//!   collection has met no handle to it.
//! - A collection happens only where compiled code asks for it (a safepoint). A new struct, closure or ref has
//!   arbitrary words, which the code that asked for it writes before the next safepoint.

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
    /// An exact rational.
    Bigrat = 11,
}

impl Arena {
    /// All arenas, in order of their tags.
    pub const ALL: [Arena; 11] = [
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
        Arena::Bigrat,
    ];

    /// The arena with this tag.
    #[inline]
    pub const fn from_bits(bits: u8) -> Option<Arena> {
        if bits >= 1 && bits <= 11 { Some(Arena::ALL[bits as usize - 1]) } else { None }
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
            Arena::Str
            | Arena::Map
            | Arena::Struct
            | Arena::Closure
            | Arena::Ref
            | Arena::Bigint
            | Arena::Bigrat => return None,
        })
    }
    /// The kind with this number.
    #[inline]
    pub const fn from_bits(bits: u32) -> Option<ElemKind> {
        Some(match bits {
            0 => ElemKind::Cell,
            1 => ElemKind::I64,
            2 => ElemKind::F64,
            3 => ElemKind::Bool,
            _ => return None,
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

/// The number of a type that elements, keys, values or fields have at run time. A program numbers the types it needs
/// from [`TypeId::FIRST`] on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TypeId(pub u32);

impl TypeId {
    /// `any`.
    pub const ANY: TypeId = TypeId(0);
    /// `int`.
    pub const INT: TypeId = TypeId(1);
    /// `float`.
    pub const FLOAT: TypeId = TypeId(2);
    /// `bool`.
    pub const BOOL: TypeId = TypeId(3);
    /// `string`.
    pub const STR: TypeId = TypeId(4);
    /// The first that a program gives.
    pub const FIRST: TypeId = TypeId(5);

    /// How values of the type are stored.
    #[inline]
    pub const fn kind(self) -> ElemKind {
        match ElemKind::from_bits(self.0) {
            Some(kind) => kind,
            None => ElemKind::Cell,
        }
    }
    /// The type of everything that is stored like this.
    #[inline]
    pub const fn of_kind(kind: ElemKind) -> TypeId {
        TypeId(kind as u32)
    }
}

/// The number of a pair of types, those of the keys and of the values of a map. A program numbers the pairs it needs from
/// [`MapType::FIRST`] on; before them are the pairs of the types that say no more than how something is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MapType(pub u32);

impl MapType {
    /// `map<any, any>`.
    pub const ANY: MapType = MapType(0);
    /// The first that a program gives.
    pub const FIRST: MapType = MapType(16);
    /// The largest, which is what fits beside the kinds in the meta word of a map.
    pub const MAX: MapType = MapType((1 << 21) - 1);

    /// The pair of types that say no more than how keys and values are stored.
    #[inline]
    pub const fn of_kinds(keys: ElemKind, values: ElemKind) -> MapType {
        MapType(keys as u32 | (values as u32) << 2)
    }
    /// The types of a pair before [`MapType::FIRST`].
    #[inline]
    pub const fn kinds(self) -> (TypeId, TypeId) {
        (TypeId(self.0 & 3), TypeId(self.0 >> 2))
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
/// Meta flag of strings: the bytes are in a buffer that other strings may share.
pub const FLAG_BUFFER: u32 = 1 << 4;
/// Meta flag of bigints: the slot holds the number itself, a 64-bit int.
pub const FLAG_I64: u32 = 1 << 5;
/// Meta flag of bigints with [`FLAG_I64`]: the number is no int, though one could hold it.
pub const FLAG_BIGINT: u32 = 1 << 3;
/// Meta flag of maps: the index is an array by key.
pub const FLAG_DIRECT: u32 = 1 << 6;
/// Meta flag of strings in their slot: a concatenation made it, so the next one expects more to come.
pub const FLAG_GROWN: u32 = 1 << 7;
/// Bits of the meta word below the payload (shape, function, type of elements, kinds and type of a map).
pub const META_SHIFT: u32 = 8;
/// Largest payload of a meta word: the number of shapes is at most one more, that of functions at most that.
pub const META_PAYLOAD_MAX: u32 = (1 << 24) - 1;
/// The payload of a closure that waits for the rest of its arguments. It captures a function and a list of those it has.
pub const PARTIAL: u32 = META_PAYLOAD_MAX;
/// Bits of the key kind, which is Cell or I64, in the payload of a map below the value kind.
pub const MAP_VALUE_SHIFT: u32 = 1;
/// Bits of the map type in the payload of a map above the kinds.
pub const MAP_TYPE_SHIFT: u32 = 3;
/// Arena bits in the header of a slot that is free.
pub const FREE_ARENA: u32 = 0;
/// Arena bits in the header of a slot that waits in quarantine.
pub const QUARANTINE_ARENA: u32 = 15;
/// Longest string in bytes whose bytes are in its slot.
pub const INLINE_STR_MAX: usize = 232;
/// Most words of a struct or closure: a slot with its header and meta word fills a block of 64 KiB.
pub const WORDS_MAX: usize = 8191;
/// Offset of the first word of structs, closures, refs.
pub const WORDS: usize = 8;
/// Offset of the data pointer of strings and lists.
pub const DATA: usize = 8;
/// Offset of the length of lists and maps (u64), and of the byte length of strings (u32).
pub const LEN: usize = 16;
/// Offset of a string's length in code points (u32).
pub const CHARS: usize = 20;
/// Offset of a string's bytes when they are in its slot, else of the pointer to its buffer.
pub const STR_INLINE: usize = 24;
/// Offset of a string's crumb, with FLAG_BUFFER: position (u32), then byte offset (u32).
pub const STR_CRUMB: usize = 32;
/// Offset of the pointer to a string's buffer, with FLAG_BUFFER.
pub const STR_BUFFER: usize = STR_INLINE;
/// Offset of the bytes of room in a buffer of strings (u32).
pub const BUFFER_CAPACITY: usize = 4;
/// Offset of the number of those bytes that belong to some string (u32).
pub const BUFFER_USED: usize = 8;
/// Offset of the bytes in a buffer of strings.
pub const BUFFER_BYTES: usize = 20;
/// Offset of a list's capacity (u64).
pub const CAPACITY: usize = 24;
/// Offset of the pointer to a map's index (u32 each); null while the map is small.
pub const MAP_INDEX: usize = 24;
/// Offset of a map's capacity in entries (u32).
pub const MAP_CAPACITY: usize = 32;
/// Offset of the binary logarithm of the size of a map's index (u32).
pub const MAP_INDEX_BITS: usize = 36;
/// Offset of the number of a map's leading entries that are in ascending order (u64).
pub const MAP_SORTED: usize = 40;
/// Offset of the key that the first element of a map's index stands for, with FLAG_DIRECT (i64).
pub const MAP_BASE: usize = 48;
/// The hash of a word, of which maps take the upper half, is the two halves of `(word ^ HASH_MASK) * HASH_FACTOR`, exclusively
/// ored: odd numbers without structure, digits of pi and of the golden ratio.
pub const HASH_MASK: u64 = 0x2436_A885_A308_D313;
/// See [`HASH_MASK`].
pub const HASH_FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
/// Name of the struct that is a group of a query: no program can declare it. Its fields are [`GROUP_KEY`] and
/// [`GROUP_ITEMS`].
pub const GROUP_NAME: &str = "<group>";
/// Position of the key of a group: a cell.
pub const GROUP_KEY: usize = 0;
/// Position of the items of a group: a list.
pub const GROUP_ITEMS: usize = 1;
