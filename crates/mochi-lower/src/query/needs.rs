//! Which variables of its rows a query needs, and where.
//!
//! A right or outer join keeps all rows before it, so what of them it keeps is decided here: only what the condition or
//! something later mentions. Without that, a query of many such joins would be code of quadratic size.

use mochi_types::typed::{Clause, ClauseKind, JoinKind, LocalId, Program, Query};
use rustc_hash::FxHashMap;

use super::uses::{Uses, conjuncts, sides};

/// What a join needs of the rows.
#[derive(Default, Clone)]
pub(super) struct Needs {
    /// The variables that it may leave absent and later parts mention: each with the one that holds it from then on,
    /// which is the same where the type has none already. That of the outer join's own variable is always there.
    pub optional: Vec<(LocalId, LocalId)>,
    /// For a right join, the variables to keep of the rows before it; one at least, which counts them.
    pub earlier: Vec<LocalId>,
}

impl Needs {
    /// By clause.
    pub fn of(program: &Program, query: &Query, uses: &Uses) -> Vec<Needs> {
        let last = last_uses(program, query, uses);
        let is_used = |var: LocalId, from: usize| last.get(&var).is_some_and(|&last| last >= from);
        let mut all = vec![Needs::default(); query.clauses.len()];
        let mut live: Vec<LocalId> = Vec::new();
        for (at, clause) in query.clauses.iter().enumerate() {
            let needs = &mut all[at];
            let after = Renamed::by(clause);
            let optional = |var: &LocalId| (*var, after.of(*var));
            let is_used_later = |pair: &(LocalId, LocalId)| is_used(pair.1, at + 1);
            match clause.kind {
                ClauseKind::From | ClauseKind::Join(JoinKind::Inner, _) => live.push(clause.var),
                ClauseKind::Join(JoinKind::Left, _) => {
                    needs.optional = vec![optional(&clause.var)];
                    live.push(after.of(clause.var));
                }
                ClauseKind::Join(JoinKind::Right, _) => {
                    let newest = live.last().copied();
                    live.retain(|&var| is_used(var, at));
                    needs.earlier = if live.is_empty() { newest.into_iter().collect() } else { live.clone() };
                    needs.optional = live.iter().map(optional).filter(is_used_later).collect();
                    live = needs.optional.iter().map(|&(_, to)| to).collect();
                    live.push(clause.var);
                }
                ClauseKind::Join(JoinKind::Outer, _) => {
                    needs.optional = live.iter().map(optional).filter(is_used_later).collect();
                    needs.optional.push(optional(&clause.var));
                    live = needs.optional.iter().map(|&(_, to)| to).collect();
                }
            }
        }
        all
    }
}

/// The last clause that mentions each variable; the number of clauses where something after them does.
fn last_uses(program: &Program, query: &Query, uses: &Uses) -> FxHashMap<LocalId, usize> {
    let mut last: FxHashMap<LocalId, usize> = FxHashMap::default();
    // In ascending order, so the last one stays.
    for (at, clause) in query.clauses.iter().enumerate() {
        last.extend(uses.of(clause.source).iter().map(|&var| (var, at)));
        for cond in clause.on().into_iter().flat_map(|on| conjuncts(program, on)) {
            let (left, right) = sides(program, cond).unwrap_or((cond, cond));
            last.extend([left, right].iter().flat_map(|&part| uses.of(part)).map(|&var| (var, at)));
        }
    }
    let end = query.clauses.len();
    let group = query.group.iter().flat_map(|group| [group.key, group.item]);
    for part in query.cond.into_iter().chain(group).chain(query.sort).chain([query.select]) {
        last.extend(uses.of(part).iter().map(|&var| (var, end)));
    }
    for (at, clause) in query.clauses.iter().enumerate().rev() {
        for (from, to) in &clause.optional {
            if last.contains_key(to) {
                let last = last.entry(*from).or_default();
                *last = at.max(*last);
            }
        }
    }
    last
}

/// The variables that replace others after a clause.
struct Renamed(FxHashMap<LocalId, LocalId>);

impl Renamed {
    fn by(clause: &Clause) -> Self {
        Self(clause.optional.iter().copied().collect())
    }

    fn of(&self, var: LocalId) -> LocalId {
        self.0.get(&var).copied().unwrap_or(var)
    }
}
