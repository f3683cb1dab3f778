use mochi_abi::cell::GENERATIONS;
use mochi_abi::{ElemKind, TypeId};

use super::*;
use crate::heap::buffer::Stress;
use crate::testing::{Rng, heap, int, list, rounds, text};

const PAIR: [ElemKind; 2] = [ElemKind::Cell, ElemKind::Cell];

/// A heap with the shape `Pair { left, right }` as number 0.
fn pairs() -> Heap {
    let mut heap = heap();
    let fields: Vec<_> = ["left", "right"]
        .iter()
        .zip(PAIR)
        .map(|(name, kind)| (name.to_string(), TypeId::of_kind(kind)))
        .collect();
    heap.register_struct("Pair", &fields).unwrap();
    heap
}

fn pair(heap: &mut Heap, left: Cell, right: Cell) -> Cell {
    let cell = heap.alloc_struct(0).unwrap();
    heap.words_mut(cell).copy_from_slice(&[left.0, right.0]);
    cell
}

fn left(heap: &Heap, cell: Cell) -> Cell {
    Cell(heap.words(cell)[0])
}

/// A tree of 2^(depth + 1) - 1 pairs.
fn tree(heap: &mut Heap, depth: u32) -> Cell {
    if depth == 0 {
        return pair(heap, Cell::NONE, Cell::NONE);
    }
    let (l, r) = (tree(heap, depth - 1), tree(heap, depth - 1));
    pair(heap, l, r)
}

fn count(heap: &Heap, cell: Cell) -> usize {
    if cell.is_none() {
        return 0;
    }
    let [l, r] = heap.words(cell) else { panic!("a pair") };
    1 + count(heap, Cell(*l)) + count(heap, Cell(*r))
}

#[test]
fn only_what_the_roots_reach_survives() {
    let mut heap = pairs();
    let kept = tree(&mut heap, 6);
    let lost = tree(&mut heap, 6);
    heap.collect(|marker| marker.cell(kept)).unwrap();
    heap.finish_sweep();
    assert_eq!(count(&heap, kept), 127);
    assert!(heap.is_stale(lost) && heap.slot(lost).is_none());
}

#[test]
fn cycles_are_collected_and_kept() {
    let mut heap = pairs();
    let a = pair(&mut heap, Cell::NONE, Cell::NONE);
    let b = pair(&mut heap, a, Cell::NONE);
    heap.words_mut(a)[0] = b.0;
    heap.collect(|marker| marker.cell(a)).unwrap();
    heap.finish_sweep();
    assert_eq!(left(&heap, left(&heap, a)), a);
    heap.collect(|_| ()).unwrap();
    heap.finish_sweep();
    assert!(heap.is_stale(a) && heap.is_stale(b));
}

#[test]
fn everything_an_object_refers_to_is_kept() {
    let mut heap = pairs();
    heap.register_closure(3, &[ElemKind::I64, ElemKind::Cell], 0, false);
    let long = |heap: &mut Heap, i: i64| {
        text(heap, &format!("a string that is too long for the slot of a string, {i}"))
    };
    let mut strings = Vec::new();
    let mut roots = Vec::new();
    for i in 0..8 {
        let s = long(&mut heap, i);
        strings.push(s);
        roots.push(match i {
            0 => list(&mut heap, &[Cell::NONE, s]),
            1 => crate::testing::map(&mut heap, &[(s, Cell::NONE)]),
            2 => crate::testing::map(&mut heap, &[(Cell::TRUE, s)]),
            3 => pair(&mut heap, Cell::NONE, s),
            4 => heap.alloc_ref(s.0, ElemKind::Cell).unwrap(),
            5 => {
                let f = heap.alloc_closure(3).unwrap();
                heap.words_mut(f).copy_from_slice(&[99, s.0]);
                f
            }
            6 => {
                heap.consts.push(s);
                Cell::NONE
            }
            _ => heap.str_slice(s, 1, i64::MAX).unwrap(),
        });
    }
    let raw = heap.alloc_ref(strings[7].0, ElemKind::I64).unwrap();
    roots.push(raw);
    for _ in 0..3 {
        heap.collect(|marker| marker.cells(&roots)).unwrap();
        heap.finish_sweep();
    }
    for (i, s) in strings[..7].iter().enumerate() {
        assert!(heap.str(s).ends_with(&format!(" {i}")));
    }
    // An int that looks like a handle keeps nothing; a slice keeps the bytes, not the slot.
    assert!(heap.is_stale(strings[7]));
    assert!(heap.str(&roots[7]).ends_with("string, 7"));
}

#[test]
fn freed_handles_are_stale_and_slots_are_used_again() {
    let mut heap = pairs();
    let a = pair(&mut heap, Cell::NONE, Cell::NONE);
    heap.free(a);
    assert!(heap.is_stale(a));
    let b = pair(&mut heap, Cell::NONE, Cell::NONE);
    assert_eq!(a.index(), b.index());
    assert_ne!(a, b);
    assert!(heap.is_stale(a) && !heap.is_stale(b));
    heap.free(Cell::NONE);
    heap.free(Cell::TRUE);
}

#[test]
#[should_panic(expected = "is no live handle of Struct")]
fn using_a_freed_object_is_noticed() {
    let mut heap = pairs();
    let a = pair(&mut heap, Cell::NONE, Cell::NONE);
    heap.free(a);
    heap.words(a);
}

#[test]
#[should_panic(expected = "is no live handle of ListI64")]
fn a_handle_of_another_arena_is_noticed() {
    let mut heap = pairs();
    let a = pair(&mut heap, Cell::NONE, Cell::NONE);
    let fake = Cell::from_handle(header(Arena::ListI64, 0), a.index());
    heap.list_len(fake);
}

#[test]
fn a_slot_without_generations_waits_for_a_collection() {
    let mut heap = pairs();
    let first = pair(&mut heap, Cell::NONE, Cell::NONE);
    let mut old = first;
    heap.free(first);
    // Where a slot starts depends on its block.
    for _ in (first.header() & (GENERATIONS - 1)) + 1..GENERATIONS {
        let next = pair(&mut heap, Cell::NONE, Cell::NONE);
        assert_eq!(next.index(), first.index());
        old = next;
        heap.free(next);
    }
    let other = pair(&mut heap, Cell::NONE, Cell::NONE);
    assert_ne!(other.index(), first.index());
    assert!(heap.is_stale(first));
    // As long as somebody holds a handle to it, it is not used again.
    for held in [Some(old), Some(first), None] {
        heap.collect(|marker| marker.cell(held.unwrap_or(Cell::NONE))).unwrap();
        heap.finish_sweep();
        // SAFETY: slots of the heap start with a header word, free or not.
        let quarantined = unsafe { heap.at(first.index()).cast::<u32>().read() } == quarantine();
        assert_eq!(quarantined, held.is_some());
    }
    let indices: Vec<u32> = (0..20).map(|_| pair(&mut heap, Cell::NONE, Cell::NONE).index()).collect();
    assert!(indices.contains(&first.index()));
}

#[test]
fn freeing_before_the_sweep_does_not_chain_twice() {
    let mut heap = pairs();
    let cells: Vec<Cell> = (0..100).map(|_| pair(&mut heap, Cell::NONE, Cell::NONE)).collect();
    heap.collect(|marker| marker.cells(&cells)).unwrap();
    for &cell in &cells[..50] {
        heap.free(cell);
    }
    let mut seen = std::collections::HashSet::new();
    for _ in 0..2000 {
        let new = pair(&mut heap, Cell::NONE, Cell::NONE);
        assert!(seen.insert(new.index()));
        assert!(!cells[50..].iter().any(|cell| cell.index() == new.index()));
    }
    for &cell in &cells[50..] {
        assert!(!heap.is_stale(cell));
        heap.free(cell);
    }
}

#[test]
fn random_graphs_survive_stress() {
    let mut heap = pairs();
    heap.set_stress(Stress::On);
    let mut rng = Rng::new(5);
    // Each root is a chain with a known sum.
    let mut roots: Vec<(Cell, i64)> = vec![(Cell::NONE, 0); 20];
    for _ in 0..rounds(5_000) {
        let at = rng.below(roots.len());
        let (chain, sum) = roots[at];
        roots[at] = match rng.below(10) {
            0 => (Cell::NONE, 0),
            1 => roots[rng.below(roots.len())],
            _ => {
                let n = rng.next() as i64 >> rng.below(64);
                let number = int(&mut heap, n);
                let tail = match rng.below(3) {
                    0 => list(&mut heap, &[number]),
                    1 => crate::testing::map(&mut heap, &[(Cell::NONE, number)]),
                    _ => number,
                };
                (pair(&mut heap, chain, tail), sum.wrapping_add(n))
            }
        };
        if heap.should_collect() {
            heap.collect(|marker| roots.iter().for_each(|&(cell, _)| marker.cell(cell))).unwrap();
        }
    }
    for &(mut chain, sum) in &roots {
        let mut found = 0i64;
        while !chain.is_none() {
            let words = heap.words(chain);
            let (next, mut value) = (Cell(words[0]), Cell(words[1]));
            if heap.is_list(value) {
                value = heap.list_item(value, 0).unwrap();
            } else if heap.is_map(value) {
                value = Cell(heap.map_get_cell(value, Cell::NONE).unwrap());
            }
            found = found.wrapping_add(heap.unbox_int(value).unwrap());
            chain = next;
        }
        assert_eq!(found, sum);
    }
}

#[test]
fn memory_stays_flat_over_many_allocations() {
    let mut heap = pairs();
    let keep = tree(&mut heap, 10);
    let mut most = 0;
    for i in 0..rounds(3_000_000) {
        let s = if i % 7 == 0 { text(&mut heap, &"x".repeat(i % 300)) } else { Cell::NONE };
        pair(&mut heap, s, keep);
        if i % 5 == 0 {
            heap.list_new(ElemKind::I64, i % 50).unwrap();
        }
        if heap.should_collect() {
            heap.collect(|marker| marker.cell(keep)).unwrap();
            most = most.max(heap.account.slot_bytes + heap.account.buffer_bytes);
        }
    }
    assert!(most < 8 << 20, "{most} bytes in use");
    assert_eq!(count(&heap, keep), 2047);
}

#[test]
fn blocks_of_the_dead_serve_other_arenas() {
    let mut heap = pairs();
    heap.register_struct("Four", &vec![("f".to_owned(), TypeId::INT); 3]).unwrap();
    for round in 0..4 {
        // Three words and a header: the size of a list's slot.
        for _ in 0..200_000 {
            if round % 2 == 0 {
                heap.alloc_struct(1).unwrap();
            } else {
                heap.list_new(ElemKind::Cell, 0).unwrap();
            }
        }
        heap.collect(|_| ()).unwrap();
        heap.collect(|_| ()).unwrap();
    }
    assert!(heap.account.slot_bytes < 9 << 20, "{} bytes of slots", heap.account.slot_bytes);
    assert!(heap.blocks.len() < 120, "{} blocks", heap.blocks.len());
}

#[test]
fn memory_of_the_dead_goes_back_to_the_system() {
    let mut heap = pairs();
    let cells: Vec<Cell> = (0..500_000).map(|_| pair(&mut heap, Cell::NONE, Cell::NONE)).collect();
    assert!(heap.account.slot_bytes > 11 << 20);
    heap.collect(|_| ()).unwrap();
    heap.collect(|_| ()).unwrap();
    assert!(heap.account.slot_bytes < 2 << 20);
    // Generations go on, so that old handles stay stale.
    for _ in 0..500_000 {
        pair(&mut heap, Cell::NONE, Cell::NONE);
    }
    assert!(cells.iter().all(|&cell| heap.is_stale(cell)));
}

#[test]
fn a_million_nested_lists_are_marked() {
    let mut heap = heap();
    let mut chain = list(&mut heap, &[]);
    for _ in 0..rounds(1_000_000) {
        chain = list(&mut heap, &[chain]);
    }
    heap.collect(|marker| marker.cell(chain)).unwrap();
    heap.finish_sweep();
    assert!(!heap.is_stale(Cell(heap.list_word(chain, 0))));
}

#[test]
fn the_limit_is_an_error_not_a_crash() {
    let mut heap = Heap::new(4 << 20).unwrap();
    let mut chain = Cell::NONE;
    let trap = loop {
        let new = heap.list_from(ElemKind::Cell, &[chain.0]);
        let Ok(next) = new else { break new.unwrap_err() };
        chain = next;
        if heap.should_collect()
            && let Err(trap) = heap.collect(|marker| marker.cell(chain))
        {
            break trap;
        }
    };
    assert_eq!(trap.message, "out of memory: limit 4 MiB");
    // Garbage does not count.
    let mut heap = Heap::new(4 << 20).unwrap();
    for _ in 0..100 {
        heap.list_zeros(ElemKind::I64, 250_000).unwrap();
        if heap.should_collect() {
            heap.collect(|_| ()).unwrap();
        }
        assert!(heap.account.buffer_bytes <= 8 << 20);
    }
}

#[test]
fn structs_of_every_size_have_all_their_words() {
    let mut heap = heap();
    for words in [0, 1, 2, 31, 32, 33, 100, 1000, 8191] {
        let fields = vec![("f".to_owned(), TypeId::INT); words];
        let shape = heap.register_struct("S", &fields).unwrap();
        let cells: Vec<Cell> = (0..3).map(|_| heap.alloc_struct(shape).unwrap()).collect();
        for (i, &cell) in cells.iter().enumerate() {
            heap.words_mut(cell).fill(i as u64);
        }
        heap.collect(|marker| marker.cells(&cells)).unwrap();
        for (i, &cell) in cells.iter().enumerate() {
            assert!(heap.words(cell).iter().all(|&word| word == i as u64) && heap.words(cell).len() == words);
            assert_eq!(heap.payload(cell), shape);
        }
    }
}
