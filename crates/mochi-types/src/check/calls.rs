//! Calls: of functions, constructors, built-ins and function values; with too few arguments, a function of the rest.

use mochi_base::Span;
use mochi_base::diag::codes::{T003, T004, T006, T008, T047, T048};
use mochi_syntax::tree::{self, ExprKind as Written};

use super::Checker;
use super::generics::Instance;
use super::names::Meaning;
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

impl Checker<'_> {
    /// `callee(args)`.
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        callee: tree::ExprId,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        let node = &self.tree.exprs[callee];
        let e = match node.kind {
            Written::Name(name) => self.call_name(name, node.span, args, span, expected),
            Written::Field { recv, name } if let Some(module) = self.module_named(recv) => {
                self.call_member(module, name, args, span, expected)
            }
            Written::Field { recv, name } => {
                let recv = self.expr(recv, None);
                self.call_member_of(recv, name, args, span, expected)
            }
            _ => {
                let callee = self.expr(callee, None);
                self.call_value(callee, args, span)
            }
        };
        if self.narrowed.has_vars() {
            self.end_facts_of_vars(callee, args);
        }
        e
    }

    fn call_name(
        &mut self,
        name: mochi_base::Name,
        at: Span,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        match self.meaning(name, at) {
            Some(Meaning::Fun(fun)) => self.call_function(fun, None, args, span, expected),
            Some(Meaning::Local(_) | Meaning::Field(..)) => {
                let callee = self.name(name, at);
                if !self.is_callable(callee)
                    && !self.strict()
                    && let Some(e) = self.call_hidden(name, args, span, expected)
                {
                    return e;
                }
                self.call_value(callee, args, span)
            }
            Some(Meaning::Method(fun)) => {
                let this = self.this(at);
                self.call_function(fun, Some(this), args, span, expected)
            }
            Some(Meaning::Variant(variant)) => self.construct(variant, args, span),
            None => match self.call_built_in(name, args, span, expected) {
                Some(e) => e,
                None => self.undefined_function(name, args, span),
            },
        }
    }

    /// A variable that cannot be called does not hide a function of its name: `let count = count(xs)`.
    fn call_hidden(
        &mut self,
        name: mochi_base::Name,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> Option<ExprId> {
        match self.declared.functions.get(&name) {
            Some(&fun) => Some(self.call_function(fun, None, args, span, expected)),
            None => self.call_built_in(name, args, span, expected),
        }
    }

    fn call_built_in(
        &mut self,
        name: mochi_base::Name,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> Option<ExprId> {
        if let Some(&row) = self.builtins.get(&name) {
            return Some(self.builtin(row, None, args, span, expected));
        }
        let &index = self.runtime_names.get(&name)?;
        Some(self.call_runtime(index, args, span))
    }

    /// A call of a runtime function, in std.
    fn call_runtime(&mut self, index: u16, args: &[tree::ExprId], span: Span) -> ExprId {
        let signature = self.runtime[index as usize].clone();
        if args.len() != signature.params.len() {
            let (expected, found) = (signature.params.len(), args.len());
            self.report(T006 { name: signature.name, expected, found }.at(span));
            return self.error_expr(span);
        }
        let mut typed = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(&signature.params) {
            let e = self.value_for(arg, param, span);
            typed.push(e);
        }
        self.push(ExprKind::Runtime(index, typed), signature.result, span)
    }

    #[inline(never)]
    fn undefined_function(&mut self, name: mochi_base::Name, args: &[tree::ExprId], span: Span) -> ExprId {
        let text = self.names.get(name).to_string();
        let diagnostic = T003 { name: &text }.at(span);
        let diagnostic = self.with_similar_value(diagnostic, name, span);
        self.report(diagnostic);
        self.silent_args(args);
        self.error_expr(span)
    }

    /// Arguments of a call that failed: checked for their own mistakes.
    pub(super) fn silent_args(&mut self, args: &[tree::ExprId]) {
        for &arg in args {
            self.expr(arg, None);
        }
    }

    // ------------------------------------------------------------------------------------------------- functions

    /// A call of a function whose declaration is known.
    pub(super) fn call_function(
        &mut self,
        fun: FunId,
        receiver: Option<ExprId>,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        let params = self.signatures[fun.0 as usize].params.clone();
        let params = &params[receiver.is_some() as usize..];
        if args.len() > params.len() {
            return self.too_many_args(fun, params.len(), args, span);
        }
        if !self.signatures[fun.0 as usize].type_params.is_empty() {
            return self.call_generic(fun, receiver, params, args, span, expected);
        }
        if args.len() < params.len() {
            return self.call_partial(fun, receiver, params, args, span);
        }
        let mut typed = Vec::with_capacity(args.len() + 1);
        typed.extend(receiver);
        for (&arg, &param) in args.iter().zip(params) {
            let e = self.value_for(arg, param, span);
            typed.push(e);
        }
        let result = self.result_of(fun);
        self.push(ExprKind::Call(fun, Vec::new(), typed), result, span)
    }

    #[inline(never)]
    fn too_many_args(&mut self, fun: FunId, expected: usize, args: &[tree::ExprId], span: Span) -> ExprId {
        let name = self.names.get(self.function_name(fun)).to_string();
        let declared = self.funs[fun.0 as usize].span;
        let found = args.len();
        self.report(T006 { name, expected, found }.at(span).note(declared, "declared here"));
        self.silent_args(args);
        self.error_expr(span)
    }

    #[inline(never)]
    fn call_partial(
        &mut self,
        fun: FunId,
        receiver: Option<ExprId>,
        params: &[Ty],
        args: &[tree::ExprId],
        span: Span,
    ) -> ExprId {
        let callee = match receiver {
            Some(receiver) => self.bound_method(receiver, fun, span),
            None => self.function_value(fun, span),
        };
        let mut typed = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(params) {
            let e = self.value_for(arg, param, span);
            typed.push(e);
        }
        let result = self.result_of(fun);
        self.partial(callee, typed, params, result, span)
    }

    pub(super) fn partial(
        &mut self,
        callee: ExprId,
        args: Vec<ExprId>,
        params: &[Ty],
        result: Ty,
        span: Span,
    ) -> ExprId {
        let ty = self.types.fun(params[args.len()..].to_vec(), result);
        self.push(ExprKind::Partial(callee, args), ty, span)
    }

    // ------------------------------------------------------------------------------------------------- generics

    #[inline(never)]
    fn call_generic(
        &mut self,
        fun: FunId,
        receiver: Option<ExprId>,
        params: &[Ty],
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        let instance = self.instantiate(fun);
        let params: Vec<Ty> = params.iter().map(|&param| self.instance_type(&instance, param)).collect();
        let result = self.result_of(fun);
        let result = self.instance_type(&instance, result);
        let partial = args.len() < params.len();
        let typed = self.generic_args(fun, &params, args, expected.filter(|_| !partial), result, span);
        if partial {
            let ty = self.types.fun(params.clone(), result);
            let callee = match receiver {
                Some(receiver) => self.push(ExprKind::BoundMethod(fun, receiver), ty, span),
                None => self.push(ExprKind::Fun(fun, instance.args), ty, span),
            };
            return self.partial(callee, typed, &params, result, span);
        }
        self.check_escape(&instance, fun, result, span);
        let typed: Vec<ExprId> = receiver.into_iter().chain(typed).collect();
        if self.grows(&instance, fun)
            && let Some(e) = self.call_with_anys(fun, &typed, result, span)
        {
            return e;
        }
        self.push(ExprKind::Call(fun, instance.args, typed), result, span)
    }

    /// A call of a function by itself with a type argument made of its own type parameters: there would be no end of
    /// instances, so it is the one for `any`.
    #[inline(never)]
    fn call_with_anys(&mut self, fun: FunId, args: &[ExprId], result: Ty, span: Span) -> Option<ExprId> {
        let signature = self.signatures[fun.0 as usize].clone();
        let instance = Instance::of_anys(&signature.type_params);
        let mut typed = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(signature.params.iter()) {
            let param = self.instance_type(&instance, param);
            typed.push(self.coerce_operand(arg, param)?);
        }
        let written = self.result_of(fun);
        let given = self.instance_type(&instance, written);
        let e = self.push(ExprKind::Call(fun, instance.args, typed), given, span);
        match given {
            Types::ANY if self.resolve(result) != Types::ANY => {
                Some(self.convert(e, Conversion::Unbox, result))
            }
            _ => self.coerce_operand(e, result),
        }
    }

    /// Arguments of a generic call. Lambdas come last, since the other arguments decide the types of their parameters.
    fn generic_args(
        &mut self,
        fun: FunId,
        params: &[Ty],
        args: &[tree::ExprId],
        expected: Option<Ty>,
        result: Ty,
        span: Span,
    ) -> Vec<ExprId> {
        let placeholder = ExprId(u32::MAX);
        let mut typed = vec![placeholder; args.len()];
        for lambdas in [false, true] {
            for (i, &arg) in args.iter().enumerate() {
                if matches!(self.tree.exprs[arg].kind, Written::Lambda(_)) == lambdas {
                    typed[i] = self.generic_arg(fun, arg, params[i], span);
                }
            }
            // What is still open may be decided by the place that the result goes to.
            if let (false, Some(expected)) = (lambdas, expected)
                && self.mentions_free_var(result)
                && !self.mentions_free_var(expected)
                && self.resolve(expected) != Types::ANY
            {
                self.fits(result, expected);
            }
        }
        typed
    }

    fn generic_arg(&mut self, fun: FunId, arg: tree::ExprId, param: Ty, span: Span) -> ExprId {
        let at = self.tree.exprs[arg].span;
        // A literal whose elements disagree with an earlier argument is to be compared as a whole (T047).
        let decided = self.types.mentions_var(param) && !self.mentions_free_var(param);
        let is_literal = matches!(self.tree.exprs[arg].kind, Written::List(_) | Written::Map(_));
        let hint = (!(decided && is_literal) || self.is_empty_literal(arg)).then_some(param);
        let e = self.expr(arg, hint);
        let before = self.ty(e);
        // Where a type parameter is decided, types need only unify, and an any does with everything.
        let fitting = match decided {
            true if before == Types::ANY && !self.is_none(e) && self.resolve(param) != Types::ANY => {
                Some(self.convert(e, Conversion::Unbox, param))
            }
            true => self.coerce_operand(e, param),
            false => self.coerce(e, param),
        };
        match fitting {
            Some(e) => e,
            None => {
                let name = self.names.get(self.function_name(fun)).to_string();
                if self.same_form(param, before) {
                    self.type_error([param, before], |[first, second]| T047 { name, first, second }.at(span));
                } else {
                    self.type_error([param, before], |[expected, found]| T008 { expected, found }.at(at));
                }
                self.error_expr(at)
            }
        }
    }

    /// Whether an argument disagrees with its parameter about a type parameter only, not about the form around it.
    fn same_form(&self, param: Ty, found: Ty) -> bool {
        match (self.types.kind(param), self.kind(found)) {
            (TyKind::Var(_), _) => true,
            (&TyKind::List(a), &TyKind::List(b)) | (&TyKind::Option(a), &TyKind::Option(b)) => {
                self.same_form(a, b)
            }
            (&TyKind::Map(k1, v1), &TyKind::Map(k2, v2)) => self.same_form(k1, k2) || self.same_form(v1, v2),
            (TyKind::Fun(a, r1), TyKind::Fun(b, r2)) => {
                a.len() == b.len()
                    && (a.iter().zip(b).any(|(&a, &b)| self.same_form(a, b)) || self.same_form(*r1, *r2))
            }
            _ => false,
        }
    }

    /// Strict: the arguments must decide the result (T048).
    fn check_escape(&mut self, instance: &Instance, fun: FunId, result: Ty, span: Span) {
        if !self.lints() || !self.mentions_free_var(result) {
            return;
        }
        let type_params = self.signatures[fun.0 as usize].type_params.clone();
        for (&var, &arg) in type_params.iter().zip(&instance.args) {
            if self.is_free(arg) {
                let name = self.names.get(self.types.vars[var]).to_string();
                self.lint(T048 { name }.at(span));
                return;
            }
        }
    }

    // ---------------------------------------------------------------------------------------------------- values

    fn is_callable(&self, e: ExprId) -> bool {
        let inner = match *self.types.kind(self.ty(e)) {
            TyKind::Option(inner) => self.resolve(inner),
            _ => self.ty(e),
        };
        matches!(self.types.kind(inner), TyKind::Fun(..) | TyKind::Any | TyKind::Error)
    }

    /// A call of a function value.
    #[inline(never)]
    pub(super) fn call_value(&mut self, callee: ExprId, args: &[tree::ExprId], span: Span) -> ExprId {
        let plain = self.unwrapped(callee);
        if self.is_loose_use(callee, plain) {
            let found = self.ty(callee);
            self.type_lint([found], |[found]| T004 { found }.at(span));
        }
        let ty = self.known_now(self.exprs[plain.0 as usize].ty);
        match self.types.kind(ty) {
            TyKind::Fun(params, result) => {
                let (params, result) = (params.to_vec(), *result);
                self.call_typed_value(plain, &params, result, args, span)
            }
            TyKind::Any => {
                self.type_lint([ty], |[found]| T004 { found }.at(span));
                let mut typed = Vec::with_capacity(args.len());
                for &arg in args {
                    let e = self.value_of_type(arg, Types::ANY);
                    typed.push(e);
                }
                self.push(ExprKind::CallValue(plain, typed), Types::ANY, span)
            }
            TyKind::Error => {
                self.silent_args(args);
                self.error_expr(span)
            }
            _ => {
                self.type_error([ty], |[found]| T004 { found }.at(span));
                self.silent_args(args);
                self.error_expr(span)
            }
        }
    }

    fn call_typed_value(
        &mut self,
        callee: ExprId,
        params: &[Ty],
        result: Ty,
        args: &[tree::ExprId],
        span: Span,
    ) -> ExprId {
        if args.len() > params.len() {
            let (expected, found) = (params.len(), args.len());
            self.report(T006 { name: "this function", expected, found }.at(span));
            self.silent_args(args);
            return self.error_expr(span);
        }
        let mut typed = Vec::with_capacity(args.len());
        for (&arg, &param) in args.iter().zip(params) {
            let e = self.value_for(arg, param, span);
            typed.push(e);
        }
        if args.len() < params.len() {
            return self.partial(callee, typed, params, result, span);
        }
        self.push(ExprKind::CallValue(callee, typed), result, span)
    }
}
