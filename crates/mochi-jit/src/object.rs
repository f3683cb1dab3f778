//! An object file about code that was made, as debuggers read it: one symbol, lines (DWARF 4), and how to find callers.
//! There is no code in it: the section of the code says where that is.

use crate::watch::{Caller, Made};

/// A line of the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The distance in the code at which it begins.
    pub at: u32,
    /// A position among the files.
    pub file: usize,
    /// From 1; 0 when there is no source.
    pub line: u32,
}

/// What is told of lines.
#[derive(Clone, Default, Debug)]
pub struct Lines {
    /// The names of the files; there is at least one when there are lines.
    pub files: Vec<String>,
    /// Where names of files are relative to.
    pub folder: String,
    /// Ascending.
    pub lines: Vec<Line>,
}

/// The bytes of a file about x86-64 code.
pub fn build(made: &Made<'_>, lines: &Lines) -> Vec<u8> {
    let mut abbreviations = Bytes::default();
    abbreviations.unit_and_function();
    let (mut info, mut table, mut frame) = (Bytes::default(), Bytes::default(), Bytes::default());
    info.unit(made, lines);
    table.line_table(made, lines);
    frame.callers(made);
    let mut names = Bytes(vec![0]);
    names.text(made.name);
    // The first symbol is none; the other is a global function, in the first section.
    let mut symbols = Bytes(vec![0; 24]);
    symbols.u32(1);
    symbols.0.extend([0x12, 0]);
    symbols.u16(1);
    symbols.u64(0);
    symbols.u64(made.code.len() as u64);
    let sections = [
        Section { name: ".symtab", kind: 2, bytes: symbols.0, link: 3, info: 1, size: 24 },
        Section { name: ".strtab", kind: 3, bytes: names.0, link: 0, info: 0, size: 0 },
        Section::debug(".debug_abbrev", abbreviations),
        Section::debug(".debug_info", info),
        Section::debug(".debug_line", table),
        Section::debug(".debug_frame", frame),
    ];
    file(made, &sections)
}

struct Section {
    name: &'static str,
    kind: u32,
    bytes: Vec<u8>,
    link: u32,
    info: u32,
    /// Of an entry.
    size: u64,
}

impl Section {
    fn debug(name: &'static str, bytes: Bytes) -> Section {
        Section { name, kind: 1, bytes: bytes.0, link: 0, info: 0, size: 0 }
    }
}

/// ELF with these sections after an empty one and that of the code, and one with the names of sections at the end.
fn file(made: &Made<'_>, sections: &[Section]) -> Vec<u8> {
    const HEADER: usize = 64;
    let mut names = Bytes(vec![0]);
    let mut headers = Bytes(vec![0; HEADER]);
    let mut body: Vec<u8> = Vec::new();
    let mut header =
        |name: &str, kind: u32, flags: u64, address: u64, offset: u64, size: u64, rest: [u64; 4]| {
            headers.u32(names.0.len() as u32);
            names.text(name);
            headers.u32(kind);
            [flags, address, offset, size].iter().for_each(|&number| headers.u64(number));
            headers.u32(rest[0] as u32);
            headers.u32(rest[1] as u32);
            headers.u64(rest[2]);
            headers.u64(rest[3]);
        };
    // Allocated, executable, without bytes in the file.
    header(".text", 8, 6, made.address, HEADER as u64, made.code.len() as u64, [0, 0, 16, 0]);
    for section in sections {
        body.resize(body.len().next_multiple_of(8), 0);
        let (at, len) = ((HEADER + body.len()) as u64, section.bytes.len() as u64);
        header(
            section.name,
            section.kind,
            0,
            0,
            at,
            len,
            [section.link.into(), section.info.into(), 8, section.size],
        );
        body.extend(&section.bytes);
    }
    let at = (HEADER + body.len()) as u64;
    let len = names.0.len() + ".shstrtab".len() + 1;
    headers.u32(names.0.len() as u32);
    names.text(".shstrtab");
    headers.u32(3);
    [0, 0, at, len as u64].iter().for_each(|&number| headers.u64(number));
    headers.u64(0);
    headers.u64(1);
    headers.u64(0);
    body.extend(names.0);
    body.resize(body.len().next_multiple_of(8), 0);

    let mut out = Bytes(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec());
    // Relocatable, x86-64.
    out.u16(1);
    out.u16(62);
    out.u32(1);
    out.u64(0);
    out.u64(0);
    out.u64((HEADER + body.len()) as u64);
    out.u32(0);
    let count = sections.len() as u16 + 3;
    [HEADER as u16, 0, 0, 64, count, count - 1].iter().for_each(|&number| out.u16(number));
    out.0.extend(body);
    out.0.extend(headers.0);
    out.0
}

/// Bytes in the making.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn u8(&mut self, n: u8) {
        self.0.push(n);
    }
    fn u16(&mut self, n: u16) {
        self.0.extend(n.to_le_bytes());
    }
    fn u32(&mut self, n: u32) {
        self.0.extend(n.to_le_bytes());
    }
    fn u64(&mut self, n: u64) {
        self.0.extend(n.to_le_bytes());
    }
    fn text(&mut self, text: &str) {
        self.0.extend(text.bytes().filter(|&byte| byte != 0));
        self.0.push(0);
    }
    fn unsigned(&mut self, mut n: u64) {
        while n > 0x7f {
            self.u8(n as u8 | 0x80);
            n >>= 7;
        }
        self.u8(n as u8);
    }
    fn signed(&mut self, mut n: i64) {
        while !(-0x40..0x40).contains(&n) {
            self.u8(n as u8 | 0x80);
            n >>= 7;
        }
        self.u8(n as u8 & 0x7f);
    }
    /// A part that starts with its length, which is a multiple of 8 with that when `fill` is a filler.
    fn part(&mut self, fill: Option<u8>, write: impl FnOnce(&mut Bytes)) {
        let start = self.0.len();
        self.u32(0);
        write(self);
        if let Some(fill) = fill {
            self.0.resize(start + (self.0.len() - start).next_multiple_of(8), fill);
        }
        let len = (self.0.len() - start - 4) as u32;
        self.0[start..start + 4].copy_from_slice(&len.to_le_bytes());
    }

    /// The kinds of entries that [`unit`](Bytes::unit) writes: attributes and their forms.
    fn unit_and_function(&mut self) {
        const NAME: [u8; 2] = [0x03, 0x08];
        const FOLDER: [u8; 2] = [0x1b, 0x08];
        const LANGUAGE: [u8; 2] = [0x13, 0x05];
        const LINES: [u8; 2] = [0x10, 0x17];
        const LOW: [u8; 2] = [0x11, 0x01];
        const HIGH: [u8; 2] = [0x12, 0x07];
        const EXTERNAL: [u8; 2] = [0x3f, 0x19];
        const FRAME: [u8; 2] = [0x40, 0x18];
        let unit = [NAME, FOLDER, LANGUAGE, LINES, LOW, HIGH];
        let function = [NAME, LOW, HIGH, EXTERNAL, FRAME];
        // Its number, what it is, and whether there are entries in it.
        for (number, tag, parent, attributes) in [(1, 0x11, 1, &unit[..]), (2, 0x2e, 0, &function[..])] {
            self.0.extend([number, tag, parent]);
            self.0.extend(attributes.as_flattened());
            self.u16(0);
        }
        self.u8(0);
    }

    fn unit(&mut self, made: &Made<'_>, lines: &Lines) {
        self.part(None, |unit| {
            unit.u16(4);
            unit.u32(0);
            unit.u8(8);
            unit.u8(1);
            unit.text(lines.files.first().map_or("mochi", String::as_str));
            unit.text(&lines.folder);
            // C, as what debuggers call with.
            unit.u16(0x0c);
            unit.u32(0);
            unit.u64(made.address);
            unit.u64(made.code.len() as u64);
            unit.u8(2);
            unit.text(made.name);
            unit.u64(made.address);
            unit.u64(made.code.len() as u64);
            // The frame is where the caller's stack pointer was.
            unit.0.extend([1, 0x9c]);
            unit.u8(0);
        });
    }

    fn line_table(&mut self, made: &Made<'_>, lines: &Lines) {
        self.part(None, |table| {
            table.u16(4);
            table.part(None, |header| {
                // Bytes of an instruction, operations of one, whether lines begin statements, lines per operation.
                header.0.extend([1, 1, 1, 0xfb, 14, 13]);
                header.0.extend([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
                header.u8(0);
                for file in &lines.files {
                    header.text(file);
                    header.0.extend([0, 0, 0]);
                }
                header.u8(0);
            });
            table.0.extend([0, 9, 2]);
            table.u64(made.address);
            let (mut at, mut line, mut file) = (0, 1, 0);
            for next in &lines.lines {
                table.u8(2);
                table.unsigned(u64::from(next.at - at));
                if next.file != file {
                    table.u8(4);
                    table.unsigned(next.file as u64 + 1);
                }
                table.u8(3);
                table.signed(i64::from(next.line) - line);
                table.u8(1);
                (at, line, file) = (next.at, i64::from(next.line), next.file);
            }
            table.u8(2);
            table.unsigned(made.code.len() as u64 - u64::from(at));
            table.0.extend([0, 1, 1]);
        });
    }

    /// How callers are found: rules for the stack pointer before the call, the return address and the frame pointer.
    fn callers(&mut self, made: &Made<'_>) {
        const SP: u8 = 7;
        const BP: u8 = 6;
        // What all have: bytes of an instruction, the unit of distances (-8), where the return address is.
        self.part(Some(0), |common| {
            common.u32(u32::MAX);
            common.0.extend([1, 0, 1, 0x78, 16]);
            common.0.extend([0x0c, SP, 8, 0x80 | 16, 1]);
        });
        self.part(Some(0), |rules| {
            rules.u32(0);
            rules.u64(made.address);
            rules.u64(made.code.len() as u64);
            let mut before = 0;
            for &(at, caller) in made.callers {
                if at > before {
                    rules.u8(0x04);
                    rules.u32(at - before);
                    before = at;
                }
                match caller {
                    Caller::Called(above) => rules.0.extend([0x0c, SP, 8 + above, 0x08, BP]),
                    Caller::Pushed => rules.0.extend([0x0c, SP, 16, 0x80 | BP, 2]),
                    Caller::Framed => rules.0.extend([0x0c, BP, 16, 0x80 | BP, 2]),
                    Caller::Entered => {
                        rules.0.extend([0x0c, BP, 16, 0x80 | BP, 2]);
                        for (register, distance) in [(3, 3), (12, 4), (13, 5), (14, 6), (15, 7)] {
                            rules.0.extend([0x80 | register, distance]);
                        }
                    }
                }
            }
        });
    }
}
