//! `mochi fmt`: writes programs in the one style.
//!
//! A file is replaced only when all of the new text is written, and keeps its permissions; one with syntax errors stays
//! as it is.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use mochi_syntax::format::{FormatError, format};

use crate::compile::{Failure, Session, describe};
use crate::report::{Format, Listing};
use crate::{EXIT_FAILURE, EXIT_PIPE, Options, Source, files, policy, report};

mod diff;

/// What happens to a source that is not in the style.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Action {
    /// It is rewritten; standard input is written to standard output.
    #[default]
    Write,
    /// It is listed.
    Check,
    /// The difference is shown.
    Diff,
}

/// Everything that the command line says.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and folders; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// What to do.
    pub action: Action,
    /// How diagnostics are written.
    pub diagnostics: Format,
}

/// Why formatting goes no further.
enum Stop {
    /// A message for people.
    Message(String),
    /// Nobody reads the output.
    Pipe,
}

/// Formats sources; the exit status. With [`Action::Check`] and [`Action::Diff`] it says whether all are in the style.
pub fn run(request: &Request) -> u8 {
    let mut status = 0;
    let mut sources = Vec::new();
    for path in &request.paths {
        if path.as_os_str() == "-" {
            sources.push(Source::Stdin);
            continue;
        }
        match files::programs(std::slice::from_ref(path)) {
            Ok(found) => sources.extend(found.into_iter().map(Source::File)),
            Err(message) => {
                report::complain(message);
                status = EXIT_FAILURE;
            }
        }
    }
    for source in &sources {
        match format_source(request, source) {
            Ok(true) => {}
            Ok(false) => status = EXIT_FAILURE,
            Err(Stop::Pipe) => return EXIT_PIPE,
            Err(Stop::Message(message)) => {
                report::complain(message);
                status = EXIT_FAILURE;
            }
        }
    }
    status
}

/// Formats a source; whether all is well with it.
fn format_source(request: &Request, source: &Source) -> Result<bool, Stop> {
    let mut session = Session::new(Options::default());
    let file = session.load(source).map_err(|failure| match failure {
        Failure::Message(message) | Failure::Bug(message) => Stop::Message(message),
        Failure::Diagnostics => Stop::Message(format!("cannot read `{}`", source.name())),
    })?;
    let new = match format(&session.sources, file, &mut session.names, &mut session.sink) {
        Ok(new) => new,
        Err(FormatError::Syntax) => {
            report::diagnostics(&session, request.diagnostics, Listing::Errors);
            return Ok(false);
        }
        Err(FormatError::Changed) => {
            return Err(Stop::Message(format!(
                "internal error: formatting would change `{}`, which is left as it is. Please report this.",
                source.name()
            )));
        }
    };
    let old = &session.sources.file(file).text;
    match (request.action, source) {
        (Action::Write, Source::File(path)) => {
            // The bytes of the file count, of which the session has not kept a byte-order mark.
            if fs::read(path).ok().as_deref() != Some(new.as_bytes()) {
                replace(path, &new).map_err(|e| {
                    Stop::Message(format!("cannot write `{}`: {}", path.display(), describe(&e)))
                })?;
            }
            Ok(true)
        }
        (Action::Write, _) => write_out(&new).map(|()| true),
        _ if *old == new => Ok(true),
        (Action::Check, _) => write_out(&format!("{}\n", source.name())).map(|()| false),
        (Action::Diff, _) => write_out(&diff::unified(&source.name(), old, &new)).map(|()| false),
    }
}

fn write_out(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|e| match e.kind() {
        io::ErrorKind::BrokenPipe => Stop::Pipe,
        _ => Stop::Message(format!("cannot write output: {}", describe(&e))),
    })
}

/// Replaces a file, or what a link leads to, by way of a new file beside it.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if fs::metadata(path)?.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let mut file = policy::begin(path)?;
    file.write_all(text.as_bytes())?;
    file.commit()
}
