//! Generated programs in all modes of running them, which must agree.
//!
//! [`generate`] makes a program of random bytes, [`modes`] runs it in process: the oracle is the interpreter on code that
//! no optional pass has seen, and native code is compared with the interpreter on the same code. [`library`] is what programs
//! share. [`c`] builds them instead. [`search`] goes on until something disagrees, which [`reduce`] makes smaller; [`supervise`]
//! notices when a program takes the process with it. [`counters`] is what was compared so far, a committed file.
//! Development only: `cargo xtask fuzz-modes` runs it.
#![forbid(unsafe_code)]

pub mod c;
pub mod counters;
pub mod generate;
mod library;
pub mod modes;
pub mod options;
pub mod reduce;
pub mod search;
pub mod supervise;
#[cfg(debug_assertions)]
pub mod wrong;
