//! Programs, blocks and statements (language reference, 2.1).

use mochi_base::diag::codes;

use super::recover::EXPR_STARTS;
use super::{Braces, Parser};
use crate::token::TokenKind;
use crate::tree::*;

/// One `if cond { }` of a chain of `else if`.
pub(super) struct Link {
    start: u32,
    cond: ExprId,
    then: Block,
}

impl Parser<'_> {
    /// The whole file.
    pub(super) fn program(&mut self) {
        let start = self.start();
        if self.eat(TokenKind::Package) {
            self.tree.package = Some(self.expect_name("a package name"));
            if self.recovering() {
                self.sync_statement(self.at);
            }
        }
        let base = self.pending_stmts.len();
        loop {
            self.statements();
            if self.kind == TokenKind::Eof {
                break;
            }
            self.stray_brace();
        }
        self.tree.body = Block { stmts: self.take_stmts(base), span: self.span_from(start) };
    }

    /// A `}` that closes nothing: one report for several in a row.
    #[cold]
    fn stray_brace(&mut self) {
        if self.forgive() {
            return;
        }
        self.unexpected("a statement");
        self.resume();
        self.bump();
        if self.kind == TokenKind::RBrace {
            self.last_error = self.at;
        }
    }

    fn take_stmts(&mut self, base: usize) -> Vec<StmtId> {
        let taken = self.pending_stmts[base..].to_vec();
        self.pending_stmts.truncate(base);
        taken
    }

    /// Statements up to `}` or the end of the file; they stay on the stack of pending ones.
    fn statements(&mut self) {
        while !matches!(self.kind, TokenKind::RBrace | TokenKind::Eof) {
            let first = self.at;
            let stmt = self.statement();
            self.pending_stmts.push(stmt);
            if self.recovering() {
                self.sync_statement(first);
            }
        }
    }

    // --------------------------------------------------------------------------------------------------- blocks

    /// `{ statements }`. When the brace is missing, looks for one nearby.
    pub(super) fn block(&mut self) -> Block {
        if self.kind != TokenKind::LBrace {
            self.expected_token(TokenKind::LBrace);
            self.skip_to_block();
            if self.recovering() {
                let here = self.prev_end;
                return Block { stmts: Vec::new(), span: self.span_from(here) };
            }
        }
        let open = self.bump().lo;
        let first = self.at;
        self.with_braces(Braces::Literal, |parser| parser.block_after(open, first, None))
    }

    /// The rest of a block: `{` at `open` and perhaps its first statement, at token `first`, have been read.
    pub(super) fn block_after(&mut self, open: u32, first: usize, stmt: Option<StmtId>) -> Block {
        let base = self.pending_stmts.len();
        self.pending_stmts.extend(stmt);
        if self.recovering() {
            self.sync_statement(first);
        }
        self.statements();
        let stmts = self.take_stmts(base);
        if !self.eat(TokenKind::RBrace) {
            self.missing_close(open, TokenKind::RBrace);
        }
        let span = self.span_from(open);
        for &stmt in &stmts {
            if let StmtKind::Type(_) | StmtKind::Stream { .. } | StmtKind::Agent { .. } =
                self.tree.stmts[stmt].kind
            {
                self.tree.nested.push((stmt, span));
            }
        }
        Block { stmts, span }
    }

    // ----------------------------------------------------------------------------------------------- statements

    /// Whether a word stands here that starts a statement even where an expression could start.
    pub(super) fn at_statement_word(&self) -> bool {
        match self.kind {
            TokenKind::If => true,
            TokenKind::Fun => self.names_function(self.at + 1),
            TokenKind::Bench => self.peek(1) == TokenKind::Str,
            TokenKind::Model => self.at_model(),
            TokenKind::Update => self.at_update(),
            _ => false,
        }
    }

    fn at_model(&self) -> bool {
        self.peek(1).is_name() && self.peek(2) == TokenKind::LBrace
    }

    fn at_update(&self) -> bool {
        self.peek(1).is_name() && self.peek(2) == TokenKind::Set && self.peek(3) == TokenKind::LBrace
    }

    /// A statement. Consumes at least one token, unless it leaves the parser recovering.
    pub(super) fn statement(&mut self) -> StmtId {
        let start = self.start();
        if !self.enter() {
            self.leave();
            return self.make_stmt(start, StmtKind::Error);
        }
        let stmt = self.statement_at(start);
        self.leave();
        stmt
    }

    #[inline]
    fn statement_at(&mut self, start: u32) -> StmtId {
        let kind = match self.kind {
            TokenKind::Let | TokenKind::Var => self.let_statement(),
            TokenKind::If => return self.if_statement(),
            TokenKind::While => self.while_statement(),
            TokenKind::For => self.for_statement(),
            TokenKind::Return => self.return_statement(),
            TokenKind::Break => self.word_statement(StmtKind::Break),
            TokenKind::Continue => self.word_statement(StmtKind::Continue),
            TokenKind::Fun if self.names_function(self.at + 1) => self.fun_declaration(),
            TokenKind::Export => self.exported(),
            TokenKind::Test | TokenKind::Bench
                if self.kind == TokenKind::Test || self.at_statement_word() =>
            {
                self.named_block()
            }
            TokenKind::Expect => {
                self.bump();
                StmtKind::Expect(self.expr())
            }
            TokenKind::Type => self.type_declaration(),
            TokenKind::Import => self.import(),
            TokenKind::Extern => self.extern_declaration(),
            TokenKind::Fetch => return self.fetch_statement(start),
            TokenKind::Update if self.at_update() => self.update(),
            TokenKind::Stream => self.stream(),
            TokenKind::On => self.on_handler(),
            TokenKind::Emit => self.emit(),
            TokenKind::Agent => self.agent(),
            TokenKind::Model if self.at_model() => self.model(),
            TokenKind::Fact => self.fact(),
            TokenKind::Rule => self.rule(),
            _ if self.at_expr() => {
                let expr = self.expr();
                return self.simple_statement(start, expr);
            }
            _ => return self.no_statement(start),
        };
        self.make_stmt(start, kind)
    }

    fn word_statement(&mut self, kind: StmtKind) -> StmtKind {
        self.bump();
        kind
    }

    /// Something that no statement starts with.
    #[cold]
    fn no_statement(&mut self, start: u32) -> StmtId {
        if !self.forgive() {
            let kind = self.kind;
            self.unexpected("a statement");
            if kind == TokenKind::Else {
                // What follows is likely the branch of an `if` that was not understood.
                self.resume();
                self.bump();
                if self.kind == TokenKind::LBrace {
                    self.block();
                }
                self.last_error = self.at;
            }
        }
        self.make_stmt(start, StmtKind::Error)
    }

    /// The statement that starts with an expression: that alone, or an assignment to it.
    pub(super) fn simple_statement(&mut self, start: u32, expr: ExprId) -> StmtId {
        if self.kind != TokenKind::Assign {
            let stmt = self.make_stmt(start, StmtKind::Expr(expr));
            if self.kind == TokenKind::Arrow {
                self.stray_arms();
            }
            return stmt;
        }
        self.check_place(expr);
        if self.recovering() {
            return self.make_stmt(start, StmtKind::Error);
        }
        self.bump();
        let value = self.expr();
        self.make_stmt(start, StmtKind::Assign { place: expr, value })
    }

    /// Whether an expression can be assigned to: a name, and any mix of indices and fields of it.
    fn check_place(&mut self, expr: ExprId) {
        let mut place = expr;
        loop {
            match &self.tree.exprs[place].kind {
                ExprKind::Name(_) | ExprKind::Error => return,
                ExprKind::Field { recv, .. } | ExprKind::Index { recv, .. } => place = *recv,
                ExprKind::Slice { bracket, .. } => {
                    let expected = "one element to assign to";
                    let diagnostic = codes::P999 { expected, found: "a slice" }.at(*bracket);
                    return self.report(diagnostic);
                }
                _ => return self.unexpected("a statement"),
            }
        }
    }

    #[inline(never)]
    pub(super) fn let_statement(&mut self) -> StmtKind {
        let mutable = self.kind == TokenKind::Var;
        self.bump();
        let name = match self.name() {
            Some(name) => name,
            None if mutable => self.missing_name("a name after `var`"),
            None => {
                self.fail(|parser| codes::P031 { found: parser.found() }.at(parser.token_span()));
                self.replace_name()
            }
        };
        let ty = self.type_annotation();
        let value = self.eat(TokenKind::Assign).then(|| self.expr());
        StmtKind::Let(LetStmt { mutable, name, ty, value, export: false })
    }

    #[inline(never)]
    fn return_statement(&mut self) -> StmtKind {
        self.bump();
        let value = self.at_expr() && !(self.kind == TokenKind::Fun && self.names_function(self.at + 1));
        StmtKind::Return(value.then(|| self.expr()))
    }

    /// `if cond { } else if cond { } else { }`. A loop, since chains may be long.
    #[inline(never)]
    fn if_statement(&mut self) -> StmtId {
        let base = self.pending_links.len();
        let mut otherwise = None;
        loop {
            let start = self.bump().lo;
            let cond = self.header_expr();
            let then = self.block();
            self.pending_links.push(Link { start, cond, then });
            if !self.eat(TokenKind::Else) {
                break;
            }
            if self.kind != TokenKind::If {
                otherwise = Some(self.block());
                break;
            }
        }
        loop {
            let Some(Link { start, cond, then }) = self.pending_links.pop() else {
                return self.make_stmt(self.prev_end, StmtKind::Error);
            };
            let stmt = self.make_stmt(start, StmtKind::If { cond, then, otherwise });
            if self.pending_links.len() == base {
                return stmt;
            }
            otherwise = Some(Block { stmts: vec![stmt], span: self.span_from(start) });
        }
    }

    #[inline(never)]
    fn while_statement(&mut self) -> StmtKind {
        self.bump();
        let cond = self.header_expr();
        StmtKind::While { cond, body: self.block() }
    }

    #[inline(never)]
    fn for_statement(&mut self) -> StmtKind {
        self.bump();
        let var = self.expect_name("a loop variable");
        self.expect(TokenKind::In);
        let from = self.header_expr();
        let source = if self.eat(TokenKind::DotDot) {
            ForSource::Range(from, self.header_expr())
        } else {
            ForSource::Each(from)
        };
        StmtKind::For { var, source, body: self.block() }
    }

    /// `test "name" { }` and `bench "name" { }`.
    #[inline(never)]
    fn named_block(&mut self) -> StmtKind {
        let is_test = self.kind == TokenKind::Test;
        self.bump();
        let name = self.expect_string("a name in quotes");
        let body = self.block();
        if is_test { StmtKind::Test { name, body } } else { StmtKind::Bench { name, body } }
    }

    /// `fetch url into name with options`, or the expression `fetch url with options`.
    #[inline(never)]
    fn fetch_statement(&mut self, start: u32) -> StmtId {
        self.bump();
        let url = self.expr();
        if self.kind == TokenKind::Into {
            self.bump();
            let into = self.expect_name("the name of the result");
            let with = self.with_clause();
            return self.make_stmt(start, StmtKind::Fetch { url, into, with });
        }
        let with = self.with_clause();
        let fetch = self.make_expr(start, ExprKind::Fetch { url, with });
        self.simple_statement(start, fetch)
    }

    /// `update name set {field: value} where cond`.
    #[inline(never)]
    fn update(&mut self) -> StmtKind {
        self.bump();
        let target = self.expect_name("the name of a list");
        self.expect(TokenKind::Set);
        let set = self.map_entries();
        let cond = (self.kind == TokenKind::Where && EXPR_STARTS.has(self.peek(1))).then(|| {
            self.bump();
            self.expr()
        });
        StmtKind::Update { target, set, cond }
    }
}
