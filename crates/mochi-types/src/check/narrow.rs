//! Narrowing: which optional variables are known to be present, and which tests say so (3.5, `if`).
//!
//! Only plain names are narrowed. A fact ends with the branch that it was learned for, at an assignment to the name
//! (also one in an inner block), at the border of a function, and for a `var` at a call that has effects.

use mochi_syntax::tree::{self, BinaryOp, UnaryOp};
use rustc_hash::FxHashMap;

use super::Checker;
use super::impure::Impure;
use super::scopes::Binding;
use crate::typed::LocalId;

/// The variables that are known to be present.
#[derive(Default)]
pub(super) struct Narrowed {
    now: FxHashMap<LocalId, State>,
    log: Vec<Learned>,
    /// The `var`s among what was learned since the last call with effects.
    vars: Vec<LocalId>,
    clock: u32,
}

#[derive(Clone, Copy, Default)]
struct State {
    present: bool,
    /// When the variable was assigned last.
    assigned: u32,
}

struct Learned {
    local: LocalId,
    /// Whether it was known before.
    before: bool,
    time: u32,
}

/// A point to which facts can be forgotten.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Narrowed {
    /// The current point.
    pub fn mark(&self) -> Mark {
        Mark(self.log.len())
    }
    /// Forgets what was learned since the mark.
    pub fn forget(&mut self, mark: Mark) {
        while self.log.len() > mark.0 {
            let learned = self.log.pop().expect("longer than the mark");
            let state = self.now.entry(learned.local).or_default();
            state.present = learned.before && state.assigned < learned.time;
        }
    }
    /// Learns that a `var` is present, until it is assigned or something with effects is called.
    pub fn learn_var(&mut self, local: LocalId) {
        self.vars.push(local);
        self.learn(local);
    }
    /// Whether a call with effects would end something.
    pub fn has_vars(&self) -> bool {
        !self.vars.is_empty()
    }
    /// Something with effects was called, which may have assigned any `var`.
    pub fn forget_vars(&mut self) {
        while let Some(local) = self.vars.pop() {
            self.assigned(local);
        }
    }
    /// Learns that a variable is present.
    pub fn learn(&mut self, local: LocalId) {
        self.clock += 1;
        let state = self.now.entry(local).or_default();
        self.log.push(Learned { local, before: state.present, time: self.clock });
        state.present = true;
    }
    /// The variable was assigned: nothing is known any more.
    pub fn assigned(&mut self, local: LocalId) {
        self.clock += 1;
        if let Some(state) = self.now.get_mut(&local) {
            *state = State { present: false, assigned: self.clock };
        }
    }
    /// Whether a variable is known to be present.
    pub fn is_present(&self, local: LocalId) -> bool {
        !self.log.is_empty() && self.now.get(&local).is_some_and(|state| state.present)
    }
}

/// How many nodes of a condition are searched for tests. Conditions nest, and each level is searched again.
const SEARCH: u32 = 32;

impl Checker<'_> {
    /// Learns what holds when a condition has the value `outcome`. Forget it with a mark taken before.
    pub(super) fn learn_from(&mut self, cond: tree::ExprId, outcome: bool) {
        self.learn_search(cond, outcome, &mut { SEARCH });
    }

    fn learn_search(&mut self, cond: tree::ExprId, outcome: bool, budget: &mut u32) {
        if *budget == 0 {
            return;
        }
        *budget -= 1;
        match &self.tree.exprs[cond].kind {
            tree::ExprKind::Paren(inner) => self.learn_search(*inner, outcome, budget),
            tree::ExprKind::Unary { op: UnaryOp::Not, expr } => self.learn_search(*expr, !outcome, budget),
            tree::ExprKind::Binary { op: BinaryOp::And, left, right, .. } if outcome => {
                self.learn_search(*left, true, budget);
                self.learn_search(*right, true, budget);
            }
            tree::ExprKind::Binary { op: BinaryOp::Or, left, right, .. } if !outcome => {
                self.learn_search(*left, false, budget);
                self.learn_search(*right, false, budget);
            }
            tree::ExprKind::Binary { op: op @ (BinaryOp::Eq | BinaryOp::Ne), left, right, .. }
                if (*op == BinaryOp::Ne) == outcome =>
            {
                let name = if self.is_none_literal(*right) {
                    *left
                } else if self.is_none_literal(*left) {
                    *right
                } else {
                    return;
                };
                if let Some(local) = self.plain_local(name) {
                    self.learn_present(local);
                }
            }
            _ => {}
        }
    }

    /// Learns that a variable is present. Only profiles that report options care whether a call may change it.
    pub(super) fn learn_present(&mut self, local: LocalId) {
        if self.lints() && self.binders[local.0 as usize].mutable {
            self.narrowed.learn_var(local);
        } else {
            self.narrowed.learn(local);
        }
    }

    /// After a call: what is known about `var`s ends when it has effects.
    #[inline(never)]
    pub(super) fn end_facts_of_vars(&mut self, callee: tree::ExprId, args: &[tree::ExprId]) {
        let (tree, names) = (self.tree, &*self.names);
        let impure = self.impure.get_or_insert_with(|| Impure::of(tree, names));
        let mut called = std::iter::once(&callee).chain(args).filter_map(|&e| match tree.exprs[e].kind {
            tree::ExprKind::Name(name) => Some(name),
            tree::ExprKind::Field { name, .. } => Some(name.name),
            _ => None,
        });
        if called.any(|name| impure.contains(name)) {
            self.narrowed.forget_vars();
        }
    }

    /// Whether an expression is `none` or, in the lenient profile, one of its synonyms.
    pub(super) fn is_none_literal(&self, id: tree::ExprId) -> bool {
        match self.tree.exprs[id].kind {
            tree::ExprKind::None => true,
            tree::ExprKind::Paren(inner) => matches!(self.tree.exprs[inner].kind, tree::ExprKind::None),
            tree::ExprKind::Name(name) => self.is_none_synonym(name),
            _ => false,
        }
    }

    /// The variable that an expression is the plain name of.
    pub(super) fn plain_local(&self, id: tree::ExprId) -> Option<LocalId> {
        let expr = &self.tree.exprs[id];
        let tree::ExprKind::Name(name) = expr.kind else { return None };
        match self.scopes.lookup(name) {
            Some(Binding::Local(local)) => Some(local),
            Some(Binding::Fun(_)) => None,
            None => self.visible_global(name, expr.span.lo),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_end_with_their_branch() {
        let mut known = Narrowed::default();
        let x = LocalId(1);
        let mark = known.mark();
        known.learn(x);
        assert!(known.is_present(x));
        known.forget(mark);
        assert!(!known.is_present(x));
    }

    #[test]
    fn an_assignment_in_an_inner_branch_ends_the_outer_fact_too() {
        let mut known = Narrowed::default();
        let x = LocalId(1);
        let outer = known.mark();
        known.learn(x);
        let inner = known.mark();
        known.learn(x);
        known.assigned(x);
        assert!(!known.is_present(x));
        known.forget(inner);
        assert!(!known.is_present(x));
        known.forget(outer);
        assert!(!known.is_present(x));
    }
}
