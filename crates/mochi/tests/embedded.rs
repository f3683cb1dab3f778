//! Programs for a machine without an operating system: how small they are, what ends them, and that a machine's own code can
//! take the place of ours. That they behave is the corpus' to show (`c-cortex-m3`).
//!
//! `MOCHI_ARM_GCC` names a GCC for the processor, `MOCHI_BOARD` what runs the results; `cargo xtask test` sets both. What
//! needs none of them is in `targets.rs`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use object::{Object, ObjectSection};

struct Tools {
    gcc: String,
    board: String,
}

fn tools() -> Option<Tools> {
    let (Ok(gcc), Ok(board)) = (std::env::var("MOCHI_ARM_GCC"), std::env::var("MOCHI_BOARD")) else {
        eprintln!("left out: MOCHI_ARM_GCC and MOCHI_BOARD are not set");
        return None;
    };
    Some(Tools { gcc, board })
}

/// A folder with the example, and nothing else.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("embedded").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/board");
    for entry in fs::read_dir(example).unwrap().flatten() {
        fs::copy(entry.path(), path.join(entry.file_name())).unwrap();
    }
    path
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn succeeds(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", text(&output.stderr));
    output
}

impl Tools {
    fn build(&self, folder: &Path, args: &[&str]) -> Command {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("build-cache");
        let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
        command.current_dir(folder).env("MOCHI_CACHE_DIR", cache);
        command.args(["build", "--cc", &self.gcc]).args(args);
        command
    }
    /// GCC with the options of the processor, warnings being errors.
    fn compiler(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.gcc);
        command.current_dir(folder).args(["-mcpu=cortex-m3", "-mthumb", "-ffreestanding", "-Os", "-std=c99"]);
        command.args(["-ffunction-sections", "-fdata-sections", "-fno-strict-aliasing", "-ffp-contract=off"]);
        command.arg("-fno-optimize-sibling-calls");
        command.args(["-Wall", "-Wextra", "-Wpedantic", "-Werror"]);
        command
    }
    /// Runs a program whose output comes out of the board's UART, and which resets the board at its end.
    fn by_uart(&self, folder: &Path, program: &str) -> String {
        let mut run = Command::new(&self.board);
        run.current_dir(folder).arg(program).args(["-no-reboot"]).env("MOCHI_SERIAL", "stdio");
        text(&succeeds(&mut run).stdout).replace("\r\n", "\n")
    }
    /// Builds a program with 16 KiB of memory and runs it: output, errors, status.
    fn in_little_memory(&self, folder: &Path, program: &str) -> (String, String, Option<i32>) {
        fs::write(folder.join("little.mochi"), program).unwrap();
        succeeds(&mut self.build(folder, &["--mode=embedded", "--memory=16K", "--stack=6K", "little.mochi"]));
        let output = Command::new(&self.board).arg(folder.join("little.elf")).output().unwrap();
        (text(&output.stdout), text(&output.stderr), output.status.code())
    }
}

/// Code and constants, variables.
fn sizes(bytes: &[u8]) -> (u64, u64) {
    let file = object::File::parse(bytes).unwrap();
    let of = |names: &[&str]| {
        let sections =
            file.sections().filter(|section| section.name().is_ok_and(|name| names.contains(&name)));
        sections.map(|section| section.size()).sum()
    };
    (of(&[".text", ".data"]), of(&[".data", ".bss"]))
}

#[test]
fn hello_is_small() {
    /// 7.8 KB when this was written.
    const MOST_FLASH: u64 = 9 << 10;
    /// 4.0 KB.
    const MOST_MEMORY: u64 = 5 << 10;
    let Some(tools) = tools() else { return };
    let folder = folder("hello");
    fs::write(folder.join("hello.mochi"), "print(\"hello\")\n").unwrap();
    succeeds(&mut tools.build(&folder, &["--mode=embedded", "--memory=12K", "--verify", "hello.mochi"]));
    let output = succeeds(Command::new(&tools.board).arg(folder.join("hello.elf")));
    assert_eq!(text(&output.stdout), "hello\n");
    let (flash, memory) = sizes(&fs::read(folder.join("hello.elf")).unwrap());
    assert!(flash <= MOST_FLASH && memory <= MOST_MEMORY, "{flash} bytes of code, {memory} bytes of data");
}

/// The example in docs/embedded.md: functions of the board take the place of ours.
#[test]
fn output_by_code_of_the_board() {
    let Some(tools) = tools() else { return };
    let folder = folder("uart");
    succeeds(&mut tools.build(&folder, &["--mode=embedded", "--target=board", "main.mochi"]));
    let expected = fs::read_to_string(folder.join("main.out")).unwrap();
    assert_eq!(tools.by_uart(&folder, "main.elf"), expected);
    let missing = tools.build(&folder, &["--mode=embedded", "--link=no.c", "main.mochi"]).output().unwrap();
    assert!(text(&missing.stderr).contains("there is no file `no.c` to link"), "{}", text(&missing.stderr));
}

/// With a start and a linker script of one's own, from an object or from C.
#[test]
fn linked_by_hand() {
    let Some(tools) = tools() else { return };
    let folder = folder("by-hand");
    let expected = fs::read_to_string(folder.join("main.out")).unwrap();
    succeeds(&mut tools.build(&folder, &["--mode=embedded", "--emit=obj", "-o", "main.o", "main.mochi"]));
    succeeds(&mut tools.build(&folder, &["--mode=embedded", "--emit=c", "-o", "main.c", "main.mochi"]));
    for program in ["main.o", "main.c"] {
        let mut link = tools.compiler(&folder);
        link.args([program, "start.c", "uart.c", "-nostdlib", "-T", "own.ld", "-Wl,--gc-sections", "-lgcc"]);
        succeeds(link.args(["-o", "own.elf"]));
        assert_eq!(tools.by_uart(&folder, "own.elf"), expected, "{program}");
    }
}

/// What the program printed before comes out, then the error, as elsewhere.
#[test]
fn memory_and_stack_end() {
    let Some(tools) = tools() else { return };
    let folder = folder("ends");
    let endless = "print(\"before\")\nvar xs: list<string> = []\nwhile len(xs) < 1000000 { xs = append(xs, \"item \" + str(len(xs))) }\nprint(xs[7])\n";
    let (out, err, status) = tools.in_little_memory(&folder, endless);
    assert_eq!((out.as_str(), status), ("before\n", Some(1)), "{err}");
    assert!(err.starts_with("error: out of memory"), "{err}");
    let deep = "fun down(n: int): int { return 1 + down(n + 1) }\nprint(\"before\")\nprint(down(0))\n";
    let (out, err, status) = tools.in_little_memory(&folder, deep);
    assert_eq!((out.as_str(), status), ("before\n", Some(1)), "{err}");
    assert!(err.starts_with("error: call stack exceeded ") && err.contains(" frames\n"), "{err}");
    // What is no longer needed is used again: 300 KB go through 16.
    let garbage =
        "var n = 0\nfor i in 0..5000 { n = n + len([str(i), \"some text \" + str(i)]) }\nprint(n)\n";
    assert_eq!(tools.in_little_memory(&folder, garbage), ("10000\n".into(), String::new(), Some(0)));
}

#[test]
fn data_beyond_the_memory() {
    let Some(tools) = tools() else { return };
    let folder = folder("beyond");
    let script = fs::read_to_string(folder.join("own.ld")).unwrap().replace("LENGTH = 64K", "LENGTH = 1K");
    fs::write(folder.join("tight.ld"), script).unwrap();
    let args = ["--mode=embedded", "--linker-script=tight.ld", "main.mochi"];
    let output = tools.build(&folder, &args).output().unwrap();
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("`--memory` gives it more"), "{said}");
}
