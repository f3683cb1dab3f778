//! What the parts of a query mention.
//!
//! Planning asks which variables of its rows a part of a query needs, and whether all that runs per row is quiet. A part
//! may hold further queries, so asking by a search each time would walk what is nested deepest once per level. One walk
//! over the outermost query answers for all queries in it instead: it knows at every level which part it is in, and
//! notes a variable there.
//!
//! Parts are the direct subexpressions of a query, where the condition of a join is taken apart: the conditions that
//! `&&` combines are parts of their own, and so are the two sides of each that is an equality.

use mochi_types::typed::walk::{Inside, Node, walk_some};
use mochi_types::typed::{BinaryOp, ExprId, ExprKind, LocalId, Program, Query};
use rustc_hash::FxHashMap;

use crate::quiet::mentioned_function;
use crate::{Cx, Lowering};

/// What the parts of one query mention.
#[derive(Default)]
pub struct Uses {
    /// By part: variables of the query's rows and its group, ascending.
    mentioned: FxHashMap<ExprId, Vec<LocalId>>,
    /// Whether something that runs while rows are enumerated is loud.
    pub loud_rows: bool,
    /// Whether anything in the query is.
    pub loud: bool,
}

impl Uses {
    /// The variables that a part mentions, itself or through functions that it mentions.
    pub fn of(&self, part: ExprId) -> &[LocalId] {
        self.mentioned.get(&part).map_or(&[], Vec::as_slice)
    }

    /// Whether a part mentions a variable.
    pub fn mentions(&self, part: ExprId, var: LocalId) -> bool {
        self.of(part).binary_search(&var).is_ok()
    }

    /// Whether a part mentions no variable of the query.
    pub fn is_free(&self, part: ExprId) -> bool {
        !self.mentioned.contains_key(&part)
    }
}

/// The conditions that `&&` combines, in order.
pub(super) fn conjuncts(program: &Program, on: ExprId) -> Vec<ExprId> {
    let mut all = Vec::new();
    let mut todo = vec![on];
    while let Some(e) = todo.pop() {
        match program.exprs[e].kind {
            ExprKind::Binary(BinaryOp::And, left, right) => todo.extend([right, left]),
            _ => all.push(e),
        }
    }
    all
}

/// The sides of a condition that is an equality.
pub(super) fn sides(program: &Program, cond: ExprId) -> Option<(ExprId, ExprId)> {
    match program.exprs[cond].kind {
        ExprKind::Binary(BinaryOp::Eq, left, right) => Some((left, right)),
        _ => None,
    }
}

impl<'a> Cx<'_, 'a> {
    /// What the parts of a query mention.
    pub(super) fn uses(&mut self, query: &'a Query) -> Uses {
        if let Some(uses) = self.query_uses.remove(&query.select) {
            return uses;
        }
        self.lowering.find_loud();
        let mut search =
            Search { lowering: self.lowering, levels: Vec::new(), declared: FxHashMap::default() };
        let uses = search.query(query, &mut self.query_uses);
        debug_assert!(search.levels.is_empty());
        uses
    }

    /// Whether anything in a query is loud.
    pub(super) fn is_loud_query(&mut self, query: &'a Query) -> bool {
        let uses = self.uses(query);
        let loud = uses.loud;
        self.query_uses.insert(query.select, uses);
        loud
    }
}

/// A query that the search is in.
struct Level {
    uses: Uses,
    /// The part that it is in.
    part: ExprId,
}

struct Search<'l, 'a> {
    lowering: &'l Lowering<'a>,
    /// The queries around, outermost first.
    levels: Vec<Level>,
    /// The level of each variable of the queries.
    declared: FxHashMap<LocalId, usize>,
}

impl<'a> Search<'_, 'a> {
    fn query(&mut self, query: &'a Query, done: &mut FxHashMap<ExprId, Uses>) -> Uses {
        let level = self.levels.len();
        for clause in &query.clauses {
            self.declared.insert(clause.var, level);
            self.declared.extend(clause.optional.iter().map(|&(_, to)| (to, level)));
        }
        self.declared.extend(query.group.iter().map(|group| (group.var, level)));
        self.levels.push(Level { uses: Uses::default(), part: query.select });
        let program = self.lowering.program;
        for (i, clause) in query.clauses.iter().enumerate() {
            self.part(clause.source, i > 0, done);
            for cond in clause.on().into_iter().flat_map(|on| conjuncts(program, on)) {
                match sides(program, cond) {
                    Some((left, right)) => {
                        self.part(left, true, done);
                        self.part(right, true, done);
                    }
                    None => self.part(cond, true, done),
                }
            }
        }
        let (grouped, sorted) = (query.group.is_some(), query.sort.is_some());
        query.cond.iter().for_each(|&cond| self.part(cond, true, done));
        if let Some(group) = &query.group {
            self.part(group.key, true, done);
            self.part(group.item, true, done);
            group.having.iter().for_each(|&having| self.part(having, false, done));
        }
        query.sort.iter().for_each(|&key| self.part(key, !grouped, done));
        self.part(query.select, !grouped && !sorted, done);
        // These mention no variable of this query, but may be in another one.
        for count in query.skip.into_iter().chain(query.take) {
            self.part(count, false, done);
        }
        let mut uses = self.levels.pop().map(|level| level.uses).unwrap_or_default();
        for vars in uses.mentioned.values_mut() {
            vars.sort_unstable();
            vars.dedup();
        }
        uses
    }

    fn part(&mut self, part: ExprId, per_row: bool, done: &mut FxHashMap<ExprId, Uses>) {
        if let Some(level) = self.levels.last_mut() {
            level.part = part;
        }
        let lowering = self.lowering;
        let program = lowering.program;
        let mut loud = false;
        walk_some(
            |e| &program.exprs[e],
            vec![part],
            &[],
            |node| {
                loud |= lowering.is_loud(node);
                if let Some(fun) = mentioned_function(node) {
                    lowering.captures[fun].iter().for_each(|&local| self.note(local));
                }
                match node {
                    Node::Expr(expr) => match &expr.kind {
                        ExprKind::Local(local) => self.note(*local),
                        ExprKind::Query(inner) => {
                            let uses = self.query(inner, done);
                            loud |= uses.loud;
                            done.insert(inner.select, uses);
                            return Inside::Skip;
                        }
                        _ => {}
                    },
                    Node::Stmt(_) => {}
                }
                Inside::Visit
            },
        );
        if let Some(level) = self.levels.last_mut() {
            level.uses.loud |= loud;
            level.uses.loud_rows |= loud && per_row;
        }
    }

    fn note(&mut self, local: LocalId) {
        if let Some(&level) = self.declared.get(&local)
            && let Some(level) = self.levels.get_mut(level)
        {
            level.uses.mentioned.entry(level.part).or_default().push(local);
        }
    }
}
