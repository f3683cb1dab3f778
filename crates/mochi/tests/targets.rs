//! `mochi build --target` and `mochi targets`: which compiler is taken, what it is told, and what goes wrong. That programs
//! for other machines behave is shown by `cargo xtask parity`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[cfg(unix)]
mod tool;

/// A folder for one test with a program in it, and nothing else.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("targets").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("six.mochi"), "print(6)\n").unwrap();
    path
}

/// Runs `mochi` where the only programs are those in `bin`.
fn mochi(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.args(args).current_dir(folder).env("PATH", folder.join("bin"));
    command.env("MOCHI_CACHE_DIR", folder.join("cache")).output().unwrap()
}

fn fails(folder: &Path, args: &[&str], words: &[&str]) {
    let output = mochi(folder, args);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    words.iter().for_each(|word| assert!(stderr.contains(word), "no `{word}` in {stderr}"));
}

/// A program that shows how it was called and fails.
#[cfg(unix)]
fn shows_itself(folder: &Path, name: &str) {
    fs::create_dir_all(folder.join("bin")).unwrap();
    let text = format!("case $* in *-E*) exit 0; esac\necho {name} \"$@\" >&2\nexit 1");
    tool::script(&folder.join("bin").join(name), &text);
}

#[test]
fn wrong_names() {
    let folder = folder("wrong");
    let args = ["build", "--target", "aarch64-linux-gnuu", "six.mochi"];
    fails(&folder, &args, &["unknown target `aarch64-linux-gnuu`; did you mean `aarch64-linux-gnu`?"]);
    let both = mochi(&folder, &["build", "--portable", "--target=wasm32-wasi", "six.mochi"]);
    assert_eq!(both.status.code(), Some(1));
}

/// Every place is named, whatever the library does in between; what the program does not get to is no matter.
#[test]
#[cfg(target_os = "linux")]
fn what_a_target_lacks() {
    let folder = folder("lacks");
    let program = "import go \"net\" auto\nfun unused(): int { return len(net.LookupHost(\"a\")) }\n\
                   fun host(): int { return len(net.LookupHost(\"b\")) }\nprint(host())\nlet look = net.LookupHost\nprint(look(\"c\"))\n";
    fs::write(folder.join("hosts.mochi"), program).unwrap();
    let words = [
        "error[E003]: `net.LookupHost` needs addresses of hosts, which programs for",
        "--> hosts.mochi:3:30",
        "--> hosts.mochi:5:12",
    ];
    fails(&folder, &["build", "--no-libc", "hosts.mochi"], &words);
    let output = mochi(&folder, &["build", "--no-libc", "hosts.mochi"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("hosts.mochi:2:"));
    let windows = ["build", "--no-libc", "--target=x86_64-windows-gnu", "six.mochi"];
    fails(&folder, &windows, &["`--no-libc` is for Linux"]);
}

/// Files, the time and the like are not there without an operating system.
#[test]
fn what_a_board_lacks() {
    let folder = folder("board");
    let program = "import go \"os\" auto\ntype P { x: int }\nlet ps = load \"p.json\" as P\nsave ps to \"q.json\"\n\
                   print(now() > 0, os.Getenv(\"HOME\"))\n";
    fs::write(folder.join("files.mochi"), program).unwrap();
    let words = [
        "error[E003]: `load` needs files, which programs for thumbv7m-none-eabi do not have",
        "--> files.mochi:3:10",
        "`save` needs files",
        "`now` needs a clock",
        "`os.Getenv` needs an environment",
    ];
    fails(&folder, &["build", "--mode=embedded", "files.mochi"], &words);
    let wrong: [(&[&str], &str); 6] = [
        (&["--mode=embedded", "--target=x86_64-linux-gnu"], "is for machines without an operating system"),
        (&["--memory=64K"], "only machines without an operating system are told their memory"),
        (&["--mode=embedded", "--memory=2K"], "12K of memory at least"),
        (&["--mode=embedded", "--memory=16K", "--stack=16K"], "leaves too little"),
        (&["--mode=embedded", "--emit=c", "--link=uart.c"], "nothing is linked here"),
        (&["--mode=embedded", "--linker-script=none.ld"], "there is no file `none.ld` to link"),
    ];
    for (options, words) in wrong {
        fails(&folder, &[&["build", "six.mochi", "-o", "six"], options].concat(), &[words]);
    }
    let words = ["needs a C compiler for that", "zig cc, arm-none-eabi-gcc, clang"];
    fails(&folder, &["build", "--mode=embedded", "six.mochi"], &words);
}

#[test]
fn without_a_compiler_for_the_target() {
    let folder = folder("none");
    let words =
        ["--target aarch64-linux-gnu", "zig cc, aarch64-linux-gnu-gcc, clang", "apt install gcc-aarch64"];
    fails(&folder, &["build", "--target=aarch64-linux-gnu", "six.mochi"], &words);
    fails(&folder, &["build", "--target=wasm32-wasi", "six.mochi"], &["pip install ziglang"]);
}

/// Zig before the target's own GCC before Clang; each is told about the target in its way.
#[test]
#[cfg(unix)]
fn the_compiler_of_a_target() {
    let folder = folder("order");
    let build = ["build", "--target=riscv64-linux-gnu", "--emit=obj", "six.mochi"];
    shows_itself(&folder, "cc");
    shows_itself(&folder, "clang");
    fails(&folder, &build, &["clang", "--target=riscv64-linux-gnu"]);
    shows_itself(&folder, "riscv64-linux-gnu-gcc");
    fails(&folder, &build, &["riscv64-linux-gnu-gcc -std=c99"]);
    shows_itself(&folder, "zig");
    fails(&folder, &build, &["zig cc", "-target riscv64-linux-gnu.2.31"]);
    fails(&folder, &["build", "--emit=obj", "six.mochi"], &["zig cc", "-mcpu=baseline"]);
    let gcc =
        ["build", "--target=riscv64-linux-gnu", "--cc=riscv64-linux-gnu-gcc", "--emit=obj", "six.mochi"];
    fails(&folder, &gcc, &["riscv64-linux-gnu-gcc -std=c99"]);
    if cfg!(target_os = "linux") {
        fails(&folder, &["build", "--portable", "--emit=obj", "six.mochi"], &["-linux-musl"]);
    }
}

/// A compiler of another target that is killed, or that has no room, leaves nothing either.
#[test]
#[cfg(unix)]
fn compilers_of_targets_that_fail() {
    let folder = folder("faults");
    fs::create_dir_all(folder.join("bin")).unwrap();
    let cases = [
        ("kill -9 $$", &["(signal: 9", "zig cc", "-target aarch64-macos", "it was killed"][..]),
        (
            "echo 'error: unable to write: No space left on device' >&2; exit 1",
            &["there is no room", "TMPDIR"],
        ),
    ];
    for (does, words) in cases {
        tool::script(&folder.join("bin/zig"), &format!("case $2 in --version) exit;; esac\n{does}"));
        fails(&folder, &["build", "--target=aarch64-macos", "six.mochi"], words);
        let mut left: Vec<_> =
            fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.file_name()).collect();
        left.retain(|name| name != "cache");
        left.sort();
        assert_eq!(left, ["bin", "six.mochi"]);
    }
}

#[test]
#[cfg(unix)]
fn targets_of_the_project() {
    let folder = folder("own");
    shows_itself(&folder, "zig");
    let text =
        "[target.board]\nbase = \"riscv64-linux-musl\"\ncc = \"zig cc\"\nflags = [\"-mcpu=sifive_u74\"]\n";
    fs::write(folder.join("mochi.toml"), text).unwrap();
    let words = ["-target riscv64-linux-musl -mcpu=sifive_u74"];
    fails(&folder, &["build", "--target", "board", "--emit=obj", "six.mochi"], &words);
    fails(&folder, &["build", "--target", "boart", "six.mochi"], &["did you mean `board`?"]);
    let listed = mochi(&folder, &["targets"]);
    assert!(String::from_utf8_lossy(&listed.stdout).contains("\nboard "));
    fs::write(folder.join("mochi.toml"), "[target.board]\nbase = \"riscv64-linux-musl\"\nflag = []\n")
        .unwrap();
    let words = ["error[M010]", "a target has no key `flag`; did you mean `flags`?", "mochi.toml:3:1"];
    fails(&folder, &["build", "--target", "board", "six.mochi"], &words);
    fails(&folder, &["targets"], &words);
}

#[test]
fn the_list() {
    let folder = folder("list");
    let output = mochi(&folder, &["targets", "--json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().all(|line| line.starts_with("{\"name\":\"") && line.ends_with('}')), "{text}");
    if cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) {
        assert_eq!(text.lines().filter(|line| line.contains("\"host\":true")).count(), 1);
    }
}
