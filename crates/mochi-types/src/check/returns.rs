//! What a function body returns, from its statements alone: the first half of inferring a result type.

use mochi_base::Name;
use mochi_syntax::tree::{Arm, ArmBody, Block, ExprId, ExprKind, FunBody, PatternKind, StmtKind, Tree};
use mochi_syntax::walk::{Node, children};

/// How the ways out of a body look.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Returns {
    /// Some `return` has a value.
    pub value: bool,
    /// Some way out gives none: `return` alone, `return none`, or the end of the body.
    pub none: bool,
    /// Some `return` stands alone.
    pub bare: bool,
}

/// What the ways out of bodies depend on beside their text.
pub(super) struct Ways<'t, V> {
    pub tree: &'t Tree,
    /// The name of the built-in that never returns, if the program mentions it.
    pub panic: Option<Name>,
    /// The name `_`.
    pub underscore: Name,
    /// Whether a name is a variant's.
    pub is_variant: V,
}

impl<V: Fn(Name) -> bool> Ways<'_, V> {
    /// The ways out of a body.
    pub fn returns(&self, body: &FunBody) -> Returns {
        let FunBody::Block(block) = body else { return Returns { value: true, ..Returns::default() } };
        let mut found = Returns::default();
        self.each_stmt(block, |kind| {
            match kind {
                StmtKind::Return(Some(value)) => match self.tree.exprs[*value].kind {
                    ExprKind::None => found.none = true,
                    _ => found.value = true,
                },
                StmtKind::Return(None) => found.bare = true,
                _ => {}
            }
            true
        });
        found.none = found.none || found.bare || self.falls_off(block);
        found
    }

    /// Whether control can reach the end of a block, as far as its last statements show.
    fn falls_off(&self, block: &Block) -> bool {
        // Blocks whose end must not be reached; an `else if` chain may be very long.
        let mut todo = vec![block];
        while let Some(block) = todo.pop() {
            let Some(&last) = block.stmts.last() else { return true };
            match &self.tree.stmts[last].kind {
                StmtKind::Return(_) => {}
                StmtKind::If { then, otherwise: Some(otherwise), .. } => {
                    todo.push(then);
                    todo.push(otherwise);
                }
                StmtKind::While { cond, body } => {
                    let forever = matches!(self.tree.exprs[*cond].kind, ExprKind::Bool(true));
                    if !forever || self.breaks(body) {
                        return true;
                    }
                }
                StmtKind::Expr(e) => match &self.tree.exprs[*e].kind {
                    ExprKind::Match { arms, .. } if self.is_total(arms) => {
                        for arm in arms {
                            match &arm.body {
                                ArmBody::Block(block) => todo.push(block),
                                ArmBody::Expr(e) if self.is_panic(*e) => {}
                                ArmBody::Expr(_) => return true,
                            }
                        }
                    }
                    _ if self.is_panic(*e) => {}
                    _ => return true,
                },
                _ => return true,
            }
        }
        false
    }

    /// Whether some arm is taken, as far as heads of patterns show. That variants are complete is checked elsewhere.
    fn is_total(&self, arms: &[Arm]) -> bool {
        let (mut yes, mut no) = (false, false);
        for arm in arms {
            match &self.tree.pats[arm.pattern].kind {
                PatternKind::Variant(..) => return true,
                PatternKind::Name(name) if *name == self.underscore || (self.is_variant)(*name) => {
                    return true;
                }
                PatternKind::Literal(e) => match self.tree.exprs[*e].kind {
                    ExprKind::Bool(true) => yes = true,
                    ExprKind::Bool(false) => no = true,
                    _ => {}
                },
                PatternKind::Name(_) | PatternKind::Error => {}
            }
        }
        yes && no
    }

    /// Whether a loop body has a `break` of that loop.
    fn breaks(&self, body: &Block) -> bool {
        let mut found = false;
        self.each_stmt(body, |kind| {
            found |= matches!(kind, StmtKind::Break);
            !matches!(kind, StmtKind::While { .. } | StmtKind::For { .. })
        });
        found
    }

    /// Calls `visit` with the statements that are executed as part of a block, those in arms of `match` too, and with
    /// those inside of one where it answers true.
    fn each_stmt(&self, block: &Block, mut visit: impl FnMut(&StmtKind) -> bool) {
        let mut todo: Vec<Node> = block.stmts.iter().map(|&stmt| Node::Stmt(stmt)).collect();
        while let Some(node) = todo.pop() {
            let inside = match node {
                Node::Stmt(id) => {
                    let kind = &self.tree.stmts[id].kind;
                    visit(kind) && !is_declaration(kind)
                }
                Node::Expr(id) => !matches!(self.tree.exprs[id].kind, ExprKind::Lambda(_)),
                Node::Type(_) | Node::Pat(_) => false,
            };
            if inside {
                children(self.tree, node, &mut |child| todo.push(child));
            }
        }
    }

    fn is_panic(&self, e: ExprId) -> bool {
        let ExprKind::Call { callee, .. } = self.tree.exprs[e].kind else { return false };
        matches!(self.tree.exprs[callee].kind, ExprKind::Name(callee) if Some(callee) == self.panic)
    }
}

/// Whether what stands inside of a statement is executed elsewhere.
fn is_declaration(kind: &StmtKind) -> bool {
    use StmtKind::*;
    matches!(kind, Fun(_) | Intent(_) | Type(_) | On { .. } | Agent { .. } | Stream { .. } | Model { .. })
}
