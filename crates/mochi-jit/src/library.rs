//! The committed machine code, as `cargo xtask stencils` writes it (the format is described there).

use crate::isa::LIBRARY;
use crate::manifest::{COUNT, Place, Stencil};

/// Before the index: magic, digest, count.
const INDEX: usize = 8 + 32 + 4;
const DATA: usize = INDEX + 4 * COUNT as usize;

/// How a hole is filled, numbered as in the library. Each processor has some.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 32 bits that are sign-extended.
    Signed32,
    /// 32 bits that are zero-extended.
    Unsigned32,
    /// 64 bits.
    Word64,
    /// 32 bits: the distance of a jump.
    Jump32,
    /// 8 bits: a number up to 127.
    Byte,
    /// An unconditional jump with 26 bits for steps of four bytes.
    Jump26,
    /// A jump on flags, or on whether a register is zero: 19 bits.
    Jump19,
    /// A jump on a bit of a register: 14 bits.
    Jump14,
    /// A number in a register.
    Number,
    /// A number in a register, added to the base of a load or store.
    Offset,
    /// A number in a register, added or subtracted.
    Sum,
    /// A number in a register, by which is shifted.
    Shift,
    /// A number in a register, for logic on bits.
    Logic,
}

impl Kind {
    #[inline]
    fn numbered(number: u8) -> Kind {
        use Kind::*;
        // The last three numbers are not used.
        const KINDS: [Kind; 16] = [
            Signed32, Unsigned32, Word64, Jump32, Byte, Jump26, Jump19, Jump14, Number, Offset, Sum, Shift,
            Logic, Number, Number, Number,
        ];
        KINDS[usize::from(number & 15)]
    }
    /// How many bytes are written.
    pub fn bytes(self) -> usize {
        match self {
            Kind::Number => 0,
            Kind::Byte => 1,
            Kind::Word64 => 8,
            _ => 4,
        }
    }
    /// How far a jump goes in bytes, when that is less than the size of the region.
    pub fn range(self) -> Option<u32> {
        match self {
            Kind::Jump19 => Some(1 << 20),
            Kind::Jump14 => Some(1 << 15),
            _ => None,
        }
    }
}

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Symbol {
    /// A number by the position of its hole: a, b, c, d.
    Hole(u8),
    /// The code that follows.
    Next,
    /// The target of a jump.
    Taken,
    /// The slow path.
    Cold,
}

/// A place of a stencil that is written when it is used.
#[derive(Clone, Copy, Debug)]
pub struct Hole {
    /// First byte.
    pub at: u8,
    /// How.
    pub kind: Kind,
    /// What.
    pub symbol: Symbol,
    /// What the processor makes of it.
    pub more: u8,
}

/// A variant of a stencil.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    holes: &'static [u8],
    /// Its code.
    pub bytes: &'static [u8],
    /// The same with what follows it in the library, for short code.
    block: Option<&'static [u8; BLOCK]>,
    /// Whether control reaches its end.
    pub falls: bool,
}

/// Most stencils are not longer. To copy so many bytes takes two instructions.
const BLOCK: usize = 32;

impl Variant {
    /// Appends its code.
    #[inline]
    pub fn append(self, code: &mut Vec<u8>) {
        match self.block {
            Some(block) => {
                let end = code.len() + self.bytes.len();
                code.extend_from_slice(block);
                code.truncate(end);
            }
            None => code.extend_from_slice(self.bytes),
        }
    }
    /// Its holes.
    #[inline]
    pub fn holes(self) -> impl Iterator<Item = Hole> {
        self.holes.as_chunks().0.iter().map(|&[at, what, more]| Hole {
            at,
            kind: Kind::numbered(what),
            symbol: match what >> 4 {
                hole @ 0..4 => Symbol::Hole(hole),
                4 => Symbol::Next,
                5 => Symbol::Taken,
                _ => Symbol::Cold,
            },
            more,
        })
    }
}

/// The variant with operands in these places; `None` when there is none.
#[inline(always)]
pub fn variant(stencil: Stencil, places: &[Place]) -> Option<Variant> {
    let number = stencil.variant(places)? as usize;
    let at = u32::from_le_bytes(*LIBRARY[INDEX + 4 * number..].first_chunk()?) as usize;
    let (&[length, count], entry) = LIBRARY[DATA + at..].split_first_chunk()?;
    let (holes, code) = entry.split_at(3 * usize::from(count & 127));
    let length = usize::from(length);
    Some(Variant {
        holes,
        bytes: &code[..length],
        block: code.first_chunk().filter(|_| length <= BLOCK),
        falls: count & 128 != 0,
    })
}
