//! How the tables of the C runtime are written.

use std::fmt::Write;

/// Appends an array of C with these elements, as many in a line as fit.
pub fn rows(out: &mut String, ty: &str, name: &str, rows: impl Iterator<Item = String>) {
    let _ = write!(out, "static const {ty} {name}[] = {{");
    let mut column = usize::MAX;
    for row in rows {
        if column.saturating_add(row.len()) > 112 {
            out.push_str("\n   ");
            column = 3;
        }
        let _ = write!(out, " {row},");
        column += row.len() + 2;
    }
    out.push_str("\n};\n");
}
