//! The rows of a query: its clauses as nested loops (4.12, 1).
//!
//! Sources and inner or left joins are loops inside of each other. A right join goes through its own source first, so
//! the rows before it are kept in columns; the rows of an outer join are kept, since those without a partner come last.
//! Either way, the code for what follows a clause exists once.

use mochi_ir::{Op, TyKind, Types, Value};
use mochi_types::typed::{Clause, ClauseKind, ExprId, JoinKind, LocalId};

use super::join::{Equality, Partners};
use super::{Column, Plan, live};
use crate::Cx;

/// A loop over candidates for a join that also visits the absent partner, if no candidate fitted.
struct Optional<'p> {
    /// What is iterated.
    partners: &'p Partners,
    /// The first candidate, when they are linked by hash.
    first: Option<Value>,
    /// The conditions that are left to test.
    tests: &'p [ExprId],
    /// Variables that get an optional value, each with the one that holds it.
    pairs: &'p [(LocalId, LocalId)],
}

impl<'a> Cx<'_, 'a> {
    /// Runs `body` for each row of the first `count` clauses. `growing` are the lists that it adds to.
    pub(super) fn rows(
        &mut self,
        plan: &Plan<'a>,
        count: usize,
        growing: &[LocalId],
        body: &mut dyn FnMut(&mut Self),
    ) {
        let Some(before) = count.checked_sub(1) else { return body(self) };
        let clause = &plan.query.clauses[before];
        match clause.kind {
            ClauseKind::From => self.rows(plan, before, growing, &mut |cx| {
                let list = cx.source(clause.source);
                cx.each(plan, growing, list, |cx, _, item| {
                    cx.declare_row(clause.var, item);
                    body(cx);
                });
            }),
            ClauseKind::Join(JoinKind::Inner, on) => self.inner_join(plan, before, on, growing, body),
            ClauseKind::Join(JoinKind::Left, on) => self.left_join(plan, before, on, growing, body),
            ClauseKind::Join(JoinKind::Right, on) => self.right_join(plan, before, on, growing, body),
            ClauseKind::Join(JoinKind::Outer, on) => self.outer_join(plan, before, on, growing, body),
        }
    }

    /// What a clause goes through, as a list.
    pub(super) fn source(&mut self, source: ExprId) -> Value {
        let value = self.value(source);
        self.span = self.program.exprs[source].span;
        match self.kind(self.func.ty(value)) {
            TyKind::List(_) => value,
            TyKind::Map(key, _) => {
                let ty = self.lowering.module.types.list(key);
                self.op(Op::MapKeys, &[value], ty)
            }
            TyKind::Str => self.std_value("characters", &[], &[value]),
            _ => {
                let value = self.coerce(value, Types::ANY);
                self.std_value("iterate", &[], &[value])
            }
        }
    }

    pub(super) fn declare_row(&mut self, var: LocalId, item: Value) {
        let ty = self.lowering.ty(self.program.locals[var].ty);
        let item = self.coerce(item, ty);
        self.declare(var, item);
    }

    fn inner_join(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        on: ExprId,
        growing: &[LocalId],
        body: &mut dyn FnMut(&mut Self),
    ) {
        let clause = &plan.query.clauses[at];
        let join = self.plan_join(plan, at, on);
        let inside = join.carried(growing);
        self.rows(plan, at, &inside, &mut |cx| {
            let partners = cx.partners(plan, clause, &join);
            let first = cx.first_candidate(&partners, join.equality.as_ref());
            let vars = cx.carried(plan, growing);
            cx.candidates(vars, &partners, first, |cx, at| {
                let item = cx.element(partners.list, at);
                cx.declare_row(clause.var, item);
                let fits = cx.all_hold(&join.tests);
                cx.when(fits, |cx| body(cx));
            });
        });
    }

    fn left_join(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        on: ExprId,
        growing: &[LocalId],
        body: &mut dyn FnMut(&mut Self),
    ) {
        let clause = &plan.query.clauses[at];
        let join = self.plan_join(plan, at, on);
        let inside = join.carried(growing);
        self.rows(plan, at, &inside, &mut |cx| {
            let partners = cx.partners(plan, clause, &join);
            let first = cx.first_candidate(&partners, join.equality.as_ref());
            let optional =
                Optional { partners: &partners, first, tests: &join.tests, pairs: &clause.optional };
            let bind = |cx: &mut Self, at| {
                let item = cx.element(partners.list, at);
                cx.declare_row(clause.var, item);
            };
            cx.optional_candidates(plan, growing, &optional, bind, |cx, _, _| body(cx));
        });
    }

    /// Rows without a partner in `rows` get absent values for the variables of `rows`.
    fn right_join(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        on: ExprId,
        growing: &[LocalId],
        body: &mut dyn FnMut(&mut Self),
    ) {
        let clause = &plan.query.clauses[at];
        let equality = self.equality(plan, at, on);
        let pairs = used_pairs(plan, clause);
        let earlier = self.earlier_columns(plan, at, &pairs);
        let keys = equality.as_ref().map(|equality| self.growing_list_of(equality.ty));
        let lists: Vec<LocalId> = earlier.iter().map(|c| c.list).chain(keys).collect();
        self.rows(plan, at, &lists, &mut |cx| {
            cx.keep(&earlier);
            if let (Some(equality), Some(keys)) = (&equality, keys) {
                let key = cx.key_value(equality.outer, equality.ty);
                cx.add_to(keys, key);
            }
        });
        let columns: Vec<(LocalId, Value)> = earlier.iter().map(|c| (c.var, self.current(c.list))).collect();
        let index = keys.map(|keys| {
            let keys = self.current(keys);
            self.index_rows(keys)
        });
        let partners = Partners { list: columns[0].1, index };
        let list = self.source(clause.source);
        let tests = equality.as_ref().map_or(vec![on], |equality| equality.rest.clone());
        self.each(plan, growing, list, |cx, _, item| {
            cx.declare_row(clause.var, item);
            let first = equality.as_ref().and_then(|equality| {
                let key = cx.key_value(equality.inner, equality.ty);
                cx.look_up(&partners, key)
            });
            let optional = Optional { partners: &partners, first, tests: &tests, pairs: &pairs };
            let bind = |cx: &mut Self, at| {
                for &(var, list) in &columns {
                    let value = cx.element(list, at);
                    cx.declare(var, value);
                }
            };
            cx.optional_candidates(plan, growing, &optional, bind, |cx, _, _| body(cx));
        });
    }

    fn outer_join(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        on: ExprId,
        growing: &[LocalId],
        body: &mut dyn FnMut(&mut Self),
    ) {
        let clause = &plan.query.clauses[at];
        let equality = self.equality(plan, at, on);
        let list = self.source(clause.source);
        let index = equality.as_ref().map(|equality| self.index_of_source(plan, clause, list, equality));
        let partners = Partners { list, index };
        let len = self.op(Op::ListLen, &[list], Types::I64);
        let met = self.std_value("unmet", &[], &[len]);
        let pairs = used_pairs(plan, clause);
        let after: Vec<LocalId> = pairs.iter().map(|&(_, to)| to).collect();
        let columns = self.columns(&after);
        let lists: Vec<LocalId> = columns.iter().map(|c| c.list).collect();
        let tests = equality.as_ref().map_or(vec![on], |equality| equality.rest.clone());
        let own: Vec<_> = pairs.iter().copied().filter(|pair| pair.0 == clause.var).collect();
        self.rows(plan, at, &lists, &mut |cx| {
            let first = cx.first_candidate(&partners, equality.as_ref());
            let optional = Optional { partners: &partners, first, tests: &tests, pairs: &own };
            let bind = |cx: &mut Self, at| {
                let item = cx.element(list, at);
                cx.declare_row(clause.var, item);
            };
            cx.optional_candidates(plan, &lists, &optional, bind, |cx, at, absent| {
                let present = cx.op(Op::Not, &[absent], Types::BOOL);
                cx.when(present, |cx| {
                    let yes = cx.b().bool(true);
                    cx.effect(Op::ListSet, &[met, at, yes]);
                });
                for (column, &(from, to)) in columns.iter().zip(&pairs) {
                    let value = cx.read(if from == clause.var { to } else { from });
                    cx.add_to(column.list, value);
                }
            });
        });
        self.each(plan, &lists, list, |cx, at, item| {
            let met = cx.element(met, at);
            let alone = cx.op(Op::Not, &[met], Types::BOOL);
            cx.when(alone, |cx| {
                for (column, &(from, to)) in columns.iter().zip(&pairs) {
                    let ty = cx.lowering.ty(cx.program.locals[to].ty);
                    let value = if from == clause.var { cx.coerce(item, ty) } else { cx.zero(ty) };
                    cx.add_to(column.list, value);
                }
            });
        });
        self.kept_rows(plan, &columns, growing, body);
    }

    /// A loop over rows that were kept.
    fn kept_rows(
        &mut self,
        plan: &Plan<'a>,
        columns: &[Column],
        growing: &[LocalId],
        body: &mut dyn FnMut(&mut Self),
    ) {
        let lists: Vec<Value> = columns.iter().map(|c| self.current(c.list)).collect();
        self.each(plan, growing, lists[0], |cx, at, _| {
            for (column, &list) in columns.iter().zip(&lists) {
                let value = cx.element(list, at);
                cx.declare(column.var, value);
            }
            body(cx);
        });
    }

    /// Columns for the variables of the rows before a join that somebody needs; `pairs` has at least one.
    fn earlier_columns(&mut self, plan: &Plan<'_>, at: usize, pairs: &[(LocalId, LocalId)]) -> Vec<Column> {
        let needed = |var: &LocalId| plan.used.contains(var) || pairs.iter().any(|(from, _)| from == var);
        let vars: Vec<LocalId> = live(&plan.query.clauses[..at]).into_iter().filter(needed).collect();
        self.columns(&vars)
    }

    /// A loop over the candidates for a partner, and then, when none passed the tests, over the absent one. `bind`
    /// declares the variables of a candidate; `body` gets its position and whether it is the absent one.
    fn optional_candidates(
        &mut self,
        plan: &Plan<'a>,
        growing: &[LocalId],
        optional: &Optional<'_>,
        bind: impl FnOnce(&mut Self, Value),
        body: impl FnOnce(&mut Self, Value, Value),
    ) {
        let Optional { partners, first, tests, pairs } = *optional;
        let no = self.b().bool(false);
        let met = self.carry(no);
        let mut vars = self.carried(plan, growing);
        vars.push(met);
        self.candidates_and_none(vars, partners, first, |cx, at, absent| {
            let (none, some) = (cx.new_block(), cx.new_block());
            cx.b().branch(absent, none, &[], some, &[]);
            let mut tys = vec![Types::BOOL];
            tys.extend(pairs.iter().map(|&(_, to)| cx.lowering.ty(cx.program.locals[to].ty)));
            let mut values = Vec::with_capacity(tys.len());
            let without = cx.branch(none, |cx| {
                let met = cx.current(met);
                values.push(cx.op(Op::Not, &[met], Types::BOOL));
                values.extend(tys[1..].iter().map(|&ty| cx.zero(ty)).collect::<Vec<_>>());
            });
            let without = (without, std::mem::take(&mut values));
            let with = cx.branch(some, |cx| {
                bind(cx, at);
                let fits = cx.all_hold(tests);
                let before = cx.current(met);
                let now = cx.op(Op::Select, &[fits, fits, before], Types::BOOL);
                cx.env.set(met, now);
                values.push(fits);
                for (&(from, _), &ty) in pairs.iter().zip(&tys[1..]) {
                    let value = cx.read(from);
                    values.push(cx.coerce(value, ty));
                }
            });
            let joined = cx.join(vec![without, (with, values)], &tys);
            cx.when(joined[0], |cx| {
                for (&(_, to), &value) in pairs.iter().zip(&joined[1..]) {
                    cx.declare(to, value);
                }
                body(cx, at, absent);
            });
        });
    }

    /// Whether all conditions hold, tested in order as by `&&`.
    fn all_hold(&mut self, tests: &[ExprId]) -> Value {
        let Some((&first, rest)) = tests.split_first() else { return self.b().bool(true) };
        let first = self.value(first);
        if rest.is_empty() {
            return first;
        }
        let (more, done) = (self.new_block(), self.new_block());
        self.b().branch(first, more, &[], done, &[]);
        let mut values = Vec::new();
        let short = self.branch(done, |cx| values.push(cx.b().bool(false)));
        let long = self.branch(more, |cx| values.push(cx.all_hold(rest)));
        self.join(vec![(short, vec![values[0]]), (long, vec![values[1]])], &[Types::BOOL])[0]
    }

    /// The key that one side of an equality has in the current row.
    pub(super) fn key_value(&mut self, side: ExprId, ty: mochi_ir::Ty) -> Value {
        let value = self.value(side);
        self.coerce(value, ty)
    }

    fn first_candidate(&mut self, partners: &Partners, equality: Option<&Equality>) -> Option<Value> {
        let equality = equality?;
        let key = self.key_value(equality.outer, equality.ty);
        self.look_up(partners, key)
    }
}

/// The variables that a join makes optional and later clauses mention; one at least, which counts the rows.
fn used_pairs(plan: &Plan<'_>, clause: &Clause) -> Vec<(LocalId, LocalId)> {
    let mut used: Vec<_> = clause.optional.iter().copied().filter(|(_, to)| plan.used.contains(to)).collect();
    if used.is_empty() {
        used.extend(clause.optional.first());
    }
    used
}
