//! Packages: each has names of its own, and sees those that the packages it imports export (6.1).
//!
//! [`Checker::declared`] holds the names of the package being checked; those of the others are put aside here, and
//! entering a package swaps the two. So the rest of the checker knows nothing of packages, and a program of one file
//! does no work for them. Fields and methods belong to structs, wherever they are declared, and stay.
//!
//! A package's statements become part of the top-level code at its first import. Its `test` blocks are checked and left
//! out: they are for whoever tests the package.

use mochi_base::diag::codes::{M001, M003, M005, M007, M008};
use mochi_base::suggest::closest;
use mochi_base::{Name, Span};
use mochi_syntax::tree::{self, PackageId, Qualified, StmtKind as Written, Tree};

use super::Checker;
use super::declare::{Declared, TypeName};
use super::foreign::ForeignImport;
use crate::foreign;
use crate::ty::{StructId, Ty, Types};
use crate::typed::*;

/// The number of the main program; that of a package is its id and one.
pub(super) const MAIN: u32 = 0;

/// What the name of an import stands for.
#[derive(Clone, Copy)]
pub(super) enum Module {
    /// A package.
    Package(PackageId),
    /// A module of another language.
    Foreign(ForeignImport),
    /// Nothing that was found; reported.
    Missing,
}

/// What a package can give its importers.
#[derive(Clone, Copy)]
enum Member {
    Fun(FunId),
    Variant(StructId),
    Global(LocalId),
}

/// The part of the tree that belongs to a package.
pub(super) struct Own<'a> {
    /// The top-level statements.
    pub top: &'a [tree::StmtId],
    /// All statements.
    pub stmts: &'a [tree::Stmt],
    /// Names out of other packages.
    pub qualified: &'a [Qualified],
    /// Types, streams and agents inside of blocks.
    pub nested: &'a [(tree::StmtId, Span)],
}

/// The packages that are not being checked.
pub(super) struct Packages<'a> {
    /// Their names, by number; the place of the current one is empty.
    aside: Vec<Declared<'a>>,
    current: u32,
    /// How many of them earlier inputs imported.
    old: usize,
    /// Whether a package's statements are part of the top-level code.
    imported: Vec<bool>,
}

impl<'a> Packages<'a> {
    /// The packages of a tree, with the names of those that earlier inputs imported.
    pub fn new(tree: &Tree, known: Vec<Declared<'static>>) -> Self {
        let (count, old) = (tree.packages.len(), known.len());
        let places = if count == 0 { 0 } else { count + 1 };
        let mut aside: Vec<Declared<'a>> = Vec::with_capacity(places);
        if places > 0 {
            aside.push(Declared::default());
            aside.extend(known);
            aside.resize_with(places, Declared::default);
        }
        Self { aside, current: MAIN, old, imported: vec![false; count] }
    }

    /// The names of all packages, in their order.
    pub fn into_known(self) -> impl Iterator<Item = Declared<'static>> {
        self.aside.into_iter().skip(1).map(|declared| {
            let mut declared = declared.settled();
            declared.settle();
            declared
        })
    }

    /// The number of the package being checked.
    pub fn current(&self) -> u32 {
        self.current
    }

    /// Nothing has been imported, as before the top-level code is checked.
    pub fn forget_imports(&mut self) {
        for (at, imported) in self.imported.iter_mut().enumerate() {
            *imported = at < self.old;
        }
    }
}

impl<'a> Checker<'a> {
    /// Makes the names of a package the current ones; the number of the one before.
    #[inline]
    pub(super) fn enter_package(&mut self, to: u32) -> u32 {
        let from = self.packages.current;
        if from != to {
            self.swap_packages(from, to);
        }
        from
    }

    #[cold]
    fn swap_packages(&mut self, from: u32, to: u32) {
        let aside = &mut self.packages.aside;
        std::mem::swap(&mut self.declared, &mut aside[from as usize]);
        std::mem::swap(&mut self.declared, &mut aside[to as usize]);
        // Members of structs are known everywhere.
        let before = &mut aside[from as usize];
        std::mem::swap(&mut self.declared.methods, &mut before.methods);
        std::mem::swap(&mut self.declared.fields, &mut before.fields);
        std::mem::swap(&mut self.declared.inline_structs, &mut before.inline_structs);
        self.packages.current = to;
    }

    /// Collects the names of all packages, then those of the program.
    pub(super) fn declare_all(&mut self) {
        let tree = self.tree;
        let (stmts, qualified) = (tree.stmts.as_slice(), tree.qualified.as_slice());
        let nested = tree.nested.as_slice();
        let mut main = tree.extent();
        for (id, package) in tree.packages.iter().skip(self.packages.old) {
            let (from, to) = (package.nodes.start, package.nodes.end);
            // The files of the program itself are parsed first.
            main.stmts = main.stmts.min(from.stmts);
            main.qualified = main.qualified.min(from.qualified);
            main.nested = main.nested.min(from.nested);
            self.enter_package(id.0 + 1);
            self.declare(&Own {
                top: &package.stmts,
                stmts: &stmts[from.stmts as usize..to.stmts as usize],
                qualified: &qualified[from.qualified as usize..to.qualified as usize],
                nested: &nested[from.nested as usize..to.nested as usize],
            });
        }
        self.enter_package(MAIN);
        self.declare(&Own {
            top: &tree.body.stmts,
            stmts: &stmts[..main.stmts as usize],
            qualified: &qualified[..main.qualified as usize],
            nested: &nested[..main.nested as usize],
        });
    }

    /// Every global of this input is as before the top-level code was checked.
    pub(super) fn forget_globals(&mut self) {
        let old = |number: u32| match number {
            MAIN => self.old.globals,
            _ if number as usize <= self.packages.old => usize::MAX,
            _ => 0,
        };
        let mut all = vec![(old(self.packages.current), &mut self.declared)];
        let aside = (0..).zip(&mut self.packages.aside).map(|(number, declared)| (old(number), declared));
        all.extend(aside);
        for (old, declared) in all {
            for global in declared.globals.iter_mut().skip(old) {
                global.typed = global.declared_type;
                global.dead = false;
            }
        }
    }

    /// The names of imports.
    pub(super) fn declare_modules(&mut self, top: &[tree::StmtId]) {
        let tree = self.tree;
        for &id in top {
            let Written::Import(import) = &tree.stmts[id].kind else { continue };
            let alias = import.alias(self.names).to_string();
            if import.alias.is_none() && !is_name(&alias) {
                self.report(M005 { path: &import.path.value }.at(import.path.span));
            }
            let name = self.names.intern(&alias);
            let module = match (import.package, import.lang) {
                (Some(package), _) => Module::Package(package),
                (None, Some(lang)) => self.foreign_module(import, lang, name),
                (None, None) => {
                    let (path, places) = (&import.path.value, "No files are read here.");
                    self.report(M001 { path, places }.at(import.path.span));
                    Module::Missing
                }
            };
            self.declared.modules.change(name).push((tree.stmts[id].span.lo, module));
        }
    }

    fn foreign_module(&mut self, import: &tree::Import, lang: tree::Ident, alias: Name) -> Module {
        let (lang, path) = (self.names.get(lang.name).to_string(), &*import.path.value);
        match foreign::module(&lang, path) {
            Some(module) => Module::Foreign(ForeignImport { module, alias, auto: import.auto }),
            None => {
                let known =
                    foreign::MODULES.iter().map(|module| format!("{} \"{}\"", module.lang, module.path));
                let known = known.collect::<Vec<_>>().join(", ");
                self.report(M008 { lang, path, known }.at(import.path.span));
                Module::Missing
            }
        }
    }

    /// What an import calls a name at a position: in a package of several files each has its own imports, so the last
    /// one before counts.
    pub(super) fn module_at(&self, name: Name, at: u32) -> Option<Module> {
        let all = self.declared.modules.get(&name)?;
        let before = all.partition_point(|&(from, _)| from <= at);
        all[..before].last().or(all.first()).map(|&(_, module)| module)
    }

    /// The module that the left side of a dot means, unless a variable of that name is nearer.
    #[inline]
    pub(super) fn module_named(&self, recv: tree::ExprId) -> Option<Module> {
        if self.declared.modules.is_empty() {
            return None;
        }
        let node = &self.tree.exprs[recv];
        let tree::ExprKind::Name(name) = node.kind else { return None };
        let hidden = self.scopes.lookup(name).is_some()
            || self.cx.this.is_some_and(|(id, _)| self.declared.fields.contains_key(&(id, name)));
        if hidden { None } else { self.module_at(name, node.span.lo) }
    }

    /// Types of other packages under the names by which this one mentions them.
    pub(super) fn declare_qualified(&mut self, names: &[Qualified]) {
        for &Qualified { name, package, member } in names {
            let Some(module) = self.module_at(package.name, package.span.lo) else { continue };
            if self.declared.types.contains_key(&name.name) {
                continue;
            }
            let found = match module {
                Module::Package(id) => self.type_of_package(id, member, name.span),
                // Their types are not known: `extern type` declares one.
                Module::Foreign(_) | Module::Missing => None,
            };
            self.declared.types.insert(name.name, found.unwrap_or(TypeName::Opaque));
            if let Some(TypeName::Struct(id)) = found {
                self.declared.variants.insert(name.name, id);
            }
        }
    }

    fn type_of_package(&mut self, id: PackageId, member: tree::Ident, span: Span) -> Option<TypeName> {
        let package = &self.packages.aside[id.0 as usize + 1];
        let found = package.types.get(&member.name).copied();
        let found = found.or_else(|| package.variants.get(&member.name).map(|&id| TypeName::Struct(id)));
        if found.is_none() || !package.exports.contains(&member.name) {
            self.not_exported(id, member.name, found.is_some(), span);
            return None;
        }
        found
    }

    #[cold]
    fn not_exported(&mut self, id: PackageId, name: Name, exists: bool, span: Span) {
        let text = self.names.get(name);
        let package = &self.packages.aside[id.0 as usize + 1];
        let help = if exists {
            "It is private to its package: write `export` before its declaration to offer it.".into()
        } else if package.exports.contains(&name) {
            format!("`{text}` is a type; a value of it is written `package.{text} {{ ... }}`.")
        } else {
            let functions = package.functions.iter().filter(|(_, fun)| self.is_exported(**fun));
            let offers = package.exports.iter().chain(functions.map(|(name, _)| name));
            match closest(text, offers.map(|&name| self.names.get(name))) {
                Some(near) => format!("Did you mean `{near}`?"),
                None => format!("The package declares no `{text}`."),
            }
        };
        let (name, package) = (text.to_string(), &self.tree.packages[id].path);
        self.report(M003 { name, package, help }.at(span));
    }

    fn is_exported(&self, fun: FunId) -> bool {
        self.signatures[fun.0 as usize].exported
    }

    /// An exported function, variant or variable.
    fn member(&mut self, id: PackageId, name: tree::Ident, span: Span) -> Option<Member> {
        let package = &mut self.packages.aside[id.0 as usize + 1];
        let mut exported = package.exports.contains(&name.name);
        let found = if let Some(&index) = package.global_names.get(&name.name).and_then(|all| all.last()) {
            let global = &mut package.globals[index as usize];
            if !global.typed {
                // A function checked before the declaration sees `any`, and so will everybody.
                global.typed = true;
                self.locals[global.local.0 as usize].ty = Types::ANY;
            }
            Some(Member::Global(global.local))
        } else if let Some(&fun) = package.functions.get(&name.name) {
            exported = self.is_exported(fun);
            Some(Member::Fun(fun))
        } else {
            package.variants.get(&name.name).map(|&variant| Member::Variant(variant))
        };
        if found.is_none() || !exported {
            self.not_exported(id, name.name, found.is_some(), span);
            return None;
        }
        found
    }

    /// `module.name` as a value.
    #[inline(never)]
    pub(super) fn member_value(&mut self, module: Module, name: tree::Ident, span: Span) -> ExprId {
        let member = match module {
            Module::Package(id) => self.member(id, name, span),
            Module::Foreign(import) => return self.foreign_value(import, name, span),
            Module::Missing => None,
        };
        match member {
            Some(Member::Global(local)) => self.local(local, span),
            Some(Member::Fun(fun)) => self.function_value(fun, span),
            Some(Member::Variant(variant)) => self.bare_variant(variant, span),
            None => self.error_expr(span),
        }
    }

    /// `module.name(args)`.
    #[inline(never)]
    pub(super) fn call_member(
        &mut self,
        module: Module,
        name: tree::Ident,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        let member = match module {
            Module::Package(id) => self.member(id, name, span),
            Module::Foreign(import) => return self.call_foreign(import, name, args, span),
            Module::Missing => None,
        };
        match member {
            Some(Member::Global(local)) => {
                let callee = self.local(local, span);
                self.call_value(callee, args, span)
            }
            Some(Member::Fun(fun)) => self.call_function(fun, None, args, span, expected),
            Some(Member::Variant(variant)) => self.construct(variant, args, span),
            None => {
                self.silent_args(args);
                self.error_expr(span)
            }
        }
    }

    /// A place that starts with a module: what a package's variable holds may be changed, the variable may not.
    pub(super) fn check_module_place(
        &mut self,
        place: tree::ExprId,
        root: tree::ExprId,
        name: Name,
        span: Span,
    ) -> Option<()> {
        let tree::ExprKind::Field { recv, name: member } = self.tree.exprs[place].kind else {
            return Some(());
        };
        if recv != root {
            return Some(());
        }
        let name = format!("{}.{}", self.names.get(name), self.names.get(member.name));
        self.report(M007 { name }.at(span));
        None
    }

    /// `import` at top level: the package's statements are executed here, the first time.
    pub(super) fn import(&mut self, import: &tree::Import, body: &mut Vec<Stmt>) {
        let Some(id) = import.package else { return };
        if std::mem::replace(&mut self.packages.imported[id.0 as usize], true) {
            return;
        }
        let outer = self.enter_package(id.0 + 1);
        let tree = self.tree;
        for &stmt in &tree.packages[id].stmts {
            match tree.stmts[stmt].kind {
                Written::Test { .. } | Written::Bench { .. } => self.stmt(stmt, &mut Vec::new()),
                _ => self.top_level_statement(stmt, body),
            }
        }
        self.enter_package(outer);
    }
}

/// Whether a program can write this as a name.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c == '_' || c.is_alphabetic());
    starts && chars.all(|c| c == '_' || c.is_alphanumeric())
}
