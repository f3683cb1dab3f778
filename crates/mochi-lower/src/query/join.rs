//! Partners of a join: where they come from and how they are found.
//!
//! A source that mentions no variable of the query is evaluated once, when the first row asks for it. If the condition
//! starts with an equality between the joined variable and the others, its rows are then linked by key: a map from each
//! key to the first row that has it, and a list from each row to the next one with the same key. So partners come in the
//! order of the source, as they would in a nested loop. Further equalities become parts of the key where nobody can tell
//! that they are tested earlier, and for rows that the first one excludes.
//!
//! Keys are computed at another time than the condition of a nested loop would be. Nobody can tell as long as everything
//! that runs for a row is quiet ([`crate::quiet`]); a query that is not keeps the nested loop.

use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{Clause, ExprId, LocalId};

use super::held::Held;
use super::limit::Limit;
use super::safe::Safety;
use super::uses::{conjuncts, sides};
use super::{Column, Loops, Plan};
use crate::Cx;
use crate::body::Jumps;

/// The condition of a join as equalities and the rest.
pub(super) struct Equality {
    /// The sides of the joined variable.
    pub inner: Vec<ExprId>,
    /// The sides of the other variables.
    pub outer: Vec<ExprId>,
    /// The conditions that are left.
    pub rest: Vec<ExprId>,
    /// The type of the keys: that which both sides are converted to, or a list of several.
    pub ty: Ty,
}

/// How an inner, left or outer join finds partners.
pub(super) struct JoinPlan {
    /// The equality, if rows are linked by it.
    pub equality: Option<Equality>,
    /// What is to be tested of each candidate.
    pub tests: Vec<ExprId>,
    /// Where the source is kept; `None` when it is evaluated for each row.
    kept: Option<Kept>,
    /// The source, if it is evaluated before any row asks for it. Its rows are linked later nevertheless, since their keys
    /// are not to be computed where there is no row to compare them with.
    pub source: Option<Value>,
}

/// Where a source is once it is evaluated.
struct Kept {
    ready: Held,
    list: Held,
    index: Option<Index<Held>>,
}

/// Rows linked by key.
#[derive(Clone, Copy)]
pub(super) struct Index<T> {
    /// From a key to the first row that has it.
    heads: T,
    /// From a row to the next one with the same key, or [`END`], see [`Cx::next_row`].
    next: T,
}

/// What a join goes through.
pub(super) struct Partners {
    /// The elements, or something of the same length.
    pub list: Value,
    /// Them linked by key.
    pub index: Option<Index<Value>>,
}

/// More equalities than this are conditions, since instructions have few operands in bytecode.
const MAX_KEYS: usize = 16;
/// The end of a chain of rows.
const END: i64 = -1;
/// What follows the end where an absent partner is visited last: std puts it behind the last row, where position -1 is.
const AFTER_END: i64 = -2;

impl JoinPlan {
    /// Variables to carry through the loops around the join.
    pub fn carried(&self, growing: &[LocalId]) -> Vec<LocalId> {
        let mut all = growing.to_vec();
        if let Some(kept) = &self.kept {
            let index = kept.index.iter().flat_map(|index| [index.heads, index.next]);
            all.extend([kept.ready, kept.list].into_iter().chain(index).filter_map(Held::carried));
        }
        all
    }
}

impl<'a> Cx<'_, 'a> {
    /// Decides how the join at a position finds partners, and prepares the variables for that.
    pub(super) fn plan_join(&mut self, plan: &Plan<'a>, at: usize, on: ExprId) -> JoinPlan {
        let clause = &plan.query.clauses[at];
        if !plan.uses.is_free(clause.source) {
            return JoinPlan { equality: None, tests: vec![on], kept: None, source: None };
        }
        let equality = self.equality(plan, at, on);
        let no = self.b().bool(false);
        let ready = self.hold(plan.holding, no);
        let elem = self.element_of_source(clause.source);
        let list = self.growing_list(plan.holding, elem);
        let index = equality.as_ref().map(|equality| {
            let ty = self.lowering.module.types.map(equality.ty, Types::I64);
            let heads = self.op(Op::MapNew, &[], ty);
            let heads = self.hold(plan.holding, heads);
            Index { heads, next: self.growing_list(plan.holding, Types::I64) }
        });
        let tests = equality.as_ref().map_or(vec![on], |equality| equality.rest.clone());
        JoinPlan { equality, tests, kept: Some(Kept { ready, list, index }), source: None }
    }

    /// The type of the elements of a source.
    fn element_of_source(&mut self, source: ExprId) -> Ty {
        let ty = self.type_of(source);
        match self.kind(ty) {
            TyKind::List(elem) | TyKind::Map(elem, _) => elem,
            TyKind::Str => Types::STR,
            _ => Types::ANY,
        }
    }

    /// The condition of a join as equalities, if it starts with one by which rows may be linked.
    pub(super) fn equality(&mut self, plan: &Plan<'a>, at: usize, on: ExprId) -> Option<Equality> {
        if plan.uses.loud_rows {
            return None;
        }
        let conditions = conjuncts(self.program, on);
        let (&first, others) = conditions.split_first()?;
        let (inner, outer, ty) = self.key_sides(plan, at, first)?;
        let mut equality = Equality { inner: vec![inner], outer: vec![outer], rest: Vec::new(), ty };
        // Rows that the first equality excludes would not get to the others, which must not fail for them, and must not
        // go before something that might.
        let mut safety = Safety::default();
        self.add_present(inner, &mut safety);
        self.add_present(outer, &mut safety);
        let mut may_pass = true;
        for &cond in others {
            let sides = self.key_sides(plan, at, cond).filter(|_| may_pass);
            match sides {
                Some((inner, outer, _))
                    if equality.inner.len() < MAX_KEYS
                        && [inner, outer].iter().all(|&e| self.is_safe(e, &mut safety)) =>
                {
                    equality.inner.push(inner);
                    equality.outer.push(outer);
                    equality.ty = self.lowering.module.types.list(Types::ANY);
                }
                _ => {
                    equality.rest.push(cond);
                    may_pass = may_pass && self.is_safe(cond, &mut safety);
                }
            }
        }
        Some(equality)
    }

    /// The sides of a condition that is an equality between the variable of a join and the others, that of the variable
    /// first, and the type in which they are compared.
    fn key_sides(&mut self, plan: &Plan<'a>, at: usize, cond: ExprId) -> Option<(ExprId, ExprId, Ty)> {
        let (left, right) = sides(self.program, cond)?;
        let var = plan.query.clauses[at].var;
        let (inner, outer) = [(left, right), (right, left)]
            .into_iter()
            .find(|&(inner, outer)| plan.uses.of(inner) == [var] && !plan.uses.mentions(outer, var))?;
        let ty = match (self.type_of(inner), self.type_of(outer)) {
            (a, b) if a == b => a,
            _ => Types::ANY,
        };
        // Functions are compared as they are, not as `any`.
        (!matches!(self.kind(ty), TyKind::Fn(..))).then_some((inner, outer, ty))
    }

    /// What a join goes through, evaluated if no row has asked for it before.
    pub(super) fn partners(&mut self, plan: &Plan<'a>, clause: &'a Clause, join: &JoinPlan) -> Partners {
        let kept = match (&join.kept, join.source) {
            (Some(kept), source) if source.is_none() || kept.index.is_some() => kept,
            (_, source) => {
                let list = source.unwrap_or_else(|| self.source(clause.source));
                return Partners { list, index: None };
            }
        };
        let ready = self.held(kept.ready);
        let (known, new) = (self.new_block(), self.new_block());
        self.b().branch(ready, known, &[], new, &[]);
        let known = self.branch(known, |_| {});
        let new = self.branch(new, |cx| {
            let list = join.source.unwrap_or_else(|| cx.source(clause.source));
            cx.set_held(kept.list, list);
            if let (Some(equality), Some(index)) = (&join.equality, &kept.index) {
                let found = cx.index_of_source(plan, clause, list, equality);
                cx.set_held(index.heads, found.heads);
                cx.set_held(index.next, found.next);
            }
            let yes = cx.b().bool(true);
            cx.set_held(kept.ready, yes);
        });
        self.join(vec![(known, vec![]), (new, vec![])], &[]);
        let index =
            kept.index.map(|index| Index { heads: self.held(index.heads), next: self.held(index.next) });
        Partners { list: join.source.unwrap_or_else(|| self.held(kept.list)), index }
    }

    /// Links the elements of the source of a join.
    pub(super) fn index_of_source(
        &mut self,
        plan: &Plan<'a>,
        clause: &'a Clause,
        list: Value,
        equality: &Equality,
    ) -> Index<Value> {
        let keys = self.growing_list(plan.holding, equality.ty);
        let growing: Vec<LocalId> = keys.carried().into_iter().collect();
        self.each(plan, Loops::growing(&growing), list, |cx, _, item| {
            cx.declare_row(clause.var, item);
            let key = cx.key_value(&equality.inner, equality.ty);
            cx.add_to(keys, key);
        });
        let keys = self.held(keys);
        self.index_rows(keys)
    }

    /// Links the rows before a right join, which are in columns, unless the joined `source` is empty.
    pub(super) fn index_of_rows(
        &mut self,
        plan: &Plan<'a>,
        columns: &[Column],
        lists: &[Value],
        source: Value,
        equality: &Equality,
    ) -> Index<Value> {
        let keys = self.growing_list(plan.holding, equality.ty);
        let growing: Vec<LocalId> = keys.carried().into_iter().collect();
        let zero = self.b().int(0);
        let len = self.op(Op::ListLen, &[source], Types::I64);
        let some = self.op(Op::Lt, &[zero, len], Types::BOOL);
        self.when(some, |cx| {
            cx.each(plan, Loops::growing(&growing), lists[0], |cx, at, _| {
                cx.declare_columns(columns, lists, at);
                let key = cx.key_value(&equality.outer, equality.ty);
                cx.add_to(keys, key);
            });
        });
        let keys = self.held(keys);
        self.index_rows(keys)
    }

    /// Links rows by their keys.
    fn index_rows(&mut self, keys: Value) -> Index<Value> {
        let key = match self.kind(self.func.ty(keys)) {
            TyKind::List(key) => key,
            _ => unreachable!("keys are a list"),
        };
        let ty = self.lowering.module.types.map(key, Types::I64);
        let heads = self.op(Op::MapNew, &[], ty);
        let next = self.std_value("index_rows", &[key], &[heads, keys]);
        Index { heads, next }
    }

    /// What stands for no row.
    pub(super) fn end_of_chain(&mut self) -> Value {
        self.b().int(END)
    }

    /// The first row with a key, or [`END`]; `None` when rows are not linked.
    pub(super) fn look_up(&mut self, partners: &Partners, key: Value) -> Option<Value> {
        let index = partners.index?;
        let end = self.end_of_chain();
        Some(self.op(Op::MapGetOr, &[index.heads, key, end], Types::I64))
    }

    /// A loop over the positions of candidates: those from `first` on, or all.
    pub(super) fn candidates(
        &mut self,
        vars: Vec<LocalId>,
        limit: Option<&Limit>,
        partners: &Partners,
        first: Option<Value>,
        body: impl FnOnce(&mut Self, Value),
    ) {
        match (partners.index, first) {
            (Some(index), Some(first)) => self.chain(vars, limit, index, first, END, body),
            _ => {
                let zero = self.b().int(0);
                let len = self.op(Op::ListLen, &[partners.list], Types::I64);
                self.count_hidden(vars, limit, zero, len, body);
            }
        }
    }

    /// The same with the absent partner behind them; `body` is told which one that is.
    pub(super) fn candidates_and_none(
        &mut self,
        vars: Vec<LocalId>,
        limit: Option<&Limit>,
        partners: &Partners,
        first: Option<Value>,
        body: impl FnOnce(&mut Self, Value, Value),
    ) {
        let zero = self.b().int(0);
        match (partners.index, first) {
            (Some(index), Some(first)) => self.chain(vars, limit, index, first, AFTER_END, |cx, at| {
                let absent = cx.op(Op::Lt, &[at, zero], Types::BOOL);
                body(cx, at, absent);
            }),
            _ => {
                let len = self.op(Op::ListLen, &[partners.list], Types::I64);
                let one = self.b().int(1);
                let end = self.op(Op::AddWrap, &[len, one], Types::I64);
                self.count_hidden(vars, limit, zero, end, |cx, at| {
                    let absent = cx.op(Op::Ge, &[at, len], Types::BOOL);
                    body(cx, at, absent);
                });
            }
        }
    }

    fn chain(
        &mut self,
        vars: Vec<LocalId>,
        limit: Option<&Limit>,
        index: Index<Value>,
        first: Value,
        end: i64,
        body: impl FnOnce(&mut Self, Value),
    ) {
        let end = self.b().int(end);
        self.any_loop(
            Jumps::Outside,
            vars,
            &[first],
            |cx, at| {
                let more = cx.op(Op::Ne, &[at[0], end], Types::BOOL);
                cx.within(limit, more)
            },
            |cx, at| body(cx, at[0]),
            |cx, at| vec![cx.next_row(index, at[0])],
        );
    }

    /// The next row with the key of one, or [`END`]; [`AFTER_END`] behind that. Rows that have no next one may be missing in
    /// the list.
    fn next_row(&mut self, index: Index<Value>, at: Value) -> Value {
        let len = self.op(Op::ListLen, &[index.next], Types::I64);
        let one = self.b().int(1);
        let last = self.op(Op::SubWrap, &[len, one], Types::I64);
        let there = self.op(Op::Lt, &[at, last], Types::BOOL);
        let (yes, no) = (self.new_block(), self.new_block());
        self.b().branch(there, yes, &[], no, &[]);
        let mut found = Vec::new();
        let listed = self.branch(yes, |cx| found.push(cx.op(Op::ListGet, &[index.next, at], Types::I64)));
        let missing = self.branch(no, |cx| found.push(cx.end_of_chain()));
        self.join(vec![(listed, vec![found[0]]), (missing, vec![found[1]])], &[Types::I64])[0]
    }
}
