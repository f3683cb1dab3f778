//! Functions: signatures, bodies of top-level functions and methods, nested functions, lambdas.

use std::rc::Rc;

use mochi_base::{Name, Span};
use mochi_syntax::tree::{self, FunBody, FunDecl};

use super::returns::Ways;
use super::scopes::Binding;
use super::{Checker, Context};
use crate::ty::{StructId, Ty, TyKind, TypeVar, Types};
use crate::typed::*;

/// What callers know of a function.
#[derive(Clone)]
pub(super) struct Signature {
    /// The types of the parameters; for a method the receiver's first.
    pub params: Rc<[Ty]>,
    pub type_params: Rc<[TypeVar]>,
    pub result: Outcome,
    /// The declaration leaves the result type to us.
    pub inferred: bool,
    /// The body has been checked, or is being checked.
    pub checked: bool,
    /// Importers of its package may call it.
    pub exported: bool,
    /// Whose names the body means; see [`packages`](super::packages).
    pub package: u32,
}

/// A result type.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    Known(Ty),
    /// To be inferred from the body, which has not been looked at.
    Pending,
    /// Being inferred: a soft variable.
    Open(Ty),
}

impl Signature {
    /// The signature of the top-level code, which nobody calls.
    pub fn main() -> Self {
        Signature {
            params: Rc::new([]),
            type_params: Rc::new([]),
            result: Outcome::Known(Types::UNIT),
            inferred: false,
            checked: true,
            exported: false,
            package: super::packages::MAIN,
        }
    }
}

impl<'a> Checker<'a> {
    /// Makes a function that is no part of another, with its signature.
    pub(super) fn declare_fun(&mut self, decl: &'a FunDecl, receiver: Option<StructId>) -> FunId {
        let scope = self.type_params.len();
        self.effect_labels(decl);
        let type_params = self.open_type_params(decl);
        let mut params = Vec::with_capacity(decl.params.len() + 1);
        if let Some(id) = receiver {
            params.push(self.types.intern(TyKind::Struct(id)));
        }
        for param in &decl.params {
            params.push(match param.ty {
                Some(ty) => self.written_type(ty),
                None => {
                    // An intent may leave it out as a function may.
                    if receiver.is_some_and(|id| !self.reactive.agents.contains_key(&id)) {
                        self.untyped_method_param(param);
                    }
                    Types::ANY
                }
            });
        }
        let result = match decl.result {
            Some(ty) => self.written_result(decl, ty),
            None => self.unwritten_result(decl),
        };
        self.type_params.truncate(scope);
        let kind = match receiver {
            Some(id) => FunKind::Method(id),
            None => FunKind::Named,
        };
        self.new_fun(decl, kind, None, type_params, params.into(), result)
    }

    fn new_fun(
        &mut self,
        decl: &'a FunDecl,
        kind: FunKind,
        parent: Option<FunId>,
        type_params: Vec<TypeVar>,
        params: Rc<[Ty]>,
        result: Outcome,
    ) -> FunId {
        let id = FunId(self.funs.len() as u32);
        self.funs.push(Fun {
            name: decl.name.map(|name| name.name),
            kind,
            parent,
            type_params: type_params.clone(),
            params: Vec::new(),
            result: Types::ERROR,
            body: Vec::new(),
            span: decl.head,
        });
        self.add_signature(
            Some(decl),
            Signature {
                params,
                type_params: type_params.into(),
                result,
                inferred: matches!(result, Outcome::Pending),
                checked: false,
                exported: decl.export,
                package: self.packages.current(),
            },
        );
        id
    }

    /// A function that the program does not declare: it returns what `body` makes of its parameters.
    pub(super) fn made_function(
        &mut self,
        name: Name,
        params: &[Ty],
        result: Ty,
        span: Span,
        body: impl FnOnce(&mut Self, Vec<ExprId>) -> ExprId,
    ) -> FunId {
        let fun = FunId(self.funs.len() as u32);
        self.funs.push(Fun {
            name: Some(name),
            kind: FunKind::Named,
            parent: None,
            type_params: Vec::new(),
            params: Vec::new(),
            result,
            body: Vec::new(),
            span,
        });
        self.add_signature(
            None,
            Signature {
                params: params.into(),
                result: Outcome::Known(result),
                package: self.packages.current(),
                ..Signature::main()
            },
        );
        let outer = std::mem::replace(&mut self.cx.fun, fun);
        let mut locals = Vec::with_capacity(params.len());
        let mut args = Vec::with_capacity(params.len());
        for &ty in params {
            let local = self.new_local(self.known.underscore, ty, span);
            locals.push(local);
            args.push(self.push(ExprKind::Local(local), ty, span));
        }
        let value = body(self, args);
        self.cx.fun = outer;
        let f = &mut self.funs[fun.0 as usize];
        f.params = locals;
        f.body = vec![Stmt { kind: StmtKind::Return(Some(value)), span }];
        fun
    }

    /// Gives a function that was added its signature, with its declaration if the program has one.
    pub(super) fn add_signature(&mut self, decl: Option<&'a FunDecl>, signature: Signature) {
        self.decls.push(decl);
        self.signatures.push(signature);
    }

    /// The declaration of a function of this input; of those that are made for something else there is none.
    pub(super) fn decl(&self, fun: FunId) -> Option<&'a FunDecl> {
        let first = self.signatures.len() - self.decls.len();
        self.decls.get((fun.0 as usize).checked_sub(first)?).copied().flatten()
    }

    fn open_type_params(&mut self, decl: &FunDecl) -> Vec<TypeVar> {
        let mut vars = Vec::with_capacity(decl.type_params.len());
        for param in &decl.type_params {
            let var = self.rigid_var(param.name);
            self.bind_type_param(param.name, var);
            vars.push(var);
        }
        vars
    }

    fn bind_type_param(&mut self, name: Name, var: TypeVar) {
        let ty = self.types.intern(TyKind::Var(var));
        self.type_params.push((name, ty));
    }

    /// The result of a function that declares it. Where lenient programs end without a value, which is none (4.4), callers
    /// are to see it.
    fn written_result(&mut self, decl: &FunDecl, ty: tree::TypeId) -> Outcome {
        let ty = self.written_type(ty);
        if self.strict() || ty == Types::UNIT {
            return Outcome::Known(ty);
        }
        let returns = self.body_returns(decl);
        // A `return` alone is a mistake of its own (T010).
        Outcome::Known(if returns.none && !returns.bare { self.types.option(ty) } else { ty })
    }

    /// The result of a function that declares none. Who returns a value from a block may return any (3.5); lenient, which
    /// lets an any flow anywhere, looks closer.
    fn unwritten_result(&self, decl: &FunDecl) -> Outcome {
        match (self.body_returns(decl).value, &decl.body) {
            (true, FunBody::Block(_)) if self.strict() => Outcome::Known(Types::ANY),
            (true, _) => Outcome::Pending,
            (false, _) => Outcome::Known(Types::UNIT),
        }
    }

    fn body_returns(&self, decl: &FunDecl) -> super::returns::Returns {
        let ways = Ways {
            tree: self.tree,
            panic: self.names.lookup("panic"),
            underscore: self.known.underscore,
            is_variant: |name| self.declared.variants.contains_key(&name),
        };
        ways.returns(&decl.body)
    }

    /// Checks the body of a top-level function or method as a unit.
    pub(super) fn top_level_function(&mut self, fun: FunId) {
        let signature = self.signatures[fun.0 as usize].clone();
        let decl = self.decl(fun).expect("the top-level code is no function");
        self.type_params.clear();
        for (param, &var) in decl.type_params.iter().zip(signature.type_params.iter()) {
            self.bind_type_param(param.name, var);
        }
        let result = self.open_result(fun, decl);
        let receiver = match self.funs[fun.0 as usize].kind {
            FunKind::Method(id) => Some(id),
            _ => None,
        };
        self.cx = Context { fun, result, loops: 0, this: None };
        let scope = self.scopes.open();
        let mut params = Vec::with_capacity(signature.params.len());
        if let Some(id) = receiver {
            // The receiver has no name that a program could say.
            let this = self.new_local(self.known.underscore, signature.params[0], decl.head);
            self.cx.this = Some((id, this));
            params.push(this);
        }
        self.bind_params(decl, &signature.params[params.len()..], &mut params);
        let body = self.body(decl, result);
        self.scopes.close(scope);
        self.close_result(fun, result);
        let f = &mut self.funs[fun.0 as usize];
        f.params = params;
        f.body = body;
    }

    /// The result type to check a body against; a soft variable when the declaration has none.
    fn open_result(&mut self, fun: FunId, decl: &FunDecl) -> Ty {
        match self.signatures[fun.0 as usize].result {
            Outcome::Known(ty) | Outcome::Open(ty) => ty,
            Outcome::Pending => {
                let ty = self.soft_result(decl.head);
                let ty = if self.body_returns(decl).none { self.types.option(ty) } else { ty };
                self.signatures[fun.0 as usize].result = Outcome::Open(ty);
                ty
            }
        }
    }

    /// The body is checked: what was inferred for the result is final.
    fn close_result(&mut self, fun: FunId, result: Ty) {
        let result = match self.signatures[fun.0 as usize].result {
            Outcome::Open(_) => {
                let closed = self.closed_type(result);
                self.signatures[fun.0 as usize].result = Outcome::Known(closed);
                // The soft variable stays in the body and means the same in the end.
                result
            }
            Outcome::Known(_) | Outcome::Pending => result,
        };
        self.funs[fun.0 as usize].result = result;
    }

    fn bind_params(&mut self, decl: &FunDecl, types: &[Ty], locals: &mut Vec<LocalId>) {
        for (param, &ty) in decl.params.iter().zip(types) {
            let local = self.new_local(param.name.name, ty, param.name.span);
            self.scopes.bind(param.name.name, Binding::Local(local));
            locals.push(local);
        }
    }

    fn body(&mut self, decl: &FunDecl, result: Ty) -> Vec<Stmt> {
        match &decl.body {
            FunBody::Block(block) => self.stmts(&block.stmts),
            FunBody::Expr(e) => {
                let value = self.value_of_type(*e, result);
                vec![Stmt { kind: StmtKind::Return(Some(value)), span: self.tree.exprs[*e].span }]
            }
        }
    }

    /// A nested function: its declaration is executed where it stands, and it is visible from there on.
    pub(super) fn nested_function(&mut self, decl: &'a FunDecl, span: Span) -> Stmt {
        let fun = self.inner_function(decl, FunKind::Named, None);
        Stmt { kind: StmtKind::Fun(fun), span }
    }

    /// A lambda; the expected function type gives what it leaves out.
    pub(super) fn lambda(&mut self, decl: &'a FunDecl, expected: Option<Ty>, span: Span) -> ExprId {
        let fun = self.inner_function(decl, FunKind::Lambda, expected);
        let params = self.signatures[fun.0 as usize].params.to_vec();
        let result = self.funs[fun.0 as usize].result;
        let ty = self.types.fun(params, result);
        self.push(ExprKind::Lambda(fun), ty, span)
    }

    #[inline(never)]
    fn inner_function(&mut self, decl: &'a FunDecl, kind: FunKind, expected: Option<Ty>) -> FunId {
        let scope = self.type_params.len();
        self.effect_labels(decl);
        let type_params = match kind {
            // A function value is one function, which takes all types that its parameters may stand for.
            FunKind::Lambda => {
                self.type_params.extend(decl.type_params.iter().map(|param| (param.name, Types::ANY)));
                Vec::new()
            }
            FunKind::Named | FunKind::Method(_) | FunKind::Main | FunKind::Block(_) => {
                self.open_type_params(decl)
            }
        };
        let (hints, hinted_result) = self.expected_function(expected);
        let params = decl.params.iter().enumerate().map(|(i, param)| match param.ty {
            Some(ty) => self.written_type(ty),
            None => hints.get(i).map_or(Types::ANY, |&hint| match self.resolve(hint) {
                hint if self.free_var(hint).is_some() => Types::ANY,
                hint => hint,
            }),
        });
        let params: Rc<[Ty]> = params.collect::<Vec<_>>().into();
        let result = match decl.result {
            Some(ty) => self.written_result(decl, ty),
            None => match hinted_result {
                Some(ty) => Outcome::Known(ty),
                None => self.unwritten_result(decl),
            },
        };
        let parent = self.cx.fun;
        let fun = self.new_fun(decl, kind, Some(parent), type_params, params.clone(), result);
        if let (FunKind::Named, Some(name)) = (kind, decl.name) {
            self.scopes.bind(name.name, Binding::Fun(fun));
        }
        self.inner_body(fun, decl, &params);
        self.type_params.truncate(scope);
        fun
    }

    #[inline(never)]
    fn inner_body(&mut self, fun: FunId, decl: &'a FunDecl, param_types: &[Ty]) {
        let outer = self.cx;
        let outer_facts = std::mem::take(&mut self.narrowed);
        let scope = self.scopes.open();
        self.cx = Context { fun, result: Types::ERROR, loops: 0, this: outer.this };
        let mut params = Vec::with_capacity(param_types.len());
        self.bind_params(decl, param_types, &mut params);
        let body = match (&decl.body, self.signatures[fun.0 as usize].result) {
            (FunBody::Expr(e), Outcome::Pending) => self.inferred_expr_body(fun, *e),
            _ => {
                let result = self.open_result(fun, decl);
                self.cx.result = result;
                self.funs[fun.0 as usize].result = result;
                self.body(decl, result)
            }
        };
        if let Outcome::Open(result) = self.signatures[fun.0 as usize].result {
            self.signatures[fun.0 as usize].result = Outcome::Known(result);
        }
        self.scopes.close(scope);
        self.cx = outer;
        self.narrowed = outer_facts;
        let f = &mut self.funs[fun.0 as usize];
        f.params = params;
        f.body = body;
    }

    /// `=> e` without a result type: the result is what `e` is.
    fn inferred_expr_body(&mut self, fun: FunId, e: tree::ExprId) -> Vec<Stmt> {
        let value = self.expr(e, None);
        let ty = self.ty(value);
        let result = self.widened(ty);
        let value = self.coerce(value, result).unwrap_or(value);
        self.funs[fun.0 as usize].result = result;
        self.signatures[fun.0 as usize].result = Outcome::Known(result);
        vec![Stmt { kind: StmtKind::Return(Some(value)), span: self.tree.exprs[e].span }]
    }

    /// Parameter types and result of an expected function type. A result that is not known or dropped is no hint.
    fn expected_function(&self, expected: Option<Ty>) -> (Vec<Ty>, Option<Ty>) {
        let Some(expected) = expected else { return (Vec::new(), None) };
        let expected = self.resolve(expected);
        let inner = match *self.types.kind(expected) {
            TyKind::Option(inner) => self.resolve(inner),
            _ => expected,
        };
        match self.types.kind(inner) {
            TyKind::Fun(params, result) => {
                let known = self.resolve(*result) != Types::UNIT && !self.mentions_free_var(*result);
                (params.to_vec(), known.then_some(*result))
            }
            _ => (Vec::new(), None),
        }
    }

    /// A function as a value.
    pub(super) fn function_value(&mut self, fun: FunId, span: Span) -> ExprId {
        let result = self.result_of(fun);
        let signature = &self.signatures[fun.0 as usize];
        let params = signature.params.clone();
        if signature.type_params.is_empty() {
            let ty = self.types.fun(params.to_vec(), result);
            return self.push(ExprKind::Fun(fun, Vec::new()), ty, span);
        }
        let instance = self.instantiate(fun);
        let params = params.iter().map(|&param| self.instance_type(&instance, param)).collect();
        let result = self.instance_type(&instance, result);
        let ty = self.types.fun(params, result);
        self.push(ExprKind::Fun(fun, instance.args), ty, span)
    }

    /// The name of a function for messages.
    pub(super) fn function_name(&self, fun: FunId) -> Name {
        self.funs[fun.0 as usize].name.unwrap_or(self.known.underscore)
    }
}
