//! The command line.

use std::time::Duration;

use lexopt::{Arg, ValueExt};

use crate::c::{self, Way};
use crate::modes::Mode;

/// What `--help` prints.
pub const HELP: &str = "\
cargo xtask fuzz-modes [OPTIONS]

Runs generated programs in several modes and compares them with the interpreter on code that is not optimised: output,
errors and stack traces. What differs is made smaller and written to target/fuzz-modes/.

  --seconds N   how long (60)
  --seed N      the first program (by the clock)
  --mode MODE   optimised (all passes, interpreted), open (as in `mochi repl`, where the library was there before),
                jit, jit-open (the same in native code), jit-hot (as jit, but only what is hot), jit-plain (native,
                without passes), pass-NAME, or passes for each pass by itself; several may be given (all but single
                passes); or c, by itself: built through C, a hundred in one; or c-sanitised, the same with everything
                that GCC checks at run time
  --most N      ends when so many differences were found (5)
  --show        only print the program and what it does
  --try FILE    only compare the program in a file
  --record      add to the counters in crates/mochi-fuzz-modes/counters.txt
";

/// What to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long.
    pub time: Duration,
    /// The first program.
    pub seed: u64,
    /// How many differences are enough.
    pub most: usize,
    /// Compared with the oracle.
    pub modes: Vec<Mode>,
    /// The name of a mode that builds programs through C, instead, and its ways.
    pub c: Option<(&'static str, &'static [Way])>,
    /// Only print a program.
    pub show: bool,
    /// Only look at a file.
    pub file: Option<String>,
    /// Whether counters are kept.
    pub record: bool,
    /// The file to which the process that works writes how far it is; none for the process that watches it.
    pub progress: Option<String>,
    /// A mistake that is made on purpose.
    pub wrong: Option<String>,
}

/// Reads the command line; `None` when only help was wanted.
pub fn parse() -> Result<Option<Options>, lexopt::Error> {
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let mut options = Options {
        time: Duration::from_secs(60),
        seed: clock.map_or(0, |time| time.as_nanos() as u64 >> 8),
        most: 5,
        modes: Vec::new(),
        c: None,
        show: false,
        file: None,
        record: false,
        progress: None,
        wrong: None,
    };
    let mut args = lexopt::Parser::from_env();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("seconds") => options.time = Duration::from_secs(args.value()?.parse()?),
            Arg::Long("seed") => options.seed = args.value()?.parse()?,
            Arg::Long("mode") => {
                let name = args.value()?.string()?;
                match c::MODES.iter().find(|(c, _)| *c == name) {
                    Some(mode) => options.c = Some(*mode),
                    None => options.modes.extend(modes(&name)?),
                }
            }
            Arg::Long("most") => options.most = args.value()?.parse()?,
            Arg::Long("show") => options.show = true,
            Arg::Long("try") => options.file = Some(args.value()?.string()?),
            Arg::Long("record") => options.record = true,
            Arg::Long("progress") => options.progress = Some(args.value()?.string()?),
            Arg::Long("wrong") if cfg!(debug_assertions) => options.wrong = Some(args.value()?.string()?),
            Arg::Long("help") | Arg::Short('h') => return Ok(None),
            other => return Err(other.unexpected()),
        }
    }
    if options.modes.is_empty() {
        options.modes = Mode::MAIN.to_vec();
    }
    Ok(Some(options))
}

fn modes(name: &str) -> Result<Vec<Mode>, lexopt::Error> {
    if name == "passes" {
        return Ok(Mode::passes());
    }
    let known = Mode::MAIN.into_iter().chain(Mode::passes());
    let found: Vec<Mode> = known.filter(|mode| mode.name() == name).collect();
    if found.is_empty() { Err(format!("there is no mode `{name}`").into()) } else { Ok(found) }
}
