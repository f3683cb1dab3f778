//! What is built for other machines: the same bytes for everyone, and read back by those who did not write it.
//!
//! `MOCHI_ZIG` names a Zig, `MOCHI_TARGETS` the targets, with commas between; `cargo xtask test` sets both. Without them nothing
//! is tested here, since Zig is large and makes a C library for each target first.

mod limited;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use object::read::elf::{ElfFile64, FileHeader, ProgramHeader};
use object::read::macho::{LoadCommandVariant, MachHeader, MachOFile64};
use object::{Architecture, BinaryFormat, Endianness, Object, ObjectKind, ObjectSection, SectionKind};
use sha2::{Digest, Sha256};

/// How long a program may run: what stands for Windows starts slowly.
const LONGEST: Duration = Duration::from_secs(240);

const PROGRAM: &str = "\
type Point { x: int, y: int }
fun third(xs: list<int>): int { return xs[2] }
let points = [Point { x: 1, y: 2 }, Point { x: 3, y: 4 }]
print(points, sum(from p in points select p.x), third([5, 6, 7]), len(str(2.5)))
print(third([1]))
";

/// What is there once and for all: the C libraries that Zig made.
fn zig_cache() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("ZIG_GLOBAL_CACHE_DIR")
        .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("zig")))
        .or_else(|| set("HOME").map(|folder| folder.join(".cache/zig")))
}

/// The targets and the Zig that builds for them.
fn targets() -> Option<(Vec<String>, String)> {
    let (Ok(zig), Ok(names)) = (std::env::var("MOCHI_ZIG"), std::env::var("MOCHI_TARGETS")) else {
        eprintln!("left out: MOCHI_ZIG and MOCHI_TARGETS are not set");
        return None;
    };
    Some((names.split(',').map(str::to_owned).collect(), zig))
}

/// Who builds where, with how many commands at a time.
struct Builder {
    user: &'static str,
    zone: &'static str,
    jobs: &'static str,
}

const ADA: Builder = Builder { user: "ada", zone: "UTC", jobs: "-j1" };
const GRACE: Builder = Builder { user: "grace", zone: "Asia/Kathmandu", jobs: "-j4" };

fn build_program(zig: &str, target: &str, place: &str, program: &str) -> Vec<u8> {
    build_as(zig, target, place, program, &ADA)
}

/// Builds a program in a folder of its own.
fn build_as(zig: &str, target: &str, place: &str, program: &str, builder: &Builder) -> Vec<u8> {
    let Builder { user, zone, jobs } = *builder;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign").join(target).join(place);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join(user)).unwrap();
    fs::write(folder.join("points.mochi"), program).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mochi"));
    command.current_dir(&folder).args(["build", jobs, "points.mochi", "-o", "points", "--target", target]);
    command.arg(format!("--cc={zig}"));
    command.env("HOME", folder.join(user)).env("USER", user).env("LOGNAME", user).env("TZ", zone);
    command.env("MOCHI_CACHE_DIR", folder.join("kept"));
    command.envs(zig_cache().map(|cache| ("ZIG_GLOBAL_CACHE_DIR", cache)));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{target}: {}", String::from_utf8_lossy(&output.stderr));
    fs::read(folder.join("points")).unwrap()
}

#[test]
fn the_same_bytes_for_everyone() {
    let Some((names, zig)) = targets() else { return };
    for name in &names {
        let one = build_as(&zig, name, "here", PROGRAM, &ADA);
        let other = build_as(&zig, name, "a/folder/elsewhere", PROGRAM, &GRACE);
        assert!(one == other, "{name}: {} and {} bytes that differ", one.len(), other.len());
        for words in [env!("CARGO_TARGET_TMPDIR"), "mochi-build-"] {
            let there = one.windows(words.len()).any(|bytes| bytes == words.as_bytes());
            assert!(!there, "{name}: `{words}` is in what was built");
        }
    }
}

#[test]
fn others_read_it() {
    let Some((names, zig)) = targets() else { return };
    for name in &names {
        let bytes = build_program(&zig, name, "read", PROGRAM);
        let (arch, system) = name.split_once('-').unwrap();
        if arch == "wasm32" {
            wasm(&bytes);
            continue;
        }
        let file = object::File::parse(&*bytes).unwrap();
        let wanted = match arch {
            "x86_64" => Architecture::X86_64,
            "aarch64" => Architecture::Aarch64,
            "riscv64" => Architecture::Riscv64,
            "thumbv7m" => Architecture::Arm,
            other => panic!("{name}: what is {other}?"),
        };
        assert_eq!((file.architecture(), file.is_64()), (wanted, arch != "thumbv7m"), "{name}");
        assert!(matches!(file.kind(), ObjectKind::Executable | ObjectKind::Dynamic), "{name}");
        let text = file.sections().find(|section| section.kind() == SectionKind::Text).expect("code");
        assert!(text.size() > 1000 && text.data().unwrap().len() as u64 == text.size(), "{name}");
        assert!(file.entry() != 0, "{name}");
        let imports: Vec<_> = file.imports().unwrap().map(Result::unwrap).collect();
        let libraries: BTreeSet<String> = imports
            .iter()
            .map(|import| String::from_utf8_lossy(import.library()).to_ascii_lowercase())
            .collect();
        match system {
            "macos" => {
                assert_eq!(file.format(), BinaryFormat::MachO, "{name}");
                assert_eq!(libraries, BTreeSet::from(["/usr/lib/libsystem.b.dylib".to_owned()]), "{name}");
                let signed = signature(&bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
                // The processors of Apple run nothing that is not.
                assert!(signed || arch != "aarch64", "{name} is not signed");
            }
            "windows-gnu" => {
                assert_eq!(file.format(), BinaryFormat::Pe, "{name}");
                let known = |name: &String| name == "kernel32.dll" || name.starts_with("api-ms-win-crt-");
                assert!(libraries.iter().all(known), "{name}: {libraries:?}");
            }
            _ => {
                assert_eq!(file.format(), BinaryFormat::Elf, "{name}");
                assert_eq!(imports.is_empty(), system != "linux-gnu", "{name}");
            }
        }
    }
}

/// Static executables are small, are loaded anywhere, need no other file, and have no memory that is written and executed.
#[test]
fn static_executables() {
    let Some((names, zig)) = targets() else { return };
    for name in names.iter().filter(|name| name.ends_with("-musl")) {
        let bytes = build_program(&zig, name, "static", "print(\"hello\")\n");
        assert!(bytes.len() < 40_000, "{name}: hello has {} bytes", bytes.len());
        let file = ElfFile64::<Endianness>::parse(&*bytes).unwrap();
        let endian = file.endian();
        assert_eq!(file.elf_header().e_type(endian), object::elf::ET_DYN, "{name}");
        let of_type = |wanted| {
            let mut all = file.elf_program_headers().iter();
            all.find(|header| header.p_type(endian) == wanted).map(|header| header.p_flags(endian))
        };
        assert_eq!(of_type(object::elf::PT_INTERP), None, "{name}");
        assert!(of_type(object::elf::PT_GNU_RELRO).is_some(), "{name}");
        let both = object::elf::PF_W | object::elf::PF_X;
        assert_eq!(of_type(object::elf::PT_GNU_STACK).map(|flags| flags & both), Some(object::elf::PF_W));
        let flags = file.elf_program_headers().iter().map(|header| header.p_flags(endian));
        assert!(flags.into_iter().all(|flags| flags & both != both), "{name}");
    }
}

/// Names of files, what is typed and variables are text on Windows as elsewhere, and files are bytes. `MOCHI_RUN_WINDOWS` names
/// what runs its programs.
#[test]
#[cfg(unix)]
fn windows_knows_all_characters() {
    let (Some((names, zig)), Some(runner)) = (targets(), std::env::var_os("MOCHI_RUN_WINDOWS")) else {
        return;
    };
    let name = "x86_64-windows-gnu";
    if !names.iter().any(|target| target == name) {
        return;
    }
    let program = "import go \"os\" as os auto\ntype P { n: string }\n\
        save [P { n: \"größe\" }, P { n: \"日本 😀\" }] to \"ä 日 😀.jsonl\" with { format: \"jsonl\" }\n\
        print(load \"ä 日 😀.jsonl\" as P with { format: \"jsonl\" })\n\
        print(os.Getenv(\"MOCHI_WORD\"), input(), input())\n";
    let bytes = build_program(&zig, name, "characters", program);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign").join(name).join("characters");
    let program = folder.join("wü 日.exe");
    fs::write(&program, bytes).unwrap();
    let run = |command: &mut Command| {
        let _ = fs::remove_file(folder.join("ä 日 😀.jsonl"));
        command.current_dir(&folder).env("MOCHI_WORD", "wört 😀");
        let typed = "eins\r\nzwei é\r\n".as_bytes();
        let printed = limited::output(command, typed, LONGEST).unwrap().expect("an end").stdout;
        let saved = fs::read(folder.join("ä 日 😀.jsonl")).expect("a file of that name");
        (String::from_utf8(printed).unwrap(), String::from_utf8(saved).unwrap())
    };
    let here = run(Command::new(env!("CARGO_BIN_EXE_mochi")).args(["run", "points.mochi"]));
    assert!(here.0.contains("wört 😀 eins zwei é"), "{here:?}");
    // Wine takes names of files from the language of the system.
    assert_eq!(run(Command::new(runner).arg(&program).env("LC_ALL", "C.UTF-8")), here);
}

/// A command of WASI: nothing is wanted but that, and it can be started.
fn wasm(bytes: &[u8]) {
    wasmparser::Validator::new().validate_all(bytes).expect("a module that is valid");
    let (mut imported, mut exported) = (BTreeSet::new(), BTreeSet::new());
    for part in wasmparser::Parser::new(0).parse_all(bytes) {
        match part.unwrap() {
            wasmparser::Payload::ImportSection(section) => {
                imported.extend(section.into_imports().map(|import| import.unwrap().module.to_owned()));
            }
            wasmparser::Payload::ExportSection(section) => {
                exported.extend(section.into_iter().map(|export| export.unwrap().name.to_owned()));
            }
            _ => {}
        }
    }
    assert_eq!(imported, BTreeSet::from(["wasi_snapshot_preview1".to_owned()]));
    assert!(exported.contains("_start") && exported.contains("memory"), "{exported:?}");
}

/// Whether a file is signed: every page has the hash that its signature says.
fn signature(bytes: &[u8]) -> Result<bool, String> {
    let file = MachOFile64::<Endianness>::parse(bytes).map_err(|error| error.to_string())?;
    let (endian, header) = (file.endian(), file.macho_header());
    let mut commands = header.load_commands(endian, bytes, 0).map_err(|error| error.to_string())?;
    let mut place = None;
    while let Some(command) = commands.next().map_err(|error| error.to_string())? {
        if let Ok(LoadCommandVariant::LinkeditData(data)) = command.variant()
            && data.cmd.get(endian) == object::macho::LC_CODE_SIGNATURE
        {
            place = Some((data.dataoff.get(endian) as usize, data.datasize.get(endian) as usize));
        }
    }
    let Some((start, len)) = place else { return Ok(false) };
    let blob = bytes.get(start..start + len).ok_or("the signature is beyond the end")?;
    let word = |at: usize| -> Result<usize, String> {
        let bytes = blob.get(at..at + 4).ok_or("the signature is cut off")?;
        Ok(u32::from_be_bytes(bytes.try_into().expect("four bytes")) as usize)
    };
    if word(0)? != 0xfade_0cc0 {
        return Err("no signature is where it should be".into());
    }
    let mut signed = false;
    for index in 0..word(8)? {
        let directory = word(12 + 8 * index + 4)?;
        if word(directory)? != 0xfade_0c02 {
            continue;
        }
        let (hashes, slots, limit) =
            (directory + word(directory + 16)?, word(directory + 28)?, word(directory + 32)?);
        let kind = blob[directory + 37];
        let page = 1_usize << blob[directory + 39];
        if kind != 2 || limit > start {
            return Err(format!("hashes of kind {kind} up to {limit}"));
        }
        for slot in 0..slots {
            let found = Sha256::digest(&bytes[slot * page..limit.min((slot + 1) * page)]);
            if blob[hashes + 32 * slot..hashes + 32 * (slot + 1)] != found[..] {
                return Err(format!("page {slot} is not the one that was signed"));
            }
        }
        // Everything before the signature itself.
        signed |= limit == start && slots * page >= limit;
    }
    if signed { Ok(true) } else { Err("a part is not signed".into()) }
}
