//! How variables are stored and what functions capture.
//!
//! A function captures the variables of enclosing functions that it mentions, and those that functions it mentions
//! capture, as long as they are not its own. The closure of that relation is computed by iterating over the calls
//! between nested functions until nothing changes.

use mochi_base::IdVec;
use mochi_ir::GlobalId;
use mochi_types::typed::{Arm, ExprId, ExprKind, FunId, Local, LocalId, Pattern, Program, Stmt, StmtKind};
use rustc_hash::FxHashSet;

/// How a variable is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Storage {
    /// An SSA value; closures copy it.
    Value,
    /// A `ref<T>` that its owner and closures share.
    Boxed,
    /// A global.
    Global(GlobalId),
}

/// Which variables of the top-level code are globals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Globals {
    /// Those that functions mention.
    #[default]
    Mentioned,
    /// All, since code that follows may mention them.
    All,
}

/// What is known of variables and functions, of a program that grows also from before.
#[derive(Default)]
pub struct Known {
    /// What each function captures, in order of first mention.
    pub captures: IdVec<FunId, Vec<LocalId>>,
    /// How each variable is stored. Globals are marked; their ids are given later.
    pub storage: IdVec<LocalId, Storage>,
}

impl Known {
    /// Finds out about what a program has beyond what is known, and its top-level code.
    pub fn extend(&mut self, program: &Program, globals: Globals) {
        let mentioned = |local: &Local| local.captured || local.top_level && globals == Globals::All;
        for local in program.locals.values().skip(self.storage.len()) {
            self.storage.push(match (mentioned(local), local.top_level, local.assigned) {
                (false, ..) => Storage::Value,
                (true, true, _) => Storage::Global(GlobalId(u32::MAX)),
                (true, false, true) => Storage::Boxed,
                (true, false, false) => Storage::Value,
            });
        }
        let new: Vec<FunId> = new_funs(program, self.captures.len()).collect();
        self.captures.resize(program.funs.len(), Vec::new());
        let mut mentions = Mentions { program, storage: &self.storage, locals: Vec::new(), funs: Vec::new() };
        let mut sets: Vec<FxHashSet<LocalId>> = Vec::new();
        let mut uses: Vec<Vec<FunId>> = Vec::new();
        for &id in &new {
            mentions.stmts(&program.funs[id].body);
            let mut set = FxHashSet::default();
            let mut list = std::mem::take(&mut mentions.locals);
            list.retain(|&l| program.locals[l].owner != id && set.insert(l));
            self.captures[id] = list;
            sets.push(set);
            let mut used = std::mem::take(&mut mentions.funs);
            used.sort_unstable();
            used.dedup();
            uses.push(used);
        }
        let captures = &mut self.captures;
        loop {
            let mut changed = false;
            for ((&id, set), uses) in new.iter().zip(&mut sets).zip(&uses) {
                for &used in uses {
                    if used == id || captures[used].is_empty() {
                        continue;
                    }
                    for l in captures[used].clone() {
                        if program.locals[l].owner != id && set.insert(l) {
                            captures[id].push(l);
                            changed = true;
                        }
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }
}

/// The top-level code, and the functions that a program has beyond so many.
pub fn new_funs(program: &Program, known: usize) -> impl Iterator<Item = FunId> + use<> {
    std::iter::once(Program::MAIN).chain(program.funs.ids_from(known.max(1)))
}

/// Collects the variables (not globals) and functions that code mentions.
struct Mentions<'a> {
    program: &'a Program,
    storage: &'a IdVec<LocalId, Storage>,
    locals: Vec<LocalId>,
    funs: Vec<FunId>,
}

impl Mentions<'_> {
    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match &stmt.kind {
                StmtKind::Let(_, value) | StmtKind::Return(value) => self.maybe(*value),
                StmtKind::Assign { place, value } => {
                    self.expr(*place);
                    self.expr(*value);
                }
                StmtKind::Expr(e) | StmtKind::Expect(e) => self.expr(*e),
                StmtKind::Fun(_) | StmtKind::Break | StmtKind::Continue => {}
                StmtKind::If { cond, then, otherwise } => {
                    self.expr(*cond);
                    self.stmts(then);
                    self.stmts(otherwise);
                }
                StmtKind::While { cond, body } => {
                    self.expr(*cond);
                    self.stmts(body);
                }
                StmtKind::ForRange { from, to, body, .. } => {
                    self.expr(*from);
                    self.expr(*to);
                    self.stmts(body);
                }
                StmtKind::ForEach { source, body, .. } => {
                    self.expr(*source);
                    self.stmts(body);
                }
                StmtKind::Block(body) | StmtKind::Test { body, .. } | StmtKind::Bench { body, .. } => {
                    self.stmts(body);
                }
            }
        }
    }

    fn maybe(&mut self, e: Option<ExprId>) {
        if let Some(e) = e {
            self.expr(e);
        }
    }

    fn exprs(&mut self, exprs: &[ExprId]) {
        for &e in exprs {
            self.expr(e);
        }
    }

    fn expr(&mut self, e: ExprId) {
        match &self.program.exprs[e].kind {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Error => {}
            ExprKind::Local(local) => {
                if !matches!(self.storage[*local], Storage::Global(_)) {
                    self.locals.push(*local);
                }
            }
            ExprKind::Fun(f, _) | ExprKind::Lambda(f) => self.funs.push(*f),
            ExprKind::BoundMethod(f, e) => {
                self.funs.push(*f);
                self.expr(*e);
            }
            ExprKind::Call(f, _, args) => {
                self.funs.push(*f);
                self.exprs(args);
            }
            ExprKind::Convert(e, _)
            | ExprKind::Unary(_, e)
            | ExprKind::Field(e, _)
            | ExprKind::DynField(e, _)
            | ExprKind::DynMethod(e, _) => self.expr(*e),
            ExprKind::Binary(_, a, b) | ExprKind::Index(a, b) => {
                self.expr(*a);
                self.expr(*b);
            }
            ExprKind::Slice(e, parts) => {
                self.expr(*e);
                for part in parts {
                    self.maybe(*part);
                }
            }
            ExprKind::OptChain { recv, body, .. } => {
                self.expr(*recv);
                self.expr(*body);
            }
            ExprKind::List(items) | ExprKind::Builtin(_, items) | ExprKind::Runtime(_, items) => {
                self.exprs(items);
            }
            ExprKind::Map(entries) => {
                for &(k, v) in entries {
                    self.expr(k);
                    self.expr(v);
                }
            }
            ExprKind::Struct(_, inits) => {
                for &(_, e) in inits {
                    self.expr(e);
                }
            }
            ExprKind::CallValue(f, args) | ExprKind::Partial(f, args) => {
                self.expr(*f);
                self.exprs(args);
            }
            ExprKind::If(c, a, b) => {
                self.expr(*c);
                self.expr(*a);
                self.expr(*b);
            }
            ExprKind::Query(query) => self.exprs(&query.children()),
            ExprKind::Match { scrutinee, arms } => {
                self.expr(*scrutinee);
                for Arm { pattern, block, value } in arms {
                    self.pattern(pattern);
                    self.stmts(block);
                    self.maybe(*value);
                }
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match pattern {
            Pattern::Wildcard | Pattern::None | Pattern::Bind(_) => {}
            Pattern::Equal(e) => self.expr(*e),
            Pattern::Variant(_, parts) => {
                for part in parts {
                    self.pattern(part);
                }
            }
        }
    }
}
