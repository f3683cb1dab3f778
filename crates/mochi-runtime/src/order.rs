//! Order of cells: numbers by value, strings by code point, false before true, lists element by element, maps and
//! structs by their sorted keys and values; inside of them, none after everything.
//!
//! As equality, it works off an explicit stack and takes a pair of containers that was met before as equal.

use std::cmp::Ordering;

use mochi_abi::{Cell, ElemKind};
use rustc_hash::FxHashSet;

use crate::equal::Item;
use crate::heap::Heap;
use crate::heap::slot::MapSlot;
use crate::number::{self, Num};
use crate::trap::{Outcome, Trap};
use crate::value::Kind;

/// What to do with values that have no order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gaps {
    /// They are a run-time error.
    Trap,
    /// They get some fixed order.
    Fill,
}

/// Two containers of one kind that are being compared, and how far.
struct Frame {
    pair: (Cell, Cell),
    at: usize,
    /// Positions of the entries of maps in ascending order of keys.
    orders: Option<(Vec<u32>, Vec<u32>)>,
}

/// Steps that are made before pairs are remembered.
const FREE_PAIRS: usize = 256;

impl Heap {
    /// Order of two values; `None` when one is none or NaN. Traps: values that have no order.
    pub fn compare(&self, a: Cell, b: Cell) -> Outcome<Option<Ordering>> {
        if a.is_none() || b.is_none() {
            return Ok(None);
        }
        if let (Some(a), Some(b)) = (self.num(a), self.num(b)) {
            return Ok(number::compare(a, b));
        }
        self.deep_order(a, b, Gaps::Trap).map(Some)
    }

    /// The order of `sort by`: as of values inside of lists, where none has its place. Traps: values that have no order.
    pub fn sort_order(&self, a: Cell, b: Cell) -> Outcome<Ordering> {
        self.deep_order(a, b, Gaps::Trap)
    }

    /// An order of all values in which equal keys are equal.
    pub(crate) fn total_order(&self, a: Cell, b: Cell) -> Ordering {
        match self.nested(|heap| heap.deep_order(a, b, Gaps::Fill)) {
            Some(Ok(order)) => order,
            Some(Err(_)) | None => Ordering::Equal,
        }
    }

    fn deep_order(&self, a: Cell, b: Cell, gaps: Gaps) -> Outcome<Ordering> {
        let mut frames: Vec<Frame> = Vec::new();
        let mut seen = FxHashSet::default();
        let mut steps = 0;
        let mut next = Some((Item::Cell(a), Item::Cell(b)));
        loop {
            let order = match next {
                Some((a, b)) => match self.flat_order(a, b, gaps)? {
                    Some(order) => order,
                    None => {
                        let (Item::Cell(a), Item::Cell(b)) = (a, b) else {
                            unreachable!("an int has an order")
                        };
                        steps += 1;
                        if steps <= FREE_PAIRS || seen.insert((a, b)) {
                            let orders = self.is_map(a).then(|| {
                                (self.sorted_positions(self.map(a)), self.sorted_positions(self.map(b)))
                            });
                            frames.push(Frame { pair: (a, b), at: 0, orders });
                        }
                        Ordering::Equal
                    }
                },
                // A container ended: its length decides, which `step` reported as an order of ints.
                None => Ordering::Equal,
            };
            if order.is_ne() {
                return Ok(order);
            }
            let Some(frame) = frames.last_mut() else { return Ok(Ordering::Equal) };
            next = self.step(frame);
            if next.is_none() {
                frames.pop();
            }
        }
    }

    /// The next two parts to compare; the lengths when one container ends before the other.
    fn step(&self, frame: &mut Frame) -> Option<(Item, Item)> {
        let (a, b) = frame.pair;
        let at = frame.at;
        frame.at += 1;
        let lengths = |a: usize, b: usize| (a != b).then_some((Item::Int(a as i64), Item::Int(b as i64)));
        if let Some((left, right)) = &frame.orders {
            // Keys at even steps, values at odd ones.
            let (i, column) = (at / 2, at % 2);
            let (Some(&p), Some(&q)) = (left.get(i), right.get(i)) else {
                return lengths(left.len(), right.len());
            };
            let item = |map: &MapSlot, at: u32| {
                let entry = map.entry(at as usize);
                if column == 0 {
                    Item::new(entry.key, map.keys())
                } else {
                    Item::new(entry.value, map.values())
                }
            };
            return Some((item(self.map(a), p), item(self.map(b), q)));
        }
        if self.is_list(a) {
            let (m, n) = (self.list_len(a), self.list_len(b));
            if at >= m.min(n) {
                return lengths(m, n);
            }
            let item = |list: Cell| Item::new(self.list_word(list, at), self.list_kind(list));
            return Some((item(a), item(b)));
        }
        // Structs: names first, so that fields are compared with fields of the same name.
        let shape = |cell: Cell| &self.shapes.structs[self.payload(cell) as usize];
        let (left, right) = (shape(a), shape(b));
        if at == 0 {
            return Some((Item::Cell(left.name_cell), Item::Cell(right.name_cell)));
        }
        let (i, column) = ((at - 1) / 2, (at - 1) % 2);
        let (Some(&p), Some(&q)) = (left.sorted.get(i), right.sorted.get(i)) else {
            return lengths(left.sorted.len(), right.sorted.len());
        };
        if column == 0 {
            return Some((Item::Cell(left.name_cells[i]), Item::Cell(right.name_cells[i])));
        }
        let item = |cell: Cell, kind: ElemKind, at: u32| Item::new(self.words(cell)[at as usize], kind);
        Some((item(a, left.fields[p as usize].1.kind(), p), item(b, right.fields[q as usize].1.kind(), q)))
    }

    /// The order of two items; `None` when they are containers of one kind.
    fn flat_order(&self, a: Item, b: Item, gaps: Gaps) -> Outcome<Option<Ordering>> {
        if let (Some(a), Some(b)) = (self.item_num(a), self.item_num(b)) {
            let nan = |num: Num<'_>| matches!(num, Num::Float(f) if f.is_nan());
            // NaN comes after all numbers.
            return Ok(Some(number::compare(a, b).unwrap_or_else(|| nan(a).cmp(&nan(b)))));
        }
        let (left, right) = (self.item_kind(a), self.item_kind(b));
        if left == Kind::None || right == Kind::None {
            return Ok(Some((left == Kind::None).cmp(&(right == Kind::None))));
        }
        let (Item::Cell(x), Item::Cell(y)) = (a, b) else { return self.gap(a, b, gaps) };
        if left != right {
            return self.gap(a, b, gaps);
        }
        match left {
            Kind::Str => Ok(Some(self.str_cmp(x, y))),
            Kind::Bool => Ok(Some(x.as_bool().cmp(&y.as_bool()))),
            Kind::List | Kind::Map | Kind::Struct if x != y => Ok(None),
            Kind::List | Kind::Map | Kind::Struct => Ok(Some(Ordering::Equal)),
            Kind::None | Kind::Int | Kind::Bigint | Kind::Bigrat | Kind::Float | Kind::Function => {
                self.gap(a, b, gaps)
            }
        }
    }

    fn gap(&self, a: Item, b: Item, gaps: Gaps) -> Outcome<Option<Ordering>> {
        let name = |item: Item| match item {
            Item::Int(_) => Kind::Int.name(),
            Item::Cell(cell) => self.type_name(cell),
        };
        if gaps == Gaps::Trap {
            return Err(Trap::operator("<", name(a), name(b)));
        }
        let rank = |item: Item| match (self.item_kind(item), item) {
            (Kind::Bigint | Kind::Bigrat | Kind::Float, _) | (_, Item::Int(_)) => (Kind::Int, 0),
            (kind, Item::Cell(cell)) => {
                (kind, if kind == Kind::Function { self.function(cell).0 } else { 0 })
            }
        };
        Ok(Some(rank(a).cmp(&rank(b))))
    }

    /// Positions of a map's entries in ascending order of their keys.
    pub(crate) fn sorted_positions(&self, map: &MapSlot) -> Vec<u32> {
        let mut order: Vec<u32> = (0..map.len as u32).collect();
        if map.sorted == map.len {
            return order;
        }
        let key = |at: u32| map.entry(at as usize).key;
        if map.keys() == ElemKind::I64 {
            order.sort_by_key(|&at| key(at) as i64);
        } else {
            order.sort_by(|&a, &b| self.key_order(Cell(key(a)), Cell(key(b))));
        }
        order
    }
}
