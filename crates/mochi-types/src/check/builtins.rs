//! The built-in functions: one table of names and signatures (3.7, 5), and calls of them.
//!
//! A user's definition of the same name wins before anybody looks here. Where a signature says "anything", an argument
//! keeps its type, so that lowering can choose the code for it.

mod args;

use mochi_base::diag::codes::{T003, T039};
use mochi_base::{Interner, Name, Span};
use mochi_syntax::tree;
use rustc_hash::FxHashMap;

use super::{Checker, Options};
use crate::ty::{Ty, TyKind, Types};
use crate::typed::*;

/// What a parameter takes or a result is. `A` and `B` are the parts of the first collection argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Anything, as it is.
    Value,
    Int,
    Int64,
    Float,
    Bool,
    Str,
    Bigint,
    Unit,
    Any,
    /// Anything, converted by `str`.
    Text,
    /// A number of any type.
    Number,
    /// A number, converted to float.
    AsFloat,
    A,
    B,
    /// `A?`.
    OptionA,
    /// `B?`; as a parameter, a default for an absent `B`.
    OptionB,
    /// `list<A>`, which decides `A`.
    ListA,
    ListB,
    ListInt,
    ListStr,
    /// `list<A>` of numbers, which decides `A`.
    Numbers,
    /// `list<A>` of numbers or of strings, which decides `A`.
    Ordered,
    /// `map<A, B>`, which decides both.
    MapAB,
    /// `fun(B, A): B`.
    Fold,
    /// A list or string.
    Sequence,
    /// Anything with a length.
    Sized,
    /// A list or group, in the lenient profile anything with a length.
    Countable,
    /// A list, map or string that decides what can be in it: `A`.
    Container,
    /// The type of the first argument.
    First,
    /// The type of the first argument, or float when there is a second one.
    Rounded,
    /// The numeric join of two arguments.
    Joined,
}

/// Where a row is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Always,
    /// In the lenient profile (L14).
    Lenient,
    /// In the source of std.
    Std,
    /// As `receiver.name(...)`.
    Method,
}

/// A built-in function.
pub(super) struct Row {
    pub(super) name: &'static str,
    builtin: Builtin,
    params: &'static [Shape],
    /// Arguments that must be given.
    least: usize,
    /// The last parameter repeats.
    repeats: bool,
    result: Shape,
    known: Known,
}

impl Row {
    /// Whether it may have so many arguments.
    pub(super) fn takes(&self, given: usize) -> bool {
        given >= self.least && (self.repeats || given <= self.params.len())
    }
}

macro_rules! rows {
    ($($known:ident $name:literal = $builtin:ident($($param:ident),* $(; $($optional:ident),+)? $(; * $rest:ident)?) -> $result:ident;)*) => {
        /// All built-in functions. Parameters after a `;` may be left out, one after `; *` repeats.
        const ROWS: &[Row] = &[$(Row {
            name: $name,
            builtin: Builtin::$builtin,
            params: &[$(Shape::$param,)* $($(Shape::$optional,)+)? $(Shape::$rest,)?],
            least: <[Shape]>::len(&[$(Shape::$param),*]),
            repeats: false $(|| matches!(Shape::$rest, _))?,
            result: Shape::$result,
            known: Known::$known,
        },)*];
    };
}

rows! {
    Always "print" = Print(; * Value) -> Unit;
    Always "len" = Len(Sized) -> Int;
    Always "append" = Append(ListA, A) -> ListA;
    Always "push" = Append(ListA, A) -> ListA;
    Always "concat" = Concat(; * ListA) -> ListA;
    Always "first" = First(ListA) -> OptionA;
    Always "reverse" = Reverse(Sequence) -> First;
    Always "distinct" = Distinct(ListA) -> ListA;
    Always "keys" = Keys(MapAB) -> ListA;
    Always "values" = Values(MapAB) -> ListB;
    Always "collect" = Collect(ListA) -> ListA;
    Always "range" = Range(Int; Int, Int) -> ListInt;
    Always "count" = Count(Countable) -> Int;
    Always "sum" = Sum(Numbers) -> A;
    Always "avg" = Avg(Numbers) -> Float;
    Always "min" = Min(Ordered) -> A;
    Always "max" = Max(Ordered) -> A;
    Always "exists" = Exists(Value) -> Bool;
    Always "reduce" = Reduce(ListA, Fold, B) -> B;
    Always "abs" = Abs(Number) -> First;
    Always "floor" = Floor(AsFloat) -> Float;
    Always "ceil" = Ceil(AsFloat) -> Float;
    Always "round" = Round(Number; Int) -> Rounded;
    Always "str" = Str(Value) -> Str;
    Always "int" = Int(Value) -> Int;
    Always "parseIntStr" = ParseIntStr(Str; Int) -> Int;
    Always "num" = Num(Number) -> Bigint;
    Always "denom" = Denom(Number) -> Bigint;
    Always "upper" = Upper(Str) -> Str;
    Always "lower" = Lower(Text) -> Str;
    Always "trim" = Trim(Str) -> Str;
    Always "substring" = Substring(Str, Int, Int) -> Str;
    Always "indexOf" = IndexOf(Str, Str) -> Int;
    Always "contains" = Contains(Container, A) -> Bool;
    Always "split" = Split(Str, Str) -> ListStr;
    Always "join" = Join(ListA, Str) -> Str;
    Always "repeat" = Repeat(Str, Int) -> Str;
    Always "padStart" = PadStart(Str, Int, Str) -> Str;
    Always "sha256" = Sha256(Sequence) -> ListInt;
    Always "json" = Json(Value) -> Unit;
    Always "to_json" = ToJson(Value) -> Str;
    Always "input" = Input() -> Str;
    Always "now" = Now() -> Int64;
    Always "eval" = Eval(Str) -> Any;
    Lenient "mem" = Mem() -> Int;
    Lenient "float" = Float(Value) -> Float;
    Lenient "bigint" = Bigint(Value) -> Bigint;
    Lenient "slice" = Slice(Sequence, Int, Int) -> First;
    Lenient "substr" = Substring(Str, Int, Int) -> Str;
    Lenient "pow" = Pow(Number, Number) -> Joined;
    Lenient "panic" = Panic(Text) -> Any;
    Std "__and" = And(Int, Int) -> Int;
    Std "__or" = Or(Int, Int) -> Int;
    Std "__xor" = Xor(Int, Int) -> Int;
    Std "__shl" = Shl(Int, Int) -> Int;
    Std "__shr" = Shr(Int, Int) -> Int;
    Std "__wrapping_add" = WrappingAdd(Int, Int) -> Int;
    Std "__wrapping_mul" = WrappingMul(Int, Int) -> Int;
    Method "contains" = Contains(Container, A) -> Bool;
    Method "padStart" = PadStart(Str, Int, Str) -> Str;
    Method "starts_with" = StartsWith(Str, Str) -> Bool;
    Method "keys" = Keys(MapAB) -> ListA;
    Method "get" = MapGet(MapAB, A; OptionB) -> OptionB;
}

/// Rows by name: the functions and the method spellings that the options make known.
pub(super) type Tables = (FxHashMap<Name, &'static Row>, FxHashMap<Name, &'static Row>);

/// The tables for a run.
pub(super) fn tables(names: &mut Interner, options: Options) -> Tables {
    let mut functions = FxHashMap::default();
    let mut methods = FxHashMap::default();
    for row in ROWS {
        let name = names.intern(row.name);
        match row.known {
            Known::Always => drop(functions.insert(name, row)),
            Known::Lenient if !options.strict => drop(functions.insert(name, row)),
            Known::Std if options.std => drop(functions.insert(name, row)),
            Known::Method => drop(methods.insert(name, row)),
            Known::Lenient | Known::Std => {}
        }
    }
    (functions, methods)
}

/// The names of the built-in functions that a program may call.
pub fn builtin_functions() -> impl Iterator<Item = &'static str> {
    ROWS.iter().filter(|row| matches!(row.known, Known::Always | Known::Lenient)).map(|row| row.name)
}

/// The names of what may be called on a value, as in `text.contains(part)`.
pub fn builtin_methods() -> impl Iterator<Item = &'static str> {
    ROWS.iter().filter(|row| row.known == Known::Method).map(|row| row.name)
}

/// What a call has decided about the type letters of its row.
#[derive(Default)]
struct Decided {
    a: Option<Ty>,
    b: Option<Ty>,
    /// A result of `any` becomes this by a check.
    unboxed: Option<Ty>,
    /// A default makes the result a plain `B`.
    has_default: bool,
}

impl Checker<'_> {
    /// A call of a built-in; `receiver` is its first argument in method spelling.
    #[inline(never)]
    pub(super) fn builtin(
        &mut self,
        row: &'static Row,
        receiver: Option<ExprId>,
        args: &[tree::ExprId],
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        if row.known == Known::Lenient && self.options.lints {
            self.lint(T003 { name: row.name }.at(span));
        }
        let given = args.len() + receiver.is_some() as usize;
        if row.builtin == Builtin::ParseIntStr && given < row.params.len() && self.lints() {
            // Only lenient has a default for the base (3.7).
            let expected = row.params.len().to_string();
            self.lint(T039 { name: row.name, expected, found: given }.at(span));
        }
        if !row.takes(given) {
            return self.wrong_count(row, args, span);
        }
        let mut decided = Decided::default();
        let mut typed = Vec::with_capacity(given);
        if let Some(receiver) = receiver {
            let at = self.span(receiver);
            let e = self.argument(row, row.params[0], receiver, &mut decided, at, span);
            typed.push(e);
        }
        let later = self.lambda_before_decision(row, args);
        for (i, &arg) in args.iter().enumerate() {
            let shape = row.params[(i + receiver.is_some() as usize).min(row.params.len() - 1)];
            if later == Some(i) {
                typed.push(ExprId(u32::MAX));
                continue;
            }
            let e = self.builtin_arg(row, shape, arg, &mut decided, span, expected);
            typed.push(e);
        }
        if let Some(i) = later {
            typed[i] = self.builtin_arg(row, row.params[i], args[i], &mut decided, span, expected);
        }
        self.built_in(row, typed, &decided, span)
    }

    /// A call of a built-in with values that belong to nothing else; as many as it takes.
    pub(super) fn builtin_of(&mut self, row: &'static Row, values: &[ExprId], span: Span) -> ExprId {
        let mut decided = Decided::default();
        let mut typed = Vec::with_capacity(values.len());
        for (i, &e) in values.iter().enumerate() {
            let shape = row.params[i.min(row.params.len() - 1)];
            let at = self.span(e);
            typed.push(self.argument(row, shape, e, &mut decided, at, span));
        }
        self.built_in(row, typed, &decided, span)
    }

    fn built_in(&mut self, row: &Row, mut args: Vec<ExprId>, decided: &Decided, span: Span) -> ExprId {
        let ty = self.builtin_result(row, &mut args, decided);
        if self.has_error(&args) {
            return self.error_expr(span);
        }
        let e = self.push(ExprKind::Builtin(row.builtin, args), ty, span);
        match decided.unboxed {
            Some(ty) => self.convert(e, Conversion::Unbox, ty),
            None => e,
        }
    }

    fn has_error(&self, args: &[ExprId]) -> bool {
        args.iter().any(|&e| matches!(self.exprs[e.0 as usize].kind, ExprKind::Error))
    }

    /// A lambda whose parameters are decided by an argument after it.
    fn lambda_before_decision(&self, row: &Row, args: &[tree::ExprId]) -> Option<usize> {
        let i = row.params.iter().position(|&shape| shape == Shape::Fold)?;
        matches!(self.tree.exprs[*args.get(i)?].kind, tree::ExprKind::Lambda(_)).then_some(i)
    }

    #[inline(never)]
    fn wrong_count(&mut self, row: &Row, args: &[tree::ExprId], span: Span) -> ExprId {
        let receiver = (row.known == Known::Method) as usize;
        let (most, found) = (row.params.len() - receiver, args.len());
        let expected = match row.least - receiver {
            least if row.repeats => format!("at least {least}"),
            least if least == most => least.to_string(),
            least => format!("{least} to {most}"),
        };
        self.report(T039 { name: row.name, expected, found }.at(span));
        for &arg in args {
            self.expr(arg, None);
        }
        self.error_expr(span)
    }

    fn builtin_arg(
        &mut self,
        row: &'static Row,
        shape: Shape,
        arg: tree::ExprId,
        decided: &mut Decided,
        span: Span,
        expected: Option<Ty>,
    ) -> ExprId {
        let hint = self.argument_hint(shape, decided, expected);
        let at = self.tree.exprs[arg].span;
        let e = self.expr(arg, hint);
        self.argument(row, shape, e, decided, at, span)
    }

    /// What is known about an argument's type before it is checked.
    fn argument_hint(&mut self, shape: Shape, decided: &Decided, expected: Option<Ty>) -> Option<Ty> {
        match shape {
            Shape::Int => Some(Types::INT),
            Shape::Str => Some(Types::STR),
            Shape::A => decided.a,
            Shape::B | Shape::OptionB => decided.b,
            // `append([], x)` where a list of a known type is wanted.
            Shape::ListA if decided.a.is_none() => {
                expected.filter(|&ty| matches!(self.kind(ty), TyKind::List(elem) if !self.is_free(*elem)))
            }
            Shape::ListA => decided.a.map(|elem| self.types.list(elem)),
            Shape::Fold => {
                let (a, b) = (decided.a?, decided.b?);
                Some(self.types.fun(vec![b, a], b))
            }
            _ => None,
        }
    }

    /// The type of the result. Two numbers of one function are made equal first.
    fn builtin_result(&mut self, row: &Row, args: &mut [ExprId], decided: &Decided) -> Ty {
        let a = decided.a.unwrap_or(Types::ANY);
        let b = decided.b.unwrap_or(Types::ANY);
        match row.result {
            Shape::Int => Types::INT,
            Shape::Int64 => Types::INT64,
            Shape::Float => Types::FLOAT,
            Shape::Bool => Types::BOOL,
            Shape::Str => Types::STR,
            Shape::Bigint => Types::BIGINT,
            Shape::Unit => Types::UNIT,
            Shape::A => a,
            Shape::B => b,
            Shape::OptionA => self.types.option(a),
            Shape::OptionB if decided.has_default => b,
            Shape::OptionB => self.types.option(b),
            Shape::ListA => self.types.list(a),
            Shape::ListB => self.types.list(b),
            Shape::ListInt => self.types.list(Types::INT),
            Shape::ListStr => self.types.list(Types::STR),
            Shape::First => self.exprs[args[0].0 as usize].ty,
            Shape::Rounded => self.rounded(args),
            Shape::Joined => self.joined_arguments(args),
            _ => Types::ANY,
        }
    }

    /// `round`: an int or bigint stays one when no digits are wanted; of an `any`, the value decides.
    fn rounded(&mut self, args: &mut [ExprId]) -> Ty {
        let digits = args.get(1).is_some_and(|&d| !matches!(self.exprs[d.0 as usize].kind, ExprKind::Int(0)));
        let ty = self.ty(args[0]);
        if ty == Types::ANY || !digits && matches!(ty, Types::INT | Types::INT64 | Types::BIGINT) {
            return ty;
        }
        args[0] = self.as_float(args[0]);
        Types::FLOAT
    }

    fn joined_arguments(&mut self, args: &mut [ExprId]) -> Ty {
        let (a, b) = (self.ty(args[0]), self.ty(args[1]));
        if a == Types::ERROR || b == Types::ERROR {
            return Types::ERROR;
        }
        let ty = if a == Types::ANY || b == Types::ANY { Types::ANY } else { self.numeric_join(a, b) };
        for arg in args {
            *arg = match ty {
                Types::ANY => self.boxed(*arg),
                Types::BIGRAT => *arg,
                _ if self.ty(*arg) == ty => *arg,
                _ => self.convert(*arg, Conversion::Widen, ty),
            };
        }
        ty
    }
}
