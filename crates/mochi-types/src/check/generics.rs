//! Generic functions: fresh variables per mention, and types with parameters replaced by them.

use std::rc::Rc;

use super::Checker;
use super::infer::MAX_SEARCH;
use crate::ty::{Ty, TyKind, TypeVar, Types};
use crate::typed::FunId;

/// The type arguments of one mention of a generic function.
pub(super) struct Instance {
    params: Rc<[TypeVar]>,
    /// The type argument of each parameter: a variable to be solved.
    pub args: Vec<Ty>,
}

impl Instance {
    /// The type arguments of a function that is called with values of any type.
    pub fn of_anys(params: &Rc<[TypeVar]>) -> Self {
        Self { params: params.clone(), args: vec![Types::ANY; params.len()] }
    }
}

impl Checker<'_> {
    /// Whether a function calls itself, perhaps from a function inside of it, with a type argument made of others of
    /// its own type parameters.
    pub(super) fn grows(&self, instance: &Instance, fun: FunId) -> bool {
        let mut inside = Some(self.cx.fun);
        while inside.is_some_and(|inside| inside != fun) {
            inside = inside.and_then(|inside| self.funs[inside.0 as usize].parent);
        }
        let made = |&arg: &Ty| {
            let arg = self.resolve(arg);
            self.types.kind(arg).has_parts() && self.types.mentions_var(arg)
        };
        inside.is_some() && instance.args.iter().any(made)
    }

    /// Fresh variables for the type parameters of a function.
    pub(super) fn instantiate(&mut self, fun: FunId) -> Instance {
        let params = self.signatures[fun.0 as usize].type_params.clone();
        let args = params
            .iter()
            .map(|&param| {
                let name = self.types.vars[param];
                self.call_var(name)
            })
            .collect();
        Instance { params, args }
    }

    /// A type of the function's signature with the type arguments put in.
    pub(super) fn instance_type(&mut self, instance: &Instance, ty: Ty) -> Ty {
        match *self.types.kind(ty) {
            TyKind::Var(var) => match instance.params.iter().position(|&param| param == var) {
                Some(i) => instance.args[i],
                None => ty,
            },
            _ if !self.types.mentions_var(ty) => ty,
            _ => {
                let kind = self.types.kind(ty).clone();
                self.map_parts(&kind, |this, part| this.instance_type(instance, part))
            }
        }
    }

    /// Whether a type has a part that is not solved yet.
    pub(super) fn mentions_free_var(&self, ty: Ty) -> bool {
        let mut todo = vec![ty];
        for _ in 0..MAX_SEARCH {
            let Some(ty) = todo.pop() else { return false };
            let ty = self.resolve(ty);
            if self.free_var(ty).is_some() {
                return true;
            }
            self.types.kind(ty).for_each_part(|part| {
                if self.types.mentions_var(part) {
                    todo.push(part);
                }
            });
        }
        true
    }
}
