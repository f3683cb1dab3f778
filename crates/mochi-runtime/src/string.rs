//! Strings: immutable UTF-8 with lengths in bytes and in code points.
//!
//! Up to five bytes live in the cell, up to [`INLINE_STR_MAX`] in the slot, longer ones in a buffer that several strings
//! may share: a slice is a part of its string's buffer, and a concatenation appends to the buffer of its left operand
//! when that operand ends where the used part of the buffer ends. So `s = s + t` in a loop costs amortised O(1) per byte
//! of `t` without any proof that nobody else holds `s`: an older string keeps its own length.
//!
//! A slot needs no allocator, so what a concatenation makes stays in a slot, except that a string which is concatenated
//! to again and again moves to a buffer early ([`GROWS_BEYOND`]).

use mochi_abi::layout::{FLAG_ASCII, FLAG_BUFFER, FLAG_GROWN, GRANULE, INLINE_STR_MAX, STR_INLINE};
use mochi_abi::{Arena, Cell, cell::SHORT_STR_MAX};

use crate::hash;
use crate::heap::Heap;
use crate::heap::block::ClassId;
use crate::heap::buffer::{free_raw_buffer, raw_buffer};
use crate::heap::slot::{StrBuffer, StrSlot, StrTail};
use crate::trap::{Outcome, Trap};

mod pieces;
mod slice;
pub(crate) use slice::{clamp, position};

/// A buffer that outgrows so many bytes gets many times the room, so that it need not be copied again: memory that is
/// not touched costs address space only.
const LARGE: usize = 1 << 20;
/// A string beyond this length that a concatenation made moves to a buffer when something is added again.
const GROWS_BEYOND: usize = 40;

/// Where the bytes of a string are, and how many; valid while the string lives and its cell is not moved.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub data: *const u8,
    pub bytes: u32,
    pub chars: u32,
}

impl Span {
    /// No bytes.
    pub(crate) const EMPTY: Span = Span { data: std::ptr::dangling(), bytes: 0, chars: 0 };
    #[inline]
    pub(crate) fn is_ascii(self) -> bool {
        self.bytes == self.chars
    }
}

/// Number of code points of UTF-8 bytes: those that continue none.
#[inline]
pub(crate) fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| (b as i8) >= -0x40).count()
}

/// Bytes of the character that starts with this byte.
#[inline]
pub(crate) fn char_bytes(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    }
}

/// Number of code points of a short string.
#[inline]
fn short_chars(cell: Cell) -> u32 {
    let (bytes, len) = cell.short_str();
    // A byte continues a character when its upper bits are 10.
    let word = u64::from_le_bytes(bytes);
    let continuing = (word >> 7) & !(word >> 6) & 0x01_0101_0101;
    len as u32 - continuing.count_ones()
}

#[cfg(target_endian = "big")]
compile_error!("the bytes of a short string are read from the memory of its cell, first byte first");

impl Heap {
    /// Whether a cell is a string.
    #[inline]
    pub fn is_str(&self, cell: Cell) -> bool {
        cell.is_short_str() || cell.arena() == Some(Arena::Str)
    }

    /// The bytes of a string; they lie in the cell itself when it is short.
    #[inline]
    pub(crate) fn span(&self, text: &Cell) -> Span {
        if text.is_short_str() {
            let data: *const Cell = text;
            return Span { data: data.cast(), bytes: text.short_str().1 as u32, chars: short_chars(*text) };
        }
        // SAFETY: `slot_of` returned a live string.
        let slot = unsafe { &*self.slot_of(*text, Arena::Str).cast::<StrSlot>() };
        Span { data: slot.data, bytes: slot.bytes, chars: slot.chars }
    }

    /// The text of a string.
    #[inline]
    pub fn str<'a>(&'a self, text: &'a Cell) -> &'a str {
        let span = self.span(text);
        // SAFETY: strings hold UTF-8; the bytes live in the cell or in a slot or buffer of this heap, both borrowed, and
        // bytes of a string never change.
        unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(span.data, span.bytes as usize)) }
    }

    /// Length in code points.
    #[inline]
    pub fn str_len(&self, text: Cell) -> usize {
        self.span(&text).chars as usize
    }

    /// Length in bytes.
    #[inline]
    pub fn str_bytes(&self, text: Cell) -> usize {
        self.span(&text).bytes as usize
    }

    /// Whether all characters of a string are ASCII.
    #[inline]
    pub(crate) fn is_ascii(&self, text: Cell) -> bool {
        self.span(&text).is_ascii()
    }

    /// An ASCII string with its bytes changed to other ones that are ASCII. Traps: no memory.
    #[inline]
    pub(crate) fn str_map_ascii(&mut self, text: Cell, change: impl Fn(&mut [u8])) -> Outcome<Cell> {
        let bytes = self.str(&text).as_bytes();
        let mut small = [0; INLINE_STR_MAX];
        let mut large = Vec::new();
        let copy = match small.get_mut(..bytes.len()) {
            Some(copy) => {
                copy.copy_from_slice(bytes);
                copy
            }
            None => {
                large.extend_from_slice(bytes);
                &mut large[..]
            }
        };
        change(copy);
        let text = std::str::from_utf8(copy).expect("ASCII");
        self.new_str(text)
    }

    /// A new string. Traps: no memory.
    pub fn new_str(&mut self, text: &str) -> Outcome<Cell> {
        if let Some(short) = Cell::from_short_str(text.as_bytes()) {
            return Ok(short);
        }
        let bytes = self.check_len(text.len())?;
        let chars = if text.is_ascii() { bytes } else { count_chars(text.as_bytes()) as u32 };
        // SAFETY: the bytes are those of a `&str` outside of the heap or, being immutable, in it.
        unsafe { self.copy_str(Span { data: text.as_ptr(), bytes, chars }) }
    }

    /// Checks that a string may have so many bytes.
    pub(crate) fn check_len(&self, bytes: usize) -> Outcome<u32> {
        self.account.check(bytes)?;
        u32::try_from(bytes).map_err(|_| Trap::memory(self.account.limit))
    }

    /// A string with a copy of these bytes.
    ///
    /// # Safety
    /// The span is readable and UTF-8, and its counts are right.
    pub(crate) unsafe fn copy_str(&mut self, span: Span) -> Outcome<Cell> {
        let len = span.bytes as usize;
        if len <= SHORT_STR_MAX {
            // SAFETY: by the caller's promise.
            return Ok(short_cell(unsafe { std::slice::from_raw_parts(span.data, len) }));
        }
        if len <= INLINE_STR_MAX {
            let (cell, data) = self.alloc_inline(span.bytes, span.chars, 0)?;
            // SAFETY: the new slot has room for the bytes, which do not lie in it.
            unsafe { span.data.copy_to_nonoverlapping(data, len) };
            return Ok(cell);
        }
        let buffer = self.new_str_buffer(span.bytes, len)?;
        // SAFETY: the new buffer has room for the bytes, which do not lie in it.
        unsafe {
            let data = buffer.add(1).cast::<u8>();
            span.data.copy_to_nonoverlapping(data, len);
            self.alloc_shared(buffer, Span { data, ..span })
        }
    }

    /// A new slot with these flags for a string that is not short but fits a slot, and where its bytes go.
    #[inline]
    pub(crate) fn alloc_inline(&mut self, bytes: u32, chars: u32, flags: u32) -> Outcome<(Cell, *mut u8)> {
        debug_assert!(bytes as usize > SHORT_STR_MAX && bytes as usize <= INLINE_STR_MAX);
        let granules = (STR_INLINE as u32 + bytes).div_ceil(GRANULE as u32);
        let meta = flags | if bytes == chars { FLAG_ASCII } else { 0 };
        let cell = self.alloc(ClassId::of(Arena::Str, granules), Arena::Str, meta)?;
        let slot = self.at(cell.index());
        let data = slot.wrapping_add(STR_INLINE);
        // SAFETY: the new slot has room for the fields.
        unsafe {
            let slot = slot.cast::<StrSlot>();
            (*slot).data = data;
            (*slot).bytes = bytes;
            (*slot).chars = chars;
        }
        Ok((cell, data))
    }

    /// A new buffer for a string of `used` bytes, which the caller writes, with room for `capacity` or a little more;
    /// nothing refers to it yet. Traps: no memory.
    pub(crate) fn new_str_buffer(&mut self, used: u32, capacity: usize) -> Outcome<*mut StrBuffer> {
        let round = |bytes: usize| bytes.next_multiple_of(GRANULE).min(u32::MAX as usize & !(GRANULE - 1));
        self.account.check(used as usize)?;
        let mut capacity = round(capacity.max(used as usize)).max(used as usize);
        let mut buffer = raw_buffer(size_of::<StrBuffer>() + capacity);
        if buffer.is_none() {
            // Without room to grow then.
            capacity = used as usize;
            buffer = raw_buffer(size_of::<StrBuffer>() + capacity);
        }
        let buffer = buffer.ok_or_else(|| Trap::memory(self.account.limit))?.as_ptr().cast::<StrBuffer>();
        let head =
            StrBuffer { refs: 0, capacity: capacity as u32, used, counted: self.collection(), grown: false };
        self.account.charge(head.charge());
        // SAFETY: the new buffer is large enough and aligned.
        unsafe { buffer.write(head) };
        Ok(buffer)
    }

    /// Gives the buffer of strings back.
    ///
    /// # Safety
    /// No slot refers to it.
    pub(crate) unsafe fn release_str_buffer(&mut self, buffer: *mut StrBuffer) {
        // SAFETY: the buffer came from `new_str_buffer`; nobody refers to it, by the caller's promise.
        unsafe {
            self.account.buffer_bytes -= (*buffer).charge();
            free_raw_buffer(buffer.cast(), size_of::<StrBuffer>() + (*buffer).capacity as usize);
        }
    }

    /// A new string whose bytes lie in a buffer.
    ///
    /// # Safety
    /// The span lies in the used part of the buffer, is UTF-8, and its counts are right.
    #[inline]
    pub(crate) unsafe fn alloc_shared(&mut self, buffer: *mut StrBuffer, span: Span) -> Outcome<Cell> {
        const GRANULES: u32 = ((size_of::<StrSlot>() + size_of::<StrTail>()) / GRANULE) as u32;
        let meta = FLAG_BUFFER | if span.is_ascii() { FLAG_ASCII } else { 0 };
        let cell = self.alloc(ClassId::of(Arena::Str, GRANULES), Arena::Str, meta)?;
        // SAFETY: the new slot has room for the fields; the buffer is alive by the caller's promise.
        unsafe {
            let slot = self.at(cell.index()).cast::<StrSlot>();
            (*slot).data = span.data;
            (*slot).bytes = span.bytes;
            (*slot).chars = span.chars;
            slot.add(1).cast::<StrTail>().write(StrTail { buffer, crumb_char: 0, crumb_byte: 0 });
            (*buffer).refs += 1;
        }
        Ok(cell)
    }

    /// The buffer of a string that has one.
    #[inline]
    pub(crate) fn tail(&self, text: Cell) -> Option<*mut StrTail> {
        if text.is_short_str() {
            return None;
        }
        let slot = self.slot_of(text, Arena::Str).cast::<StrSlot>();
        // SAFETY: `slot_of` returned a live string; with a buffer it has a tail.
        unsafe { (*slot).has_buffer().then(|| slot.add(1).cast()) }
    }

    /// `a + b`. Traps: no memory.
    pub fn str_concat(&mut self, a: Cell, b: Cell) -> Outcome<Cell> {
        self.concat(&[a, b])
    }

    /// The concatenation of at least one string. Traps: no memory.
    pub fn str_concat_all(&mut self, parts: &[Cell]) -> Outcome<Cell> {
        self.concat(parts)
    }

    #[inline(always)]
    fn concat(&mut self, mut parts: &[Cell]) -> Outcome<Cell> {
        // The first that is not empty may grow in place.
        while let [Cell::EMPTY_STR, rest @ ..] = parts
            && !rest.is_empty()
        {
            parts = rest;
        }
        let (&first, rest) = parts.split_first().expect("strings to concatenate");
        let left = self.span(&first);
        let (mut more, mut chars) = (0, left.chars as usize);
        for part in rest {
            let span = self.span(part);
            more += span.bytes as usize;
            chars += span.chars as usize;
        }
        if more == 0 {
            return Ok(first);
        }
        let len = left.bytes as usize + more;
        if len <= SHORT_STR_MAX {
            return Ok(rest.iter().fold(first, |all, &part| join_short(all, part)));
        }
        let bytes = self.check_len(len)?;
        let tail = self.tail(first);
        // Whether this is not the first addition to a string that is long already.
        let grows = match tail {
            // SAFETY: the buffer of a live string is alive.
            Some(tail) => unsafe { (*(*tail).buffer).grown },
            None => left.bytes as usize > GROWS_BEYOND && self.is_grown(first),
        };
        if len <= INLINE_STR_MAX && tail.is_none() && !grows {
            let (cell, data) = self.alloc_inline(bytes, chars as u32, FLAG_GROWN)?;
            // SAFETY: the new slot has room for all parts, none of which lies there.
            unsafe { self.write_parts(parts, Span::EMPTY, data) };
            return Ok(cell);
        }
        if let Some(tail) = tail {
            // SAFETY: the buffer of a live string is alive. Appending writes to its unused part only, which no string
            // can see; the parts lie in used parts, of this buffer or others.
            unsafe {
                let buffer = (*tail).buffer;
                let end = buffer.add(1).cast::<u8>().add((*buffer).used as usize);
                let is_last = left.data.add(left.bytes as usize) == end.cast_const();
                if is_last && ((*buffer).capacity - (*buffer).used) as usize >= more {
                    self.write_parts(rest, Span::EMPTY, end);
                    (*buffer).used += more as u32;
                    self.account.charge(more);
                    return self.alloc_shared(buffer, Span { data: left.data, bytes, chars: chars as u32 });
                }
            }
        }
        let capacity = match grows {
            true if len < LARGE => 2 * len,
            true => (16 * len).max(64 * LARGE),
            false => len,
        };
        let buffer = self.new_str_buffer(bytes, capacity)?;
        // SAFETY: the new buffer has room for all parts, none of which lies there.
        unsafe {
            let data = buffer.add(1).cast::<u8>();
            self.write_parts(parts, Span::EMPTY, data);
            (*buffer).grown = true;
            self.alloc_shared(buffer, Span { data, bytes, chars: chars as u32 })
        }
    }

    /// `text + more` for a `text` that nobody else refers to: its object made longer, or a new one, but never `more`.
    /// Only strings with buffers are made longer, so others may have several holders. Traps: no memory.
    pub fn str_push(&mut self, text: Cell, more: Cell) -> Outcome<Cell> {
        if let Some(tail) = self.tail(text) {
            let part = self.span(&more);
            let slot = self.slot_of(text, Arena::Str).cast::<StrSlot>();
            // SAFETY: `slot_of` returned a live string, whose buffer is alive. Appending writes to the unused part of
            // the buffer only, which no string can see; the new bytes lie elsewhere.
            unsafe {
                let buffer = (*tail).buffer;
                let end = buffer.add(1).cast::<u8>().add((*buffer).used as usize);
                let is_last = (*slot).data.add((*slot).bytes as usize) == end.cast_const();
                let room = (*buffer).capacity - (*buffer).used;
                if is_last && room >= part.bytes {
                    if more.is_short_str() && room as usize >= size_of::<Cell>() {
                        // One store of the cell, whose first bytes are those of the string.
                        end.cast::<Cell>().write_unaligned(more);
                    } else {
                        part.data.copy_to_nonoverlapping(end, part.bytes as usize);
                    }
                    (*buffer).used += part.bytes;
                    self.account.charge(part.bytes as usize);
                    (*slot).bytes += part.bytes;
                    (*slot).chars += part.chars;
                    if !part.is_ascii() {
                        (*slot).head.meta &= !FLAG_ASCII;
                    }
                    return Ok(text);
                }
            }
        }
        let whole = self.str_concat(text, more)?;
        if whole == more { self.str_own(more) } else { Ok(whole) }
    }

    /// A string with an object that nobody else refers to, or one that is never made longer. Traps: no memory.
    pub fn str_own(&mut self, text: Cell) -> Outcome<Cell> {
        match self.tail(text) {
            // SAFETY: the span of a live string lies in the used part of its buffer.
            Some(tail) => unsafe { self.alloc_shared((*tail).buffer, self.span(&text)) },
            None => Ok(text),
        }
    }

    /// Whether the bytes of a string are in its slot and come from a concatenation.
    #[inline]
    fn is_grown(&self, text: Cell) -> bool {
        // SAFETY: `slot_of` returned a live string.
        !text.is_short_str() && unsafe { (*self.slot_of(text, Arena::Str).cast::<StrSlot>()).is_grown() }
    }

    /// Whether two strings are equal.
    #[inline]
    pub fn str_eq(&self, a: Cell, b: Cell) -> bool {
        if a == b {
            return true;
        }
        if a.is_short_str() || b.is_short_str() {
            return false;
        }
        self.same_text(a, b)
    }

    /// Whether two strings have the same text.
    #[inline]
    pub(crate) fn same_text(&self, a: Cell, b: Cell) -> bool {
        hash::same(self.str(&a).as_bytes(), self.str(&b).as_bytes())
    }

    /// Order of two strings by code points.
    #[inline]
    pub fn str_cmp(&self, a: Cell, b: Cell) -> std::cmp::Ordering {
        // The order of UTF-8 bytes is the order of code points.
        if a.is_short_str() && b.is_short_str() {
            return short_rank(a).cmp(&short_rank(b));
        }
        self.str(&a).cmp(self.str(&b))
    }

    /// Hash of a string by its content.
    #[inline]
    pub(crate) fn str_hash(&self, text: Cell) -> u64 {
        // Equal strings are both short or both not, so the two forms need not agree.
        if text.is_short_str() { hash::mix(text.0) } else { hash::bytes(self.str(&text).as_bytes()) }
    }
}

/// A short string; at most five bytes.
#[inline]
pub(crate) fn short_cell(bytes: &[u8]) -> Cell {
    Cell::from_short_str(bytes).expect("at most five bytes")
}

/// The bytes of a short string within its cell.
const BYTES: u64 = (1 << 40) - 1;

/// A number in the order of short strings: the bytes, first one highest, then the length.
#[inline]
fn short_rank(text: Cell) -> u64 {
    (text.0 & BYTES).swap_bytes() | text.short_str().1 as u64
}

/// Two short strings as one; five bytes at most.
#[inline]
fn join_short(a: Cell, b: Cell) -> Cell {
    let (_, left) = a.short_str();
    let (_, right) = b.short_str();
    let bytes = a.0 & BYTES | (b.0 & BYTES) << (8 * left);
    Cell(Cell::EMPTY_STR.0 | ((left + right) as u64) << 40 | bytes)
}

#[cfg(test)]
mod tests;
