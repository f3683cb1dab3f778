//! The report on kernels as plain text.

use std::fmt::Write;

use super::contenders::{self, Contender};
use super::race::{Cell, Row};
use super::stats::{geometric_mean, minimum};

/// Contenders whose figures the others are divided by.
const BASES: &[&str] = &["c", "go", "python"];

/// What is compared: time or memory.
type Figure = fn(&Cell) -> Option<f64>;

/// CPU seconds, ratios of each mode to Go and CPython, means, and peak memory.
pub fn render(field: &[Contender], rows: &[Row]) -> String {
    let mut text = String::from("\nCPU time in seconds, median\n");
    let ratios = ratio_columns(field);
    let mut heads: Vec<String> = field.iter().map(|contender| contender.name.to_string()).collect();
    heads.extend(ratios.iter().map(|&(a, b)| format!("{}/{}", field[a].name, field[b].name)));
    let width = heads.iter().map(String::len).max().unwrap_or(0).max(9);
    line(&mut text, width, "", &heads);
    for row in rows {
        let mut cells: Vec<String> = row.cells.iter().map(|cell| show(cpu(cell), 3)).collect();
        cells.extend(ratios.iter().map(|&(a, b)| show(ratio(row, a, b, cpu), 2)));
        line(&mut text, width, &row.kernel.name, &cells);
    }
    for base in BASES {
        let Some(base_at) = position(field, base) else { continue };
        let means = (0..field.len()).map(|at| show(mean(rows, at, base_at, cpu), 2));
        line(&mut text, width, &format!("geomean / {base}"), &means.collect::<Vec<_>>());
        let means = (0..field.len()).map(|at| show(mean(rows, at, base_at, cpu_minimum), 2));
        line(&mut text, width, "    of minima", &means.collect::<Vec<_>>());
    }

    text.push_str("\nPeak memory in MiB\n");
    line(&mut text, width, "", &heads);
    for row in rows {
        let mut cells: Vec<String> = row.cells.iter().map(|cell| show(mib(cell), 1)).collect();
        cells.extend(ratios.iter().map(|&(a, b)| show(ratio(row, a, b, mib), 2)));
        line(&mut text, width, &row.kernel.name, &cells);
    }
    text.push_str(&warnings(field, rows));
    text
}

/// Kernels where a mode of mochi needs more time or memory than CPython, which it never should.
fn warnings(field: &[Contender], rows: &[Row]) -> String {
    let mut text = String::new();
    let Some(python) = position(field, "python") else { return text };
    for mode in contenders::mode_names() {
        let Some(at) = position(field, mode) else { continue };
        let measures: [(&str, Figure); 2] = [("slower", cpu), ("larger", mib)];
        for (word, figure) in measures {
            let worse =
                rows.iter().filter(|row| ratio(row, at, python, figure).is_some_and(|ratio| ratio > 1.0));
            let worse: Vec<&str> = worse.map(|row| row.kernel.name.as_str()).collect();
            if !worse.is_empty() {
                let _ = writeln!(text, "{mode} is {word} than CPython on: {}", worse.join(", "));
            }
        }
    }
    text
}

fn ratio_columns(field: &[Contender]) -> Vec<(usize, usize)> {
    let modes = contenders::mode_names().into_iter().filter_map(|mode| position(field, mode));
    let pairs = modes.flat_map(|mode| {
        // What is built is measured against what others build.
        let bases =
            if field[mode].name.starts_with(contenders::BUILD) { ["c", "go"] } else { ["go", "python"] };
        bases.into_iter().filter_map(move |base| Some((mode, position(field, base)?)))
    });
    pairs.collect()
}

fn position(field: &[Contender], name: &str) -> Option<usize> {
    field.iter().position(|contender| contender.name == name)
}

fn cpu(cell: &Cell) -> Option<f64> {
    cell.samples.cpu_median().filter(|_| cell.trouble.is_none())
}

fn cpu_minimum(cell: &Cell) -> Option<f64> {
    minimum(&cell.samples.cpu()).filter(|_| cell.trouble.is_none())
}

fn mib(cell: &Cell) -> Option<f64> {
    cell.samples.peak_kib().filter(|_| cell.trouble.is_none()).map(|kib| kib as f64 / 1024.0)
}

fn ratio(row: &Row, a: usize, b: usize, figure: Figure) -> Option<f64> {
    Some(figure(&row.cells[a])? / figure(&row.cells[b])?).filter(|ratio| ratio.is_finite() && *ratio > 0.0)
}

fn mean(rows: &[Row], a: usize, b: usize, figure: Figure) -> Option<f64> {
    let ratios: Vec<f64> = rows.iter().filter_map(|row| ratio(row, a, b, figure)).collect();
    geometric_mean(&ratios)
}

fn show(value: Option<f64>, digits: usize) -> String {
    value.map_or("-".into(), |value| format!("{value:.digits$}"))
}

fn line(text: &mut String, width: usize, head: &str, cells: &[String]) {
    let _ = write!(text, "{head:22}");
    for cell in cells {
        let _ = write!(text, " {cell:>width$}");
    }
    text.push('\n');
}
