//! Structs, closures and refs: slots of words, whose meaning the registered shapes tell.

use mochi_abi::layout::{FLAG_CELL, META_PAYLOAD_MAX, META_SHIFT, PARTIAL, WORDS};
use mochi_abi::{Arena, Cell, ElemKind, TypeId};

use super::block::ClassId;
use super::slot::{Head, WordSlot};
use super::{Heap, bad_handle};
use crate::shape::Shape;
use crate::trap::Outcome;

impl Heap {
    /// Adds a string constant; its number is the position in `consts`. Traps: no memory.
    pub fn register_const(&mut self, text: &str) -> Outcome<Cell> {
        let cell = self.new_str(text)?;
        self.consts.push(cell);
        Ok(cell)
    }

    /// Registers a struct or variant; its number counts from 0. Traps: no memory.
    pub fn register_struct(&mut self, name: &str, fields: &[(String, TypeId)]) -> Outcome<u32> {
        let mut shape = Shape::new(name, fields);
        shape.name_cell = self.new_str(&shape.name)?;
        for &field in &shape.sorted {
            let cell = self.new_str(&shape.fields[field as usize].0)?;
            shape.name_cells.push(cell);
        }
        let number = self.shapes.structs.len() as u32;
        assert!(number <= META_PAYLOAD_MAX, "too many structs");
        self.shapes.structs.push(shape);
        Ok(number)
    }

    /// Registers what closures of a function capture, the number of their type, and whether they are what they capture
    /// first, a function, under another type.
    pub fn register_closure(&mut self, function: u32, kinds: &[ElemKind], ty: u32, adapter: bool) {
        self.shapes.set_closure(function, kinds, ty, adapter);
    }

    /// A new struct of a registered shape; its words are arbitrary.
    #[inline]
    pub fn alloc_struct(&mut self, shape: u32) -> Outcome<Cell> {
        let class = self.shapes.structs[shape as usize].class;
        self.alloc(class, Arena::Struct, shape << META_SHIFT)
    }

    /// A new closure of a function; its words are arbitrary.
    #[inline]
    pub fn alloc_closure(&mut self, function: u32) -> Outcome<Cell> {
        let class = self.shapes.closure(function).class;
        self.alloc(class, Arena::Closure, function << META_SHIFT)
    }

    /// A function value that waits for the rest of the arguments of a function, or of another one that waits. Traps: no
    /// memory.
    pub fn alloc_partial(&mut self, function: Cell, args: impl Iterator<Item = u64>) -> Outcome<Cell> {
        let (function, mut words) = match self.partial(function) {
            Some((inner, has)) => {
                (inner, (0..self.list_len(has)).map(|at| self.list_word(has, at)).collect())
            }
            None => (function, Vec::new()),
        };
        words.extend(args);
        let list = self.list_from(ElemKind::Cell, &words)?;
        let cell = self.alloc_closure(PARTIAL)?;
        self.words_mut(cell).copy_from_slice(&[function.0, list.0]);
        Ok(cell)
    }

    /// The function that a closure waits for the rest of the arguments of, which is no such closure itself, and the list
    /// of those that it has.
    pub fn partial(&self, closure: Cell) -> Option<(Cell, Cell)> {
        (self.payload(closure) == PARTIAL).then(|| {
            let words = self.words(closure);
            (Cell(words[0]), Cell(words[1]))
        })
    }

    /// A new ref with its word.
    #[inline]
    pub fn alloc_ref(&mut self, word: u64, kind: ElemKind) -> Outcome<Cell> {
        let flags = if kind == ElemKind::Cell { FLAG_CELL } else { 0 };
        let cell = self.alloc(ClassId::of(Arena::Ref, 2), Arena::Ref, flags)?;
        // SAFETY: the new slot has two granules.
        unsafe { (*self.at(cell.index()).cast::<WordSlot>()).word = word };
        Ok(cell)
    }

    /// The words of a struct, closure or ref: its fields in order of declaration, its captured values, its one word.
    #[inline]
    pub fn words(&self, cell: Cell) -> &[u64] {
        let (start, len) = self.word_span(cell);
        // SAFETY: a live slot of these arenas has as many words as its shape says, and `&self` keeps it unchanged.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    /// The words of a struct, closure or ref, to be written.
    #[inline]
    pub fn words_mut(&mut self, cell: Cell) -> &mut [u64] {
        let (start, len) = self.word_span(cell);
        // SAFETY: as in `words`, and `&mut self` excludes other references.
        unsafe { std::slice::from_raw_parts_mut(start, len) }
    }

    #[inline]
    fn word_span(&self, cell: Cell) -> (*mut u64, usize) {
        let arena = cell.arena();
        let slot = self.slot_of(cell, arena.unwrap_or(Arena::Struct));
        // SAFETY: `slot_of` returned a live slot.
        let head = unsafe { &*slot.cast::<Head>() };
        let len = match arena {
            Some(Arena::Struct) => self.shapes.structs[head.payload() as usize].fields.len(),
            Some(Arena::Closure) => self.shapes.closure(head.payload()).kinds.len(),
            Some(Arena::Ref) => 1,
            _ => bad_handle(cell, Arena::Struct),
        };
        (slot.wrapping_add(WORDS).cast(), len)
    }

    /// The meta payload of a live object: shape of a struct, function of a closure, type of a list's
    /// elements, kinds and type of a map.
    #[inline]
    pub fn payload(&self, cell: Cell) -> u32 {
        match self.slot(cell) {
            // SAFETY: `slot` returned a live slot.
            Some(slot) => unsafe { (*slot.cast::<Head>()).payload() },
            None => bad_handle(cell, Arena::Struct),
        }
    }

    /// The meta word of a live object.
    pub fn meta(&self, cell: Cell) -> u32 {
        match self.slot(cell) {
            // SAFETY: `slot` returned a live slot.
            Some(slot) => unsafe { (*slot.cast::<Head>()).meta },
            None => bad_handle(cell, Arena::Struct),
        }
    }
}
