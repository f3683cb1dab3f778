//! Queries: loops over rows, and what becomes of the rows (4.12).
//!
//! [`rows`] nests the clauses, so that a row is a set of variables and conditions run inside the innermost loop; [`join`]
//! looks partners up by hash where the condition is an equality. A row that passes goes straight into the result, into
//! its group, or, when the query sorts, into columns: one list per variable that `select` mentions. Groups, sorting and
//! `distinct` are std functions.
//!
//! [`narrow`] leaves out what of a group nobody asks for.
//!
//! What a query does is planned from what its parts mention ([`uses`], [`needs`]). The values that grow or change while
//! loops run are [`held`], by the loops as variables that only lowering knows, or in boxes. Where nobody wants the list,
//! [`fold`] makes an aggregate of the values as they come.

mod fold;
mod held;
mod join;
mod limit;
mod narrow;
mod needs;
mod rows;
mod safe;
mod uses;

use mochi_ir::{Imm, Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{ExprId, Group, LocalId, Query};

use crate::Cx;
use crate::body::Jumps;
use fold::Fold;
use held::{Held, Holding};
use limit::Limit;
use needs::Needs;
pub use uses::Uses;

/// A query and what its parts share.
struct Plan<'q> {
    query: &'q Query,
    /// Variables of the program that expressions of the query assign.
    assigned: Vec<LocalId>,
    uses: Uses,
    /// By clause.
    needs: Vec<Needs>,
    /// How what belongs to single clauses is held.
    holding: Holding,
    /// The source of the first clause. It is evaluated before all else, so nothing of the query is live meanwhile.
    first: Value,
}

/// What becomes of the values of `select`.
#[derive(Clone, Copy)]
enum Output {
    /// A list of them.
    List(Held),
    /// An aggregate.
    Fold(Fold),
}

impl Output {
    /// What the loops carry.
    fn carried(self) -> Vec<LocalId> {
        match self {
            Output::List(list) => list.carried().into_iter().collect(),
            Output::Fold(fold) => fold.carried(),
        }
    }
}

/// A variable and the list that holds its value for each of some rows.
#[derive(Clone, Copy)]
struct Column {
    var: LocalId,
    list: Held,
}

/// Where rows or groups that have passed all conditions go.
enum Sink {
    /// `select` is evaluated at once.
    Select,
    /// Keys and variables are kept until all are known.
    Sort { keys: Held, columns: Vec<Column> },
}

impl Sink {
    /// The lists that the loops carry, beside the output.
    fn carried(&self) -> Vec<LocalId> {
        match self {
            Sink::Select => Vec::new(),
            Sink::Sort { keys, columns } => std::iter::once(keys)
                .chain(columns.iter().map(|c| &c.list))
                .flat_map(|l| l.carried())
                .collect(),
        }
    }
}

impl<'a> Cx<'_, 'a> {
    /// The list that a query yields.
    pub fn query(&mut self, e: ExprId, query: &'a Query) -> Value {
        let ty = self.type_of(e);
        let plan = self.plan(e, query);
        let list = self.op(Op::ListNew, &[], ty);
        let result = self.hold(Holding::Carry, list);
        let limit = self.limit(&plan, result);
        self.run_query(&plan, Output::List(result), limit.as_ref());
        self.span = self.program.exprs[e].span;
        let mut list = self.held(result);
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

    /// Decides how a query runs, and evaluates its first source.
    fn plan(&mut self, e: ExprId, query: &'a Query) -> Plan<'a> {
        let uses = self.uses(query);
        let needs = Needs::of(self.program, query, &uses);
        let assigned = self.query_locals(e);
        let first = self.source(query.clauses[0].source);
        Plan { query, assigned, uses, needs, holding: Holding::of(&query.clauses), first }
    }

    /// Gives what `select` yields for the rows or groups to the output.
    fn run_query(&mut self, plan: &Plan<'a>, output: Output, limit: Option<&Limit>) {
        match &plan.query.group {
            None => self.plain_rows(plan, output, limit),
            Some(group) => self.groups(plan, group, output),
        }
    }

    fn plain_rows(&mut self, plan: &Plan<'a>, output: Output, limit: Option<&Limit>) {
        let query = plan.query;
        let sink = self.sink(plan);
        let mut growing = sink.carried();
        growing.extend(output.carried());
        let loops = Loops { growing: &growing, limit };
        self.rows(plan, query.clauses.len(), loops, &mut |cx| {
            cx.filtered(query.cond, |cx| cx.emit(query, &sink, output));
        });
        self.select_sorted(plan, &sink, output);
    }

    fn groups(&mut self, plan: &Plan<'a>, group: &'a Group, output: Output) {
        let query = plan.query;
        let item = self.item_of_group(query, group);
        let (key_ty, item_ty) = (self.type_of(group.key), self.type_of(item));
        let types = &mut self.lowering.module.types;
        let items_ty = types.list(item_ty);
        let (keys_ty, groups_ty) = (types.list(key_ty), types.list(items_ty));
        let index_ty = types.map(key_ty, Types::I64);
        // Std adds to these very lists, so they need not be carried.
        let keys = self.op(Op::ListNew, &[], keys_ty);
        let groups = self.op(Op::ListNew, &[], groups_ty);
        let index = self.op(Op::MapNew, &[], index_ty);
        self.rows(plan, query.clauses.len(), Loops::growing(&[]), &mut |cx| {
            cx.filtered(query.cond, |cx| {
                let key = cx.value(group.key);
                let item = cx.value(item);
                cx.std("group_add", &[key_ty, item_ty], &[index, keys, groups, key, item]);
            });
        });
        let sink = self.sink(plan);
        let mut growing = sink.carried();
        growing.extend(output.carried());
        self.each(plan, Loops::growing(&growing), keys, |cx, at, key| {
            let items = cx.op(Op::ListGet, &[groups, at], items_ty);
            let value = cx.make_group(key, items);
            cx.declare(group.var, value);
            cx.filtered(group.having, |cx| cx.emit(query, &sink, output));
        });
        self.select_sorted(plan, &sink, output);
    }

    /// Evaluates `select` for the rows in order of their keys.
    fn select_sorted(&mut self, plan: &Plan<'a>, sink: &Sink, output: Output) {
        let (Sink::Sort { keys, columns }, Some(key)) = (sink, plan.query.sort) else { return };
        self.span = self.program.exprs[key].span;
        let order = self.sort_order(*keys);
        let lists = self.column_lists(columns);
        self.each(plan, Loops::growing(&output.carried()), order, |cx, _, at| {
            cx.declare_columns(columns, &lists, at);
            cx.select_into(plan.query, output);
        });
    }

    /// The positions of keys in ascending order of the keys.
    fn sort_order(&mut self, keys: Held) -> Value {
        let keys = self.held(keys);
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

    fn sink(&mut self, plan: &Plan<'_>) -> Sink {
        let Some(key) = plan.query.sort else { return Sink::Select };
        let ty = self.type_of(key);
        let keys = self.growing_list(plan.holding, ty);
        Sink::Sort { keys, columns: self.columns(plan, plan.uses.of(plan.query.select)) }
    }

    /// A row or group that has passed.
    fn emit(&mut self, query: &Query, sink: &Sink, output: Output) {
        match (sink, query.sort) {
            (Sink::Sort { keys, columns }, Some(key)) => {
                let key = self.value(key);
                self.add_to(*keys, key);
                self.keep(columns);
            }
            _ => self.select_into(query, output),
        }
    }

    fn select_into(&mut self, query: &Query, output: Output) {
        let value = self.value(query.select);
        match output {
            Output::List(list) => self.add_to(list, value),
            Output::Fold(fold) => self.fold_in(fold, value),
        }
    }

    // ------------------------------------------------------------------------------------------ groups as values

    fn make_group(&mut self, key: Value, items: Value) -> Value {
        let id = self.lowering.types.group(&mut self.lowering.module.types);
        let types = &mut self.lowering.module.types;
        let (ty, items_ty) = (types.intern(TyKind::Struct(id)), types.list(Types::ANY));
        let key = self.coerce(key, Types::ANY);
        let items = self.coerce(items, items_ty);
        self.b().value(Op::StructNew, &[key, items], Imm::Struct(id), ty)
    }

    /// The key or the items of a group, which are of type `ty`.
    pub fn group_part(&mut self, group: Value, field: u32, ty: Ty) -> Value {
        let stored = match field {
            0 => Types::ANY,
            _ => self.lowering.module.types.list(Types::ANY),
        };
        let value = self.b().value(Op::FieldGet, &[group], Imm::Field(field), stored);
        self.coerce(value, ty)
    }

    // -------------------------------------------------------------------------------------------------- machinery

    /// Empty columns for variables.
    fn columns(&mut self, plan: &Plan<'_>, vars: &[LocalId]) -> Vec<Column> {
        let mut columns = Vec::with_capacity(vars.len());
        for &var in vars {
            let ty = self.lowering.ty(self.program.locals[var].ty);
            columns.push(Column { var, list: self.growing_list(plan.holding, ty) });
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

    fn column_lists(&mut self, columns: &[Column]) -> Vec<Value> {
        columns.iter().map(|column| self.held(column.list)).collect()
    }

    /// Gives variables the values that they had in the row at a position.
    fn declare_columns(&mut self, columns: &[Column], lists: &[Value], at: Value) {
        for (column, &list) in columns.iter().zip(lists) {
            let value = self.element(list, at);
            self.declare(column.var, value);
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
        loops: Loops<'_>,
        list: Value,
        body: impl FnOnce(&mut Self, Value, Value),
    ) {
        let zero = self.b().int(0);
        let len = self.op(Op::ListLen, &[list], Types::I64);
        let vars = self.carried(plan, loops.growing);
        self.count_hidden(vars, loops.limit, zero, len, |cx, at| {
            let item = cx.element(list, at);
            body(cx, at, item);
        });
    }

    /// A loop over ints that the program does not see.
    fn count_hidden(
        &mut self,
        vars: Vec<LocalId>,
        limit: Option<&Limit>,
        from: Value,
        to: Value,
        body: impl FnOnce(&mut Self, Value),
    ) {
        self.any_loop(
            Jumps::Outside,
            vars,
            &[from],
            |cx, at| {
                let more = cx.op(Op::Lt, &[at[0], to], Types::BOOL);
                cx.within(limit, more)
            },
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

/// What all loops over the rows of some clauses have in common.
#[derive(Clone, Copy)]
struct Loops<'l> {
    /// The variables of lowering's own that the innermost code changes.
    growing: &'l [LocalId],
    /// When the loops may end early.
    limit: Option<&'l Limit>,
}

impl<'l> Loops<'l> {
    /// Loops that go on to the end.
    fn growing(growing: &'l [LocalId]) -> Self {
        Self { growing, limit: None }
    }
}
