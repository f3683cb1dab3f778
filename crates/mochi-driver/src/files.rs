//! Finding the programs that a command is given: files, and folders with all programs below them.

use std::path::{Path, PathBuf};

use crate::compile::describe;

/// Ending of the names of programs.
const EXTENSION: &str = "mochi";

/// All programs that the paths name, each once: files as they are, then those below folders (`DIR` or `DIR/...`) in
/// order of their paths. Hidden folders and links to folders are not entered. Fails with a message that names the path.
pub fn programs(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths {
        let folder = if path.ends_with("...") { path.parent().unwrap_or(path) } else { path };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        if folder.is_dir() {
            let mut below = Vec::new();
            collect(folder, &mut below)?;
            below.sort();
            found.extend(below);
        } else if path.exists() {
            found.push(path.clone());
        } else {
            return Err(format!("`{}` does not exist", path.display()));
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

fn collect(root: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let fail = |e| format!("cannot read `{}`: {}", folder.display(), describe(&e));
        for entry in std::fs::read_dir(&folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let kind = entry.file_type().map_err(fail)?;
            // What is in the current folder is named without it.
            let path = if folder == Path::new(".") { PathBuf::from(entry.file_name()) } else { entry.path() };
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            if kind.is_dir() {
                if !hidden {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|e| e == EXTENSION) && path.is_file() {
                found.push(path);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_give_their_programs_in_order_and_nothing_twice() {
        let root = std::env::temp_dir().join(format!("mochi-files-{}", std::process::id()));
        for file in ["b.mochi", "a/z.mochi", "a/b/c.mochi", "notes.txt", ".hidden/x.mochi"] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let names = |paths: &[PathBuf]| -> Vec<String> {
            let found = programs(paths).unwrap();
            found.iter().map(|p| p.strip_prefix(&root).unwrap().display().to_string()).collect()
        };
        let all = ["a/b/c.mochi", "a/z.mochi", "b.mochi"];
        assert_eq!(names(std::slice::from_ref(&root)), all);
        assert_eq!(names(&[root.join("...")]), all);
        assert_eq!(names(&[root.join("b.mochi"), root.clone()]), ["b.mochi", "a/b/c.mochi", "a/z.mochi"]);
        assert!(programs(&[root.join("none")]).unwrap_err().contains("does not exist"));
        std::fs::remove_dir_all(&root).unwrap();
    }
}
