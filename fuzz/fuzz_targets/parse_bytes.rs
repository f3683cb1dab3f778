//! Any bytes through lexer and parser: no panic, and a tree that keeps its invariants.
#![no_main]

#[path = "support/parse.rs"]
mod parse;
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    support::run(parse::parse, String::from_utf8_lossy(bytes).into_owned());
});
