//! Which code is quiet: it computes a value, or ends the program with an error, and nobody can tell when and how often it
//! runs. It writes to no object, assigns no variable that others see, and reads or writes nothing outside the program.
//!
//! A function is loud when it does any of that itself, calls a function value that is not known, or mentions a loud
//! function. That a function fills an object of its own making is not recognised.

use mochi_types::typed::walk::{Node, walk};
use mochi_types::typed::{Builtin, Expr, ExprId, ExprKind, FunId, LocalId, Program, StmtKind};

use crate::Lowering;

/// The loud functions of a program.
pub struct Loud(Vec<bool>);

impl Loud {
    fn of(program: &Program) -> Loud {
        let mut loud = vec![false; program.funs.len()];
        let mut callers: Vec<Vec<usize>> = vec![Vec::new(); loud.len()];
        for (id, fun) in program.funs.iter() {
            let at = id.0 as usize;
            walk(
                |e| &program.exprs[e],
                Vec::new(),
                &fun.body,
                |node| {
                    loud[at] |= is_loud(program, node, Some(id));
                    if let Some(callee) = mentioned_function(node) {
                        callers[callee.0 as usize].push(at);
                    }
                },
            );
        }
        let mut todo: Vec<usize> = (0..loud.len()).filter(|&fun| loud[fun]).collect();
        while let Some(fun) = todo.pop() {
            for &caller in &callers[fun] {
                if !std::mem::replace(&mut loud[caller], true) {
                    todo.push(caller);
                }
            }
        }
        Loud(loud)
    }
}

impl Lowering<'_> {
    /// Makes [`is_loud`](Self::is_loud) know the functions of the program.
    pub fn find_loud(&mut self) {
        let program = self.program;
        self.loud.get_or_insert_with(|| Loud::of(program));
    }

    /// Whether an expression, or a statement in one, is loud by itself or calls a loud function. Expressions may assign
    /// no variable at all.
    pub fn is_loud(&self, node: Node<'_>) -> bool {
        let calls_loud = mentioned_function(node)
            .is_some_and(|fun| self.loud.as_ref().is_none_or(|loud| loud.0[fun.0 as usize]));
        calls_loud || is_loud(self.program, node, None)
    }
}

/// The function that an expression calls or has as its value.
pub fn mentioned_function(node: Node<'_>) -> Option<FunId> {
    match node {
        Node::Expr(Expr {
            kind:
                ExprKind::Call(fun, ..)
                | ExprKind::Fun(fun, _)
                | ExprKind::Lambda(fun)
                | ExprKind::BoundMethod(fun, _),
            ..
        }) => Some(*fun),
        _ => None,
    }
}

/// Whether a node is loud by itself, in the body of a function or, without one, in an expression.
fn is_loud(program: &Program, node: Node<'_>, fun: Option<FunId>) -> bool {
    let own = |local: LocalId| {
        let local = &program.locals[local];
        Some(local.owner) == fun && !local.captured
    };
    match node {
        Node::Stmt(stmt) => match stmt.kind {
            StmtKind::Assign { place, .. } => match program.exprs[place].kind {
                ExprKind::Local(local) => !own(local),
                _ => true,
            },
            StmtKind::Bench { .. } => true,
            _ => false,
        },
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Builtin(Builtin::Reduce, args) => !is_known(program, args[1]),
            ExprKind::Builtin(builtin, _) => !is_quiet_builtin(*builtin),
            ExprKind::CallValue(callee, _) => !is_known(program, *callee),
            ExprKind::Runtime(..) => true,
            _ => false,
        },
    }
}

/// Whether a built-in only computes. One that is not listed counts as loud.
fn is_quiet_builtin(builtin: Builtin) -> bool {
    use Builtin as B;
    matches!(
        builtin,
        B::Len
            | B::Append
            | B::Concat
            | B::First
            | B::Reverse
            | B::Distinct
            | B::Keys
            | B::Values
            | B::Collect
            | B::Range
            | B::Slice
            | B::Count
            | B::Sum
            | B::Avg
            | B::Min
            | B::Max
            | B::Exists
            | B::Abs
            | B::Floor
            | B::Ceil
            | B::Round
            | B::Pow
            | B::Str
            | B::Int
            | B::Float
            | B::Bigint
            | B::ParseIntStr
            | B::Num
            | B::Denom
            | B::Upper
            | B::Lower
            | B::Trim
            | B::Substring
            | B::IndexOf
            | B::Contains
            | B::Split
            | B::Join
            | B::Repeat
            | B::PadStart
            | B::StartsWith
            | B::MapGet
            | B::Sha256
            | B::ToJson
            | B::Panic
    )
}

/// Whether a function value is a known function, which counts as called where it is mentioned.
fn is_known(program: &Program, e: ExprId) -> bool {
    match program.exprs[e].kind {
        ExprKind::Convert(inner, _) => is_known(program, inner),
        ExprKind::Fun(..) | ExprKind::Lambda(_) | ExprKind::BoundMethod(..) => true,
        _ => false,
    }
}
