//! Units: the top-level code, each top-level function, each method. A unit is checked as a whole, and once more when
//! its guesses about soft types were wrong ([`infer`](super::infer)).
//!
//! The top-level code comes first, since its variables are visible in all functions. A function whose result type is
//! to be inferred is checked earlier, on demand of its first caller. What a failed attempt made is cut off again.

use mochi_syntax::tree;

use super::functions::Outcome;
use super::infer::Origin;
use super::narrow::Narrowed;
use super::{Checker, Last};
use crate::ty::{Ty, Types};
use crate::typed::{FunId, Program};

/// The last attempt at a unit guesses nothing, so it settles it.
const ATTEMPTS: u32 = 3;

/// Functions checked in the middle of others at most; a result beyond is `any`.
const MAX_DEMAND: usize = 100;

/// A unit being checked.
pub(super) struct Unit {
    attempt: u32,
    /// A guess was wrong, or a type was needed before it was known.
    pub retry: bool,
    /// The soft types made so far.
    pub soft_types: Vec<(Origin, Ty)>,
}

impl Unit {
    fn attempt(attempt: u32) -> Self {
        Self { attempt, retry: false, soft_types: Vec::new() }
    }
    /// Whether soft types are `any` from the start.
    pub fn guesses_nothing(&self) -> bool {
        self.attempt + 1 >= ATTEMPTS
    }
}

/// What an attempt is cut back to.
struct Mark {
    exprs: usize,
    locals: usize,
    funs: usize,
    reports: usize,
    checked: usize,
}

impl Checker<'_> {
    /// The unit being checked.
    #[inline]
    pub(super) fn unit(&mut self) -> &mut Unit {
        self.active.last_mut().expect("a unit is active")
    }

    fn mark(&self) -> Mark {
        Mark {
            exprs: self.exprs.len(),
            locals: self.locals.len(),
            funs: self.funs.len(),
            reports: self.reports.len(),
            checked: self.checked.len(),
        }
    }

    fn cut_back(&mut self, mark: &Mark) {
        self.exprs.truncate(mark.exprs);
        self.locals.truncate(mark.locals);
        self.binders.truncate(mark.locals);
        self.funs.truncate(mark.funs);
        let first = self.signatures.len() - self.decls.len();
        self.signatures.truncate(mark.funs);
        self.decls.truncate(mark.funs - first);
        self.reports.truncate(mark.reports);
        // Functions checked on demand meanwhile are gone too; their results stay known.
        for fun in self.checked.drain(mark.checked..) {
            self.signatures[fun.0 as usize].checked = false;
        }
    }

    /// Checks everything.
    pub(super) fn check_units(&mut self) {
        let mark = self.mark();
        for attempt in 0..ATTEMPTS {
            self.active.push(Unit::attempt(attempt));
            self.top_level_code();
            for fun in self.old.funs..mark.funs {
                self.check_unit(FunId(fun as u32));
            }
            let unit = self.active.pop().expect("pushed above");
            if !unit.retry {
                break;
            }
            self.learn_soft_types(unit.soft_types);
            self.cut_back(&mark);
            self.forget_found_types();
        }
        self.logic_prologue();
    }

    /// Forgets what was found about the types of functions and variables of the top level.
    fn forget_found_types(&mut self) {
        for signature in &mut self.signatures[self.old.funs..] {
            if signature.inferred {
                signature.result = Outcome::Pending;
            }
        }
        self.forget_globals();
    }

    /// Looks at code as a part of a function only to see a type; the rest of what that makes is cut off again.
    pub(super) fn preview(&mut self, fun: FunId, look: impl FnOnce(&mut Self) -> Ty) -> Ty {
        let mark = self.mark();
        let unit = self.scopes.enter_unit();
        let outer_facts = std::mem::take(&mut self.narrowed);
        let outer = self.cx;
        self.cx = super::Context { fun, result: Types::UNIT, loops: 0, this: None };
        let scope = self.scopes.open();
        // Guesses would be lost, since nothing that follows could confirm them.
        self.active.push(Unit::attempt(ATTEMPTS - 1));
        let ty = look(self);
        self.active.pop();
        self.scopes.close(scope);
        self.cx = outer;
        self.narrowed = outer_facts;
        self.scopes.leave_unit(unit);
        self.cut_back(&mark);
        self.forget_found_types();
        ty
    }

    /// Checks a function that is no part of another, unless that was done.
    fn check_unit(&mut self, fun: FunId) {
        let constructed = self.reactive.constructors.get(&fun).copied();
        let has_code = self.decl(fun).is_some() || constructed.is_some();
        let signature = &mut self.signatures[fun.0 as usize];
        if signature.checked || !has_code {
            return;
        }
        signature.checked = true;
        let pending = matches!(signature.result, Outcome::Pending);
        let package = signature.package;
        let outer_package = self.enter_package(package);
        let outer = self.scopes.enter_unit();
        let outer_cx = self.cx;
        let outer_types = std::mem::take(&mut self.type_params);
        let outer_facts = std::mem::take(&mut self.narrowed);
        let mark = self.mark();
        for attempt in 0..ATTEMPTS {
            self.active.push(Unit::attempt(attempt));
            match constructed {
                Some(agent) => self.agent_constructor(fun, agent),
                None => self.top_level_function(fun),
            }
            let unit = self.active.pop().expect("pushed above");
            if !unit.retry {
                break;
            }
            self.learn_soft_types(unit.soft_types);
            self.cut_back(&mark);
            if pending {
                self.signatures[fun.0 as usize].result = Outcome::Pending;
            }
        }
        self.checked.push(fun);
        self.narrowed = outer_facts;
        self.type_params = outer_types;
        self.cx = outer_cx;
        self.scopes.leave_unit(outer);
        self.enter_package(outer_package);
    }

    /// The result type of a function, which may mean to check it first. A function that is being checked right now has
    /// a guess for itself, and `any` for others.
    pub(super) fn result_of(&mut self, fun: FunId) -> Ty {
        match self.signatures[fun.0 as usize].result {
            Outcome::Known(ty) => ty,
            Outcome::Open(ty) => {
                if self.is_inside(fun) {
                    return ty;
                }
                // Mutual recursion: the other function would depend on a guess of this one.
                self.refute_all(&[ty]);
                Types::ANY
            }
            Outcome::Pending if self.active.len() > MAX_DEMAND => {
                self.signatures[fun.0 as usize].result = Outcome::Known(Types::ANY);
                Types::ANY
            }
            Outcome::Pending => {
                self.check_unit(fun);
                match self.signatures[fun.0 as usize].result {
                    Outcome::Known(ty) => ty,
                    Outcome::Open(_) | Outcome::Pending => Types::ANY,
                }
            }
        }
    }

    /// Whether the current function is this one or part of it.
    fn is_inside(&self, fun: FunId) -> bool {
        let mut at = Some(self.cx.fun);
        while let Some(f) = at {
            if f == fun {
                return true;
            }
            at = self.funs[f.0 as usize].parent;
        }
        false
    }

    fn top_level_code(&mut self) {
        self.cx = super::Context { fun: Program::MAIN, result: Types::UNIT, loops: 0, this: None };
        self.narrowed = Narrowed::default();
        let tree = self.tree;
        self.packages.forget_imports();
        let mut body = Vec::with_capacity(tree.body.stmts.len());
        self.streams_prologue(&mut body);
        self.models_prologue(&mut body);
        for &stmt in &tree.body.stmts {
            self.top_level_statement(stmt, &mut body);
        }
        if self.options.last != Last::Dropped {
            self.last_value(&mut body);
        }
        self.funs[0].body = body;
    }

    pub(super) fn top_level_statement(&mut self, stmt: tree::StmtId, body: &mut Vec<crate::typed::Stmt>) {
        let tree = self.tree;
        match &tree.stmts[stmt].kind {
            // A unit of its own.
            tree::StmtKind::Fun(_) => {}
            tree::StmtKind::Let(_) => self.top_level_let(stmt, body),
            tree::StmtKind::Import(import) => self.import(import, body),
            // Declared before.
            tree::StmtKind::Extern(_) => {}
            tree::StmtKind::Expr(_) if self.is_last_value(stmt) => {}
            _ => self.stmt(stmt, body),
        }
    }
}
