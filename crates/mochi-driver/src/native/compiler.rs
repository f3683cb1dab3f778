//! The C compiler of the system.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Instant;

use super::key::file_identity;
use super::target::{Format, Ground, Row, Target};
use super::{Mode, Request};
use crate::compile::Failure;
use crate::group;

/// The compilers that are looked for when no target is named, in this order.
pub const COMPILERS: [&str; 4] = ["zig cc", "cc", "clang", "gcc"];

/// Lines of a compiler's complaints that are shown: the last ones.
const LINES_SHOWN: usize = 20;

/// Options that every unit needs, whatever is optimised for: the code shares words between types, and floats are to be
/// rounded as the interpreter rounds them.
const COMMON: [&str; 3] = ["-std=c99", "-fno-strict-aliasing", "-ffp-contract=off"];

/// A C compiler.
pub(super) struct Compiler {
    program: PathBuf,
    /// What comes before all other arguments.
    first: Vec<OsString>,
    shown: String,
    /// What it builds for; what it builds for by itself without.
    target: Option<Target>,
    identity: OnceLock<String>,
}

impl Compiler {
    /// The compiler with this name or path, or the first that is there of those for the target, of [`COMPILERS`] without.
    pub fn find(wanted: Option<&OsStr>, target: Option<Target>) -> Result<Compiler, String> {
        let own = target.as_ref().and_then(|target| target.cc.clone());
        if let Some(text) = wanted.map(|wanted| wanted.to_string_lossy().into_owned()).or(own) {
            let found = Self::named(&text, target);
            return found.ok_or_else(|| format!("there is no C compiler `{text}`"));
        }
        let names = target.as_ref().map_or_else(|| COMPILERS.to_vec(), |target| target.base.compilers());
        names.iter().find_map(|name| Self::named(name, target.clone()).filter(Self::may_build)).ok_or_else(|| {
            target.map_or_else(
                || {
                    "`mochi build` needs a C compiler and found none of zig, cc, clang and gcc: install one (on \
                     Debian `apt install gcc`), or name it with `--cc`; `mochi doctor` says what else is \
                     missing, and `--bundle` needs none"
                        .to_owned()
                },
                |target| target.base.advice(),
            )
        })
    }

    /// Every Clang translates for every target, but not every one has the headers and libraries of each.
    fn may_build(&self) -> bool {
        let Some(target) = self.target.as_ref().filter(|_| self.is_clang()) else { return true };
        let mut probe = Command::new(&self.program);
        probe.arg(target.base.clang_flag());
        match target.base.ground() {
            Ground::Library => probe.args(["-include", "stdlib.h"]),
            Ground::Kernel | Ground::Nothing => probe.args(["-ffreestanding", "-include", "stdint.h"]),
        };
        probe.args(["-x", "c", "-E", "-"]);
        let probe = probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }

    /// `zig` is a C compiler with its first argument.
    fn named(name: &str, target: Option<Target>) -> Option<Compiler> {
        let mut words = name.split_whitespace();
        let mut first: Vec<OsString> = Vec::new();
        let whole = Path::new(name);
        let program = if whole.is_file() {
            whole.to_owned()
        } else {
            let program = in_path(words.next()?)?;
            first.extend(words.map(OsString::from));
            program
        };
        let mut compiler =
            Compiler { program, first, shown: name.to_owned(), target, identity: OnceLock::new() };
        if compiler.is_zig() && compiler.first.is_empty() {
            compiler.first.push("cc".into());
        }
        Some(compiler)
    }

    /// The options for a mode.
    pub fn flags(&self, mode: Mode) -> Vec<OsString> {
        // Zig checks programs that it does not optimise as if they were C of people, where overflow is a mistake.
        let more: &[&str] = if self.is_zig() { &["-fno-sanitize=all"] } else { &[] };
        let parts: &[&str] =
            if self.drops_parts(mode) { &["-ffunction-sections", "-fdata-sections"] } else { &[] };
        let mut flags: Vec<OsString> =
            COMMON.iter().chain(mode.flags()).chain(more).chain(parts).map(OsString::from).collect();
        if self.hardening().iter().any(|flag| matches!(*flag, "-pie" | "-static-pie")) {
            flags.push("-fPIE".into());
        }
        match &self.target {
            Some(target) if self.is_zig() => {
                flags.extend(target.base.zig_flags().into_iter().map(OsString::from))
            }
            Some(target) if self.is_clang() => flags.push(target.base.clang_flag().into()),
            // Not for the processor at hand: what is built runs on others.
            None if self.is_zig() => flags.push("-mcpu=baseline".into()),
            _ => {}
        }
        if let Some(target) = self.target.as_ref().filter(|_| !self.is_zig()) {
            flags.extend(target.base.cpu_flags().iter().map(OsString::from));
        }
        if let Some(target) = &self.target {
            flags.extend(target.base.compile_flags().iter().map(OsString::from));
            flags.extend(target.flags.iter().map(OsString::from));
        }
        flags
    }
    /// The libraries for linking, after all files.
    pub fn link_flags(&self, mode: Mode) -> Vec<OsString> {
        let row = self.row();
        let libraries = row.map_or(&["-lpthread"][..], Row::link_flags);
        let drop: &[&str] = match row.map(|row| row.format) {
            _ if !self.drops_parts(mode) => &[],
            Some(Format::MachO) => &["-Wl,-dead_strip"],
            _ => &["-Wl,--gc-sections"],
        };
        // What the processor cannot do by itself. Zig brings it unless it is told to link nothing.
        let helpers: &[&str] = match row.map(Row::ground) {
            Some(Ground::Nothing) if self.is_zig() => &["-Wl,--entry=mochi_reset"],
            Some(Ground::Nothing) if self.is_clang() => &["-nostdlib"],
            Some(Ground::Nothing) => &["-nostdlib", "-lgcc"],
            _ => &[],
        };
        libraries.iter().chain(helpers).chain(drop).map(OsString::from).collect()
    }
    /// The options for linking that leave out symbols.
    pub fn strip_flags(&self) -> Vec<OsString> {
        let flags: &[&str] = match self.row().map(|row| row.format) {
            // Apple's linker does not know `-s`.
            Some(Format::MachO) if !self.is_zig() => &["-Wl,-S", "-Wl,-x"],
            _ => &["-s"],
        };
        flags.iter().map(OsString::from).collect()
    }
    /// The options for executables that are loaded anywhere, and in which nothing can be written that is executed or that
    /// the loader has filled in. Elsewhere than on Linux that is so by itself.
    pub fn hardening(&self) -> &'static [&'static str] {
        match self.row() {
            Some(row) if row.ground() == Ground::Kernel => self.alone(),
            Some(row) if row.ground() == Ground::Nothing => &[],
            _ if self.is_tcc() => &[],
            // GCC for musl may be the system's with other files, which knows no static executables that are loaded anywhere.
            Some(row) if row.format == Format::Elf && row.is_static() => {
                match (self.is_zig(), self.is_clang()) {
                    (true, _) => &["-pie", "-Wl,-z,relro", "-Wl,-z,noexecstack"],
                    (_, true) => &["-static-pie", "-Wl,-z,relro", "-Wl,-z,noexecstack"],
                    _ => &["-Wl,-z,relro", "-Wl,-z,noexecstack"],
                }
            }
            Some(row) if row.format == Format::Elf => {
                &["-pie", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"]
            }
            _ => &[],
        }
    }
    /// The same where nothing loads libraries or corrects addresses: programs do so themselves.
    fn alone(&self) -> &'static [&'static str] {
        if self.is_tcc() {
            &["-static"]
        } else if self.is_zig() {
            &["-static", "-pie", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack"]
        } else {
            // Pages are not worth leaving empty between what is read and what is executed.
            &["-static-pie", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack", "-Wl,-z,noseparate-code"]
        }
    }
    /// Whether it calls another program to link.
    pub fn takes_linkers(&self) -> bool {
        !self.is_tcc() && !self.is_zig() && self.row().is_none_or(|row| row.format == Format::Elf)
    }
    /// Its name, as the user gave it.
    pub fn shown(&self) -> &str {
        &self.shown
    }
    /// What it builds for, when that has no operating system.
    pub fn board(&self) -> Option<&Target> {
        self.target.as_ref().filter(|target| target.base.ground() == Ground::Nothing)
    }
    fn row(&self) -> Option<&'static Row> {
        self.target.as_ref().map(|target| target.base).or_else(Row::host)
    }
    /// Options that keep the folders of a build out of what debuggers read: sources are found from where they were built.
    pub fn path_flags(&self, mode: Mode, folder: &Path) -> Vec<OsString> {
        if mode != Mode::Dev || self.is_tcc() {
            return Vec::new();
        }
        let map = |from: &Path, to: &str| {
            let mut flag = OsString::from("-ffile-prefix-map=");
            flag.push(from);
            flag.push("=");
            flag.push(to);
            flag
        };
        let here = std::env::current_dir().ok();
        let here = here.iter().map(|here| map(here, "."));
        // The last that fits counts, and the folder may be in this one.
        here.chain([map(folder, "mochi-runtime")]).collect()
    }
    /// Whether functions of the runtime that the program does not reach are left out, as they are where size counts.
    fn drops_parts(&self, mode: Mode) -> bool {
        mode != Mode::Dev && !self.is_tcc()
    }
    fn is_tcc(&self) -> bool {
        self.program.file_stem() == Some(OsStr::new("tcc"))
    }
    /// Also with a version in its name.
    fn is_clang(&self) -> bool {
        self.program.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("clang"))
    }
    pub fn is_zig(&self) -> bool {
        self.program.file_stem() == Some(OsStr::new("zig"))
    }

    /// What tells this compiler from others: its file and what it says of itself.
    pub fn identity(&self) -> &str {
        self.identity.get_or_init(|| {
            let says = |arg: &str| {
                let mut command = Command::new(&self.program);
                command.args(&self.first).arg(arg).stdin(Stdio::null());
                command.stdout(Stdio::piped()).stderr(Stdio::null());
                let output = group::output(&mut command).ok()?;
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                (!text.is_empty()).then_some(text)
            };
            // tcc knows only the second.
            let version = says("--version").or_else(|| says("-v")).unwrap_or_default();
            format!("{}\n{version}", file_identity(&self.program))
        })
    }

    /// Runs the compiler; `folder` is for its temporary files.
    pub fn run(&self, args: &[OsString], request: &Request, folder: &Path) -> Result<(), Failure> {
        let start = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(&self.first).args(args).env("TMPDIR", folder).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = group::output(&mut command);
        let output = output.map_err(|error| {
            let why = crate::compile::describe(&error);
            Failure::Message(format!("cannot start the C compiler `{}`: {why}", self.shown))
        })?;
        if request.verbose {
            super::say(&self.command(args), start.elapsed());
        }
        if output.status.success() {
            return Ok(());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = complaint.lines().collect();
        let mut text = format!("the C compiler failed ({}):\n  {}", output.status, self.command(args));
        for line in &lines[lines.len().saturating_sub(LINES_SHOWN)..] {
            text.push_str("\n  ");
            text.push_str(line);
        }
        text.push('\n');
        match advice(output.status, &complaint, request) {
            Some(advice) => {
                text.push_str(&advice);
                Err(Failure::Message(text))
            }
            None => {
                text.push_str(REJECTED);
                Err(Failure::Bug(text))
            }
        }
    }

    fn command(&self, args: &[OsString]) -> String {
        let words = self.first.iter().chain(args).map(|word| word.to_string_lossy());
        let words: Vec<String> = words
            .map(|word| if word.contains(' ') { format!("'{word}'") } else { word.into_owned() })
            .collect();
        format!("{} {}", self.program.display(), words.join(" "))
    }
}

/// What is said when a compiler does not take our C.
const REJECTED: &str = "mochi made this C, so this is a mistake in mochi if the compiler knows C99: please report it. `--cc` \
                        names another compiler, `--emit=c` writes the C";

/// What to do about a failure. `None` when the C seems to be at fault, which is ours.
fn advice(status: ExitStatus, complaint: &str, request: &Request) -> Option<String> {
    let says = |words: &[&str]| words.iter().any(|word| complaint.contains(word));
    if says(&["No space left", "File too large", "File size limit", "Disk quota"]) {
        return Some(format!(
            "there is no room for what it writes: free some, or name another folder for temporary files with TMPDIR \
             (now {})",
            std::env::temp_dir().display()
        ));
    }
    if says(&["overflowed"]) {
        let advice = "the data of the program does not fit into its memory: `--memory` gives it more, and a linker script of your \
                own (`--linker-script`) says what there is";
        return Some(advice.to_owned());
    }
    if status.code().is_none() || says(&["Killed signal", "out of memory"]) {
        let advice = "it was killed, which happens where memory is short: `--mode=dev` takes less, or name another compiler \
                with `--cc`";
        return Some(advice.to_owned());
    }
    if !request.flags.is_empty() {
        let flags: Vec<_> = request.flags.iter().map(|flag| flag.to_string_lossy()).collect();
        return Some(format!("if it works without your options, they are the cause: {}", flags.join(" ")));
    }
    let missing = ["stdint.h", "stddef.h", "string.h", "stdlib.h", "pthread.h", "crt1.o", "-lc", "-lpthread"];
    if says(&missing) {
        let advice = "the C library's headers or objects seem to be missing: on Debian `apt install libc6-dev` brings them";
        return Some(advice.to_owned());
    }
    if complaint.lines().any(is_about_source) {
        return None;
    }
    Some("`mochi doctor` tries all compilers; `--cc` names another one, `--linker` another linker".to_owned())
}

/// Whether a complaint names a line; those about options or of linkers do not.
fn is_about_source(line: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    line.split_once("error:").is_some_and(|(before, _)| before.split(':').any(is_number))
}

/// The file that a name stands for, as a shell finds it.
pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    if name.contains(std::path::MAIN_SEPARATOR) {
        return Path::new(name).is_file().then(|| PathBuf::from(name));
    }
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
