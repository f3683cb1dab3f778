//! The `test` and `bench` blocks of the top level as functions, for a run that executes one of them after all other
//! top-level statements.
//!
//! The program was checked with its blocks in place, so it has the diagnostics that it has in any other run. Here blocks
//! are taken out: each becomes a function without parameters that owns the variables declared in it, and the top-level
//! variables that it mentions are marked as captured.

use mochi_base::{Interner, Span};

use crate::typed::walk::stmt_parts;
use crate::typed::*;
use crate::{Types, typed};

/// What kind of block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BlockKind {
    /// `test`.
    Test,
    /// `bench`.
    Bench,
}

/// A block that has become a function of kind [`FunKind::Block`].
#[derive(Clone, Debug)]
pub struct Block {
    /// The name in the source.
    pub name: Box<str>,
    /// The whole block.
    pub span: Span,
    /// The function.
    pub fun: FunId,
}

/// Takes the blocks of one kind out of the top-level code, in order. Those of the other kind are dropped.
pub fn separate(program: &mut Program, wanted: BlockKind, names: &mut Interner) -> Vec<Block> {
    let body = std::mem::take(&mut program.funs[Program::MAIN].body);
    let mut rest = Vec::with_capacity(body.len());
    let mut blocks = Vec::new();
    for stmt in body {
        let (kind, name, body) = match stmt.kind {
            StmtKind::Test { name, body } => (BlockKind::Test, name, body),
            StmtKind::Bench { name, body } => (BlockKind::Bench, name, body),
            kind => {
                rest.push(Stmt { kind, span: stmt.span });
                continue;
            }
        };
        if kind == wanted {
            let fun = add_function(program, kind, &name, body, stmt.span, names);
            blocks.push(Block { name, span: stmt.span, fun });
        }
    }
    program.funs[Program::MAIN].body = rest;
    blocks
}

fn add_function(
    program: &mut Program,
    kind: BlockKind,
    name: &str,
    body: Vec<Stmt>,
    span: Span,
    names: &mut Interner,
) -> FunId {
    let id = program.funs.next_id();
    own(program, &body, id);
    program.funs.push(Fun {
        name: Some(names.intern(name)),
        kind: FunKind::Block(kind),
        parent: None,
        type_params: Vec::new(),
        params: Vec::new(),
        result: Types::UNIT,
        body,
        span,
    })
}

/// Gives the variables that a block declares to its function. Functions declared in it stay where they are: their parent
/// decides on their names only.
fn own(program: &mut Program, body: &[Stmt], new: FunId) {
    let Program { exprs, locals, .. } = program;
    let mut adopt = |local: LocalId| {
        let local = &mut locals[local];
        if local.owner == Program::MAIN {
            if local.top_level {
                local.captured = true;
            } else {
                local.owner = new;
            }
        }
    };
    let mut todo: Vec<ExprId> = Vec::new();
    let mut blocks: Vec<&[Stmt]> = vec![body];
    while let Some(block) = blocks.pop() {
        for stmt in block {
            if let StmtKind::Let(local, _)
            | StmtKind::ForRange { var: local, .. }
            | StmtKind::ForEach { var: local, .. } = stmt.kind
            {
                adopt(local);
            }
            stmt_parts(stmt, &mut todo, &mut blocks);
        }
        while let Some(e) = todo.pop() {
            let kind = &exprs[e].kind;
            match kind {
                ExprKind::Local(local) => adopt(*local),
                ExprKind::OptChain { var, .. } => adopt(*var),
                ExprKind::Match { arms, .. } => {
                    for arm in arms {
                        bound(&arm.pattern, &mut adopt, &mut todo);
                        blocks.push(&arm.block);
                    }
                }
                ExprKind::Query(query) => {
                    for clause in &query.clauses {
                        adopt(clause.var);
                        clause.optional.iter().for_each(|&(_, optional)| adopt(optional));
                    }
                    query.group.iter().for_each(|group| adopt(group.var));
                }
                _ => {}
            }
            todo.extend(kind.children());
        }
    }
}

fn bound(pattern: &typed::Pattern, adopt: &mut impl FnMut(LocalId), exprs: &mut Vec<ExprId>) {
    match pattern {
        Pattern::Wildcard | Pattern::None => {}
        Pattern::Equal(e) => exprs.push(*e),
        Pattern::Bind(local) => adopt(*local),
        Pattern::Variant(_, parts) => parts.iter().for_each(|part| bound(part, adopt, exprs)),
    }
}
