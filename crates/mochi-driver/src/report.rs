//! Diagnostics and run-time errors on standard error.

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

/// Writes the session's diagnostics to standard error; warnings only when `warnings` is set.
pub fn diagnostics(session: &Session, format: Format, warnings: bool) {
    let text = diagnostics_text(session, format, warnings);
    // Nobody is there to tell when standard error is closed.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// The session's diagnostics as they are written to standard error.
pub fn diagnostics_text(session: &Session, format: Format, warnings: bool) -> String {
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
        .filter(|d| warnings || d.severity == Severity::Error)
        .cloned()
        .collect();
    let found = shown.len();
    if matches!(format, render::Format::Human(_)) {
        shorten(&mut shown);
    }
    let mut out = render::render_all(&session.sources, &shown, format);
    let more = if session.sink.is_cut() { "more than " } else { "" };
    if matches!(format, render::Format::Human(_)) && (shown.len() < found || session.sink.is_cut()) {
        out.push_str(&format!("\n{} of {more}{found} diagnostics are shown.\n", shown.len()));
    }
    out
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
