//! The rows of a query: its clauses as nested loops (4.12, 1).
//!
//! Sources and inner or left joins are loops inside of each other. A right join goes through its own source first, so
//! the rows before it are kept in columns; the rows of an outer join are kept, since those without a partner come last.
//! Either way, the code for what follows a clause exists once.

use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{ClauseKind, ExprId, JoinKind, LocalId};

use super::held::Holding;
use super::join::{JoinPlan, Partners};
use super::{Column, Loops, Plan};
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
    /// Runs `body` for each row of the first `count` clauses.
    pub(super) fn rows(
        &mut self,
        plan: &Plan<'a>,
        count: usize,
        loops: Loops<'_>,
        body: &mut dyn FnMut(&mut Self),
    ) {
        let Some(before) = count.checked_sub(1) else { return body(self) };
        let clause = &plan.query.clauses[before];
        match clause.kind {
            ClauseKind::From => self.rows(plan, before, loops, &mut |cx| {
                let list = if before == 0 { plan.first } else { cx.source(clause.source) };
                cx.each(plan, loops, list, |cx, _, item| {
                    cx.declare_row(clause.var, item);
                    body(cx);
                });
            }),
            ClauseKind::Join(JoinKind::Inner, on) => self.inner_join(plan, before, on, loops, body),
            ClauseKind::Join(JoinKind::Left, on) => self.left_join(plan, before, on, loops, body),
            ClauseKind::Join(JoinKind::Right, on) => self.right_join(plan, before, on, loops, body),
            ClauseKind::Join(JoinKind::Outer, on) => self.outer_join(plan, before, on, loops, body),
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
        let ty = self.narrowed_row(var).unwrap_or_else(|| self.lowering.ty(self.program.locals[var].ty));
        let item = self.coerce(item, ty);
        self.declare(var, item);
    }

    fn inner_join(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        on: ExprId,
        loops: Loops<'_>,
        body: &mut dyn FnMut(&mut Self),
    ) {
        let var = plan.query.clauses[at].var;
        let join = self.plan_join(plan, at, on);
        self.rows_with_partners(plan, at, &join, loops, &mut |cx, partners, first| {
            let vars = cx.carried(plan, loops.growing);
            cx.candidates(vars, loops.limit, partners, first, |cx, at| {
                let item = cx.element(partners.list, at);
                cx.declare_row(var, item);
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
        loops: Loops<'_>,
        body: &mut dyn FnMut(&mut Self),
    ) {
        let var = plan.query.clauses[at].var;
        let pairs = &plan.needs[at].optional;
        let join = self.plan_join(plan, at, on);
        self.rows_with_partners(plan, at, &join, loops, &mut |cx, partners, first| {
            let optional = Optional { partners, first, tests: &join.tests, pairs };
            let bind = |cx: &mut Self, at| {
                let item = cx.element(partners.list, at);
                cx.declare_row(var, item);
            };
            cx.optional_candidates(plan, loops, &optional, bind, |cx, _, _| body(cx));
        });
    }

    /// Runs `body` for each row before an inner or left join, with what the join goes through and, when rows are linked
    /// by key, the first candidate.
    fn rows_with_partners(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        join: &JoinPlan,
        loops: Loops<'_>,
        body: &mut dyn FnMut(&mut Self, &Partners, Option<Value>),
    ) {
        let inside = join.carried(loops.growing);
        self.rows(plan, at, Loops { growing: &inside, ..loops }, &mut |cx| {
            let partners = cx.partners(plan, &plan.query.clauses[at], join);
            let first = join.equality.as_ref().and_then(|eq| cx.first_candidate(&partners, &eq.outer, eq.ty));
            body(cx, &partners, first);
        });
    }

    /// Rows without a partner in `rows` get absent values for the variables of `rows`.
    fn right_join(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        on: ExprId,
        loops: Loops<'_>,
        body: &mut dyn FnMut(&mut Self),
    ) {
        let clause = &plan.query.clauses[at];
        let equality = self.equality(plan, at, on);
        let earlier = self.columns(plan, &plan.needs[at].earlier);
        let growing = carried(&earlier);
        self.rows(plan, at, Loops::growing(&growing), &mut |cx| cx.keep(&earlier));
        let lists = self.column_lists(&earlier);
        let list = self.source(clause.source);
        let index = equality.as_ref().map(|eq| self.index_of_rows(plan, &earlier, &lists, list, eq));
        let partners = Partners { list: lists[0], index };
        let tests = equality.as_ref().map_or(vec![on], |equality| equality.rest.clone());
        self.each(plan, loops, list, |cx, _, item| {
            cx.declare_row(clause.var, item);
            let first = equality.as_ref().and_then(|eq| cx.first_candidate(&partners, &eq.inner, eq.ty));
            let pairs = &plan.needs[at].optional;
            let optional = Optional { partners: &partners, first, tests: &tests, pairs };
            let bind = |cx: &mut Self, at| cx.declare_columns(&earlier, &lists, at);
            cx.optional_candidates(plan, loops, &optional, bind, |cx, _, _| body(cx));
        });
    }

    fn outer_join(
        &mut self,
        plan: &Plan<'a>,
        at: usize,
        on: ExprId,
        loops: Loops<'_>,
        body: &mut dyn FnMut(&mut Self),
    ) {
        let clause = &plan.query.clauses[at];
        let mut join = self.plan_join(plan, at, on);
        let list = self.source(clause.source);
        join.source = Some(list);
        let len = self.op(Op::ListLen, &[list], Types::I64);
        let met = self.std_value("unmet", &[], &[len]);
        let pairs = &plan.needs[at].optional;
        let after: Vec<LocalId> = pairs.iter().map(|&(_, to)| to).collect();
        let columns = self.columns(plan, &after);
        let growing = carried(&columns);
        let keeping = Loops::growing(&growing);
        let own: Vec<_> = pairs.iter().copied().filter(|pair| pair.0 == clause.var).collect();
        self.rows_with_partners(plan, at, &join, keeping, &mut |cx, partners, first| {
            let optional = Optional { partners, first, tests: &join.tests, pairs: &own };
            let bind = |cx: &mut Self, at| {
                let item = cx.element(list, at);
                cx.declare_row(clause.var, item);
            };
            cx.optional_candidates(plan, keeping, &optional, bind, |cx, at, absent| {
                let present = cx.op(Op::Not, &[absent], Types::BOOL);
                cx.when(present, |cx| {
                    let yes = cx.b().bool(true);
                    cx.effect(Op::ListSet, &[met, at, yes]);
                });
                for (column, &(from, to)) in columns.iter().zip(pairs) {
                    let value = cx.read(if from == clause.var { to } else { from });
                    cx.add_to(column.list, value);
                }
            });
        });
        self.each(plan, keeping, list, |cx, at, item| {
            let met = cx.element(met, at);
            let alone = cx.op(Op::Not, &[met], Types::BOOL);
            cx.when(alone, |cx| {
                for (column, &(from, to)) in columns.iter().zip(pairs) {
                    let ty = cx.lowering.ty(cx.program.locals[to].ty);
                    let value = if from == clause.var { cx.coerce(item, ty) } else { cx.zero(ty) };
                    cx.add_to(column.list, value);
                }
            });
        });
        let lists = self.column_lists(&columns);
        self.each(plan, loops, lists[0], |cx, at, _| {
            cx.declare_columns(&columns, &lists, at);
            body(cx);
        });
    }

    /// A loop over the candidates for a partner, and then, when none passed the tests, over the absent one. `bind`
    /// declares the variables of a candidate; `body` gets its position and whether it is the absent one.
    fn optional_candidates(
        &mut self,
        plan: &Plan<'a>,
        loops: Loops<'_>,
        optional: &Optional<'_>,
        bind: impl FnOnce(&mut Self, Value),
        body: impl FnOnce(&mut Self, Value, Value),
    ) {
        let Optional { partners, first, tests, pairs } = *optional;
        let no = self.b().bool(false);
        let met = self.hold(Holding::Carry, no);
        let mut vars = self.carried(plan, loops.growing);
        vars.extend(met.carried());
        self.candidates_and_none(vars, loops.limit, partners, first, |cx, at, absent| {
            let (none, some) = (cx.new_block(), cx.new_block());
            cx.b().branch(absent, none, &[], some, &[]);
            let mut tys = vec![Types::BOOL];
            tys.extend(pairs.iter().map(|&(_, to)| cx.lowering.ty(cx.program.locals[to].ty)));
            let mut values = Vec::with_capacity(tys.len());
            let without = cx.branch(none, |cx| {
                let met = cx.held(met);
                values.push(cx.op(Op::Not, &[met], Types::BOOL));
                values.extend(tys[1..].iter().map(|&ty| cx.zero(ty)).collect::<Vec<_>>());
            });
            let without = (without, std::mem::take(&mut values));
            let with = cx.branch(some, |cx| {
                bind(cx, at);
                let fits = cx.all_hold(tests);
                let before = cx.held(met);
                let now = cx.op(Op::Select, &[fits, fits, before], Types::BOOL);
                cx.set_held(met, now);
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

    /// The key that the sides of one variable have in the current row.
    pub(super) fn key_value(&mut self, sides: &[ExprId], ty: Ty) -> Value {
        if let &[side] = sides {
            let value = self.value(side);
            return self.coerce(value, ty);
        }
        let mut parts = Vec::with_capacity(sides.len());
        for &side in sides {
            let value = self.value(side);
            parts.push(self.coerce(value, Types::ANY));
        }
        self.op(Op::ListNew, &parts, ty)
    }

    /// The first candidate for a key that is made of the sides of the other variables; `None` when rows are not linked.
    fn first_candidate(&mut self, partners: &Partners, sides: &[ExprId], key: Ty) -> Option<Value> {
        partners.index?;
        // Without candidates the condition would not be evaluated, and must not fail.
        let zero = self.b().int(0);
        let len = self.op(Op::ListLen, &[partners.list], Types::I64);
        let some = self.op(Op::Lt, &[zero, len], Types::BOOL);
        let (yes, no) = (self.new_block(), self.new_block());
        self.b().branch(some, yes, &[], no, &[]);
        let mut found = Vec::new();
        let with = self.branch(yes, |cx| {
            let key = cx.key_value(sides, key);
            found.extend(cx.look_up(partners, key));
        });
        let end = self.branch(no, |cx| found.push(cx.end_of_chain()));
        Some(self.join(vec![(with, vec![found[0]]), (end, vec![found[1]])], &[Types::I64])[0])
    }
}

/// What loops carry that add to columns.
fn carried(columns: &[Column]) -> Vec<LocalId> {
    columns.iter().filter_map(|column| column.list.carried()).collect()
}
