//! `match`, its arms and patterns (language reference, 2.3).

use mochi_base::Span;
use mochi_base::diag::codes;

use super::literals::{Blocks, Braced};
use super::{Braces, Parser};
use crate::token::TokenKind;
use crate::tree::*;

impl Parser<'_> {
    /// `match scrutinee { arms }`.
    #[inline(never)]
    pub(super) fn match_expr(&mut self, start: u32) -> ExprId {
        self.bump();
        let scrutinee = self.header_expr();
        let open = self.start();
        if self.kind != TokenKind::LBrace {
            self.expected_token(TokenKind::LBrace);
            self.skip_to_block();
        }
        let mut arms = Vec::new();
        if self.eat(TokenKind::LBrace) {
            self.with_braces(Braces::Literal, |parser| parser.arms(open, &mut arms));
            self.close_members(open);
        }
        self.make_expr(start, ExprKind::Match { scrutinee, arms })
    }

    /// The arms of a match whose `{` is at `open`.
    fn arms(&mut self, open: u32, arms: &mut Vec<Arm>) {
        while !matches!(self.kind, TokenKind::RBrace | TokenKind::Eof) {
            let first = self.at;
            let Some(arm) = self.arm(open) else { return };
            arms.push(arm);
            if self.recovering() {
                self.skip_in_match(first + 1);
                if self.starts_statement(self.at) {
                    return;
                }
            }
            self.eat(TokenKind::Comma);
        }
    }

    /// `pattern => result`. `None` for something that is no arm and, as the layout shows, was not meant to be one.
    fn arm(&mut self, open: u32) -> Option<Arm> {
        let first = self.at;
        let start = self.start();
        let pattern = match self.pattern() {
            Some(pattern) if self.kind == TokenKind::Arrow => pattern,
            _ if self.kind != TokenKind::Eof && self.outdented(first, open) => {
                self.go_to(first);
                return None;
            }
            pattern => self.bad_pattern(first, pattern.is_some()),
        };
        let body = if self.eat(TokenKind::Arrow) {
            self.arm_body(start)
        } else {
            self.unexpected("`=>`");
            ArmBody::Expr(self.make_expr(self.prev_end, ExprKind::Error))
        };
        Some(Arm { pattern, body, span: self.span_from(start) })
    }

    fn arm_body(&mut self, arm_start: u32) -> ArmBody {
        let start = self.start();
        if self.kind == TokenKind::LBrace {
            return match self.map_or_block(Blocks::Allowed) {
                Braced::Block(block) => ArmBody::Block(block),
                Braced::Neither => ArmBody::Expr(self.make_expr(start, ExprKind::Error)),
                Braced::Map(map) => {
                    let map = self.postfix(start, map);
                    ArmBody::Expr(self.binary_after(start, map, 0))
                }
            };
        }
        if self.at_expr() {
            return ArmBody::Expr(self.expr());
        }
        if !self.recovering() {
            self.report(codes::P061 {}.at(Span::new(arm_start, self.prev_end)));
            if self.starts_statement(self.at) || self.kind == TokenKind::Return {
                // A statement without braces around it.
                let stmt = self.statement();
                return ArmBody::Block(Block { stmts: vec![stmt], span: self.span_from(start) });
            }
            self.last_error = self.at;
        }
        ArmBody::Expr(self.make_expr(self.prev_end, ExprKind::Error))
    }

    /// Arms where a statement should be, from the first arrow on: an earlier `}` closed the match too soon. One report
    /// for all of them.
    #[cold]
    pub(super) fn stray_arms(&mut self) {
        self.unexpected("a statement");
        self.expect_stray_brace();
        self.resume();
        while self.eat(TokenKind::Arrow) {
            self.arm_body(self.prev_end);
            if self.recovering() {
                return;
            }
            self.eat(TokenKind::Comma);
            let first = self.at;
            if self.pattern().is_none() || self.kind != TokenKind::Arrow {
                self.go_to(first);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- patterns

    /// A pattern; `None`, without a report, when there is none or it goes wrong.
    fn pattern(&mut self) -> Option<PatId> {
        let start = self.start();
        let pattern = if self.enter() { self.pattern_at(start) } else { None };
        self.leave();
        pattern
    }

    fn pattern_at(&mut self, start: u32) -> Option<PatId> {
        let kind = match self.kind {
            TokenKind::LParen => {
                self.bump();
                let inner = self.pattern()?;
                return self.eat(TokenKind::RParen).then_some(inner);
            }
            TokenKind::Int => ExprKind::Int(self.int()),
            TokenKind::Float => ExprKind::Float(self.float()),
            TokenKind::Str => ExprKind::Str(self.string().value),
            TokenKind::True => self.literal_word(ExprKind::Bool(true)),
            TokenKind::False => self.literal_word(ExprKind::Bool(false)),
            TokenKind::None => self.literal_word(ExprKind::None),
            TokenKind::BadLiteral => self.literal_word(ExprKind::Error),
            _ => {
                let name = if self.at_package_name() { self.package_name() } else { self.name()? };
                if self.kind != TokenKind::LParen {
                    return Some(self.make_pattern(start, PatternKind::Name(name.name)));
                }
                let inner = self.pattern_list()?;
                return Some(self.make_pattern(start, PatternKind::Variant(name, inner)));
            }
        };
        let literal = self.make_expr(start, kind);
        Some(self.make_pattern(start, PatternKind::Literal(literal)))
    }

    fn literal_word(&mut self, kind: ExprKind) -> ExprKind {
        self.bump();
        kind
    }

    fn pattern_list(&mut self) -> Option<Vec<PatId>> {
        self.bump();
        let mut patterns = Vec::new();
        if self.eat(TokenKind::RParen) {
            return Some(patterns);
        }
        loop {
            patterns.push(self.pattern()?);
            if self.eat(TokenKind::RParen) {
                return Some(patterns);
            }
            if !self.eat(TokenKind::Comma) {
                return None;
            }
        }
    }

    /// What stands between token `first` and the arrow is not a pattern: reports that and goes to the arrow. Reading
    /// it once more as an expression finds the arrow also when there are others inside.
    #[cold]
    fn bad_pattern(&mut self, first: usize, started_well: bool) -> PatId {
        let start = self.tokens.starts[first];
        let is_no_start = self.at == first && !self.at_expr();
        if is_no_start {
            self.unexpected("a pattern");
            if self.tokens.kinds[self.at] == TokenKind::Arrow {
                self.resume();
            }
        }
        let only_arrow_missing = started_well && !self.continues_expr();
        if is_no_start || only_arrow_missing || self.kind == TokenKind::Eof {
            return self.make_pattern(start, PatternKind::Error);
        }
        self.go_to(first);
        self.muted += 1;
        self.expr();
        self.muted -= 1;
        self.report(codes::P063 {}.at(self.span_from(start)));
        if self.kind != TokenKind::Arrow {
            self.skip_to_arrow();
        }
        if self.kind != TokenKind::Arrow {
            self.last_error = self.at;
        }
        self.make_pattern(start, PatternKind::Error)
    }

    /// Whether the current token goes on with an expression.
    fn continues_expr(&self) -> bool {
        use TokenKind::*;
        matches!(
            self.kind,
            LParen
                | LBracket
                | LBrace
                | Dot
                | DotDot
                | Question
                | Coalesce
                | As
                | In
                | Plus
                | Minus
                | Star
                | Slash
                | Percent
                | EqEq
                | NotEq
                | Lt
                | Le
                | Gt
                | Ge
                | AndAnd
                | OrOr
                | Union
                | Except
                | Intersect
                | Comma
                | Bar
        )
    }
}
