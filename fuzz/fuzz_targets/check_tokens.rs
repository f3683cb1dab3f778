//! Token soup through the checker: every byte of the input is a token, so most inputs parse far enough to be checked.
#![no_main]

#[path = "../../crates/mochi-types/tests/corpus/mod.rs"]
mod corpus;
#[path = "../../crates/mochi-syntax/tests/support/soup.rs"]
mod soup;
mod support;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| support::run(corpus::survives, soup::soup(bytes)));
