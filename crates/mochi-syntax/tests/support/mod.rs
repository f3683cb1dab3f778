//! What the tests of the parser share; each uses a part.
#![allow(dead_code)]

use std::time::{Duration, Instant};

use mochi_base::{Interner, Sink, SourceMap};
use mochi_syntax::verify::verify;

/// What came out of a parse.
pub struct Parsed {
    /// `CODE LINE:COLUMN` of each error.
    pub errors: Vec<String>,
    /// How long it took.
    pub time: Duration,
}

/// Parses and verifies; panics, with the text or its start, when an invariant is broken.
pub fn parse(text: &str) -> Parsed {
    let mut map = SourceMap::new();
    // Some offset, so that positions and offsets are not confused.
    map.add("before.mochi", "let before = 1").unwrap();
    let file = map.add("test.mochi", text).unwrap();
    let (mut names, mut sink) = (Interner::new(), Sink::new());
    let start = Instant::now();
    let tree = mochi_syntax::parse(&map, file, &mut names, &mut sink);
    let time = start.elapsed();
    if let Err(broken) = verify(&tree, map.file(file), sink.errors() == 0) {
        panic!("{broken} in:\n{}", text.chars().take(2000).collect::<String>());
    }
    let errors = sink.diagnostics().iter().map(|diagnostic| {
        assert_eq!(map.file_at(diagnostic.span.lo), file, "{diagnostic:?}");
        let at = map.location(diagnostic.span.lo);
        format!("{} {}:{}", diagnostic.code.name(), at.line, at.column)
    });
    Parsed { errors: errors.collect(), time }
}

/// Runs a test on a stack that is big enough for the deepest trees.
pub fn on_big_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(test).unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}
