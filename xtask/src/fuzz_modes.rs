//! `cargo xtask fuzz-modes`: generated programs in all modes, by the crate `mochi-fuzz-modes`, which explains its options.

use std::path::Path;

use crate::failure::Result;
use crate::workspace;

/// Runs the command: as fast as it is built soon.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let root = workspace::root()?;
    let args: Vec<std::ffi::OsString> = args.raw_args()?.collect();
    run(&root, &["--profile", "fuzz"], &args)
}

/// Compares for some seconds, in the build that tests have.
pub fn check(root: &Path) -> Result<()> {
    let args = ["--seconds", "20", "--seed", "0", "--mode", "passes"];
    let main = ["jit", "jit-hot", "jit-plain", "jit-open"].iter().flat_map(|mode| ["--mode", mode]);
    let args: Vec<std::ffi::OsString> = args.into_iter().chain(main).map(Into::into).collect();
    run(root, &[], &args)
}

fn run(root: &Path, options: &[&str], args: &[std::ffi::OsString]) -> Result<()> {
    let mut command = workspace::cargo(root);
    command.args(["run", "--quiet", "--package", "mochi-fuzz-modes"]).args(options).arg("--").args(args);
    workspace::succeed(&mut command)
}
