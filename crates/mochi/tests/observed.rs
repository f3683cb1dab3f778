//! Debuggers and profilers see native code made at run time: names, lines, callers.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAM: &str = "\
fun half(x: int, xs: list<int>): int {
  let y = x / 2
  return xs[y] + 1
}
fun twice(x: int, xs: list<int>): int {
  let z = half(x, xs) * 2
  return z
}
fun deep(n: int, xs: list<int>): int {
  if n == 0 {
    return twice(40, xs)
  }
  return deep(n - 1, xs) + 1
}
let xs = [1, 2, 3]
print(deep(3, xs))
";

/// A folder with a program in it.
fn folder(name: &str, source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("observed").join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("prog.mochi"), source).unwrap();
    folder
}

const RUN: [&str; 5] = ["run", "--disable-pass", "inline", "--jit", "always"];

fn is_there(tool: &str) -> bool {
    let found = Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("left out: there is no {tool}");
    }
    found
}

/// What GDB prints, given its commands.
fn gdb(folder: &Path, commands: &[&str]) -> String {
    let mut gdb = Command::new("gdb");
    gdb.current_dir(folder).args(["-nx", "-batch", "-iex", "set debuginfod enabled off"]);
    commands.iter().for_each(|command| {
        gdb.args(["-ex", command]);
    });
    let program =
        gdb.arg("--args").arg(env!("CARGO_BIN_EXE_mochi")).args(RUN).args(["--jit-debug", "prog.mochi"]);
    let output = program.stdin(Stdio::null()).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The functions of a backtrace, and their lines in the program.
fn frames(text: &str) -> Vec<String> {
    let frames = text.lines().filter(|line| line.starts_with('#'));
    frames
        .map(|line| {
            let words = line.split_whitespace().skip(1);
            let words: Vec<&str> = words.skip_while(|word| word.starts_with("0x") || *word == "in").collect();
            let place = words.iter().find_map(|word| word.strip_prefix("prog.mochi:"));
            format!("{} {}", words.first().unwrap_or(&""), place.unwrap_or("-"))
        })
        .collect()
}

#[test]
fn a_debugger_sees_names_and_lines_and_what_is_around() {
    if !is_there("gdb") {
        return;
    }
    let folder = folder("debugger", PROGRAM);
    // Where a run-time error is told of, below native code.
    let source = include_str!("../../mochi-vm/src/vm.rs");
    let line = source.lines().position(|line| line.contains("self.error = Some(RuntimeError")).unwrap() + 1;
    let seen = gdb(&folder, &[&format!("break vm.rs:{line}"), "run", "backtrace"]);
    let frames = frames(&seen);
    let expected = [
        "half 3",
        "twice 6",
        "deep 11",
        "deep 13",
        "deep 13",
        "deep 13",
        "main 16",
        "mochi:enter -",
        "enter -",
    ];
    let start = frames.iter().position(|frame| frame == "half 3").unwrap_or_else(|| panic!("{seen}"));
    assert_eq!(&frames[start..start + expected.len()], expected, "{seen}");
    assert_eq!((&*frames[0], &*frames[start - 1]), ("fail -", "mochi:saving -"), "{seen}");
    assert!(frames.iter().any(|frame| frame.starts_with("start_thread")), "{seen}");
}

#[test]
fn a_debugger_stops_at_lines() {
    if !is_there("gdb") {
        return;
    }
    let folder = folder("stops", PROGRAM);
    // When `twice` has been made: after what all functions share, `main` and `deep`.
    let commands = [
        "break __jit_debug_register_code",
        "ignore 1 8",
        "run",
        "delete 1",
        "break prog.mochi:6",
        "continue",
    ];
    let seen = gdb(&folder, &[&commands[..], &["backtrace 3", "info symbol $pc"]].concat());
    assert!(
        seen.contains("hit Breakpoint 2, twice () at prog.mochi:6\n6\t  let z = half(x, xs) * 2\n"),
        "{seen}"
    );
    assert_eq!(frames(&seen)[..3], ["twice 6", "deep 11", "deep 13"], "{seen}");
    assert!(seen.contains("twice in section .text"), "{seen}");
}

/// Runs the program and takes the file that it wrote.
fn observed(folder: &Path, format: &str, file: impl Fn(u32) -> String) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.current_dir(folder).args(RUN).args(["--perf", format, "prog.mochi"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let path = file(child.id());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.starts_with("error: list index out of range"), "{errors}");
    let written = fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    fs::remove_file(path).unwrap();
    written
}

#[test]
fn the_map_has_all_functions() {
    let folder = folder("map", PROGRAM);
    let map = String::from_utf8(observed(&folder, "map", |id| format!("/tmp/perf-{id}.map"))).unwrap();
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    let mut names = Vec::new();
    for line in map.lines() {
        let [start, size, name] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{map}") };
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        ranges.push((number(start), number(start) + number(size)));
        names.push(name);
    }
    for name in ["main", "half", "twice", "deep", "mochi:enter", "mochi:out_of_line"] {
        assert!(names.contains(&name), "no {name} in {map}");
    }
    ranges.sort_unstable();
    assert!(ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{map}");
}

#[test]
fn the_dump_has_code_and_lines() {
    let folder = folder("dump", PROGRAM);
    let dump = observed(&folder, "dump", |id| format!("/tmp/jit-{id}.dump"));
    let u32_at = |at: usize| u32::from_le_bytes(dump[at..at + 4].try_into().unwrap());
    let u64_at = |at: usize| u64::from_le_bytes(dump[at..at + 8].try_into().unwrap());
    let text_at = |at: usize| {
        let end = at + dump[at..].iter().position(|&byte| byte == 0).unwrap();
        String::from_utf8(dump[at..end].to_vec()).unwrap()
    };
    assert_eq!((&dump[..4], u32_at(4), u32_at(8), u32_at(12)), (&b"DTiJ"[..], 1, 40, 62));
    let (mut at, mut before) = (40, 0);
    let (mut loaded, mut lines, mut closed) = (Vec::new(), Vec::new(), false);
    while at < dump.len() {
        let (kind, size, time) = (u32_at(at), u32_at(at + 4) as usize, u64_at(at + 8));
        assert!(time >= before && !closed, "records are in order, and none follows the last");
        before = time;
        match kind {
            0 => {
                let name = text_at(at + 56);
                let code = u64_at(at + 40) as usize;
                assert_eq!((size, u64_at(at + 48)), (56 + name.len() + 1 + code, loaded.len() as u64));
                loaded.push((name, u64_at(at + 32), code as u64));
            }
            2 => {
                let (address, mut entry) = (u64_at(at + 16), at + 32);
                for _ in 0..u64_at(at + 24) {
                    let file = text_at(entry + 16);
                    lines.push((address, u64_at(entry), u32_at(entry + 8), file.clone()));
                    entry += 16 + file.len() + 1;
                }
                assert_eq!(entry, at + size);
            }
            3 => closed = true,
            _ => panic!("a record of kind {kind}"),
        }
        at += size;
    }
    assert!(closed);
    let (_, address, size) = loaded.iter().find(|(name, ..)| name == "twice").unwrap();
    let of_twice: Vec<_> = lines.iter().filter(|line| line.0 == *address).collect();
    assert!(
        of_twice.iter().all(|line| (*address..address + size).contains(&line.1) && line.3 == "prog.mochi")
    );
    let mut numbers: Vec<u32> = of_twice.iter().map(|line| line.2).collect();
    numbers.dedup();
    assert!(numbers.starts_with(&[6, 7]), "{numbers:?}");
}

/// What `perf` makes of both.
#[test]
fn a_profiler_names_functions() {
    let source = "fun inner(n: int): int { var s = 0 for i in 0..n { s = (s * 31 + i) % 1000003 } return s }\nprint(inner(20000000))\n";
    let folder = folder("perf", source);
    if !is_there("perf") {
        return;
    }
    let perf = |args: &[&str]| Command::new("perf").current_dir(&folder).args(args).output().unwrap();
    for format in ["map", "dump"] {
        let record = ["record", "-q", "-e", "cpu-clock", "-k", "mono", "-o", "perf.data"];
        // The shell says which process becomes the program, whose file is removed again.
        let shell = ["sh", "-c", "echo $$; exec \"$@\"", "sh"];
        let run =
            [env!("CARGO_BIN_EXE_mochi"), "run", "--disable-pass", "inline", "--perf", format, "prog.mochi"];
        let _ = fs::remove_file(folder.join("perf.data"));
        let recorded = perf(&[&record[..], &shell, &run].concat());
        if !recorded.status.success() {
            eprintln!("left out: perf may not record");
            return;
        }
        let process = String::from_utf8_lossy(&recorded.stdout).lines().next().unwrap_or_default().to_owned();
        if format == "dump" {
            perf(&["inject", "--jit", "-i", "perf.data", "-o", "with-jit.data"]);
            fs::rename(folder.join("with-jit.data"), folder.join("perf.data")).unwrap();
        }
        let report = perf(&["report", "-i", "perf.data", "--stdio"]).stdout;
        let file =
            if format == "map" { format!("perf-{process}.map") } else { format!("jit-{process}.dump") };
        let file = Path::new("/tmp").join(file);
        fs::remove_file(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let report = String::from_utf8_lossy(&report);
        let first = report.lines().find(|line| line.contains('%')).unwrap_or_default();
        assert!(first.trim_end().ends_with("[.] inner"), "{format}: {report}");
    }
}
