//! Pipelines over the compiler's stages, and the only crate that touches files, processes, the clock and the
//! environment.
//!
//! Start reading at [`compile`], which leads a source through all stages, and [`run`], which executes the result.
// The macros panic when nobody reads what they write.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod bench;
pub mod blocks;
pub mod bundle;
pub mod compile;
pub mod coverage;
pub mod doctor;
pub mod dump;
mod eval;
pub mod files;
pub mod fmt;
mod group;
pub mod host;
mod http;
pub mod init;
pub mod interactive;
pub mod interrupt;
pub mod library;
pub mod memory;
pub mod native;
mod origin;
mod packages;
pub mod policy;
pub mod project;
pub mod report;
pub mod run;
mod shell;
pub mod signals;
pub mod stack;
pub mod test;
pub mod tier;
pub mod wait;

pub use compile::{Compiled, IntRange, Options, Session, Source};
pub use mochi_syntax::Incomplete;
pub use mochi_types::Last;
pub use report::Format;

/// Exit status of a program or command that failed: diagnostics, a run-time error, a file that cannot be read, a command
/// line that makes no sense.
pub const EXIT_FAILURE: u8 = 1;
/// Exit status of `mochi test` and `mochi bench` when there is nothing to run.
pub const EXIT_NO_TEST: u8 = 4;
/// Exit status when `mochi` itself is at fault.
pub const EXIT_INTERNAL: u8 = 70;
/// Exit status when nobody reads the output any more: what a shell shows for SIGPIPE.
pub const EXIT_PIPE: u8 = 141;
