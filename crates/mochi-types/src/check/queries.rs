//! Queries (2.4, 3.5, 4.12): the variables of their clauses, the conditions, groups and aggregates.
//!
//! A query is one scope. Grouping replaces its variables by the group; `skip`, `take` and the sources of right and outer
//! joins see none of them.

use mochi_base::diag::codes::{T032, T033, T034, T035, T042, T055, T056, T057};
use mochi_base::{Diagnostic, Name, Span};
use mochi_syntax::tree::{self, ExprKind as Written, JoinKind};

use super::Checker;
use super::names::Meaning;
use super::scopes::{Binding, Mark};
use crate::ty::{StructId, Ty, TyKind, Types};
use crate::typed::*;

/// A variable of the rows that the clauses so far yield.
#[derive(Clone, Copy)]
struct RowVar {
    name: tree::Ident,
    local: LocalId,
}

/// Position of the key in a group.
const KEY: u32 = 0;
/// Position of the items in a group.
const ITEMS: u32 = 1;

impl<'a> Checker<'a> {
    /// `from ... select`.
    #[inline(never)]
    pub(super) fn query(&mut self, query: &'a tree::Query, span: Span, expected: Option<Ty>) -> ExprId {
        let aggregate = self.aggregate(query);
        let select = aggregate.map_or(query.select, |(_, argument)| argument);
        let expected_elem = match expected.map(|ty| self.kind(ty)) {
            Some(&TyKind::List(elem)) if aggregate.is_none() => Some(elem),
            _ => None,
        };
        let facts = self.narrowed.mark();
        let scope = self.scopes.open();
        let (mut typed, elem) = self.query_rows(query, select, span, scope, expected_elem);
        self.scopes.close(scope);
        self.narrowed.forget(facts);
        typed.skip = query.skip.map(|e| self.row_count(e, "skip"));
        typed.take = query.take.map(|e| self.row_count(e, "take"));
        if elem == Types::ERROR {
            return self.error_expr(span);
        }
        let ty = self.types.list(elem);
        let list = self.push(ExprKind::Query(Box::new(typed)), ty, span);
        match aggregate {
            None => list,
            Some((row, _)) => {
                let at = self.tree.exprs[query.select].span;
                self.builtin(row, Some(list), &[], at, expected)
            }
        }
    }

    /// The built-in and its argument when the whole `select` of a query without groups is one call of `sum`, `avg`,
    /// `min`, `max` or `count` (4.12, 7). A function of the program with such a name is no aggregate.
    fn aggregate(&mut self, query: &tree::Query) -> Option<(&'static super::builtins::Row, tree::ExprId)> {
        let Written::Call { callee, args, .. } = &self.tree.exprs[query.select].kind else { return None };
        let (Written::Name(name), &[argument]) = (&self.tree.exprs[*callee].kind, args.as_slice()) else {
            return None;
        };
        if query.group.is_some() || !matches!(self.names.get(*name), "sum" | "avg" | "min" | "max" | "count")
        {
            return None;
        }
        let own = match self.meaning(*name, self.tree.exprs[*callee].span) {
            None => false,
            Some(Meaning::Local(local)) => {
                matches!(self.kind(self.locals[local.0 as usize].ty), TyKind::Fun(..) | TyKind::Any)
            }
            Some(_) => true,
        };
        let mut inner = argument;
        while let Written::Paren(e) = self.tree.exprs[inner].kind {
            inner = e;
        }
        if own || matches!(self.tree.exprs[inner].kind, Written::Query(_)) {
            return None;
        }
        self.builtins.get(name).map(|&row| (row, argument))
    }

    /// Everything but `skip` and `take`, and the type of the elements.
    fn query_rows(
        &mut self,
        query: &'a tree::Query,
        select: tree::ExprId,
        span: Span,
        scope: Mark,
        expected_elem: Option<Ty>,
    ) -> (Query, Ty) {
        let free_sources: Vec<Option<(ExprId, Ty)>> =
            query.joins.iter().map(|join| self.row_free_source(join)).collect();
        let mut rows: Vec<RowVar> = Vec::new();
        let mut clauses = Vec::with_capacity(query.sources.len() + query.joins.len());
        for &(name, source) in &query.sources {
            let e = self.expr(source, None);
            let (source, elem) = self.iterated(e, |[found]| T032 { found }.at(span));
            let var = self.row_var(&mut rows, name, elem);
            clauses.push(Clause { kind: ClauseKind::From, var, source, optional: Vec::new() });
        }
        for (join, source) in query.joins.iter().zip(free_sources) {
            let clause = self.join_clause(join, source, &mut rows);
            clauses.push(clause);
        }
        let cond = query.cond.map(|cond| {
            self.query_filters = true;
            let e = self.query_condition(cond, |[found], at| T033 { found }.at(at));
            self.learn_from(cond, true);
            e
        });
        let group = query.group.as_ref().map(|group| self.group_clause(group, &rows, scope));
        let sort = query.sort.map(|key| self.sort_key(key));
        let (select, elem) = self.selected(select, expected_elem);
        if query.distinct && !self.is_hashable(elem) {
            let at = self.span(select);
            self.type_lint([elem], |[found]| T057 { found }.at(at));
        }
        let distinct = query.distinct;
        (Query { clauses, cond, group, sort, skip: None, take: None, distinct, select }, elem)
    }

    /// A fresh variable of the rows, visible from now on.
    fn row_var(&mut self, rows: &mut Vec<RowVar>, name: tree::Ident, ty: Ty) -> LocalId {
        let local = self.new_local(name.name, ty, name.span);
        self.scopes.bind(name.name, Binding::Local(local));
        rows.retain(|row| row.name.name != name.name);
        rows.push(RowVar { name, local });
        local
    }

    // ---------------------------------------------------------------------------------------------------- joins

    /// The source of a right or outer join, which is enumerated before or after the rows.
    fn row_free_source(&mut self, join: &'a tree::Join) -> Option<(ExprId, Ty)> {
        matches!(join.kind, JoinKind::Right | JoinKind::Outer).then(|| self.join_source(join))
    }

    fn join_source(&mut self, join: &'a tree::Join) -> (ExprId, Ty) {
        let e = self.expr(join.source, None);
        self.iterated(e, |[found]| T034 { found }.at(join.span))
    }

    fn join_clause(
        &mut self,
        join: &'a tree::Join,
        source: Option<(ExprId, Ty)>,
        rows: &mut Vec<RowVar>,
    ) -> Clause {
        let (source, elem) = match source {
            Some(source) => source,
            None => self.join_source(join),
        };
        let earlier = rows.clone();
        let var = self.row_var(rows, join.var, elem);
        let on = self.query_condition(join.cond, |[found], at| T035 { found }.at(at));
        let absent: Vec<RowVar> = match join.kind {
            JoinKind::Inner => Vec::new(),
            JoinKind::Left => vec![RowVar { name: join.var, local: var }],
            JoinKind::Right => earlier.into_iter().filter(|row| row.name.name != join.var.name).collect(),
            JoinKind::Outer => rows.clone(),
        };
        let mut optional = Vec::new();
        for row in absent {
            let before = self.resolve(self.locals[row.local.0 as usize].ty);
            let ty = self.types.option(before);
            // Many joins in one query would otherwise declare all variables before them again and again.
            if ty != before {
                optional.push((row.local, self.row_var(rows, row.name, ty)));
            }
        }
        Clause { kind: ClauseKind::Join(join.kind, on), var, source, optional }
    }

    /// A condition as a bool.
    fn query_condition(
        &mut self,
        id: tree::ExprId,
        make: impl FnOnce([String; 1], Span) -> Diagnostic,
    ) -> ExprId {
        let e = self.expr(id, None);
        let at = self.tree.exprs[id].span;
        self.bool_or(e, |found| make(found, at))
    }

    // ---------------------------------------------------------------------------------------------------- groups

    /// `group by`: the group variable is the only one from here on.
    fn group_clause(&mut self, group: &'a tree::Group, rows: &[RowVar], scope: Mark) -> Group {
        let (key, key_ty) = self.group_key(&group.keys);
        let (item, item_ty) = self.group_item(rows);
        let ty = self.types.intern(TyKind::Group(key_ty, item_ty));
        self.scopes.close(scope);
        let var = self.new_local(group.var.name, ty, group.var.span);
        self.scopes.bind(group.var.name, Binding::Local(var));
        let having = group.having.map(|cond| {
            self.query_filters = true;
            self.query_condition(cond, |[found], at| T042 { found }.at(at))
        });
        Group { key, item, var, having }
    }

    /// The key of a group: one value, or a record whose fields are named after what the expressions select.
    fn group_key(&mut self, keys: &[tree::ExprId]) -> (ExprId, Ty) {
        let mut typed = Vec::with_capacity(keys.len());
        for &key in keys {
            let e = self.expr(key, None);
            typed.push(self.stored(e));
        }
        if let &[key] = typed.as_slice() {
            return (key, self.ty(key));
        }
        let mut fields: Vec<(Name, ExprId)> = Vec::with_capacity(typed.len());
        for (i, (&key, &e)) in keys.iter().zip(&typed).enumerate() {
            let name = match self.tree.exprs[key].kind {
                Written::Field { name, .. } => Some(name.name),
                Written::Name(name) => Some(name),
                _ => None,
            };
            let name = name.filter(|&name| fields.iter().all(|&(other, _)| other != name));
            let name = name.unwrap_or_else(|| self.names.intern(&format!("k{}", i + 1)));
            fields.push((name, e));
        }
        let at = self.tree.exprs[keys[0]].span;
        self.record(&fields, at)
    }

    /// What a group holds of a row.
    fn group_item(&mut self, rows: &[RowVar]) -> (ExprId, Ty) {
        let mut fields = Vec::with_capacity(rows.len());
        for row in rows {
            let e = self.local(row.local, row.name.span);
            fields.push((row.name.name, self.stored(e)));
        }
        if let &[(_, item)] = fields.as_slice() {
            return (item, self.ty(item));
        }
        self.record(&fields, rows[0].name.span)
    }

    /// A value with a type that containers have.
    fn stored(&mut self, e: ExprId) -> ExprId {
        let ty = self.ty(e);
        let ty = if ty == Types::UNIT { Types::ANY } else { self.widened(ty) };
        self.coerce(e, ty).unwrap_or(e)
    }

    /// A value of an inline struct type. Types of fields that are not known yet, or depend on the type parameters of a
    /// function, are `any`, since structs have no parameters.
    fn record(&mut self, fields: &[(Name, ExprId)], span: Span) -> (ExprId, Ty) {
        let mut types = Vec::with_capacity(fields.len());
        for &(name, e) in fields {
            let ty = self.ty(e);
            let ty = self.final_type(ty);
            types.push((name, if self.types.mentions_var(ty) { Types::ANY } else { ty }));
        }
        let ty = self.inline_struct(types, span);
        let TyKind::Struct(id) = *self.types.kind(ty) else { unreachable!("inline structs are structs") };
        let mut inits = Vec::with_capacity(fields.len());
        for &(name, e) in fields {
            let field = self.declared.fields[&(id, name)];
            let want = self.types.structs[id].fields[field as usize].1;
            inits.push((field, self.coerce(e, want).unwrap_or(e)));
        }
        (self.push(ExprKind::Struct(id, inits), ty, span), ty)
    }

    /// A field of a group: `key`, `items`, or a field of a key that is a record. `None` for another name.
    pub(super) fn group_field(
        &mut self,
        group: ExprId,
        key: Ty,
        item: Ty,
        name: Name,
        span: Span,
    ) -> Option<ExprId> {
        match self.names.get(name) {
            "key" => Some(self.push(ExprKind::Field(group, KEY), key, span)),
            "items" => {
                let ty = self.types.list(item);
                Some(self.push(ExprKind::Field(group, ITEMS), ty, span))
            }
            _ => {
                let TyKind::Struct(id) = *self.kind(key) else { return None };
                self.key_field(group, key, id, name, span)
            }
        }
    }

    fn key_field(&mut self, group: ExprId, key: Ty, id: StructId, name: Name, span: Span) -> Option<ExprId> {
        if self.types.structs[id].name.is_some() {
            return None;
        }
        let &field = self.declared.fields.get(&(id, name))?;
        let ty = self.types.structs[id].fields[field as usize].1;
        let key = self.push(ExprKind::Field(group, KEY), key, span);
        Some(self.push(ExprKind::Field(key, field), ty, span))
    }

    /// A group as the list of its items; other values as they are.
    pub(super) fn group_as_list(&mut self, e: ExprId) -> ExprId {
        let TyKind::Group(_, item) = *self.kind(self.exprs[e.0 as usize].ty) else { return e };
        let ty = self.types.list(item);
        let span = self.span(e);
        self.push(ExprKind::Field(e, ITEMS), ty, span)
    }

    // ---------------------------------------------------------------------------------------------------- results

    fn sort_key(&mut self, id: tree::ExprId) -> ExprId {
        let e = self.expr(id, None);
        let e = self.stored(e);
        let ty = self.ty(e);
        if !self.is_ordered(ty) {
            let at = self.tree.exprs[id].span;
            self.type_lint([ty], |[found]| T056 { found }.at(at));
        }
        e
    }

    /// The value of `select` and the type of the elements: the expected one where it fits.
    fn selected(&mut self, id: tree::ExprId, expected: Option<Ty>) -> (ExprId, Ty) {
        let known = expected.filter(|&ty| !self.is_free(ty) && self.resolve(ty) != Types::ERROR);
        let e = self.expr(id, known);
        if let Some(ty) = known
            && let Some(fitting) = self.coerce(e, ty)
        {
            return (fitting, ty);
        }
        let e = self.stored(e);
        // A soft type stays as it is, so that later uses solve it.
        (e, self.exprs[e.0 as usize].ty)
    }

    /// The number of `skip` and `take`.
    fn row_count(&mut self, id: tree::ExprId, what: &'static str) -> ExprId {
        let at = self.tree.exprs[id].span;
        let e = self.expr(id, Some(Types::INT));
        self.int_or(e, at, |[_, found]| T055 { what, found }.at(at))
    }

    /// Whether values of a type can be told apart (3.3).
    fn is_hashable(&self, ty: Ty) -> bool {
        let mut todo = vec![ty];
        for _ in 0..super::infer::MAX_SEARCH {
            let Some(ty) = todo.pop() else { break };
            match self.kind(ty) {
                TyKind::Fun(..) | TyKind::Group(..) => return false,
                kind => kind.for_each_part(|part| todo.push(part)),
            }
        }
        true
    }
}
