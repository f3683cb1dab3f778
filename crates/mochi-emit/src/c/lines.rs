//! Which line of the source each line of C is of, for debuggers.
//!
//! Functions are written with a directive where a line of the source begins. A C compiler counts on from there, while many
//! lines of C may be of one line of the source, so every line of C gets a directive of its own.

use std::fmt::Write;

/// How the unit tells which line of the source something is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lines {
    /// In comments, with the text of the line: for people who read the unit.
    Comments,
    /// In directives: debuggers and the C compiler see the source.
    Directives,
}

/// The start of a directive; no other line of the unit starts like this.
const DIRECTIVE: &str = "#line ";
/// What lines of C are said to be of that are of no source.
const OWN: &str = "\"program.c\"";

/// The directive that the lines after it are of a line of a source, whose name is given as a C literal.
pub(super) fn directive(line: u32, file: &str) -> String {
    format!("{DIRECTIVE}{line} {file}\n")
}

/// The unit with a directive for each line: what comes after a directive is of its line until the next one or the end of the
/// function.
pub(super) fn spread(unit: &str) -> String {
    let mut out = String::with_capacity(unit.len() * 2);
    let mut written = 0;
    let mut current: Option<(&str, &str)> = None;
    let mut file = OWN;
    for text in unit.lines() {
        if let Some((line, name)) = text.strip_prefix(DIRECTIVE).and_then(|rest| rest.split_once(' ')) {
            current = Some((line, name));
            continue;
        }
        match current {
            Some((line, name)) if name == file => {
                let _ = writeln!(out, "{DIRECTIVE}{line}");
                written += 1;
            }
            Some((line, name)) => {
                let _ = writeln!(out, "{DIRECTIVE}{line} {name}");
                file = name;
                written += 1;
            }
            None if file != OWN => {
                let _ = writeln!(out, "{DIRECTIVE}{} {OWN}", written + 2);
                file = OWN;
                written += 1;
            }
            None => {}
        }
        out.push_str(text);
        out.push('\n');
        written += 1;
        if text == "}" {
            current = None;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_own() {
        let unit = "int a;\n#line 3 \"x\"\nvoid f(void)\n{\n#line 4 \"x\"\n    g();\n}\nint b;\nint c;\n#line 7 \"y\"\nint d;\n";
        let spread = spread(unit);
        let expected = "int a;\n#line 3 \"x\"\nvoid f(void)\n#line 3\n{\n#line 4\n    g();\n#line 4\n}\n\
                        #line 11 \"program.c\"\nint b;\nint c;\n#line 7 \"y\"\nint d;\n";
        assert_eq!(spread, expected);
        assert_eq!(spread.lines().nth(10), Some("int b;"));
    }
}
