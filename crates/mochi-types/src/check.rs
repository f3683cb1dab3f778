//! The checker: syntax tree in, typed tree and diagnostics out.
//!
//! Order of work (3.4): names of types, their fields, signatures of functions ([`declare`]); then the top-level code in
//! order, then the bodies of functions ([`units`]); last, inference variables are replaced by what was found
//! ([`finish`]). A function without a result type is checked when its first caller needs the result.
//!
//! Expressions are checked by one recursive function, [`expr`](Checker::expr), with an optional *expected* type.
//! Whoever passes one converts the result to it afterwards, so inner literals may report against it. Every function on
//! this recursion keeps its frame small, since sources nest 150,000 levels deep.

mod access;
mod aggregates;
mod annotations;
mod assign;
mod builtins;
mod calls;
mod casts;
mod constructors;
mod convert;
mod curry;
mod data;
mod declare;
mod effects;
mod exprs;
mod finish;
mod foreign;
mod functions;
mod generics;
mod impure;
mod infer;
mod journal;
mod logic;
mod matches;
mod members;
mod names;
mod narrow;
mod nested;
mod operators;
mod packages;
mod past;
mod queries;
mod report;
mod returns;
mod scopes;
mod stmts;
mod streams;
mod suggest;
mod units;
mod update;

use std::rc::Rc;

use mochi_base::{Interner, Name, Sink, Span};
use mochi_syntax::tree::{self, Tree};
use rustc_hash::FxHashMap;

use crate::ty::{Ty, Types};
use crate::typed::*;

pub use builtins::{builtin_functions, builtin_methods};
pub use past::{Past, check_input};

/// How to check.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The strict profile (3.1): what lenient tolerates is an error.
    pub strict: bool,
    /// In the lenient profile, report what only strict refuses as warnings. Costs time; `run` wants none.
    pub lints: bool,
    /// Source of std: `__name(...)` calls the runtime or a primitive operation.
    pub std: bool,
    /// What becomes of the value of the program's last statement, if that is an expression.
    pub last: Last,
}

/// What becomes of the value of the last statement of the top-level code, if that is an expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Last {
    /// Nothing, as of any expression statement.
    #[default]
    Dropped,
    /// Nothing, but it need not have an effect: for tools that ask for its type.
    Examined,
    /// It is printed, unless it is none or the expression has no value.
    Shown,
    /// It is kept as an `any` in the top-level variable with the name [`LAST_VALUE`], which exists in any case.
    Kept,
}

/// The variable that holds the value of the last statement with [`Last::Kept`]; no name that a program could write.
pub const LAST_VALUE: &str = "<value>";

/// Checks a program. The tree returned is complete but must not be lowered when the sink got errors from here or from
/// the parser.
///
/// `runtime` makes the signatures of the runtime functions that std calls; without [`Options::std`] it is not called.
/// Needs stack in proportion to the depth of the source: at most 2 KiB per level in an optimised build.
pub fn check(
    tree: &Tree,
    names: &mut Interner,
    options: &Options,
    runtime: impl FnOnce(&mut Types) -> Vec<RuntimeSignature>,
    sink: &mut Sink,
) -> Program {
    let mut checker = Checker::new(tree, names, *options, Past::default());
    if options.std {
        let signatures = runtime(&mut checker.types);
        checker.know_runtime(signatures);
    }
    checker.declare_all();
    checker.declare_models();
    checker.check_units();
    checker.check_effects();
    checker.finish(sink);
    checker.program()
}

/// Names with a meaning to the checker.
struct KnownNames {
    underscore: Name,
    null: Name,
    nil: Name,
}

/// The function whose body is being checked.
#[derive(Clone, Copy)]
struct Context {
    fun: FunId,
    /// What `return` gives.
    result: Ty,
    /// How many loops are open.
    loops: u32,
    /// In a method, or a function inside of one: the struct and the receiver.
    this: Option<(crate::ty::StructId, LocalId)>,
}

/// What only the checker needs to know of a variable.
#[derive(Clone, Copy, Default)]
struct Binder {
    /// Declared with `let`.
    immutable: bool,
    /// Declared with `var`.
    mutable: bool,
    /// Declared as `none`, without a type: an option of any (3.5).
    from_none: bool,
    /// Holds what reading a map gave: the program did not write its option type.
    from_map: bool,
}

struct Checker<'a> {
    tree: &'a Tree,
    names: &'a mut Interner,
    options: Options,
    known: KnownNames,
    /// How much of what follows is of earlier inputs.
    old: past::Old,

    types: Types,
    exprs: Vec<Expr>,
    locals: Vec<Local>,
    /// How each variable was declared; parallel to `locals`.
    binders: Vec<Binder>,
    funs: Vec<Fun>,
    /// What callers know of each function; parallel to `funs`.
    signatures: Vec<functions::Signature>,
    /// The declarations of the functions of this input; see [`Checker::decl`].
    decls: Vec<Option<&'a tree::FunDecl>>,
    /// The names of the package being checked.
    declared: declare::Declared<'a>,
    packages: packages::Packages<'a>,
    reactive: streams::Reactive<'a>,
    logic: Rc<logic::Logic>,
    /// The hidden variable with the models of the program, when there are some.
    models: Option<LocalId>,
    /// The functions that make variants, where they are values.
    constructors: FxHashMap<crate::ty::StructId, FunId>,
    builtins: FxHashMap<Name, &'static builtins::Row>,
    methods: FxHashMap<Name, &'static builtins::Row>,
    runtime: Vec<RuntimeSignature>,
    runtime_names: FxHashMap<Name, u16>,

    cx: Context,
    scopes: scopes::Scopes,
    /// Type parameters in scope with what they stand for, innermost last.
    type_params: Vec<(Name, Ty)>,
    narrowed: narrow::Narrowed,
    /// Computed when the first call asks.
    impure: Option<impure::Impure>,
    infer: infer::Infer,
    /// Units being checked, innermost last; the top-level code is always the first.
    active: Vec<units::Unit>,
    /// Functions checked so far, in order.
    checked: Vec<FunId>,
    /// Some function declares its effects.
    effects_declared: bool,
    /// Some query has a `where` or `having`.
    query_filters: bool,
    /// What functions of earlier inputs do, as bits.
    old_effects: Vec<u8>,
    comparing: convert::Comparing,
    /// Set by a conversion that only the lenient profile allows.
    loose: bool,
    /// Open chains of binary operators; see [`operators`].
    spine: Vec<tree::ExprId>,
    reports: report::Reports,
}

impl<'a> Checker<'a> {
    fn new(tree: &'a Tree, names: &'a mut Interner, options: Options, past: Past) -> Self {
        let known = KnownNames {
            underscore: names.intern("_"),
            null: names.intern("null"),
            nil: names.intern("nil"),
        };
        let (builtins, methods) = builtins::tables(names, options);
        let old = past.size();
        let Past {
            program,
            binders,
            signatures,
            declared,
            reactive,
            packages,
            logic,
            models,
            mut effects,
            ..
        } = past;
        effects.truncate(old.funs);
        let infer = infer::Infer::with_rigid(program.types.vars.len());
        Self {
            tree,
            names,
            options,
            known,
            old,
            types: program.types,
            exprs: Vec::with_capacity(tree.exprs.len() * 5 / 4),
            locals: program.locals.into(),
            binders,
            funs: program.funs.into(),
            signatures,
            decls: Vec::new(),
            declared,
            packages: packages::Packages::new(tree, packages),
            reactive,
            logic,
            models,
            constructors: FxHashMap::default(),
            builtins,
            methods,
            runtime: Vec::new(),
            runtime_names: FxHashMap::default(),
            cx: Context { fun: Program::MAIN, result: Types::UNIT, loops: 0, this: None },
            scopes: scopes::Scopes::default(),
            type_params: Vec::new(),
            narrowed: narrow::Narrowed::default(),
            impure: None,
            infer,
            active: Vec::new(),
            checked: Vec::new(),
            effects_declared: false,
            old_effects: effects,
            query_filters: false,
            comparing: convert::Comparing::default(),
            loose: false,
            spine: Vec::new(),
            reports: report::Reports::default(),
        }
    }

    fn know_runtime(&mut self, signatures: Vec<RuntimeSignature>) {
        for (i, signature) in signatures.iter().enumerate() {
            let name = self.names.intern(&format!("__{}", signature.name));
            self.runtime_names.insert(name, i as u16);
        }
        self.runtime = signatures;
    }

    #[inline]
    fn strict(&self) -> bool {
        self.options.strict
    }

    #[inline]
    fn push(&mut self, kind: ExprKind, ty: Ty, span: Span) -> ExprId {
        let id = ExprId(self.exprs.len() as u32);
        self.exprs.push(Expr { kind, ty, span });
        id
    }

    /// An expression that has a diagnostic.
    fn error_expr(&mut self, span: Span) -> ExprId {
        self.push(ExprKind::Error, Types::ERROR, span)
    }

    /// The type of an expression, solved variables followed.
    #[inline]
    fn ty(&self, e: ExprId) -> Ty {
        self.resolve(self.exprs[e.0 as usize].ty)
    }

    #[inline]
    fn span(&self, e: ExprId) -> Span {
        self.exprs[e.0 as usize].span
    }

    /// A fresh variable of the current function.
    fn new_local(&mut self, name: Name, ty: Ty, span: Span) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        let owner = self.cx.fun;
        self.locals.push(Local { name, ty, owner, top_level: false, captured: false, assigned: false, span });
        self.binders.push(Binder::default());
        id
    }
}
