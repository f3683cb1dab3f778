//! Bundles: one file that is the interpreter and a program with all its packages, and that starts as the program.
//!
//! A bundle is a copy of the running `mochi` with a mark in it changed, the program appended, and at the end the size of
//! that and a digest. The mark says that there must be a program, so a bundle that lost its end is refused instead of being
//! a `mochi`; and a `mochi` need not look at its own file to know that it is none.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use mochi_base::{FileId, SourceMap};
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

/// Bytes behind the program: its size and a digest of it.
const TRAILER: usize = 8 + 32;

/// What to bundle.
#[derive(Clone, Debug)]
pub struct Request {
    /// The program.
    pub source: Source,
    /// Where the result goes; a name made from the program's without.
    pub output: Option<PathBuf>,
    /// What bounds its runs.
    pub limits: Limits,
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

/// Makes a bundle.
pub fn build(session: &mut Session, request: &Request) -> Result<(), Failure> {
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
    bytes.extend_from_slice(&program);
    bytes.extend_from_slice(&(program.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&Sha256::digest(&program));
    draft.fill(&bytes, Emit::Exe).map_err(|error| cannot("write", &output, &error))?;
    draft.keep(&output)
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
    Ok(bytes)
}

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
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the program in it is damaged");
    let len = file.seek(SeekFrom::End(0))?;
    let start = len.checked_sub(TRAILER as u64).ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(start))?;
    let mut trailer = [0; TRAILER];
    file.read_exact(&mut trailer)?;
    let (size, digest) = trailer.split_at(8);
    let size = u64::from_le_bytes(size.try_into().map_err(|_| damaged())?);
    let at = start.checked_sub(size).ok_or_else(damaged)?;
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = vec![0; usize::try_from(size).map_err(|_| damaged())?];
    file.read_exact(&mut bytes)?;
    if Sha256::digest(&bytes)[..] != *digest {
        return Err(damaged());
    }
    encoding::decode(&bytes).ok_or_else(damaged)
}

impl Carried {
    /// Runs the program; its exit status.
    pub fn run(self) -> u8 {
        let Program { main, options, limits, files } = match self.0 {
            Ok(program) => program,
            Err(why) => {
                eprintln!("mochi: this bundle cannot be run: {why}");
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
                eprintln!("mochi: {message}");
                EXIT_FAILURE
            }
        }
    }
}
