use mochi_abi::layout::FLAG_BUFFER;
use mochi_abi::{Arena, Cell};

use super::*;
use crate::testing::{Rng, heap, rounds, text};

#[test]
fn strings_of_every_length_read_back() {
    let mut heap = heap();
    for len in 0..100 {
        for unit in ["a", "é", "🍣"] {
            let expected = unit.repeat(len);
            let cell = text(&mut heap, &expected);
            assert_eq!(heap.str(&cell), expected);
            assert_eq!(heap.str_len(cell), len);
            assert_eq!(heap.str_bytes(cell), expected.len());
            assert_eq!(cell.is_short_str(), expected.len() <= 5);
            if !cell.is_short_str() {
                assert_eq!(heap.meta(cell) & FLAG_BUFFER != 0, expected.len() > INLINE_STR_MAX);
            }
        }
    }
}

#[test]
fn operations_agree_with_std() {
    let mut heap = heap();
    let mut rng = Rng::new(1);
    let mut pool: Vec<(Cell, String)> = vec![(Cell::EMPTY_STR, String::new())];
    for round in 0..rounds(20_000) {
        let (a, left) = pool[rng.below(pool.len())].clone();
        let (b, right) = pool[rng.below(pool.len())].clone();
        let chars: Vec<char> = left.chars().collect();
        let (cell, expected) = match rng.below(5) {
            0 => {
                let new = rng.text(60);
                (text(&mut heap, &new), new)
            }
            1 => (heap.str_concat(a, b).unwrap(), left.clone() + &right),
            2 if left.len() + right.len() < 3000 => {
                let parts = [a, b, Cell::EMPTY_STR, a, short_cell(b"xyz"), b];
                let texts: [&str; 6] = [&left, &right, "", &left, "xyz", &right];
                let (from, to) = (rng.below(3), 3 + rng.below(4));
                (heap.str_concat_all(&parts[from..to]).unwrap(), texts[from..to].concat())
            }
            2 | 3 => {
                let from = rng.below(2 * chars.len() + 3) as i64 - chars.len() as i64 - 1;
                let to = rng.below(2 * chars.len() + 3) as i64 - chars.len() as i64 - 1;
                let (f, t) = clamp(from, to, chars.len());
                (heap.str_slice(a, from, to).unwrap(), chars[f..t].iter().collect())
            }
            _ => {
                let at = rng.below(chars.len() + 2) as i64;
                match heap.str_index(a, at) {
                    Ok(cell) => (cell, chars[at as usize].to_string()),
                    Err(_) => {
                        assert!(at as usize >= chars.len());
                        continue;
                    }
                }
            }
        };
        assert_eq!(heap.str(&cell), expected, "round {round}");
        assert_eq!(heap.str_len(cell), expected.chars().count());
        assert_eq!(heap.str(&a), left);
        assert_eq!(heap.str_eq(a, b), left == right);
        assert_eq!(heap.str_cmp(a, b), left.cmp(&right));
        assert!(heap.str_eq(cell, cell));
        let again = text(&mut heap, &expected);
        assert!(heap.str_eq(cell, again) && heap.str_hash(cell) == heap.str_hash(again));
        let found = heap.str_find(a, b, 0);
        assert_eq!(found, left.find(&right).map(|at| left[..at].chars().count()));
        if expected.len() < 3000 {
            if pool.len() < 100 {
                pool.push((cell, expected));
            } else {
                let at = rng.below(pool.len());
                pool[at] = (cell, expected);
            }
        }
        if round % 500 == 0 {
            heap.collect(|marker| pool.iter().for_each(|&(cell, _)| marker.cell(cell))).unwrap();
        }
    }
    for (cell, expected) in &pool {
        assert_eq!(heap.str(cell), expected);
    }
    heap.collect(|_| ()).unwrap();
    heap.finish_sweep_for_test();
    assert_eq!(heap.account.buffer_bytes, 0);
}

#[test]
fn appending_reuses_the_buffer_without_changing_older_strings() {
    let mut heap = heap();
    let base = text(&mut heap, &"x".repeat(50));
    let grown = heap.str_concat(base, base).unwrap();
    let first = heap.str_concat(grown, Cell::from_short_str(b"1").unwrap()).unwrap();
    let second = heap.str_concat(first, Cell::from_short_str(b"2").unwrap()).unwrap();
    let other = heap.str_concat(first, Cell::from_short_str(b"3").unwrap()).unwrap();
    let data = |cell: Cell| heap.span(&cell).data;
    assert_eq!(data(first), data(second));
    assert_ne!(data(first), data(other));
    assert!(heap.str(&first).ends_with("x1"));
    assert!(heap.str(&second).ends_with("x12"));
    assert!(heap.str(&other).ends_with("x13"));
}

#[test]
fn appending_in_a_loop_allocates_in_proportion() {
    let mut heap = heap();
    let mut s = Cell::EMPTY_STR;
    let mut live = 0;
    for i in 0..rounds(200_000) {
        s = heap.str_concat(s, Cell::from_short_str(b"ab").unwrap()).unwrap();
        if heap.should_collect() {
            heap.collect(|marker| marker.cell(s)).unwrap();
            live = live.max(heap.account.live);
        }
        assert_eq!(heap.str_bytes(s), 2 * i + 2);
    }
    assert!(heap.account.buffer_bytes < 4 * heap.str_bytes(s) + (4 << 20));
    assert!(heap.str(&s).bytes().step_by(2).all(|b| b == b'a'));
}

#[test]
fn a_string_appended_to_itself_keeps_its_bytes() {
    let mut heap = heap();
    let mut s = text(&mut heap, "0123456789");
    let mut expected = "0123456789".to_string();
    for _ in 0..10 {
        s = heap.str_concat(s, s).unwrap();
        expected = expected.repeat(2);
        assert_eq!(heap.str(&s), expected);
    }
    let tail = heap.str_slice(s, -100, i64::MAX).unwrap();
    s = heap.str_concat(s, tail).unwrap();
    assert!(heap.str(&s).ends_with("9012345678901234567890123456789"));
}

#[test]
fn sequential_access_is_cheap_in_both_directions() {
    let mut heap = heap();
    let n = rounds(200_000);
    let long: String = (0..n).map(|i| if i % 3 == 0 { 'é' } else { 'a' }).collect();
    let cell = text(&mut heap, &long);
    // Quadratic work would take minutes.
    for i in 0..n as i64 {
        let c = heap.str_index(cell, i).unwrap();
        assert_eq!(heap.str_len(c), 1);
    }
    for i in (0..n as i64).rev() {
        let expected = if i % 3 == 0 { 'é' } else { 'a' };
        assert_eq!(heap.str_code(cell, i), Some(expected));
    }
    let mut offset = 0;
    let mut count = 0;
    while let Some((c, next)) = heap.str_next(cell, offset) {
        assert_eq!(heap.str(&c), if count % 3 == 0 { "é" } else { "a" });
        offset = next;
        count += 1;
    }
    assert_eq!(count, n);
}

#[test]
fn small_slices_do_not_keep_large_buffers() {
    let mut heap = heap();
    let large = text(&mut heap, &"x".repeat(1 << 16));
    let half = heap.str_slice(large, 0, 1 << 15).unwrap();
    let small = heap.str_slice(large, 0, 100).unwrap();
    assert_eq!(heap.span(&half).data, heap.span(&large).data);
    assert_ne!(heap.span(&small).data, heap.span(&large).data);
    heap.collect(|marker| marker.cell(small)).unwrap();
    heap.finish_sweep_for_test();
    assert!(heap.account.buffer_bytes < 200);
    assert!(heap.is_stale(large) && heap.is_stale(half));
}

#[test]
fn positions_count_from_the_end_and_are_checked() {
    let mut heap = heap();
    let s = text(&mut heap, "héllo🍣");
    assert_eq!(heap.str_index(s, 5).map(|c| heap.str(&c).to_owned()), Ok("🍣".to_owned()));
    assert_eq!(heap.str_index(s, -6).map(|c| heap.str(&c).to_owned()), Ok("h".to_owned()));
    assert_eq!(heap.str_index(s, 6).unwrap_err().message, "string index out of range: 6 (len 6)");
    assert_eq!(heap.str_index(s, -7).unwrap_err().message, "string index out of range: -7 (len 6)");
    assert_eq!(
        heap.str_index(s, i64::MIN).unwrap_err().message,
        format!("string index out of range: {} (len 6)", i64::MIN)
    );
    let part = heap.str_slice(s, 1, 3).unwrap();
    assert_eq!(heap.str(&part), "él");
    assert_eq!(heap.str_slice(s, i64::MIN, i64::MAX), Ok(s));
    assert_eq!(heap.str_slice(s, 3, 1), Ok(Cell::EMPTY_STR));
}

#[test]
fn huge_strings_are_refused_not_tried() {
    let mut heap = Heap::new(1 << 20).unwrap();
    let mut s = text(&mut heap, &"x".repeat(1000));
    let error = loop {
        match heap.str_concat(s, s) {
            Ok(next) => s = next,
            Err(trap) => break trap,
        }
    };
    assert_eq!(error.message, "out of memory: limit 1 MiB");
    assert!(heap.check_len(1 << 40).is_err());
    assert_eq!(s.arena(), Some(Arena::Str));
}

#[test]
fn zero_bytes_count_in_comparisons() {
    let mut heap = heap();
    let words = ["", "\0", "\0\0", "a", "a\0", "a\0b", "ab", "abcde", "abcde\0", "abcdef", "b", "é"];
    let cells = words.map(|word| text(&mut heap, word));
    for (i, &a) in cells.iter().enumerate() {
        for (j, &b) in cells.iter().enumerate() {
            assert_eq!(heap.str_cmp(a, b), i.cmp(&j));
            assert_eq!(heap.str_eq(a, b), i == j);
        }
    }
}

#[test]
fn a_string_that_one_value_refers_to_grows_in_place() {
    let mut heap = heap();
    let mut rng = Rng::new(7);
    for round in 0..40 {
        let first = text(&mut heap, &rng.text(400));
        let mut expected = heap.str(&first).to_owned();
        let before = expected.clone();
        let mut whole = heap.str_own(first).unwrap();
        let mut moves = 0;
        for _ in 0..300 {
            let more = text(&mut heap, &rng.text(if round % 2 == 0 { 4 } else { 300 }));
            expected.push_str(heap.str(&more));
            let longer = heap.str_push(whole, more).unwrap();
            moves += usize::from(longer != whole);
            whole = longer;
            assert_eq!(heap.str(&whole), expected);
            assert_eq!(heap.str_len(whole), expected.chars().count());
            assert_eq!(heap.is_ascii(whole), expected.is_ascii());
        }
        assert!(moves < 100, "{moves} new objects");
        assert_eq!(heap.str(&first), before, "the object that it was made of stays as it is");
    }
}

#[test]
fn nothing_is_pushed_to_the_second_string() {
    let mut heap = heap();
    let long = text(&mut heap, &"long ".repeat(100));
    let whole = heap.str_push(Cell::EMPTY_STR, long).unwrap();
    assert!(whole != long);
    let more = text(&mut heap, "!");
    heap.str_push(whole, more).unwrap();
    assert_eq!(heap.str_len(long), 500);
}

#[test]
fn short_strings_are_pushed_up_to_the_end_of_a_buffer() {
    let mut heap = heap();
    let room = |heap: &Heap, whole: Cell| {
        // SAFETY: the string is alive, and its buffer with it.
        heap.tail(whole).map_or(0, |tail| unsafe { (*(*tail).buffer).capacity - (*(*tail).buffer).used })
    };
    for left in 0..=10 {
        for len in 1..=SHORT_STR_MAX {
            let long = text(&mut heap, &"é".repeat(40));
            let mut whole = heap.str_push(long, short_cell(b"x")).unwrap();
            // A buffer that was made for more.
            while room(&heap, whole) <= 20 {
                whole = heap.str_push(whole, short_cell(b"x")).unwrap();
            }
            while room(&heap, whole) > left {
                whole = heap.str_push(whole, short_cell(b"x")).unwrap();
            }
            let mut expected = heap.str(&whole).to_owned();
            expected.push_str(&"abcde"[..len]);
            let longer = heap.str_push(whole, short_cell(&b"abcde"[..len])).unwrap();
            assert_eq!(longer == whole, len <= left as usize, "{len} bytes where {left} are left");
            assert_eq!(heap.str(&longer), expected);
        }
    }
}

#[test]
fn searches_find_the_first_place_from_a_position_on() {
    let mut heap = heap();
    for whole in ["", "a", "banana", "é", "aéb🍣éa", &"n".repeat(40), &format!("{}🍣é", "xy".repeat(100))]
    {
        let chars: Vec<char> = whole.chars().collect();
        let cell = text(&mut heap, whole);
        for part in ["", "a", "an", "n", "é", "🍣", "éa", "yx", "z"] {
            let part_cell = text(&mut heap, part);
            for from in 0..chars.len() + 2 {
                let rest: Option<String> = chars.get(from..).map(|rest| rest.iter().collect());
                let expected = rest.and_then(|rest| {
                    let bytes = rest.find(part)?;
                    Some(from + rest[..bytes].chars().count())
                });
                assert_eq!(
                    heap.str_find(cell, part_cell, from as i64),
                    expected,
                    "{part} in {whole} from {from}"
                );
            }
        }
    }
}
