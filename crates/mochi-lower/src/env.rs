//! The current SSA value of each variable, with a journal so that branches can be undone.
//!
//! A branch is lowered between a [`Env::mark`] and a [`Env::rollback`], which returns what it changed; the join then
//! gets a block parameter for every variable that some branch changed. All costs are proportional to the changes.

use mochi_ir::Value;
use mochi_types::typed::LocalId;
use rustc_hash::FxHashMap;

/// Values of variables in the function being lowered.
#[derive(Default)]
pub struct Env {
    values: Vec<Option<Value>>,
    /// Changed variables with their values before.
    journal: Vec<(LocalId, Option<Value>)>,
}

/// A position in the journal.
#[derive(Clone, Copy)]
pub struct Mark(usize);

impl Env {
    /// Without values, for a program with so many variables.
    pub fn resize(&mut self, locals: usize) {
        self.values.resize(locals, None);
    }
    /// A variable that the program does not have, for what lowering itself carries through loops.
    pub fn fresh(&mut self) -> LocalId {
        self.values.push(None);
        LocalId(self.values.len() as u32 - 1)
    }
    pub fn get(&self, local: LocalId) -> Option<Value> {
        self.values[local.0 as usize]
    }
    pub fn set(&mut self, local: LocalId, value: Value) {
        let old = self.values[local.0 as usize].replace(value);
        self.journal.push((local, old));
    }
    pub fn mark(&self) -> Mark {
        Mark(self.journal.len())
    }
    /// Undoes everything since the mark and returns the variables that existed at the mark and have changed, with
    /// their last values, in order of first change.
    pub fn rollback(&mut self, mark: Mark) -> Vec<(LocalId, Value)> {
        let mut changed: FxHashMap<LocalId, (usize, Value, Option<Value>)> = FxHashMap::default();
        for (order, &(local, old)) in self.journal[mark.0..].iter().enumerate() {
            if let Some(now) = self.values[local.0 as usize] {
                changed.entry(local).or_insert((order, now, old));
            }
        }
        while self.journal.len() > mark.0 {
            if let Some((local, old)) = self.journal.pop() {
                self.values[local.0 as usize] = old;
            }
        }
        let mut changed: Vec<_> =
            changed.into_iter().filter(|(_, (_, now, old))| old.is_some_and(|old| old != *now)).collect();
        changed.sort_unstable_by_key(|(_, (order, ..))| *order);
        changed.into_iter().map(|(local, (_, now, _))| (local, now)).collect()
    }
    /// Forgets all variables.
    pub fn clear(&mut self) {
        self.rollback(Mark(0));
        debug_assert!(self.values.iter().all(Option::is_none));
    }
}
