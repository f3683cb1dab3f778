//! Source text to tree: tokens, the syntax tree, and a parser that recovers from every error and never fails.
//!
//! The tree is the program as written; names are not resolved and types are not known here.
#![forbid(unsafe_code)]

pub mod tree;

pub use tree::Tree;
