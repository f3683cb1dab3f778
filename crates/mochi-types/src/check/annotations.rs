//! Types as written, turned into types (3.2).

use mochi_base::diag::codes::T025;
use mochi_base::{Name, Span};
use mochi_syntax::tree::{self, TypeKind};

use super::Checker;
use super::declare::{Alias, TypeName};
use crate::ty::{StructDef, Ty, TyKind, Types};

impl Checker<'_> {
    /// The type that an annotation stands for.
    pub(super) fn written_type(&mut self, id: tree::TypeId) -> Ty {
        let tree = self.tree;
        let node = &tree.types[id];
        match &node.kind {
            TypeKind::Name(name) => self.named_type(*name, node.span),
            TypeKind::Option(inner) => {
                let inner = self.written_type(*inner);
                self.types.option(inner)
            }
            TypeKind::Generic(name, args) => self.generic_type(name.name, args),
            TypeKind::Fun(params, result) => self.function_type(params, *result),
            TypeKind::Struct(fields) => self.inline_struct_type(fields, node.span),
            TypeKind::Error => Types::ERROR,
        }
    }

    #[inline(never)]
    fn generic_type(&mut self, name: Name, args: &[tree::TypeId]) -> Ty {
        match (self.names.get(name), args) {
            ("list", &[elem]) => {
                let elem = self.written_type(elem);
                self.types.list(elem)
            }
            ("map", &[key, value]) => {
                let key = self.written_type(key);
                let value = self.written_type(value);
                self.types.map(key, value)
            }
            _ => Types::ANY,
        }
    }

    #[inline(never)]
    fn function_type(&mut self, params: &[tree::TypeId], result: Option<tree::TypeId>) -> Ty {
        let params = params.iter().map(|&param| self.written_type(param)).collect();
        let result = result.map_or(Types::UNIT, |result| self.written_type(result));
        self.types.fun(params, result)
    }

    #[inline(never)]
    fn inline_struct_type(&mut self, fields: &[tree::FieldDecl], span: Span) -> Ty {
        let mut typed: Vec<(Name, Ty)> = Vec::with_capacity(fields.len());
        for field in fields {
            let ty = self.written_type(field.ty);
            typed.push((field.name.name, ty));
        }
        self.inline_struct(typed, span)
    }

    /// The struct type with these fields and no name. Their order does not matter.
    pub(super) fn inline_struct(&mut self, mut fields: Vec<(Name, Ty)>, span: Span) -> Ty {
        fields.sort_by(|a, b| self.names.get(a.0).cmp(self.names.get(b.0)));
        fields.dedup_by_key(|field| field.0);
        let id = match self.declared.inline_structs.get(&fields) {
            Some(&id) => id,
            None => {
                let def = StructDef { name: None, fields: fields.clone(), variant_of: None, span };
                let id = self.types.structs.push(def);
                self.index_fields(id);
                self.declared.inline_structs.insert(fields, id);
                id
            }
        };
        self.types.intern(TyKind::Struct(id))
    }

    pub(super) fn named_type(&mut self, name: Name, span: Span) -> Ty {
        if let Some(&(_, ty)) = self.type_params.iter().rev().find(|&&(param, _)| param == name) {
            return ty;
        }
        let key = self.type_key(name, span.lo);
        match self.declared.types.get(&key) {
            Some(&TypeName::Struct(id)) => return self.types.intern(TyKind::Struct(id)),
            Some(&TypeName::Union(id)) => return self.types.intern(TyKind::Union(id)),
            Some(&TypeName::Alias(alias)) => {
                if self.lints() && self.declared.alias_places.get(&key).is_some_and(|&place| span.lo < place)
                {
                    // Aliases are visible from their declaration on (L5).
                    let name = self.names.get(name).to_string();
                    self.lint(T025 { name }.at(span));
                }
                return self.alias_type(key, alias);
            }
            Some(TypeName::Opaque) => return Types::ERROR,
            None => {}
        }
        match self.names.get(name) {
            "int" => Types::INT,
            "int64" => Types::INT64,
            "float" => Types::FLOAT,
            "bool" => Types::BOOL,
            "string" => Types::STR,
            "bigint" => Types::BIGINT,
            "bigrat" => Types::BIGRAT,
            "unit" => Types::UNIT,
            // `list` and `map` without their parts are anything.
            "any" | "list" | "map" => Types::ANY,
            text if text.len() == 1 && text.as_bytes()[0].is_ascii_uppercase() => Types::ANY,
            text => {
                let name_text = text.to_string();
                let diagnostic = T025 { name: &name_text }.at(span);
                let diagnostic = self.with_similar_type(diagnostic, name, span);
                if self.strict() {
                    self.report(diagnostic);
                } else {
                    self.report(diagnostic.warning());
                }
                Types::ANY
            }
        }
    }

    /// What an alias stands for. An alias that mentions itself is a kind of `any` at that place: a value of a recursive
    /// type like `type Church = fun(Church): Church` is checked one level deep.
    fn alias_type(&mut self, key: Name, alias: Alias) -> Ty {
        match alias {
            Alias::Done(ty) => ty,
            Alias::InProgress => {
                self.declared.has_cycles = true;
                Types::AGAIN
            }
            Alias::Written(written) => {
                self.declared.types.insert(key, TypeName::Alias(Alias::InProgress));
                let outer = std::mem::take(&mut self.type_params);
                let ty = self.written_type(written);
                self.type_params = outer;
                self.declared.types.insert(key, TypeName::Alias(Alias::Done(ty)));
                ty
            }
        }
    }
}
