//! Queries: loops over rows, and what becomes of the rows (4.12).
//!
//! [`rows`] nests the clauses, so that a row is a set of variables and conditions run inside the innermost loop; [`join`]
//! looks partners up by hash where the condition is an equality. A row that passes goes straight into the result, into
//! its group, or, when the query sorts, into columns: one list per variable that `select` mentions. Groups, sorting and
//! `distinct` are std functions.
//!
//! The lists that grow are carried through the loops as variables that only lowering knows.

mod join;
mod rows;

use mochi_ir::{Imm, Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{Clause, ExprId, Group, LocalId, Query};
use rustc_hash::FxHashSet;

use crate::Cx;
use crate::body::Jumps;
use crate::storage::mentioned;

/// A query and what its parts share.
struct Plan<'q> {
    query: &'q Query,
    /// Variables of the program that expressions of the query assign.
    assigned: Vec<LocalId>,
    /// Variables whose values somebody needs; see [`Cx::used_variables`].
    used: FxHashSet<LocalId>,
}

/// A variable and the list that holds its value for each of some rows.
#[derive(Clone, Copy)]
struct Column {
    var: LocalId,
    list: LocalId,
}

/// Where rows or groups that have passed all conditions go.
enum Sink {
    /// `select` is evaluated at once.
    Select,
    /// Keys and variables are kept until all are known.
    Sort { keys: LocalId, columns: Vec<Column> },
}

impl Sink {
    /// The lists that grow, beside the result.
    fn lists(&self) -> Vec<LocalId> {
        match self {
            Sink::Select => Vec::new(),
            Sink::Sort { keys, columns } => {
                std::iter::once(*keys).chain(columns.iter().map(|c| c.list)).collect()
            }
        }
    }
}

impl<'a> Cx<'_, 'a> {
    /// The list that a query yields.
    pub fn query(&mut self, e: ExprId, query: &'a Query) -> Value {
        let ty = self.type_of(e);
        let plan = Plan { query, assigned: self.query_locals(e), used: self.used_variables(query) };
        let result = self.growing_list(ty);
        match &query.group {
            None => self.plain_rows(&plan, result),
            Some(group) => self.groups(&plan, group, result),
        }
        self.span = self.program.exprs[e].span;
        let mut list = self.current(result);
        if let (true, TyKind::List(elem)) = (query.distinct, self.kind(ty)) {
            list = self.std_value("distinct", &[elem], &[list]);
        }
        if let Some(skip) = query.skip {
            let from = self.index_value(skip);
            list = self.slice(list, [Some(from), None, None]);
        }
        if let Some(take) = query.take {
            let to = self.index_value(take);
            list = self.slice(list, [None, Some(to), None]);
        }
        list
    }

    fn plain_rows(&mut self, plan: &Plan<'a>, result: LocalId) {
        let query = plan.query;
        let live = live(&query.clauses);
        let sink = self.sink(query, &live);
        let mut growing = sink.lists();
        growing.push(result);
        self.rows(plan, query.clauses.len(), &growing, &mut |cx| {
            cx.filtered(query.cond, |cx| cx.emit(query, &sink, result));
        });
        self.select_sorted(plan, &sink, result);
    }

    fn groups(&mut self, plan: &Plan<'a>, group: &'a Group, result: LocalId) {
        let query = plan.query;
        let (key_ty, item_ty) = (self.type_of(group.key), self.type_of(group.item));
        let types = &mut self.lowering.module.types;
        let items_ty = types.list(item_ty);
        let (keys_ty, groups_ty) = (types.list(key_ty), types.list(items_ty));
        let index_ty = types.map(key_ty, Types::I64);
        // Std adds to these very lists, so they need not be carried.
        let keys = self.op(Op::ListNew, &[], keys_ty);
        let groups = self.op(Op::ListNew, &[], groups_ty);
        let index = self.op(Op::MapNew, &[], index_ty);
        self.rows(plan, query.clauses.len(), &[], &mut |cx| {
            cx.filtered(query.cond, |cx| {
                let key = cx.value(group.key);
                let item = cx.value(group.item);
                cx.std("group_add", &[key_ty, item_ty], &[index, keys, groups, key, item]);
            });
        });
        let sink = self.sink(query, &[group.var]);
        let mut growing = sink.lists();
        growing.push(result);
        self.each(plan, &growing, keys, |cx, at, key| {
            let items = cx.op(Op::ListGet, &[groups, at], items_ty);
            let value = cx.make_group(key, items);
            cx.declare(group.var, value);
            cx.filtered(group.having, |cx| cx.emit(query, &sink, result));
        });
        self.select_sorted(plan, &sink, result);
    }

    /// Evaluates `select` for the rows in order of their keys.
    fn select_sorted(&mut self, plan: &Plan<'a>, sink: &Sink, result: LocalId) {
        let (Sink::Sort { keys, columns }, Some(key)) = (sink, plan.query.sort) else { return };
        self.span = self.program.exprs[key].span;
        let order = self.sort_order(*keys);
        let lists: Vec<Value> = columns.iter().map(|c| self.current(c.list)).collect();
        self.each(plan, &[result], order, |cx, _, at| {
            for (column, &list) in columns.iter().zip(&lists) {
                let value = cx.element(list, at);
                cx.declare(column.var, value);
            }
            cx.select_into(plan.query, result);
        });
    }

    /// The positions of keys in ascending order of the keys.
    fn sort_order(&mut self, keys: LocalId) -> Value {
        let keys = self.current(keys);
        let name = match self.kind(self.func.ty(keys)) {
            TyKind::List(Types::I64) => "sort_ints",
            TyKind::List(Types::F64) => "sort_floats",
            TyKind::List(Types::STR) => "sort_strings",
            _ => "sort_any",
        };
        let any = self.lowering.module.types.list(Types::ANY);
        let keys = if name == "sort_any" { self.coerce(keys, any) } else { keys };
        self.std_value(name, &[], &[keys])
    }

    fn sink(&mut self, query: &Query, live: &[LocalId]) -> Sink {
        let Some(key) = query.sort else { return Sink::Select };
        let ty = self.type_of(key);
        let keys = self.growing_list_of(ty);
        let mentioned = self.mentioned(&[query.select]);
        let vars: Vec<LocalId> = live.iter().copied().filter(|var| mentioned.contains(var)).collect();
        Sink::Sort { keys, columns: self.columns(&vars) }
    }

    /// A row or group that has passed.
    fn emit(&mut self, query: &Query, sink: &Sink, result: LocalId) {
        match (sink, query.sort) {
            (Sink::Sort { keys, columns }, Some(key)) => {
                let key = self.value(key);
                self.add_to(*keys, key);
                self.keep(columns);
            }
            _ => self.select_into(query, result),
        }
    }

    fn select_into(&mut self, query: &Query, result: LocalId) {
        let value = self.value(query.select);
        self.add_to(result, value);
    }

    // ------------------------------------------------------------------------------------------ groups as values

    fn make_group(&mut self, key: Value, items: Value) -> Value {
        let id = self.lowering.types.group(&mut self.lowering.module.types);
        let types = &mut self.lowering.module.types;
        let (ty, items_ty) = (types.intern(TyKind::Struct(id)), types.list(Types::ANY));
        let key = self.coerce(key, Types::ANY);
        let items = self.as_type(items, items_ty);
        self.b().value(Op::StructNew, &[key, items], Imm::Struct(id), ty)
    }

    /// The key or the items of a group, which are of type `ty`.
    pub fn group_part(&mut self, group: Value, field: u32, ty: Ty) -> Value {
        let stored = match field {
            0 => Types::ANY,
            _ => self.lowering.module.types.list(Types::ANY),
        };
        let value = self.b().value(Op::FieldGet, &[group], Imm::Field(field), stored);
        match self.kind(ty) {
            _ if ty == stored => value,
            TyKind::List(_) if field > 0 => self.as_type(value, ty),
            TyKind::I64 | TyKind::F64 | TyKind::Bool | TyKind::Str => self.op(Op::AnyUnbox, &[value], ty),
            _ => self.op(Op::AnyAs, &[value], ty),
        }
    }

    /// A list as one of a type that it is known to have.
    fn as_type(&mut self, list: Value, ty: Ty) -> Value {
        if self.func.ty(list) == ty { list } else { self.op(Op::Retype, &[list], ty) }
    }

    // -------------------------------------------------------------------------------------------------- machinery

    /// The variables that expressions mention, themselves or through functions that they mention.
    fn mentioned(&self, exprs: &[ExprId]) -> FxHashSet<LocalId> {
        mentioned(self.program, &self.lowering.storage, &self.lowering.captures, exprs)
    }

    /// The variables of a query's rows that its expressions mention, and those that other variables come from. A single
    /// clause is not worth the search.
    fn used_variables(&self, query: &Query) -> FxHashSet<LocalId> {
        if query.clauses.len() == 1 {
            return FxHashSet::default();
        }
        let mut used = self.mentioned(&query.children());
        for &(from, to) in query.clauses.iter().rev().flat_map(|clause| &clause.optional) {
            if used.contains(&to) {
                used.insert(from);
            }
        }
        used
    }

    /// A variable of lowering's own with a value to start with.
    fn carry(&mut self, value: Value) -> LocalId {
        let var = self.env.fresh();
        self.env.set(var, value);
        var
    }

    /// The value of a variable of lowering's own.
    fn current(&mut self, var: LocalId) -> Value {
        match self.env.get(var) {
            Some(value) => value,
            None => unreachable!("a carried variable has a value where it is carried"),
        }
    }

    fn growing_list(&mut self, ty: Ty) -> LocalId {
        let list = self.op(Op::ListNew, &[], ty);
        self.carry(list)
    }

    fn growing_list_of(&mut self, elem: Ty) -> LocalId {
        let ty = self.lowering.module.types.list(elem);
        self.growing_list(ty)
    }

    /// Adds a value to a growing list, which nobody else has seen yet.
    fn add_to(&mut self, list: LocalId, value: Value) {
        let old = self.current(list);
        let ty = self.func.ty(old);
        let value = match self.kind(ty) {
            TyKind::List(elem) => self.coerce(value, elem),
            _ => value,
        };
        let new = self.op(Op::ListPush, &[old, value], ty);
        self.env.set(list, new);
    }

    /// Empty columns for variables.
    fn columns(&mut self, vars: &[LocalId]) -> Vec<Column> {
        let mut columns = Vec::with_capacity(vars.len());
        for &var in vars {
            let ty = self.lowering.ty(self.program.locals[var].ty);
            columns.push(Column { var, list: self.growing_list_of(ty) });
        }
        columns
    }

    /// Adds the values that variables have now to their columns.
    fn keep(&mut self, columns: &[Column]) {
        for column in columns {
            let value = self.read(column.var);
            self.add_to(column.list, value);
        }
    }

    /// The element of a list at a position that is in range.
    fn element(&mut self, list: Value, at: Value) -> Value {
        let ty = match self.kind(self.func.ty(list)) {
            TyKind::List(elem) => elem,
            _ => Types::ANY,
        };
        self.op(Op::ListGet, &[list, at], ty)
    }

    /// What a loop of the query carries: growing lists, and what expressions assign.
    fn carried(&self, plan: &Plan<'_>, growing: &[LocalId]) -> Vec<LocalId> {
        plan.assigned.iter().chain(growing).copied().filter(|&var| self.env.get(var).is_some()).collect()
    }

    /// A loop over a list as it is now, with position and element.
    fn each(
        &mut self,
        plan: &Plan<'_>,
        growing: &[LocalId],
        list: Value,
        body: impl FnOnce(&mut Self, Value, Value),
    ) {
        let zero = self.b().int(0);
        let len = self.op(Op::ListLen, &[list], Types::I64);
        let vars = self.carried(plan, growing);
        self.count_hidden(vars, zero, len, |cx, at| {
            let item = cx.element(list, at);
            body(cx, at, item);
        });
    }

    /// A loop over ints that the program does not see.
    fn count_hidden(
        &mut self,
        vars: Vec<LocalId>,
        from: Value,
        to: Value,
        body: impl FnOnce(&mut Self, Value),
    ) {
        self.any_loop(
            Jumps::Outside,
            vars,
            &[from],
            |cx, at| cx.op(Op::Lt, &[at[0], to], Types::BOOL),
            |cx, at| body(cx, at[0]),
            |cx, at| {
                let one = cx.b().int(1);
                // Cannot overflow: the counter is below the upper bound.
                vec![cx.op(Op::AddWrap, &[at[0], one], Types::I64)]
            },
        );
    }

    /// Runs `body` where the condition holds, or always when there is none.
    fn filtered(&mut self, cond: Option<ExprId>, body: impl FnOnce(&mut Self)) {
        match cond {
            None => body(self),
            Some(cond) => {
                let cond = self.value(cond);
                self.when(cond, body);
            }
        }
    }

    fn when(&mut self, cond: Value, body: impl FnOnce(&mut Self)) {
        let (yes, no) = (self.new_block(), self.new_block());
        self.b().branch(cond, yes, &[], no, &[]);
        let then = self.branch(yes, body);
        let otherwise = self.branch(no, |_| {});
        self.join(vec![(then, vec![]), (otherwise, vec![])], &[]);
    }
}

/// The variables of the rows after some clauses, among them ones whose names are hidden by later ones.
fn live(clauses: &[Clause]) -> Vec<LocalId> {
    let mut live = Vec::with_capacity(clauses.len());
    for clause in clauses {
        live.push(clause.var);
        for &(from, to) in &clause.optional {
            live.iter_mut().filter(|var| **var == from).for_each(|var| *var = to);
        }
    }
    live
}
