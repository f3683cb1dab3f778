//! Effects: what functions declare after `!` is an upper bound of what they do (T064, T065).
//!
//! Effects are computed only in programs that declare some, over the finished typed tree: each function's own built-ins
//! first, then a fixpoint over the call graph. A function that is only mentioned counts as called.

use mochi_base::diag::codes::{T064, T065};
use mochi_syntax::tree::FunDecl;

use super::Checker;
use crate::typed::*;

/// The effect labels, in the order of their bits.
const LABELS: [&str; 5] = ["io", "fs", "net", "time", "meta"];

/// What a function does and whom it calls.
#[derive(Default)]
struct Summary {
    effects: u8,
    calls: Vec<FunId>,
}

impl Checker<'_> {
    /// Reports unknown labels.
    pub(super) fn effect_labels(&mut self, decl: &FunDecl) {
        for label in decl.effects.iter().flatten() {
            let text = self.names.get(label.name);
            if !LABELS.contains(&text) {
                let name = text.to_string();
                self.report(T064 { name }.at(label.span));
            }
            self.effects_declared = true;
        }
        self.effects_declared |= decl.effects.is_some();
    }

    /// Compares what functions do with what they declare.
    pub(super) fn check_effects(&mut self) {
        if !self.effects_declared {
            return;
        }
        let effects = self.effects();
        for (fun, found) in effects.into_iter().enumerate() {
            let Some(decl) = self.signatures[fun].decl else { continue };
            let Some(declared) = &decl.effects else { continue };
            let bound = declared.iter().fold(0, |bits, label| bits | bit(self.names.get(label.name)));
            let beyond = found & !bound;
            if let Some(label) = LABELS.iter().find(|label| beyond & bit(label) != 0) {
                let name = self.names.get(self.function_name(FunId(fun as u32))).to_string();
                self.report(T065 { name, label }.at(decl.head));
            }
        }
    }

    /// The effects of every function, as bits.
    fn effects(&self) -> Vec<u8> {
        let summaries: Vec<Summary> = self.funs.iter().map(|fun| self.summary(fun)).collect();
        let mut effects: Vec<u8> = summaries.iter().map(|summary| summary.effects).collect();
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); effects.len()];
        for (caller, summary) in summaries.iter().enumerate() {
            summary.calls.iter().for_each(|callee| callers[callee.0 as usize].push(caller));
        }
        let mut todo: Vec<usize> = (0..effects.len()).filter(|&fun| effects[fun] != 0).collect();
        while let Some(fun) = todo.pop() {
            for &caller in &callers[fun] {
                if effects[caller] | effects[fun] != effects[caller] {
                    effects[caller] |= effects[fun];
                    todo.push(caller);
                }
            }
        }
        effects
    }

    fn summary(&self, fun: &Fun) -> Summary {
        let mut summary = Summary::default();
        let mut exprs = Vec::new();
        let mut blocks: Vec<&[Stmt]> = vec![&fun.body];
        while let Some(block) = blocks.pop() {
            for stmt in block {
                stmt_parts(stmt, &mut exprs, &mut blocks);
            }
            while let Some(e) = exprs.pop() {
                let kind = &self.exprs[e.0 as usize].kind;
                match kind {
                    ExprKind::Builtin(builtin, _) => summary.effects |= effect(*builtin),
                    ExprKind::Call(callee, ..)
                    | ExprKind::Fun(callee, _)
                    | ExprKind::BoundMethod(callee, _)
                    | ExprKind::Lambda(callee) => summary.calls.push(*callee),
                    ExprKind::Match { arms, .. } => {
                        blocks.extend(arms.iter().map(|arm| arm.block.as_slice()));
                    }
                    _ => {}
                }
                exprs.extend(kind.children());
            }
        }
        summary
    }
}

/// The expressions and blocks of a statement.
pub(crate) fn stmt_parts<'a>(stmt: &'a Stmt, exprs: &mut Vec<ExprId>, blocks: &mut Vec<&'a [Stmt]>) {
    match &stmt.kind {
        StmtKind::Let(_, value) | StmtKind::Return(value) => exprs.extend(value),
        StmtKind::Assign { place, value } => exprs.extend([*place, *value]),
        StmtKind::Expr(e) | StmtKind::Expect(e) => exprs.push(*e),
        StmtKind::If { cond, then, otherwise } => {
            exprs.push(*cond);
            blocks.extend([then.as_slice(), otherwise.as_slice()]);
        }
        StmtKind::While { cond, body } => {
            exprs.push(*cond);
            blocks.push(body);
        }
        StmtKind::ForRange { from, to, body, .. } => {
            exprs.extend([*from, *to]);
            blocks.push(body);
        }
        StmtKind::ForEach { source, body, .. } => {
            exprs.push(*source);
            blocks.push(body);
        }
        StmtKind::Block(body) | StmtKind::Test { body, .. } | StmtKind::Bench { body, .. } => {
            blocks.push(body)
        }
        StmtKind::Fun(_) | StmtKind::Break | StmtKind::Continue => {}
    }
}

fn effect(builtin: Builtin) -> u8 {
    match builtin {
        Builtin::Print | Builtin::Json | Builtin::Input => bit("io"),
        Builtin::Load | Builtin::Save => bit("fs"),
        Builtin::Fetch => bit("net"),
        Builtin::Now => bit("time"),
        Builtin::Eval => bit("meta"),
        _ => 0,
    }
}

fn bit(label: &str) -> u8 {
    LABELS.iter().position(|known| *known == label).map_or(0, |at| 1 << at)
}
