//! The `mochi` command: arguments, help, exit codes. Everything else is in `mochi-driver`.
#![forbid(unsafe_code)]
// The macros panic when nobody reads what they write.
#![warn(clippy::print_stdout, clippy::print_stderr)]

mod args;
mod bug;
mod cli;
mod commands;
mod repl;

use std::process::ExitCode;

use mochi_driver::memory::Allocator;
use mochi_driver::{EXIT_FAILURE, report, signals, stack};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    bug::announce_panics();
    signals::outlive_full_files();
    if let Some(program) = mochi_driver::bundle::carried() {
        return ExitCode::from(bug::exit_code(|| stack::with_large_stack(|| program.run())));
    }
    let command = match args::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            report::complain(error);
            return ExitCode::from(EXIT_FAILURE);
        }
    };
    ExitCode::from(bug::exit_code(|| commands::execute(command)))
}
