//! Partners of a join: where they come from and how they are found.
//!
//! A source that mentions no variable of the query is evaluated once, when the first row asks for it. If the condition
//! starts with an equality between the joined variable and the others, its rows are then linked by key: a map from each
//! key to the first row that has it, and a list from each row to the next one with the same key. So partners come in the
//! order of the source, as they would in a nested loop.
//!
//! Keys are computed at another time than the condition of a nested loop would be. Nobody can tell as long as everything
//! that runs for a row is quiet ([`crate::quiet`]); a query that is not keeps the nested loop.

use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{BinaryOp, Clause, ExprId, ExprKind, LocalId};

use super::Plan;
use crate::Cx;
use crate::body::Jumps;

/// The condition of a join as an equality and the rest.
pub(super) struct Equality {
    /// The side of the joined variable.
    pub inner: ExprId,
    /// The side of the other variables.
    pub outer: ExprId,
    /// The conditions after `&&`.
    pub rest: Vec<ExprId>,
    /// The type of the keys, which both sides are converted to.
    pub ty: Ty,
}

/// How an inner or left join finds partners.
pub(super) struct JoinPlan {
    /// The equality, if rows are linked by it.
    pub equality: Option<Equality>,
    /// What is to be tested of each candidate.
    pub tests: Vec<ExprId>,
    /// Where the source is kept; `None` when it is evaluated for each row.
    kept: Option<Kept>,
}

/// Variables that hold a source once it is evaluated.
struct Kept {
    ready: LocalId,
    list: LocalId,
    index: Option<Index<LocalId>>,
}

/// Rows linked by key.
#[derive(Clone, Copy)]
pub(super) struct Index<T> {
    /// From a key to the first row that has it.
    heads: T,
    /// From a row to the next one with the same key, or [`END`].
    next: T,
}

/// What a join goes through.
pub(super) struct Partners {
    /// The elements, or something of the same length.
    pub list: Value,
    /// Them linked by key.
    pub index: Option<Index<Value>>,
}

/// Joins after so many clauses keep nothing: what is kept is carried through all loops around it.
const MAX_KEPT: usize = 64;
/// The end of a chain of rows.
const END: i64 = -1;
/// What follows the end where an absent partner is visited last: std puts it behind the last row, where position -1 is.
const AFTER_END: i64 = -2;

impl JoinPlan {
    /// Variables to carry through the loops around the join.
    pub fn carried(&self, growing: &[LocalId]) -> Vec<LocalId> {
        let mut all = growing.to_vec();
        if let Some(kept) = &self.kept {
            all.extend([kept.ready, kept.list]);
            all.extend(kept.index.iter().flat_map(|index| [index.heads, index.next]));
        }
        all
    }
}

impl<'a> Cx<'_, 'a> {
    /// Decides how the join at a position finds partners, and prepares the variables for that.
    pub(super) fn plan_join(&mut self, plan: &Plan<'a>, at: usize, on: ExprId) -> JoinPlan {
        let clause = &plan.query.clauses[at];
        if at >= MAX_KEPT || !self.is_independent(plan, at, clause.source) {
            return JoinPlan { equality: None, tests: vec![on], kept: None };
        }
        let equality = self.equality(plan, at, on);
        let no = self.b().bool(false);
        let ready = self.carry(no);
        let ty = self.source_type(clause.source);
        let list = self.growing_list(ty);
        let index = equality.as_ref().map(|equality| {
            let ty = self.lowering.module.types.map(equality.ty, Types::I64);
            let heads = self.op(Op::MapNew, &[], ty);
            Index { heads: self.carry(heads), next: self.growing_list_of(Types::I64) }
        });
        let tests = equality.as_ref().map_or(vec![on], |equality| equality.rest.clone());
        JoinPlan { equality, tests, kept: Some(Kept { ready, list, index }) }
    }

    /// Whether an expression mentions no variable of the rows before a clause.
    fn is_independent(&self, plan: &Plan<'_>, at: usize, e: ExprId) -> bool {
        let mentioned = self.mentioned(&[e]);
        !plan.row_vars(at).any(|var| mentioned.contains(&var))
    }

    /// The type of a source as a list.
    fn source_type(&mut self, source: ExprId) -> Ty {
        let ty = self.type_of(source);
        let elem = match self.kind(ty) {
            TyKind::List(_) => return ty,
            TyKind::Map(key, _) => key,
            TyKind::Str => Types::STR,
            _ => Types::ANY,
        };
        self.lowering.module.types.list(elem)
    }

    /// The condition of a join as an equality, if it starts with one by which rows may be linked.
    pub(super) fn equality(&mut self, plan: &Plan<'a>, at: usize, on: ExprId) -> Option<Equality> {
        let program = self.program;
        let mut rest = Vec::new();
        let mut first = on;
        while let ExprKind::Binary(BinaryOp::And, left, right) = program.exprs[first].kind {
            rest.push(right);
            first = left;
        }
        rest.reverse();
        let ExprKind::Binary(BinaryOp::Eq, a, b) = program.exprs[first].kind else { return None };
        let (inner, outer) = [(a, b), (b, a)].into_iter().find(|&(inner, outer)| {
            let var = plan.query.clauses[at].var;
            self.is_independent(plan, at, inner)
                && self.mentioned(&[inner]).contains(&var)
                && !self.mentioned(&[outer]).contains(&var)
        })?;
        let ty = match (self.type_of(inner), self.type_of(outer)) {
            (a, b) if a == b => a,
            _ => Types::ANY,
        };
        // Functions are compared as they are, not as `any`.
        let comparable = !matches!(self.kind(ty), TyKind::Fn(..));
        (comparable && self.is_quiet(&plan.per_row())).then_some(Equality { inner, outer, rest, ty })
    }

    /// What a join goes through, evaluated if no row has asked for it before.
    pub(super) fn partners(&mut self, plan: &Plan<'a>, clause: &'a Clause, join: &JoinPlan) -> Partners {
        let Some(kept) = &join.kept else {
            return Partners { list: self.source(clause.source), index: None };
        };
        let ready = self.current(kept.ready);
        let (known, new) = (self.new_block(), self.new_block());
        self.b().branch(ready, known, &[], new, &[]);
        let known = self.branch(known, |_| {});
        let new = self.branch(new, |cx| {
            let list = cx.source(clause.source);
            cx.env.set(kept.list, list);
            if let (Some(equality), Some(index)) = (&join.equality, &kept.index) {
                let found = cx.index_of_source(plan, clause, list, equality);
                cx.env.set(index.heads, found.heads);
                cx.env.set(index.next, found.next);
            }
            let yes = cx.b().bool(true);
            cx.env.set(kept.ready, yes);
        });
        self.join(vec![(known, vec![]), (new, vec![])], &[]);
        let index = kept
            .index
            .map(|index| Index { heads: self.current(index.heads), next: self.current(index.next) });
        Partners { list: self.current(kept.list), index }
    }

    /// Links the elements of the source of a join.
    pub(super) fn index_of_source(
        &mut self,
        plan: &Plan<'a>,
        clause: &'a Clause,
        list: Value,
        equality: &Equality,
    ) -> Index<Value> {
        let keys = self.growing_list_of(equality.ty);
        self.each(plan, &[keys], list, |cx, _, item| {
            cx.declare_row(clause.var, item);
            let key = cx.key_value(equality.inner, equality.ty);
            cx.add_to(keys, key);
        });
        let keys = self.current(keys);
        self.index_rows(keys)
    }

    /// Links rows by their keys.
    pub(super) fn index_rows(&mut self, keys: Value) -> Index<Value> {
        let key = match self.kind(self.func.ty(keys)) {
            TyKind::List(key) => key,
            _ => unreachable!("keys are a list"),
        };
        let ty = self.lowering.module.types.map(key, Types::I64);
        let heads = self.op(Op::MapNew, &[], ty);
        let next = self.std_value("index_rows", &[key], &[heads, keys]);
        Index { heads, next }
    }

    /// The first row with a key, or [`END`]; `None` when rows are not linked.
    pub(super) fn look_up(&mut self, partners: &Partners, key: Value) -> Option<Value> {
        let index = partners.index?;
        let end = self.b().int(END);
        Some(self.op(Op::MapGetOr, &[index.heads, key, end], Types::I64))
    }

    /// A loop over the positions of candidates: those from `first` on, or all.
    pub(super) fn candidates(
        &mut self,
        vars: Vec<LocalId>,
        partners: &Partners,
        first: Option<Value>,
        body: impl FnOnce(&mut Self, Value),
    ) {
        match (partners.index, first) {
            (Some(index), Some(first)) => self.chain(vars, index, first, END, body),
            _ => {
                let zero = self.b().int(0);
                let len = self.op(Op::ListLen, &[partners.list], Types::I64);
                self.count_hidden(vars, zero, len, body);
            }
        }
    }

    /// The same with the absent partner behind them; `body` is told which one that is.
    pub(super) fn candidates_and_none(
        &mut self,
        vars: Vec<LocalId>,
        partners: &Partners,
        first: Option<Value>,
        body: impl FnOnce(&mut Self, Value, Value),
    ) {
        let zero = self.b().int(0);
        match (partners.index, first) {
            (Some(index), Some(first)) => self.chain(vars, index, first, AFTER_END, |cx, at| {
                let absent = cx.op(Op::Lt, &[at, zero], Types::BOOL);
                body(cx, at, absent);
            }),
            _ => {
                let len = self.op(Op::ListLen, &[partners.list], Types::I64);
                let one = self.b().int(1);
                let end = self.op(Op::AddWrap, &[len, one], Types::I64);
                self.count_hidden(vars, zero, end, |cx, at| {
                    let absent = cx.op(Op::Ge, &[at, len], Types::BOOL);
                    body(cx, at, absent);
                });
            }
        }
    }

    fn chain(
        &mut self,
        vars: Vec<LocalId>,
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
            |cx, at| cx.op(Op::Ne, &[at[0], end], Types::BOOL),
            |cx, at| body(cx, at[0]),
            |cx, at| vec![cx.op(Op::ListGet, &[index.next, at[0]], Types::I64)],
        );
    }
}

impl Plan<'_> {
    /// The variables of the rows before a clause, present and optional ones.
    fn row_vars(&self, at: usize) -> impl Iterator<Item = LocalId> {
        let clauses = &self.query.clauses[..at];
        let optional = clauses.iter().flat_map(|clause| clause.optional.iter().map(|&(_, to)| to));
        clauses.iter().map(|clause| clause.var).chain(optional)
    }

    /// The expressions that are evaluated while rows are enumerated.
    fn per_row(&self) -> Vec<ExprId> {
        let query = self.query;
        let mut all = Vec::new();
        for (i, clause) in query.clauses.iter().enumerate() {
            all.extend((i > 0).then_some(clause.source));
            all.extend(clause.on());
        }
        all.extend(query.cond);
        match (&query.group, query.sort) {
            (Some(group), _) => all.extend([group.key, group.item]),
            (None, Some(key)) => all.push(key),
            (None, None) => all.push(query.select),
        }
        all
    }
}
