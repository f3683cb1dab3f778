//! `mochi test` (language reference, 4.14 and 6.5).
//!
//! Each file is compiled once; its blocks then run in parallel, each in a VM of its own, and are reported in the order of
//! the files and blocks whatever order they end in. [`pool`] compiles and runs, [`report`] writes.

mod pool;
mod report;

use std::path::PathBuf;

use mochi_types::blocks::BlockKind;

pub use crate::blocks::prepare::Action;
use crate::blocks::prepare::{Prepared, Wanted, shuffle};
use crate::blocks::{Execution, Unit};
use crate::compile::{Counting, Options};
use crate::coverage;
use crate::run::Limits;
use crate::{EXIT_FAILURE, EXIT_NO_TEST, EXIT_PIPE, files};

/// How results are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// Lines for people (6.5).
    #[default]
    Human,
    /// One JSON object per line.
    Json,
    /// The XML that build servers read.
    Junit,
}

impl Format {
    /// The formats by name, for the command line.
    pub const NAMES: [(&'static str, Format); 3] =
        [("human", Format::Human), ("json", Format::Json), ("junit", Format::Junit)];
}

/// Everything that the command line says.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and folders; none means the current folder.
    pub paths: Vec<PathBuf>,
    /// Run or list.
    pub action: Action,
    /// Only tests whose name contains this.
    pub filter: Option<String>,
    /// Stop at the first failure.
    pub fail_fast: bool,
    /// Run files and blocks in a random order that this number decides.
    pub shuffle: Option<u64>,
    /// How results are written.
    pub format: Format,
    /// Where results are written; standard output shows lines for people then.
    pub output: Option<PathBuf>,
    /// Blocks that run at the same time; none means as many as there are processors.
    pub jobs: Option<usize>,
    /// Show what failing tests printed.
    pub show_output: bool,
    /// Measure which lines were executed.
    pub coverage: Option<coverage::Request>,
    /// Limits of each block.
    pub limits: Limits,
    /// Choices of the compiler.
    pub options: Options,
    /// How diagnostics are written.
    pub diagnostics: crate::Format,
}

impl Request {
    /// The blocks that are wanted of each file.
    fn wanted(&self) -> Wanted<'_> {
        Wanted {
            kind: BlockKind::Test,
            filter: self.filter.as_deref(),
            shuffle: self.shuffle,
            action: self.action,
            counting: if self.coverage.is_some() { Counting::On } else { Counting::Off },
            options: &self.options,
            diagnostics: self.diagnostics,
        }
    }
}

/// What is known when all is over.
#[derive(Default)]
struct Totals {
    passed: usize,
    failed: usize,
    files: usize,
    failed_files: usize,
}

/// Runs or lists tests; the exit status.
pub fn run(request: &Request) -> u8 {
    match try_run(request) {
        Ok(status) => status,
        Err(message) => {
            crate::report::complain(message);
            EXIT_FAILURE
        }
    }
}

fn try_run(request: &Request) -> Result<u8, String> {
    let paths = if request.paths.is_empty() { vec![PathBuf::from(".")] } else { request.paths.clone() };
    let mut files = files::programs(&paths)?;
    if let Some(seed) = request.shuffle {
        shuffle(&mut files, seed);
    }
    let mut reporter = report::Reporter::new(request)?;
    let mut coverage = coverage::Counts::default();
    let mut totals = Totals::default();
    pool::run(request, &files, |file, event| {
        let name = files[file].display().to_string();
        let go_on = match event {
            pool::Event::File(prepared) => file_ready(&name, prepared, &mut totals, &mut reporter),
            pool::Event::Test(unit, block, ended) => {
                coverage.add(unit, &ended.counts);
                test_ended(&name, unit, block, &ended, &mut totals, &mut reporter)
            }
        };
        go_on && !(request.fail_fast && totals.failed > 0)
    })?;
    if reporter.broken_pipe() {
        return Ok(EXIT_PIPE);
    }
    reporter.finish(&totals)?;
    if let Some(wanted) = &request.coverage {
        coverage::report(wanted, &coverage)?;
    }
    Ok(status(request, &totals))
}

fn file_ready(name: &str, prepared: &Prepared, totals: &mut Totals, reporter: &mut report::Reporter) -> bool {
    match prepared {
        Prepared::Nothing => true,
        Prepared::Ready(unit, tests) => {
            totals.files += 1;
            reporter.file(name, unit, tests)
        }
        Prepared::Broken(diagnostics) => {
            totals.files += 1;
            totals.failed += 1;
            totals.failed_files += 1;
            reporter.broken(name, diagnostics)
        }
    }
}

fn test_ended(
    name: &str,
    unit: &Unit,
    block: usize,
    ended: &Execution,
    totals: &mut Totals,
    reporter: &mut report::Reporter,
) -> bool {
    match ended.fault {
        None => totals.passed += 1,
        Some(_) => {
            totals.failed += 1;
            totals.failed_files += usize::from(reporter.failed_in(name));
        }
    }
    reporter.test(name, unit, block, ended)
}

fn status(request: &Request, totals: &Totals) -> u8 {
    let mut text = String::new();
    let status = if totals.failed > 0 {
        text = format!("[FAIL] {} test(s) failed.\n", totals.failed);
        if totals.files > 1 {
            text.push_str(&format!("{} of {} files failed.\n", totals.failed_files, totals.files));
        }
        EXIT_FAILURE
    } else if totals.files == 0 {
        text = match &request.filter {
            Some(filter) => format!("mochi: no test has a name that contains `{filter}`\n"),
            None => "mochi: no tests found\n".to_string(),
        };
        EXIT_NO_TEST
    } else {
        0
    };
    crate::report::to_stderr(&text);
    status
}
