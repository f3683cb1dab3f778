//! Sessions of the command line: each file under `tests/cli` holds commands and what they print.
//!
//! `$ command` is run by `sh` in the folder `tests/cli/files`, with `mochi` on the PATH. Then follow its standard output,
//! its standard error with `! ` before each line, and `? N` when the exit status N is not 0. `BLESS=1` rewrites the files.
//! `$NEW` is an empty folder that is removed after the command.
//! Other lines before the first command are comments.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder exists")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    let trials = files.into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || check(&path))
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn check(path: &Path) -> Result<(), Failed> {
    let expected = std::fs::read_to_string(path)?;
    let mut found = String::new();
    let mut started = false;
    for line in expected.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            started = true;
            found.push_str(line);
            found.push('\n');
            found.push_str(&run(command, path.parent().unwrap_or(Path::new(".")))?);
        } else if !started {
            found.push_str(line);
            found.push('\n');
        }
    }
    if found == expected {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, found)?;
        return Ok(());
    }
    let differs = expected.lines().zip(found.lines()).position(|(a, b)| a != b);
    let at = differs.unwrap_or_else(|| expected.lines().count().min(found.lines().count()));
    let show = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_string();
    Err(format!("line {}:\n  expected {}\n  found    {}", at + 1, show(&expected), show(&found)).into())
}

fn run(command: &str, folder: &Path) -> Result<String, Failed> {
    let bin = Path::new(env!("CARGO_BIN_EXE_mochi")).parent().unwrap_or(Path::new("."));
    let path = std::env::var("PATH").unwrap_or_default();
    let new =
        std::env::temp_dir().join(format!("mochi-cli-{}-{:?}", std::process::id(), thread::current().id()));
    std::fs::create_dir_all(&new)?;
    let output = Command::new("sh")
        .args(["-c", command])
        .current_dir(folder.join("files"))
        .env("NEW", &new)
        .env("PATH", format!("{}:{path}", bin.display()))
        .env_remove("MOCHI_GC_STRESS")
        .output()?;
    std::fs::remove_dir_all(&new)?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str("(no newline)\n");
    }
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        text.push_str(if line.is_empty() { "!" } else { "! " });
        text.push_str(line);
        text.push('\n');
    }
    match output.status.code() {
        Some(0) => {}
        Some(code) => text.push_str(&format!("? {code}\n")),
        None => text.push_str("? signal\n"),
    }
    Ok(text)
}
