//! What it costs to start a program, in numbers that do not depend on what else the machine does.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{command, folder, has_compiler, mochi, text};

/// Pages that a program touches first, and those of the shell's that it is made from.
fn pages(folder: &Path, program: &str) -> u64 {
    // Field 11 is about the children that ended; the second is a name in brackets.
    let line = format!("{program} >/dev/null; cat /proc/$$/stat");
    let output = command("sh", folder).args(["-c", &line]).output().unwrap();
    let said = text(&output.stdout);
    let fields = said.rsplit_once(')').unwrap().1;
    fields.split_whitespace().nth(8).unwrap().parse().unwrap()
}

/// What a program asks of the system, where that can be seen.
fn calls(folder: &Path, program: &str) -> Option<u64> {
    let log = folder.join("calls");
    let mut trace = Command::new("strace");
    trace.args(["-f", "-qq", "-o"]).arg(&log).arg(folder.join(program));
    trace.output().ok()?.status.success().then(|| fs::read_to_string(&log).unwrap().lines().count() as u64)
}

/// A page costs a hundredth of the start, a thread a tenth.
#[test]
fn a_program_starts_as_one_in_c_does() {
    if !has_compiler() {
        return;
    }
    let folder = folder("start");
    fs::write(folder.join("hello.mochi"), "print(\"hello\")\n").unwrap();
    fs::write(folder.join("c.c"), "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n")
        .unwrap();
    let built = mochi(&folder, &["build", "--cc=cc", "hello.mochi"]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let args = ["-O2", "-s", "-fPIE", "-pie", "c.c", "-o", "c"];
    assert!(command("cc", &folder).args(args).status().unwrap().success());
    let (ours, theirs) = (pages(&folder, "./hello"), pages(&folder, "./c"));
    assert!(ours <= theirs + 6, "{ours} pages are touched, {theirs} by C");
    if let (Some(ours), Some(theirs)) = (calls(&folder, "hello"), calls(&folder, "c")) {
        assert!(ours <= theirs + 5, "{ours} system calls, {theirs} by C");
    }
    let size = fs::metadata(folder.join("hello")).unwrap().len();
    assert!(size < 40_000, "{size} bytes");
}
