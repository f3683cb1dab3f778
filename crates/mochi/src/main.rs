//! The `mochi` command: arguments, help, exit codes. Everything else is in `mochi-driver`.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod help;
mod repl;

use std::process::ExitCode;

use mochi_driver::{EXIT_INTERNAL, EXIT_USAGE};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        let what = info.payload().downcast_ref::<&str>().copied().map(String::from);
        let what = what.or_else(|| info.payload().downcast_ref::<String>().cloned()).unwrap_or_default();
        let at = info.location().map_or(String::new(), |at| format!(" ({}:{})", at.file(), at.line()));
        eprintln!("mochi: internal error: {what}{at}");
        eprintln!("This is a bug in mochi {}, not in your program. Please report it.", help::VERSION);
    }));
    let command = match args::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("mochi: {error}");
            return ExitCode::from(EXIT_USAGE);
        }
    };
    let outcome = std::panic::catch_unwind(|| commands::execute(command));
    ExitCode::from(outcome.unwrap_or(EXIT_INTERNAL))
}
