//! The copy-and-patch compiler: native code for functions that run often, put together from machine code that a C compiler
//! made beforehand.
//!
//! Start at [`jit`]; [`analyse`] looks at a function once, [`lower`] chooses a stencil for each instruction, [`buffer`]
//! copies and patches, [`memory`] is where code lives, [`ring`] and [`stubs`] know what lies where. [`manifest`] is the table of stencils, [`library`] reads what
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
#[cfg(any(target_os = "linux", target_vendor = "apple", windows))]
pub mod memory;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod objects;
pub mod ring;
pub mod stubs;

use std::fmt;

use mochi_vm::code::Program;
use mochi_vm::native::Compiler;

/// Why nothing is compiled.
#[derive(Debug)]
pub enum Unavailable {
    /// There is no compiler for the machine.
    Machine,
    /// The system does not allow code to be made; what it says.
    Refused(String),
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::Machine => f.write_str("there is no compiler for this machine"),
            Unavailable::Refused(why) => write!(f, "the system refuses memory for code ({why})"),
        }
    }
}

/// A compiler with room for so many bytes of code.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn compiler(room: usize) -> Result<Box<dyn Compiler>, Unavailable> {
    Ok(Box::new(make(room)?))
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn make(room: usize) -> Result<jit::Jit, Unavailable> {
    jit::Jit::new(room).map_err(|refusal| Unavailable::Refused(refusal.to_string()))
}

/// How code would be made, for people.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn way() -> Result<&'static str, Unavailable> {
    Ok(make(1)?.way())
}

/// The code of a function for people; `line` is what is shown for the source at a word of the function. `None` as above.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn list(program: &Program, index: u32, line: &dyn Fn(u32) -> Option<String>) -> Option<String> {
    listing::list(program, index, line)
}

/// Nothing is compiled here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn compiler(_: usize) -> Result<Box<dyn Compiler>, Unavailable> {
    Err(Unavailable::Machine)
}

/// Nothing is compiled here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn way() -> Result<&'static str, Unavailable> {
    Err(Unavailable::Machine)
}

/// Nothing is compiled here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn list(_: &Program, _: u32, _: &dyn Fn(u32) -> Option<String>) -> Option<String> {
    None
}
