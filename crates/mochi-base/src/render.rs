//! Diagnostics as text: for people with an excerpt of the source, one line each, or JSON.
//!
//! The position that is shown is that of the span's start, in bytes (see [`SourceMap::location`]). Excerpts show one
//! line per span, cut to a window when it is long, so rendering takes the same time whatever the source looks like.

use std::fmt::Write;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Element, Level, Origin, Padding, Renderer, Snippet};

use crate::diag::{Diagnostic, Severity};
use crate::source::{SourceMap, Span};

/// How to render.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Several lines with an excerpt, help and notes.
    Human(Color),
    /// `file:line:col: error[CODE]: message`.
    Short,
    /// One JSON object on one line: `code`, `severity`, `message`, `help`, a place (`file`, `line`, `column`, `end_line`,
    /// `end_column`; all null where there is none), and `notes`, each with `message` and a place.
    Json,
}

/// Whether to use the colours of a terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// Escape sequences.
    Always,
    /// Plain text.
    Never,
}

/// One diagnostic, with a line end.
pub fn render(map: &SourceMap, diagnostic: &Diagnostic, format: Format) -> String {
    match format {
        Format::Human(color) => human(map, diagnostic, color),
        Format::Short => short(map, diagnostic),
        Format::Json => json(map, diagnostic),
    }
}

/// All diagnostics in order; those for people are separated by empty lines.
pub fn render_all(map: &SourceMap, diagnostics: &[Diagnostic], format: Format) -> String {
    let separator = if matches!(format, Format::Human(_)) { "\n" } else { "" };
    let rendered: Vec<String> =
        diagnostics.iter().map(|diagnostic| render(map, diagnostic, format)).collect();
    rendered.join(separator)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

// -------------------------------------------------------------------------------------------------------- for people

/// Lines longer than this, in bytes, are cut to a window around the span.
const LONG_LINE: usize = 160;
/// How much of a long line is shown before and after the start of the span.
const WINDOW: (usize, usize) = (60, 80);

fn human(map: &SourceMap, diagnostic: &Diagnostic, color: Color) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code.name());
    let mut report = title.elements(excerpts(map, diagnostic));
    for note in diagnostic.notes.iter().filter(|note| note.span.is_none()) {
        report = report.element(Level::NOTE.message(note.text.as_str()));
    }
    if !diagnostic.help.is_empty() {
        report = report.element(Level::HELP.message(diagnostic.help.as_str()));
    }
    let renderer = match color {
        Color::Always => Renderer::styled(),
        Color::Never => Renderer::plain(),
    };
    let mut out = String::new();
    for line in renderer.render(&[report]).lines().filter(|line| !is_empty_origin(line)) {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Whether this is the `:::` that the renderer puts before an excerpt without a path of its own. Excerpts have none,
/// since the renderer would count columns in characters and from the start of the window; an origin of ours precedes
/// them instead.
fn is_empty_origin(line: &str) -> bool {
    let mut in_escape = false;
    let visible = line.chars().filter(|&c| {
        let hidden = in_escape || c == '\u{1b}';
        in_escape = hidden && !c.is_ascii_alphabetic();
        !hidden && c != ' '
    });
    visible.eq(":::".chars())
}

/// A span to show, with its label; the first one is the diagnostic's own.
struct Mark<'a> {
    line: u32,
    span: Span,
    label: &'a str,
    primary: bool,
}

/// Origins and source lines. Marks on one line share it; every other line is an excerpt of its own.
fn excerpts<'a>(map: &SourceMap, diagnostic: &'a Diagnostic) -> Vec<Element<'a>> {
    let own = Mark { line: 0, span: diagnostic.span, label: "", primary: true };
    let notes = diagnostic.notes.iter().map(|note| Mark {
        line: 0,
        span: note.span,
        label: &note.text,
        primary: false,
    });
    let mut marks: Vec<Mark> =
        std::iter::once(own).chain(notes).filter(|mark| !mark.span.is_none()).collect();
    for mark in &mut marks {
        mark.line = map.location(mark.span.lo).line;
    }
    let mut elements = Vec::new();
    while let Some(first) = marks.first() {
        let (line, span) = (first.line, first.span);
        let file = map.file_at(span.lo);
        let same_line = |mark: &Mark| mark.line == line && map.file_at(mark.span.lo) == file;
        let (here, elsewhere): (Vec<Mark>, Vec<Mark>) = marks.into_iter().partition(same_line);
        let at = map.location(span.lo);
        if !elements.is_empty() {
            elements.push(Padding.into());
        }
        let origin = Origin::path(map.file(file).name.clone());
        elements.push(origin.line(at.line as usize).char_column(at.column as usize).into());
        elements.push(excerpt(map, line, &here).into());
        marks = elsewhere;
    }
    elements
}

/// One line with its marks.
fn excerpt<'a>(map: &SourceMap, line: u32, marks: &[Mark<'a>]) -> Snippet<'a, Annotation<'a>> {
    let file = map.file(map.file_at(marks[0].span.lo));
    let text = file.line(line);
    let line_start = file.line_start(line);
    let offset = |position: u32| (position.saturating_sub(line_start) as usize).min(text.len());
    let window = window(text, offset(marks[0].span.lo));
    let head = if window.start > 0 { "..." } else { "" };
    let tail = if window.end < text.len() { "..." } else { "" };
    let shown = format!("{head}{}{tail}", &text[window.clone()]);
    let place = |position: u32| {
        let inside = boundary(text, offset(position)).clamp(window.start, window.end);
        inside - window.start + head.len()
    };
    let mut snippet = Snippet::source(shown).line_start(line as usize).fold(false);
    for mark in marks {
        let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let annotation = kind.span(place(mark.span.lo)..place(mark.span.hi));
        snippet =
            snippet.annotation(if mark.label.is_empty() { annotation } else { annotation.label(mark.label) });
    }
    snippet
}

/// The part of a line that is shown when `at` is what matters.
fn window(text: &str, at: usize) -> Range<usize> {
    if text.len() <= LONG_LINE {
        return 0..text.len();
    }
    boundary(text, at.saturating_sub(WINDOW.0))..boundary(text, (at + WINDOW.1).min(text.len()))
}

/// The start of the character that the byte at `at` belongs to.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

// ------------------------------------------------------------------------------------------------------ for programs

fn short(map: &SourceMap, diagnostic: &Diagnostic) -> String {
    let mut out = String::new();
    if !diagnostic.span.is_none() {
        let at = map.location(diagnostic.span.lo);
        let _ = write!(out, "{}:{}:{}: ", map.file(at.file).name, at.line, at.column);
    }
    let message = diagnostic.message.replace('\n', " ");
    let _ = writeln!(out, "{}[{}]: {message}", severity(diagnostic.severity), diagnostic.code.name());
    out
}

fn json(map: &SourceMap, diagnostic: &Diagnostic) -> String {
    let mut out = String::new();
    let _ = write!(out, r#"{{"code":"{}""#, diagnostic.code.name());
    let _ = write!(out, r#","severity":"{}""#, severity(diagnostic.severity));
    json_field(&mut out, "message", &diagnostic.message);
    json_field(&mut out, "help", &diagnostic.help);
    json_place(&mut out, map, diagnostic.span);
    out.push_str(r#","notes":["#);
    for (i, note) in diagnostic.notes.iter().enumerate() {
        out.push_str(if i > 0 { ",{" } else { "{" });
        out.push_str(r#""message":"#);
        json_string(&mut out, &note.text);
        json_place(&mut out, map, note.span);
        out.push('}');
    }
    out.push_str("]}\n");
    out
}

fn json_field(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, r#","{name}":"#);
    json_string(out, value);
}

fn json_place(out: &mut String, map: &SourceMap, span: Span) {
    if span.is_none() {
        out.push_str(r#","file":null,"line":null,"column":null,"end_line":null,"end_column":null"#);
        return;
    }
    let (start, end) = (map.location(span.lo), map.location(span.hi));
    json_field(out, "file", &map.file(start.file).name);
    let _ = write!(out, r#","line":{},"column":{}"#, start.line, start.column);
    let _ = write!(out, r#","end_line":{},"end_column":{}"#, end.line, end.column);
}

/// Appends a string as JSON, in quotes.
pub fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' || c == '\u{7f}' => drop(write!(out, "\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes;

    const PLAIN: Format = Format::Human(Color::Never);

    fn map(text: &str) -> SourceMap {
        let mut map = SourceMap::new();
        map.add("main.mochi", text).unwrap();
        map
    }

    /// The span of the first `part` of the text.
    fn find(map: &SourceMap, part: &str) -> Span {
        let file = map.file(map.file_at(1));
        let lo = file.start + file.text.find(part).unwrap() as u32;
        Span::new(lo, lo + part.len() as u32)
    }

    #[test]
    fn people_see_the_line_and_the_help() {
        let map = map("let a = 1\n\tlet é: int = \"x\"\n");
        let diagnostic = codes::T008 { expected: "int", found: "string" }.at(find(&map, "\"x\""));
        let expected = "\
error[T008]: type mismatch: expected int, got string
 --> main.mochi:2:16
  |
2 |     let é: int = \"x\"
  |                  ^^^
  |
  = help: Change the value or the declared type, or convert it: `value as int`.
";
        assert_eq!(render(&map, &diagnostic, PLAIN), expected);
        assert!(render(&map, &diagnostic, Format::Human(Color::Always)).contains("\u{1b}["));
    }

    #[test]
    fn notes_point_at_their_places() {
        let mut map = map("let a = f(1,\n  2\nlet b = 3\n");
        let other = map.add("other.mochi", "fun f() { }\n").unwrap();
        let start = map.file(other).start;
        let diagnostic = codes::P052 { expected: "`)`", found: "`let`" }
            .at(find(&map, "let b"))
            .note(find(&map, "("), "opened here")
            .note(Span::new(start + 4, start + 5), "declared here")
            .note(Span::NONE, "nothing else is wrong")
            .note(find(&map, "b = 3"), "same line")
            .warning();
        let expected = "\
warning[P052]: expected `)`, found `let`
 --> main.mochi:3:1
  |
3 | let b = 3
  | ^^^^^----
  |     |
  |     same line
  |
 ::: main.mochi:1:10
  |
1 | let a = f(1,
  |          - opened here
  |
 ::: other.mochi:1:5
  |
1 | fun f() { }
  |     - declared here
  |
  = note: nothing else is wrong
  = help: Every `(` needs its `)`. Arguments and parameters take no trailing comma.
";
        assert_eq!(render(&map, &diagnostic, PLAIN), expected);
    }

    #[test]
    fn the_end_of_the_file_has_an_excerpt_too() {
        let map = map("f(\n");
        let end = Span::new(4, 4);
        let rendered = render(&map, &codes::P052 { expected: "`)`", found: "the end" }.at(end), PLAIN);
        assert!(rendered.contains("--> main.mochi:2:1\n"), "{rendered}");
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let long = "é".repeat(1_000_000);
        let map = map(&format!("let s = \"{long}\" + oops + \"{long}\"\n"));
        let diagnostic = codes::T002 { name: "oops" }.at(find(&map, "oops"));
        let rendered = render(&map, &diagnostic, PLAIN);
        assert!(rendered.len() < 1000, "{}", rendered.len());
        assert!(rendered.contains("--> main.mochi:1:2000014\n"), "{rendered}");
        assert!(rendered.contains("é\" + oops + \"é"), "{rendered}");
        assert!(rendered.contains("^^^^\n"), "{rendered}");
        // The whole string: what is outside of the window is not marked.
        let rendered = render(&map, &codes::T002 { name: "s" }.at(find(&map, &long)), PLAIN);
        assert!(rendered.len() < 1000, "{}", rendered.len());
    }

    #[test]
    fn short_is_one_line() {
        let map = map("let a = b\n");
        let diagnostic = codes::T002 { name: "b" }.at(find(&map, "b"));
        assert_eq!(
            render(&map, &diagnostic, Format::Short),
            "main.mochi:1:9: error[T002]: undefined variable `b`\n"
        );
        assert_eq!(render(&map, &codes::R027 {}.at(Span::NONE), Format::Short), "error[R027]: interrupted\n");
    }

    #[test]
    fn json_is_one_object_per_line() {
        let map = map("let a = b\n");
        let diagnostic =
            codes::R012 { message: "say \"no\"\n\u{1}" }.at(find(&map, "b")).note(Span::NONE, "x");
        let expected = concat!(
            r#"{"code":"R012","severity":"error","message":"say \"no\"\n\u0001","#,
            r#""help":"The program stopped itself with `panic`.","file":"main.mochi","line":1,"column":9,"#,
            r#""end_line":1,"end_column":10,"notes":[{"message":"x","file":null,"line":null,"column":null,"#,
            r#""end_line":null,"end_column":null}]}"#,
            "\n"
        );
        assert_eq!(render(&map, &diagnostic, Format::Json), expected);
        let twice = [diagnostic.clone(), diagnostic];
        assert_eq!(render_all(&map, &twice, Format::Json), expected.repeat(2));
    }

    #[test]
    fn every_span_renders_in_every_format() {
        let map = map("é\t\u{0}x\r\n\n日本 \u{202e}\n");
        let end = map.file(map.file_at(1)).text.len() as u32 + 3;
        for lo in 1..=end {
            for hi in lo..=end {
                let diagnostic =
                    codes::P054 { expected: "x" }.at(Span::new(lo, hi)).note(Span::new(lo, lo), "here");
                for format in [PLAIN, Format::Short, Format::Json] {
                    assert!(render(&map, &diagnostic, format).ends_with('\n'));
                }
            }
        }
    }
}
