//! The copy-and-patch compiler: native code for functions that run often, put together from machine code that a C compiler
//! made beforehand.
//!
//! Start at [`jit`]; [`analyse`] looks at a function once, [`lower`] chooses a stencil for each instruction, [`buffer`]
//! copies and patches, [`memory`] is where code lives. [`manifest`] is the table of stencils, [`library`] reads what
//! `cargo xtask stencils` made from `stencils/`. On other machines than x86-64 with Linux there is no compiler.

pub mod manifest;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod analyse;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod buffer;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod jit;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod library;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod listing;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod lower;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod memory;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod objects;

use mochi_vm::code::Program;
use mochi_vm::native::Compiler;

/// A compiler with room for so many bytes of code; `None` where there is none or the system does not allow code to be
/// made.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn compiler(room: usize) -> Option<Box<dyn Compiler>> {
    Some(Box::new(jit::Jit::new(room)?))
}

/// The code of a function for people; `line` is what is shown for the source at a word of the function. `None` as above.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn list(program: &Program, index: u32, line: &dyn Fn(u32) -> Option<String>) -> Option<String> {
    listing::list(program, index, line)
}

/// Nothing is compiled here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn compiler(_: usize) -> Option<Box<dyn Compiler>> {
    None
}

/// Nothing is compiled here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn list(_: &Program, _: u32, _: &dyn Fn(u32) -> Option<String>) -> Option<String> {
    None
}
