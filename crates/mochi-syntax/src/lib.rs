//! Source text to tree: tokens, the syntax tree, and a parser that recovers from every error and never fails.
//!
//! The tree is the program as written; names are not resolved and types are not known here. Start reading at
//! [`tree`], then [`parser`].
#![forbid(unsafe_code)]

pub mod format;
mod incomplete;
mod lexer;
mod literal;
pub mod parser;
pub mod print;
pub mod token;
pub mod tree;
pub mod verify;
pub mod walk;

pub use incomplete::Incomplete;
pub use parser::{Forest, MAX_NESTING, parse, tokens};
pub use token::{TokenKind, Tokens};
pub use tree::Tree;
