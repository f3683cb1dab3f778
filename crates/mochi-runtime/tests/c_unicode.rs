//! `runtime/c/unicode.inc`, what the C runtime knows of code points, says the same as this runtime.

#[path = "shared/c_array.rs"]
mod c_array;

use c_array::rows;
use mochi_runtime::format::is_printable;

fn chars() -> impl Iterator<Item = char> {
    ('\u{80}'..=char::MAX).filter(|c| !c.is_ascii())
}

/// Ranges of the characters for which something holds.
fn ranges(out: &mut String, name: &str, holds: impl Fn(char) -> bool, all: impl Iterator<Item = char>) {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for c in all.filter(|&c| holds(c)) {
        match found.last_mut() {
            Some((_, hi)) if *hi + 1 == c as u32 => *hi = c as u32,
            _ => found.push((c as u32, c as u32)),
        }
    }
    rows(out, "range", name, found.iter().map(|(lo, hi)| format!("{{{lo:#x}, {hi:#x}}}")));
}

/// Runs of characters that become another by the same difference, every one or every second of a range.
fn mappings<I: Iterator<Item = char>>(out: &mut String, name: &str, map: impl Fn(char) -> I) {
    let mut runs: Vec<(u32, u32, u32, i64)> = Vec::new();
    let mut more = Vec::new();
    for c in chars() {
        let to: Vec<u32> = map(c).map(|c| c as u32).collect();
        let code = c as u32;
        match to[..] {
            [to] if to == code => {}
            [to] => {
                let delta = i64::from(to) - i64::from(code);
                match runs.last_mut() {
                    Some((lo, hi, step, by)) if *by == delta && *lo == *hi && code - *hi <= 2 => {
                        *step = code - *hi;
                        *hi = code;
                    }
                    Some((_, hi, step, by)) if *by == delta && code - *hi == *step => *hi = code,
                    _ => runs.push((code, code, 1, delta)),
                }
            }
            _ => {
                let at = |i: usize| to.get(i).copied().unwrap_or(0);
                more.push(format!("{{{code:#x}, {{{:#x}, {:#x}, {:#x}}}}}", at(0), at(1), at(2)));
            }
        }
    }
    let runs = runs.iter().map(|(lo, hi, step, delta)| format!("{{{lo:#x}, {hi:#x}, {step}, {delta}}}"));
    rows(out, "mapping", name, runs);
    rows(out, "expansion", &format!("{name}_more"), more.into_iter());
}

fn tables() -> String {
    let mut out = String::from(
        "/* Properties and case mappings of code points beyond ASCII. Written by `BLESS=1 cargo test -p mochi-runtime`; do\n\
         \x20* not edit. */\n",
    );
    ranges(&mut out, "printable", is_printable, chars());
    ranges(&mut out, "space", char::is_whitespace, '\0'..=char::MAX);
    mappings(&mut out, "upper", char::to_uppercase);
    mappings(&mut out, "lower", char::to_lowercase);
    out
}

#[test]
fn the_tables_of_the_c_runtime_are_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime/c/unicode.inc");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, tables()).expect("writable tables");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == tables(),
        "runtime/c/unicode.inc is out of date: run `BLESS=1 cargo test -p mochi-runtime`"
    );
}
