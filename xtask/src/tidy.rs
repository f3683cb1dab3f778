//! `cargo xtask tidy`: rules about the tree that no compiler checks.
//!
//! A rule is a function from the tree to what it found. It reports everything, changes nothing, and looks only at
//! files under version control, so that scratch files never fail a check.

mod architecture;
mod manifests;
mod rust;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use lexopt::Arg;

use crate::failure::{Result, failed};
use crate::{layers, workspace};

const HELP: &str = "\
cargo xtask tidy

Checks rules about the tree that no compiler checks:
  - crates depend on each other only as xtask/src/layers.rs allows
  - ARCHITECTURE.md names exactly the crates on disk
  - no unfinished code in crates; unsafe code only where it is allowed, forbidden by attribute elsewhere
  - a reason beside every third-party dependency
  - no package registries and no paths of one machine in any file
  - a generated file says so on its first line
Files beyond 1,200 lines are mentioned.
";

/// One tracked file. Files that are not text have no `text`.
pub struct File {
    /// Relative to the root, with forward slashes.
    pub path: String,
    /// What is in it, if it is UTF-8 without NUL.
    pub text: Option<String>,
}

/// What the rules look at.
pub struct Tree {
    /// Sorted by path.
    pub files: Vec<File>,
    /// The folders under `crates/`, sorted.
    pub crates: Vec<String>,
}

impl Tree {
    fn read(root: &Path) -> Result<Tree> {
        let read = |path: PathBuf| {
            let text = fs::read(root.join(&path)).ok().filter(|bytes| !bytes.contains(&0));
            let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
            File { path: path.to_string_lossy().replace('\\', "/"), text }
        };
        let files = workspace::tracked_files(root)?.into_iter().map(read).collect();
        Ok(Tree { files, crates: workspace::crates_on_disk(root)? })
    }

    /// Text files whose path satisfies `wanted`.
    pub fn texts<'a>(
        &'a self,
        wanted: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let with_text = |file: &'a File| Some((file.path.as_str(), file.text.as_deref()?));
        self.files.iter().filter_map(with_text).filter(move |(path, _)| wanted(path))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path)?.text.as_deref()
    }
}

/// Looks at the tree and says what is not as it should be.
type Rule = fn(&Tree) -> Vec<String>;

/// The rules on files, each with the question it answers.
const RULES: &[(&str, Rule)] = &[
    ("the architecture page and the disk list the same crates", architecture::crates_match),
    ("no unfinished code in crates", rust::unfinished),
    ("unsafe code only where it is allowed", rust::unsafe_code),
    ("a reason beside every third-party dependency", manifests::reasons),
    ("no package registries, no paths of one machine", text::places),
    ("generated files say so on line one", text::generated),
];

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    match args.next()? {
        Some(Arg::Long("help") | Arg::Short('h')) => {
            print!("{HELP}");
            return Ok(());
        }
        Some(other) => return Err(other.unexpected().into()),
        None => {}
    }
    check(&workspace::root()?)
}

/// Runs every rule on the tree at `root` and fails if one found something.
pub fn check(root: &Path) -> Result<()> {
    let tree = Tree::read(root)?;
    let mut count = report(
        "crates depend on each other as layered",
        &layers::violations(layers::LAYERS, &layers::edges(root)?),
    );
    for (title, rule) in RULES {
        count += report(title, &rule(&tree));
    }
    for (path, lines) in text::long_files(&tree) {
        println!("note: {path}: {lines} lines; is there a seam?");
    }
    match count {
        0 => Ok(()),
        1 => failed("tidy: 1 finding"),
        _ => failed(format!("tidy: {count} findings")),
    }
}

fn report(title: &str, found: &[String]) -> usize {
    if !found.is_empty() {
        println!("not so: {title}");
        for finding in found {
            println!("  {finding}");
        }
    }
    found.len()
}

#[cfg(test)]
pub(crate) fn tree_of(files: &[(&str, &str)]) -> Tree {
    let file = |&(path, text): &(&str, &str)| File { path: path.into(), text: Some(text.into()) };
    let of_crate =
        |(path, _): &(&str, &str)| Some(path.strip_prefix("crates/")?.split_once('/')?.0.to_string());
    let mut crates: Vec<String> = files.iter().filter_map(of_crate).collect();
    crates.dedup();
    Tree { files: files.iter().map(file).collect(), crates }
}
