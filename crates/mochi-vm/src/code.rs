//! A compiled program: the words of all functions and everything that they refer to.
//!
//! A [`Program`] is plain data, made by the emitter and never changed. It may be run only when [`check`](crate::check)
//! finds nothing wrong with it: the interpreter relies on every rule there.

use mochi_abi::{ElemKind, MapType, TypeId};
use mochi_runtime::types::Type;

use crate::instr::Opcode;

#[cfg(target_endian = "big")]
compile_error!("fields of words are read in little-endian order");

/// Eight bytes of code: an instruction or an extension word.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(transparent)]
pub struct Word(pub u64);

impl Word {
    /// An instruction with three operand fields.
    pub const fn instr(op: Opcode, a: u16, b: u16, c: u16) -> Word {
        Word::fields([op as u16, a, b, c])
    }
    /// An instruction whose last operand is wide.
    pub const fn wide(op: Opcode, a: u16, wide: u32) -> Word {
        Word::fields([op as u16, a, wide as u16, (wide >> 16) as u16])
    }
    /// Four fields, lowest address first.
    pub const fn fields(f: [u16; 4]) -> Word {
        Word(f[0] as u64 | (f[1] as u64) << 16 | (f[2] as u64) << 32 | (f[3] as u64) << 48)
    }
    /// A field by position; 0 is the opcode of an instruction.
    pub const fn field(self, i: usize) -> u16 {
        (self.0 >> (16 * i)) as u16
    }
    /// The opcode; `None` when this is no instruction.
    pub fn op(self) -> Option<Opcode> {
        Opcode::from_bits(self.field(0))
    }
    /// The wide operand.
    pub const fn wide_operand(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// A function of a [`Program`] by position.
pub type FuncIndex = u32;

/// Words between the frames of caller and callee: see [`crate::frame`].
pub const FRAME_HEADER: u16 = 3;

/// The result slot of calls without a result.
pub const NO_SLOT: u16 = u16::MAX;

/// Most slots of a frame.
pub const MAX_SLOTS: u32 = u16::MAX as u32 - FRAME_HEADER as u32;

/// A function.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// The name that stack traces show.
    pub name: String,
    /// Its part of [`Program::words`].
    pub start: u32,
    /// One past its last word.
    pub end: u32,
    /// Slots of a frame.
    pub slots: u16,
    /// Raw parameters: the first slots.
    pub raw_params: u16,
    /// Cell parameters: the slots after the raw parameters.
    pub cell_params: u16,
    /// One past the last cell slot. The cell slots begin with the cell parameters, after the raw ones.
    pub cells_end: u16,
    /// How the result is stored; `None` for no result.
    pub result: Option<ElemKind>,
    /// Whether a call from dynamic code may reach it: all parameters and the result are `any`.
    pub dynamic: bool,
    /// Whether stack traces show its frames.
    pub shown: bool,
    /// Places of its instructions, ascending; one holds until the next.
    pub places: Vec<Place>,
    /// Fields that messages of run-time errors name: the word of the instruction, ascending, and a position in
    /// [`Program::names`].
    pub fields: Vec<(u32, u32)>,
}

impl Code {
    /// First of the cell slots.
    pub fn cells_start(&self) -> u16 {
        self.raw_params
    }
    /// Number of parameters.
    pub fn params(&self) -> u32 {
        u32::from(self.raw_params) + u32::from(self.cell_params)
    }
    /// The place of a word, which is counted from the start of the function.
    pub fn place(&self, at: u32) -> Option<&Place> {
        let after = self.places.partition_point(|p| p.at <= at);
        self.places.get(after.checked_sub(1)?)
    }
    /// The field that an instruction uses, as a position in [`Program::names`].
    pub fn field_name(&self, at: u32) -> Option<u32> {
        let found = self.fields.binary_search_by_key(&at, |&(at, _)| at).ok()?;
        Some(self.fields[found].1)
    }
}

/// A range of source text, in the offsets of the compiler's source map; this crate does not look at it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// First byte.
    pub lo: u32,
    /// One past the last byte.
    pub hi: u32,
}

/// Where instructions come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// First word, counted from the start of the function.
    pub at: u32,
    /// In the source.
    pub span: Span,
    /// The inlined call that they belong to: a position in [`Program::inlined`] plus one, or 0.
    pub inlined: u32,
}

/// A call that the compiler inlined.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inlined {
    /// The name of the callee.
    pub name: String,
    /// Whether stack traces show it.
    pub shown: bool,
    /// Where the call was.
    pub call: Span,
    /// The inlined call that the call was in, as in [`Place::inlined`].
    pub parent: u32,
}

/// A struct or a variant of a union.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shape {
    /// The name that programs print.
    pub name: String,
    /// Fields in order of declaration.
    pub fields: Vec<(String, TypeId)>,
    /// The position among the variants of its union.
    pub variant: Option<u32>,
}

/// A way to make function values: a function, and which of its leading parameters are captured.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Closure {
    /// The function.
    pub func: FuncIndex,
    /// How captured values are stored; raw ones come first.
    pub captures: Vec<ElemKind>,
    /// The type of the function values, in the numbers of [`Test::Function`](mochi_runtime::types::Test::Function).
    pub ty: u32,
    /// For callers that do not know the type: a function that calls such a value, its first parameter, with cells.
    pub uniform: Option<FuncIndex>,
    /// Values of the function are the function that they capture, under another type.
    pub adapter: bool,
}

impl Closure {
    /// How many captured words are raw.
    pub fn raw_captures(&self) -> u16 {
        self.captures.iter().filter(|&&kind| kind != ElemKind::Cell).count() as u16
    }
}

/// A compiled program.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The code of all functions, one after the other.
    pub words: Vec<Word>,
    /// Functions.
    pub funcs: Vec<Code>,
    /// The function that the program starts with; it has no parameters.
    pub entry: FuncIndex,
    /// String constants.
    pub strs: Vec<Box<str>>,
    /// Globals: how each is stored. They start as [`zero_word`].
    pub globals: Vec<ElemKind>,
    /// Structs and variants.
    pub shapes: Vec<Shape>,
    /// Ways to make function values.
    pub closures: Vec<Closure>,
    /// Types that values are tested for and containers and fields are made for, from [`TypeId::FIRST`] on.
    pub types: Vec<Type>,
    /// Keys and values of maps, from [`MapType::FIRST`] on.
    pub map_types: Vec<(TypeId, TypeId)>,
    /// Names of fields, for messages.
    pub names: Vec<Box<str>>,
    /// Inlined calls of all functions; parents come before what they contain.
    pub inlined: Vec<Inlined>,
}

impl Program {
    /// Whether there is a type with this number.
    pub fn has_type(&self, ty: TypeId) -> bool {
        (ty.0 as usize) < self.types.len() + TypeId::FIRST.0 as usize
    }
    /// The types of the keys and of the values of a map, if there is a map type with this number.
    pub fn map_type(&self, ty: MapType) -> Option<(TypeId, TypeId)> {
        match ty.0.checked_sub(MapType::FIRST.0) {
            Some(at) => self.map_types.get(at as usize).copied(),
            None => Some(ty.kinds()),
        }
    }
    /// The words of a function.
    pub fn code(&self, func: FuncIndex) -> &[Word] {
        let f = &self.funcs[func as usize];
        &self.words[f.start as usize..f.end as usize]
    }
}

/// The word of a variable that was never assigned.
pub fn zero_word(kind: ElemKind) -> u64 {
    match kind {
        ElemKind::Cell => mochi_abi::Cell::NONE.0,
        ElemKind::I64 | ElemKind::F64 | ElemKind::Bool => 0,
    }
}
