//! Bytes through the loaders of all formats, typed and untyped.
#![no_main]

#[path = "../../crates/mochi-driver/tests/support/loading.rs"]
mod loading;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| loading::load(bytes));
