//! A walk over typed code that visits every statement and expression once, in no particular order.

use super::{Expr, ExprId, ExprKind, Stmt, StmtKind};

/// What a walk visits.
#[derive(Clone, Copy)]
pub enum Node<'t> {
    /// A statement.
    Stmt(&'t Stmt),
    /// An expression.
    Expr(&'t Expr),
}

/// Whether a walk goes on inside of what it has visited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Inside {
    /// The parts of the node are visited too.
    Visit,
    /// They are left out.
    Skip,
}

/// Visits expressions and statements with everything inside of them, except the bodies of functions.
pub fn walk<'t>(
    get: impl Fn(ExprId) -> &'t Expr,
    exprs: Vec<ExprId>,
    body: &'t [Stmt],
    mut visit: impl FnMut(Node<'t>),
) {
    walk_some(get, exprs, body, |node| {
        visit(node);
        Inside::Visit
    });
}

/// The same, for a visitor that decides which expressions are looked into; statements always are.
pub fn walk_some<'t>(
    get: impl Fn(ExprId) -> &'t Expr,
    mut exprs: Vec<ExprId>,
    body: &'t [Stmt],
    mut visit: impl FnMut(Node<'t>) -> Inside,
) {
    let mut blocks = vec![body];
    while let Some(block) = blocks.pop() {
        for stmt in block {
            visit(Node::Stmt(stmt));
            stmt_parts(stmt, &mut exprs, &mut blocks);
        }
        while let Some(e) = exprs.pop() {
            let expr = get(e);
            if visit(Node::Expr(expr)) == Inside::Skip {
                continue;
            }
            if let ExprKind::Match { arms, .. } = &expr.kind {
                blocks.extend(arms.iter().map(|arm| arm.block.as_slice()));
            }
            exprs.extend(expr.kind.children());
        }
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
