//! The targets: what programs are built for, one row each.
//!
//! A row says how each kind of C compiler is told about the target and what the result is; nothing else in the driver
//! asks which target it is. `[target.NAME]` in `mochi.toml` (`custom.rs`) makes further ones out of these.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::PathBuf;

use mochi_abi::RuntimeFn;
use mochi_base::suggest::closest;

use super::board::Board;

/// How an executable is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Linux.
    Elf,
    /// macOS.
    MachO,
    /// Windows.
    Pe,
    /// WebAssembly.
    Wasm,
}

impl Format {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Format::Elf => "elf",
            Format::MachO => "mach-o",
            Format::Pe => "pe",
            Format::Wasm => "wasm",
        }
    }

    /// What names of executables end in.
    pub fn suffix(self) -> &'static str {
        match self {
            Format::Elf | Format::MachO => "",
            Format::Pe => ".exe",
            Format::Wasm => ".wasm",
        }
    }
}

/// How sure it is that programs behave as under `mochi run`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tier {
    /// Every change is tested with all programs of the test suite, on such a machine.
    Whole = 1,
    /// Every change is tested with a part of them, on such a machine or on something that stands for it.
    Part = 2,
    /// Not every change is tested.
    Seldom = 3,
}

/// A target that `mochi` knows.
#[derive(Debug)]
pub struct Row {
    /// What `--target` takes.
    pub name: &'static str,
    /// The architecture, as Rust and `mochi targets` name it.
    pub arch: &'static str,
    /// What `zig cc -target` takes. The version of glibc is the oldest that results run with.
    zig: &'static str,
    /// The GCC for this target alone.
    gcc: &'static str,
    /// What `clang --target` takes.
    clang: &'static str,
    /// How the result is laid out.
    pub format: Format,
    /// The file of `runtime/c` that knows the system.
    pub platform: &'static str,
    /// Options for compiling.
    compile: &'static [&'static str],
    /// Options for linking.
    link: &'static [&'static str],
    /// How much is tested.
    pub tier: Tier,
    /// With what.
    pub tested: &'static str,
    /// The package of Debian that has the GCC.
    package: &'static str,
}

/// What programs stand on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ground {
    /// A C library.
    Library,
    /// The calls of a Linux kernel.
    Kernel,
    /// Nothing.
    Nothing,
}

/// The platform file of [`Ground::Kernel`].
const KERNEL: &str = "linux.c";

/// The platform file of [`Ground::Nothing`].
const NOTHING: &str = "embedded.c";

/// As [`NO_LIBC`]. A call in tail position would take the frame away in which the collector finds what is passed: registers
/// have halves of cells.
const EMBEDDED: &[&str] = &[
    "-DMOCHI_EMBEDDED",
    "-ffreestanding",
    "-fno-stack-protector",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
    "-fno-optimize-sibling-calls",
];

/// Without a C library compilers must not take functions or variables of one for granted; nothing unwinds the stack.
const NO_LIBC: &[&str] =
    &["-DMOCHI_NO_LIBC", "-ffreestanding", "-fno-stack-protector", "-fno-asynchronous-unwind-tables"];
const NO_FILES: &[&str] = &["-nostdlib"];

const UNIX: &[&str] = &["-lpthread"];
const STATIC: &[&str] = &["-static"];
/// Values that the collector must find are on the stack, which is in memory of a size given here.
const WASI: &[&str] = &["-Wl,-z,stack-size=8388608"];

/// Calls in tail position take no stack where the engine is told that they are such.
const TAIL_CALLS: &[&str] = &["-mtail-call"];

/// A target of the project's own may be anything.
const NOT_RUN: &str = "nothing";

/// The targets, in the order of `mochi targets`.
pub const TARGETS: &[Row] = &[
    Row {
        name: "x86_64-linux-gnu",
        arch: "x86_64",
        zig: "x86_64-linux-gnu.2.31",
        gcc: "x86_64-linux-gnu-gcc",
        clang: "x86_64-linux-gnu",
        format: Format::Elf,
        platform: "unix.c",
        compile: &[],
        link: UNIX,
        tier: Tier::Whole,
        tested: "the whole test suite, by four compilers",
        package: "gcc",
    },
    Row {
        name: "x86_64-linux-musl",
        arch: "x86_64",
        zig: "x86_64-linux-musl",
        gcc: "x86_64-linux-musl-gcc",
        clang: "x86_64-linux-musl",
        format: Format::Elf,
        platform: "unix.c",
        compile: &[],
        link: STATIC,
        tier: Tier::Part,
        tested: "a part of the test suite",
        package: "musl-tools",
    },
    Row {
        name: "aarch64-linux-gnu",
        arch: "aarch64",
        zig: "aarch64-linux-gnu.2.31",
        gcc: "aarch64-linux-gnu-gcc",
        clang: "aarch64-linux-gnu",
        format: Format::Elf,
        platform: "unix.c",
        compile: &[],
        link: UNIX,
        tier: Tier::Part,
        tested: "a part of the test suite, under qemu",
        package: "gcc-aarch64-linux-gnu",
    },
    Row {
        name: "aarch64-linux-musl",
        arch: "aarch64",
        zig: "aarch64-linux-musl",
        gcc: "aarch64-linux-musl-gcc",
        clang: "aarch64-linux-musl",
        format: Format::Elf,
        platform: "unix.c",
        compile: &[],
        link: STATIC,
        tier: Tier::Seldom,
        tested: "on request: the test suite, under qemu",
        package: "",
    },
    Row {
        name: "riscv64-linux-gnu",
        arch: "riscv64",
        zig: "riscv64-linux-gnu.2.31",
        gcc: "riscv64-linux-gnu-gcc",
        clang: "riscv64-linux-gnu",
        format: Format::Elf,
        platform: "unix.c",
        compile: &[],
        link: UNIX,
        tier: Tier::Part,
        tested: "a part of the test suite, under qemu",
        package: "gcc-riscv64-linux-gnu",
    },
    Row {
        name: "riscv64-linux-musl",
        arch: "riscv64",
        zig: "riscv64-linux-musl",
        gcc: "riscv64-linux-musl-gcc",
        clang: "riscv64-linux-musl",
        format: Format::Elf,
        platform: "unix.c",
        compile: &[],
        link: STATIC,
        tier: Tier::Seldom,
        tested: "on request: the test suite, under qemu",
        package: "",
    },
    Row {
        name: "x86_64-linux-none",
        arch: "x86_64",
        zig: "x86_64-linux-none",
        gcc: "x86_64-linux-gnu-gcc",
        clang: "x86_64-linux-gnu",
        format: Format::Elf,
        platform: KERNEL,
        compile: NO_LIBC,
        link: NO_FILES,
        tier: Tier::Part,
        tested: "a part of the test suite, by GCC, Clang and tcc",
        package: "gcc",
    },
    Row {
        name: "aarch64-linux-none",
        arch: "aarch64",
        zig: "aarch64-linux-none",
        gcc: "aarch64-linux-gnu-gcc",
        clang: "aarch64-linux-gnu",
        format: Format::Elf,
        platform: KERNEL,
        compile: NO_LIBC,
        link: NO_FILES,
        tier: Tier::Part,
        tested: "a part of the test suite, under qemu",
        package: "gcc-aarch64-linux-gnu",
    },
    Row {
        name: "riscv64-linux-none",
        arch: "riscv64",
        zig: "riscv64-linux-none",
        gcc: "riscv64-linux-gnu-gcc",
        clang: "riscv64-linux-gnu",
        format: Format::Elf,
        platform: KERNEL,
        compile: NO_LIBC,
        link: NO_FILES,
        tier: Tier::Part,
        tested: "a part of the test suite, under qemu",
        package: "gcc-riscv64-linux-gnu",
    },
    Row {
        name: "x86_64-macos",
        arch: "x86_64",
        zig: "x86_64-macos.13.0",
        gcc: "",
        clang: "x86_64-apple-macos13",
        format: Format::MachO,
        platform: "unix.c",
        compile: &[],
        link: UNIX,
        tier: Tier::Part,
        tested: "a part of the test suite, by a loader of our own on Linux; never on macOS",
        package: "",
    },
    Row {
        name: "aarch64-macos",
        arch: "aarch64",
        zig: "aarch64-macos.13.0",
        gcc: "",
        clang: "arm64-apple-macos13",
        format: Format::MachO,
        platform: "unix.c",
        compile: &[],
        link: UNIX,
        tier: Tier::Part,
        tested: "a part of the test suite, by a loader of our own under qemu; never on macOS",
        package: "",
    },
    Row {
        name: "x86_64-windows-gnu",
        arch: "x86_64",
        zig: "x86_64-windows-gnu",
        gcc: "x86_64-w64-mingw32-gcc",
        clang: "x86_64-w64-windows-gnu",
        format: Format::Pe,
        platform: "windows.c",
        compile: &[],
        link: &[],
        tier: Tier::Part,
        tested: "a part of the test suite, under Wine; never on Windows",
        package: "gcc-mingw-w64-x86-64",
    },
    Row {
        name: "aarch64-windows-gnu",
        arch: "aarch64",
        zig: "aarch64-windows-gnu",
        gcc: "aarch64-w64-mingw32-gcc",
        clang: "aarch64-w64-windows-gnu",
        format: Format::Pe,
        platform: "windows.c",
        compile: &[],
        link: &[],
        tier: Tier::Part,
        tested: "a few programs, under Wine and qemu; never on Windows",
        package: "",
    },
    Row {
        name: "wasm32-wasi",
        arch: "wasm32",
        zig: "wasm32-wasi",
        gcc: "",
        clang: "wasm32-wasi",
        format: Format::Wasm,
        platform: "wasi.c",
        compile: TAIL_CALLS,
        link: WASI,
        tier: Tier::Part,
        tested: "a part of the test suite, in Wasmtime, every allocation collecting",
        package: "",
    },
    Row {
        name: "thumbv7m-none-eabi",
        arch: "thumbv7m",
        zig: "thumb-freestanding-eabi",
        gcc: "arm-none-eabi-gcc",
        clang: "thumbv7m-none-eabi",
        format: Format::Elf,
        platform: NOTHING,
        compile: EMBEDDED,
        link: &[],
        tier: Tier::Part,
        tested: "a part of the test suite, on a Cortex-M3 in qemu",
        package: "gcc-arm-none-eabi",
    },
];

/// What [`super::Mode::Embedded`] builds for when nothing is said.
pub(super) const EMBEDDED_TARGET: &str = "thumbv7m-none-eabi";

impl Row {
    /// The row with this name.
    pub fn named(name: &str) -> Option<&'static Row> {
        TARGETS.iter().find(|row| row.name == name)
    }

    /// The row of the machine that `mochi` was made for; `None` where no row fits.
    pub fn host() -> Option<&'static Row> {
        let system = match (std::env::consts::OS, cfg!(target_env = "musl")) {
            ("linux", true) => "linux-musl",
            ("linux", false) => "linux-gnu",
            ("windows", _) => "windows-gnu",
            (system, _) => system,
        };
        Row::named(&format!("{}-{system}", std::env::consts::ARCH))
    }

    /// Whether the compilers of this machine build for it without being told.
    fn is_native(&'static self) -> bool {
        let alike = |host: &'static Row| {
            std::ptr::eq(host, self)
                || (self.ground() == Ground::Kernel && cfg!(target_os = "linux") && host.arch == self.arch)
        };
        Row::host().is_some_and(alike)
    }

    /// What programs stand on.
    pub fn ground(&self) -> Ground {
        match self.platform {
            KERNEL => Ground::Kernel,
            NOTHING => Ground::Nothing,
            _ => Ground::Library,
        }
    }

    /// What a runtime function needs, if there is no such thing.
    pub(super) fn lacks(&self, function: RuntimeFn) -> Option<&'static str> {
        match (self.ground(), function) {
            (Ground::Library, _) => None,
            (Ground::Kernel | Ground::Nothing, RuntimeFn::host_lookup) => Some("addresses of hosts"),
            (Ground::Kernel, _) => None,
            (Ground::Nothing, RuntimeFn::file_open | RuntimeFn::save_open) => Some("files"),
            (Ground::Nothing, RuntimeFn::clock_now | RuntimeFn::clock_monotonic) => Some("a clock"),
            (Ground::Nothing, RuntimeFn::shell_run) => Some("commands"),
            (Ground::Nothing, RuntimeFn::env_get | RuntimeFn::env_all | RuntimeFn::llm_setting) => {
                Some("an environment")
            }
            (Ground::Nothing, _) => None,
        }
    }

    /// The commands that build for this target, as `--cc` takes them, in the order in which they are looked for.
    pub(super) fn compilers(&'static self) -> Vec<&'static str> {
        let own: &[&str] = if self.is_native() { &["cc", "clang", "gcc"] } else { &[] };
        let gcc = (!self.gcc.is_empty() && !own.contains(&self.gcc)).then_some(self.gcc);
        let clang = own.is_empty().then_some("clang");
        ["zig cc"].into_iter().chain(own.iter().copied()).chain(gcc).chain(clang).collect()
    }

    /// What a Zig or a Clang has to be told.
    pub(super) fn zig_flags(&self) -> Vec<&'static str> {
        let mut flags = vec!["-target", self.zig];
        flags.extend((self.ground() == Ground::Nothing).then_some("-mcpu=cortex_m3"));
        flags
    }
    /// What others have to be told of the processor.
    pub(super) fn cpu_flags(&self) -> &'static [&'static str] {
        if self.ground() == Ground::Nothing {
            &["-mcpu=cortex-m3", "-mthumb", "-mfloat-abi=soft"]
        } else {
            &[]
        }
    }
    pub(super) fn clang_flag(&self) -> String {
        format!("--target={}", self.clang)
    }
    pub(super) fn compile_flags(&self) -> &'static [&'static str] {
        self.compile
    }
    pub(super) fn link_flags(&self) -> &'static [&'static str] {
        self.link
    }

    /// Whether executables have the C library in them.
    pub(super) fn is_static(&self) -> bool {
        self.link.contains(&"-static")
    }

    /// What to install when none of the compilers is there.
    pub(super) fn advice(&'static self) -> String {
        let names = self.compilers().join(", ");
        let mut text = format!(
            "`mochi build --target {}` needs a C compiler for that and found none of {names}: install Zig, which \
             builds for every target (`pip install ziglang`, and its folder in PATH)",
            self.name
        );
        if !self.package.is_empty() {
            let _ = write!(text, ", or {} (on Debian `apt install {}`)", self.gcc, self.package);
        }
        text.push_str("; or name a compiler with `--cc`");
        text
    }
}

/// What to build for.
#[derive(Clone, Debug)]
pub struct Target {
    /// What `--target` takes.
    pub name: Cow<'static, str>,
    /// What it is made of.
    pub base: &'static Row,
    /// The C compiler, when it has one of its own.
    pub cc: Option<String>,
    /// Options for it.
    pub flags: Vec<String>,
    /// What is said of its memory.
    pub board: Board,
    /// Files that are linked too.
    pub link: Vec<PathBuf>,
}

impl From<&'static Row> for Target {
    fn from(base: &'static Row) -> Self {
        Target {
            name: Cow::Borrowed(base.name),
            base,
            cc: None,
            flags: Vec::new(),
            board: Board::default(),
            link: Vec::new(),
        }
    }
}

impl Target {
    /// The target with this name: one of the project's or one of the table.
    pub fn named(name: &str, own: &[Target]) -> Result<Target, String> {
        if let Some(target) = own.iter().find(|target| target.name == name) {
            return Ok(target.clone());
        }
        if let Some(row) = Row::named(name) {
            return Ok(row.into());
        }
        let names = TARGETS.iter().map(|row| row.name).chain(own.iter().map(|target| &*target.name));
        let hint = closest(name, names).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Err(format!("unknown target `{name}`{hint} (`mochi targets` lists them)"))
    }

    /// The same without a C library.
    pub fn without_library(mut self) -> Result<Target, String> {
        let row = Row::named(&format!("{}-linux-none", self.base.arch));
        let row = row.filter(|_| self.base.name.contains("-linux-")).ok_or_else(|| {
            format!("`--no-libc` is for Linux, whose calls do not change; `{}` is not that", self.name)
        })?;
        if self.name == self.base.name {
            self.name = Cow::Borrowed(row.name);
        }
        self.base = row;
        Ok(self)
    }

    /// What is static and runs on any Linux of this architecture.
    pub fn portable() -> Result<Target, String> {
        let name = format!("{}-linux-musl", std::env::consts::ARCH);
        let row = Row::named(&name).filter(|_| cfg!(target_os = "linux"));
        row.map(Target::from).ok_or_else(|| {
            "`--portable` makes static executables for Linux of this machine's kind; name a target with `--target`"
                .to_owned()
        })
    }
}

/// The table of `mochi targets`: those that are known, then those of the project.
pub fn table(own: &[Target], json: bool) -> String {
    let host = Row::host();
    let is_host = |target: &Target| {
        target.name == target.base.name && host.is_some_and(|host| std::ptr::eq(host, target.base))
    };
    let all = TARGETS.iter().map(Target::from).chain(own.iter().cloned());
    let mut out = String::new();
    if json {
        for target in all {
            out.push_str(&json_line(&target, is_host(&target)));
        }
        return out;
    }
    let _ = writeln!(out, "{:22}{:6}{:8}{:11}tested with", "target", "tier", "format", "system");
    for target in all {
        let row = target.base;
        let mark = if is_host(&target) { " *" } else { "" };
        let tested = if target.name == row.name { row.tested } else { "nothing: it is the project's own" };
        let _ = writeln!(
            out,
            "{:22}{:<6}{:8}{:11}{tested}",
            format!("{}{mark}", target.name),
            tier(&target) as u8,
            row.format.name(),
            row.platform,
        );
    }
    out.push_str(
        "\n* this machine's. Tier 1: every change is tested with all programs of the test suite; 2: with a part of \
         them;\n3: not every change is tested.\n",
    );
    out
}

/// Options of a project's own may change anything.
fn tier(target: &Target) -> Tier {
    if target.name == target.base.name { target.base.tier } else { Tier::Seldom }
}

fn json_line(target: &Target, host: bool) -> String {
    let row = target.base;
    let own = target.name != row.name;
    let tested = if own { NOT_RUN } else { row.tested };
    // Names of targets are letters, digits, `-`, `_` and `.`: nothing needs an escape.
    format!(
        "{{\"name\":\"{}\",\"base\":\"{}\",\"arch\":\"{}\",\"format\":\"{}\",\"tier\":{},\"tested\":\"{tested}\",\"host\":{host}}}\n",
        target.name,
        row.name,
        row.arch,
        row.format.name(),
        tier(target) as u8,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_the_architecture_and_are_different() {
        for (at, row) in TARGETS.iter().enumerate() {
            assert!(row.name.starts_with(&format!("{}-", row.arch)), "{}", row.name);
            assert!(TARGETS[..at].iter().all(|other| other.name != row.name), "{} is there twice", row.name);
        }
    }

    #[test]
    fn wrong_names_have_a_hint() {
        let error = Target::named("x86_64-linux-gnuu", &[]).unwrap_err();
        assert!(error.contains("did you mean `x86_64-linux-gnu`?"), "{error}");
        assert!(!Target::named("amiga", &[]).unwrap_err().contains("did you mean"));
    }

    #[test]
    fn leaving_out_the_library_keeps_the_rest() {
        let own = Target {
            name: "board".into(),
            flags: vec!["-O3".to_owned()],
            ..Target::named("riscv64-linux-musl", &[]).unwrap()
        };
        let bare = own.without_library().unwrap();
        assert_eq!((&*bare.name, bare.base.name), ("board", "riscv64-linux-none"));
        assert_eq!(bare.flags, ["-O3"]);
        let windows = Target::named("x86_64-windows-gnu", &[]).unwrap();
        assert!(windows.without_library().unwrap_err().contains("is for Linux"));
    }

    #[test]
    fn the_table_has_a_line_for_each() {
        let own = Target { name: "board".into(), ..Target::from(&TARGETS[4]) };
        assert_eq!(table(std::slice::from_ref(&own), true).lines().count(), TARGETS.len() + 1);
        let text = table(&[own], false);
        let line = text.lines().find(|line| line.starts_with("board ")).unwrap();
        assert!(line.contains("elf") && line.ends_with("the project's own"), "{line}");
        assert_eq!(
            text.lines().filter(|line| line.contains(" * ")).count(),
            usize::from(Row::host().is_some())
        );
    }

    #[test]
    fn only_the_host_takes_compilers_for_the_host() {
        for row in TARGETS {
            let host = Row::host().is_some_and(|host| {
                std::ptr::eq(host, row)
                    || (row.name.ends_with("-linux-none")
                        && host.name.starts_with(&format!("{}-linux-", row.arch)))
            });
            assert_eq!(row.compilers().contains(&"cc"), host, "{}", row.name);
            assert_eq!(row.compilers()[0], "zig cc");
        }
    }
}
