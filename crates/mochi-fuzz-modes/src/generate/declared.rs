//! What programs declare beside types and functions: generic functions, streams and their agents, facts and rules.

use super::Generator;
use super::types::{Function, Ty, Variable};

/// What was declared.
#[derive(Default)]
pub struct Declared {
    /// A generic function of a list, and a value for when it is empty.
    first: Option<String>,
    /// A generic function of a list, a value and a function of both.
    fold: Option<String>,
    /// A stream of an int and a string.
    stream: Option<String>,
    /// An agent, and what gives an int of it.
    agent: Option<(String, String)>,
    /// A relation of two ints.
    relation: Option<String>,
}

impl Generator<'_> {
    /// Declares some.
    pub fn declare_more(&mut self) {
        if self.c.chance(25) {
            self.generics();
        }
        if self.c.chance(20) {
            self.stream();
        }
        if self.c.chance(15) {
            self.relation();
        }
    }

    fn generics(&mut self) {
        let (first, fold) = (self.name("first"), self.name("fold"));
        let from = self.c.below(2);
        self.line(&format!("fun {first}<T>(xs: list<T>, other: T): T {{"));
        self.line(&format!("  if len(xs) > {from} {{ return xs[{from}] }}"));
        self.line("  return other");
        self.line("}");
        self.line(&format!("fun {fold}<A, B>(xs: list<B>, start: A, f: fun(A, B): A): A {{"));
        self.line("  var at = start");
        self.line("  for x in xs { at = f(at, x) }");
        self.line("  return at");
        self.line("}");
        (self.declared.first, self.declared.fold) = (Some(first), Some(fold));
    }

    fn stream(&mut self) {
        let (stream, agent, variable) = (self.name("E"), self.name("A"), self.name("agent"));
        let intent = self.name("m");
        self.line(&format!("stream {stream} {{ number: int, word: string }}"));
        self.line(&format!("agent {agent} {{"));
        let start = self.int();
        self.line(&format!("  var sum: int = {start}"));
        self.line("  var words: string = \"\"");
        let op = self.c.of(&["+", "-"]);
        self.line(&format!("  on {stream} as e {{"));
        self.line(&format!("    sum = (sum % 1000003 * 31) {op} (e.number % 1000003)"));
        self.line("    words = (words + e.word)[0:9]");
        self.line("  }");
        let by = self.c.below(4) as i64 - 1;
        self.line(&format!("  intent {intent}(): int {{ return sum + len(words) * {by} }}"));
        self.line("}");
        self.line(&format!("let {variable} = {agent} {{}}"));
        if self.c.chance(60) {
            self.line(&format!("on {stream} as e {{ print(e.number, e.word, {variable}.sum) }}"));
        }
        self.declared.stream = Some(stream);
        self.declared.agent = Some((variable.clone(), format!("{variable}.{intent}()")));
    }

    fn relation(&mut self) {
        let (fact, rule) = (self.name("p"), self.name("r"));
        for _ in 0..1 + self.c.below(5) {
            let (a, b) = (self.c.below(4), self.c.below(4));
            self.line(&format!("fact {fact}({a}, {b})"));
        }
        let unequal = if self.c.chance(30) { ", x != z" } else { "" };
        self.line(&format!("rule {rule}(x, y) :- {fact}(x, y)"));
        self.line(&format!("rule {rule}(x, z) :- {fact}(x, y), {rule}(y, z){unequal}"));
        self.declared.relation = Some(rule);
    }

    /// Statements that use what was declared.
    pub fn use_declared(&mut self) {
        for _ in 0..self.c.below(3) {
            self.emit();
        }
        if self.declared.first.is_some() {
            let ty = self.scalar();
            let shown = self.generic_call(&ty, 2).unwrap_or_else(|| self.leaf(&ty));
            self.line(&format!("print({shown})"));
        }
        if let Some(rule) = self.declared.relation.clone() {
            self.spend(200);
            let from = self.c.of(&["x", "1", "x", "2"]);
            self.line(&format!("print(query {rule}({from}, y))"));
        }
        if let Some((agent, asked)) = self.declared.agent.clone() {
            self.line(&format!("print({agent}, {asked})"));
        }
    }

    /// An event, if there is a stream.
    pub fn emit(&mut self) -> bool {
        let Some(stream) = self.declared.stream.clone() else { return false };
        let (number, word) = (self.expr(&Ty::Int, 2), self.expr(&Ty::Str, 1));
        self.spend(40);
        self.line(&format!("emit {stream} {{ number: {number}, word: ({word})[0:9] }}"));
        true
    }

    /// A call of a generic function, for any type that inference tells.
    pub fn generic_call(&mut self, ty: &Ty, depth: u32) -> Option<String> {
        let plain = |ty: &Ty| matches!(ty, Ty::Int | Ty::Float | Ty::Bool | Ty::Str | Ty::Struct(_));
        if !plain(ty) {
            return None;
        }
        self.spend(30);
        if self.c.chance(50) {
            let name = self.declared.first.clone()?;
            let (list, other) = (self.expr(&Ty::list(ty.clone()), depth), self.expr(ty, depth));
            return Some(format!("{name}({list}, {other})"));
        }
        let name = self.declared.fold.clone()?;
        let of = self.scalar();
        let (list, start) = (self.expr(&Ty::list(of.clone()), depth), self.expr(ty, depth));
        // What is folded does not grow.
        let result = if ty.grows() { 0 } else { 2 };
        let f = self.lambda(&[ty.clone(), of], ty, result);
        Some(format!("{name}({list}, {start}, {f})"))
    }

    /// An int of an agent or of what a relation holds.
    pub fn declared_int(&mut self) -> Option<String> {
        if self.nested > 0 {
            return None;
        }
        if self.c.chance(60)
            && let Some((_, asked)) = &self.declared.agent
        {
            return Some(asked.clone());
        }
        let rule = self.declared.relation.clone()?;
        if !self.affords(200) {
            return None;
        }
        self.spend(200);
        let from = self.c.below(4);
        Some(match self.c.below(3) {
            0 => format!("len(query {rule}(x, y))"),
            1 => format!("len(query {rule}({from}, y))"),
            _ => format!("len(query {rule}(x, x))"),
        })
    }

    /// A function with some of its arguments, as a value.
    pub fn partial(&mut self, params: &[Ty], result: &Ty, depth: u32) -> Option<String> {
        // Values are called by anybody, so what they call must be cheap, and never the function that is being made.
        if self.nested > 0 {
            return None;
        }
        let fits = |function: &Function| {
            let given = function.params.len().checked_sub(params.len()).filter(|given| *given > 0);
            !function.recursive
                && function.cost <= 30
                && function.result == *result
                && given.is_some_and(|given| function.params[given..] == *params)
        };
        let fitting: Vec<Function> =
            self.functions.iter().filter(|function| fits(function)).cloned().collect();
        if fitting.is_empty() {
            return None;
        }
        let function = fitting[self.c.below(fitting.len())].clone();
        let given = function.params.len() - params.len();
        let arguments: Vec<String> =
            function.params[..given].iter().map(|ty| self.expr(ty, depth.min(1))).collect();
        Some(format!("{}({})", function.name, arguments.join(", ")))
    }

    /// A variable that may be none, which the condition of a branch rules out.
    pub fn unwrapped(&mut self, ty: &Ty, depth: u32) -> Option<String> {
        let wanted = Ty::Opt(Box::new(ty.clone()));
        let known: Vec<Variable> = self.scope.iter().filter(|v| v.ty == wanted).cloned().collect();
        if known.is_empty() {
            return None;
        }
        let name = known[self.c.below(known.len())].name.clone();
        let other = self.expr(ty, depth);
        Some(match self.c.below(2) {
            0 => format!("({name} ?? {other})"),
            _ => format!("(if {name} == none then {other} else ({name} ?? {other}))"),
        })
    }
}
