//! `mochi doctor` on machines that lack something.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[cfg(unix)]
mod tool;

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("doctor").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// In a folder that is also the PATH, so that there are no tools but those that a test puts there.
fn doctor(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.args(["doctor", "--json"]).current_dir(folder).env("PATH", folder);
    // What those set who run the tests is not theirs to find.
    let ours = |name: &std::ffi::OsString| name.to_string_lossy().starts_with("MOCHI_");
    std::env::vars_os().map(|(name, _)| name).filter(ours).for_each(|name| {
        command.env_remove(name);
    });
    command.env("MOCHI_CACHE_DIR", folder.join("cache"));
    command
}

/// The line of a check.
fn line(output: &Output, check: &str) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let start = format!("{{\"check\":\"{check}\",");
    let line = text.lines().find(|line| line.starts_with(&start));
    line.unwrap_or_else(|| panic!("no `{check}` in {text}")).to_owned()
}

fn says(output: &Output, check: &str, state: &str, words: &[&str]) {
    let line = line(output, check);
    assert!(line.contains(&format!("\"state\":\"{state}\"")), "{line}");
    words.iter().for_each(|word| assert!(line.contains(word), "no `{word}` in {line}"));
}

#[cfg(unix)]
fn tool(folder: &Path, name: &str, text: &str) {
    tool::script(&folder.join(name), text);
}

#[test]
fn without_any_tool() {
    let folder = folder("bare");
    let output = doctor(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stderr.is_empty());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.lines().count() >= 15 && text.lines().all(|line| line.starts_with('{') && line.ends_with('}'))
    );
    says(&output, "c compiler", "fail", &["makes no executables", "\"mend\":"]);
    for check in ["gcc", "git", "boards", "debugger", "emulators"] {
        says(&output, check, "warn", &["\"mend\":"]);
    }
    says(&output, "interpreter", "ok", &[]);
    says(&output, "build cache", "ok", &["0 entries"]);
    says(&output, "command", "warn", &["not on the PATH", "export PATH="]);
}

/// Compilers are not believed: they have to build a program that works.
#[test]
#[cfg(unix)]
fn compilers_have_to_build() {
    let folder = folder("compilers");
    tool(&folder, "apt-get", "");
    tool(
        &folder,
        "clang",
        "case $1 in --version) echo clang 1.0;; *) echo 'stdint.h: not found' >&2; exit 1;; esac",
    );
    tool(
        &folder,
        "gcc",
        "if test $1 = --version; then echo gcc 1.0; exit; fi\n\
         while test $# -gt 1; do if test $1 = -o; then echo '#!/bin/sh\necho 41' > $2; fi; shift; done",
    );
    let output = doctor(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    says(
        &output,
        "clang",
        "warn",
        &["the C compiler failed", "stdint.h: not found", "apt install libc6-dev"],
    );
    says(&output, "gcc", "warn", &["does not work"]);
    says(&output, "tcc", "warn", &["apt install tcc"]);
    says(&output, "c compiler", "fail", &["takes `clang`, which does not work", "apt install clang"]);
}

#[test]
#[cfg(unix)]
fn a_compiler_that_works_is_enough() {
    let Some(cc) = ["/usr/bin/cc", "/usr/local/bin/cc"].iter().find(|path| Path::new(path).exists()) else {
        return;
    };
    let folder = folder("enough");
    tool(&folder, "cc", &format!("PATH=/usr/local/bin:/usr/bin:/bin exec {cc} \"$@\""));
    std::os::unix::fs::symlink(folder.join("cc"), folder.join("gcc")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_mochi"), folder.join("mochi")).unwrap();
    let output = doctor(&folder).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    says(&output, "c compiler", "ok", &["takes `cc`"]);
    says(&output, "cc", "ok", &["builds a program"]);
    says(&output, "gcc", "ok", &["the same as cc"]);
    says(&output, "clang", "ok", &["not installed"]);
    says(&output, "command", "ok", &[]);
}

#[test]
fn what_is_set_up_wrongly() {
    let folder = folder("setup");
    fs::write(folder.join("mochi.toml"), "name = 1\n").unwrap();
    fs::write(folder.join("file"), "").unwrap();
    let mut command = doctor(&folder);
    command.env("MOCHI_CACHE_DIR", folder.join("file/cache")).env("MOCHI_NOWSEED", "1");
    let output = command.env("TMPDIR", folder.join("absent")).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    says(&output, "configuration", "fail", &["mochi.toml:1:8", "M010", "edit mochi.toml"]);
    says(&output, "environment", "warn", &["MOCHI_NOWSEED", "did you mean `MOCHI_NOW_SEED`", "unset"]);
    says(&output, "build cache", "warn", &["cannot be written", "export MOCHI_CACHE_DIR"]);
    if cfg!(unix) {
        says(&output, "temporary folder", "fail", &["absent", "export TMPDIR"]);
    }
}
