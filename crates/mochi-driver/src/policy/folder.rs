//! Opening files by paths that may be confined to a folder.
//!
//! On Unix the folder is held open and every step starts from there, so that renaming it or putting links into it while
//! the program runs changes nothing. Linux does it in one call (`openat2`); elsewhere, and where that call is not
//! allowed, the path is walked step by step and symbolic links are refused. Windows, without such calls in the standard
//! library, compares real paths.

use std::fs::File;
use std::io;
use std::path::{Component, Path};

use super::escape;

/// Where paths may lead.
pub enum Scope {
    /// Anywhere the system allows.
    Anywhere,
    /// Into a folder.
    Beneath(Root),
}

impl Scope {
    /// Opens a file for reading.
    pub fn open_read(&self, path: &Path) -> io::Result<File> {
        match self {
            Scope::Anywhere => File::open(path),
            Scope::Beneath(root) => root.open_read(relative(path)?),
        }
    }

    /// Opens a file that is there for writing, from its start, without cutting it.
    pub fn open_write(&self, path: &Path) -> io::Result<File> {
        match self {
            Scope::Anywhere => File::options().write(true).open(path),
            Scope::Beneath(root) => root.open_write(relative(path)?),
        }
    }
}

/// The path, unless it is absolute.
fn relative(path: &Path) -> io::Result<&Path> {
    let absolute = path.components().any(|part| matches!(part, Component::RootDir | Component::Prefix(_)));
    if absolute { Err(escape()) } else { Ok(path) }
}

/// The folder that holds a file and the name of the file in it.
pub fn split(path: &Path) -> io::Result<(&Path, &std::ffi::OsStr)> {
    // `a/` and `a/.` name folders.
    let plain = path.as_os_str().as_encoded_bytes();
    let name = path.file_name().filter(|_| !plain.ends_with(b"/") && !plain.ends_with(b"/."));
    let name = name.ok_or(io::ErrorKind::IsADirectory)?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    Ok((parent.unwrap_or(Path::new(".")), name))
}

#[cfg(unix)]
pub use unix::{Folder, Root};

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::fd::OwnedFd;

    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};
    use rustix::io::Errno;

    use super::*;

    /// A folder that paths are confined to.
    pub struct Root(OwnedFd);

    const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

    impl Root {
        /// Opens the folder.
        pub fn open(path: &Path) -> io::Result<Root> {
            Ok(Root(rustix::fs::open(path, FOLDER, Mode::empty())?))
        }

        pub(super) fn open_read(&self, path: &Path) -> io::Result<File> {
            Ok(self.at(path, OFlags::RDONLY | OFlags::CLOEXEC)?.into())
        }

        pub(super) fn open_write(&self, path: &Path) -> io::Result<File> {
            Ok(self.at(path, OFlags::WRONLY | OFlags::CLOEXEC)?.into())
        }

        #[cfg(target_os = "linux")]
        fn at(&self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
            use rustix::fs::ResolveFlags;
            let how = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
            // EAGAIN: somebody moved a folder of the path meanwhile, so that the kernel could not be sure.
            for _ in 0..100 {
                match rustix::fs::openat2(&self.0, path, flags, Mode::empty(), how) {
                    Ok(file) => return Ok(file),
                    Err(Errno::AGAIN) => {}
                    Err(Errno::XDEV) => return Err(escape()),
                    // Old kernels, and containers that filter system calls they do not know.
                    Err(Errno::NOSYS | Errno::PERM) => return walk(&self.0, path, flags),
                    Err(error) => return Err(error.into()),
                }
            }
            Err(Errno::AGAIN.into())
        }

        #[cfg(not(target_os = "linux"))]
        fn at(&self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
            walk(&self.0, path, flags)
        }
    }

    /// Opens a path step by step, without following links and without going up.
    pub fn walk(root: &OwnedFd, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        let mut at = root.try_clone()?;
        let mut parts = path.components().filter(|part| *part != Component::CurDir).peekable();
        if parts.peek().is_none() {
            return Ok(rustix::fs::openat(&at, ".", flags, Mode::empty())?);
        }
        while let Some(part) = parts.next() {
            let Component::Normal(name) = part else { return Err(escape()) };
            let flags = if parts.peek().is_some() { FOLDER } else { flags };
            at = match rustix::fs::openat(&at, name, flags | OFlags::NOFOLLOW, Mode::empty()) {
                Ok(next) => next,
                // A link: its target is not looked at, since it may change.
                Err(Errno::LOOP | Errno::MLINK) => return Err(escape()),
                Err(Errno::NOTDIR) if is_link(&at, name) => return Err(escape()),
                Err(error) => return Err(error.into()),
            };
        }
        Ok(at)
    }

    fn is_link(folder: &OwnedFd, name: &OsStr) -> bool {
        let found = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
        found.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink)
    }

    /// A folder that is held open, for files to be made and renamed in it.
    pub struct Folder(OwnedFd);

    /// What a folder has under a name.
    pub enum Entry {
        /// Nothing.
        Vacant,
        /// A file with its permissions.
        File(Mode),
        /// A symbolic link.
        Link,
        /// A folder.
        Folder,
        /// A device, a pipe, a socket.
        Device,
    }

    impl Folder {
        /// Opens a folder.
        pub fn open(scope: &Scope, path: &Path) -> io::Result<Folder> {
            Ok(Folder(match scope {
                Scope::Anywhere => rustix::fs::openat(CWD, path, FOLDER, Mode::empty())?,
                Scope::Beneath(root) => root.at(relative(path)?, FOLDER)?,
            }))
        }

        /// What is there under a name; links are not followed.
        pub fn entry(&self, name: &OsStr) -> io::Result<Entry> {
            match rustix::fs::statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) => Ok(Entry::Vacant),
                Err(error) => Err(error.into()),
                Ok(stat) => Ok(match FileType::from_raw_mode(stat.st_mode) {
                    FileType::RegularFile => Entry::File(Mode::from_raw_mode(stat.st_mode)),
                    FileType::Symlink => Entry::Link,
                    FileType::Directory => Entry::Folder,
                    _ => Entry::Device,
                }),
            }
        }

        /// Makes a file that must not be there yet.
        pub fn create(&self, name: &OsStr) -> io::Result<File> {
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            Ok(rustix::fs::openat(&self.0, name, flags, Mode::from_raw_mode(0o666))?.into())
        }

        /// Renames a file over another.
        pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
        }

        /// Removes a file.
        pub fn remove(&self, name: &OsStr) -> io::Result<()> {
            Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
        }
    }
}

#[cfg(unix)]
pub use unix::Entry;
#[cfg(all(test, unix))]
pub use unix::walk;

#[cfg(not(unix))]
pub use portable::{Entry, Folder, Root};

#[cfg(not(unix))]
mod portable {
    use std::ffi::OsStr;
    use std::path::PathBuf;

    use super::*;

    /// A folder that paths are confined to, by its real path.
    pub struct Root(PathBuf);

    impl Root {
        /// Finds the folder.
        pub fn open(path: &Path) -> io::Result<Root> {
            Ok(Root(path.canonicalize()?))
        }

        pub(super) fn open_read(&self, path: &Path) -> io::Result<File> {
            File::open(self.real(path)?)
        }

        pub(super) fn open_write(&self, path: &Path) -> io::Result<File> {
            File::options().write(true).open(self.real(path)?)
        }

        fn real(&self, path: &Path) -> io::Result<PathBuf> {
            let real = self.0.join(path).canonicalize()?;
            if real.starts_with(&self.0) { Ok(real) } else { Err(escape()) }
        }
    }

    /// A folder in which files are made and renamed.
    pub struct Folder(PathBuf);

    /// What a folder has under a name.
    pub enum Entry {
        /// Nothing.
        Vacant,
        /// A file with its permissions.
        File(std::fs::Permissions),
        /// A symbolic link.
        Link,
        /// A folder.
        Folder,
        /// Anything else.
        Device,
    }

    impl Folder {
        /// Finds a folder.
        pub fn open(scope: &Scope, path: &Path) -> io::Result<Folder> {
            Ok(Folder(match scope {
                Scope::Anywhere => path.to_path_buf(),
                Scope::Beneath(root) => root.real(relative(path)?)?,
            }))
        }

        /// What is there under a name; links are not followed.
        pub fn entry(&self, name: &OsStr) -> io::Result<Entry> {
            match std::fs::symlink_metadata(self.0.join(name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Entry::Vacant),
                Err(error) => Err(error),
                Ok(found) if found.is_symlink() => Ok(Entry::Link),
                Ok(found) if found.is_dir() => Ok(Entry::Folder),
                Ok(found) if found.is_file() => Ok(Entry::File(found.permissions())),
                Ok(_) => Ok(Entry::Device),
            }
        }

        /// Makes a file that must not be there yet.
        pub fn create(&self, name: &OsStr) -> io::Result<File> {
            File::options().write(true).create_new(true).open(self.0.join(name))
        }

        /// Renames a file over another.
        pub fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
            std::fs::rename(self.0.join(from), self.0.join(to))
        }

        /// Removes a file.
        pub fn remove(&self, name: &OsStr) -> io::Result<()> {
            std::fs::remove_file(self.0.join(name))
        }
    }
}
