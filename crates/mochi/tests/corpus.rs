//! Runs every program under `tests/run` and `examples` and compares output, errors and exit status.
//!
//! Files beside `x.mochi`: `x.out` (standard output, exact), `x.err` (each line occurs in standard error; without it
//! standard error is empty), `x.exit` (status, 0 without), `x.in` (standard input). A first line `// env: NAME=VALUE ...`
//! sets environment variables, `// args: OPTIONS` gives options that win over those of the environment. `MOCHI_GC_STRESS` and `MOCHI_CORPUS_ARGS` (options of `mochi run`) pass through, so
//! that the same files test other modes. `BLESS=1` writes `x.out` for programs that have none.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut trials = Vec::new();
    for folder in ["tests/run", "examples"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the corpus folder exists");
        for entry in entries.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|e| e == "mochi") {
                let name = format!("{folder}/{}", path.file_stem().unwrap_or_default().to_string_lossy());
                trials.push(Trial::test(name, move || check(&path)));
            }
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&arguments, trials).exit();
}

fn beside(path: &Path, extension: &str) -> Option<String> {
    let file: PathBuf = path.with_extension(extension);
    std::fs::read(file).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn check(path: &Path) -> Result<(), Failed> {
    let source = std::fs::read_to_string(path)?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.arg("run");
    if let Ok(args) = std::env::var("MOCHI_CORPUS_ARGS") {
        command.args(args.split_whitespace());
    }
    if let Some(args) = source.lines().next().and_then(|line| line.strip_prefix("// args: ")) {
        command.args(args.split_whitespace());
    }
    command.arg(path.file_name().unwrap_or_default()).current_dir(path.parent().unwrap_or(Path::new(".")));
    if let Some(setting) = source.lines().next().and_then(|line| line.strip_prefix("// env: ")) {
        command.envs(setting.split_whitespace().filter_map(|pair| pair.split_once('=')));
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input closes it early.
        let _ = stdin.write_all(beside(path, "in").unwrap_or_default().as_bytes());
    }
    let output = child.wait_with_output()?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let mut problems = String::new();
    let status = beside(path, "exit").and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    if output.status.code() != Some(status) {
        problems.push_str(&format!("exit status {:?}, expected {status}\n", output.status.code()));
    }
    match beside(path, "err") {
        None if !stderr.is_empty() => problems.push_str("unexpected text on standard error\n"),
        None => {}
        Some(expected) => {
            for line in expected.lines().filter(|line| !stderr.contains(line)) {
                problems.push_str(&format!("standard error lacks `{line}`\n"));
            }
        }
    }
    match beside(path, "out") {
        Some(expected) if expected != stdout => problems.push_str(&difference(&expected, &stdout)),
        None if std::env::var_os("BLESS").is_some() && problems.is_empty() => {
            std::fs::write(path.with_extension("out"), &output.stdout)?;
        }
        None if status == 0 => problems.push_str("there is no .out file (BLESS=1 writes it)\n"),
        _ => {}
    }
    if problems.is_empty() {
        return Ok(());
    }
    if !stderr.is_empty() {
        let shown: String = stderr.chars().take(2000).collect();
        problems.push_str(&format!("standard error:\n{shown}"));
    }
    Err(problems.into())
}

/// The first line that differs, with its number.
fn difference(expected: &str, found: &str) -> String {
    let (mut a, mut b) = (expected.lines(), found.lines());
    let mut line = 1;
    loop {
        match (a.next(), b.next()) {
            (Some(x), Some(y)) if x == y => line += 1,
            (None, None) => return "the outputs differ in line endings\n".into(),
            (x, y) => {
                let show = |line: Option<&str>| line.map_or("(end)".into(), |text| format!("{text:?}"));
                return format!(
                    "line {line} of the output:\n  expected {}\n  found    {}\n",
                    show(x),
                    show(y)
                );
            }
        }
    }
}
