//! Which values fit where, and through which conversion (3.3 and the lenient rules L3, L8, L11 of 3.1).
//!
//! [`coerce`](Checker::coerce) converts one expression; it strips and adds layers (`any`, options) with a conversion
//! of its own each. [`fits`](Checker::fits) relates two types as wholes and is what parts of types must obey. Both solve
//! inference variables on the way. What only the lenient profile allows sets `loose`, so that the place can report a
//! lint.

use super::Checker;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::{Conversion, ExprId, ExprKind};

/// Pairs of types compared for one question at most; more do not fit. Types share parts, so two of them can take
/// exponential time to compare.
const MAX_STEPS: u32 = 200_000;

/// How far the comparison of two types has come.
#[derive(Default)]
pub(super) struct Comparing {
    depth: u32,
    steps: u32,
    /// The types need only unify.
    unifying: bool,
}

impl Checker<'_> {
    /// The expression as a value of a type, when it fits there.
    #[inline]
    pub(super) fn coerce(&mut self, e: ExprId, to: Ty) -> Option<ExprId> {
        let from = self.exprs[e.0 as usize].ty;
        if from == to {
            return Some(e);
        }
        self.coerce_other(e, self.resolve(from), self.resolve(to))
    }

    #[inline(never)]
    fn coerce_other(&mut self, e: ExprId, from: Ty, to: Ty) -> Option<ExprId> {
        if from == to {
            return Some(e);
        }
        if matches!(self.exprs[e.0 as usize].kind, ExprKind::None) {
            return self.coerce_none(e, to);
        }
        if let Some(var) = self.free_var(to) {
            if self.free_var(from).is_none() {
                let ty = self.presumed(e);
                self.solve(var, ty);
                // The variable may have been given a wider type than the value's.
                return match self.resolve(to) {
                    now if self.free_var(now).is_some() => None,
                    now => self.coerce_other(e, from, now),
                };
            }
            self.solve(var, from);
            return Some(e);
        }
        match (self.types.kind(from), self.types.kind(to)) {
            (TyKind::Error, _) | (_, TyKind::Error) => Some(e),
            // One of them is where an alias mentions itself.
            (TyKind::Any, TyKind::Any) => Some(e),
            (_, TyKind::Any) => Some(self.convert(e, Conversion::Box, to)),
            (TyKind::Any, _) => {
                let again = from == Types::AGAIN || self.is_option_of_any(e, to);
                if self.strict() && !again {
                    return None;
                }
                self.loose |= !again;
                Some(self.convert(e, Conversion::Unbox, to))
            }
            (TyKind::Option(_), TyKind::Option(_)) => {
                let conversion = self.fits(from, to)?;
                Some(self.convert(e, conversion, to))
            }
            (_, &TyKind::Option(inner)) => {
                let e = self.coerce(e, inner)?;
                Some(self.convert(e, Conversion::Box, to))
            }
            (&TyKind::Option(inner), _) => {
                if self.strict() {
                    return None;
                }
                self.loose |= !self.needs_no_lint(e);
                let e = self.convert(e, Conversion::Unbox, inner);
                self.coerce(e, to)
            }
            (TyKind::Fun(..), TyKind::Fun(..)) => match self.fits(from, to) {
                Some(conversion) => Some(self.convert(e, conversion, to)),
                None => self.curried(e, from, to),
            },
            _ => {
                let conversion = self.fits(from, to)?;
                Some(self.convert(e, conversion, to))
            }
        }
    }

    /// `none` where a type is wanted: itself where the type has it, else the zero value (L8).
    fn coerce_none(&mut self, e: ExprId, to: Ty) -> Option<ExprId> {
        match self.types.kind(to) {
            TyKind::Any | TyKind::Option(_) => {}
            TyKind::Error => return Some(e),
            TyKind::Var(_) if self.free_var(to).is_some() => {
                let var = self.free_var(to)?;
                self.solve(var, Types::ANY);
                return Some(e);
            }
            _ if self.strict() => return None,
            _ => self.loose = true,
        }
        if self.can_be_none(to) {
            self.exprs[e.0 as usize].ty = to;
            return Some(e);
        }
        Some(self.convert(e, Conversion::Unbox, to))
    }

    /// Whether `none` is among the values of a type at run time.
    pub(super) fn can_be_none(&self, ty: Ty) -> bool {
        matches!(
            self.kind(ty),
            TyKind::Any | TyKind::Option(_) | TyKind::Struct(_) | TyKind::Union(_) | TyKind::Fun(..)
        )
    }

    /// The expression converted, which the caller knows to be right.
    pub(super) fn convert(&mut self, e: ExprId, conversion: Conversion, to: Ty) -> ExprId {
        let span = self.exprs[e.0 as usize].span;
        self.push(ExprKind::Convert(e, conversion), to, span)
    }

    /// How a value of one type becomes one of another as a whole; `None` when it does not.
    pub(super) fn fits(&mut self, from: Ty, to: Ty) -> Option<Conversion> {
        let (from, to) = (self.resolve(from), self.resolve(to));
        if from == to {
            return Some(Conversion::Retype);
        }
        if self.comparing.depth == 0 {
            self.comparing.steps = 0;
        }
        self.comparing.depth += 1;
        self.comparing.steps += 1;
        let fits = if self.comparing.steps > MAX_STEPS { None } else { self.different_fits(from, to) };
        self.comparing.depth -= 1;
        fits
    }

    fn different_fits(&mut self, from: Ty, to: Ty) -> Option<Conversion> {
        if let Some(var) = self.free_var(to) {
            self.solve(var, from);
            return Some(Conversion::Retype);
        }
        if let Some(var) = self.free_var(from) {
            self.solve(var, to);
            return Some(Conversion::Retype);
        }
        use TyKind::*;
        match (self.types.kind(from), self.types.kind(to)) {
            (Error, _) | (_, Error) => Some(Conversion::Retype),
            (Any, Any) => Some(Conversion::Retype),
            (_, Any) => Some(Conversion::Box),
            (Any, _) => Some(Conversion::Unbox),
            (Int, Int64) => Some(Conversion::Retype),
            (Int | Int64, Bigint | Bigrat) | (Bigint | Float, Bigrat) => Some(Conversion::Widen),
            (&Struct(s), &Union(u)) if self.is_variant(s, u) => Some(Conversion::Retype),
            // From here on: the other way round, which is no subtype (3.3).
            (Int64, Int) => self.only_lenient(Conversion::Retype),
            (Bigint, Int | Int64) => self.only_lenient(Conversion::Cast),
            (&Union(u), &Struct(s)) if self.is_variant(s, u) => self.only_lenient(Conversion::Unbox),
            (&Struct(a), &Struct(b)) => self.inline_structs_fit(a, b),
            (&List(a), &List(b)) | (&Option(a), &Option(b)) => self.part_fits(a, b),
            (&Map(k1, v1), &Map(k2, v2)) | (&Group(k1, v1), &Group(k2, v2)) => {
                let keys = self.part_fits(k1, k2)?;
                let values = self.part_fits(v1, v2)?;
                Some(worse(keys, values))
            }
            (&Option(inner), _) if !self.strict() => {
                self.loose = true;
                self.fits(inner, to).map(|c| worse(c, Conversion::Unbox))
            }
            (_, &Option(inner)) => match self.fits(from, inner)? {
                Conversion::Retype | Conversion::Box => Some(Conversion::Box),
                _ => None,
            },
            (Fun(..), Fun(..)) => self.functions_fit(from, to),
            _ => None,
        }
    }

    /// A conversion between types that unify, of which the first is not a subtype of the second: strict refuses it.
    fn only_lenient(&mut self, conversion: Conversion) -> Option<Conversion> {
        self.loose |= !self.comparing.unifying;
        (!self.strict() || self.comparing.unifying).then_some(conversion)
    }

    /// [`coerce`](Self::coerce) for operands, whose types need only unify (3.5).
    pub(super) fn coerce_operand(&mut self, e: ExprId, to: Ty) -> Option<ExprId> {
        let before = std::mem::replace(&mut self.comparing.unifying, true);
        let fitting = self.coerce(e, to);
        self.comparing.unifying = before;
        fitting
    }

    /// The conversion that a collection needs whose elements are to be converted. Elements are not touched where the
    /// collection knows what it holds; else the whole is checked, or copied by a cast.
    fn part_fits(&mut self, from: Ty, to: Ty) -> Option<Conversion> {
        Some(match self.fits(from, to)? {
            Conversion::Retype | Conversion::Box => Conversion::Retype,
            Conversion::Unbox => Conversion::Unbox,
            Conversion::Widen | Conversion::Cast | Conversion::AdaptFun => Conversion::Cast,
            Conversion::Truthy | Conversion::ToStr => unreachable!("never implied by types"),
        })
    }

    pub(super) fn is_variant(&self, variant: crate::ty::StructId, union: crate::ty::UnionId) -> bool {
        self.types.structs[variant].variant_of.is_some_and(|(of, _)| of == union)
    }

    fn inline_structs_fit(&mut self, a: crate::ty::StructId, b: crate::ty::StructId) -> Option<Conversion> {
        let (from, to) = (&self.types.structs[a], &self.types.structs[b]);
        if from.name.is_some() || to.name.is_some() || from.fields.len() != to.fields.len() {
            return None;
        }
        let pairs: Vec<_> = from.fields.iter().copied().zip(to.fields.iter().copied()).collect();
        for ((name, ty), (other, wanted)) in pairs {
            if name != other {
                return None;
            }
            self.fits(ty, wanted)?;
        }
        Some(Conversion::Cast)
    }

    fn functions_fit(&mut self, from: Ty, to: Ty) -> Option<Conversion> {
        let (TyKind::Fun(given, result), TyKind::Fun(wanted, wanted_result)) =
            (self.types.kind(from), self.types.kind(to))
        else {
            return None;
        };
        if given.len() != wanted.len() {
            return None;
        }
        let (result, wanted_result) = (*result, *wanted_result);
        let params: Vec<_> = wanted.iter().copied().zip(given.iter().copied()).collect();
        let mut same = true;
        for (wanted, given) in params {
            same &= self.function_part_fits(wanted, given)? == Conversion::Retype;
        }
        // A result that nobody wants is dropped.
        same &= match self.resolve(wanted_result) {
            Types::UNIT => self.fits(result, wanted_result) == Some(Conversion::Retype),
            _ => self.function_part_fits(result, wanted_result)? == Conversion::Retype,
        };
        Some(if same { Conversion::Retype } else { Conversion::AdaptFun })
    }

    /// A parameter or result: unlike an element, an `any` is no value of another type there (L3).
    fn function_part_fits(&mut self, from: Ty, to: Ty) -> Option<Conversion> {
        let conversion = self.fits(from, to)?;
        match self.resolve(from) {
            Types::ANY if conversion == Conversion::Unbox => self.only_lenient(conversion),
            _ => Some(conversion),
        }
    }

    /// The type of a place that holds values of both types, without losing anything: for branches, arms, elements.
    pub(super) fn join(&mut self, a: Ty, b: Ty) -> Option<Ty> {
        let (a, b) = (self.resolve(a), self.resolve(b));
        if a == b {
            return Some(a);
        }
        match (self.types.kind(a), self.types.kind(b)) {
            (TyKind::Error, _) => return Some(b),
            (_, TyKind::Error) => return Some(a),
            (TyKind::Any, _) | (_, TyKind::Any) => return Some(Types::ANY),
            (TyKind::Struct(s), TyKind::Struct(t)) => {
                let of = |s| self.types.structs[s].variant_of.map(|(union, _)| union);
                if let (Some(u), Some(v)) = (of(*s), of(*t))
                    && u == v
                {
                    return Some(self.types.intern(TyKind::Union(u)));
                }
            }
            (&TyKind::Option(inner), _) | (_, &TyKind::Option(inner)) => {
                let other = if matches!(self.types.kind(a), TyKind::Option(_)) { b } else { a };
                let other = match *self.types.kind(other) {
                    TyKind::Option(other) => other,
                    _ => other,
                };
                let joined = self.join(inner, other)?;
                return Some(self.types.option(joined));
            }
            (TyKind::Int, TyKind::Int64) | (TyKind::Int64, TyKind::Int) => return Some(Types::INT64),
            _ => {}
        }
        let keeps_all = |c| !matches!(c, Conversion::Unbox | Conversion::Cast);
        if self.fits(b, a).is_some_and(keeps_all) {
            return Some(a);
        }
        self.fits(a, b).is_some_and(keeps_all).then_some(b)
    }

    /// The type with a variant replaced by its union: what a variable or element of unknown future takes.
    pub(super) fn widened(&mut self, ty: Ty) -> Ty {
        let ty = self.resolve(ty);
        if let TyKind::Struct(id) = *self.types.kind(ty)
            && let Some((union, _)) = self.types.structs[id].variant_of
        {
            return self.types.intern(TyKind::Union(union));
        }
        ty
    }

    /// The type that a value is taken to have where a new type is inferred from it: reading a map gives an option, but
    /// in the lenient profile programs mean the value (L1).
    pub(super) fn presumed(&self, e: ExprId) -> Ty {
        let expr = &self.exprs[e.0 as usize];
        let ty = self.resolve(expr.ty);
        let TyKind::Option(inner) = *self.types.kind(ty) else { return ty };
        if self.strict() {
            return ty;
        }
        match expr.kind {
            ExprKind::Index(recv, _) | ExprKind::DynField(recv, _) => match *self.kind(self.ty(recv)) {
                TyKind::Map(_, value) if !self.is_of_option(recv) => self.resolve(value),
                _ => ty,
            },
            ExprKind::Local(local) if self.binders[local.0 as usize].from_map => self.resolve(inner),
            _ => ty,
        }
    }

    /// Whether a value is the one inside of a real option, not of what a map gave (L1). Where that is none, so is what is
    /// read through it.
    fn is_of_option(&self, e: ExprId) -> bool {
        match self.exprs[e.0 as usize].kind {
            ExprKind::Convert(inner, Conversion::Unbox) => self.may_be_absent(inner),
            _ => false,
        }
    }

    /// Whether an expression is an option that operators take as one (4.1): what a map gives counts as the value (L1).
    pub(super) fn may_be_absent(&self, e: ExprId) -> bool {
        matches!(self.kind(self.presumed(e)), TyKind::Option(_)) && !self.is_none(e)
    }

    /// Whether an expression is written `none`.
    pub(super) fn is_none(&self, e: ExprId) -> bool {
        matches!(self.exprs[e.0 as usize].kind, ExprKind::None)
    }

    /// Whether an expression is a variable that was declared as `none`, which fits every option.
    fn is_option_of_any(&self, e: ExprId, to: Ty) -> bool {
        let ExprKind::Local(local) = self.exprs[e.0 as usize].kind else { return false };
        self.binders[local.0 as usize].from_none && matches!(self.kind(to), TyKind::Option(_))
    }

    /// Whether using an option as the value inside is no mistake of its own: an entry of a map read by dot, to which strict
    /// gives the value's type, and arithmetic on options, which has a lint already.
    fn needs_no_lint(&self, e: ExprId) -> bool {
        match self.exprs[e.0 as usize].kind {
            ExprKind::DynField(..) => true,
            ExprKind::Convert(inner, Conversion::Unbox) => {
                matches!(self.exprs[inner.0 as usize].kind, ExprKind::Binary(..) | ExprKind::Unary(..))
            }
            _ => false,
        }
    }

    /// Whether [`unwrapped`](Self::unwrapped) made `plain` of `e` in a way that is worth a lint.
    pub(super) fn is_loose_use(&self, e: ExprId, plain: ExprId) -> bool {
        plain != e && self.options.lints && !self.needs_no_lint(e)
    }

    /// An option or a map read as the value inside, for operators, receivers and callees (L15). Others stay.
    pub(super) fn unwrapped(&mut self, e: ExprId) -> ExprId {
        let ty = self.resolve(self.exprs[e.0 as usize].ty);
        match *self.types.kind(ty) {
            TyKind::Option(inner) if !self.strict() => {
                self.loose = true;
                self.convert(e, Conversion::Unbox, inner)
            }
            _ => e,
        }
    }
}

/// The conversion that does the work of both.
fn worse(a: Conversion, b: Conversion) -> Conversion {
    let rank = |c| match c {
        Conversion::Retype => 0,
        Conversion::Box => 1,
        Conversion::Unbox => 2,
        _ => 3,
    };
    if rank(a) >= rank(b) { a } else { b }
}
