//! Plans: rules in the form in which std evaluates them (`logic.mochi`), flat lists of ints.
//!
//! A plan begins with the number of its slots and what they hold at the start. Steps follow:
//!
//! | step | numbers |
//! |---|---|
//! | the head holds | 0, predicate, slot of each term |
//! | two slots differ | 1, slot, slot |
//! | every tuple | 2, range, predicate, action of each term |
//! | tuples with a key | 3, range, predicate, index, number of its terms, their slots, action of each term |
//! | one tuple | 4, range, predicate, slot of each term |
//!
//! An action is -1 for nothing to do, `2 * slot` to set a slot, `2 * slot + 1` to compare with it. Ranges cut the tuples
//! of a predicate by age: those that earlier rounds have seen, those that the last round found, both.
//!
//! The plan of a query has one step, of the last three.
//!
//! A rule has one plan over all tuples, for its first round, and one for each of its conditions over the tuples that the
//! last round found for that condition: conditions before it see older tuples only, so no combination comes twice. Such
//! a plan starts with the new tuples, since there are few; otherwise conditions stay in the order written.

use rustc_hash::{FxHashMap, FxHashSet};

/// A term.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slot {
    /// A variable, or a constant that its slot holds from the start.
    Known(u32),
    /// Anything.
    Ignored,
}

/// `p(terms)`.
#[derive(Clone, Default)]
pub struct Atom {
    pub predicate: u32,
    pub terms: Vec<Slot>,
}

/// A rule whose variables all get values.
#[derive(Clone, Default)]
pub struct Rule {
    pub head: Atom,
    pub body: Vec<Atom>,
    pub unequal: Vec<(u32, u32)>,
    /// What slots hold at the start; `None` for variables.
    pub initial: Vec<Option<i64>>,
}

#[derive(Clone, Copy)]
enum Range {
    Old = 0,
    New = 1,
    All = 2,
}

/// A rule with more conditions has one plan only, which runs again when something is new for any of them: one plan per
/// condition would take quadratic space.
const MAX_CONDITIONS: usize = 32;

const HEAD: i64 = 0;
const UNEQUAL: i64 = 1;
const SCAN: i64 = 2;
const PROBE: i64 = 3;
const MEMBER: i64 = 4;

/// The plans of a program and the indexes that they use.
#[derive(Default, Clone)]
pub struct Planner {
    /// For each predicate its number of terms, then its indexes.
    predicates: Vec<Vec<i64>>,
    /// The terms that each index finds tuples by.
    indexes: Vec<Vec<i64>>,
    index_ids: FxHashMap<(u32, Vec<i64>), i64>,
    /// For each rule its first plan, then a plan and its predicate for each condition.
    rules: Vec<Vec<i64>>,
    /// For each rule the predicate of its head.
    heads: Vec<u32>,
    plans: Vec<Vec<i64>>,
    /// The predicates that queries ask for.
    asked: FxHashSet<u32>,
}

impl Planner {
    /// The next predicate.
    pub fn add_predicate(&mut self, terms: usize) {
        self.predicates.push(vec![terms as i64]);
    }

    /// Adds a rule; its number.
    pub fn add(&mut self, rule: &Rule) -> u32 {
        self.heads.push(rule.head.predicate);
        let order: Vec<usize> = (0..rule.body.len()).collect();
        let first = self.plan(rule, &order, |_| Range::All);
        let mut entry = vec![first];
        if rule.body.len() > MAX_CONDITIONS {
            let mut predicates: Vec<u32> = rule.body.iter().map(|atom| atom.predicate).collect();
            predicates.sort_unstable();
            predicates.dedup();
            entry.extend(predicates.iter().flat_map(|&predicate| [first, predicate.into()]));
            self.rules.push(entry);
            return self.rules.len() as u32 - 1;
        }
        for new in 0..rule.body.len() {
            let order: Vec<usize> =
                std::iter::once(new).chain((0..rule.body.len()).filter(|&i| i != new)).collect();
            let range = |i: usize| match i.cmp(&new) {
                std::cmp::Ordering::Less => Range::Old,
                std::cmp::Ordering::Equal => Range::New,
                std::cmp::Ordering::Greater => Range::All,
            };
            entry.push(self.plan(rule, &order, range));
            entry.push(i64::from(rule.body[new].predicate));
        }
        self.rules.push(entry);
        self.rules.len() as u32 - 1
    }

    /// Number of rules.
    pub fn rules(&self) -> usize {
        self.rules.len()
    }

    /// Number of predicates that queries ask for.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Number of indexes.
    pub fn indexes(&self) -> usize {
        self.indexes.len()
    }

    /// Everything as std reads it: the numbers of predicates, indexes and rules, then those in order, then for each
    /// predicate the rules with a condition on it, then the plans. Rules that no query needs have no plans.
    pub fn program(&self) -> Vec<Vec<i64>> {
        let counts = [&self.predicates, &self.indexes, &self.rules].map(|list| list.len() as i64);
        let first_plan = 1 + counts.iter().sum::<i64>() + counts[0];
        let needed = self.needed();
        let mut users = vec![Vec::new(); self.predicates.len()];
        let mut rules = Vec::with_capacity(self.rules.len());
        for (number, rule) in self.rules.iter().enumerate() {
            if !needed[self.heads[number] as usize] {
                rules.push(Vec::new());
                continue;
            }
            for predicate in predicates_of(rule) {
                let users: &mut Vec<i64> = &mut users[predicate];
                if users.last() != Some(&(number as i64)) {
                    users.push(number as i64);
                }
            }
            // Plans become positions in the result.
            let positions = rule.iter().enumerate();
            rules.push(
                positions.map(|(i, &n)| if i == 0 || i % 2 == 1 { n + first_plan } else { n }).collect(),
            );
        }
        std::iter::once(counts.to_vec())
            .chain(self.predicates.iter().cloned())
            .chain(self.indexes.iter().cloned())
            .chain(rules)
            .chain(users)
            .chain(self.plans.iter().cloned())
            .collect()
    }

    /// For each predicate whether what queries ask for depends on it.
    fn needed(&self) -> Vec<bool> {
        let mut rules_of = vec![Vec::new(); self.predicates.len()];
        for (rule, &head) in self.heads.iter().enumerate() {
            rules_of[head as usize].push(rule);
        }
        let mut needed = vec![false; self.predicates.len()];
        let mut pending: Vec<usize> = self.asked.iter().map(|&predicate| predicate as usize).collect();
        while let Some(predicate) = pending.pop() {
            if !std::mem::replace(&mut needed[predicate], true) {
                pending.extend(rules_of[predicate].iter().flat_map(|&rule| predicates_of(&self.rules[rule])));
            }
        }
        needed
    }

    /// The plan of a query.
    pub fn query(&mut self, atom: &Atom, initial: &[Option<i64>]) -> Vec<i64> {
        self.asked.insert(atom.predicate);
        let mut plan = start(initial);
        let mut bound: Vec<bool> = initial.iter().map(Option::is_some).collect();
        self.condition(atom, Range::All, &mut bound, &mut plan);
        plan
    }

    fn index(&mut self, predicate: u32, terms: Vec<i64>) -> i64 {
        let next = self.indexes.len() as i64;
        let id = *self.index_ids.entry((predicate, terms.clone())).or_insert(next);
        if id == next {
            self.indexes.push(terms);
            self.predicates[predicate as usize].push(id);
        }
        id
    }

    fn plan(&mut self, rule: &Rule, order: &[usize], range: impl Fn(usize) -> Range) -> i64 {
        let mut plan = start(&rule.initial);
        let mut bound: Vec<bool> = rule.initial.iter().map(Option::is_some).collect();
        let mut unequal = rule.unequal.clone();
        for &i in order {
            let range = range(i);
            self.condition(&rule.body[i], range, &mut bound, &mut plan);
            unequal.retain(|&(a, b)| {
                let ready = bound[a as usize] && bound[b as usize];
                if ready {
                    plan.extend([UNEQUAL, a.into(), b.into()]);
                }
                !ready
            });
        }
        plan.extend([HEAD, rule.head.predicate.into()]);
        plan.extend(rule.head.terms.iter().map(slot_number));
        self.plans.push(plan);
        self.plans.len() as i64 - 1
    }

    fn condition(&mut self, atom: &Atom, range: Range, bound: &mut [bool], plan: &mut Vec<i64>) {
        let is_bound = |slot: &Slot| matches!(slot, Slot::Known(slot) if bound[*slot as usize]);
        let keys: Vec<i64> =
            (0..atom.terms.len()).filter(|&i| is_bound(&atom.terms[i])).map(|i| i as i64).collect();
        let head = [range as i64, atom.predicate.into()];
        let slots =
            |keys: &[i64]| keys.iter().map(|&i| slot_number(&atom.terms[i as usize])).collect::<Vec<_>>();
        if matches!(range, Range::New) || keys.is_empty() {
            plan.push(SCAN);
            plan.extend(head);
            actions(&atom.terms, &[], bound, plan);
        } else if keys.len() == atom.terms.len() {
            plan.push(MEMBER);
            plan.extend(head);
            plan.extend(slots(&keys));
        } else {
            plan.push(PROBE);
            plan.extend(head);
            plan.push(self.index(atom.predicate, keys.clone()));
            plan.push(keys.len() as i64);
            plan.extend(slots(&keys));
            actions(&atom.terms, &keys, bound, plan);
        }
    }
}

/// The predicates of the conditions of a rule, as the planner keeps it.
fn predicates_of(rule: &[i64]) -> impl Iterator<Item = usize> {
    rule.iter().skip(2).step_by(2).map(|&predicate| predicate as usize)
}

fn start(initial: &[Option<i64>]) -> Vec<i64> {
    let slots = initial.iter().map(|value| value.unwrap_or(0));
    std::iter::once(initial.len() as i64).chain(slots).collect()
}

fn slot_number(slot: &Slot) -> i64 {
    match *slot {
        Slot::Known(slot) => slot.into(),
        Slot::Ignored => -1,
    }
}

/// What to do with each term of a tuple that was found by `keys`.
fn actions(terms: &[Slot], keys: &[i64], bound: &mut [bool], plan: &mut Vec<i64>) {
    for (i, term) in terms.iter().enumerate() {
        plan.push(match *term {
            Slot::Ignored => -1,
            _ if keys.contains(&(i as i64)) => -1,
            Slot::Known(slot) if std::mem::replace(&mut bound[slot as usize], true) => {
                2 * i64::from(slot) + 1
            }
            Slot::Known(slot) => 2 * i64::from(slot),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `path(x, z) :- edge(x, y), path(y, z), x != z` over edge = 0, path = 1.
    fn path() -> Planner {
        let mut planner = Planner::default();
        planner.add_predicate(2);
        planner.add_predicate(2);
        let atom = |predicate, a, b| Atom { predicate, terms: vec![Slot::Known(a), Slot::Known(b)] };
        planner.add(&Rule {
            head: atom(1, 0, 2),
            body: vec![atom(0, 0, 1), atom(1, 1, 2)],
            unequal: vec![(0, 2)],
            initial: vec![None; 3],
        });
        planner
    }

    #[test]
    fn the_first_plan_keeps_the_order_and_probes_by_what_is_bound() {
        let planner = path();
        let steps = [
            vec![3, 0, 0, 0],
            vec![SCAN, Range::All as i64, 0, 0, 2],
            vec![PROBE, Range::All as i64, 1, 0, 1, 1, -1, 4],
            vec![UNEQUAL, 0, 2],
            vec![HEAD, 1, 0, 2],
        ];
        assert_eq!(planner.plans[0], steps.concat());
        assert_eq!(planner.indexes[0], [0]);
    }

    #[test]
    fn a_later_plan_starts_with_what_is_new() {
        let planner = path();
        let steps = [
            vec![3, 0, 0, 0],
            vec![SCAN, Range::New as i64, 1, 2, 4],
            vec![PROBE, Range::Old as i64, 0, 1, 1, 1, 0, -1],
            vec![UNEQUAL, 0, 2],
            vec![HEAD, 1, 0, 2],
        ];
        assert_eq!(planner.plans[2], steps.concat());
        assert_eq!(planner.indexes[1], [1]);
        assert_eq!(planner.predicates, [vec![2, 1], vec![2, 0]]);
    }

    #[test]
    fn a_rule_with_very_many_conditions_has_one_plan() {
        let mut planner = Planner::default();
        planner.add_predicate(1);
        let atom = |slot| Atom { predicate: 0, terms: vec![Slot::Known(slot)] };
        let body = (0..1000).map(atom).collect();
        planner.add(&Rule { head: atom(0), body, unequal: Vec::new(), initial: vec![None; 1000] });
        assert_eq!(planner.plans.len(), 1);
        assert_eq!(planner.rules, [vec![0, 0, 0]]);
    }

    #[test]
    fn rules_name_plans_by_their_position_in_the_program() {
        let mut planner = path();
        planner.query(&Atom { predicate: 1, terms: vec![Slot::Known(0), Slot::Known(1)] }, &[None; 2]);
        let program = planner.program();
        assert_eq!(program[0], [2, 2, 1]);
        assert_eq!(program[5], [8, 9, 0, 10, 1]);
        assert_eq!(program[6..8], [[0], [0]]);
        assert_eq!(program.len(), 11);
    }

    #[test]
    fn rules_that_no_query_needs_have_no_plans() {
        let mut planner = path();
        planner.query(&Atom { predicate: 0, terms: vec![Slot::Ignored, Slot::Ignored] }, &[]);
        let program = planner.program();
        assert!(program[5..8].iter().all(Vec::is_empty));
    }

    #[test]
    fn a_query_finds_tuples_by_its_constants() {
        let all = Range::All as i64;
        let query = |terms: &[Slot], initial: &[Option<i64>]| {
            let mut planner = Planner::default();
            planner.add_predicate(terms.len());
            let plan = planner.query(&Atom { predicate: 0, terms: terms.to_vec() }, initial);
            (plan, planner.indexes)
        };
        let (a, b) = (Slot::Known(0), Slot::Known(1));
        let (plan, indexes) = query(&[a, Slot::Ignored, a, b], &[None, Some(7)]);
        assert_eq!(plan, [2, 0, 7, PROBE, all, 0, 0, 1, 1, 0, -1, 1, -1]);
        assert_eq!(indexes, [[3]]);
        let (plan, indexes) = query(&[a, b], &[Some(7), Some(-1)]);
        assert_eq!(plan, [2, 7, -1, MEMBER, all, 0, 0, 1]);
        assert!(indexes.is_empty());
        let (plan, _) = query(&[a, a], &[None]);
        assert_eq!(plan, [1, 0, SCAN, all, 0, 0, 1]);
    }
}
