//! The C compiler of the system.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::Mode;

/// The compilers that are looked for, in this order.
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
}

impl Compiler {
    /// The compiler with this name or path, or the first of [`COMPILERS`] that is there.
    pub fn find(wanted: Option<&OsStr>) -> Result<Compiler, String> {
        if let Some(wanted) = wanted {
            let text = wanted.to_string_lossy();
            return Self::named(&text).ok_or_else(|| format!("there is no C compiler `{text}`"));
        }
        COMPILERS.iter().find_map(|name| Self::named(name)).ok_or_else(|| {
            "`mochi build` needs a C compiler and found none of zig, cc, clang and gcc: install one (on Debian \
             `apt install gcc`), or name it with `--cc`"
                .to_owned()
        })
    }

    /// `zig` is a C compiler with its first argument.
    fn named(name: &str) -> Option<Compiler> {
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
        if program.file_stem() == Some(OsStr::new("zig")) && first.is_empty() {
            first.push("cc".into());
        }
        Some(Compiler { program, first, shown: name.to_owned() })
    }

    /// The options for a mode.
    pub fn flags(&self, mode: Mode) -> Vec<&'static str> {
        COMMON.iter().chain(mode.flags()).copied().collect()
    }

    /// What tells this compiler from others: its path and what it says of itself.
    pub fn identity(&self) -> String {
        let output = Command::new(&self.program).args(&self.first).arg("--version").output();
        let version = output.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
        format!("{}\n{version}", self.program.display())
    }

    /// Runs the compiler.
    pub fn run(&self, args: &[OsString], verbose: bool) -> Result<(), String> {
        let start = Instant::now();
        let output = Command::new(&self.program).args(&self.first).args(args).output();
        let output = output.map_err(|error| {
            format!("cannot start the C compiler `{}`: {}", self.shown, crate::compile::describe(&error))
        })?;
        if verbose {
            super::say(&self.command(args), start.elapsed());
        }
        if output.status.success() {
            return Ok(());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = complaint.lines().collect();
        let shown = lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n  ");
        Err(format!(
            "the C compiler failed ({}):\n  {}\n  {shown}\nmochi made this C; if you passed no options of your own, please report it",
            output.status,
            self.command(args)
        ))
    }

    fn command(&self, args: &[OsString]) -> String {
        let words = self.first.iter().chain(args).map(|word| word.to_string_lossy());
        let words: Vec<String> = words
            .map(|word| if word.contains(' ') { format!("'{word}'") } else { word.into_owned() })
            .collect();
        format!("{} {}", self.program.display(), words.join(" "))
    }
}

/// The file that a name stands for, as a shell finds it.
fn in_path(name: &str) -> Option<PathBuf> {
    if name.contains(std::path::MAIN_SEPARATOR) {
        return Path::new(name).is_file().then(|| PathBuf::from(name));
    }
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}
