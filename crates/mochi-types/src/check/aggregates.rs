//! Literals of lists, maps and structs.

use mochi_base::diag::codes::{T008, T026, T053};
use mochi_base::{Name, Span};
use mochi_syntax::tree;
use rustc_hash::FxHashSet;

use super::Checker;
use crate::show::show_names;
use crate::ty::{StructId, Ty, TyKind, Types};
use crate::typed::*;

impl Checker<'_> {
    /// `[a, b]`. With an expected element type every element must fit it; else the elements decide, and where they do
    /// not unify the list holds `any` (L2).
    #[inline(never)]
    pub(super) fn list_literal(
        &mut self,
        items: &[tree::ExprId],
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let known = self.expected_list(expected);
        if let Some(elem) = known {
            let mut typed = Vec::with_capacity(items.len());
            for &item in items {
                let e = self.value_of_type(item, elem);
                typed.push(e);
            }
            let ty = self.types.list(elem);
            return self.push(ExprKind::List(typed), ty, span);
        }
        if items.is_empty() {
            let ty = self.soft_list(span);
            return self.push(ExprKind::List(Vec::new()), ty, span);
        }
        let mut typed = Vec::with_capacity(items.len());
        for &item in items {
            let e = self.expr(item, None);
            typed.push(e);
        }
        let elem = self.element_type(&typed, items.iter().copied());
        self.elements_to(&mut typed, elem, items.iter().copied());
        let ty = self.types.list(elem);
        self.push(ExprKind::List(typed), ty, span)
    }

    /// The element type of the expected list type, when it says something.
    fn expected_list(&self, expected: Option<Ty>) -> Option<Ty> {
        let mut ty = self.resolve(expected?);
        if let TyKind::Option(inner) = *self.types.kind(ty) {
            ty = self.resolve(inner);
        }
        match *self.types.kind(ty) {
            TyKind::List(elem) if !self.is_free(elem) => Some(elem),
            _ => None,
        }
    }

    /// The type that all elements have in common, else `any`. `written` says where they stand.
    fn element_type(&mut self, elements: &[ExprId], written: impl Iterator<Item = tree::ExprId>) -> Ty {
        let tree = self.tree;
        let mut joined: Option<Ty> = None;
        // The first `none`, and the first other element.
        let (mut none, mut other) = (None, None);
        for (&e, written) in elements.iter().zip(written) {
            let at = tree.exprs[written].span;
            if matches!(self.exprs[e.0 as usize].kind, ExprKind::None) {
                none = none.or(Some(at));
                continue;
            }
            other = other.or(Some(at));
            let ty = self.presumed(e);
            joined = Some(match joined {
                None => self.widened(ty),
                Some(before) if before == ty => before,
                Some(before) => match self.join(before, ty) {
                    Some(ty) => ty,
                    None => {
                        self.type_lint([before, ty], |[expected, found]| T008 { expected, found }.at(at));
                        return Types::ANY;
                    }
                },
            });
        }
        match joined {
            None | Some(Types::UNIT) => Types::ANY,
            Some(ty) if !self.can_be_none(ty) => match (none, other) {
                (Some(none), Some(other)) => {
                    self.none_among_values(none, other, ty);
                    Types::ANY
                }
                _ => ty,
            },
            Some(ty) => ty,
        }
    }

    /// Strict: `none` does not unify with a value that is no option (T008 at the later one).
    fn none_among_values(&mut self, none: Span, other: Span, ty: Ty) {
        if !self.lints() {
            return;
        }
        self.type_lint([ty], |[ty]| match none.lo > other.lo {
            true => T008 { expected: ty, found: "none".to_string() }.at(none),
            false => T008 { expected: "none".to_string(), found: ty }.at(other),
        });
    }

    fn elements_to(
        &mut self,
        elements: &mut [ExprId],
        elem: Ty,
        written: impl Iterator<Item = tree::ExprId>,
    ) {
        for (e, written) in elements.iter_mut().zip(written) {
            *e = self.fit(*e, elem, self.tree.exprs[written].span);
        }
    }

    /// `{k: v}`. A side whose parts do not unify holds `any`.
    #[inline(never)]
    pub(super) fn map_literal(
        &mut self,
        entries: &[(tree::ExprId, tree::ExprId)],
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        match self.expected_map(expected) {
            ExpectedMap::Map(key, value) => {
                let mut typed = Vec::with_capacity(entries.len());
                for &(k, v) in entries {
                    let k = self.value_of_type(k, key);
                    let v = self.value_of_type(v, value);
                    typed.push((k, v));
                }
                let ty = self.types.map(key, value);
                return self.push(ExprKind::Map(typed), ty, span);
            }
            ExpectedMap::Struct(id) if self.keys_are_fields(entries, id) => {
                return self.map_as_struct(entries, id, span);
            }
            ExpectedMap::Struct(_) | ExpectedMap::Unknown => {}
        }
        if entries.is_empty() {
            let ty = self.soft_map(span);
            return self.push(ExprKind::Map(Vec::new()), ty, span);
        }
        let mut keys = Vec::with_capacity(entries.len());
        let mut values = Vec::with_capacity(entries.len());
        for &(k, v) in entries {
            let k = self.expr(k, None);
            keys.push(self.unwrapped(k));
            let v = self.expr(v, None);
            values.push(v);
        }
        let written_keys = || entries.iter().map(|entry| entry.0);
        let written_values = || entries.iter().map(|entry| entry.1);
        let key = self.side_type(&keys, written_keys());
        let value = self.side_type(&values, written_values());
        self.elements_to(&mut keys, key, written_keys());
        self.elements_to(&mut values, value, written_values());
        let ty = self.types.map(key, value);
        self.push(ExprKind::Map(keys.into_iter().zip(values).collect()), ty, span)
    }

    /// As [`element_type`](Self::element_type), but a mix is nothing to report.
    fn side_type(&mut self, elements: &[ExprId], written: impl Iterator<Item = tree::ExprId>) -> Ty {
        let lints = std::mem::replace(&mut self.options.lints, false);
        let strict = std::mem::replace(&mut self.options.strict, false);
        let ty = self.element_type(elements, written);
        self.options.lints = lints;
        self.options.strict = strict;
        ty
    }

    fn expected_map(&self, expected: Option<Ty>) -> ExpectedMap {
        let Some(ty) = expected else { return ExpectedMap::Unknown };
        let mut ty = self.resolve(ty);
        if let TyKind::Option(inner) = *self.types.kind(ty) {
            ty = self.resolve(inner);
        }
        match *self.types.kind(ty) {
            TyKind::Map(key, value) if !self.is_free(key) && !self.is_free(value) => {
                ExpectedMap::Map(key, value)
            }
            TyKind::Struct(id) if self.types.structs[id].name.is_none() => ExpectedMap::Struct(id),
            _ => ExpectedMap::Unknown,
        }
    }

    /// Whether a map literal can be read as a struct without a name: constant keys, each a field of it.
    fn keys_are_fields(&self, entries: &[(tree::ExprId, tree::ExprId)], id: StructId) -> bool {
        entries.len() == self.types.structs[id].fields.len()
            && entries.iter().all(|&(key, _)| match &self.tree.exprs[key].kind {
                tree::ExprKind::Str(text) => {
                    self.names.lookup(text).is_some_and(|name| self.declared.fields.contains_key(&(id, name)))
                }
                _ => false,
            })
    }

    fn map_as_struct(
        &mut self,
        entries: &[(tree::ExprId, tree::ExprId)],
        id: StructId,
        span: Span,
    ) -> ExprId {
        let mut inits = Vec::with_capacity(entries.len());
        for &(key, value) in entries {
            let tree::ExprKind::Str(text) = &self.tree.exprs[key].kind else { continue };
            let Some(name) = self.names.lookup(text) else { continue };
            let field = self.declared.fields[&(id, name)];
            let ty = self.types.structs[id].fields[field as usize].1;
            inits.push((field, self.value_of_type(value, ty)));
        }
        let ty = self.types.intern(TyKind::Struct(id));
        self.push(ExprKind::Struct(id, inits), ty, span)
    }

    /// `Name{f: e}`. An unknown name makes a map (3.5).
    #[inline(never)]
    pub(super) fn struct_literal(
        &mut self,
        name: tree::Ident,
        inits: &[tree::FieldInit],
        span: Span,
    ) -> ExprId {
        let Some(id) = self.struct_named(name) else {
            return self.unknown_struct_literal(name.name, inits, span);
        };
        match self.reactive.agents.get(&id).copied() {
            Some(agent) => self.new_agent(agent, inits, span),
            None => self.struct_of(id, inits, span),
        }
    }

    /// A struct with the fields given.
    pub(super) fn struct_of(&mut self, id: StructId, inits: &[tree::FieldInit], span: Span) -> ExprId {
        let mut typed = Vec::with_capacity(inits.len());
        for init in inits {
            match self.declared.fields.get(&(id, init.name.name)) {
                Some(&field) => {
                    let ty = self.types.structs[id].fields[field as usize].1;
                    typed.push((field, self.value_of_type(init.value, ty)));
                }
                None => {
                    self.unknown_field(id, init.name.name, span);
                    self.expr(init.value, None);
                }
            }
        }
        if self.lints() {
            self.missing_fields(id, &typed, span);
        }
        let ty = self.types.intern(TyKind::Struct(id));
        self.push(ExprKind::Struct(id, typed), ty, span)
    }

    fn unknown_struct_literal(&mut self, name: Name, inits: &[tree::FieldInit], span: Span) -> ExprId {
        let mut entries = Vec::with_capacity(inits.len());
        for init in inits {
            let key = self.names.get(init.name.name).into();
            let key = self.push(ExprKind::Str(key), Types::STR, init.name.span);
            let value = self.value_of_type(init.value, Types::ANY);
            entries.push((key, value));
        }
        if matches!(self.declared.types.get(&name), Some(super::declare::TypeName::Opaque)) {
            return self.error_expr(span);
        }
        let ty = self.types.map(Types::STR, Types::ANY);
        self.push(ExprKind::Map(entries), ty, span)
    }

    /// Fields that a literal leaves out (L10).
    fn missing_fields(&mut self, id: StructId, given: &[(u32, ExprId)], span: Span) {
        let given: FxHashSet<u32> = given.iter().map(|&(field, _)| field).collect();
        let def = &self.types.structs[id];
        let missing: Vec<Name> = (0..def.fields.len() as u32)
            .filter(|i| !given.contains(i))
            .map(|i| def.fields[i as usize].0)
            .collect();
        if missing.is_empty() {
            return;
        }
        let name = def.name.map_or("struct", |name| self.names.get(name)).to_string();
        let missing = show_names(self.names, missing.into_iter());
        self.lint(T053 { name, missing }.at(span));
    }

    /// T026: a field that a known struct does not have.
    #[inline(never)]
    pub(super) fn unknown_field(&mut self, id: StructId, name: Name, span: Span) {
        let fields: Vec<Name> = self.types.structs[id].fields.iter().map(|field| field.0).collect();
        let ty = self.types.intern(TyKind::Struct(id));
        let diagnostic = T026 {
            name: self.names.get(name).to_string(),
            ty: self.show(ty),
            fields: show_names(self.names, fields.iter().copied()),
        }
        .at(span);
        let diagnostic = self.with_similar_field(diagnostic, name, &fields, span);
        self.report(diagnostic);
    }
}

/// What an expected type says about a map literal.
enum ExpectedMap {
    Map(Ty, Ty),
    /// A struct without a name.
    Struct(StructId),
    Unknown,
}
