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

/// Writes the session's diagnostics to standard error; warnings only when `warnings` is set.
pub fn diagnostics(session: &Session, format: Format, warnings: bool) {
    let stderr = std::io::stderr();
    let plain = !stderr.is_terminal() || std::env::var_os("NO_COLOR").is_some();
    let colour = if plain { render::Color::Never } else { render::Color::Always };
    let format = match format {
        Format::Human => render::Format::Human(colour),
        Format::Short => render::Format::Short,
        Format::Json => render::Format::Json,
    };
    let shown: Vec<Diagnostic> = session
        .sink
        .diagnostics()
        .iter()
        .filter(|d| warnings || d.severity == Severity::Error)
        .cloned()
        .collect();
    let out = render::render_all(&session.sources, &shown, format);
    // Nobody is there to tell when standard error is closed.
    let _ = stderr.lock().write_all(out.as_bytes());
}
