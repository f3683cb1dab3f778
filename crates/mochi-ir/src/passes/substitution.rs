//! Values that others replace, collected while walking a function and applied in one go.

use mochi_base::IdVec;
use mochi_base::id::Id;

use crate::func::{Func, InstData, Value};

/// A map from values to what replaces them. Replacements may be replaced in turn, but never in a circle.
#[derive(Clone, Debug, Default)]
pub struct Substitution {
    to: IdVec<Value, Value>,
    used: bool,
}

impl Substitution {
    /// Replaces nothing.
    pub fn new() -> Self {
        Self::default()
    }
    /// Whether something is replaced.
    pub fn is_used(&self) -> bool {
        self.used
    }
    /// Replaces a value.
    pub fn set(&mut self, old: Value, new: Value) {
        let new = self.get(new);
        debug_assert_ne!(old, new, "a value cannot replace itself");
        for index in self.to.len()..=old.index() {
            self.to.push(Value::from_index(index));
        }
        self.to[old] = new;
        self.used = true;
    }
    /// What stands for a value in the end.
    pub fn get(&mut self, value: Value) -> Value {
        let mut end = value;
        while let Some(&next) = self.to.get(end).filter(|&&next| next != end) {
            end = next;
        }
        // Shorten the path for the next time.
        let mut at = value;
        while at != end {
            at = std::mem::replace(&mut self.to[at], end);
        }
        end
    }
    /// Replaces what an instruction uses.
    pub fn rewrite(&mut self, data: &mut InstData) {
        if !self.used {
            return;
        }
        for arg in data.uses_mut() {
            *arg = self.get(*arg);
        }
    }
    /// Replaces what all instructions of a function use.
    pub fn apply(&mut self, func: &mut Func) {
        if !self.used {
            return;
        }
        for block in func.blocks.values() {
            for &inst in &block.insts {
                self.rewrite(&mut func.insts[inst]);
            }
        }
    }
}
