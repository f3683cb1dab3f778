//! Inference variables: the element types of `[]` and `{}`, the results of functions that declare none, and the type
//! arguments of a generic call.
//!
//! A variable is a [`TyKind::Var`] that is not a declared type parameter. It is solved by its first use and replaced
//! everywhere when checking ends ([`finish`](super::finish)); one that nothing solves is `any`.
//!
//! Variables of literals and results are *soft*: they come from a guess that code which relies on `any` may refute. A
//! diagnostic that involves a soft variable is not reported; the variable is refuted instead, and the unit that made
//! it is checked once more with what was learned ([`units`](super::units)). A third attempt guesses nothing.

use mochi_base::{Name, Span};
use rustc_hash::FxHashMap;

use super::Checker;
use crate::ty::{Ty, TyKind, TypeVar, Types};

/// Parts of a type that are searched for variables. Types can be far larger than the source that makes them, since
/// parts are shared.
pub(super) const MAX_SEARCH: u32 = 1_000;

/// What is known about a type variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A declared type parameter: equal to itself only.
    Rigid,
    /// Not solved yet.
    Free,
    /// Solved.
    Solved(Ty),
    /// A wrong guess: silent for the rest of this attempt, `any` in the next one.
    Refuted,
}

#[derive(Clone, Copy)]
struct Slot {
    state: State,
    /// For a soft variable the depth of its unit in the stack of active units.
    soft: Option<u32>,
}

/// What becomes of soft variables where variables are replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SoftVars {
    /// The same as of others.
    Solved,
    /// Those of the unit at this depth stay.
    KeptAt(u32),
    /// `any`.
    Any,
}

/// Where a soft type comes from: the position of its literal or function in the source.
pub(super) type Origin = u32;

/// The state of all type variables.
#[derive(Default)]
pub(super) struct Infer {
    /// Indexed by [`TypeVar`].
    slots: Vec<Slot>,
    /// What an earlier attempt learned about a soft type.
    learned: FxHashMap<Origin, Ty>,
}

impl Infer {
    /// The state of so many declared type parameters.
    pub fn with_rigid(count: usize) -> Self {
        let slots = vec![Slot { state: State::Rigid, soft: None }; count];
        Self { slots, learned: FxHashMap::default() }
    }
    /// What a variable stands for in the end; `None` for a declared type parameter.
    pub fn solution(&self, var: TypeVar) -> Option<Ty> {
        match self.slots[var.0 as usize].state {
            State::Rigid => None,
            State::Solved(ty) => Some(ty),
            State::Free | State::Refuted => Some(Types::ANY),
        }
    }
    /// Whether any variable had to be solved.
    pub fn has_soft(&self) -> bool {
        self.slots.iter().any(|slot| slot.state != State::Rigid)
    }
}

impl Checker<'_> {
    /// A declared type parameter.
    pub(super) fn rigid_var(&mut self, name: Name) -> TypeVar {
        self.new_var(name, State::Rigid, None)
    }

    /// A variable for one call of a generic function.
    pub(super) fn call_var(&mut self, name: Name) -> Ty {
        let var = self.new_var(name, State::Free, None);
        self.types.intern(TyKind::Var(var))
    }

    /// A soft variable of the current unit.
    fn soft_var(&mut self, state: State) -> Ty {
        let depth = self.active.len() as u32 - 1;
        let var = self.new_var(self.known.underscore, state, Some(depth));
        self.types.intern(TyKind::Var(var))
    }

    fn new_var(&mut self, name: Name, state: State, soft: Option<u32>) -> TypeVar {
        let var = self.types.vars.push(name);
        debug_assert_eq!(var.0 as usize, self.infer.slots.len());
        self.infer.slots.push(Slot { state, soft });
        var
    }

    /// The type of a `[]` about which its place says nothing.
    pub(super) fn soft_list(&mut self, at: Span) -> Ty {
        let elem = match self.infer.learned.get(&at.lo) {
            Some(&ty) => match *self.types.kind(ty) {
                TyKind::List(elem) => Some(elem),
                _ => None,
            },
            None => None,
        };
        let elem = self.soft(elem);
        let ty = self.types.list(elem);
        self.remember(at.lo, ty);
        ty
    }

    /// The type of a `{}` about which its place says nothing.
    pub(super) fn soft_map(&mut self, at: Span) -> Ty {
        let (key, value) = match self.infer.learned.get(&at.lo) {
            Some(&ty) => match *self.types.kind(ty) {
                TyKind::Map(key, value) => (Some(key), Some(value)),
                _ => (None, None),
            },
            None => (None, None),
        };
        let (key, value) = (self.soft(key), self.soft(value));
        let ty = self.types.map(key, value);
        self.remember(at.lo, ty);
        ty
    }

    /// The result of a function that declares none but returns values.
    pub(super) fn soft_result(&mut self, at: Span) -> Ty {
        let learned = self.infer.learned.get(&at.lo).copied();
        let ty = self.soft(learned);
        self.remember(at.lo, ty);
        ty
    }

    fn soft(&mut self, learned: Option<Ty>) -> Ty {
        match learned {
            _ if self.unit().guesses_nothing() => Types::ANY,
            Some(Types::ANY) => Types::ANY,
            Some(ty) => self.soft_var(State::Solved(ty)),
            None => self.soft_var(State::Free),
        }
    }

    fn remember(&mut self, origin: Origin, ty: Ty) {
        self.unit().soft_types.push((origin, ty));
    }

    /// Keeps what an attempt found out about its soft types, for the next one.
    pub(super) fn learn_soft_types(&mut self, soft_types: Vec<(Origin, Ty)>) {
        for (origin, ty) in soft_types {
            let ty = self.final_type(ty);
            self.infer.learned.insert(origin, ty);
        }
    }

    /// A type with solved variables followed at its top, not inside.
    #[inline]
    pub(super) fn resolve(&self, mut ty: Ty) -> Ty {
        while let TyKind::Var(var) = self.types.kind(ty) {
            match self.infer.slots[var.0 as usize].state {
                State::Solved(to) => ty = to,
                State::Refuted => return Types::ERROR,
                State::Rigid | State::Free => break,
            }
        }
        // An option of what turned out to be `any` or an option is no further layer.
        if let TyKind::Option(inner) = *self.types.kind(ty)
            && let TyKind::Var(_) = self.types.kind(inner)
        {
            let inner = self.resolve(inner);
            if matches!(self.types.kind(inner), TyKind::Any | TyKind::Option(_) | TyKind::Error) {
                return inner;
            }
        }
        ty
    }

    /// What a type is, after solved variables.
    #[inline]
    pub(super) fn kind(&self, ty: Ty) -> &TyKind {
        self.types.kind(self.resolve(ty))
    }

    /// The variable that a resolved type is, when it is not solved yet.
    #[inline]
    pub(super) fn free_var(&self, ty: Ty) -> Option<TypeVar> {
        match *self.types.kind(ty) {
            TyKind::Var(var) if self.infer.slots[var.0 as usize].state == State::Free => Some(var),
            _ => None,
        }
    }

    /// Whether a type is a free variable.
    pub(super) fn is_free(&self, ty: Ty) -> bool {
        self.free_var(self.resolve(ty)).is_some()
    }

    /// Gives a free variable a type, unless that would contain the variable. A variant becomes its union, and a soft
    /// variable takes `any` for what no value has.
    pub(super) fn solve(&mut self, var: TypeVar, ty: Ty) {
        let ty = self.resolve(ty);
        let ty = match *self.types.kind(ty) {
            TyKind::Error => return,
            TyKind::Unit if self.infer.slots[var.0 as usize].soft.is_some() => Types::ANY,
            _ => self.widened(ty),
        };
        if self.free_var(ty) == Some(var) {
            return;
        }
        if self.occurs(var, ty) {
            self.refute_all(&[ty]);
            return;
        }
        self.infer.slots[var.0 as usize].state = State::Solved(ty);
    }

    /// Whether a type contains a variable. A type too large to search counts as containing it.
    fn occurs(&self, var: TypeVar, ty: Ty) -> bool {
        let mut todo = vec![ty];
        for _ in 0..MAX_SEARCH {
            let Some(ty) = todo.pop() else { return false };
            match *self.types.kind(ty) {
                TyKind::Var(other) if other == var => return true,
                TyKind::Var(_) => match self.resolve(ty) {
                    solved if solved != ty => todo.push(solved),
                    _ => {}
                },
                ref kind => kind.for_each_part(|part| {
                    if self.types.mentions_var(part) {
                        todo.push(part);
                    }
                }),
            }
        }
        true
    }

    /// The type of an operand that must be known now. A free soft variable is left to a later attempt.
    pub(super) fn known_now(&mut self, ty: Ty) -> Ty {
        let ty = self.resolve(ty);
        let Some(var) = self.free_var(ty) else { return ty };
        match self.infer.slots[var.0 as usize].soft {
            Some(depth) => {
                self.active[depth as usize].retry = true;
                Types::ERROR
            }
            None => {
                self.infer.slots[var.0 as usize].state = State::Solved(Types::ANY);
                Types::ANY
            }
        }
    }

    /// Refutes the soft variables in some types. Whether there were any: then the reason is no error of the user's.
    pub(super) fn refute_all(&mut self, types: &[Ty]) -> bool {
        let mut found = false;
        let mut todo = types.to_vec();
        for _ in 0..MAX_SEARCH {
            let Some(ty) = todo.pop() else { break };
            match *self.types.kind(ty) {
                TyKind::Var(var) => {
                    let slot = &mut self.infer.slots[var.0 as usize];
                    if let State::Solved(to) = slot.state {
                        todo.push(to);
                    }
                    if let Some(depth) = slot.soft {
                        slot.state = State::Refuted;
                        self.active[depth as usize].retry = true;
                        found = true;
                    }
                }
                ref kind => kind.for_each_part(|part| {
                    if self.types.mentions_var(part) {
                        todo.push(part);
                    }
                }),
            }
        }
        found
    }

    /// A type without variables: solved ones replaced, others `any`.
    pub(super) fn final_type(&mut self, ty: Ty) -> Ty {
        self.without_vars(ty, SoftVars::Solved, &mut { MAX_SEARCH })
    }

    /// The same, as the strict profile has it: there the soft ones are `any`.
    pub(super) fn type_in_strict(&mut self, ty: Ty) -> Ty {
        self.without_vars(ty, SoftVars::Any, &mut { MAX_SEARCH })
    }

    /// The same, but soft variables of the top-level code stay: they are solved when all functions have been seen.
    pub(super) fn closed_type(&mut self, ty: Ty) -> Ty {
        self.without_vars(ty, SoftVars::KeptAt(0), &mut { MAX_SEARCH })
    }

    /// Replaces variables. What goes beyond the budget is `any`.
    fn without_vars(&mut self, ty: Ty, soft: SoftVars, budget: &mut u32) -> Ty {
        if !self.types.mentions_var(ty) {
            return ty;
        }
        if *budget == 0 {
            return Types::ANY;
        }
        *budget -= 1;
        if let TyKind::Var(var) = *self.types.kind(ty) {
            let slot = self.infer.slots[var.0 as usize];
            return match slot.state {
                State::Rigid => ty,
                _ if slot.soft.is_some_and(|depth| soft == SoftVars::KeptAt(depth)) => ty,
                _ if slot.soft.is_some() && soft == SoftVars::Any => Types::ANY,
                State::Free | State::Refuted => Types::ANY,
                State::Solved(to) => self.without_vars(to, soft, budget),
            };
        }
        let kind = self.types.kind(ty).clone();
        self.map_parts(&kind, |this, part| this.without_vars(part, soft, budget))
    }

    /// The type with each part replaced.
    pub(super) fn map_parts(&mut self, kind: &TyKind, mut part: impl FnMut(&mut Self, Ty) -> Ty) -> Ty {
        match *kind {
            TyKind::List(elem) => {
                let elem = part(self, elem);
                self.types.list(elem)
            }
            TyKind::Map(key, value) => {
                let (key, value) = (part(self, key), part(self, value));
                self.types.map(key, value)
            }
            TyKind::Group(key, item) => {
                let (key, item) = (part(self, key), part(self, item));
                self.types.intern(TyKind::Group(key, item))
            }
            TyKind::Option(inner) => {
                let inner = part(self, inner);
                self.types.option(inner)
            }
            TyKind::Fun(ref params, result) => {
                let params = params.iter().map(|&p| part(self, p)).collect();
                let result = part(self, result);
                self.types.fun(params, result)
            }
            _ => self.types.intern(kind.clone()),
        }
    }
}
