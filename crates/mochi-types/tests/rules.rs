//! Runs the cases of `tests/check/rules/*.txt`: what each profile says about a small program (see the readme there).
//!
//! `BLESS=1 cargo test -p mochi-types --test rules` rewrites the results; then read the diff.

mod corpus;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use mochi_base::{Code, Severity};
use mochi_types::Options;

/// Codes that no program has today: reserved, or seen as another one (3.6).
const NEVER_SEEN: &[Code] =
    &[Code::T011, Code::T014, Code::T016, Code::T021, Code::T043, Code::T049, Code::T066];

/// A small program and what is said about it.
struct Case {
    file: String,
    title: String,
    source: String,
    expected: String,
}

impl Case {
    /// The diagnostics of a profile, as lines. Lenient includes the lints that `mochi check` shows.
    fn found(&self, strict: bool) -> String {
        let options = Options { strict, lints: !strict, std: false, ..Default::default() };
        let checked = corpus::check(&self.title, &self.source, options);
        let line = |diagnostic: &mochi_base::Diagnostic| {
            let at = checked.map.location(diagnostic.span.lo);
            let lint = if diagnostic.severity == Severity::Warning { "lint " } else { "" };
            format!("{lint}{} {}:{}\n", diagnostic.code.name(), at.line, at.column)
        };
        let lines = checked.diagnostics.iter().map(line).collect::<String>();
        if lines.is_empty() { "fine\n".into() } else { lines }
    }

    /// The results as they stand in the file.
    fn results(&self) -> String {
        let (strict, lenient) = (self.found(true), self.found(false));
        if strict == lenient { strict } else { format!("{strict}--- lenient\n{lenient}") }
    }
}

fn files() -> Vec<PathBuf> {
    let folder = corpus::root().join("tests/check/rules");
    let entries = fs::read_dir(folder).expect("the folder exists").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
}

/// What stands before the first case, and the cases.
fn cases(path: &PathBuf) -> (String, Vec<Case>) {
    let text = fs::read_to_string(path).expect("a readable file");
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (head, rest) = text.split_at(text.find("\n=== ").map_or(text.len(), |at| at + 1));
    let case = |text: &str| {
        let (title, body) = text.split_once('\n').unwrap_or((text, ""));
        let (source, expected) = body.split_once("\n---\n").unwrap_or((body.trim_end(), ""));
        Case {
            file: file.clone(),
            title: title.to_string(),
            source: format!("{source}\n"),
            expected: format!("{}\n", expected.trim()),
        }
    };
    let cases = rest.trim_start_matches("=== ").split("\n=== ").filter(|text| !text.is_empty()).map(case);
    (head.to_string(), cases.collect())
}

#[test]
fn every_case_gives_its_result() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for path in files() {
        let (mut text, cases) = cases(&path);
        for case in cases {
            let found = case.results();
            if found != case.expected {
                let Case { file, title, expected, .. } = &case;
                wrong.push(format!("{file}: {title}\nexpected\n{expected}found\n{found}"));
            }
            text += &format!("=== {}\n{}---\n{found}\n", case.title, case.source);
        }
        if bless {
            fs::write(&path, text.trim_end().to_string() + "\n").expect("a writable file");
        }
    }
    assert!(
        bless || wrong.is_empty(),
        "{} cases differ (BLESS=1 accepts):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_code_has_a_case_and_a_near_miss() {
    let cases: Vec<Case> = files().iter().flat_map(|path| cases(path).1).collect();
    let mut lacking = Vec::new();
    for &code in Code::ALL {
        let name = code.name();
        // The codes of the language reference; the pages of others have an example and its correction.
        let listed = (Code::T000..=Code::T066).contains(&code) || code == Code::P065;
        if !listed {
            continue;
        }
        let has = |case: &&Case| {
            case.expected.lines().any(|line| line.trim_start_matches("lint ").starts_with(name))
        };
        if NEVER_SEEN.contains(&code) {
            // What does not parse is not checked for people; here it is.
            let parses = |case: &&Case| !case.expected.lines().any(|line| line.starts_with('P'));
            assert!(!cases.iter().filter(parses).any(|case| has(&case)), "{name} is seen after all");
            continue;
        }
        if !cases.iter().any(|case| has(&case) && case.title.starts_with(name)) {
            lacking.push(format!("a case `=== {name}: ...` with {name}"));
        }
        let miss = format!("not {name}");
        if !cases.iter().any(|case| case.title.starts_with(&miss) && !has(&case)) {
            lacking.push(format!("a case `=== {miss}: ...` without {name}"));
        }
    }
    assert!(lacking.is_empty(), "tests/check/rules lacks\n{}", lacking.join("\n"));
}

#[test]
fn the_profiles_differ_where_the_reference_says_so() {
    let cases: Vec<Case> = files().iter().flat_map(|path| cases(path).1).collect();
    let seen: BTreeSet<u32> = cases
        .iter()
        .filter(|case| case.expected.contains("--- lenient\n"))
        .filter_map(|case| case.title.strip_prefix('L')?.split(':').next()?.parse().ok())
        .collect();
    let missing: Vec<u32> = (1..=16).filter(|rule| !seen.contains(rule)).collect();
    assert!(missing.is_empty(), "no case `=== L{missing:?}: ...` in which the profiles differ");
    for case in cases.iter().filter(|case| case.title.starts_with('L')) {
        let lenient = case.found(false);
        let errors = lenient.lines().any(|line| line != "fine" && !line.starts_with("lint "));
        assert!(!errors, "{}: {}: lenient refuses\n{lenient}", case.file, case.title);
    }
}
