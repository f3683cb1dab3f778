//! `for v in source`: what is iterated decides the loop.
//!
//! The length of a list is taken at the start, its elements are read at their turn. Maps are iterated by a sorted
//! snapshot of their keys, strings by byte offset so that each step takes constant time. The pieces of a `split` are made
//! at their turn, without a list of them.

use mochi_abi::RuntimeFn;
use mochi_ir::{Op, TyKind, Types, Value};
use mochi_types::typed::{Builtin, ExprId, ExprKind, LocalId, Stmt};

use crate::Cx;

impl Cx<'_, '_> {
    pub fn for_each(&mut self, stmt: &Stmt, var: LocalId, source: ExprId, body: &[Stmt]) {
        if let ExprKind::Builtin(Builtin::Split, args) = &self.program.exprs[source].kind
            && let [text, separator] = args[..]
            && let ExprKind::Str(separator) = &self.program.exprs[separator].kind
            && !separator.is_empty()
        {
            return self.for_split(stmt, var, text, separator, body);
        }
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

    /// `for v in split(text, "...")`. Strings do not change, so nobody can tell that the pieces are made one by one.
    fn for_split(&mut self, stmt: &Stmt, var: LocalId, text: ExprId, separator: &str, body: &[Stmt]) {
        let text = self.value(text);
        let text = self.coerce(text, Types::STR);
        let step = separator.chars().count() as i64;
        let separator = self.str(separator);
        let len = self.op(Op::StrLen, &[text], Types::I64);
        let want = self.lowering.ty(self.program.locals[var].ty);
        let end_from = |cx: &mut Self, start: Value| {
            let found = cx.rt(RuntimeFn::str_find, &[text, separator, start]);
            let zero = cx.b().int(0);
            let absent = cx.op(Op::Lt, &[found, zero], Types::BOOL);
            cx.op(Op::Select, &[absent, len, found], Types::I64)
        };
        let zero = self.b().int(0);
        let end = end_from(self, zero);
        let vars = self.loop_locals(stmt);
        self.loop_(
            vars,
            &[zero, end],
            |cx, at| cx.op(Op::Le, &[at[0], len], Types::BOOL),
            |cx, at| {
                let piece = cx.op(Op::StrSlice, &[text, at[0], at[1]], Types::STR);
                let piece = cx.coerce(piece, want);
                cx.declare(var, piece);
                cx.stmts(body);
            },
            |cx, at| {
                let step = cx.b().int(step);
                let start = cx.op(Op::AddWrap, &[at[1], step], Types::I64);
                vec![start, end_from(cx, start)]
            },
        );
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
