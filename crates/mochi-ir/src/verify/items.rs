//! I001 to I006, as far as they are about structs, unions, globals and the heads of functions.

use super::types::{Facts, Fault};
use super::{Rule, Violation, counted};
use crate::func::{Func, Origin};
use crate::module::{FuncId, Module};
use crate::print::{Place, print_ty};
use crate::ty::{Ty, TyKind, Types};

/// Where a type is mentioned, which decides what it may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A field, a global, a type argument: what lives in memory.
    Stored,
    /// A parameter of a function: refs too.
    Param,
    /// The result of a function: unit too.
    Result,
    /// A value: refs and views too.
    Value,
}

/// Checks everything in a module but the bodies of functions.
pub(super) fn check(module: &Module, violations: &mut Vec<Violation>) {
    let mut facts = Facts::default();
    let mut report = |rule, message| {
        let (func, place, value) = (String::new(), Place::Func, None);
        violations.push(Violation { rule, func, place, value, message });
    };
    for (id, def) in module.types.structs.iter() {
        for (name, ty) in &def.fields {
            if let Err((rule, message)) = check_ty(module, &mut facts, *ty, Use::Stored, 0) {
                report(rule, format!("field `{name}` of struct#{}: {message}", id.0));
            }
        }
        if let Some((union, position)) = def.variant_of {
            let variants = module.types.unions.get(union).map_or(&[][..], |u| &u.variants);
            if variants.get(position as usize) != Some(&id) {
                let message = format!("struct#{} is not variant {position} of union#{}", id.0, union.0);
                report(Rule::Unions, message);
            }
        }
    }
    for (id, def) in module.types.unions.iter() {
        for (position, &variant) in def.variants.iter().enumerate() {
            let back = module.types.structs.get(variant).and_then(|s| s.variant_of);
            if back != Some((id, position as u32)) {
                let message =
                    format!("variant {position} of union#{} is struct#{}, which is not", id.0, variant.0);
                report(Rule::Unions, message);
            }
        }
    }
    for (id, global) in module.globals.iter() {
        if let Err((rule, message)) = check_ty(module, &mut facts, global.ty, Use::Stored, 0) {
            report(rule, format!("global#{} `{}`: {message}", id.0, global.name));
        }
    }
    match module.entry.map(|entry| module.funcs.get(entry)) {
        None => {}
        Some(Some(func)) if !func.is_declaration() && func.params.is_empty() && func.type_params == 0 => {}
        Some(Some(func)) => {
            let message = format!("the entry `{}` is a declaration or has parameters", func.name);
            report(Rule::Entry, message);
        }
        Some(None) => report(Rule::Entry, "the entry does not exist".to_string()),
    }
    for func in module.funcs.values() {
        check_head(module, func, &mut facts, violations);
    }
}

/// Checks the head of a function.
pub(super) fn check_head(module: &Module, func: &Func, facts: &mut Facts, violations: &mut Vec<Violation>) {
    let mut report = |rule, message| {
        violations.push(Violation {
            rule,
            func: func.name.clone(),
            place: Place::Func,
            value: None,
            message,
        });
    };
    let params = func.params.iter().map(|&ty| (ty, Use::Param));
    for (ty, mention) in params.chain([(func.result, Use::Result)]) {
        if let Err((rule, message)) = check_ty(module, facts, ty, mention, func.type_params) {
            report(rule, message);
        }
    }
    if func.captures as usize > func.params.len() {
        let params = counted(func.params.len(), "parameter");
        let message = format!("the function has {params}, of which {} are captured", func.captures);
        report(Rule::Captures, message);
    }
    if let Some(Err(message)) = func.uniform.map(|id| check_uniform(module, func, id)) {
        report(Rule::Uniforms, message);
    }
    let is_function = |&ty: &Ty| ty == Types::ANY || matches!(module.types.kind(ty), TyKind::Fn(..));
    if func.origin == Origin::Adapter && (func.captures != 1 || !func.params.first().is_some_and(is_function))
    {
        report(Rule::Adapters, "the adapter does not capture one function".to_string());
    }
    let Some(entry) = func.blocks.values().next() else { return };
    let entry = entry.params.iter().map(|&v| func.values.get(v).map(|v| v.ty));
    if !entry.eq(func.params.iter().copied().map(Some)) {
        report(Rule::EntryParams, "b0 has other parameters than the function".to_string());
    }
}

/// Whether a function may call values of another for callers that do not know its type.
fn check_uniform(module: &Module, func: &Func, id: FuncId) -> Result<(), String> {
    let Some(uniform) = module.funcs.get(id) else {
        return Err("its uniform function does not exist".to_string());
    };
    let own = func.params.get(func.captures as usize..).unwrap_or_default();
    let takes_value = uniform.params.first().is_some_and(|&ty| match module.types.kind(ty) {
        TyKind::Fn(params, result) => **params == *own && *result == func.result,
        _ => false,
    });
    let rest = uniform.params.get(1..).unwrap_or_default();
    let fits = takes_value
        && rest.len() == own.len()
        && rest.iter().chain([&uniform.result]).all(|&ty| ty == Types::ANY)
        && uniform.captures == 0
        && uniform.type_params == func.type_params;
    let message = || format!("`{}` is no uniform function of `{}`", uniform.name, func.name);
    if fits { Ok(()) } else { Err(message()) }
}

/// Whether a type may be mentioned in a place of a function with this many type parameters.
pub(super) fn check_ty(
    module: &Module,
    facts: &mut Facts,
    ty: Ty,
    mention: Use,
    type_params: u32,
) -> Result<(), (Rule, String)> {
    let name = |ty| print_ty(&module.types, ty);
    let whole = facts.of(module, ty).map_err(|fault| {
        let why = match fault {
            Fault::Unknown => "a part of it does not exist",
            Fault::Part => "one of its parts cannot be part of a type",
        };
        (Rule::WholeTypes, format!("the type {}: {why}", name(ty)))
    })?;
    if whole.vars > type_params {
        let message = format!("the type {} is used where there are {type_params} type parameters", name(ty));
        return Err((Rule::TypeParams, message));
    }
    let allowed = match module.types.kind(ty) {
        TyKind::Unit => mention == Use::Result,
        TyKind::Ref(_) => mention != Use::Stored,
        TyKind::View(_) => mention == Use::Value,
        _ => true,
    };
    if allowed { Ok(()) } else { Err((Rule::WholeTypes, format!("the type {} cannot be here", name(ty)))) }
}
