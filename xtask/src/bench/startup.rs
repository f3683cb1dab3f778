//! What it costs to start: `mochi run examples/hello.mochi` beside an empty program.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::Part;
use super::stats::{Samples, median, minimum};
use crate::failure::{Context, Result, failed};
use crate::process;
use crate::workspace::on_path;

/// Wall time and memory of hello, and of `true` as what the system itself takes.
pub fn measure(root: &Path, mochi: &Path, quick: bool, scratch: &Path) -> Result<Part> {
    let hello = root.join("examples/hello.mochi");
    if !hello.is_file() {
        return failed(format!("there is no {}", hello.display()));
    }
    let mut programs = vec![("mochi run hello", Command::new(mochi))];
    programs[0].1.arg("run").arg(&hello);
    programs.extend(on_path("true").map(|empty| ("true", Command::new(empty))));

    let mut samples: Vec<Samples> = programs.iter().map(|_| Samples::default()).collect();
    for _ in 0..if quick { 5 } else { 101 } {
        for ((name, command), samples) in programs.iter_mut().zip(&mut samples) {
            let outcome = process::measure(command, scratch, Duration::from_secs(10))
                .context(|| format!("run {name}"))?;
            if let Some(complaint) = outcome.complaint() {
                return failed(format!("{name}: {complaint}"));
            }
            samples.push(outcome.usage);
        }
    }
    let mut text = String::from("\nStartup\n");
    let mut rows = Vec::new();
    for ((name, _), samples) in programs.iter().zip(&samples) {
        let wall = samples.wall();
        let (min, mid) = (minimum(&wall).unwrap_or(0.0), median(&wall).unwrap_or(0.0));
        let peak = samples.peak_kib().unwrap_or(0);
        text.push_str(&format!(
            "{name:22} {:.2} ms wall median, {:.2} ms minimum, {:.1} MiB\n",
            mid * 1e3,
            min * 1e3,
            peak as f64 / 1024.0
        ));
        rows.push(json!({ "program": name, "runs": wall.len(), "wall_min": min, "wall_median": mid, "peak_kib": peak }));
    }
    Ok(Part { text, rows: rows.into() })
}
