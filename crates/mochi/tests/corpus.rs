//! Runs every program under `tests/run` and `examples`, and the kernels of the benchmarks with little to do, and compares
//! output, errors and exit status.
//!
//! Files beside `x.mochi`: `x.out` (standard output, exact), `x.err` (each line occurs in standard error; without it
//! standard error is empty), `x.exit` (status, 0 without), `x.in` (standard input). A first line `// env: NAME=VALUE ...`
//! sets environment variables, `// args: OPTIONS` gives options that win over those of the environment. `MOCHI_GC_STRESS` and `MOCHI_CORPUS_ARGS` (options of `mochi run`) pass through, so
//! that the same files test other modes; with `MOCHI_CORPUS_PASSES=none` nothing is optimised. `BLESS=1` writes `x.out` for programs that have none.
//!
//! `MOCHI_MODE` names the mode (`vm` without). In the mode `c` and those that start with `c-` programs are built and what
//! was built is run; `MOCHI_BUILD_ARGS` has the options of `mochi build`, those after `--` being the C compiler's.
//! `MOCHI_RUNNER` is a program that runs what was built, such as an
//! emulator. `MOCHI_EXECUTABLE` is what interprets programs instead of the `mochi` of this build. A line `// skip(MODE): reason` leaves a program out in a mode, `c`
//! being all that build, `embedded` those without an operating system and `stress` those that collect at every allocation. `MOCHI_SHARE=N` takes every Nth program only, in order of their names. With `MOCHI_SCORES=FILE` the verdict on each program is written to that file, for
//! `cargo xtask parity`.

mod limited;

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use mochi_driver::compile::pass_names;

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut trials = Vec::new();
    let scores = Arc::new(Mutex::new(Vec::new()));
    let mode = std::env::var("MOCHI_MODE").unwrap_or_else(|_| "vm".into());
    let mut programs = programs(&root, &mode);
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    let share = std::env::var("MOCHI_SHARE").ok().and_then(|n| n.parse().ok()).unwrap_or(1).max(1);
    for program in programs.into_iter().step_by(share) {
        let name = program.name.clone();
        if let Some(reason) = skipped(&program.file, &mode) {
            keep(&scores, format!("skipped {name}: {reason}"));
            trials.push(Trial::test(name, || Ok(())).with_ignored_flag(true));
            continue;
        }
        let scores = Arc::clone(&scores);
        trials.push(Trial::test(name, move || {
            let verdict = catch_unwind(|| check(&program)).unwrap_or_else(|_| Err("the test panics".into()));
            keep(&scores, line(&program.name, &verdict));
            verdict.map(drop)
        }));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if let Some(file) = std::env::var_os("MOCHI_SCORES") {
        let mut lines = std::mem::take(&mut *scores.lock().unwrap_or_else(PoisonError::into_inner));
        lines.sort();
        lines.insert(0, format!("share {share}"));
        lines.extend(arguments.filter.iter().map(|filter| format!("only {filter}")));
        std::fs::write(file, lines.join("\n") + "\n").expect("the file of scores is writable");
    }
    conclusion.exit();
}

/// A program of the corpus.
struct Program {
    /// Its path in the repository without extension.
    name: String,
    /// What is run.
    file: PathBuf,
    /// Where it lies; what is expected lies beside it.
    origin: PathBuf,
}

/// The programs of all folders.
fn programs(root: &Path, mode: &str) -> Vec<Program> {
    let mut programs = Vec::new();
    for folder in ["tests/run", "examples"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the corpus folder exists");
        for file in entries.flatten().map(|entry| entry.path()) {
            if file.extension().is_some_and(|extension| extension == "mochi") {
                let name = format!("{folder}/{}", file.file_stem().unwrap_or_default().to_string_lossy());
                programs.push(Program { name, origin: file.clone(), file });
            }
        }
    }
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kernels-{mode}"));
    std::fs::create_dir_all(&copies).expect("the folder of tests is writable");
    let entries = std::fs::read_dir(root.join("bench/kernels")).expect("the folder of kernels exists");
    programs.extend(entries.flatten().filter_map(|entry| small_kernel(&entry.path(), &copies)));
    programs
}

/// A copy of a kernel that has little to do: its size is the one in the comment of `let n = 35 // quick: 22`.
fn small_kernel(folder: &Path, copies: &Path) -> Option<Program> {
    let name = folder.file_name()?.to_str()?;
    let origin = folder.join(name).with_extension("mochi");
    let source = std::fs::read_to_string(&origin).ok()?;
    let small = |line: &str| match line.split_once(" // quick: ") {
        Some((size, small)) if size.starts_with("let n = ") => format!("let n = {small}\n"),
        _ => format!("{line}\n"),
    };
    let file = copies.join(name).with_extension("mochi");
    std::fs::write(&file, source.lines().map(small).collect::<String>()).expect("copies are writable");
    Some(Program { name: format!("bench/kernels/{name}"), file, origin })
}

/// How a program ends when nothing is wrong.
enum End {
    /// As it should.
    Same,
    /// It is not built for the target, which this line says.
    Refused(String),
}

/// What is kept of a verdict: one line.
fn line(name: &str, verdict: &Result<End, Failed>) -> String {
    match verdict {
        Ok(End::Same) => format!("passed {name}"),
        Ok(End::Refused(why)) => format!("skipped {name}: {why}"),
        Err(failed) => {
            let lines = failed.message().unwrap_or("no message").lines().map(str::trim);
            let shown: String = lines.take(4).collect::<Vec<_>>().join("; ").chars().take(300).collect();
            format!("failed {name}: {shown}")
        }
    }
}

fn keep(scores: &Mutex<Vec<String>>, line: String) {
    scores.lock().unwrap_or_else(PoisonError::into_inner).push(line);
}

/// Why a program is left out in a mode.
fn skipped(path: &Path, mode: &str) -> Option<String> {
    let source = std::fs::read_to_string(path).ok()?;
    let mut modes = vec![mode];
    modes.extend(builds(mode).then_some("c"));
    modes.extend(is_stressed().then_some("stress"));
    if is_embedded(mode) {
        modes.push("embedded");
        let first = source.lines().next().unwrap_or_default();
        if first.starts_with("// env: ") || (first.starts_with("// args: ") && first.contains("--max-")) {
            return Some("there is no environment".to_owned());
        }
    }
    let starts: Vec<String> = modes.iter().map(|mode| format!("// skip({mode}): ")).collect();
    source
        .lines()
        .find_map(|line| starts.iter().find_map(|start| line.strip_prefix(start)).map(str::to_string))
}

/// Whether programs are built in a mode.
fn builds(mode: &str) -> bool {
    mode == "c" || mode.starts_with("c-")
}

/// Whether every allocation collects: by the environment, or by what is built in where there is none.
fn is_stressed() -> bool {
    let built_in = std::env::var("MOCHI_BUILD_ARGS").is_ok_and(|args| args.contains("-DMOCHI_STRESS"));
    built_in || std::env::var_os("MOCHI_GC_STRESS").is_some()
}

/// Whether programs run without an operating system.
fn is_embedded(mode: &str) -> bool {
    mode.starts_with("c-cortex-m3")
}

/// The options of `mochi build`, before the program and after it.
struct BuildArgs {
    own: Vec<String>,
    compiler: Vec<String>,
}

impl BuildArgs {
    fn get() -> BuildArgs {
        let text = std::env::var("MOCHI_BUILD_ARGS").unwrap_or_else(|_| "--mode=dev".into());
        let mut own: Vec<String> = text.split_whitespace().map(str::to_string).collect();
        let at = own.iter().position(|word| word == "--").unwrap_or(own.len());
        let compiler = own.split_off(at);
        BuildArgs { own, compiler }
    }

    /// Whether run-time errors show who called: without, an error in the library is shown there and not at its call.
    fn traces(&self) -> bool {
        self.own.iter().any(|arg| arg == "--mode=dev")
    }

    /// Builds a program.
    fn command(&self, program: &Path, more: &[&str], output: &Path) -> Command {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-cache");
        let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
        command.arg("build").args(&self.own).args(more).arg("-o").arg(output).env("MOCHI_CACHE_DIR", cache);
        command.arg(program).args(&self.compiler);
        command
    }
}

fn beside(path: &Path, extension: &str) -> Option<String> {
    let file: PathBuf = path.with_extension(extension);
    std::fs::read(file).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn check(program: &Program) -> Result<End, Failed> {
    let path = &program.file;
    let source = std::fs::read_to_string(path)?;
    if std::env::var("MOCHI_MODE").is_ok_and(|mode| builds(&mode)) {
        return check_built(program, &source);
    }
    let executable = std::env::var_os("MOCHI_EXECUTABLE");
    let mut command = Command::new(executable.unwrap_or_else(|| env!("CARGO_BIN_EXE_mochi").into()));
    command.arg("run");
    if let Ok(args) = std::env::var("MOCHI_CORPUS_ARGS") {
        command.args(args.split_whitespace());
    }
    if std::env::var("MOCHI_CORPUS_PASSES").is_ok_and(|passes| passes == "none") {
        command.args(pass_names().iter().map(|pass| format!("--disable-pass={pass}")));
    }
    if let Some(args) = source.lines().next().and_then(|line| line.strip_prefix("// args: ")) {
        command.args(args.split_whitespace());
    }
    command.arg(path.file_name().unwrap_or_default()).current_dir(path.parent().unwrap_or(Path::new(".")));
    if let Some(setting) = source.lines().next().and_then(|line| line.strip_prefix("// env: ")) {
        command.envs(setting.split_whitespace().filter_map(|pair| pair.split_once('=')));
    }
    compare(&program.origin, &mut command, true).map(|()| End::Same)
}

/// Builds a program and checks what was built; when it cannot be built, what `mochi build` says.
fn check_built(program: &Program, source: &str) -> Result<End, Failed> {
    let path = &program.file;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mode = std::env::var("MOCHI_MODE").unwrap_or_default();
    // Only Windows cares about how its name ends.
    let built =
        folder.join(format!("corpus-{mode}-{}.exe", path.file_stem().unwrap_or_default().to_string_lossy()));
    let first = source.lines().next().unwrap_or_default();
    let mut run = match std::env::var_os("MOCHI_RUNNER") {
        Some(runner) => {
            let mut run = Command::new(runner);
            run.arg(&built);
            run
        }
        None => Command::new(&built),
    };
    let mut options = Vec::new();
    let mut args = first.strip_prefix("// args: ").unwrap_or_default().split_whitespace();
    // What `mochi run` is told about limits, built programs read in their environment.
    while let Some(arg) = args.next() {
        let (name, value) = arg.split_once('=').map_or((arg, None), |(name, value)| (name, Some(value)));
        let mut value = || value.or_else(|| args.next()).unwrap_or_default();
        match name {
            "--max-memory" => drop(run.env("MOCHI_MAX_MEMORY", format!("{}M", value()))),
            "--max-depth" => drop(run.env("MOCHI_MAX_DEPTH", value())),
            _ => options.push(arg),
        }
    }
    if let Some(setting) = first.strip_prefix("// env: ") {
        run.envs(setting.split_whitespace().filter_map(|pair| pair.split_once('=')));
    }
    let beside = path.parent().unwrap_or(Path::new("."));
    let name = Path::new(path.file_name().unwrap_or_default());
    let args = BuildArgs::get();
    let mut build = args.command(name, &options, &built);
    build.current_dir(beside);
    run.current_dir(beside);
    let done = ended(&mut build, b"")?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        // What needs files or the time is refused with its place, which is another test's to look at.
        return match said.lines().find(|line| is_embedded(&mode) && line.contains("error[E003]")) {
            Some(line) => Ok(End::Refused(line.trim().to_owned())),
            None => compare(&program.origin, &mut build, true).map(|()| End::Same),
        };
    }
    let verdict = compare(&program.origin, &mut run, args.traces());
    let _ = std::fs::remove_file(&built);
    verdict.map(|()| End::Same)
}

/// How long a program may run, also where an emulator runs it and every allocation collects.
const LONGEST: Duration = Duration::from_secs(240);

/// What came of a command, which must end.
fn ended(command: &mut Command, input: &[u8]) -> Result<Output, Failed> {
    let output = limited::output(command, input, LONGEST)?;
    output.ok_or_else(|| {
        format!("no end after {} s, or of what is printed: {command:?}", LONGEST.as_secs()).into()
    })
}

/// Runs a command and compares what it does with the files beside a program; without `places`, not where errors are.
fn compare(path: &Path, command: &mut Command, places: bool) -> Result<(), Failed> {
    let input = beside(path, "in").unwrap_or_default();
    let output = ended(command, input.as_bytes())?;
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
            let wanted = expected.lines().filter(|line| places || !is_place(line));
            for line in wanted.filter(|line| !stderr.contains(line)) {
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

/// Whether a line of an `.err` file is only a place: `NAME.mochi:LINE`.
fn is_place(line: &str) -> bool {
    let place = line.rsplit_once(".mochi:");
    place.is_some_and(|(name, number)| {
        !name.contains(' ') && number.bytes().all(|b| b.is_ascii_digit() || b == b':')
    })
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
