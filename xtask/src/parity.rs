//! `cargo xtask parity`: every program in every way to run it, and whether all of them do the same.
//!
//! A column ([`mod@column`]) is a mode on a machine; its programs are run and compared by the runner of the corpus
//! (`crates/mochi/tests/corpus.rs`), which writes a line for each to `target/scores/NAME.txt` ([`outcome`]). A [`mod@matrix`] is made of
//! these files, so what several steps of `cargo xtask test` ran is one matrix at its end. It is shown as text, as a page
//! ([`html`]) and, of what runs whole in every test, as docs/scoreboard.md ([`board`]).

mod board;
pub mod column;
mod html;
mod matrix;
pub mod outcome;
mod text;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lexopt::{Arg, ValueExt};

use crate::failure::{Context, Failure, Result, failed};
use crate::skips::Skips;
use crate::workspace;
use column::{Column, Mode};
use matrix::Matrix;
use outcome::{Ran, Record, Selection};

const HELP: &str = "\
cargo xtask parity [--mode NAME]... [--target NAME]... [--only TEXT] [--share N] [--html FILE]

Runs the programs of tests/run and examples and the kernels of bench, these with little to do, in every mode and on every
target that can run here, and shows where output, exit status, error or its place are not what they should be; fails if
there is such a place. Brings compilers and emulators that are missing into target/tools, with apt-get and pip, and
installs nothing on the system. All programs in all modes take hours.

  --mode NAME    only this mode; may be repeated
  --target NAME  only modes of this target (`here` is this machine); may be repeated
  --only TEXT    only programs whose path contains TEXT
  --share N      only every Nth program
  --routine      of each mode as many programs as `cargo xtask test` runs
  --html FILE    write the whole matrix as a page
  --record       write docs/scoreboard.md; without --mode, run what it has
  --last         run nothing: show what ran last

Modes, with their targets:
";

/// What the command line asks for.
struct Options {
    columns: Vec<Column>,
    selection: Selection,
    routine: bool,
    html: Option<PathBuf>,
    record: bool,
    last: bool,
}

impl Options {
    /// `None` when help was asked for and given.
    fn parse(mut args: lexopt::Parser) -> Result<Option<Options>> {
        let (mut modes, mut targets) = (Vec::new(), Vec::new());
        let mut options = Options {
            columns: column::all(),
            selection: Selection::whole(),
            routine: false,
            html: None,
            record: false,
            last: false,
        };
        while let Some(arg) = args.next()? {
            match arg {
                Arg::Long("mode") => modes.push(args.value()?.string()?),
                Arg::Long("target") => targets.push(args.value()?.string()?),
                Arg::Long("only") => options.selection.only = args.value()?.string()?,
                Arg::Long("share") => options.selection.share = args.value()?.parse()?,
                Arg::Long("routine") => options.routine = true,
                Arg::Long("html") => options.html = Some(args.value()?.into()),
                Arg::Long("record") => options.record = true,
                Arg::Long("last") => options.last = true,
                Arg::Long("help") | Arg::Short('h') => {
                    print!("{HELP}");
                    options
                        .columns
                        .iter()
                        .for_each(|column| println!("  {:20} {}", column.name, column.target));
                    return Ok(None);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.selection.share == 0 {
            return Err(Failure::Usage("--share must be at least 1".into()));
        }
        known("mode", &modes, &options.columns, |column| column.name)?;
        known("target", &targets, &options.columns, |column| column.target)?;
        options.columns.retain(|column| {
            let is_wanted =
                |names: &[String], name: &str| names.is_empty() || names.iter().any(|it| it == name);
            is_wanted(&modes, column.name)
                && is_wanted(&targets, column.target)
                && (column.share.is_some() || !options.routine)
                && (board::is_about(column) || !options.record || !modes.is_empty())
        });
        match options.columns.is_empty() {
            true => Err(Failure::Usage("no mode is left".into())),
            false => Ok(Some(options)),
        }
    }
}

/// Refuses names that no column has.
fn known(what: &str, names: &[String], columns: &[Column], of: fn(&Column) -> &'static str) -> Result<()> {
    match names.iter().find(|name| !columns.iter().any(|column| of(column) == **name)) {
        Some(name) => Err(Failure::Usage(format!("no {what} `{name}`; --help lists them"))),
        None => Ok(()),
    }
}

/// Runs the command.
pub fn main(args: lexopt::Parser) -> Result<()> {
    let Some(options) = Options::parse(args)? else { return Ok(()) };
    let root = workspace::root()?;
    let (mut troubles, mut records) = (Vec::new(), Vec::new());
    for column in options.columns {
        let share = column.share.filter(|_| options.routine).unwrap_or(options.selection.share);
        let selection = Selection { share, ..options.selection.clone() };
        if !options.last {
            troubles.extend(run(&root, &column, &selection, &mut Skips::default()).err());
        }
        // At once: somebody else may run programs here, too.
        let record = outcome::read(&root, column.name);
        records.push((column, record));
    }
    let matrix = matrix(&root, records, &options.selection.only)?;
    print!("{}", text::render(&matrix));
    if let Some(file) = &options.html {
        fs::write(file, html::render(&matrix)).context(|| format!("write {}", file.display()))?;
    }
    if options.record {
        board::write(&root)?;
    }
    verdict(&matrix, troubles)
}

/// Sets a command that runs the tests of the workspace up to run those of the corpus in a mode, and to keep their outcomes.
pub fn keep(root: &Path, mode: &Mode, command: &mut Command) -> Result<()> {
    outcome::forget(root, mode.name)?;
    mode.prepare(command);
    command.env("MOCHI_SCORES", outcome::file(root, mode.name));
    Ok(())
}

/// Runs columns as `cargo xtask test` does.
pub fn routine(root: &Path, names: &[&str], skips: &mut Skips) -> Result<()> {
    let mut troubles = Vec::new();
    for name in names {
        let column = column::find(name)?;
        let selection = Selection { share: column.share.unwrap_or(1), ..Selection::whole() };
        troubles.extend(run(root, &column, &selection, skips).err());
    }
    all_well(troubles)
}

fn all_well(troubles: Vec<String>) -> Result<()> {
    if troubles.is_empty() { Ok(()) } else { failed(troubles.join("\n  ")) }
}

/// Everything that the steps of `cargo xtask test` ran: does all of it agree, and is docs/scoreboard.md what it says?
pub fn check(root: &Path) -> Result<()> {
    let columns: Vec<Column> = column::all().into_iter().filter(|column| column.share.is_some()).collect();
    let matrix = gather(root, columns)?;
    print!("{}", text::render(&matrix));
    let page = workspace::target_dir(root).join("parity.html");
    fs::write(&page, html::render(&matrix)).context(|| format!("write {}", page.display()))?;
    println!("the whole matrix is in {}", page.display());
    let stale = board::check(root).err().map(Failure::message);
    verdict(&matrix, stale.into_iter().collect())
}

/// Fails when something differs, has no reason, or went wrong elsewhere.
fn verdict(matrix: &Matrix, mut troubles: Vec<String>) -> Result<()> {
    let wrong = matrix.wrong();
    if wrong > 0 {
        troubles.push(format!("{wrong} outcomes differ or are missing"));
    }
    all_well(troubles)
}

/// Runs a column and keeps its outcomes. What differs is an error, what cannot be run a skip.
fn run(
    root: &Path,
    column: &Column,
    selection: &Selection,
    skips: &mut Skips,
) -> std::result::Result<(), String> {
    eprintln!("-- {}", column.name);
    let mut try_to = || -> Result<()> {
        outcome::forget(root, column.name)?;
        if let Ran::Missing(why) = column.run(root, selection)? {
            outcome::missing(root, column.name, &why)?;
            skips.add(column.name, why);
        }
        Ok(())
    };
    try_to().map_err(|failure| format!("{}: {}", column.name, failure.message()))
}

/// The matrix of what was run last.
fn gather(root: &Path, columns: Vec<Column>) -> Result<Matrix> {
    let record = |column: Column| {
        let record = outcome::read(root, column.name);
        (column, record)
    };
    matrix(root, columns.into_iter().map(record).collect(), "")
}

fn matrix(root: &Path, records: Vec<(Column, Record)>, only: &str) -> Result<Matrix> {
    let mut programs = outcome::programs(root)?;
    programs.retain(|program| program.contains(only));
    Ok(Matrix::new(programs, records))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Option<Options>> {
        Options::parse(lexopt::Parser::from_args(args))
    }

    #[test]
    fn modes_and_targets_select_columns() {
        let names = |args: &[&str]| -> Vec<&str> {
            parse(args).unwrap().unwrap().columns.iter().map(|column| column.name).collect()
        };
        assert_eq!(names(&["--mode", "jit", "--mode", "c"]), ["jit", "c"]);
        assert_eq!(names(&["--target", "wasm32-wasi"]), ["c-wasi"]);
        assert!(names(&["--target", "aarch64-linux-gnu"]).contains(&"jit-aarch64"));
        assert!(!names(&["--routine"]).contains(&"c-aarch64-musl"));
    }

    #[test]
    fn unknown_names_are_usage_errors() {
        for args in [["--mode", "qbe"], ["--target", "vax"], ["--share", "0"]] {
            assert!(matches!(parse(&args), Err(Failure::Usage(_))), "{args:?}");
        }
        assert!(matches!(parse(&["--mode", "jit", "--target", "wasm32-wasi"]), Err(Failure::Usage(_))));
    }
}
