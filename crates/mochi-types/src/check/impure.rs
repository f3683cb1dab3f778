//! Which functions have effects, found by name from the tree alone.
//!
//! A call with effects ends what is known about `var`s (3.5), and that must be known while the caller is checked, long
//! before the effects of its callees are ([`effects`](super::effects)). So functions and methods of one name count as
//! one here, and whatever is called through a variable counts as without effects. Only profiles that report options
//! ask.

use mochi_base::{Interner, Name};
use mochi_syntax::tree::{ExprKind, FunBody, FunDecl, StmtKind, Tree, TypeBody};
use mochi_syntax::walk::{Node, expr_children, stmt_children};
use rustc_hash::{FxHashMap, FxHashSet};

/// Built-in functions with effects.
const BUILTINS: [&str; 5] = ["print", "json", "input", "now", "eval"];

/// The names whose call has effects.
pub(super) struct Impure(FxHashSet<Name>);

impl Impure {
    /// Looks through a whole program, once.
    pub fn of(tree: &Tree, names: &Interner) -> Self {
        let mut calls = Calls::default();
        calls.collect(tree);
        let builtins = BUILTINS.iter().filter_map(|name| names.lookup(name));
        let own = |name: &Name| calls.defined.contains(name);
        let mut found: FxHashSet<Name> = builtins.filter(|name| !own(name)).collect();
        found.extend(calls.impure);
        let mut todo: Vec<Name> = found.iter().copied().collect();
        while let Some(name) = todo.pop() {
            for &caller in calls.callers.get(&name).into_iter().flatten() {
                if found.insert(caller) {
                    todo.push(caller);
                }
            }
        }
        Self(found)
    }

    /// Whether a call of something with this name has effects.
    pub fn contains(&self, name: Name) -> bool {
        self.0.contains(&name)
    }
}

/// Who calls whom, by name.
#[derive(Default)]
struct Calls {
    defined: FxHashSet<Name>,
    /// Functions that reach out of the program by an expression of their own.
    impure: Vec<Name>,
    callers: FxHashMap<Name, Vec<Name>>,
    /// Nodes to look at, each with the function it belongs to.
    todo: Vec<(Option<Name>, Node)>,
}

impl Calls {
    fn collect(&mut self, tree: &Tree) {
        self.todo.extend(tree.body.stmts.iter().map(|&stmt| (None, Node::Stmt(stmt))));
        while let Some((owner, node)) = self.todo.pop() {
            match node {
                Node::Stmt(stmt) => match &tree.stmts[stmt].kind {
                    StmtKind::Fun(decl) | StmtKind::Intent(decl) => self.function(decl),
                    StmtKind::Type(decl) => {
                        if let TypeBody::Struct { methods, .. } = &decl.body {
                            methods.iter().for_each(|method| self.function(method));
                        }
                    }
                    kind => stmt_children(kind, &mut |child| self.todo.push((owner, child))),
                },
                Node::Expr(expr) => {
                    let kind = &tree.exprs[expr].kind;
                    if let Some(owner) = owner {
                        self.expr(owner, tree, kind);
                    }
                    expr_children(kind, &mut |child| self.todo.push((owner, child)));
                }
                Node::Type(_) | Node::Pat(_) => {}
            }
        }
    }

    /// A function with a name; a lambda belongs to the function around it.
    fn function(&mut self, decl: &FunDecl) {
        let Some(name) = decl.name.map(|name| name.name) else { return };
        self.defined.insert(name);
        match &decl.body {
            FunBody::Block(block) => {
                self.todo.extend(block.stmts.iter().map(|&stmt| (Some(name), Node::Stmt(stmt))));
            }
            FunBody::Expr(expr) => self.todo.push((Some(name), Node::Expr(*expr))),
        }
    }

    fn expr(&mut self, owner: Name, tree: &Tree, kind: &ExprKind) {
        match kind {
            ExprKind::Call { callee, args, .. } => {
                for &called in std::iter::once(callee).chain(args) {
                    // A function that is passed counts as called.
                    if let ExprKind::Name(name)
                    | ExprKind::Field { name: mochi_syntax::tree::Ident { name, .. }, .. } =
                        tree.exprs[called].kind
                    {
                        self.callers.entry(name).or_default().push(owner);
                    }
                }
            }
            ExprKind::Fetch { .. } | ExprKind::Load { .. } | ExprKind::Save { .. } => self.impure.push(owner),
            _ => {}
        }
    }
}
