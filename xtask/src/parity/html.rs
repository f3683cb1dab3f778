//! The matrix as a page that needs nothing but itself. A cell that is not the same has a number, which is a reason below.

use std::fmt::Write;

use super::board;
use super::matrix::{Cell, KINDS, Kind, Matrix};
use crate::page::{Page, escaped};

const STYLE: &str = "
body { max-width: none }
p { max-width: 62rem }
.name { white-space: nowrap }
table.matrix { font-size: .8rem }
.matrix td { text-align: center; padding: 0 .25rem; border: 1px solid var(--line); min-width: 1.6rem }
.matrix th[scope=row] { font-weight: normal; text-align: left; white-space: nowrap; position: sticky; left: 0 }
.matrix th[scope=row] { background: var(--paper) }
.matrix thead th { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: .3rem 0 }
.matrix thead th { white-space: nowrap }
.matrix .part th { text-align: left; padding-top: .8rem; position: sticky; left: 0 }
.matrix a { color: inherit }
.s { color: var(--good) }
.d, .u { background: var(--bad); color: var(--paper); font-weight: bold }
.l { background: var(--some) }
.n { color: var(--faint) }
";

const INTRODUCTION: &str = "
<p>Every program of the test suite (<code>tests/run</code>, by section of the language reference), every example and every
benchmark kernel with little to do, in every mode of running it. The same output byte for byte, the same exit status and the
same error at the same place are expected everywhere (release builds do not say where in a program the library found an
error). No cell is empty: <span class=s>✓</span> is the same, <span class=d>✗</span> differs,
<span class=u>?</span> ended without an answer, <span class=l>–</span> is left out by a line in the program,
<span class=n>·</span> was not run; the number beside it is the reason, below.</p>
";

/// The page.
pub fn render(matrix: &Matrix) -> String {
    let reasons = reasons(matrix);
    let mut body = format!("<h1>Parity of modes</h1>{INTRODUCTION}<h2>Modes</h2>\n");
    modes(&mut body, matrix);
    body += "<h2>Reasons</h2>\n<ol>\n";
    for (at, (_, reason)) in reasons.iter().enumerate() {
        let _ = writeln!(body, "<li id=r{}>{}", at + 1, escaped(reason));
    }
    body += "</ol>\n<h2>Programs</h2>\n<div class=wide><table class=matrix>\n<thead><tr><td>";
    for (column, _) in &matrix.columns {
        let _ = write!(body, "<th scope=col>{}", column.name);
    }
    body += "\n</thead>\n";
    for (part, title, programs) in board::parts(matrix) {
        let _ = writeln!(body, "<tr class=part><th colspan={}>{part} {title}", matrix.columns.len() + 1);
        for at in programs {
            let name = matrix.programs[at].rsplit('/').next().unwrap_or_default();
            let _ = write!(body, "<tr><th scope=row>{}", escaped(name));
            matrix.columns.iter().for_each(|(_, cells)| body += &data(&cells[at], &reasons));
            body.push('\n');
        }
    }
    body += "</table></div>\n";
    Page { command: "cargo xtask parity", title: "Parity of modes", style: STYLE, body: &body }.render()
}

/// The columns with their counts and the command of each.
fn modes(body: &mut String, matrix: &Matrix) {
    *body += "<div class=wide><table><thead><tr><th>mode<th>target";
    for (_, word) in KINDS {
        let _ = write!(body, "<th class=number>{word}");
    }
    *body += "<th>how</thead>\n";
    for (at, (column, _)) in matrix.columns.iter().enumerate() {
        let _ = write!(body, "<tr><td class=name>{}<td class=name>{}", column.name, column.target);
        for &(kind, _) in KINDS {
            let _ = write!(body, "<td class=number>{}", matrix.count(at, kind));
        }
        let _ = writeln!(body, "<td><code>{}</code>", escaped(&column.description()));
    }
    *body += "</table></div>\n";
}

/// Each kind and reason once, in the order of kinds.
fn reasons(matrix: &Matrix) -> Vec<(Kind, &str)> {
    let mut found: Vec<(Kind, &str)> = Vec::new();
    let cells = matrix.columns.iter().flat_map(|(_, cells)| cells);
    found.extend(cells.filter(|cell| cell.kind() != Kind::Same).map(|cell| (cell.kind(), cell.reason())));
    found.sort();
    found.dedup();
    found
}

fn data(cell: &Cell, reasons: &[(Kind, &str)]) -> String {
    let (class, mark) = match cell.kind() {
        Kind::Same => return "<td class=s>✓".to_owned(),
        Kind::Differs => ("d", "✗"),
        Kind::Unknown => ("u", "?"),
        Kind::LeftOut => ("l", "–"),
        Kind::NotRun => ("n", "·"),
    };
    let place = reasons.binary_search(&(cell.kind(), cell.reason())).map_or(0, |at| at + 1);
    format!("<td class={class}><a href=#r{place}>{mark}{place}</a>")
}

#[cfg(test)]
mod tests {
    use super::super::matrix::tests::{MOSTLY, planted};
    use super::*;

    #[test]
    fn every_cell_has_a_mark_and_a_reason_that_is_listed() {
        let differs = format!("{MOSTLY}failed tests/run/s04_05_b: expected \"<b>\"\n");
        let page =
            render(&planted(&[("vm", &differs), ("jit", MOSTLY), ("c-zig", "missing there is no zig\n")]));
        assert!(page.contains(
            "<tr><th scope=row>s04_05_b<td class=d><a href=#r1>✗1</a><td class=u><a href=#r2>?2</a>"
        ));
        assert!(
            page.contains("<tr><th scope=row>hello<td class=s>✓<td class=s>✓<td class=n><a href=#r3>·3</a>")
        );
        assert!(page.contains("<li id=r1>expected &quot;&lt;b&gt;&quot;\n"), "{page}");
        assert!(page.contains("<li id=r3>there is no zig\n"));
    }
}
