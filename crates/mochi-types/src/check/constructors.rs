//! Variants made by a call, `Node(l, v)`, or by their bare name, `Leaf` (4.9). Like other calls, one with too few arguments
//! gives a function of the remaining fields (3.5).

use mochi_base::Span;
use mochi_base::diag::codes::T006;
use mochi_syntax::tree;

use super::{Checker, functions};
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

    /// The constructor as a value: a new function around the variant.
    fn constructor(&mut self, variant: StructId, fields: &[Ty], span: Span) -> ExprId {
        let result = self.types.intern(TyKind::Struct(variant));
        let fun = FunId(self.funs.len() as u32);
        self.funs.push(Fun {
            name: self.types.structs[variant].name,
            kind: FunKind::Named,
            parent: None,
            type_params: Vec::new(),
            params: Vec::new(),
            result,
            body: Vec::new(),
            span,
        });
        self.signatures.push(functions::Signature {
            params: fields.into(),
            result: functions::Outcome::Known(result),
            package: self.packages.current(),
            ..functions::Signature::main()
        });
        let outer = std::mem::replace(&mut self.cx.fun, fun);
        let params: Vec<LocalId> =
            fields.iter().map(|&ty| self.new_local(self.known.underscore, ty, span)).collect();
        let given =
            params.iter().zip(fields).map(|(&param, &ty)| self.push(ExprKind::Local(param), ty, span));
        let given = given.collect();
        let value = self.variant_of_fields(variant, given, span);
        self.cx.fun = outer;
        let f = &mut self.funs[fun.0 as usize];
        f.params = params;
        f.body = vec![Stmt { kind: StmtKind::Return(Some(value)), span }];
        let ty = self.types.fun(fields.to_vec(), result);
        self.push(ExprKind::Fun(fun, Vec::new()), ty, span)
    }
}
