use mochi_abi::{Cell, ElemKind, MapType, TypeId};

use super::{Test, Type};
use crate::heap::Heap;
use crate::testing::{heap, int, text};

const CELL: ElemKind = ElemKind::Cell;
const TEXTS: TypeId = TypeId(5);
const POINT: TypeId = TypeId(6);
const COUNTS: TypeId = TypeId(7);
const COUNTS_MAP: MapType = MapType(16);

/// A heap with the types `list<string>`, `Point` and `map<string, int>`.
fn typed() -> Heap {
    let mut heap = heap();
    let ty = |name: &str, test| Type { name: name.into(), test };
    heap.types.register(&[
        ty("list<string>", Test::List(TypeId::STR)),
        ty("Point", Test::Struct(vec![0])),
        ty("map<string, int>", Test::Map(Some(TypeId::STR), Some(TypeId::INT))),
    ]);
    heap.types.register_maps(&[(TypeId::STR, TypeId::INT)]);
    heap.register_struct("Point", &[("x".to_owned(), TypeId::INT), ("tags".to_owned(), TEXTS)]).unwrap();
    heap
}

fn message<T: std::fmt::Debug>(result: crate::trap::Outcome<T>) -> String {
    result.unwrap_err().message
}

#[test]
fn a_list_of_strings_takes_strings() {
    let mut heap = typed();
    let (a, one) = (text(&mut heap, "a"), int(&mut heap, 1));
    let xs = heap.list_of_words(TypeId::STR, [a.0].into_iter()).unwrap();
    let zero = int(&mut heap, 0);
    assert_eq!(message(heap.any_set_index(xs, zero, one)), "cannot cast 1 to string");
    assert_eq!(message(heap.any_set_index(xs, one, one)), "cannot cast 1 to string");
    assert_eq!(message(heap.list_push(xs, one.0, CELL)), "cannot cast 1 to string");
    heap.any_set_index(xs, one, a).unwrap();
    heap.any_set_index(xs, zero, Cell::NONE).unwrap();
    assert_eq!(heap.nested_form(xs), r#"["", "a"]"#);
}

#[test]
fn what_is_appended_decides_about_the_new_list() {
    let mut heap = typed();
    let (a, one) = (text(&mut heap, "a"), int(&mut heap, 1));
    let xs = heap.list_of_words(TypeId::STR, [a.0].into_iter()).unwrap();
    let longer = heap.list_append(xs, a.0, CELL).unwrap();
    assert_eq!((heap.list_type(longer), heap.list_len(longer)), (TypeId::STR, 2));
    for other in [one, Cell::NONE] {
        let mixed = heap.list_push_or_copy(xs, other.0, CELL).unwrap();
        assert_eq!((heap.list_type(mixed), heap.list_len(mixed)), (TypeId::ANY, 2));
    }
    assert_eq!(heap.list_len(xs), 1);
    let ints = heap.list_from(ElemKind::I64, &[1]).unwrap();
    for (a, b, ty) in [(xs, xs, TypeId::STR), (xs, ints, TypeId::ANY), (ints, ints, TypeId::INT)] {
        let both = heap.list_concat(a, b).unwrap();
        assert_eq!((heap.list_type(both), heap.list_len(both)), (ty, 2));
    }
    let part = heap.list_slice(xs, 0, 1).unwrap();
    assert_eq!(heap.list_type(part), TypeId::STR);
}

#[test]
fn elements_of_elements_are_of_their_type() {
    let mut heap = typed();
    let (a, zero) = (text(&mut heap, "a"), int(&mut heap, 0));
    let texts = heap.list_of_words(TypeId::STR, [a.0].into_iter()).unwrap();
    let rows = heap.list_of_words(TEXTS, [texts.0].into_iter()).unwrap();
    let mixed = heap.list_from(CELL, &[a.0]).unwrap();
    assert_eq!(message(heap.any_set_index(rows, zero, mixed)), r#"cannot cast ["a"] to list<string>"#);
    heap.any_set_index(rows, zero, texts).unwrap();
    // An empty list may become one of any type.
    let empty = heap.list_new(CELL, 0).unwrap();
    for absent in [empty, Cell::NONE] {
        heap.any_set_index(rows, zero, absent).unwrap();
        let stored = Cell(heap.list_word(rows, 0));
        assert_eq!((heap.list_type(stored), heap.list_len(stored)), (TypeId::STR, 0));
    }
}

#[test]
fn fields_take_their_types() {
    let mut heap = typed();
    let p = heap.alloc_struct(0).unwrap();
    let texts = heap.list_of(TypeId::STR, 0).unwrap();
    heap.words_mut(p).copy_from_slice(&[7, texts.0]);
    let (x, tags) = (text(&mut heap, "x"), text(&mut heap, "tags"));
    assert_eq!(message(heap.any_set_field(p, tags, x)), r#"cannot cast "x" to list<string>"#);
    assert_eq!(message(heap.any_set_index(p, x, x)), r#"cannot cast "x" to int"#);
    heap.any_set_field(p, x, Cell::NONE).unwrap();
    heap.any_set_field(p, tags, Cell::NONE).unwrap();
    assert_eq!(heap.nested_form(p), r#"{"__name": "Point", "tags": [], "x": 0}"#);
}

#[test]
fn places_of_structs_take_none() {
    let mut heap = typed();
    let p = heap.alloc_struct(0).unwrap();
    heap.words_mut(p).copy_from_slice(&[7, Cell::NONE.0]);
    let zero = int(&mut heap, 0);
    let ps = heap.list_of_words(POINT, [p.0].into_iter()).unwrap();
    heap.any_set_index(ps, zero, Cell::NONE).unwrap();
    assert_eq!(heap.list_word(ps, 0), Cell::NONE.0);
    assert!(heap.is(p, POINT) && !heap.is(Cell::NONE, POINT));
    assert_eq!(message(heap.any_set_index(ps, zero, zero)), "cannot cast 0 to Point");
}

#[test]
fn maps_take_their_keys_and_values() {
    let mut heap = typed();
    let (a, one) = (text(&mut heap, "a"), int(&mut heap, 1));
    let m = heap.map_of(COUNTS_MAP, 0).unwrap();
    heap.any_set_index(m, a, one).unwrap();
    assert_eq!(message(heap.any_set_index(m, a, a)), r#"cannot cast "a" to int"#);
    assert_eq!(message(heap.any_set_index(m, one, one)), "cannot cast 1 to string");
    assert_eq!(message(heap.any_set_field(m, a, a)), r#"cannot cast "a" to int"#);
    assert_eq!(heap.nested_form(m), r#"{"a": 1}"#);
    assert!(heap.is(m, COUNTS));
    let other = heap.map_new(CELL, ElemKind::I64, 0).unwrap();
    assert!(!heap.is(other, COUNTS));
    let maps = heap.list_of_words(COUNTS, [m.0].into_iter()).unwrap();
    let zero = int(&mut heap, 0);
    heap.any_set_index(maps, zero, other).unwrap();
    let stored = Cell(heap.list_word(maps, 0));
    assert_eq!(heap.map_type(stored), COUNTS_MAP);
    // A map of ints has whole floats as keys; values may be given as words.
    let squares = heap.map_new(ElemKind::I64, ElemKind::F64, 0).unwrap();
    heap.any_set_index(squares, Cell::from_f64(3.0), Cell::from_f64(9.0)).unwrap();
    heap.map_set_any(squares, 4, ElemKind::I64, 16f64.to_bits(), ElemKind::F64).unwrap();
    assert_eq!(heap.nested_form(squares), r#"{"3": 9.0, "4": 16.0}"#);
}
