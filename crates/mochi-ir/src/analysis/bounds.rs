//! Symbolic upper bounds of ints: facts of the form `x <= v + c`, where `v` is a value and `c` a constant.
//!
//! Facts chain: from `i <= n - 1` and `n <= m` follows `i <= m - 1`. They are pushed as a walk over the dominator tree
//! comes by and are taken back when it leaves; looking for a chain stops after a few steps, since programs compare ints
//! with few others.

use mochi_base::IdVec;
use smallvec::SmallVec;

use crate::func::Value;

/// That some value is at most `of + plus`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bound {
    /// The other value.
    pub of: Value,
    /// What is added to it.
    pub plus: i64,
}

/// A few bounds of one value.
pub type BoundList = SmallVec<[Bound; 4]>;

/// Facts kept about one value.
const MAX_FACTS: usize = 16;
/// Values looked at for one chain.
const MAX_STEPS: usize = 32;
/// Constants beyond this are not worth a bound.
pub const MAX_PLUS: i64 = 1 << 32;

/// The bounds of all values.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    of: IdVec<Value, SmallVec<[Bound; 2]>>,
}

impl Bounds {
    /// No facts about `count` values.
    pub fn new(count: usize) -> Self {
        let mut of = IdVec::new();
        of.resize(count, SmallVec::new());
        Self { of }
    }
    /// Forgets all about a value.
    pub fn clear(&mut self, value: Value) {
        self.of[value].clear();
    }
    /// Adds a fact; returns whether there was room for it.
    pub fn push(&mut self, value: Value, bound: Bound) -> bool {
        let facts = &mut self.of[value];
        let fits =
            bound.of != value && (-MAX_PLUS..=MAX_PLUS).contains(&bound.plus) && facts.len() < MAX_FACTS;
        if fits {
            facts.push(bound);
        }
        fits
    }
    /// Number of facts about a value.
    pub fn len(&self, value: Value) -> usize {
        self.of[value].len()
    }
    /// Takes the last fact about a value back.
    pub fn pop(&mut self, value: Value) {
        self.of[value].pop();
    }

    /// The least `c` found for which `value <= goal + c`.
    pub fn between(&self, value: Value, goal: Value) -> Option<i64> {
        let mut best = None;
        self.follow(value, |bound| {
            if bound.of == goal {
                best = Some(best.map_or(bound.plus, |b: i64| b.min(bound.plus)));
            }
            false
        });
        best
    }
    /// Whether some bound of a value, itself included, satisfies a condition.
    pub fn any(&self, value: Value, mut condition: impl FnMut(Bound) -> bool) -> bool {
        let mut found = false;
        self.follow(value, |bound| {
            found |= condition(bound);
            found
        });
        found
    }
    /// The bounds found for a value, itself included, that a filter accepts; at most `max`.
    pub fn collect(&self, value: Value, max: usize, mut filter: impl FnMut(Value) -> bool) -> BoundList {
        let mut list = BoundList::new();
        self.follow(value, |bound| {
            match list.iter_mut().find(|b| b.of == bound.of) {
                Some(known) => known.plus = known.plus.min(bound.plus),
                None if filter(bound.of) => list.push(bound),
                None => {}
            }
            list.len() >= max
        });
        list
    }

    /// Goes along chains, nearest first, until `stop` says so.
    fn follow(&self, value: Value, mut stop: impl FnMut(Bound) -> bool) {
        let mut seen: SmallVec<[Bound; MAX_STEPS]> = SmallVec::new();
        seen.push(Bound { of: value, plus: 0 });
        let mut next = 0;
        while next < seen.len() {
            let at = seen[next];
            next += 1;
            if stop(at) {
                return;
            }
            for fact in &self.of[at.of] {
                let Some(plus) = at.plus.checked_add(fact.plus) else { continue };
                let better = !seen.iter().any(|s| s.of == fact.of && s.plus <= plus);
                if better && seen.len() < MAX_STEPS {
                    seen.push(Bound { of: fact.of, plus });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_chain() {
        let [i, n, m, k] = [0, 1, 2, 3].map(Value);
        let mut bounds = Bounds::new(4);
        bounds.push(i, Bound { of: n, plus: -1 });
        bounds.push(n, Bound { of: m, plus: 0 });
        bounds.push(m, Bound { of: n, plus: 0 });
        bounds.push(i, Bound { of: m, plus: 5 });
        assert_eq!(bounds.between(i, m), Some(-1));
        assert_eq!(bounds.between(i, i), Some(0));
        assert_eq!(bounds.between(n, i), None);
        assert_eq!(bounds.between(i, k), None);
        assert_eq!(bounds.collect(i, 9, |v| v != n).len(), 2);
        bounds.pop(i);
        bounds.pop(i);
        assert_eq!(bounds.between(i, m), None);
    }
}
