//! Systems that refuse memory for code: programs run all the same, and who asks is told.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::process::{Command, Output};

/// Makes the kernel refuse system calls to a command: `memfd_create`, and `mprotect` that lets pages run.
const REFUSES: &str = r#"
import ctypes, os, struct, sys
what, command = sys.argv[1], sys.argv[2:]
rules = [(0x20, 0, 0, 0),
    (0x15, 5 if "files" in what else 4, 0, 319), (0x15, 0, 3, 10),
    (0x20, 0, 0, 32), (0x45, 2 if "rights" in what else 1, 0, 4), (0x20, 0, 0, 0),
    (6, 0, 0, 0x7fff0000), (6, 0, 0, 0x0005000d)]
text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(rules), ctypes.addressof(text)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
os.execv(command[0], command)
"#;

const PROGRAM: &str =
    "fun f(n: int): int { var s = 0 for i in 0..n { s = s + i * n } return s } print(f(100) + f(90))";

/// `mochi` where the kernel refuses something; `None` without Python.
fn mochi(refused: &str, args: &[&str]) -> Option<Output> {
    let mut command = Command::new("python3");
    command.args(["-c", REFUSES, refused, env!("CARGO_BIN_EXE_mochi")]).args(args);
    let output = command.output();
    if output.is_err() {
        eprintln!("left out: there is no Python");
    }
    output.ok()
}

fn runs(refused: &str, options: &[&str], said: &str) {
    let args = [&["run"], options, &["-e", PROGRAM]].concat();
    let Some(output) = mochi(refused, &args) else { return };
    assert_eq!(String::from_utf8_lossy(&output.stderr), said, "{refused}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "855450\n", "{refused}");
    assert_eq!(output.status.code(), Some(0), "{refused}");
}

#[test]
fn without_memory_for_code_everything_is_interpreted() {
    runs("files rights", &["--jit=always"], "");
    runs(
        "files rights",
        &["--jit=always", "--verbose"],
        "note: everything is interpreted: the system refuses memory for code (a memory file that runs: Permission denied; \
         changed rights: Permission denied)\n",
    );
    runs("files rights", &["--jit=off", "--verbose"], "");
    // Nothing is hot, so nobody asks.
    runs("files rights", &["--verbose"], "");
    for refused in ["", "files", "rights"] {
        runs(refused, &["--jit=always", "-v"], "");
    }
}

#[test]
fn the_doctor_says_how_code_is_made() {
    for (refused, state, words) in [
        ("", "ok", "may be made: two views of one memory file"),
        ("files", "ok", "may be made: one view whose rights change"),
        (
            "files rights",
            "warn",
            "programs are interpreted: the system refuses memory for code (a memory file",
        ),
    ] {
        let Some(output) = mochi(refused, &["doctor", "--json"]) else { return };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let start = "{\"check\":\"executable memory\",";
        let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_default();
        assert!(
            line.contains(&format!("\"state\":\"{state}\"")) && line.contains(words),
            "{refused}: {line}"
        );
    }
}

#[test]
fn no_room_is_said_too() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.args(["run", "-v", "-e", "print(1)"]).env("MOCHI_JIT_CACHE_MB", "0");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said, "note: everything is interpreted: MOCHI_JIT_CACHE_MB is 0\n");
}
