//! Runs the files of `tests/emit`: IR, and after the line of dashes what it does or becomes.
//!
//! What is expected of a file in `bytecode` is the output of each function whose name starts with `main`, with the error
//! and its trace if it ends with one; when it starts with a comment `; list`, the listing of the bytecode comes first.
//! Each runs a second time with a collection at every safepoint and must do the same. `; options: max-depth=N` limits
//! the runs. `BLESS=1` writes what came out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::{cell::RefCell, io};

use libtest_mimic::{Arguments, Failed, Trial};
use mochi_ir::Module;
use mochi_runtime::{Host, Runtime, Stress};
use mochi_vm::{Limits, Program, Vm};

const DASHES: &str = "; ----\n";

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/emit/bytecode");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(&root)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "ir"))
        .collect();
    paths.sort();
    let trials = paths.into_iter().map(|path| {
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        Trial::test(name, move || test(&path))
    });
    libtest_mimic::run(&args, trials.collect()).exit();
}

fn test(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let (source, expected) = text.split_once(DASHES).unwrap_or((&text, ""));
    let mut module = mochi_ir::parse_module(source).map_err(|errors| format!("{errors:#?}"))?;
    mochi_ir::verify_module(&module).map_err(|violations| format!("{violations:#?}"))?;
    let emit = |module: &Module| mochi_emit::bytecode::emit(module).map_err(|e| e.to_string());
    let mut found = String::new();
    if source.starts_with("; list") {
        found.push_str(&mochi_vm::print::print(&emit(&module)?));
    }
    let limits = limits(source)?;
    let mains: Vec<_> =
        module.funcs.iter().filter(|(_, f)| f.name.starts_with("main")).map(|(id, _)| id).collect();
    for &main in &mains {
        module.entry = Some(main);
        let program = emit(&module)?;
        let calm = run(program.clone(), limits, Stress::Off);
        let stressed = run(program, limits, Stress::On);
        if calm != stressed {
            return Err(format!("with a collection at every safepoint:\n{stressed}\nwithout:\n{calm}").into());
        }
        if mains.len() > 1 {
            let _ = writeln!(found, "{}:", module.funcs[main].name);
        }
        found.push_str(&calm);
    }
    if found == expected {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{source}{DASHES}{found}"))?;
        return Ok(());
    }
    Err(format!("expected:\n{expected}\nfound:\n{found}").into())
}

fn limits(source: &str) -> Result<Limits, Failed> {
    let mut limits = Limits::default();
    for line in source.lines().filter_map(|line| line.strip_prefix("; options: ")) {
        match line.split_once('=') {
            Some(("max-depth", n)) => limits.max_depth = n.parse()?,
            _ => return Err(format!("unknown option {line}").into()),
        }
    }
    Ok(limits)
}

/// What a program writes, then its error.
fn run(program: Program, limits: Limits, stress: Stress) -> String {
    let host = Output::default();
    let written = host.written.clone();
    let mut runtime = Runtime::new(Box::new(host), mochi_runtime::Limits::default()).expect("memory");
    runtime.heap.set_stress(stress);
    let mut vm = Vm::new(program, runtime, limits).expect("memory");
    let result = vm.run();
    vm.runtime.flush().expect("output is kept in memory");
    let mut out = String::from_utf8_lossy(&written.borrow()).into_owned();
    if let Err(error) = result {
        let _ = writeln!(out, "{:?}: {}", error.kind, error.message);
        let trace = &error.trace;
        for frame in &trace.innermost {
            let _ = writeln!(out, "  {} @{}..{}", frame.name, frame.span.lo, frame.span.hi);
        }
        if trace.omitted > 0 {
            let _ = writeln!(out, "  and {} more", trace.omitted);
        }
        for frame in &trace.outermost {
            let _ = writeln!(out, "  {} @{}..{}", frame.name, frame.span.lo, frame.span.hi);
        }
    }
    out
}

/// A host that keeps what is written.
#[derive(Default)]
struct Output {
    written: Rc<RefCell<Vec<u8>>>,
}

impl Host for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written.borrow_mut().extend_from_slice(bytes);
        Ok(())
    }
    fn read_line(&mut self, _: &mut Vec<u8>) -> io::Result<usize> {
        Ok(0)
    }
    fn now(&mut self) -> i64 {
        0
    }
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}
