//! Data from outside: `load`, `save`, `fetch`, `generate`, `model` (2.3, 2.6, 3.6).
//!
//! Each is a built-in of a place, its options as an `any`, and what else it needs. The type of the result says what the
//! data becomes. Options that are written out are checked here, others when the program runs.

use mochi_base::Span;
use mochi_base::diag::codes::{T008, T028, T029, T030, T046, T067};
use mochi_syntax::tree::{self, FieldInit, StmtKind as Written, StrLit};

use super::Checker;
use super::scopes::Binding;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

/// An option after `with`: its name and what it may be.
type OptionRow = (&'static str, Takes);

/// What an option takes.
#[derive(Clone, Copy)]
enum Takes {
    Anything,
    Bool,
    Float,
    Str,
    /// A map of strings.
    Strings,
    /// One of these words.
    Word(&'static [&'static str], &'static str),
    /// One ASCII character.
    Character,
}

const FORMATS: Takes = Takes::Word(&["csv", "tsv", "json", "jsonl", "yaml"], "csv, tsv, json, jsonl or yaml");

/// The options of `load` and `save`.
const FILE_OPTIONS: &[OptionRow] =
    &[("format", FORMATS), ("header", Takes::Bool), ("delimiter", Takes::Character)];

/// The options of `fetch`.
const FETCH_OPTIONS: &[OptionRow] = &[
    ("method", Takes::Str),
    ("headers", Takes::Strings),
    ("query", Takes::Strings),
    ("body", Takes::Anything),
    ("timeout", Takes::Float),
];

impl<'a> Checker<'a> {
    /// `load "path" as T with options`: a list of T.
    #[inline(never)]
    pub(super) fn load(
        &mut self,
        path: Option<&StrLit>,
        ty: tree::TypeId,
        with: Option<tree::ExprId>,
        span: Span,
    ) -> ExprId {
        let at = self.tree.types[ty].span;
        let row = self.written_type(ty);
        self.check_row(row, at);
        let path = self.path(path, span);
        let options = self.options("load", FILE_OPTIONS, with, span);
        let ty = self.types.list(row);
        self.data(Builtin::Load, vec![path, options], ty, span)
    }

    /// Data says not which variant of a union it is, and is no function.
    fn check_row(&mut self, row: Ty, at: Span) {
        let inner = match *self.kind(row) {
            TyKind::Option(inner) => inner,
            _ => row,
        };
        if matches!(self.kind(inner), TyKind::Union(_) | TyKind::Fun(..)) {
            self.type_error([row], |[to]| T046 { from: "a row", to }.at(at));
        }
    }

    /// `save rows to "path" with options`.
    #[inline(never)]
    pub(super) fn save(
        &mut self,
        value: tree::ExprId,
        path: Option<&StrLit>,
        with: Option<tree::ExprId>,
        span: Span,
    ) -> ExprId {
        let rows = self.expr(value, None);
        let rows = self.rows_to_save(rows, self.tree.exprs[value].span);
        let path = self.path(path, span);
        let options = self.options("save", FILE_OPTIONS, with, span);
        self.data(Builtin::Save, vec![rows, path, options], Types::UNIT, span)
    }

    /// What `save` takes: a list, or one row.
    fn rows_to_save(&mut self, rows: ExprId, at: Span) -> ExprId {
        let ty = self.plain_type(rows);
        match self.kind(ty) {
            TyKind::List(_)
            | TyKind::Map(..)
            | TyKind::Struct(_)
            | TyKind::Union(_)
            | TyKind::Group(..)
            | TyKind::Any
            | TyKind::Error => self.boxed(rows),
            _ => {
                let expected = "a list of maps or structs";
                self.type_error([ty], |[found]| T008 { expected, found }.at(at));
                self.error_expr(at)
            }
        }
    }

    /// `fetch url with options`. A cast at the end is one of the result: a URL is text anyway, options are a map. In
    /// the lenient profile a place of a known type is like a cast (L3).
    #[inline(never)]
    pub(super) fn fetch(
        &mut self,
        url: tree::ExprId,
        with: Option<tree::ExprId>,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let (url, with, cast) = self.split_fetch(url, with);
        let ty = match (cast, expected) {
            (Some(ty), _) => self.written_type(ty),
            (None, Some(ty)) if !self.strict() && !self.is_free(ty) => self.resolve(ty),
            _ => Types::ANY,
        };
        let at = self.tree.exprs[url].span;
        let url = self.expr(url, Some(Types::STR));
        let url = self.fit_or(url, Types::STR, at, |[_, found]| T028 { found }.at(at));
        let options = self.options("fetch", FETCH_OPTIONS, with, span);
        self.data(Builtin::Fetch, vec![url, options], ty, span)
    }

    /// URL, options and result type of a `fetch`.
    fn split_fetch(
        &self,
        url: tree::ExprId,
        with: Option<tree::ExprId>,
    ) -> (tree::ExprId, Option<tree::ExprId>, Option<tree::TypeId>) {
        let split = |e: tree::ExprId| match self.tree.exprs[e].kind {
            tree::ExprKind::Cast { expr, ty, .. } => (expr, Some(ty)),
            _ => (e, None),
        };
        let (last, cast) = split(with.unwrap_or(url));
        match with {
            Some(_) => (url, Some(last), cast),
            None => (last, None, cast),
        }
    }

    /// The type of the variable of `fetch url into name`.
    pub(super) fn fetched_type(&mut self, url: tree::ExprId, with: Option<tree::ExprId>) -> Ty {
        match self.split_fetch(url, with).2 {
            Some(ty) => self.written_type(ty),
            None => Types::ANY,
        }
    }

    /// `fetch url into name with options`: a new variable.
    #[inline(never)]
    pub(super) fn fetch_stmt(
        &mut self,
        id: tree::StmtId,
        url: tree::ExprId,
        into: tree::Ident,
        with: Option<tree::ExprId>,
        span: Span,
    ) -> StmtKind {
        let value = self.fetch(url, with, None, span);
        if let Some(&global) = self.declared.global_of.get(&id) {
            return StmtKind::Let(self.declared.globals[global as usize].local, Some(value));
        }
        let local = self.new_local(into.name, self.exprs[value.0 as usize].ty, into.span);
        self.scopes.bind(into.name, Binding::Local(local));
        StmtKind::Let(local, Some(value))
    }

    /// `generate target { fields }`.
    #[inline(never)]
    pub(super) fn generate(&mut self, target: tree::Ident, inits: &[FieldInit], span: Span) -> ExprId {
        let floats = self.types.list(Types::FLOAT);
        let name = self.names.get(target.name).to_string();
        let ty = match &*name {
            "text" => Types::STR,
            "embedding" => floats,
            _ => self.named_type(target.name, target.span),
        };
        let what = self.push(ExprKind::Str(name.into()), Types::STR, target.span);
        let fields = self.named_values(inits, span, |checker, name| match name {
            "prompt" | "model" | "text" => Some(Types::STR),
            "temperature" | "top_p" => Some(Types::FLOAT),
            "max_tokens" => Some(Types::INT),
            "stop" => Some(checker.types.list(Types::STR)),
            "normalize" => Some(Types::BOOL),
            _ => None,
        });
        let models = match self.models {
            Some(models) => {
                let models = self.local(models, span);
                self.boxed(models)
            }
            None => self.push(ExprKind::None, Types::ANY, span),
        };
        self.data(Builtin::Generate, vec![what, fields, models], ty, span)
    }

    /// `name: value` pairs as an `any` that is a map; `ty` knows the types of some.
    fn named_values(
        &mut self,
        inits: &[FieldInit],
        span: Span,
        ty: impl Fn(&mut Self, &str) -> Option<Ty>,
    ) -> ExprId {
        let mut entries = Vec::with_capacity(inits.len());
        for init in inits {
            let name = self.names.get(init.name.name).to_string();
            let wanted = ty(self, &name).unwrap_or(Types::ANY);
            let value = self.value_of_type(init.value, wanted);
            let key = self.push(ExprKind::Str(name.into()), Types::STR, init.name.span);
            entries.push((key, self.boxed(value)));
        }
        let failed =
            entries.iter().any(|&(_, value)| matches!(self.exprs[value.0 as usize].kind, ExprKind::Error));
        if failed {
            return self.error_expr(span);
        }
        let ty = self.types.map(Types::STR, Types::ANY);
        let map = self.push(ExprKind::Map(entries), ty, span);
        self.boxed(map)
    }

    /// Makes the hidden variable for the models of all packages: a map from names to settings.
    pub(super) fn declare_models(&mut self) {
        if self.models.is_none()
            && self.tree.stmts.values().any(|stmt| matches!(stmt.kind, Written::Model { .. }))
        {
            let ty = self.types.map(Types::STR, Types::ANY);
            let name = self.names.intern("models.all");
            let local = self.new_local(name, ty, Span::NONE);
            self.locals[local.0 as usize].top_level = true;
            self.locals[local.0 as usize].assigned = true;
            self.models = Some(local);
        }
    }

    /// It is empty before anything else runs.
    pub(super) fn models_prologue(&self, body: &mut Vec<Stmt>) {
        let new = self.models.filter(|models| models.0 as usize >= self.old.locals);
        if let Some(models) = new {
            body.push(Stmt { kind: StmtKind::Let(models, None), span: Span::NONE });
        }
    }

    /// `model name { settings }`: an entry of the map.
    #[inline(never)]
    pub(super) fn model_stmt(&mut self, name: tree::Ident, settings: &[FieldInit], span: Span) -> StmtKind {
        let models = self.models.expect("a model was declared");
        let models = self.local(models, span);
        let text = self.names.get(name.name).into();
        let key = self.push(ExprKind::Str(text), Types::STR, name.span);
        let place = self.push(ExprKind::Index(models, key), Types::ANY, span);
        let value = self.named_values(settings, span, |_, name| match name {
            "provider" | "name" | "url" | "key" | "key_env" => Some(Types::STR),
            _ => None,
        });
        StmtKind::Assign { place, value }
    }

    /// A built-in of data, unless something in it has a diagnostic.
    fn data(&mut self, builtin: Builtin, args: Vec<ExprId>, ty: Ty, span: Span) -> ExprId {
        let failed = args.iter().any(|&e| matches!(self.exprs[e.0 as usize].kind, ExprKind::Error));
        if failed || ty == Types::ERROR {
            return self.error_expr(span);
        }
        self.push(ExprKind::Builtin(builtin, args), ty, span)
    }

    /// The type of an expression; of an option, that of the value inside.
    fn plain_type(&mut self, e: ExprId) -> Ty {
        let plain = self.unwrapped(e);
        self.known_now(self.exprs[plain.0 as usize].ty)
    }

    fn path(&mut self, path: Option<&StrLit>, span: Span) -> ExprId {
        let (text, span) = path.map_or(("", span), |path| (&*path.value, path.span));
        self.push(ExprKind::Str(text.into()), Types::STR, span)
    }

    /// The options after `with` as an `any`; none without.
    fn options(
        &mut self,
        what: &'static str,
        rows: &'static [OptionRow],
        with: Option<tree::ExprId>,
        span: Span,
    ) -> ExprId {
        let Some(with) = with else { return self.push(ExprKind::None, Types::ANY, span) };
        let at = self.tree.exprs[with].span;
        let map = self.types.map(Types::STR, Types::ANY);
        let e = self.expr(with, Some(map));
        let ty = self.plain_type(e);
        if !matches!(self.kind(ty), TyKind::Map(..) | TyKind::Any | TyKind::Error) {
            self.type_error([ty], |[found]| T029 { what, found }.at(at));
            return self.error_expr(at);
        }
        if let ExprKind::Map(entries) = &self.exprs[e.0 as usize].kind {
            for (key, value) in entries.clone() {
                self.option(what, rows, key, value);
            }
        }
        self.boxed(e)
    }

    /// Checks an option whose name is written out.
    fn option(&mut self, what: &'static str, rows: &'static [OptionRow], key: ExprId, value: ExprId) {
        let at = self.span(key);
        let ExprKind::Str(name) = self.exprs[key.0 as usize].kind.clone() else { return };
        let Some(&(name, takes)) = rows.iter().find(|row| row.0 == &*name) else {
            let known: Vec<&str> = rows.iter().map(|row| row.0).collect();
            self.report(T067 { what, name: &name, known: known.join(", ") }.at(at));
            return;
        };
        let mut value = value;
        while let ExprKind::Convert(inner, Conversion::Box) = self.exprs[value.0 as usize].kind {
            value = inner;
        }
        let at = self.span(value);
        let ty = match takes {
            Takes::Anything => return,
            Takes::Bool => Types::BOOL,
            Takes::Float => Types::FLOAT,
            Takes::Str | Takes::Word(..) | Takes::Character => Types::STR,
            Takes::Strings => self.types.map(Types::STR, Types::STR),
        };
        self.fit_or(value, ty, at, |[expected, found]| T030 { what, name, expected, found }.at(at));
        let ExprKind::Str(text) = &self.exprs[value.0 as usize].kind else { return };
        let expected = match takes {
            Takes::Word(words, expected) if !words.contains(&&**text) => expected,
            Takes::Character if text.len() != 1 || matches!(&**text, "\"" | "\n" | "\r") => {
                "one ASCII character other than a quote or line end"
            }
            _ => return,
        };
        let found = format!("{text:?}");
        self.report(T030 { what, name, expected, found }.at(at));
    }
}
