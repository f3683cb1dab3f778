//! Strings to lists of strings and back.

use mochi_abi::layout::INLINE_STR_MAX;
use mochi_abi::{Cell, ElemKind, TypeId, cell::SHORT_STR_MAX};

use super::slice::{SHORT_TEXT, find};
use super::{Span, count_chars, short_cell};
use crate::heap::Heap;
use crate::trap::{Outcome, Trap};

impl Heap {
    /// The pieces between occurrences of a separator, at least one; the characters when the separator is empty. Traps:
    /// no memory.
    pub fn str_split(&mut self, text: Cell, separator: Cell) -> Outcome<Cell> {
        let list = self.list_of(TypeId::STR, 0)?;
        let step = self.str_bytes(separator);
        if step == 0 {
            let mut offset = 0;
            while let Some((char, next)) = self.str_next(text, offset) {
                self.list_push_own(list, char.0)?;
                offset = next;
            }
            return Ok(list);
        }
        let ascii = self.span(&text).is_ascii();
        let finder = (step > 1 && self.str_bytes(text) > SHORT_TEXT)
            .then(|| memchr::memmem::Finder::new(self.str(&separator)).into_owned());
        let mut start = 0;
        loop {
            let bytes = self.str(&text).as_bytes();
            let found = match &finder {
                Some(finder) => finder.find(&bytes[start..]),
                None => find(&bytes[start..], self.str(&separator).as_bytes()),
            };
            let found = found.map(|at| start + at);
            let end = found.unwrap_or(bytes.len());
            let piece = if start == end {
                Cell::EMPTY_STR
            } else {
                let chars = if ascii { end - start } else { count_chars(&bytes[start..end]) };
                // SAFETY: the text and the separator are UTF-8, so both offsets are at characters, `chars` of them apart.
                unsafe { self.substring(text, start, end, chars)? }
            };
            self.list_push_own(list, piece.0)?;
            match found {
                Some(at) => start = at + step,
                None => return Ok(list),
            }
        }
    }

    /// The strings of a list with a separator between them. Traps: no memory.
    pub fn str_join(&mut self, parts: Cell, separator: Cell) -> Outcome<Cell> {
        if self.list_kind(parts) != ElemKind::Cell {
            return Err(Trap::expected("list<string>", "a list of other values"));
        }
        let (data, len) = self.list_view(parts);
        let cells: &[Cell] = if len == 0 {
            &[]
        } else {
            // SAFETY: the list holds cells, and stays as it is while the parts are copied.
            unsafe { std::slice::from_raw_parts(data.cast::<Cell>(), len) }
        };
        let between = self.span(&separator);
        let gaps = cells.len().saturating_sub(1);
        let (mut bytes, mut chars) = (gaps * between.bytes as usize, gaps * between.chars as usize);
        for part in cells {
            if !self.is_str(*part) {
                return Err(Trap::expected("string", self.type_name(*part)));
            }
            let span = self.span(part);
            bytes += span.bytes as usize;
            chars += span.chars as usize;
        }
        if bytes <= SHORT_STR_MAX {
            let mut short = [0; SHORT_STR_MAX];
            // SAFETY: there is room for all bytes.
            unsafe { self.write_parts(cells, between, short.as_mut_ptr()) };
            return Ok(short_cell(&short[..bytes]));
        }
        let total = self.check_len(bytes)?;
        if bytes <= INLINE_STR_MAX {
            let (cell, data) = self.alloc_inline(total, chars as u32, 0)?;
            // SAFETY: the new slot has room for all bytes, and no part lies in it.
            unsafe { self.write_parts(cells, between, data) };
            return Ok(cell);
        }
        let buffer = self.new_str_buffer(total, bytes)?;
        // SAFETY: the new buffer has room for all bytes, and no part lies in it; they are UTF-8, since all parts are.
        unsafe {
            let data = buffer.add(1).cast::<u8>();
            self.write_parts(cells, between, data);
            self.alloc_shared(buffer, Span { data, bytes: total, chars: chars as u32 })
        }
    }

    /// Writes the bytes of parts and separators one after the other.
    ///
    /// # Safety
    /// There is room for them at `to`, and none of them lies there. The parts are strings.
    #[inline(always)]
    pub(super) unsafe fn write_parts(&self, parts: &[Cell], between: Span, mut to: *mut u8) {
        let mut copy = |span: Span| {
            // SAFETY: by the caller's promise; the strings are alive, since nothing is freed here.
            unsafe {
                span.data.copy_to_nonoverlapping(to, span.bytes as usize);
                to = to.add(span.bytes as usize);
            }
        };
        for (at, part) in parts.iter().enumerate() {
            if at > 0 && between.bytes > 0 {
                copy(between);
            }
            copy(self.span(part));
        }
    }
}
