//! How much was compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{Read, Seek, Write};
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
    /// Adds the counters of a run to the file below a folder, one run at a time.
    pub fn record(&self, root: &Path) -> std::io::Result<()> {
        let path = root.join(FILE);
        let mut file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let mut all = Counters::parse(&text);
        all.add(self);
        let head =
            "# What `cargo xtask fuzz-modes --record` compared, all runs together: comparisons by mode.\n";
        file.rewind()?;
        file.set_len(0)?;
        file.write_all(format!("{head}{}", all.print()).as_bytes())
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

    #[test]
    fn runs_that_end_at_once_are_all_recorded() {
        let root = std::env::temp_dir().join(format!("mochi-fuzz-modes-counters-{}", std::process::id()));
        std::fs::create_dir_all(root.join(FILE).parent().unwrap()).unwrap();
        let one = Counters { programs: 1, ..Counters::default() };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..20).for_each(|_| one.record(&root).unwrap()));
            }
        });
        let all = Counters::parse(&std::fs::read_to_string(root.join(FILE)).unwrap());
        std::fs::remove_dir_all(root).unwrap();
        assert_eq!(all.programs, 160);
    }
}
