//! `mochi repl` as a process: what sessions of files cannot show.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn repl(input: &str, environment: &[(&str, &str)]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mochi"))
        .arg("repl")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it reads to the end");
    output
}

fn shown(input: &str, environment: &[(&str, &str)]) -> String {
    let output = repl(input, environment);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn session(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cli/files/repl").join(name);
    std::fs::read_to_string(path).expect("the session exists")
}

#[test]
fn sessions_survive_a_collection_at_every_allocation() {
    for name in ["values.txt", "persist.txt", "redefine.txt", "logic.txt"] {
        let input = session(name);
        assert_eq!(shown(&input, &[("MOCHI_GC_STRESS", "1")]), shown(&input, &[]), "{name}");
    }
}

/// Functions, variables and expressions, each with names of its own.
fn inputs(count: usize) -> String {
    let mut text = String::new();
    for i in 0..count / 4 {
        text.push_str(&format!(
            "let v{i} = [{i}, {i} + 1]\nfun f{i}(n: int): int {{ return n + v{i}[1] }}\n"
        ));
        text.push_str(&format!("f{i}(1)\nprint(\"at\", v{i})\n"));
    }
    text
}

/// The time in seconds that processors spend on a session, which does not depend on what else they do.
fn processor_time(input: &str, lines: usize) -> f64 {
    let script = r#""$0" repl | wc -l; times"#;
    let mut child = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_mochi")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut stdin = child.stdin.take().expect("piped");
    let text = input.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it reads to the end");
    // The number of lines, then the times of the shell, then those of what it started: user and system, as `0m1.25s`.
    let output = String::from_utf8_lossy(&output.stdout);
    let shown: Vec<&str> = output.lines().collect();
    assert_eq!(shown[0].trim(), lines.to_string());
    let seconds = |text: &str| {
        let (minutes, seconds) = text.trim_end_matches('s').split_once('m').expect("minutes");
        minutes.parse::<f64>().expect("a number") * 60.0 + seconds.parse::<f64>().expect("a number")
    };
    shown[2].split_whitespace().map(seconds).sum()
}

#[test]
fn an_input_costs_what_it_is_long() {
    let time = |count: usize| processor_time(&inputs(count), count / 2);
    // Unoptimised builds check all bytecode again each time.
    let (few, many) = if cfg!(debug_assertions) { (200, 600) } else { (1000, 8000) };
    let ratio = time(many) / (0..2).map(|_| time(few)).fold(f64::INFINITY, f64::min);
    let proportion = many as f64 / few as f64;
    assert!(ratio < 2.5 * proportion, "{proportion} times as many inputs took {ratio} times as long");
}

#[test]
fn hidden_variables_let_go_of_their_values() {
    let mut input = String::new();
    for _ in 0..40 {
        input.push_str("let data = range(1000000)\n");
    }
    input.push_str("len(data)\n");
    let mut child = Command::new(env!("CARGO_BIN_EXE_mochi"))
        .args(["repl", "--max-memory", "64"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary is built");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1000000\n");
}

/// What somebody does at a terminal: `wait TEXT` until it appears, `send KEYS`, with escapes of Python.
const TERMINAL: &str = r#"
import os, pty, select, sys, time
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], [sys.argv[1], "repl"])
seen = b""
def wait(text):
    global seen
    limit = time.time() + 60
    while text not in seen:
        if time.time() > limit or not select.select([terminal], [], [], 60)[0]:
            sys.exit("no %r in %r" % (text, seen))
        try:
            seen += os.read(terminal, 4096)
        except OSError:
            sys.exit("ended before %r: %r" % (text, seen))
    seen = seen[seen.index(text) + len(text):]
def send(keys):
    os.write(terminal, keys)
wait(b">>> ")
send(b"var n = 41\r"); wait(b">>> ")
send(b"while true { n = 42 }\r"); time.sleep(0.5)
send(b"\x03"); wait(b"error: interrupted"); wait(b">>> ")
send(b"n * 1000\r"); wait(b"\n42000"); wait(b">>> ")
send(b"let line = input()\r"); time.sleep(0.5)
send(b"\x03"); wait(b"error: interrupted"); wait(b">>> ")
send(b"let line = input()\r"); time.sleep(0.5)
send(b"typed\r"); wait(b">>> ")
send(b"line + \"!\"\r"); wait(b"\ntyped!"); wait(b">>> ")
send(b"fun f() {\r"); wait(b"... ")
send(b"\x03"); wait(b">>> ")
send(b"let counter = 5\r"); wait(b">>> ")
send(b"coun\t"); wait(b"count")
send(b"er + 1000\r"); wait(b"\n1005"); wait(b">>> ")
send(b"\x1b[A"); wait(b"counter + 1000"); send(b"\r"); wait(b"\n1005"); wait(b">>> ")
send(b"if n == 42 {\r"); wait(b"... ")
send(b"print(n + 7)\r"); wait(b"... ")
send(b"}\r"); wait(b"\n49"); wait(b">>> ")
send(b"\x1b[A"); wait(b"print(n + 7)"); send(b"\r"); wait(b"\n49"); wait(b">>> ")
send(b"\x04")
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
"#;

#[test]
#[cfg(unix)]
fn a_terminal_edits_recalls_completes_and_interrupts() {
    let python = Command::new("python3").args(["-c", "import pty"]).output();
    if !python.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no python3 with the module pty");
        return;
    }
    let history = std::env::temp_dir().join(format!("mochi-history-{}", std::process::id()));
    let output = Command::new("python3")
        .args(["-c", TERMINAL, env!("CARGO_BIN_EXE_mochi")])
        .env("MOCHI_HISTORY", &history)
        .output()
        .expect("python3 runs");
    let remembered = std::fs::read_to_string(&history).unwrap_or_default();
    let _ = std::fs::remove_file(&history);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(remembered.contains("var n = 41"), "{remembered}");
}
