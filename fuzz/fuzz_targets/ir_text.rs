//! Any bytes as IR text: errors, or a module whose text reads back.
#![no_main]

#[path = "../../crates/mochi-ir/tests/support/reached.rs"]
mod reached;
#[path = "../../crates/mochi-ir/tests/support/readers.rs"]
#[allow(dead_code)]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::text(&String::from_utf8_lossy(bytes)));
