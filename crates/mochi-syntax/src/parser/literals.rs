//! Literals: numbers, strings, lists, maps, structs; and what all comma-separated lists share.

use mochi_base::Span;
use mochi_base::diag::codes;

use super::recover::{EXPR_STARTS, NAMES};
use super::{Braces, Parser};
use crate::literal;
use crate::token::{KindSet, TokenKind};
use crate::tree::*;

/// Whether a comma may stand after the last element of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trailing {
    /// As in literals.
    Allowed,
    /// As in arguments and parameters.
    Refused,
}

/// What a `{` turned out to open.
pub(super) enum Braced {
    /// A map literal.
    Map(ExprId),
    /// Statements.
    Block(Block),
    /// Nothing yet: the parser is back at the brace.
    Neither,
}

/// Whether statements in braces may stand where an expression is expected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocks {
    /// As after `=>` in a match arm.
    Allowed,
    /// They are parsed, but reported.
    Refused,
}

impl Parser<'_> {
    // -------------------------------------------------------------------------------------------------- scalars

    /// The value of the integer that stands here.
    pub(super) fn int(&mut self) -> i64 {
        let span = self.bump();
        let text = self.slice(span);
        literal::int(text).unwrap_or_else(|| {
            self.report(codes::P045 { literal: shorten(text) }.at(span));
            i64::MAX
        })
    }

    pub(super) fn float(&mut self) -> f64 {
        let span = self.bump();
        literal::float(self.slice(span))
    }

    /// The string that stands here.
    pub(super) fn string(&mut self) -> StrLit {
        let span = self.bump();
        let text = self.slice(span);
        let (value, bad) = literal::string(text);
        if let Some(bad) = bad {
            let place = Span::new(span.lo + bad.start as u32, span.lo + bad.end as u32);
            let diagnostic = codes::P041 { escape: &text[bad] }.at(Span::new(span.lo, span.lo + 1));
            self.report(diagnostic.note(place, "this escape"));
        }
        StrLit { value, span }
    }

    /// A string, or a report that it is missing.
    pub(super) fn expect_string(&mut self, what: &str) -> StrLit {
        if self.kind == TokenKind::Str {
            return self.string();
        }
        self.unexpected(what);
        let here = self.start();
        StrLit { value: "".into(), span: Span::new(here, here) }
    }

    // ---------------------------------------------------------------------------------------------------- lists

    /// Elements separated by commas up to `close`, from the opening bracket that stands here to the closing one.
    /// `starts` tells where a comma was forgotten. `element` reports when there is no element.
    #[inline]
    pub(super) fn list(
        &mut self,
        close: TokenKind,
        trailing: Trailing,
        starts: KindSet,
        mut element: impl FnMut(&mut Self),
    ) {
        let open = self.bump().lo;
        let outer = std::mem::replace(&mut self.braces, Braces::Literal);
        self.list_after(open, close, trailing, starts, &mut element);
        self.braces = outer;
    }

    /// The same after the opening bracket at `open`.
    fn list_after(
        &mut self,
        open: u32,
        close: TokenKind,
        trailing: Trailing,
        starts: KindSet,
        element: &mut impl FnMut(&mut Self),
    ) {
        let mut after_comma = false;
        loop {
            if self.kind == close {
                if after_comma && trailing == Trailing::Refused {
                    self.unexpected("another element after the comma");
                    self.resume();
                }
                self.bump();
                return;
            }
            element(self);
            if self.recovering() && !self.recover_in_list(open, close) {
                return;
            }
            while self.kind != TokenKind::Comma && self.kind != close {
                if self.forgive() {
                    continue;
                }
                if !self.after_element(open, close, starts) {
                    return;
                }
                break;
            }
            after_comma = self.eat(TokenKind::Comma);
        }
    }

    /// `(a, b)` or `[a, b,]`.
    pub(super) fn expr_list(&mut self, close: TokenKind) -> Vec<ExprId> {
        let trailing = if close == TokenKind::RParen { Trailing::Refused } else { Trailing::Allowed };
        let base = self.pending_exprs.len();
        self.list(close, trailing, EXPR_STARTS, |parser| {
            let element = parser.expr();
            parser.pending_exprs.push(element);
        });
        self.take_exprs(base)
    }

    /// `{ name: value, ... }` of a struct literal, `generate` or `emit`, or a report that it is missing.
    pub(super) fn field_inits(&mut self) -> Vec<FieldInit> {
        let mut inits = Vec::new();
        if self.kind != TokenKind::LBrace {
            self.expected_token(TokenKind::LBrace);
            return inits;
        }
        self.list(TokenKind::RBrace, Trailing::Allowed, NAMES, |parser| inits.push(parser.field_init()));
        inits
    }

    /// `name: value`.
    pub(super) fn field_init(&mut self) -> FieldInit {
        let name = self.expect_name("a field name");
        self.expect(TokenKind::Colon);
        FieldInit { name, value: self.expr() }
    }

    /// `Name{field: value, ...}`.
    #[inline(never)]
    pub(super) fn struct_literal(&mut self, start: u32) -> ExprId {
        let name = if self.at_package_name() { self.package_name() } else { self.expect_name("a type name") };
        let inits = self.field_inits();
        self.make_expr(start, ExprKind::Struct { name, inits })
    }

    // ---------------------------------------------------------------------------------------------------- maps

    /// `{key: value, ...}`, where statements in braces are reported.
    #[inline(never)]
    pub(super) fn map(&mut self) -> ExprId {
        let start = self.start();
        match self.map_or_block(Blocks::Refused) {
            Braced::Map(map) => map,
            Braced::Block(_) => self.make_expr(start, ExprKind::Error),
            Braced::Neither => self.make_expr(self.prev_end, ExprKind::Error),
        }
    }

    /// `{key: value, ...}` alone, as entries.
    pub(super) fn map_entries(&mut self) -> Vec<(ExprId, ExprId)> {
        let mut entries = Vec::new();
        if self.kind != TokenKind::LBrace {
            self.expected_token(TokenKind::LBrace);
            return entries;
        }
        self.list(TokenKind::RBrace, Trailing::Allowed, EXPR_STARTS, |parser| {
            entries.push(parser.map_entry())
        });
        entries
    }

    fn map_entry(&mut self) -> (ExprId, ExprId) {
        let key = self.map_key();
        self.map_value(key)
    }

    fn map_value(&mut self, key: ExprId) -> (ExprId, ExprId) {
        self.expect(TokenKind::Colon);
        (key, self.expr())
    }

    /// A key; a bare name stands for the string of that name.
    fn map_key(&mut self) -> ExprId {
        if self.kind.is_name() && self.peek(1) == TokenKind::Colon {
            let span = self.bump();
            return self.make_expr_at(span, ExprKind::Str(self.slice(span).into()));
        }
        self.expr()
    }

    /// Reads from `{` on and decides between a map and a block: what stands first in braces is a key exactly when a
    /// colon follows it. (Keys that start with `if` want parentheses, as `if` starts a statement.)
    pub(super) fn map_or_block(&mut self, blocks: Blocks) -> Braced {
        let open = self.at;
        let start = self.bump().lo;
        let outer = std::mem::replace(&mut self.braces, Braces::Literal);
        let key_start = self.start();
        let key = if self.kind == TokenKind::RBrace {
            self.bump();
            self.braces = outer;
            return Braced::Map(self.make_expr(start, ExprKind::Map(Vec::new())));
        } else {
            (self.at_expr() && !self.at_statement_word()).then(|| self.map_key())
        };
        let braced = match key {
            Some(key) if self.kind == TokenKind::Colon || self.recovering() => {
                Braced::Map(self.map_after_key(start, key))
            }
            _ if blocks == Blocks::Refused && self.refuse_block(open, outer) => Braced::Neither,
            key => {
                let stmt = match key {
                    Some(key) => self.simple_statement(key_start, key),
                    None => self.statement(),
                };
                Braced::Block(self.block_after(start, open + 1, Some(stmt)))
            }
        };
        self.braces = outer;
        braced
    }

    /// What stands here makes the braces at token `open` a block, where only a map may stand: reports that. Whether to
    /// go back to the brace, since in a header this must be the block and the header is missing. Goes back over a few
    /// tokens only, so that nested headers take linear time.
    #[cold]
    fn refuse_block(&mut self, open: usize, outer: Braces) -> bool {
        const FEW: usize = 8;
        let is_header = outer == Braces::Block && self.at - open <= FEW;
        self.unexpected(if is_header {
            "an expression before the block"
        } else {
            "a map entry `key: value`"
        });
        if is_header {
            self.go_to(open);
        }
        self.resume();
        is_header
    }

    /// The rest of a map literal whose first key has been read.
    fn map_after_key(&mut self, start: u32, first_key: ExprId) -> ExprId {
        let mut entries = Vec::new();
        let mut first_key = Some(first_key);
        self.list_after(
            start,
            TokenKind::RBrace,
            Trailing::Allowed,
            EXPR_STARTS,
            &mut |parser: &mut Self| {
                let entry = match first_key.take() {
                    Some(key) => parser.map_value(key),
                    None => parser.map_entry(),
                };
                entries.push(entry);
            },
        );
        self.make_expr(start, ExprKind::Map(entries))
    }

    /// `{ value }` after an `if` in an expression; a map literal there stands for itself.
    pub(super) fn braced_value(&mut self) -> ExprId {
        let start = self.bump().lo;
        let outer = std::mem::replace(&mut self.braces, Braces::Literal);
        let value = self.braced_value_after(start);
        self.braces = outer;
        value
    }

    fn braced_value_after(&mut self, start: u32) -> ExprId {
        if self.eat(TokenKind::RBrace) {
            return self.make_expr(start, ExprKind::Map(Vec::new()));
        }
        let value = self.map_key();
        if self.kind == TokenKind::Colon {
            return self.map_after_key(start, value);
        }
        self.close(start, TokenKind::RBrace);
        value
    }

    /// The end of brackets that hold one thing and were opened at `open`.
    #[inline]
    pub(super) fn close(&mut self, open: u32, close: TokenKind) {
        if !self.eat(close) {
            self.missing_close(open, close);
            // Commas have no meaning here, so what follows them is skipped too.
            while self.recover_in_list(open, close) && !self.eat(close) {
                self.advance();
                self.kind = TokenKind::Nothing;
            }
        }
    }
}

/// The start of a long literal.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("{}...", &text[..cut]),
        None => text.to_string(),
    }
}
