//! Structural equality and hashing of cells.
//!
//! Both work off an explicit stack, so depth is no problem, and end for structures that contain themselves: a pair of
//! containers that was met before is taken as equal, since it is compared only once; a hash looks at a bounded part.

use mochi_abi::{Cell, ElemKind};
use rustc_hash::FxHashSet;

use crate::hash;
use crate::heap::Heap;
use crate::heap::slot::MapSlot;
use crate::number::{self, Num, hash_num};
use crate::value::Kind;

/// An element of a container: what a cell holds, or an int that would need a slot to be a cell.
#[derive(Clone, Copy)]
pub(crate) enum Item {
    Int(i64),
    Cell(Cell),
}

impl Item {
    /// A word of a container.
    #[inline]
    pub(crate) fn new(word: u64, kind: ElemKind) -> Item {
        match kind {
            ElemKind::Cell => Item::Cell(Cell(word)),
            ElemKind::I64 => Item::Int(word as i64),
            ElemKind::F64 => Item::Cell(Cell::from_f64(f64::from_bits(word))),
            ElemKind::Bool => Item::Cell(Cell::from_bool(word != 0)),
        }
    }
}

/// What comparing two items without looking into them tells.
enum Flat {
    Known(bool),
    /// Containers of one kind.
    Deep(Cell, Cell),
}

/// Pairs that are compared before they are remembered: small structures need no set.
const FREE_PAIRS: usize = 256;
/// Elements that a hash looks at.
const HASHED: usize = 128;
/// Maps in maps that a hash looks into.
const MAP_LEVELS: u32 = 2;
/// Containers as keys of maps within containers as keys, and so on, are told apart down to this depth.
const KEY_DEPTH: u32 = 200;

impl Heap {
    /// `==` of the language.
    pub fn equal(&self, a: Cell, b: Cell) -> bool {
        self.item_equal(Item::Cell(a), b)
    }

    /// `==` of an item and a cell.
    pub(crate) fn item_equal(&self, a: Item, b: Cell) -> bool {
        match self.flat_equal(a, Item::Cell(b)) {
            Flat::Known(equal) => equal,
            Flat::Deep(a, b) => self.nested(|heap| heap.deep_equal(a, b)).unwrap_or(false),
        }
    }

    /// Runs a comparison that may compare keys; `None` when that would go too deep.
    pub(crate) fn nested<T>(&self, compare: impl FnOnce(&Heap) -> T) -> Option<T> {
        let depth = self.key_depth.get();
        if depth >= KEY_DEPTH {
            return None;
        }
        self.key_depth.set(depth + 1);
        let result = compare(self);
        self.key_depth.set(depth);
        Some(result)
    }

    /// The number that an item is.
    pub(crate) fn item_num(&self, item: Item) -> Option<Num<'_>> {
        match item {
            Item::Int(value) => Some(Num::Int(value)),
            Item::Cell(cell) => self.num(cell),
        }
    }

    /// The kind of an item.
    pub(crate) fn item_kind(&self, item: Item) -> Kind {
        match item {
            Item::Int(_) => Kind::Int,
            Item::Cell(cell) => self.kind(cell),
        }
    }

    /// The function itself behind one that may be it under another type: what makes its identity.
    pub(crate) fn function(&self, mut cell: Cell) -> Cell {
        while self.shapes.closure(self.payload(cell)).adapter {
            cell = Cell(self.words(cell)[0]);
        }
        cell
    }

    fn flat_equal(&self, a: Item, b: Item) -> Flat {
        if let (Some(a), Some(b)) = (self.item_num(a), self.item_num(b)) {
            return Flat::Known(number::compare(a, b).is_some_and(|order| order.is_eq()));
        }
        let (Item::Cell(a), Item::Cell(b)) = (a, b) else { return Flat::Known(false) };
        if a == b {
            return Flat::Known(true);
        }
        let kind = self.kind(a);
        if kind != self.kind(b) {
            return Flat::Known(false);
        }
        match kind {
            Kind::Str => Flat::Known(self.str_eq(a, b)),
            Kind::List | Kind::Map | Kind::Struct => Flat::Deep(a, b),
            Kind::None | Kind::Bool | Kind::Int | Kind::Bigint | Kind::Bigrat | Kind::Float => {
                Flat::Known(false)
            }
            Kind::Function => Flat::Known(self.function(a) == self.function(b)),
        }
    }

    fn deep_equal(&self, a: Cell, b: Cell) -> bool {
        let mut pairs = vec![(a, b)];
        let mut seen = FxHashSet::default();
        let mut steps = 0;
        while let Some((a, b)) = pairs.pop() {
            steps += 1;
            if steps > FREE_PAIRS && !seen.insert((a, b)) {
                continue;
            }
            let mut equal = |a: Item, b: Item| match self.flat_equal(a, b) {
                Flat::Known(equal) => equal,
                Flat::Deep(a, b) => {
                    pairs.push((a, b));
                    true
                }
            };
            let all = match self.kind(a) {
                Kind::List => self.lists_equal(a, b, &mut equal),
                Kind::Map => self.maps_equal(self.map(a), self.map(b), &mut equal),
                Kind::Struct => self.structs_equal(a, b, &mut equal),
                _ => unreachable!("only containers are compared deeply"),
            };
            if !all {
                return false;
            }
        }
        true
    }

    fn lists_equal(&self, a: Cell, b: Cell, equal: &mut impl FnMut(Item, Item) -> bool) -> bool {
        let (left, right) = (self.list_kind(a), self.list_kind(b));
        let len = self.list_len(a);
        len == self.list_len(b)
            && (0..len)
                .all(|i| equal(Item::new(self.list_word(a, i), left), Item::new(self.list_word(b, i), right)))
    }

    fn maps_equal(&self, a: &MapSlot, b: &MapSlot, equal: &mut impl FnMut(Item, Item) -> bool) -> bool {
        a.len == b.len
            && a.entries().iter().all(|entry| match self.find_item(b, Item::new(entry.key, a.keys())) {
                Some(at) => {
                    equal(Item::new(entry.value, a.values()), Item::new(b.entry(at).value, b.values()))
                }
                None => false,
            })
    }

    fn structs_equal(&self, a: Cell, b: Cell, equal: &mut impl FnMut(Item, Item) -> bool) -> bool {
        let left = &self.shapes.structs[self.payload(a) as usize];
        let right = &self.shapes.structs[self.payload(b) as usize];
        let (words, others) = (self.words(a), self.words(b));
        (std::ptr::eq(left, right) || left.is_like(right))
            && left.sorted.iter().zip(&right.sorted).all(|(&i, &j)| {
                let (i, j) = (i as usize, j as usize);
                equal(
                    Item::new(words[i], left.fields[i].1.kind()),
                    Item::new(others[j], right.fields[j].1.kind()),
                )
            })
    }

    /// Hash of a cell: equal for equal cells.
    pub(crate) fn hash_cell(&self, cell: Cell) -> u64 {
        self.hash_item(Item::Cell(cell))
    }

    /// Hash of an item.
    pub(crate) fn hash_item(&self, item: Item) -> u64 {
        if let Some(num) = self.item_num(item) {
            return hash::mix(hash_num(num));
        }
        let mut state = 0;
        let mut budget = HASHED;
        let mut pending = vec![item];
        while let Some(item) = pending.pop() {
            state = hash::mix(state ^ self.hash_flat(item, |item| pending.push(item)));
            budget -= 1;
            if budget == 0 {
                break;
            }
        }
        state
    }

    /// Hash of an item without its parts, which are passed on, as many as a hash looks at.
    fn hash_flat(&self, item: Item, mut part: impl FnMut(Item)) -> u64 {
        if let Some(num) = self.item_num(item) {
            return hash_num(num);
        }
        let Item::Cell(cell) = item else { unreachable!("an int is a number") };
        match self.kind(cell) {
            Kind::Str => self.str_hash(cell),
            Kind::List => {
                let (kind, len) = (self.list_kind(cell), self.list_len(cell));
                for at in (0..len.min(HASHED)).rev() {
                    part(Item::new(self.list_word(cell, at), kind));
                }
                hash::mix(len as u64 ^ 1 << 32)
            }
            Kind::Map => self.hash_map(cell, MAP_LEVELS),
            Kind::Struct => {
                let shape = &self.shapes.structs[self.payload(cell) as usize];
                let words = self.words(cell);
                for &field in shape.sorted.iter().take(HASHED).rev() {
                    part(Item::new(words[field as usize], shape.fields[field as usize].1.kind()));
                }
                shape.hash
            }
            Kind::None | Kind::Bool | Kind::Int | Kind::Bigint | Kind::Bigrat | Kind::Float => {
                hash::mix(cell.0)
            }
            Kind::Function => hash::mix(self.function(cell).0),
        }
    }

    /// Hash of a map. The order of entries differs between equal maps, so those of small maps are added up, and of large
    /// ones the hash tells the length only.
    fn hash_map(&self, cell: Cell, levels: u32) -> u64 {
        let map = self.map(cell);
        let len = hash::mix(map.len ^ 2 << 32);
        if levels == 0 || map.len > HASHED as u64 {
            return len;
        }
        map.entries().iter().fold(len, |sum, entry| {
            let key = self.hash_shallow(Item::new(entry.key, map.keys()), levels - 1);
            let value = self.hash_shallow(Item::new(entry.value, map.values()), levels - 1);
            sum.wrapping_add(hash::mix(key ^ value.rotate_left(32)))
        })
    }

    /// Hash of an item that looks into maps only, and so many levels deep.
    fn hash_shallow(&self, item: Item, levels: u32) -> u64 {
        match item {
            Item::Cell(cell) if self.kind(cell) == Kind::Map => self.hash_map(cell, levels),
            _ => self.hash_flat(item, |_| {}),
        }
    }
}

#[cfg(test)]
mod tests;
