use std::collections::{BTreeMap, HashMap};

use super::*;
use crate::testing::{Rng, heap, int, map, rounds, text};

const INT: ElemKind = ElemKind::I64;
const CELL: ElemKind = ElemKind::Cell;

#[test]
fn maps_of_ints_agree_with_std() {
    let mut heap = heap();
    let mut rng = Rng::new(3);
    for spread in [10, 1000, 20_000, 1 << 40, u64::MAX] {
        let m = heap.map_new(INT, INT, 0).unwrap();
        let mut model = BTreeMap::new();
        for round in 0..rounds(20_000) {
            let key = (rng.next() % spread) as i64 - spread as i64 / 2;
            match rng.below(3) {
                0 | 1 => {
                    heap.map_set(m, key as u64, INT, round as u64, INT).unwrap();
                    model.insert(key, round as u64);
                }
                _ => assert_eq!(heap.map_get(m, key as u64, INT, INT), Ok(model.get(&key).copied())),
            }
            if round % 3000 == 0 {
                heap.map_sort(m);
            }
        }
        assert_eq!(heap.map_len(m), model.len());
        let keys = heap.map_keys(m, TypeId::INT).unwrap();
        for (i, (&key, &value)) in model.iter().enumerate() {
            assert_eq!((heap.list_word(keys, i) as i64, heap.map_entry(m, i).1), (key, value));
            assert_eq!(heap.map_get_int(m, key), Some(value));
        }
    }
}

#[test]
fn maps_of_strings_agree_with_std() {
    let mut heap = heap();
    let mut rng = Rng::new(4);
    for length in [1, 3, 60] {
        let m = heap.map_new(CELL, INT, 0).unwrap();
        let mut model = HashMap::new();
        for round in 0..rounds(20_000) {
            let key = rng.text(length);
            let cell = text(&mut heap, &key);
            if rng.below(3) > 0 {
                heap.map_set(m, cell.0, CELL, round as u64, INT).unwrap();
                model.insert(key, round as u64);
            } else {
                assert_eq!(heap.map_get_cell(m, cell), model.get(&key).copied());
            }
            if round % 3000 == 0 {
                heap.map_sort(m);
                heap.collect(|marker| marker.cell(m)).unwrap();
            }
        }
        assert_eq!(heap.map_len(m), model.len());
        let mut sorted: Vec<_> = model.into_iter().collect();
        sorted.sort();
        heap.map_sort(m);
        for (at, (key, value)) in sorted.into_iter().enumerate() {
            let (found, word) = heap.map_entry(m, at);
            assert_eq!((heap.str(&Cell(found)), word), (key.as_str(), value));
        }
    }
    heap.collect(|_| ()).unwrap();
    heap.finish_sweep_for_test();
    assert_eq!(heap.account.buffer_bytes, 0);
}

#[test]
fn keys_of_equal_value_are_one_key() {
    let mut heap = heap();
    let m = heap.map_new(CELL, CELL, 0).unwrap();
    let huge = int(&mut heap, i64::MAX - 1);
    // Enough other keys that the map has an index.
    for fill in [0, 100] {
        for i in 0..fill {
            heap.map_set(m, (1000 + i) as u64, INT, Cell::NONE.0, CELL).unwrap();
        }
        for (a, b) in [
            (int(&mut heap, 3), Cell::from_f64(3.0)),
            (int(&mut heap, 0), Cell::from_f64(-0.0)),
            (int(&mut heap, 1 << 60), Cell::from_f64((1u64 << 60) as f64)),
            (huge, int(&mut heap, i64::MAX - 1)),
            (Cell::from_f64(f64::NAN), Cell::from_f64(f64::NAN)),
        ] {
            let len = heap.map_len(m);
            heap.map_set(m, a.0, CELL, Cell::TRUE.0, CELL).unwrap();
            heap.map_set(m, b.0, CELL, Cell::FALSE.0, CELL).unwrap();
            assert!(heap.map_len(m) <= len + 1);
            assert_eq!(heap.map_get(m, a.0, CELL, CELL), Ok(Some(Cell::FALSE.0)));
        }
        assert!(heap.map_has(m, (i64::MAX - 1) as u64, INT));
        assert!(!heap.map_has(m, i64::MAX as u64, INT));
        assert!(heap.map_has(m, 3.0f64.to_bits(), ElemKind::F64));
        let one = text(&mut heap, "3");
        assert!(!heap.map_has(m, one.0, CELL));
    }
}

#[test]
fn maps_of_ints_take_other_forms_of_ints_only() {
    let mut heap = heap();
    let m = heap.map_new(INT, ElemKind::F64, 0).unwrap();
    heap.map_set(m, Cell::from_f64(2.0).0, CELL, 1.5f64.to_bits(), ElemKind::F64).unwrap();
    assert_eq!(heap.map_get(m, 2, INT, CELL), Ok(Some(Cell::from_f64(1.5).0)));
    let word = text(&mut heap, "x");
    assert_eq!(heap.map_get(m, word.0, CELL, CELL), Ok(None));
    assert_eq!(heap.map_get(m, Cell::from_f64(2.5).0, CELL, CELL), Ok(None));
    let trap = heap.map_set(m, word.0, CELL, 0, ElemKind::F64).unwrap_err();
    assert_eq!(trap.message, "cannot cast \"x\" to int");
    let trap = heap.map_set(m, 2, INT, word.0, CELL).unwrap_err();
    assert_eq!(trap.message, "cannot cast \"x\" to float");
}

#[test]
fn enumeration_is_sorted_whatever_the_kinds() {
    let mut heap = heap();
    let words: Vec<Cell> = ["b", "a", "longer than five", "", "longer than four"]
        .iter()
        .map(|word| text(&mut heap, word))
        .collect();
    let mut entries: Vec<(Cell, Cell)> = words.iter().map(|&word| (word, Cell::NONE)).collect();
    entries.push((Cell::TRUE, Cell::NONE));
    entries.push((int(&mut heap, 7), Cell::NONE));
    entries.push((Cell::from_f64(-0.5), Cell::NONE));
    let m = map(&mut heap, &entries);
    assert_eq!(
        heap.describe(m),
        r#"{"-0.5": nil, "7": nil, "": nil, "a": nil, "b": nil, "longer than five": nil, "longer than four": nil, "true": nil}"#
    );
    heap.map_sort(m);
    let (first, _) = heap.map_entry(m, 0);
    assert_eq!(Cell(first), Cell::from_f64(-0.5));
}

#[test]
fn ascending_keys_stay_sorted_and_late_ones_are_found() {
    let mut heap = heap();
    let m = heap.map_new(INT, INT, 0).unwrap();
    for key in 0..100u64 {
        heap.map_set(m, key * 2, INT, key, INT).unwrap();
        assert_eq!(heap.map(m).sorted, key + 1);
    }
    heap.map_set(m, 7, INT, 7, INT).unwrap();
    assert_eq!(heap.map(m).sorted, 100);
    heap.map_set(m, 300, INT, 8, INT).unwrap();
    heap.map_sort(m);
    assert_eq!(heap.map_entry(m, 4), (7, 7));
    assert_eq!(heap.map_get_int(m, 300), Some(8));
    assert!((0..100).all(|key| heap.map_get_int(m, key * 2) == Some(key as u64)));
}

#[test]
fn containers_are_keys_by_content() {
    let mut heap = heap();
    let key = |heap: &mut Heap, n: i64| {
        let item = int(heap, n);
        crate::testing::list(heap, &[item, Cell::TRUE])
    };
    let m = heap.map_new(CELL, INT, 0).unwrap();
    for n in 0..100 {
        let cell = key(&mut heap, n);
        heap.map_set(m, cell.0, CELL, n as u64, INT).unwrap();
    }
    for n in 0..100 {
        let cell = key(&mut heap, n);
        assert_eq!(heap.map_get_cell(m, cell), Some(n as u64));
    }
    let flat = heap.list_from(INT, &[5]).unwrap();
    let five = int(&mut heap, 5);
    let boxed = crate::testing::list(&mut heap, &[five]);
    heap.map_set(m, flat.0, CELL, 1, INT).unwrap();
    assert_eq!(heap.map_get_cell(m, boxed), Some(1));
}

#[test]
fn reserving_too_much_is_refused() {
    let mut heap = Heap::new(1 << 20).unwrap();
    assert!(heap.map_new(INT, INT, 1 << 40).is_err());
    assert!(heap.map_new(INT, INT, usize::MAX).is_err());
    assert!(heap.map_new(CELL, INT, 1000).is_ok());
}

#[test]
fn dense_keys_are_found_however_they_came() {
    let mut heap = heap();
    // Ascending, descending, outward from the middle, with a jump far away, at the ends of the range.
    let orders: [fn(i64) -> i64; 6] = [
        |i| i,
        |i| -i,
        |i| if i % 2 == 0 { i / 2 } else { -i / 2 - 1 },
        |i| if i == 500 { 1 << 50 } else { i },
        |i| i64::MAX - i,
        |i| i64::MIN + i * 3,
    ];
    for order in orders {
        let m = heap.map_new(INT, INT, 0).unwrap();
        for i in 0..rounds(3000) as i64 {
            let key = order(i);
            assert_eq!(heap.map_get_int(m, key), None);
            heap.map_set(m, key as u64, INT, i as u64, INT).unwrap();
            assert_eq!(heap.map_get_int(m, key), Some(i as u64));
            assert_eq!(heap.map_get_int(m, order(i / 2)), Some(i as u64 / 2));
            for absent in [order(i + 1), i64::MAX / 3, i64::MIN / 3] {
                assert_eq!(heap.map_get_int(m, absent), None);
            }
        }
        heap.map_sort(m);
        assert!((0..rounds(3000) as i64).all(|i| heap.map_get_int(m, order(i)) == Some(i as u64)));
    }
}

#[test]
fn the_key_that_was_found_last_is_set_where_it_is() {
    let mut heap = heap();
    let maps = [(); 2].map(|()| heap.map_new(CELL, INT, 0).unwrap());
    let keys: Vec<Cell> = (0..100).rev().map(|i| text(&mut heap, &format!("key number {i}"))).collect();
    for map in maps {
        for &key in &keys {
            heap.map_set(map, key.0, CELL, 0, INT).unwrap();
        }
    }
    let [first, second] = maps;
    let get = |heap: &mut Heap, map: Cell, key: Cell| heap.map_get(map, key.0, CELL, INT).unwrap();
    // Another map, another key, an entry that has moved, an equal key.
    assert_eq!(get(&mut heap, first, keys[3]), Some(0));
    heap.map_set(second, keys[3].0, CELL, 1, INT).unwrap();
    assert_eq!((get(&mut heap, first, keys[3]), get(&mut heap, second, keys[3])), (Some(0), Some(1)));
    heap.map_set(second, keys[4].0, CELL, 2, INT).unwrap();
    assert_eq!((get(&mut heap, second, keys[3]), get(&mut heap, second, keys[4])), (Some(1), Some(2)));
    assert_eq!(get(&mut heap, first, keys[5]), Some(0));
    heap.map_sort(first);
    heap.map_set(first, keys[5].0, CELL, 3, INT).unwrap();
    let equal = text(&mut heap, "key number 94");
    assert_eq!(get(&mut heap, first, equal), Some(3));
    heap.map_set(first, equal.0, CELL, 4, INT).unwrap();
    assert_eq!(get(&mut heap, first, keys[5]), Some(4));
    assert!((0..100).filter(|&i| i != 5).all(|i| get(&mut heap, first, keys[i]) == Some(0)));
}

#[test]
fn a_key_that_was_made_longer_is_another() {
    let mut heap = heap();
    let map = heap.map_new(CELL, INT, 0).unwrap();
    let long = "a key ".repeat(50);
    let mut key = text(&mut heap, &long);
    let part = text(&mut heap, "!");
    for _ in 0..3 {
        key = heap.str_push(key, part).unwrap();
    }
    let same = text(&mut heap, &format!("{long}!!!"));
    heap.map_set(map, same.0, CELL, 1, INT).unwrap();
    assert_eq!(heap.map_get(map, key.0, CELL, INT), Ok(Some(1)));
    let longer = heap.str_push(key, part).unwrap();
    assert_eq!(longer, key);
    heap.map_set(map, longer.0, CELL, 2, INT).unwrap();
    assert_eq!(heap.map_get(map, same.0, CELL, INT), Ok(Some(1)));
    assert_eq!(heap.map_get(map, longer.0, CELL, INT), Ok(Some(2)));
}
