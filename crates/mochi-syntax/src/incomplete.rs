//! Whether a text is the beginning of a program, so that somebody who types it should go on.
//!
//! Lines are looked at once, for brackets, strings and comments that are open; only text without any is parsed.

use mochi_base::{Interner, Sink, SourceMap};

/// A text that grows by lines.
#[derive(Clone, Default, Debug)]
pub struct Incomplete {
    text: String,
    /// Opened minus closed brackets.
    depth: i64,
    inside: Inside,
}

/// What the end of the text is inside of.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
enum Inside {
    #[default]
    Code,
    Text,
    Comment,
}

impl Incomplete {
    /// Adds a line, without its ending.
    pub fn add_line(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match (self.inside, c) {
                (Inside::Text, '\\') => {
                    chars.next();
                }
                (Inside::Text, '"') => self.inside = Inside::Code,
                (Inside::Comment, '*') if chars.next_if_eq(&'/').is_some() => self.inside = Inside::Code,
                (Inside::Text | Inside::Comment, _) => {}
                (Inside::Code, '"') => self.inside = Inside::Text,
                (Inside::Code, '#') => return,
                (Inside::Code, '/') if chars.next_if_eq(&'/').is_some() => return,
                (Inside::Code, '/') if chars.next_if_eq(&'*').is_some() => self.inside = Inside::Comment,
                (Inside::Code, '(' | '[' | '{') => self.depth += 1,
                (Inside::Code, ')' | ']' | '}') => self.depth -= 1,
                (Inside::Code, _) => {}
            }
        }
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether more is to come: something is open, or the parser expected more at the end.
    pub fn is_incomplete(&self) -> bool {
        self.inside != Inside::Code || self.depth > 0 || self.depth == 0 && self.ends_too_early()
    }

    fn ends_too_early(&self) -> bool {
        let mut sources = SourceMap::new();
        let Ok(file) = sources.add("", self.text.as_str()) else { return false };
        let (mut names, mut sink) = (Interner::new(), Sink::new());
        crate::parse(&sources, file, &mut names, &mut sink);
        let Some(first) = sink.diagnostics().first() else { return false };
        let source = sources.file(file);
        (first.span.lo - source.start) as usize >= source.text.trim_end().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_incomplete(text: &str) -> bool {
        let mut incomplete = Incomplete::default();
        text.lines().for_each(|line| incomplete.add_line(line));
        incomplete.is_incomplete()
    }

    #[test]
    fn open_brackets_strings_and_comments_want_more() {
        for text in [
            "fun f() {",
            "print(1,",
            "[1, [2]",
            "let s = \"a",
            "\"a \\\"",
            "/* a",
            "f( // )",
            "{ # }",
            "\"(\" + (",
        ] {
            assert!(is_incomplete(text), "{text}");
        }
    }

    #[test]
    fn an_unexpected_end_wants_more() {
        for text in [
            "let x =",
            "1 +",
            "let x = // later",
            "fun",
            "fun f()",
            "if x",
            "for i in 0..",
            "return 1 as",
            "type T =",
            "from x in xs",
            "xs.",
        ] {
            assert!(is_incomplete(text), "{text}");
        }
    }

    #[test]
    fn whole_programs_and_other_errors_do_not() {
        for text in [
            "",
            "1",
            "let x = 1",
            "fun f() {\n}",
            "\"(\"",
            "// (",
            "1 + )",
            "}",
            "let = 3",
            "@",
            "\"\\q\"",
            "# {",
        ] {
            assert!(!is_incomplete(text), "{text}");
        }
    }
}
