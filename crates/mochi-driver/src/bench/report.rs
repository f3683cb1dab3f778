//! Writing results as they come in: a table, or JSON lines.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Action, Format, Measured, Request};
use crate::blocks::show::{NAME_WIDTH, fault_details, json_broken, json_fault, json_head, shown};
use crate::blocks::{Execution, Unit};

/// Writes results to standard output.
pub struct Reporter {
    action: Action,
    format: Format,
    error: Option<io::Error>,
}

impl Reporter {
    /// For a request.
    pub fn new(request: &Request) -> Self {
        Self { action: request.action, format: request.format, error: None }
    }

    /// Why the results could not be written.
    pub fn error(&self) -> Option<&io::Error> {
        self.error.as_ref()
    }

    /// A file whose blocks follow.
    pub fn file(&mut self, file: &str, unit: &Unit, blocks: &[usize]) {
        let mut human = String::new();
        let mut json = String::new();
        match self.action {
            Action::Run => {
                let _ = writeln!(
                    human,
                    "{file:width$} {:>10} {:>10} {:>8} {:>11}",
                    "median",
                    "least",
                    "spread",
                    "runs",
                    width = NAME_WIDTH + "   bench ".len()
                );
            }
            Action::List => {
                let _ = writeln!(human, "{file}");
                for &block in blocks {
                    let _ = writeln!(human, "   bench {}", shown(&unit.blocks[block].name));
                    json.push_str(&json_head(file, "bench", unit, block));
                    json.push_str("}\n");
                }
            }
        }
        self.write(&human, &json);
    }

    /// A file that was not compiled.
    pub fn broken(&mut self, file: &str, diagnostics: &str) {
        // Diagnostics go where they always go.
        crate::report::to_stderr(diagnostics);
        self.write(&format!("{file}\n   does not compile\n"), &json_broken(file, diagnostics));
    }

    /// A block that ended.
    pub fn ended(&mut self, file: &str, unit: &Unit, block: usize, ended: &Execution) {
        let mut human = format!("   bench {:NAME_WIDTH$} ", shown(&unit.blocks[block].name));
        let mut json = json_head(file, "bench", unit, block);
        match (&ended.fault, Measured::of(&ended.block)) {
            (Some(fault), _) => {
                let first = fault.message.lines().next().unwrap_or_default();
                let _ = writeln!(human, "... fail {first}");
                human.push_str(&fault_details(fault));
                json.push_str(",\"status\":\"fail\"");
                json_fault(&mut json, fault);
            }
            (None, Some(it)) => {
                let (median, least) = (shown_nanos(it.median), shown_nanos(it.least));
                let spread = format!("± {:.1}%", it.spread * 100.0);
                let _ = writeln!(human, "{median:>10} {least:>10} {spread:>8} {:>11}", it.executions);
                let _ = write!(
                    json,
                    ",\"status\":\"ok\",\"median_ns\":{:.2},\"least_ns\":{:.2},\"spread\":{:.4},\"samples\":{},\
                     \"runs\":{}",
                    it.median, it.least, it.spread, it.samples, it.executions
                );
            }
            // Without a failure there are samples.
            (None, None) => human.push('\n'),
        }
        json.push_str("}\n");
        self.write(&human, &json);
    }

    fn write(&mut self, human: &str, json: &str) {
        let text = match self.format {
            Format::Human => human,
            Format::Json => json,
        };
        if self.error.is_none() {
            let mut out = io::stdout().lock();
            self.error = out.write_all(text.as_bytes()).and_then(|()| out.flush()).err();
        }
    }
}

/// A time with four digits, in the unit that fits.
fn shown_nanos(nanos: f64) -> String {
    let (value, unit) = match nanos {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "µs"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    let decimals = match value {
        v if v < 9.9995 => 3,
        v if v < 99.995 => 2,
        v if v < 999.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_four_digits() {
        let shown = [9.8766, 12.0, 345.67, 999.96, 1_234.5, 2.5e6, 61.25e9].map(shown_nanos);
        assert_eq!(shown, ["9.877 ns", "12.00 ns", "345.7 ns", "1000 ns", "1.234 µs", "2.500 ms", "61.25 s"]);
    }
}
