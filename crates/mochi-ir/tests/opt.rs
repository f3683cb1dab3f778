//! Runs the files of `tests/ir/opt/`: what passes make of functions, before and after.
//!
//! A file starts with comments, of which one names passes: `; passes: fold, dead-code`. Then come a module, a line
//! `; after`, and the module that the passes make of it. Both must verify. `BLESS=1` writes what comes out.

use std::fs;
use std::path::{Path, PathBuf};

use mochi_ir::passes::{self, Options, PIPELINE, Pass};
use mochi_ir::{parse_module, print_module, verify_module};

const SEPARATOR: &str = "\n; after\n";

#[test]
fn passes_make_of_each_file_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ir/opt");
    let mut files: Vec<PathBuf> = fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "ir"));
    files.sort();
    assert!(!files.is_empty());
    let failures: Vec<String> = files.iter().filter_map(|f| check(f).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn check(file: &Path) -> Result<(), String> {
    let name = file.file_name().unwrap().to_string_lossy();
    let text = fs::read_to_string(file).unwrap();
    let (before, after) = text.split_once(SEPARATOR).unwrap_or((&text, ""));
    let mut module = parse_module(before).map_err(|e| format!("{name}: {}", e[0]))?;
    if let Err(violations) = verify_module(&module) {
        return Err(format!("{name}: before: {}", mochi_ir::verify::report(&module, &violations)));
    }
    passes::run_passes(&mut module, &passes_of(&name, before)?, &mut Options::default());
    if let Err(violations) = verify_module(&module) {
        return Err(format!("{name}: after: {}", mochi_ir::verify::report(&module, &violations)));
    }
    let made = print_module(&module);
    if made == after {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        fs::write(file, format!("{}{SEPARATOR}{made}", before.trim_end_matches('\n'))).unwrap();
        return Ok(());
    }
    Err(format!("{name}: expected\n{after}\nfound\n{made}"))
}

fn passes_of(name: &str, text: &str) -> Result<Vec<Pass>, String> {
    let line = text.lines().find_map(|l| l.strip_prefix("; passes: "));
    let names = line.ok_or_else(|| format!("{name}: no line `; passes: ...`"))?;
    if names == "all" {
        return Ok(PIPELINE.to_vec());
    }
    let find = |n: &str| PIPELINE.iter().find(|p| p.name == n.trim()).copied();
    names.split(',').map(|n| find(n).ok_or_else(|| format!("{name}: no pass `{n}`"))).collect()
}
