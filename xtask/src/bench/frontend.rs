//! Speed of the front end: `mochi check` on generated sources of three sizes, and whether time grows in step.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::stats::{Samples, minimum};
use super::{Part, large_source};
use crate::failure::{Context, Result, failed};
use crate::process;

/// CPU time of checking each size, lines per second, and the growth from the smallest to the largest.
pub fn measure(mochi: &Path, quick: bool, limit: Duration, scratch: &Path) -> Result<Part> {
    let sizes: [usize; 3] = if quick { [5_000, 10_000, 20_000] } else { [50_000, 100_000, 200_000] };
    let mut text = String::from("\nFront end (mochi check)\n");
    let mut rows = Vec::new();
    let mut fastest = Vec::new();
    for lines in sizes {
        let (file, lines) = source(lines, scratch)?;
        let mut samples = Samples::default();
        for _ in 0..if quick { 1 } else { 5 } {
            let mut command = Command::new(mochi);
            command.arg("check").arg(&file);
            let outcome =
                process::measure(&mut command, scratch, limit).context(|| "run mochi check".into())?;
            if let Some(complaint) = outcome.complaint() {
                return failed(format!("mochi check {}: {complaint}", file.display()));
            }
            if let Some(line) = String::from_utf8_lossy(&outcome.stderr).lines().next() {
                return failed(format!("mochi check {} has something to say: {line}", file.display()));
            }
            samples.push(outcome.usage);
        }
        let (cpu, peak) = (minimum(&samples.cpu()).unwrap_or(0.0).max(1e-6), samples.peak_kib().unwrap_or(0));
        let speed = lines as f64 / cpu;
        let peak_mib = peak as f64 / 1024.0;
        text.push_str(&format!(
            "{lines:>8} lines {cpu:8.3} s {:8.0} k lines/s {peak_mib:8.1} MiB\n",
            speed / 1e3
        ));
        rows.push(
            json!({ "lines": lines, "cpu_min": cpu, "lines_per_second": speed.round(), "peak_kib": peak }),
        );
        fastest.push((lines as f64, cpu));
    }
    let (first, last) = (fastest[0], fastest[fastest.len() - 1]);
    text.push_str(&format!("{:.2}x the lines take {:.2}x the time\n", last.0 / first.0, last.1 / first.1));
    Ok(Part { text, rows: rows.into() })
}

/// A generated program of about so many lines, and how many they are.
pub fn source(lines: usize, scratch: &Path) -> Result<(PathBuf, usize)> {
    let file = scratch.join(format!("lines_{lines}.mochi"));
    let written = write_source(&file, lines).context(|| format!("write {}", file.display()))?;
    Ok((file, written))
}

fn write_source(file: &Path, lines: usize) -> std::io::Result<usize> {
    if let Some(dir) = file.parent() {
        fs::create_dir_all(dir)?;
    }
    let mut out = BufWriter::new(File::create(file)?);
    let written = large_source::write(&mut out, lines)?;
    out.flush()?;
    Ok(written)
}
