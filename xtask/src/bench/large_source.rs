//! A Mochi source of any length, the same every time, to measure the front end with.
//!
//! It repeats the chunks of `large_source.mochi`, which is a valid program by itself, in a shuffled order. In each
//! copy the suffix `_0` of names becomes the copy's number and the two placeholder literals become other numbers. The
//! program is fine in the strict profile too, so that no time goes into printing warnings.

use std::io::{self, Write};

const TEMPLATE: &str = include_str!("large_source.mochi");

/// Line between two chunks of the template.
const SEPARATOR: &str = "// ----\n";

/// Literals of the template that differ from copy to copy.
const PLACEHOLDERS: [&str; 2] = ["1009", "77"];

/// Writes a program of at least `lines` lines, as whole chunks, and returns how many it has.
pub fn write(out: &mut impl Write, lines: usize) -> io::Result<usize> {
    let chunks: Vec<&str> = TEMPLATE.split(SEPARATOR).collect();
    let mut numbers = Numbers(1);
    let mut written = 0;
    let mut copy = 0;
    while written < lines {
        copy += 1;
        let mut text = chunks[numbers.next() % chunks.len()].replace("_0", &format!("_{copy}"));
        for placeholder in PLACEHOLDERS {
            text = text.replace(placeholder, &(1 + numbers.next() % 9000).to_string());
        }
        out.write_all(text.as_bytes())?;
        written += text.lines().count();
    }
    Ok(written)
}

/// The minimal standard generator of Park and Miller.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> usize {
        self.0 = self.0 * 16_807 % 2_147_483_647;
        (self.0 >> 8) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(lines: usize) -> String {
        let mut out = Vec::new();
        assert!(write(&mut out, lines).unwrap() >= lines);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_is_the_same_every_time_and_as_long_as_asked() {
        let text = source(5_000);
        assert_eq!(text, source(5_000));
        assert!((5_000..5_100).contains(&text.lines().count()));
    }

    #[test]
    fn every_chunk_occurs_and_no_name_twice() {
        let text = source(5_000);
        let mut types: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("type ")).collect();
        types.sort();
        let count = types.len();
        types.dedup();
        assert_eq!(types.len(), count);
        for chunk in TEMPLATE.split(SEPARATOR) {
            let first_name = chunk.split("_0").next().unwrap();
            assert!(text.contains(first_name), "{first_name}");
        }
    }
}
