use mochi_abi::{Cell, ElemKind, TypeId};

use crate::arith::Arith;
use crate::heap::Heap;
use crate::testing::{heap, int, list, map, text};
use crate::trap::Outcome;
use crate::value::Kind;

fn show(heap: &Heap, result: Outcome<Cell>) -> String {
    match result {
        Ok(cell) => heap.nested_form(cell),
        Err(trap) => format!("! {}", trap.message),
    }
}

#[test]
fn indexing_follows_the_reference() {
    let mut heap = heap();
    let (one, two, key) = (int(&mut heap, 1), int(&mut heap, 2), text(&mut heap, "key"));
    let xs = heap.list_from(ElemKind::I64, &[10, 20]).unwrap();
    let m = map(&mut heap, &[(key, one)]);
    let huge = {
        let (two, n) = (int(&mut heap, 10), int(&mut heap, 30));
        heap.big_pow(two, n).unwrap()
    };
    for (cell, index, expected) in [
        (xs, one, "20"),
        (xs, two, "! list index out of range: 2 (len 2)"),
        (xs, huge, "! list index out of range: 1000000000000000000000000000000 (len 2)"),
        (xs, key, "! expected int as list index, got string"),
        (key, one, "\"e\""),
        (key, key, "! string index must be int"),
        (m, key, "1"),
        (m, one, "nil"),
        (Cell::NONE, one, "nil"),
        (one, one, "! invalid index target"),
    ] {
        let result = heap.any_index(cell, index);
        assert_eq!(show(&heap, result), expected);
    }
    heap.any_set_index(xs, two, one).unwrap();
    heap.any_set_index(m, two, xs).unwrap();
    assert_eq!(heap.nested_form(m), r#"{"2": [10, 20, 1], "key": 1}"#);
    for target in [key, one, Cell::NONE] {
        assert_eq!(heap.any_set_index(target, one, one).unwrap_err().message, "invalid index target");
    }
    let part = heap.any_slice(xs, one, Cell::NONE).unwrap();
    assert_eq!(heap.nested_form(part), "[20, 1]");
    let part = heap.any_slice(key, Cell::NONE, two).unwrap();
    assert_eq!(heap.nested_form(part), "\"ke\"");
    assert!(heap.any_slice(m, one, two).is_err());
}

#[test]
fn fields_are_read_and_set_by_name() {
    let mut heap = heap();
    let fields = [("x".to_owned(), TypeId::INT), ("y".to_owned(), TypeId::ANY)];
    let shape = heap.register_struct("Point", &fields).unwrap();
    let p = heap.alloc_struct(shape).unwrap();
    heap.words_mut(p).copy_from_slice(&[7, Cell::NONE.0]);
    let (x, z, nine) = (text(&mut heap, "x"), text(&mut heap, "z"), int(&mut heap, 9));
    let read = heap.any_field(p, x);
    assert_eq!(show(&heap, read), "7");
    heap.any_set_field(p, x, nine).unwrap();
    assert_eq!(heap.words(p)[0], 9);
    assert_eq!(heap.any_set_field(p, x, x).unwrap_err().message, "cannot cast \"x\" to int");
    assert_eq!(heap.any_field(p, z).unwrap_err().message, "Point has no field `z`");
    assert_eq!(heap.any_set_field(p, z, x).unwrap_err().message, "Point has no field `z`");
    assert_eq!(heap.any_field(Cell::NONE, z).unwrap(), Cell::NONE);
    assert_eq!(heap.any_field(nine, z).unwrap_err().message, "int has no field `z`");
    let m = map(&mut heap, &[]);
    let read = heap.any_field(m, x);
    assert_eq!(show(&heap, read), "nil");
    heap.any_set_field(m, x, nine).unwrap();
    assert_eq!(heap.nested_form(m), r#"{"x": 9}"#);
    assert_eq!(heap.any_len(p), Ok(2));
}

#[test]
fn membership_follows_the_reference() {
    let mut heap = heap();
    let (one, a, abc) = (int(&mut heap, 1), text(&mut heap, "a"), text(&mut heap, "bac"));
    let floats = heap.list_from(ElemKind::F64, &[1f64.to_bits()]).unwrap();
    let m = map(&mut heap, &[(a, one)]);
    let nested = list(&mut heap, &[floats]);
    for (item, container, expected) in [
        (a, abc, true),
        (abc, a, false),
        (one, abc, false),
        (one, floats, true),
        (a, floats, false),
        (floats, nested, true),
        (a, m, true),
        (one, m, false),
        (one, Cell::NONE, false),
    ] {
        assert_eq!(heap.any_in(item, container), Ok(expected));
    }
    assert!(heap.any_in(one, one).is_err());
}

#[test]
fn arithmetic_follows_the_reference() {
    let mut heap = heap();
    let op = |symbol: &str| Arith::ALL.into_iter().find(|op| op.symbol() == symbol).unwrap();
    let values: Vec<(&str, Cell)> = vec![
        ("7", int(&mut heap, 7)),
        ("-2", int(&mut heap, -2)),
        ("0", int(&mut heap, 0)),
        ("max", int(&mut heap, i64::MAX)),
        ("min", int(&mut heap, i64::MIN)),
        ("-1", int(&mut heap, -1)),
        ("2.5", Cell::from_f64(2.5)),
        ("0.0", Cell::from_f64(0.0)),
        ("a", text(&mut heap, "a")),
        ("none", Cell::NONE),
        ("true", Cell::TRUE),
        ("xs", list(&mut heap, &[Cell::TRUE])),
        ("big", {
            let (ten, n) = (int(&mut heap, 10), int(&mut heap, 20));
            heap.big_pow(ten, n).unwrap()
        }),
    ];
    let value = |name: &str| values.iter().find(|(n, _)| *n == name).unwrap().1;
    for (a, symbol, b, expected) in [
        ("7", "+", "-2", "5"),
        ("7", "/", "-2", "-3"),
        ("7", "%", "-2", "1"),
        ("7", "/", "0", "! division by zero"),
        ("7", "%", "0.0", "! division by zero"),
        ("2.5", "/", "0", "! division by zero"),
        ("7", "*", "2.5", "17.5"),
        ("max", "+", "7", "! integer overflow: 9223372036854775807 + 7"),
        ("min", "/", "-1", "! integer overflow: -9223372036854775808 / -1"),
        ("min", "%", "-1", "0"),
        ("big", "+", "7", "100000000000000000007"),
        ("big", "/", "big", "1"),
        ("big", "-", "big", "0"),
        ("big", "%", "7", "2"),
        ("big", "*", "2.5", "250000000000000000000.0"),
        ("big", "/", "0", "! division by zero"),
        ("a", "+", "a", "\"aa\""),
        ("a", "+", "2.5", "\"a2.5\""),
        ("xs", "+", "a", "\"[true]a\""),
        ("a", "+", "none", "\"a<nil>\""),
        ("xs", "+", "xs", "[true, true]"),
        ("7", "+", "none", "nil"),
        ("7", "+", "true", "! `+` does not apply to int and bool"),
        ("a", "-", "a", "! `-` does not apply to string and string"),
    ] {
        let result = heap.arith(op(symbol), value(a), value(b));
        assert_eq!(show(&heap, result), expected, "{a} {symbol} {b}");
    }
    let negated = heap.neg(value("min"));
    assert_eq!(show(&heap, negated), "! integer overflow: 0 - -9223372036854775808");
    let negated = heap.neg(value("big"));
    assert_eq!(show(&heap, negated), "-100000000000000000000");
    assert_eq!((heap.kind(value("big")), heap.kind(value("max"))), (Kind::Bigint, Kind::Int));
    // What fits an int again is one.
    let quotient = heap.arith(op("/"), value("big"), value("max")).unwrap();
    assert_eq!(heap.unbox_int(quotient), Some(10));
}

#[test]
fn casts_follow_the_table() {
    let mut heap = heap();
    let (number, word) = (text(&mut heap, "-12"), text(&mut heap, "1x"));
    let max = int(&mut heap, i64::MAX);
    assert_eq!(heap.any_to_int(number), Ok(-12));
    assert_eq!(heap.any_to_int(word).unwrap_err().message, "cannot cast \"1x\" to int");
    assert_eq!(heap.any_to_int(Cell::from_f64(-2.9)), Ok(-2));
    assert_eq!(heap.any_to_int(Cell::from_f64(1e19)).unwrap_err().message, "cannot cast 1e+19 to int");
    assert_eq!(heap.any_to_int(Cell::from_f64(f64::NAN)).unwrap_err().message, "cannot cast NaN to int");
    assert_eq!(heap.any_to_int(Cell::NONE), Ok(0));
    assert_eq!(heap.any_to_int(Cell::TRUE).unwrap_err().message, "cannot cast true to int");
    assert_eq!(heap.any_to_int(max), Ok(i64::MAX));
    assert_eq!(heap.any_to_float(max), Ok(i64::MAX as f64));
    assert_eq!(heap.any_to_float(number), Ok(-12.0));
    assert_eq!(heap.any_unbox(Cell::NONE, ElemKind::F64), Ok(0));
    assert_eq!(heap.any_unbox(max, ElemKind::F64).unwrap_err().message, "expected float, got int");
    assert_eq!(heap.any_unbox_str(max).unwrap_err().message, "expected string, got int");
    for (cell, truthy) in [
        (Cell::NONE, false),
        (Cell::FALSE, false),
        (Cell::EMPTY_STR, false),
        (Cell::from_f64(-0.0), false),
        (int(&mut heap, 0), false),
        (list(&mut heap, &[]), false),
        (map(&mut heap, &[]), false),
        (max, true),
        (word, true),
        (list(&mut heap, &[Cell::NONE]), true),
    ] {
        assert_eq!(heap.truthy(cell), truthy);
    }
}
