//! Queries over lists and over facts (language reference, 2.4 and 2.5).

use super::Parser;
use super::literals::Trailing;
use super::recover::NAMES;
use crate::token::{KindSet, TokenKind};
use crate::tree::*;

impl Parser<'_> {
    /// `from x in xs ... select e`.
    #[inline(never)]
    pub(super) fn query(&mut self, start: u32) -> ExprId {
        let mut sources = Vec::new();
        while self.kind == TokenKind::From && (sources.is_empty() || self.binding_follows()) {
            self.bump();
            sources.push(self.binding());
        }
        let mut joins = Vec::new();
        while self.at_join() {
            joins.push(self.join());
        }
        let cond = self.clause(TokenKind::Where);
        let group = self.group();
        let sort = self.sort();
        let skip = self.clause(TokenKind::Skip);
        let take = self.clause(TokenKind::Take);
        if self.kind != TokenKind::Select {
            self.misplaced_clauses();
        }
        let mut distinct = false;
        let select = if self.eat(TokenKind::Select) {
            distinct = self.kind == TokenKind::Distinct && super::recover::EXPR_STARTS.has(self.peek(1));
            if distinct {
                self.bump();
            }
            self.expr()
        } else {
            self.make_expr(self.prev_end, ExprKind::Error)
        };
        let query = Query { sources, joins, cond, group, sort, skip, take, distinct, select };
        self.make_expr(start, ExprKind::Query(Box::new(query)))
    }

    fn binding_follows(&self) -> bool {
        self.peek(1).is_name() && self.peek(2) == TokenKind::In
    }

    /// `name in source`.
    fn binding(&mut self) -> (Ident, ExprId) {
        let var = self.expect_name("a query variable");
        self.expect(TokenKind::In);
        (var, self.expr())
    }

    /// A word and an expression, if they are there.
    fn clause(&mut self, word: TokenKind) -> Option<ExprId> {
        self.eat(word).then(|| self.expr())
    }

    fn at_join(&self) -> bool {
        match self.kind {
            TokenKind::Join => true,
            TokenKind::Left | TokenKind::Right | TokenKind::Outer => self.peek(1) == TokenKind::Join,
            _ => false,
        }
    }

    /// `left join y in ys on cond`.
    fn join(&mut self) -> Join {
        let start = self.start();
        let kind = match self.kind {
            TokenKind::Left => JoinKind::Left,
            TokenKind::Right => JoinKind::Right,
            TokenKind::Outer => JoinKind::Outer,
            _ => JoinKind::Inner,
        };
        if kind != JoinKind::Inner {
            self.bump();
        }
        self.bump();
        if self.kind == TokenKind::From && self.peek(1) != TokenKind::In {
            self.bump();
        }
        let (var, source) = self.binding();
        self.expect(TokenKind::On);
        let cond = self.expr();
        Join { kind, var, source, cond, span: self.span_from(start) }
    }

    /// `group by keys into name having cond`, if it is there.
    fn group(&mut self) -> Option<Group> {
        if !self.eat(TokenKind::Group) {
            return None;
        }
        self.expect(TokenKind::By);
        let base = self.pending_exprs.len();
        loop {
            let key = self.expr();
            self.pending_exprs.push(key);
            if !self.eat(TokenKind::Comma) {
                break;
            }
        }
        let keys = self.take_exprs(base);
        self.expect(TokenKind::Into);
        let var = self.expect_name("the name of the group");
        Some(Group { keys, var, having: self.clause(TokenKind::Having) })
    }

    /// `sort by key` or `order by key`, if it is there.
    fn sort(&mut self) -> Option<ExprId> {
        if !matches!(self.kind, TokenKind::Sort | TokenKind::Order) {
            return None;
        }
        self.bump();
        self.expect(TokenKind::By);
        Some(self.expr())
    }

    /// Where `select` is missing: reports that, and reads over clauses that are in the wrong order.
    #[cold]
    fn misplaced_clauses(&mut self) {
        self.unexpected(
            "`select` (clauses stand in the order from, join, where, group, sort, skip, take, select)",
        );
        self.resume();
        loop {
            match self.kind {
                TokenKind::From if self.binding_follows() => {
                    self.bump();
                    self.binding();
                }
                _ if self.at_join() => {
                    self.join();
                }
                TokenKind::Where | TokenKind::Skip | TokenKind::Take | TokenKind::Having => {
                    self.bump();
                    self.expr();
                }
                TokenKind::Group if self.peek(1) == TokenKind::By => {
                    self.group();
                }
                TokenKind::Sort | TokenKind::Order if self.peek(1) == TokenKind::By => {
                    self.sort();
                }
                TokenKind::Select => return,
                _ => {
                    self.kind = TokenKind::Nothing;
                    return;
                }
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------- logic

    /// `query p(terms)`.
    #[inline(never)]
    pub(super) fn logic_query(&mut self, start: u32) -> ExprId {
        self.bump();
        let pred = self.pred();
        self.make_expr(start, ExprKind::LogicQuery(Box::new(pred)))
    }

    /// `fact p(terms)`.
    #[inline(never)]
    pub(super) fn fact(&mut self) -> StmtKind {
        self.bump();
        StmtKind::Fact(self.pred())
    }

    /// `rule p(terms) :- conditions`.
    #[inline(never)]
    pub(super) fn rule(&mut self) -> StmtKind {
        self.bump();
        let head = self.pred();
        if self.kind == TokenKind::Colon && self.peek(1) == TokenKind::Minus {
            self.bump();
            self.bump();
        } else {
            self.unexpected("`:-`");
        }
        let mut conds = vec![self.cond()];
        while self.eat(TokenKind::Comma) {
            conds.push(self.cond());
        }
        StmtKind::Rule { head, conds }
    }

    /// `p(terms)` or `a != b`.
    fn cond(&mut self) -> Cond {
        if self.peek(1) != TokenKind::NotEq {
            return Cond::Pred(self.pred());
        }
        let left = self.expect_name("a variable");
        self.expect(TokenKind::NotEq);
        Cond::NotEqual(left, self.expect_name("a variable"))
    }

    fn pred(&mut self) -> Pred {
        const TERM_STARTS: KindSet = KindSet::of(&[TokenKind::Str, TokenKind::Int]).and(NAMES);
        let name = self.expect_name("the name of a predicate");
        let mut terms = Vec::new();
        if self.kind == TokenKind::LParen {
            self.list(TokenKind::RParen, Trailing::Refused, TERM_STARTS, |parser| terms.push(parser.term()));
        } else {
            self.expected_token(TokenKind::LParen);
        }
        Pred { name, terms }
    }

    fn term(&mut self) -> Term {
        match self.kind {
            TokenKind::Str => Term::Str(self.string()),
            TokenKind::Int => {
                let span = self.token_span();
                Term::Int(self.int(), span)
            }
            _ => match self.name() {
                Some(name) => Term::Var(name),
                None => {
                    self.unexpected("a name, a string or an integer");
                    Term::Var(self.replace_name())
                }
            },
        }
    }
}
