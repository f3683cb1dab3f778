//! The linker that the C compiler calls: LLD where it is there, since it is the fastest and the same on every system,
//! else the system's.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::compiler::{Compiler, in_path};
use super::key::file_identity;

/// Which linker is wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Linker {
    /// LLD where it is there, else the system's.
    #[default]
    Best,
    /// LLD.
    Lld,
    /// The one that the C compiler takes by itself.
    System,
    /// The one with this name or path.
    File(PathBuf),
}

impl Linker {
    /// The linker with a name.
    pub fn named(name: OsString) -> Linker {
        match name.to_str() {
            Some("lld") => Linker::Lld,
            Some("system") => Linker::System,
            _ => Linker::File(name.into()),
        }
    }
}

/// Newest version of LLD whose file with a version in its name is looked for, and how many older ones.
const LLD_VERSIONS: std::ops::Range<u32> = 11..40;

/// The file of LLD, if it is on the PATH.
fn lld() -> Option<PathBuf> {
    in_path("ld.lld").or_else(|| LLD_VERSIONS.rev().find_map(|version| in_path(&format!("ld.lld-{version}"))))
}

/// A linker that a C compiler is told to call; the compiler's own without a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    file: Option<PathBuf>,
}

impl Chosen {
    /// The linker for a compiler. Fails with what to do when there is no such one.
    pub fn new(wanted: &Linker, compiler: &Compiler) -> Result<Chosen, String> {
        let takes_any = compiler.takes_linkers();
        let file = match wanted {
            Linker::System => None,
            Linker::Best => in_path("ld.lld").filter(|_| takes_any),
            // It has LLD in it.
            Linker::Lld if compiler.is_zig() => None,
            Linker::Lld if !takes_any => {
                return Err(format!(
                    "`{}` cannot be told to link with LLD, which GCC and Clang are for Linux; `zig cc` does so by itself",
                    compiler.shown()
                ));
            }
            Linker::Lld => Some(lld().ok_or(
                "there is no LLD on the PATH (on Debian `apt install lld`); `--linker system` takes the system's",
            )?),
            Linker::File(path) if !takes_any => {
                return Err(format!("`{}` links by itself and takes no `--linker {}`", compiler.shown(), path.display()));
            }
            Linker::File(path) => {
                let found = in_path(&path.to_string_lossy());
                Some(found.ok_or_else(|| format!("there is no linker `{}`", path.display()))?)
            }
        };
        Ok(Chosen { file })
    }

    /// What tells this linker from others.
    pub fn identity(&self) -> String {
        self.file.as_deref().map_or_else(String::new, file_identity)
    }

    /// The options that make the compiler call it. Compilers look for `ld` in a folder of ours first; there is no option
    /// for the file that all of them have.
    pub fn flags(&self, folder: &Path) -> std::io::Result<Vec<OsString>> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let within = folder.join("linker");
        fs::create_dir_all(&within)?;
        for name in ["ld", "ld.lld"] {
            let link = within.join(name);
            if !link.exists() {
                make_link(&std::path::absolute(file)?, &link)?;
            }
        }
        Ok(vec!["-B".into(), within.into()])
    }
}

#[cfg(unix)]
fn make_link(file: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(file, link)
}

#[cfg(not(unix))]
fn make_link(file: &Path, link: &Path) -> std::io::Result<()> {
    fs::copy(file, link.with_extension("exe")).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_paths_are_told_apart() {
        assert_eq!(Linker::named("lld".into()), Linker::Lld);
        assert_eq!(Linker::named("system".into()), Linker::System);
        assert_eq!(Linker::named("/opt/mold".into()), Linker::File("/opt/mold".into()));
    }
}
