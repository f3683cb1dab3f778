//! From the syntax tree to the typed tree: name resolution, type inference and checks.
//!
//! The checker reports into a sink and always returns a typed tree; it never reads files and never stops early.
#![forbid(unsafe_code)]

pub mod ty;
pub mod typed;

pub use ty::{Ty, TyKind, Types};
pub use typed::Program;
