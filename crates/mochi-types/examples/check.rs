//! Checks files and prints diagnostics, times, or the typed tree: a desk tool while working on the checker.
//!
//! `cargo run -p mochi-types --example check -- [--strict] [--lints] [--std] [--typed] [--time] [--stack=MIB] FILE...`
//!
//! `--stack` is the stack of the checker alone, to measure what it needs per level of nesting.

use std::time::Instant;

use mochi_base::{Interner, Sink, SourceMap};
use mochi_types::Options;

fn main() {
    with_stack(1024, run);
}

/// Runs something on a thread with a stack of this many MiB.
fn with_stack<T: Send>(mib: usize, work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(mib << 20);
        thread.spawn_scoped(scope, work).expect("a thread").join().expect("no panic")
    })
}

fn run() {
    let (flags, files): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let has = |flag: &str| flags.iter().any(|f| f == flag);
    let stack = flags
        .iter()
        .find_map(|flag| flag.strip_prefix("--stack="))
        .map_or(1024, |mib| mib.parse().expect("a number of MiB"));
    let options =
        Options { strict: has("--strict"), lints: has("--lints"), std: has("--std"), ..Default::default() };
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a readable file");
        let lines = text.lines().count();
        let mut map = SourceMap::new();
        let id = map.add(file.clone(), text).expect("a file below 4 GiB");
        let (mut names, mut sink) = (Interner::new(), Sink::new());
        let start = Instant::now();
        let tree = mochi_syntax::parser::parse(&map, id, &mut names, &mut sink);
        let parsed = start.elapsed();
        let start = Instant::now();
        let program =
            with_stack(stack, || mochi_types::check(&tree, &mut names, &options, |_| Vec::new(), &mut sink));
        let checked = start.elapsed();
        for d in sink.diagnostics() {
            let at = map.location(d.span.lo);
            println!("{file}:{}:{}: {:?} {}: {}", at.line, at.column, d.severity, d.code.name(), d.message);
            for note in &d.notes {
                println!("    note: {}", note.text);
            }
        }
        if has("--typed") {
            print!("{}", mochi_types::print::print_typed(&program, &names));
        }
        if has("--time") {
            let rate = lines as f64 / checked.as_secs_f64() / 1e6;
            println!(
                "{file}: {lines} lines, parsed in {parsed:?}, checked in {checked:?} ({rate:.2} M lines/s)"
            );
        }
    }
}
