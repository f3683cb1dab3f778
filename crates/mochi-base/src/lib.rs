//! What every stage of the compiler shares: source files and spans, interned names, typed ids with id maps, and
//! diagnostics as data.
//!
//! Nothing here knows the language; nothing here reads files.
#![forbid(unsafe_code)]

pub mod diag;
pub mod id;
pub mod intern;
pub mod render;
pub mod source;
pub mod suggest;

pub use diag::{Code, Diagnostic, Severity, Sink};
pub use id::IdVec;
pub use intern::{Interner, Name};
pub use source::{FileId, Location, SourceFile, SourceMap, Span};
