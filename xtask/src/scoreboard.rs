//! The scoreboard: how many programs of each part of the language pass in each mode, and what is skipped and why.
//!
//! The runner of the corpus (`crates/mochi/tests/corpus.rs`) writes a line for each program to the file that
//! `MOCHI_SCORES` names; the steps of `cargo xtask test` that run it in some mode keep these files, and the last step
//! compares what they say with `docs/scoreboard.md`. `cargo xtask scoreboard` runs the modes and writes the page.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lexopt::Arg;

use crate::failure::{Context, Result, failed};
use crate::sections::{SECTIONS, of_name};
use crate::workspace;

/// Where the page is.
pub const PAGE: &str = "docs/scoreboard.md";

const HELP: &str = "\
cargo xtask scoreboard [--check]

Runs the programs of tests/run and examples in every mode and writes docs/scoreboard.md.

  --check  run nothing, write nothing: compare the page with the last runs of `cargo xtask test`
";

/// A way to run the corpus.
#[derive(Clone, Copy)]
pub struct Mode {
    /// Its name, in the page and in `// skip(NAME): reason` lines of programs.
    pub name: &'static str,
    /// What sets it up.
    pub env: &'static [(&'static str, &'static str)],
}

/// The interpreter.
pub const VM: Mode = Mode { name: "vm", env: &[("MOCHI_CORPUS_ARGS", "--jit=off")] };
/// The interpreter with a collection at every allocation.
pub const STRESS: Mode =
    Mode { name: "vm-stress", env: &[("MOCHI_GC_STRESS", "1"), ("MOCHI_CORPUS_ARGS", "--jit=off")] };
/// Everything compiled before it runs.
pub const JIT: Mode = Mode { name: "jit", env: &[("MOCHI_CORPUS_ARGS", "--jit=always")] };
/// The same with a collection at every allocation.
pub const JIT_STRESS: Mode =
    Mode { name: "jit-stress", env: &[("MOCHI_GC_STRESS", "1"), ("MOCHI_CORPUS_ARGS", "--jit=always")] };
/// Compiled at the first jump back or call that is looked at, in the middle of functions.
pub const JIT_SOON: Mode = Mode { name: "jit-soon", env: &[("MOCHI_JIT_THRESHOLD", "1")] };
/// Memory in MiB in which garbage must be collected, chosen by measurement: four programs of the corpus hold more at once.
pub const LITTLE_MEMORY: &str = "0.125";
/// The interpreter in little memory.
pub const LITTLE: Mode =
    Mode { name: "vm-little", env: &[("MOCHI_CORPUS_ARGS", "--max-memory 0.125 --jit=off")] };

/// Built through C, which must be C99 without a doubt.
pub const C: Mode =
    Mode { name: "c", env: &[("MOCHI_BUILD_ARGS", "--mode=dev -- -Wall -Wextra -Wpedantic -Werror")] };

const MODES: &[Mode] = &[VM, STRESS, LITTLE, JIT, JIT_STRESS, JIT_SOON, C];

impl Mode {
    /// Sets a command up to run the corpus in this mode and keep its scores.
    pub fn prepare(self, root: &Path, command: &mut Command) {
        let file = scores(root, self);
        let _ = fs::create_dir_all(file.parent().unwrap_or(root));
        // What an earlier run left must not pass for this one's.
        let _ = fs::remove_file(&file);
        command.env("MOCHI_SCORES", file).env("MOCHI_MODE", self.name).envs(self.env.iter().copied());
    }
}

fn scores(root: &Path, mode: Mode) -> PathBuf {
    root.join("target/scores").join(format!("{}.txt", mode.name))
}

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let mut write = true;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("check") => write = false,
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::root()?;
    if !write {
        return check(&root);
    }
    for mode in MODES {
        let mut command = workspace::cargo(&root);
        command.args(["test", "--quiet", "-p", "mochi", "--test", "corpus"]);
        mode.prepare(&root, &mut command);
        // A program that fails is on the board as one that does not pass.
        command.status().context(|| "start cargo".into())?;
    }
    fs::write(root.join(PAGE), page(&root)?).context(|| format!("write {PAGE}"))
}

/// Fails when the page is not what the last runs say.
pub fn check(root: &Path) -> Result<()> {
    let page = page(root)?;
    match fs::read_to_string(root.join(PAGE)) {
        Ok(text) if text == page => Ok(()),
        _ => failed(format!("{PAGE} is stale: run `cargo xtask scoreboard` and read what changed")),
    }
}

/// How a program did in a mode.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Score {
    Passed,
    Failed,
    Skipped(String),
}

/// Scores of programs by path without extension.
type Scores = BTreeMap<String, Score>;

fn read(root: &Path, mode: Mode) -> Result<Scores> {
    let file = scores(root, mode);
    let text =
        fs::read_to_string(&file).context(|| format!("read {} (run the tests first)", file.display()))?;
    Ok(parse(&text))
}

/// Lines `passed NAME`, `failed NAME`, `skipped NAME: reason`.
fn parse(text: &str) -> Scores {
    let line = |line: &str| {
        let (verdict, name) = line.split_once(' ')?;
        Some(match verdict {
            "passed" => (name.to_string(), Score::Passed),
            "skipped" => {
                let (name, reason) = name.split_once(": ")?;
                (name.to_string(), Score::Skipped(reason.to_string()))
            }
            _ => (name.to_string(), Score::Failed),
        })
    };
    text.lines().filter_map(line).collect()
}

fn page(root: &Path) -> Result<String> {
    let scores: Result<Vec<(&str, Scores)>> =
        MODES.iter().map(|mode| Ok((mode.name, read(root, *mode)?))).collect();
    Ok(render(&scores?))
}

/// The part of the language that a program is about.
fn feature(program: &str) -> String {
    let (folder, stem) = program.rsplit_once('/').unwrap_or(("", program));
    match of_name(stem).filter(|_| folder == "tests/run") {
        Some((section, _)) => section.to_string(),
        None => folder.to_string(),
    }
}

fn render(modes: &[(&str, Scores)]) -> String {
    let programs: BTreeSet<&String> = modes.iter().flat_map(|(_, scores)| scores.keys()).collect();
    let mut features: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for program in &programs {
        features.entry(feature(program)).or_default().push(program);
    }
    let mut page = String::from(
        "<!-- Generated by `cargo xtask scoreboard`. -->\n# Scoreboard\n\nPrograms of `tests/run` (by section of the \
         language reference) and `examples` that pass in each mode, of how many.\n\n",
    );
    let names: Vec<&str> = modes.iter().map(|(name, _)| *name).collect();
    page += &format!(
        "| part | | programs | {} |\n|---|---|---:|{}\n",
        names.join(" | "),
        "---:|".repeat(names.len())
    );
    let mut row = |part: &str, title: &str, programs: &[&String]| {
        let passed = modes.iter().map(|(_, scores)| {
            let passed = programs.iter().filter(|program| scores.get(**program) == Some(&Score::Passed));
            passed.count().to_string()
        });
        let passed: Vec<String> = passed.collect();
        page += &format!("| {part} | {title} | {} | {} |\n", programs.len(), passed.join(" | "));
    };
    for (section, title) in SECTIONS {
        if let Some(programs) = features.remove(*section) {
            row(section, title, &programs);
        }
    }
    for (folder, programs) in &features {
        row(folder, "", programs);
    }
    row("all", "", &programs.iter().copied().collect::<Vec<_>>());
    page += "\n## What does not pass\n\n";
    let mut clean = true;
    for (mode, scores) in modes {
        for (program, score) in scores {
            match score {
                Score::Passed => continue,
                Score::Failed => page += &format!("- {mode}: `{program}` fails\n"),
                Score::Skipped(reason) => page += &format!("- {mode}: `{program}` is skipped: {reason}\n"),
            }
            clean = false;
        }
    }
    if clean {
        page += "Nothing: every program passes in every mode, and none is skipped.\n";
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_are_counted_by_section_and_mode() {
        let vm = parse("passed tests/run/s04_05_a\nfailed tests/run/s04_05_b\npassed examples/hello\n");
        let c = parse("passed tests/run/s04_05_a\nskipped tests/run/s04_05_b: no threads (E031), 2026-05\n");
        let page = render(&[("vm", vm), ("c", c)]);
        for line in [
            "| part | | programs | vm | c |",
            "| 4.5 | Functions and closures | 2 | 1 | 1 |",
            "| examples |  | 1 | 1 | 0 |",
            "| all |  | 3 | 2 | 1 |",
            "- vm: `tests/run/s04_05_b` fails",
            "- c: `tests/run/s04_05_b` is skipped: no threads (E031), 2026-05",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
    }
}
