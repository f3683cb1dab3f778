//! The C compilers that build the corpus, where they come from and what they are told.
//!
//! Each way to build is a mode of the corpus (`crates/mochi/tests/corpus.rs`) that starts with `c-`. What is not on the
//! machine is brought into `target/tools`; where that fails, the way is left out and said so. A unit and the runtime must
//! compile without a warning everywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Failure, Result, failed};
use crate::machines::{self, Machine};
use crate::parity::column;
use crate::parity::outcome::{Ran, Selection};
use crate::provision::{Apt, Venv, launcher, link};
use crate::skips::Skips;
use crate::workspace::{self, on_path, succeed};

/// A way to build programs.
pub struct Way {
    /// The mode of the corpus.
    pub mode: &'static str,
    compiler: &'static Compiler,
    /// Options of `mochi build`; those after `--` are the C compiler's.
    args: &'static str,
    pub env: &'static [(&'static str, &'static str)],
    /// What runs the programs; this machine without.
    machine: Option<&'static Machine>,
    /// Whether LLD links, and not the compiler's own linker.
    lld: bool,
    /// `cargo xtask test` takes one program in so many, since all would take longer than the rest of it; none without.
    pub share: Option<usize>,
}

impl Way {
    /// What it builds for, when that is not this machine.
    fn target(&self) -> Option<&'static str> {
        self.args.split_whitespace().find_map(|word| word.strip_prefix("--target="))
    }

    /// What its programs run on.
    pub fn place(&self) -> &'static str {
        self.target().or(self.machine.map(|machine| machine.name)).unwrap_or(column::HERE)
    }

    /// The command that builds.
    pub fn description(&self) -> String {
        let linker = if self.lld { "--linker=ld.lld " } else { "" };
        format!("mochi build --cc={} {linker}{}", self.compiler.name, self.args)
    }
}

/// What GCC and those that take its options are asked to complain about.
macro_rules! strict {
    () => {
        "-- -Wall -Wextra -Wpedantic -Werror"
    };
}

/// Through C, which must be C99 without a doubt.
pub const DEV: Way = Way {
    mode: "c",
    compiler: &SYSTEM,
    args: concat!("--mode=dev ", strict!()),
    env: &[],
    machine: None,
    lld: false,
    share: Some(1),
};
/// As users build, by the system's compiler. Optimised code is where the collector could miss a handle, so it collects at
/// every allocation.
pub const OPTIMISED: Way = Way {
    mode: "c-release",
    compiler: &SYSTEM,
    args: strict!(),
    env: &[("MOCHI_GC_STRESS", "1")],
    machine: None,
    lld: false,
    share: Some(6),
};
/// The other large compiler.
pub const CLANG: Way = Way {
    mode: "c-clang",
    compiler: &CLANG_19,
    args: strict!(),
    env: &[],
    machine: None,
    lld: false,
    share: Some(6),
};
/// The other large linker.
pub const LLD: Way = Way { mode: "c-lld", lld: true, env: &[], share: Some(24), ..OPTIMISED };
/// The compiler without a single extension that we use.
pub const TINY: Way = Way {
    mode: "c-tcc",
    compiler: &TCC,
    args: "--mode=dev -- -Wall -Werror",
    env: &[],
    machine: None,
    lld: false,
    share: Some(2),
};
/// Clang again, newer, with another C library behind it: few programs have to do.
pub const ZIG_CC: Way = Way {
    mode: "c-zig",
    compiler: &ZIG,
    args: strict!(),
    env: &[],
    machine: None,
    lld: false,
    share: Some(50),
};

/// With everything that GCC can check at run time, and a collection at every allocation. Handles are looked for on the
/// stack, so locals must be there; what is in use at the end was not lost.
pub const SANITISED: Way = Way {
    mode: "c-sanitised",
    compiler: &SYSTEM,
    args: "--mode=dev -- -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer",
    env: &[
        ("MOCHI_GC_STRESS", "1"),
        ("ASAN_OPTIONS", "detect_stack_use_after_return=0:detect_leaks=0:allocator_may_return_null=1"),
        ("UBSAN_OPTIONS", "print_stacktrace=1"),
    ],
    machine: None,
    lld: false,
    share: Some(12),
};

/// Without a C library, by each compiler, since each links by itself in its own way. What the system's makes collects at
/// every allocation.
pub const NO_LIBC: Way = Way {
    mode: "c-no-libc",
    compiler: &SYSTEM,
    args: concat!("--no-libc ", strict!()),
    env: &[("MOCHI_GC_STRESS", "1")],
    machine: None,
    lld: false,
    share: Some(8),
};
pub const NO_LIBC_CLANG: Way = Way {
    mode: "c-no-libc-clang",
    compiler: &CLANG_19,
    args: concat!("--no-libc ", strict!()),
    env: &[],
    machine: None,
    lld: false,
    share: Some(40),
};
pub const NO_LIBC_TINY: Way = Way {
    mode: "c-no-libc-tcc",
    compiler: &TCC,
    args: "--no-libc --mode=dev -- -Wall -Werror",
    env: &[],
    machine: None,
    lld: false,
    share: Some(40),
};

/// Clang's, which looks at calls through function pointers too.
pub const SANITISED_CLANG: Way =
    Way { mode: "c-clang-sanitised", compiler: &CLANG_19, share: Some(24), ..SANITISED };

/// Without an operating system: memory as large as the emulated machine has, so that most programs fit.
macro_rules! board {
    ($more:literal) => {
        concat!("--mode=embedded --memory=4M --stack=1M ", strict!(), $more)
    };
}
pub const CORTEX_M3: Way = Way {
    mode: "c-cortex-m3",
    compiler: &ARM_GCC,
    args: board!(""),
    env: &[],
    machine: Some(&machines::CORTEX_M3),
    lld: false,
    share: Some(16),
};
/// With a collection at every allocation, since halves of cells are in registers here.
pub const CORTEX_M3_ZIG: Way = Way {
    mode: "c-cortex-m3-zig",
    compiler: &ZIG,
    args: board!(" -DMOCHI_STRESS"),
    env: &[],
    machine: Some(&machines::CORTEX_M3),
    lld: false,
    share: Some(40),
};

/// Programs for other machines, all by Zig, as its users get them. Where programs start slowly, few of them are enough to
/// show what the system makes different.
const fn elsewhere(
    mode: &'static str,
    args: &'static str,
    machine: Option<&'static Machine>,
    share: usize,
) -> Way {
    Way { mode, compiler: &ZIG, args, env: &[], machine, lld: false, share: Some(share) }
}
macro_rules! target {
    ($name:literal) => {
        // Headers of newer C libraries expand to C11.
        concat!("--target=", $name, " ", strict!(), " -Wno-c11-extensions")
    };
}
pub const MUSL: Way = elsewhere("c-musl", target!("x86_64-linux-musl"), None, 24);
pub const AARCH64: Way =
    elsewhere("c-aarch64", target!("aarch64-linux-gnu"), Some(&machines::QEMU_AARCH64), 30);
pub const AARCH64_MUSL: Way = Way {
    share: None,
    ..elsewhere("c-aarch64-musl", target!("aarch64-linux-musl"), Some(&machines::QEMU_AARCH64), 1)
};
pub const RISCV64: Way =
    elsewhere("c-riscv64", target!("riscv64-linux-gnu"), Some(&machines::QEMU_RISCV64), 30);
pub const RISCV64_MUSL: Way = Way {
    share: None,
    ..elsewhere("c-riscv64-musl", target!("riscv64-linux-musl"), Some(&machines::QEMU_RISCV64), 1)
};
pub const NO_LIBC_AARCH64: Way =
    elsewhere("c-no-libc-aarch64", target!("aarch64-linux-none"), Some(&machines::QEMU_AARCH64), 60);
pub const NO_LIBC_RISCV64: Way =
    elsewhere("c-no-libc-riscv64", target!("riscv64-linux-none"), Some(&machines::QEMU_RISCV64), 60);
pub const WINDOWS: Way = elsewhere("c-windows", target!("x86_64-windows-gnu"), Some(&machines::WINE), 20);
pub const WINDOWS_AARCH64: Way =
    elsewhere("c-windows-arm", target!("aarch64-windows-gnu"), Some(&machines::WINE_AARCH64), 40);
pub const MACOS: Way = elsewhere("c-macos", target!("x86_64-macos"), Some(&machines::MACOS), 40);
pub const MACOS_AARCH64: Way =
    elsewhere("c-macos-arm", target!("aarch64-macos"), Some(&machines::MACOS_AARCH64), 80);
/// Every allocation collects, since handles are not where they are elsewhere, and the stack is as deep as elsewhere.
pub const WASI: Way = Way {
    env: &[("MOCHI_GC_STRESS", "1"), ("MOCHI_MAX_DEPTH", "1048576")],
    ..elsewhere(
        "c-wasi",
        concat!(target!("wasm32-wasi"), " -Wl,-z,stack-size=1073741824"),
        Some(&machines::WASMTIME),
        30,
    )
};

/// Those of other machines than this one. Zig makes each C library once, which takes longer than the programs: Linux with
/// glibc and musl is told apart on one machine.
pub const ELSEWHERE: &[&Way] = &[
    &MUSL,
    &AARCH64,
    &RISCV64,
    &NO_LIBC_AARCH64,
    &NO_LIBC_RISCV64,
    &WINDOWS,
    &WINDOWS_AARCH64,
    &MACOS,
    &MACOS_AARCH64,
    &WASI,
    &CORTEX_M3,
    &CORTEX_M3_ZIG,
];
/// Those of this machine without a C library.
pub const ALONE: &[&Way] = &[&NO_LIBC, &NO_LIBC_CLANG, &NO_LIBC_TINY];
/// Those that are taken on request only.
const ON_REQUEST: &[&Way] = &[&AARCH64_MUSL, &RISCV64_MUSL];
const HERE: &[&Way] = &[&DEV, &OPTIMISED, &LLD, &CLANG, &TINY, &ZIG_CC, &SANITISED, &SANITISED_CLANG];

/// Every way to build.
pub fn ways() -> impl Iterator<Item = &'static Way> {
    HERE.iter().chain(ALONE).chain(ELSEWHERE).chain(ON_REQUEST).copied()
}

/// A C compiler.
struct Compiler {
    name: &'static str,
    /// Brings it into `target/tools`, as a file in `bin` there.
    bring: Option<fn(&Path) -> Result<()>>,
    /// Whether it makes programs for this machine.
    native: bool,
}

const SYSTEM: Compiler = Compiler { name: "cc", bring: None, native: true };
const CLANG_19: Compiler = Compiler { name: "clang", bring: Some(bring_clang), native: true };
const TCC: Compiler = Compiler { name: "tcc", bring: Some(bring_tcc), native: true };
const ZIG: Compiler = Compiler { name: "zig", bring: Some(bring_zig), native: true };
const ARM_GCC: Compiler = Compiler { name: "arm-none-eabi-gcc", bring: Some(bring_arm_gcc), native: false };

/// Whether what is built for other machines is the same for everyone and can be read by other tools.
pub fn check_outputs(root: &Path, skips: &mut Skips) -> Result<()> {
    let zig = match ZIG.find(root) {
        Ok(zig) => zig,
        Err(Failure::Failed(why) | Failure::Usage(why)) => {
            skips.add("c-outputs", format!("there is no zig: {why}"));
            return Ok(());
        }
    };
    let mut targets: Vec<&str> = ELSEWHERE.iter().filter_map(|way| way.target()).collect();
    targets.extend(["x86_64-linux-gnu", "x86_64-linux-none", "thumbv7m-none-eabi"]);
    let mut command = workspace::cargo(root);
    command.args(["test", "--package", "mochi", "--test", "foreign", "--quiet"]);
    // What stands for Windows was brought before, where it can be.
    let wine = WINDOWS.machine.map(|machine| machine.find(&tools_folder(root)?)).and_then(Result::ok);
    command.envs(wine.map(|runner| ("MOCHI_RUN_WINDOWS", runner)));
    succeed(command.env("MOCHI_ZIG", zig).env("MOCHI_TARGETS", targets.join(",")))
}

/// What is made for a machine without an operating system: sizes, ends, and code of the machine's own.
pub fn check_board(root: &Path, skips: &mut Skips) -> Result<()> {
    let found = ARM_GCC.find(root).and_then(|gcc| Ok((gcc, machines::CORTEX_M3.find(&tools_folder(root)?)?)));
    let (gcc, board) = match found {
        Ok(found) => found,
        Err(Failure::Failed(why) | Failure::Usage(why)) => {
            skips.add("c-board", why);
            return Ok(());
        }
    };
    let mut command = workspace::cargo(root);
    command.args(["test", "--package", "mochi", "--test", "embedded", "--quiet"]);
    succeed(command.env("MOCHI_ARM_GCC", gcc).env("MOCHI_BOARD", board))
}

/// What builds and runs programs in a way.
struct Tools {
    compiler: PathBuf,
    runner: Option<PathBuf>,
    linker: Option<PathBuf>,
}

impl Way {
    /// Finds or brings them; what is missing is the error.
    fn tools(&self, root: &Path) -> std::result::Result<Tools, String> {
        fn found<T>(result: Result<T>, what: impl FnOnce() -> String) -> std::result::Result<T, String> {
            result.map_err(|failure| format!("{}: {}", what(), failure.message()))
        }
        let brought = found(tools_folder(root), || "there is no folder for tools".into())?;
        let compiler = found(self.compiler.find(root), || format!("there is no {}", self.compiler.name))?;
        let runner = self.machine.map(|machine| machine.find(&brought)).transpose();
        let linker = self.lld.then(|| lld(&brought)).transpose();
        Ok(Tools {
            compiler,
            runner: found(runner, || "nothing runs its programs".into())?,
            linker: found(linker, || "there is no LLD".into())?,
        })
    }
}

/// Runs a command of the corpus in a way, and where all programs are asked for, elementary functions.
pub fn run(root: &Path, way: &Way, mut corpus: Command, selection: &Selection) -> Result<Ran> {
    let tools = match way.tools(root) {
        Ok(tools) => tools,
        Err(why) => return Ok(Ran::Missing(why)),
    };
    let linker = tools.linker.map_or(String::new(), |file| format!("--linker={}", file.display()));
    corpus
        .env("MOCHI_MODE", way.mode)
        .env("MOCHI_BUILD_ARGS", format!("--cc={} {linker} {}", tools.compiler.display(), way.args))
        .envs(way.env.iter().copied())
        .envs(tools.runner.as_ref().map(|runner| ("MOCHI_RUNNER", runner)));
    let programs = succeed(&mut corpus);
    // Without a C library nothing reads the arguments.
    let target = way.target().filter(|target| !target.ends_with("-none") && selection.only.is_empty());
    // Under Wine this takes minutes: only with all programs.
    let target = target.filter(|target| selection.share == 1 || !target.contains("windows"));
    let functions =
        target.map_or(Ok(()), |target| elementary(root, &tools.compiler, target, tools.runner.as_deref()));
    programs.and(functions).map(|()| Ran::Done)
}

/// Whether elementary functions have the bits there that they have here.
fn elementary(root: &Path, compiler: &Path, target: &str, runner: Option<&Path>) -> Result<()> {
    let mut command = workspace::cargo(root);
    command.args(["test", "--package", "mochi-runtime", "--test", "c_elementary", "--quiet"]);
    command.env("CC", format!("{} cc -fno-sanitize=all -target {target}", compiler.display()));
    succeed(command.envs(runner.map(|runner| ("MOCHI_RUNNER", runner))))
}

/// Where tools are brought, with a folder for those that can be started.
pub fn tools_folder(root: &Path) -> Result<PathBuf> {
    let tools = root.join("target/tools");
    fs::create_dir_all(tools.join("bin")).context(|| format!("create {}", tools.display()))?;
    tools.canonicalize().context(|| format!("find {}", tools.display()))
}

impl Compiler {
    /// The compiler that was brought, or one that is installed, or one that can be brought.
    fn find(&self, root: &Path) -> Result<PathBuf> {
        let tools = tools_folder(root)?;
        let brought = tools.join("bin").join(self.name);
        let mut why = format!("`{}` is not installed", self.name);
        if let Some(bring) = self.bring
            && !self.works(&brought, &tools)
        {
            eprintln!("bringing {}", self.name);
            if let Err(Failure::Failed(trouble) | Failure::Usage(trouble)) = bring(&tools) {
                why = trouble;
            }
        }
        let places = [Some(brought), on_path(self.name)];
        match places.into_iter().flatten().find(|file| self.works(file, &tools)) {
            Some(file) => Ok(file),
            None => failed(why),
        }
    }

    fn works(&self, file: &Path, scratch: &Path) -> bool {
        match self.native {
            true => works(file, scratch),
            false => {
                file.is_file()
                    && Command::new(file)
                        .arg("--version")
                        .output()
                        .is_ok_and(|output| output.status.success())
            }
        }
    }
}

/// Whether a compiler makes a program that runs.
fn works(compiler: &Path, scratch: &Path) -> bool {
    let (source, made) = (scratch.join("probe.c"), scratch.join("probe"));
    if !compiler.is_file() || fs::write(&source, "int main(void) { return 0; }\n").is_err() {
        return false;
    }
    let mut command = Command::new(compiler);
    command.args(compiler.ends_with("zig").then_some("cc")).arg(&source).arg("-o").arg(&made);
    let ends_well = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    ends_well(&mut command) && ends_well(&mut Command::new(&made))
}

/// Clang needs the directory of its libraries, which are not where its package has them.
fn bring_clang(tools: &Path) -> Result<()> {
    let folder = tools.join("clang");
    let packages =
        ["clang-19", "libclang-cpp19", "libllvm19", "libclang-common-19-dev", "libclang-rt-19-dev"];
    Apt::own(tools)?.unpack(&packages, &folder)?;
    let (usr, libraries) = (folder.join("usr"), library_folder(&folder)?);
    let command = format!(
        "LD_LIBRARY_PATH='{}' exec '{}'",
        libraries.display(),
        usr.join("lib/llvm-19/bin/clang").display()
    );
    launcher(&tools.join("bin/clang"), &command)
}

/// Clang's libraries are LLD's.
fn lld(tools: &Path) -> Result<PathBuf> {
    let (folder, script) = (tools.join("lld"), tools.join("bin/ld.lld"));
    if script.is_file() {
        return Ok(script);
    }
    eprintln!("bringing lld");
    Apt::own(tools)?.unpack(&["lld-19", "libllvm19"], &folder)?;
    let (libraries, file) = (library_folder(&folder)?, folder.join("usr/lib/llvm-19/bin/ld.lld"));
    let command = format!("LD_LIBRARY_PATH='{}' exec '{}'", libraries.display(), file.display());
    launcher(&script, &command)?;
    Ok(script)
}

/// Tools of LLVM 19.
pub struct Llvm {
    /// The C compiler.
    pub clang: PathBuf,
    /// The disassembler.
    pub objdump: PathBuf,
}

/// Zig's C compiler, which is a linker for everything.
pub fn zig(root: &Path) -> Result<PathBuf> {
    ZIG.find(root)
}

/// Clang 19 and its disassembler.
pub fn llvm(root: &Path) -> Result<Llvm> {
    let tools = tools_folder(root)?;
    let objdump = tools.join("bin/llvm-objdump");
    if !objdump.is_file() {
        eprintln!("bringing llvm-objdump");
        bring_objdump(&tools)?;
    }
    Ok(Llvm { clang: CLANG_19.find(root)?, objdump })
}

fn bring_objdump(tools: &Path) -> Result<()> {
    let folder = tools.join("llvm");
    Apt::own(tools)?.unpack_files("llvm-19", &["./usr/lib/llvm-19/bin/llvm-objdump"], &folder)?;
    Apt::own(tools)?.unpack(&["libllvm19"], &folder)?;
    let command = format!(
        "LD_LIBRARY_PATH='{}' exec '{}'",
        library_folder(&folder)?.display(),
        folder.join("usr/lib/llvm-19/bin/llvm-objdump").display()
    );
    launcher(&tools.join("bin/llvm-objdump"), &command)
}

fn bring_tcc(tools: &Path) -> Result<()> {
    let folder = tools.join("tcc");
    Apt::own(tools)?.unpack(&["tcc"], &folder)?;
    let own = library_folder(&folder)?.join("tcc");
    let command = format!("exec '{}' -B '{}'", folder.join("usr/bin/tcc").display(), own.display());
    launcher(&tools.join("bin/tcc"), &command)
}

fn bring_zig(tools: &Path) -> Result<()> {
    let folder = Venv::with(tools, "zig-venv", "ziglang==0.17.1")?.folder_of("ziglang")?;
    link(&folder.join("zig"), &tools.join("bin/zig"))
}

/// Of its libraries only those for the processor are taken.
fn bring_arm_gcc(tools: &Path) -> Result<()> {
    const OWN: &str = "./usr/lib/gcc/arm-none-eabi/12.2.1";
    let folder = tools.join("arm-gcc");
    let parts =
        ["cc1", "collect2", "include", "include-fixed", "lto-wrapper", "liblto_plugin.so", "thumb/v7-m"];
    let files: Vec<String> = parts.iter().map(|part| format!("{OWN}/{part}")).collect();
    let mut files: Vec<&str> = files.iter().map(String::as_str).collect();
    files.extend(["./usr/bin/arm-none-eabi-gcc", "./usr/bin/arm-none-eabi-gcc-12.2.1"]);
    Apt::own(tools)?.unpack_files("gcc-arm-none-eabi", &files, &folder)?;
    Apt::own(tools)?.unpack(&["binutils-arm-none-eabi"], &folder)?;
    let command = format!("exec '{}'", folder.join("usr/bin/arm-none-eabi-gcc").display());
    launcher(&tools.join("bin/arm-none-eabi-gcc"), &command)
}

/// Where unpacked packages have their libraries: `usr/lib/x86_64-linux-gnu` on such a machine.
fn library_folder(unpacked: &Path) -> Result<PathBuf> {
    let lib = unpacked.join("usr/lib");
    let entries = fs::read_dir(&lib).context(|| format!("list {}", lib.display()))?;
    let found = entries.flatten().map(|entry| entry.path()).find(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with("-linux-gnu"))
    });
    found.map_or_else(|| failed(format!("{} has no libraries", lib.display())), Ok)
}
