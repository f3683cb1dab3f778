//! The history as the report looks at it: runs with their figures, oldest first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bench::stats::geometric_mean;
use crate::failure::{Context, Result};

/// What all times are divided by.
pub const BASE: &str = "go";

/// Everything that was recorded.
#[derive(Default)]
pub struct Past {
    /// Kernels, by run.
    pub runs: Vec<Run>,
    /// Rows of startup, oldest first.
    pub startup: Vec<Value>,
    /// Rows of the front end.
    pub frontend: Vec<Value>,
    /// Rows of the compiler of native code.
    pub native_code: Vec<Value>,
    /// Rows of building a small program.
    pub building: Vec<Value>,
}

/// One run of kernels under contenders.
pub struct Run {
    pub commit: String,
    pub date: String,
    pub machine: String,
    /// By kernel, then by contender.
    pub figures: BTreeMap<String, BTreeMap<String, Figure>>,
}

/// One kernel under one contender.
pub struct Figure {
    pub n: u64,
    pub runs: u64,
    pub version: String,
    /// CPU seconds.
    pub median: f64,
    /// CPU seconds.
    pub minimum: f64,
    pub peak_kib: u64,
}

impl Past {
    /// Reads what is there of `kernels.jsonl`, `startup.jsonl`, `frontend.jsonl`, `native_code.jsonl` and `building.jsonl`.
    pub fn read(folder: &Path) -> Result<Past> {
        Ok(Past {
            runs: runs(&rows(folder, "kernels")?),
            startup: rows(folder, "startup")?,
            frontend: rows(folder, "frontend")?,
            native_code: rows(folder, "native_code")?,
            building: rows(folder, "building")?,
        })
    }

    /// The newest run that has at least nine tenths of the figures of the fullest: not one of a few kernels.
    pub fn latest(&self) -> Option<&Run> {
        let most = self.runs.iter().map(Run::size).max()?;
        self.runs.iter().rev().find(|run| run.size() * 10 >= most * 9)
    }

    /// Those of some rows that are of the machine of the latest run, newest first.
    pub fn of_machine<'a>(&self, rows: &'a [Value]) -> impl Iterator<Item = &'a Value> {
        let machine = self.latest().map(|run| run.machine.clone());
        rows.iter()
            .rev()
            .filter(move |row| machine.as_ref().is_none_or(|machine| text(row, "machine") == *machine))
    }

    /// Runs to compare over time, and the kernels that all of them have: those on the machine of the latest that are
    /// about most kernels.
    pub fn comparable(&self) -> (Vec<&Run>, BTreeSet<&str>) {
        let Some(latest) = self.latest() else { return (Vec::new(), BTreeSet::new()) };
        let kernels = latest.figures.len();
        let is_comparable =
            |run: &&Run| run.machine == latest.machine && run.figures.len() * 3 >= kernels * 2;
        let runs: Vec<&Run> = self.runs.iter().filter(is_comparable).collect();
        let all = latest.figures.keys().map(String::as_str);
        let common = all.filter(|kernel| runs.iter().all(|run| run.figure(kernel, BASE).is_some())).collect();
        (runs, common)
    }
}

impl Run {
    fn size(&self) -> usize {
        self.figures.values().map(BTreeMap::len).sum()
    }

    /// A kernel under a contender, if that was measured.
    pub fn figure(&self, kernel: &str, contender: &str) -> Option<&Figure> {
        self.figures.get(kernel)?.get(contender)
    }

    /// How many times as long a kernel takes as in the base language.
    pub fn ratio(&self, kernel: &str, contender: &str) -> Option<f64> {
        Some(self.figure(kernel, contender)?.median / self.figure(kernel, BASE)?.median)
    }

    /// The mean of such ratios of kernels, where there is a ratio for each.
    pub fn mean<'a>(&self, kernels: impl IntoIterator<Item = &'a str>, contender: &str) -> Option<f64> {
        mean(kernels.into_iter().map(|kernel| self.ratio(kernel, contender)))
    }

    /// The same of minima.
    pub fn mean_of_minima<'a>(
        &self,
        kernels: impl IntoIterator<Item = &'a str>,
        contender: &str,
    ) -> Option<f64> {
        let ratio =
            |kernel| Some(self.figure(kernel, contender)?.minimum / self.figure(kernel, BASE)?.minimum);
        mean(kernels.into_iter().map(ratio))
    }

    /// The kernels' names.
    pub fn kernels(&self) -> impl Iterator<Item = &str> {
        self.figures.keys().map(String::as_str)
    }

    /// Contenders with their versions.
    pub fn contenders(&self) -> BTreeMap<&str, &str> {
        let figures = self.figures.values().flatten();
        figures.map(|(name, figure)| (name.as_str(), figure.version.as_str())).collect()
    }
}

fn mean(ratios: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    geometric_mean(&ratios.collect::<Option<Vec<f64>>>()?)
}

fn rows(folder: &Path, part: &str) -> Result<Vec<Value>> {
    let file = folder.join(format!("{part}.jsonl"));
    if !file.is_file() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(&file).context(|| format!("read {}", file.display()))?;
    let row = |(at, line): (usize, &str)| {
        serde_json::from_str(line).context(|| format!("read {}:{}", file.display(), at + 1))
    };
    text.lines().enumerate().map(row).collect()
}

/// Rows that follow each other with the same commit, date and machine are one run.
fn runs(rows: &[Value]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for row in rows {
        let (commit, date, machine) = (text(row, "commit"), text(row, "date"), text(row, "machine"));
        let same = |run: &&mut Run| run.commit == commit && run.date == date && run.machine == machine;
        if runs.last_mut().filter(same).is_none() {
            runs.push(Run { commit, date, machine, figures: BTreeMap::new() });
        }
        let Some(run) = runs.last_mut() else { continue };
        let (Some(median), Some(minimum)) = (row["cpu_median"].as_f64(), row["cpu_min"].as_f64()) else {
            continue;
        };
        let figure = Figure {
            n: whole(row, "n"),
            runs: whole(row, "runs"),
            version: text(row, "version"),
            median: median.max(1e-6),
            minimum: minimum.max(1e-6),
            peak_kib: whole(row, "peak_kib"),
        };
        run.figures.entry(text(row, "kernel")).or_default().insert(text(row, "contender"), figure);
    }
    runs
}

/// A field that is text.
pub fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or("?").to_owned()
}

/// A field that is a whole number.
pub fn whole(row: &Value, field: &str) -> u64 {
    row[field].as_u64().unwrap_or(0)
}

/// A field that is a number.
pub fn number(row: &Value, field: &str) -> f64 {
    row[field].as_f64().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(commit: &str, kernel: &str, contender: &str, seconds: f64) -> Value {
        json!({ "commit": commit, "kernel": kernel, "contender": contender, "cpu_median": seconds, "cpu_min": seconds })
    }

    fn past(rows: &[Value]) -> Past {
        Past { runs: runs(rows), ..Past::default() }
    }

    #[test]
    fn a_run_of_few_kernels_is_not_the_latest() {
        let past = past(&[
            row("a", "fib", "go", 1.0),
            row("a", "fib", "vm", 3.0),
            row("a", "sum", "go", 1.0),
            row("a", "sum", "vm", 12.0),
            row("b", "fib", "go", 1.0),
            row("b", "fib", "vm", 2.0),
        ]);
        let latest = past.latest().unwrap();
        assert_eq!((latest.commit.as_str(), latest.mean(["fib", "sum"], "vm")), ("a", Some(6.0)));
        assert_eq!(past.comparable().0.len(), 1);
    }

    #[test]
    fn only_kernels_of_all_runs_are_compared_over_time() {
        let mut rows =
            vec![row("a", "sum", "go", 1.0), row("a", "fib", "go", 1.0), row("a", "nsieve", "go", 1.0)];
        rows.extend(["sum", "fib", "nsieve", "queens"].map(|kernel| row("b", kernel, "go", 2.0)));
        let past = past(&rows);
        let (runs, kernels) = past.comparable();
        assert_eq!((runs.len(), kernels.len()), (2, 3));
        assert!(!kernels.contains("queens"));
    }

    #[test]
    fn a_mean_of_figures_that_are_missing_is_missing() {
        let past =
            past(&[row("a", "fib", "go", 1.0), row("a", "fib", "vm", 2.0), row("a", "sum", "go", 1.0)]);
        assert_eq!(past.runs[0].mean(["fib", "sum"], "vm"), None);
    }
}
