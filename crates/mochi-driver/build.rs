//! Compiles std, written in Mochi under `std/`, to IR in compact form.
//!
//! The output depends on the sources alone: files are taken in order of their names and paths stay out of it.

use std::path::{Path, PathBuf};

use mochi_base::{Interner, Sink, SourceMap};

fn main() {
    println!("cargo::rerun-if-changed=std");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("std");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("std.bin");
    match compile(&root) {
        Ok(bytes) => std::fs::write(out, bytes).expect("the output folder is writable"),
        Err(message) => {
            eprintln!("{message}");
            std::process::exit(1);
        }
    }
}

fn compile(root: &Path) -> Result<Vec<u8>, String> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root).map_err(|e| e.to_string())?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    // One namespace: all files are one program.
    let mut text = String::new();
    for file in &files {
        text.push_str(&std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?);
        text.push('\n');
    }
    let mut sources = SourceMap::new();
    let file = sources.add("std", text).map_err(|_| "std is too large".to_string())?;
    let (mut names, mut sink) = (Interner::new(), Sink::new());
    let tree = mochi_syntax::parse(&sources, file, &mut names, &mut sink);
    let options = mochi_types::Options { strict: false, lints: false, std: true, ..Default::default() };
    let program = mochi_types::check(&tree, &mut names, &options, mochi_lower::runtime_signatures, &mut sink);
    if sink.errors() > 0 {
        let lines = sink.diagnostics().iter().map(|d| {
            let at = sources.location(d.span.lo);
            format!(
                "std:{}: {}: {}\n    {}",
                at.line,
                d.code.name(),
                d.message,
                sources.file(at.file).line(at.line)
            )
        });
        return Err(lines.collect::<Vec<_>>().join("\n"));
    }
    let mut module = mochi_lower::lower(&mochi_lower::Input {
        program: &program,
        names: &names,
        sources: &sources,
        std: None,
        int: mochi_lower::IntRange::Word,
    });
    // Places in std mean nothing to a user: a run-time error shows the call of the std function.
    for func in module.funcs.values_mut() {
        func.span = mochi_base::Span::NONE;
        func.insts.values_mut().for_each(|inst| inst.span = mochi_base::Span::NONE);
    }
    if let Err(violations) = mochi_ir::verify::verify_module(&module) {
        return Err(violations.iter().map(|v| format!("std: {v}")).collect::<Vec<_>>().join("\n"));
    }
    Ok(mochi_ir::codec::encode(&module))
}
