//! Operations on values of type `any`: indexing, fields, membership, casts. What each does to which kind of value is
//! the language reference's sections 4.4 to 4.13.

use mochi_abi::layout::{GROUP_ITEMS, GROUP_KEY};
use mochi_abi::{Arena, Cell, ElemKind};

use crate::heap::Heap;
use crate::number::{self, Num};
use crate::parse::{self, Parsed};
use crate::trap::{Outcome, Trap};
use crate::value::Kind;

const CELL: ElemKind = ElemKind::Cell;

impl Heap {
    /// `len(x)`: elements, entries, fields, code points; 0 of none. Traps: anything else.
    pub fn any_len(&self, cell: Cell) -> Outcome<usize> {
        Ok(match self.kind(cell) {
            Kind::None => 0,
            Kind::Str => self.str_len(cell),
            Kind::List => self.list_len(cell),
            Kind::Map => self.map_len(cell),
            Kind::Struct => match self.group_items(cell) {
                Some(items) => self.list_len(items),
                None => self.words(cell).len(),
            },
            Kind::Bool | Kind::Int | Kind::Bigint | Kind::Bigrat | Kind::Float | Kind::Function => {
                return Err(Trap::operand("len", "a string, list or map"));
            }
        })
    }

    /// `x[i]`.
    pub fn any_index(&mut self, cell: Cell, index: Cell) -> Outcome<Cell> {
        match self.kind(cell) {
            Kind::None => Ok(Cell::NONE),
            Kind::List => {
                let at = self.list_position(cell, index)?;
                self.list_get(cell, at, CELL).map(Cell)
            }
            Kind::Str => match self.num(index) {
                Some(Num::Int(at)) => self.str_index(cell, at),
                Some(Num::Big(at)) => Err(Trap::string_index(at, self.str_len(cell))),
                _ => Err(Trap::string_index_type()),
            },
            Kind::Map => Ok(self.map_get(cell, index.0, CELL, CELL)?.map_or(Cell::NONE, Cell)),
            Kind::Struct if self.is_str(index) => Ok(self.struct_field(cell, index)?.unwrap_or(Cell::NONE)),
            Kind::Struct
            | Kind::Bool
            | Kind::Int
            | Kind::Bigint
            | Kind::Bigrat
            | Kind::Float
            | Kind::Function => Err(Trap::index_target()),
        }
    }

    fn list_position(&self, list: Cell, index: Cell) -> Outcome<i64> {
        match self.num(index) {
            Some(Num::Int(at)) => Ok(at),
            Some(Num::Big(at)) => Err(Trap::list_index(at, self.list_len(list))),
            _ => Err(Trap::expected("int as list index", self.type_name(index))),
        }
    }

    /// `x[i] = v`.
    pub fn any_set_index(&mut self, cell: Cell, index: Cell, value: Cell) -> Outcome<()> {
        match self.kind(cell) {
            Kind::List => {
                let at = self.list_position(cell, index)?;
                self.list_set(cell, at, value.0, CELL)
            }
            Kind::Map => self.map_set_any(cell, index.0, CELL, value.0, CELL),
            Kind::Struct if self.is_str(index) => self.any_set_field(cell, index, value),
            _ => Err(Trap::index_target()),
        }
    }

    /// `x[a:b]`; none stands for a missing bound.
    pub fn any_slice(&mut self, cell: Cell, from: Cell, to: Cell) -> Outcome<Cell> {
        let bound = |cell: Cell, missing: i64| match self.num(cell) {
            None if cell.is_none() => Ok(missing),
            Some(Num::Int(at)) => Ok(at),
            Some(Num::Big(at)) if at.sign() == num_bigint::Sign::Minus => Ok(i64::MIN),
            Some(Num::Big(_)) => Ok(i64::MAX),
            _ => Err(Trap::expected("int as bound", self.type_name(cell))),
        };
        let (from, to) = (bound(from, 0)?, bound(to, i64::MAX)?);
        match self.kind(cell) {
            Kind::List => self.list_slice(cell, from, to),
            Kind::Str => self.str_slice(cell, from, to),
            _ if cell.is_none() => Ok(cell),
            _ => Err(Trap::operand("slice", "a list or string")),
        }
    }

    /// The value of a field of a struct as a cell; `None` when it has no such field. Traps: no memory.
    pub fn struct_field(&mut self, cell: Cell, name: Cell) -> Outcome<Option<Cell>> {
        let shape = &self.shapes.structs[self.payload(cell) as usize];
        let Some(at) = shape.field(self.str(&name)) else { return Ok(None) };
        let kind = shape.fields[at].1.kind();
        self.box_word(self.words(cell)[at], kind).map(Some)
    }

    /// `x.f` for maps and structs; none of none, as with `x["f"]`. Traps: no such field of a struct, anything else.
    pub fn any_field(&mut self, cell: Cell, name: Cell) -> Outcome<Cell> {
        match self.kind(cell) {
            Kind::None => Ok(Cell::NONE),
            Kind::Map => Ok(self.map_get(cell, name.0, CELL, CELL)?.map_or(Cell::NONE, Cell)),
            Kind::Struct => match self.struct_field(cell, name)? {
                Some(value) => Ok(value),
                // The fields of a key of several parts are fields of the group too.
                None if self.is_group(cell) => self.any_field(Cell(self.words(cell)[GROUP_KEY]), name),
                None => Err(Trap::no_field(self.type_name(cell), self.str(&name))),
            },
            _ => Err(Trap::no_field(self.type_name(cell), self.str(&name))),
        }
    }

    /// `x.f = v` for maps and structs. Traps: as `any_field`, and a value that the field cannot hold.
    pub fn any_set_field(&mut self, cell: Cell, name: Cell, value: Cell) -> Outcome<()> {
        match self.kind(cell) {
            Kind::None => Err(Trap::field_of_none("set", self.str(&name))),
            Kind::Map => self.map_set_any(cell, name.0, CELL, value.0, CELL),
            Kind::Struct => {
                let shape = &self.shapes.structs[self.payload(cell) as usize];
                let Some(at) = shape.field(self.str(&name)) else {
                    return Err(Trap::no_field(self.type_name(cell), self.str(&name)));
                };
                let word = self.fit(value, shape.fields[at].1)?;
                self.words_mut(cell)[at] = word;
                Ok(())
            }
            _ => Err(Trap::no_field(self.type_name(cell), self.str(&name))),
        }
    }

    /// `x in y` (4.11). Traps: `y` is no string, list, map, struct or none.
    pub fn any_in(&self, item: Cell, container: Cell) -> Outcome<bool> {
        match self.kind(container) {
            Kind::None => Ok(false),
            Kind::Str if self.is_str(item) => Ok(self.str(&container).contains(self.str(&item))),
            Kind::Str => Ok(false),
            Kind::List => {
                let kind = self.list_kind(container);
                let len = self.list_len(container);
                Ok((0..len).any(|at| {
                    self.item_equal(crate::equal::Item::new(self.list_word(container, at), kind), item)
                }))
            }
            Kind::Map => Ok(self.map_has(container, item.0, CELL)),
            Kind::Struct => {
                if let Some(items) = self.group_items(container) {
                    return self.any_in(item, items);
                }
                let shape = &self.shapes.structs[self.payload(container) as usize];
                Ok(self.is_str(item) && shape.field(self.str(&item)).is_some())
            }
            Kind::Bool | Kind::Int | Kind::Bigint | Kind::Bigrat | Kind::Float | Kind::Function => {
                Err(Trap::operand("in", "a string, list or map"))
            }
        }
    }

    /// Whether a value is a group of a query.
    fn is_group(&self, cell: Cell) -> bool {
        cell.arena() == Some(Arena::Struct) && self.shapes.structs[self.payload(cell) as usize].group
    }

    /// The list of items of a group; `None` of anything else.
    pub fn group_items(&self, cell: Cell) -> Option<Cell> {
        self.is_group(cell).then(|| Cell(self.words(cell)[GROUP_ITEMS]))
    }

    /// Cast to int (4.13) of a value whose int fits 64 bits. Traps: not possible.
    pub fn any_to_int(&self, cell: Cell) -> Outcome<i64> {
        let value = match self.num(cell) {
            Some(Num::Int(value)) => Some(value),
            Some(Num::Float(value)) => float_to_int(value),
            Some(Num::Big(_)) => None,
            Some(Num::Ratio(value)) => i64::try_from(value.trunc()).ok(),
            None if cell.is_none() => Some(0),
            None if self.is_str(cell) => match parse::integer(self.str(&cell), 10) {
                Some(Parsed::Int(value)) => Some(value),
                _ => None,
            },
            None => None,
        };
        value.ok_or_else(|| self.bad_cast(cell, "int"))
    }

    /// Cast to float (4.13). Traps: not possible.
    pub fn any_to_float(&self, cell: Cell) -> Outcome<f64> {
        let value = match self.num(cell) {
            Some(Num::Int(value)) => Some(value as f64),
            Some(Num::Float(value)) => Some(value),
            Some(Num::Big(value)) => Some(number::big_to_float(value)),
            Some(Num::Ratio(value)) => Some(value.to_float()),
            None if cell.is_none() => Some(0.0),
            None if self.is_str(cell) => parse::float(self.str(&cell)),
            None => None,
        };
        value.ok_or_else(|| self.bad_cast(cell, "float"))
    }
}

/// A double cut toward zero; `None` when 64 bits do not hold it.
pub fn float_to_int(value: f64) -> Option<i64> {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    (-TWO_63..TWO_63).contains(&value).then_some(value as i64)
}

#[cfg(test)]
mod tests;
