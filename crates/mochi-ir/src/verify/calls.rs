//! I017 to I022: calls and function values.

use std::fmt::Arguments;

use super::{Cx, Rule, counted};
use crate::func::{Func, Inst, Value};
use crate::op::{Imm, Op};
use crate::ty::{Ty, TyKind, Types};
use mochi_abi::RuntimeTy;

impl<'a> Cx<'a> {
    /// The callee of an instruction with its type arguments, when their number is right.
    fn callee(&mut self, inst: Inst, rule: Rule) -> Option<(&'a Func, &'a [Ty])> {
        let Imm::Func(id, types) = &self.func.insts[inst].imm else { return None };
        let callee = &self.module.funcs[*id];
        if callee.type_params as usize != types.len() {
            let (name, want) = (&callee.name, callee.type_params);
            let want = counted(want as usize, "type parameter");
            let message = format!("`{name}` has {want}, not {}", types.len());
            self.report(rule, inst, None, message);
            return None;
        }
        Some((callee, types))
    }

    /// That a value has the type of a callee's parameter or result.
    fn expect_instance(
        &mut self,
        inst: Inst,
        rule: Rule,
        value: Value,
        want: Ty,
        args: &[Ty],
        what: Arguments<'_>,
    ) {
        let have = self.func.ty(value);
        if !is_instance(&self.module.types, want, args, have) {
            let with = match args {
                [] => String::new(),
                args => {
                    let args: Vec<String> = args.iter().map(|&t| self.ty_name(t)).collect();
                    format!(" with <{}>", args.join(", "))
                }
            };
            let (have, want) = (self.ty_name(have), self.ty_name(want));
            self.report(rule, inst, Some(value), format!("{what} is {have}, not {want}{with}"));
        }
    }

    /// `call` and `tail.call`.
    pub(super) fn check_call(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let Some((callee, types)) = self.callee(inst, Rule::Calls) else { return };
        if callee.params.len() != data.args.len() {
            let want = counted(callee.params.len(), "parameter");
            let message = format!("`{}` has {want}, not {}", callee.name, data.args.len());
            return self.report(Rule::Calls, inst, None, message);
        }
        for (i, (&arg, &want)) in data.args.iter().zip(&callee.params).enumerate() {
            self.expect_instance(inst, Rule::Calls, arg, want, types, format_args!("operand {}", i + 1));
        }
        if data.op == Op::TailCall {
            let result = self.func.result;
            if !is_instance(&self.module.types, callee.result, types, result) {
                let (have, want) = (self.ty_name(callee.result), self.ty_name(result));
                let message = format!("`{}` returns {have}, not {want}", callee.name);
                self.report(Rule::Returns, inst, None, message);
            }
            return;
        }
        match data.result {
            None if callee.result == Types::UNIT => {}
            Some(result) if callee.result != Types::UNIT => {
                self.expect_instance(
                    inst,
                    Rule::Calls,
                    result,
                    callee.result,
                    types,
                    format_args!("the result"),
                );
            }
            _ => {
                let message = format!("the result of `{}` is {}", callee.name, self.ty_name(callee.result));
                self.report(Rule::Calls, inst, data.result, message);
            }
        }
    }

    /// `closure.new`.
    pub(super) fn check_closure_new(&mut self, inst: Inst) {
        let (module, data) = (self.module, &self.func.insts[inst]);
        let Some((callee, types)) = self.callee(inst, Rule::Closures) else { return };
        if callee.captures as usize != data.args.len() {
            let want = counted(callee.captures as usize, "value");
            let message = format!("`{}` captures {want}, not {}", callee.name, data.args.len());
            return self.report(Rule::Closures, inst, None, message);
        }
        let (captured, rest) = callee.params.split_at(data.args.len().min(callee.params.len()));
        for (i, (&arg, &want)) in data.args.iter().zip(captured).enumerate() {
            self.expect_instance(inst, Rule::Closures, arg, want, types, format_args!("operand {}", i + 1));
        }
        let fits = data.result.is_some_and(|result| match module.types.kind(self.func.ty(result)) {
            TyKind::Fn(params, result) => {
                let is = |want, have| is_instance(&module.types, want, types, have);
                params.len() == rest.len()
                    && rest.iter().zip(params).all(|(&want, &have)| is(want, have))
                    && is(callee.result, *result)
            }
            _ => false,
        });
        if !fits {
            let have = data.result.map_or("absent".into(), |v| self.ty_name(self.func.ty(v)));
            let message = format!("{have} is not the type of `{}` without what it captures", callee.name);
            self.report(Rule::Closures, inst, data.result, message);
        }
    }

    /// `call.closure` and `tail.call.closure`.
    pub(super) fn check_closure_call(&mut self, inst: Inst) {
        let (module, func) = (self.module, self.func);
        let data = &func.insts[inst];
        let Some((&callee, args)) = data.args.split_first() else {
            return self.report(Rule::ClosureCalls, inst, None, "there is no function to call");
        };
        let TyKind::Fn(params, result) = module.types.kind(func.ty(callee)) else {
            let have = self.ty_name(func.ty(callee));
            return self.report(Rule::ClosureCalls, inst, Some(callee), format!("{have} is no function"));
        };
        if params.len() != args.len() {
            let want = counted(params.len(), "parameter");
            let message = format!("the function has {want}, not {}", args.len());
            return self.report(Rule::ClosureCalls, inst, Some(callee), message);
        }
        for (i, (&arg, &want)) in args.iter().zip(params).enumerate() {
            self.expect(inst, Rule::ClosureCalls, arg, want, format_args!("operand {}", i + 2));
        }
        if data.op == Op::TailCallClosure {
            if *result != func.result {
                let (have, want) = (self.ty_name(*result), self.ty_name(func.result));
                let message = format!("the function returns {have}, not {want}");
                self.report(Rule::Returns, inst, Some(callee), message);
            }
            return;
        }
        self.expect_result(inst, Rule::ClosureCalls, *result);
    }

    /// `call.rt`.
    pub(super) fn check_runtime_call(&mut self, inst: Inst) {
        let data = &self.func.insts[inst];
        let Imm::Runtime(f) = data.imm else { return };
        if f.params().len() != data.args.len() {
            let want = counted(f.params().len(), "parameter");
            let message = format!("`{}` has {want}, not {}", f.name(), data.args.len());
            return self.report(Rule::RuntimeCalls, inst, None, message);
        }
        for (i, (&arg, &param)) in data.args.iter().zip(f.params()).enumerate() {
            let Some(want) = self.runtime_ty(param) else {
                // The type is not even in the table, so that no value has it.
                self.report(
                    Rule::RuntimeCalls,
                    inst,
                    Some(arg),
                    format!("operand {} is not list<any>", i + 1),
                );
                continue;
            };
            self.expect(inst, Rule::RuntimeCalls, arg, want, format_args!("operand {}", i + 1));
        }
        match self.runtime_ty(f.result()) {
            Some(want) => self.expect_result(inst, Rule::RuntimeCalls, want),
            None => self.report(Rule::RuntimeCalls, inst, data.result, "the result is not list<any>"),
        }
    }

    fn runtime_ty(&self, ty: RuntimeTy) -> Option<Ty> {
        Some(match ty {
            RuntimeTy::I64 => Types::I64,
            RuntimeTy::F64 => Types::F64,
            RuntimeTy::Bool => Types::BOOL,
            RuntimeTy::Str => Types::STR,
            RuntimeTy::Any => Types::ANY,
            RuntimeTy::Bigint => Types::BIGINT,
            RuntimeTy::Bigrat => Types::BIGRAT,
            RuntimeTy::ListAny => return self.module.types.lookup(&TyKind::List(Types::ANY)),
            RuntimeTy::ListStr => return self.module.types.lookup(&TyKind::List(Types::STR)),
            RuntimeTy::Unit => Types::UNIT,
        })
    }

    /// That the result is of a type, or absent for unit.
    fn expect_result(&mut self, inst: Inst, rule: Rule, want: Ty) {
        let result = self.func.insts[inst].result;
        let have = result.map_or(Types::UNIT, |v| self.func.ty(v));
        if have != want {
            let (have, want) = (self.ty_name(have), self.ty_name(want));
            self.report(rule, inst, result, format!("the result is {have}, not {want}"));
        }
    }
}

/// Whether `ty` is `pattern` with its type parameters replaced. Nothing is interned for the comparison.
fn is_instance(types: &Types, pattern: Ty, args: &[Ty], ty: Ty) -> bool {
    if !types.has_vars(pattern) {
        return pattern == ty;
    }
    let is = |pattern, ty| is_instance(types, pattern, args, ty);
    match (types.kind(pattern), types.kind(ty)) {
        (TyKind::Var(n), _) => args.get(*n as usize) == Some(&ty),
        (TyKind::List(p), TyKind::List(t))
        | (TyKind::Ref(p), TyKind::Ref(t))
        | (TyKind::View(p), TyKind::View(t)) => is(*p, *t),
        (TyKind::Map(p, q), TyKind::Map(t, u)) => is(*p, *t) && is(*q, *u),
        // Options are flat: an instance is the option of an instance, or the instance if that may be none already.
        (TyKind::Option(p), TyKind::Option(t)) => is(*p, *t) || is(*p, ty),
        (TyKind::Option(p), TyKind::Any) => is(*p, ty),
        (TyKind::Fn(ps, p), TyKind::Fn(ts, t)) => {
            ps.len() == ts.len() && ps.iter().zip(ts).all(|(&p, &t)| is(p, t)) && is(*p, *t)
        }
        _ => pattern == ty,
    }
}
