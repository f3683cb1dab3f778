//! Writing results: lines for people (language reference, 6.5), JSON lines, or the XML of JUnit.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::time::Duration;

use mochi_base::render::json_string;
use mochi_runtime::host::Replacement;

use super::{Action, Format, Request, Totals};
use crate::blocks::show::{
    NAME_WIDTH, fault_details, json_broken, json_fault, json_head, line_of, shown, shown_time,
};
use crate::blocks::{Execution, Fault, Unit};
use crate::compile::describe;
use crate::policy;

/// Where results go.
struct Sink {
    format: Format,
    /// The file, which has its name when all is written; standard output without.
    file: Option<Box<dyn Replacement>>,
    /// What the messages call it.
    name: String,
    error: Option<io::Error>,
}

/// Writes results as they come in.
pub struct Reporter {
    action: Action,
    show_output: bool,
    sinks: Vec<Sink>,
    /// The file with the latest failure.
    failed_file: Option<String>,
    /// Suites of JUnit, whose opening tag has numbers that are known in the end.
    suites: Vec<Suite>,
}

#[derive(Default)]
struct Suite {
    file: String,
    tests: usize,
    failures: usize,
    time: Duration,
    cases: String,
}

impl Reporter {
    /// Opens what the request names. Fails with a message.
    pub fn new(request: &Request) -> Result<Self, String> {
        let stdout = |format| Sink { format, file: None, name: "standard output".into(), error: None };
        let sinks = match &request.output {
            None => vec![stdout(request.format)],
            Some(path) => {
                let name = format!("`{}`", path.display());
                let file = policy::begin(path);
                let file = file.map_err(|e| format!("cannot write {name}: {}", describe(&e)))?;
                vec![
                    stdout(Format::Human),
                    Sink { format: request.format, file: Some(file), name, error: None },
                ]
            }
        };
        let (action, show_output) = (request.action, request.show_output);
        Ok(Self { action, show_output, sinks, failed_file: None, suites: Vec::new() })
    }

    /// Whether this is the first failure of the file.
    pub fn failed_in(&mut self, file: &str) -> bool {
        let first = self.failed_file.as_deref() != Some(file);
        if first {
            self.failed_file = Some(file.to_string());
        }
        first
    }

    /// A file whose tests follow. `false` when nobody reads the results any more.
    pub fn file(&mut self, file: &str, unit: &Unit, tests: &[usize]) -> bool {
        self.suites.push(Suite { file: file.to_string(), ..Suite::default() });
        let mut human = format!("{file}\n");
        let mut json = String::new();
        if self.action == Action::List {
            for &test in tests {
                let _ = writeln!(human, "   test {}", shown(&unit.blocks[test].name));
                json.push_str(&json_head(file, "test", unit, test));
                json.push_str("}\n");
            }
        }
        self.write(&human, &json)
    }

    /// A file that was not compiled.
    pub fn broken(&mut self, file: &str, diagnostics: &str) -> bool {
        let json = json_broken(file, diagnostics);
        let (name, text) = (xml(file), xml(diagnostics.trim_end()));
        let cases = format!(
            "    <testcase name=\"compile\" classname=\"{name}\" time=\"0\">\n      <failure message=\"does not \
             compile\">{text}</failure>\n    </testcase>\n"
        );
        let file_name = file.to_string();
        self.suites.push(Suite { file: file_name, tests: 1, failures: 1, time: Duration::ZERO, cases });
        // Diagnostics go where they always go.
        crate::report::to_stderr(diagnostics);
        self.write(&format!("{file}\n   does not compile\n"), &json)
    }

    /// A test that ended.
    pub fn test(&mut self, file: &str, unit: &Unit, test: usize, ended: &Execution) -> bool {
        let name = &unit.blocks[test].name;
        let human = self.human_line(name, ended);
        let mut json = json_head(file, "test", unit, test);
        json_outcome(&mut json, ended);
        if let Some(suite) = self.suites.last_mut() {
            suite.tests += 1;
            suite.failures += usize::from(ended.fault.is_some());
            suite.time += ended.time;
            junit_case(&mut suite.cases, file, unit, test, ended);
        }
        self.write(&human, &json)
    }

    fn human_line(&self, name: &str, ended: &Execution) -> String {
        let time = shown_time(ended.time);
        let name = shown(name);
        let Some(fault) = &ended.fault else {
            return format!("   test {name:NAME_WIDTH$} ... ok ({time})\n");
        };
        let first = fault.message.lines().next().unwrap_or_default();
        let mut text = format!("   test {name:NAME_WIDTH$} ... fail {first} ({time})\n");
        text.push_str(&fault_details(fault));
        if self.show_output && !ended.output.is_empty() {
            text.push_str("      output:\n");
            let output = String::from_utf8_lossy(&ended.output);
            for line in output.lines() {
                let _ = writeln!(text, "      | {line}");
            }
        }
        text
    }

    fn write(&mut self, human: &str, json: &str) -> bool {
        for sink in &mut self.sinks {
            match sink.format {
                Format::Human => sink.write(human),
                Format::Json => sink.write(json),
                // Written in the end.
                Format::Junit => {}
            }
        }
        !self.broken_pipe()
    }

    /// Whether nobody reads standard output any more.
    pub fn broken_pipe(&self) -> bool {
        self.sinks[0].error.as_ref().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Writes what can be written only when all is over. Fails with a message when results could not be written.
    pub fn finish(&mut self, totals: &Totals) -> Result<(), String> {
        for sink in &mut self.sinks {
            match sink.format {
                Format::Human => {}
                Format::Json if self.action == Action::List => {}
                Format::Json => sink.write(&format!(
                    "{{\"summary\":{{\"passed\":{},\"failed\":{},\"files\":{},\"failed_files\":{}}}}}\n",
                    totals.passed, totals.failed, totals.files, totals.failed_files
                )),
                Format::Junit => sink.write(&junit(&self.suites)),
            }
            if sink.error.is_none() {
                sink.error = sink.file.take().and_then(|file| file.commit().err());
            }
            if let Some(error) = &sink.error {
                return Err(format!("cannot write {}: {}", sink.name, describe(error)));
            }
        }
        Ok(())
    }
}

impl Sink {
    fn write(&mut self, text: &str) {
        if self.error.is_none() {
            let bytes = text.as_bytes();
            let written = match &mut self.file {
                Some(file) => file.write_all(bytes),
                None => io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()),
            };
            self.error = written.err();
        }
    }
}

/// The rest of a test's JSON object.
fn json_outcome(out: &mut String, ended: &Execution) {
    let status = if ended.fault.is_none() { "ok" } else { "fail" };
    let _ = write!(out, ",\"status\":\"{status}\",\"duration_us\":{}", ended.time.as_micros());
    if let Some(fault) = &ended.fault {
        json_fault(out, fault);
        out.push_str(",\"output\":");
        json_string(out, &String::from_utf8_lossy(&ended.output));
    }
    out.push_str("}\n");
}

fn junit_case(out: &mut String, file: &str, unit: &Unit, test: usize, ended: &Execution) {
    let (name, class, line) = (xml(&unit.blocks[test].name), xml(file), line_of(unit, test));
    let time = ended.time.as_secs_f64();
    let _ = write!(
        out,
        "    <testcase name=\"{name}\" classname=\"{class}\" file=\"{class}\" line=\"{line}\" time=\"{time:.6}\""
    );
    let Some(Fault { message, place }) = &ended.fault else {
        out.push_str("/>\n");
        return;
    };
    let first = xml(message.lines().next().unwrap_or_default());
    let rest: Vec<&str> = message.lines().skip(1).chain(place.lines()).collect();
    let rest = xml(&rest.join("\n"));
    let _ = write!(out, ">\n      <failure message=\"{first}\">{rest}</failure>\n");
    if !ended.output.is_empty() {
        let output = xml(&String::from_utf8_lossy(&ended.output));
        let _ = writeln!(out, "      <system-out>{output}</system-out>");
    }
    out.push_str("    </testcase>\n");
}

fn junit(suites: &[Suite]) -> String {
    let tests: usize = suites.iter().map(|s| s.tests).sum();
    let failures: usize = suites.iter().map(|s| s.failures).sum();
    let time: f64 = suites.iter().map(|s| s.time.as_secs_f64()).sum();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites tests=\"{tests}\" failures=\"{failures}\" time=\"{time:.6}\">");
    for suite in suites {
        let (name, time) = (xml(&suite.file), suite.time.as_secs_f64());
        let (tests, failures) = (suite.tests, suite.failures);
        let _ = writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" time=\"{time:.6}\">"
        );
        out.push_str(&suite.cases);
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// Text for XML, attributes included. Characters that XML does not have become U+FFFD.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_break_their_format() {
        assert_eq!(xml("<a b=\"c\">&\u{0}\n"), "&lt;a b=&quot;c&quot;&gt;&amp;\u{fffd}&#10;");
    }
}
