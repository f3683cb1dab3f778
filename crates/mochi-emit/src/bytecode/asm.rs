//! Collects the words of a function: labels, jumps, places in the source.

use mochi_base::Span;
use mochi_ir::Scope;
use mochi_vm::code::{self, Word};
use mochi_vm::instr::Opcode;

/// A position in the code that jumps go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(u32);

const UNBOUND: u32 = u32::MAX;

/// Where the distance of a jump goes.
#[derive(Clone, Copy)]
enum Field {
    /// The last field.
    Near,
    /// The last two fields.
    Far,
    /// The lower or upper half of a word.
    Half(u32),
}

struct Fixup {
    /// The word to change.
    word: u32,
    /// The instruction that jumps, from which the distance counts.
    from: u32,
    label: Label,
    field: Field,
}

/// A jump of 16 bits does not reach its target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OutOfReach;

/// The code of one function.
#[derive(Default)]
pub(super) struct Asm {
    /// The words so far.
    pub words: Vec<Word>,
    /// Places so far.
    pub places: Vec<code::Place>,
    labels: Vec<u32>,
    fixups: Vec<Fixup>,
    last_place: Option<(Span, Scope)>,
    /// Where a label was bound last: instructions from there on are reached only through each other.
    bound_at: u32,
}

impl Asm {
    /// The position of the next word.
    pub fn at(&self) -> u32 {
        self.words.len() as u32
    }
    /// Adds an instruction.
    pub fn instr(&mut self, op: Opcode, a: u16, b: u16, c: u16) {
        self.words.push(Word::instr(op, a, b, c));
    }
    /// Adds an instruction with a wide operand.
    pub fn wide(&mut self, op: Opcode, a: u16, wide: u32) {
        self.words.push(Word::wide(op, a, wide));
    }
    /// Adds an extension word.
    pub fn word(&mut self, word: u64) {
        self.words.push(Word(word));
    }
    /// Adds an extension word of four fields.
    pub fn fields(&mut self, fields: [u16; 4]) {
        self.words.push(Word::fields(fields));
    }
    /// Adds extension words: a count and as many slots.
    pub fn slots(&mut self, slots: &[u16]) {
        self.listed(slots, None);
    }
    /// Adds extension words: a count, as many slots, and in the last field the slot of the result.
    pub fn args(&mut self, slots: &[u16], result: u16) {
        self.listed(slots, Some(result));
    }
    fn listed(&mut self, slots: &[u16], last: Option<u16>) {
        let fields = 1 + slots.len() + usize::from(last.is_some());
        let words = fields.div_ceil(4);
        for w in 0..words {
            let mut word = [0; 4];
            for (i, field) in word.iter_mut().enumerate() {
                let at = 4 * w + i;
                *field = match at {
                    0 => slots.len() as u16,
                    _ if at <= slots.len() => slots[at - 1],
                    _ if at + 1 == 4 * words => last.unwrap_or(0),
                    _ => 0,
                };
            }
            self.fields(word);
        }
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.labels.push(UNBOUND);
        Label(self.labels.len() as u32 - 1)
    }
    /// Puts a label here.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.at();
        self.bound_at = self.at();
    }
    /// Whether a label was put somewhere already, so that jumps to it go back.
    pub fn is_bound(&self, label: Label) -> bool {
        self.labels[label.0 as usize] != UNBOUND
    }
    /// Whether every instruction from a position on is reached only through the one before.
    pub fn is_straight_from(&self, at: u32) -> bool {
        self.bound_at <= at
    }
    /// Adds a jump whose distance goes in the last field.
    pub fn near(&mut self, op: Opcode, a: u16, b: u16, label: Label) {
        self.fixups.push(Fixup { word: self.at(), from: self.at(), label, field: Field::Near });
        self.instr(op, a, b, 0);
    }
    /// Adds a jump whose distance takes two fields.
    pub fn far(&mut self, op: Opcode, a: u16, label: Label) {
        self.fixups.push(Fixup { word: self.at(), from: self.at(), label, field: Field::Far });
        self.wide(op, a, 0);
    }
    /// Adds the jumps of a switch at `from`.
    pub fn table(&mut self, from: u32, labels: &[Label]) {
        for pair in labels.chunks(2) {
            for (half, &label) in (0..).zip(pair) {
                self.fixups.push(Fixup { word: self.at(), from, label, field: Field::Half(half) });
            }
            self.word(0);
        }
    }

    /// Notes where the next instructions come from.
    pub fn place(&mut self, span: Span, scope: Scope, inlined: u32) {
        if self.last_place == Some((span, scope)) {
            return;
        }
        self.last_place = Some((span, scope));
        let place = code::Place { at: self.at(), span: code::Span { lo: span.lo, hi: span.hi }, inlined };
        match self.places.last_mut() {
            Some(last) if last.at == place.at => *last = place,
            _ => self.places.push(place),
        }
    }

    /// Writes the distances of all jumps.
    pub fn resolve(&mut self) -> Result<(), OutOfReach> {
        for fixup in &self.fixups {
            let target = self.labels[fixup.label.0 as usize];
            debug_assert_ne!(target, UNBOUND, "a jump to a label that is nowhere");
            let distance = target as i32 - fixup.from as i32;
            let word = &mut self.words[fixup.word as usize].0;
            match fixup.field {
                Field::Near => {
                    let near = i16::try_from(distance).map_err(|_| OutOfReach)?;
                    *word |= u64::from(near as u16) << 48;
                }
                Field::Far => *word |= u64::from(distance as u32) << 32,
                Field::Half(half) => *word |= u64::from(distance as u32) << (32 * half),
            }
        }
        Ok(())
    }
}
