//! Programs that grow: the inputs of an interactive session are checked one by one, each in sight of those before.
//!
//! A [`Past`] is what the checker knows at the end of an input, so that the next one starts where it ended. Types,
//! variables and functions keep their ids for ever, and nothing earlier is looked at again: an input costs what it is
//! long, apart from copies of tables of numbers. Code is kept of the last input only.
//!
//! A declaration hides what earlier inputs declared under its name; code that was checked before keeps what it meant.

use std::mem;
use std::rc::Rc;

use mochi_base::{Interner, Name, Sink, Span};
use mochi_syntax::tree::{self, Ident, StmtKind as Written, Tree, TypeBody};

use super::declare::Declared;
use super::functions::Signature;
use super::logic::Logic;
use super::packages::{MAIN, Module, Own};
use super::streams::Reactive;
use super::{Binder, Checker, LAST_VALUE, Last, Options};
use crate::ty::{StructDef, StructId, TyKind, Types, TypesSize};
use crate::typed::*;

/// What the inputs of a session leave for those that follow.
pub struct Past {
    /// Everything declared so far. The top-level code and the bodies of functions are those of the last input.
    pub program: Program,
    pub(super) binders: Vec<Binder>,
    pub(super) signatures: Vec<Signature>,
    pub(super) declared: Declared<'static>,
    pub(super) reactive: Reactive<'static>,
    /// The names of imported packages, in the order of their numbers.
    pub(super) packages: Vec<Declared<'static>>,
    pub(super) logic: Rc<Logic>,
    /// The hidden variable with the models.
    pub(super) models: Option<LocalId>,
    /// The effects of each function, as bits.
    pub(super) effects: Vec<u8>,
    /// How much there was before the last input. What names meant is in their journals.
    before: Before,
}

/// What there was before an input.
#[derive(Default)]
struct Before {
    has_cycles: bool,
    reactive: Reactive<'static>,
    logic: Rc<Logic>,
    size: Old,
}

/// How much of the tables is of earlier inputs.
#[derive(Clone, Copy, Default)]
pub(super) struct Old {
    pub funs: usize,
    pub locals: usize,
    pub globals: usize,
    pub structs: usize,
    packages: usize,
    types: TypesSize,
}

impl Default for Past {
    fn default() -> Self {
        let main = Fun {
            name: None,
            kind: FunKind::Main,
            parent: None,
            type_params: Vec::new(),
            params: Vec::new(),
            result: Types::UNIT,
            body: Vec::new(),
            span: Span::NONE,
        };
        Self {
            program: Program { funs: vec![main].into(), ..Program::default() },
            binders: Vec::new(),
            signatures: vec![Signature::main()],
            declared: Declared::default(),
            reactive: Reactive::default(),
            packages: Vec::new(),
            logic: Rc::default(),
            models: None,
            effects: Vec::new(),
            before: Before::default(),
        }
    }
}

/// Checks one more input. Returns whether it may be run; when not, the diagnostics say why and the past is as before.
pub fn check_input(
    past: &mut Past,
    tree: &Tree,
    names: &mut Interner,
    options: &Options,
    sink: &mut Sink,
) -> bool {
    past.declared.settle();
    let (has_cycles, reactive, logic) =
        (past.declared.has_cycles, past.reactive.clone(), Rc::clone(&past.logic));
    for fun in past.program.funs.values_mut().skip(past.before.size.funs) {
        fun.body = Vec::new();
    }
    past.program.funs[Program::MAIN].body = Vec::new();
    let before = Before { has_cycles, reactive, logic, size: past.size() };
    let errors = sink.errors();
    let mut checker = Checker::new(tree, names, *options, mem::take(past));
    checker.declare_all();
    checker.declare_models();
    checker.check_units();
    checker.check_effects();
    checker.finish(sink);
    *past = checker.past();
    past.before = before;
    if sink.errors() > errors {
        past.forget_input();
        return false;
    }
    true
}

impl Past {
    pub(super) fn size(&self) -> Old {
        Old {
            // The top-level code is that of the input.
            funs: if self.program.funs.len() == 1 { 0 } else { self.program.funs.len() },
            locals: self.program.locals.len(),
            globals: self.declared.globals.len(),
            structs: self.program.types.structs.len(),
            packages: self.packages.len(),
            types: self.program.types.size(),
        }
    }

    /// Lets names mean again what they meant before the last input, which cannot be run after all.
    pub fn restore_names(&mut self) {
        self.declared.undo(self.before.size.globals);
        self.declared.has_cycles = self.before.has_cycles;
        self.reactive = mem::take(&mut self.before.reactive);
        self.logic = mem::take(&mut self.before.logic);
        self.packages.truncate(self.before.size.packages);
    }

    /// Leaves out numbers of structs up to one: lowering made structs of its own, and both count alike.
    pub fn reserve_structs(&mut self, count: usize) {
        while self.program.types.structs.len() < count {
            let none = StructDef { name: None, fields: Vec::new(), variant_of: None, span: Span::NONE };
            self.program.types.structs.push(none);
        }
    }

    /// Forgets the last input, which was not lowered.
    pub fn forget_input(&mut self) {
        self.restore_names();
        let old = self.before.size;
        self.models = self.models.filter(|models| (models.0 as usize) < old.locals);
        self.program.types.cut_back(&old.types);
        self.program.locals.truncate(old.locals);
        self.program.funs.truncate(old.funs.max(1));
        self.binders.truncate(old.locals);
        self.signatures.truncate(old.funs.max(1));
        self.effects.truncate(old.funs);
    }

    /// Forgets the variables of the last input whose declarations end after a position in the source, since running it
    /// came no further.
    pub fn forget_variables_after(&mut self, position: u32) {
        for global in &mut self.declared.globals[self.before.size.globals..] {
            global.dead |= global.from > position;
        }
    }

    /// The variables of earlier inputs that no later one can mention, nor any function: the last input hid their names.
    pub fn hidden_variables(&self) -> Vec<LocalId> {
        let old = self.before.size.globals;
        let names = self.declared.globals[old..].iter().map(|g| self.program.locals[g.local].name);
        let last = names.filter_map(|name| self.declared.global_names.before(name)?.last());
        let locals = last.map(|&global| self.declared.globals[global as usize].local);
        locals.filter(|&local| !self.program.locals[local].captured).collect()
    }

    /// The names that stand for something at top level, in no order; some more than once.
    pub fn names(&self) -> impl Iterator<Item = Name> + '_ {
        let globals = self.declared.globals.iter().filter(|g| !g.dead);
        let globals = globals.map(|g| self.program.locals[g.local].name);
        let declared = &self.declared;
        globals
            .chain(declared.functions.keys().copied())
            .chain(declared.types.keys().copied())
            .chain(declared.variants.keys().copied())
    }

    /// How many packages are known, in the order in which they were imported.
    pub fn packages(&self) -> usize {
        self.packages.len()
    }

    /// The names under which packages were imported, in no order.
    pub fn package_names(&self) -> impl Iterator<Item = Name> + '_ {
        let package = |module: &(u32, Module)| matches!(module.1, Module::Package(_));
        let named = self.declared.modules.iter().filter(move |(_, all)| all.iter().any(package));
        named.map(|(&name, _)| name)
    }

    /// The names of all fields and methods of structs, in no order; some more than once.
    pub fn all_members(&self) -> impl Iterator<Item = Name> + '_ {
        self.declared.fields.keys().chain(self.declared.methods.keys()).map(|&(_, name)| name)
    }

    /// The names of the fields and methods of a struct.
    pub fn members(&self, id: StructId) -> impl Iterator<Item = Name> + '_ {
        let fields = self.program.types.structs[id].fields.iter().map(|&(name, _)| name);
        let methods = self.declared.methods.keys().filter(move |&&(of, _)| of == id);
        fields.chain(methods.map(|&(_, name)| name))
    }

    /// The variable that a name means at top level.
    pub fn variable(&self, name: Name) -> Option<LocalId> {
        let globals = self.declared.global_names.get(&name)?;
        let globals = globals.iter().rev().map(|&global| &self.declared.globals[global as usize]);
        globals.filter(|global| !global.dead).map(|global| global.local).next()
    }

    /// The function that a name means at top level.
    pub fn function(&self, name: Name) -> Option<FunId> {
        self.declared.functions.get(&name).copied()
    }
}

impl Checker<'_> {
    /// What is left for the next input.
    fn past(mut self) -> Past {
        let mut effects = mem::take(&mut self.old_effects);
        effects.extend(self.effects(&effects));
        let signatures = mem::take(&mut self.signatures);
        let declared = mem::take(&mut self.declared).settled();
        let reactive = mem::take(&mut self.reactive).settled();
        let binders = mem::take(&mut self.binders);
        let no_packages = super::packages::Packages::new(&Tree::default(), Vec::new());
        let packages = mem::replace(&mut self.packages, no_packages).into_known().collect();
        let logic = mem::take(&mut self.logic).settled();
        let models = self.models;
        let before = Before::default();
        Past {
            program: self.program(),
            binders,
            signatures,
            declared,
            reactive,
            packages,
            logic,
            models,
            effects,
            before,
        }
    }

    /// Makes room for the names that the input declares. Variables need none: the last one of a name is found first.
    pub(super) fn hide_older_names(&mut self, own: &Own<'_>) {
        let nothing = self.old.funs == 0 && self.old.globals == 0 && self.old.structs == 0;
        if nothing || self.packages.current() != MAIN {
            return;
        }
        for stmt in own.stmts {
            match &stmt.kind {
                Written::Type(decl) => {
                    self.hide_type(decl.name);
                    let TypeBody::Union(variants) = &decl.body else { continue };
                    for variant in variants {
                        if self.hide_type(variant.name) {
                            self.hide_value(variant.name.name);
                        }
                    }
                }
                &(Written::Stream { name, .. } | Written::Agent { name, .. }) => {
                    self.hide_type(name);
                }
                _ => {}
            }
        }
        for &stmt in own.top {
            match &self.tree.stmts[stmt].kind {
                Written::Fun(decl) => {
                    if let Some(name) = decl.name {
                        self.hide_value(name.name);
                    }
                }
                Written::Let(binding) => self.declared.modules.remove(binding.name.name),
                _ => {}
            }
        }
    }

    /// Whether the name is not one that this input declares for a block only, beside the older one.
    fn hide_type(&mut self, Ident { name, span }: Ident) -> bool {
        if self.type_key(name, span.lo) != name {
            return false;
        }
        self.declared.types.remove(name);
        self.declared.variants.remove(name);
        true
    }

    fn hide_value(&mut self, name: Name) {
        self.declared.global_names.remove(name);
        self.declared.functions.remove(name);
        self.declared.variants.remove(name);
        self.declared.modules.remove(name);
    }

    /// Whether a statement of the top-level code is the expression that [`Options::last`] is about.
    pub(super) fn is_last_value(&self, stmt: tree::StmtId) -> bool {
        self.options.last != Last::Dropped && self.tree.body.stmts.last() == Some(&stmt)
    }

    /// Appends what is done with the value of the last statement.
    pub(super) fn last_value(&mut self, body: &mut Vec<Stmt>) {
        let tree = self.tree;
        let last = tree.body.stmts.last().map(|&stmt| &tree.stmts[stmt]);
        let value = last.and_then(|stmt| match stmt.kind {
            Written::Expr(e) => Some(self.expr(e, None)),
            _ => None,
        });
        let span = last.map_or(Span::NONE, |stmt| stmt.span);
        // An expression without a value is a statement like others.
        let value = match value {
            Some(e) if matches!(self.types.kind(self.ty(e)), TyKind::Unit | TyKind::Error) => {
                body.push(Stmt { kind: StmtKind::Expr(e), span });
                None
            }
            value => value,
        };
        match (self.options.last, value) {
            (Last::Kept, value) => {
                let name = self.names.intern(LAST_VALUE);
                let local = self.new_local(name, Types::ANY, span);
                self.locals[local.0 as usize].top_level = true;
                // Whoever wanted it will look.
                self.locals[local.0 as usize].captured = true;
                let value = value.map(|e| self.coerce(e, Types::ANY).unwrap_or(e));
                body.push(Stmt { kind: StmtKind::Let(local, value), span });
            }
            (Last::Shown, Some(e)) => self.show_value(e, span, body),
            (Last::Examined, Some(e)) => body.push(Stmt { kind: StmtKind::Expr(e), span }),
            (Last::Examined | Last::Shown | Last::Dropped, _) => {}
        }
    }

    fn show_value(&mut self, e: ExprId, span: Span, body: &mut Vec<Stmt>) {
        let ty = self.exprs[e.0 as usize].ty;
        let local = self.new_local(self.known.underscore, ty, span);
        body.push(Stmt { kind: StmtKind::Let(local, Some(e)), span });
        let shown = self.local(local, span);
        let print = self.push(ExprKind::Builtin(Builtin::Print, vec![shown]), Types::UNIT, span);
        let print = Stmt { kind: StmtKind::Expr(print), span };
        let never_none = matches!(
            self.types.kind(self.ty(e)),
            TyKind::Int
                | TyKind::Int64
                | TyKind::Float
                | TyKind::Bool
                | TyKind::Str
                | TyKind::Bigint
                | TyKind::Bigrat
                | TyKind::List(_)
                | TyKind::Map(..)
        );
        if never_none {
            return body.push(print);
        }
        let value = self.local(local, span);
        let value = self.coerce(value, Types::ANY).unwrap_or(value);
        let none = self.push(ExprKind::None, Types::ANY, span);
        let present = ExprKind::Binary(BinaryOp::Ne, value, none);
        let cond = self.push(present, Types::BOOL, span);
        body.push(Stmt { kind: StmtKind::If { cond, then: vec![print], otherwise: Vec::new() }, span });
    }
}

impl Declared<'_> {
    /// The names without what refers to a tree.
    pub(super) fn settled(self) -> Declared<'static> {
        Declared {
            externs: self.externs,
            modules: self.modules,
            exports: self.exports,
            types: self.types,
            variants: self.variants,
            functions: self.functions,
            methods: self.methods,
            fields: self.fields,
            inline_structs: self.inline_structs,
            globals: self.globals,
            global_names: self.global_names,
            alias_places: self.alias_places,
            has_cycles: self.has_cycles,
            global_of: Default::default(),
            nested: Default::default(),
            bodies: Vec::new(),
        }
    }
}
