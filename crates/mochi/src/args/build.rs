//! Arguments of `mochi build`.

use std::path::PathBuf;

use mochi_driver::Source;
use mochi_driver::native::{Emit, Linker, Mode, Request, Wanted, board};
use mochi_driver::run::Limits;

use super::shared::{Shared, named, positive};
use super::{Arg, Args, Command, Stop, source};
use crate::cli::Opt;

/// Parses what follows `build`.
pub fn parse(args: &mut Args) -> Result<Command, Stop> {
    let mut request = Request::new(Source::Stdin);
    let mut program = None;
    let mut bundle = false;
    let mut shared = Shared::default();
    loop {
        // What follows `--` is the C compiler's.
        if let Some(flags) = args.after_dashes() {
            request.flags = flags;
            break;
        }
        let Some(arg) = args.next()? else { break };
        match arg {
            Arg::Operand(path) if program.is_none() => program = Some(path),
            Arg::Operand(path) => {
                return Err(
                    format!("one program is built at a time; what is `{}`?", path.to_string_lossy()).into()
                );
            }
            Arg::Option(Opt::Target | Opt::Portable) if request.target != Wanted::Host => {
                return Err("one of `--target` and `--portable` is enough".into());
            }
            Arg::Option(Opt::Target) => request.target = Wanted::Named(args.value()?),
            Arg::Option(Opt::NoLibc) => request.no_libc = true,
            Arg::Option(Opt::Portable) => request.target = Wanted::Portable,
            Arg::Option(Opt::BuildOutput) => request.output = Some(PathBuf::from(args.raw_value()?)),
            Arg::Option(Opt::Mode) => request.mode = named("mode", &Mode::NAMES, &args.value()?)?,
            Arg::Option(Opt::Emit) => request.emit = named("kind", &Emit::NAMES, &args.value()?)?,
            Arg::Option(Opt::Cc) => request.cc = Some(args.raw_value()?),
            Arg::Option(Opt::Verbose) => request.verbose = true,
            Arg::Option(Opt::Linker) => request.linker = Linker::named(args.raw_value()?),
            Arg::Option(Opt::BuildJobs) => request.jobs = Some(positive("jobs", "a number above 0", args)?),
            Arg::Option(Opt::Memory) => request.board.memory = Some(board::memory(&args.value()?)?),
            Arg::Option(Opt::Stack) => request.board.stack = Some(board::size(&args.value()?)?),
            Arg::Option(Opt::LinkerScript) => request.board.script = Some(PathBuf::from(args.raw_value()?)),
            Arg::Option(Opt::Link) => request.link.push(PathBuf::from(args.raw_value()?)),
            Arg::Option(Opt::Bundle) => bundle = true,
            Arg::Option(Opt::Verify) => request.verify = true,
            Arg::Option(Opt::Size) => request.size = true,
            Arg::Option(Opt::TimePasses) => shared.options.time_passes = true,
            Arg::Option(option) if shared.take(option, args)? => {}
            Arg::Option(option) => return Err(args.unexpected(option)),
        }
    }
    request.source = source(program.ok_or("`mochi build` wants a file or `-` (see `mochi help build`)")?);
    let Shared { options, diagnostics: format, limits } = shared.finish();
    if bundle {
        if request.target != Wanted::Host {
            return Err("`--bundle` copies the `mochi` that makes the bundle, which runs on machines like this one only: for \
                        another target, run it there, or build without `--bundle`"
                .into());
        }
        let Request { source, output, verbose, size, .. } = request.clone();
        let plain = Request { output: output.clone(), verbose, size, ..Request::new(source.clone()) };
        if request != plain {
            return Err("`--bundle` calls no C compiler, so it takes no options that concern one".into());
        }
        let request = mochi_driver::bundle::Request { source, output, limits, size };
        return Ok(Command::Bundle { request, options, format });
    }
    let Limits { timeout, max_memory, max_depth, access, jit: _ } = limits;
    if timeout.is_some() || max_memory.is_some() || max_depth.is_some() || !access.denied.is_empty() {
        return Err("only a program with `--bundle` keeps to limits that are given when it is built".into());
    }
    Ok(Command::Build { request: Box::new(request), options, format })
}
