//! The test of the tests: a mistake of each kind is found within a minute.

#![cfg(debug_assertions)]

use std::process::Command;

fn is_found(mistake: &str, mode: &str) {
    let folder = std::env::temp_dir().join(format!("mochi-fuzz-modes-{mistake}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let arguments = ["--seconds", "60", "--seed", "1", "--mode", mode, "--most", "1", "--wrong", mistake];
    let output = Command::new(env!("CARGO_BIN_EXE_mochi-fuzz-modes"))
        .args(arguments)
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{mistake} is not found:\n{said}");
    let files = std::fs::read_dir(folder.join("target/fuzz-modes")).unwrap().flatten();
    let programs = files.filter(|file| file.path().extension().is_some_and(|ext| ext == "mochi"));
    assert!(programs.count() > 0, "{mistake} leaves no program:\n{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_wrong_fold_is_found() {
    is_found("fold", "optimised");
}

#[test]
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn a_wrong_stencil_is_found() {
    is_found("stencil", "jit-plain");
}

#[test]
fn a_bound_that_is_not_checked_is_found() {
    is_found("bounds", "optimised");
}
