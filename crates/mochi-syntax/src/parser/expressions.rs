//! Operators, postfix forms and primary expressions (language reference, 2.3).

use mochi_base::diag::codes;

use super::recover::EXPR_STARTS;
use super::{Braces, Parser};
use crate::token::TokenKind;
use crate::tree::*;

impl Parser<'_> {
    /// An expression.
    pub(super) fn expr(&mut self) -> ExprId {
        self.binary(0)
    }

    /// An expression in the header of a statement: a `{` after a name there opens the block.
    #[inline]
    pub(super) fn header_expr(&mut self) -> ExprId {
        self.with_braces(Braces::Block, Self::expr)
    }

    /// Whether an expression can start here.
    #[inline]
    pub(super) fn at_expr(&self) -> bool {
        EXPR_STARTS.has(self.kind)
    }

    /// An expression whose operators bind tighter than `min`.
    fn binary(&mut self, min: u8) -> ExprId {
        if !self.enter() {
            let here = self.start();
            self.leave();
            return self.make_expr(here, ExprKind::Error);
        }
        let start = self.start();
        let left = self.unary(start);
        let result = self.binary_after(start, left, min);
        self.leave();
        result
    }

    /// The operators tighter than `min` that follow the operand `left`.
    pub(super) fn binary_after(&mut self, start: u32, mut left: ExprId, min: u8) -> ExprId {
        while let Some(op) = self.binary_op() {
            let precedence = op.precedence();
            if precedence <= min {
                break;
            }
            let mut op_span = self.bump();
            if op == BinaryOp::UnionAll {
                op_span = op_span.to(self.bump());
            }
            let right = self.binary(precedence);
            left = self.make_expr(start, ExprKind::Binary { op, op_span, left, right });
        }
        left
    }

    /// The binary operator that the current token is or starts. The set operators are names where no operand follows.
    #[inline]
    fn binary_op(&self) -> Option<BinaryOp> {
        use TokenKind as T;
        Some(match self.kind {
            T::Star => BinaryOp::Mul,
            T::Slash => BinaryOp::Div,
            T::Percent => BinaryOp::Rem,
            T::Plus => BinaryOp::Add,
            T::Minus => BinaryOp::Sub,
            T::Lt => BinaryOp::Lt,
            T::Le => BinaryOp::Le,
            T::Gt => BinaryOp::Gt,
            T::Ge => BinaryOp::Ge,
            T::EqEq => BinaryOp::Eq,
            T::NotEq => BinaryOp::Ne,
            T::In => BinaryOp::In,
            T::AndAnd => BinaryOp::And,
            T::OrOr => BinaryOp::Or,
            T::Coalesce => BinaryOp::Coalesce,
            T::Union if self.peek(1) == T::All => BinaryOp::UnionAll,
            T::Union if EXPR_STARTS.has(self.peek(1)) => BinaryOp::Union,
            T::Except if EXPR_STARTS.has(self.peek(1)) => BinaryOp::Except,
            T::Intersect if EXPR_STARTS.has(self.peek(1)) => BinaryOp::Intersect,
            _ => return None,
        })
    }

    /// Prefix operators and their operand. A loop, since chains of them may be long.
    #[inline]
    fn unary(&mut self, start: u32) -> ExprId {
        if !matches!(self.kind, TokenKind::Minus | TokenKind::Not) {
            let operand = self.primary();
            return self.postfix(start, operand);
        }
        self.prefixed()
    }

    fn prefixed(&mut self) -> ExprId {
        let base = self.pending_prefixes.len();
        loop {
            let op = match self.kind {
                TokenKind::Minus => UnaryOp::Neg,
                TokenKind::Not => UnaryOp::Not,
                _ => break,
            };
            let start = self.bump().lo;
            self.pending_prefixes.push((op, start));
        }
        let start = self.start();
        let operand = self.primary();
        let mut expr = self.postfix(start, operand);
        while self.pending_prefixes.len() > base
            && let Some((op, start)) = self.pending_prefixes.pop()
        {
            expr = self.make_expr(start, ExprKind::Unary { op, expr });
        }
        expr
    }

    // -------------------------------------------------------------------------------------------------- postfix

    /// The calls, indices, fields and casts that follow `expr`.
    pub(super) fn postfix(&mut self, start: u32, mut expr: ExprId) -> ExprId {
        loop {
            let kind = match self.kind {
                TokenKind::LParen => self.call(expr),
                TokenKind::LBracket => self.index(expr),
                TokenKind::Dot => self.field(expr),
                TokenKind::Question => self.optional(expr),
                TokenKind::As if self.at_cast() => {
                    let keyword = self.bump();
                    ExprKind::Cast { expr, ty: self.cast_type(), keyword }
                }
                _ => return expr,
            };
            expr = self.make_expr(start, kind);
        }
    }

    /// A name with indices and fields, at the name.
    pub(super) fn place(&mut self, start: u32) -> ExprId {
        let mut place = self.named(start);
        loop {
            let kind = match self.kind {
                TokenKind::LBracket => self.index(place),
                TokenKind::Dot => self.field(place),
                _ => return place,
            };
            place = self.make_expr(start, kind);
        }
    }

    /// `.name`, at the dot.
    #[inline]
    fn field(&mut self, recv: ExprId) -> ExprKind {
        self.bump();
        ExprKind::Field { recv, name: self.expect_name("a field name after `.`") }
    }

    /// Whether the `as` that stands here casts, rather than being a name that starts the next statement.
    fn at_cast(&self) -> bool {
        !matches!(self.peek(1), TokenKind::Assign | TokenKind::Dot | TokenKind::LBracket | TokenKind::LParen)
    }

    /// `(args)`, at the parenthesis.
    fn call(&mut self, callee: ExprId) -> ExprKind {
        let paren = self.token_span();
        let args = self.expr_list(TokenKind::RParen);
        ExprKind::Call { callee, args, paren }
    }

    /// `[index]` or `[a:b:c]`, at the bracket.
    fn index(&mut self, recv: ExprId) -> ExprKind {
        let bracket = self.bump();
        let (parts, colons) = self.with_braces(Braces::Literal, Self::index_parts);
        if parts == [None; 3] && self.kind == TokenKind::RBracket {
            self.report(codes::P060 {}.at(bracket));
        }
        self.close(bracket.lo, TokenKind::RBracket);
        match (parts, colons) {
            ([Some(index), None, None], 0) => ExprKind::Index { recv, index, bracket },
            ([None, None, None], 0) => {
                let index = self.make_expr(self.prev_end, ExprKind::Error);
                ExprKind::Index { recv, index, bracket }
            }
            _ => ExprKind::Slice { recv, parts, bracket },
        }
    }

    /// What stands between the brackets, and the number of colons.
    fn index_parts(&mut self) -> ([Option<ExprId>; 3], usize) {
        let mut parts = [None; 3];
        let mut colons = 0;
        loop {
            if self.at_expr() {
                parts[colons] = Some(self.expr());
            }
            if colons == 2 || !self.eat(TokenKind::Colon) {
                return (parts, colons);
            }
            colons += 1;
        }
    }

    /// `?.name` or `?[index]`, at the question mark.
    fn optional(&mut self, recv: ExprId) -> ExprKind {
        let mark = self.bump();
        match self.kind {
            TokenKind::Dot => {
                self.bump();
                ExprKind::OptField { recv, name: self.expect_name("a field name after `?.`"), mark }
            }
            TokenKind::LBracket => match self.index(recv) {
                ExprKind::Index { recv, index, .. } => ExprKind::OptIndex { recv, index, mark },
                // `?[a:b]` does not exist: the colon is what is wrong.
                kind => {
                    let bracket = match &kind {
                        ExprKind::Slice { bracket, .. } => *bracket,
                        _ => mark,
                    };
                    self.report(codes::P054 { expected: "a single index after `?[`" }.at(bracket));
                    kind
                }
            },
            _ => {
                self.unexpected("`.` or `[` after `?`");
                ExprKind::Error
            }
        }
    }

    // -------------------------------------------------------------------------------------------------- primary

    /// An expression without operators around it.
    fn primary(&mut self) -> ExprId {
        let start = self.start();
        let kind = match self.kind {
            kind if kind.is_name() => return self.named(start),
            TokenKind::Int => ExprKind::Int(self.int()),
            TokenKind::Float => ExprKind::Float(self.float()),
            TokenKind::Str => ExprKind::Str(self.string().value),
            TokenKind::True => self.keyword_literal(ExprKind::Bool(true)),
            TokenKind::False => self.keyword_literal(ExprKind::Bool(false)),
            TokenKind::None => self.keyword_literal(ExprKind::None),
            TokenKind::BadLiteral => self.keyword_literal(ExprKind::Error),
            TokenKind::LParen => return self.paren(start),
            TokenKind::LBracket => ExprKind::List(self.expr_list(TokenKind::RBracket)),
            TokenKind::LBrace => return self.map(),
            TokenKind::Fun => return self.lambda(start),
            TokenKind::If => return self.if_expr(),
            TokenKind::Match => return self.match_expr(start),
            TokenKind::Generate => self.generate(),
            TokenKind::Fetch => self.fetch(),
            TokenKind::Load => self.load(),
            TokenKind::Save => self.save(),
            _ => {
                self.unexpected("an expression");
                ExprKind::Error
            }
        };
        self.make_expr(start, kind)
    }

    #[inline]
    fn keyword_literal(&mut self, kind: ExprKind) -> ExprKind {
        self.bump();
        kind
    }

    /// A primary expression that starts with a name.
    #[inline]
    fn named(&mut self, start: u32) -> ExprId {
        match self.kind {
            TokenKind::From if self.peek(1).is_name() && self.peek(2) == TokenKind::In => {
                return self.query(start);
            }
            TokenKind::Query if self.peek(1).is_name() && self.peek(2) == TokenKind::LParen => {
                return self.logic_query(start);
            }
            _ => {}
        }
        let braces = match self.peek(1) {
            TokenKind::LBrace => 1,
            TokenKind::Dot if self.at_package_name() => 3,
            _ => 0,
        };
        if braces > 0 && self.at_struct_literal(braces) {
            return self.struct_literal(start);
        }
        let span = self.bump();
        let name = self.names.intern(self.slice(span));
        self.make_expr_at(span, ExprKind::Name(name))
    }

    /// Whether the name that stands here and the token so far behind it, a `{`, start a struct literal.
    fn at_struct_literal(&self, braces: usize) -> bool {
        self.braces == Braces::Literal
            && self.peek(braces) == TokenKind::LBrace
            && (self.peek(braces + 1) == TokenKind::RBrace
                || (self.peek(braces + 1).is_name() && self.peek(braces + 2) == TokenKind::Colon))
    }

    #[inline(never)]
    fn paren(&mut self, start: u32) -> ExprId {
        self.bump();
        let inner = self.with_braces(Braces::Literal, Self::expr);
        self.close(start, TokenKind::RParen);
        self.make_expr(start, ExprKind::Paren(inner))
    }

    /// `if cond { a } else { b }` or with `then`. A loop, since chains of `else if` may be long.
    #[inline(never)]
    fn if_expr(&mut self) -> ExprId {
        let mut links = Vec::new();
        let mut otherwise = None;
        loop {
            let start = self.bump().lo;
            let cond = self.header_expr();
            let then = match self.kind {
                TokenKind::Then => {
                    self.bump();
                    self.expr()
                }
                TokenKind::LBrace => {
                    if self.peek(1) == TokenKind::RBrace {
                        self.empty_branch();
                    }
                    self.braced_value()
                }
                _ => {
                    self.expected_token(TokenKind::LBrace);
                    self.make_expr(self.prev_end, ExprKind::Error)
                }
            };
            links.push((start, cond, then));
            if !self.eat(TokenKind::Else) {
                break;
            }
            match self.kind {
                TokenKind::If => continue,
                TokenKind::LBrace => otherwise = Some(self.braced_value()),
                _ => otherwise = Some(self.expr()),
            }
            break;
        }
        let mut links = links.into_iter().rev();
        let Some((start, cond, then)) = links.next() else {
            return self.make_expr(self.prev_end, ExprKind::Error);
        };
        let last = self.make_expr(start, ExprKind::If { cond, then, otherwise });
        links.fold(last, |rest, (start, cond, then)| {
            self.make_expr(start, ExprKind::If { cond, then, otherwise: Some(rest) })
        })
    }

    /// Reports the braces that stand here with nothing inside.
    #[cold]
    fn empty_branch(&mut self) {
        let span = mochi_base::Span::new(self.tokens.starts[self.at + 1], self.tokens.ends[self.at + 1]);
        self.report(codes::P053 { expected: "a value for this branch" }.at(span));
    }

    /// `fun (params): result => value` or with a block.
    #[inline(never)]
    fn lambda(&mut self, start: u32) -> ExprId {
        let decl = self.function(None);
        self.make_expr(start, ExprKind::Lambda(decl))
    }

    // ------------------------------------------------------------------------------------------------- data

    #[inline(never)]
    fn generate(&mut self) -> ExprKind {
        self.bump();
        let target = self.expect_name("what to generate");
        ExprKind::Generate { target, inits: self.field_inits() }
    }

    #[inline(never)]
    fn fetch(&mut self) -> ExprKind {
        self.bump();
        let url = self.expr();
        ExprKind::Fetch { url, with: self.with_clause() }
    }

    #[inline(never)]
    fn load(&mut self) -> ExprKind {
        let keyword = self.bump();
        let path = (self.kind == TokenKind::Str).then(|| self.string());
        self.check_path(&path, "load", keyword);
        self.expect(TokenKind::As);
        let ty = self.ty();
        ExprKind::Load { path, ty, with: self.with_clause() }
    }

    #[inline(never)]
    fn save(&mut self) -> ExprKind {
        let keyword = self.bump();
        let value = self.expr();
        let to = self.kind == TokenKind::To && self.peek(1) == TokenKind::Str;
        let path = to.then(|| {
            self.bump();
            self.string()
        });
        self.check_path(&path, "save", keyword);
        ExprKind::Save { value, path, with: self.with_clause() }
    }

    fn check_path(&mut self, path: &Option<StrLit>, name: &str, keyword: mochi_base::Span) {
        if path.as_ref().is_some_and(|path| path.value.is_empty()) {
            self.report(codes::P062 { keyword: name }.at(keyword));
        }
    }

    /// `with options`, if it is there.
    pub(super) fn with_clause(&mut self) -> Option<ExprId> {
        if self.kind != TokenKind::With || !EXPR_STARTS.has(self.peek(1)) {
            return None;
        }
        self.bump();
        Some(self.expr())
    }
}
