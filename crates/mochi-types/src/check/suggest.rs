//! "Did you mean": names that look like a misspelt one.

use mochi_base::suggest::Nearest;
use mochi_base::{Diagnostic, Name, Span};

use super::Checker;
use super::declare::TypeName;
use super::scopes::Binding;

impl Checker<'_> {
    /// Adds the visible variable or function that is nearest to an undefined name.
    pub(super) fn with_similar_value(&mut self, diagnostic: Diagnostic, name: Name, at: Span) -> Diagnostic {
        if !self.reports.may_suggest() {
            return diagnostic;
        }
        let wanted = self.names.get(name).to_string();
        let mut best = Nearest::new(&wanted);
        for (candidate, binding) in self.scopes.visible() {
            let place = match binding {
                Binding::Local(local) => self.locals[local.0 as usize].span,
                Binding::Fun(fun) => self.funs[fun.0 as usize].span,
            };
            best.offer(self.names.get(candidate), place);
        }
        for global in &self.declared.globals {
            let local = &self.locals[global.local.0 as usize];
            best.offer(self.names.get(local.name), local.span);
        }
        let package = self.packages.current();
        for (fun, signature) in self.funs.iter().zip(&self.signatures) {
            if let (Some(candidate), None, true) = (fun.name, fun.parent, signature.package == package) {
                best.offer(self.names.get(candidate), fun.span);
            }
        }
        for &variant in self.declared.variants.values() {
            let def = &self.types.structs[variant];
            best.offer(def.name.map_or("", |name| self.names.get(name)), def.span);
        }
        for &builtin in self.builtins.keys() {
            best.offer(self.names.get(builtin), at);
        }
        noted(best, diagnostic)
    }

    /// Adds the declared type that is nearest to an unknown one.
    pub(super) fn with_similar_type(&mut self, diagnostic: Diagnostic, name: Name, at: Span) -> Diagnostic {
        if !self.reports.may_suggest() {
            return diagnostic;
        }
        let wanted = self.names.get(name).to_string();
        let mut best = Nearest::new(&wanted);
        for (&candidate, what) in self.declared.types.iter().filter(|(key, _)| !self.is_nested_key(**key)) {
            let place = match *what {
                TypeName::Struct(id) => self.types.structs[id].span,
                TypeName::Union(id) => self.types.unions[id].span,
                TypeName::Alias(_) | TypeName::Opaque => at,
            };
            best.offer(self.names.get(candidate), place);
        }
        for known in
            ["int", "int64", "float", "bool", "string", "bigint", "bigrat", "unit", "any", "list", "map"]
        {
            best.offer(known, at);
        }
        noted(best, diagnostic)
    }

    /// Adds the name of a list that is nearest to an unknown field.
    pub(super) fn with_similar_field(
        &mut self,
        diagnostic: Diagnostic,
        name: Name,
        fields: &[Name],
        at: Span,
    ) -> Diagnostic {
        if !self.reports.may_suggest() {
            return diagnostic;
        }
        let mut best = Nearest::new(self.names.get(name));
        for &field in fields {
            best.offer(self.names.get(field), at);
        }
        noted(best, diagnostic)
    }
}

/// Adds the name that was found as a note.
fn noted(nearest: Nearest<'_, Span>, diagnostic: Diagnostic) -> Diagnostic {
    match nearest.found() {
        Some((name, place)) => diagnostic.note(place, format!("did you mean `{name}`?")),
        None => diagnostic,
    }
}
