//! What a running program may touch: files, network, commands, environment.
//!
//! Every file of a program is opened here and nowhere else, so a bound holds for all that a program can do. With a root
//! folder, no path leads out of it: not an absolute one, not `..`, not a symbolic link, and not a link that somebody
//! puts in place between test and use, for there is no such gap. Commands are refused then too, since a command would
//! not be bound.

use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};

use mochi_runtime::host::Replacement;

mod folder;
mod replace;

use folder::{Root, Scope};

/// A part of the world that a program can be kept from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Area {
    /// Files of the program, for reading and writing.
    Files,
    /// Other computers.
    Network,
    /// Other programs.
    Commands,
    /// Environment variables.
    Environment,
}

impl Area {
    /// All areas.
    pub const ALL: [Area; 4] = [Area::Files, Area::Network, Area::Commands, Area::Environment];

    /// The name on the command line: `--deny-NAME`.
    pub fn name(self) -> &'static str {
        match self {
            Area::Files => "fs",
            Area::Network => "net",
            Area::Commands => "run",
            Area::Environment => "env",
        }
    }

    /// The area with this name.
    pub fn from_name(name: &str) -> Option<Area> {
        Area::ALL.into_iter().find(|area| area.name() == name)
    }
}

/// The bounds that the user chose. By default there are none.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// What is refused altogether.
    pub denied: Vec<Area>,
    /// The folder that the program's files are confined to; it stands for the working directory.
    pub root: Option<PathBuf>,
}

/// Begins to replace a file, or to make it, for somebody who has no bounds.
pub fn begin(path: &Path) -> io::Result<Box<dyn Replacement>> {
    replace::begin(&Scope::Anywhere, path)
}

/// The bounds of one run.
pub struct Policy {
    denied: Vec<Area>,
    scope: Scope,
    /// Where relative paths are looked for after the working directory.
    module_root: PathBuf,
}

impl Policy {
    /// The bounds of a program whose module root is `module_root`. Fails when there is no such root folder.
    pub fn new(access: &Access, module_root: PathBuf) -> io::Result<Policy> {
        let scope = match &access.root {
            Some(folder) => Scope::Beneath(Root::open(folder)?),
            None => Scope::Anywhere,
        };
        Ok(Policy { denied: access.denied.clone(), scope, module_root })
    }

    /// The module root, for programs that ask.
    pub fn module_root(&self) -> &Path {
        &self.module_root
    }

    /// Fails, with the option that says so, when an area is refused.
    pub fn allow(&self, area: Area) -> io::Result<()> {
        if self.denied.contains(&area) {
            return Err(refused(format!("denied by `--deny-{}`", area.name())));
        }
        if area == Area::Commands && matches!(self.scope, Scope::Beneath(_)) {
            return Err(refused("denied by `--root`, which could not bind the command".into()));
        }
        Ok(())
    }

    /// Opens a file for reading.
    pub fn open_read(&self, path: &Path) -> io::Result<File> {
        self.allow(Area::Files)?;
        self.look(path, |path| self.scope.open_read(path))
    }

    /// Begins to replace a file.
    pub fn open_write(&self, path: &Path) -> io::Result<Box<dyn Replacement>> {
        self.allow(Area::Files)?;
        self.look(path, |path| replace::begin(&self.scope, path))
    }

    /// Tries the working directory, then the module root (6.4).
    fn look<T>(&self, path: &Path, open: impl Fn(&Path) -> io::Result<T>) -> io::Result<T> {
        let first = open(path);
        let missing = first.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
        // A root folder stands for the working directory, and the module root may lie outside.
        if !missing || path.is_absolute() || matches!(self.scope, Scope::Beneath(_)) {
            return first;
        }
        let inside: PathBuf = path
            .components()
            .skip_while(|part| matches!(part, Component::CurDir | Component::ParentDir))
            .collect();
        open(&self.module_root.join(inside)).or(first)
    }
}

fn refused(why: String) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}

/// The refusal of a path that leads out of the root folder.
fn escape() -> io::Error {
    refused("it leads out of the folder given by `--root`".into())
}

#[cfg(test)]
mod tests;
