//! Queries of the typed tree (2.4, 4.12).
//!
//! Variables have one type each, so a join that makes a variable optional declares another one of that name, which the
//! later clauses mention, unless its type has none already. Conversions are explicit as everywhere: sources are collections, conditions are bools, what
//! multiplies rows is an int. An aggregate is a built-in applied to the list that a query yields.

pub use mochi_syntax::tree::JoinKind;

use super::{ExprId, LocalId};

/// `from ... select`: a list of what `select` yields.
#[derive(Debug, Clone)]
pub struct Query {
    /// The `from` clauses, of which there is at least one, and then the joins.
    pub clauses: Vec<Clause>,
    /// `where`: a bool.
    pub cond: Option<ExprId>,
    /// `group by`.
    pub group: Option<Group>,
    /// `sort by`.
    pub sort: Option<ExprId>,
    /// `skip`: an int that mentions no variable of the query.
    pub skip: Option<ExprId>,
    /// `take`: an int that mentions no variable of the query.
    pub take: Option<ExprId>,
    /// `select distinct`.
    pub distinct: bool,
    /// The value per row or group.
    pub select: ExprId,
}

/// A `from` or a join.
#[derive(Debug, Clone)]
pub struct Clause {
    /// Which of them.
    pub kind: ClauseKind,
    /// Holds an element of the source; in the condition of the join and, unless the join replaces it, in later clauses.
    pub var: LocalId,
    /// A list, map (its keys), string (its characters) or `any`. That of a right or outer join mentions no variable of
    /// the query.
    pub source: ExprId,
    /// Variables that a row without a match leaves absent: each with the optional one that later clauses mention. One
    /// whose type has none already stays the same variable and is not listed.
    pub optional: Vec<(LocalId, LocalId)>,
}

/// The kinds of clauses.
#[derive(Debug, Clone, Copy)]
pub enum ClauseKind {
    /// `from x in xs`.
    From,
    /// `join x in xs on` a bool.
    Join(JoinKind, ExprId),
}

/// `group by key into var having cond`.
#[derive(Debug, Clone)]
pub struct Group {
    /// The key; with several of them a record.
    pub key: ExprId,
    /// What the group holds of a row: the element itself, or a record of all variables.
    pub item: ExprId,
    /// The group, of type [`TyKind::Group`](crate::ty::TyKind::Group) of the types of both.
    pub var: LocalId,
    /// `having`: a bool.
    pub having: Option<ExprId>,
}

impl Query {
    /// The direct subexpressions in the order of the clauses.
    pub fn children(&self) -> Vec<ExprId> {
        let mut all = Vec::with_capacity(2 * self.clauses.len() + 8);
        for clause in &self.clauses {
            all.push(clause.source);
            all.extend(clause.on());
        }
        all.extend(self.cond);
        if let Some(group) = &self.group {
            all.extend([group.key, group.item]);
            all.extend(group.having);
        }
        all.extend(self.sort);
        all.push(self.select);
        all.extend(self.skip);
        all.extend(self.take);
        all
    }
}

impl Clause {
    /// The condition of a join.
    pub fn on(&self) -> Option<ExprId> {
        match self.kind {
            ClauseKind::From => None,
            ClauseKind::Join(_, on) => Some(on),
        }
    }
}
