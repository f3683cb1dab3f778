//! Machines without an operating system: how much memory a program has there, where the linker puts it, and the whole of
//! it as one unit for those who link by themselves.

use std::borrow::Cow;
use std::path::PathBuf;

use super::RUNTIME;

/// What a program is told of such a machine. What is not said is as in [`Board::resolved`].
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Board {
    /// Bytes of memory for data, heap and stack.
    pub memory: Option<u32>,
    /// Bytes of that for the stack.
    pub stack: Option<u32>,
    /// The linker script that says where everything is.
    pub script: Option<PathBuf>,
}

/// The memory without a word about it.
const MEMORY: u32 = 64 << 10;
/// Less is not enough for the runtime.
const LEAST: u32 = 12 << 10;
/// The runtime keeps 2 KiB of the stack for itself.
const LEAST_STACK: u32 = 3 << 10;
/// Addresses of memory begin here, and code at 0, on all processors of this kind.
const MOST: u32 = 512 << 20;

impl Board {
    /// What is said here, or else there.
    pub(super) fn or(self, other: &Board) -> Board {
        Board {
            memory: self.memory.or(other.memory),
            stack: self.stack.or(other.stack),
            script: self.script.or_else(|| other.script.clone()),
        }
    }

    /// Whether nothing is said.
    pub(super) fn is_empty(&self) -> bool {
        *self == Board::default()
    }

    /// Memory and stack: a quarter is stack when nothing is said. Fails when one does not go into the other.
    pub(super) fn resolved(&self) -> Result<(u32, u32), String> {
        let memory = self.memory.unwrap_or(MEMORY);
        let stack = self.stack.unwrap_or((memory / 4).max(4 << 10));
        if stack < LEAST_STACK {
            return Err(format!("a stack needs 3K at least, not {stack} bytes"));
        }
        if stack > memory / 4 * 3 {
            return Err(format!("a stack of {stack} bytes leaves too little of {memory} bytes of memory"));
        }
        Ok((memory, stack & !7))
    }

    /// The linker script for a processor whose code begins at 0 and whose memory begins at 0x20000000.
    pub(super) fn linker_script(&self) -> Result<String, String> {
        let (memory, stack) = self.resolved()?;
        Ok(include_str!("board.ld")
            .replace("MEMORY_BYTES", &memory.to_string())
            .replace("STACK_BYTES", &stack.to_string()))
    }
}

/// Reads a number of bytes, with K or M behind it.
pub fn size(text: &str) -> Result<u32, String> {
    let (digits, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 10),
        Some((at, 'm' | 'M')) => (&text[..at], 20),
        _ => (text, 0),
    };
    let bytes = digits.parse::<u32>().ok().and_then(|count| count.checked_mul(1 << unit));
    let bytes = bytes.ok_or_else(|| format!("`{text}` is no size: write a number of bytes, 64K or 2M"))?;
    if !(1 << 10..=MOST).contains(&bytes) || !bytes.is_multiple_of(8) {
        return Err(format!("a size is from 1K to 512M and a multiple of 8 bytes, not {text}"));
    }
    Ok(bytes)
}

/// Reads the size of a memory.
pub fn memory(text: &str) -> Result<u32, String> {
    let bytes = size(text)?;
    if bytes < LEAST { Err(format!("a program needs 12K of memory at least, not {text}")) } else { Ok(bytes) }
}

/// Program and runtime as one file that includes only headers of the compiler's own.
pub(super) fn whole(unit: &str) -> String {
    let mut out = String::from(
        "/* Program and runtime, for a machine without an operating system. What it needs and how it is started is declared\n \
         * under MOCHI_EMBEDDED_H below. */\n#define MOCHI_EMBEDDED\n",
    );
    let mut seen = Vec::new();
    // The program first: its names are its own, and the runtime has macros.
    expand(unit, &mut seen, &mut out);
    expand("#include \"mochi.c\"\n", &mut seen, &mut out);
    out
}

/// Copies a file with those of the runtime that it includes; headers once.
fn expand(text: &str, seen: &mut Vec<&'static str>, out: &mut String) {
    for line in text.lines() {
        let name = line.strip_prefix("#include \"").and_then(|rest| rest.strip_suffix('"'));
        match name.and_then(|name| RUNTIME.iter().find(|file| file.0 == name)) {
            Some(&(name, _)) if name.ends_with(".h") && seen.contains(&name) => {}
            Some((name, text)) if !ELSEWHERE.contains(name) => {
                seen.push(name);
                expand(text, seen, out);
            }
            // In a part that is left out.
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
}

/// Files for systems, and the start, which those who link by themselves have.
const ELSEWHERE: &[&str] =
    &["posix.c", "unix.c", "linux.c", "command.c", "windows.c", "wasi.c", "cortex_m.c"];

/// A unit that has the runtime in it.
pub(super) fn with_runtime(unit: &str) -> Cow<'_, str> {
    Cow::Owned(format!("{unit}\n#include \"mochi.c\"\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(memory("64K"), Ok(64 << 10));
        assert_eq!(memory("2m"), Ok(2 << 20));
        assert_eq!(size("4096"), Ok(4096));
        for wrong in ["", "K", "64KB", "-8K", "4097", "5000M", "8"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert!(memory("8K").unwrap_err().contains("12K of memory at least"));
    }

    #[test]
    fn the_stack_is_a_part_of_the_memory() {
        let board = |memory, stack| Board { memory, stack, script: None };
        assert_eq!(board(None, None).resolved(), Ok((65536, 16384)));
        assert_eq!(board(Some(20 << 10), Some(4096)).resolved(), Ok((20480, 4096)));
        assert_eq!(board(Some(12 << 10), None).resolved(), Ok((12288, 4096)));
        assert!(board(Some(20 << 10), Some(20 << 10)).resolved().is_err());
        assert!(board(None, Some(1 << 10)).resolved().is_err());
        let script = board(Some(20 << 10), Some(4096)).linker_script().unwrap();
        assert!(script.contains("LENGTH = 20480") && script.contains("mochi_stack_top - 4096"), "{script}");
    }

    #[test]
    fn one_file_includes_no_other() {
        let text = whole("#include \"mochi.h\"\n");
        let left: Vec<&str> = text.lines().filter(|line| line.starts_with("#include \"")).collect();
        let name = |line: &&str| line["#include \"".len()..line.len() - 1].to_owned();
        assert!(left.iter().all(|line| ELSEWHERE.contains(&name(line).as_str())), "{left:?}");
        assert_eq!(text.matches("#define MOCHI_H\n").count(), 1);
    }
}
