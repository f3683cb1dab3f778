//! Assignments: places, and who may change them (T001, T009, T024).

use mochi_base::diag::codes::{T001, T009, T024, T058};
use mochi_base::{Name, Span};
use mochi_syntax::tree;

use super::Checker;
use super::names::Meaning;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl<'a> Checker<'a> {
    /// `place = value`.
    #[inline(never)]
    pub(super) fn assign(
        &mut self,
        place: tree::ExprId,
        value: tree::ExprId,
        span: Span,
    ) -> Option<StmtKind> {
        let tree = self.tree;
        let node = &tree.exprs[place];
        if let tree::ExprKind::Name(name) = node.kind {
            return self.assign_name(name, node.span, value, span);
        }
        self.check_root(place, span)?;
        let (place, ty) = match &node.kind {
            tree::ExprKind::Index { recv, index, bracket } => {
                self.index_place(*recv, *index, *bracket, node.span)
            }
            tree::ExprKind::Field { recv, name } => self.field_place(*recv, *name, node.span),
            _ => {
                self.report(mochi_base::diag::codes::T014 {}.at(node.span));
                return None;
            }
        };
        let value = self.value_for(value, ty, span);
        Some(StmtKind::Assign { place, value })
    }

    fn assign_name(&mut self, name: Name, at: Span, value: tree::ExprId, span: Span) -> Option<StmtKind> {
        let place = match self.meaning(name, at) {
            Some(Meaning::Local(local)) => {
                self.check_assignable(local, name, span);
                self.locals[local.0 as usize].assigned = true;
                self.local(local, at)
            }
            Some(Meaning::Field(id, field)) => {
                if self.lints() && self.reactive.fixed_fields.contains(&(id, field)) {
                    let name = self.names.get(name).to_string();
                    self.lint(T024 { name }.at(span));
                }
                self.name(name, at)
            }
            Some(Meaning::Fun(_) | Meaning::Method(_) | Meaning::Variant(_)) | None => {
                let text = self.names.get(name).to_string();
                let diagnostic = T001 { name: &text }.at(span);
                let diagnostic = self.with_similar_value(diagnostic, name, at);
                self.report(diagnostic);
                self.expr(value, None);
                return None;
            }
        };
        let ty = self.exprs[place.0 as usize].ty;
        let value = self.expr(value, Some(ty));
        let value = self.assigned_value(value, ty, name, span);
        if let ExprKind::Local(local) = self.exprs[place.0 as usize].kind {
            // What was known about the old value ends after the new one is computed.
            self.narrowed.assigned(local);
            if self.presumed(value) == self.ty(value) {
                self.binders[local.0 as usize].from_map = false;
            }
        }
        Some(StmtKind::Assign { place, value })
    }

    fn assigned_value(&mut self, value: ExprId, ty: Ty, name: Name, span: Span) -> ExprId {
        if self.exprs[value.0 as usize].ty == ty {
            return value;
        }
        let text = self.names.get(name).to_string();
        let fitting =
            self.fit_or(value, ty, span, |[expected, found]| T009 { name: text, expected, found }.at(span));
        if self.lints() {
            self.check_sharing(value, fitting, span);
        }
        fitting
    }

    /// Whether a variable may get a new value: reassigning a `let` is an error at top level, elsewhere a lint (L6).
    fn check_assignable(&mut self, local: LocalId, name: Name, span: Span) {
        let always = self.cx.fun == Program::MAIN;
        if !(always || self.lints()) || !self.binders[local.0 as usize].immutable {
            return;
        }
        let name = self.names.get(name).to_string();
        let declared = self.locals[local.0 as usize].span;
        let diagnostic = T024 { name }.at(span).note(declared, "declared here");
        if always {
            self.report(diagnostic);
        } else {
            self.lint(diagnostic);
        }
    }

    /// The name that a place starts with must be a variable. Assigning through a `let` is a lint (L6).
    fn check_root(&mut self, place: tree::ExprId, span: Span) -> Option<()> {
        let mut root = place;
        loop {
            match &self.tree.exprs[root].kind {
                tree::ExprKind::Index { recv, .. } | tree::ExprKind::Field { recv, .. } => root = *recv,
                tree::ExprKind::Paren(inner) => root = *inner,
                _ => break,
            }
        }
        let at = self.tree.exprs[root].span;
        let tree::ExprKind::Name(name) = self.tree.exprs[root].kind else { return Some(()) };
        if self.module_named(root).is_some() {
            return self.check_module_place(place, root, name, span);
        }
        match self.meaning(name, at) {
            Some(Meaning::Local(local)) => {
                if self.lints() && self.binders[local.0 as usize].immutable {
                    let name = self.names.get(name).to_string();
                    self.lint(T024 { name }.at(span));
                }
                Some(())
            }
            Some(Meaning::Field(..)) => Some(()),
            _ => {
                let text = self.names.get(name).to_string();
                let diagnostic = T001 { name: &text }.at(span);
                let diagnostic = self.with_similar_value(diagnostic, name, at);
                self.report(diagnostic);
                None
            }
        }
    }

    /// The receiver of a place. A collection that is absent cannot be changed: reading it as its zero value would lose
    /// what is stored, so that is a run-time error.
    fn required(&mut self, recv: ExprId) -> ExprId {
        let ty = self.ty(recv);
        let TyKind::Option(inner) = *self.types.kind(ty) else { return recv };
        if self.strict() || !matches!(self.kind(inner), TyKind::List(_) | TyKind::Map(..)) {
            return recv;
        }
        let span = self.span(recv);
        self.type_lint([ty], |[found]| T058 { found }.at(span));
        let text = self.push(ExprKind::Str("invalid index target".into()), Types::STR, span);
        let stop = self.push(ExprKind::Builtin(Builtin::Panic, vec![text]), Types::ANY, span);
        let stop = self.convert(stop, Conversion::Unbox, inner);
        self.push(ExprKind::Binary(BinaryOp::Coalesce, recv, stop), inner, span)
    }

    /// `xs[i]` or `m[k]` as a place, with the type of what is stored there.
    fn index_place(
        &mut self,
        recv: tree::ExprId,
        index: tree::ExprId,
        bracket: Span,
        span: Span,
    ) -> (ExprId, Ty) {
        let recv = self.expr(recv, None);
        let recv = self.required(recv);
        let place = self.index_of(recv, index, bracket, span);
        let ty = match self.exprs[place.0 as usize].kind {
            ExprKind::Index(recv, _) => match *self.kind(self.exprs[recv.0 as usize].ty) {
                // Reading gives an option, writing takes the value.
                TyKind::Map(_, value) => value,
                _ => self.exprs[place.0 as usize].ty,
            },
            _ => Types::ERROR,
        };
        (place, ty)
    }

    /// `r.f` as a place, with the type of what is stored there.
    fn field_place(&mut self, recv: tree::ExprId, name: tree::Ident, span: Span) -> (ExprId, Ty) {
        let recv = self.expr(recv, None);
        let recv = self.required(recv);
        self.field_place_of(recv, name, span)
    }

    /// The same for a typed receiver.
    pub(super) fn field_place_of(&mut self, recv: ExprId, name: tree::Ident, span: Span) -> (ExprId, Ty) {
        let place = self.field_of(recv, name, span);
        match self.exprs[place.0 as usize].kind {
            ExprKind::Field(..) => (place, self.exprs[place.0 as usize].ty),
            ExprKind::DynField(recv, name) => self.entry_place(place, recv, name, span),
            // A converted read, such as that of a map entry in the strict profile: the place is inside.
            ExprKind::Convert(inner, _) => match self.exprs[inner.0 as usize].kind {
                ExprKind::DynField(recv, name) => self.entry_place(inner, recv, name, span),
                _ => (place, Types::ERROR),
            },
            _ => (place, Types::ERROR),
        }
    }

    /// `m.name = v` is `m["name"] = v` for a map.
    fn entry_place(&mut self, place: ExprId, recv: ExprId, name: Name, span: Span) -> (ExprId, Ty) {
        let TyKind::Map(_, value) = *self.kind(self.exprs[recv.0 as usize].ty) else {
            return (place, Types::ANY);
        };
        let key = self.names.get(name).into();
        let key = self.push(ExprKind::Str(key), Types::STR, span);
        (self.push(ExprKind::Index(recv, key), value, span), value)
    }
}
