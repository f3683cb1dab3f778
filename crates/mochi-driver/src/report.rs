//! Diagnostics and run-time errors on standard error.

use std::io::{IsTerminal, Write};

use mochi_base::render;

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
    let colour = format == Format::Human && stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut out = String::new();
    for diagnostic in session.sink.diagnostics() {
        if diagnostic.severity == mochi_base::Severity::Warning && !warnings {
            continue;
        }
        let format = match format {
            Format::Human => render::Format::Human { colour },
            Format::Short => render::Format::Short,
            Format::Json => render::Format::Json,
        };
        out.push_str(&render::render(diagnostic, &session.sources, format));
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
    // Nobody is there to tell when standard error is closed.
    let _ = stderr.lock().write_all(out.as_bytes());
}
