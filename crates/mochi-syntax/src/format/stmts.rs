//! Statements, declarations and blocks.

use super::Formatter;
use super::doc::Item;
use crate::token::TokenKind;
use crate::tree::*;

impl Formatter<'_> {
    /// Statements, one per line.
    pub fn statements(&mut self, stmts: &[StmtId]) {
        for &stmt in stmts {
            self.src.hard();
            self.src.comments();
            if self.src.ended_by_comment() {
                self.src.hard();
            }
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, id: StmtId) {
        let tree = self.tree;
        let stmt = &tree.stmts[id];
        if self.src.kind() == TokenKind::Export {
            self.src.token();
        }
        match &stmt.kind {
            StmtKind::Let(binding) => self.binding(binding),
            StmtKind::Assign { place, value } => {
                self.expr(*place);
                self.src.spaced();
                self.src.space();
                self.expr(*value);
            }
            StmtKind::Fun(fun) | StmtKind::Intent(fun) => self.fun(fun),
            StmtKind::Return(value) => {
                self.src.token();
                if let Some(value) = value {
                    self.src.space();
                    self.expr(*value);
                }
            }
            StmtKind::If { .. } => self.if_stmt(id),
            StmtKind::While { cond, body } => {
                self.src.token();
                self.src.space();
                self.expr(*cond);
                self.block(body);
            }
            StmtKind::For { source, body, .. } => {
                self.src.token();
                self.src.spaced();
                self.src.spaced();
                self.src.space();
                match *source {
                    ForSource::Each(source) => self.expr(source),
                    ForSource::Range(from, to) => {
                        self.expr(from);
                        self.src.token();
                        self.expr(to);
                    }
                }
                self.block(body);
            }
            StmtKind::Expr(e) => self.expr(*e),
            StmtKind::Test { body, .. } | StmtKind::Bench { body, .. } => {
                self.src.token();
                self.src.spaced();
                self.block(body);
            }
            StmtKind::Expect(e) => {
                self.src.token();
                self.src.space();
                self.expr(*e);
            }
            StmtKind::Type(decl) => self.type_decl(decl),
            StmtKind::Update { set, cond, .. } => self.update(set, *cond),
            StmtKind::Fetch { url, with, .. } => {
                self.src.token();
                self.src.space();
                self.expr(*url);
                self.src.spaced();
                self.src.spaced();
                self.with(*with);
            }
            StmtKind::On { body, .. } => {
                self.words_until(body.span.lo);
                self.block(body);
            }
            StmtKind::Agent { body, .. } => {
                self.src.token();
                self.src.spaced();
                self.block(body);
            }
            StmtKind::Emit { stream, inits } => {
                self.words_until(stream.span.hi);
                self.inits(inits);
            }
            StmtKind::Model { settings, .. } => {
                self.src.token();
                self.src.spaced();
                self.src.space();
                self.src.token();
                self.members(settings, |this, init| {
                    this.src.token();
                    this.src.token();
                    this.src.space();
                    this.expr(init.value);
                });
            }
            StmtKind::Stream { fields, .. } => {
                self.src.token();
                self.src.spaced();
                self.src.space();
                self.src.token();
                self.members(fields, |this, field| this.field(field));
            }
            StmtKind::Import(_) | StmtKind::Extern(_) | StmtKind::Fact(_) | StmtKind::Rule { .. } => {
                self.words_until(stmt.span.hi);
            }
            StmtKind::Break | StmtKind::Continue | StmtKind::Error => self.words_until(stmt.span.hi),
        }
        // Whatever the arms above did not know.
        self.words_until(stmt.span.hi);
    }

    /// Tokens of declarations that are lists of words: names are glued to dots and parentheses.
    pub fn words_until(&mut self, end: u32) {
        use TokenKind::{Colon, Comma, Dot, LParen, RParen};
        let mut last = None;
        while self.src.start() < end {
            let kind = self.src.kind();
            let rule = kind == Colon && self.src.peek(1) == TokenKind::Minus;
            let glued = matches!(kind, Dot | Comma | LParen | RParen | TokenKind::Question)
                || kind == Colon && !rule
                || kind == TokenKind::Minus && last == Some(Colon)
                || matches!(last, Some(Dot | LParen));
            if !glued && last.is_some() {
                self.src.space();
            }
            self.src.token();
            last = Some(kind);
        }
    }

    fn binding(&mut self, binding: &LetStmt) {
        self.src.token();
        self.src.spaced();
        if let Some(ty) = binding.ty {
            self.src.token();
            self.src.space();
            self.ty(ty);
        }
        if let Some(value) = binding.value {
            self.src.spaced();
            self.src.space();
            self.expr(value);
        }
    }

    fn update(&mut self, set: &[(ExprId, ExprId)], cond: Option<ExprId>) {
        self.src.token();
        self.src.spaced();
        self.src.spaced();
        self.src.space();
        self.entries(set);
        if let Some(cond) = cond {
            self.src.spaced();
            self.src.space();
            self.expr(cond);
        }
    }

    pub fn field(&mut self, field: &FieldDecl) {
        self.src.token();
        self.src.token();
        self.src.space();
        self.ty(field.ty);
    }

    // ------------------------------------------------------------------------------------------------- functions

    /// A function with everything before its body, and the body.
    pub fn fun(&mut self, fun: &FunDecl) {
        while matches!(self.src.kind(), TokenKind::Export | TokenKind::Fun | TokenKind::Intent) {
            self.src.token();
            self.src.space();
        }
        if fun.name.is_some() {
            self.src.token();
        } else {
            // `fun(` of a lambda has no space.
            self.src.items.pop();
        }
        if let Some(last) = fun.type_params.last() {
            self.src.plain_until(last.span.hi);
            self.src.token();
        }
        self.list(&fun.params, Commas::Between, |this, param| {
            this.src.token();
            if let Some(ty) = param.ty {
                this.src.token();
                this.src.space();
                this.ty(ty);
            }
        });
        if let Some(result) = fun.result {
            self.src.token();
            self.src.space();
            self.ty(result);
        }
        if let Some(last) = fun.effects.as_ref().and_then(|effects| effects.last()) {
            self.src.spaced();
            self.src.space();
            self.src.plain_until(last.span.hi);
        }
        match &fun.body {
            FunBody::Block(block) => self.block(block),
            FunBody::Expr(e) => {
                self.src.spaced();
                self.src.space();
                self.expr(*e);
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------- blocks

    /// Whether a block may stay on one line: it does in the source, and has no more than one statement.
    pub fn is_short(&self, block: &Block) -> bool {
        block.stmts.len() <= 1 && !self.src.has_break(block.span)
    }

    /// A space and a block.
    pub fn block(&mut self, block: &Block) {
        let short = self.is_short(block);
        // Outside of the group, which they would break.
        self.src.comments();
        if short {
            self.src.push(Item::Open);
        }
        self.block_in_group(block, short);
        if short {
            self.src.push(Item::Close);
        }
    }

    /// A block that stays on the line when the group around it does.
    fn block_in_group(&mut self, block: &Block, short: bool) {
        self.src.space();
        self.src.token();
        self.src.block_start = true;
        if block.stmts.is_empty() && !self.src.has_comments() {
            self.src.token();
            return;
        }
        self.src.push(Item::Indent);
        if short {
            self.line();
            block.stmts.iter().for_each(|&stmt| self.stmt(stmt));
        } else {
            self.src.push(Item::Hard { blank: false });
            self.statements(&block.stmts);
        }
        self.src.comments();
        self.src.push(Item::Dedent);
        self.src.push(if short { Item::Line { space: true } } else { Item::Hard { blank: false } });
        self.src.token();
    }

    fn if_stmt(&mut self, id: StmtId) {
        let tree = self.tree;
        // An `else if` chain stays on one line as a whole or not at all.
        let mut short = !self.src.has_break(tree.stmts[id].span);
        let mut links = vec![];
        let mut next = Some(id);
        while let Some(id) = next {
            let StmtKind::If { cond, then, otherwise } = &tree.stmts[id].kind else { break };
            short &= self.is_short(then);
            next = None;
            let mut last = None;
            if let Some(block) = otherwise {
                match block.stmts[..] {
                    [only] if tree.stmts[only].span == block.span => next = Some(only),
                    _ => last = Some(block),
                }
            }
            short &= last.is_none_or(|block| self.is_short(block));
            links.push((*cond, then, last));
        }
        if short {
            self.src.push(Item::Open);
        }
        for (at, (cond, then, last)) in links.into_iter().enumerate() {
            if at > 0 {
                self.src.spaced();
                self.src.space();
            }
            self.src.token();
            self.src.space();
            self.expr(cond);
            self.block_in_group(then, short);
            if let Some(block) = last {
                self.src.spaced();
                self.block_in_group(block, short);
            }
        }
        if short {
            self.src.push(Item::Close);
        }
    }

    // ----------------------------------------------------------------------------------------------------- types

    fn type_decl(&mut self, decl: &TypeDecl) {
        self.src.token();
        self.src.spaced();
        match &decl.body {
            TypeBody::Alias(ty) => {
                self.src.spaced();
                self.src.space();
                self.ty(*ty);
            }
            TypeBody::Struct { fields, methods } => {
                while self.src.kind() != TokenKind::LBrace {
                    self.src.spaced();
                }
                self.src.spaced();
                let mut members: Vec<(u32, Member<'_>)> =
                    fields.iter().map(|f| (f.name.span.lo, Member::Field(f))).collect();
                members.extend(methods.iter().map(|m| (m.head.lo, Member::Method(m))));
                members.sort_by_key(|member| member.0);
                self.members(&members, |this, member| match member.1 {
                    Member::Field(field) => this.field(field),
                    Member::Method(method) => this.fun(method),
                });
            }
            TypeBody::Union(variants) => self.union(variants),
        }
    }

    fn union(&mut self, variants: &[Variant]) {
        self.src.spaced();
        self.src.push(Item::Open);
        self.src.push(Item::Indent);
        // A leading `|` is optional.
        for (at, variant) in variants.iter().enumerate() {
            if at > 0 || self.src.kind() == TokenKind::Bar {
                self.line();
                self.src.token();
                self.src.space();
            } else {
                self.line();
                self.src.comments();
                // As far in as those behind a bar.
                self.src.push(Item::IfBroken("  "));
            }
            self.src.token();
            match self.src.kind() {
                TokenKind::LParen if !variant.fields.is_empty() => {
                    self.list(&variant.fields, Commas::Between, |this, field| this.field(field));
                }
                TokenKind::LBrace => {
                    self.src.spaced();
                    self.members(&variant.fields, |this, field| this.field(field));
                }
                _ => {}
            }
        }
        self.src.push(Item::Dedent);
        self.src.push(Item::Close);
    }

    /// Members between braces, the first of which is written already: one per line, or separated by commas on one.
    fn members<T>(&mut self, members: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.src.block_start = true;
        self.src.push(Item::Open);
        self.src.push(Item::Indent);
        let long = self.src.breaks_next();
        for (at, member) in members.iter().enumerate() {
            if at > 0 && self.src.kind() == TokenKind::Comma {
                self.src.skip();
            }
            if at > 0 && !long {
                self.src.push(Item::IfFlat(","));
            }
            if long {
                self.src.hard()
            } else {
                self.line()
            }
            self.src.comments();
            write(self, member);
        }
        if self.src.kind() == TokenKind::Comma {
            self.src.skip();
        }
        self.src.comments();
        self.src.push(Item::Dedent);
        self.src.push(if long { Item::Hard { blank: false } } else { Item::Line { space: true } });
        self.src.token();
        self.src.push(Item::Close);
    }
}

/// A member of a struct.
enum Member<'a> {
    Field(&'a FieldDecl),
    Method(&'a FunDecl),
}

/// Whether a list may end in a comma.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Commas {
    /// Only between items.
    Between,
    /// Also behind the last one, when it is on a line of its own.
    Trailing,
}

impl Formatter<'_> {
    /// A bracketed list, brackets included.
    pub fn list<T>(&mut self, items: &[T], commas: Commas, write: impl FnMut(&mut Self, &T)) {
        let long = commas == Commas::Trailing && !items.is_empty() && self.src.break_after_next();
        self.list_with(items, commas, long, Item::Line { space: true }, Item::Line { space: false }, write);
    }

    /// The same with the items to be used between the parts and inside of the brackets.
    pub fn list_with<T>(
        &mut self,
        items: &[T],
        commas: Commas,
        long: bool,
        between: Item<'static>,
        edge: Item<'static>,
        mut write: impl FnMut(&mut Self, &T),
    ) {
        // Without lines of their own, items continue the line.
        let hug = edge == Item::Text("");
        self.src.push(Item::Open);
        self.src.token();
        if !hug {
            self.src.push(Item::Indent);
        }
        if !items.is_empty() {
            self.src.push(if long { Item::Hard { blank: false } } else { edge });
        }
        self.src.block_start = true;
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                self.src.token();
                // Rows of a list that has lines of its own stay.
                match long {
                    true if self.src.breaks_next() => self.src.hard(),
                    true => self.src.push(Item::Fill { space: true }),
                    false => self.src.push(between),
                }
            }
            write(self, item);
        }
        if self.src.kind() == TokenKind::Comma {
            self.src.push(Item::IfBroken(","));
            self.src.skip();
        } else if commas == Commas::Trailing && !items.is_empty() {
            self.src.push(Item::IfBroken(","));
        }
        self.src.comments();
        if !hug {
            self.src.push(Item::Dedent);
        }
        if !items.is_empty() {
            self.src.push(edge);
        }
        self.src.token();
        self.src.push(Item::Close);
    }
}
