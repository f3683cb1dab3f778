//! What the targets of the parser check.

use mochi_base::{Interner, Sink, SourceMap};

/// Parses and verifies; panics when an invariant is broken.
pub fn parse(text: &str) {
    let mut map = SourceMap::new();
    let file = map.add("fuzz.mochi", text).expect("inputs are small");
    let (mut names, mut sink) = (Interner::new(), Sink::new());
    let tree = mochi_syntax::parse(&map, file, &mut names, &mut sink);
    if let Err(broken) = mochi_syntax::verify::verify(&tree, map.file(file), sink.errors() == 0) {
        panic!("{broken}");
    }
    // Rendering takes part: a span that no excerpt can be cut for is a defect too.
    for diagnostic in sink.diagnostics().iter().take(3) {
        let format = mochi_base::render::Format::Human(mochi_base::render::Color::Never);
        mochi_base::render::render(&map, diagnostic, format);
    }
    mochi_syntax::print::print_tree(&tree, &names);
}
