//! Arguments of `mochi bench`.

use std::path::PathBuf;
use std::time::Duration;

use mochi_driver::bench::{Format, Request};
use mochi_driver::blocks::prepare::Action;

use super::shared::{Shared, named, seconds};
use super::{Arg, Args, Command, Stop};
use crate::cli::Opt;

/// Parses what follows `bench`.
pub fn parse(args: &mut Args) -> Result<Command, Stop> {
    let mut request = Request::default();
    let mut shared = Shared::default();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Operand(path) => request.paths.push(PathBuf::from(path)),
            Arg::Option(Opt::Filter) => request.filter = Some(args.value()?),
            Arg::Option(Opt::List) => request.action = Action::List,
            Arg::Option(Opt::Time) => request.time = seconds("time", args)?.unwrap_or(Duration::MAX),
            Arg::Option(Opt::BenchFormat) => {
                request.format = named("format", &Format::NAMES, &args.value()?)?
            }
            Arg::Option(Opt::Json) => request.format = Format::Json,
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    let Shared { options, diagnostics, limits } = shared.finish();
    (request.options, request.diagnostics, request.limits) = (options, diagnostics, limits);
    Ok(Command::Bench(Box::new(request)))
}
