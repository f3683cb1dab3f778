//! `mochi bench`: how long the `bench` blocks of programs take (language reference, 4.14).
//!
//! Each file is compiled once. Its blocks run one after the other, so that none disturbs another, each in a VM of its own:
//! the top-level code once, then the block again and again, first to warm up and then for as long as was asked
//! ([`SelectedBlock`] decides when the clock is read). What one execution leaves behind the next one finds.

mod report;

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use mochi_runtime::runtime::SelectedBlock;
use mochi_types::blocks::BlockKind;

use crate::blocks::prepare::{Action, Prepared, Wanted, prepare};
use crate::blocks::{Execution, Unit, Watch, execute};
use crate::compile::{Counting, Options, describe};
use crate::run::{self, Limits};
use crate::{EXIT_FAILURE, EXIT_NO_TEST, EXIT_PIPE, files};

/// How results are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// A table for people.
    #[default]
    Human,
    /// One JSON object per line.
    Json,
}

impl Format {
    /// The formats by name, for the command line.
    pub const NAMES: [(&'static str, Format); 2] = [("human", Format::Human), ("json", Format::Json)];
}

/// Everything that the command line says.
#[derive(Clone, Debug)]
pub struct Request {
    /// Files and folders; none means the current folder.
    pub paths: Vec<PathBuf>,
    /// Run or list.
    pub action: Action,
    /// Only blocks whose name contains this.
    pub filter: Option<String>,
    /// How long each block is measured.
    pub time: Duration,
    /// How results are written.
    pub format: Format,
    /// Limits of each block.
    pub limits: Limits,
    /// Choices of the compiler.
    pub options: Options,
    /// How diagnostics are written.
    pub diagnostics: crate::Format,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            paths: Vec::new(),
            action: Action::Run,
            filter: None,
            time: Duration::from_millis(500),
            format: Format::Human,
            limits: Limits::default(),
            options: Options::default(),
            diagnostics: crate::Format::Human,
        }
    }
}

/// How long one execution of a block takes, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Measured {
    median: f64,
    least: f64,
    /// Half the distance between the quartiles, as a part of the median.
    spread: f64,
    samples: usize,
    executions: i64,
}

impl Measured {
    /// What a block's samples say; nothing without samples.
    fn of(block: &SelectedBlock) -> Option<Self> {
        let mut each: Vec<f64> =
            block.samples.iter().map(|&nanos| nanos as f64 / block.batch as f64).collect();
        each.sort_by(f64::total_cmp);
        let (&least, last) = (each.first()?, each.len() - 1);
        let at = |percent: usize| each[last * percent / 100];
        let middle = (each[last / 2] + each[each.len() / 2]) / 2.0;
        let spread = if middle > 0.0 { (at(75) - at(25)) / 2.0 / middle } else { 0.0 };
        let executions = block.batch.saturating_mul(each.len() as i64);
        Some(Self { median: middle, least, spread, samples: each.len(), executions })
    }
}

/// Runs or lists benchmarks; the exit status.
pub fn run(request: &Request) -> u8 {
    let paths = if request.paths.is_empty() { vec![PathBuf::from(".")] } else { request.paths.clone() };
    match files::programs(&paths) {
        Ok(files) => run_files(request, &files),
        Err(message) => {
            crate::report::complain(message);
            EXIT_FAILURE
        }
    }
}

fn run_files(request: &Request, files: &[PathBuf]) -> u8 {
    let wanted = Wanted {
        kind: BlockKind::Bench,
        filter: request.filter.as_deref(),
        shuffle: None,
        action: request.action,
        counting: Counting::Off,
        options: &request.options,
        diagnostics: request.diagnostics,
    };
    let mut reporter = report::Reporter::new(request);
    let (mut found, mut failed) = (false, false);
    for path in files {
        let name = path.display().to_string();
        match prepare(&wanted, path) {
            Prepared::Nothing => continue,
            Prepared::Broken(diagnostics) => {
                failed = true;
                reporter.broken(&name, &diagnostics);
            }
            Prepared::Ready(unit, blocks) => {
                reporter.file(&name, &unit, &blocks);
                let run = if request.action == Action::Run { blocks.as_slice() } else { &[] };
                for &block in run {
                    let ended = measure(request, &unit, block);
                    failed |= ended.fault.is_some();
                    reporter.ended(&name, &unit, block, &ended);
                }
            }
        }
        found = true;
    }
    match reporter.error() {
        Some(error) if error.kind() == std::io::ErrorKind::BrokenPipe => EXIT_PIPE,
        Some(error) => {
            crate::report::complain(format_args!("cannot write standard output: {}", describe(error)));
            EXIT_FAILURE
        }
        None if failed => EXIT_FAILURE,
        None if found => 0,
        None => {
            crate::report::complain(match &request.filter {
                Some(filter) => format!("no benchmark has a name that contains `{filter}`"),
                None => "no benchmarks found".to_owned(),
            });
            EXIT_NO_TEST
        }
    }
}

fn measure(request: &Request, unit: &Unit, block: usize) -> Execution {
    let budget = i64::try_from(request.time.as_nanos()).unwrap_or(i64::MAX);
    let selected = SelectedBlock::measured(block as i64, budget);
    let watch = Watch::default();
    std::thread::scope(|scope| {
        let _closed = watch.close_at_end();
        if request.limits.timeout.is_some()
            && let Err(error) = thread::Builder::new().spawn_scoped(scope, || watch.keep_time())
        {
            return Execution::refused(run::no_watch(&error));
        }
        execute(unit, selected, &request.limits, &watch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(batch: i64, samples: &[i64]) -> Option<Measured> {
        let mut block = SelectedBlock::once(0);
        (block.batch, block.samples) = (batch, samples.to_vec());
        Measured::of(&block)
    }

    #[test]
    fn figures_are_per_execution() {
        let it = measured(10, &[300, 100, 200]).unwrap();
        assert_eq!((it.median, it.least, it.samples, it.executions), (20.0, 10.0, 3, 30));
        assert_eq!(measured(1, &[4, 2]).unwrap().median, 3.0);
        assert_eq!(measured(1, &[]), None);
    }

    #[test]
    fn outliers_hardly_count() {
        let mut samples = vec![100; 99];
        samples.push(1_000_000);
        let it = measured(1, &samples).unwrap();
        assert_eq!((it.median, it.spread), (100.0, 0.0));
    }
}
