//! Malformed data: each file under `tests/load` must be refused with the message in the file `.err` beside it.
//!
//! The extension names the format. Rows are loaded as `Row`, a struct of an int `id` and a string `name`, unless the name
//! of the file starts with `any`. `BLESS=1` writes the messages.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/load");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder exists")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e != "err" && e != "md"))
        .collect();
    files.sort();
    let trials = files.into_iter().map(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || check(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn check(path: &Path) -> Result<(), Failed> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let format = path.extension().unwrap_or_default().to_string_lossy();
    let row = if name.starts_with("any") { "any" } else { "Row" };
    let source = format!(
        "type Row {{ id: int  name: string }} print(load \"{name}\" as {row} with {{format: \"{format}\"}})"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_mochi"))
        .args(["run", "-e", &source])
        .current_dir(path.parent().unwrap_or(Path::new(".")))
        .output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let found = stderr.lines().next().unwrap_or_default();
    if output.status.code() != Some(1) || !output.stdout.is_empty() {
        let stdout = String::from_utf8_lossy(&output.stdout);
        return Err(format!("status {:?}, output {stdout:?}, errors {stderr:?}", output.status.code()).into());
    }
    let file = PathBuf::from(format!("{}.err", path.display()));
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    if expected.trim_end() == found {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        return Ok(std::fs::write(file, format!("{found}\n"))?);
    }
    Err(format!("expected {}\nfound    {found}", expected.trim_end()).into())
}
