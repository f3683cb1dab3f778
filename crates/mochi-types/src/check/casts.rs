//! `e as T` (3.5, 4.13).

use mochi_base::Span;
use mochi_base::diag::codes::T046;
use mochi_syntax::tree;

use super::Checker;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl Checker<'_> {
    /// `e as T`. An empty literal or `none` takes the type; other values are converted.
    #[inline(never)]
    pub(super) fn cast(&mut self, value: tree::ExprId, ty: tree::TypeId, at: Span, span: Span) -> ExprId {
        let to = self.written_type(ty);
        let hint = match self.tree.exprs[value].kind {
            tree::ExprKind::Lambda(_) => Some(to),
            _ if self.is_empty_literal(value) => Some(to),
            _ => None,
        };
        let e = self.expr(value, hint);
        self.cast_to(e, to, at, span)
    }

    pub(super) fn cast_to(&mut self, e: ExprId, to: Ty, at: Span, span: Span) -> ExprId {
        let from = self.ty(e);
        if from == self.resolve(to) {
            let conversion = match self.is_new_object(e, to) {
                false => Conversion::Cast,
                // The program says what the type is, so nobody is to be told.
                true if self.is_any_in_strict(e) => Conversion::Retype,
                true => return e,
            };
            return self.push(ExprKind::Convert(e, conversion), to, span);
        }
        if matches!(self.exprs[e.0 as usize].kind, ExprKind::None) && self.can_be_none(to) {
            self.exprs[e.0 as usize].ty = to;
            return e;
        }
        if *self.kind(to) == TyKind::Any {
            return self.boxed(e);
        }
        if *self.kind(from) == TyKind::Any {
            return self.push(ExprKind::Convert(e, Conversion::Cast), to, span);
        }
        let plain = self.unwrapped(e);
        if plain != e {
            let plain_ty = self.ty(plain);
            if !matches!(self.kind(to), TyKind::Option(_)) {
                self.type_lint([from, to], |[from, to]| T046 { from, to }.at(at));
                if plain_ty == to {
                    return plain;
                }
                return self.cast_to(plain, to, at, span);
            }
        }
        if from == Types::STR && self.kind(to).is_numeric() && !self.strict() {
            // Read from text (L4).
            self.type_lint([from, to], |[from, to]| T046 { from, to }.at(at));
        }
        match self.cast_between(from, to) {
            Some(Conversion::Retype) if self.is_new_object(e, to) => {
                self.push(ExprKind::Convert(e, Conversion::Retype), to, span)
            }
            Some(Conversion::Box) => self.push(ExprKind::Convert(e, Conversion::Box), to, span),
            Some(Conversion::AdaptFun) => self.push(ExprKind::Convert(e, Conversion::AdaptFun), to, span),
            Some(_) => self.push(ExprKind::Convert(e, Conversion::Cast), to, span),
            None => {
                self.type_error([from, to], |[from, to]| T046 { from, to }.at(at));
                self.error_expr(span)
            }
        }
    }

    /// Whether a value that a type represents in the same way need not be copied to make `as` give a new object (4.3).
    fn is_new_object(&self, e: ExprId, to: Ty) -> bool {
        let is_object = |ty| matches!(self.kind(ty), TyKind::List(_) | TyKind::Map(..) | TyKind::Struct(_));
        let written = &self.exprs[e.0 as usize].kind;
        match *self.kind(to) {
            TyKind::List(elem) => matches!(written, ExprKind::List(_)) && !is_object(elem),
            TyKind::Map(_, value) => matches!(written, ExprKind::Map(_)) && !is_object(value),
            TyKind::Struct(_) => matches!(written, ExprKind::Struct(..)),
            _ => true,
        }
    }

    /// How a cast between two known types is done; `None` where there is none.
    fn cast_between(&mut self, from: Ty, to: Ty) -> Option<Conversion> {
        let (from, to) = (self.resolve(from), self.resolve(to));
        if let Some(conversion) = self.fits(from, to) {
            return Some(conversion);
        }
        use TyKind::*;
        match (self.types.kind(from), self.types.kind(to)) {
            (Int64, Int) => Some(Conversion::Retype),
            (a, b) if a.is_numeric() && b.is_numeric() => Some(Conversion::Cast),
            (Str, b) if b.is_numeric() && !self.strict() => Some(Conversion::Cast),
            (Map(..), Struct(_)) => Some(Conversion::Cast),
            (&Union(u), &Struct(s)) if self.is_variant(s, u) => Some(Conversion::Cast),
            (&List(a), &List(b)) => self.cast_between(a, b).map(|_| Conversion::Cast),
            (&Map(k1, v1), &Map(k2, v2)) => {
                self.cast_between(k1, k2)?;
                self.cast_between(v1, v2).map(|_| Conversion::Cast)
            }
            (&Option(a), &Option(b)) => self.cast_between(a, b).map(|_| Conversion::Cast),
            // The value is returned unchanged; calls adapt.
            (Fun(a, _), Fun(b, _)) if a.len() == b.len() && !self.strict() => Some(Conversion::AdaptFun),
            _ => None,
        }
    }
}
