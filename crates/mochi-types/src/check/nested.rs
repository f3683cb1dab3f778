//! Types, streams and agents that are declared in blocks.
//!
//! They are known in the whole file, as the reference does it (2.1), until another declaration has the same name: then
//! each of them is known in its block only. Such a declaration gets a key of its own in the tables of names, and
//! [`Checker::type_key`] finds the key that a name stands for at a position. Without such names it does no work.

use mochi_base::id::Id;
use mochi_base::{Name, Span};
use mochi_syntax::tree::{StmtKind, TypeBody};
use rustc_hash::FxHashMap;

use super::Checker;
use super::packages::Own;

/// Parts of names that no program can write.
const MARK: char = '@';

/// A block with a declaration of some name.
#[derive(Clone, Copy)]
struct Scope {
    block: Span,
    key: Name,
    /// The smallest block around this one that declares the name as well.
    outer: Option<u32>,
}

/// Blocks that declare the same names as others, in order of their starts.
#[derive(Clone, Default)]
pub(super) struct Nested(FxHashMap<Name, Vec<Scope>>);

impl Checker<'_> {
    /// Under which name the tables have what a name of a type or variant stands for at a position.
    #[inline]
    pub(super) fn type_key(&self, name: Name, at: u32) -> Name {
        if self.declared.nested.0.is_empty() { name } else { self.nested_key(name, at) }
    }

    #[inline(never)]
    fn nested_key(&self, name: Name, at: u32) -> Name {
        let Some(scopes) = self.declared.nested.0.get(&name) else { return name };
        // Blocks do not overlap: those around the position are the last one that starts before it, or around that.
        let mut next = scopes.partition_point(|scope| scope.block.lo <= at).checked_sub(1);
        while let Some(scope) = next.map(|at| scopes[at]) {
            if at < scope.block.hi {
                return scope.key;
            }
            next = scope.outer.map(|outer| outer as usize);
        }
        name
    }

    /// Whether a key is not the name that it stands for.
    pub(super) fn is_nested_key(&self, key: Name) -> bool {
        self.names.get(key).contains(MARK)
    }

    /// Finds the names that blocks declare and something else too.
    pub(super) fn declare_nested(&mut self, own: &Own<'_>) {
        if own.nested.is_empty() {
            return;
        }
        let mut counts: FxHashMap<Name, u32> = FxHashMap::default();
        own.stmts.iter().for_each(|stmt| each_name(&stmt.kind, |name| *counts.entry(name).or_default() += 1));
        let tree = self.tree;
        let mut blocks: Vec<(Span, Name)> = Vec::new();
        for &(stmt, block) in own.nested {
            each_name(&tree.stmts[stmt].kind, |name| {
                let known =
                    self.declared.types.contains_key(&name) || self.declared.variants.contains_key(&name);
                if known || counts[&name] > 1 {
                    blocks.push((block, name));
                }
            });
        }
        blocks.sort_by_key(|&(block, name)| (block.lo, name.index()));
        blocks.dedup();
        // Blocks of earlier inputs have no names to look up any more.
        self.declared.nested.0.clear();
        for (block, name) in blocks {
            let key = format!("{}{MARK}{}", self.names.get(name), block.lo);
            let key = self.names.intern(&key);
            let scopes = self.declared.nested.0.entry(name).or_default();
            let mut outer = scopes.len().checked_sub(1);
            while let Some(at) = outer.filter(|&at| scopes[at].block.hi <= block.lo) {
                outer = scopes[at].outer.map(|outer| outer as usize);
            }
            scopes.push(Scope { block, key, outer: outer.map(|at| at as u32) });
        }
    }
}

/// The names that a declaration gives to types and variants.
fn each_name(kind: &StmtKind, mut each: impl FnMut(Name)) {
    match kind {
        StmtKind::Type(decl) => {
            each(decl.name.name);
            if let TypeBody::Union(variants) = &decl.body {
                variants.iter().for_each(|variant| each(variant.name.name));
            }
        }
        StmtKind::Stream { name, .. } | StmtKind::Agent { name, .. } => each(name.name),
        _ => {}
    }
}
