//! Files that are written beside their place and moved there when complete.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mochi_runtime::host::Replacement;

use super::escape;
use super::folder::{Entry, Folder, Scope, split};
use crate::group::Leftover;

/// Begins to replace a file, or to make it. Links are followed where paths may lead anywhere.
pub fn begin(scope: &Scope, path: &Path) -> io::Result<Box<dyn Replacement>> {
    let (parent, name) = split(path)?;
    let folder = Folder::open(scope, parent)?;
    let permissions = match folder.entry(name)? {
        Entry::Vacant => None,
        Entry::File(permissions) => Some(permissions),
        Entry::Folder => return Err(io::ErrorKind::IsADirectory.into()),
        // What comes out of a pipe cannot be taken back, and a device must not become a file.
        Entry::Device => return Ok(Box::new(Direct(BufWriter::new(scope.open_write(path)?)))),
        Entry::Link => match scope {
            Scope::Anywhere => return begin(scope, &path.canonicalize()?),
            Scope::Beneath(_) => return Err(escape()),
        },
    };
    let folder = Arc::new(folder);
    let (temporary, file) = create(&folder)?;
    if let Some(permissions) = permissions {
        keep_permissions(&file, permissions)?;
    }
    Ok(Box::new(Beside { file: BufWriter::new(file), folder, temporary, target: name.to_owned() }))
}

#[cfg(unix)]
fn keep_permissions(file: &File, mode: rustix::fs::Mode) -> io::Result<()> {
    Ok(rustix::fs::fchmod(file, mode)?)
}

#[cfg(not(unix))]
fn keep_permissions(file: &File, permissions: std::fs::Permissions) -> io::Result<()> {
    file.set_permissions(permissions)
}

/// A new file under a name that nobody uses.
fn create(folder: &Arc<Folder>) -> io::Result<(Leftover, File)> {
    let process = std::process::id();
    let mut number = 0;
    loop {
        let name = PathBuf::from(format!(".mochi-{process}-{number}.tmp"));
        let own = Arc::clone(folder);
        // The program has failed already where it is removed; a file left behind is no second failure.
        let remove = move |name: &Path| drop(own.remove(name.as_os_str()));
        match Leftover::make_with(name, |name| folder.create(name.as_os_str()), remove) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            made => return made,
        }
    }
}

/// A device or pipe.
struct Direct(BufWriter<File>);

impl Write for Direct {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Replacement for Direct {
    fn commit(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}

/// A file beside its place, removed unless it was moved there.
struct Beside {
    file: BufWriter<File>,
    folder: Arc<Folder>,
    temporary: Leftover,
    target: OsString,
}

impl Write for Beside {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Replacement for Beside {
    fn commit(mut self: Box<Self>) -> io::Result<()> {
        self.file.flush()?;
        self.folder.rename(self.temporary.path().as_os_str(), &self.target)?;
        self.temporary.keep();
        Ok(())
    }
}
