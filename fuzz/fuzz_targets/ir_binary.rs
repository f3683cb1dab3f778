//! Any bytes as IR in binary form: an error, or a module.
#![no_main]

#[path = "../../crates/mochi-ir/tests/support/reached.rs"]
mod reached;
#[path = "../../crates/mochi-ir/tests/support/readers.rs"]
#[allow(dead_code)]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::binary(bytes));
