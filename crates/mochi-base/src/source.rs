//! Source files and positions in them.
//!
//! All files of one run share one space of 32-bit byte offsets, so a [`Span`] is two words and knows its file. Lines
//! and columns are 1-based, columns count bytes, and both are computed only when somebody is to read them.

use crate::id::{Id, IdVec};

crate::id_type! {
    /// A file of a [`SourceMap`].
    FileId
}

/// A half-open range of bytes in the offset space of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Span {
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

impl Span {
    /// The span of things that no source text stands for.
    pub const NONE: Span = Span { lo: 0, hi: 0 };

    /// The span from `lo` to `hi`.
    pub fn new(lo: u32, hi: u32) -> Self {
        Self { lo, hi }
    }
    /// The smallest span that covers both.
    pub fn to(self, end: Span) -> Span {
        Span { lo: self.lo.min(end.lo), hi: self.hi.max(end.hi) }
    }
    /// Whether this is [`Span::NONE`].
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// Where a span starts, for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
}

/// One source file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The name shown to people: the path as the user gave it.
    pub name: String,
    /// The text without a byte-order mark.
    pub text: String,
    /// Offset of the first byte in the space of all files.
    pub start: u32,
    /// Offsets of the first byte of each line, relative to the file.
    lines: Vec<u32>,
}

impl SourceFile {
    /// The text of a line (from 1) without its line ending; empty past the end.
    pub fn line(&self, line: u32) -> &str {
        let Some(&lo) = self.lines.get(line as usize - 1) else { return "" };
        let hi = self.lines.get(line as usize).map_or(self.text.len(), |&next| next as usize);
        self.text[lo as usize..hi].trim_end_matches(['\n', '\r'])
    }

    /// Position of the first byte of a line (from 1); past the end, that of the end of the file.
    pub fn line_start(&self, line: u32) -> u32 {
        let offset = (line as usize).checked_sub(1).and_then(|index| self.lines.get(index));
        self.start + offset.map_or(self.text.len() as u32, |&offset| offset)
    }
}

/// All source files of a run.
#[derive(Default, Debug, Clone)]
pub struct SourceMap {
    files: IdVec<FileId, SourceFile>,
}

/// The files together are larger than the 4 GiB that spans can address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceTooLarge;

impl SourceMap {
    /// A map without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file; a byte-order mark at its start is dropped. Offset 0 is never used, so that [`Span::NONE`] is no
    /// position.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
    ) -> Result<FileId, SourceTooLarge> {
        let mut text = text.into();
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let start = self.files.values().next_back().map_or(1, |f| f.start as usize + f.text.len() + 1);
        if start + text.len() >= u32::MAX as usize {
            return Err(SourceTooLarge);
        }
        let mut lines = vec![0];
        lines.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1));
        Ok(self.files.push(SourceFile { name: name.into(), text, start: start as u32, lines }))
    }

    /// A file.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id]
    }

    /// The file that a position lies in. Positions outside of all files belong to the last file before them.
    pub fn file_at(&self, pos: u32) -> FileId {
        let after = self.files.as_slice().partition_point(|f| f.start <= pos);
        FileId::from_index(after.saturating_sub(1))
    }

    /// Line and column of a position.
    pub fn location(&self, pos: u32) -> Location {
        let file = self.file_at(pos);
        let f = &self.files[file];
        let offset = pos.saturating_sub(f.start).min(f.text.len() as u32);
        let line = f.lines.partition_point(|&lo| lo <= offset) as u32;
        Location { file, line, column: offset - f.lines[line as usize - 1] + 1 }
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        let f = &self.files[self.file_at(span.lo)];
        let at = |pos: u32| (pos.saturating_sub(f.start) as usize).min(f.text.len());
        f.text.get(at(span.lo)..at(span.hi)).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_bytes_and_know_their_file() {
        let mut map = SourceMap::new();
        let a = map.add("a", "x\né y").unwrap();
        let b = map.add("b", "\u{feff}z").unwrap();
        let at = |pos| {
            let l = map.location(pos);
            (l.file, l.line, l.column)
        };
        assert_eq!(at(1), (a, 1, 1));
        assert_eq!(at(3), (a, 2, 1));
        assert_eq!(at(6), (a, 2, 4));
        assert_eq!(at(map.file(b).start), (b, 1, 1));
        assert_eq!(map.text(Span::new(3, 5)), "é");
        assert_eq!(map.file(a).line(2), "é y");
    }
}
