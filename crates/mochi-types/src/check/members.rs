//! Calls of members, `recv.name(args)`: of methods, of fields and entries that are functions, and of built-ins in method
//! spelling. What the receiver has itself comes before the built-ins (section 5). Where its type does not tell whether it
//! has such a member, the program looks when it runs:
//!
//! ```text
//! match recv { this => match arg { a => match this.?name() { none => BUILTIN(this, a)  f => f(a) } } }
//! ```

use mochi_base::Span;
use mochi_base::diag::codes::{T027, T058};
use mochi_syntax::tree;

use super::Checker;
use super::builtins::Row;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

/// What the type of a receiver says about its members of a name.
enum Members {
    /// It has one, or there is no built-in of the name.
    Own,
    /// It has none.
    BuiltIn,
    /// Only the value tells. A member that is a function has such a result, which is `any` when that is not known.
    Perhaps(Ty),
}

impl Checker<'_> {
    /// `recv.name(args)`.
    #[inline(never)]
    pub(super) fn call_member_of(
        &mut self,
        recv: ExprId,
        name: tree::Ident,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        let plain = self.unwrapped(recv);
        if self.is_loose_use(recv, plain) {
            let found = self.ty(recv);
            self.type_lint([found], |[found]| T058 { found }.at(span));
        }
        let ty = self.known_now(self.exprs[plain.0 as usize].ty);
        if let TyKind::Struct(id) = *self.types.kind(ty)
            && let Some(&method) = self.declared.methods.get(&(id, name.name))
        {
            return self.call_function(method, Some(plain), args, span, expected);
        }
        if let Some(&row) = self.methods.get(&name.name) {
            match self.members(ty, row, args.len() + 1) {
                Members::BuiltIn => return self.builtin(row, Some(plain), args, span, expected),
                Members::Perhaps(result) => {
                    return self.call_member_or_built_in(plain, result, name, row, args, span);
                }
                Members::Own => {}
            }
        }
        let callee = self.field_of(plain, name, span);
        self.call_value(callee, args, span)
    }

    /// What may be called on a receiver of a type, besides the built-in of a row with as many arguments.
    fn members(&self, ty: Ty, row: &Row, given: usize) -> Members {
        let fits = row.takes(given);
        match *self.types.kind(ty) {
            TyKind::Struct(_) => Members::Own,
            TyKind::Any if !fits => Members::Own,
            TyKind::Any => Members::Perhaps(Types::ANY),
            TyKind::Map(key, value) if matches!(self.resolve(key), Types::STR | Types::ANY) => {
                match self.kind(value) {
                    TyKind::Fun(..) | TyKind::Any if !fits && !self.strict() => Members::Own,
                    &TyKind::Fun(_, result) if fits => Members::Perhaps(result),
                    TyKind::Any if fits => Members::Perhaps(Types::ANY),
                    _ => Members::BuiltIn,
                }
            }
            _ => Members::BuiltIn,
        }
    }

    /// A call of a member that is a function, or of the built-in where the receiver has no such member.
    fn call_member_or_built_in(
        &mut self,
        recv: ExprId,
        member_result: Ty,
        name: tree::Ident,
        row: &'static Row,
        args: &[tree::ExprId],
        span: Span,
    ) -> ExprId {
        let ty = self.ty(recv);
        let is_any = ty == Types::ANY;
        if is_any {
            let name = row.name;
            self.type_lint([ty], |[ty]| T027 { name, ty }.at(span));
            if self.strict() {
                self.silent_args(args);
                return self.error_expr(span);
            }
        }
        // Each is evaluated once, whichever function gets it.
        let mut held = vec![(recv, self.hold(recv))];
        for &arg in args {
            let e = self.expr(arg, None);
            let e = if self.ty(e) == Types::UNIT || self.is_none(e) { self.boxed(e) } else { e };
            held.push((e, self.hold(e)));
        }
        let built_in = self.call_built_in_of(row, &held, span);
        if self.ty(built_in) == Types::ERROR {
            return built_in;
        }
        let found = self.ty(built_in);
        // A map of `any` is taken for data, which has few functions: the built-in's type is worth more than theirs.
        let ty = match self.strict() || !is_any && self.resolve(member_result) == Types::ANY {
            true => found,
            false if found == self.resolve(member_result) => found,
            false => Types::ANY,
        };
        let built_in = if ty == found { built_in } else { self.boxed(built_in) };
        let member = self.call_held_member(&held, ty, span);
        self.choose_member(name, &held, member, built_in, span)
    }

    /// A variable for a value.
    fn hold(&mut self, e: ExprId) -> LocalId {
        let Expr { ty, span, .. } = self.exprs[e.0 as usize];
        self.new_local(self.known.underscore, ty, span)
    }

    fn held(&mut self, (e, local): (ExprId, LocalId)) -> ExprId {
        let span = self.span(e);
        self.local(local, span)
    }

    /// The built-in, of what variables hold. In the lenient profile the values decide whether they are its operands, as
    /// other types may be right for the member.
    fn call_built_in_of(&mut self, row: &'static Row, held: &[(ExprId, LocalId)], span: Span) -> ExprId {
        let mut values = Vec::with_capacity(held.len());
        for (i, &part) in held.iter().enumerate() {
            let e = self.held(part);
            values.push(if i > 0 && !self.strict() { self.boxed(e) } else { e });
        }
        let lints = std::mem::replace(&mut self.options.lints, false);
        let e = self.builtin_of(row, &values, span);
        self.options.lints = lints;
        e
    }

    /// The variable of a member that is a function, and its call.
    fn call_held_member(&mut self, held: &[(ExprId, LocalId)], ty: Ty, span: Span) -> (LocalId, ExprId) {
        let member = self.new_local(self.known.underscore, Types::ANY, span);
        let callee = self.local(member, span);
        let mut args = Vec::with_capacity(held.len() - 1);
        for &part in &held[1..] {
            let e = self.held(part);
            args.push(self.boxed(e));
        }
        let call = self.push(ExprKind::CallValue(callee, args), Types::ANY, span);
        (member, if ty == Types::ANY { call } else { self.convert(call, Conversion::Unbox, ty) })
    }

    /// The choice between both, inside of the variables.
    fn choose_member(
        &mut self,
        name: tree::Ident,
        held: &[(ExprId, LocalId)],
        (member, call): (LocalId, ExprId),
        built_in: ExprId,
        span: Span,
    ) -> ExprId {
        let ty = self.ty(built_in);
        let this = self.held(held[0]);
        let this = self.boxed(this);
        let found = self.push(ExprKind::DynMethod(this, name.name), Types::ANY, span);
        let arm = |pattern, value| Arm { pattern, block: Vec::new(), value: Some(value) };
        let arms = vec![arm(Pattern::None, built_in), arm(Pattern::Bind(member), call)];
        let mut e = self.push(ExprKind::Match { scrutinee: found, arms }, ty, span);
        for &(scrutinee, local) in held.iter().rev() {
            let arms = vec![arm(Pattern::Bind(local), e)];
            e = self.push(ExprKind::Match { scrutinee, arms }, ty, span);
        }
        e
    }
}
