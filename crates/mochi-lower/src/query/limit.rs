//! `take` without looking at all rows.
//!
//! The language evaluates a query for all rows and then cuts the list. Nobody can tell that the rest was left out if none
//! of it could have failed or done anything ([`super::safe`]). What is safe only as long as no element of a source is
//! none is so after a look at that source.

use mochi_ir::{TyKind, Types, Value};
use mochi_types::typed::{ExprId, ExprKind};

use super::Plan;
use super::held::Held;
use super::safe::Safety;
use crate::Cx;

/// When a query has enough rows.
pub(super) struct Limit {
    /// The result.
    list: Held,
    /// The length that is enough.
    max: Value,
}

impl<'a> Cx<'_, 'a> {
    /// The limit of a query that may end early.
    pub(super) fn limit(&mut self, plan: &Plan<'a>, list: Held) -> Option<Limit> {
        let query = plan.query;
        let take = query.take?;
        if query.group.is_some() || query.sort.is_some() || query.distinct {
            return None;
        }
        let mut safety = Safety::default();
        for (at, clause) in query.clauses.iter().enumerate() {
            let is_own = plan.uses.is_free(clause.source) && self.is_variable(clause.source);
            let is_safe =
                at == 0 || self.is_collection(clause.source) && self.is_safe(clause.source, &mut safety);
            if !is_safe {
                return None;
            }
            if at == 0 || is_own {
                safety.present.insert(clause.var);
            }
            if let Some(on) = clause.on()
                && !self.is_safe(on, &mut safety)
            {
                return None;
            }
        }
        let mut parts = query.cond.iter().chain(&query.skip).chain([&take, &query.select]);
        if !parts.all(|&part| self.is_safe(part, &mut safety)) {
            return None;
        }
        let skip = match query.skip {
            Some(skip) => {
                let skip = self.index_value(skip);
                self.bound(skip)
            }
            None => self.b().int(0),
        };
        let take = self.index_value(take);
        let take = self.bound(take);
        let mut max = self.std_value("row_limit", &[], &[skip, take]);
        for (at, clause) in query.clauses.iter().enumerate() {
            if safety.relied.contains(&clause.var) {
                let source = if at == 0 { plan.first } else { self.source(clause.source) };
                let any = self.lowering.module.types.list(Types::ANY);
                let source = self.coerce(source, any);
                max = self.std_value("limit_if_present", &[], &[source, max]);
            }
        }
        Some(Limit { list, max })
    }

    /// The condition of a loop as one that also fails when there are enough rows.
    pub(super) fn within(&mut self, limit: Option<&Limit>, more: Value) -> Value {
        match limit {
            None => more,
            Some(limit) => self.and_shorter(more, limit.list, limit.max),
        }
    }

    fn is_variable(&self, e: ExprId) -> bool {
        matches!(self.program.exprs[e].kind, ExprKind::Local(_))
    }

    /// Whether a source is iterated without looking what it is.
    fn is_collection(&mut self, source: ExprId) -> bool {
        let ty = self.type_of(source);
        matches!(self.kind(ty), TyKind::List(_) | TyKind::Map(..) | TyKind::Str)
    }
}
