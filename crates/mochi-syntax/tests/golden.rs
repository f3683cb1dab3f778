//! Runs the cases of `tests/parse/*.txt` (see `tests/parse/readme.txt` for their form).
//!
//! `BLESS=1 cargo test -p mochi-syntax` rewrites the results; then read the diff.

use std::fs;
use std::path::{Path, PathBuf};

use mochi_base::{Interner, Sink, SourceMap};
use mochi_syntax::print::{print_tokens, print_tree};

#[test]
fn every_case_gives_its_result() {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    assert!(!files.is_empty());
    let mut wrong = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let result = run_file(&text, &path, &mut wrong);
        if std::env::var_os("BLESS").is_some() && result != text {
            fs::write(&path, result).unwrap();
        }
    }
    if std::env::var_os("BLESS").is_none() {
        assert!(wrong.is_empty(), "{} cases differ (BLESS=1 accepts):\n{}", wrong.len(), wrong.join("\n"));
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/parse")
}

/// The file with the results that its cases give now.
fn run_file(text: &str, path: &Path, wrong: &mut Vec<String>) -> String {
    let (head, cases) = match text.find("=== ") {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let mut result = head.to_string();
    for case in cases.split("\n=== ").map(|case| case.trim_start_matches("=== ")) {
        if case.is_empty() {
            continue;
        }
        let (title, body) = case.split_once('\n').unwrap_or((case, ""));
        let (source, expected) = match body.find("---\n") {
            Some(0) => ("", &body[4..]),
            _ => body.split_once("\n---\n").unwrap_or((body.trim_end_matches('\n'), "")),
        };
        // The line end before the `---` is part of the source, except where the title says otherwise.
        let source = if title.ends_with("(no line end)") || source.is_empty() {
            source
        } else {
            &format!("{source}\n")
        };
        let actual = run_case(title, source);
        if actual.trim_end() != expected.trim_end() {
            let file = path.file_name().unwrap().to_string_lossy();
            wrong.push(format!(
                "{file}: {title}\n--- expected\n{}\n--- actual\n{actual}",
                expected.trim_end()
            ));
        }
        let line_end = if source.is_empty() || source.ends_with('\n') { "" } else { "\n" };
        result += &format!("=== {title}\n{source}{line_end}---\n{}\n\n", actual.trim_end());
    }
    result.truncate(result.trim_end().len());
    result + "\n"
}

/// The errors, one per line, and then the tree or the tokens.
fn run_case(title: &str, source: &str) -> String {
    let mut map = SourceMap::new();
    let file = map.add("case.mochi", source).unwrap();
    let mut names = Interner::new();
    let mut sink = Sink::new();
    let printed = if title.starts_with("tokens: ") {
        print_tokens(&mochi_syntax::tokens(&map, file, &mut sink), &map)
    } else {
        print_tree(&mochi_syntax::parse(&map, file, &mut names, &mut sink), &names)
    };
    let mut out = String::new();
    for diagnostic in sink.diagnostics() {
        let at = map.location(diagnostic.span.lo);
        out += &format!("{} {}:{} {}\n", diagnostic.code.name(), at.line, at.column, diagnostic.message);
    }
    out + &printed
}
