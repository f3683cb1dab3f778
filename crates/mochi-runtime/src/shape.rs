//! Layouts of structs and closures, registered once by the program before it runs.

use std::sync::LazyLock;

use mochi_abi::layout::{PARTIAL, WORDS_MAX};
use mochi_abi::{Arena, Cell, ElemKind, GROUP_NAME, TypeId};

use crate::hash;
use crate::heap::block::ClassId;

/// A struct or a variant of a union.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The name that programs print.
    pub name: String,
    /// The name as a string cell, kept alive by the heap.
    pub name_cell: Cell,
    /// Fields in order of declaration: name and type.
    pub fields: Vec<(String, TypeId)>,
    /// Positions of the fields in ascending order of their names.
    pub sorted: Vec<u32>,
    /// Names of the fields as string cells, in the order of `sorted`.
    pub name_cells: Vec<Cell>,
    /// Positions of the words that are cells.
    pub cells: Box<[u16]>,
    /// Class of its slots.
    pub class: ClassId,
    /// Whether values are groups of a query: they count, contain and enumerate like the list of their items.
    pub group: bool,
    /// Hash of its name and the names of its fields.
    pub hash: u64,
}

impl Shape {
    /// A shape without its name cells. The number of fields is at most [`WORDS_MAX`].
    pub(crate) fn new(name: &str, fields: &[(String, TypeId)]) -> Shape {
        let group = name == GROUP_NAME;
        // Groups are printed as records.
        let name = if group { "" } else { name };
        assert!(fields.len() <= WORDS_MAX, "a struct has at most {WORDS_MAX} fields");
        let mut sorted: Vec<u32> = (0..fields.len() as u32).collect();
        sorted.sort_by(|&a, &b| fields[a as usize].0.cmp(&fields[b as usize].0));
        let mut hash = hash::bytes(name.as_bytes());
        for &field in &sorted {
            hash = hash::mix(hash ^ hash::bytes(fields[field as usize].0.as_bytes()));
        }
        Shape {
            name: name.to_owned(),
            name_cell: Cell::EMPTY_STR,
            fields: fields.to_vec(),
            sorted,
            name_cells: Vec::new(),
            cells: cell_positions(fields.iter().map(|&(_, ty)| ty.kind())),
            class: ClassId::of(Arena::Struct, fields.len() as u32 + 1),
            group,
            hash,
        }
    }
    /// The position in order of declaration of a field.
    pub fn field(&self, name: &str) -> Option<usize> {
        let at = self.sorted.binary_search_by(|&f| self.fields[f as usize].0.as_str().cmp(name)).ok()?;
        Some(self.sorted[at] as usize)
    }
    /// Whether both have one name and the same names of fields.
    pub fn is_like(&self, other: &Shape) -> bool {
        let names = |shape: &Shape, i: usize| shape.fields[shape.sorted[i] as usize].0.clone();
        self.hash == other.hash
            && self.name == other.name
            && self.fields.len() == other.fields.len()
            && (0..self.fields.len()).all(|i| names(self, i) == names(other, i))
    }
}

/// What a function value captures.
#[derive(Clone, Debug)]
pub struct ClosureShape {
    /// How each captured word is stored.
    pub kinds: Vec<ElemKind>,
    /// Positions of the words that are cells.
    pub cells: Box<[u16]>,
    /// The number of the type of the function values; one that waits for arguments has none and is called as an `any`.
    pub ty: Option<u32>,
    /// The value is the function that it captures first, under another type.
    pub adapter: bool,
    /// Class of its slots.
    pub class: ClassId,
}

/// What closures capture that wait for the rest of their arguments.
static PARTIAL_SHAPE: LazyLock<ClosureShape> =
    LazyLock::new(|| ClosureShape::new(&[ElemKind::Cell; 2], None, false));

impl ClosureShape {
    fn new(kinds: &[ElemKind], ty: Option<u32>, adapter: bool) -> Self {
        ClosureShape {
            kinds: kinds.to_vec(),
            ty,
            adapter,
            cells: cell_positions(kinds.iter().copied()),
            class: ClassId::of(Arena::Closure, kinds.len() as u32 + 1),
        }
    }
}

/// All shapes of a program.
#[derive(Default, Debug)]
pub struct Shapes {
    /// By shape number.
    pub structs: Vec<Shape>,
    /// By function number; `None` for functions that are never values.
    closures: Vec<Option<ClosureShape>>,
}

impl Shapes {
    /// See [`Heap::register_closure`](crate::Heap::register_closure).
    pub(crate) fn set_closure(&mut self, function: u32, kinds: &[ElemKind], ty: u32, adapter: bool) {
        assert!(kinds.len() <= WORDS_MAX, "a function captures at most {WORDS_MAX} words");
        assert!(function < PARTIAL, "too many functions");
        let at = function as usize;
        if self.closures.len() <= at {
            self.closures.resize(at + 1, None);
        }
        self.closures[at] = Some(ClosureShape::new(kinds, Some(ty), adapter));
    }
    /// What closures of a function capture. Panics for a function that was not registered.
    #[inline]
    pub fn closure(&self, function: u32) -> &ClosureShape {
        match self.closures.get(function as usize) {
            Some(Some(shape)) => shape,
            _ if function == PARTIAL => &PARTIAL_SHAPE,
            _ => panic!("internal error: function {function} has no closure shape"),
        }
    }
}

fn cell_positions(kinds: impl Iterator<Item = ElemKind>) -> Box<[u16]> {
    kinds.enumerate().filter(|&(_, kind)| kind == ElemKind::Cell).map(|(i, _)| i as u16).collect()
}
