//! Any text gives a tree that keeps its invariants, without a panic. Deterministic: a failure happens every time.

#[path = "support/soup.rs"]
mod soup;
mod support;

use std::path::Path;

use soup::soup;
use support::{on_big_stack, parse};

/// A small generator of random numbers (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 33) as usize % limit.max(1)
    }
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The seeds of the fuzz targets: real programs that use the whole grammar, and finds.
fn seeds() -> Vec<(String, String)> {
    let folder = root().join("fuzz/seeds/parse");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read =
        |path: &std::path::PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    paths.iter().map(|path| (path.display().to_string(), read(path))).collect()
}

#[test]
fn seeds_replay() {
    on_big_stack(|| {
        let seeds = seeds();
        assert!(seeds.len() > 10);
        for (path, text) in &seeds {
            let errors = parse(text).errors;
            assert!(errors.is_empty() || !path.ends_with(".mochi"), "{path}: {errors:?}");
        }
    });
}

#[test]
fn token_soup_parses() {
    on_big_stack(|| {
        let mut random = Random(0x6d6f_6368_6931);
        for _ in 0..30_000 {
            let len = random.below(60);
            let bytes: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
            parse(&soup(&bytes));
        }
    });
}

#[test]
fn mutated_programs_parse() {
    on_big_stack(|| {
        let seeds = seeds();
        let mut random = Random(0x6d6f_6368_6932);
        for i in 0..20_000 {
            let mut bytes = seeds[i % seeds.len()].1.clone().into_bytes();
            for _ in 0..1 + random.below(6) {
                mutate(&mut bytes, &seeds, &mut random);
            }
            parse(&String::from_utf8_lossy(&bytes));
        }
    });
}

/// One change: a byte replaced, a piece removed, doubled or moved, or a piece of another seed put in.
fn mutate(bytes: &mut Vec<u8>, seeds: &[(String, String)], random: &mut Random) {
    let at = random.below(bytes.len());
    let end = (at + random.below(12)).min(bytes.len());
    match random.below(6) {
        0 if at < bytes.len() => bytes[at] = random.next() as u8,
        1 if at < bytes.len() => bytes[at] = *b"(){}[]\",:=.+*?<> \n".get(random.below(18)).unwrap_or(&b' '),
        2 => drop(bytes.drain(at..end)),
        3 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        4 => {
            let piece: Vec<u8> = bytes.drain(at..end).collect();
            let to = random.below(bytes.len());
            bytes.splice(to..to, piece);
        }
        _ => {
            let other = seeds[random.below(seeds.len())].1.as_bytes();
            let from = random.below(other.len());
            let to = (from + random.below(40)).min(other.len());
            bytes.splice(at..at, other[from..to].iter().copied());
        }
    }
}

/// The measure of recovery: programs with one token missing, one doubled, or one replaced by another give few reports.
#[test]
fn one_wrong_token_gives_about_one_report() {
    on_big_stack(|| {
        let mut random = Random(0x6d6f_6368_6933);
        let (mut broken, mut reports, mut worst) = (0, 0, (0, String::new()));
        for (_, text) in seeds().iter().filter(|(path, _)| path.ends_with(".mochi")) {
            let tokens = token_ranges(text);
            for _ in 0..300 {
                let range = tokens[random.below(tokens.len())].clone();
                let other = &text[tokens[random.below(tokens.len())].clone()];
                let changed = match random.below(3) {
                    0 => format!("{} {}", &text[..range.start], &text[range.end..]),
                    1 => format!("{} {} {}", &text[..range.end], &text[range.clone()], &text[range.end..]),
                    _ => format!("{} {other} {}", &text[..range.start], &text[range.end..]),
                };
                let errors = parse(&changed).errors;
                if !errors.is_empty() {
                    broken += 1;
                    reports += errors.len();
                    if errors.len() > worst.0 {
                        let line = text[..range.start].matches('\n').count() + 1;
                        worst = (errors.len(), format!("line {line}: {errors:?}\n{changed}"));
                    }
                }
            }
        }
        let average = reports as f64 / broken as f64;
        assert!(
            broken > 1000 && average < 1.4 && worst.0 <= 8,
            "{average:.2} of {broken}, at most {}: {}",
            worst.0,
            worst.1
        );
    });
}

/// Where the tokens of a text are.
fn token_ranges(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut map = mochi_base::SourceMap::new();
    let file = map.add("seed.mochi", text).unwrap();
    let tokens = mochi_syntax::tokens(&map, file, &mut mochi_base::Sink::new());
    let start = map.file(file).start as usize;
    tokens
        .iter()
        .map(|(_, span)| span.lo as usize - start..span.hi as usize - start)
        .filter(|r| !r.is_empty())
        .collect()
}
