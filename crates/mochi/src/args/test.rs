//! Arguments of `mochi test`.

use std::path::PathBuf;

use lexopt::prelude::*;
use mochi_driver::coverage;
use mochi_driver::test::{Action, Format, Request};

use super::{Command, choice, format, int_range, is_limit, limit, positive, text, unknown, value};

const KNOWN: &[&str] = &[
    "--filter",
    "--list",
    "--fail-fast",
    "--shuffle",
    "--format",
    "--output",
    "--jobs",
    "--show-output",
    "--coverage",
    "--coverage-out",
    "--diagnostics",
    "--strict",
    "--int",
    "--timeout",
    "--max-memory",
    "--max-depth",
    "--root",
    "--deny",
    "--help",
];

/// Parses what follows `test`.
pub fn parse(mut parser: lexopt::Parser) -> Result<Command, String> {
    let mut request = Request::default();
    while let Some(arg) = parser.next().map_err(text)? {
        match arg {
            Value(path) => request.paths.push(PathBuf::from(path)),
            Short('h') | Long("help") => return Ok(Command::Print(crate::help::TEST)),
            Short('k') | Long("filter") => request.filter = Some(value(&mut parser)?),
            Long("list") => request.action = Action::List,
            Long("fail-fast") => request.fail_fast = true,
            Long("shuffle") => request.shuffle = Some(seed(&mut parser)?),
            Long("format") => request.format = named("format", &Format::NAMES, &mut parser)?,
            Short('o') | Long("output") => request.output = Some(parser.value().map_err(text)?.into()),
            Short('j') | Long("jobs") => {
                request.jobs = Some(positive("jobs", "a number above 0", &mut parser)?);
            }
            Long("show-output") => request.show_output = true,
            Long("coverage") => {
                let format = match parser.optional_value() {
                    None => coverage::Format::default(),
                    Some(name) => known("coverage", &coverage::Format::NAMES, &name.to_string_lossy())?,
                };
                request.coverage.get_or_insert_default().format = format;
            }
            Long("coverage-out") => {
                let path = parser.value().map_err(text)?.into();
                request.coverage.get_or_insert_default().output = Some(path);
            }
            Long("diagnostics") => request.diagnostics = format(&mut parser)?,
            Long("strict") => request.options.strict = true,
            Long("int") => request.options.int = int_range(&mut parser)?,
            Long(name) if is_limit(name) => {
                let name = name.to_string();
                limit(&name, &mut request.limits, &mut parser)?;
            }
            other => return Err(unknown("test", &other, KNOWN)),
        }
    }
    request.options.root.clone_from(&request.limits.access.root);
    Ok(Command::Test(Box::new(request)))
}

fn seed(parser: &mut lexopt::Parser) -> Result<u64, String> {
    let given = value(parser)?;
    given.parse().map_err(|_| format!("`--shuffle` wants a number from 0 on, not `{given}`"))
}

/// The value of an option that chooses from a list.
fn named<T: Copy, const N: usize>(
    what: &str,
    names: &[(&'static str, T); N],
    parser: &mut lexopt::Parser,
) -> Result<T, String> {
    let name = value(parser)?;
    known(what, names, &name)
}

fn known<T: Copy, const N: usize>(
    what: &str,
    names: &[(&'static str, T); N],
    name: &str,
) -> Result<T, String> {
    let found = names.iter().find(|(n, _)| *n == name).map(|&(_, value)| value);
    found.ok_or_else(|| choice(what, name, &names.map(|(n, _)| n)))
}
