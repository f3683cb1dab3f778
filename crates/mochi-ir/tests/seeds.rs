//! The seeds of the fuzz targets `ir_*`, as they are and damaged, without a fuzzer.

#[path = "support/reached.rs"]
mod reached;
#[path = "support/readers.rs"]
mod readers;

use std::path::Path;

use mochi_ir::generate::Choices;

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/ir");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn read(bytes: &[u8]) {
    readers::text(&String::from_utf8_lossy(bytes));
    readers::binary(bytes);
    readers::broken(bytes);
    readers::optimised(bytes);
}

#[test]
fn seeds_replay() {
    let seeds = seeds();
    assert!(seeds.len() > 5);
    seeds.iter().for_each(|bytes| read(bytes));
}

#[test]
fn damaged_seeds_are_read() {
    let seeds = seeds();
    for n in 0..400 {
        let mut choices = Choices::of_seed(n);
        let mut bytes = seeds[choices.below(seeds.len())].clone();
        for _ in 0..1 + choices.below(8) {
            let at = choices.below(bytes.len().max(1)).min(bytes.len());
            match choices.below(3) {
                0 => bytes.insert(at, choices.below(256) as u8),
                1 => bytes.truncate(at.max(1)),
                _ => {
                    // A piece of another seed.
                    let other = &seeds[choices.below(seeds.len())];
                    let from = choices.below(other.len());
                    let to = (from + choices.below(40)).min(other.len());
                    bytes.splice(at..at, other[from..to].iter().copied());
                }
            }
        }
        read(&bytes);
    }
}
