//! `--size`: where the bytes of an executable come from.
//!
//! Symbols tell, so the executable is measured before they are taken out. Names tell program and std (`fN_...`, and the
//! tables beside them) from the runtime (`mo_...`, and what else is in its unit); what has no name of ours is the C
//! library's, the linker's, or fills gaps. Only ELF names units: elsewhere the rest has a part of the runtime too, that of
//! functions which only it knows.

use std::collections::BTreeMap;
use std::fmt::Write;

use object::read::{Object, ObjectSection, ObjectSymbol};
use object::{BinaryFormat, File, SectionKind, SymbolKind};

/// Symbols that are shown: the largest.
const SHOWN: usize = 12;

/// The names of our units.
const PROGRAM: &str = "program.c";
const RUNTIME: &str = "mochi.c";

/// Who a part of an executable is for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Part {
    Program,
    Std,
    Runtime,
    /// Text and tables that code reads.
    Data,
    Rest,
}

impl Part {
    const ALL: [(Part, &'static str, &'static str); 5] = [
        (Part::Program, "program", "functions of the program"),
        (Part::Std, "std", "functions of the library that it uses"),
        (Part::Runtime, "runtime", "code of the runtime"),
        (Part::Data, "data", "constants and variables of both"),
        (Part::Rest, "rest", "headers, tables of the linker, the C library"),
    ];
}

/// A named piece of an executable.
struct Piece<'data> {
    name: &'data str,
    bytes: u64,
    part: Part,
}

/// The table for an executable with symbols. `whole` is the size of what is delivered, without them; functions
/// whose numbers are `own` are those of the program. Fails with why it cannot be read.
pub(super) fn table(executable: &[u8], whole: u64, own: &dyn Fn(usize) -> bool) -> Result<String, String> {
    let file =
        File::parse(executable).map_err(|error| format!("the executable cannot be measured: {error}"))?;
    let pieces = pieces(&file, own);
    let mut parts: BTreeMap<Part, (u64, usize)> = BTreeMap::new();
    for piece in &pieces {
        let part = parts.entry(piece.part).or_default();
        part.0 += piece.bytes;
        part.1 += 1;
    }
    let named: u64 = parts.values().map(|(bytes, _)| bytes).sum();
    parts.entry(Part::Rest).or_default().0 += whole.saturating_sub(named);
    let mut out = format!("{whole:9} bytes\n");
    for (part, name, about) in Part::ALL {
        let (bytes, count) = parts.get(&part).copied().unwrap_or_default();
        let count = if part == Part::Rest { String::new() } else { format!("{count} ") };
        let _ = writeln!(out, "{bytes:9} {} {name:12} {count}{about}", share(bytes, whole));
    }
    out.push_str("\nsections:\n");
    for section in file.sections() {
        // Those that are not delivered, or take no room in the file, say little.
        let Some((_, bytes)) = section.file_range().filter(|(_, bytes)| *bytes > 0) else { continue };
        let name = section.name().unwrap_or("?");
        if !is_symbols(section.kind(), name) {
            let _ = writeln!(out, "{bytes:9} {} {name}", share(bytes, whole));
        }
    }
    out.push_str("\nlargest:\n");
    let mut largest: Vec<&Piece<'_>> = pieces.iter().collect();
    largest.sort_by_key(|piece| (std::cmp::Reverse(piece.bytes), piece.name));
    for piece in largest.iter().take(SHOWN) {
        let part = Part::ALL.iter().find(|row| row.0 == piece.part).map_or("", |row| row.1);
        let _ = writeln!(out, "{:9} {} {part:12} {}", piece.bytes, share(piece.bytes, whole), piece.name);
    }
    Ok(out)
}

fn share(bytes: u64, whole: u64) -> String {
    format!("{:5.1}%", bytes as f64 * 100.0 / whole.max(1) as f64)
}

/// Taken out of what is delivered.
fn is_symbols(kind: SectionKind, name: &str) -> bool {
    matches!(kind, SectionKind::Metadata | SectionKind::Debug | SectionKind::DebugString)
        || [".symtab", ".strtab", ".shstrtab"].contains(&name)
        || name.starts_with(".debug")
}

/// The functions and data of ours that take room in the file.
fn pieces<'data>(file: &File<'data>, own: &dyn Fn(usize) -> bool) -> Vec<Piece<'data>> {
    // ELF says before the symbols of a unit, those that only it knows, which it is.
    let mut unit = "";
    let mut symbols: Vec<_> = Vec::new();
    for symbol in file.symbols() {
        match symbol.kind() {
            SymbolKind::File => unit = symbol.name().unwrap_or_default(),
            _ => {
                let unit = if symbol.is_local() { unit } else { "" };
                symbols.push((symbol, unit));
            }
        }
    }
    // Where symbols have no sizes, each ends where the next begins.
    symbols.sort_by_key(|(symbol, _)| symbol.address());
    let mut found: Vec<Piece<'data>> = Vec::new();
    let mut last = None;
    for (at, (symbol, unit)) in symbols.iter().enumerate() {
        let Some(index) = symbol.section_index() else { continue };
        let (Ok(section), Ok(name)) = (file.section_by_index(index), symbol.name()) else { continue };
        // Two names of one thing are counted once.
        if last == Some(symbol.address()) || section.file_range().is_none() {
            continue;
        }
        let is_code = section.kind() == SectionKind::Text;
        if !matches!(
            symbol.kind(),
            SymbolKind::Text | SymbolKind::Data | SymbolKind::Unknown | SymbolKind::Label
        ) {
            continue;
        }
        let bytes = match symbol.size() {
            0 => {
                let next = symbols[at + 1..]
                    .iter()
                    .map(|(next, _)| next.address())
                    .find(|next| *next > symbol.address());
                let end = section.address() + section.size();
                next.unwrap_or(end).min(end).saturating_sub(symbol.address())
            }
            bytes => bytes,
        };
        let name =
            if file.format() == BinaryFormat::MachO { name.strip_prefix('_').unwrap_or(name) } else { name };
        if let Some(part) = part_of(name, unit, is_code, own).filter(|_| bytes > 0) {
            last = Some(symbol.address());
            found.push(Piece { name, bytes, part });
        }
    }
    found
}

/// `None` for what is not ours.
fn part_of(name: &str, unit: &str, is_code: bool, own: &dyn Fn(usize) -> bool) -> Option<Part> {
    if !is_code {
        return (name.starts_with("mo_") || unit == RUNTIME || unit == PROGRAM).then_some(Part::Data);
    }
    let numbered = |kind: char| {
        let rest = name.strip_prefix(kind)?;
        rest.starts_with(|c: char| c.is_ascii_digit()).then_some(rest)
    };
    if let Some(rest) = ['f', 'c', 'd'].into_iter().find_map(numbered) {
        let number = rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
        return Some(if number.is_some_and(own) { Part::Program } else { Part::Std });
    }
    if name.starts_with("new_s") || name == "mo_program" {
        return Some(Part::Program);
    }
    (name.starts_with("mo_") || name == "main" || unit == RUNTIME).then_some(Part::Runtime)
}
