//! From the syntax tree to the typed tree: name resolution, type inference and checks.
//!
//! The checker reports into a sink and always returns a typed tree; it never reads files and never stops early.
#![forbid(unsafe_code)]

pub mod blocks;
mod check;
pub mod foreign;
pub mod print;
mod show;
pub mod ty;
pub mod typed;

pub use check::{LAST_VALUE, Last, Options, Past, builtin_functions, builtin_methods, check, check_input};
pub use show::show_type;
pub use ty::{Ty, TyKind, Types};
pub use typed::{Program, RuntimeSignature};
