//! What the tests over corpora share: finding sources and checking one.
#![allow(dead_code)]

pub mod faults;

use std::path::{Path, PathBuf};

use mochi_base::{Diagnostic, Interner, Severity, Sink, SourceMap};
use mochi_syntax::tree::Tree;
use mochi_types::{Options, Program, RuntimeSignature, Types};

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All Mochi sources below a folder of the repository, in order; none when it is not there.
pub fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.sort();
    files
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "mochi") {
            files.push(path);
        }
    }
}

/// A source and what checking it gave.
pub struct Checked {
    pub map: SourceMap,
    pub names: Interner,
    pub tree: Tree,
    pub program: Program,
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Whether the program may be lowered.
    pub fn is_clean(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != Severity::Error)
    }
}

/// Parses and checks a text.
pub fn check(name: &str, text: &str, options: Options) -> Checked {
    let mut map = SourceMap::new();
    let id = map.add(name, text).expect("test files are small");
    let (mut names, mut sink) = (Interner::new(), Sink::new());
    let tree = mochi_syntax::parser::parse(&map, id, &mut names, &mut sink);
    let program = mochi_types::check(&tree, &mut names, &options, runtime, &mut sink);
    Checked { map, names, tree, program, diagnostics: sink.into_diagnostics() }
}

/// Checks a text in every profile and panics at a defect: what is accepted must obey the contract and print, and every
/// diagnostic must render.
pub fn survives(text: &str) {
    for (strict, lints, std) in [(false, false, false), (true, false, false), (false, true, true)] {
        let checked = check("survivor", text, Options { strict, lints, std, ..Default::default() });
        for diagnostic in checked.diagnostics.iter().take(3) {
            let format = mochi_base::render::Format::Human(mochi_base::render::Color::Never);
            mochi_base::render::render(&checked.map, diagnostic, format);
        }
        if checked.is_clean() {
            mochi_types::print::print_typed(&checked.program, &checked.names);
            let found = faults::faults(&checked.program, "a source");
            assert!(found.is_empty(), "{}\n{text}", found.join("\n"));
        }
    }
}

/// Two runtime functions, for sources of std.
fn runtime(types: &mut Types) -> Vec<RuntimeSignature> {
    let any_list = types.list(Types::ANY);
    vec![
        RuntimeSignature { name: "str_upper", params: vec![Types::STR], result: Types::STR },
        RuntimeSignature { name: "any_keys", params: vec![Types::ANY], result: any_list },
    ]
}
