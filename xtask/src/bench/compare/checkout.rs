//! `mochi` as it was at another commit: checked out below `target`, built there, and kept by the commit's name.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Result, failed};
use crate::workspace;

/// A built `mochi`.
pub struct Built {
    /// Short.
    pub commit: String,
    pub mochi: PathBuf,
}

/// Builds what a revision names, if that was not done before.
pub fn mochi_of(root: &Path, revision: &str) -> Result<Built> {
    let commit = git(root, &["rev-parse", "--verify", "--short=12", &format!("{revision}^{{commit}}")])?;
    let folder = workspace::target_dir(root).join("compare");
    let mochi = folder.join(format!("mochi-{commit}{}", std::env::consts::EXE_SUFFIX));
    if mochi.is_file() {
        return Ok(Built { commit, mochi });
    }
    fs::create_dir_all(&folder).context(|| format!("create {}", folder.display()))?;
    // One place for all commits, so that what they depend on is compiled once.
    let tree = folder.join("tree");
    let place = tree.to_string_lossy();
    let _ = git(root, &["worktree", "remove", "--force", &place]);
    git(root, &["worktree", "add", "--detach", "--force", &place, &commit])?;
    let built = build(&tree, &folder.join("target"));
    git(root, &["worktree", "remove", "--force", &place])?;
    fs::copy(built?, &mochi).context(|| format!("write {}", mochi.display()))?;
    Ok(Built { commit, mochi })
}

fn build(tree: &Path, target: &Path) -> Result<PathBuf> {
    eprintln!("building the other mochi (release)");
    let mut cargo = workspace::cargo(tree);
    cargo.args(["build", "--quiet", "--release", "--package", "mochi", "--target-dir"]).arg(target);
    // Ours names the checkout that we are in.
    let status = cargo.env_remove("CARGO_TARGET_DIR").status().context(|| "start cargo".into())?;
    match status.success() {
        true => Ok(target.join("release").join(format!("mochi{}", std::env::consts::EXE_SUFFIX))),
        false => failed("the other mochi does not build"),
    }
}

/// The first line that `git` prints.
fn git(root: &Path, args: &[&str]) -> Result<String> {
    let output = Command::new("git").args(args).current_dir(root).output().context(|| "start git".into())?;
    if !output.status.success() {
        return failed(format!("git {}: {}", args[0], String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}
