//! Functions, types, modules, streams, agents and models (language reference, 2.1, 2.2 and 2.6).

use mochi_base::diag::codes;

use super::Parser;
use super::literals::Trailing;
use super::recover::NAMES;
use crate::token::{KindSet, TokenKind};
use crate::tree::*;

/// The languages that `import` knows.
const LANGUAGES: [&str; 7] = ["go", "python", "typescript", "zig", "lua", "clj", "clojure"];

impl Parser<'_> {
    // ------------------------------------------------------------------------------------------------ functions

    /// `export` and a declaration.
    #[inline(never)]
    pub(super) fn exported(&mut self) -> StmtKind {
        let doc = self.doc();
        self.bump();
        let mut kind = match self.kind {
            TokenKind::Fun => self.fun_declaration(),
            TokenKind::Type => self.type_declaration(),
            TokenKind::Let | TokenKind::Var => self.let_statement(),
            TokenKind::Stream => self.stream(),
            TokenKind::Agent => self.agent(),
            _ => {
                self.unexpected("`fun`, `type`, `let`, `var`, `stream` or `agent` after `export`");
                return StmtKind::Error;
            }
        };
        match &mut kind {
            StmtKind::Fun(decl) => (decl.export, decl.doc) = (true, doc),
            StmtKind::Type(decl) => (decl.export, decl.doc) = (true, doc),
            StmtKind::Let(decl) => decl.export = true,
            StmtKind::Stream { export, .. } | StmtKind::Agent { export, .. } => *export = true,
            _ => {}
        }
        kind
    }

    /// `fun name(...) { }`.
    #[inline(never)]
    pub(super) fn fun_declaration(&mut self) -> StmtKind {
        let doc = self.doc();
        let mut decl = self.function(Some("a function name"));
        decl.doc = doc;
        StmtKind::Fun(decl)
    }

    /// From `fun` on; with a name when `named` says what it is.
    pub(super) fn function(&mut self, named: Option<&str>) -> Box<FunDecl> {
        let start = self.bump().lo;
        let name = named.map(|what| self.expect_name(what));
        let type_params = self.type_params();
        let params = self.params();
        let head = self.span_from(start);
        let result = self.type_annotation();
        let effects = self.effects();
        let body = if name.is_none() && self.eat(TokenKind::Arrow) {
            FunBody::Expr(self.expr())
        } else {
            FunBody::Block(self.block())
        };
        Box::new(FunDecl {
            name,
            export: false,
            type_params,
            params,
            result,
            effects,
            body,
            head,
            doc: "".into(),
        })
    }

    /// `<T, U>`, if it is there.
    fn type_params(&mut self) -> Vec<Ident> {
        let mut names = Vec::new();
        if self.eat(TokenKind::Lt) {
            names.push(self.expect_name("a type parameter"));
            while self.eat(TokenKind::Comma) {
                names.push(self.expect_name("a type parameter"));
            }
            self.expect_gt();
        }
        names
    }

    /// `(name: type, ...)`.
    fn params(&mut self) -> Vec<Param> {
        let mut params = Vec::new();
        if self.kind != TokenKind::LParen {
            self.expected_token(TokenKind::LParen);
            return params;
        }
        self.list(TokenKind::RParen, Trailing::Refused, NAMES, |parser| {
            let name = parser.expect_name("a parameter name");
            params.push(Param { name, ty: parser.type_annotation() });
        });
        params
    }

    /// `! io, net`, if it is there.
    fn effects(&mut self) -> Option<Vec<Ident>> {
        if !self.eat(TokenKind::Not) {
            return None;
        }
        let mut labels = vec![self.expect_name("an effect")];
        while self.eat(TokenKind::Comma) {
            labels.push(self.expect_name("an effect"));
        }
        Some(labels)
    }

    /// The `///` lines that end on the line above the current token.
    fn doc(&self) -> Box<str> {
        let lo = if self.at == 0 { self.base } else { self.prev_end };
        let gap = self.slice(mochi_base::Span::new(lo, self.start()));
        if !gap.contains("///") {
            return "".into();
        }
        let mut lines: Vec<&str> = gap.split('\n').collect();
        // The last piece stands before the declaration on its own line; the first one may follow code.
        if lines.pop().is_none_or(|indent| !indent.trim().is_empty()) {
            return "".into();
        }
        let from = usize::from(self.at > 0).min(lines.len());
        let mut doc: Vec<&str> =
            lines[from..].iter().rev().map_while(|line| line.trim().strip_prefix("///")).collect();
        doc.reverse();
        let doc: Vec<&str> = doc.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        doc.join("\n").into()
    }

    // ---------------------------------------------------------------------------------------------------- types

    /// `type Name ...`.
    #[inline(never)]
    pub(super) fn type_declaration(&mut self) -> StmtKind {
        let doc = self.doc();
        self.bump();
        let name = self.expect_name("a type name");
        let assigned = self.eat(TokenKind::Assign);
        let body = match self.kind {
            TokenKind::LBrace => self.struct_body(),
            TokenKind::Bar if assigned => self.union_body(),
            _ if assigned && self.at_variant() => self.union_body(),
            _ if assigned => TypeBody::Alias(self.ty()),
            _ => {
                self.expected_token(TokenKind::LBrace);
                TypeBody::Struct { fields: Vec::new(), methods: Vec::new() }
            }
        };
        StmtKind::Type(Box::new(TypeDecl { name, body, export: false, doc }))
    }

    /// `{ fields and methods }`, separated by commas or nothing.
    fn struct_body(&mut self) -> TypeBody {
        let open = self.bump().lo;
        let mut fields = Vec::new();
        let mut methods = Vec::new();
        self.members(open, KindSet::of(&[TokenKind::Fun]), |parser| {
            if parser.kind == TokenKind::Fun {
                let doc = parser.doc();
                let mut method = parser.function(Some("a method name"));
                method.doc = doc;
                methods.push(*method);
            } else {
                fields.push(parser.field_decl());
            }
        });
        TypeBody::Struct { fields, methods }
    }

    /// Members after `{`, separated by commas or nothing, and the `}`. `member` reports when there is none. `words` can
    /// start one; other words of statements, and what the layout puts outside, show that the `}` was forgotten.
    fn members(&mut self, open: u32, words: KindSet, mut member: impl FnMut(&mut Self)) {
        while !matches!(self.kind, TokenKind::RBrace | TokenKind::Eof) {
            let first = self.at;
            let known = words.has(self.kind)
                || (self.kind.is_name() && matches!(self.peek(1), TokenKind::Colon | TokenKind::Assign));
            if !known && self.outdented(first, open) {
                break;
            }
            member(self);
            if self.recovering() {
                self.sync_statement(first);
                if self.starts_statement(self.at) && !words.has(self.kind) {
                    break;
                }
            }
            self.eat(TokenKind::Comma);
        }
        self.close_members(open);
    }

    /// Whether a name that stands here is a variant rather than another type.
    fn at_variant(&self) -> bool {
        let field_after = |ahead| self.peek(ahead).is_name() && self.peek(ahead + 1) == TokenKind::Colon;
        self.kind.is_name()
            && match self.peek(1) {
                TokenKind::Bar => true,
                // `(x int` is a field without its colon: no expression looks so.
                TokenKind::LParen => {
                    field_after(2)
                        || self.peek(2) == TokenKind::RParen
                        || (self.peek(2).is_name() && self.peek(3) == TokenKind::Ident)
                }
                TokenKind::LBrace => field_after(2) || self.peek(2) == TokenKind::RBrace,
                _ => false,
            }
    }

    /// `A | B(x: int) | C { y: int }`; a leading bar is allowed.
    fn union_body(&mut self) -> TypeBody {
        self.eat(TokenKind::Bar);
        let mut variants = vec![self.variant()];
        while self.eat(TokenKind::Bar) {
            variants.push(self.variant());
        }
        TypeBody::Union(variants)
    }

    fn variant(&mut self) -> Variant {
        let name = self.expect_name("a variant name");
        let mut fields = Vec::new();
        let opens_fields = match self.peek(1) {
            TokenKind::RParen | TokenKind::RBrace => true,
            first => first.is_name() && matches!(self.peek(2), TokenKind::Colon | TokenKind::Ident),
        };
        match self.kind {
            TokenKind::LParen if opens_fields => {
                self.list(TokenKind::RParen, Trailing::Allowed, NAMES, |parser| {
                    fields.push(parser.field_decl())
                });
            }
            TokenKind::LBrace if opens_fields => {
                let open = self.bump().lo;
                self.members(open, KindSet::NONE, |parser| fields.push(parser.field_decl()));
            }
            _ => {}
        }
        Variant { name, fields }
    }

    // -------------------------------------------------------------------------------------------------- modules

    /// `import lang "path" as alias auto`.
    #[inline(never)]
    pub(super) fn import(&mut self) -> StmtKind {
        let keyword = self.bump();
        let lang = self.name();
        if let Some(lang) = lang {
            let text = self.slice(lang.span);
            if !LANGUAGES.contains(&text) {
                self.report(codes::P064 { lang: text }.at(keyword.to(lang.span)));
            }
        }
        let path = self.expect_string("a path in quotes");
        let alias = (self.kind == TokenKind::As && self.peek(1).is_name()).then(|| {
            self.bump();
            self.expect_name("an alias")
        });
        let auto = self.eat(TokenKind::Auto);
        let import = Import { lang, path, alias, auto, package: None };
        if lang.is_none() {
            let alias = import.alias(self.names).to_string();
            self.packages.push(self.names.intern(&alias));
        }
        StmtKind::Import(Box::new(import))
    }

    /// `extern type | var | let | fun | object ...`.
    #[inline(never)]
    pub(super) fn extern_declaration(&mut self) -> StmtKind {
        self.bump();
        let decl = match self.kind {
            TokenKind::Type => {
                self.bump();
                Extern::Type(self.expect_name("a type name"))
            }
            TokenKind::Object => {
                self.bump();
                Extern::Object(self.expect_name("an object name"))
            }
            TokenKind::Var | TokenKind::Let => {
                self.bump();
                let path = self.dotted_name();
                self.expect(TokenKind::Colon);
                Extern::Var { path, ty: self.ty() }
            }
            TokenKind::Fun => {
                self.bump();
                let path = self.dotted_name();
                let params = self.params();
                Extern::Fun { path, params, result: self.type_annotation() }
            }
            _ => {
                self.unexpected("`type`, `var`, `let`, `fun` or `object` after `extern`");
                return StmtKind::Error;
            }
        };
        StmtKind::Extern(Box::new(decl))
    }

    fn dotted_name(&mut self) -> Vec<Ident> {
        let mut path = vec![self.expect_name("a name")];
        while self.eat(TokenKind::Dot) {
            path.push(self.expect_name("a name after `.`"));
        }
        path
    }

    // ------------------------------------------------------------------------------------ streams, agents, models

    /// `{` or a report that it is missing; its position.
    fn open_brace(&mut self) -> Option<u32> {
        let open = self.start();
        self.expect(TokenKind::LBrace).then_some(open)
    }

    /// `stream Name { fields }`.
    #[inline(never)]
    pub(super) fn stream(&mut self) -> StmtKind {
        self.bump();
        let name = self.expect_name("a stream name");
        let mut fields = Vec::new();
        if let Some(open) = self.open_brace() {
            self.members(open, KindSet::NONE, |parser| fields.push(parser.field_decl()));
        }
        StmtKind::Stream { name, fields, export: false }
    }

    /// The name of a stream, perhaps one of a package.
    fn stream_name(&mut self) -> Ident {
        if self.at_package_name() { self.package_name() } else { self.expect_name("a stream name") }
    }

    /// `on Stream as event { }`.
    #[inline(never)]
    pub(super) fn on_handler(&mut self) -> StmtKind {
        self.bump();
        let stream = self.stream_name();
        self.expect(TokenKind::As);
        let alias = self.expect_name("a name for the event");
        StmtKind::On { stream, alias, body: self.block() }
    }

    /// `emit Stream { field: value }`.
    #[inline(never)]
    pub(super) fn emit(&mut self) -> StmtKind {
        self.bump();
        let stream = self.stream_name();
        StmtKind::Emit { stream, inits: self.field_inits() }
    }

    /// `model name { setting: value }`.
    #[inline(never)]
    pub(super) fn model(&mut self) -> StmtKind {
        self.bump();
        let name = self.expect_name("a model name");
        let mut settings = Vec::new();
        if let Some(open) = self.open_brace() {
            self.members(open, KindSet::NONE, |parser| settings.push(parser.field_init()));
        }
        StmtKind::Model { name, settings }
    }

    /// `agent Name { variables, assignments, handlers and intents }`.
    #[inline(never)]
    pub(super) fn agent(&mut self) -> StmtKind {
        self.bump();
        let name = self.expect_name("an agent name");
        let start = self.start();
        let mut stmts = Vec::new();
        if let Some(open) = self.open_brace() {
            let words = KindSet::of(&[TokenKind::Let, TokenKind::Var, TokenKind::On, TokenKind::Intent]);
            self.members(open, words, |parser| stmts.push(parser.agent_member()));
        }
        StmtKind::Agent { name, body: Block { stmts, span: self.span_from(start) }, export: false }
    }

    fn agent_member(&mut self) -> StmtId {
        let start = self.start();
        match self.kind {
            TokenKind::Let | TokenKind::Var | TokenKind::On => self.statement(),
            TokenKind::Intent => {
                let doc = self.doc();
                let mut decl = self.function(Some("the name of the intent"));
                decl.doc = doc;
                self.make_stmt(start, StmtKind::Intent(decl))
            }
            kind if kind.is_name() => {
                let place = self.place(start);
                if self.kind != TokenKind::Assign {
                    self.unexpected("`=`");
                }
                self.simple_statement(start, place)
            }
            _ => {
                self.unexpected("a variable, an assignment, `on` or `intent`");
                self.make_stmt(start, StmtKind::Error)
            }
        }
    }
}
