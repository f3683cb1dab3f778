//! Arguments of `mochi fmt`.

use std::path::PathBuf;

use mochi_driver::fmt::{Action, Request};

use super::shared::Shared;
use super::{Arg, Args, Command, Stop};
use crate::cli::Opt;

/// Parses what follows `fmt`.
pub fn parse(args: &mut Args) -> Result<Command, Stop> {
    let mut request = Request::default();
    let mut shared = Shared::default();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Operand(path) => request.paths.push(PathBuf::from(path)),
            // The difference says which files there are.
            Arg::Option(Opt::Check) if request.action == Action::Diff => {}
            Arg::Option(Opt::Check) => request.action = Action::Check,
            Arg::Option(Opt::Diff) => request.action = Action::Diff,
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    if request.paths.is_empty() {
        return Err("`mochi fmt` wants files, folders or `-` (see `mochi help fmt`)".into());
    }
    request.diagnostics = shared.diagnostics;
    Ok(Command::Fmt(request))
}
