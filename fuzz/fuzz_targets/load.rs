//! Bytes through the loaders of all formats, typed and untyped.
#![no_main]

#[path = "../../crates/mochi-driver/tests/support/loading.rs"]
mod loading;

// One format for each input, so that more of them are tried: their lengths say which.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| loading::load_as(bytes, bytes.len()));
