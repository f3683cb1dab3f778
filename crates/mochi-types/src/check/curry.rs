//! Functions of several parameters where functions are wanted that take them one at a time (3.5).
//!
//! `f(1)` of a function of three parameters waits for two, and may be given both at once. Where a `fun(B): fun(C): R` is
//! wanted of it, it becomes one:
//!
//! ```text
//! match f(1) { rest => fun(b: B): fun(C): R => rest(b) }
//! ```

use mochi_base::Span;

use super::{Checker, functions};
use crate::ty::{Ty, TyKind};
use crate::typed::*;

impl Checker<'_> {
    /// A function value as one of fewer parameters whose result takes more. Strict allows that of calls with too few
    /// arguments only.
    #[inline(never)]
    pub(super) fn curried(&mut self, e: ExprId, from: Ty, to: Ty) -> Option<ExprId> {
        if !self.curries(from, to) {
            return None;
        }
        if !matches!(self.exprs[e.0 as usize].kind, ExprKind::Partial(..)) {
            if self.strict() {
                return None;
            }
            self.loose = true;
        }
        let span = self.span(e);
        let rest = self.new_local(self.known.underscore, from, span);
        let lambda = self.one_by_one(rest, from, to, span)?;
        let arm = Arm { pattern: Pattern::Bind(rest), block: Vec::new(), value: Some(lambda) };
        Some(self.push(ExprKind::Match { scrutinee: e, arms: vec![arm] }, to, span))
    }

    /// Whether a function type becomes another by taking parameters one after the other.
    fn curries(&mut self, from: Ty, to: Ty) -> bool {
        let (TyKind::Fun(given, result), TyKind::Fun(wanted, next)) =
            (self.types.kind(from).clone(), self.types.kind(to).clone())
        else {
            return false;
        };
        if wanted.is_empty() || given.len() <= wanted.len() {
            return false;
        }
        let fits = wanted.iter().zip(&given).all(|(&wanted, &given)| self.fits(wanted, given).is_some());
        let next = self.resolve(next);
        let rest = self.types.fun(given[wanted.len()..].to_vec(), result);
        fits && (self.fits(rest, next).is_some() || self.curries(rest, next))
    }

    /// The function that takes the first parameters and gives the rest of `callee` to what wants it.
    fn one_by_one(&mut self, callee: LocalId, from: Ty, to: Ty, span: Span) -> Option<ExprId> {
        let (TyKind::Fun(given, result), TyKind::Fun(wanted, next)) =
            (self.types.kind(from).clone(), self.types.kind(to).clone())
        else {
            return None;
        };
        let fun = FunId(self.funs.len() as u32);
        self.funs.push(Fun {
            name: None,
            kind: FunKind::Lambda,
            parent: Some(self.cx.fun),
            type_params: Vec::new(),
            params: Vec::new(),
            result: next,
            body: Vec::new(),
            span,
        });
        self.add_signature(
            None,
            functions::Signature {
                params: wanted.to_vec().into(),
                result: functions::Outcome::Known(next),
                package: self.packages.current(),
                ..functions::Signature::main()
            },
        );
        let outer = std::mem::replace(&mut self.cx.fun, fun);
        let params: Vec<LocalId> =
            wanted.iter().map(|&ty| self.new_local(self.known.underscore, ty, span)).collect();
        let mut args = Vec::with_capacity(params.len());
        for (&param, &given) in params.iter().zip(&given) {
            let arg = self.local(param, span);
            args.push(self.coerce(arg, given).unwrap_or(arg));
        }
        let callee = self.local(callee, span);
        let value = self.partial(callee, args, &given, result, span);
        let value = self.coerce(value, next);
        self.cx.fun = outer;
        let f = &mut self.funs[fun.0 as usize];
        f.params = params;
        f.body = vec![Stmt { kind: StmtKind::Return(Some(value?)), span }];
        Some(self.push(ExprKind::Lambda(fun), to, span))
    }
}
