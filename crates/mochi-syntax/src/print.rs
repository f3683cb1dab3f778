//! The tree and the tokens as text, for `mochi dump` and for goldens.
//!
//! One statement per line, nested ones indented; expressions as S-expressions within the line, types as in the source.
//! Every node shows, also those that differ in the source only, such as parentheses.

mod exprs;
mod stmts;
mod types;

use std::fmt::Write;

use mochi_base::{Interner, Name, SourceMap};

use crate::token::{TokenKind, Tokens};
use crate::tree::*;

/// The tree as text. Recurses over the tree: see [`MAX_NESTING`](crate::MAX_NESTING).
pub fn print_tree(tree: &Tree, names: &Interner) -> String {
    let mut printer = Printer { tree, names, out: String::new(), indent: 0 };
    if let Some(package) = tree.package {
        printer.word("(package ");
        printer.name(package.name);
        printer.word(")\n");
    }
    for &stmt in &tree.body.stmts {
        printer.stmt(stmt);
        printer.word("\n");
    }
    printer.out
}

/// One token per line: position, kind, text.
pub fn print_tokens(tokens: &Tokens, map: &SourceMap) -> String {
    let mut out = String::new();
    for (kind, span) in tokens.iter() {
        let at = map.location(span.lo);
        let class = match kind {
            TokenKind::Eof => "end",
            TokenKind::BadLiteral | TokenKind::Nothing => "bad",
            TokenKind::Int => "int",
            TokenKind::Float => "float",
            TokenKind::Str => "string",
            TokenKind::Ident => "name",
            kind if kind.is_name() => "word",
            kind if kind.is_reserved() => "reserved",
            _ => "mark",
        };
        let _ = write!(out, "{}:{} {class}", at.line, at.column);
        out.push_str(if span.lo == span.hi { "" } else { " " });
        for c in map.text(span).chars() {
            match c {
                '\n' => out.push_str("\\n"),
                _ => out.push(c),
            }
        }
        out.push('\n');
    }
    out
}

/// Indentation stops here, so that a deep tree gives text of linear size.
const MAX_INDENT: usize = 40;

struct Printer<'a> {
    tree: &'a Tree,
    names: &'a Interner,
    out: String,
    indent: usize,
}

impl Printer<'_> {
    fn word(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn name(&mut self, name: Name) {
        let text = self.names.get(name);
        self.out.push_str(if text.is_empty() { "<missing>" } else { text });
    }

    fn string(&mut self, text: &str) {
        let _ = write!(self.out, "\"{}\"", text.escape_debug());
    }

    fn new_line(&mut self) {
        self.out.push('\n');
        for _ in 0..self.indent.min(MAX_INDENT) {
            self.out.push_str("  ");
        }
    }

    /// Each statement on a line of its own, one level deeper.
    fn body(&mut self, block: &Block) {
        self.indent += 1;
        for &stmt in &block.stmts {
            self.new_line();
            self.stmt(stmt);
        }
        self.indent -= 1;
    }

    /// `(label statements)` on a line of its own, one level deeper.
    fn labelled_body(&mut self, label: &str, block: &Block) {
        self.indent += 1;
        self.new_line();
        self.word(label);
        self.body(block);
        self.word(")");
        self.indent -= 1;
    }
}
