//! The command line of `cargo xtask bench`.

use std::path::PathBuf;
use std::time::Duration;

use lexopt::{Arg, ValueExt};

use super::contenders;
use crate::failure::{Failure, Result};

const HELP: &str = "\
cargo xtask bench [OPTIONS]
cargo xtask bench report [OPTIONS]

Runs every kernel of bench/kernels under each mode of mochi and each peer that is installed, checks that all print the
same, and shows CPU time, ratios, geometric means and peak memory; then startup time and front-end speed.

  --quick          small sizes, one run each: checks outputs rather than speed
  --runs N         runs of each kernel under each contender (3); with --compare, pairs of runs (12)
  --filter TEXT    only kernels whose name contains TEXT; leaves startup and front end out
  --modes LIST     modes of mochi: vm, jit, build (these three), build-clang, build-tcc, build-zig, or none
  --peers LIST     of c, go, node, luajit, lua, python, or none (all that are installed)
  --compare REV    build that commit below target, run it and this tree in turns, and show how many times as long each kernel
                   takes in each mode, starting up and checking, too, and whether the difference is beyond noise; no peers
  --mochi FILE     measure this binary instead of building one
  --limit SECONDS  kill a run after this time (120)
  --json FILE      write every figure to FILE
  --record         append the figures to bench/history and renew bench/report
  --provision      first bring missing peers into target/tools, with apt-get and pip; installs nothing on the system
";

/// What to run; `HELP` says what each means.
pub struct Options {
    pub(super) quick: bool,
    pub(super) runs: Option<usize>,
    pub(super) compare: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) modes: Vec<String>,
    pub(super) peers: Option<Vec<String>>,
    pub(super) mochi: Option<PathBuf>,
    pub(super) limit: Duration,
    pub(super) json: Option<PathBuf>,
    pub(super) record: bool,
    pub(super) provision: bool,
}

impl Options {
    /// As without any option.
    pub fn standard() -> Options {
        Options {
            quick: false,
            runs: None,
            compare: None,
            filter: None,
            modes: contenders::USUAL.iter().map(|mode| (*mode).to_owned()).collect(),
            peers: None,
            mochi: None,
            limit: Duration::from_secs(120),
            json: None,
            record: false,
            provision: false,
        }
    }

    /// Runs of each kernel under each contender.
    pub fn runs(&self) -> usize {
        self.runs.unwrap_or(3)
    }

    /// Pairs of runs of two commits.
    pub fn pairs(&self) -> usize {
        self.runs.unwrap_or(12)
    }

    /// `None` when help was asked for and given.
    pub fn parse(mut args: lexopt::Parser) -> Result<Option<Options>> {
        let mut options = Options::standard();
        while let Some(arg) = args.next()? {
            match arg {
                Arg::Long("quick") => options.quick = true,
                Arg::Long("runs") => options.runs = Some(args.value()?.parse()?),
                Arg::Long("compare") => options.compare = Some(args.value()?.string()?),
                Arg::Long("filter") => options.filter = Some(args.value()?.string()?),
                Arg::Long("modes") => {
                    options.modes = list(&args.value()?.string()?, &contenders::mode_names())?
                }
                Arg::Long("peers") => {
                    options.peers = Some(list(&args.value()?.string()?, &contenders::peer_names())?);
                }
                Arg::Long("mochi") => options.mochi = Some(args.value()?.into()),
                Arg::Long("limit") => options.limit = Duration::from_secs(args.value()?.parse()?),
                Arg::Long("json") => options.json = Some(args.value()?.into()),
                Arg::Long("record") => options.record = true,
                Arg::Long("provision") => options.provision = true,
                Arg::Long("help") | Arg::Short('h') => {
                    print!("{HELP}");
                    return Ok(None);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.runs == Some(0) {
            return Err(Failure::Usage("--runs must be at least 1".into()));
        }
        if options.compare.is_some() && (options.record || options.peers.is_some()) {
            return Err(Failure::Usage("--compare is about two commits: no --record, no --peers".into()));
        }
        if options.record && options.quick {
            return Err(Failure::Usage("--record needs full sizes, so not with --quick".into()));
        }
        Ok(Some(options))
    }
}

/// The names in a comma-separated list, each checked; `none` is the empty list.
fn list(text: &str, known: &[&str]) -> Result<Vec<String>> {
    if text == "none" {
        return Ok(Vec::new());
    }
    let names: Vec<String> = text.split(',').map(|name| name.trim().to_string()).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Failure::Usage(format!("no `{name}`; there are {}", known.join(", ")))),
        None => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_checked() {
        assert_eq!(list("c, go", &["c", "go"]).unwrap(), ["c", "go"]);
        assert!(list("none", &["c"]).unwrap().is_empty());
        assert!(matches!(list("rust", &["c"]), Err(Failure::Usage(_))));
    }

    #[test]
    fn contradictions_are_usage_errors() {
        let parse = |args: &[&str]| Options::parse(lexopt::Parser::from_args(args));
        assert!(matches!(parse(&["--runs", "0"]), Err(Failure::Usage(_))));
        assert!(matches!(parse(&["--quick", "--record"]), Err(Failure::Usage(_))));
        assert!(matches!(parse(&["--compare", "main", "--record"]), Err(Failure::Usage(_))));
        assert!(matches!(parse(&["--filter", "fib", "--json", "out"]), Ok(Some(_))));
    }
}
