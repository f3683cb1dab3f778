//! Names as values: variables, fields of the receiver, functions, variants without fields.

use mochi_base::diag::codes::{M006, T002};
use mochi_base::{Name, Span};

use super::Checker;
use super::scopes::Binding;
use crate::ty::{StructId, Ty, TyKind, Types};
use crate::typed::*;

/// What a name means where a value is wanted.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    Local(LocalId),
    /// A field of the receiver, inside a method.
    Field(StructId, u32),
    /// A sibling method, inside a method.
    Method(FunId),
    Fun(FunId),
    Variant(StructId),
}

impl Checker<'_> {
    /// Resolves a name: variables first, then the receiver's members, functions, variants (3.4).
    #[inline]
    pub(super) fn meaning(&mut self, name: Name, at: Span) -> Option<Meaning> {
        match self.scopes.lookup(name) {
            Some(Binding::Local(local)) => return Some(Meaning::Local(local)),
            Some(Binding::Fun(fun)) => return Some(Meaning::Fun(fun)),
            None => {}
        }
        if let Some((id, _)) = self.cx.this {
            if let Some(&field) = self.declared.fields.get(&(id, name)) {
                return Some(Meaning::Field(id, field));
            }
            if let Some(&method) = self.declared.methods.get(&(id, name)) {
                return Some(Meaning::Method(method));
            }
        }
        if let Some(global) = self.find_global(name, at.lo) {
            return Some(Meaning::Local(self.global_local(global)));
        }
        if let Some(&fun) = self.declared.functions.get(&name) {
            return Some(Meaning::Fun(fun));
        }
        let key = self.type_key(name, at.lo);
        self.declared.variants.get(&key).map(|&variant| Meaning::Variant(variant))
    }

    /// The variable of a global, with a type. A function checked before the declaration sees `any`, and so will
    /// everybody.
    fn global_local(&mut self, index: u32) -> LocalId {
        let global = &mut self.declared.globals[index as usize];
        let local = global.local;
        if !global.typed {
            global.typed = true;
            self.locals[local.0 as usize].ty = Types::ANY;
        }
        local
    }

    /// A name as a value.
    pub(super) fn name(&mut self, name: Name, span: Span) -> ExprId {
        match self.meaning(name, span) {
            Some(Meaning::Local(local)) => self.local_value(local, span),
            Some(Meaning::Field(id, field)) => {
                let this = self.this(span);
                let ty = self.types.structs[id].fields[field as usize].1;
                self.push(ExprKind::Field(this, field), ty, span)
            }
            Some(Meaning::Method(fun)) => {
                let this = self.this(span);
                self.bound_method(this, fun, span)
            }
            Some(Meaning::Fun(fun)) => self.function_value(fun, span),
            Some(Meaning::Variant(variant)) => self.bare_variant(variant, span),
            None if self.is_none_synonym(name) => {
                if self.lints() {
                    let name = self.names.get(name).to_string();
                    self.lint(T002 { name }.at(span));
                }
                self.push(ExprKind::None, Types::ANY, span)
            }
            None => {
                self.undefined_variable(name, span);
                self.error_expr(span)
            }
        }
    }

    /// Whether an undefined name means `none` (L12).
    pub(super) fn is_none_synonym(&self, name: Name) -> bool {
        !self.strict() && (name == self.known.null || name == self.known.nil)
    }

    /// A variable's value; one that is known to be present has its element type.
    #[inline]
    pub(super) fn local_value(&mut self, local: LocalId, span: Span) -> ExprId {
        let e = self.local(local, span);
        if self.narrowed.is_present(local)
            && let TyKind::Option(inner) = *self.kind(self.exprs[e.0 as usize].ty)
        {
            return self.convert(e, Conversion::Unbox, inner);
        }
        e
    }

    /// A variable as it is, narrowed or not.
    #[inline]
    pub(super) fn local(&mut self, local: LocalId, span: Span) -> ExprId {
        let fun = self.cx.fun;
        let l = &mut self.locals[local.0 as usize];
        l.captured |= l.owner != fun;
        let ty = l.ty;
        self.push(ExprKind::Local(local), ty, span)
    }

    /// The receiver, inside a method.
    pub(super) fn this(&mut self, span: Span) -> ExprId {
        let (_, this) = self.cx.this.expect("only methods have fields in scope");
        self.local(this, span)
    }

    /// A method of a receiver as a value.
    pub(super) fn bound_method(&mut self, receiver: ExprId, fun: FunId, span: Span) -> ExprId {
        let result = self.result_of(fun);
        let params: Vec<Ty> = self.signatures[fun.0 as usize].params[1..].to_vec();
        let ty = self.types.fun(params, result);
        self.push(ExprKind::BoundMethod(fun, receiver), ty, span)
    }

    #[inline(never)]
    fn undefined_variable(&mut self, name: Name, span: Span) {
        let text = self.names.get(name).to_string();
        if self.declared.modules.contains_key(&name) {
            return self.report(M006 { name: text }.at(span));
        }
        let diagnostic = T002 { name: &text }.at(span);
        let diagnostic = self.with_similar_value(diagnostic, name, span);
        self.report(diagnostic);
    }
}
