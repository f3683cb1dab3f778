//! Statements.
//!
//! Control flow is structured, so SSA needs no search for block parameters: a join gets one for each variable that a
//! branch changed ([`crate::env`]), a loop header one for each variable that the loop assigns, found by one walk over
//! the function before it is lowered. After `return`, `break` and `continue` lowering goes on in a block that nothing
//! reaches and that is dropped in the end.

use mochi_abi::TrapKind;
use mochi_ir::{Block, Imm, Op, Types, Value};
use mochi_types::typed::{ExprId, ExprKind, LocalId, Stmt, StmtKind};

use crate::storage::Storage;
use crate::{Cx, Loop};

/// Where `break` and `continue` inside of a loop lead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Jumps {
    /// Out of this loop and to its next turn: a loop of the program.
    Here,
    /// To the loop around it.
    Outside,
}

/// One finished branch: the block it ended in and the variables it changed.
pub struct Branch {
    pub end: Block,
    pub changed: Vec<(LocalId, Value)>,
}

impl Cx<'_, '_> {
    /// Gives globals the zero values of their types, so that no function sees anything else before their declaration.
    pub fn init_globals(&mut self) {
        for id in self.lowering.module.globals.ids_from(self.lowering.old_globals) {
            let ty = self.lowering.module.globals[id].ty;
            let zero = self.zero(ty);
            self.b().effect(Op::GlobalSet, &[zero], Imm::Global(id));
        }
    }

    /// Records which variables each loop assigns.
    pub fn find_loops(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            let start = self.assigned.len();
            match &stmt.kind {
                StmtKind::Assign { place, value } => {
                    if let ExprKind::Local(local) = self.program.exprs[*place].kind
                        && self.lowering.storage[local] == Storage::Value
                    {
                        self.assigned.push(local);
                    }
                    self.find_loops_in(*place);
                    self.find_loops_in(*value);
                }
                StmtKind::Let(_, Some(e)) | StmtKind::Return(Some(e)) => self.find_loops_in(*e),
                StmtKind::Expr(e) | StmtKind::Expect(e) => self.find_loops_in(*e),
                StmtKind::Let(_, None)
                | StmtKind::Return(None)
                | StmtKind::Fun(_)
                | StmtKind::Break
                | StmtKind::Continue => {}
                StmtKind::If { cond, then, otherwise } => {
                    self.find_loops_in(*cond);
                    self.find_loops(then);
                    self.find_loops(otherwise);
                }
                StmtKind::While { cond, body } => {
                    self.find_loops_in(*cond);
                    self.find_loops(body);
                }
                StmtKind::ForRange { from, to, body, .. } => {
                    self.find_loops_in(*from);
                    self.find_loops_in(*to);
                    self.find_loops(body);
                }
                StmtKind::ForEach { source, body, .. } => {
                    self.find_loops_in(*source);
                    self.find_loops(body);
                }
                StmtKind::Block(body) | StmtKind::Test { body, .. } | StmtKind::Bench { body, .. } => {
                    self.find_loops(body);
                }
            }
            let is_loop = matches!(
                stmt.kind,
                StmtKind::While { .. } | StmtKind::ForRange { .. } | StmtKind::ForEach { .. }
            );
            if is_loop {
                self.loop_vars.insert(std::ptr::from_ref(stmt), start..self.assigned.len());
            }
        }
    }

    /// Statements inside expressions are the blocks of match arms.
    fn find_loops_in(&mut self, e: ExprId) {
        let program = self.program;
        if let ExprKind::Match { arms, scrutinee } = &program.exprs[e].kind {
            self.find_loops_in(*scrutinee);
            for arm in arms {
                self.find_loops(&arm.block);
                if let Some(value) = arm.value {
                    self.find_loops_in(value);
                }
            }
        } else {
            let start = self.assigned.len();
            for child in program.exprs[e].kind.children() {
                self.find_loops_in(child);
            }
            if let ExprKind::Query(_) = program.exprs[e].kind {
                self.query_vars.insert(e, start..self.assigned.len());
            }
        }
    }

    /// Ends the function where control reaches the end of its body.
    pub fn finish_body(&mut self) {
        if !self.b().terminated() {
            self.return_zero();
        }
    }

    fn return_zero(&mut self) {
        let ty = self.func.result;
        if ty == Types::UNIT {
            self.b().ret(None);
        } else if self.lowering.module.types.has_vars(ty) && !self.lowering.module.types.nullable(ty) {
            self.trap(TrapKind::None, "the function ended without a result");
            let none = self.b().none(Types::ANY);
            let value = self.op(Op::AnyAs, &[none], ty);
            self.b().ret(Some(value));
        } else {
            let zero = self.zero(ty);
            self.b().ret(Some(zero));
        }
    }

    pub fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        self.span = stmt.span;
        self.cover(stmt.span);
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                let value = match value {
                    Some(value) => self.value(*value),
                    None => {
                        let ty = self.lowering.ty(self.program.locals[*local].ty);
                        self.zero(ty)
                    }
                };
                self.declare(*local, value);
            }
            StmtKind::Assign { place, value } => self.assign(*place, *value),
            StmtKind::Expr(e) => {
                self.expr(*e);
            }
            StmtKind::Fun(_) => {}
            StmtKind::Return(value) => {
                match value {
                    Some(e) => {
                        let value = self.expr(*e);
                        let unit = self.func.result == Types::UNIT;
                        match value {
                            Some(value) if !unit => self.b().ret(Some(value)),
                            _ if unit => self.b().ret(None),
                            _ => self.return_zero(),
                        }
                    }
                    None => self.return_zero(),
                }
                self.unreachable();
            }
            StmtKind::If { cond, then, otherwise } => {
                let cond = self.value(*cond);
                let (yes, no) = (self.new_block(), self.new_block());
                self.b().branch(cond, yes, &[], no, &[]);
                let then = self.branch(yes, |cx| cx.stmts(then));
                let other = self.branch(no, |cx| cx.stmts(otherwise));
                self.join(vec![(then, vec![]), (other, vec![])], &[]);
            }
            StmtKind::While { cond, body } => {
                let vars = self.loop_locals(stmt);
                self.loop_(vars, &[], |cx, _| cx.value(*cond), |cx, _| cx.stmts(body), |_, _| vec![]);
            }
            StmtKind::ForRange { var, from, to, body } => self.for_range(stmt, *var, *from, *to, body),
            StmtKind::ForEach { var, source, body } => self.for_each(stmt, *var, *source, body),
            StmtKind::Break => self.leave_loop(|l| l.exit),
            StmtKind::Continue => self.leave_loop(|l| l.next),
            StmtKind::Block(body) | StmtKind::Test { body, .. } => self.stmts(body),
            StmtKind::Bench { name, body } => self.bench(name, body, stmt.span),
            StmtKind::Expect(cond) => self.expect(*cond, stmt.span),
        }
    }

    /// A fresh variable with its value.
    pub fn declare(&mut self, local: LocalId, value: Value) {
        match self.lowering.storage[local] {
            Storage::Value => self.set(local, value),
            Storage::Boxed => {
                let ty = self.func.ty(value);
                let ty = self.lowering.module.types.reference(ty);
                let cell = self.op(Op::RefNew, &[value], ty);
                self.set(local, cell);
            }
            Storage::Global(id) => self.b().effect(Op::GlobalSet, &[value], Imm::Global(id)),
        }
    }

    /// Makes a value that of a variable, and names it after it.
    pub fn set(&mut self, local: LocalId, value: Value) {
        self.env.set(local, value);
        let locals = &self.program.locals;
        // Lowering has variables of its own.
        if let Some(data) = locals.get(local) {
            self.func.names.set(value, self.lowering.name(data.name));
        }
    }

    /// The value of a variable.
    pub fn read(&mut self, local: LocalId) -> Value {
        let ty = self.lowering.ty(self.program.locals[local].ty);
        if let Some(id) = self.global(local) {
            return self.b().value(Op::GlobalGet, &[], Imm::Global(id), ty);
        }
        let Some(value) = self.env.get(local) else {
            // Only in code that nothing reaches can a variable be without a value.
            return self.zero(ty);
        };
        match self.lowering.storage[local] {
            Storage::Boxed => self.op(Op::RefGet, &[value], ty),
            Storage::Value | Storage::Global(_) => value,
        }
    }

    fn write(&mut self, local: LocalId, value: Value) {
        match self.lowering.storage[local] {
            Storage::Global(id) => self.b().effect(Op::GlobalSet, &[value], Imm::Global(id)),
            Storage::Boxed => {
                if let Some(cell) = self.env.get(local) {
                    self.effect(Op::RefSet, &[cell, value]);
                }
            }
            Storage::Value => self.set(local, value),
        }
    }

    fn assign(&mut self, place: ExprId, value: ExprId) {
        let program = self.program;
        let span = program.exprs[place].span;
        match &program.exprs[place].kind {
            ExprKind::Local(local) => {
                let value = self.value(value);
                self.write(*local, value);
            }
            ExprKind::Index(recv, index) => {
                let recv = self.value(*recv);
                let index = self.index_value(*index);
                let value = self.value(value);
                self.span = span;
                self.set_index(recv, index, value);
            }
            ExprKind::Field(recv, field) => {
                let recv = self.value(*recv);
                let value = self.value(value);
                self.span = span;
                self.b().effect(Op::FieldSet, &[recv, value], Imm::Field(*field));
            }
            ExprKind::DynField(recv, name) => {
                let recv = self.value(*recv);
                let value = self.value(value);
                let name = self.lowering.name(*name);
                let name = self.str(name);
                self.span = span;
                if self.func.ty(recv) == Types::ANY {
                    let value = self.coerce(value, Types::ANY);
                    self.runtime(mochi_abi::RuntimeFn::any_set_field, &[recv, name, value]);
                } else {
                    self.set_index(recv, name, value);
                }
            }
            ExprKind::Convert(inner, _) => self.assign(*inner, value),
            _ => {
                self.value(value);
            }
        }
    }

    /// Lowers a branch that starts in `block`.
    pub fn branch(&mut self, block: Block, body: impl FnOnce(&mut Self)) -> Branch {
        let mark = self.env.mark();
        self.switch_to(block);
        body(self);
        let end = self.block;
        Branch { end, changed: self.env.rollback(mark) }
    }

    /// Joins branches, each with the values it brings for the parameters of types `tys`, which are returned.
    pub fn join(&mut self, branches: Vec<(Branch, Vec<Value>)>, tys: &[mochi_ir::Ty]) -> Vec<Value> {
        let join = self.new_block();
        let results: Vec<Value> = tys.iter().map(|&ty| self.func.add_param(join, ty)).collect();
        let mut merged: Vec<LocalId> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        for (branch, _) in &branches {
            merged.extend(branch.changed.iter().map(|c| c.0).filter(|&l| seen.insert(l)));
        }
        for (branch, values) in branches {
            let mut args = values;
            let changed: rustc_hash::FxHashMap<_, _> = branch.changed.into_iter().collect();
            args.extend(merged.iter().filter_map(|l| changed.get(l).copied().or_else(|| self.env.get(*l))));
            self.switch_to(branch.end);
            if !self.b().terminated() {
                self.b().jump(join, &args);
            }
        }
        self.switch_to(join);
        for local in merged {
            if let Some(old) = self.env.get(local) {
                let ty = self.func.ty(old);
                let param = self.func.add_param(join, ty);
                self.set(local, param);
            }
        }
        results
    }

    /// The variables from outside that a loop statement assigns.
    pub fn loop_locals(&self, stmt: &Stmt) -> Vec<LocalId> {
        self.assigned_from_outside(self.loop_vars.get(&std::ptr::from_ref(stmt)))
    }

    /// The variables from outside that a query assigns, in the blocks of match arms.
    pub fn query_locals(&self, query: ExprId) -> Vec<LocalId> {
        self.assigned_from_outside(self.query_vars.get(&query))
    }

    fn assigned_from_outside(&self, range: Option<&std::ops::Range<usize>>) -> Vec<LocalId> {
        let Some(range) = range else { return Vec::new() };
        let mut seen = rustc_hash::FxHashSet::default();
        let assigned = &self.assigned[range.clone()];
        assigned.iter().copied().filter(|&l| self.env.get(l).is_some() && seen.insert(l)).collect()
    }

    pub fn var_values(&self, vars: &[LocalId]) -> Vec<Value> {
        vars.iter().filter_map(|&l| self.env.get(l)).collect()
    }

    /// A loop whose header has hidden parameters that start as `init`; `cond` and `body` see their values, and `step`
    /// computes the next ones. `continue` goes to where `step` is.
    /// `vars` are the variables from outside that the loop assigns.
    pub fn loop_(
        &mut self,
        vars: Vec<LocalId>,
        init: &[Value],
        cond: impl FnOnce(&mut Self, &[Value]) -> Value,
        body: impl FnOnce(&mut Self, &[Value]),
        step: impl FnOnce(&mut Self, &[Value]) -> Vec<Value>,
    ) {
        self.any_loop(Jumps::Here, vars, init, cond, body, step);
    }

    /// The same, also for loops that the program does not see.
    pub fn any_loop(
        &mut self,
        jumps: Jumps,
        vars: Vec<LocalId>,
        init: &[Value],
        cond: impl FnOnce(&mut Self, &[Value]) -> Value,
        body: impl FnOnce(&mut Self, &[Value]),
        step: impl FnOnce(&mut Self, &[Value]) -> Vec<Value>,
    ) {
        let (header, inside, next, exit) =
            (self.new_block(), self.new_block(), self.new_block(), self.new_block());
        let mut args = init.to_vec();
        args.extend(self.var_values(&vars));
        self.b().jump(header, &args);
        let hidden: Vec<Value> = init
            .iter()
            .map(|&v| {
                let ty = self.func.ty(v);
                self.func.add_param(header, ty)
            })
            .collect();
        let mark = self.env.mark();
        self.var_params(header, &vars);
        self.switch_to(header);
        let cond = cond(self, &hidden);
        let tested = self.var_values(&vars);
        self.b().branch(cond, inside, &[], exit, &tested);
        if jumps == Jumps::Here {
            self.loops.push(Loop { next, exit, vars: vars.clone() });
        }
        self.switch_to(inside);
        body(self, &hidden);
        let last = self.var_values(&vars);
        if !self.b().terminated() {
            self.b().jump(next, &last);
        }
        if jumps == Jumps::Here {
            self.loops.pop();
        }
        self.env.rollback(mark);
        let mark = self.env.mark();
        self.var_params(next, &vars);
        self.switch_to(next);
        let mut args = step(self, &hidden);
        args.extend(self.var_values(&vars));
        self.b().jump(header, &args);
        self.env.rollback(mark);
        self.switch_to(exit);
        self.var_params(exit, &vars);
    }

    /// Gives a block a parameter for each variable and makes them current.
    fn var_params(&mut self, block: Block, vars: &[LocalId]) {
        for &local in vars {
            if let Some(old) = self.env.get(local) {
                let ty = self.func.ty(old);
                let param = self.func.add_param(block, ty);
                self.set(local, param);
            }
        }
    }

    fn leave_loop(&mut self, target: impl FnOnce(&Loop) -> Block) {
        let Some(innermost) = self.loops.last() else { return };
        let block = target(innermost);
        let vars = innermost.vars.clone();
        let args = self.var_values(&vars);
        self.b().jump(block, &args);
        self.unreachable();
    }

    /// A loop over ints from `from` up to but without `to`.
    pub fn counted_loop(
        &mut self,
        vars: Vec<LocalId>,
        from: Value,
        to: Value,
        body: impl FnOnce(&mut Self, Value),
    ) {
        self.loop_(
            vars,
            &[from],
            |cx, i| cx.op(Op::Lt, &[i[0], to], Types::BOOL),
            |cx, i| body(cx, i[0]),
            |cx, i| {
                let one = cx.b().int(1);
                // Cannot overflow: the counter is below the upper bound.
                vec![cx.op(Op::AddWrap, &[i[0], one], Types::I64)]
            },
        );
    }
}
