//! The committed machine code, as `cargo xtask stencils` writes it (the format is described there).

use crate::manifest::{COUNT, Place, Stencil};

static LIBRARY: &[u8] = include_bytes!("../library/x86_64.bin");

/// Before the index: magic, digest, count.
const INDEX: usize = 8 + 32 + 4;
const DATA: usize = INDEX + 4 * COUNT as usize;

/// How a number is written into code.
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
}

impl Kind {
    /// How many bytes are written.
    pub fn bytes(self) -> usize {
        match self {
            Kind::Byte => 1,
            Kind::Signed32 | Kind::Unsigned32 | Kind::Jump32 => 4,
            Kind::Word64 => 8,
        }
    }
    /// Whether a number can be written so.
    pub fn fits(self, number: i64) -> bool {
        match self {
            Kind::Signed32 | Kind::Jump32 => i32::try_from(number).is_ok(),
            Kind::Unsigned32 => u32::try_from(number).is_ok(),
            Kind::Word64 => true,
            Kind::Byte => (0..=127).contains(&number),
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
    /// Added to it.
    pub addend: i8,
}

/// A variant of a stencil.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    holes: &'static [u8],
    /// Its code.
    pub bytes: &'static [u8],
    /// Whether control reaches its end.
    pub falls: bool,
}

impl Variant {
    /// Its holes.
    pub fn holes(self) -> impl Iterator<Item = Hole> {
        self.holes.chunks_exact(3).map(|hole| Hole {
            at: hole[0],
            kind: match hole[1] & 15 {
                0 => Kind::Signed32,
                1 => Kind::Unsigned32,
                2 => Kind::Word64,
                3 => Kind::Jump32,
                _ => Kind::Byte,
            },
            symbol: match hole[1] >> 4 {
                4 => Symbol::Next,
                5 => Symbol::Taken,
                6 => Symbol::Cold,
                hole => Symbol::Hole(hole),
            },
            addend: hole[2] as i8,
        })
    }
}

/// The variant with operands in these places; `None` when there is none.
pub fn variant(stencil: Stencil, places: &[Place]) -> Option<Variant> {
    let number = stencil.variant(places)? as usize;
    let index = &LIBRARY[INDEX + 4 * number..];
    let at = u32::from_le_bytes([index[0], index[1], index[2], index[3]]) as usize;
    let entry = &LIBRARY[DATA + at..];
    let (length, holes) = (usize::from(entry[0]), usize::from(entry[1] & 127));
    Some(Variant {
        holes: &entry[2..2 + 3 * holes],
        bytes: &entry[2 + 3 * holes..][..length],
        falls: entry[1] & 128 != 0,
    })
}
