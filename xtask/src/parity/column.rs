//! The ways to run programs: modes of interpreting them here, C compilers and targets, and `mochi` on another processor.

use std::path::Path;
use std::process::Command;

use super::outcome::{Ran, Selection};
use crate::compilers::{self, Way};
use crate::failure::{Failure, Result};
use crate::{foreign, workspace};

/// This machine, as a target.
pub const HERE: &str = "here";

/// A way to interpret programs, or to compile them while they run.
#[derive(Clone, Copy)]
pub struct Mode {
    /// Its name, also in `// skip(NAME): reason` lines of programs.
    pub name: &'static str,
    /// Options of `mochi run`.
    run: &'static str,
    /// What else sets it up.
    env: &'static [(&'static str, &'static str)],
    /// `cargo xtask test` takes one program in so many.
    share: usize,
}

const STRESSED: &[(&str, &str)] = &[("MOCHI_GC_STRESS", "1")];
const UNOPTIMISED: &[(&str, &str)] = &[("MOCHI_CORPUS_PASSES", "none")];

/// The interpreter.
pub const VM: Mode = Mode { name: "vm", run: "--jit=off", env: &[], share: 1 };
/// The interpreter with a collection at every allocation.
pub const STRESS: Mode = Mode { name: "vm-stress", env: STRESSED, ..VM };
/// The interpreter of what was not optimised.
const PLAIN: Mode = Mode { name: "vm-plain", env: UNOPTIMISED, ..VM };
/// The interpreter in memory in which garbage must be collected, chosen by measurement: few programs hold more at once.
const LITTLE: Mode = Mode { name: "vm-little", run: "--jit=off --max-memory 0.125", ..VM };
/// Everything compiled before it runs.
const JIT: Mode = Mode { name: "jit", run: "--jit=always", env: &[], share: 1 };
/// The same with a collection at every allocation.
const JIT_STRESS: Mode = Mode { name: "jit-stress", env: STRESSED, ..JIT };
/// Compiled at the first jump back or call that is looked at, in the middle of functions.
const JIT_SOON: Mode = Mode { name: "jit-soon", run: "", env: &[("MOCHI_JIT_THRESHOLD", "1")], share: 1 };
/// Other instructions than those that the optimiser leaves.
const JIT_PLAIN: Mode = Mode { name: "jit-plain", env: UNOPTIMISED, share: 6, ..JIT };

const MODES: &[Mode] = &[VM, PLAIN, STRESS, LITTLE, JIT, JIT_PLAIN, JIT_STRESS, JIT_SOON];

/// Modes of `mochi` on aarch64, each with its name there and how much the emulator is given of it.
const FOREIGN: &[(&str, Mode)] = &[
    ("vm-aarch64", Mode { share: 40, ..VM }),
    ("jit-aarch64", JIT),
    ("jit-stress-aarch64", Mode { share: 24, ..JIT_STRESS }),
    ("jit-soon-aarch64", Mode { share: 24, ..JIT_SOON }),
];

/// A column of the matrix.
#[derive(Clone)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What its programs run on.
    pub target: &'static str,
    /// `cargo xtask test` runs one program in so many; without, none.
    pub share: Option<usize>,
    how: How,
}

#[derive(Clone, Copy)]
enum How {
    Run(Mode),
    Build(&'static Way),
    RunElsewhere(Mode),
}

/// Every column.
pub fn all() -> Vec<Column> {
    let run = MODES.iter().map(|&mode| Column {
        name: mode.name,
        target: HERE,
        share: Some(mode.share),
        how: How::Run(mode),
    });
    let build = compilers::ways().map(|way| Column {
        name: way.mode,
        target: way.place(),
        share: way.share,
        how: How::Build(way),
    });
    let elsewhere = FOREIGN.iter().map(|&(name, mode)| Column {
        name,
        target: foreign::PLACE,
        share: Some(mode.share),
        how: How::RunElsewhere(mode),
    });
    run.chain(build).chain(elsewhere).collect()
}

/// The column called `name`.
pub fn find(name: &str) -> Result<Column> {
    let found = all().into_iter().find(|column| column.name == name);
    found.ok_or_else(|| Failure::Usage(format!("no mode `{name}`")))
}

/// Names of the columns on other machines than this one, or without their usual C library.
pub fn names_of(ways: &[&'static Way]) -> Vec<&'static str> {
    ways.iter().map(|way| way.mode).collect()
}

/// Names of the columns of `mochi` on another processor.
pub fn foreign_names() -> Vec<&'static str> {
    FOREIGN.iter().map(|(name, _)| *name).collect()
}

impl Mode {
    /// Sets a command up to run the corpus in this mode.
    pub fn prepare(&self, command: &mut Command) {
        command
            .env("MOCHI_MODE", self.name)
            .env("MOCHI_CORPUS_ARGS", self.run)
            .envs(self.env.iter().copied());
    }
}

impl Column {
    /// Runs programs; what differs is an error, after all of them ran.
    pub fn run(&self, root: &Path, selection: &Selection) -> Result<Ran> {
        let mut command = selection.command(root, self.name);
        match self.how {
            How::Run(mode) => mode.prepare(&mut command),
            How::Build(way) => return compilers::run(root, way, command, selection),
            How::RunElsewhere(mode) => {
                match foreign::executable(root)? {
                    Ok(executable) => command.env("MOCHI_EXECUTABLE", executable),
                    Err(why) => return Ok(Ran::Missing(why)),
                };
                mode.prepare(&mut command);
            }
        }
        workspace::succeed(&mut command).map(|()| Ran::Done)
    }

    /// The command that runs a program, or makes what is run.
    pub fn description(&self) -> String {
        let (env, command) = match self.how {
            How::Run(mode) | How::RunElsewhere(mode) => (mode.env, format!("mochi run {}", mode.run)),
            How::Build(way) => (way.env, way.description()),
        };
        let words = env.iter().map(|(name, value)| match (*name, *value) {
            ("MOCHI_CORPUS_PASSES", _) => "no optimisations:".to_owned(),
            (name, value) => format!("{name}={value}"),
        });
        words.chain([command.trim().to_owned()]).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_descriptions_say_the_command() {
        let columns = all();
        let names: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), columns.len());
        assert_eq!(find("vm-stress").unwrap().description(), "MOCHI_GC_STRESS=1 mochi run --jit=off");
        assert_eq!(find("jit-plain").unwrap().description(), "no optimisations: mochi run --jit=always");
        assert_eq!(find("c").unwrap().target, HERE);
        assert_eq!(find("c-cortex-m3").unwrap().target, "cortex-m3");
    }
}
