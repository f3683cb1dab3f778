//! Line coverage: which lines of the sources were executed, as text for people or in the format of lcov.
//!
//! The code counts executions of statements, match arms and branches of `if` expressions (`mochi_lower::Place`). A line
//! was executed as often as the place on it that was executed most often.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use crate::blocks::Unit;
use crate::compile::describe;
use crate::policy;

/// How coverage is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// A table for people.
    #[default]
    Text,
    /// The tracefile that lcov and genhtml read.
    Lcov,
}

impl Format {
    /// The formats by name, for the command line.
    pub const NAMES: [(&'static str, Format); 2] = [("text", Format::Text), ("lcov", Format::Lcov)];
}

/// What is written, and where.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// How.
    pub format: Format,
    /// Where; none means standard output.
    pub output: Option<PathBuf>,
}

/// Executions by file, over all runs.
#[derive(Default)]
pub struct Counts {
    files: BTreeMap<String, FileCounts>,
}

#[derive(Default)]
struct FileCounts {
    /// By line.
    lines: BTreeMap<u32, u64>,
    /// By line and name.
    functions: BTreeMap<(u32, String), u64>,
}

impl Counts {
    /// Adds what one run counted.
    pub fn add(&mut self, unit: &Unit, counts: &[u64]) {
        let mut lines: BTreeMap<(&str, u32), u64> = BTreeMap::new();
        for (place, &count) in unit.places.iter().zip(counts) {
            let at = unit.sources.location(place.span.lo);
            let file = unit.sources.file(at.file).name.as_str();
            if let Some(function) = &place.function {
                let functions = &mut self.file(file).functions;
                *functions.entry((at.line, function.clone())).or_default() += count;
            } else {
                let most = lines.entry((file, at.line)).or_default();
                *most = count.max(*most);
            }
        }
        for ((file, line), count) in lines {
            *self.file(file).lines.entry(line).or_default() += count;
        }
    }

    fn file(&mut self, name: &str) -> &mut FileCounts {
        if !self.files.contains_key(name) {
            self.files.insert(name.to_string(), FileCounts::default());
        }
        self.files.get_mut(name).expect("it was inserted")
    }
}

impl FileCounts {
    fn hit(&self) -> usize {
        self.lines.values().filter(|&&count| count > 0).count()
    }

    /// The lines that were not executed, as ranges: lines without code do not end one.
    fn missed(&self) -> String {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        let mut open = false;
        for (&line, &count) in &self.lines {
            match ranges.last_mut() {
                _ if count > 0 => open = false,
                Some(range) if open => range.1 = line,
                _ => {
                    ranges.push((line, line));
                    open = true;
                }
            }
        }
        let shown = ranges.iter().map(|&(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") });
        shown.collect::<Vec<_>>().join(", ")
    }
}

/// Writes coverage. Fails with a message.
pub fn report(request: &Request, counts: &Counts) -> Result<(), String> {
    let text = match request.format {
        Format::Text => text(counts),
        Format::Lcov => lcov(counts),
    };
    match &request.output {
        Some(path) => policy::begin(path)
            .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.commit()))
            .map_err(|e| format!("cannot write `{}`: {}", path.display(), describe(&e))),
        None => std::io::stdout()
            .lock()
            .write_all(text.as_bytes())
            .map_err(|e| format!("cannot write output: {}", describe(&e))),
    }
}

fn percent(hit: usize, all: usize) -> String {
    // Cut and not rounded, so that only complete coverage shows as 100.
    let tenths = (hit * 1000).checked_div(all).unwrap_or(1000);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn text(counts: &Counts) -> String {
    let width = counts.files.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(5);
    let mut out = format!("{:width$} {:>7} {:>11}  not executed\n", "file", "lines", "");
    let (mut all_hit, mut all) = (0, 0);
    for (name, file) in &counts.files {
        let (hit, lines) = (file.hit(), file.lines.len());
        all_hit += hit;
        all += lines;
        let of = format!("{hit}/{lines}");
        let _ = writeln!(
            out,
            "{}",
            format!("{name:width$} {:>7} {of:>11}  {}", percent(hit, lines), file.missed()).trim_end()
        );
    }
    if counts.files.len() > 1 {
        let of = format!("{all_hit}/{all}");
        let _ = writeln!(out, "{:width$} {:>7} {of:>11}", "total", percent(all_hit, all));
    }
    out
}

fn lcov(counts: &Counts) -> String {
    let mut out = String::new();
    for (name, file) in &counts.files {
        let _ = writeln!(out, "TN:\nSF:{name}");
        for (line, function) in file.functions.keys() {
            let _ = writeln!(out, "FN:{line},{function}");
        }
        for ((_, function), count) in &file.functions {
            let _ = writeln!(out, "FNDA:{count},{function}");
        }
        let called = file.functions.values().filter(|&&count| count > 0).count();
        let _ = writeln!(out, "FNF:{}\nFNH:{called}", file.functions.len());
        for (line, count) in &file.lines {
            let _ = writeln!(out, "DA:{line},{count}");
        }
        let _ = writeln!(out, "LF:{}\nLH:{}\nend_of_record", file.lines.len(), file.hit());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> Counts {
        let lines = BTreeMap::from([(1, 2), (2, 0), (4, 0), (5, 1), (9, 0)]);
        let functions = BTreeMap::from([((2, "f".to_string()), 0)]);
        Counts { files: BTreeMap::from([("a.mochi".to_string(), FileCounts { lines, functions })]) }
    }

    #[test]
    fn text_shows_ranges_over_lines_without_code() {
        let expected = "\
file      lines              not executed
a.mochi   40.0%         2/5  2-4, 9
";
        assert_eq!(text(&counts()), expected);
    }

    #[test]
    fn lcov_has_its_records_in_order() {
        let expected = "TN:\nSF:a.mochi\nFN:2,f\nFNDA:0,f\nFNF:1\nFNH:0\n\
            DA:1,2\nDA:2,0\nDA:4,0\nDA:5,1\nDA:9,0\nLF:5\nLH:2\nend_of_record\n";
        assert_eq!(lcov(&counts()), expected);
    }

    #[test]
    fn only_complete_coverage_is_100_percent() {
        assert_eq!([percent(1999, 2000), percent(2, 2), percent(0, 0)], ["99.9%", "100.0%", "100.0%"]);
    }
}
