//! Top-level names, collected before anything is checked: types (also those declared in blocks), their fields, variants
//! and methods, functions, and the variables of the top-level code.

use mochi_base::Name;
use mochi_base::id::Id;
use mochi_syntax::tree::{self, Extern, StmtKind, TypeBody};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Checker;
use super::foreign::Foreign;
use super::journal::Journaled;
use super::nested::Nested;
use super::packages::{Module, Own};
use crate::ty::{StructDef, StructId, Ty, TyKind, Types, UnionDef, UnionId};
use crate::typed::*;

/// What the name of a type stands for.
#[derive(Clone, Copy)]
pub(super) enum TypeName {
    Struct(StructId),
    Union(UnionId),
    Alias(Alias),
    /// A type of a construct that is not supported; never reported again.
    Opaque,
}

/// How far an alias is resolved.
#[derive(Clone, Copy)]
pub(super) enum Alias {
    Written(tree::TypeId),
    InProgress,
    Done(Ty),
}

/// A variable of the top-level code that functions can see.
#[derive(Clone, Copy)]
pub(super) struct Global {
    pub local: LocalId,
    /// The `let` or `var`; `None` for names of things that are not supported.
    pub stmt: Option<tree::StmtId>,
    /// Position from which the top-level code sees it: the end of its declaration.
    pub from: u32,
    /// Its type is known before its declaration is checked.
    pub declared_type: bool,
    /// Its type is known now.
    pub typed: bool,
    /// Its declaration failed (strict): nothing is bound.
    pub dead: bool,
}

/// The names of a package, and the members of all structs.
#[derive(Clone, Default)]
pub(super) struct Declared<'a> {
    /// What packages and foreign modules are called here, with the position of each import.
    pub modules: Journaled<Name, Vec<(u32, Module)>>,
    /// Foreign symbols that are declared, by module and name.
    pub externs: Journaled<(Name, Name), Foreign>,
    /// Names of types, variants and variables that importers may use.
    pub exports: FxHashSet<Name>,
    /// By their names, or the keys of those in blocks.
    pub types: Journaled<Name, TypeName>,
    /// Names that have several meanings.
    pub nested: Nested,
    /// Variants in the same way.
    pub variants: Journaled<Name, StructId>,
    pub functions: Journaled<Name, FunId>,
    pub methods: Journaled<(StructId, Name), FunId>,
    pub fields: Journaled<(StructId, Name), u32>,
    /// Some alias mentions itself.
    pub has_cycles: bool,
    /// Where aliases are declared.
    pub alias_places: Journaled<Name, u32>,
    pub inline_structs: Journaled<Vec<(Name, Ty)>, StructId>,
    pub globals: Vec<Global>,
    /// The declarations of each name, in order.
    pub global_names: Journaled<Name, Vec<u32>>,
    /// The global of a `let` at top level.
    pub global_of: FxHashMap<tree::StmtId, u32>,
    pub(super) bodies: Vec<(TypeName, &'a tree::TypeDecl)>,
}

impl Declared<'_> {
    /// What is declared stays, whatever comes.
    pub fn settle(&mut self) {
        self.modules.settle();
        self.externs.settle();
        self.types.settle();
        self.variants.settle();
        self.functions.settle();
        self.methods.settle();
        self.fields.settle();
        self.alias_places.settle();
        self.inline_structs.settle();
        self.global_names.settle();
    }

    /// Takes back what was declared since then, when there were so many globals.
    pub fn undo(&mut self, globals: usize) {
        self.modules.undo();
        self.externs.undo();
        self.types.undo();
        self.variants.undo();
        self.functions.undo();
        self.methods.undo();
        self.fields.undo();
        self.alias_places.undo();
        self.inline_structs.undo();
        self.global_names.undo();
        self.globals.truncate(globals);
    }
}

impl<'a> Checker<'a> {
    /// Collects all names of a package.
    pub(super) fn declare(&mut self, own: &Own<'a>) {
        self.declare_nested(own);
        self.hide_older_names(own);
        self.declare_modules(own.top);
        self.declare_types(own);
        let reactive = self.declare_stream_types(own);
        self.declare_qualified(own.qualified);
        self.declare_fields();
        self.declare_externs(own.top);
        self.declare_functions(own.top);
        self.declare_streams(reactive.clone());
        self.declare_globals(own.top);
        self.declare_agent_fields(reactive);
        self.declare_logic(own);
    }

    fn declare_types(&mut self, own: &Own<'a>) {
        let decls = || {
            own.stmts.iter().filter_map(|stmt| match &stmt.kind {
                StmtKind::Type(decl) => Some((&**decl, stmt.span)),
                _ => None,
            })
        };
        for (decl, span) in decls() {
            let name = decl.name.name;
            let key = self.type_key(name, decl.name.span.lo);
            let what = match &decl.body {
                TypeBody::Struct { .. } => TypeName::Struct(self.types.structs.push(StructDef {
                    name: Some(name),
                    fields: Vec::new(),
                    variant_of: None,
                    span,
                })),
                TypeBody::Union(_) => {
                    let def = UnionDef { name, variants: Vec::new(), span };
                    TypeName::Union(self.types.unions.push(def))
                }
                TypeBody::Alias(ty) => {
                    self.declared.alias_places.insert(key, span.lo);
                    TypeName::Alias(Alias::Written(*ty))
                }
            };
            self.declared.types.insert(key, what);
            if decl.export {
                self.declared.exports.insert(name);
            }
            self.declared.bodies.push((what, decl));
        }
        for stmt in own.stmts {
            // A host's values are anything here.
            if let StmtKind::Extern(decl) = &stmt.kind
                && let Extern::Type(name) = &**decl
            {
                self.declared.types.insert(name.name, TypeName::Alias(Alias::Done(Types::ANY)));
            }
        }
        for i in 0..self.declared.bodies.len() {
            if let (TypeName::Union(id), decl) = self.declared.bodies[i]
                && let TypeBody::Union(variants) = &decl.body
            {
                self.declare_variants(id, variants);
            }
        }
    }

    /// The variants of a union. One without fields that has the name of a declared struct is that struct.
    fn declare_variants(&mut self, union: UnionId, variants: &[tree::Variant]) {
        for (i, variant) in variants.iter().enumerate() {
            let name = variant.name.name;
            let key = self.type_key(name, variant.name.span.lo);
            let variant_of = Some((union, i as u32));
            let known = match self.declared.types.get(&key) {
                Some(&TypeName::Struct(id)) if variant.fields.is_empty() => {
                    // One of an earlier input has its shape already.
                    let new = id.index() >= self.old.structs;
                    (new && self.types.structs[id].variant_of.is_none()).then_some(id)
                }
                _ => None,
            };
            let id = match known {
                Some(id) => {
                    self.types.structs[id].variant_of = variant_of;
                    id
                }
                None => self.types.structs.push(StructDef {
                    name: Some(name),
                    fields: Vec::new(),
                    variant_of,
                    span: variant.name.span,
                }),
            };
            self.types.unions[union].variants.push(id);
            self.declared.variants.insert(key, id);
            if self.declared.exports.contains(&self.types.unions[union].name) {
                self.declared.exports.insert(name);
            }
            // A variant is a type too, unless something else has the name.
            if !self.declared.types.contains_key(&key) {
                self.declared.types.insert(key, TypeName::Struct(id));
            }
        }
    }

    fn declare_fields(&mut self) {
        for i in 0..self.declared.bodies.len() {
            let (what, decl) = self.declared.bodies[i];
            match (what, &decl.body) {
                (TypeName::Struct(id), TypeBody::Struct { fields, .. }) => self.set_fields(id, fields),
                (TypeName::Union(id), TypeBody::Union(variants)) => {
                    for (i, variant) in variants.iter().enumerate() {
                        if !variant.fields.is_empty() {
                            let id = self.types.unions[id].variants[i];
                            self.set_fields(id, &variant.fields);
                        }
                    }
                }
                (_, TypeBody::Alias(ty)) => {
                    self.written_type(*ty);
                }
                _ => {}
            }
        }
    }

    pub(super) fn set_fields(&mut self, id: StructId, fields: &[tree::FieldDecl]) {
        let mut typed = Vec::with_capacity(fields.len());
        for field in fields {
            let ty = self.written_type(field.ty);
            typed.push((field.name.name, ty));
        }
        self.types.structs[id].fields = typed;
        self.index_fields(id);
    }

    /// Makes the fields of a struct findable by name.
    pub(super) fn index_fields(&mut self, id: StructId) {
        for (i, &(name, _)) in self.types.structs[id].fields.iter().enumerate() {
            self.declared.fields.insert((id, name), i as u32);
        }
    }

    fn declare_functions(&mut self, top: &[tree::StmtId]) {
        for i in 0..self.declared.bodies.len() {
            if let (TypeName::Struct(id), decl) = self.declared.bodies[i]
                && let TypeBody::Struct { methods, .. } = &decl.body
            {
                for method in methods {
                    let fun = self.declare_fun(method, Some(id));
                    if let Some(name) = method.name {
                        self.declared.methods.insert((id, name.name), fun);
                    }
                }
            }
        }
        let tree = self.tree;
        for &stmt in top {
            if let StmtKind::Fun(decl) = &tree.stmts[stmt].kind {
                let fun = self.declare_fun(decl, None);
                if let Some(name) = decl.name {
                    self.declared.functions.insert(name.name, fun);
                }
            }
        }
    }

    fn declare_globals(&mut self, top: &[tree::StmtId]) {
        let tree = self.tree;
        for &id in top {
            let stmt = &tree.stmts[id];
            match &stmt.kind {
                StmtKind::Let(binding) => {
                    let ty = match (binding.ty, binding.value) {
                        (Some(ty), _) => Some(self.written_type(ty)),
                        (None, Some(value)) => self.literal_type(value),
                        (None, None) => None,
                    };
                    let global = self.add_global(binding.name, ty, stmt.span.hi);
                    if binding.export {
                        self.declared.exports.insert(binding.name.name);
                    }
                    self.declared.globals[global as usize].stmt = Some(id);
                    self.declared.global_of.insert(id, global);
                }
                StmtKind::Fetch { url, into, with } => {
                    let ty = self.fetched_type(*url, *with);
                    let global = self.add_global(*into, Some(ty), stmt.span.hi);
                    self.declared.global_of.insert(id, global);
                }
                _ => {}
            }
        }
    }

    fn add_global(&mut self, name: tree::Ident, ty: Option<Ty>, from: u32) -> u32 {
        let local = self.new_local(name.name, ty.unwrap_or(Types::ERROR), name.span);
        self.locals[local.0 as usize].top_level = true;
        let index = self.declared.globals.len() as u32;
        self.declared.global_names.change(name.name).push(index);
        let typed = ty.is_some();
        let global = Global { local, stmt: None, from, declared_type: typed, typed, dead: false };
        self.declared.globals.push(global);
        index
    }

    /// The type of an initialiser that needs no checking.
    pub(super) fn literal_type(&mut self, id: tree::ExprId) -> Option<Ty> {
        let tree = self.tree;
        match &tree.exprs[id].kind {
            tree::ExprKind::Int(_) => Some(Types::INT),
            tree::ExprKind::Float(_) => Some(Types::FLOAT),
            tree::ExprKind::Str(_) => Some(Types::STR),
            tree::ExprKind::Bool(_) => Some(Types::BOOL),
            tree::ExprKind::Lambda(decl) => self.written_signature(decl),
            _ => None,
        }
    }

    /// The type of a function that writes all of it, so that its body may call it through a variable.
    fn written_signature(&mut self, decl: &tree::FunDecl) -> Option<Ty> {
        let types: Option<Vec<tree::TypeId>> = decl.params.iter().map(|param| param.ty).collect();
        let (params, result) = (types?, decl.result?);
        if !decl.type_params.is_empty() {
            return None;
        }
        let params = params.into_iter().map(|ty| self.written_type(ty)).collect();
        let result = self.written_type(result);
        Some(self.types.fun(params, result))
    }

    /// The variable of the top-level code that a name means at a position: the last one declared before. A function
    /// body that comes earlier sees the first one declared after it (3.4, lenient).
    pub(super) fn visible_global(&self, name: Name, at: u32) -> Option<LocalId> {
        self.find_global(name, at).map(|i| self.declared.globals[i as usize].local)
    }

    pub(super) fn find_global(&self, name: Name, at: u32) -> Option<u32> {
        let all = self.declared.global_names.get(&name)?;
        let before = all.partition_point(|&i| self.declared.globals[i as usize].from <= at);
        let alive = |i: &&u32| !self.declared.globals[**i as usize].dead;
        if let Some(&index) = all[..before].iter().rev().find(alive) {
            return Some(index);
        }
        if self.strict() || self.cx.fun == Program::MAIN {
            return None;
        }
        all[before..].iter().find(alive).copied()
    }

    /// The struct that a type name with fields stands for.
    pub(super) fn struct_named(&self, name: tree::Ident) -> Option<StructId> {
        let name = self.type_key(name.name, name.span.lo);
        match self.declared.types.get(&name) {
            Some(&TypeName::Struct(id)) => Some(id),
            Some(&TypeName::Alias(Alias::Done(ty))) => match *self.types.kind(ty) {
                TyKind::Struct(id) => Some(id),
                _ => None,
            },
            _ => self.declared.variants.get(&name).copied(),
        }
    }
}
