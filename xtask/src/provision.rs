//! Brings tools that are not installed into `target/tools`, and touches nothing else.
//!
//! Debian packages are downloaded with the machine's own apt sources, but private package lists, and unpacked; what comes as
//! a Python package gets an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Result, failed};
use crate::workspace::first_line;

/// `apt-get` with package lists of its own.
pub struct Apt {
    options: Vec<String>,
    debs: PathBuf,
}

impl Apt {
    /// The machine's sources.
    pub fn own(tools: &Path) -> Result<Apt> {
        Apt::with_lists(tools, "own", Vec::new())
    }

    /// One more suite of the archive that the machine uses; `None` where that is not Debian's.
    pub fn other_suite(&self, tools: &Path, suite: &str) -> Option<Apt> {
        let mut targets = Command::new("apt-get");
        targets.args(&self.options).args(["indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)"]);
        let output = targets.arg("Created-By: Packages").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let archive = text.lines().find_map(|line| line.strip_prefix("Debian Debian "))?;
        let key = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
        let signed = if key.is_file() { format!("[signed-by={}] ", key.display()) } else { String::new() };
        let list = tools.join(format!("{suite}.list"));
        fs::write(&list, format!("deb {signed}{archive} {suite} main\n")).ok()?;
        let sources = format!("Dir::Etc::SourceList={}", list.display());
        let nothing_else = ["Dir::Etc::SourceParts=/dev/null", "Dir::Etc::PreferencesParts=/dev/null"];
        let options = [sources].into_iter().chain(nothing_else.map(String::from)).collect();
        Apt::with_lists(tools, suite, options).ok()
    }

    /// The machine's sources for another architecture; nothing of it is installed here.
    pub fn foreign(tools: &Path, architecture: &str) -> Result<Apt> {
        let status = tools.join(format!("{architecture}.status"));
        fs::write(&status, "").context(|| format!("write {}", status.display()))?;
        let options = vec![
            format!("APT::Architecture={architecture}"),
            format!("APT::Architectures={architecture}"),
            format!("Dir::State::status={}", status.display()),
        ];
        Apt::with_lists(tools, architecture, options)
    }

    fn with_lists(tools: &Path, name: &str, mut options: Vec<String>) -> Result<Apt> {
        let dir = tools.join("apt").join(name);
        let debs = dir.join("debs");
        for part in ["lists/partial", "cache/archives/partial", "debs"] {
            fs::create_dir_all(dir.join(part)).context(|| format!("create {}", dir.display()))?;
        }
        options.push(format!("Dir::State::Lists={}", dir.join("lists").display()));
        options.push(format!("Dir::Cache={}", dir.join("cache").display()));
        // The unprivileged user that apt turns into cannot write below the checkout.
        options.push("APT::Sandbox::User=root".into());
        options.push("Acquire::Languages=none".into());
        let options = options.into_iter().flat_map(|option| ["-o".to_string(), option]).collect();
        let apt = Apt { options, debs };
        run(apt.get().args(["update", "-q"]))?;
        Ok(apt)
    }

    fn get(&self) -> Command {
        let mut command = Command::new("apt-get");
        command.args(&self.options).current_dir(&self.debs);
        command
    }

    /// Downloads packages and unpacks them into a folder; what they depend on must be named too.
    pub fn unpack(&self, packages: &[&str], target: &Path) -> Result<()> {
        self.each(packages, target, |deb| run(Command::new("dpkg").arg("-x").arg(deb).arg(target)))
    }

    /// Downloads a package and unpacks some files of it (`./usr/bin/x`), where it is large.
    pub fn unpack_files(&self, package: &str, files: &[&str], target: &Path) -> Result<()> {
        self.each(&[package], target, |deb| {
            let unpack = "dpkg --fsys-tarfile \"$1\" | tar -x -C \"$2\" \"${@:3}\"";
            run(Command::new("bash")
                .args(["-o", "pipefail", "-c", unpack, "bash"])
                .arg(deb)
                .arg(target)
                .args(files))
        })
    }

    fn each(&self, packages: &[&str], target: &Path, unpack: impl Fn(&Path) -> Result<()>) -> Result<()> {
        run(self.get().args(["download", "-q"]).args(packages))?;
        fs::create_dir_all(target).context(|| format!("create {}", target.display()))?;
        for entry in fs::read_dir(&self.debs).context(|| format!("list {}", self.debs.display()))? {
            let deb = entry.context(|| format!("list {}", self.debs.display()))?.path();
            unpack(&deb)?;
            fs::remove_file(&deb).context(|| format!("remove {}", deb.display()))?;
        }
        Ok(())
    }
}

/// A Python environment with one package.
pub struct Venv {
    python: PathBuf,
}

impl Venv {
    /// Installs a package (`name` or `name==version`) into an environment in `tools`.
    pub fn with(tools: &Path, name: &str, package: &str) -> Result<Venv> {
        let folder = tools.join(name);
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        let python = folder.join("bin/python");
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", package]))?;
        Ok(Venv { python })
    }
    /// Its interpreter.
    pub fn python(&self) -> &Path {
        &self.python
    }
    /// The folder of an installed module.
    pub fn folder_of(&self, module: &str) -> Result<PathBuf> {
        let find = format!("import {module}; print(next(iter({module}.__path__)))");
        match first_line(Command::new(&self.python).args(["-c", &find])) {
            Some(folder) => Ok(folder.into()),
            None => failed(format!("the package holds no module {module}")),
        }
    }
}

/// Runs a command silently; its last words on failure.
fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().context(|| format!("start {program}"))?;
    if output.status.success() {
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    failed(format!("{program}: {}", stderr.lines().next_back().unwrap_or("failed without a word")))
}

/// Writes a script that starts a program which would not find its own files by itself.
pub fn launcher(script: &Path, command: &str) -> Result<()> {
    shell_script(script, &format!("{command} \"$@\""))
}

/// Writes a script for `sh`.
#[cfg(unix)]
pub fn shell_script(script: &Path, text: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let write = fs::write(script, format!("#!/bin/sh\n{text}\n"));
    let allow = write.and_then(|()| fs::set_permissions(script, fs::Permissions::from_mode(0o755)));
    allow.context(|| format!("write {}", script.display()))
}

/// Writes a script for `sh`.
#[cfg(not(unix))]
pub fn shell_script(script: &Path, _: &str) -> Result<()> {
    failed(format!("cannot write {}: only on Unix", script.display()))
}

/// Makes `name` a link to `target`.
#[cfg(unix)]
pub fn link(target: &Path, name: &Path) -> Result<()> {
    let _ = fs::remove_file(name);
    std::os::unix::fs::symlink(target, name).context(|| format!("link {}", name.display()))
}

/// Makes `name` a link to `target`.
#[cfg(not(unix))]
pub fn link(_: &Path, name: &Path) -> Result<()> {
    failed(format!("cannot link {}: only on Unix", name.display()))
}
