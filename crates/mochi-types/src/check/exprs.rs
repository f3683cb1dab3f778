//! Expressions: the recursive function over them, literals, prefix operators, `if`.

use mochi_base::Span;
use mochi_base::diag::codes::T020;
use mochi_syntax::tree::{self, ExprKind as Written};

use super::Checker;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl<'a> Checker<'a> {
    /// Checks an expression. `expected` is the type of the place that the value goes to, which the caller converts to;
    /// an expression may use it to decide the types of its parts, or ignore it.
    pub(super) fn expr(&mut self, id: tree::ExprId, expected: Option<Ty>) -> ExprId {
        let tree = self.tree;
        let node = &tree.exprs[id];
        let span = node.span;
        match &node.kind {
            Written::Int(value) => self.push(ExprKind::Int(*value), Types::INT, span),
            Written::Float(value) => self.push(ExprKind::Float(*value), Types::FLOAT, span),
            Written::Str(text) => self.push(ExprKind::Str(text.clone()), Types::STR, span),
            Written::Bool(value) => self.push(ExprKind::Bool(*value), Types::BOOL, span),
            Written::None => self.push(ExprKind::None, Types::ANY, span),
            Written::Name(name) => self.name(*name, span),
            Written::Paren(inner) => self.expr(*inner, expected),
            Written::Binary { .. } => self.binary(id, expected),
            Written::Unary { op, expr } => self.unary(*op, *expr, span),
            Written::Call { callee, args, .. } => self.call(*callee, args, span, expected),
            Written::Index { recv, index, bracket } => self.index(*recv, *index, *bracket, span),
            Written::Slice { recv, parts, bracket } => self.slice(*recv, parts, *bracket, span),
            Written::Field { recv, name } => self.field(*recv, *name, span),
            Written::OptField { recv, name, mark } => self.opt_field(*recv, *name, *mark, span),
            Written::OptIndex { recv, index, mark } => self.opt_index(*recv, *index, *mark, span),
            Written::Cast { expr, ty, keyword } => self.cast(*expr, *ty, *keyword, span),
            Written::List(items) => self.list_literal(items, expected, span),
            Written::Map(entries) => self.map_literal(entries, expected, span),
            Written::Struct { name, inits } => self.struct_literal(*name, inits, span),
            Written::Lambda(decl) => self.lambda(decl, expected, span),
            Written::If { cond, then, otherwise } => self.if_expr(*cond, *then, *otherwise, expected, span),
            Written::Match { scrutinee, arms } => self.match_expr(*scrutinee, arms, expected, span),
            Written::Query(query) => self.query(query, span, expected),
            Written::LogicQuery(pred) => self.logic_query(pred, span),
            Written::Generate { target, inits } => self.generate(*target, inits, span),
            Written::Fetch { url, with } => self.fetch(*url, *with, expected, span),
            Written::Load { path, ty, with } => self.load(path.as_ref(), *ty, *with, span),
            Written::Save { value, path, with } => self.save(*value, path.as_ref(), *with, span),
            Written::Error => self.error_expr(span),
        }
    }

    /// A prefix operator.
    #[inline(never)]
    fn unary(&mut self, op: UnaryOp, operand: tree::ExprId, span: Span) -> ExprId {
        let e = self.expr(operand, None);
        match op {
            UnaryOp::Not => {
                let e = self.bool_or(e, |[found]| T020 { op: "!", operands: found }.at(span));
                self.push(ExprKind::Unary(op, e), Types::BOOL, span)
            }
            UnaryOp::Neg => self.negation(e, span),
        }
    }

    fn negation(&mut self, e: ExprId, span: Span) -> ExprId {
        let plain = self.unwrapped(e);
        if self.is_none(e) || self.is_loose_use(e, plain) {
            let found = self.ty(e);
            self.type_lint([found], |[found]| T020 { op: "-", operands: found }.at(span));
        }
        let written = e;
        let e = plain;
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        match self.types.kind(ty) {
            TyKind::Error => self.error_expr(span),
            kind if kind.is_numeric() && self.may_be_absent(written) => {
                let e = self.boxed(written);
                let e = self.push(ExprKind::Unary(UnaryOp::Neg, e), Types::ANY, span);
                self.as_option_of(e, ty)
            }
            kind if kind.is_numeric() || *kind == TyKind::Any || self.is_own_param(ty) => {
                self.push(ExprKind::Unary(UnaryOp::Neg, e), ty, span)
            }
            _ => {
                self.type_error([ty], |[found]| T020 { op: "-", operands: found }.at(span));
                self.error_expr(span)
            }
        }
    }

    /// `if` with a value.
    #[inline(never)]
    fn if_expr(
        &mut self,
        cond: tree::ExprId,
        then: tree::ExprId,
        otherwise: Option<tree::ExprId>,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let typed = self.condition(cond);
        let facts = self.narrowed.mark();
        self.learn_from(cond, true);
        let mut branches = [self.expr(then, expected), typed];
        self.narrowed.forget(facts);
        branches[1] = match otherwise {
            Some(otherwise) => {
                self.learn_from(cond, false);
                let otherwise = self.expr(otherwise, expected);
                self.narrowed.forget(facts);
                otherwise
            }
            None => self.push(ExprKind::None, Types::ANY, span),
        };
        let at = |branch: tree::ExprId| self.tree.exprs[branch].span;
        let places = [(branches[0], at(then)), (branches[1], otherwise.map_or(span, at))];
        let ty = self.common_type(&places, expected);
        let branches = places.map(|(branch, at)| self.fit(branch, ty, at));
        self.push(ExprKind::If(typed, branches[0], branches[1]), ty, span)
    }

    /// The type of a place that takes the value of one of some expressions: the expected one when it is known, else
    /// what they join to, else `any` (L16), reported at the place beside the expression.
    pub(super) fn common_type(&mut self, values: &[(ExprId, Span)], expected: Option<Ty>) -> Ty {
        if let Some(expected) = expected {
            let ty = self.resolve(expected);
            if ty != Types::ANY && self.free_var(ty).is_none() {
                return ty;
            }
        }
        let mut joined = None;
        let mut none = false;
        for &(e, at) in values {
            match self.exprs[e.0 as usize].kind {
                ExprKind::None => {
                    none = true;
                    continue;
                }
                // Never has a value, so it fits any type.
                ExprKind::Builtin(Builtin::Panic, _) => continue,
                _ => {}
            }
            let ty = self.ty(e);
            joined = match joined {
                None => Some(ty),
                Some(before) => match self.join(before, ty) {
                    Some(ty) => Some(ty),
                    None => {
                        self.type_lint([before, ty], |[expected, found]| {
                            mochi_base::diag::codes::T008 { expected, found }.at(at)
                        });
                        return Types::ANY;
                    }
                },
            };
        }
        match joined {
            None => Types::ANY,
            Some(ty) if none => self.or_none(ty),
            Some(ty) => ty,
        }
    }

    /// The type with `none` among its values.
    pub(super) fn or_none(&mut self, ty: Ty) -> Ty {
        if self.resolve(ty) == Types::UNIT || self.can_be_none(ty) { ty } else { self.types.option(ty) }
    }

    /// Whether a type is a type parameter, about which std may assume what its callers obey.
    pub(super) fn is_own_param(&self, ty: Ty) -> bool {
        self.options.std && matches!(self.types.kind(ty), TyKind::Var(_))
    }
}
