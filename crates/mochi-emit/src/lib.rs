//! Emitters: from the linked, optimised IR to what a machine runs. One module per back end.
//!
//! An emitter looks at a module that the verifier accepts and whose functions have no type parameters any more. What it
//! cannot express it returns as [`Unsupported`]; it never guesses.
#![forbid(unsafe_code)]

use std::fmt;

use mochi_base::Span;

pub mod bytecode;
pub mod c;
mod layout;
mod types;

/// Something that a back end cannot emit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsupported {
    /// The back end.
    pub target: &'static str,
    /// The function.
    pub func: String,
    /// Why.
    pub reason: String,
    /// Where in the source.
    pub span: Span,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot express {}: {}", self.target, self.func, self.reason)
    }
}

impl std::error::Error for Unsupported {}
