//! Scopes of the function being checked: names to bindings, with an undo log.
//!
//! Top-level names are not here (see [`declare`](super::declare)); a lookup that fails goes on there. Bindings of
//! another *unit* (a top-level function, a method, or the top-level code) are invisible, so checking a function on
//! demand in the middle of another one needs no copy of anything.

use mochi_base::Name;

use crate::typed::{FunId, LocalId};

/// What a name in a scope stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binding {
    /// A variable.
    Local(LocalId),
    /// A nested function.
    Fun(FunId),
}

struct Entry {
    name: Name,
    binding: Binding,
    unit: u32,
    /// The entry that this one shadows.
    outer: u32,
}

const NOTHING: u32 = u32::MAX;

/// The open scopes.
#[derive(Default)]
pub(super) struct Scopes {
    entries: Vec<Entry>,
    /// Index of the innermost entry of each name.
    heads: Vec<u32>,
    unit: u32,
    units: u32,
}

/// A point to which scopes can be closed.
#[derive(Clone, Copy)]
pub(super) struct Mark(usize);

impl Scopes {
    /// Opens a scope; [`close`](Self::close) it with the mark.
    pub fn open(&self) -> Mark {
        Mark(self.entries.len())
    }
    /// Forgets all bindings made since the mark.
    pub fn close(&mut self, mark: Mark) {
        while self.entries.len() > mark.0 {
            let entry = self.entries.pop().expect("longer than the mark");
            self.heads[entry.name.0 as usize] = entry.outer;
        }
    }
    /// Binds a name in the innermost scope.
    pub fn bind(&mut self, name: Name, binding: Binding) {
        let at = name.0 as usize;
        if at >= self.heads.len() {
            self.heads.resize(at + 1, NOTHING);
        }
        let outer = self.heads[at];
        self.heads[at] = self.entries.len() as u32;
        self.entries.push(Entry { name, binding, unit: self.unit, outer });
    }
    /// The innermost binding of a name in the current unit.
    pub fn lookup(&self, name: Name) -> Option<Binding> {
        let mut at = *self.heads.get(name.0 as usize)?;
        while at != NOTHING {
            let entry = &self.entries[at as usize];
            if entry.unit == self.unit {
                return Some(entry.binding);
            }
            at = entry.outer;
        }
        None
    }
    /// Starts a new unit and returns the current one for [`leave_unit`](Self::leave_unit).
    pub fn enter_unit(&mut self) -> u32 {
        self.units += 1;
        std::mem::replace(&mut self.unit, self.units)
    }
    /// Goes back to an earlier unit.
    pub fn leave_unit(&mut self, unit: u32) {
        self.unit = unit;
    }
    /// All visible names, innermost first, for suggestions.
    pub fn visible(&self) -> impl Iterator<Item = (Name, Binding)> + '_ {
        self.entries.iter().rev().filter(|e| e.unit == self.unit).map(|e| (e.name, e.binding))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_bindings_shadow_until_the_scope_closes() {
        let mut scopes = Scopes::default();
        let (a, b) = (Name(3), Name(0));
        scopes.bind(a, Binding::Local(LocalId(1)));
        let mark = scopes.open();
        scopes.bind(a, Binding::Local(LocalId(2)));
        scopes.bind(b, Binding::Fun(FunId(7)));
        assert_eq!(scopes.lookup(a), Some(Binding::Local(LocalId(2))));
        scopes.close(mark);
        assert_eq!(scopes.lookup(a), Some(Binding::Local(LocalId(1))));
        assert_eq!(scopes.lookup(b), None);
        assert_eq!(scopes.lookup(Name(9)), None);
    }

    #[test]
    fn another_unit_sees_nothing_of_this_one() {
        let mut scopes = Scopes::default();
        let a = Name(0);
        scopes.bind(a, Binding::Local(LocalId(1)));
        let outer = scopes.enter_unit();
        let mark = scopes.open();
        assert_eq!(scopes.lookup(a), None);
        scopes.bind(a, Binding::Local(LocalId(2)));
        assert_eq!(scopes.lookup(a), Some(Binding::Local(LocalId(2))));
        scopes.close(mark);
        scopes.leave_unit(outer);
        assert_eq!(scopes.lookup(a), Some(Binding::Local(LocalId(1))));
    }
}
