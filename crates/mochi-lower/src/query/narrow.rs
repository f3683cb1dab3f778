//! Groups that keep one variable of each row instead of a record of all.
//!
//! The rows of a group of several variables are records, since the language shows them as such. Where the query asks for
//! nothing but the key, the number of rows, and one and the same field of rows that an inner query goes through, nobody can tell
//! whether there is a record around that field; so the group then holds what would be in it. Lowering reads the field of
//! such a row as the row itself.

use mochi_ir::Ty;
use mochi_types::typed::walk::{Inside, Node, walk_some};
use mochi_types::typed::{Builtin, ClauseKind, ExprId, ExprKind, Group, JoinKind, LocalId, Query};

use crate::quiet::mentioned_function;
use crate::storage::Storage;
use crate::{Cx, Lowering};

/// Positions of the fields of a group.
const KEY: u32 = 0;
const ITEMS: u32 = 1;

impl<'a> Cx<'_, 'a> {
    /// What a group keeps of a row.
    pub(super) fn item_of_group(&mut self, query: &'a Query, group: &'a Group) -> ExprId {
        let ExprKind::Struct(_, parts) = &self.program.exprs[group.item].kind else { return group.item };
        let mut search = Search { lowering: self.lowering, group: group.var, rows: Vec::new(), field: None };
        let roots = group.having.into_iter().chain(query.sort).chain([query.select]).collect();
        if !search.fits(roots) {
            return group.item;
        }
        let (rows, field) = (search.rows, search.field);
        let part = parts.iter().find(|(at, _)| field.is_none_or(|field| *at == field));
        let Some(&(_, item)) = part else { return group.item };
        let ty = self.type_of(item);
        self.narrowed.extend(rows.into_iter().chain([group.var]).map(|var| (var, ty)));
        item
    }

    /// The type of the row that a variable holds, if it is not that of the variable.
    pub(super) fn narrowed_row(&self, var: LocalId) -> Option<Ty> {
        self.narrowed.get(&var).copied()
    }

    /// A field of an expression that is a narrowed row, or the items of a narrowed group.
    pub fn narrowed_field(&mut self, of: ExprId, field: u32) -> Option<Ty> {
        let ExprKind::Local(var) = self.program.exprs[of].kind else { return None };
        let ty = self.narrowed_row(var)?;
        let is_group =
            matches!(self.program.types.kind(self.program.exprs[of].ty), mochi_types::TyKind::Group(..));
        match (is_group, field) {
            (true, ITEMS) => Some(self.lowering.module.types.list(ty)),
            (true, _) => None,
            (false, _) => Some(ty),
        }
    }
}

struct Search<'l, 'a> {
    lowering: &'l Lowering<'a>,
    group: LocalId,
    /// The variables of inner queries that go through the group.
    rows: Vec<LocalId>,
    /// The field of rows that is asked for.
    field: Option<u32>,
}

impl Search<'_, '_> {
    /// Whether expressions ask for nothing else.
    fn fits(&mut self, mut work: Vec<ExprId>) -> bool {
        let lowering = self.lowering;
        let program = lowering.program;
        let mut fits = true;
        while let Some(root) = work.pop()
            && fits
        {
            walk_some(
                |e| &program.exprs[e],
                vec![root],
                &[],
                |node| {
                    let captures = |local: &LocalId| *local == self.group || self.rows.contains(local);
                    let Node::Expr(expr) = node else {
                        fits = false;
                        return Inside::Skip;
                    };
                    fits &=
                        !mentioned_function(node).is_some_and(|f| lowering.captures[f].iter().any(captures));
                    match &expr.kind {
                        ExprKind::Local(local) => fits &= !captures(local),
                        ExprKind::Field(of, field) => match program.exprs[*of].kind {
                            ExprKind::Local(local) if local == self.group && *field == KEY => {
                                return Inside::Skip;
                            }
                            ExprKind::Local(local) if self.rows.contains(&local) => {
                                fits &= *self.field.get_or_insert(*field) == *field;
                                return Inside::Skip;
                            }
                            _ => {}
                        },
                        ExprKind::Builtin(Builtin::Len | Builtin::Count, args)
                            if args.iter().all(|&arg| self.is_items(arg)) =>
                        {
                            return Inside::Skip;
                        }
                        ExprKind::Query(inner) if self.is_items(inner.clauses[0].source) => {
                            fits &= self.is_simple(inner);
                            self.rows.push(inner.clauses[0].var);
                            let source = inner.clauses[0].source;
                            work.extend(inner.children().into_iter().filter(|&part| part != source));
                            return Inside::Skip;
                        }
                        _ => {}
                    }
                    Inside::Visit
                },
            );
        }
        fits
    }

    fn is_items(&self, e: ExprId) -> bool {
        let program = self.lowering.program;
        matches!(program.exprs[e].kind, ExprKind::Field(of, ITEMS)
            if matches!(program.exprs[of].kind, ExprKind::Local(local) if local == self.group))
    }

    /// Whether a query keeps its first variable nowhere.
    fn is_simple(&self, query: &Query) -> bool {
        let var = query.clauses[0].var;
        let keeps_rows = query.clauses.iter().any(|clause| {
            matches!(clause.kind, ClauseKind::Join(JoinKind::Right | JoinKind::Outer, _))
                || clause.optional.iter().any(|&(from, _)| from == var)
        });
        let cuts = query.skip.is_some() || query.take.is_some();
        let is_value = matches!(self.lowering.storage[var], Storage::Value);
        !keeps_rows && !cuts && query.sort.is_none() && is_value
    }
}
