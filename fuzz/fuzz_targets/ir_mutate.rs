//! A valid module, broken at random, through the verifier: no panic.
#![no_main]

#[path = "../../crates/mochi-ir/tests/support/reached.rs"]
mod reached;
#[path = "../../crates/mochi-ir/tests/support/readers.rs"]
#[allow(dead_code)]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::broken(bytes));
