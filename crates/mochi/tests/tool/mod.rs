//! Programs that stand for compilers and the like.
//!
//! Another process writes them. A file that is open for writing cannot be started, and what this process has open is open
//! for a moment in whatever other tests start at the same time.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Makes a shell script that can be started at once.
pub fn script(path: &Path, text: &str) {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "cat > \"$0\" && chmod 755 \"$0\""]).arg(path).stdin(Stdio::piped());
    // Tests may have none of their own.
    shell.env("PATH", "/usr/bin:/bin");
    let mut shell = shell.spawn().unwrap();
    let mut input = shell.stdin.take().unwrap();
    input.write_all(format!("#!/bin/sh\n{text}\n").as_bytes()).unwrap();
    drop(input);
    assert!(shell.wait().unwrap().success(), "{}", path.display());
}
