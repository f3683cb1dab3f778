//! Reads code: from words back to instructions with their operands.

use crate::code::Word;
use crate::instr::{Ext, Opcode, Operand};

/// An instruction in the code of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instr<'a> {
    /// Its position in words from the start of the function.
    pub at: u32,
    /// The opcode.
    pub op: Opcode,
    /// The instruction word.
    pub word: Word,
    /// The extension words.
    pub ext: &'a [Word],
}

/// Words that are no instruction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Malformed {
    /// A word with an unknown opcode.
    Opcode(u16),
    /// The code ends within an instruction.
    Truncated,
}

impl<'a> Instr<'a> {
    /// The instruction that starts at a word.
    #[inline]
    pub fn decode(code: &'a [Word], at: u32) -> Result<Instr<'a>, Malformed> {
        let rest = code.get(at as usize..).unwrap_or_default();
        let (&word, rest) = rest.split_first().ok_or(Malformed::Truncated)?;
        let op = word.op().ok_or(Malformed::Opcode(word.field(0)))?;
        let counted = |extra: usize| -> Result<usize, Malformed> {
            let count = rest.first().ok_or(Malformed::Truncated)?.field(0);
            Ok((1 + usize::from(count) + extra).div_ceil(4))
        };
        let len = match op.ext() {
            Ext::None => 0,
            Ext::Wide | Ext::Slot | Ext::Kinds | Ext::Args => 1,
            Ext::Slots => counted(0)?,
            Ext::ManyArgs => counted(1)?,
            Ext::Jumps => 1 + (usize::from(word.field(2)) + 1).div_ceil(2),
        };
        let ext = rest.get(..len).ok_or(Malformed::Truncated)?;
        Ok(Instr { at, op, word, ext })
    }

    /// The length in words.
    pub fn len(&self) -> u32 {
        1 + self.ext.len() as u32
    }
    /// An instruction has at least one word.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The operands with their values; jumps and signed numbers as such.
    pub fn operands(&self) -> impl Iterator<Item = (Operand, i64)> + use<> {
        let word = self.word;
        self.op.operands().iter().enumerate().map(move |(i, &operand)| {
            let value = match operand {
                Operand::Int32 | Operand::Far => i64::from(word.wide_operand() as i32),
                Operand::Int16 | Operand::Near => i64::from(word.field(1 + i) as i16),
                _ if operand.is_wide() => i64::from(word.wide_operand()),
                _ => i64::from(word.field(1 + i)),
            };
            (operand, value)
        })
    }

    /// Slots that the extension reads, in order.
    pub fn ext_slots(&self) -> impl Iterator<Item = u16> + use<'a> {
        let ext = self.ext;
        let (first, count) = match self.op.ext() {
            Ext::None | Ext::Wide | Ext::Kinds | Ext::Jumps => (0, 0),
            Ext::Slot => (0, 1),
            Ext::Args => (0, self.arg_count()),
            Ext::Slots | Ext::ManyArgs => (1, usize::from(ext[0].field(0))),
        };
        (first..first + count).map(move |i| ext[i / 4].field(i % 4))
    }
    /// The slot that takes the result of a call.
    pub fn result_slot(&self) -> Option<u16> {
        match self.op.ext() {
            Ext::Args | Ext::ManyArgs => self.ext.last().map(|w| w.field(3)),
            Ext::None | Ext::Wide | Ext::Slot | Ext::Kinds | Ext::Slots | Ext::Jumps => None,
        }
    }
    /// Where the instruction may jump, in words from the start of the function.
    pub fn jumps(&self) -> impl Iterator<Item = i64> + use<'a> {
        let at = i64::from(self.at);
        let direct = self
            .operands()
            .filter(|(operand, _)| matches!(operand, Operand::Near | Operand::Far))
            .map(move |(_, distance)| at + distance);
        let table = match self.op.ext() {
            Ext::Jumps => &self.ext[1..],
            _ => &[],
        };
        let count = if table.is_empty() { 0 } else { usize::from(self.word.field(2)) + 1 };
        direct.chain((0..count).map(move |i| at + i64::from((table[i / 2].0 >> (32 * (i % 2))) as i32)))
    }

    fn arg_count(&self) -> usize {
        match self.op {
            Opcode::Call1 => 1,
            Opcode::Call2 => 2,
            Opcode::Call3 => 3,
            _ => 0,
        }
    }
}

/// The instructions of a function in order; ends after the first malformed one.
pub fn instrs(code: &[Word]) -> impl Iterator<Item = Result<Instr<'_>, Malformed>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at as usize >= code.len() {
            return None;
        }
        let found = Instr::decode(code, at);
        match &found {
            Ok(instr) => at += instr.len(),
            Err(_) => at = u32::MAX,
        }
        Some(found)
    })
}
