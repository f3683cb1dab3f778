//! What a function body returns, from its statements alone: the first half of inferring a result type.

use mochi_base::Name;
use mochi_syntax::tree::{Block, ExprId, ExprKind, FunBody, StmtKind, Tree};

/// How the ways out of a body look.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Returns {
    /// Some `return` has a value.
    pub value: bool,
    /// Some way out gives none: `return` alone, `return none`, or the end of the body.
    pub none: bool,
}

/// The ways out of a body. `panic` is the name of the built-in that never returns, if the program mentions it.
pub(super) fn returns(tree: &Tree, body: &FunBody, panic: Option<Name>) -> Returns {
    let FunBody::Block(block) = body else { return Returns { value: true, none: false } };
    let mut found = Returns::default();
    let mut todo = vec![block];
    while let Some(block) = todo.pop() {
        for &stmt in &block.stmts {
            match &tree.stmts[stmt].kind {
                StmtKind::Return(Some(value)) => match tree.exprs[*value].kind {
                    ExprKind::None => found.none = true,
                    _ => found.value = true,
                },
                StmtKind::Return(None) => found.none = true,
                StmtKind::If { then, otherwise, .. } => {
                    todo.push(then);
                    todo.extend(otherwise);
                }
                StmtKind::While { body, .. }
                | StmtKind::For { body, .. }
                | StmtKind::Test { body, .. }
                | StmtKind::Bench { body, .. } => todo.push(body),
                _ => {}
            }
        }
    }
    found.none = found.none || falls_off(tree, block, panic);
    found
}

/// Whether control can reach the end of a block, as far as its last statements show.
fn falls_off(tree: &Tree, block: &Block, panic: Option<Name>) -> bool {
    // Blocks whose end must not be reached; an `else if` chain may be very long.
    let mut todo = vec![block];
    while let Some(block) = todo.pop() {
        let Some(&last) = block.stmts.last() else { return true };
        match &tree.stmts[last].kind {
            StmtKind::Return(_) => {}
            StmtKind::If { then, otherwise: Some(otherwise), .. } => {
                todo.push(then);
                todo.push(otherwise);
            }
            StmtKind::While { cond, body } => {
                let forever = matches!(tree.exprs[*cond].kind, ExprKind::Bool(true));
                if !forever || breaks(tree, body) {
                    return true;
                }
            }
            StmtKind::Expr(e) if is_call_of(tree, *e, panic) => {}
            _ => return true,
        }
    }
    false
}

/// Whether a loop body has a `break` of that loop.
fn breaks(tree: &Tree, body: &Block) -> bool {
    let mut todo = vec![body];
    while let Some(block) = todo.pop() {
        for &stmt in &block.stmts {
            match &tree.stmts[stmt].kind {
                StmtKind::Break => return true,
                StmtKind::If { then, otherwise, .. } => {
                    todo.push(then);
                    todo.extend(otherwise);
                }
                _ => {}
            }
        }
    }
    false
}

fn is_call_of(tree: &Tree, e: ExprId, name: Option<Name>) -> bool {
    let ExprKind::Call { callee, .. } = tree.exprs[e].kind else { return false };
    matches!(tree.exprs[callee].kind, ExprKind::Name(callee) if Some(callee) == name)
}
