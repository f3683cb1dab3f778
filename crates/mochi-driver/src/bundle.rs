//! Bundles: one file that is the interpreter and a program with all its packages, and that starts as the program.
//!
//! A bundle is a copy of the running `mochi` with a mark in it changed and without what only debuggers read, the program
//! appended, and at the end what both must be ([`Trailer`]). The mark says that there must be a program, so a bundle that lost its
//! end is refused instead of being a `mochi`; and a `mochi` need not look at its own file to know that it is none.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use mochi_base::{FileId, SourceMap};
use object::Endianness;
use object::read::elf::{ElfFile64, ProgramHeader};
use sha2::{Digest, Sha256};

use crate::compile::{Failure, Options, Session, Source, describe};
use crate::native::{self, Draft, Emit, cannot};
use crate::origin::{Archive, Archived, Origin};
use crate::project::MODULE_FILE;
use crate::run::{self, Limits};
use crate::{EXIT_FAILURE, report};

mod encoding;

const MARK_LEN: usize = 32;
/// What a `mochi` has in it, once, and a bundle has not.
static MARK: [u8; MARK_LEN] = *b"mochi, which carries no program.";
/// What a bundle has there.
const BUNDLE: [u8; MARK_LEN] = *b"mochi, with a program behind it.";

/// Bytes at the end of a bundle.
const TRAILER: usize = 8 + 8 + 32;

/// What is at the end of a bundle.
struct Trailer {
    /// Bytes of the program.
    size: u64,
    /// What the interpreter, some megabytes at each start, comes to.
    sum: u64,
    /// Of the program.
    digest: [u8; 32],
}

impl Trailer {
    fn of(interpreter: &[u8], program: &[u8]) -> Trailer {
        let sum = sum(interpreter).expect("bytes in memory can be read");
        Trailer { size: program.len() as u64, sum, digest: Sha256::digest(program).into() }
    }
    fn encode(&self) -> Vec<u8> {
        [&self.size.to_le_bytes()[..], &self.sum.to_le_bytes(), &self.digest].concat()
    }
    fn decode(bytes: &[u8; TRAILER]) -> Trailer {
        let word =
            |at: usize| bytes[at..at + 8].iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        let mut digest = [0; 32];
        digest.copy_from_slice(&bytes[16..]);
        Trailer { size: word(0), sum: word(8), digest }
    }
}

/// Notices damage, not intent, and takes a tenth of a digest's time. Each step is a bijection of what was before, so one word
/// that changed is noticed for certain. (A hash that multiplies by the input is none: `FxHasher` loses what was before its own
/// constants, which are in the bytes of a program that uses it.)
fn sum(mut bytes: impl Read) -> io::Result<u64> {
    // All of it at once would be fresh pages, which cost more than the sum.
    let mut piece = vec![0; 64 << 10];
    let mut sum: u64 = 0;
    loop {
        let len = read_full(&mut bytes, &mut piece)?;
        piece[len..].fill(0);
        let (words, _) = piece[..len.next_multiple_of(8)].as_chunks::<8>();
        for word in words {
            sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
        }
        if len < piece.len() {
            return Ok(sum ^ len as u64);
        }
    }
}

/// Fills the buffer, unless the end comes before.
fn read_full(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match from.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// What to bundle.
#[derive(Clone, Debug)]
pub struct Request {
    /// The program.
    pub source: Source,
    /// Where the result goes; a name made from the program's without.
    pub output: Option<PathBuf>,
    /// What bounds its runs.
    pub limits: Limits,
    /// Say where the bytes of the bundle come from.
    pub size: bool,
}

/// A program in a bundle.
#[derive(Clone, Debug, Default)]
struct Program {
    /// The path of its main file.
    main: PathBuf,
    options: Options,
    limits: Limits,
    files: Archive,
}

/// Makes a bundle. What is to be said of it, for standard output.
pub fn build(session: &mut Session, request: &Request) -> Result<String, Failure> {
    let program = collect(session, request)?;
    let mut named = native::Request::new(request.source.clone());
    named.output.clone_from(&request.output);
    let output = native::output_path(&named, None)?;
    let draft = Draft::beside(&output)?;
    let mut bytes = marked_interpreter().map_err(|why| {
        Failure::Message(format!(
            "this mochi cannot be copied into a bundle: {why}; `mochi doctor` says more of it"
        ))
    })?;
    let program = encoding::encode(&program);
    let (interpreter, trailer) = (bytes.len(), Trailer::of(&bytes, &program).encode());
    bytes.extend_from_slice(&program);
    bytes.extend_from_slice(&trailer);
    draft.fill(&bytes, Emit::Exe).map_err(|error| cannot("write", &output, &error))?;
    draft.keep(&output)?;
    let rows =
        [("bundle", bytes.len()), ("interpreter", interpreter), ("program", bytes.len() - interpreter)];
    let line = |(name, bytes): &(&str, usize)| format!("{bytes:>10} bytes  {name}\n");
    Ok(if request.size { rows.iter().map(line).collect() } else { String::new() })
}

/// The running interpreter as it is in bundles.
fn marked_interpreter() -> Result<Vec<u8>, String> {
    let path = std::env::current_exe().map_err(|error| describe(&error))?;
    let mut bytes = std::fs::read(path).map_err(|error| describe(&error))?;
    let mark = mark();
    let mut found = bytes.windows(MARK_LEN).enumerate().filter(|(_, window)| *window == mark);
    let at = match (found.next(), found.next()) {
        (Some((at, _)), None) => at,
        _ => return Err("its mark is not found".to_owned()),
    };
    bytes[at..at + MARK_LEN].copy_from_slice(&BUNDLE);
    drop_sections(&mut bytes);
    Ok(bytes)
}

/// Leaves out what only debuggers read, most of an executable for Linux; others stay as they are.
fn drop_sections(bytes: &mut Vec<u8>) {
    let Ok(file) = ElfFile64::<Endianness>::parse(&**bytes) else { return };
    let endian = file.endian();
    let ends = file.elf_program_headers().iter().map(|part| part.p_offset(endian) + part.p_filesz(endian));
    let Some(end) = ends.max().and_then(|end| usize::try_from(end).ok()) else { return };
    // Parts are loaded, so what follows them is not: sections, and their table, to which the header refers.
    bytes.truncate(end);
    bytes[ELF_SECTIONS].fill(0);
    bytes[ELF_SECTION_COUNT].fill(0);
}
/// Where the header of a 64-bit ELF file has the offset of the table of sections, and their number and that of their names.
const ELF_SECTIONS: std::ops::Range<usize> = 40..48;
const ELF_SECTION_COUNT: std::ops::Range<usize> = 60..64;

/// The mark of the running interpreter, which may have been changed after it was compiled.
fn mark() -> [u8; MARK_LEN] {
    *std::hint::black_box(&MARK)
}

/// Checks a program and takes everything that its runs need.
fn collect(session: &mut Session, request: &Request) -> Result<Program, Failure> {
    session.compile(&request.source)?;
    let root = session.shown_module_root();
    let files = archive(&session.sources, &root).map_err(Failure::Message)?;
    let main = PathBuf::from(request.source.name());
    Ok(Program {
        main,
        options: session.options.clone(),
        limits: request.limits.clone(),
        files: Archive { root, files },
    })
}

/// All files that were read but the module file, whose choices are taken.
fn archive(sources: &SourceMap, root: &Path) -> Result<BTreeMap<PathBuf, Archived>, String> {
    let (mut files, mut folders) = (Numbers::default(), Numbers::default());
    let module_file = root.join(MODULE_FILE);
    let last = sources.file_at(u32::MAX);
    let all = (0..=last.0).map(|number| sources.file(FileId(number)));
    all.map(|file| (PathBuf::from(&file.name), file.text.clone()))
        .filter(|(path, _)| *path != module_file)
        .map(|(path, text)| {
            // What was no file has no path.
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            let folder = real.parent().unwrap_or(Path::new("")).to_path_buf();
            if path.to_str().is_none_or(|name| name.contains('\u{fffd}')) {
                return Err(format!("`{}` cannot be bundled: its name is not UTF-8", path.display()));
            }
            Ok((path, Archived { id: files.of(real), folder: folders.of(folder), text }))
        })
        .collect()
}

/// Numbers instead of paths of the machine that bundles.
#[derive(Default)]
struct Numbers(Vec<PathBuf>);

impl Numbers {
    fn of(&mut self, path: PathBuf) -> u32 {
        let known = self.0.iter().position(|known| *known == path);
        known.unwrap_or_else(|| {
            self.0.push(path);
            self.0.len() - 1
        }) as u32
    }
}

/// The program that this process carries and is to run; `None` for a `mochi`. Costs nothing then.
pub fn carried() -> Option<Carried> {
    (mark() == BUNDLE).then(|| Carried(read().map_err(|error| describe(&error))))
}

/// A program in this process, or why it cannot be read.
pub struct Carried(Result<Program, String>);

fn read() -> io::Result<Program> {
    let mut file = File::open(std::env::current_exe()?)?;
    let damaged =
        |what: &str| io::Error::new(io::ErrorKind::InvalidData, format!("the {what} in it is damaged"));
    let program = || damaged("program");
    let len = file.seek(SeekFrom::End(0))?;
    let start = len.checked_sub(TRAILER as u64).ok_or_else(program)?;
    file.seek(SeekFrom::Start(start))?;
    let mut trailer = [0; TRAILER];
    file.read_exact(&mut trailer)?;
    let trailer = Trailer::decode(&trailer);
    let at = start.checked_sub(trailer.size).ok_or_else(program)?;
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; usize::try_from(trailer.size).map_err(|_| program())?];
    file.read_exact(&mut bytes)?;
    if Sha256::digest(&bytes)[..] != trailer.digest {
        return Err(program());
    }
    file.seek(SeekFrom::Start(0))?;
    if sum(file.take(at))? != trailer.sum {
        return Err(damaged("interpreter"));
    }
    encoding::decode(&bytes).ok_or_else(program)
}

impl Carried {
    /// Runs the program; its exit status.
    pub fn run(self) -> u8 {
        let Program { main, options, limits, files } = match self.0 {
            Ok(program) => program,
            Err(why) => {
                report::complain(format_args!("this bundle cannot be run: {why}"));
                return EXIT_FAILURE;
            }
        };
        let mut session = Session::new(options);
        session.origin = Origin::Archive(files);
        // Files of the program may lie beside it.
        let folder = std::env::current_exe().ok().and_then(|path| path.parent().map(Path::to_path_buf));
        session.module_root = Some(folder.unwrap_or_default());
        match session.compile(&Source::File(main)) {
            Ok(compiled) => run::run(&session, compiled, &limits),
            Err(Failure::Diagnostics) => {
                report::diagnostics(&session, crate::Format::Human, report::Listing::Headed);
                EXIT_FAILURE
            }
            Err(Failure::Message(message) | Failure::Bug(message)) => {
                report::complain(message);
                EXIT_FAILURE
            }
        }
    }
}
