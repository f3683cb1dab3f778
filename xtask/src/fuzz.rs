//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, each for a while.

use std::path::{Path, PathBuf};
use std::process::Command;

use lexopt::{Arg, ValueExt};

use crate::failure::{Context, Failure, Result, failed};
use crate::workspace;

const HELP: &str = "\
cargo xtask fuzz [OPTIONS] [TARGET...]

Runs the fuzz targets of fuzz/ (all of them, or the ones named) with cargo-fuzz on the nightly toolchain.
A crash is reported with the file that causes it; shrink it and add it to the corpora under tests/.

  --seconds N  time for each target (60)
  --list       only print the names of the targets
";

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let (mut seconds, mut list, mut wanted) = (60u64, false, Vec::new());
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("seconds") => seconds = args.value()?.parse()?,
            Arg::Long("list") => list = true,
            Arg::Long("help") | Arg::Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            Arg::Value(name) => wanted.push(name.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::root()?;
    let targets = targets(&root);
    if list {
        targets.iter().for_each(|target| println!("{target}"));
        return Ok(());
    }
    if let Some(unknown) = wanted.iter().find(|name| !targets.contains(name)) {
        return Err(Failure::Usage(format!("no fuzz target `{unknown}`; there are: {}", targets.join(", "))));
    }
    if targets.is_empty() {
        return failed("there are no fuzz targets: fuzz/fuzz_targets is empty");
    }
    if let Some(missing) = missing(&root) {
        return failed(missing);
    }
    let mut crashed = Vec::new();
    for target in targets.iter().filter(|target| wanted.is_empty() || wanted.contains(target)) {
        eprintln!("fuzzing {target} for {seconds} s");
        // cargo-fuzz finds its manifest below the current directory.
        let status = Command::new("cargo")
            .args(["+nightly", "fuzz", "run", target])
            .args(inputs(&root, target))
            .args(["--", &format!("-max_total_time={seconds}")])
            .current_dir(&root)
            .status()
            .context(|| "start cargo fuzz".into())?;
        if !status.success() {
            crashed.push(target.as_str());
        }
    }
    if crashed.is_empty() { Ok(()) } else { failed(format!("crashes in {}", crashed.join(", "))) }
}

/// Folders with inputs to start from. The first one also takes new finds and stays out of version control; the others
/// are committed, and targets share them by the first word of their names.
fn inputs(root: &Path, target: &str) -> Vec<PathBuf> {
    let corpus = root.join("fuzz/corpus").join(target);
    // cargo-fuzz makes this folder only when it is given no other.
    let _ = std::fs::create_dir_all(&corpus);
    let subject = target.split('_').next().unwrap_or(target);
    let committed = [format!("fuzz/seeds/{subject}"), format!("tests/{subject}")];
    let committed = committed.iter().map(|folder| root.join(folder)).filter(|folder| folder.is_dir());
    std::iter::once(corpus).chain(committed).collect()
}

/// Names of the files in `fuzz/fuzz_targets`, sorted.
fn targets(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root.join("fuzz/fuzz_targets")).into_iter().flatten().flatten();
    let rust =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ext| ext == "rs"));
    let mut names: Vec<String> =
        rust.filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

/// What has to be installed first, and how.
fn missing(root: &Path) -> Option<&'static str> {
    let works = |args: &[&str]| {
        let output = Command::new("cargo").args(args).current_dir(root).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !works(&["+nightly", "--version"]) {
        return Some("fuzzing needs the nightly toolchain: rustup toolchain install nightly");
    }
    if !works(&["+nightly", "fuzz", "--version"]) {
        return Some("fuzzing needs cargo-fuzz: cargo install cargo-fuzz");
    }
    None
}
