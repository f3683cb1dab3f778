//! Quick figures for the hot operations of the runtime: `cargo run --release -p mochi-runtime --example speed`.
//! CPU time, the best of five; still, read ratios, not absolutes.

use std::hint::black_box;

use mochi_abi::{Cell, ElemKind, TypeId};
use mochi_runtime::Heap;

const INT: ElemKind = ElemKind::I64;
const CELL: ElemKind = ElemKind::Cell;

fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Runs `work` a few times and prints the best time per step.
fn measure(name: &str, steps: usize, mut work: impl FnMut()) {
    let best = (0..5)
        .map(|_| {
            let start = cpu_seconds();
            work();
            cpu_seconds() - start
        })
        .fold(f64::INFINITY, f64::min);
    let rate = steps as f64 / best / 1e6;
    println!("{name:40} {:8.2} ns {rate:8.1} M/s", best * 1e9 / steps as f64);
}

fn heap() -> Heap {
    let mut heap = Heap::new(8 << 30).expect("memory");
    let fields = ["left", "right"].map(|name| (name.to_owned(), TypeId::ANY));
    heap.register_struct("Node", &fields).expect("memory");
    heap
}

fn node(heap: &mut Heap, left: Cell, right: Cell) -> Cell {
    let cell = heap.alloc_struct(0).expect("memory");
    let words = heap.words_mut(cell);
    words[0] = left.0;
    words[1] = right.0;
    cell
}

fn tree(heap: &mut Heap, depth: u32, roots: &mut Vec<Cell>) -> Cell {
    if depth == 0 {
        return node(heap, Cell::NONE, Cell::NONE);
    }
    let left = tree(heap, depth - 1, roots);
    roots.push(left);
    let right = tree(heap, depth - 1, roots);
    roots.push(right);
    if heap.should_collect() {
        heap.collect(|marker| marker.cells(roots)).expect("memory");
    }
    roots.truncate(roots.len() - 2);
    node(heap, left, right)
}

fn structs() {
    const N: usize = 20_000_000;
    let mut h = heap();
    measure("struct, dead at once, collected", N, || {
        for _ in 0..N {
            black_box(node(&mut h, Cell::NONE, Cell::NONE));
            if h.should_collect() {
                h.collect(|_| ()).expect("memory");
            }
        }
    });
    measure("struct, freed at once", N, || {
        for _ in 0..N {
            let cell = node(&mut h, Cell::NONE, Cell::NONE);
            h.free(cell);
        }
        h.collect(|_| ()).expect("memory");
    });
    let mut h = heap();
    let mut roots = Vec::new();
    measure("trees of 32767 nodes", 64 << 15, || {
        for _ in 0..64 {
            tree(&mut h, 14, &mut roots);
        }
    });
    let long = tree(&mut h, 20, &mut roots);
    measure("marking 2 M live nodes", 2 << 20, || h.collect(|marker| marker.cell(long)).expect("memory"));
    roots.push(long);
    measure("trees of 32767 nodes, 2 M others live", 64 << 15, || {
        for _ in 0..64 {
            tree(&mut h, 14, &mut roots);
        }
    });
}

fn maps() {
    for n in [100usize, 10_000, 1_000_000] {
        let mut h = heap();
        let repeat = (2_000_000 / n).max(1);
        let key = |i: usize| (i * 7919 % n) as i64;
        measure(&format!("map<int,int> insert, {n}"), n * repeat, || {
            for _ in 0..repeat {
                let m = h.map_new(INT, INT, 0).expect("memory");
                for i in 0..n {
                    h.map_set(m, key(i) as u64, INT, i as u64, INT).expect("memory");
                }
                h.free(m);
            }
        });
        let m = h.map_new(INT, INT, 0).expect("memory");
        (0..n).for_each(|i| h.map_set(m, key(i) as u64, INT, i as u64, INT).expect("memory"));
        measure(&format!("map<int,int> lookup, {n}"), n * repeat, || {
            let mut sum = 0;
            for i in 0..n * repeat {
                sum += h.map_get(m, (i * 31 % n) as u64, INT, INT).expect("memory").unwrap_or(0);
            }
            black_box(sum);
        });
        measure(&format!("map<int,int> insert in order, {n}"), n * repeat, || {
            for _ in 0..repeat {
                let m = h.map_new(INT, INT, 0).expect("memory");
                for i in 0..n {
                    h.map_set(m, i as u64, INT, i as u64, INT).expect("memory");
                }
                h.free(m);
            }
        });
        let scattered = |i: usize| (i as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let m = h.map_new(INT, INT, 0).expect("memory");
        (0..n).for_each(|i| h.map_set(m, scattered(i), INT, i as u64, INT).expect("memory"));
        measure(&format!("map<int,int> lookup, scattered keys, {n}"), n * repeat, || {
            let mut sum = 0;
            for i in 0..n * repeat {
                sum += h.map_get(m, scattered(i * 31 % n), INT, INT).expect("memory").unwrap_or(0);
            }
            black_box(sum);
        });
        let keys: Vec<Cell> =
            (0..n).map(|i| h.new_str(&format!("key number {i}")).expect("memory")).collect();
        measure(&format!("map<string,int> insert, {n}"), n * repeat, || {
            for _ in 0..repeat {
                let m = h.map_new(CELL, INT, 0).expect("memory");
                for (i, key) in keys.iter().enumerate() {
                    h.map_set(m, key.0, CELL, i as u64, INT).expect("memory");
                }
                h.free(m);
            }
        });
        let m = h.map_new(CELL, INT, 0).expect("memory");
        (0..n).for_each(|i| h.map_set(m, keys[i].0, CELL, i as u64, INT).expect("memory"));
        measure(&format!("map<string,int> lookup, {n}"), n * repeat, || {
            let mut sum = 0;
            for i in 0..n * repeat {
                sum += h.map_get(m, keys[i * 31 % n].0, CELL, INT).expect("memory").unwrap_or(0);
            }
            black_box(sum);
        });
    }
}

fn strings() {
    const N: usize = 4_000_000;
    let mut h = heap();
    let unit = Cell::from_short_str(b"ab").expect("short");
    measure("s = s + \"ab\"", N, || {
        let mut s = Cell::EMPTY_STR;
        for _ in 0..N {
            s = h.str_concat(s, unit).expect("memory");
            if h.should_collect() {
                h.collect(|marker| marker.cell(s)).expect("memory");
            }
        }
        black_box(s);
    });
    let ascii = h.new_str(&"abcdefgh".repeat(N / 8)).expect("memory");
    let mixed = h.new_str(&"abcdéfgh".repeat(N / 8)).expect("memory");
    for (name, text) in [("s[i], ASCII", ascii), ("s[i], others", mixed)] {
        measure(name, N, || {
            let mut sum = 0;
            for i in 0..N as i64 {
                sum ^= h.str_index(text, i).expect("in range").0;
            }
            black_box(sum);
        });
    }
    let words: Vec<Cell> =
        (0..1000).map(|i| h.new_str(&format!("word number {i}")).expect("memory")).collect();
    let same: Vec<Cell> =
        (0..1000).map(|i| h.new_str(&format!("word number {i}")).expect("memory")).collect();
    measure("s == t, 15 bytes", 1_000_000, || {
        let mut count = 0;
        for i in 0..1_000_000 {
            count += usize::from(h.str_eq(words[i % 1000], same[i % 1000]));
        }
        black_box(count);
    });
    measure("concat to 20 bytes", N, || {
        for i in 0..N {
            black_box(h.str_concat(words[i % 1000], unit).expect("memory"));
            if h.should_collect() {
                h.collect(|marker| {
                    marker.cells(&words);
                    marker.cells(&same);
                })
                .expect("memory");
            }
        }
    });
}

fn lists() {
    const N: usize = 10_000_000;
    let mut h = heap();
    measure("push int", N, || {
        let xs = h.list_new(INT, 0).expect("memory");
        for i in 0..N {
            h.list_push(xs, i as u64, INT).expect("memory");
        }
        h.free(xs);
    });
    let xs = h.list_zeros(INT, 1000).expect("memory");
    measure("xs[i]", N, || {
        let mut sum = 0;
        for i in 0..N {
            sum += h.list_get(xs, (i % 1000) as i64, INT).expect("in range");
        }
        black_box(sum);
    });
    measure("new list of 3, collected", N, || {
        for i in 0..N {
            black_box(h.list_from(INT, &[i as u64, 2, 3]).expect("memory"));
            if h.should_collect() {
                h.collect(|_| ()).expect("memory");
            }
        }
    });
}

fn main() {
    structs();
    lists();
    strings();
    maps();
}
