//! Arguments of `mochi test`.

use std::path::PathBuf;

use mochi_driver::coverage;
use mochi_driver::test::{Action, Format, Request};

use super::shared::{Shared, named, positive};
use super::{Arg, Args, Command, Stop};
use crate::cli::Opt;

/// Parses what follows `test`.
pub fn parse(args: &mut Args) -> Result<Command, Stop> {
    let mut request = Request::default();
    let mut shared = Shared::default();
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Operand(path) => request.paths.push(PathBuf::from(path)),
            Arg::Option(Opt::Filter) => request.filter = Some(args.value()?),
            Arg::Option(Opt::List) => request.action = Action::List,
            Arg::Option(Opt::FailFast) => request.fail_fast = true,
            Arg::Option(Opt::Shuffle) => request.shuffle = Some(seed(&args.value()?)?),
            Arg::Option(Opt::TestFormat) => request.format = named("format", &Format::NAMES, &args.value()?)?,
            Arg::Option(Opt::Json) => request.format = Format::Json,
            Arg::Option(Opt::Output) => request.output = Some(args.raw_value()?.into()),
            Arg::Option(Opt::Jobs) => request.jobs = Some(positive("jobs", "a number above 0", args)?),
            Arg::Option(Opt::ShowOutput) => request.show_output = true,
            Arg::Option(Opt::Coverage) => {
                let format = match args.optional_value() {
                    None => coverage::Format::default(),
                    Some(name) => named("coverage", &coverage::Format::NAMES, &name)?,
                };
                request.coverage.get_or_insert_default().format = format;
            }
            Arg::Option(Opt::CoverageOut) => {
                request.coverage.get_or_insert_default().output = Some(args.raw_value()?.into());
            }
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    let Shared { options, diagnostics, limits } = shared.finish();
    (request.options, request.diagnostics, request.limits) = (options, diagnostics, limits);
    Ok(Command::Test(Box::new(request)))
}

fn seed(given: &str) -> Result<u64, String> {
    given.parse().map_err(|_| format!("`--shuffle` wants a number from 0 on, not `{given}`"))
}
