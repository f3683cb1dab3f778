//! The end of checking: inference variables are replaced by what was found, conversions that turned out to change
//! nothing disappear, and the program is put together.

use mochi_base::{IdVec, Sink};

use super::Checker;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl Checker<'_> {
    /// Settles all types and hands over the diagnostics.
    pub(super) fn finish(&mut self, sink: &mut Sink) {
        self.deliver(sink);
        let mut table = FinalTypes { table: Vec::new() };
        for e in &mut self.exprs {
            // Most types are settled; see `FinalTypes::of`.
            if e.ty.0 >= FIRST_COMPOSED {
                e.ty = table.of(&mut self.types, &self.infer, e.ty);
            }
            if let ExprKind::Fun(_, args) | ExprKind::Call(_, args, _) = &mut e.kind {
                for arg in args {
                    *arg = table.of(&mut self.types, &self.infer, *arg);
                }
            }
        }
        for local in &mut self.locals[self.old.locals..] {
            local.ty = table.of(&mut self.types, &self.infer, local.ty);
        }
        for fun in &mut self.funs[self.old.funs..] {
            fun.result = table.of(&mut self.types, &self.infer, fun.result);
        }
        if self.declared.has_cycles {
            for id in self.types.structs.ids_from(self.old.structs) {
                for field in 0..self.types.structs[id].fields.len() {
                    let ty = self.types.structs[id].fields[field].1;
                    self.types.structs[id].fields[field].1 = table.of(&mut self.types, &self.infer, ty);
                }
            }
        }
        if self.infer.has_soft() || self.declared.has_cycles {
            self.drop_empty_conversions();
        }
    }

    /// The program.
    pub(super) fn program(self) -> Program {
        Program {
            types: self.types,
            exprs: IdVec::from(self.exprs),
            locals: IdVec::from(self.locals),
            funs: IdVec::from(self.funs),
        }
    }

    /// A conversion between types that became equal is its operand.
    fn drop_empty_conversions(&mut self) {
        for i in 0..self.exprs.len() {
            // Operands come before what uses them, so chains collapse in one sweep.
            if let ExprKind::Convert(inner, conversion) = self.exprs[i].kind
                && self.exprs[inner.0 as usize].ty == self.exprs[i].ty
                && !matches!(conversion, Conversion::Cast | Conversion::AdaptFun)
            {
                let span = self.exprs[i].span;
                let kind = std::mem::replace(&mut self.exprs[inner.0 as usize].kind, ExprKind::Error);
                self.exprs[i].kind = kind;
                self.exprs[i].span = span;
            }
        }
    }
}

/// Types below are those without parts (see [`Types::new`]).
const FIRST_COMPOSED: u32 = Types::ERROR.0 + 1;

/// The final form of each type, computed once.
struct FinalTypes {
    table: Vec<Option<Ty>>,
}

impl FinalTypes {
    fn of(&mut self, types: &mut Types, infer: &super::infer::Infer, ty: Ty) -> Ty {
        if ty.0 < FIRST_COMPOSED {
            return ty;
        }
        let at = ty.0 as usize;
        if let Some(&Some(known)) = self.table.get(at) {
            return known;
        }
        let kind = types.kind(ty).clone();
        let result = match kind {
            TyKind::Var(var) => match infer.solution(var) {
                None => ty,
                Some(solution) => self.of(types, infer, solution),
            },
            TyKind::List(elem) => {
                let elem = self.of(types, infer, elem);
                types.list(elem)
            }
            TyKind::Map(key, value) => {
                let (key, value) = (self.of(types, infer, key), self.of(types, infer, value));
                types.map(key, value)
            }
            TyKind::Group(key, item) => {
                let (key, item) = (self.of(types, infer, key), self.of(types, infer, item));
                types.intern(TyKind::Group(key, item))
            }
            TyKind::Option(inner) => {
                let inner = self.of(types, infer, inner);
                types.option(inner)
            }
            TyKind::Fun(params, result) => {
                let params = params.iter().map(|&param| self.of(types, infer, param)).collect();
                let result = self.of(types, infer, result);
                types.fun(params, result)
            }
            TyKind::Any => Types::ANY,
            _ => ty,
        };
        if at >= self.table.len() {
            self.table.resize(types.len().max(at + 1), None);
        }
        self.table[at] = Some(result);
        result
    }
}
