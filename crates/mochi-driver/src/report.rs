//! Diagnostics and run-time errors on standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use mochi_base::{Diagnostic, Severity, render};

use crate::Session;

/// How diagnostics are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// With the source line and help, in colour on a terminal.
    #[default]
    Human,
    /// One line each.
    Short,
    /// One JSON object per line.
    Json,
}

impl Format {
    /// The formats by name, for the command line.
    pub const NAMES: [(&'static str, Format); 3] =
        [("human", Format::Human), ("short", Format::Short), ("json", Format::Json)];
}

/// Diagnostics that people are shown; the other formats have them all.
const MAX_SHOWN: usize = 100;

/// Which diagnostics are written, and what stands before them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listing {
    /// Errors.
    Errors,
    /// Errors as `mochi run` shows them to people (language reference, 6.5): after a line that says what is wrong, those of
    /// the checker numbered.
    Headed,
    /// Errors and warnings.
    Everything,
}

/// Writes the session's diagnostics to standard error.
pub fn diagnostics(session: &Session, format: Format, listing: Listing) {
    to_stderr(&diagnostics_text(session, format, listing));
}

/// Writes to standard error. Nobody is there to tell when that fails.
pub fn to_stderr(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// Says on standard error what is wrong with a command, in the tool's name.
pub fn complain(what: impl Display) {
    to_stderr(&format!("mochi: {what}\n"));
}

/// The session's diagnostics as they are written to standard error.
pub fn diagnostics_text(session: &Session, format: Format, listing: Listing) -> String {
    let plain = !std::io::stderr().is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let colour = if plain { render::Color::Never } else { render::Color::Always };
    let format = match format {
        Format::Human => render::Format::Human(colour),
        Format::Short => render::Format::Short,
        Format::Json => render::Format::Json,
    };
    let mut shown: Vec<Diagnostic> = session
        .sink
        .diagnostics()
        .iter()
        .filter(|d| listing == Listing::Everything || d.severity == Severity::Error)
        .cloned()
        .collect();
    let found = shown.len();
    if matches!(format, render::Format::Human(_)) {
        shorten(&mut shown);
    }
    let mut out = match (listing, format) {
        (Listing::Headed, render::Format::Human(_)) => headed(session, &shown, format),
        _ => render::render_all(&session.sources, &shown, format),
    };
    let more = if session.sink.is_cut() { "more than " } else { "" };
    if matches!(format, render::Format::Human(_)) && (shown.len() < found || session.sink.is_cut()) {
        out.push_str(&format!("\n{} of {more}{found} diagnostics are shown.\n", shown.len()));
    }
    out
}

/// Diagnostics below a line that says what they are about. What is neither syntax nor types stands for itself.
fn headed(session: &Session, diagnostics: &[Diagnostic], format: render::Format) -> String {
    let any = |stage: char| diagnostics.iter().any(|d| d.code.name().starts_with(stage));
    if any('P') {
        return format!("parse error:\n{}", render::render_all(&session.sources, diagnostics, format));
    }
    if !any('T') {
        return render::render_all(&session.sources, diagnostics, format);
    }
    let items = diagnostics.iter().enumerate().map(|(at, diagnostic)| {
        let text = render::render(&session.sources, diagnostic, format);
        let mut lines = text.lines();
        let mut item = format!("  {:>2}. {}\n", at + 1, lines.next().unwrap_or_default());
        lines.for_each(|line| item.push_str(&format!("      {line}\n")));
        item
    });
    format!("type error:\n{}", items.collect::<Vec<_>>().join("\n"))
}

/// Leaves [`MAX_SHOWN`], and of those as many errors as there are.
fn shorten(diagnostics: &mut Vec<Diagnostic>) {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let mut room = [(Severity::Error, MAX_SHOWN), (Severity::Warning, MAX_SHOWN.saturating_sub(errors))];
    diagnostics.retain(|d| {
        let left = room.iter_mut().find(|(severity, _)| *severity == d.severity);
        left.is_some_and(|(_, left)| std::mem::replace(left, left.saturating_sub(1)) > 0)
    });
}
