use std::cmp::Ordering;

use mochi_abi::{Cell, ElemKind, TypeId};

use crate::heap::Heap;
use crate::testing::{heap, int, list, map, rounds, text};

/// Equal cells have equal hashes, and both agree with the expectation.
fn check(heap: &Heap, a: Cell, b: Cell, expected: bool) {
    assert_eq!(heap.equal(a, b), expected, "{} == {}", heap.describe(a), heap.describe(b));
    assert_eq!(heap.equal(b, a), expected);
    if expected {
        assert_eq!(heap.hash_cell(a), heap.hash_cell(b), "{} and {}", heap.describe(a), heap.describe(b));
    }
}

#[test]
fn numbers_are_equal_by_value() {
    let mut heap = heap();
    let big = |heap: &mut Heap, power: i64| {
        let (two, power) = (int(heap, 2), int(heap, power));
        heap.big_pow(two, power).unwrap()
    };
    let three = int(&mut heap, 3);
    check(&heap, three, Cell::from_f64(3.0), true);
    check(&heap, three, Cell::from_f64(3.5), false);
    check(&heap, three, Cell::TRUE, false);
    let max = int(&mut heap, i64::MAX);
    check(&heap, max, Cell::from_f64(i64::MAX as f64), false);
    let min = int(&mut heap, i64::MIN);
    check(&heap, min, Cell::from_f64(i64::MIN as f64), true);
    let (a, b) = (big(&mut heap, 100), big(&mut heap, 100));
    check(&heap, a, b, true);
    check(&heap, a, Cell::from_f64(2f64.powi(100)), true);
    check(&heap, a, Cell::from_f64(2f64.powi(101)), false);
    let c = big(&mut heap, 3000);
    check(&heap, c, Cell::from_f64(f64::INFINITY), false);
    check(&heap, Cell::from_f64(0.0), Cell::from_f64(-0.0), true);
    check(&heap, Cell::from_f64(f64::NAN), Cell::from_f64(f64::NAN), false);
    check(&heap, Cell::NONE, Cell::NONE, true);
    check(&heap, Cell::NONE, Cell::FALSE, false);
}

#[test]
fn containers_are_equal_by_content() {
    let mut heap = heap();
    let (one, word) = (int(&mut heap, 1), text(&mut heap, "some longer word"));
    let same = text(&mut heap, "some longer word");
    let flat = heap.list_from(ElemKind::I64, &[1, i64::MAX as u64]).unwrap();
    let max = int(&mut heap, i64::MAX);
    let boxed = list(&mut heap, &[one, max]);
    check(&heap, flat, boxed, true);
    let floats = heap.list_from(ElemKind::F64, &[1f64.to_bits(), 2f64.to_bits()]).unwrap();
    check(&heap, flat, floats, false);
    let (a, b) = (list(&mut heap, &[word]), list(&mut heap, &[same]));
    check(&heap, a, b, true);
    let m = map(&mut heap, &[(one, a), (word, Cell::NONE)]);
    let n = map(&mut heap, &[(same, Cell::NONE), (Cell::from_f64(1.0), b)]);
    check(&heap, m, n, true);
    heap.map_set(n, same.0, ElemKind::Cell, one.0, ElemKind::Cell).unwrap();
    check(&heap, m, n, false);
    let raw = heap.map_new(ElemKind::I64, ElemKind::I64, 0).unwrap();
    heap.map_set(raw, i64::MAX as u64, ElemKind::I64, 7, ElemKind::I64).unwrap();
    let seven = int(&mut heap, 7);
    let cells = map(&mut heap, &[(max, seven)]);
    check(&heap, raw, cells, true);
    let empty = (list(&mut heap, &[]), map(&mut heap, &[]));
    check(&heap, empty.0, empty.1, false);
}

#[test]
fn structs_are_equal_by_name_and_fields() {
    let mut heap = heap();
    let shape = |heap: &mut Heap, name: &str, fields: [(&str, ElemKind); 2]| {
        heap.register_struct(name, &fields.map(|(name, kind)| (name.to_owned(), TypeId::of_kind(kind))))
            .unwrap()
    };
    let plain = shape(&mut heap, "P", [("x", ElemKind::I64), ("y", ElemKind::Cell)]);
    let other = shape(&mut heap, "P", [("y", ElemKind::F64), ("x", ElemKind::Cell)]);
    let named = shape(&mut heap, "Q", [("x", ElemKind::I64), ("y", ElemKind::Cell)]);
    let one = int(&mut heap, 1);
    let mut make = |shape: u32, words: [u64; 2]| {
        let cell = heap.alloc_struct(shape).unwrap();
        heap.words_mut(cell).copy_from_slice(&words);
        cell
    };
    let a = make(plain, [1, Cell::from_f64(2.0).0]);
    let b = make(other, [2f64.to_bits(), one.0]);
    let c = make(named, [1, Cell::from_f64(2.0).0]);
    let d = make(plain, [1, Cell::from_f64(2.5).0]);
    check(&heap, a, b, true);
    check(&heap, a, c, false);
    check(&heap, a, d, false);
    assert_eq!(heap.compare(a, d).unwrap(), Some(Ordering::Less));
    assert_eq!(heap.compare(a, b).unwrap(), Some(Ordering::Equal));
}

#[test]
fn deep_and_cyclic_structures_end() {
    let mut heap = heap();
    let chain = |heap: &mut Heap, end: Cell| {
        (0..rounds(1_000_000)).fold(list(heap, &[end]), |chain, _| list(heap, &[chain]))
    };
    let (a, b, c) =
        (chain(&mut heap, Cell::TRUE), chain(&mut heap, Cell::TRUE), chain(&mut heap, Cell::FALSE));
    check(&heap, a, b, true);
    check(&heap, a, c, false);
    assert_eq!(heap.compare(a, c).unwrap(), Some(Ordering::Greater));
    assert_eq!(heap.compare(a, b).unwrap(), Some(Ordering::Equal));

    let knot = |heap: &mut Heap, item: Cell| {
        let xs = list(heap, &[item]);
        heap.list_push(xs, xs.0, ElemKind::Cell).unwrap();
        xs
    };
    let (a, b) = (knot(&mut heap, Cell::TRUE), knot(&mut heap, Cell::TRUE));
    check(&heap, a, b, true);
    assert_eq!(heap.compare(a, b).unwrap(), Some(Ordering::Equal));
    let c = knot(&mut heap, Cell::FALSE);
    check(&heap, a, c, false);
    let m = map(&mut heap, &[(Cell::TRUE, a)]);
    heap.map_set(m, Cell::FALSE.0, ElemKind::Cell, m.0, ElemKind::Cell).unwrap();
    let n = map(&mut heap, &[(Cell::TRUE, b)]);
    heap.map_set(n, Cell::FALSE.0, ElemKind::Cell, n.0, ElemKind::Cell).unwrap();
    check(&heap, m, n, true);
    // Trees that share all their parts would take 2^60 steps without memory.
    let shared = |heap: &mut Heap| (0..60).fold(list(heap, &[]), |part, _| list(heap, &[part, part]));
    let (a, b) = (shared(&mut heap), shared(&mut heap));
    check(&heap, a, b, true);
    assert_eq!(heap.compare(a, b).unwrap(), Some(Ordering::Equal));
}

#[test]
fn maps_as_keys_of_maps_end() {
    let mut heap = heap();
    let chain =
        |heap: &mut Heap| (0..rounds(3000)).fold(map(heap, &[]), |key, _| map(heap, &[(key, Cell::TRUE)]));
    let (a, b) = (chain(&mut heap), chain(&mut heap));
    heap.equal(a, b);
    let _ = heap.compare(a, b);
}

#[test]
fn order_follows_the_reference() {
    let mut heap = heap();
    let (a, b) = (text(&mut heap, "a"), text(&mut heap, "b"));
    let one = int(&mut heap, 1);
    let compare = |heap: &Heap, x: Cell, y: Cell| heap.compare(x, y);
    assert_eq!(compare(&heap, a, b), Ok(Some(Ordering::Less)));
    assert_eq!(compare(&heap, Cell::FALSE, Cell::TRUE), Ok(Some(Ordering::Less)));
    assert_eq!(compare(&heap, one, Cell::from_f64(0.5)), Ok(Some(Ordering::Greater)));
    assert_eq!(compare(&heap, one, Cell::NONE), Ok(None));
    assert_eq!(compare(&heap, one, Cell::from_f64(f64::NAN)), Ok(None));
    assert_eq!(compare(&heap, one, a).unwrap_err().message, "`<` does not apply to int and string");
    let (short, long) = (list(&mut heap, &[one]), list(&mut heap, &[one, Cell::NONE]));
    assert_eq!(compare(&heap, short, long), Ok(Some(Ordering::Less)));
    let last = list(&mut heap, &[Cell::NONE]);
    assert_eq!(compare(&heap, last, long), Ok(Some(Ordering::Greater)));
    let mixed = list(&mut heap, &[a]);
    assert!(compare(&heap, mixed, short).is_err());
    let (m, n) = (map(&mut heap, &[(b, one), (a, one)]), map(&mut heap, &[(a, one), (b, a)]));
    assert!(compare(&heap, m, n).is_err());
    let k = map(&mut heap, &[(a, one)]);
    assert_eq!(compare(&heap, k, m), Ok(Some(Ordering::Less)));
    heap.register_closure(0, &[], 0, false);
    let (f, g) = (heap.alloc_closure(0).unwrap(), heap.alloc_closure(0).unwrap());
    assert!(compare(&heap, f, g).is_err());
    check(&heap, f, g, false);
    check(&heap, f, f, true);
}
