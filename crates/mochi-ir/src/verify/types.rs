//! I001 and I003: whole types and their type parameters.

use crate::module::Module;
use crate::ty::{Ty, TyKind};

/// What is wrong with a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// The id is not in the table, or names a struct or union that does not exist.
    Unknown,
    /// A part is unit, a ref or a view, or an option of an option or `any`.
    Part,
}

/// What is known of types, by id; filled on demand.
#[derive(Default)]
pub(super) struct Facts(Vec<Option<Fact>>);

type Fact = Result<Whole, Fault>;

/// A whole type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whole {
    /// One more than the highest type parameter mentioned; 0 without any.
    pub(super) vars: u32,
}

impl Facts {
    /// What is known of a type.
    pub(super) fn of(&mut self, module: &Module, ty: Ty) -> Fact {
        if !module.types.contains(ty) {
            return Err(Fault::Unknown);
        }
        let index = ty.0 as usize;
        if let Some(&Some(fact)) = self.0.get(index) {
            return fact;
        }
        let fact = self.compute(module, ty);
        if self.0.len() <= index {
            self.0.resize(index + 1, None);
        }
        self.0[index] = Some(fact);
        fact
    }

    /// Parts are interned before what they are parts of, so this ends.
    fn compute(&mut self, module: &Module, ty: Ty) -> Fact {
        let types = &module.types;
        match types.kind(ty) {
            TyKind::I64
            | TyKind::F64
            | TyKind::Bool
            | TyKind::Unit
            | TyKind::Str
            | TyKind::Bigint
            | TyKind::Bigrat
            | TyKind::Any => Ok(Whole { vars: 0 }),
            TyKind::Struct(id) if types.structs.get(*id).is_some() => Ok(Whole { vars: 0 }),
            TyKind::Union(id) if types.unions.get(*id).is_some() => Ok(Whole { vars: 0 }),
            TyKind::Struct(_) | TyKind::Union(_) => Err(Fault::Unknown),
            TyKind::Var(n) => Ok(Whole { vars: n.checked_add(1).ok_or(Fault::Unknown)? }),
            TyKind::List(t) | TyKind::Ref(t) | TyKind::View(t) => self.part(module, *t),
            TyKind::Option(t) => {
                let whole = self.part(module, *t)?;
                let flat = !matches!(types.kind(*t), TyKind::Option(_) | TyKind::Any);
                if flat { Ok(whole) } else { Err(Fault::Part) }
            }
            TyKind::Map(k, v) => {
                let (k, v) = (self.part(module, *k)?, self.part(module, *v)?);
                Ok(Whole { vars: k.vars.max(v.vars) })
            }
            TyKind::Fn(params, result) => {
                let mut vars = 0;
                for &param in params {
                    vars = vars.max(self.part(module, param)?.vars);
                }
                if types.contains(*result) && *types.kind(*result) != TyKind::Unit {
                    vars = vars.max(self.part(module, *result)?.vars);
                }
                Ok(Whole { vars })
            }
        }
    }

    fn part(&mut self, module: &Module, ty: Ty) -> Fact {
        let fact = self.of(module, ty)?;
        match module.types.kind(ty) {
            TyKind::Unit | TyKind::Ref(_) | TyKind::View(_) => Err(Fault::Part),
            _ => Ok(fact),
        }
    }
}
