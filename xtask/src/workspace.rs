//! Where things are, and which crates and files there are.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Result, failed};

/// The root of the checkout. Cargo names our own folder when it runs us; a binary started by hand looks upwards.
pub fn root() -> Result<PathBuf> {
    if let Some(own) = std::env::var_os("CARGO_MANIFEST_DIR")
        && let Some(root) = Path::new(&own).parent()
    {
        return Ok(root.to_path_buf());
    }
    let start = std::env::current_dir().context(|| "find the current directory".into())?;
    match start.ancestors().find(|dir| dir.join("xtask/Cargo.toml").is_file()) {
        Some(root) => Ok(root.to_path_buf()),
        None => failed("run this inside a checkout of the project"),
    }
}

/// Where Cargo puts what it builds.
pub fn target_dir(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root.join(dir),
        None => root.join("target"),
    }
}

/// `cargo`, the same one that runs us, started in the root.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Runs a command of Cargo that must succeed.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().context(|| "start cargo".into())?;
    if status.success() { Ok(()) } else { failed(format!("cargo: {status}")) }
}

/// A built `mochi` with release settings, and where it is.
pub fn build_mochi(root: &Path) -> Result<PathBuf> {
    eprintln!("building mochi (release)");
    succeed(cargo(root).args(["build", "--quiet", "--release", "--package", "mochi"]))?;
    Ok(target_dir(root).join("release").join(format!("mochi{}", std::env::consts::EXE_SUFFIX)))
}

/// Names of the folders under `crates/`, sorted.
pub fn crates_on_disk(root: &Path) -> Result<Vec<String>> {
    let dir = root.join("crates");
    let mut names = Vec::new();
    for entry in fs::read_dir(&dir).context(|| format!("list {}", dir.display()))? {
        let path = entry.context(|| format!("list {}", dir.display()))?.path();
        if path.join("Cargo.toml").is_file()
            && let Some(name) = path.file_name().and_then(OsStr::to_str)
        {
            names.push(name.to_string());
        }
    }
    names.sort();
    Ok(names)
}

/// Files under version control, relative to the root and sorted; a file deleted but not yet committed is left out.
pub fn tracked_files(root: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .context(|| "start git".into())?;
    if !output.status.success() {
        return failed(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let mut files: Vec<PathBuf> = String::from_utf8_lossy(&output.stdout)
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|path| root.join(path).is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// The program called `name` on the search path.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

/// First line of what a command prints, to standard output or else to standard error; `None` if it cannot run.
pub fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    let line = String::from_utf8_lossy(&text).lines().next()?.trim().to_string();
    Some(line)
}
