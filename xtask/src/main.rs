//! Every repository chore as `cargo xtask COMMAND`, so that a desk and the CI run the same thing.
//!
//! Exit status: 0 when all is well, 1 when something was found or failed, 2 when the command line is wrong.
//! Commands print what they do to standard error and results to standard output.

mod bench;
mod compilers;
mod conformance;
mod failure;
mod foreign;
mod fuzz;
mod fuzz_modes;
mod layers;
mod machines;
mod page;
mod parity;
mod process;
mod provision;
mod rust_code;
mod sections;
mod skips;
mod soak;
mod stencils;
mod test;
mod tidy;
mod watch;
mod workspace;

use std::process::ExitCode;

use failure::{Failure, Result};

const HELP: &str = "\
cargo xtask COMMAND [OPTIONS]

  test         everything that must pass before a change goes in
  tidy         rules about the tree that no compiler checks: layers, unsafe, comments, names
  conformance  writes docs/conformance.md: which tests are about which section of the language
  parity       programs in every mode, by every C compiler and on every target: do all agree?
  bench        kernels against C, Go, JavaScript, Lua and Python; startup; front-end speed
  soak         programs that allocate for ever: is their memory flat?
  stencils     machine code of the JIT, made with Clang 19
  fuzz         the fuzz targets, each for a while
  fuzz-modes   generated programs in all modes, which must agree

`cargo xtask COMMAND --help` says more.
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => {
            eprintln!("xtask: {message}\nTry `cargo xtask --help`.");
            ExitCode::from(2)
        }
        Err(Failure::Failed(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::from(1)
        }
    }
}

fn run() -> Result<()> {
    let mut args = lexopt::Parser::from_env();
    let command = match args.next()? {
        Some(lexopt::Arg::Value(command)) => command.to_string_lossy().into_owned(),
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) => {
            print!("{HELP}");
            return Ok(());
        }
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Failure::Usage("no command given".into())),
    };
    match command.as_str() {
        "test" => test::main(args),
        "tidy" => tidy::main(args),
        "parity" => parity::main(args),
        "bench" => bench::main(args),
        "soak" => soak::main(args),
        "stencils" => stencils::main(args),
        "fuzz" => fuzz::main(args),
        "fuzz-modes" => fuzz_modes::main(args),
        "conformance" => conformance::main(args),
        "help" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Failure::Usage(format!("no command `{other}`"))),
    }
}
