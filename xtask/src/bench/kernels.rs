//! The kernels on disk: `bench/kernels/NAME/NAME.mochi` and its siblings in other languages.
//!
//! The Mochi file holds the size in a line `let n = FULL // quick: QUICK`; the others take it as an argument.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Context, Result, failed};

/// Which of a kernel's two sizes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// Worth timing.
    Full,
    /// Just enough to compare outputs.
    Quick,
}

/// One kernel.
pub struct Kernel {
    /// The folder's name.
    pub name: String,
    dir: PathBuf,
    full: u64,
    quick: u64,
}

impl Kernel {
    fn read(dir: &Path) -> Result<Kernel> {
        let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let source = dir.join(format!("{name}.mochi"));
        let text = fs::read_to_string(&source).context(|| format!("read {}", source.display()))?;
        match text.lines().find_map(sizes) {
            Some((full, quick)) => Ok(Kernel { name, dir: dir.into(), full, quick }),
            None => failed(format!("{}: no line `let n = FULL // quick: QUICK`", source.display())),
        }
    }

    /// The number for `size`.
    pub fn size(&self, size: Size) -> u64 {
        match size {
            Size::Full => self.full,
            Size::Quick => self.quick,
        }
    }

    /// The version in another language.
    pub fn file(&self, extension: &str) -> PathBuf {
        self.dir.join(format!("{}.{extension}", self.name))
    }

    /// The Mochi version for `size`: the file itself, or a copy in `scratch` with another number in it.
    pub fn mochi_file(&self, size: Size, scratch: &Path) -> Result<PathBuf> {
        let original = self.file("mochi");
        if size == Size::Full {
            return Ok(original);
        }
        let text = fs::read_to_string(&original).context(|| format!("read {}", original.display()))?;
        let copy = scratch.join("quick").join(format!("{}.mochi", self.name));
        fs::create_dir_all(scratch.join("quick")).context(|| format!("create {}", scratch.display()))?;
        fs::write(&copy, with_size(&text, self.quick)).context(|| format!("write {}", copy.display()))?;
        Ok(copy)
    }
}

/// Every kernel, by name.
pub fn discover(root: &Path) -> Result<Vec<Kernel>> {
    let dir = root.join("bench/kernels");
    let mut kernels = Vec::new();
    for entry in fs::read_dir(&dir).context(|| format!("list {}", dir.display()))? {
        let path = entry.context(|| format!("list {}", dir.display()))?.path();
        if path.is_dir() {
            kernels.push(Kernel::read(&path)?);
        }
    }
    kernels.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(kernels)
}

fn sizes(line: &str) -> Option<(u64, u64)> {
    let (full, quick) = line.strip_prefix("let n = ")?.split_once(" // quick: ")?;
    Some((full.trim().parse().ok()?, quick.trim().parse().ok()?))
}

fn with_size(text: &str, size: u64) -> String {
    let line =
        |line: &str| if sizes(line).is_some() { format!("let n = {size}\n") } else { format!("{line}\n") };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn the_size_line_is_found_and_replaced() {
        assert_eq!(sizes("let n = 35 // quick: 22"), Some((35, 22)));
        assert_eq!(sizes("let n = 35"), None);
        assert_eq!(with_size("// a\nlet n = 35 // quick: 22\nprint(n)\n", 7), "// a\nlet n = 7\nprint(n)\n");
    }

    #[test]
    fn every_kernel_has_every_language_with_the_same_size() {
        for kernel in discover(&workspace::root().unwrap()).unwrap() {
            for extension in ["go", "c", "js", "lua", "py"] {
                let text = fs::read_to_string(kernel.file(extension)).unwrap();
                let mut numbers = text.split(|c: char| !c.is_ascii_alphanumeric());
                let size = kernel.full.to_string();
                assert!(numbers.any(|number| number == size), "{}.{extension} lacks {size}", kernel.name);
            }
        }
    }
}
