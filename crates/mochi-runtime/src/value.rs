//! Words and cells: the forms a value has in containers, fields and registers, and the kinds a cell may be.

use mochi_abi::{Arena, Cell, ElemKind};

use crate::heap::Heap;
use crate::number::Num;
use crate::trap::{Outcome, Trap};

/// What a cell holds, numbered as the runtime function `any_kind` does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// The absent value.
    None = 0,
    /// `true` or `false`.
    Bool = 1,
    /// An int of 64 bits.
    Int = 2,
    /// An int that 64 bits do not hold.
    Bigint = 3,
    /// A double.
    Float = 4,
    /// A string.
    Str = 5,
    /// A list.
    List = 6,
    /// A map.
    Map = 7,
    /// A struct.
    Struct = 8,
    /// A function value.
    Function = 9,
    /// A rational.
    Bigrat = 10,
}

impl Kind {
    /// The name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::None => "none",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Bigint => "bigint",
            Kind::Float => "float",
            Kind::Str => "string",
            Kind::List => "list",
            Kind::Map => "map",
            Kind::Struct => "struct",
            Kind::Function => "function",
            Kind::Bigrat => "bigrat",
        }
    }
}

/// The name of the type whose values have this form.
pub(crate) const fn kind_name(kind: ElemKind) -> &'static str {
    match kind {
        ElemKind::Cell => "any",
        ElemKind::I64 => "int",
        ElemKind::F64 => "float",
        ElemKind::Bool => "bool",
    }
}

impl Heap {
    /// What a cell holds. Panics for a ref, which is no value of the language.
    pub fn kind(&self, cell: Cell) -> Kind {
        if cell.is_f64() {
            return Kind::Float;
        }
        if cell.is_small_integer() {
            return Kind::Int;
        }
        if cell.is_short_str() {
            return Kind::Str;
        }
        match cell.arena() {
            Some(Arena::Str) => Kind::Str,
            Some(Arena::ListCell | Arena::ListI64 | Arena::ListF64 | Arena::ListBool) => Kind::List,
            Some(Arena::Map) => Kind::Map,
            Some(Arena::Struct) => Kind::Struct,
            Some(Arena::Closure) => Kind::Function,
            Some(Arena::Bigint) => match self.num(cell) {
                Some(Num::Big(_)) => Kind::Bigint,
                _ => Kind::Int,
            },
            Some(Arena::Bigrat) => Kind::Bigrat,
            Some(Arena::Ref) => crate::heap::bad_handle(cell, Arena::Struct),
            None if cell.is_bool() => Kind::Bool,
            None => Kind::None,
        }
    }

    /// Name of what a cell holds, for messages: of a struct its own.
    pub fn type_name(&self, cell: Cell) -> &str {
        match self.kind(cell) {
            Kind::Struct => match &self.shapes.structs[self.payload(cell) as usize] {
                shape if shape.group => "group",
                shape if shape.name.is_empty() => Kind::Struct.name(),
                shape => &shape.name,
            },
            kind => kind.name(),
        }
    }

    /// A word as a cell. Traps: no memory.
    #[inline]
    pub fn box_word(&mut self, word: u64, kind: ElemKind) -> Outcome<Cell> {
        match kind {
            ElemKind::Cell => Ok(Cell(word)),
            ElemKind::I64 => self.box_int(word as i64),
            ElemKind::F64 => Ok(Cell::from_f64(f64::from_bits(word))),
            ElemKind::Bool => Ok(Cell::from_bool(word != 0)),
        }
    }

    /// A cell as a word; `None` when it holds something else. Ints do not become doubles.
    #[inline]
    pub fn unbox_word(&self, cell: Cell, kind: ElemKind) -> Option<u64> {
        match kind {
            ElemKind::Cell => Some(cell.0),
            ElemKind::I64 => self.unbox_int(cell).map(|v| v as u64),
            ElemKind::F64 => cell.is_f64().then_some(cell.0),
            ElemKind::Bool => cell.is_bool().then(|| u64::from(cell.as_bool())),
        }
    }

    /// A word in another form. Traps: `cannot cast VALUE to TYPE`, no memory.
    #[inline]
    pub fn convert(&mut self, word: u64, have: ElemKind, want: ElemKind) -> Outcome<u64> {
        if have == want {
            return Ok(word);
        }
        let cell = self.box_word(word, have)?;
        self.unbox_word(cell, want).ok_or_else(|| self.bad_cast(cell, kind_name(want)))
    }

    /// The value of an `any` where its static type is known: none gives the zero value. Traps: another kind.
    pub fn any_unbox(&self, cell: Cell, want: ElemKind) -> Outcome<u64> {
        if cell.is_none() && want != ElemKind::Cell {
            return Ok(0);
        }
        self.unbox_word(cell, want).ok_or_else(|| Trap::expected(kind_name(want), self.type_name(cell)))
    }

    /// The string of an `any` where its static type is known: none gives the empty one. Traps: another kind.
    pub fn any_unbox_str(&self, cell: Cell) -> Outcome<Cell> {
        if cell.is_none() {
            return Ok(Cell::EMPTY_STR);
        }
        if self.is_str(cell) { Ok(cell) } else { Err(Trap::expected("string", self.type_name(cell))) }
    }

    /// The bigint of an `any` where its static type is known: none gives 0. Traps: another kind.
    pub fn any_unbox_big(&mut self, cell: Cell) -> Outcome<Cell> {
        if cell.is_none() {
            return self.box_bigint(0);
        }
        if self.is_int(cell) {
            self.as_bigint(cell)
        } else {
            Err(Trap::expected("int", self.type_name(cell)))
        }
    }

    /// Truthiness (4.4).
    pub fn truthy(&self, cell: Cell) -> bool {
        match self.kind(cell) {
            Kind::None => false,
            Kind::Bool => cell.as_bool(),
            Kind::Int => self.unbox_int(cell) != Some(0),
            Kind::Float => cell.as_f64() != 0.0,
            Kind::Str => cell != Cell::EMPTY_STR,
            Kind::List => self.list_len(cell) != 0,
            Kind::Map => self.map_len(cell) != 0,
            Kind::Bigrat => {
                self.ratio(cell).is_some_and(|ratio| ratio.num().sign() != num_bigint::Sign::NoSign)
            }
            Kind::Bigint | Kind::Struct | Kind::Function => true,
        }
    }

    /// The trap of a cast that is not possible.
    #[cold]
    pub fn bad_cast(&self, cell: Cell, ty: &str) -> Box<Trap> {
        Trap::cast(self.describe(cell), ty)
    }
}
