//! `update xs set { f: e } where c` (4.9): a loop over the list that assigns fields of its elements.
//!
//! The fields of an element are variables in the condition and the values. They hold what the fields were when the
//! element's turn came, so `set { a: b, b: a }` swaps. Of a struct all fields are in scope; of a map or an `any`, whose
//! fields are not known, the names that are set and those that nothing else explains.

use mochi_base::diag::codes::{T014, T022, T024, T033};
use mochi_base::{Name, Span};
use mochi_syntax::tree::{self, ExprKind as Written};
use mochi_syntax::walk::{self, Node};
use rustc_hash::FxHashSet;

use super::Checker;
use super::scopes::Binding;
use crate::ty::{TyKind, Types};
use crate::typed::*;

/// A field of the element as a variable.
struct FieldVar {
    local: LocalId,
    /// The read that gives its value.
    value: ExprId,
}

impl<'a> Checker<'a> {
    #[inline(never)]
    pub(super) fn update(
        &mut self,
        target: tree::Ident,
        set: &'a [(tree::ExprId, tree::ExprId)],
        cond: Option<tree::ExprId>,
        span: Span,
    ) -> Option<StmtKind> {
        let list = self.name(target.name, target.span);
        self.check_change_through(list, target.name, span);
        let source = self.unwrapped(list);
        let ty = self.known_now(self.exprs[source.0 as usize].ty);
        let elem = match *self.types.kind(ty) {
            TyKind::List(elem) => self.resolve(elem),
            TyKind::Any => Types::ANY,
            TyKind::Error => return None,
            _ => {
                self.type_error([ty], |[found]| T022 { found }.at(span));
                return None;
            }
        };
        let scope = self.scopes.open();
        // A `break` in a block inside an expression belongs to no loop of the program's.
        let loops = std::mem::take(&mut self.cx.loops);
        let var = self.new_local(self.known.underscore, elem, target.span);
        let fields = self.field_vars(var, set, cond);
        let body = self.update_element(var, set, cond, &fields, span);
        self.cx.loops = loops;
        self.scopes.close(scope);
        Some(StmtKind::ForEach { var, source, body })
    }

    /// Changing the elements of a `let` is a lint, as an assignment through it (L6).
    fn check_change_through(&mut self, list: ExprId, name: Name, span: Span) {
        if let ExprKind::Local(local) = self.exprs[list.0 as usize].kind
            && self.lints()
            && self.binders[local.0 as usize].immutable
        {
            let name = self.names.get(name).to_string();
            self.lint(T024 { name }.at(span));
        }
    }

    /// A mention of the element.
    fn element(&mut self, var: LocalId) -> ExprId {
        let at = self.locals[var.0 as usize].span;
        let e = self.local(var, at);
        self.unwrapped(e)
    }

    /// Binds the fields of an element.
    fn field_vars(
        &mut self,
        var: LocalId,
        set: &[(tree::ExprId, tree::ExprId)],
        cond: Option<tree::ExprId>,
    ) -> Vec<FieldVar> {
        let at = self.locals[var.0 as usize].span;
        let recv = self.element(var);
        let names: Vec<Name> = match *self.kind(self.exprs[recv.0 as usize].ty) {
            TyKind::Struct(id) => self.types.structs[id].fields.iter().map(|field| field.0).collect(),
            _ => self.unexplained_names(set, cond),
        };
        let mut vars = Vec::with_capacity(names.len());
        for name in names {
            let errors = self.reports.len();
            let recv = self.element(var);
            let value = self.field_of(recv, tree::Ident { name, span: at }, at);
            if self.reports.len() > errors {
                // The element has no fields at all: the assignments will say so.
                self.reports.truncate(errors);
                break;
            }
            let ty = self.exprs[value.0 as usize].ty;
            let local = self.new_local(name, ty, at);
            self.scopes.bind(name, Binding::Local(local));
            vars.push(FieldVar { local, value });
        }
        vars
    }

    /// The names that are set, and the names in values and condition that have no other meaning.
    fn unexplained_names(
        &mut self,
        set: &[(tree::ExprId, tree::ExprId)],
        cond: Option<tree::ExprId>,
    ) -> Vec<Name> {
        let mut names = Vec::new();
        let mut seen = FxHashSet::default();
        for &(key, _) in set {
            if let Some(field) = self.field_key(key)
                && seen.insert(field.name)
            {
                names.push(field.name);
            }
        }
        let tree = self.tree;
        let mut todo: Vec<tree::ExprId> = set.iter().map(|&(_, value)| value).chain(cond).collect();
        while let Some(id) = todo.pop() {
            let node = &tree.exprs[id];
            if let Written::Name(name) = node.kind
                && !self.is_none_synonym(name)
                && self.meaning(name, node.span).is_none()
                && seen.insert(name)
            {
                names.push(name);
            }
            let called = match node.kind {
                Written::Call { callee, .. } if matches!(tree.exprs[callee].kind, Written::Name(_)) => {
                    Some(callee)
                }
                _ => None,
            };
            walk::expr_children(&node.kind, &mut |child| {
                if let Node::Expr(child) = child
                    && Some(child) != called
                {
                    todo.push(child);
                }
            });
        }
        names
    }

    /// The field that a key of `set` names.
    fn field_key(&mut self, key: tree::ExprId) -> Option<tree::Ident> {
        let node = &self.tree.exprs[key];
        match &node.kind {
            Written::Str(text) => Some(tree::Ident { name: self.names.intern(text), span: node.span }),
            _ => None,
        }
    }

    /// What happens to one element.
    fn update_element(
        &mut self,
        var: LocalId,
        set: &'a [(tree::ExprId, tree::ExprId)],
        cond: Option<tree::ExprId>,
        fields: &[FieldVar],
        span: Span,
    ) -> Vec<Stmt> {
        let first = self.exprs.len();
        let cond = cond.map(|cond| {
            let e = self.expr(cond, None);
            let at = self.tree.exprs[cond].span;
            self.bool_or(e, |[found]| T033 { found }.at(at))
        });
        let mut assigns = Vec::with_capacity(set.len());
        for &(key, value) in set {
            let at = self.tree.exprs[key].span;
            let Some(field) = self.field_key(key) else {
                self.report(T014 {}.at(at));
                self.expr(value, None);
                continue;
            };
            let recv = self.element(var);
            let (place, ty) = self.field_place_of(recv, field, at);
            let value = self.value_of_type(value, ty);
            assigns.push(Stmt { kind: StmtKind::Assign { place, value }, span: at });
        }
        let mentioned: FxHashSet<LocalId> = self.exprs[first..]
            .iter()
            .filter_map(|e| match e.kind {
                ExprKind::Local(local) => Some(local),
                _ => None,
            })
            .collect();
        let mut body: Vec<Stmt> = fields
            .iter()
            .filter(|field| mentioned.contains(&field.local))
            .map(|field| Stmt { kind: StmtKind::Let(field.local, Some(field.value)), span })
            .collect();
        match cond {
            Some(cond) => {
                let kind = StmtKind::If { cond, then: assigns, otherwise: Vec::new() };
                body.push(Stmt { kind, span });
            }
            None => body.append(&mut assigns),
        }
        body
    }
}
