//! Runs the files of `tests/ir`. What they may say is in `tests/ir/readme.ir`, which is one of them.
//!
//! `BLESS=1` writes what came out behind the `; ----` line of each file. Arguments are those of any Rust test: a filter,
//! `--list`, `--exact`.

#[path = "files/case.rs"]
mod case;
#[path = "files/steps.rs"]
mod steps;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ir");
    let mut paths = Vec::new();
    find(&root, &mut paths);
    paths.sort();
    let trials = paths.into_iter().map(|path| {
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let root = root.clone();
        Trial::test(name, move || run(&path, &root))
    });
    libtest_mimic::run(&args, trials.collect()).exit();
}

/// All `.ir` files but those that others link.
fn find(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "library") {
                find(&path, paths);
            }
        } else if path.extension().is_some_and(|e| e == "ir") {
            paths.push(path);
        }
    }
}

fn run(path: &Path, root: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let case = case::Case::read(&text)?;
    let found = steps::run(&case, root)?;
    if found.as_deref() == case.expected {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, case.with_expected(found.as_deref()))?;
        return Ok(());
    }
    let found = found.unwrap_or_default();
    Err(case::difference(case.expected.unwrap_or_default(), &found).into())
}
