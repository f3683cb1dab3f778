//! How much was compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::modes::Mode;

/// Where the counters of all runs are.
pub const FILE: &str = "crates/mochi-fuzz-modes/counters.txt";

/// Counters of a run, or of all.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// Programs that the checker accepted.
    pub programs: u64,
    /// Programs that it refused, which are mistakes of the generator.
    pub refused: u64,
    /// Comparisons with the oracle, by mode.
    pub comparisons: BTreeMap<String, u64>,
}

impl Counters {
    /// One comparison more.
    pub fn count(&mut self, mode: &Mode) {
        *self.comparisons.entry(mode.name()).or_default() += 1;
    }
    /// Both together.
    pub fn add(&mut self, other: &Counters) {
        self.programs += other.programs;
        self.refused += other.refused;
        for (mode, count) in &other.comparisons {
            *self.comparisons.entry(mode.clone()).or_default() += count;
        }
    }
    /// As [`parse`](Self::parse) reads it.
    pub fn print(&self) -> String {
        let mut text = format!("programs {}\nrefused {}\n", self.programs, self.refused);
        for (mode, count) in &self.comparisons {
            let _ = writeln!(text, "{mode} {count}");
        }
        text
    }
    /// Reads counters; lines that are none are comments.
    pub fn parse(text: &str) -> Counters {
        let mut counters = Counters::default();
        for line in text.lines() {
            let Some((name, count)) = line.split_once(' ') else { continue };
            let Ok(count) = count.trim().parse() else { continue };
            match name {
                "programs" => counters.programs = count,
                "refused" => counters.refused = count,
                mode => {
                    counters.comparisons.insert(mode.to_owned(), count);
                }
            }
        }
        counters
    }
    /// Adds the counters of a run to the file below a folder.
    pub fn record(&self, root: &Path) -> std::io::Result<()> {
        let file = root.join(FILE);
        let mut all = Counters::parse(&std::fs::read_to_string(&file).unwrap_or_default());
        all.add(self);
        let head =
            "# What `cargo xtask fuzz-modes --record` compared, all runs together: comparisons by mode.\n";
        std::fs::write(file, format!("{head}{}", all.print()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_read_as_they_are_written() {
        let mut counters = Counters { programs: 7, ..Counters::default() };
        counters.count(&Mode::Jit);
        counters.count(&Mode::Jit);
        assert_eq!(Counters::parse(&counters.print()), counters);
        counters.add(&counters.clone());
        assert_eq!((counters.programs, counters.comparisons["jit"]), (14, 4));
    }
}
