//! The copy-and-patch compiler: native code for functions that run often, put together from machine code that a C compiler
//! made beforehand.
//!
//! Start at [`jit`]; [`analyse`] looks at a function once, [`lower`] chooses a stencil for each instruction, [`buffer`]
//! copies and patches, [`memory`] is where code lives, [`ring`] and [`stubs`] know what lies where. [`manifest`] is the
//! table of stencils, [`library`] reads what `cargo xtask stencils` made from `stencils/`, and [`isa`] is all that depends
//! on the processor. There is no compiler but on x86-64 and aarch64 with Linux.

pub mod manifest;

#[cfg(compiles)]
pub mod analyse;
#[cfg(compiles)]
pub mod buffer;
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub mod debugger;
#[cfg(compiles)]
mod describe;
pub mod division;
mod expected;
#[cfg(compiles)]
pub mod isa;
#[cfg(compiles)]
pub mod jit;
#[cfg(compiles)]
pub mod library;
#[cfg(compiles)]
pub mod listing;
#[cfg(compiles)]
pub mod lower;
#[cfg(any(target_os = "linux", target_vendor = "apple", windows))]
pub mod memory;
pub mod object;
pub mod ring;
pub mod stubs;
pub mod watch;

use std::fmt;

use mochi_vm::code::Program;
use mochi_vm::native::Compiler;
use mochi_vm::seen::Seen;

use object::Lines;
use watch::{Made, Watch};

/// What a compiler is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Bytes of code, at most.
    pub room: usize,
    /// Whether code had better be in memory that is in no file: debuggers write there, and profilers look for its names.
    pub in_no_file: bool,
    /// Whether indexes are masked after their check, against speculation.
    pub harden: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { room: 64 << 20, in_no_file: false, harden: false }
    }
}

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

/// A compiler, which tells somebody of its code.
#[cfg(compiles)]
pub fn compiler(settings: Settings, watches: Vec<Box<dyn Watch>>) -> Result<Box<dyn Compiler>, Unavailable> {
    let mut jit = make(settings)?;
    watches.into_iter().for_each(|watch| jit.watch(watch));
    Ok(Box::new(jit))
}

#[cfg(compiles)]
fn make(settings: Settings) -> Result<jit::Jit, Unavailable> {
    jit::Jit::new(settings).map_err(|refusal| Unavailable::Refused(refusal.to_string()))
}

/// Somebody who tells debuggers of code; `None` where nobody does.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
pub fn debugger(lines: Box<dyn Fn(&Made<'_>) -> Lines>) -> Option<Box<dyn Watch>> {
    Some(Box::new(debugger::Debugger::new(lines)))
}

/// Nothing is compiled here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
pub fn debugger(_: Box<dyn Fn(&Made<'_>) -> Lines>) -> Option<Box<dyn Watch>> {
    None
}

/// How code would be made, for people.
#[cfg(compiles)]
pub fn way() -> Result<&'static str, Unavailable> {
    Ok(make(Settings::default())?.way())
}

/// The code of a function for people; `line` is what is shown for the source at a word of the function. `None` as above.
#[cfg(compiles)]
pub fn list(
    program: &Program,
    seen: &Seen,
    index: u32,
    line: &dyn Fn(u32) -> Option<String>,
) -> Option<String> {
    listing::list(program, seen, index, line)
}

/// Nothing is compiled here.
#[cfg(not(compiles))]
pub fn compiler(_: Settings, _: Vec<Box<dyn Watch>>) -> Result<Box<dyn Compiler>, Unavailable> {
    Err(Unavailable::Machine)
}

/// Nothing is compiled here.
#[cfg(not(compiles))]
pub fn way() -> Result<&'static str, Unavailable> {
    Err(Unavailable::Machine)
}

/// Nothing is compiled here.
#[cfg(not(compiles))]
pub fn list(_: &Program, _: u32, _: &dyn Fn(u32) -> Option<String>) -> Option<String> {
    None
}
