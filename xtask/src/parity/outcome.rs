//! What became of programs in a mode: files `target/scores/NAME.txt`, written by the runner of the corpus.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Result};
use crate::workspace;

/// Which programs are run.
#[derive(Clone)]
pub struct Selection {
    /// One in so many, in order of their names.
    pub share: usize,
    /// Those whose path contains this.
    pub only: String,
}

/// Whether programs could be run at all.
pub enum Ran {
    /// They were.
    Done,
    /// Something is not here.
    Missing(String),
}

/// What the runner says of a program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Output, exit status, error and its place are what they should be.
    Same,
    /// The first thing that is not.
    Differs(String),
    /// A line of the program says why it is not run in the mode.
    LeftOut(String),
}

/// What is known of a mode.
#[derive(PartialEq, Eq, Debug)]
pub enum Record {
    /// It could not be run.
    Missing(String),
    /// Programs were run.
    Ran {
        /// One in so many.
        share: usize,
        /// Those whose path contains this.
        only: String,
        /// By path without extension.
        outcomes: BTreeMap<String, Outcome>,
    },
}

impl Selection {
    /// All programs.
    pub fn whole() -> Selection {
        Selection { share: 1, only: String::new() }
    }

    /// The command that runs them and keeps the outcomes of the column `name`.
    pub fn command(&self, root: &Path, name: &str) -> Command {
        let mut command = workspace::cargo(root);
        command.args([
            "test",
            "--package",
            "mochi",
            "--test",
            "corpus",
            "--quiet",
            "--",
            "--quiet",
            &self.only,
        ]);
        // What is printed there is the matrix.
        command.stdout(std::io::stderr());
        command.env("MOCHI_SCORES", file(root, name)).env("MOCHI_SHARE", self.share.to_string());
        command
    }
}

/// Where the outcomes of a column are.
pub fn file(root: &Path, name: &str) -> PathBuf {
    root.join("target/scores").join(format!("{name}.txt"))
}

/// Removes what an earlier run left, which must not pass for the next one's.
pub fn forget(root: &Path, name: &str) -> Result<()> {
    let file = file(root, name);
    let folder = file.parent().unwrap_or(root);
    fs::create_dir_all(folder).context(|| format!("create {}", folder.display()))?;
    if file.exists() {
        fs::remove_file(&file).context(|| format!("remove {}", file.display()))
    } else {
        Ok(())
    }
}

/// Keeps why a column cannot be run.
pub fn missing(root: &Path, name: &str, why: &str) -> Result<()> {
    let (file, line) = (file(root, name), why.lines().collect::<Vec<_>>().join("; "));
    fs::write(&file, format!("missing {line}\n")).context(|| format!("write {}", file.display()))
}

/// What was kept of a column. Without a file its runner ended early: nothing is known of any program.
pub fn read(root: &Path, name: &str) -> Record {
    parse(&fs::read_to_string(file(root, name)).unwrap_or_default())
}

/// Lines `share N`, `only TEXT`, `missing REASON`, `passed NAME`, `failed NAME: PROBLEM`, `skipped NAME: REASON`.
pub fn parse(text: &str) -> Record {
    let (mut share, mut only, mut outcomes) = (1, String::new(), BTreeMap::new());
    for (word, rest) in text.lines().filter_map(|line| line.split_once(' ')) {
        let (name, why) = rest.split_once(": ").unwrap_or((rest, ""));
        let outcome = match word {
            "missing" => return Record::Missing(rest.to_owned()),
            "share" => {
                share = rest.parse().unwrap_or(1);
                continue;
            }
            "only" => {
                only = rest.to_owned();
                continue;
            }
            "passed" => Outcome::Same,
            "skipped" => Outcome::LeftOut(why.to_owned()),
            _ => Outcome::Differs(why.to_owned()),
        };
        outcomes.insert(name.to_owned(), outcome);
    }
    Record::Ran { share, only, outcomes }
}

/// All programs by path without extension, sorted.
pub fn programs(root: &Path) -> Result<Vec<String>> {
    let mut programs = Vec::new();
    for folder in ["bench/kernels", "examples", "tests/run"] {
        let dir = root.join(folder);
        for entry in fs::read_dir(&dir).context(|| format!("list {}", dir.display()))? {
            let path = entry.context(|| format!("list {}", dir.display()))?.path();
            let is_program = path.extension().is_some_and(|it| it == "mochi");
            if is_program || folder == "bench/kernels" {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                programs.push(format!("{folder}/{stem}"));
            }
        }
    }
    programs.sort();
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_runner_are_read() {
        let text = "share 6\nonly a b\nfailed examples/b: exit status Some(1); line 1: x\npassed examples/a\nskipped tests/run/c: why: so\n";
        let Record::Ran { share, only, outcomes } = parse(text) else { panic!("it ran") };
        assert_eq!((share, only.as_str()), (6, "a b"));
        assert_eq!(outcomes["examples/a"], Outcome::Same);
        assert_eq!(outcomes["examples/b"], Outcome::Differs("exit status Some(1); line 1: x".into()));
        assert_eq!(outcomes["tests/run/c"], Outcome::LeftOut("why: so".into()));
        assert_eq!(parse("missing there is no zig: none\n"), Record::Missing("there is no zig: none".into()));
    }

    #[test]
    fn every_kind_of_program_is_found() {
        let programs = programs(&workspace::root().unwrap()).unwrap();
        for name in ["bench/kernels/fib_rec", "examples/hello", "tests/run/s01_01_crlf_line_endings"] {
            assert!(programs.iter().any(|program| program == name), "{name}");
        }
    }
}
