//! Figures that are kept: `bench/history/*.jsonl`, one flat object per line, newest last.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::contenders::Contender;
use super::kernels::Size;
use super::race::Row;
use super::stats::{median, minimum};
use crate::failure::{Context, Result};
use crate::workspace::first_line;

/// What was measured where and when: commit (with a `+` when the tree differs from it), date, machine.
pub fn this_run(root: &Path) -> Value {
    let git = |args: &[&str]| first_line(Command::new("git").args(args).current_dir(root));
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(|| "unknown".into());
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).is_some();
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    json!({
        "commit": if changed { format!("{commit}+") } else { commit },
        "date": date(seconds / 86_400),
        "machine": machine(),
    })
}

/// One object per kernel and contender.
pub fn kernel_rows(field: &[Contender], rows: &[Row], size: Size) -> Value {
    let mut all = Vec::new();
    for row in rows {
        for (contender, cell) in field.iter().zip(&row.cells) {
            let (cpu, wall) = (cell.samples.cpu(), cell.samples.wall());
            all.push(json!({
                "kernel": row.kernel.name,
                "n": row.kernel.size(size),
                "contender": contender.name,
                "version": contender.version,
                "runs": cpu.len(),
                "cpu_min": minimum(&cpu),
                "cpu_median": median(&cpu),
                "wall_min": minimum(&wall),
                "wall_median": median(&wall),
                "peak_kib": cell.samples.peak_kib(),
                "trouble": cell.trouble,
            }));
        }
    }
    Value::Array(all)
}

/// Appends every row of `document` to the file of its part.
pub fn append(root: &Path, document: &Value) -> Result<()> {
    let dir = root.join("bench/history");
    std::fs::create_dir_all(&dir).context(|| format!("create {}", dir.display()))?;
    for part in ["kernels", "startup", "frontend", "native_code", "building"] {
        let Some(rows) = document[part].as_array() else { continue };
        let path = dir.join(format!("{part}.jsonl"));
        let lines: String = rows.iter().map(|row| format!("{}\n", joined(&document["run"], row))).collect();
        let file = OpenOptions::new().create(true).append(true).open(&path);
        file.and_then(|mut file| file.write_all(lines.as_bytes()))
            .context(|| format!("write {}", path.display()))?;
        eprintln!("{} rows appended to {}", rows.len(), path.display());
    }
    Ok(())
}

/// The fields of both objects; empty ones are left out.
fn joined(run: &Value, row: &Value) -> Value {
    let fields = [run, row].into_iter().filter_map(Value::as_object).flatten();
    fields.filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn machine() -> String {
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or(std::env::consts::ARCH, |(_, model)| model.trim());
    format!("{model}, {cpus} cores, {}", std::env::consts::OS)
}

/// Year-month-day of a count of days since 1970. After Howard Hinnant's `civil_from_days`.
fn date(days: u64) -> String {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next_year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + next_year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_819), "2027-01-01");
    }

    #[test]
    fn rows_carry_the_run_and_no_empty_fields() {
        let row = joined(&json!({ "commit": "abc" }), &json!({ "kernel": "fib", "trouble": null }));
        assert_eq!(row, json!({ "commit": "abc", "kernel": "fib" }));
    }
}
