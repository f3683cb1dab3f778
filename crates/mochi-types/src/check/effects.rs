//! Effects: what functions declare after `!` is an upper bound of what they do (T064, T065), and the conditions of queries
//! have none (T044, strict).
//!
//! Effects are computed only in programs where somebody asks for them, over the finished typed tree: each function's own built-ins
//! first, then a fixpoint over the call graph. A function that is only mentioned counts as called.

use mochi_base::Span;
use mochi_base::diag::codes::{T044, T064, T065};
use mochi_syntax::tree::FunDecl;
use rustc_hash::FxHashSet;

use super::Checker;
use crate::typed::walk::{Node, stmt_parts, walk};
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
        let filters = self.query_filters && self.lints();
        if !self.effects_declared && !filters {
            return;
        }
        let new = self.effects(&self.old_effects);
        if filters {
            let effects: Vec<u8> = self.old_effects.iter().chain(&new).copied().collect();
            self.check_filters(&effects);
        }
        for (fun, found) in (self.old.funs..).zip(new) {
            let Some(decl) = self.decl(FunId(fun as u32)) else { continue };
            let Some(declared) = &decl.effects else { continue };
            let bound = declared.iter().fold(0, |bits, label| bits | bit(self.names.get(label.name)));
            let beyond = found & !bound;
            if let Some(label) = LABELS.iter().find(|label| beyond & bit(label) != 0) {
                let name = self.names.get(self.function_name(FunId(fun as u32))).to_string();
                self.report(T065 { name, label }.at(decl.head));
            }
        }
    }

    /// The effects of every function of this input, as bits, with those of earlier ones.
    pub(super) fn effects(&self, old: &[u8]) -> Vec<u8> {
        let summaries: Vec<Summary> =
            self.funs[self.old.funs..].iter().map(|fun| self.summary(fun)).collect();
        let mut effects: Vec<u8> = summaries.iter().map(|summary| summary.effects).collect();
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); effects.len()];
        for (caller, summary) in summaries.iter().enumerate() {
            for callee in &summary.calls {
                match (callee.0 as usize).checked_sub(self.old.funs) {
                    Some(callee) => callers[callee].push(caller),
                    None => effects[caller] |= old[callee.0 as usize],
                }
            }
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
        self.visit(Vec::new(), &fun.body, |expr| match &expr.kind {
            ExprKind::Builtin(builtin, _) => summary.effects |= effect(*builtin),
            ExprKind::Call(callee, ..)
            | ExprKind::Fun(callee, _)
            | ExprKind::BoundMethod(callee, _)
            | ExprKind::Lambda(callee) => summary.calls.push(*callee),
            _ => {}
        });
        summary
    }

    /// Visits the expressions of code.
    fn visit<'t>(&'t self, exprs: Vec<ExprId>, body: &'t [Stmt], mut visit: impl FnMut(&'t Expr)) {
        walk(
            |e| &self.exprs[e.0 as usize],
            exprs,
            body,
            |node| {
                if let Node::Expr(expr) = node {
                    visit(expr);
                }
            },
        );
    }

    /// Reports calls with effects in the conditions of queries.
    fn check_filters(&mut self, effects: &[u8]) {
        let mut filters = Vec::new();
        for fun in &self.funs {
            self.visit(Vec::new(), &fun.body, |expr| {
                if let ExprKind::Query(query) = &expr.kind {
                    filters.extend(query.cond);
                    filters.extend(query.group.as_ref().and_then(|group| group.having));
                }
            });
        }
        let mut found: Vec<(Span, String)> = Vec::new();
        self.visit_once(filters, |expr| {
            if let Some(name) = self.effectful(expr, effects) {
                found.push((expr.span, name));
            }
        });
        found.sort_unstable_by_key(|(at, _)| (at.lo, at.hi));
        for (at, name) in found {
            self.lint(T044 { name }.at(at));
        }
    }

    /// Visits what is in some expressions of which one may be inside of another.
    fn visit_once(&self, mut exprs: Vec<ExprId>, mut visit: impl FnMut(&Expr)) {
        let mut known = FxHashSet::default();
        let mut blocks: Vec<&[Stmt]> = Vec::new();
        loop {
            while let Some(e) = exprs.pop() {
                if !known.insert(e) {
                    continue;
                }
                let expr = &self.exprs[e.0 as usize];
                visit(expr);
                if let ExprKind::Match { arms, .. } = &expr.kind {
                    blocks.extend(arms.iter().map(|arm| arm.block.as_slice()));
                }
                exprs.extend(expr.kind.children());
            }
            let Some(block) = blocks.pop() else { break };
            block.iter().for_each(|stmt| stmt_parts(stmt, &mut exprs, &mut blocks));
        }
    }

    /// The name of what an expression calls that has effects. A function that is passed counts as called.
    fn effectful(&self, expr: &Expr, effects: &[u8]) -> Option<String> {
        let name = |fun: FunId| {
            (effects[fun.0 as usize] != 0).then(|| self.names.get(self.function_name(fun)).to_string())
        };
        let passed = |args: &[ExprId]| args.iter().find_map(|&arg| name(self.named_function(arg)?));
        match &expr.kind {
            ExprKind::Builtin(builtin, _) if effect(*builtin) != 0 => Some(builtin.name().to_string()),
            ExprKind::Builtin(_, args) | ExprKind::CallValue(_, args) => passed(args),
            ExprKind::Call(callee, _, args) => name(*callee).or_else(|| passed(args)),
            _ => None,
        }
    }

    /// The function that an argument names.
    fn named_function(&self, mut arg: ExprId) -> Option<FunId> {
        loop {
            match self.exprs[arg.0 as usize].kind {
                ExprKind::Convert(inner, _) => arg = inner,
                ExprKind::Fun(fun, _) => return Some(fun),
                _ => return None,
            }
        }
    }
}

fn effect(builtin: Builtin) -> u8 {
    match builtin {
        Builtin::Print | Builtin::Json | Builtin::Input => bit("io"),
        Builtin::Load | Builtin::Save => bit("fs"),
        Builtin::Fetch | Builtin::Generate => bit("net"),
        Builtin::Foreign(symbol) => match symbol.library() {
            "go_net_LookupHost" => bit("net"),
            "python_subprocess_getoutput" => bit("io"),
            _ => 0,
        },
        Builtin::Now => bit("time"),
        Builtin::Eval => bit("meta"),
        _ => 0,
    }
}

fn bit(label: &str) -> u8 {
    LABELS.iter().position(|known| *known == label).map_or(0, |at| 1 << at)
}
