//! The matrix as text: how many programs do the same in each column, then what does not and why.

use std::fmt::Write;

use super::matrix::{KINDS, Kind, Matrix};

/// The names of at most so many programs that share a reason are printed.
const SHOWN: usize = 3;

/// The whole text.
pub fn render(matrix: &Matrix) -> String {
    let mut text = format!("\n{:20} {:20}", "mode", "target");
    for (_, word) in KINDS {
        let _ = write!(text, " {word:>9}");
    }
    text.push('\n');
    for (at, (column, _)) in matrix.columns.iter().enumerate() {
        let _ = write!(text, "{:20} {:20}", column.name, column.target);
        for &(kind, _) in KINDS {
            let _ = write!(text, " {:>9}", matrix.count(at, kind));
        }
        text.push('\n');
    }
    for &(kind, word) in KINDS.iter().filter(|(kind, _)| *kind != Kind::Same) {
        let reasons = matrix.reasons(kind);
        if !reasons.is_empty() {
            let _ = writeln!(text, "\n{word}");
        }
        for ((at, reason), programs) in reasons {
            // All that differs is worth a line.
            let shown = if kind == Kind::Differs { programs.len() } else { SHOWN };
            let names = programs.iter().take(shown).copied().collect::<Vec<_>>().join(", ");
            let more = match programs.len().saturating_sub(shown) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let _ = writeln!(text, "  {}: {names}{more}: {reason}", matrix.columns[at].0.name);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::matrix::tests::{MOSTLY, planted};
    use super::*;

    #[test]
    fn what_is_not_the_same_is_listed_with_its_reason() {
        let differs = format!("{MOSTLY}failed tests/run/s04_05_b: exit status Some(70), expected 0\n");
        let text = render(&planted(&[("jit", &differs), ("c-zig", "missing there is no zig\n")]));
        for line in [
            "mode                 target                    same   differs   unknown  left out   not run",
            "jit                  here                         3         1         0         0         0",
            "c-zig                here                         0         0         0         0         4",
            "differs",
            "  jit: tests/run/s04_05_b: exit status Some(70), expected 0",
            "not run",
            "  c-zig: bench/kernels/fib_rec, examples/hello, tests/run/s04_05_a and 1 more: there is no zig",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains("\nleft out\n"), "{text}");
    }
}
