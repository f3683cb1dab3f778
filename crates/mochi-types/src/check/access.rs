//! Fields, indices, slices, `?.` and `?[`.

use mochi_base::Span;
use mochi_base::diag::codes::{T015, T017, T018, T019, T027, T058, T060, T061, T062, T063};
use mochi_syntax::tree;

use super::Checker;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl Checker<'_> {
    /// `recv.name`.
    #[inline(never)]
    pub(super) fn field(&mut self, recv: tree::ExprId, name: tree::Ident, span: Span) -> ExprId {
        if let Some(module) = self.module_named(recv) {
            return self.member_value(module, name, span);
        }
        let e = self.expr(recv, None);
        self.field_of(e, name, span)
    }

    /// A field of a typed receiver.
    pub(super) fn field_of(&mut self, recv: ExprId, name: tree::Ident, span: Span) -> ExprId {
        let plain = self.unwrapped(recv);
        if self.is_loose_use(recv, plain) {
            let found = self.ty(recv);
            self.type_lint([found], |[found]| T058 { found }.at(span));
        }
        let ty = self.known_now(self.exprs[plain.0 as usize].ty);
        let kind = self.types.kind(ty);
        if let &TyKind::Map(key, value) = kind {
            return self.entry_of(plain, key, value, ty, name, span);
        }
        match *kind {
            TyKind::Struct(id) => {
                if let Some(&field) = self.declared.fields.get(&(id, name.name)) {
                    let ty = self.types.structs[id].fields[field as usize].1;
                    return self.push(ExprKind::Field(plain, field), ty, span);
                }
                if let Some(&method) = self.declared.methods.get(&(id, name.name)) {
                    return self.bound_method(plain, method, span);
                }
                self.unknown_field(id, name.name, span);
                self.error_expr(span)
            }
            TyKind::Any => {
                if self.is_none(plain) {
                    self.lint(T058 { found: "none" }.at(span));
                } else if self.lints() {
                    let name = self.names.get(name.name).to_string();
                    self.type_lint([ty], |[ty]| T027 { name, ty }.at(span));
                }
                self.push(ExprKind::DynField(plain, name.name), Types::ANY, span)
            }
            TyKind::Union(id) => self.field_of_union(plain, id, name, span),
            TyKind::Group(key, item) => match self.group_field(plain, key, item, name.name, span) {
                Some(e) => e,
                None => {
                    let plain = self.boxed(plain);
                    self.push(ExprKind::DynField(plain, name.name), Types::ANY, span)
                }
            },
            TyKind::Error => self.error_expr(span),
            TyKind::Option(_) => {
                self.type_error([ty], |[found]| T058 { found }.at(span));
                self.error_expr(span)
            }
            _ => self.no_fields(ty, name, span),
        }
    }

    /// An entry of a map with string keys. Read by dot, it has the value's type in either profile; lenient keeps track
    /// of its absence.
    fn entry_of(
        &mut self,
        recv: ExprId,
        key: Ty,
        value: Ty,
        ty: Ty,
        name: tree::Ident,
        span: Span,
    ) -> ExprId {
        if !self.is_text_key(key) {
            return self.no_fields(ty, name, span);
        }
        let result = self.types.option(value);
        let e = self.push(ExprKind::DynField(recv, name.name), result, span);
        if self.strict() && result != value { self.convert(e, Conversion::Unbox, value) } else { e }
    }

    fn is_text_key(&mut self, key: Ty) -> bool {
        let key = self.resolve(key);
        if let Some(var) = self.free_var(key) {
            self.solve(var, Types::STR);
            return true;
        }
        matches!(key, Types::STR | Types::ANY)
    }

    fn no_fields(&mut self, ty: Ty, name: tree::Ident, span: Span) -> ExprId {
        let text = self.names.get(name.name).to_string();
        self.type_error([ty], |[ty]| T027 { name: text, ty }.at(span));
        self.error_expr(span)
    }

    /// A field that some variants of a union have: looked up when the program runs.
    fn field_of_union(
        &mut self,
        recv: ExprId,
        union: crate::ty::UnionId,
        name: tree::Ident,
        span: Span,
    ) -> ExprId {
        let mut found: Option<Ty> = None;
        for i in 0..self.types.unions[union].variants.len() {
            let variant = self.types.unions[union].variants[i];
            if let Some(&field) = self.declared.fields.get(&(variant, name.name)) {
                let ty = self.types.structs[variant].fields[field as usize].1;
                found = Some(match found {
                    Some(before) if before != ty => Types::ANY,
                    _ => ty,
                });
            }
        }
        let ty = self.ty(recv);
        let Some(field) = found.filter(|_| !self.strict()) else { return self.no_fields(ty, name, span) };
        if self.lints() {
            let name = self.names.get(name.name).to_string();
            self.type_lint([ty], |[ty]| T027 { name, ty }.at(span));
        }
        let recv = self.boxed(recv);
        let e = self.push(ExprKind::DynField(recv, name.name), Types::ANY, span);
        self.coerce(e, field).unwrap_or(e)
    }

    /// `recv[index]`.
    #[inline(never)]
    pub(super) fn index(
        &mut self,
        recv: tree::ExprId,
        index: tree::ExprId,
        bracket: Span,
        span: Span,
    ) -> ExprId {
        let e = self.expr(recv, None);
        self.through_option(e, span, |this, e| this.index_of(e, index, bracket, span))
    }

    /// What `read` makes of a list or string; of an optional one that is none it is none (4.6).
    fn through_option(
        &mut self,
        e: ExprId,
        span: Span,
        read: impl FnOnce(&mut Self, ExprId) -> ExprId,
    ) -> ExprId {
        let ty = self.ty(e);
        let inner = match *self.types.kind(ty) {
            TyKind::Option(inner) if !self.strict() && self.may_be_absent(e) => inner,
            _ => return read(self, e),
        };
        if !matches!(self.kind(inner), TyKind::List(_) | TyKind::Str) {
            return read(self, e);
        }
        self.loose = true;
        let at = self.span(e);
        self.type_lint([ty], |[found]| T018 { found }.at(at));
        let (var, value) = self.chain_value(inner, span);
        let body = read(self, value);
        self.chain(e, var, body, span)
    }

    /// An element of a typed receiver, with which `span` starts.
    pub(super) fn index_of(
        &mut self,
        recv: ExprId,
        index: tree::ExprId,
        bracket: Span,
        span: Span,
    ) -> ExprId {
        let plain = self.unwrapped(recv);
        if self.is_loose_use(recv, plain) {
            let found = self.ty(recv);
            self.type_lint([found], |[found]| T018 { found }.at(span));
        }
        let ty = self.known_now(self.exprs[plain.0 as usize].ty);
        match *self.types.kind(ty) {
            TyKind::List(elem) => {
                let index = self.list_index(index, bracket);
                self.push(ExprKind::Index(plain, index), elem, span)
            }
            TyKind::Str => {
                let index = self.expr(index, Some(Types::INT));
                if self.ty(index) == Types::ANY && !self.is_none(index) {
                    // Another error than that of a list tells of a wrong index (4.15).
                    let recv = self.boxed(plain);
                    let e = self.push(ExprKind::Index(recv, index), Types::ANY, span);
                    return self.convert(e, Conversion::Unbox, Types::STR);
                }
                let typed = self.int_or(index, bracket, |[_, found]| T015 { found }.at(bracket));
                if !self.strict() && (self.may_be_absent(index) || self.is_none(index)) {
                    let (recv, index) = (self.boxed(plain), self.boxed(index));
                    let e = self.push(ExprKind::Index(recv, index), Types::ANY, span);
                    return self.convert(e, Conversion::Unbox, Types::STR);
                }
                self.push(ExprKind::Index(plain, typed), Types::STR, span)
            }
            TyKind::Map(key, value) => {
                let index = self.expr(index, Some(key));
                let index = self.unified_or(index, key, bracket, |[expected, found]| {
                    T019 { expected, found }.at(bracket)
                });
                let result = self.types.option(value);
                self.push(ExprKind::Index(plain, index), result, span)
            }
            TyKind::Any => {
                self.type_lint([ty], |[found]| T018 { found }.at(span));
                let index = self.value_of_type(index, Types::ANY);
                self.push(ExprKind::Index(plain, index), Types::ANY, span)
            }
            TyKind::Error => {
                self.expr(index, None);
                self.error_expr(span)
            }
            _ => {
                self.expr(index, None);
                self.type_error([ty], |[found]| T018 { found }.at(span));
                self.error_expr(span)
            }
        }
    }

    #[inline]
    fn int_index(&mut self, index: tree::ExprId, bracket: Span) -> ExprId {
        let e = self.expr(index, Some(Types::INT));
        self.int_or(e, bracket, |[_, found]| T015 { found }.at(bracket))
    }

    /// The index of a list. None is no position, not the first one.
    #[inline]
    fn list_index(&mut self, index: tree::ExprId, bracket: Span) -> ExprId {
        let e = self.expr(index, Some(Types::INT));
        let typed = self.int_or(e, bracket, |[_, found]| T015 { found }.at(bracket));
        if typed == e { e } else { self.present_index(e, typed) }
    }

    #[inline(never)]
    fn present_index(&mut self, e: ExprId, typed: ExprId) -> ExprId {
        let ty = self.ty(e);
        if ty != Types::ANY && !self.may_be_absent(e) && !self.is_none(e) {
            return typed;
        }
        let span = self.span(e);
        let inner = match *self.kind(ty) {
            TyKind::Option(inner) => self.resolve(inner),
            _ => Types::ANY,
        };
        let text = self.push(ExprKind::Str("expected int as list index, got none".into()), Types::STR, span);
        let stop = self.push(ExprKind::Builtin(Builtin::Panic, vec![text]), Types::ANY, span);
        let stop = if inner == Types::ANY { stop } else { self.convert(stop, Conversion::Unbox, inner) };
        let present = self.push(ExprKind::Binary(BinaryOp::Coalesce, e, stop), inner, span);
        if inner == Types::ANY {
            return self.convert(present, Conversion::Unbox, Types::INT);
        }
        self.coerce(present, Types::INT).unwrap_or(typed)
    }

    /// `recv[a:b:c]`.
    #[inline(never)]
    pub(super) fn slice(
        &mut self,
        recv: tree::ExprId,
        parts: &[Option<tree::ExprId>; 3],
        bracket: Span,
        span: Span,
    ) -> ExprId {
        let recv = self.expr(recv, None);
        self.through_option(recv, span, |this, recv| this.slice_of(recv, parts, bracket, span))
    }

    fn slice_of(
        &mut self,
        recv: ExprId,
        parts: &[Option<tree::ExprId>; 3],
        bracket: Span,
        span: Span,
    ) -> ExprId {
        let plain = self.unwrapped(recv);
        if self.is_loose_use(recv, plain) {
            let found = self.ty(recv);
            self.type_lint([found], |[found]| T018 { found }.at(span));
        }
        let mut typed = [None; 3];
        for (typed, part) in typed.iter_mut().zip(parts) {
            *typed = part.map(|part| self.int_index(part, bracket));
        }
        let ty = self.known_now(self.exprs[plain.0 as usize].ty);
        match self.types.kind(ty) {
            TyKind::List(_) | TyKind::Str | TyKind::Any => {
                if ty == Types::ANY {
                    self.type_lint([ty], |[found]| T018 { found }.at(span));
                }
                let ty = self.exprs[plain.0 as usize].ty;
                self.push(ExprKind::Slice(plain, typed), ty, span)
            }
            TyKind::Error => self.error_expr(span),
            TyKind::Map(..) => {
                self.type_error([ty], |_| T017 {}.at(bracket));
                self.error_expr(span)
            }
            _ => {
                self.type_error([ty], |[found]| T018 { found }.at(span));
                self.error_expr(span)
            }
        }
    }

    /// `recv?.name`.
    #[inline(never)]
    pub(super) fn opt_field(
        &mut self,
        recv: tree::ExprId,
        name: tree::Ident,
        mark: Span,
        span: Span,
    ) -> ExprId {
        let recv = self.expr(recv, None);
        let ty = self.ty(recv);
        let inner = match *self.types.kind(ty) {
            TyKind::Option(inner) => inner,
            // An option of any is any.
            TyKind::Any => {
                let (var, value) = self.chain_value(ty, span);
                let body = self.push(ExprKind::DynField(value, name.name), Types::ANY, span);
                return self.chain(recv, var, body, span);
            }
            _ => {
                self.type_lint([ty], |[found]| T060 { found }.at(mark));
                return self.field_of(recv, name, span);
            }
        };
        let fields = match *self.kind(inner) {
            TyKind::Struct(_) | TyKind::Any | TyKind::Error => true,
            TyKind::Map(key, _) => self.is_text_key(key),
            _ => false,
        };
        if !fields {
            self.type_error([ty], |[found]| T061 { found }.at(mark));
            return self.error_expr(span);
        }
        let (var, value) = self.chain_value(inner, span);
        let body = self.field_of(value, name, span);
        self.chain(recv, var, body, span)
    }

    /// `recv?[index]`.
    #[inline(never)]
    pub(super) fn opt_index(
        &mut self,
        recv: tree::ExprId,
        index: tree::ExprId,
        mark: Span,
        span: Span,
    ) -> ExprId {
        let recv = self.expr(recv, None);
        let ty = self.ty(recv);
        let inner = match *self.types.kind(ty) {
            TyKind::Option(inner) => inner,
            TyKind::Any => {
                self.type_lint([ty], |[found]| T063 { found }.at(mark));
                let (var, value) = self.chain_value(ty, span);
                let index = self.value_of_type(index, Types::ANY);
                let body = self.push(ExprKind::Index(value, index), Types::ANY, span);
                return self.chain(recv, var, body, span);
            }
            _ => {
                self.type_lint([ty], |[found]| T062 { found }.at(mark));
                return self.index_of(recv, index, mark, span);
            }
        };
        if !matches!(self.kind(inner), TyKind::List(_) | TyKind::Map(..) | TyKind::Any | TyKind::Error) {
            self.type_error([ty], |[found]| T063 { found }.at(mark));
            return self.error_expr(span);
        }
        let (var, value) = self.chain_value(inner, span);
        let body = self.index_of(value, index, mark, span);
        self.chain(recv, var, body, span)
    }

    /// The variable that holds the value of an option inside a chain, and a mention of it.
    fn chain_value(&mut self, inner: Ty, span: Span) -> (LocalId, ExprId) {
        let var = self.new_local(self.known.underscore, inner, span);
        (var, self.push(ExprKind::Local(var), inner, span))
    }

    fn chain(&mut self, recv: ExprId, var: LocalId, body: ExprId, span: Span) -> ExprId {
        let ty = self.exprs[body.0 as usize].ty;
        let ty = self.types.option(ty);
        match self.coerce(body, ty) {
            Some(body) => self.push(ExprKind::OptChain { recv, var, body }, ty, span),
            None => self.error_expr(span),
        }
    }
}
