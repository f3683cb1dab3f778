//! Any bytes through lexer, parser and checker in every profile: no panic, and what is accepted obeys the contract.
#![no_main]

#[path = "../../crates/mochi-types/tests/corpus/mod.rs"]
mod corpus;
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    support::run(corpus::survives, String::from_utf8_lossy(bytes).into_owned());
});
