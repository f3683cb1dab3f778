//! What a query holds while its loops run: the lists that grow, sources that were evaluated, accumulators.

use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{Clause, LocalId};

use crate::Cx;

/// A value that loops change.
#[derive(Clone, Copy)]
pub(super) enum Held {
    /// A variable that the loops carry.
    Carried(LocalId),
    /// A `ref<T>`.
    Boxed(Value),
}

/// How the values of a query are held.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holding {
    /// By the loops.
    Carry,
    /// In boxes.
    Box,
}

/// Queries with more clauses hold what belongs to a clause in boxes: carried through all loops around it, the code of a
/// query would grow with the square of its clauses.
const MAX_CARRYING: usize = 16;

impl Holding {
    /// For a query with these clauses.
    pub fn of(clauses: &[Clause]) -> Self {
        if clauses.len() > MAX_CARRYING { Holding::Box } else { Holding::Carry }
    }
}

impl Held {
    /// The variable to carry.
    pub fn carried(self) -> Option<LocalId> {
        match self {
            Held::Carried(var) => Some(var),
            Held::Boxed(_) => None,
        }
    }
}

impl Cx<'_, '_> {
    /// Holds a value, the first one.
    pub(super) fn hold(&mut self, holding: Holding, value: Value) -> Held {
        match holding {
            Holding::Carry => {
                let var = self.env.fresh();
                self.env.set(var, value);
                Held::Carried(var)
            }
            Holding::Box => {
                let ty = self.func.ty(value);
                let ty = self.lowering.module.types.reference(ty);
                Held::Boxed(self.op(Op::RefNew, &[value], ty))
            }
        }
    }

    /// The value that is held now.
    pub(super) fn held(&mut self, held: Held) -> Value {
        match held {
            Held::Carried(var) => match self.env.get(var) {
                Some(value) => value,
                None => unreachable!("a carried variable has a value where it is carried"),
            },
            Held::Boxed(cell) => {
                let ty = match self.kind(self.func.ty(cell)) {
                    TyKind::Ref(ty) => ty,
                    _ => unreachable!("a box is a reference"),
                };
                self.op(Op::RefGet, &[cell], ty)
            }
        }
    }

    pub(super) fn set_held(&mut self, held: Held, value: Value) {
        match held {
            Held::Carried(var) => self.env.set(var, value),
            Held::Boxed(cell) => self.effect(Op::RefSet, &[cell, value]),
        }
    }

    /// An empty list that grows.
    pub(super) fn growing_list(&mut self, holding: Holding, elem: Ty) -> Held {
        let ty = self.lowering.module.types.list(elem);
        let list = self.op(Op::ListNew, &[], ty);
        self.hold(holding, list)
    }

    /// Adds a value to a growing list, which nobody else has seen yet.
    pub(super) fn add_to(&mut self, list: Held, value: Value) {
        let old = self.held(list);
        let ty = self.func.ty(old);
        let value = match self.kind(ty) {
            TyKind::List(elem) => self.coerce(value, elem),
            _ => value,
        };
        let new = self.op(Op::ListPush, &[old, value], ty);
        self.set_held(list, new);
    }

    /// A condition as one that also fails once `list` has `max` elements.
    pub(super) fn and_shorter(&mut self, cond: Value, list: Held, max: Value) -> Value {
        let list = self.held(list);
        let len = self.op(Op::ListLen, &[list], Types::I64);
        let shorter = self.op(Op::Lt, &[len, max], Types::BOOL);
        self.op(Op::Select, &[cond, shorter, cond], Types::BOOL)
    }
}
