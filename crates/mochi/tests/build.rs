//! `mochi build`: what it makes, and how it fails. That built programs behave as interpreted ones is the corpus' to show
//! (`MOCHI_MODE=c`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[cfg(unix)]
#[path = "build/faults.rs"]
mod faults;
#[path = "build/results.rs"]
mod results;
#[cfg(target_os = "linux")]
#[path = "build/start.rs"]
mod start;
#[cfg(unix)]
mod tool;

/// A folder for one test, empty at its start.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn mochi(folder: &Path, args: &[&str]) -> Output {
    command(env!("CARGO_BIN_EXE_mochi"), folder).args(args).output().unwrap()
}

fn command(program: &str, folder: &Path) -> Command {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-cache");
    let mut command = Command::new(program);
    command.current_dir(folder).env("MOCHI_CACHE_DIR", cache);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Fails, names these words, and leaves nothing but what was there.
fn fails(folder: &Path, args: &[&str], words: &[&str]) {
    let mut command = command(env!("CARGO_BIN_EXE_mochi"), folder);
    command.args(args);
    fails_as(folder, &mut command, words);
}

fn fails_as(folder: &Path, command: &mut Command, words: &[&str]) {
    let before = names(folder);
    let output = command.output().unwrap();
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "no `{word}` in {stderr}");
    }
    assert_eq!(names(folder), before, "something was left behind");
}

fn has_compiler() -> bool {
    Command::new("cc").arg("--version").output().is_ok_and(|output| output.status.success())
}

const FAULTY: &str =
    "fun third(xs: list<int>): int {\n  return xs[len(xs)]\n}\nprint(\"before\")\nprint(third([1, 2]) + 1)\n";

#[test]
fn the_executable_behaves_as_the_program() {
    if !has_compiler() {
        return;
    }
    let folder = folder("behaves");
    fs::write(folder.join("greet.mochi"), "print(\"hello, \" + input())\n").unwrap();
    let built = mochi(&folder, &["build", "--mode=dev", "greet.mochi"]);
    assert!(
        built.status.success() && built.stdout.is_empty() && built.stderr.is_empty(),
        "{}",
        text(&built.stderr)
    );
    assert_eq!(names(&folder), ["greet", "greet.mochi"]);
    let mut child = Command::new(folder.join("greet"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"world\r\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("hello, world\n", Some(0)));
}

#[test]
fn run_time_errors_show_where() {
    if !has_compiler() {
        return;
    }
    let folder = folder("errors");
    fs::write(folder.join("faulty.mochi"), FAULTY).unwrap();
    let wanted = mochi(&folder, &["run", "faulty.mochi"]);
    for mode in ["dev", "release"] {
        let built = mochi(&folder, &["build", "--mode", mode, "faulty.mochi", "-o", mode]);
        assert!(built.status.success(), "{}", text(&built.stderr));
        let output = Command::new(folder.join(mode)).output().unwrap();
        assert_eq!((output.status.code(), &output.stdout), (Some(1), &wanted.stdout));
        let stderr = text(&output.stderr);
        if mode == "dev" {
            assert_eq!(stderr, text(&wanted.stderr));
        } else {
            // Message and place; the callers are not kept.
            let place = text(&wanted.stderr).lines().take(2).collect::<Vec<_>>().join("\n");
            assert!(stderr.starts_with(&place), "{stderr}");
        }
    }
}

#[test]
fn other_results_than_executables() {
    if !has_compiler() {
        return;
    }
    let folder = folder("kinds");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    for (kind, name) in [("c", "six.c"), ("obj", "six.o"), ("asm", "six.s")] {
        let built = mochi(&folder, &["build", "--emit", kind, "six.mochi"]);
        assert!(built.status.success(), "{}", text(&built.stderr));
        assert!(fs::metadata(folder.join(name)).unwrap().len() > 100);
    }
    let unit = fs::read_to_string(folder.join("six.c")).unwrap();
    assert!(unit.contains("/* 1: print(6) */"), "{unit}");
}

#[test]
fn programs_that_cannot_be_built() {
    let folder = folder("refused");
    fs::write(folder.join("dynamic.mochi"), "print(eval(\"1\"))\n").unwrap();
    fs::write(folder.join("wrong.mochi"), "print(1 +)\n").unwrap();
    fails(&folder, &["build", "dynamic.mochi"], &["`eval` needs the compiler at run time"]);
    fails(&folder, &["build", "wrong.mochi"], &["error[P", "wrong.mochi:1:"]);
    fails(&folder, &["build", "absent.mochi"], &["absent.mochi"]);
}

#[test]
fn compilers_that_fail() {
    let folder = folder("compilers");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    fails(
        &folder,
        &["build", "--cc", "no-such-compiler", "six.mochi"],
        &["no C compiler `no-such-compiler`"],
    );
    fails(&folder, &["build", "--cc", "false", "six.mochi"], &["the C compiler failed", "false"]);
    if has_compiler() {
        let args = ["build", "six.mochi", "--", "-include", "no-such-header.h"];
        fails(&folder, &args, &["the C compiler failed", "no-such-header.h"]);
    }
}

#[test]
fn outputs_that_cannot_be_written() {
    let folder = folder("outputs");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    fs::create_dir(folder.join("six")).unwrap();
    fails(&folder, &["build", "six.mochi"], &["`six` is a folder"]);
    fails(&folder, &["build", "six.mochi", "-o", "six.mochi"], &["is the program itself"]);
    fails(&folder, &["build", "six.mochi", "-o", "no/such/folder"], &["cannot write `no/such/folder`"]);
    assert_eq!(fs::read_to_string(folder.join("six.mochi")).unwrap(), "print(6)\n");
}

#[test]
fn a_cache_that_cannot_be_used_is_a_warning() {
    if !has_compiler() {
        return;
    }
    let folder = folder("cache");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    fs::write(folder.join("file"), "in the way").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.args(["build", "--mode=dev", "six.mochi"]).current_dir(&folder);
    let output = command.env("MOCHI_CACHE_DIR", folder.join("file/cache")).output().unwrap();
    assert!(output.status.success());
    assert!(text(&output.stderr).contains("cannot be used"), "{}", text(&output.stderr));
    assert!(folder.join("six").is_file());
}

/// A C compiler that writes down what it makes, slowly.
#[cfg(unix)]
fn counting_compiler(folder: &Path) -> (String, impl Fn() -> usize) {
    let log = folder.join("compiled");
    let line =
        format!("test $1 = --version || {{ echo >> '{}'; sleep 0.2; }}; exec cc \"$@\"", log.display());
    let count = move || fs::read_to_string(&log).unwrap_or_default().lines().count();
    (script(folder, &line), count)
}

#[test]
#[cfg(unix)]
fn what_was_built_is_kept() {
    if !has_compiler() {
        return;
    }
    let folder = folder("kept");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let (compiler, count) = counting_compiler(&folder);
    let build = |more: &[&str], variables: &[(&str, &str)]| {
        let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
        build.args(["build", "-j1", "--mode=dev", "--cc", &compiler, "six.mochi"]).args(more);
        build.env("MOCHI_CACHE_DIR", folder.join("cache")).envs(variables.iter().copied());
        let output = build.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        let printed = Command::new(folder.join("six")).output().unwrap();
        assert_eq!(text(&printed.stdout), "6\n");
        text(&output.stderr)
    };
    assert_eq!((build(&[], &[]), count()), (String::new(), 3));
    let first = fs::read(folder.join("six")).unwrap();
    // The same program again, another one, other options.
    assert_eq!((build(&[], &[]), count()), (String::new(), 3));
    assert!(fs::read(folder.join("six")).unwrap() == first);
    fs::write(folder.join("six.mochi"), "let x = 6\nprint(x)\n").unwrap();
    assert_eq!((build(&[], &[]), count()), (String::new(), 5));
    assert_eq!((build(&["--", "-O1"], &[]), count()), (String::new(), 8));
    // Options that name files say too little of what is made.
    fs::write(folder.join("more.h"), "").unwrap();
    for built in [11, 14] {
        assert_eq!((build(&["--", "-include", "more.h"], &[]), count()), (String::new(), built));
    }
    assert_eq!((build(&[], &[("MOCHI_CACHE_MB", "0")]), count()), (String::new(), 17));
    let warning = build(&[], &[("MOCHI_CACHE_MB", "many")]);
    assert!(warning.contains("warning: MOCHI_CACHE_MB is no number") && count() == 17, "{warning}");
    // Damaged entries are made again.
    for name in names(&folder.join("cache")) {
        let path = folder.join("cache").join(name);
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
    }
    let warning = build(&[], &[]);
    assert!(warning.contains("warning: a damaged entry") && warning.lines().count() == 1, "{warning}");
    assert_eq!(count(), 20);
    assert_eq!((build(&[], &[]), count()), (String::new(), 20));
    let mut show = command(env!("CARGO_BIN_EXE_mochi"), &folder);
    let shown =
        text(&show.arg("cache").env("MOCHI_CACHE_DIR", folder.join("cache")).output().unwrap().stdout);
    assert!(shown.contains("5 entries") && shown.contains("3 damaged"), "{shown}");
    show.arg("clear").output().unwrap();
    assert_eq!(names(&folder.join("cache")), Vec::<String>::new());
}

#[test]
#[cfg(unix)]
fn builds_at_the_same_time_compile_the_runtime_once() {
    if !has_compiler() {
        return;
    }
    let folder = folder("together");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let (compiler, count) = counting_compiler(&folder);
    let outputs = ["a", "b", "c"];
    let children: Vec<_> = outputs
        .iter()
        .map(|output| {
            let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
            build.args(["build", "-j1", "--mode=dev", "--cc", &compiler, "six.mochi", "-o", output]);
            build.env("MOCHI_CACHE_DIR", folder.join("cache")).spawn().unwrap()
        })
        .collect();
    children.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
    // Their own programs, which are compiled and linked, and the runtime.
    assert!(count() <= 2 * outputs.len() + 1, "{}", count());
    for output in outputs {
        assert_eq!(text(&Command::new(folder.join(output)).output().unwrap().stdout), "6\n");
    }
    assert_eq!(names(&folder.join("cache")).len(), outputs.len() + 1);
}

#[test]
fn no_compiler() {
    let folder = folder("no-compiler");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
    build.args(["build", "six.mochi"]).env("PATH", &folder);
    fails_as(
        &folder,
        &mut build,
        &["needs a C compiler", "zig, cc, clang and gcc", "apt install gcc", "mochi doctor"],
    );
    // The C itself needs none.
    let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
    build.args(["build", "--emit=c", "six.mochi"]).env("PATH", &folder);
    assert!(build.status().unwrap().success());
}

#[test]
fn folders_that_cannot_be_written() {
    let folder = folder("read-only");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let closed = folder.join("closed");
    fs::create_dir(&closed).unwrap();
    let mut permissions = fs::metadata(&closed).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&closed, permissions).unwrap();
    // Nothing is closed to some users.
    if fs::write(closed.join("probe"), "").is_err() {
        fails(&folder, &["build", "six.mochi", "-o", "closed/six"], &["cannot write `closed/six`"]);
    }
    let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
    build.args(["build", "--cc=sh", "six.mochi"]).env("TMPDIR", folder.join("absent"));
    if cfg!(unix) {
        fails_as(&folder, &mut build, &["cannot make the folder", "absent"]);
    }
}

/// A script that stands for a C compiler.
#[cfg(unix)]
fn script(folder: &Path, text: &str) -> String {
    let path = folder.join("compiler");
    tool::script(&path, text);
    path.to_str().unwrap().to_owned()
}

/// The first of zig, cc, clang and gcc is taken, unless `--cc` says otherwise.
#[test]
#[cfg(unix)]
fn the_compiler_is_chosen_in_order() {
    let folder = folder("choice");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    for name in ["gcc", "clang", "cc", "zig"] {
        fs::rename(script(&folder, &format!("echo this is {name} $1 >&2; exit 1")), bin.join(name)).unwrap();
        let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
        build.args(["build", "--emit=obj", "six.mochi"]).env("PATH", &bin);
        let first = if name == "zig" { "cc" } else { "-std=c99" };
        fails_as(&folder, &mut build, &[&format!("this is {name} {first}")]);
        build.args(["--cc", "gcc"]);
        fails_as(&folder, &mut build, &["this is gcc"]);
    }
}

#[test]
#[cfg(unix)]
fn compilers_that_are_killed() {
    let folder = folder("killed");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let compiler = script(&folder, "kill -9 $$");
    let words = ["the C compiler failed (signal: 9", "program.c", "it was killed", "--mode=dev"];
    fails(&folder, &["build", "--emit=obj", "--cc", &compiler, "six.mochi"], &words);
}

#[test]
#[cfg(unix)]
fn compilers_that_fail_say_what_to_do() {
    let folder = folder("advice");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let cases = [
        ("fatal error: stdint.h: No such file or directory", "apt install libc6-dev"),
        ("cannot close /tmp/x.o: No space left on device", "there is no room"),
        ("syntax error", "mochi doctor"),
    ];
    for (complaint, advice) in cases {
        let compiler = script(&folder, &format!("echo '{complaint}' >&2; exit 3"));
        let words = ["the C compiler failed (exit status: 3)", complaint, advice];
        fails(&folder, &["build", "--emit=obj", "--cc", &compiler, "six.mochi"], &words);
    }
}

/// A limit of the size of files stands for a full disk.
#[test]
#[cfg(unix)]
fn no_room() {
    let folder = folder("no-room");
    fs::write(folder.join("six.mochi"), "print(6)\n").unwrap();
    let build = |blocks: u32, kind: &str| {
        let mut command = command("sh", &folder);
        // A signal that is ignored stays ignored: writing fails, as on a full disk.
        command.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "sh"]);
        command.args([env!("CARGO_BIN_EXE_mochi"), "build", kind, "six.mochi"]);
        command
    };
    fails_as(&folder, &mut build(1, "--emit=c"), &["cannot write `six.c`"]);
    if has_compiler() {
        fails_as(&folder, &mut build(8, "--mode=dev"), &["cannot write", "mochi.h"]);
        // Enough for the largest source, but not for the runtime in machine code.
        let empty = folder.with_file_name("no-room-cache");
        let _ = fs::remove_dir_all(&empty);
        let mut build = build(120, "--mode=dev");
        build.env("MOCHI_CACHE_DIR", &empty);
        fails_as(&folder, &mut build, &["the C compiler failed", "there is no room"]);
        assert!(!empty.exists() || names(&empty).is_empty());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn debuggers_see_the_source() {
    if !has_compiler() || Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("left out: there is no C compiler or no gdb");
        return;
    }
    let folder = folder("debuggers_see_the_source");
    let source = "fun half(x: int): int {\n  let y = x / 2\n  return y + 1\n}\nfun twice(x: int): int {\n  return half(x) * 2\n}\nlet xs = [1]\nprint(twice(20))\nprint(xs[half(3)])\n";
    fs::write(folder.join("prog.mochi"), source).unwrap();
    assert!(mochi(&folder, &["build", "--mode", "dev", "prog.mochi"]).status.success());
    let gdb = |commands: &[&str]| {
        let mut gdb = command("gdb", &folder);
        gdb.args(["-nx", "-batch"]);
        commands.iter().for_each(|command| {
            gdb.args(["-ex", command]);
        });
        let output = gdb.arg("./prog").output().unwrap();
        text(&output.stdout) + &text(&output.stderr)
    };
    // A breakpoint at a line of the program.
    let seen = gdb(&["break prog.mochi:3", "run", "backtrace", "print x_0"]);
    for words in
        ["half", "prog.mochi:3", "twice", "prog.mochi:6", "main", "prog.mochi:9", "return y + 1", "= 20"]
    {
        assert!(seen.contains(words), "no `{words}` in: {seen}");
    }
    let here = folder.to_str().unwrap();
    let built = fs::read(folder.join("prog")).unwrap();
    assert!(
        !built.windows(here.len()).any(|bytes| bytes == here.as_bytes()),
        "the folder is in what was built"
    );
    // Where a run-time error happens.
    let seen = gdb(&["break mo_trap", "run", "backtrace"]);
    for words in ["prog.mochi:10", "main"] {
        assert!(seen.contains(words), "no `{words}` in: {seen}");
    }
}

/// With the script that executables for debugging carry, gdb shows values as Mochi writes them.
#[test]
#[cfg(target_os = "linux")]
fn debuggers_show_values() {
    if !has_compiler() || Command::new("gdb").arg("--version").output().is_err() {
        eprintln!("left out: there is no C compiler or no gdb");
        return;
    }
    let folder = folder("debuggers_show_values");
    let source = "type P { name: string, age: int }\n\
        fun show(s: string, xs: list<int>, m: map<string, float>, p: P, a: list<any>, b: bigint, f: fun(int): int): int {\n  \
        return len(xs)\n}\nfun half(x: int): int { return x / 2 }\n\
        let n = show(\"say \\\"hello\\\"\", [1, -2], {\"b\": 1.5, \"a\": 2.0}, P { name: \"Ann\", age: 3 }, \
        [none, true, \"x\", [1]], -pow(2 as bigint, 100), half)\nprint(n)\n";
    fs::write(folder.join("prog.mochi"), source).unwrap();
    let built = mochi(&folder, &["build", "--mode", "dev", "prog.mochi"]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let trust = format!("add-auto-load-safe-path {}", folder.display());
    let mut gdb = command("gdb", &folder);
    gdb.args([
        "-nx",
        "-batch",
        "-iex",
        &trust,
        "-ex",
        "break prog.mochi:3",
        "-ex",
        "run",
        "-ex",
        "info args",
    ]);
    let output = gdb.arg("./prog").output().unwrap();
    let seen = text(&output.stdout) + &text(&output.stderr);
    for words in [
        r#"= "say \"hello\"""#,
        "= [1, -2]",
        r#"= {"a": 2.0, "b": 1.5}"#,
        r#"= P {name: "Ann", age: 3}"#,
        r#"= [none, true, "x", [1]]"#,
        "= -1267650600228229401496703205376",
        "= (function half)",
    ] {
        assert!(seen.contains(words), "no `{words}` in: {seen}");
    }
}
