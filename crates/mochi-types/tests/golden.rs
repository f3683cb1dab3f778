//! One test per `tests/check/**/*.mochi`. `BLESS=1` rewrites what differs; then read the diff.
//!
//! The first lines of a file are directives:
//!
//!     // error: T008 3:5        a diagnostic at line:column; `warning:` likewise; in the order of the reports
//!     // strict                 check in the strict profile (default: lenient without lints)
//!     // lints                  lenient, with lints as warnings
//!     // std                    as source of std
//!     // typed                  the typed tree is compared with the file `.typed` beside

mod corpus;

use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use mochi_base::Severity;
use mochi_types::Options;

fn main() {
    let arguments = Arguments::from_args();
    let trials = corpus::sources("tests/check").into_iter().map(|file| {
        let name = file.display().to_string();
        let name = name.split("tests/check/").last().unwrap_or(&name).to_string();
        Trial::test(name, move || run(&file))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn run(file: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(file)?;
    let header: Vec<String> =
        text.lines().map_while(|line| line.strip_prefix("// ")).map(|line| line.trim().to_string()).collect();
    let has = |word: &str| header.iter().any(|line| line == word);
    let options =
        Options { strict: has("strict"), lints: has("lints"), std: has("std"), ..Default::default() };
    let bless = std::env::var_os("BLESS").is_some();

    // The number of header lines is part of the positions, so blessing repeats until they agree.
    let mut text = text;
    loop {
        let (found, typed) = check(file, &text, options);
        let expected: Vec<String> = directives(&text).collect();
        if found != expected {
            if !bless {
                let (expected, found) = (expected.join("\n"), found.join("\n"));
                return Err(format!("diagnostics\nexpected:\n{expected}\nfound:\n{found}").into());
            }
            let rest = text.lines().filter(|line| directive(line).is_none());
            let head = found.iter().map(|line| format!("// {line}"));
            let lines: Vec<String> = head.chain(rest.map(str::to_string)).collect();
            text = lines.join("\n") + "\n";
            if found.len() != expected.len() {
                continue;
            }
        }
        if bless {
            std::fs::write(file, &text)?;
        }
        if has("typed") {
            return compare(&file.with_extension("typed"), &typed, bless);
        }
        return Ok(());
    }
}

fn compare(file: &Path, typed: &str, bless: bool) -> Result<(), Failed> {
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    if expected == typed {
        return Ok(());
    }
    if bless {
        return Ok(std::fs::write(file, typed)?);
    }
    Err(format!("typed tree\nexpected:\n{expected}\nfound:\n{typed}").into())
}

fn directive(line: &str) -> Option<&str> {
    let line = line.strip_prefix("// ")?;
    (line.starts_with("error: ") || line.starts_with("warning: ")).then_some(line)
}

fn directives(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(directive).map(str::to_string)
}

/// Diagnostics as directives, and the typed tree.
fn check(file: &Path, text: &str, options: Options) -> (Vec<String>, String) {
    let checked = corpus::check(&file.display().to_string(), text, options);
    let found = checked.diagnostics.iter().map(|diagnostic| {
        let at = checked.map.location(diagnostic.span.lo);
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        format!("{severity}: {} {}:{}", diagnostic.code.name(), at.line, at.column)
    });
    (found.collect(), mochi_types::print::print_typed(&checked.program, &checked.names))
}
