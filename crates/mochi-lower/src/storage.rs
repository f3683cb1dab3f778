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

/// Captures of every function, in order of first mention, and the storage of every variable. Globals are marked; their
/// ids are given later.
pub fn analyse(program: &Program, globals: Globals) -> (IdVec<FunId, Vec<LocalId>>, IdVec<LocalId, Storage>) {
    let mentioned = |local: &Local| local.captured || local.top_level && globals == Globals::All;
    let storage: IdVec<LocalId, Storage> = program
        .locals
        .values()
        .map(|local| match (mentioned(local), local.top_level, local.assigned) {
            (false, ..) => Storage::Value,
            (true, true, _) => Storage::Global(GlobalId(u32::MAX)),
            (true, false, true) => Storage::Boxed,
            (true, false, false) => Storage::Value,
        })
        .collect::<Vec<_>>()
        .into();
    let mut mentions = Mentions { program, storage: &storage, locals: Vec::new(), funs: Vec::new() };
    let mut captures: IdVec<FunId, Vec<LocalId>> = IdVec::new();
    let mut sets: Vec<FxHashSet<LocalId>> = Vec::new();
    let mut uses: Vec<Vec<FunId>> = Vec::new();
    for (id, fun) in program.funs.iter() {
        mentions.stmts(&fun.body);
        let mut set = FxHashSet::default();
        let mut list = std::mem::take(&mut mentions.locals);
        list.retain(|&l| program.locals[l].owner != id && set.insert(l));
        captures.push(list);
        sets.push(set);
        let mut used = std::mem::take(&mut mentions.funs);
        used.sort_unstable();
        used.dedup();
        uses.push(used);
    }
    loop {
        let mut changed = false;
        for id in program.funs.ids() {
            for &used in &uses[id.0 as usize] {
                if used == id || captures[used].is_empty() {
                    continue;
                }
                for l in captures[used].clone() {
                    if program.locals[l].owner != id && sets[id.0 as usize].insert(l) {
                        captures[id].push(l);
                        changed = true;
                    }
                }
            }
        }
        if !changed {
            return (captures, storage);
        }
    }
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
