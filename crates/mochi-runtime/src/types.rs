//! Types at run time: what a value is tested for, and what containers and fields take from code that does not know them.
//!
//! A container keeps the type of the elements that it was made for, and a shape those of its fields. Code that has them
//! with their static types reads without a test; so whatever stores through an `any` comes by [`Heap::fit`].

use mochi_abi::layout::META_PAYLOAD_MAX;
use mochi_abi::{Arena, Cell, ElemKind, MapType, TypeId};

use crate::heap::Heap;
use crate::trap::Outcome;

/// How a value of a type is represented, to test a value for it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Test {
    /// Anything.
    Any,
    /// None.
    None,
    /// An int of 64 bits.
    Int,
    /// A float.
    Float,
    /// A bool.
    Bool,
    /// A string.
    Str,
    /// A bigint or an int.
    Bigint,
    /// A rational.
    Bigrat,
    /// A function of the type with this number.
    Function(u32),
    /// A list.
    AnyList,
    /// A list made for elements of this type.
    List(TypeId),
    /// A map made for keys and values of these types, where it matters.
    Map(Option<TypeId>, Option<TypeId>),
    /// A struct of one of these shapes.
    Struct(Vec<u32>),
    /// None or the other.
    Option(Box<Test>),
}

/// A type of elements, keys, values or fields.
#[derive(Clone, Debug)]
pub struct Type {
    /// The name in messages.
    pub name: Box<str>,
    /// What its values are like.
    pub test: Test,
}

/// All types of a program that are needed at run time.
#[derive(Debug)]
pub struct Types {
    /// By [`TypeId`].
    types: Vec<Type>,
    /// By [`MapType`]: the types of keys and values.
    maps: Vec<(TypeId, TypeId)>,
}

impl Default for Types {
    fn default() -> Types {
        let fixed = [
            ("any", Test::Any),
            ("int", Test::Int),
            ("float", Test::Float),
            ("bool", Test::Bool),
            ("string", Test::Str),
        ];
        let types: Vec<Type> = fixed.map(|(name, test)| Type { name: name.into(), test }).into();
        debug_assert_eq!(types.len(), TypeId::FIRST.0 as usize);
        let maps = (0..MapType::FIRST.0).map(|pair| MapType(pair).kinds()).collect();
        Types { types, maps }
    }
}

impl Types {
    /// Adds the types that are not there of all that a program numbers from [`TypeId::FIRST`] on.
    pub fn register(&mut self, all: &[Type]) {
        let known = self.types.len() - TypeId::FIRST.0 as usize;
        self.types.extend(all[known..].iter().cloned());
        assert!(self.types.len() <= META_PAYLOAD_MAX as usize, "too many types");
    }
    /// Adds the pairs that are not there of all that a program numbers from [`MapType::FIRST`] on.
    pub fn register_maps(&mut self, all: &[(TypeId, TypeId)]) {
        let known = self.maps.len() - MapType::FIRST.0 as usize;
        self.maps.extend_from_slice(&all[known..]);
        assert!(self.maps.len() <= MapType::MAX.0 as usize, "too many types of maps");
    }
    /// A type. Panics when there is no such number.
    #[inline]
    pub fn get(&self, ty: TypeId) -> &Type {
        &self.types[ty.0 as usize]
    }
    /// The types of the keys and of the values of a map. Panics when there is no such number.
    #[inline]
    pub fn map(&self, ty: MapType) -> (TypeId, TypeId) {
        self.maps[ty.0 as usize]
    }
}

impl Heap {
    /// Whether a value is one of a type.
    pub fn is(&self, cell: Cell, ty: TypeId) -> bool {
        self.passes(cell, &self.types.get(ty).test)
    }

    fn passes(&self, cell: Cell, test: &Test) -> bool {
        match test {
            Test::Any => true,
            Test::None => cell.is_none(),
            Test::Int => cell.is_small_integer() || self.unbox_int(cell).is_some(),
            Test::Float => cell.is_f64(),
            Test::Bool => cell.is_bool(),
            Test::Str => self.is_str(cell),
            Test::Bigint => self.is_int(cell),
            Test::Bigrat => cell.arena() == Some(Arena::Bigrat),
            Test::AnyList => self.is_list(cell),
            Test::List(elem) => self.is_list(cell) && self.list_type(cell) == *elem,
            Test::Map(keys, values) => {
                if !self.is_map(cell) {
                    return false;
                }
                let (k, v) = self.types.map(self.map_type(cell));
                keys.is_none_or(|keys| keys == k) && values.is_none_or(|values| values == v)
            }
            Test::Struct(shapes) => {
                cell.arena() == Some(Arena::Struct) && shapes.contains(&self.payload(cell))
            }
            Test::Function(ty) => {
                cell.arena() == Some(Arena::Closure)
                    && self.shapes.closure(self.payload(cell)).ty == Some(*ty)
            }
            Test::Option(inner) => cell.is_none() || self.passes(cell, inner),
        }
    }

    /// A value as the word of a place of this type, if it is one; none, where structs and functions go, is one.
    #[inline]
    pub fn word_of(&self, cell: Cell, ty: TypeId) -> Option<u64> {
        match ty.kind() {
            ElemKind::Cell if ty == TypeId::ANY => Some(cell.0),
            ElemKind::Cell => {
                let test = &self.types.get(ty).test;
                let absent = cell.is_none() && matches!(test, Test::Struct(_) | Test::Function(_));
                // What was put among bigints is one, so arithmetic goes on with it; those beyond 48 bits stay what they are.
                let kept = if *test == Test::Bigint && cell.is_small_int() { cell.as_bigint() } else { cell };
                (absent || self.passes(cell, test)).then_some(kept.0)
            }
            kind => self.unbox_word(cell, kind),
        }
    }

    /// A value as the word of a place of this type: none is the zero value, and an empty list or map one of the type.
    /// Traps: `cannot cast VALUE to TYPE`, no memory.
    #[inline]
    pub fn fit(&mut self, cell: Cell, ty: TypeId) -> Outcome<u64> {
        match self.word_of(cell, ty) {
            Some(word) => Ok(word),
            None => self.fit_other(cell, ty),
        }
    }

    #[cold]
    fn fit_other(&mut self, cell: Cell, ty: TypeId) -> Outcome<u64> {
        let Type { name, test } = self.types.get(ty);
        let none = cell.is_none();
        match test {
            Test::Int | Test::Float | Test::Bool if none => Ok(0),
            Test::Str if none => Ok(Cell::EMPTY_STR.0),
            Test::Bigint if none => Ok(self.box_bigint(0)?.0),
            &Test::List(elem) if none || self.is_list(cell) && self.list_len(cell) == 0 => {
                Ok(self.list_of(elem, 0)?.0)
            }
            &Test::Map(keys, values) if none || self.is_map(cell) && self.map_len(cell) == 0 => {
                let (keys, values) = (keys.unwrap_or(TypeId::ANY), values.unwrap_or(TypeId::ANY));
                match self.types.maps.iter().position(|&pair| pair == (keys, values)) {
                    Some(pair) => Ok(self.map_of(MapType(pair as u32), 0)?.0),
                    None => Err(self.bad_cast(cell, name)),
                }
            }
            Test::AnyList if none => Ok(self.list_of(TypeId::ANY, 0)?.0),
            _ => Err(self.bad_cast(cell, name)),
        }
    }
}

#[cfg(test)]
mod tests;
