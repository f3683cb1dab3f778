//! What it costs to build a small program with each C compiler that is here: time, with the runtime compiled already and
//! without, and size of the executable.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::stats::{median, minimum};
use super::{Part, contenders};
use crate::failure::{Context, Result, failed};
use crate::process;
use crate::workspace::{first_line, on_path};

/// Compilers by name, with what makes them say their version.
const COMPILERS: &[(&str, &str)] =
    &[("cc", "--version"), ("clang", "--version"), ("tcc", "-v"), ("zig", "version")];

/// Values of `--mode`.
const MODES: &[&str] = &["release", "dev"];

/// Builds of hello, each of another text, so that nothing but the runtime is known before.
pub fn measure(mochi: &Path, quick: bool, limit: Duration, scratch: &Path) -> Result<Part> {
    let mut text = String::from("\nBuilding (mochi build hello)\n");
    let mut rows = Vec::new();
    for (name, version) in COMPILERS.iter().take(if quick { 1 } else { COMPILERS.len() }) {
        let compiler = contenders::c_compiler(name);
        if !compiler.is_file() && on_path(name).is_none() {
            continue;
        }
        let version = first_line(Command::new(&compiler).arg(version)).unwrap_or_else(|| "?".into());
        for mode in MODES {
            let build = Build { mochi, compiler: &compiler, mode, limit, scratch: scratch.join("building") };
            let made = build.measure(if quick { 1 } else { 5 })?;
            let (min, mid) = (minimum(&made.again).unwrap_or(0.0), median(&made.again).unwrap_or(0.0));
            text.push_str(&format!(
                "{name:8} {mode:8} {:7.0} ms first, {:6.0} ms median, {:6.0} ms minimum, {:6.0} KiB\n",
                made.first * 1e3,
                mid * 1e3,
                min * 1e3,
                made.bytes as f64 / 1024.0
            ));
            rows.push(json!({
                "compiler": name, "version": version, "mode": mode, "wall_first": made.first,
                "wall_min": min, "wall_median": mid, "runs": made.again.len(), "bytes": made.bytes,
            }));
        }
    }
    Ok(Part { text, rows: rows.into() })
}

/// A way to build.
struct Build<'a> {
    mochi: &'a Path,
    compiler: &'a Path,
    mode: &'a str,
    limit: Duration,
    scratch: PathBuf,
}

/// Wall seconds and bytes.
struct Made {
    first: f64,
    again: Vec<f64>,
    bytes: u64,
}

impl Build<'_> {
    fn measure(&self, times: usize) -> Result<Made> {
        let cache = self.scratch.join("cache");
        let _ = fs::remove_dir_all(&cache);
        fs::create_dir_all(&self.scratch).context(|| format!("create {}", self.scratch.display()))?;
        let first = self.once(0, &cache)?;
        let again = (1..=times).map(|number| self.once(number, &cache)).collect::<Result<Vec<f64>>>()?;
        let made = self.scratch.join("hello");
        let bytes = fs::metadata(&made).context(|| format!("look at {}", made.display()))?.len();
        Ok(Made { first, again, bytes })
    }

    /// Seconds to build a program that is like no other, and that does what it says.
    fn once(&self, number: usize, cache: &Path) -> Result<f64> {
        let (source, made) = (self.scratch.join("hello.mochi"), self.scratch.join("hello"));
        fs::write(&source, format!("print(\"hello {number}\")\n"))
            .context(|| format!("write {}", source.display()))?;
        let mut command = Command::new(self.mochi);
        command.arg("build").arg(format!("--cc={}", self.compiler.display()));
        command.arg(format!("--mode={}", self.mode)).arg(&source).arg("-o").arg(&made);
        command.env("MOCHI_CACHE_DIR", cache);
        let outcome =
            process::measure(&mut command, &self.scratch, self.limit).context(|| "run mochi build".into())?;
        if let Some(complaint) = outcome.complaint() {
            return failed(format!("mochi build --cc={}: {complaint}", self.compiler.display()));
        }
        let said = process::measure(&mut Command::new(&made), &self.scratch, self.limit)
            .context(|| format!("run {}", made.display()))?;
        if said.stdout != format!("hello {number}\n").as_bytes() {
            return failed(format!("what {} built does not say hello", self.compiler.display()));
        }
        Ok(outcome.usage.wall.as_secs_f64())
    }
}
