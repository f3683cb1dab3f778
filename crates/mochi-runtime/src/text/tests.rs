use mochi_abi::{Cell, ElemKind, TypeId};

use crate::testing::{heap, int, list, map, rounds, text};

#[test]
fn both_forms_follow_the_table() {
    let mut heap = heap();
    let (one, a, b) = (int(&mut heap, 1), text(&mut heap, "a"), text(&mut heap, "b\n"));
    let big = {
        let (ten, twenty) = (int(&mut heap, 10), int(&mut heap, 20));
        heap.big_pow(ten, twenty).unwrap()
    };
    let xs = list(&mut heap, &[one, Cell::from_f64(1.0), Cell::NONE, b, Cell::TRUE, big]);
    let m = map(&mut heap, &[(one, xs), (a, a)]);
    assert_eq!(heap.describe(m), r#"{"1": [1, 1.0, nil, "b\n", true, 100000000000000000000], "a": "a"}"#);
    assert_eq!(heap.str_form(m), "map[1:[1 1 <nil> b\n true 100000000000000000000] a:a]");
    let fields = [("zip".to_owned(), TypeId::FLOAT), ("Age".to_owned(), TypeId::INT)];
    let shape = heap.register_struct("Person", &fields).unwrap();
    let p = heap.alloc_struct(shape).unwrap();
    heap.words_mut(p).copy_from_slice(&[0.5f64.to_bits(), 7]);
    assert_eq!(heap.describe(p), r#"{"Age": 7, "__name": "Person", "zip": 0.5}"#);
    assert_eq!(heap.str_form(p), "map[Age:7 __name:Person zip:0.5]");
    let empty = (list(&mut heap, &[]), map(&mut heap, &[]));
    assert_eq!((heap.describe(empty.0), heap.describe(empty.1)), ("[]".into(), "{}".into()));
    assert_eq!((heap.str_form(empty.0), heap.str_form(empty.1)), ("[]".into(), "map[]".into()));
}

#[test]
fn deep_and_cyclic_values_are_written() {
    let mut heap = heap();
    let xs = list(&mut heap, &[Cell::TRUE]);
    heap.list_push(xs, xs.0, ElemKind::Cell).unwrap();
    assert_eq!(heap.describe(xs), "[true, [...]]");
    let n = rounds(1_000_000);
    let deep = (0..n).fold(list(&mut heap, &[]), |chain, _| list(&mut heap, &[chain]));
    assert_eq!(heap.str_form(deep).len(), 2 * n + 2);
    assert!(heap.describe(deep).len() < 130 && heap.describe(deep).ends_with("..."));
    let long = text(&mut heap, &"é".repeat(1000));
    assert!(heap.describe(long).ends_with("é..."));
}
