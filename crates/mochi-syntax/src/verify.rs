//! The invariants of a [`Tree`], for tests and fuzzing.
//!
//! - V1: a child's id is smaller than its parent's, where both are of one kind.
//! - V2: a node has at most one parent.
//! - V3: a span lies in the file, does not end before it starts, and its ends are no places inside a character.
//! - V4: the span of a child lies in that of its parent. Only where no error was reported, since an `Error` node may
//!   stand beside the text.
//! - V5: the tree is not higher than [`MAX_NESTING`].
//! - V6: every node that is not an orphan of recovery can be reached from the body. Only where no error was reported.

use mochi_base::id::Id;
use mochi_base::{SourceFile, Span};

use crate::parser::MAX_NESTING;
use crate::tree::*;
use crate::walk::{self, Node};

/// Checks a tree against its file; `clean` when no error was reported. The error names the rule.
pub fn verify(tree: &Tree, file: &SourceFile, clean: bool) -> Result<(), String> {
    let mut seen = Seen {
        exprs: vec![false; tree.exprs.len()],
        stmts: vec![false; tree.stmts.len()],
        types: vec![false; tree.types.len()],
        pats: vec![false; tree.pats.len()],
    };
    for (id, node) in nodes(tree) {
        check_span(file, node, id)?;
    }
    let mut work: Vec<(Node, u32)> = tree.body.stmts.iter().map(|&stmt| (Node::Stmt(stmt), 1)).collect();
    while let Some((node, height)) = work.pop() {
        if std::mem::replace(seen.at(node), true) {
            return Err(format!("V2: {node:?} has two parents"));
        }
        if height > MAX_NESTING {
            return Err(format!("V5: {node:?} is at height {height}"));
        }
        let first = work.len();
        walk::children(tree, node, &mut |child| work.push((child, height + 1)));
        let parent = span_of(tree, node);
        for &(child, _) in &work[first..] {
            if !is_older(child, node) {
                return Err(format!("V1: {child:?} is a child of {node:?}"));
            }
            let span = span_of(tree, child);
            if clean && (span.lo < parent.lo || span.hi > parent.hi) {
                return Err(format!("V4: {child:?} at {span:?} is a child of {node:?} at {parent:?}"));
            }
        }
    }
    let all_seen =
        [&seen.exprs, &seen.stmts, &seen.types, &seen.pats].iter().all(|list| !list.contains(&false));
    if clean && !all_seen {
        return Err("V6: a node cannot be reached".to_string());
    }
    Ok(())
}

/// One flag per node.
struct Seen {
    exprs: Vec<bool>,
    stmts: Vec<bool>,
    types: Vec<bool>,
    pats: Vec<bool>,
}

impl Seen {
    fn at(&mut self, node: Node) -> &mut bool {
        match node {
            Node::Expr(id) => &mut self.exprs[id.index()],
            Node::Stmt(id) => &mut self.stmts[id.index()],
            Node::Type(id) => &mut self.types[id.index()],
            Node::Pat(id) => &mut self.pats[id.index()],
        }
    }
}

/// All nodes with their spans.
fn nodes(tree: &Tree) -> impl Iterator<Item = (Node, Span)> {
    let exprs = tree.exprs.iter().map(|(id, node)| (Node::Expr(id), node.span));
    let stmts = tree.stmts.iter().map(|(id, node)| (Node::Stmt(id), node.span));
    let types = tree.types.iter().map(|(id, node)| (Node::Type(id), node.span));
    let pats = tree.pats.iter().map(|(id, node)| (Node::Pat(id), node.span));
    exprs.chain(stmts).chain(types).chain(pats)
}

fn check_span(file: &SourceFile, span: Span, node: Node) -> Result<(), String> {
    let offset = |position: u32| position.checked_sub(file.start).map(|offset| offset as usize);
    let whole = match (offset(span.lo), offset(span.hi)) {
        (Some(lo), Some(hi)) => file.text.get(lo..hi).is_some(),
        _ => false,
    };
    if whole { Ok(()) } else { Err(format!("V3: {node:?} is at {span:?}")) }
}

fn span_of(tree: &Tree, node: Node) -> Span {
    match node {
        Node::Expr(id) => tree.exprs[id].span,
        Node::Stmt(id) => tree.stmts[id].span,
        Node::Type(id) => tree.types[id].span,
        Node::Pat(id) => tree.pats[id].span,
    }
}

/// Whether the child was made first; nodes of different kinds cannot be compared.
fn is_older(child: Node, parent: Node) -> bool {
    match (child, parent) {
        (Node::Expr(child), Node::Expr(parent)) => child < parent,
        (Node::Stmt(child), Node::Stmt(parent)) => child < parent,
        (Node::Type(child), Node::Type(parent)) => child < parent,
        (Node::Pat(child), Node::Pat(parent)) => child < parent,
        _ => true,
    }
}
