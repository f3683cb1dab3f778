//! Which lists were made by one instruction of the function, and so are none that was there before.
//!
//! The *root* of a list is the instruction that made it: an operation whose result is always a new object, followed
//! through pushes, whose result is the list they are given or a new one, and through block parameters all of whose arguments have
//! one root. A value whose definition dominates the root is another list. For suppose that such a value is computed,
//! and later some list with that root is used. Since the definition dominates the root and the root the use, control went
//! through the root in between, and the list was made there, when the other value was known already.
//!
//! Cost: one look at each instruction, and at each edge until nothing changes; nothing where no list is made.

use mochi_base::IdVec;

use crate::analysis::Dominators;
use crate::func::{Block, Func, Value};
use crate::op::Op;

/// The roots of the lists of a function.
pub struct FreshLists<'a> {
    dominators: &'a Dominators,
    /// By value: its root. Empty where the function makes no list.
    roots: IdVec<Value, Root>,
    /// By value: the block that defines it and the position there, zero for parameters.
    homes: IdVec<Value, (Block, u32)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Root {
    /// None that is known yet.
    Unknown,
    Made(Value),
    /// Not made here, or at several places.
    Other,
}

impl Root {
    fn and(self, other: Root) -> Root {
        match (self, other) {
            (Root::Unknown, x) | (x, Root::Unknown) => x,
            (Root::Made(a), Root::Made(b)) if a == b => self,
            _ => Root::Other,
        }
    }
}

impl<'a> FreshLists<'a> {
    /// Finds the roots.
    pub fn compute(func: &Func, dominators: &'a Dominators) -> Self {
        let mut found = Self { dominators, roots: IdVec::new(), homes: IdVec::new() };
        let blocks = || dominators.order().iter().map(|&block| &func.blocks[block]);
        if !blocks().flat_map(|block| &block.insts).any(|&inst| makes_list(func.insts[inst].op)) {
            return found;
        }
        found.roots.resize(func.values.len(), Root::Other);
        found.homes.resize(func.values.len(), (Func::ENTRY, 0));
        found.start(func);
        while found.follow(func) {}
        found
    }

    fn start(&mut self, func: &Func) {
        for &block in self.dominators.order() {
            for &param in &func.blocks[block].params {
                self.homes[param] = (block, 0);
                // What calls the function passes any list.
                if block != Func::ENTRY {
                    self.roots[param] = Root::Unknown;
                }
            }
            for (at, &inst) in (1..).zip(&func.blocks[block].insts) {
                let data = &func.insts[inst];
                let Some(result) = data.result else { continue };
                self.homes[result] = (block, at);
                if makes_list(data.op) {
                    self.roots[result] = Root::Made(result);
                } else if data.op == Op::ListPush {
                    self.roots[result] = Root::Unknown;
                }
            }
        }
    }

    /// Takes roots one step further; whether that changed anything.
    fn follow(&mut self, func: &Func) -> bool {
        let mut changed = false;
        for &block in self.dominators.order() {
            for &inst in &func.blocks[block].insts {
                let data = &func.insts[inst];
                if let (Op::ListPush, Some(result)) = (data.op, data.result) {
                    changed |= self.narrow(result, self.root(data.args[0]));
                }
            }
            for target in func.terminator(block).map_or(&[][..], |t| &t.targets) {
                for (&param, &arg) in func.blocks[target.block].params.iter().zip(&target.args) {
                    changed |= self.narrow(param, self.root(arg));
                }
            }
        }
        changed
    }

    fn root(&self, value: Value) -> Root {
        self.roots.get(value).copied().unwrap_or(Root::Other)
    }

    fn narrow(&mut self, value: Value, root: Root) -> bool {
        let Some(old) = self.roots.get(value).copied() else { return false };
        let new = old.and(root);
        self.roots[value] = new;
        new != old
    }

    /// Whether `list` is another list than `older`, wherever both are known.
    pub fn is_other(&self, list: Value, older: Value) -> bool {
        let Root::Made(root) = self.root(list) else { return false };
        let (Some(&made), Some(&(block, at))) = (self.homes.get(root), self.homes.get(older)) else {
            return false;
        };
        match block == made.0 {
            true => at < made.1,
            false => self.dominators.dominates(block, made.0),
        }
    }
}

/// Whether the result is a list that nobody has seen before.
fn makes_list(op: Op) -> bool {
    matches!(op, Op::ListNew | Op::ListAppend | Op::ListSlice | Op::ListConcat)
}
