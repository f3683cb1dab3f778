//! The bytes of a program in a bundle: fields one after the other, numbers little-endian, texts after their lengths.
//! Writer and reader are the same `mochi`, so there is nothing that tells versions apart.

use std::path::PathBuf;
use std::time::Duration;

use super::Program;
use crate::compile::{IntRange, Options};
use crate::origin::{Archive, Archived};
use crate::policy::{Access, Area};
use crate::run::Limits;
use crate::tier::{Jit, JitMode};

pub(super) fn encode(program: &Program) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    let Program { main, options, limits, files } = program;
    out.text(&main.to_string_lossy());
    out.number(u64::from(options.strict));
    out.number(u64::from(options.int == IntRange::Unbounded));
    out.number(options.disabled_passes.len() as u64);
    options.disabled_passes.iter().for_each(|pass| out.text(pass));
    out.optional(limits.timeout.map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)));
    out.optional(limits.max_memory.map(|bytes| bytes as u64));
    out.optional(limits.max_depth.map(u64::from));
    out.number(limits.jit.mode as u64);
    out.number(u64::from(limits.jit.harden));
    out.number(limits.access.denied.len() as u64);
    limits.access.denied.iter().for_each(|area| out.text(area.name()));
    out.optional(limits.access.root.as_ref().map(|_| 0));
    out.text(&limits.access.root.as_ref().map_or("".into(), |root| root.to_string_lossy()));
    out.text(&files.root.to_string_lossy());
    out.number(files.files.len() as u64);
    for (path, Archived { id, folder, text }) in &files.files {
        out.text(&path.to_string_lossy());
        out.number(u64::from(*id));
        out.number(u64::from(*folder));
        out.text(text);
    }
    out.0
}

/// `None` when the bytes are none that [`encode`] made.
pub(super) fn decode(bytes: &[u8]) -> Option<Program> {
    let mut from = Reader(bytes);
    let main = PathBuf::from(from.text()?);
    let mut options = Options { strict: from.flag()?, ..Options::default() };
    options.int = if from.flag()? { IntRange::Unbounded } else { IntRange::Word };
    options.disabled_passes = from.many(Reader::text)?;
    let timeout = from.optional()?.map(Duration::from_nanos);
    let max_memory = from.optional()?.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    let max_depth = from.optional()?.map(|frames| u32::try_from(frames).unwrap_or(u32::MAX));
    let mode = from.number()?;
    let mode = JitMode::NAMES.iter().map(|&(_, known)| known).find(|&known| known as u64 == mode)?;
    let jit = Jit { mode, harden: from.flag()?, ..Jit::default() };
    let denied = from.many(|from| Area::from_name(&from.text()?))?;
    let has_root = from.optional()?.is_some();
    let root = PathBuf::from(from.text()?);
    let root = has_root.then_some(root);
    // Programs of `eval` import from nowhere else.
    options.root.clone_from(&root);
    let shown = PathBuf::from(from.text()?);
    let files = from.many(|from| {
        let path = PathBuf::from(from.text()?);
        let (id, folder) = (u32::try_from(from.number()?).ok()?, u32::try_from(from.number()?).ok()?);
        Some((path, Archived { id, folder, text: from.text()? }))
    })?;
    let files = Archive { root: shown, files: files.into_iter().collect() };
    let limits = Limits { timeout, max_memory, max_depth, access: Access { denied, root }, jit };
    from.0.is_empty().then_some(Program { main, options, limits, files })
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }
    fn optional(&mut self, number: Option<u64>) {
        self.number(u64::from(number.is_some()));
        self.number(number.unwrap_or(0));
    }
    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn bytes(&mut self, len: usize) -> Option<&[u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }
    fn number(&mut self) -> Option<u64> {
        self.bytes(8)?.try_into().ok().map(u64::from_le_bytes)
    }
    fn flag(&mut self) -> Option<bool> {
        let number = self.number()?;
        (number <= 1).then_some(number == 1)
    }
    fn optional(&mut self) -> Option<Option<u64>> {
        let is_some = self.flag()?;
        let number = self.number()?;
        Some(is_some.then_some(number))
    }
    fn text(&mut self) -> Option<String> {
        let len = usize::try_from(self.number()?).ok()?;
        String::from_utf8(self.bytes(len)?.to_vec()).ok()
    }
    fn many<T>(&mut self, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        // Nothing is reserved for a number that may be wrong.
        let count = self.number()?;
        (0..count).map(|_| one(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Program {
        let file = |id, folder, text: &str| Archived { id, folder, text: text.into() };
        let files = [("main.mochi", file(0, 0, "import \"a\"")), ("a/x.mochi", file(1, 1, ""))];
        let files = files.map(|(path, file)| (PathBuf::from(path), file)).into_iter().collect();
        let access = Access { denied: vec![Area::Network, Area::Files], root: Some("data".into()) };
        Program {
            main: "main.mochi".into(),
            options: Options { strict: true, disabled_passes: vec!["inline".into()], ..Options::default() },
            limits: Limits {
                max_depth: Some(7),
                timeout: Some(Duration::from_millis(1500)),
                access,
                jit: Jit { mode: JitMode::Off, harden: true, ..Jit::default() },
                max_memory: None,
            },
            files: Archive { root: "..".into(), files },
        }
    }

    #[test]
    fn what_is_decoded_is_what_was_encoded() {
        let bytes = encode(&program());
        let again = decode(&bytes).unwrap();
        assert_eq!(encode(&again), bytes);
        assert_eq!(again.files, program().files);
        assert_eq!(again.limits.access.denied, program().limits.access.denied);
        assert_eq!((again.limits.max_depth, again.options.root), (Some(7), Some("data".into())));
    }

    #[test]
    fn anything_else_is_refused_or_harmless() {
        let bytes = encode(&program());
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len]).is_none(), "{len}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x81;
            // No panic, and no memory without end.
            let _ = decode(&changed);
        }
    }
}
