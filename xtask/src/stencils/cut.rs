//! Reads what the C compiler and the disassembler say, and cuts out stencils.
//!
//! The disassembler tells where instructions begin and where relocations are; only jumps are looked at more closely.

use std::collections::BTreeMap;
use std::path::Path;

use super::steps::{self, Instr, Processor};
use crate::failure::{Result, failed};

/// A relocation of a stencil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reloc {
    /// Of its first byte, from the start of the stencil.
    pub at: u32,
    pub kind: Kind,
    pub symbol: Symbol,
    /// What is added to the number. On aarch64 its register, and 32 times how many instructions before this one it is made.
    pub addend: i64,
}

/// What is written, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 32 bits that are sign-extended.
    Signed32 = 0,
    /// 32 bits that are zero-extended.
    Unsigned32 = 1,
    /// 64 bits.
    Word64 = 2,
    /// 32 bits: the distance of a jump.
    Jump32 = 3,
    /// 8 bits.
    Byte = 4,
    /// Bits of an instruction: the distance of a jump in steps of four bytes.
    Jump26 = 5,
    Jump19 = 6,
    Jump14 = 7,
    /// A register that gets a number. Those that follow say in addition which instruction has the register, as the addend of
    /// an address, in a sum, as the distance of a shift or in logic.
    Number = 8,
    Offset = 9,
    Sum = 10,
    Shift = 11,
    Logic = 12,
}

impl Kind {
    /// Whether it is the distance of a jump.
    pub fn is_jump(self) -> bool {
        matches!(self, Kind::Jump32 | Kind::Jump26 | Kind::Jump19 | Kind::Jump14)
    }
}

/// What a relocation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    A = 0,
    B = 1,
    C = 2,
    D = 3,
    Next = 4,
    Taken = 5,
    Cold = 6,
}

impl Symbol {
    fn named(name: &str) -> Option<Symbol> {
        Some(match name {
            "HOLE_a" => Symbol::A,
            "HOLE_b" => Symbol::B,
            "HOLE_c" => Symbol::C,
            "HOLE_d" => Symbol::D,
            "NEXT" => Symbol::Next,
            "TAKEN" => Symbol::Taken,
            "COLD" => Symbol::Cold,
            _ => return None,
        })
    }
}

/// A stencil.
#[derive(Clone, Debug)]
pub struct Piece {
    pub bytes: Vec<u8>,
    pub relocs: Vec<Reloc>,
    /// Whether control reaches its end.
    pub falls: bool,
    /// As the disassembler showed it, before anything was changed.
    pub listing: Vec<String>,
}

/// All stencils, by symbol.
pub struct Pieces(pub BTreeMap<String, Piece>);

impl Pieces {
    pub fn new() -> Pieces {
        Pieces(BTreeMap::new())
    }

    /// Adds the stencils of an object file, given what `llvm-objdump -d -r` shows of it.
    pub fn read(&mut self, processor: &Processor, object: &Path, dump: &str, assembly: bool) -> Result<()> {
        let mut functions: Vec<(String, Vec<Instr>, Vec<String>)> = Vec::new();
        for line in dump.lines() {
            if let Some(name) = line.strip_suffix(">:").and_then(|line| line.split_once('<')) {
                functions.push((name.1.to_owned(), Vec::new(), Vec::new()));
                continue;
            }
            let Some((_, instrs, listing)) = functions.last_mut() else { continue };
            if let Some((at, kind, target)) = relocation(line) {
                let Some(last) = instrs.last_mut() else { continue };
                let kind_of = (processor.reloc)(kind);
                let reloc = kind_of.and_then(|kind| reloc(at, kind, target)).ok_or_else(|| {
                    crate::failure::Failure::Failed(format!("{}: relocation {line}", object.display()))
                })?;
                last.relocs.push(reloc);
                listing.push(format!("    {kind} {target}"));
            } else if let Some((at, bytes, text)) = instruction(line) {
                listing.push(text.clone());
                instrs.push(Instr { at, bytes, relocs: Vec::new(), text });
            }
        }
        for (name, instrs, listing) in functions {
            let piece = match assembly {
                true => (processor.assembly)(instrs),
                false => steps::piece(processor, &instrs),
            };
            let piece = match piece {
                Ok(piece) => Piece { listing, ..piece },
                Err(why) => return failed(format!("{name}: {why}\n{}", listing.join("\n"))),
            };
            if self.0.insert(name.clone(), piece).is_some() {
                return failed(format!("{name} is there twice"));
            }
        }
        Ok(())
    }
}

/// `       5: 49 01 c6   \taddq %rax, %r14`, or `       4: ab0802f6     \tadds x22, x23, x8`
fn instruction(line: &str) -> Option<(u32, Vec<u8>, String)> {
    let (at, rest) = line.split_once(':')?;
    let at = u32::from_str_radix(at.trim(), 16).ok()?;
    let (bytes, text) = rest.split_once('\t').unwrap_or((rest, ""));
    let bytes: Option<Vec<u8>> = match bytes.trim() {
        // A word, which is stored with its last byte first.
        word if word.len() == 8 && !word.contains(char::is_whitespace) => {
            u32::from_str_radix(word, 16).ok().map(|word| word.to_le_bytes().to_vec())
        }
        bytes => bytes.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).ok()).collect(),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    Some((at, bytes.filter(|bytes| !bytes.is_empty())?, format!("  {}", words.join(" "))))
}

/// `\t\t000000000000000a:  R_X86_64_PLT32\tNEXT-0x4`
fn relocation(line: &str) -> Option<(u32, &str, &str)> {
    let (at, rest) = line.split_once(':')?;
    let mut words = rest.split_whitespace();
    let kind = words.next().filter(|kind| kind.starts_with("R_"))?;
    Some((u32::from_str_radix(at.trim(), 16).ok()?, kind, words.next()?))
}

fn reloc(at: u32, kind: Kind, target: &str) -> Option<Reloc> {
    let split = target.rfind(['-', '+']).filter(|&at| at > 0);
    let (name, addend) = match split {
        Some(split) => {
            let digits = target[split + 1..].trim_start_matches("0x");
            let size = i64::from_str_radix(digits, 16).ok()?;
            (&target[..split], if target.as_bytes()[split] == b'-' { -size } else { size })
        }
        None => (target, 0),
    };
    Some(Reloc { at, kind, symbol: Symbol::named(name)?, addend })
}
