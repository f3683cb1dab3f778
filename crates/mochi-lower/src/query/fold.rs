//! Aggregates of a query whose list nobody else wants: the value is computed as the rows come.
//!
//! That is an addition or comparison at another time than the language says, after all of `select`. It can be told only
//! where the aggregate itself may fail, which a sum of ints does: that is folded only if the query is quiet.

use mochi_base::Span;
use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{BinaryOp, Builtin, ExprId, ExprKind};

use super::Output;
use super::held::{Held, Holding};
use crate::Cx;

/// An aggregate that grows.
#[derive(Clone, Copy)]
pub(super) struct Fold {
    kind: Kind,
    /// The sum, the count, or the least or greatest value so far.
    value: Held,
    /// For an average the count; for the least or greatest value whether there is one.
    more: Option<Held>,
    /// Of the built-in.
    span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Count,
    Sum,
    Avg,
    /// The least or greatest: the operator by which a value replaces the one so far.
    Extreme(BinaryOp),
}

impl Fold {
    pub fn carried(self) -> Vec<mochi_types::typed::LocalId> {
        std::iter::once(self.value).chain(self.more).filter_map(Held::carried).collect()
    }
}

impl Cx<'_, '_> {
    /// The value of a built-in that is an aggregate of a query without making the list; `None` when the list is needed.
    pub fn folded(&mut self, builtin: Builtin, args: &[ExprId], span: Span) -> Option<Value> {
        let &[arg] = args else { return None };
        let program = self.program;
        let ExprKind::Query(query) = &program.exprs[arg].kind else { return None };
        if query.distinct || query.skip.is_some() || query.take.is_some() {
            return None;
        }
        let TyKind::List(elem) = self.list_kind(arg) else { return None };
        let kind = kind(builtin, elem)?;
        if kind == Kind::Sum && elem == Types::I64 && self.is_loud_query(query) {
            return None;
        }
        let plan = self.plan(arg, query);
        let fold = self.new_fold(kind, elem, span);
        self.run_query(&plan, Output::Fold(fold), None);
        self.span = span;
        let value = self.held(fold.value);
        Some(match (builtin, fold.more) {
            (Builtin::Exists, _) => {
                let zero = self.b().int(0);
                self.op(Op::Gt, &[value, zero], Types::BOOL)
            }
            (Builtin::Avg, Some(count)) => {
                let count = self.held(count);
                self.std_value("avg_of", &[], &[value, count])
            }
            _ => value,
        })
    }

    fn list_kind(&mut self, e: ExprId) -> TyKind {
        let ty = self.type_of(e);
        self.kind(ty)
    }

    fn new_fold(&mut self, kind: Kind, elem: Ty, span: Span) -> Fold {
        let start = match kind {
            Kind::Count => self.b().int(0),
            Kind::Avg => self.b().float(0.0),
            Kind::Sum | Kind::Extreme(_) => self.zero(elem),
        };
        let value = self.hold(Holding::Carry, start);
        let more = match kind {
            Kind::Count | Kind::Sum => None,
            Kind::Avg => Some(self.b().int(0)),
            Kind::Extreme(_) => Some(self.b().bool(false)),
        };
        let more = more.map(|more| self.hold(Holding::Carry, more));
        Fold { kind, value, more, span }
    }

    /// Takes one more value into an aggregate.
    pub(super) fn fold_in(&mut self, fold: Fold, value: Value) {
        let before = self.held(fold.value);
        let ty = self.func.ty(before);
        let next = match fold.kind {
            Kind::Count => self.incremented(before),
            Kind::Sum => {
                let value = self.coerce(value, ty);
                self.binary_values(BinaryOp::Add, before, value, ty, fold.span)
            }
            Kind::Avg => {
                let value = self.coerce(value, Types::F64);
                self.binary_values(BinaryOp::Add, before, value, Types::F64, fold.span)
            }
            Kind::Extreme(op) => {
                let value = self.coerce(value, ty);
                let replaces = self.binary_values(op, value, before, Types::BOOL, fold.span);
                let yes = self.b().bool(true);
                let is_later = fold.more.map_or(yes, |more| self.held(more));
                let replaces = self.op(Op::Select, &[is_later, replaces, yes], Types::BOOL);
                self.op(Op::Select, &[replaces, value, before], ty)
            }
        };
        self.set_held(fold.value, next);
        if let Some(more) = fold.more {
            let next = match fold.kind {
                Kind::Extreme(_) => self.b().bool(true),
                Kind::Count | Kind::Sum | Kind::Avg => {
                    let count = self.held(more);
                    self.incremented(count)
                }
            };
            self.set_held(more, next);
        }
    }

    /// A count and one; there are never so many rows that it overflows.
    fn incremented(&mut self, count: Value) -> Value {
        let one = self.b().int(1);
        self.op(Op::AddWrap, &[count, one], Types::I64)
    }
}

/// How a built-in folds values of a type, if it does; the others have rules of their own for each value.
fn kind(builtin: Builtin, elem: Ty) -> Option<Kind> {
    let numeric = matches!(elem, Types::I64 | Types::F64);
    match builtin {
        Builtin::Count | Builtin::Len | Builtin::Exists => Some(Kind::Count),
        Builtin::Sum if numeric || elem == Types::BIGINT => Some(Kind::Sum),
        Builtin::Avg if numeric => Some(Kind::Avg),
        Builtin::Min if numeric || elem == Types::STR => Some(Kind::Extreme(BinaryOp::Lt)),
        Builtin::Max if numeric || elem == Types::STR => Some(Kind::Extreme(BinaryOp::Gt)),
        _ => None,
    }
}
