//! Bodies: nests of branches, switches and counted loops.

use mochi_base::Span;

use super::Generator;
use crate::build::target;
use crate::func::{Block, Func, InstData, Origin, Scope, ScopeData, Target, Value};
use crate::module::FuncId;
use crate::op::{Imm, Op};
use crate::ty::{Ty, TyKind, Types};
use mochi_abi::TrapKind;

/// Blocks are nested this deep at most.
const MAX_DEPTH: u32 = 4;

/// State of one function.
pub(super) struct Body<'g, 'c, 'a> {
    pub(super) g: &'g mut Generator<'c, 'a>,
    pub(super) id: FuncId,
    pub(super) func: Func,
    pub(super) block: Block,
    /// Values whose definitions dominate the end of the block.
    pub(super) scope: Vec<Value>,
    /// The type parameters.
    pub(super) vars: Vec<Ty>,
    /// How many more instructions the function may have, roughly.
    pub(super) budget: u32,
    /// How deep blocks may still be nested.
    depth: u32,
}

impl Generator<'_, '_> {
    /// Gives a function its body.
    pub(super) fn body(&mut self, id: FuncId) {
        let mut func = self.module.funcs[id].clone();
        func.add_block();
        let scope = func.params.clone().into_iter().map(|ty| func.add_param(Func::ENTRY, ty)).collect();
        let vars = (0..func.type_params).map(|n| self.module.types.intern(TyKind::Var(n))).collect();
        for i in 0..self.c.below(3) as u32 {
            let parent = Scope(self.c.below(i as usize + 1) as u32);
            let origin = self.c.of(&[Origin::User, Origin::Std, Origin::Glue]);
            let call_span = self.span();
            func.add_scope(ScopeData { shown: format!("inlined {i}").into(), origin, call_span, parent });
        }
        let budget = 10 + self.c.below(60) as u32;
        let mut body = Body { g: self, id, func, block: Func::ENTRY, scope, vars, budget, depth: MAX_DEPTH };
        body.steps();
        body.end();
        let func = body.func;
        self.module.funcs[id] = func;
    }

    pub(super) fn span(&mut self) -> Span {
        let lo = self.c.below(1000) as u32;
        if lo == 0 { Span::NONE } else { Span::new(lo, lo + self.c.below(50) as u32) }
    }
}

impl Body<'_, '_, '_> {
    /// Appends an instruction; `ty` is unit for none.
    pub(super) fn push(&mut self, op: Op, args: &[Value], imm: Imm, ty: Ty) -> Option<Value> {
        self.push_to(op, args, imm, Vec::new(), ty)
    }
    fn push_to(&mut self, op: Op, args: &[Value], imm: Imm, targets: Vec<Target>, ty: Ty) -> Option<Value> {
        self.budget = self.budget.saturating_sub(1);
        let span = self.g.span();
        let scope = Scope(self.g.c.below(self.func.inlined.len() + 1) as u32);
        let mut data = InstData::new(op, args, imm, span, scope);
        data.targets = targets;
        let inst = self.func.make_inst(data, (ty != Types::UNIT).then_some(ty));
        self.func.blocks[self.block].insts.push(inst);
        self.func.insts[inst].result
    }
    /// Appends an instruction with a result, which later ones may use.
    pub(super) fn value(&mut self, op: Op, args: &[Value], imm: Imm, ty: Ty) -> Value {
        let value = self.push(op, args, imm, ty).expect("a type other than unit");
        self.scope.push(value);
        value
    }
    pub(super) fn jump(&mut self, to: Block, args: &[Value]) {
        self.push_to(Op::Jump, &[], Imm::None, vec![target(to, args)], Types::UNIT);
    }
    pub(super) fn branch(&mut self, cond: Value, yes: Target, no: Target) {
        self.push_to(Op::Branch, &[cond], Imm::None, vec![yes, no], Types::UNIT);
    }
    pub(super) fn ty(&mut self) -> Ty {
        let vars = self.vars.clone();
        self.g.ty_of(2, &vars)
    }

    /// Instructions and nested blocks, up to where the block is to end.
    fn steps(&mut self) {
        while self.budget > 0 && !self.g.c.exhausted() {
            match self.g.c.below(20) {
                0 => return,
                1 | 2 if self.depth > 0 => self.nested(Self::branches),
                3 if self.depth > 0 => self.nested(Self::switch),
                4 | 5 if self.depth > 0 => self.nested(Self::counted_loop),
                _ => self.inst(),
            }
        }
    }

    fn nested(&mut self, make: fn(&mut Self)) {
        self.depth -= 1;
        make(self);
        self.depth += 1;
    }

    /// Ends the function here.
    fn end(&mut self) {
        if self.g.c.chance(10) {
            let kind = self.g.c.of(&[TrapKind::Expect, TrapKind::DivideByZero, TrapKind::Panic]);
            let message = self.g.module.intern_str("end of the line");
            self.push(Op::Trap, &[], Imm::Trap(kind, message), Types::UNIT);
        } else if !(self.g.c.chance(20) && self.tail_call()) {
            let result = self.func.result;
            let value = (result != Types::UNIT).then(|| self.of(result));
            self.push(Op::Return, value.as_slice(), Imm::None, Types::UNIT);
        }
    }

    /// Types of what a join is given.
    fn join_types(&mut self) -> Vec<Ty> {
        (0..self.g.c.below(3)).map(|_| self.ty()).collect()
    }

    /// Makes a nested block: what is in it, then a jump with values of the types, unless it ends the function.
    fn arm(&mut self, block: Block, join: Block, types: &[Ty]) {
        let outer = self.scope.len();
        self.block = block;
        self.steps();
        if self.g.c.chance(15) {
            self.end();
        } else {
            let args: Vec<Value> = types.iter().map(|&ty| self.of(ty)).collect();
            self.jump(join, &args);
        }
        self.scope.truncate(outer);
    }

    /// Goes on in a block with parameters of the types.
    fn join(&mut self, join: Block, types: &[Ty]) {
        self.block = join;
        for &ty in types {
            let param = self.func.add_param(join, ty);
            self.scope.push(param);
        }
    }

    fn branches(&mut self) {
        let cond = self.of(Types::BOOL);
        let types = self.join_types();
        let join = self.func.add_block();
        let yes = self.func.add_block();
        if self.g.c.chance(40) {
            // No else.
            let args: Vec<Value> = types.iter().map(|&ty| self.of(ty)).collect();
            self.branch(cond, target(yes, &[]), target(join, &args));
            self.arm(yes, join, &types);
        } else {
            let no = self.func.add_block();
            self.branch(cond, target(yes, &[]), target(no, &[]));
            self.arm(yes, join, &types);
            self.arm(no, join, &types);
        }
        self.join(join, &types);
    }

    fn switch(&mut self) {
        let value = self.of(Types::I64);
        let types = self.join_types();
        let join = self.func.add_block();
        let mut cases: Vec<i64> = (0..self.g.c.below(4)).map(|_| self.g.c.int()).collect();
        cases.sort_unstable();
        cases.dedup();
        let arms: Vec<Block> = (0..=cases.len()).map(|_| self.func.add_block()).collect();
        let targets = arms.iter().map(|&arm| target(arm, &[])).collect();
        self.push_to(Op::Switch, &[value], Imm::Cases(cases.into()), targets, Types::UNIT);
        for arm in arms {
            self.arm(arm, join, &types);
        }
        self.join(join, &types);
    }

    fn counted_loop(&mut self) {
        let mut types = vec![Types::I64];
        types.extend(self.join_types());
        let (header, inside, exit) = (self.func.add_block(), self.func.add_block(), self.func.add_block());
        let mut first = vec![self.int(0)];
        for &ty in &types[1..] {
            first.push(self.of(ty));
        }
        let turns = self.g.c.below(5) as i64;
        let limit = self.int(turns);
        self.jump(header, &first);
        self.join(header, &types);
        let i = self.func.blocks[header].params[0];
        let more = self.value(Op::Lt, &[i, limit], Imm::None, Types::BOOL);
        self.branch(more, target(inside, &[]), target(exit, &[]));
        let outer = self.scope.len();
        self.block = inside;
        self.steps();
        let one = self.int(1);
        let mut next = vec![self.value(Op::AddWrap, &[i, one], Imm::None, Types::I64)];
        for &ty in &types[1..] {
            next.push(self.of(ty));
        }
        self.jump(header, &next);
        self.scope.truncate(outer);
        self.block = exit;
    }
}
