use mochi_abi::TrapKind;

use super::*;
use crate::testing::{Rng, heap, int, list, rounds, text};

#[test]
fn operations_agree_with_std() {
    let mut heap = heap();
    let mut rng = Rng::new(2);
    for kind in [ElemKind::I64, ElemKind::F64, ElemKind::Bool, ElemKind::Cell] {
        let word = |rng: &mut Rng| match kind {
            ElemKind::Bool => rng.next() & 1,
            ElemKind::Cell => Cell::from_small_int(rng.below(100) as i64).unwrap().0,
            ElemKind::F64 => (rng.below(100) as f64).to_bits(),
            ElemKind::I64 => rng.next(),
        };
        let mut lists = vec![(heap.list_new(kind, 0).unwrap(), Vec::<u64>::new())];
        for round in 0..rounds(20_000) {
            let at = rng.below(lists.len());
            let (cell, mut model) = lists[at].clone();
            match rng.below(7) {
                0 | 1 => {
                    let w = word(&mut rng);
                    heap.list_push(cell, w, kind).unwrap();
                    model.push(w);
                    lists[at].1 = model;
                }
                2 => {
                    let w = word(&mut rng);
                    let new = heap.list_append(cell, w, kind).unwrap();
                    model.push(w);
                    lists.push((new, model));
                }
                3 => {
                    let (from, to) = (rng.below(20) as i64 - 10, rng.below(40) as i64 - 10);
                    let new = heap.list_slice(cell, from, to).unwrap();
                    let (f, t) = clamp(from, to, model.len());
                    lists.push((new, model[f..t].to_vec()));
                }
                4 => {
                    let (other, tail) = lists[rng.below(lists.len())].clone();
                    if model.len() + tail.len() < 1000 {
                        let new = heap.list_concat(cell, other).unwrap();
                        model.extend(tail);
                        lists.push((new, model));
                    }
                }
                5 if !model.is_empty() => {
                    let (i, w) = (rng.below(model.len()), word(&mut rng));
                    heap.list_set(cell, i as i64 - model.len() as i64, w, kind).unwrap();
                    model[i] = w;
                    lists[at].1 = model;
                }
                _ => {
                    assert_eq!(heap.list_len(cell), model.len());
                    for (i, &w) in model.iter().enumerate() {
                        assert_eq!(heap.list_get(cell, i as i64, kind), Ok(w));
                    }
                }
            }
            if lists.len() > 50 {
                lists.swap_remove(rng.below(50));
            }
            if round % 1000 == 0 {
                heap.collect(|marker| lists.iter().for_each(|&(cell, _)| marker.cell(cell))).unwrap();
            }
        }
    }
    heap.collect(|_| ()).unwrap();
    heap.finish_sweep_for_test();
    assert_eq!(heap.account.buffer_bytes, 0);
}

#[test]
fn indices_are_checked() {
    let mut heap = heap();
    let xs = heap.list_from(ElemKind::I64, &[1, 2, 3]).unwrap();
    assert_eq!(heap.list_get(xs, -1, ElemKind::I64), Ok(3));
    for index in [3, -4, i64::MAX, i64::MIN] {
        let message = format!("list index out of range: {index} (len 3)");
        assert_eq!(heap.list_get(xs, index, ElemKind::I64).unwrap_err().message, message);
    }
    assert_eq!(heap.list_set(xs, 3, 4, ElemKind::I64), Ok(()));
    assert_eq!(heap.list_len(xs), 4);
    assert!(heap.list_set(xs, 5, 4, ElemKind::I64).is_err());
}

#[test]
fn elements_convert_between_forms() {
    let mut heap = heap();
    let ints = heap.list_from(ElemKind::I64, &[1, i64::MAX as u64]).unwrap();
    let item = heap.list_item(ints, 1).unwrap();
    assert_eq!(heap.unbox_int(item), Some(i64::MAX));
    let big = int(&mut heap, i64::MIN);
    heap.list_set(ints, 0, big.0, ElemKind::Cell).unwrap();
    assert_eq!(heap.list_get(ints, 0, ElemKind::I64), Ok(i64::MIN as u64));
    let word = text(&mut heap, "a");
    let trap = heap.list_push(ints, word.0, ElemKind::Cell).unwrap_err();
    assert_eq!((trap.kind, trap.message.as_str()), (TrapKind::Cast, "cannot cast \"a\" to int"));
    let floats = heap.list_new(ElemKind::F64, 0).unwrap();
    assert_eq!(heap.list_push(floats, 1, ElemKind::I64).unwrap_err().message, "cannot cast 1 to float");
    let cells = list(&mut heap, &[Cell::TRUE, word]);
    assert_eq!(heap.list_get(cells, 0, ElemKind::Bool), Ok(1));
    assert_eq!(heap.list_get(cells, 1, ElemKind::Bool).unwrap_err().message, "cannot cast \"a\" to bool");
    let both = heap.list_concat(cells, ints).unwrap();
    assert_eq!((heap.list_kind(both), heap.list_len(both)), (ElemKind::Cell, 4));
    let back = heap.list_slice(both, 2, 4).unwrap();
    assert!(heap.equal(back, ints));
}

#[test]
fn a_shared_list_is_copied() {
    let mut heap = heap();
    let xs = heap.list_from(ElemKind::I64, &[1]).unwrap();
    assert_eq!(heap.list_push_or_copy(xs, 2, ElemKind::I64), Ok(xs));
    heap.list_share(xs);
    let ys = heap.list_push_or_copy(xs, 3, ElemKind::I64).unwrap();
    assert_ne!(xs, ys);
    assert_eq!((heap.list_len(xs), heap.list_len(ys)), (2, 3));
    assert_eq!(heap.list_push_or_copy(ys, 4, ElemKind::I64), Ok(ys));
    heap.collect(|marker| marker.cell(xs)).unwrap();
    assert_ne!(heap.list_push_or_copy(xs, 3, ElemKind::I64), Ok(xs));
}

#[test]
fn lists_in_a_copied_container_are_shared() {
    for copy in [
        |heap: &mut Heap, xs: Cell| heap.list_append(xs, Cell::NONE.0, ElemKind::Cell),
        |heap: &mut Heap, xs: Cell| heap.list_slice(xs, 0, 9),
        |heap: &mut Heap, xs: Cell| heap.list_concat(xs, xs),
        |heap: &mut Heap, xs: Cell| {
            let ints = heap.list_from(ElemKind::I64, &[1])?;
            heap.list_concat(ints, xs)
        },
        |heap: &mut Heap, xs: Cell| heap.list_as_any(xs),
    ] {
        let mut heap = heap();
        let inner = heap.list_from(ElemKind::I64, &[1]).unwrap();
        let outer = list(&mut heap, &[inner, Cell::NONE]);
        copy(&mut heap, outer).unwrap();
        assert_ne!(heap.list_push_or_copy(inner, 2, ElemKind::I64), Ok(inner));
    }
}

#[test]
fn zeros_are_zero() {
    let mut heap = heap();
    for (kind, zero) in
        [(ElemKind::I64, 0), (ElemKind::F64, 0), (ElemKind::Bool, 0), (ElemKind::Cell, Cell::NONE.0)]
    {
        let xs = heap.list_zeros(kind, 13).unwrap();
        assert!((0..13).all(|i| heap.list_word(xs, i) == zero));
    }
    assert!(heap.list_zeros(ElemKind::I64, usize::MAX / 4).is_err());
}

#[test]
fn the_last_element_is_repeated_where_there_is_room() {
    for (kind, stride) in [(ElemKind::I64, 8), (ElemKind::F64, 8), (ElemKind::Bool, 1)] {
        let mut heap = heap();
        let xs = heap.list_from(kind, &[0, 1]).unwrap();
        heap.list_prepare(xs, 50);
        let room = heap.list(xs).capacity as usize - 2;
        assert!(room >= 50, "{kind:?} of {stride}");
        assert_eq!([-1, 0, 3].map(|more| heap.list_repeat(xs, more)), [0, 0, 3]);
        assert_eq!(heap.list_repeat(xs, i64::MAX), room - 3);
        assert_eq!((heap.list_repeat(xs, 1), heap.list_len(xs)), (0, room + 2));
        assert_eq!(heap.list_word(xs, 0), 0);
        assert!((1..room + 2).all(|i| heap.list_word(xs, i) == 1));
        heap.list_push(xs, 0, kind).unwrap();
        heap.list_share(xs);
        assert_eq!(heap.list_repeat(xs, 1), 0);
    }
    let mut heap = heap();
    let empty = heap.list_from(ElemKind::I64, &[]).unwrap();
    heap.list_prepare(empty, 5);
    assert_eq!(heap.list_repeat(empty, 5), 0);
}

#[test]
fn room_is_made_ahead_where_it_is_sensible() {
    let mut heap = heap();
    let list = heap.list_of(TypeId::INT, 0).unwrap();
    for (more, capacity) in [(-1, 0), (0, 0), (i64::MAX, 0), (100, 104), (50, 104)] {
        heap.list_prepare(list, more);
        assert_eq!(heap.list(list).capacity, capacity, "{more}");
    }
    for i in 0..104 {
        heap.list_push(list, i, ElemKind::I64).unwrap();
    }
    assert_eq!(heap.list(list).capacity, 104);
    // As with appends where little is asked for.
    heap.list_prepare(list, 1);
    assert_eq!(heap.list(list).capacity, 208);
    heap.list_share(list);
    heap.list_prepare(list, 1000);
    assert_eq!((heap.list(list).capacity, heap.list_len(list)), (208, 104));
}
