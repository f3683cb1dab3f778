//! Sparse conditional constant propagation (Wegman and Zadeck, 1991).
//!
//! Assumes that no block runs and that every value is undefined, and takes back what it must: so it finds constants that
//! hold because other paths are never taken, also around loops. Sound because what is left is a solution of the equations
//! of all operations; [`eval`] declines where one traps. Replaces values by constants and branches on constants by jumps;
//! blocks that nothing goes to any more are left to `simplify_cfg`.
//! Cost: each value changes at most twice, each edge is taken once.

use mochi_base::IdVec;
use smallvec::SmallVec;

use crate::analysis::Uses;
use crate::func::{Block, Func, Inst, InstData, Value};
use crate::op::{Imm, Op};
use crate::passes::constant::{Const, chosen_target, eval};
use crate::passes::{Changed, Context};

/// Runs the pass.
pub fn sccp(func: &mut Func, cx: &mut Context<'_>) -> Changed {
    let mut solver = Solver {
        uses: Uses::compute(func),
        state: IdVec::new(),
        taken: IdVec::new(),
        runs: IdVec::new(),
        blocks: vec![Func::ENTRY],
        values: Vec::new(),
        terminators: Vec::new(),
        queued: IdVec::new(),
    };
    solver.state.resize(func.values.len(), State::Undefined);
    solver.taken.resize(func.blocks.len(), SmallVec::new());
    solver.runs.resize(func.blocks.len(), false);
    solver.queued.resize(func.blocks.len(), false);
    for &param in &func.blocks[Func::ENTRY].params {
        solver.state[param] = State::Varies;
    }
    solver.solve(func, cx);
    rewrite(func, &solver)
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Undefined,
    Const(Const),
    Varies,
}

struct Solver {
    uses: Uses,
    state: IdVec<Value, State>,
    /// By block: which targets of its terminator may be taken.
    taken: IdVec<Block, SmallVec<[bool; 2]>>,
    runs: IdVec<Block, bool>,
    /// Blocks that are to run, as some edge to them is taken.
    blocks: Vec<Block>,
    /// Values whose state has changed.
    values: Vec<Value>,
    /// Blocks whose terminators use such values. They wait until other work is done, since each may pass many values on.
    terminators: Vec<Block>,
    queued: IdVec<Block, bool>,
}

impl Solver {
    fn solve(&mut self, func: &Func, cx: &mut Context<'_>) {
        loop {
            if let Some(block) = self.blocks.pop() {
                if !std::mem::replace(&mut self.runs[block], true) {
                    for &inst in &func.blocks[block].insts {
                        self.visit(func, cx, block, inst);
                    }
                }
            } else if let Some(value) = self.values.pop() {
                for i in 0..self.uses.of(value).len() {
                    let (inst, block) = self.uses.of(value)[i];
                    if self.runs[block] {
                        self.visit(func, cx, block, inst);
                    }
                }
            } else if let Some(block) = self.terminators.pop() {
                self.queued[block] = false;
                self.visit_terminator(func, block);
            } else {
                return;
            }
        }
    }

    fn visit(&mut self, func: &Func, cx: &mut Context<'_>, block: Block, inst: Inst) {
        let data = &func.insts[inst];
        if data.op.is_terminator() {
            if !std::mem::replace(&mut self.queued[block], true) {
                self.terminators.push(block);
            }
        } else if let Some(result) = data.result
            && self.state[result] != State::Varies
        {
            let state = self.result(cx, data);
            self.meet(result, state);
        }
    }

    fn result(&self, cx: &mut Context<'_>, data: &InstData) -> State {
        if let Some(c) = Const::of_inst(data) {
            return State::Const(c);
        }
        if data.args.is_empty() || data.args.len() > 3 {
            return State::Varies;
        }
        if data.op == Op::Select {
            return self.select(data.args[0], data.args[1], data.args[2]);
        }
        let mut args: SmallVec<[Const; 3]> = SmallVec::new();
        let mut undefined = false;
        for &arg in &data.args {
            match self.state[arg] {
                State::Const(c) => args.push(c),
                State::Undefined => undefined = true,
                State::Varies => return State::Varies,
            }
        }
        if undefined {
            return State::Undefined;
        }
        eval(cx.module, data.op, &args).map_or(State::Varies, State::Const)
    }

    fn select(&self, cond: Value, a: Value, b: Value) -> State {
        match self.state[cond] {
            State::Undefined => State::Undefined,
            State::Const(Const::Bool(c)) => self.state[if c { a } else { b }],
            State::Const(_) | State::Varies => join(self.state[a], self.state[b]),
        }
    }

    fn visit_terminator(&mut self, func: &Func, block: Block) {
        let Some(data) = func.terminator(block) else { return };
        if self.taken[block].is_empty() {
            self.taken[block].resize(data.targets.len(), false);
        }
        let on = data.args.first().map(|&v| self.state[v]);
        match on {
            Some(State::Undefined) if matches!(data.op, Op::Branch | Op::Switch) => {}
            Some(State::Const(c)) if chosen_target(data, c).is_some() => {
                self.take(func, block, data, chosen_target(data, c).unwrap_or(0));
            }
            _ => (0..data.targets.len()).for_each(|i| self.take(func, block, data, i)),
        }
    }

    fn take(&mut self, func: &Func, block: Block, data: &InstData, i: usize) {
        self.taken[block][i] = true;
        let target = &data.targets[i];
        for (&param, &arg) in func.blocks[target.block].params.iter().zip(&target.args) {
            self.meet(param, self.state[arg]);
        }
        if !self.runs[target.block] {
            self.blocks.push(target.block);
        }
    }

    fn meet(&mut self, value: Value, with: State) {
        let new = join(self.state[value], with);
        if new != self.state[value] {
            self.state[value] = new;
            self.values.push(value);
        }
    }
}

fn join(a: State, b: State) -> State {
    match (a, b) {
        (State::Undefined, x) | (x, State::Undefined) => x,
        (State::Const(a), State::Const(b)) if a == b => State::Const(a),
        _ => State::Varies,
    }
}

fn rewrite(func: &mut Func, solver: &Solver) -> Changed {
    let mut changed = Changed::No;
    for block in func.blocks.ids() {
        if !solver.runs[block] || func.blocks[block].insts.is_empty() {
            continue;
        }
        for i in 0..func.blocks[block].insts.len() {
            let data = &mut func.insts[func.blocks[block].insts[i]];
            if let Some(State::Const(c)) = data.result.map(|v| solver.state[v])
                && Const::of_inst(data).is_none()
            {
                c.write_to(data);
                changed = changed.and(Changed::Insts);
            }
        }
        changed = changed.and(params_to_constants(func, solver, block));
        changed = changed.and(branch_to_jump(func, solver, block));
    }
    changed
}

/// Constants for parameters that are one, at the start of their block. The parameters stay, without uses.
fn params_to_constants(func: &mut Func, solver: &Solver, block: Block) -> Changed {
    let mut made = Vec::new();
    for i in 0..func.blocks[block].params.len() {
        let param = func.blocks[block].params[i];
        let State::Const(c) = solver.state[param] else { continue };
        if solver.uses.of(param).is_empty() {
            continue;
        }
        let span = func.insts[func.blocks[block].insts[0]].span;
        let scope = func.insts[func.blocks[block].insts[0]].scope;
        let (op, imm) = c.op();
        let inst = func.make_inst(InstData::new(op, &[], imm, span, scope), Some(func.ty(param)));
        let constant = func.insts[inst].result.expect("constants have results");
        for &(user, _) in solver.uses.of(param) {
            func.insts[user].uses_mut().filter(|v| **v == param).for_each(|v| *v = constant);
        }
        made.push(inst);
    }
    let changed = Changed::insts_if(!made.is_empty());
    func.blocks[block].insts.splice(0..0, made);
    changed
}

fn branch_to_jump(func: &mut Func, solver: &Solver, block: Block) -> Changed {
    let Some(&last) = func.blocks[block].insts.last() else { return Changed::No };
    let data = &mut func.insts[last];
    if !matches!(data.op, Op::Branch | Op::Switch) || solver.taken[block].iter().filter(|&&t| t).count() != 1
    {
        return Changed::No;
    }
    let i = solver.taken[block].iter().position(|&t| t).unwrap_or(0);
    let target = data.targets.swap_remove(i);
    data.targets = vec![target];
    data.op = Op::Jump;
    data.imm = Imm::None;
    data.args.clear();
    Changed::Flow
}
