//! Names of entries in the cache: digests of everything that an entry depends on.
//!
//! The headers and libraries of the system are not part of it; `mochi cache clear` is for those who change them under a
//! compiler that stays the same.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::RUNTIME;
use super::compiler::Compiler;

/// Variables by which compilers and linkers find files or choose what they make.
const VARIABLES: [&str; 11] = [
    "CPATH",
    "C_INCLUDE_PATH",
    "LIBRARY_PATH",
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
    "SDKROOT",
    "MACOSX_DEPLOYMENT_TARGET",
    "CCC_OVERRIDE_OPTIONS",
    "CFLAGS",
    "LDFLAGS",
    "LD_RUN_PATH",
];

/// A digest in the making.
pub(super) struct Key {
    digest: Sha256,
}

impl Key {
    /// What the runtime and this compiler make with these options.
    pub fn new(kind: &str, compiler: &Compiler, args: &[OsString]) -> Key {
        let mut key = Key { digest: Sha256::new() };
        key.add(kind.as_bytes());
        key.add(compiler.identity().as_bytes());
        for name in VARIABLES {
            let value = std::env::var_os(name);
            key.add(value.as_deref().unwrap_or(OsStr::new("")).as_encoded_bytes());
        }
        key.add(&(args.len() as u64).to_le_bytes());
        args.iter().for_each(|arg| key.add(arg.as_encoded_bytes()));
        for (name, text) in RUNTIME {
            key.add(name.as_bytes());
            key.add(text.as_bytes());
        }
        key
    }

    /// Depends on this too.
    pub fn add(&mut self, bytes: &[u8]) {
        // With the length, so that parts cannot be mistaken for others.
        self.digest.update((bytes.len() as u64).to_le_bytes());
        self.digest.update(bytes);
    }

    /// The name.
    pub fn name(self) -> String {
        self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What tells a program from others: its real path, size and time of change.
pub(super) fn file_identity(path: &Path) -> String {
    let file = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let data = std::fs::metadata(&file).ok();
    let data = data.map(|data| (data.len(), data.modified().ok()));
    format!("{}\n{data:?}", file.display())
}

/// Whether what a compiler makes of options is known from their text: they name no files, whose contents may change,
/// and no processor that differs from machine to machine.
pub(super) fn is_closed(flags: &[OsString]) -> bool {
    const STARTS: [&str; 8] = ["-f", "-m", "-O", "-g", "-D", "-U", "-std=", "-W"];
    flags.iter().all(|flag| {
        let flag = flag.to_string_lossy();
        let known = STARTS.iter().any(|start| flag.starts_with(start)) || flag == "-pedantic";
        let tool = ["-Wl,", "-Wa,", "-Wp,"].iter().any(|start| flag.starts_with(start));
        // A word alone takes the next as its value.
        known
            && !tool
            && !flag.contains(['/', '\\'])
            && !flag.ends_with("=native")
            && flag != "-D"
            && flag != "-U"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_name_files_are_not_closed() {
        let closed = |flags: &[&str]| is_closed(&flags.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(closed(&[
            "-Wall",
            "-Werror",
            "-pedantic",
            "-fsanitize=address",
            "-O3",
            "-march=x86-64-v3",
            "-DX=1"
        ]));
        for flag in [
            "-include",
            "-I.",
            "-L/lib",
            "x.o",
            "@args",
            "-Wl,-T,x",
            "-fplugin=./x.so",
            "-march=native",
            "-D",
            "-lfoo",
        ] {
            assert!(!closed(&["-O2", flag]), "{flag}");
        }
    }
}
