//! Code that is being put together: a hot part and a cold part, labels in both, and jumps between them.

use crate::library::{Kind, Symbol, Variant, variant};
use crate::listing::Piece;
use crate::manifest::{Place, Stencil};

/// A place in the code, known or not yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(u32);

/// Where something is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// What runs.
    Hot,
    /// Slow paths.
    Cold,
}

/// Where a jump goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum To {
    /// Into this code.
    Label(Label),
    /// Elsewhere in the code memory.
    Address(*const u8),
    /// Nowhere: the stencil has no such jump.
    Nowhere,
}

/// What the holes of a stencil are filled with.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    /// HOLE_a to HOLE_d.
    pub numbers: [i64; 4],
    /// TAKEN.
    pub taken: To,
    /// COLD.
    pub cold: To,
}

impl Default for Fill {
    fn default() -> Fill {
        Fill { numbers: [0; 4], taken: To::Nowhere, cold: To::Nowhere }
    }
}

struct Jump {
    section: Section,
    at: u32,
    to: To,
    addend: i8,
}

/// The code.
#[derive(Default)]
pub struct Buffer {
    hot: Vec<u8>,
    cold: Vec<u8>,
    /// The length of the hot part, once the code is finished.
    hot_len: usize,
    cold_now: bool,
    labels: Vec<Option<(bool, u32)>>,
    jumps: Vec<Jump>,
    /// Stencils that were copied, when somebody wants to know.
    pub log: Option<Vec<Piece>>,
    /// The instruction that stencils are for.
    pub instruction: u32,
}

impl Buffer {
    /// Forgets everything but the memory that it has.
    pub fn clear(&mut self) {
        self.hot.clear();
        self.cold.clear();
        self.labels.clear();
        self.jumps.clear();
        self.cold_now = false;
    }
    /// What follows goes to the end of a section.
    pub fn section(&mut self, section: Section) {
        self.cold_now = section == Section::Cold;
    }
    /// A label that is not yet anywhere.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }
    /// Puts a label here.
    pub fn place(&mut self, label: Label) {
        let at = self.bytes().len() as u32;
        self.labels[label.0 as usize] = Some((self.cold_now, at));
    }
    /// A label here.
    pub fn here(&mut self) -> Label {
        let label = self.label();
        self.place(label);
        label
    }
    /// Bytes of both parts.
    pub fn size(&self) -> usize {
        self.hot.len() + self.cold.len()
    }
    fn bytes(&mut self) -> &mut Vec<u8> {
        if self.cold_now { &mut self.cold } else { &mut self.hot }
    }

    /// Appends a stencil; whether there is one for these places and numbers. Nothing happens if not.
    #[inline]
    pub fn emit(&mut self, stencil: Stencil, places: &[Place], fill: &Fill) -> bool {
        let Some(variant) = variant(stencil, places) else { return false };
        let start = self.bytes().len();
        let fits = self.copy(variant, start, fill);
        if fits && let Some(log) = &mut self.log {
            let (cold, len, places) = (self.cold_now, variant.bytes.len(), places.to_vec());
            log.push(Piece { cold, at: start, len, stencil, places, instruction: self.instruction });
        }
        fits
    }

    fn copy(&mut self, variant: Variant, start: usize, fill: &Fill) -> bool {
        let section = if self.cold_now { Section::Cold } else { Section::Hot };
        let bytes = if self.cold_now { &mut self.cold } else { &mut self.hot };
        let jumps = self.jumps.len();
        bytes.extend_from_slice(variant.bytes);
        let (code, len) = (&mut bytes[start..], variant.bytes.len());
        for hole in variant.holes() {
            let at = usize::from(hole.at);
            match hole.symbol {
                Symbol::Hole(n) => {
                    let number = fill.numbers[usize::from(n)].wrapping_add(i64::from(hole.addend));
                    if !hole.kind.fits(number) {
                        bytes.truncate(start);
                        self.jumps.truncate(jumps);
                        return false;
                    }
                    match hole.kind {
                        Kind::Word64 => code[at..at + 8].copy_from_slice(&number.to_le_bytes()),
                        Kind::Byte => code[at] = number as u8,
                        Kind::Signed32 | Kind::Unsigned32 | Kind::Jump32 => {
                            code[at..at + 4].copy_from_slice(&(number as u32).to_le_bytes());
                        }
                    }
                }
                Symbol::Next => {
                    let distance = (len as i64 - at as i64 + i64::from(hole.addend)) as i32;
                    code[at..at + 4].copy_from_slice(&distance.to_le_bytes());
                }
                Symbol::Taken | Symbol::Cold => {
                    let to = if hole.symbol == Symbol::Taken { fill.taken } else { fill.cold };
                    self.jumps.push(Jump { section, at: (start + at) as u32, to, addend: hole.addend });
                }
            }
        }
        true
    }

    /// Where a label is when the code starts at distance 0.
    pub fn distance(&self, label: Label) -> usize {
        let (cold, at) = self.labels[label.0 as usize].expect("every label is placed");
        at as usize + if cold { self.hot.len() } else { 0 }
    }

    /// The finished code, for an address. `None` when a jump is too far.
    pub fn finish(&mut self, address: *const u8) -> Option<&[u8]> {
        let hot = self.hot.len();
        for jump in &self.jumps {
            let from = jump.at as usize + if jump.section == Section::Cold { hot } else { 0 };
            let target = match jump.to {
                To::Label(label) => address as i64 + self.distance(label) as i64,
                To::Address(address) => address as i64,
                To::Nowhere => panic!("internal error: a stencil jumps where nothing is"),
            };
            let distance = target - (address as i64 + from as i64) + i64::from(jump.addend);
            let bytes = i32::try_from(distance).ok()?.to_le_bytes();
            let (part, at) = match jump.section {
                Section::Hot => (&mut self.hot, jump.at as usize),
                Section::Cold => (&mut self.cold, jump.at as usize),
            };
            part[at..at + 4].copy_from_slice(&bytes);
        }
        self.hot_len = hot;
        let Buffer { hot, cold, .. } = self;
        hot.append(cold);
        Some(hot)
    }

    /// What `finish` answered.
    pub fn finished(&self) -> &[u8] {
        &self.hot
    }
    /// The length of its hot part.
    pub fn finished_hot_len(&self) -> usize {
        self.hot_len
    }
}
