//! Types and signatures, nearly as in the source.

use super::Printer;
use crate::tree::*;

impl Printer<'_> {
    pub(super) fn ty(&mut self, id: TypeId) {
        let tree = self.tree;
        match &tree.types[id].kind {
            TypeKind::Name(name) => self.name(*name),
            TypeKind::Generic(name, args) => {
                self.name(name.name);
                self.word("<");
                self.ty_list(args);
                self.word(">");
            }
            TypeKind::Fun(params, result) => {
                self.word("fun(");
                self.ty_list(params);
                self.word(")");
                self.annotation(*result);
            }
            TypeKind::Struct(fields) => {
                self.word("{");
                self.field_decls(fields);
                self.word("}");
            }
            TypeKind::Option(ty) => {
                // The question mark belongs to the innermost type, so a function type under it shows its extent.
                let is_fun = matches!(tree.types[*ty].kind, TypeKind::Fun(..));
                self.word(if is_fun { "(" } else { "" });
                self.ty(*ty);
                self.word(if is_fun { ")?" } else { "?" });
            }
            TypeKind::Error => self.word("<error>"),
        }
    }

    fn ty_list(&mut self, types: &[TypeId]) {
        for (i, &ty) in types.iter().enumerate() {
            self.word(if i > 0 { ", " } else { "" });
            self.ty(ty);
        }
    }

    /// `: type`, if there is one.
    pub(super) fn annotation(&mut self, ty: Option<TypeId>) {
        if let Some(ty) = ty {
            self.word(": ");
            self.ty(ty);
        }
    }

    /// `a: A, b: B`.
    pub(super) fn field_decls(&mut self, fields: &[FieldDecl]) {
        for (i, field) in fields.iter().enumerate() {
            self.word(if i > 0 { ", " } else { "" });
            self.name(field.name.name);
            self.annotation(Some(field.ty));
        }
    }

    /// `(a: A, b)`.
    pub(super) fn params(&mut self, params: &[Param]) {
        self.word("(");
        for (i, param) in params.iter().enumerate() {
            self.word(if i > 0 { ", " } else { "" });
            self.name(param.name.name);
            self.annotation(param.ty);
        }
        self.word(")");
    }

    /// `(fun name<T>(a: A): R ! io` and the body; `word` is what stands for `fun`.
    pub(super) fn function(&mut self, word: &str, fun: &FunDecl) {
        self.word("(");
        self.word(word);
        if let Some(name) = fun.name {
            self.word(" ");
            self.name(name.name);
        }
        if !fun.type_params.is_empty() {
            self.word("<");
            self.idents(&fun.type_params, ", ");
            self.word(">");
        }
        self.params(&fun.params);
        self.annotation(fun.result);
        if let Some(effects) = &fun.effects {
            self.word(" ! ");
            self.idents(effects, ", ");
        }
        if !fun.doc.is_empty() {
            self.word(" doc ");
            self.string(&fun.doc);
        }
        match &fun.body {
            FunBody::Expr(expr) => {
                self.word(" => ");
                self.expr(*expr);
            }
            FunBody::Block(block) => self.body(block),
        }
        self.word(")");
    }

    pub(super) fn idents(&mut self, idents: &[Ident], separator: &str) {
        for (i, ident) in idents.iter().enumerate() {
            self.word(if i > 0 { separator } else { "" });
            self.name(ident.name);
        }
    }
}
