//! The built-in functions: one table of names and signatures (3.7, 5), and how arguments meet a signature.
//!
//! A user's definition of the same name wins before anybody looks here. Where a signature says "anything", an argument
//! keeps its type, so that lowering can choose the code for it.

use mochi_base::diag::codes::{T003, T007, T036, T037, T038, T039, T041};
use mochi_base::{Diagnostic, Interner, Name, Span};
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
    name: &'static str,
    builtin: Builtin,
    params: &'static [Shape],
    /// Arguments that must be given.
    least: usize,
    /// The last parameter repeats.
    repeats: bool,
    result: Shape,
    known: Known,
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

/// What a call has decided about the type letters of its row.
struct Decided {
    a: Option<Ty>,
    b: Option<Ty>,
    /// The result is `any` and becomes this by a check.
    unboxed: Option<Ty>,
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
        if given < row.least || !row.repeats && given > row.params.len() {
            return self.wrong_count(row, given, args, span);
        }
        let mut decided = Decided { a: None, b: None, unboxed: None };
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
        let ty = self.builtin_result(row, &mut typed, &decided);
        if self.ty_is_error(&typed) {
            return self.error_expr(span);
        }
        let e = self.push(ExprKind::Builtin(row.builtin, typed), ty, span);
        match decided.unboxed {
            Some(ty) if row.result == Shape::A => self.convert(e, Conversion::Unbox, ty),
            _ => e,
        }
    }

    fn ty_is_error(&self, args: &[ExprId]) -> bool {
        args.iter().any(|&e| matches!(self.exprs[e.0 as usize].kind, ExprKind::Error))
    }

    /// A lambda whose parameters are decided by an argument after it.
    fn lambda_before_decision(&self, row: &Row, args: &[tree::ExprId]) -> Option<usize> {
        let i = row.params.iter().position(|&shape| shape == Shape::Fold)?;
        matches!(self.tree.exprs[*args.get(i)?].kind, tree::ExprKind::Lambda(_)).then_some(i)
    }

    #[inline(never)]
    fn wrong_count(&mut self, row: &Row, found: usize, args: &[tree::ExprId], span: Span) -> ExprId {
        let most = row.params.len();
        let expected = match row.least {
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

    /// Converts an argument to its shape, deciding letters on the way.
    fn argument(
        &mut self,
        row: &'static Row,
        shape: Shape,
        e: ExprId,
        decided: &mut Decided,
        at: Span,
        span: Span,
    ) -> ExprId {
        match shape {
            Shape::Value => self.as_value(e),
            Shape::Int => self.argument_of(row, e, Types::INT, at),
            Shape::Float => self.argument_of(row, e, Types::FLOAT, at),
            Shape::Str => self.argument_of(row, e, Types::STR, at),
            Shape::Text => self.text_argument(e),
            Shape::A => match decided.a {
                Some(ty) => self.argument_of(row, e, ty, at),
                None => self.as_value(e),
            },
            Shape::B => match decided.b {
                Some(ty) => self.argument_of(row, e, ty, at),
                None => {
                    let ty = self.presumed(e);
                    let ty = self.widened(ty);
                    decided.b = Some(ty);
                    self.argument_of(row, e, ty, at)
                }
            },
            Shape::OptionB => self.default_argument(e, decided),
            Shape::ListA => self.list_argument(row, e, decided, at),
            Shape::Numbers | Shape::Ordered => self.number_list(row, shape, e, decided, at, span),
            Shape::MapAB => self.map_argument(row, e, decided, at),
            Shape::Fold => self.fold_argument(row, e, decided, at),
            Shape::Number => self.number_argument(row, e, at),
            Shape::AsFloat => {
                let e = self.number_argument(row, e, at);
                self.as_float(e)
            }
            Shape::Sequence | Shape::Sized | Shape::Countable | Shape::Container => {
                self.collection_argument(row, shape, e, decided, at, span)
            }
            Shape::Int64
            | Shape::Bool
            | Shape::Bigint
            | Shape::Unit
            | Shape::Any
            | Shape::OptionA
            | Shape::ListB
            | Shape::ListInt
            | Shape::ListStr
            | Shape::First
            | Shape::Rounded
            | Shape::Joined => unreachable!("a shape of results"),
        }
    }

    /// Anything, with a type that values have.
    fn as_value(&mut self, e: ExprId) -> ExprId {
        if self.ty(e) == Types::UNIT { self.boxed(e) } else { e }
    }

    fn argument_of(&mut self, row: &'static Row, e: ExprId, ty: Ty, at: Span) -> ExprId {
        self.fit_or(e, ty, at, |[expected, found]| T007 { name: row.name, expected, found }.at(at))
    }

    fn text_argument(&mut self, e: ExprId) -> ExprId {
        let ty = self.ty(e);
        if ty == Types::STR || ty == Types::ERROR {
            return e;
        }
        let e = self.as_value(e);
        self.convert(e, Conversion::ToStr, Types::STR)
    }

    /// The second argument of `m.get(k, default)`: a value, or none.
    fn default_argument(&mut self, e: ExprId, decided: &mut Decided) -> ExprId {
        let value = decided.b.unwrap_or(Types::ANY);
        if matches!(self.exprs[e.0 as usize].kind, ExprKind::None) {
            let ty = self.types.option(value);
            decided.b = Some(ty);
            return self.coerce(e, ty).unwrap_or(e);
        }
        let found = self.ty(e);
        match self.coerce(e, value) {
            Some(e) => {
                // The result is a plain value.
                decided.unboxed = Some(value);
                e
            }
            None if self.refute_all(&[value, found]) => self.error_expr(self.span(e)),
            None => {
                decided.b = Some(Types::ANY);
                self.boxed(e)
            }
        }
    }

    fn list_argument(&mut self, row: &'static Row, e: ExprId, decided: &mut Decided, at: Span) -> ExprId {
        if let Some(elem) = decided.a {
            let ty = self.types.list(elem);
            return self.argument_of(row, e, ty, at);
        }
        let e = self.unwrapped(e);
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        match *self.types.kind(ty) {
            TyKind::List(elem) | TyKind::Group(_, elem) => {
                decided.a = Some(elem);
                e
            }
            _ => {
                decided.a = Some(if ty == Types::ERROR { ty } else { Types::ANY });
                let list = self.types.list(Types::ANY);
                self.argument_of(row, e, list, at)
            }
        }
    }

    fn map_argument(&mut self, row: &'static Row, e: ExprId, decided: &mut Decided, at: Span) -> ExprId {
        let e = self.unwrapped(e);
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        if let TyKind::Map(key, value) = *self.types.kind(ty) {
            (decided.a, decided.b) = (Some(key), Some(value));
            return e;
        }
        let part = if ty == Types::ERROR { ty } else { Types::ANY };
        (decided.a, decided.b) = (Some(part), Some(part));
        let map = self.types.map(Types::ANY, Types::ANY);
        self.argument_of(row, e, map, at)
    }

    fn fold_argument(&mut self, row: &'static Row, e: ExprId, decided: &mut Decided, at: Span) -> ExprId {
        let a = decided.a.unwrap_or(Types::ANY);
        let b = match (decided.b, self.kind(self.exprs[e.0 as usize].ty)) {
            (Some(b), _) => b,
            (None, TyKind::Fun(_, result)) => *result,
            (None, _) => Types::ANY,
        };
        decided.b = Some(b);
        let ty = self.types.fun(vec![b, a], b);
        self.argument_of(row, e, ty, at)
    }

    /// A list of numbers (or strings) for `sum` and the like. Options inside are read as what they hold.
    fn number_list(
        &mut self,
        row: &'static Row,
        shape: Shape,
        e: ExprId,
        decided: &mut Decided,
        at: Span,
        span: Span,
    ) -> ExprId {
        let e = self.list_argument(row, e, decided, at);
        let elem = self.known_now(decided.a.unwrap_or(Types::ERROR));
        let inner = match *self.types.kind(elem) {
            TyKind::Option(inner) if !self.strict() => self.resolve(inner),
            _ => elem,
        };
        decided.a = Some(inner);
        let kind = self.types.kind(inner);
        let fine = match kind {
            TyKind::Any | TyKind::Error => true,
            TyKind::Bool => shape == Shape::Numbers,
            TyKind::Str => shape == Shape::Ordered,
            _ => kind.is_numeric() || self.is_own_param(inner),
        };
        if !fine {
            let list = self.ty(e);
            self.type_error([list], |[found]| wrong_operand(row, found, span));
            return self.error_expr(at);
        }
        if inner == Types::BOOL {
            decided.a = Some(Types::INT);
        }
        if inner != elem {
            decided.unboxed = Some(inner);
            decided.a = Some(Types::ANY);
            let list = self.types.list(Types::ANY);
            return self.argument_of(row, e, list, at);
        }
        e
    }

    fn number_argument(&mut self, row: &'static Row, e: ExprId, at: Span) -> ExprId {
        let e = self.unwrapped(e);
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        let kind = self.types.kind(ty);
        if kind.is_numeric() || matches!(kind, TyKind::Any | TyKind::Error) || self.is_own_param(ty) {
            return e;
        }
        self.type_error([ty], |[found]| T007 { name: row.name, expected: "a number", found }.at(at));
        self.error_expr(at)
    }

    fn as_float(&mut self, e: ExprId) -> ExprId {
        let conversion = match self.ty(e) {
            Types::FLOAT | Types::ERROR => return e,
            Types::INT | Types::INT64 => Conversion::Widen,
            _ => Conversion::Cast,
        };
        self.convert(e, conversion, Types::FLOAT)
    }

    fn collection_argument(
        &mut self,
        row: &'static Row,
        shape: Shape,
        e: ExprId,
        decided: &mut Decided,
        at: Span,
        span: Span,
    ) -> ExprId {
        let e = self.unwrapped(e);
        if matches!(self.exprs[e.0 as usize].kind, ExprKind::None) {
            return e;
        }
        let ty = self.known_now(self.exprs[e.0 as usize].ty);
        let (list, map, text, structs) = match *self.types.kind(ty) {
            TyKind::Any if shape == Shape::Sized => {
                self.type_lint([ty], |[found]| wrong_operand(row, found, span));
                return e;
            }
            TyKind::Any | TyKind::Error => return e,
            TyKind::List(elem) | TyKind::Group(_, elem) => {
                decided.a = Some(elem);
                (true, false, false, false)
            }
            TyKind::Map(key, _) => {
                decided.a = Some(key);
                (false, true, false, false)
            }
            TyKind::Str => {
                decided.a = Some(Types::STR);
                (false, false, true, false)
            }
            TyKind::Struct(_) | TyKind::Union(_) => (false, false, false, true),
            _ => (false, false, false, false),
        };
        let fine = match shape {
            Shape::Sequence => list || text,
            Shape::Container => list || map || text,
            Shape::Countable => list || !self.strict() && (map || text),
            _ => list || map || text || structs && !self.strict(),
        };
        if fine {
            return e;
        }
        if matches!(shape, Shape::Sized | Shape::Countable) {
            self.type_error([ty], |[found]| wrong_operand(row, found, span));
        } else {
            let expected =
                if shape == Shape::Sequence { "a list or string" } else { "a list, map or string" };
            self.type_error([ty], |[found]| T007 { name: row.name, expected, found }.at(at));
        }
        self.error_expr(at)
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
            Shape::OptionB if decided.unboxed.is_some() => b,
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

    /// `round`: an int stays one when no digits are wanted.
    fn rounded(&mut self, args: &mut [ExprId]) -> Ty {
        let digits = args.get(1).is_some_and(|&d| !matches!(self.exprs[d.0 as usize].kind, ExprKind::Int(0)));
        let ty = self.ty(args[0]);
        if !digits && matches!(ty, Types::INT | Types::INT64) {
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
                _ if self.ty(*arg) == ty => *arg,
                _ => self.convert(*arg, Conversion::Widen, ty),
            };
        }
        ty
    }
}

/// The diagnostic of a function with one of its own.
fn wrong_operand(row: &Row, found: String, at: Span) -> Diagnostic {
    match row.builtin {
        Builtin::Len => T036 { found }.at(at),
        Builtin::Count => T037 { found }.at(at),
        Builtin::Avg => T038 { found }.at(at),
        Builtin::Sum => T041 { found }.at(at),
        _ => T007 { name: row.name, expected: "a list of numbers or strings", found }.at(at),
    }
}
