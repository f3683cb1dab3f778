//! Statements: what the nodes of a function's shape are in C, and the values that go with jumps.

use mochi_base::id::Id;
use mochi_ir::{Block, Imm, Op, TyKind, Types, Value};

use super::body::Var;
use super::expr::Expr;
use super::fold::has_site;
use super::func::{Writer, len_var, root, value_var};
use super::lines::Lines;
use super::names;
use super::shape::{Edge, Exit, If, Loop, Node, Switch};
use crate::Unsupported;

/// Parameters of a block that are assigned in an order that spares temporaries.
const MAX_ORDERED: usize = 64;

/// A parameter to be assigned.
struct Move {
    to: Var,
    from: Expr,
    /// The value that is written there and nowhere else.
    own: Option<Value>,
    ty: &'static str,
    pointer: bool,
}

impl Writer<'_, '_> {
    /// Writes statements.
    pub fn nodes(&mut self, nodes: &[Node]) -> Result<(), Unsupported> {
        for node in nodes {
            match node {
                Node::Label(block) => {
                    if self.jumped[block.index()] {
                        self.body.bare(format!("b{}:;\n", block.index()));
                    }
                }
                Node::Block(block) => self.block(*block)?,
                Node::End(block) => self.end(*block)?,
                Node::Edge(edge) => self.edge(*edge),
                Node::If(node) => {
                    let condition = self.condition(node.block, node.negated);
                    self.body.open(&format!("if ({condition}) {{"));
                    self.arms(node)?;
                }
                Node::Loop(node) => self.looped(node)?,
                Node::Switch(node) => self.switch(node)?,
            }
        }
        Ok(())
    }

    /// The condition of a block's branch.
    fn condition(&mut self, block: Block, negated: bool) -> String {
        let inst = self.last(block);
        self.source_line(inst);
        let condition = self.value(self.func.insts[inst].args[0]);
        if negated { condition.not().text } else { condition.text }
    }

    /// Writes both sides of a condition, with the closing brace.
    fn arms(&mut self, mut node: &If) -> Result<(), Unsupported> {
        loop {
            self.nodes(&node.then)?;
            match &node.other[..] {
                [] => break,
                // Nothing is to be done before the next condition.
                [Node::Block(block), Node::If(next)] if self.folds.is_silent(*block) => {
                    node = next;
                    self.else_if(*block, next)?;
                }
                other => {
                    self.body.reopen("} else {");
                    self.nodes(other)?;
                    break;
                }
            }
        }
        self.body.close("}");
        Ok(())
    }

    fn else_if(&mut self, block: Block, node: &If) -> Result<(), Unsupported> {
        let opened = self.body.leave();
        self.block(block)?;
        let condition = self.condition(node.block, node.negated);
        self.body.line(format!("}} else if ({condition}) {{"));
        self.body.enter(opened);
        Ok(())
    }

    fn looped(&mut self, node: &Loop) -> Result<(), Unsupported> {
        match node.test {
            Some(negated) => {
                self.block(node.header)?;
                let condition = self.condition(node.header, negated);
                self.body.open(&format!("while ({condition}) {{"));
            }
            None => self.body.open("for (;;) {"),
        }
        self.nodes(&node.body)?;
        self.body.close("}");
        Ok(())
    }

    fn switch(&mut self, node: &Switch) -> Result<(), Unsupported> {
        let inst = self.last(node.block);
        self.source_line(inst);
        let data = &self.func.insts[inst];
        let Imm::Cases(cases) = &data.imm else { unreachable!("verified") };
        let value = self.value(data.args[0]).text;
        let opened = self.body.len();
        self.body.line(format!("switch ({value}) {{"));
        for arm in &node.arms {
            let labels = arm.targets.iter().map(|&target| match cases.get(target) {
                Some(&case) => format!("case {}:", names::int(case).text),
                None => "default:".to_owned(),
            });
            let labels: Vec<String> = labels.collect();
            self.body.line(format!("{} {{", labels.join(" ")));
            self.body.enter(opened);
            self.nodes(&arm.body)?;
            if arm.falls {
                self.body.line("break;");
            }
            self.body.leave();
            self.body.line("}");
        }
        self.body.line("}");
        Ok(())
    }

    /// Whether nothing is written for an edge.
    fn is_still(&self, edge: Edge) -> bool {
        edge.exit == Exit::Fall && self.moves_nothing(edge.from, edge.target)
    }

    /// Writes the assignments and the jump of an edge.
    fn edge(&mut self, edge: Edge) {
        if self.is_still(edge) {
            return;
        }
        let inst = self.last(edge.from);
        let target = &self.func.insts[inst].targets[edge.target];
        let moves = self.needed_moves(edge);
        let sited = |value: Value| self.func.def_inst(value).is_some_and(|data| has_site(data.op));
        // For people, only what may fail there is of the line.
        if self.tables.lines == Lines::Directives || moves.iter().any(|each| each.own.is_some_and(sited)) {
            self.source_line(inst);
        }
        self.moves(moves);
        match edge.exit {
            Exit::Fall => {}
            Exit::Break => self.body.line("break;"),
            Exit::Continue => self.body.line("continue;"),
            Exit::Goto => self.body.line(format!("goto b{};", target.block.index())),
        }
    }

    /// Assigns the parameters of a target, all at once: none before it is read for another one, and through
    /// temporaries where each is.
    fn moves(&mut self, mut moves: Vec<Move>) {
        let ordered = moves.len() <= MAX_ORDERED;
        while !moves.is_empty() {
            let read_elsewhere = |at: usize| {
                let others = moves.iter().enumerate().filter(|&(other, _)| other != at);
                others.flat_map(|(_, other)| &other.from.reads).any(|&var| var == moves[at].to)
            };
            let free = (0..moves.len()).find(|&at| ordered && !read_elsewhere(at));
            let free = free.or_else(|| moves.iter().all(|each| each.from.reads.is_empty()).then_some(0));
            if let Some(at) = free {
                let Move { to, from, .. } = moves.remove(at);
                self.body.assign(to, from.text);
                continue;
            }
            // Of those that are expressions, one gets a name of its own; else any.
            let waits = |each: &Move| !each.from.reads.is_empty();
            let at = moves.iter().position(|each| waits(each) && each.own.is_some());
            let at = at.or_else(|| moves.iter().position(waits)).expect("one reads another");
            let Move { from, own, ty, pointer, .. } = &mut moves[at];
            let (var, name) = match own {
                Some(value) => (value_var(*value), self.name(*value)),
                None => self.body.temporary(ty, *pointer),
            };
            self.body.assign(var, std::mem::take(&mut from.text));
            // The next line mentions it, or one after that, in the same list.
            *from = Expr::primary(name);
        }
    }

    fn needed_moves(&mut self, edge: Edge) -> Vec<Move> {
        let func = self.func;
        let target = &func.terminator(edge.from).expect("verified").targets[edge.target];
        let params = &func.blocks[target.block].params;
        let mut moves = Vec::new();
        for (&param, &arg) in params.iter().zip(&target.args) {
            if root(self.types(), func, arg) == Some(param) {
                continue;
            }
            let ty = self.local_type(param);
            if !matches!(self.types().kind(func.ty(param)), TyKind::View(_)) {
                if self.folds.is_used(param) {
                    let own = root(self.types(), func, arg).filter(|&value| self.folds.is_folded(value));
                    let from = self.value(arg);
                    moves.push(Move { to: value_var(param), from, own, ty, pointer: false });
                }
                continue;
            }
            if self.folds.is_used(param) {
                let from = self.view_data(arg);
                moves.push(Move { to: value_var(param), from, own: None, ty, pointer: true });
            }
            if self.folds.is_len_used(param) {
                let from = self.view_len(arg);
                moves.push(Move { to: len_var(param), from, own: None, ty: "int64_t", pointer: false });
            }
        }
        moves
    }
    /// Whether taking a target assigns nothing.
    pub fn moves_nothing(&self, block: Block, target: usize) -> bool {
        moves_nothing(self.types(), self.func, self.folds, block, target)
    }

    /// Writes the end of a block that ends the function.
    fn end(&mut self, block: Block) -> Result<(), Unsupported> {
        let inst = self.last(block);
        self.source_line(inst);
        let data = &self.func.insts[inst];
        match data.op {
            Op::Return => match data.args.first() {
                Some(&value) => {
                    let value = self.value(value).text;
                    self.body.line(format!("return {value};"));
                }
                None => self.body.line("return;"),
            },
            Op::TailCall => {
                let Imm::Func(id, _) = data.imm else { unreachable!("verified") };
                let args = self.more_args(&data.args);
                let call = format!("{}(up{args})", self.tables.func_name(id));
                self.give(&call);
            }
            Op::TailCallClosure => {
                let call = self.closure_call(inst, true)?;
                self.give(&call);
            }
            Op::TailCallAny => {
                let call = self.dynamic_call(inst, true);
                self.give(&call);
            }
            Op::Trap => {
                let Imm::Trap(_, message) = data.imm else { unreachable!("verified") };
                let here = self.here(inst);
                let message = names::string(self.tables.module.str(message));
                self.body.line(format!("mo_trap({here}, {message});"));
            }
            _ => unreachable!("{:?} ends no function", data.op),
        }
        Ok(())
    }

    /// Returns what a call returns.
    fn give(&mut self, call: &str) {
        if self.func.result == Types::UNIT {
            self.body.line(format!("{call};"));
            self.body.line("return;");
        } else {
            self.body.line(format!("return {call};"));
        }
    }
}

/// Whether taking a target assigns nothing.
pub(super) fn moves_nothing(
    types: &Types,
    func: &mochi_ir::Func,
    folds: &super::fold::Folds,
    block: Block,
    target: usize,
) -> bool {
    let Some(target) = func.terminator(block).map(|last| &last.targets[target]) else { return true };
    let params = &func.blocks[target.block].params;
    params.iter().zip(&target.args).all(|(&param, &arg)| {
        root(types, func, arg) == Some(param) || !folds.is_used(param) && !folds.is_len_used(param)
    })
}
