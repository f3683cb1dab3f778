//! Where the files of a program are: on disk, or in a bundle.
//!
//! Packages are found by the same rules in both ([`crate::packages`]); only the questions about files are answered here.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Where files are looked for.
#[derive(Debug, Default)]
pub(crate) enum Origin {
    /// On disk.
    #[default]
    Disk,
    /// In a bundle, and nowhere else.
    Archive(Archive),
}

/// Files of a program as they were when it was bundled, by the paths that messages show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Archive {
    /// The module root as imports are looked for in it.
    pub root: PathBuf,
    /// The files.
    pub files: BTreeMap<PathBuf, Archived>,
}

/// A file in a bundle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Archived {
    /// The same for all paths that lead to the same file.
    pub id: u32,
    /// The same for all paths that lead to the same folder.
    pub folder: u32,
    /// What is in it.
    pub text: String,
}

impl Archive {
    fn in_folder<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = (&'a PathBuf, &'a Archived)> {
        let shown = |path: &'a Path| if path.as_os_str().is_empty() { Path::new(".") } else { path };
        self.files.iter().filter(move |(path, _)| path.parent().map(shown) == Some(shown(folder)))
    }
}

impl Origin {
    pub fn is_file(&self, path: &Path) -> bool {
        match self {
            Origin::Disk => path.is_file(),
            Origin::Archive(archive) => archive.files.contains_key(path),
        }
    }

    pub fn is_folder(&self, path: &Path) -> bool {
        match self {
            Origin::Disk => path.is_dir(),
            Origin::Archive(archive) => archive.in_folder(path).next().is_some(),
        }
    }

    /// What tells files and folders from others, whatever path leads to them.
    pub fn real(&self, path: &Path) -> io::Result<PathBuf> {
        let Origin::Archive(archive) = self else { return path.canonicalize() };
        let file = archive.files.get(path).map(|file| format!("file {}", file.id));
        let folder = || archive.in_folder(path).next().map(|(_, file)| format!("folder {}", file.folder));
        file.or_else(folder).map(PathBuf::from).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The names of the files in a folder.
    pub fn names(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        match self {
            Origin::Disk => std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().into())).collect(),
            Origin::Archive(archive) => Ok(archive
                .in_folder(folder)
                .filter_map(|(path, _)| path.file_name().map(PathBuf::from))
                .collect()),
        }
    }

    pub fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self {
            Origin::Disk => std::fs::read(path),
            Origin::Archive(archive) => {
                let file = archive.files.get(path).ok_or(io::ErrorKind::NotFound)?;
                Ok(file.text.clone().into_bytes())
            }
        }
    }
}
