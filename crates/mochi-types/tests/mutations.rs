//! The checker never panics and never loops: sources of the corpora are mutated token by token and checked in every
//! profile; what still checks without errors must obey the contract and print.

mod corpus;

/// Mutants per source and run.
const MUTANTS: u32 = 40;

#[test]
fn seeds_of_the_fuzz_targets_replay() {
    let seeds = ["fuzz/seeds/check", "fuzz/seeds/parse"].map(corpus::sources).concat();
    assert!(seeds.len() > 10, "the seeds are missing");
    for file in seeds {
        corpus::survives(&std::fs::read_to_string(&file).expect("a readable file"));
    }
}

#[test]
fn mutated_sources_are_checked_to_the_end() {
    let sources: Vec<String> = ["tests/run", "tests/check", "examples"]
        .iter()
        .flat_map(|folder| corpus::sources(folder))
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .collect();
    let words: Vec<String> = sources.iter().flat_map(|text| split(text)).map(str::to_string).collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for text in &sources {
        for _ in 0..MUTANTS {
            corpus::survives(&mutate(text, &words, &mut random));
        }
    }
}

/// Words, numbers and signs, with the white space between them.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut last = None;
    for (at, c) in text.char_indices() {
        let now = class(c);
        if last.is_some_and(|last| last != now || now == 2) {
            parts.push(&text[start..at]);
            start = at;
        }
        last = Some(now);
    }
    parts.push(&text[start..]);
    parts
}

/// The source with a few tokens dropped, doubled, swapped, or replaced by others of the corpora.
fn mutate(text: &str, words: &[String], random: &mut Random) -> String {
    let mut parts: Vec<&str> = split(text);
    for _ in 0..=random.below(4) {
        let at = random.below(parts.len());
        match random.below(5) {
            0 => drop(parts.remove(at)),
            1 => parts.insert(at, parts[at]),
            2 => {
                let other = random.below(parts.len());
                parts.swap(at, other);
            }
            _ => parts[at] = &words[random.below(words.len())],
        }
        if parts.is_empty() {
            break;
        }
    }
    parts.concat()
}

/// A xorshift generator: the same mutants in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
