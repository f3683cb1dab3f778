//! What can be asked of results: that they are the same wherever they are built, how large and how hardened they are, and
//! what links them.

use std::fs;
use std::process::Command;

use super::{command, fails, folder, has_compiler, mochi, text};

const PROGRAM: &str =
    "fun total(xs: list<int>): int {\n  return sum(xs)\n}\nprint(total([1, 2, 3]), \"of\", [4.5])\n";

/// Two folders, two users, two time zones, one or many commands at a time, and nothing that was kept.
#[test]
fn the_same_bytes_everywhere() {
    if !has_compiler() {
        return;
    }
    let folder = folder("same");
    let options: [&[&str]; 3] = [&["--mode=dev"], &["--emit=obj"], &["--", "-O0"]];
    for options in options {
        let build = |place: &str, user: &str, zone: &str, jobs: &str| {
            let place = folder.join(place);
            fs::create_dir_all(place.join("temporary")).unwrap();
            fs::write(place.join("same.mochi"), PROGRAM).unwrap();
            let mut build = command(env!("CARGO_BIN_EXE_mochi"), &place);
            build.args(["build", jobs, "-o", "made", "same.mochi"]).args(options);
            build.envs([("USER", user), ("LOGNAME", user), ("TZ", zone), ("MOCHI_CACHE_MB", "0")]);
            build.env("HOME", place.join(user)).env("TMPDIR", place.join("temporary"));
            let output = build.output().unwrap();
            assert!(output.status.success(), "{}", text(&output.stderr));
            fs::read(place.join("made")).unwrap()
        };
        let first = build("a", "ann", "UTC", "-j1");
        let second = build("somewhere/else", "bartholomew", "Asia/Tokyo", "-j4");
        assert!(first == second, "{options:?}");
        let of_here = [folder.to_str().unwrap(), "bartholomew"].map(|words| words.as_bytes());
        let names = |words: &[u8]| first.windows(words.len()).any(|bytes| bytes == words);
        assert!(!of_here.into_iter().any(names), "{options:?}");
    }
}

#[test]
fn two_builds_are_compared() {
    if !has_compiler() {
        return;
    }
    let folder = folder("verify");
    fs::write(folder.join("same.mochi"), PROGRAM).unwrap();
    for options in [["--mode=dev", "--emit=obj"], ["--mode=dev", "--emit=c"], ["--mode=dev", "--emit=exe"]] {
        let built =
            mochi(&folder, &[&["build", "--verify", "same.mochi", "-o", "same"], &options[..]].concat());
        assert!(built.status.success(), "{}", text(&built.stderr));
        let said = text(&built.stdout);
        assert!(said.starts_with("both builds gave the same ") && said.contains("sha256 "), "{said}");
    }
    assert!(text(&Command::new(folder.join("same")).output().unwrap().stdout).starts_with("6 of"));
}

/// A compiler that puts something else into every result.
#[test]
#[cfg(unix)]
fn builds_that_differ_are_refused() {
    let folder = folder("differ");
    fs::write(folder.join("same.mochi"), PROGRAM).unwrap();
    let differing = "while test $# -gt 1; do if test $1 = -o; then echo abc $$ > $2; fi; shift; done";
    let compiler = super::script(&folder, differing);
    let built = mochi(&folder, &["build", "--verify", "--emit=obj", "--cc", &compiler, "same.mochi"]);
    assert_eq!(built.status.code(), Some(70));
    let said = text(&built.stderr);
    assert!(
        said.contains("two builds of this program differ: ") && said.contains("the first at 0x"),
        "{said}"
    );
    assert_eq!(super::names(&folder), ["compiler", "same.mochi"]);
}

#[test]
#[cfg(target_os = "linux")]
fn sizes_add_up() {
    if !has_compiler() {
        return;
    }
    let folder = folder("size");
    fs::write(folder.join("same.mochi"), PROGRAM).unwrap();
    let built = mochi(&folder, &["build", "--mode=dev", "--size", "same.mochi"]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let said = text(&built.stdout);
    let number = |line: &str| line.split_whitespace().next().and_then(|word| word.parse::<u64>().ok());
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(number(lines[0]), Some(fs::metadata(folder.join("same")).unwrap().len()));
    let parts: Vec<(&str, u64)> = lines[1..6]
        .iter()
        .map(|line| (line.split_whitespace().nth(2).unwrap(), number(line).unwrap()))
        .collect();
    let names: Vec<&str> = parts.iter().map(|part| part.0).collect();
    assert_eq!(names, ["program", "std", "runtime", "data", "rest"]);
    assert!(parts.iter().all(|part| part.1 > 0), "{said}");
    assert_eq!(Some(parts.iter().map(|part| part.1).sum()), number(lines[0]), "{said}");
    assert!(said.contains(".text") && said.contains("largest:"), "{said}");
}

/// Reads the headers as the ELF specification has them, for 64 bits and little-endian.
#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"))]
fn executables_are_hardened() {
    if !has_compiler() {
        return;
    }
    let folder = folder("hardened");
    fs::write(folder.join("same.mochi"), PROGRAM).unwrap();
    assert!(mochi(&folder, &["build", "same.mochi"]).status.success());
    is_hardened(&fs::read(folder.join("same")).unwrap(), true);
}

/// Nothing loads a program without a C library: it moves itself to where it is, and is as hardened and much smaller.
#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn without_a_library() {
    /// 17.5 KB when this was written, which leaves room for other versions of GCC.
    const MOST_BYTES: usize = 24 << 10;
    if !has_compiler() {
        return;
    }
    let folder = folder("alone");
    fs::write(folder.join("hello.mochi"), "print(\"hello\")\n").unwrap();
    let built = mochi(&folder, &["build", "--no-libc", "--verify", "hello.mochi"]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let output = Command::new(folder.join("hello")).env_clear().output().unwrap();
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("hello\n", Some(0)));
    let bytes = fs::read(folder.join("hello")).unwrap();
    assert!(bytes.len() <= MOST_BYTES, "hello has {} bytes", bytes.len());
    is_hardened(&bytes, false);
}

/// Whether an executable is loaded anywhere, with nothing that can be written and executed, and by the system's loader or by
/// nobody.
#[cfg(all(target_os = "linux", target_pointer_width = "64", target_endian = "little"))]
fn is_hardened(bytes: &[u8], loader: bool) {
    const TYPE_DYNAMIC: u64 = 3;
    const DYNAMIC: u64 = 2;
    const INTERPRETER: u64 = 3;
    const STACK: u64 = 0x6474_e551;
    const RELRO: u64 = 0x6474_e552;
    const EXECUTE: u64 = 1;
    const WRITE: u64 = 2;
    const FLAGS_1: u64 = 0x6fff_fffb;
    const NOW: u64 = 1;
    const PIE: u64 = 0x0800_0000;
    let read = |at: u64, len: usize| {
        let at = at as usize;
        bytes[at..at + len].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte))
    };
    assert_eq!(read(16, 2), TYPE_DYNAMIC);
    let (start, each, count) = (read(32, 8), read(54, 2), read(56, 2));
    let segments: Vec<u64> = (0..count).map(|number| start + number * each).collect();
    let of_type = |wanted| segments.iter().copied().find(|&segment| read(segment, 4) == wanted);
    assert!(of_type(RELRO).is_some());
    assert_eq!(of_type(INTERPRETER).is_some(), loader);
    assert_eq!(of_type(STACK).map(|segment| read(segment + 4, 4) & EXECUTE), Some(0));
    assert!(segments.iter().all(|&segment| read(segment + 4, 4) & (EXECUTE | WRITE) != EXECUTE | WRITE));
    let dynamic = of_type(DYNAMIC).unwrap();
    let (start, len) = (read(dynamic + 8, 8), read(dynamic + 32, 8));
    let mut entries = (start..start + len).step_by(16);
    let flags = entries.find(|&entry| read(entry, 8) == FLAGS_1).map_or(0, |entry| read(entry + 8, 8));
    assert_eq!(flags & (NOW | PIE), NOW | PIE);
}

#[test]
#[cfg(target_os = "linux")]
fn the_linker_can_be_chosen() {
    if !has_compiler() {
        return;
    }
    let folder = folder("linker");
    fs::write(folder.join("same.mochi"), PROGRAM).unwrap();
    let log = folder.join("linked");
    let bin = folder.join("bin");
    fs::create_dir(&bin).unwrap();
    // Stands for LLD.
    let wrapper = format!("echo >> '{}'; exec ld \"$@\"", log.display());
    fs::rename(super::script(&folder, &wrapper), bin.join("ld.lld")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let links = |linker: &[&str], path: &str| {
        let _ = fs::remove_file(&log);
        let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
        build.args(["build", "--mode=dev", "--cc", "cc", "same.mochi"]).args(linker).env("PATH", path);
        build.env("MOCHI_CACHE_MB", "0");
        let output = build.output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&Command::new(folder.join("same")).output().unwrap().stdout).starts_with("6 of"));
        log.exists()
    };
    assert!(links(&[], &path));
    assert!(!links(&["--linker", "system"], &path));
    let usual = std::env::var("PATH").unwrap_or_default();
    assert!(links(&["--linker", "bin/ld.lld"], &usual));
    let named = |linker: &str, words: &[&str]| {
        let mut build = command(env!("CARGO_BIN_EXE_mochi"), &folder);
        build.args(["build", "--mode=dev", "--cc", "/usr/bin/cc", "--linker", linker, "same.mochi"]);
        super::fails_as(&folder, build.env("PATH", folder.join("nothing")), words);
    };
    named("lld", &["there is no LLD", "apt install lld", "--linker system"]);
    named("gold", &["there is no linker `gold`"]);
    // Not every compiler can be told.
    let tiny = folder.join("tcc");
    fs::rename(super::script(&folder, "exec cc \"$@\""), &tiny).unwrap();
    let args = ["build", "--cc", tiny.to_str().unwrap(), "--linker", "lld", "same.mochi"];
    fails(&folder, &args, &["tcc` cannot be told to link with LLD", "`zig cc` does so by itself"]);
    fails(
        &folder,
        &["build", "--mode=dev", "--linker", "false", "same.mochi"],
        &["the C compiler failed", "--linker"],
    );
}
