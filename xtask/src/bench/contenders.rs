//! Who runs the kernels: modes of `mochi`, and peers in other languages.
//!
//! To add a peer, add a row to [`PEERS`] and a file to each kernel; to add a mode of `mochi`, a row to [`MODES`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::kernels::{Kernel, Size};
use crate::failure::{Context, Result, failed};
use crate::workspace::{self, first_line, on_path};

/// A way in which `mochi` executes a program.
#[derive(Clone, Copy)]
enum Mode {
    /// By `mochi run`, with this value of `--jit`.
    Run(&'static str),
    /// What `mochi build` made of it, by this C compiler; by the system's without.
    Build(Option<&'static str>),
}

/// Modes of `mochi` by name.
const MODES: &[(&str, Mode)] = &[
    ("vm", Mode::Run("off")),
    ("jit", Mode::Run("auto")),
    (BUILD, Mode::Build(None)),
    ("build-clang", Mode::Build(Some("clang"))),
    ("build-tcc", Mode::Build(Some("tcc"))),
    ("build-zig", Mode::Build(Some("zig"))),
];

/// Modes that are run when nobody says which.
pub const USUAL: &[&str] = &["vm", "jit", BUILD];

/// The mode that needs a C compiler; those that name one start with it.
pub const BUILD: &str = "build";

/// A language to compare with.
struct Peer {
    name: &'static str,
    extension: &'static str,
    /// Below `target/tools`, where `--provision` puts it.
    provisioned: &'static str,
    /// On the search path.
    installed: &'static str,
    version: &'static [&'static str],
    /// Arguments that compile `SOURCE` to `OUTPUT`; empty for interpreters.
    compile: &'static [&'static str],
}

const PEERS: &[Peer] = &[
    Peer {
        name: "c",
        extension: "c",
        provisioned: "",
        installed: "gcc",
        version: &["--version"],
        // No fused multiply-add, which would change digits on some machines.
        compile: &["-O2", "-std=c99", "-ffp-contract=off", "SOURCE", "-o", "OUTPUT", "-lm"],
    },
    Peer {
        name: "go",
        extension: "go",
        provisioned: "go/bin/go",
        installed: "go",
        version: &["version"],
        compile: &["build", "-o", "OUTPUT", "SOURCE"],
    },
    Peer {
        name: "node",
        extension: "js",
        provisioned: "node/bin/node",
        installed: "node",
        version: &["--version"],
        compile: &[],
    },
    Peer {
        name: "luajit",
        extension: "lua",
        provisioned: "luajit/usr/bin/luajit",
        installed: "luajit",
        version: &["-v"],
        compile: &[],
    },
    Peer {
        name: "lua",
        extension: "lua",
        provisioned: "lua/usr/bin/lua5.4",
        installed: "lua5.4",
        version: &["-v"],
        compile: &[],
    },
    Peer {
        name: "python",
        extension: "py",
        provisioned: "",
        installed: "python3",
        version: &["--version"],
        compile: &[],
    },
];

/// Someone who can run a kernel.
pub struct Contender {
    /// Short, for a column head.
    pub name: &'static str,
    /// As it describes itself.
    pub version: String,
    program: PathBuf,
    how: How,
}

enum How {
    Mochi(Mode),
    Peer(&'static Peer),
}

/// Names that `--modes` takes.
pub fn mode_names() -> Vec<&'static str> {
    MODES.iter().map(|(name, _)| *name).collect()
}

/// Names that `--peers` takes.
pub fn peer_names() -> Vec<&'static str> {
    PEERS.iter().map(|peer| peer.name).collect()
}

/// The wanted modes of one binary.
pub fn modes(wanted: &[String], binary: &Path) -> Vec<Contender> {
    let version =
        first_line(Command::new(binary).arg("--version")).unwrap_or_else(|| "unknown version".into());
    let rows = MODES.iter().filter(|(name, _)| wanted.iter().any(|mode| mode == name));
    let contender = |&(name, mode)| Contender {
        name,
        version: version.clone(),
        program: binary.into(),
        how: How::Mochi(mode),
    };
    rows.map(contender).collect()
}

/// The peer called `name`, provisioned or installed, if it works.
pub fn find_peer(name: &str, tools: &Path) -> Option<Contender> {
    let peer = PEERS.iter().find(|peer| peer.name == name)?;
    let provisioned =
        Some(tools.join(peer.provisioned)).filter(|file| !peer.provisioned.is_empty() && file.is_file());
    let found = provisioned.or_else(|| on_path(peer.installed))?;
    let program = if name == "python" { behind_launcher(found) } else { found };
    let version = first_line(Command::new(&program).args(peer.version).env("GOTOOLCHAIN", "local"))?;
    // Lua prints its copyright on the same line.
    let version = version.split(" -- ").next().unwrap_or_default().split("  ").next().unwrap_or_default();
    Some(Contender { name: peer.name, version: version.into(), program, how: How::Peer(peer) })
}

/// A C compiler that was brought for the tests, or is installed.
pub fn c_compiler(name: &str) -> PathBuf {
    let brought = workspace::root().map(|root| root.join("target/tools/bin").join(name));
    brought.ok().filter(|file| file.is_file()).unwrap_or_else(|| name.into())
}

/// Version managers put a script in front of Python; its time is not Python's.
fn behind_launcher(python: PathBuf) -> PathBuf {
    let real = first_line(Command::new(&python).args(["-c", "import sys; print(sys.executable)"]));
    real.map(PathBuf::from).filter(|file| file.is_file()).unwrap_or(python)
}

impl Contender {
    /// Runs another language than Mochi.
    pub fn is_peer(&self) -> bool {
        matches!(self.how, How::Peer(_))
    }

    /// Compiles the kernel where there is something to compile; the command that runs it.
    pub fn prepare(&self, kernel: &Kernel, size: Size, scratch: &Path) -> Result<Command> {
        let peer = match self.how {
            How::Mochi(Mode::Run(jit)) => {
                let mut command = Command::new(&self.program);
                command.args(["run", "--jit", jit]).arg(kernel.mochi_file(size, scratch)?);
                return Ok(command);
            }
            How::Mochi(Mode::Build(compiler)) => {
                return self.build(compiler, &kernel.mochi_file(size, scratch)?, &kernel.name, scratch);
            }
            How::Peer(peer) => peer,
        };
        let source = kernel.file(peer.extension);
        if !source.is_file() {
            return failed(format!("there is no {}", source.display()));
        }
        let mut command = if peer.compile.is_empty() {
            let mut command = Command::new(&self.program);
            command.arg(&source);
            command
        } else {
            Command::new(self.compile(peer, kernel, &source, scratch)?)
        };
        command.arg(kernel.size(size).to_string());
        Ok(command)
    }

    /// The executable that `mochi build` makes.
    fn build(&self, compiler: Option<&str>, file: &Path, name: &str, scratch: &Path) -> Result<Command> {
        let dir = scratch.join(self.name);
        fs::create_dir_all(&dir).context(|| format!("create {}", dir.display()))?;
        let output = dir.join(name);
        let mut command = Command::new(&self.program);
        command
            .arg("build")
            .args(compiler.map(|compiler| format!("--cc={}", c_compiler(compiler).display())))
            .arg(file)
            .arg("-o")
            .arg(&output)
            .env("MOCHI_CACHE_DIR", scratch.join("build-cache"));
        let result = command.output().context(|| format!("start {}", self.program.display()))?;
        if !result.status.success() {
            return failed(format!("it cannot be built: {}", String::from_utf8_lossy(&result.stderr)));
        }
        Ok(Command::new(output))
    }

    fn compile(&self, peer: &Peer, kernel: &Kernel, source: &Path, scratch: &Path) -> Result<PathBuf> {
        let dir = scratch.join(peer.name);
        fs::create_dir_all(&dir).context(|| format!("create {}", dir.display()))?;
        let output = dir.join(&kernel.name);
        let mut command = Command::new(&self.program);
        for arg in peer.compile {
            match *arg {
                "SOURCE" => command.arg(source),
                "OUTPUT" => command.arg(&output),
                arg => command.arg(arg),
            };
        }
        // Keeps Go inside the scratch folder, and from fetching another version of itself.
        command.env("GOTOOLCHAIN", "local").env("GOENV", "off").env("GO111MODULE", "off");
        command.env("GOPATH", scratch.join("go-path")).env("GOCACHE", scratch.join("go-cache"));
        let result = command.output().context(|| format!("start {}", self.program.display()))?;
        if !result.status.success() {
            return failed(format!(
                "{} does not compile it: {}",
                peer.name,
                String::from_utf8_lossy(&result.stderr)
            ));
        }
        Ok(output)
    }
}
