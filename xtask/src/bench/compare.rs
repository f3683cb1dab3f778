//! `cargo xtask bench --compare REV`: is this tree faster than another commit, and is the difference beyond noise?
//!
//! Both binaries do the same work in turns, and each turn of one is divided by the turn of the other beside it, so that
//! what the machine does meanwhile hits both. What is said of the ratios is in [`pairs`].

mod checkout;
mod pairs;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::contenders;
use super::frontend;
use super::kernels::{self, Size};
use super::options::Options;
use super::stats::geometric_mean;
use crate::failure::{Context, Result, failed};
use crate::{process, workspace};
use pairs::{Judgement, Verdict};

/// What both binaries do.
struct Task {
    /// A kernel, or what else is measured.
    name: String,
    mode: &'static str,
    /// By the other commit, and by this tree.
    commands: [Command; 2],
}

/// A task with the ratios of its pairs, new to old.
struct Row {
    name: String,
    mode: &'static str,
    ratios: Vec<f64>,
}

/// Runs the command.
pub fn run(options: &Options, revision: &str) -> Result<()> {
    let root = workspace::root()?;
    let scratch = workspace::target_dir(&root).join("bench/compare");
    let old = checkout::mochi_of(&root, revision)?;
    let new = match &options.mochi {
        Some(file) => file.canonicalize().context(|| format!("find {}", file.display()))?,
        None => workspace::build_mochi(&root)?,
    };
    let size = if options.quick { Size::Quick } else { Size::Full };
    let mut rows = Vec::new();
    for task in tasks(options, [&old.mochi, &new], size, &root, &scratch)? {
        let row = measure(task, options.pairs(), options.limit, &scratch)?;
        let said = pairs::judge(&row.ratios);
        eprintln!("{:22} {:6} {}", row.name, row.mode, show(&said));
        rows.push(row);
    }
    print!("{}", render(&rows, &old.commit));
    match &options.json {
        Some(file) => {
            let text = serde_json::to_string_pretty(&document(&rows, &old.commit, &root))
                .context(|| "write JSON".into())?;
            std::fs::write(file, text + "\n").context(|| format!("write {}", file.display()))
        }
        None => Ok(()),
    }
}

/// Every kernel in every mode; without a filter, starting up and checking a large source, too.
fn tasks(
    options: &Options,
    binaries: [&PathBuf; 2],
    size: Size,
    root: &Path,
    scratch: &Path,
) -> Result<Vec<Task>> {
    let mut kernels = kernels::discover(root)?;
    kernels.retain(|kernel| options.filter.as_ref().is_none_or(|filter| kernel.name.contains(filter)));
    let fields = binaries.map(|binary| contenders::modes(&options.modes, binary));
    let mut tasks = Vec::new();
    for kernel in &kernels {
        for (old, new) in fields[0].iter().zip(&fields[1]) {
            let old_command = old.prepare(kernel, size, &scratch.join("old"))?;
            let new_command = new.prepare(kernel, size, &scratch.join("new"))?;
            tasks.push(Task {
                name: kernel.name.clone(),
                mode: old.name,
                commands: [old_command, new_command],
            });
        }
    }
    if options.filter.is_none() && !options.modes.is_empty() {
        let (lines, _) = frontend::source(if options.quick { 5_000 } else { 50_000 }, scratch)?;
        let does = |word: &str, file: &Path| {
            binaries.map(|binary| {
                let mut command = Command::new(binary);
                command.arg(word).arg(file);
                command
            })
        };
        let hello = root.join("examples/hello.mochi");
        tasks.push(Task { name: "starting (hello)".into(), mode: "run", commands: does("run", &hello) });
        tasks.push(Task { name: "checking".into(), mode: "check", commands: does("check", &lines) });
    }
    if tasks.is_empty() { failed("no kernel has such a name, or there is no mode") } else { Ok(tasks) }
}

/// Runs a task in pairs, after one that does not count. Who begins changes from pair to pair.
fn measure(mut task: Task, pairs: usize, limit: Duration, scratch: &Path) -> Result<Row> {
    let mut ratios = Vec::new();
    for pair in 0..=pairs {
        let mut seconds = [0.0; 2];
        let mut outputs = [Vec::new(), Vec::new()];
        for at in if pair % 2 == 0 { [0, 1] } else { [1, 0] } {
            let outcome = process::measure(&mut task.commands[at], scratch, limit)
                .context(|| format!("run {} ({})", task.name, task.mode))?;
            let who = ["the other commit", "this tree"][at];
            if let Some(complaint) = outcome.complaint() {
                return failed(format!("{} ({}) by {who}: {complaint}", task.name, task.mode));
            }
            seconds[at] = outcome.usage.cpu.as_secs_f64().max(1e-6);
            outputs[at] = outcome.stdout;
        }
        if outputs[0] != outputs[1] {
            return failed(format!("{} ({}) does not print the same", task.name, task.mode));
        }
        if pair > 0 {
            ratios.push(seconds[1] / seconds[0]);
        }
    }
    Ok(Row { name: task.name, mode: task.mode, ratios })
}

/// Pair by pair, the mean of all kernels in a mode.
fn means(rows: &[Row], mode: &str) -> Vec<f64> {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.mode == mode).collect();
    let pairs = rows.first().map_or(0, |row| row.ratios.len());
    let mean = |pair: usize| geometric_mean(&rows.iter().map(|row| row.ratios[pair]).collect::<Vec<_>>());
    (0..pairs).filter_map(mean).collect()
}

/// Modes in the order of their first rows, those of kernels.
fn modes(rows: &[Row]) -> Vec<&'static str> {
    let mut modes = Vec::new();
    for row in rows {
        if !modes.contains(&row.mode) && rows.iter().filter(|other| other.mode == row.mode).count() > 1 {
            modes.push(row.mode);
        }
    }
    modes
}

fn show(said: &Judgement) -> String {
    let word = match said.verdict {
        Verdict::Faster => "faster",
        Verdict::Slower => "SLOWER",
        Verdict::Noise => "",
    };
    format!("{:.3}  {:.3} to {:.3}  {word}", said.ratio, said.low, said.high)
}

fn render(rows: &[Row], commit: &str) -> String {
    let pairs = rows.first().map_or(0, |row| row.ratios.len());
    let mut text = format!(
        "\nCPU time as a multiple of what {commit} takes: median of {pairs} pairs and where it is with 99 % confidence.\n\
         `faster` and `SLOWER` are beyond noise: of a hundred ratios that did not change, one says so.\n"
    );
    for row in rows {
        let line = format!("{:22} {:12} {}", row.name, row.mode, show(&pairs::judge(&row.ratios)));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    for mode in modes(rows) {
        let line = format!("{:22} {mode:12} {}", "geomean", show(&pairs::judge(&means(rows, mode))));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    if pairs < pairs::ENOUGH {
        let _ = writeln!(text, "Fewer than {} pairs show nothing: --runs N.", pairs::ENOUGH);
    }
    text
}

fn document(rows: &[Row], commit: &str, root: &Path) -> Value {
    let row = |name: &str, mode: &str, ratios: &[f64]| {
        let said = pairs::judge(ratios);
        json!({
            "name": name,
            "mode": mode,
            "ratio": said.ratio,
            "low": said.low,
            "high": said.high,
            "verdict": said.verdict.word(),
            "ratios": ratios,
        })
    };
    let all: Vec<Value> = rows.iter().map(|it| row(&it.name, it.mode, &it.ratios)).collect();
    let geomeans: Vec<Value> =
        modes(rows).into_iter().map(|mode| row("geomean", mode, &means(rows, mode))).collect();
    json!({ "new": super::history::this_run(root), "old": commit, "rows": all, "geomeans": geomeans })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, mode: &'static str, ratios: &[f64]) -> Row {
        Row { name: name.into(), mode, ratios: ratios.to_vec() }
    }

    #[test]
    fn what_changed_is_told_from_what_did_not() {
        let faster = [0.80, 0.81, 0.79, 0.80, 0.82, 0.80, 0.78, 0.80];
        let same = [1.02, 0.98, 1.01, 0.99, 1.03, 0.97, 1.00, 1.01];
        let rows =
            [row("fib_rec", "vm", &faster), row("n_body", "vm", &same), row("checking", "check", &same)];
        let text = render(&rows, "abc");
        let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        assert!(line("fib_rec").ends_with("faster"), "{text}");
        assert!(!line("n_body").ends_with("er") && !line("n_body").ends_with("ER"), "{text}");
        assert!(line("geomean").contains(" vm ") && line("geomean").ends_with("faster"), "{text}");
        assert_eq!(text.matches("geomean").count(), 1, "one row is no mean");
    }

    #[test]
    fn few_pairs_show_nothing() {
        let text = render(&[row("fib_rec", "vm", &[0.5, 0.5, 0.5])], "abc");
        assert!(text.contains("show nothing") && !text.contains("0.500  0.500 to 0.500  faster"), "{text}");
    }

    #[test]
    fn different_outputs_are_no_measurement() {
        let task = |old: &str, new: &str| Task {
            name: "fib".into(),
            mode: "vm",
            commands: [old, new].map(|script| {
                let mut command = Command::new("sh");
                command.args(["-c", script]);
                command
            }),
        };
        let scratch = std::env::temp_dir().join(format!("xtask-compare-{}", std::process::id()));
        let limit = Duration::from_secs(10);
        assert_eq!(measure(task("echo 1", "echo 1"), 3, limit, &scratch).unwrap().ratios.len(), 3);
        assert!(measure(task("echo 1", "echo 2"), 1, limit, &scratch).is_err());
        assert!(measure(task("echo 1", "exit 1"), 1, limit, &scratch).is_err());
        std::fs::remove_dir_all(scratch).unwrap();
    }
}
