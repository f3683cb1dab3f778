//! `cargo xtask soak`: does memory stay flat in programs that allocate for ever?
//!
//! Each program of `bench/soak` runs for a while and is then killed. Its resident set is sampled all along. The first
//! half is warm-up; the rest is cut into windows, and the peak of each window must be within 10 % of the first one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lexopt::{Arg, ValueExt};

use crate::failure::{Context, Failure, Result, failed};
use crate::workspace;

const HELP: &str = "\
cargo xtask soak [OPTIONS]

Runs each program of bench/soak, which allocate for ever, and fails if the memory of one does not stay flat.

  --seconds N    time for each program (60)
  --filter TEXT  only programs whose name contains TEXT
  --mochi FILE   use this binary instead of building one
";

/// Windows after the warm-up.
const WINDOWS: usize = 4;

/// How far from the first window's peak the others may be.
const TOLERANCE: f64 = 0.10;

/// Time between samples.
const STEP: Duration = Duration::from_millis(20);

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let (mut seconds, mut filter, mut mochi) = (60u64, String::new(), None);
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("seconds") => seconds = args.value()?.parse()?,
            Arg::Long("filter") => filter = args.value()?.string()?,
            Arg::Long("mochi") => mochi = Some(PathBuf::from(args.value()?)),
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if seconds == 0 {
        return Err(Failure::Usage("--seconds must be at least 1".into()));
    }
    let root = workspace::root()?;
    let mochi = match mochi {
        Some(file) => file,
        None => workspace::build_mochi(&root)?,
    };
    check(&root, &mochi, Duration::from_secs(seconds), &filter)
}

/// True where the resident set of another process can be read.
pub fn is_possible() -> bool {
    Path::new("/proc/self/status").is_file()
}

/// Runs each program whose name contains `filter` for `time` and fails if one is not flat.
pub fn check(root: &Path, mochi: &Path, time: Duration, filter: &str) -> Result<()> {
    if !is_possible() {
        return failed("the soak reads /proc, which this system does not have");
    }
    let mut programs = programs(root)?;
    programs.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(filter)));
    if programs.is_empty() {
        return failed("no program has such a name");
    }
    // At the same time: what is measured does not depend on how fast they run.
    let watched = thread::scope(|scope| {
        let start = |program: &PathBuf| {
            let mut command = Command::new(mochi);
            command.arg("run").arg(program);
            scope.spawn(move || watch(&mut command, time))
        };
        let threads: Vec<_> = programs.iter().map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("watching does not panic")).collect::<Vec<_>>()
    });
    let mut grown = Vec::new();
    for (program, samples) in programs.iter().zip(watched) {
        let name = program.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let peaks = window_peaks(&samples?);
        let flat = is_flat(&peaks);
        let shown: Vec<String> = peaks.iter().map(|kib| format!("{:.1}", *kib as f64 / 1024.0)).collect();
        println!("{name:16} {} MiB  {}", shown.join(" "), if flat { "flat" } else { "NOT FLAT" });
        if !flat {
            grown.push(name);
        }
    }
    if grown.is_empty() { Ok(()) } else { failed(format!("memory is not flat in {}", grown.join(", "))) }
}

fn programs(root: &Path) -> Result<Vec<PathBuf>> {
    let dir = root.join("bench/soak");
    let entries = fs::read_dir(&dir).context(|| format!("list {}", dir.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "mochi"));
    files.sort();
    Ok(files)
}

/// Resident set in KiB, every [`STEP`] for `time`. A program that ends by itself is an error.
fn watch(command: &mut Command, time: Duration) -> Result<Vec<u64>> {
    let mut child = command.stdout(Stdio::null()).spawn().context(|| "start mochi".into())?;
    let start = Instant::now();
    let mut samples = Vec::new();
    while start.elapsed() < time {
        thread::sleep(STEP);
        match child.try_wait() {
            Ok(Some(status)) => return failed(format!("the program ended by itself: {status}")),
            Ok(None) => samples.extend(resident_kib(&child)),
            Err(error) => return failed(format!("cannot watch the program: {error}")),
        }
    }
    child.kill().and_then(|()| child.wait()).context(|| "stop the program".into())?;
    Ok(samples)
}

fn resident_kib(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Largest sample of each window after the first half.
fn window_peaks(samples: &[u64]) -> Vec<u64> {
    let rest = &samples[samples.len() / 2..];
    let size = rest.len().div_ceil(WINDOWS).max(1);
    rest.chunks(size).filter_map(|window| window.iter().max().copied()).collect()
}

fn is_flat(peaks: &[u64]) -> bool {
    let Some(first) = peaks.first() else { return false };
    peaks.len() == WINDOWS && peaks.iter().all(|peak| (*peak as f64 / *first as f64 - 1.0).abs() <= TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warm_up_does_not_count() {
        let mut samples = vec![1; 100];
        samples.resize(400, 50);
        assert!(is_flat(&window_peaks(&samples)));
    }

    #[test]
    fn growth_is_seen() {
        let samples: Vec<u64> = (0..400).map(|at| 10_000 + 100 * at).collect();
        assert!(!is_flat(&window_peaks(&samples)));
    }

    #[test]
    fn a_saw_tooth_is_flat() {
        let samples: Vec<u64> = (0..400).map(|at| 1000 + at % 20 * 50).collect();
        assert!(is_flat(&window_peaks(&samples)));
    }

    #[test]
    fn no_samples_are_not_flat() {
        assert!(!is_flat(&window_peaks(&[])));
    }
}
