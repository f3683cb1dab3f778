//! Code that is being put together: a hot part and a cold part, labels in both, and jumps between them.
//!
//! Some jumps reach less far than a function may be long. Before one of them is out of reach of what is being written, a
//! jump that reaches is written there, and it goes to that.

use crate::isa;
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
    kind: Kind,
    to: To,
}

/// A part of the code.
#[derive(Default)]
struct Part {
    bytes: Vec<u8>,
    /// Jumps that do not reach everything, by number.
    short: Vec<u32>,
    /// Length of the part at which some of them are looked at.
    deadline: usize,
}

impl Part {
    fn clear(&mut self) {
        self.bytes.clear();
        self.short.clear();
        self.deadline = usize::MAX;
    }
}

/// The code.
#[derive(Default)]
pub struct Buffer {
    hot: Part,
    cold: Part,
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
        let at = self.part().bytes.len() as u32;
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
        self.hot.bytes.len() + self.cold.bytes.len()
    }
    fn part(&mut self) -> &mut Part {
        if self.cold_now { &mut self.cold } else { &mut self.hot }
    }

    /// Appends a stencil; whether there is one for these places and numbers. Nothing happens if not.
    pub fn emit(&mut self, stencil: Stencil, places: &[Place], fill: &Fill) -> bool {
        let Some(variant) = variant(stencil, places) else { return false };
        let part = self.part();
        if part.bytes.len() >= part.deadline {
            self.extend_jumps();
        }
        let at = self.part().bytes.len();
        let fits = self.copy(variant, fill);
        if fits && self.log.is_some() {
            self.note(stencil, places, at);
        }
        fits
    }

    /// Notes a stencil that was copied.
    #[cold]
    fn note(&mut self, stencil: Stencil, places: &[Place], at: usize) {
        let (cold, len, places) = (self.cold_now, self.part().bytes.len() - at, places.to_vec());
        let piece = Piece { cold, at, len, stencil, places, instruction: self.instruction };
        self.log.get_or_insert_default().push(piece);
    }

    /// Whether there is room for the numbers in the stencil; nothing is copied if not.
    #[inline(always)]
    fn copy(&mut self, variant: Variant, fill: &Fill) -> bool {
        let (section, part) = match self.cold_now {
            true => (Section::Cold, &mut self.cold),
            false => (Section::Hot, &mut self.hot),
        };
        let before = self.jumps.len();
        let jumps = &mut self.jumps;
        let fits = isa::copy(variant, &fill.numbers, &mut part.bytes, |isa::Jump { at, kind, symbol }| {
            let to = if symbol == Symbol::Taken { fill.taken } else { fill.cold };
            if let Some(range) = kind.range() {
                part.short.push(jumps.len() as u32);
                part.deadline = part.deadline.min(look_at(at, range));
            }
            jumps.push(Jump { section, at, kind, to });
        });
        if !fits {
            jumps.truncate(before);
        }
        fits
    }

    /// The same for those who do not do so all the time.
    #[inline(never)]
    fn copy_once(&mut self, variant: Variant, fill: &Fill) -> bool {
        self.copy(variant, fill)
    }

    /// Lets jumps go on from here that may not reach their targets. Those that are half out of reach come here when they have
    /// gone a quarter of it, so that what is written here for all of them keeps the last within reach.
    #[cold]
    fn extend_jumps(&mut self) {
        let now = self.part().bytes.len();
        let short = std::mem::take(&mut self.part().short);
        let (mut kept, mut extended) = (Vec::new(), Vec::new());
        let mut deadline = usize::MAX;
        for number in short {
            let jump = &self.jumps[number as usize];
            let range = jump.kind.range().unwrap_or(u32::MAX);
            if self.is_near(jump, range) {
                continue;
            }
            if now - jump.at as usize >= range as usize / 4 {
                extended.push(number);
            } else {
                deadline = deadline.min(look_at(jump.at, range));
                kept.push(number);
            }
        }
        if !extended.is_empty() {
            let over = self.label();
            self.jump(To::Label(over));
            extended.into_iter().for_each(|number| self.extend(number));
            self.place(over);
        }
        let part = self.part();
        (part.short, part.deadline) = (kept, deadline);
    }
    /// Whether a jump reaches its target, which is known and in the same section.
    fn is_near(&self, jump: &Jump, range: u32) -> bool {
        let To::Label(label) = jump.to else { return false };
        let cold = jump.section == Section::Cold;
        let known = self.labels[label.0 as usize].filter(|&(there, _)| there == cold);
        known.is_some_and(|(_, at)| at.abs_diff(jump.at) < range)
    }
    /// Lets a jump go to its target by another one, which is written here.
    fn extend(&mut self, number: u32) {
        let here = self.here();
        let to = std::mem::replace(&mut self.jumps[number as usize].to, To::Label(here));
        self.jump(to);
    }
    fn jump(&mut self, taken: To) {
        let variant = variant(Stencil::Jump, &[]).expect("a jump has no operands");
        self.copy_once(variant, &Fill { taken, ..Fill::default() });
    }
    /// Extends the jumps of a section that may not reach the other, or what is outside.
    fn extend_last_jumps(&mut self, section: Section) {
        self.section(section);
        let mut short = std::mem::take(&mut self.part().short);
        let range =
            |buffer: &Buffer, number: u32| buffer.jumps[number as usize].kind.range().unwrap_or(u32::MAX);
        short.sort_by_key(|&number| range(self, number));
        let most = self.hot.bytes.len() + self.cold.bytes.len() + 4 * (short.len() + self.cold.short.len());
        for number in short {
            let (jump, range) = (&self.jumps[number as usize], range(self, number));
            let inside = matches!(jump.to, To::Label(_)) && most < range as usize;
            if !inside && !self.is_near(jump, range) {
                self.extend(number);
            }
        }
    }

    /// Nothing more is written but where jumps go.
    pub fn end(&mut self) {
        self.extend_last_jumps(Section::Hot);
        self.extend_last_jumps(Section::Cold);
        self.hot_len = self.hot.bytes.len();
    }

    /// Where a label is, once the code has ended.
    pub fn distance(&self, label: Label) -> usize {
        let (cold, at) = self.labels[label.0 as usize].expect("every label is placed");
        at as usize + if cold { self.hot_len } else { 0 }
    }

    /// The finished code, for an address. `None` when a jump is too far.
    pub fn finish(&mut self, address: *const u8) -> Option<&[u8]> {
        self.end();
        let Part { bytes: cold, .. } = &mut self.cold;
        self.hot.bytes.append(cold);
        for jump in &self.jumps {
            let from = jump.at as usize + if jump.section == Section::Cold { self.hot_len } else { 0 };
            let target = match jump.to {
                To::Label(label) => address as i64 + self.distance(label) as i64,
                To::Address(address) => address as i64,
                To::Nowhere => panic!("internal error: a stencil jumps where nothing is"),
            };
            let distance = target - (address as i64 + from as i64);
            if !isa::set_distance(&mut self.hot.bytes[from..], jump.kind, distance) {
                return None;
            }
        }
        Some(&self.hot.bytes)
    }

    /// What `finish` answered.
    pub fn finished(&self) -> &[u8] {
        &self.hot.bytes
    }
    /// The length of its hot part.
    pub fn finished_hot_len(&self) -> usize {
        self.hot_len
    }
}

/// The length of its part at which a jump is looked at.
fn look_at(at: u32, range: u32) -> usize {
    at as usize + range as usize / 2
}
