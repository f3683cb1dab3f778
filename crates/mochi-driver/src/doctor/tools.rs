//! Other programs, asked for their versions.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::native::in_path;

/// A program that says nothing for so long is ended.
const PATIENCE: Duration = Duration::from_secs(20);

/// A program on the PATH.
pub struct Tool {
    /// Its file.
    pub path: PathBuf,
    /// The first line that it says of itself.
    pub version: String,
}

/// The first of these programs that is there and starts.
pub fn first(names: &[&str]) -> Option<Tool> {
    names.iter().find_map(|name| tool(name))
}

/// The program with a name, if it is there and starts.
pub fn tool(name: &str) -> Option<Tool> {
    let path = in_path(name)?;
    let version = version(&path, &["--version"]).or_else(|| version(&path, &["-v"]))?;
    Some(Tool { path, version })
}

/// The first line that a program prints when it is given some arguments and ends well.
pub fn version(program: &Path, args: &[&str]) -> Option<String> {
    let output = run(Command::new(program).args(args)).filter(|output| output.status.success())?;
    let all = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&all).into_owned();
    text.lines().map(str::trim).find(|line| !line.is_empty()).map(|line| line.chars().take(80).collect())
}

/// What a program says that needs no input and says little. `None` when it cannot be started or does not end.
pub fn run(command: &mut Command) -> Option<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let start = Instant::now();
    while child.try_wait().ok()?.is_none() {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    child.wait_with_output().ok()
}

/// A path without the links that lead to it.
pub fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// The name of a file, for people.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or(OsStr::new("")).to_string_lossy().into_owned()
}
