//! The C compiler of the system.

use std::cell::OnceCell;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Instant;

use super::target::{Format, Row, Target};
use super::{Mode, Request};
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
    identity: OnceCell<String>,
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
                     Debian `apt install gcc`), or name it with `--cc`; `mochi doctor` says what else is missing"
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
        probe.arg(target.base.clang_flag()).args(["-x", "c", "-E", "-include", "stdlib.h", "-"]);
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
            Compiler { program, first, shown: name.to_owned(), target, identity: OnceCell::new() };
        if compiler.is_zig() && compiler.first.is_empty() {
            compiler.first.push("cc".into());
        }
        Some(compiler)
    }

    /// The options for a mode.
    pub fn flags(&self, mode: Mode) -> Vec<OsString> {
        // Zig checks programs that it does not optimise as if they were C of people, where overflow is a mistake.
        let more: &[&str] = if self.is_zig() { &["-fno-sanitize=all"] } else { &[] };
        let parts: &[&str] = if self.drops_parts(mode) { &["-ffunction-sections"] } else { &[] };
        let mut flags: Vec<OsString> =
            COMMON.iter().chain(mode.flags()).chain(more).chain(parts).map(OsString::from).collect();
        match &self.target {
            Some(target) if self.is_zig() => flags.extend(target.base.zig_flags().map(OsString::from)),
            Some(target) if self.is_clang() => flags.push(target.base.clang_flag().into()),
            // Not for the processor at hand: what is built runs on others.
            None if self.is_zig() => flags.push("-mcpu=baseline".into()),
            _ => {}
        }
        if let Some(target) = &self.target {
            flags.extend(target.base.compile_flags().iter().map(OsString::from));
            flags.extend(target.flags.iter().map(OsString::from));
        }
        flags
    }
    /// The options for linking, after all files.
    pub fn link_flags(&self, mode: Mode) -> Vec<OsString> {
        let row = self.row();
        let libraries = row.map_or(&["-lpthread"][..], Row::link_flags);
        let strip: &[&str] = match row.map(|row| row.format) {
            _ if mode != Mode::Release => &[],
            // Apple's linker does not know `-s`.
            Some(Format::MachO) if !self.is_zig() => &["-Wl,-S", "-Wl,-x"],
            _ => &["-s"],
        };
        let drop: &[&str] = match row.map(|row| row.format) {
            _ if !self.drops_parts(mode) => &[],
            Some(Format::MachO) => &["-Wl,-dead_strip"],
            _ => &["-Wl,--gc-sections"],
        };
        libraries.iter().chain(drop).chain(strip).map(OsString::from).collect()
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
        std::iter::once(map(folder, "mochi-runtime")).chain(here).collect()
    }
    /// Whether functions of the runtime that the program does not reach are left out, as they are where size counts.
    fn drops_parts(&self, mode: Mode) -> bool {
        mode == Mode::Release && !self.is_tcc()
    }
    fn is_tcc(&self) -> bool {
        self.program.file_stem() == Some(OsStr::new("tcc"))
    }
    /// Also with a version in its name.
    fn is_clang(&self) -> bool {
        self.program.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("clang"))
    }
    fn is_zig(&self) -> bool {
        self.program.file_stem() == Some(OsStr::new("zig"))
    }

    /// What tells this compiler from others: its file and what it says of itself.
    pub fn identity(&self) -> &str {
        self.identity.get_or_init(|| {
            let says = |arg: &str| {
                let mut command = Command::new(&self.program);
                command.args(&self.first).arg(arg).stdin(Stdio::null());
                command.stdout(Stdio::piped()).stderr(Stdio::null());
                let output = group::spawn(&mut command).and_then(Child::wait_with_output);
                group::ended();
                let output = output.ok()?;
                let text = String::from_utf8_lossy(&output.stdout).into_owned();
                (!text.is_empty()).then_some(text)
            };
            // tcc knows only the second.
            let version = says("--version").or_else(|| says("-v")).unwrap_or_default();
            let file = self.program.canonicalize().unwrap_or_else(|_| self.program.clone());
            let data = std::fs::metadata(&file).ok();
            let data = data.map(|data| (data.len(), data.modified().ok()));
            format!("{}\n{data:?}\n{version}", file.display())
        })
    }

    /// Runs the compiler; `folder` is for its temporary files.
    pub fn run(&self, args: &[OsString], request: &Request, folder: &Path) -> Result<(), String> {
        let start = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(&self.first).args(args).env("TMPDIR", folder).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let output = group::spawn(&mut command).and_then(Child::wait_with_output);
        group::ended();
        let output = output.map_err(|error| {
            format!("cannot start the C compiler `{}`: {}", self.shown, crate::compile::describe(&error))
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
        text.push_str(&advice(output.status, &complaint, request));
        Err(text)
    }

    fn command(&self, args: &[OsString]) -> String {
        let words = self.first.iter().chain(args).map(|word| word.to_string_lossy());
        let words: Vec<String> = words
            .map(|word| if word.contains(' ') { format!("'{word}'") } else { word.into_owned() })
            .collect();
        format!("{} {}", self.program.display(), words.join(" "))
    }
}

/// What to do about a failure.
fn advice(status: ExitStatus, complaint: &str, request: &Request) -> String {
    let says = |words: &[&str]| words.iter().any(|word| complaint.contains(word));
    if says(&["No space left", "File too large", "Disk quota"]) {
        return format!(
            "there is no room for what it writes: free some, or name another folder for temporary files with TMPDIR \
             (now {})",
            std::env::temp_dir().display()
        );
    }
    if status.code().is_none() || says(&["Killed signal", "out of memory"]) {
        return "it was killed, which happens where memory is short: `--mode=dev` takes less, or name another compiler \
                with `--cc`"
            .to_owned();
    }
    if !request.flags.is_empty() {
        let flags: Vec<_> = request.flags.iter().map(|flag| flag.to_string_lossy()).collect();
        return format!("if it works without your options, they are the cause: {}", flags.join(" "));
    }
    let missing = ["stdint.h", "stddef.h", "string.h", "stdlib.h", "pthread.h", "crt1.o", "-lc", "-lpthread"];
    if says(&missing) {
        return "the C library's headers or objects seem to be missing: on Debian `apt install libc6-dev` brings them"
            .to_owned();
    }
    "mochi made this C, so this is a mistake in mochi if the compiler knows C99: please report it. `--cc` names another \
     compiler, `--emit=c` writes the C"
        .to_owned()
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
