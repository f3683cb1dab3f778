//! Statements.

use mochi_base::Span;
use mochi_base::diag::codes::{M004, M014, T000, T008, T010, T022, T023, T040, T045, T051};
use mochi_syntax::tree::{self, ForSource, StmtKind as Written};

use super::Checker;
use super::packages::MAIN;
use super::scopes::Binding;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl<'a> Checker<'a> {
    /// The statements of a block, in a scope that the caller opened.
    pub(super) fn stmts(&mut self, stmts: &[tree::StmtId]) -> Vec<Stmt> {
        let mut body = Vec::with_capacity(stmts.len());
        for &stmt in stmts {
            self.stmt(stmt, &mut body);
        }
        body
    }

    /// A block in its own scope.
    pub(super) fn block(&mut self, block: &'a tree::Block) -> Vec<Stmt> {
        let scope = self.scopes.open();
        let body = self.stmts(&block.stmts);
        self.scopes.close(scope);
        body
    }

    /// One statement, appended to the body.
    pub(super) fn stmt(&mut self, id: tree::StmtId, body: &mut Vec<Stmt>) {
        let tree = self.tree;
        let stmt = &tree.stmts[id];
        let span = stmt.span;
        let kind = match &stmt.kind {
            Written::Let(binding) => match self.let_stmt(binding, span) {
                Some(kind) => kind,
                None => return,
            },
            Written::Assign { place, value } => match self.assign(*place, *value, span) {
                Some(kind) => kind,
                None => return,
            },
            Written::Expr(e) => self.expr_stmt(*e, span),
            Written::Return(value) => self.return_stmt(*value, span),
            Written::If { cond, then, otherwise } => self.if_stmt(*cond, then, otherwise.as_ref()),
            Written::While { cond, body } => self.while_stmt(*cond, body),
            Written::For { var, source, body } => match *source {
                ForSource::Range(from, to) => self.for_range(*var, from, to, body, span),
                ForSource::Each(source) => self.for_each(*var, source, body, span),
            },
            Written::Break | Written::Continue => match self.jump(&stmt.kind, span) {
                Some(kind) => kind,
                None => return,
            },
            Written::Fun(decl) => {
                let stmt = self.nested_function(decl, span);
                body.push(stmt);
                return;
            }
            Written::Update { target, set, cond } => match self.update(*target, set, *cond, span) {
                Some(kind) => kind,
                None => return,
            },
            Written::Fetch { url, into, with } => self.fetch_stmt(id, *url, *into, *with, span),
            Written::Test { name, body } => {
                StmtKind::Test { name: name.value.clone(), body: self.block(body) }
            }
            Written::Bench { name, body } => {
                StmtKind::Bench { name: name.value.clone(), body: self.block(body) }
            }
            Written::Model { name, settings } => self.model_stmt(*name, settings, span),
            Written::Expect(cond) => StmtKind::Expect(self.expect_cond(*cond)),
            Written::On { stream, alias, body } => match self.on_handler(*stream, *alias, body, span) {
                Some(kind) => kind,
                None => return,
            },
            Written::Emit { stream, inits } => match self.emit(*stream, inits, span) {
                Some(kind) => kind,
                None => return,
            },
            Written::Fact(fact) => match self.fact(fact, span) {
                Some(kind) => kind,
                None => return,
            },
            Written::Rule { .. } => match self.rule(span) {
                Some(kind) => kind,
                None => return,
            },
            // Declared before.
            Written::Type(_)
            | Written::Stream { .. }
            | Written::Agent { .. }
            | Written::Intent(_)
            | Written::Error => return,
            other => {
                self.misplaced_stmt(other, span);
                return;
            }
        };
        body.push(Stmt { kind, span });
    }

    /// A statement that only top level has.
    #[cold]
    fn misplaced_stmt(&mut self, kind: &Written, span: Span) {
        let what = match kind {
            Written::Import(_) => "import",
            Written::Extern(_) => "extern",
            _ => return,
        };
        self.report(M004 { what }.at(span));
    }

    // ------------------------------------------------------------------------------------------------ variables

    #[inline(never)]
    fn let_stmt(&mut self, binding: &'a tree::LetStmt, span: Span) -> Option<StmtKind> {
        let declared = binding.ty.map(|ty| self.written_type(ty));
        let (value, ty) = self.initial_value(binding, declared, span)?;
        let local = self.new_local(binding.name.name, ty, binding.name.span);
        self.note_let(local, binding, value, span);
        self.scopes.bind(binding.name.name, Binding::Local(local));
        Some(StmtKind::Let(local, value))
    }

    /// `let` and `var` outside of all blocks: the variable exists already.
    #[inline(never)]
    pub(super) fn top_level_let(&mut self, id: tree::StmtId, body: &mut Vec<Stmt>) {
        let tree = self.tree;
        let stmt = &tree.stmts[id];
        let Written::Let(binding) = &stmt.kind else { unreachable!("called for a let") };
        let index = self.declared.global_of[&id] as usize;
        let global = &self.declared.globals[index];
        let local = global.local;
        let declared = global.typed.then(|| self.locals[local.0 as usize].ty);
        let errors = self.reports.len();
        let Some((value, ty)) = self.initial_value(binding, declared, stmt.span) else { return };
        if self.strict() && self.reports.len() > errors {
            // A failed declaration binds nothing (3.4).
            self.declared.globals[index].dead = true;
        }
        let mentioned = declared.is_none() && self.declared.globals[index].typed;
        let (value, ty) = match mentioned {
            // A closure in the value mentions the variable, and has seen an `any`.
            true => (value.map(|value| self.boxed(value)), Types::ANY),
            false => (value, ty),
        };
        self.declared.globals[index].typed = true;
        self.locals[local.0 as usize].ty = ty;
        self.note_let(local, binding, value, stmt.span);
        body.push(Stmt { kind: StmtKind::Let(local, value), span: stmt.span });
    }

    /// The value of a declaration and the type of the variable. `None` when there is neither type nor value.
    fn initial_value(
        &mut self,
        binding: &tree::LetStmt,
        declared: Option<Ty>,
        span: Span,
    ) -> Option<(Option<ExprId>, Ty)> {
        match (declared, binding.value) {
            (Some(ty), Some(value)) => Some((Some(self.value_for(value, ty, span)), ty)),
            (Some(ty), None) => Some((None, ty)),
            (None, Some(value)) => {
                let e = self.expr(value, None);
                let ty = self.variable_type(e, binding.mutable);
                let e = self.coerce(e, ty).unwrap_or(e);
                Some((Some(e), ty))
            }
            (None, None) => {
                let name = self.names.get(binding.name.name).to_string();
                self.report(T000 { name }.at(span));
                None
            }
        }
    }

    /// The type of a variable without a written one. It keeps a soft type as it is, so that later uses solve it.
    pub(super) fn variable_type(&mut self, e: ExprId, mutable: bool) -> Ty {
        let ty = self.exprs[e.0 as usize].ty;
        match *self.kind(ty) {
            TyKind::Unit => Types::ANY,
            TyKind::Struct(_) if mutable => self.widened(ty),
            _ => ty,
        }
    }

    fn note_let(&mut self, local: LocalId, binding: &tree::LetStmt, value: Option<ExprId>, span: Span) {
        let l = &mut self.locals[local.0 as usize];
        l.assigned |= value.is_none();
        let binder = &mut self.binders[local.0 as usize];
        binder.mutable = binding.mutable;
        if !binding.mutable {
            binder.immutable = true;
        } else if self.lints() {
            self.check_alias(value, span);
        }
        let is_none = value.is_some_and(|value| self.is_none(value));
        self.binders[local.0 as usize].from_none = binding.ty.is_none() && is_none;
        if let (None, Some(value)) = (binding.ty, value)
            && self.presumed(value) != self.ty(value)
        {
            self.binders[local.0 as usize].from_map = true;
        }
    }

    /// `var b = a` where `a` is declared with `let`: the object would become changeable (T051, strict).
    fn check_alias(&mut self, value: Option<ExprId>, span: Span) {
        let Some(value) = value else { return };
        let ExprKind::Local(from) = self.exprs[value.0 as usize].kind else { return };
        let aggregate = matches!(
            self.kind(self.exprs[value.0 as usize].ty),
            TyKind::List(_) | TyKind::Map(..) | TyKind::Struct(_) | TyKind::Union(_)
        );
        if aggregate && self.binders[from.0 as usize].immutable {
            let name = self.names.get(self.locals[from.0 as usize].name).to_string();
            self.lint(T051 { name }.at(span));
        }
    }

    // ------------------------------------------------------------------------------------------------ expressions

    #[inline(never)]
    fn expr_stmt(&mut self, id: tree::ExprId, span: Span) -> StmtKind {
        let e = self.expr(id, None);
        if self.lints() && !self.has_effect(id) {
            self.lint(mochi_base::diag::codes::P065 {}.at(span));
        }
        StmtKind::Expr(e)
    }

    /// Whether an expression statement does something (2.1): whether a call is evaluated in it.
    fn has_effect(&self, id: tree::ExprId) -> bool {
        use tree::ExprKind::*;
        let mut todo = vec![id];
        while let Some(id) = todo.pop() {
            match &self.tree.exprs[id].kind {
                Call { .. } | Fetch { .. } | Load { .. } | Save { .. } | Generate { .. } | Error => {
                    return true;
                }
                Lambda(_) => {}
                Match { scrutinee, arms } => {
                    todo.push(*scrutinee);
                    for arm in arms {
                        match arm.body {
                            tree::ArmBody::Expr(e) => todo.push(e),
                            tree::ArmBody::Block(_) => return true,
                        }
                    }
                }
                kind => mochi_syntax::walk::expr_children(kind, &mut |child| {
                    if let mochi_syntax::walk::Node::Expr(e) = child {
                        todo.push(e);
                    }
                }),
            }
        }
        false
    }

    #[inline(never)]
    fn return_stmt(&mut self, value: Option<tree::ExprId>, span: Span) -> StmtKind {
        if self.cx.fun == Program::MAIN && self.packages.current() != MAIN {
            self.report(M014 {}.at(span));
        }
        let result = self.cx.result;
        let Some(id) = value else {
            let none_fits =
                matches!(self.kind(result), TyKind::Unit | TyKind::Any | TyKind::Option(_) | TyKind::Error);
            if !none_fits && !self.is_free(result) {
                self.type_error([result], |[expected]| T010 { expected, found: "nothing" }.at(span));
            }
            return StmtKind::Return(None);
        };
        if self.cx.fun == Program::MAIN {
            // Ends the program; its value is dropped.
            let e = self.expr(id, None);
            let unit = self.ty(e) == Types::UNIT;
            let e = if unit { e } else { self.convert(e, Conversion::Retype, Types::UNIT) };
            return StmtKind::Return(Some(e));
        }
        let value = self.value_for(id, result, span);
        if self.unboxes_any(value) {
            // What other returns give is no more than a guess then.
            self.refute_all(&[result]);
        }
        StmtKind::Return(Some(value))
    }

    /// Whether a value, or a branch that may give it, is an `any` of which a type is demanded.
    fn unboxes_any(&self, e: ExprId) -> bool {
        let mut todo = vec![e];
        while let Some(e) = todo.pop() {
            match &self.exprs[e.0 as usize].kind {
                ExprKind::Convert(inner, Conversion::Unbox) if self.ty(*inner) == Types::ANY => return true,
                ExprKind::If(_, yes, no) => todo.extend([*yes, *no]),
                ExprKind::Match { arms, .. } => todo.extend(arms.iter().filter_map(|arm| arm.value)),
                _ => {}
            }
        }
        false
    }

    #[inline(never)]
    fn expect_cond(&mut self, id: tree::ExprId) -> ExprId {
        let e = self.expr(id, None);
        let at = self.tree.exprs[id].span;
        // Reported as the mismatch that it is; T011 stays unused.
        self.bool_or(e, |[found]| T008 { expected: "bool", found }.at(at))
    }

    // ----------------------------------------------------------------------------------------------- conditions

    /// A condition as a bool (L9).
    pub(super) fn condition(&mut self, id: tree::ExprId) -> ExprId {
        let e = self.expr(id, None);
        let at = self.tree.exprs[id].span;
        self.bool_or(e, |[found]| T040 { found }.at(at))
    }

    /// A value as a bool: itself or its truthiness, which strict refuses with a diagnostic.
    pub(super) fn bool_or(
        &mut self,
        e: ExprId,
        make: impl FnOnce([String; 1]) -> mochi_base::Diagnostic,
    ) -> ExprId {
        let ty = self.ty(e);
        match self.types.kind(ty) {
            TyKind::Bool | TyKind::Error => e,
            // A guess that is not solved by this use.
            TyKind::Var(_) if self.free_var(ty).is_some() => self.convert(e, Conversion::Truthy, Types::BOOL),
            // Unifies with bool in either profile, unless it is written `none`, an option.
            TyKind::Any if !self.is_none(e) => self.convert(e, Conversion::Truthy, Types::BOOL),
            _ => {
                self.type_lint([ty], make);
                self.truth_of(e)
            }
        }
    }

    /// The truthiness of a value; of an option, that of the value inside, since zero values are false.
    pub(super) fn truth_of(&mut self, e: ExprId) -> ExprId {
        let plain = self.unwrapped(e);
        if self.ty(plain) == Types::BOOL {
            return plain;
        }
        self.convert(plain, Conversion::Truthy, Types::BOOL)
    }

    #[inline(never)]
    fn if_stmt(
        &mut self,
        cond: tree::ExprId,
        then: &'a tree::Block,
        otherwise: Option<&'a tree::Block>,
    ) -> StmtKind {
        let typed = self.condition(cond);
        let facts = self.narrowed.mark();
        self.learn_from(cond, true);
        let then = self.block(then);
        self.narrowed.forget(facts);
        let otherwise = match otherwise {
            Some(block) => {
                self.learn_from(cond, false);
                let block = self.block(block);
                self.narrowed.forget(facts);
                block
            }
            None => Vec::new(),
        };
        StmtKind::If { cond: typed, then, otherwise }
    }

    // ----------------------------------------------------------------------------------------------------- loops

    #[inline(never)]
    fn while_stmt(&mut self, cond: tree::ExprId, body: &'a tree::Block) -> StmtKind {
        let typed = self.condition(cond);
        let facts = self.narrowed.mark();
        self.learn_from(cond, true);
        self.cx.loops += 1;
        let body = self.block(body);
        self.cx.loops -= 1;
        self.narrowed.forget(facts);
        StmtKind::While { cond: typed, body }
    }

    #[inline(never)]
    fn for_range(
        &mut self,
        var: tree::Ident,
        from: tree::ExprId,
        to: tree::ExprId,
        body: &'a tree::Block,
        span: Span,
    ) -> StmtKind {
        let from = self.range_bound(from, span);
        let errors = self.reports.len();
        let to = self.range_bound(to, span);
        if self.is_error(from) && self.is_error(to) {
            // Both bounds are reported at the `for`; once is enough.
            self.reports.truncate(errors);
        }
        let (var, body) = self.loop_body(var, Types::INT, body);
        StmtKind::ForRange { var, from, to, body }
    }

    fn range_bound(&mut self, id: tree::ExprId, span: Span) -> ExprId {
        let e = self.expr(id, Some(Types::INT));
        self.int_or(e, span, |[_, found]| T023 { found }.at(span))
    }

    fn is_error(&self, e: ExprId) -> bool {
        matches!(self.exprs[e.0 as usize].kind, ExprKind::Error)
    }

    #[inline(never)]
    fn for_each(
        &mut self,
        var: tree::Ident,
        source: tree::ExprId,
        body: &'a tree::Block,
        span: Span,
    ) -> StmtKind {
        let source = self.expr(source, None);
        let (source, elem) = self.iterated(source, |[found]| T022 { found }.at(span));
        let (var, body) = self.loop_body(var, elem, body);
        StmtKind::ForEach { var, source, body }
    }

    /// What a loop or query goes through, and the type of its variable; or a diagnostic about the type that it has.
    pub(super) fn iterated(
        &mut self,
        source: ExprId,
        make: impl Fn([String; 1]) -> mochi_base::Diagnostic,
    ) -> (ExprId, Ty) {
        let plain = self.unwrapped(source);
        if self.is_loose_use(source, plain) {
            let found = self.ty(source);
            self.type_lint([found], &make);
        }
        let plain = self.group_as_list(plain);
        let ty = self.exprs[plain.0 as usize].ty;
        let ty = self.known_now(ty);
        match *self.types.kind(ty) {
            TyKind::List(elem) => (plain, elem),
            TyKind::Map(key, _) => (plain, key),
            TyKind::Str => (plain, Types::STR),
            TyKind::Error => (plain, Types::ERROR),
            TyKind::Any => {
                self.type_lint([ty], make);
                (plain, Types::ANY)
            }
            _ => {
                self.type_error([ty], make);
                (plain, Types::ERROR)
            }
        }
    }

    fn loop_body(&mut self, var: tree::Ident, ty: Ty, body: &'a tree::Block) -> (LocalId, Vec<Stmt>) {
        let scope = self.scopes.open();
        let local = self.new_local(var.name, ty, var.span);
        self.scopes.bind(var.name, Binding::Local(local));
        self.cx.loops += 1;
        let body = self.block(body);
        self.cx.loops -= 1;
        self.scopes.close(scope);
        (local, body)
    }

    #[inline(never)]
    fn jump(&mut self, kind: &Written, span: Span) -> Option<StmtKind> {
        let (kind, what) = match kind {
            Written::Break => (StmtKind::Break, "break"),
            _ => (StmtKind::Continue, "continue"),
        };
        if self.cx.loops == 0 {
            self.report(T045 { what }.at(span));
            return None;
        }
        Some(kind)
    }
}
