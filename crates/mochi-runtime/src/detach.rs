//! Values on their way from one heap to another: what `eval` gives.
//!
//! Lists and maps keep how they store what is in them, and who shares what, circles included. A struct becomes a map of
//! its fields, since its type belongs to the program that made it; so does the code of a function, which stays behind.

use mochi_abi::{Cell, ElemKind};
use num_bigint::BigInt;
use rustc_hash::FxHashMap;

use crate::heap::Heap;
use crate::number::Num;
use crate::ratio::Ratio;
use crate::trap::Outcome;
use crate::value::Kind;

/// A value that belongs to no heap.
#[derive(Clone, PartialEq, Debug)]
pub struct Detached {
    root: Part,
    /// What parts refer to by position; before the parts that it is made of, but for circles.
    nodes: Vec<Node>,
}

#[derive(Clone, PartialEq, Debug)]
enum Part {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Box<str>),
    Big(BigInt),
    Ratio(Ratio),
    Node(u32),
}

#[derive(Clone, PartialEq, Debug)]
enum Node {
    List(ElemKind, Vec<Part>),
    /// How keys and values are stored, and the entries.
    Map(ElemKind, ElemKind, Vec<(Part, Part)>),
}

/// A value cannot leave its program: there is a function in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HasFunction;

impl Detached {
    /// The absent value.
    pub fn none() -> Detached {
        Detached { root: Part::None, nodes: Vec::new() }
    }
}

/// Copies a value out of a heap.
struct Leaving<'a> {
    heap: &'a Heap,
    /// Positions of objects that were met.
    known: FxHashMap<u64, u32>,
    /// Objects by position.
    met: Vec<Cell>,
}

impl Heap {
    /// A copy of a value that belongs to no heap.
    pub fn detach(&self, cell: Cell) -> Result<Detached, HasFunction> {
        let mut leaving = Leaving { heap: self, known: FxHashMap::default(), met: Vec::new() };
        let root = leaving.part(cell)?;
        let mut nodes = Vec::new();
        while let Some(&cell) = leaving.met.get(nodes.len()) {
            nodes.push(leaving.node(cell)?);
        }
        Ok(Detached { root, nodes })
    }

    /// A copy of a value in this heap. Traps: no memory.
    pub fn attach(&mut self, value: &Detached) -> Outcome<Cell> {
        let mut cells = Vec::with_capacity(value.nodes.len());
        for node in &value.nodes {
            cells.push(match node {
                Node::List(kind, items) => self.list_new(*kind, items.len())?,
                Node::Map(keys, values, entries) => self.map_new(*keys, *values, entries.len())?,
            });
        }
        // Parts first, since maps look at their keys.
        for (node, &cell) in value.nodes.iter().zip(&cells).rev() {
            match node {
                Node::List(_, items) => {
                    for item in items {
                        let item = self.arrive(item, &cells)?;
                        self.list_push(cell, item.0, ElemKind::Cell)?;
                    }
                }
                Node::Map(_, _, entries) => {
                    for (key, value) in entries {
                        let (key, value) = (self.arrive(key, &cells)?, self.arrive(value, &cells)?);
                        self.map_set(cell, key.0, ElemKind::Cell, value.0, ElemKind::Cell)?;
                    }
                }
            }
        }
        self.arrive(&value.root, &cells)
    }

    fn arrive(&mut self, part: &Part, cells: &[Cell]) -> Outcome<Cell> {
        Ok(match part {
            Part::None => Cell::NONE,
            Part::Bool(value) => Cell::from_bool(*value),
            Part::Int(value) => self.box_int(*value)?,
            Part::Float(value) => Cell::from_f64(*value),
            Part::Str(text) => self.new_str(text)?,
            Part::Big(value) => self.box_big(value.clone())?,
            Part::Ratio(value) => self.box_ratio(value.clone())?,
            Part::Node(at) => cells[*at as usize],
        })
    }
}

impl Leaving<'_> {
    fn part(&mut self, cell: Cell) -> Result<Part, HasFunction> {
        let heap = self.heap;
        Ok(match heap.kind(cell) {
            Kind::None => Part::None,
            Kind::Bool => Part::Bool(cell.as_bool()),
            Kind::Float => Part::Float(cell.as_f64()),
            Kind::Str => Part::Str(heap.str(&cell).into()),
            Kind::Int | Kind::Bigint => match heap.num(cell) {
                Some(Num::Big(value)) => Part::Big(value.clone()),
                Some(Num::Int(value)) if heap.is_bigint(cell) => Part::Big(value.into()),
                _ => Part::Int(heap.unbox_int(cell).unwrap_or(0)),
            },
            Kind::Bigrat => match heap.num(cell) {
                Some(Num::Ratio(value)) => Part::Ratio(value.clone()),
                _ => Part::None,
            },
            Kind::List | Kind::Map | Kind::Struct => {
                let next = self.met.len() as u32;
                let at = *self.known.entry(cell.0).or_insert(next);
                if at == next {
                    self.met.push(cell);
                }
                Part::Node(at)
            }
            Kind::Function => return Err(HasFunction),
        })
    }

    fn word(&mut self, word: u64, kind: ElemKind) -> Result<Part, HasFunction> {
        match kind {
            ElemKind::Cell => self.part(Cell(word)),
            ElemKind::I64 => Ok(Part::Int(word as i64)),
            ElemKind::F64 => Ok(Part::Float(f64::from_bits(word))),
            ElemKind::Bool => Ok(Part::Bool(word != 0)),
        }
    }

    fn node(&mut self, cell: Cell) -> Result<Node, HasFunction> {
        let heap = self.heap;
        Ok(match heap.kind(cell) {
            Kind::List => {
                let kind = heap.list_kind(cell);
                let items = (0..heap.list_len(cell)).map(|at| self.word(heap.list_word(cell, at), kind));
                Node::List(kind, items.collect::<Result<_, _>>()?)
            }
            Kind::Map => {
                let (keys, values) = (heap.map_key_kind(cell), heap.map_value_kind(cell));
                let mut entries = Vec::with_capacity(heap.map_len(cell));
                for at in 0..heap.map_len(cell) {
                    let (key, value) = heap.map_entry(cell, at);
                    entries.push((self.word(key, keys)?, self.word(value, values)?));
                }
                Node::Map(keys, values, entries)
            }
            _ => {
                let shape = &heap.shapes.structs[heap.payload(cell) as usize];
                let mut entries = Vec::with_capacity(shape.fields.len());
                for ((name, ty), &word) in shape.fields.iter().zip(heap.words(cell)) {
                    entries.push((Part::Str(name.as_str().into()), self.word(word, ty.kind())?));
                }
                Node::Map(ElemKind::Cell, ElemKind::Cell, entries)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mochi_abi::TypeId;

    fn heap() -> Heap {
        Heap::new(64 << 20).expect("address space")
    }

    #[test]
    fn what_is_shared_stays_shared() {
        let mut from = heap();
        let inner = from.list_from(ElemKind::I64, &[1, 2]).unwrap();
        let outer = from.list_from(ElemKind::Cell, &[inner.0, inner.0]).unwrap();
        let detached = from.detach(outer).unwrap();
        let mut to = heap();
        let copy = to.attach(&detached).unwrap();
        assert_eq!(to.list_word(copy, 0), to.list_word(copy, 1));
        let inner = Cell(to.list_word(copy, 0));
        assert_eq!((to.list_kind(inner), to.list_word(inner, 1)), (ElemKind::I64, 2));
    }

    #[test]
    fn circles_come_across() {
        let mut from = heap();
        let list = from.list_new(ElemKind::Cell, 0).unwrap();
        let map = from.map_new(ElemKind::Cell, ElemKind::Cell, 0).unwrap();
        let key = from.new_str("a key that is long enough for an object").unwrap();
        from.map_set(map, key.0, ElemKind::Cell, list.0, ElemKind::Cell).unwrap();
        from.list_push(list, map.0, ElemKind::Cell).unwrap();
        let mut to = heap();
        let copy = to.attach(&from.detach(list).unwrap()).unwrap();
        let map = Cell(to.list_word(copy, 0));
        assert_eq!(to.map_entry(map, 0).1, copy.0);
    }

    #[test]
    fn structs_become_maps_and_functions_stay() {
        let mut from = heap();
        let fields = [("n".to_string(), TypeId::INT), ("next".to_string(), TypeId::ANY)];
        let shape = from.register_struct("Node", &fields).unwrap();
        let node = from.alloc_struct(shape).unwrap();
        from.words_mut(node).copy_from_slice(&[5, Cell::NONE.0]);
        let mut to = heap();
        let copy = to.attach(&from.detach(node).unwrap()).unwrap();
        let key = to.new_str("n").unwrap();
        let value = to.map_get_cell(copy, key).map(Cell);
        assert_eq!(value.and_then(|cell| to.unbox_int(cell)), Some(5));
        from.register_closure(0, &[], 0, false);
        let function = from.alloc_closure(0).unwrap();
        let list = from.list_from(ElemKind::Cell, &[function.0]).unwrap();
        assert_eq!(from.detach(list), Err(HasFunction));
    }
}
