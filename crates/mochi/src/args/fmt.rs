//! Arguments of `mochi fmt`.

use std::path::PathBuf;

use lexopt::prelude::*;
use mochi_driver::fmt::{Action, Request};

use super::{Command, format, text, unknown};

/// Parses what follows `fmt`.
pub fn parse(mut parser: lexopt::Parser) -> Result<Command, String> {
    let mut request = Request::default();
    while let Some(arg) = parser.next().map_err(text)? {
        match arg {
            Value(path) => request.paths.push(PathBuf::from(path)),
            Short('h') | Long("help") => return Ok(Command::Print(crate::help::FMT)),
            // The difference says which files there are.
            Long("check") if request.action == Action::Diff => {}
            Long("check") => request.action = Action::Check,
            Long("diff") => request.action = Action::Diff,
            Long("format") => request.diagnostics = format(&mut parser)?,
            other => return Err(unknown("fmt", &other, &["--check", "--diff", "--format", "--help"])),
        }
    }
    if request.paths.is_empty() {
        return Err("`mochi fmt` wants files, folders or `-` (see `mochi help fmt`)".into());
    }
    Ok(Command::Fmt(request))
}
