//! The instruction that is being executed, for code out of line.

use mochi_abi::Cell;

use crate::code::Word;

/// An instruction and the frame that it works on.
#[derive(Clone, Copy)]
pub(crate) struct At {
    pc: *const Word,
    fp: *mut u64,
}

impl At {
    /// # Safety
    /// `pc` is an instruction of a program that obeys the rules of `check`, `fp` is the base of a live frame of its
    /// function, and nobody else uses the frame as long as the `At` is used. The methods below rely on this; they ask
    /// only for fields and slots that the instruction has.
    #[inline(always)]
    pub unsafe fn new(pc: *const Word, fp: *mut u64) -> At {
        At { pc, fp }
    }
    /// The address of the instruction.
    pub fn pc(self) -> *const Word {
        self.pc
    }
    /// The base of the frame.
    pub fn fp(self) -> *mut u64 {
        self.fp
    }
    /// A field of the instruction or, from 4, of its extension words.
    #[inline(always)]
    pub fn field(self, i: usize) -> u16 {
        // SAFETY: see `new`.
        unsafe { self.pc.cast::<u16>().add(i).read() }
    }
    /// The last field as a signed number.
    pub fn imm(self) -> i64 {
        i64::from(self.field(3) as i16)
    }
    /// The wide operand.
    #[inline(always)]
    pub fn wide(self) -> u32 {
        u32::from(self.field(2)) | u32::from(self.field(3)) << 16
    }
    /// The slot that a field names.
    #[inline(always)]
    pub fn word(self, i: usize) -> u64 {
        // SAFETY: see `new`.
        unsafe { self.fp.add(usize::from(self.field(i))).read() }
    }
    /// The slot that a field names.
    #[inline(always)]
    pub fn int(self, i: usize) -> i64 {
        self.word(i) as i64
    }
    /// The slot that a field names.
    #[inline(always)]
    pub fn float(self, i: usize) -> f64 {
        f64::from_bits(self.word(i))
    }
    /// The slot that a field names.
    #[inline(always)]
    pub fn cell(self, i: usize) -> Cell {
        Cell(self.word(i))
    }
    /// Writes the slot that the first operand names.
    #[inline(always)]
    pub fn set(self, word: u64) {
        // SAFETY: see `new`.
        unsafe { self.fp.add(usize::from(self.field(1))).write(word) }
    }
    /// How many slots the extension names, where it starts with a count.
    #[inline(always)]
    pub fn count(self) -> usize {
        usize::from(self.field(4))
    }
    /// The words of the slots that the extension names, where it starts with a count.
    #[inline(always)]
    pub fn listed(self) -> impl ExactSizeIterator<Item = u64> {
        (5..5 + self.count()).map(move |i| self.word(i))
    }
}
