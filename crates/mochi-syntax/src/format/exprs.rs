//! Expressions.

use super::Formatter;
use super::doc::Item;
use super::stmts::Commas;
use crate::token::TokenKind;
use crate::tree::*;

impl Formatter<'_> {
    pub fn expr(&mut self, id: ExprId) {
        let tree = self.tree;
        let expr = &tree.exprs[id];
        match &expr.kind {
            ExprKind::Field { recv, .. } | ExprKind::OptField { recv, .. } => {
                self.expr(*recv);
                self.glued_until(expr.span.hi);
            }
            ExprKind::Index { recv, index, .. } | ExprKind::OptIndex { recv, index, .. } => {
                self.expr(*recv);
                while self.src.kind() != TokenKind::LBracket {
                    self.src.token();
                }
                self.src.token();
                self.expr(*index);
                self.src.token();
            }
            ExprKind::Slice { recv, parts, .. } => {
                self.expr(*recv);
                self.src.token();
                let mut parts = parts.iter().flatten();
                while self.src.kind() != TokenKind::RBracket {
                    if self.src.kind() == TokenKind::Colon {
                        self.src.token();
                    } else if let Some(&part) = parts.next() {
                        self.expr(part);
                    } else {
                        break;
                    }
                }
                self.src.token();
            }
            ExprKind::Call { callee, args, .. } => {
                self.expr(*callee);
                self.args(args);
            }
            ExprKind::Cast { expr, ty, .. } => {
                self.expr(*expr);
                self.src.spaced();
                self.src.space();
                self.ty(*ty);
            }
            ExprKind::Unary { expr, .. } => {
                self.src.token();
                self.expr(*expr);
            }
            ExprKind::Binary { op, .. } => self.binary(id, op.precedence()),
            ExprKind::Paren(inner) => {
                self.src.token();
                self.expr(*inner);
                self.src.token();
            }
            ExprKind::List(items) => self.list_literal(items),
            ExprKind::Map(entries) => self.entries(entries),
            ExprKind::Struct { name, inits } => {
                self.glued_until(name.span.hi);
                self.inits(inits);
            }
            ExprKind::Lambda(fun) => self.fun(fun),
            ExprKind::If { .. } => self.if_expr(id),
            ExprKind::Match { scrutinee, arms } => self.match_expr(*scrutinee, arms, expr.span),
            ExprKind::Query(query) => self.query(query, expr.span),
            ExprKind::LogicQuery(_) => self.words_until(expr.span.hi),
            ExprKind::Generate { inits, .. } => {
                self.src.token();
                self.src.spaced();
                self.inits(inits);
            }
            ExprKind::Fetch { url, with } => {
                self.src.token();
                self.src.space();
                self.expr(*url);
                self.with(*with);
            }
            ExprKind::Load { path, ty, with } => {
                self.src.token();
                if path.is_some() {
                    self.src.spaced();
                }
                self.src.spaced();
                self.src.space();
                self.ty(*ty);
                self.with(*with);
            }
            ExprKind::Save { value, path, with } => {
                self.src.token();
                self.src.space();
                self.expr(*value);
                if path.is_some() {
                    self.src.spaced();
                    self.src.spaced();
                }
                self.with(*with);
            }
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Name(_)
            | ExprKind::Error => self.glued_until(expr.span.hi),
        }
    }

    /// Tokens up to a position without spaces, as in `a.b`.
    fn glued_until(&mut self, end: u32) {
        while self.src.start() < end {
            self.src.token();
        }
    }

    /// `with options`.
    pub fn with(&mut self, options: Option<ExprId>) {
        if let Some(options) = options {
            self.src.spaced();
            self.src.space();
            self.expr(options);
        }
    }

    /// A chain of operators of one precedence; its lines end after operators.
    fn binary(&mut self, id: ExprId, precedence: u8) {
        let tree = self.tree;
        let mut rights = Vec::new();
        let mut first = id;
        while let ExprKind::Binary { op, left, right, .. } = tree.exprs[first].kind
            && op.precedence() == precedence
        {
            rights.push(right);
            first = left;
        }
        // Such an operand at the end stays on the line of the operator.
        let hug = rights.first().is_some_and(|&last| self.hugs(last))
            && !rights[1..].iter().chain([&first]).any(|&e| self.hugs(e));
        self.src.push(Item::Open);
        self.expr(first);
        if !hug {
            self.src.push(Item::Indent);
        }
        for right in rights.into_iter().rev() {
            self.src.spaced();
            if self.src.kind() == TokenKind::All {
                self.src.spaced();
            }
            self.src.push(if hug { Item::Space } else { Item::Line { space: true } });
            self.expr(right);
        }
        if !hug {
            self.src.push(Item::Dedent);
        }
        self.src.push(Item::Close);
    }

    /// Whether an expression ends with a bracket that a long line can be broken behind. Line breaks of the source do not
    /// matter: those that a long line gets here are there the next time.
    fn hugs(&mut self, e: ExprId) -> bool {
        // Remembered, since each call of a nest asks for all calls inside of it.
        if let Some(known) = self.hugs[e] {
            return known;
        }
        let tree = self.tree;
        let hugs = match &tree.exprs[e].kind {
            ExprKind::Lambda(fun) => match &fun.body {
                FunBody::Block(_) => true,
                FunBody::Expr(e) => self.hugs(*e),
            },
            ExprKind::List(items) => !items.is_empty(),
            ExprKind::Map(entries) => !entries.is_empty(),
            ExprKind::Struct { inits, .. } => !inits.is_empty(),
            ExprKind::Call { args, .. } => args.last().is_some_and(|&last| self.hugs(last)),
            ExprKind::Match { .. } => true,
            _ => false,
        };
        self.hugs[e] = Some(hugs);
        hugs
    }

    /// Arguments with their parentheses. A last one that ends with a bracket stays on the line of the call.
    fn args(&mut self, args: &[ExprId]) {
        let write = |this: &mut Self, &arg: &ExprId| this.expr(arg);
        let hug = args
            .split_last()
            .is_some_and(|(&last, rest)| self.hugs(last) && !rest.iter().any(|&arg| self.hugs(arg)));
        if hug {
            self.list_with(args, Commas::Between, false, Item::Space, Item::Text(""), write);
        } else {
            self.list(args, Commas::Between, write);
        }
    }

    fn list_literal(&mut self, items: &[ExprId]) {
        let tree = self.tree;
        let small = |&e: &ExprId| match &tree.exprs[e].kind {
            ExprKind::Unary { expr, .. } => is_leaf(&tree.exprs[*expr].kind),
            kind => is_leaf(kind),
        };
        let write = |this: &mut Self, &item: &ExprId| this.expr(item);
        let long = !items.is_empty() && self.src.break_after_next();
        if items.iter().all(small) {
            let between = Item::Fill { space: true };
            self.list_with(items, Commas::Trailing, long, between, Item::Line { space: false }, write);
        } else {
            self.list(items, Commas::Trailing, write);
        }
    }

    /// `{key: value, ...}`.
    pub fn entries(&mut self, entries: &[(ExprId, ExprId)]) {
        self.list(entries, Commas::Trailing, |this, &(key, value)| {
            this.expr(key);
            this.src.token();
            this.src.space();
            this.expr(value);
        });
    }

    /// `{name: value, ...}`.
    pub fn inits(&mut self, inits: &[FieldInit]) {
        self.list(inits, Commas::Trailing, |this, init| {
            this.src.token();
            this.src.token();
            this.src.space();
            this.expr(init.value);
        });
    }

    fn if_expr(&mut self, id: ExprId) {
        let tree = self.tree;
        self.src.push(Item::Open);
        let mut next = Some(id);
        while let Some(id) = next.take() {
            let ExprKind::If { cond, then, otherwise } = tree.exprs[id].kind else { break };
            self.src.token();
            self.src.space();
            self.expr(cond);
            self.branch(then);
            let Some(otherwise) = otherwise else { break };
            self.src.spaced();
            if self.src.kind() == TokenKind::If && matches!(tree.exprs[otherwise].kind, ExprKind::If { .. }) {
                self.src.space();
                next = Some(otherwise);
            } else {
                self.branch(otherwise);
            }
        }
        self.src.push(Item::Close);
    }

    /// `{ value }`, `then value` or `value`.
    fn branch(&mut self, value: ExprId) {
        self.src.space();
        // A value may be a map: then the brace is its own.
        let own = self.src.start() == self.tree.exprs[value].span.lo;
        if own || self.src.kind() != TokenKind::LBrace {
            if !own {
                self.src.token();
                self.src.space();
            }
            return self.expr(value);
        }
        self.src.token();
        self.src.push(Item::Indent);
        self.line();
        self.expr(value);
        self.src.comments();
        self.src.push(Item::Dedent);
        self.line();
        self.src.token();
    }

    fn match_expr(&mut self, scrutinee: ExprId, arms: &[Arm], span: mochi_base::Span) {
        let long = self.src.has_break(span);
        self.src.push(Item::Open);
        self.src.token();
        self.src.space();
        self.expr(scrutinee);
        self.src.spaced();
        self.src.block_start = true;
        self.src.push(Item::Indent);
        for arm in arms {
            if long {
                self.src.hard()
            } else {
                self.line()
            }
            self.src.comments();
            // Parentheses around a pattern are no part of it.
            self.src.token();
            self.src.plain_before(TokenKind::Arrow);
            self.src.spaced();
            match &arm.body {
                ArmBody::Expr(e) => {
                    self.src.space();
                    self.expr(*e);
                }
                ArmBody::Block(block) => self.block(block),
            }
            if self.src.kind() == TokenKind::Comma {
                // Without it, a pattern in parentheses would be the arguments of a call.
                if self.src.peek(1) == TokenKind::LParen { self.src.token() } else { self.src.skip() }
            }
        }
        self.src.comments();
        self.src.push(Item::Dedent);
        self.src.push(if long { Item::Hard { blank: false } } else { Item::Line { space: true } });
        self.src.token();
        self.src.push(Item::Close);
    }

    // --------------------------------------------------------------------------------------------------- queries

    fn query(&mut self, query: &Query, span: mochi_base::Span) {
        let long = self.src.has_break(span);
        let end_clause = |this: &mut Self| {
            this.src.push(if long { Item::Hard { blank: false } } else { Item::Line { space: true } })
        };
        self.src.push(Item::Open);
        self.src.push(Item::Indent);
        for (at, (_, source)) in query.sources.iter().enumerate() {
            if at > 0 {
                end_clause(self);
            }
            self.src.token();
            self.src.spaced();
            self.src.spaced();
            self.src.space();
            self.expr(*source);
        }
        for join in &query.joins {
            end_clause(self);
            while self.src.kind() != TokenKind::In {
                self.src.spaced();
            }
            self.src.spaced();
            self.src.space();
            self.expr(join.source);
            self.src.spaced();
            self.src.space();
            self.expr(join.cond);
        }
        let clause = |this: &mut Self, words: usize, e: Option<ExprId>| {
            let Some(e) = e else { return };
            end_clause(this);
            (0..words).for_each(|_| this.src.spaced());
            this.src.space();
            this.expr(e);
        };
        clause(self, 1, query.cond);
        if let Some(group) = &query.group {
            end_clause(self);
            self.src.spaced();
            self.src.spaced();
            for (at, &key) in group.keys.iter().enumerate() {
                if at > 0 {
                    self.src.token();
                }
                self.src.space();
                self.expr(key);
            }
            self.src.spaced();
            self.src.spaced();
            clause(self, 1, group.having);
        }
        clause(self, 2, query.sort);
        clause(self, 1, query.skip);
        clause(self, 1, query.take);
        clause(self, 1 + usize::from(query.distinct), Some(query.select));
        self.src.push(Item::Dedent);
        self.src.push(Item::Close);
    }
}

fn is_leaf(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Name(_)
    )
}
