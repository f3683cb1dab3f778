//! Token soup through the formatter: what parses is formatted, to the same tokens, and settles.
#![no_main]

#[path = "../../crates/mochi-syntax/tests/support/soup.rs"]
mod soup;

use mochi_base::{Interner, Sink, SourceMap};
use mochi_syntax::format::{FormatError, format};

fn formatted(text: String) -> Result<String, FormatError> {
    let (mut map, mut names, mut sink) = (SourceMap::new(), Interner::new(), Sink::new());
    let file = map.add("fuzz.mochi", text).expect("not too large");
    format(&map, file, &mut names, &mut sink)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match formatted(soup::soup(bytes)) {
        Ok(new) => assert_eq!(formatted(new.clone()), Ok(new)),
        Err(FormatError::Syntax) => {}
        Err(FormatError::Changed) => panic!("the tokens changed"),
    }
});
