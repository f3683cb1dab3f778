//! `for v in source`: what is iterated decides the loop.
//!
//! The length of a list is taken at the start, its elements are read at their turn. Maps are iterated by a sorted
//! snapshot of their keys, strings by byte offset so that each step takes constant time.

use mochi_ir::{Op, TyKind, Types, Value};
use mochi_types::typed::{ExprId, LocalId, Stmt};

use crate::Cx;

impl Cx<'_, '_> {
    pub fn for_each(&mut self, stmt: &Stmt, var: LocalId, source: ExprId, body: &[Stmt]) {
        let source = self.value(source);
        let ty = self.func.ty(source);
        match self.lowering.module.types.kind(ty).clone() {
            TyKind::List(elem) => self.for_list(stmt, var, source, elem, body),
            TyKind::Map(key, _) => {
                let keys_ty = self.lowering.module.types.list(key);
                let keys = self.op(Op::MapKeys, &[source], keys_ty);
                self.for_list(stmt, var, keys, key, body);
            }
            TyKind::Str => self.for_str(stmt, var, source, body),
            _ => {
                let source = self.coerce(source, Types::ANY);
                let items = self.std_value("iterate", &[], &[source]);
                self.for_list(stmt, var, items, Types::ANY, body);
            }
        }
    }

    fn for_list(&mut self, stmt: &Stmt, var: LocalId, list: Value, elem: mochi_ir::Ty, body: &[Stmt]) {
        let zero = self.b().int(0);
        let len = self.op(Op::ListLen, &[list], Types::I64);
        let want = self.lowering.ty(self.program.locals[var].ty);
        let vars = self.loop_locals(stmt);
        self.counted_loop(vars, zero, len, |cx, i| {
            let item = cx.op(Op::ListGet, &[list, i], elem);
            let item = cx.coerce(item, want);
            cx.declare(var, item);
            cx.stmts(body);
        });
    }

    fn for_str(&mut self, stmt: &Stmt, var: LocalId, text: Value, body: &[Stmt]) {
        let zero = self.b().int(0);
        let len = self.op(Op::StrBytes, &[text], Types::I64);
        let want = self.lowering.ty(self.program.locals[var].ty);
        let vars = self.loop_locals(stmt);
        self.loop_(
            vars,
            &[zero],
            |cx, at| cx.op(Op::Lt, &[at[0], len], Types::BOOL),
            |cx, at| {
                let c = cx.op(Op::StrChar, &[text, at[0]], Types::STR);
                let c = cx.coerce(c, want);
                cx.declare(var, c);
                cx.stmts(body);
            },
            |cx, at| {
                // The character is taken again here: the body may end in many places, and it is one load.
                let c = cx.op(Op::StrChar, &[text, at[0]], Types::STR);
                let size = cx.op(Op::StrBytes, &[c], Types::I64);
                vec![cx.op(Op::AddWrap, &[at[0], size], Types::I64)]
            },
        );
    }
}
