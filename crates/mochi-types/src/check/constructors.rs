//! Variants made by a call, `Node(l, v)`, or by their bare name, `Leaf` (4.9). Like other calls, one with too few arguments
//! gives a function of the remaining fields (3.5).

use mochi_base::Span;
use mochi_base::diag::codes::T006;
use mochi_syntax::tree;

use super::Checker;
use crate::ty::{StructId, Ty, TyKind};
use crate::typed::*;

impl Checker<'_> {
    /// A variant from its fields in order.
    #[inline(never)]
    pub(super) fn construct(&mut self, variant: StructId, args: &[tree::ExprId], span: Span) -> ExprId {
        let fields = self.field_types(variant);
        if args.len() > fields.len() {
            let name = self.types.structs[variant].name.map_or("", |name| self.names.get(name)).to_string();
            self.report(T006 { name, expected: fields.len(), found: args.len() }.at(span));
            self.silent_args(args);
            return self.error_expr(span);
        }
        let callee = (args.len() < fields.len()).then(|| self.constructor(variant, &fields, span));
        let mut typed = Vec::with_capacity(args.len());
        for (&arg, &ty) in args.iter().zip(&fields) {
            typed.push(self.value_for(arg, ty, span));
        }
        let ty = self.types.intern(TyKind::Struct(variant));
        match callee {
            Some(callee) => self.partial(callee, typed, &fields, ty, span),
            None => self.variant_of_fields(variant, typed, span),
        }
    }

    /// A variant that is named without arguments: the value when it has no fields, else a function of its fields.
    pub(super) fn bare_variant(&mut self, variant: StructId, span: Span) -> ExprId {
        let fields = self.field_types(variant);
        match fields.is_empty() {
            true => self.variant_of_fields(variant, Vec::new(), span),
            false => self.constructor(variant, &fields, span),
        }
    }

    fn field_types(&self, variant: StructId) -> Vec<Ty> {
        self.types.structs[variant].fields.iter().map(|field| field.1).collect()
    }

    fn variant_of_fields(&mut self, variant: StructId, fields: Vec<ExprId>, span: Span) -> ExprId {
        let ty = self.types.intern(TyKind::Struct(variant));
        let inits = fields.into_iter().enumerate().map(|(i, field)| (i as u32, field)).collect();
        self.push(ExprKind::Struct(variant, inits), ty, span)
    }

    /// The constructor as a value: a new function around the variant, the same for each mention.
    fn constructor(&mut self, variant: StructId, fields: &[Ty], span: Span) -> ExprId {
        let result = self.types.intern(TyKind::Struct(variant));
        let fun = match self.constructors.get(&variant) {
            Some(&fun) => fun,
            None => {
                let name = self.types.structs[variant].name.unwrap_or(self.known.underscore);
                let fun = self.made_function(name, fields, result, span, |this, fields| {
                    this.variant_of_fields(variant, fields, span)
                });
                self.constructors.insert(variant, fun);
                fun
            }
        };
        let ty = self.types.fun(fields.to_vec(), result);
        self.push(ExprKind::Fun(fun, Vec::new()), ty, span)
    }
}
