//! Logic: `fact`, `rule` and `query` (2.5, 6.3).
//!
//! Predicates, constants and rules are known when a program is checked, so everything is numbered here and rules become
//! [plans](plan). What runs is std (`logic.mochi`): the facts, and the rules that the program has come to, are in hidden
//! variables of the top-level code, and a query first derives all that follows from them.
//!
//! Predicates belong to their package, and have one number of terms. `_` as a term is a variable of its own each time.

mod plan;

use std::rc::Rc;

use mochi_base::diag::codes::{T071, T072, T073};
use mochi_base::{Name, Span};
use mochi_syntax::tree::{self, Cond, Pred, StmtKind as Written, Term};
use rustc_hash::FxHashMap;

use super::Checker;
use super::packages::Own;
use crate::ty::{Ty, Types};
use crate::typed::*;
use plan::{Atom, Planner, Rule, Slot};

/// The logic program of a source.
#[derive(Default, Clone)]
pub(super) struct Logic {
    /// By package and name.
    predicates: FxHashMap<(u32, Name), Predicate>,
    /// Packages and names in the order of the numbers of predicates.
    names: Vec<(u32, Name)>,
    constants: Vec<Constant>,
    constant_ids: FxHashMap<Constant, u32>,
    /// The number of each rule without errors, by its place.
    rules: FxHashMap<u32, u32>,
    planner: Planner,
    /// The hidden variables, in the order in which std wants them; empty in a program without facts and rules.
    state: Vec<LocalId>,
    /// What of this the state has room for already, from earlier inputs.
    size: Size,
}

/// How much there is of what the state has tables for.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Size {
    predicates: usize,
    indexes: usize,
    rules: usize,
    asked: usize,
    constants: usize,
}

impl Logic {
    fn size(&self) -> Size {
        Size {
            predicates: self.names.len(),
            indexes: self.planner.indexes(),
            rules: self.planner.rules(),
            asked: self.planner.asked(),
            constants: self.constants.len(),
        }
    }

    /// The same once the state has room for everything.
    pub fn settled(mut self: Rc<Self>) -> Rc<Self> {
        if self.size != self.size() {
            let this = Rc::make_mut(&mut self);
            this.size = this.size();
            // Their places do not come again.
            this.rules.clear();
        }
        self
    }
}

#[derive(Clone, Copy)]
struct Predicate {
    id: u32,
    terms: usize,
    /// The fact or rule that came first.
    span: Span,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Constant {
    Str(Box<str>),
    Int(i64),
}

/// The hidden variables.
#[derive(Clone, Copy)]
enum State {
    Rows,
    Maps,
    Chains,
    Marks,
    Program,
    Constants,
}

impl<'a> Checker<'a> {
    // --------------------------------------------------------------------------------------------- declarations

    /// Numbers the predicates, constants and rules of a package, and reports what is wrong with its facts and rules.
    pub(super) fn declare_logic(&mut self, own: &Own<'a>) {
        let mut some = false;
        for stmt in own.stmts {
            if let Written::Fact(head) | Written::Rule { head, .. } = &stmt.kind {
                self.declare_predicate(head);
                some = true;
            }
        }
        if !some {
            return;
        }
        for stmt in own.stmts {
            match &stmt.kind {
                Written::Fact(fact) => self.declare_fact(fact),
                Written::Rule { head, conds } => {
                    if let Some(rule) = self.read_rule(head, conds) {
                        let logic = Rc::make_mut(&mut self.logic);
                        let number = logic.planner.add(&rule);
                        logic.rules.insert(stmt.span.lo, number);
                    }
                }
                _ => {}
            }
        }
        if self.logic.state.is_empty() {
            self.declare_state();
        }
    }

    /// A predicate of the current package.
    fn predicate_named(&self, name: Name) -> Option<Predicate> {
        self.logic.predicates.get(&(self.packages.current(), name)).copied()
    }

    fn declare_predicate(&mut self, head: &Pred) {
        let name = head.name.name;
        if let Some(known) = self.predicate_named(name) {
            self.check_terms(head, known);
            return;
        }
        let id = self.logic.names.len() as u32;
        let predicate = Predicate { id, terms: head.terms.len(), span: head.name.span };
        let key = (self.packages.current(), name);
        let logic = Rc::make_mut(&mut self.logic);
        logic.predicates.insert(key, predicate);
        logic.names.push(key);
        // One without terms has a hidden one, the same in all its tuples.
        logic.planner.add_predicate(predicate.terms.max(1));
    }

    /// The number of a predicate with as many terms as it was introduced with, or a report.
    fn predicate(&mut self, pred: &Pred) -> Option<u32> {
        if let Some(known) = self.predicate_named(pred.name.name) {
            return self.check_terms(pred, known);
        }
        let name = self.names.get(pred.name.name).to_string();
        let package = self.packages.current();
        let known = self.logic.names.iter().filter(|key| key.0 == package).map(|key| key.1);
        let known: Vec<Name> = known.collect();
        let diagnostic = T071 { name }.at(pred.name.span);
        let diagnostic = self.with_similar_field(diagnostic, pred.name.name, &known, pred.name.span);
        self.report(diagnostic);
        None
    }

    fn check_terms(&mut self, pred: &Pred, known: Predicate) -> Option<u32> {
        if known.terms == pred.terms.len() {
            return Some(known.id);
        }
        let name = self.names.get(pred.name.name).to_string();
        let diagnostic = T072 { name, expected: known.terms, found: pred.terms.len() }.at(pred.name.span);
        self.report(diagnostic.note(known.span, "introduced here"));
        None
    }

    fn declare_fact(&mut self, fact: &Pred) {
        for term in &fact.terms {
            match term {
                Term::Var(name) => self.unbound(*name),
                Term::Str(text) => drop(self.constant(Constant::Str(text.value.clone()))),
                Term::Int(value, _) => drop(self.constant(Constant::Int(*value))),
            }
        }
    }

    fn constant(&mut self, constant: Constant) -> u32 {
        if let Some(&id) = self.logic.constant_ids.get(&constant) {
            return id;
        }
        let logic = Rc::make_mut(&mut self.logic);
        let id = logic.constants.len() as u32;
        logic.constant_ids.insert(constant.clone(), id);
        logic.constants.push(constant);
        id
    }

    /// T073: a variable that no condition gives a value.
    fn unbound(&mut self, name: tree::Ident) {
        let text = self.names.get(name.name).to_string();
        self.report(T073 { name: text }.at(name.span));
    }

    fn read_rule(&mut self, head: &Pred, conds: &[Cond]) -> Option<Rule> {
        let errors = self.reports.len();
        let mut slots = Slots::default();
        let mut rule = Rule::default();
        for cond in conds {
            if let Cond::Pred(pred) = cond {
                let terms = pred.terms.iter().map(|term| self.slot(term, &mut slots)).collect();
                let terms = or_hidden(terms, Slot::Ignored);
                if let Some(predicate) = self.predicate(pred) {
                    rule.body.push(Atom { predicate, terms });
                }
            }
        }
        for cond in conds {
            if let Cond::NotEqual(a, b) = cond {
                let pair = [*a, *b].map(|name| self.bound_slot(name, &slots));
                if let [Some(a), Some(b)] = pair {
                    rule.unequal.push((a, b));
                }
            }
        }
        let terms = head.terms.iter().map(|term| match term {
            Term::Var(name) => self.bound_slot(*name, &slots).map(Slot::Known),
            _ => Some(self.slot(term, &mut slots)),
        });
        let terms: Option<Vec<Slot>> = terms.collect::<Vec<_>>().into_iter().collect();
        let predicate = self.predicate_named(head.name.name)?.id;
        let mut terms = terms?;
        if terms.is_empty() {
            terms.push(Slot::Known(slots.add(Some(HIDDEN_TERM))));
        }
        rule.head = Atom { predicate, terms };
        rule.initial = slots.initial;
        (self.reports.len() == errors).then_some(rule)
    }

    /// The slot of a term: of a variable its own, of a constant one that holds it from the start.
    fn slot(&mut self, term: &Term, slots: &mut Slots) -> Slot {
        let constant = match term {
            Term::Var(name) if name.name == self.known.underscore => return Slot::Ignored,
            Term::Var(name) => return Slot::Known(slots.of_variable(name.name)),
            Term::Str(text) => Constant::Str(text.value.clone()),
            Term::Int(value, _) => Constant::Int(*value),
        };
        let id = self.constant(constant);
        Slot::Known(slots.add(Some(id)))
    }

    /// The slot of a variable that some condition gives a value.
    fn bound_slot(&mut self, name: tree::Ident, slots: &Slots) -> Option<u32> {
        let slot = slots.variables.get(&name.name).copied();
        if slot.is_none() {
            self.unbound(name);
        }
        slot
    }

    // ---------------------------------------------------------------------------------------------- hidden state

    fn state_type(&mut self, state: State) -> Ty {
        let ints = self.types.list(Types::WORD);
        match state {
            State::Rows | State::Chains | State::Program => self.types.list(ints),
            State::Maps => {
                let map = self.types.map(Types::WORD, Types::WORD);
                self.types.list(map)
            }
            State::Marks => ints,
            State::Constants => self.types.list(Types::ANY),
        }
    }

    fn declare_state(&mut self) {
        use State::*;
        for (name, state) in [
            ("logic.rows", Rows),
            ("logic.maps", Maps),
            ("logic.chains", Chains),
            ("logic.marks", Marks),
            ("logic.program", Program),
            ("logic.constants", Constants),
        ] {
            let ty = self.state_type(state);
            let name = self.names.intern(name);
            let local = self.new_local(name, ty, Span::NONE);
            self.locals[local.0 as usize].top_level = true;
            Rc::make_mut(&mut self.logic).state.push(local);
        }
    }

    /// The hidden variables get their values before anything else runs, or room for more than they had. To be called when
    /// all queries are known.
    pub(super) fn logic_prologue(&mut self) {
        let (old, new) = (self.logic.size, self.logic.size());
        if self.logic.state.is_empty() || old == new {
            return;
        }
        let first =
            if old == Size::default() { self.first_state(new) } else { vec![self.wider_state(old, new)] };
        self.funs[Program::MAIN.0 as usize].body.splice(0..0, first);
    }

    fn first_state(&mut self, Size { predicates, indexes, rules, .. }: Size) -> Vec<Stmt> {
        let span = Span::NONE;
        let empty_lists = |n: usize| vec![Vec::new(); n];
        let rows = self.int_lists(empty_lists(predicates + 2));
        let chains = self.int_lists(empty_lists(3 * indexes));
        let map = self.types.map(Types::WORD, Types::WORD);
        let maps =
            (0..1 + predicates + indexes).map(|_| self.push(ExprKind::Map(Vec::new()), map, span)).collect();
        let ty = self.state_type(State::Maps);
        let maps = self.push(ExprKind::List(maps), ty, span);
        let marks = self.int_list(vec![0; 3 * predicates.max(rules)]);
        let program = self.logic.planner.program();
        let program = self.int_lists(program);
        let constants = self.constants(0);
        let values = [rows, maps, chains, marks, program, constants];
        let lets = values.into_iter().enumerate().map(|(i, value)| {
            let kind = StmtKind::Let(self.logic.state[i], Some(value));
            Stmt { kind, span }
        });
        lets.collect()
    }

    fn wider_state(&mut self, old: Size, new: Size) -> Stmt {
        use State::*;
        let span = Span::NONE;
        let only_constants = old == Size { constants: old.constants, ..new };
        let program = if only_constants { Vec::new() } else { self.logic.planner.program() };
        let mut args: Vec<ExprId> =
            [Rows, Maps, Chains, Marks, Program, Constants].map(|state| self.state(state, span)).into();
        args.push(self.int_lists(program));
        args.push(self.constants(old.constants));
        let grow = self.push(ExprKind::Builtin(Builtin::LogicGrow, args), Types::UNIT, span);
        Stmt { kind: StmtKind::Expr(grow), span }
    }

    /// A list of the constants from one on.
    fn constants(&mut self, from: usize) -> ExprId {
        let span = Span::NONE;
        let constants = self.logic.constants[from..].to_vec();
        let constants = constants.into_iter().map(|constant| {
            let e = match constant {
                Constant::Str(text) => self.push(ExprKind::Str(text), Types::STR, span),
                Constant::Int(value) => self.push(ExprKind::Int(value), Types::INT, span),
            };
            self.boxed(e)
        });
        let constants = constants.collect::<Vec<_>>();
        let ty = self.state_type(State::Constants);
        self.push(ExprKind::List(constants), ty, span)
    }

    fn int_list(&mut self, values: Vec<i64>) -> ExprId {
        let values = values
            .into_iter()
            .map(|value| self.push(ExprKind::Int(value), Types::WORD, Span::NONE))
            .collect();
        let ty = self.types.list(Types::WORD);
        self.push(ExprKind::List(values), ty, Span::NONE)
    }

    fn int_lists(&mut self, lists: Vec<Vec<i64>>) -> ExprId {
        let lists = lists.into_iter().map(|list| self.int_list(list)).collect();
        let ty = self.state_type(State::Rows);
        self.push(ExprKind::List(lists), ty, Span::NONE)
    }

    fn state(&mut self, state: State, span: Span) -> ExprId {
        let local = self.logic.state[state as usize];
        self.local(local, span)
    }

    // ------------------------------------------------------------------------------------ statements and queries

    /// `fact p(...)`: from here on it holds.
    pub(super) fn fact(&mut self, fact: &Pred, span: Span) -> Option<StmtKind> {
        let predicate = self.predicate_named(fact.name.name)?;
        let mut tuple = vec![i64::from(predicate.id)];
        for term in &fact.terms {
            let constant = match term {
                Term::Var(_) => return None,
                Term::Str(text) => Constant::Str(text.value.clone()),
                Term::Int(value, _) => Constant::Int(*value),
            };
            tuple.push(i64::from(self.constant(constant)));
        }
        if fact.terms.is_empty() {
            tuple.push(HIDDEN_TERM.into());
        }
        let mut args: Vec<ExprId> = [State::Rows, State::Maps, State::Chains, State::Program]
            .map(|state| self.state(state, span))
            .into();
        args.push(self.int_list(tuple));
        Some(StmtKind::Expr(self.push(ExprKind::Builtin(Builtin::LogicFact, args), Types::UNIT, span)))
    }

    /// `rule ...`: from here on it takes part, unless it does already.
    pub(super) fn rule(&mut self, span: Span) -> Option<StmtKind> {
        let &rule = self.logic.rules.get(&span.lo)?;
        let at = 3 * i64::from(rule) + 2;
        let mark = |this: &mut Self| {
            let marks = this.state(State::Marks, span);
            let at = this.push(ExprKind::Int(at), Types::WORD, span);
            this.push(ExprKind::Index(marks, at), Types::WORD, span)
        };
        let now = mark(self);
        let zero = self.push(ExprKind::Int(0), Types::WORD, span);
        let cond = self.push(ExprKind::Binary(BinaryOp::Eq, now, zero), Types::BOOL, span);
        let place = mark(self);
        let value = self.push(ExprKind::Int(1), Types::WORD, span);
        let marked = Stmt { kind: StmtKind::Assign { place, value }, span };
        let begun = |this: &mut Self| {
            let rows = this.state(State::Rows, span);
            let at = this.push(ExprKind::Int(1), Types::WORD, span);
            let ints = this.types.list(Types::WORD);
            this.push(ExprKind::Index(rows, at), ints, span)
        };
        let list = begun(self);
        let end = begun(self);
        let end = self.push(ExprKind::Builtin(Builtin::Len, vec![end]), Types::WORD, span);
        let place = self.push(ExprKind::Index(list, end), Types::WORD, span);
        let value = self.push(ExprKind::Int(rule.into()), Types::WORD, span);
        let then = vec![marked, Stmt { kind: StmtKind::Assign { place, value }, span }];
        Some(StmtKind::If { cond, then, otherwise: Vec::new() })
    }

    /// `query p(...)`: a map for each tuple that fits.
    #[inline(never)]
    pub(super) fn logic_query(&mut self, pred: &Pred, span: Span) -> ExprId {
        let Some(predicate) = self.predicate(pred) else { return self.error_expr(span) };
        if self.logic.state.is_empty() {
            // The facts and rules have errors.
            return self.error_expr(span);
        }
        let mut slots = Slots::default();
        let terms: Vec<Slot> = pred
            .terms
            .iter()
            .map(|term| match term {
                Term::Var(name) if name.name == self.known.underscore => Slot::Ignored,
                Term::Var(name) => Slot::Known(slots.of_variable(name.name)),
                Term::Str(text) => self.query_constant(&Constant::Str(text.value.clone()), &mut slots),
                Term::Int(value, _) => self.query_constant(&Constant::Int(*value), &mut slots),
            })
            .collect();
        let terms = or_hidden(terms, Slot::Ignored);
        let plan = Rc::make_mut(&mut self.logic).planner.query(&Atom { predicate, terms }, &slots.initial);
        let mut names: Vec<(u32, Name)> = slots.variables.iter().map(|(&name, &slot)| (slot, name)).collect();
        names.sort_unstable();
        let keys = names
            .iter()
            .map(|&(_, name)| {
                let text = self.names.get(name).into();
                self.push(ExprKind::Str(text), Types::STR, span)
            })
            .collect();
        let strings = self.types.list(Types::STR);
        let keys = self.push(ExprKind::List(keys), strings, span);
        let of_keys = self.int_list(names.iter().map(|&(slot, _)| i64::from(slot)).collect());
        use State::*;
        let mut args: Vec<ExprId> =
            [Rows, Maps, Chains, Marks, Program, Constants].map(|state| self.state(state, span)).into();
        args.extend([self.int_list(plan), keys, of_keys]);
        let row = self.types.map(Types::STR, Types::ANY);
        let ty = self.types.list(row);
        self.push(ExprKind::Builtin(Builtin::LogicQuery, args), ty, span)
    }

    /// A constant that no fact or rule mentions equals none of them.
    fn query_constant(&self, constant: &Constant, slots: &mut Slots) -> Slot {
        match self.logic.constant_ids.get(constant) {
            Some(&id) => Slot::Known(slots.add(Some(id))),
            None => Slot::Known(slots.add_unknown()),
        }
    }
}

/// What the hidden term of a predicate without terms holds.
const HIDDEN_TERM: u32 = 0;

/// The terms, or the hidden one.
fn or_hidden(mut terms: Vec<Slot>, hidden: Slot) -> Vec<Slot> {
    if terms.is_empty() {
        terms.push(hidden);
    }
    terms
}

/// The slots of a rule or query: one per variable and one per constant term.
#[derive(Default)]
struct Slots {
    variables: FxHashMap<Name, u32>,
    /// What each slot holds at the start: `None` for variables.
    initial: Vec<Option<i64>>,
}

impl Slots {
    fn add(&mut self, constant: Option<u32>) -> u32 {
        self.initial.push(constant.map(i64::from));
        self.initial.len() as u32 - 1
    }
    fn add_unknown(&mut self) -> u32 {
        self.initial.push(Some(-1));
        self.initial.len() as u32 - 1
    }
    fn of_variable(&mut self, name: Name) -> u32 {
        match self.variables.get(&name) {
            Some(&slot) => slot,
            None => {
                let slot = self.add(None);
                self.variables.insert(name, slot);
                slot
            }
        }
    }
}
