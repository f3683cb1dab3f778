//! Token soup through the parser: every byte of the input is a token, so the fuzzer needs not invent words.
#![no_main]

#[path = "support/parse.rs"]
mod parse;
#[path = "../../crates/mochi-syntax/tests/support/soup.rs"]
mod soup;
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::run(parse::parse, soup::soup(bytes)));
