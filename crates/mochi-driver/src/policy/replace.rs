//! Files that are written beside their place and moved there when complete.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use mochi_runtime::host::Replacement;

use super::escape;
use super::folder::{Entry, Folder, Scope, split};

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
    let (file, temporary) = create(&folder)?;
    let pending = Pending { folder, temporary, target: name.to_owned(), done: false };
    if let Some(permissions) = permissions {
        keep_permissions(&file, permissions)?;
    }
    Ok(Box::new(Beside { file: BufWriter::new(file), pending }))
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
fn create(folder: &Folder) -> io::Result<(File, OsString)> {
    let process = std::process::id();
    let mut number = 0;
    loop {
        let name = OsString::from(format!(".mochi-{process}-{number}.tmp"));
        match folder.create(&name) {
            Ok(file) => return Ok((file, name)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(error),
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

/// A file beside its place.
struct Beside {
    file: BufWriter<File>,
    pending: Pending,
}

/// Removes the temporary file unless it was moved to its place.
struct Pending {
    folder: Folder,
    temporary: OsString,
    target: OsString,
    done: bool,
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
        let Pending { folder, temporary, target, done } = &mut self.pending;
        folder.rename(OsStr::new(temporary), OsStr::new(target))?;
        *done = true;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.done {
            // The program has failed already; a file left behind is no second failure.
            let _ = self.folder.remove(&self.temporary);
        }
    }
}
