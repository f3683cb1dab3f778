//! `expect`, `test` and `bench` (language reference, 4.14).
//!
//! In a program that is compiled to run its blocks one by one, each is a function, and the entry is made here: it runs
//! the top-level code, then the block that the runtime names, as often as the runtime wants.

use mochi_abi::{RuntimeFn, TrapKind};
use mochi_base::Span;
use mochi_ir::func::Origin;
use mochi_ir::{Func, FuncId, Imm, Op, Types, Value};
use mochi_types::typed::{BinaryOp, ExprId, ExprKind, FunId, FunKind, Program, Stmt, StmtKind};

use crate::{Cx, Lowering};

impl Lowering<'_> {
    /// Makes the entry of a program whose blocks run one by one; nothing in any other.
    pub fn choose_block(&mut self) {
        let program = self.program;
        let blocks: Vec<FunId> = program
            .funs
            .iter()
            .filter(|(_, f)| matches!(f.kind, FunKind::Block(_)))
            .map(|(id, _)| id)
            .collect();
        if blocks.is_empty() {
            return;
        }
        let mut func = Func::declaration("test.entry".to_string(), 0, Vec::new(), Types::UNIT);
        func.origin = Origin::Glue;
        let id = self.module.add_func(func.clone());
        let blocks: Vec<FuncId> = blocks.into_iter().map(|id| self.funcs[id]).collect();
        let main = self.funcs[Program::MAIN];
        let mut cx = Cx::new(self, func, None);
        cx.b().inst(Op::Call, &[], Imm::Func(main, Box::default()), Types::UNIT);
        let chosen = cx.chosen_block(id, &blocks);
        cx.repeat_block(chosen);
        let func = cx.finish();
        self.module.funcs[id] = func;
        self.module.entry = Some(id);
    }
}

impl Cx<'_, '_> {
    /// The block with the index that the runtime gives, as a function value: it must not be inlined, since then what
    /// does not change from one execution to the next could be computed once for all of them. An index that no block
    /// has chooses the last one.
    fn chosen_block(&mut self, entry: FuncId, blocks: &[FuncId]) -> Value {
        let ty = self.lowering.module.types.function(Vec::new(), Types::UNIT);
        let found = self.new_block();
        let chosen = self.func.add_param(found, ty);
        let index = self.rt(RuntimeFn::block_index, &[]);
        for (position, &block) in blocks.iter().enumerate() {
            let position = self.b().int(position as i64);
            let equal = self.op(Op::Eq, &[index, position], Types::BOOL);
            let (this, next) = (self.new_block(), self.new_block());
            self.b().branch(equal, this, &[], next, &[]);
            self.switch_to(this);
            let value = self.b().value(Op::ClosureNew, &[], Imm::Func(block, Box::default()), ty);
            self.b().jump(found, &[value]);
            self.switch_to(next);
        }
        // The entry itself stands for "none of them", which never happens, so that no block is the only one.
        let value = self.b().value(Op::ClosureNew, &[], Imm::Func(entry, Box::default()), ty);
        self.b().jump(found, &[value]);
        self.switch_to(found);
        chosen
    }

    fn repeat_block(&mut self, chosen: Value) {
        let (again, body, end) = (self.new_block(), self.new_block(), self.new_block());
        self.b().jump(again, &[]);
        self.switch_to(again);
        let more = self.rt(RuntimeFn::block_next, &[]);
        self.b().branch(more, body, &[], end, &[]);
        self.switch_to(body);
        self.b().inst(Op::CallClosure, &[chosen], Imm::None, Types::UNIT);
        self.b().jump(again, &[]);
        self.switch_to(end);
        self.b().ret(None);
    }

    /// A `bench` block in place: executes the body, then prints how long it took.
    pub fn bench(&mut self, name: &str, body: &[Stmt], span: Span) {
        let memory = self.rt(RuntimeFn::heap_bytes, &[]);
        let start = self.rt(RuntimeFn::clock_monotonic, &[]);
        self.bench_body(body);
        self.span = span;
        let name = self.str(name);
        self.std("bench_report", &[], &[name, start, memory]);
    }

    /// The body of a `bench` block. The values of its own expressions and variables count as used: nobody would want to
    /// know how long it takes to do nothing.
    pub fn bench_body(&mut self, body: &[Stmt]) {
        for stmt in body {
            match stmt.kind {
                StmtKind::Expr(e) => {
                    self.span = stmt.span;
                    self.cover(stmt.span);
                    if let Some(value) = self.expr(e) {
                        self.keep_result(value);
                    }
                }
                _ => self.stmts(std::slice::from_ref(stmt)),
            }
        }
        for stmt in body {
            if let StmtKind::Let(local, _) = stmt.kind {
                let value = self.read(local);
                self.keep_result(value);
            }
        }
    }

    fn keep_result(&mut self, value: Value) {
        if self.func.ty(value) != Types::UNIT {
            let value = self.coerce(value, Types::ANY);
            self.runtime(RuntimeFn::block_keep, &[value]);
        }
    }

    /// `expect cond`. When a comparison fails the message shows both sides.
    pub fn expect(&mut self, cond: ExprId, span: Span) {
        let (cond, sides) = self.expected(cond);
        let (ok, failed) = (self.new_block(), self.new_block());
        self.b().branch(cond, ok, &[], failed, &[]);
        self.switch_to(failed);
        self.span = span;
        let sources = self.lowering.input.sources;
        let at = sources.location(span.lo);
        let file = sources.file(at.file);
        let text =
            format!("expect condition failed at {}:{}: {}", file.name, at.line, file.line(at.line).trim());
        if let Some(sides) = sides {
            let shown = self.str(&text);
            let [left, right] = sides.map(|side| self.coerce(side, Types::ANY));
            let message = self.std_value("expect_message", &[], &[shown, left, right]);
            self.runtime(RuntimeFn::expect_failed, &[message]);
        }
        let text = self.lowering.module.intern_str(&text);
        self.b().effect(Op::Trap, &[], Imm::Trap(TrapKind::Expect, text));
        self.switch_to(ok);
    }

    /// The value of a condition, and the operands when it is a comparison.
    fn expected(&mut self, cond: ExprId) -> (Value, Option<[Value; 2]>) {
        let program = self.program;
        let expr = &program.exprs[cond];
        let ExprKind::Binary(op, left, right) = expr.kind else { return (self.value(cond), None) };
        use BinaryOp::{Eq, Ge, Gt, In, Le, Lt, Ne};
        if !matches!(op, Eq | Ne | Lt | Le | Gt | Ge | In) || self.lowering.input.std.is_none() {
            return (self.value(cond), None);
        }
        let (left, right) = (self.value(left), self.value(right));
        let value = self.binary_values(op, left, right, Types::BOOL, expr.span);
        (value, Some([left, right]))
    }
}
