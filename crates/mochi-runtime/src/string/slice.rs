//! Positions in strings: indexing, slicing, iteration, searching. Positions count code points; for ASCII they are byte
//! offsets, for other long strings each access leaves a *crumb* from which the next one walks, so that going through a
//! string in either direction costs O(1) per step.

use mochi_abi::layout::INLINE_STR_MAX;
use mochi_abi::{Cell, cell::SHORT_STR_MAX};

use super::{Span, char_bytes, count_chars, short_cell};
use crate::heap::Heap;
use crate::trap::{Outcome, Trap};

/// A slice shares the buffer of its string when it is at least one part in this of it: a small slice must not keep a
/// large buffer alive.
const SHARE: usize = 4;
/// Longest text in bytes that is searched in the simple way.
pub(super) const SHORT_TEXT: usize = 128;

/// Bounds of a slice as the language clamps them: negative ones count from the end, then both are cut to `0..len`.
#[inline]
pub(crate) fn clamp(from: i64, to: i64, len: usize) -> (usize, usize) {
    let bound = |at: i64| {
        let at = if at < 0 { at.saturating_add(len as i64) } else { at };
        at.clamp(0, len as i64) as usize
    };
    let (from, to) = (bound(from), bound(to));
    (from, to.max(from))
}

/// A position in `0..len`, negative ones counting from the end.
#[inline]
pub(crate) fn position(index: i64, len: usize) -> Option<usize> {
    let at = if index < 0 { index.wrapping_add(len as i64) } else { index };
    ((at as u64) < len as u64).then_some(at as usize)
}

impl Heap {
    /// `s[i]`: a string of one character. Traps: out of range.
    #[inline]
    pub fn str_index(&mut self, text: Cell, index: i64) -> Outcome<Cell> {
        let span = self.span(&text);
        let Some(at) = position(index, span.chars as usize) else {
            return Err(Trap::string_index(index, span.chars as usize));
        };
        let offset = if span.is_ascii() { at } else { self.str_offset(&text, at) };
        Ok(self.str_char(text, offset))
    }

    /// The string of one character that starts at a byte offset, which is below the length and starts a character.
    #[inline]
    pub fn str_char(&self, text: Cell, offset: usize) -> Cell {
        let bytes = self.str(&text).as_bytes();
        match bytes[offset] {
            byte @ ..0x80 => short_cell(&[byte]),
            first => short_cell(&bytes[offset..offset + char_bytes(first)]),
        }
    }

    /// The next step through a string: the character at a byte offset, and the offset of the one after it. `None` at
    /// the end.
    #[inline]
    pub fn str_next(&self, text: Cell, offset: usize) -> Option<(Cell, usize)> {
        let bytes = self.str(&text).as_bytes();
        let len = char_bytes(*bytes.get(offset)?);
        Some((short_cell(&bytes[offset..offset + len]), offset + len))
    }

    /// The code point at a position; `None` outside of the string.
    pub fn str_code(&mut self, text: Cell, at: i64) -> Option<char> {
        let span = self.span(&text);
        let at = usize::try_from(at).ok().filter(|&at| at < span.chars as usize)?;
        let offset = self.str_offset(&text, at);
        self.str(&text)[offset..].chars().next()
    }

    /// `s[a:b]` with the clamping of the language. Traps: no memory.
    pub fn str_slice(&mut self, text: Cell, from: i64, to: i64) -> Outcome<Cell> {
        let span = self.span(&text);
        let (from, to) = clamp(from, to, span.chars as usize);
        if from == to {
            return Ok(Cell::EMPTY_STR);
        }
        if to - from == span.chars as usize {
            return Ok(text);
        }
        let (start, end) = if span.is_ascii() {
            (from, to)
        } else {
            (self.str_offset(&text, from), self.str_offset(&text, to))
        };
        // SAFETY: both offsets are at characters of the string, `to - from` of them apart.
        unsafe { self.substring(text, start, end, to - from) }
    }

    /// Part of a string by byte offsets, cut to the string and down to where characters start. Traps: no memory.
    pub fn str_part(&mut self, text: Cell, from: i64, to: i64) -> Outcome<Cell> {
        let whole = self.str(&text);
        let bound = |at: i64| {
            let mut at = at.clamp(0, whole.len() as i64) as usize;
            while !whole.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (start, end) = (bound(from), bound(to));
        if start >= end {
            return Ok(Cell::EMPTY_STR);
        }
        if end - start == whole.len() {
            return Ok(text);
        }
        let ascii = self.span(&text).is_ascii();
        let chars = if ascii { end - start } else { count_chars(&whole.as_bytes()[start..end]) };
        // SAFETY: both offsets are at characters of the string, `chars` of them apart.
        unsafe { self.substring(text, start, end, chars) }
    }

    /// Part of a string by byte offsets.
    ///
    /// # Safety
    /// The offsets lie in the string, start at characters, and have `chars` of them between.
    pub(crate) unsafe fn substring(
        &mut self,
        text: Cell,
        start: usize,
        end: usize,
        chars: usize,
    ) -> Outcome<Cell> {
        let span = self.span(&text);
        let len = end - start;
        // SAFETY: `start` lies in the string.
        let part = Span { data: unsafe { span.data.add(start) }, bytes: len as u32, chars: chars as u32 };
        if len <= SHORT_STR_MAX {
            return Ok(short_cell(&self.str(&text).as_bytes()[start..end]));
        }
        if len > INLINE_STR_MAX
            && let Some(tail) = self.tail(text)
        {
            // SAFETY: the buffer of a live string is alive, and the part lies in its used part.
            unsafe {
                let buffer = (*tail).buffer;
                if len * SHARE >= (*buffer).capacity as usize {
                    return self.alloc_shared(buffer, part);
                }
            }
        }
        // SAFETY: the part lies in a live string, by the caller's promise at characters.
        unsafe { self.copy_str(part) }
    }

    /// Byte offset of a position in `0..=len`.
    pub(crate) fn str_offset(&mut self, text: &Cell, at: usize) -> usize {
        let span = self.span(text);
        if span.is_ascii() {
            return at;
        }
        let tail = self.tail(*text);
        let (mut char, mut byte) = match tail {
            // SAFETY: the tail of a live string.
            Some(tail) => unsafe { ((*tail).crumb_char as usize, (*tail).crumb_byte as usize) },
            None => (0, 0),
        };
        let (chars, len) = (span.chars as usize, span.bytes as usize);
        // Start from the nearest of crumb, start and end.
        let away = at.abs_diff(char);
        if at < away {
            (char, byte) = (0, 0);
        } else if chars - at < away {
            (char, byte) = (chars, len);
        }
        let bytes = self.str(text).as_bytes();
        if char <= at {
            byte = forward(bytes, byte, at - char);
        } else {
            byte = backward(bytes, byte, char - at);
        }
        if let Some(tail) = tail {
            // SAFETY: as above; `&mut self` excludes other users.
            unsafe {
                (*tail).crumb_char = at as u32;
                (*tail).crumb_byte = byte as u32;
            }
        }
        byte
    }

    /// First position at or after `from` where `part` occurs in a string.
    pub fn str_find(&mut self, text: Cell, part: Cell, from: i64) -> Option<usize> {
        let span = self.span(&text);
        let from = usize::try_from(from).unwrap_or(0);
        if from > span.chars as usize {
            return None;
        }
        let start = if span.is_ascii() { from } else { self.str_offset(&text, from) };
        let bytes = self.str(&text).as_bytes();
        let found = find(&bytes[start..], self.str(&part).as_bytes())?;
        if span.is_ascii() {
            return Some(start + found);
        }
        Some(from + count_chars(&bytes[start..start + found]))
    }
}

/// Byte offset of the first occurrence.
#[inline]
pub(super) fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    match part {
        [byte] => memchr::memchr(*byte, bytes),
        // What prepares a search in a longer text takes more time than this.
        [first, ..] if bytes.len() <= SHORT_TEXT => {
            let last = bytes.len().checked_sub(part.len())?;
            let mut starts = memchr::memchr_iter(*first, &bytes[..=last]);
            starts.find(|&at| bytes[at..].starts_with(part))
        }
        _ => memchr::memmem::find(bytes, part),
    }
}

/// Byte offset of the character `chars` after the one at `byte`.
fn forward(bytes: &[u8], mut byte: usize, mut chars: usize) -> usize {
    // Whole chunks are counted at once, which the compiler does with vector instructions.
    const CHUNK: usize = 64;
    while chars > CHUNK && byte + CHUNK <= bytes.len() {
        // The chunk may start inside a character, whose start was counted before: skip ahead by starts.
        chars -= count_chars(&bytes[byte + 1..byte + CHUNK]);
        byte += CHUNK - 1;
        while bytes.get(byte).is_some_and(|&b| (b as i8) < -0x40) {
            byte -= 1;
        }
    }
    while chars > 0 {
        byte += char_bytes(bytes[byte]);
        chars -= 1;
    }
    byte
}

/// Byte offset of the character `chars` before the one at `byte`.
fn backward(bytes: &[u8], mut byte: usize, mut chars: usize) -> usize {
    while chars > 0 {
        byte -= 1;
        if (bytes[byte] as i8) >= -0x40 {
            chars -= 1;
        }
    }
    byte
}
