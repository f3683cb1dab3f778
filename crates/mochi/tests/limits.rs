//! Programs and sources at the limits: an answer or a clean error within bounded time and memory, never a signal.
//!
//! The sources are made here, since they are too large to be committed. What takes longer than seconds is ignored by
//! default; `cargo xtask test` runs it.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How a run ended.
struct Ended {
    status: i32,
    stdout: String,
    stderr: String,
}

/// Runs `mochi` with a source on standard input. Never with a collection at every allocation: each would mark a million
/// frames, which takes for ever and tells nothing about the limits.
fn mochi(args: &[&str], source: &str) -> Ended {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mochi"))
        .args(args)
        .arg("-")
        .env_remove("MOCHI_GC_STRESS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("mochi starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(source.as_bytes()).expect("mochi reads its source");
    drop(stdin);
    let output = child.wait_with_output().expect("mochi ends");
    let shown = &source[..source.len().min(60)];
    let status = output.status.code().unwrap_or_else(|| panic!("{}: {shown}", output.status));
    Ended {
        status,
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The program prints this.
fn prints(args: &[&str], source: &str, expected: &str) {
    let ended = mochi(args, source);
    let shown = &source[..source.len().min(200)];
    assert_eq!((ended.status, ended.stdout.trim_end()), (0, expected), "{shown}\n{}", ended.stderr);
}

/// The program, or its source, is refused with this message.
fn fails(args: &[&str], source: &str, message: &str) {
    let ended = mochi(args, source);
    let shown = &source[..source.len().min(200)];
    // After the line that says of which kind errors are.
    let first = ended.stderr.lines().find(|line| !line.ends_with(" error:")).unwrap_or_default();
    assert_eq!((ended.status, first), (1, message), "{shown}");
}

/// A program that waits, with a standard input that stays open, ends when its time is over.
fn stops_waiting(source: &str) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_mochi"))
        .args(["run", "--timeout", "0.3", "-e", source])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("mochi starts");
    let stdin = child.stdin.take();
    let output = child.wait_with_output().expect("mochi ends");
    drop(stdin);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.starts_with("error: timeout: exceeded 0.3 s\n"), "{source}: {errors}");
    assert_eq!(output.status.code(), Some(1), "{source}");
    assert!(start.elapsed() < Duration::from_secs(30), "{source}: {:?}", start.elapsed());
}

#[test]
#[cfg(unix)]
fn waiting_is_bounded() {
    stops_waiting("print(input())");
    stops_waiting("type T { x: int } let rows = load \"-\" as T print(rows)");
    stops_waiting("print(eval(\"input()\"))");
    let shell = |command: &str| {
        stops_waiting(&format!("import python \"subprocess\" auto print(subprocess.getoutput({command:?}))"));
    };
    shell("sleep 60");
    shell("sleep 60; echo never");
    shell("(sleep 60) & wait");
    // It listens, but never answers.
    let server = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = server.local_addr().expect("an address").port();
    stops_waiting(&format!("fetch \"http://127.0.0.1:{port}/\" into answer"));
}

/// What a command left behind is ended too, although it is no longer the shell's.
#[test]
#[cfg(unix)]
fn commands_end_with_what_they_started() {
    let file = std::env::temp_dir().join(format!("mochi-left-{}", std::process::id()));
    let path = file.display();
    let command = format!("(sleep 2; echo late > '{path}') & wait");
    stops_waiting(&format!("import python \"subprocess\" auto print(subprocess.getoutput({command:?}))"));
    std::thread::sleep(Duration::from_secs(3));
    assert!(!file.exists(), "a command went on after the end");
}

#[test]
fn time_is_bounded() {
    for source in [
        "while true { }",
        "fun f(n: int): int { return f(n) } print(f(1))",
        "var xs = [1] while true { xs = append(xs[0:1], 2) }",
        "var s = \"\" while true { s = str(len(s)) }",
        "var n = 1 while n > 0 { n = n % 1000 + 1 }",
        "var x = 1.0 while x > 0.5 { x = x + 1.0 }",
        "var s = \"ab\" while s != \"cd\" { s = s[0:2] }",
        "var n = 1 as bigint let z = 0 as bigint while n > z { n = n + (1 as bigint) }",
        "var n = 1 as bigint let z = 0 as bigint while n != z { n = n + (2 as bigint) }",
    ] {
        for jit in ["off", "auto", "always"] {
            fails(&["run", "--timeout", "0.05", "--jit", jit], source, "error: timeout: exceeded 0.05 s");
        }
    }
}

/// Whatever the variables of the compiler say, the program runs: without room everything is interpreted.
#[test]
fn code_is_bounded() {
    let source =
        "fun f(n: int): int { var s = 0 for i in 0..n { s = s + i * n } return s } print(f(100) + f(90))";
    for (name, value, said) in [
        ("MOCHI_JIT_CACHE_MB", "0", ""),
        ("MOCHI_JIT_CACHE_MB", "18446744073709551615", ""),
        ("MOCHI_JIT_CACHE_MB", "much", "warning: MOCHI_JIT_CACHE_MB is no number; it counts for nothing\n"),
        ("MOCHI_JIT_THRESHOLD", "99999999999", ""),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
        let output = command.args(["run", "--jit", "auto", "-e", source]).env(name, value).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), said, "{name}={value}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "855450\n", "{name}={value}");
    }
}

/// More code than there is room for comes and goes, and what it prints is the same.
#[test]
#[ignore = "20,000 functions take seconds to compile"]
fn much_code_in_little_room() {
    let mut source = String::new();
    for i in 0..20_000 {
        source.push_str(&format!(
            "fun f{i}(n: int): int {{ var s = {i} for j in 0..n {{ s = (s * {} + j) % 1009 }} return s }}\n",
            i % 50 + 3
        ));
    }
    // In groups, since a function that calls all would be larger than the room.
    for (level, below, count) in [("g", "f", 1000), ("h", "g", 50)] {
        for i in 0..count {
            let calls: Vec<String> = (0..20).map(|k| format!("{below}{}(n)", i * 20 + k)).collect();
            source.push_str(&format!("fun {level}{i}(n: int): int {{ return {} }}\n", calls.join(" + ")));
        }
    }
    let calls: Vec<String> = (0..50).map(|i| format!("total = (total + h{i}(20)) % 1000003")).collect();
    source.push_str(&format!("var total = 0 for r in 0..20 {{ {} }} print(total)", calls.join(" ")));
    let run = |jit: &str| {
        let file = std::env::temp_dir().join(format!("mochi-many-{}.mochi", std::process::id()));
        std::fs::write(&file, &source).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
        command.args(["run", "--disable-pass", "inline", "--jit", jit]).arg(&file);
        let output = command.env("MOCHI_JIT_CACHE_MB", "1").output().expect("mochi starts");
        let _ = std::fs::remove_file(&file);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{jit}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let expected = run("off");
    assert!(expected.trim().parse::<u32>().is_ok(), "{expected}");
    assert_eq!((run("auto"), run("always")), (expected.clone(), expected));
}

#[test]
fn memory_is_bounded() {
    for source in [
        "var xs = [0] while len(xs) > 0 { xs = append(xs, 1) }",
        "var xs: list<any> = [] while len(xs) < 2 { xs = append([], [xs]) }",
        "var s = \"ab\" while len(s) > 0 { s = s + s }",
        "var m: map<int, int> = {} var i = 0 while true { m[i] = i i = i + 1 }",
        "type N { next: N? } var n = N { next: none } while n != none { n = N { next: n } }",
        "print(len(range(1000000000)))",
        "print(len(repeat(\"ab\", 1000000000)))",
        "print(len(padStart(\"\", 1000000000, \"ab\")))",
        "fun f(n: any): any { return [f([n, n])] } print(f(1))",
    ] {
        fails(&["run", "--max-memory", "8"], source, "error: out of memory: limit 8 MiB");
    }
}

#[test]
fn depth_is_bounded() {
    let endless = "fun f(n: int): int { return 1 + f(n + 1) } print(f(0))";
    fails(&["run", "--max-depth", "100"], endless, "error: call stack exceeded 100 frames");
    fails(&["run"], endless, "error: call stack exceeded 1048576 frames");
    for source in [
        "type T { n: int fun f(): int { return 1 + f() } } print(T { n: 1 }.f())",
        "let f: list<any> = [none] f[0] = fun(): any => 1 + f[0]() print(f[0]())",
        "fun a(n: int): int { return 1 + b(n) } fun b(n: int): int { return 1 + a(n) } print(a(1))",
    ] {
        fails(&["run"], source, "error: call stack exceeded 1048576 frames");
    }
}

#[test]
fn a_million_calls_nest() {
    let source = "fun f(n: int): int { if n == 0 { return 0 } return 1 + f(n - 1) } print(f(1000000))";
    prints(&["run"], source, "1000000");
    let source = "fun f(xs: list<int>, n: int): int { if n == 0 { return len(xs) } return 1 + f([n], n - 1) } \
                  print(f([1], 1000000))";
    prints(&["run"], source, "1000001");
}

#[test]
fn tail_calls_take_no_space() {
    let bounds = &["run", "--max-depth", "10", "--max-memory", "8"];
    for (source, expected) in [
        (
            "fun f(n: int, sum: int): int { if n == 0 { return sum } return f(n - 1, sum + n) } print(f(1000000, 0))",
            "500000500000",
        ),
        (
            "fun even(n: int): bool { if n == 0 { return true } return odd(n - 1) }
             fun odd(n: int): bool { if n == 0 { return false } return even(n - 1) }
             print(even(1000000))",
            "true",
        ),
        (
            "type T { n: int fun f(k: int): int { if k == 0 { return n } return f(k - 1) } } print(T { n: 3 }.f(1000000))",
            "3",
        ),
        (
            "var go: list<fun(int): string> = []
             go = [fun(n: int): string { if n == 0 { return \"done\" } return go[0](n - 1) }]
             print(go[0](1000000))",
            "done",
        ),
        ("fun f(n: int): int { return match n { 0 => 7 _ => f(n - 1) } } print(f(1000000))", "7"),
        ("fun f(n: int): int { return if n == 0 then 7 else f(n - 1) } print(f(1000000))", "7"),
    ] {
        prints(bounds, source, expected);
    }
}

#[test]
fn lists_may_contain_themselves() {
    let knot = "var a: list<any> = [1] a[0] = a var b: list<any> = [1] b[0] = b var m: map<any, any> = {} m[\"k\"] = m ";
    for (rest, expected) in [
        ("print(a) print(str(a)) print(m) print(str(m))", "[[...]]\n[[...]]\n{\"k\": {...}}\nmap[k:{...}]"),
        ("print(a == b, a == a, m == m, a in [b], a < b)", "true true true true false"),
        ("print(distinct([a, b]), reverse(a), a + a, len(a))", "[[[...]]] [[[...]]] [[[...]], [[...]]] 1"),
        ("m = {} m[a] = 1 print(len(m), m[b])", "1 1"),
    ] {
        prints(&["run", "--timeout", "10"], &format!("{knot}{rest}"), expected);
    }
    for call in ["json(a)", "print(to_json(m))"] {
        let message = "error: json expects a value that does not contain itself";
        fails(&["run", "--timeout", "10"], &format!("{knot}{call}"), message);
    }
}

/// What is repeated before, the core, what is repeated after.
type Nest = (&'static str, &'static str, &'static str);

fn nest((before, core, after): Nest, times: usize) -> String {
    format!("{}{core}{}", before.repeat(times), after.repeat(times))
}

#[test]
fn sources_nest_a_hundred_thousand_deep() {
    const DEEP: usize = 100_000;
    for (start, form, end, expected) in [
        ("print(", ("(", "1", ")"), ")", "1"),
        ("print(", ("- ", "1", ""), ")", "1"),
        ("print(", ("1 + ", "1", ""), ")", "100001"),
        ("fun f(x: int): int { return x } print(", ("f(", "1", ")"), ")", "1"),
        ("print(", ("if true then ", "1", " else 2"), ")", "1"),
        ("", ("if true { ", "print(1)", " }"), "", "1"),
        ("let x = ", ("[", "1", "]"), "print(len(x))", "1"),
        ("var x: ", ("list<", "int", ">"), "print(x)", "[]"),
    ] {
        prints(&["run"], &format!("{start}{}{end}", nest(form, DEEP)), expected);
    }
    for (form, message) in [
        (("(", "", ""), "error[P999]: expected an expression, found the end of the file"),
        (("[", "", ""), "error[P999]: expected an expression, found the end of the file"),
        (("if true { ", "", ""), "error[P001]: expected `}`, found the end of the file"),
        (("1 + (", "", ""), "error[P071]: nested too deeply: more than 150000 levels"),
    ] {
        fails(&["run"], &nest(form, DEEP), message);
    }
    // A deep value: printing it is recursive, and bounded like any recursion.
    let list = format!("print({})", nest(("[", "1", "]"), DEEP));
    fails(&["run", "--max-depth", "5000"], &list, "error: call stack exceeded 5000 frames");
}

/// Bytes of the huge sources.
const HUGE: usize = 50 << 20;

#[test]
fn huge_tokens_are_read() {
    prints(&["run"], &format!("/*{}*/ print(1)", "x".repeat(HUGE)), "1");
    prints(&["run"], &format!("print(len(\"{}\"))", "x".repeat(HUGE)), &HUGE.to_string());
    let ended = mochi(&["run"], &format!("print({})", "x".repeat(HUGE)));
    assert_eq!(ended.status, 1);
    let ended = mochi(&["run"], &"1".repeat(HUGE));
    assert_eq!(ended.status, 1);
}

#[test]
#[ignore = "some 20 seconds and 3 GiB"]
fn huge_sources_are_checked() {
    let repeated = |piece: &str| piece.repeat(HUGE / piece.len());
    let numbered = |piece: &dyn Fn(usize) -> String| {
        let mut text = String::with_capacity(HUGE + 100);
        for i in 0.. {
            if text.len() >= HUGE {
                break;
            }
            text.push_str(&piece(i));
        }
        text
    };
    for (source, status) in [
        (repeated("print(1)\n"), 0),
        (repeated("print(y)\n"), 1),
        (repeated("@ "), 1),
        (repeated("("), 1),
        (repeated("}"), 1),
        (format!("let xs = [{}1]", repeated("1, ")), 0),
        (numbered(&|i| format!("fun f{i}(x: int): int {{ return x + 1 }}\n")), 0),
        (numbered(&|i| format!("let v{i} = {i}\n")), 0),
        (numbered(&|i| format!("type T{i} {{ x: int }}\n")), 0),
    ] {
        let ended = mochi(&["check", "--format", "short"], &source);
        assert_eq!(ended.status, status, "{}: {:.500}", &source[..40], ended.stderr);
    }
}
