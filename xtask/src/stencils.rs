//! `cargo xtask stencils`: compiles `stencils/` with Clang 19 and cuts the machine code out, for the compiler in `mochi-jit`.
//!
//! The result is a library per processor in `crates/mochi-jit/library/`: `x86_64.bin` has the bytes and holes,
//! `x86_64.txt` what an independent disassembler reads in the first, a middle and the last variant of each row. Both
//! carry a digest of everything that they were made from, which a test compares without any compiler.

mod aarch64;
mod cut;
mod library;
mod steps;
mod x86_64;

#[path = "../../crates/mochi-jit/src/manifest.rs"]
#[allow(dead_code)]
mod manifest;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::failure::{Context, Failure, Result, failed};
use crate::skips::Skips;
use crate::{compilers, workspace};
use manifest::{Stencil, symbol};
use steps::Processor;

/// The compiler whose registers and code the library is about.
const VERSION: &str = "clang version 19.1.7";

const PROCESSORS: [&Processor; 2] = [&x86_64::X86_64, &aarch64::AARCH64];

/// Options of every unit. Branches are direct and tables are not made; a fused multiply-add has other digits.
const OPTIONS: &[&str] = &[
    "-std=c11",
    "-Os",
    "-fno-pic",
    "-fno-pie",
    "-fno-asynchronous-unwind-tables",
    "-fno-stack-protector",
    "-fno-jump-tables",
    "-fno-builtin",
    "-ffp-contract=off",
    "-ffunction-sections",
    "-Wall",
    "-Werror",
    "-Wno-uninitialized",
    "-Wno-unused",
];

/// The unit whose holes have 64 bits.
const WIDE: &str = "wide.c";
/// Assembly.
const CALLS: &str = "calls";

const HELP: &str = "\
cargo xtask stencils [--check] [PROCESSOR]...

Makes the libraries of all processors, or of those that are named.

  --check  compares with the committed library instead of writing it
";

/// Runs the command.
pub fn main(mut args: lexopt::Parser) -> Result<()> {
    let mut check = false;
    let mut wanted: Vec<&Processor> = Vec::new();
    while let Some(arg) = args.next()? {
        match arg {
            lexopt::Arg::Long("check") => check = true,
            lexopt::Arg::Value(name) => match PROCESSORS.iter().find(|processor| *processor.name == *name) {
                Some(processor) => wanted.push(processor),
                None => return Err(Failure::Usage(format!("no processor `{}`", name.to_string_lossy()))),
            },
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => {
                print!("{HELP}");
                return Ok(());
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::root()?;
    if wanted.is_empty() {
        wanted.extend(PROCESSORS);
    }
    let what = if check { Written::Compared } else { Written::Renewed };
    make_all(&root, &compilers::llvm(&root)?, &wanted, what)
}

/// Whether the committed libraries are what the sources make, byte by byte, where there is the compiler.
pub fn check(root: &Path, skips: &mut Skips) -> Result<()> {
    match compilers::llvm(root) {
        Ok(tools) => make_all(root, &tools, &PROCESSORS, Written::Compared),
        Err(Failure::Failed(why) | Failure::Usage(why)) => {
            skips.add("stencils", why);
            Ok(())
        }
    }
}

/// What becomes of the committed libraries.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Renewed,
    Compared,
}

/// Makes libraries, all at once.
fn make_all(root: &Path, tools: &compilers::Llvm, wanted: &[&Processor], what: Written) -> Result<()> {
    std::thread::scope(|scope| {
        let makers: Vec<_> = wanted
            .iter()
            .map(|processor| scope.spawn(|| write(root, &make(root, tools, processor)?, processor, what)))
            .collect();
        makers.into_iter().try_for_each(|maker| maker.join().expect("it ends by itself"))
    })
}

fn write(root: &Path, made: &Made, processor: &Processor, what: Written) -> Result<()> {
    eprintln!("{}: {}", processor.name, made.summary);
    let folder = root.join("crates/mochi-jit/library");
    for (extension, content) in [("bin", &made.library), ("txt", &made.listing)] {
        let file = folder.join(processor.name).with_extension(extension);
        if what == Written::Renewed {
            fs::create_dir_all(&folder).context(|| format!("create {}", folder.display()))?;
            fs::write(&file, content).context(|| format!("write {}", file.display()))?;
        } else if fs::read(&file).context(|| format!("read {}", file.display()))? != *content {
            return failed(format!("{} is not what `cargo xtask stencils` makes", file.display()));
        }
    }
    Ok(())
}

/// What was made.
struct Made {
    library: Vec<u8>,
    listing: Vec<u8>,
    summary: String,
}

fn make(root: &Path, tools: &compilers::Llvm, processor: &Processor) -> Result<Made> {
    let version = output(Command::new(&tools.clang).arg("--version"))?;
    if !version.contains(VERSION) {
        return failed(format!("{} is not {VERSION}", tools.clang.display()));
    }
    let scratch = root.join("target/stencils").join(processor.name);
    fs::create_dir_all(&scratch).context(|| format!("create {}", scratch.display()))?;
    let begun = Instant::now();
    let digest = digest(root, processor)?;
    let mut cut = cut::Pieces::new();
    for file in files() {
        let object = compile(root, tools, processor, &scratch, file)?;
        let dump = output(Command::new(&tools.objdump).args(["-d", "-r", "-z"]).arg(&object))?;
        cut.read(processor, &object, &dump, file == CALLS)?;
    }
    let mut made = library::build(&digest, &cut)?;
    let _ = write!(made.summary, " in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(made)
}

/// The units, each named once.
fn files() -> Vec<&'static str> {
    let mut files: Vec<&str> = Vec::new();
    for stencil in Stencil::ALL {
        let file = stencil.row().file;
        if !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// Everything that a library is made from.
fn digest(root: &Path, processor: &Processor) -> Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut add = |name: &str, content: &[u8]| {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    };
    add("version", VERSION.as_bytes());
    add("options", [OPTIONS, processor.options, processor.wide].concat().join(" ").as_bytes());
    add("numbers", numbers().concat().as_bytes());
    let sources = root.join("stencils");
    let listed = fs::read_dir(&sources).context(|| format!("list {}", sources.display()))?;
    let mut paths: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    let own = assembly(root, processor);
    paths.retain(|path| path.extension().is_none_or(|extension| extension != "S") || *path == own);
    paths.push(root.join("crates/mochi-jit/src/manifest.rs"));
    let tool = format!("stencils/{}.rs", processor.name);
    for tool in ["stencils.rs", "stencils/cut.rs", "stencils/library.rs", "stencils/steps.rs", &tool] {
        paths.push(root.join("xtask/src").join(tool));
    }
    paths.sort();
    for path in paths {
        let content = fs::read(&path).context(|| format!("read {}", path.display()))?;
        add(&path.file_name().unwrap_or_default().to_string_lossy(), &content);
    }
    Ok(hash.finalize().into())
}

/// The numbers of the contract between compiled code and runtime, as options.
fn numbers() -> Vec<String> {
    use mochi_abi::Arena;
    use mochi_abi::cell::{Cell, TAG_HANDLE, TAG_INT, TAG_STR};
    use mochi_abi::layout::{
        BUFFER_BYTES, BUFFER_CAPACITY, BUFFER_USED, CAPACITY, CHARS, DATA, FLAG_ASCII, FLAG_BUFFER,
        FLAG_DIRECT, FLAG_SHARED, HASH_FACTOR, HASH_MASK, LEN, MAP_BASE, MAP_INDEX, MAP_INDEX_BITS, META,
        META_SHIFT, STR_BUFFER, WORDS,
    };
    let mut numbers: Vec<String> =
        mochi_abi::native::FIELDS.iter().map(|(name, offset)| format!("-DCONTEXT_{name}={offset}")).collect();
    numbers.extend(mochi_abi::native::PARTS.iter().map(|(name, offset)| format!("-D{name}={offset}")));
    for (name, value) in [
        ("OBJECT_META", META as u64),
        ("OBJECT_DATA", DATA as u64),
        ("OBJECT_LEN", LEN as u64),
        ("OBJECT_CAPACITY", CAPACITY as u64),
        ("OBJECT_SHARED", u64::from(FLAG_SHARED)),
        ("OBJECT_CHARS", CHARS as u64),
        ("OBJECT_ASCII", u64::from(FLAG_ASCII)),
        ("OBJECT_BUFFER", u64::from(FLAG_BUFFER)),
        ("STR_BUFFER", STR_BUFFER as u64),
        ("BUFFER_CAPACITY", BUFFER_CAPACITY as u64),
        ("BUFFER_USED", BUFFER_USED as u64),
        ("BUFFER_BYTES", BUFFER_BYTES as u64),
        ("OBJECT_DIRECT", u64::from(FLAG_DIRECT)),
        ("MAP_BASE", MAP_BASE as u64),
        ("MAP_INDEX", MAP_INDEX as u64),
        ("MAP_INDEX_BITS", MAP_INDEX_BITS as u64),
        ("HASH_MASK", HASH_MASK),
        ("HASH_FACTOR", HASH_FACTOR),
        ("OBJECT_WORDS", WORDS as u64),
        ("OBJECT_META_SHIFT", u64::from(META_SHIFT)),
        ("FIRST_LIST", Arena::ListCell as u64),
        ("LAST_LIST", Arena::ListBool as u64),
        ("LIST_OF_CELLS", Arena::ListCell as u64),
        ("CELL_TAG_INT", TAG_INT),
        ("CELL_TAG_STR", TAG_STR),
        ("CELL_TAG_HANDLE", TAG_HANDLE),
        ("CELL_NONE", Cell::NONE.0),
        ("CELL_FALSE", Cell::FALSE.0),
    ] {
        numbers.push(format!("-D{name}={value:#x}"));
    }
    numbers
}

/// The stencils in assembly.
fn assembly(root: &Path, processor: &Processor) -> PathBuf {
    root.join("stencils").join(format!("{CALLS}.{}.S", processor.name))
}

fn compile(
    root: &Path,
    tools: &compilers::Llvm,
    processor: &Processor,
    scratch: &Path,
    file: &str,
) -> Result<PathBuf> {
    let sources = root.join("stencils");
    let object = scratch.join(format!("{file}.o"));
    let mut command = Command::new(&tools.clang);
    command.args(processor.options).args(OPTIONS).args(numbers()).arg("-I").arg(&sources);
    if file == CALLS {
        command.arg(assembly(root, processor));
    } else {
        let mut text = format!("#include \"{file}\"\n");
        for &stencil in Stencil::ALL.iter().filter(|stencil| stencil.row().file == file) {
            for places in stencil.variants() {
                let arguments: Vec<String> = places.iter().map(|place| place.name()).collect();
                let (name, arguments) = (stencil.row().name, arguments.join(", "));
                let _ = writeln!(text, "STENCIL({}) {name}({arguments})", symbol(stencil, &places));
            }
        }
        let unit = scratch.join(format!("all_{file}"));
        fs::write(&unit, text).context(|| format!("write {}", unit.display()))?;
        let wide = if file == WIDE { processor.wide } else { &[] };
        command.args(wide).arg(unit);
    }
    output(command.arg("-c").arg("-o").arg(&object))?;
    Ok(object)
}

/// What a command prints; an error with what it says when it fails.
fn output(command: &mut Command) -> Result<String> {
    let output = command.output().context(|| format!("start {}", command.get_program().display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let said: Vec<&str> = said.lines().filter(|line| line.contains("error")).take(20).collect();
        return failed(format!(
            "{}: {}\n{}",
            command.get_program().display(),
            output.status,
            said.join("\n")
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When this fails: `cargo xtask stencils`, and read the changes of the listing.
    #[test]
    fn the_committed_libraries_are_those_of_the_sources() {
        let root = workspace::root().unwrap();
        for processor in PROCESSORS {
            let file = root.join("crates/mochi-jit/library").join(processor.name).with_extension("bin");
            let library = fs::read(file).unwrap();
            assert_eq!(
                library::digest_of(&library),
                Some(digest(&root, processor).unwrap()),
                "{}",
                processor.name
            );
        }
    }
}
