//! The typed tree: what the checker proves about a program, in the shape that lowering wants.
//!
//! All names are resolved, every expression has its type, and every conversion is an explicit [`ExprKind::Convert`]:
//! operands of one operator, an argument and its parameter, a value and the place it goes to have equal types. What the
//! tree leaves to lowering is how variables are stored, what closures capture, and which ops and library functions an
//! operation becomes.
//!
//! Types may still contain type parameters inside generic functions; calls carry their type arguments.

use mochi_base::{IdVec, Name, Span, id_type};
pub use mochi_syntax::tree::{BinaryOp, UnaryOp};

use crate::blocks::BlockKind;
use crate::ty::{StructId, Ty, TypeVar, Types};

mod query;
pub mod walk;

pub use query::{Clause, ClauseKind, Group, JoinKind, Query};

id_type! {
    /// An expression of a [`Program`].
    ExprId
}
id_type! {
    /// A variable of a [`Program`]: `let`, `var`, parameter, loop or pattern variable. Unique in the program.
    LocalId
}
id_type! {
    /// A function of a [`Program`]: top level, nested, method, lambda, test; the top-level code is one too.
    FunId
}

/// A checked program.
#[derive(Debug, Default)]
pub struct Program {
    /// All types, structs and unions.
    pub types: Types,
    /// All expressions.
    pub exprs: IdVec<ExprId, Expr>,
    /// All variables.
    pub locals: IdVec<LocalId, Local>,
    /// All functions; [`MAIN`](Self::MAIN) is the top-level code.
    pub funs: IdVec<FunId, Fun>,
}

impl Program {
    /// The top-level code.
    pub const MAIN: FunId = FunId(0);
}

/// A variable.
#[derive(Debug, Clone)]
pub struct Local {
    /// The name in the source.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// The function that declares it.
    pub owner: FunId,
    /// Declared in the outermost scope of the top-level code, not inside a block.
    pub top_level: bool,
    /// Mentioned by a function other than its owner.
    pub captured: bool,
    /// Assigned somewhere after its declaration, or declared without a value.
    pub assigned: bool,
    /// Its declaration.
    pub span: Span,
}

/// A function outside of the language that std may call as `__name(...)`.
#[derive(Debug, Clone)]
pub struct RuntimeSignature {
    /// The name without the underscores.
    pub name: &'static str,
    /// Types of the parameters.
    pub params: Vec<Ty>,
    /// Type of the result.
    pub result: Ty,
}

/// A function.
#[derive(Debug, Clone)]
pub struct Fun {
    /// The name in the source; `None` for lambdas and the top-level code.
    pub name: Option<Name>,
    /// What kind of function it is.
    pub kind: FunKind,
    /// The function whose body declares this one; `None` at top level (whose functions see only top-level variables).
    pub parent: Option<FunId>,
    /// The type parameters.
    pub type_params: Vec<TypeVar>,
    /// The parameters; for a method the receiver comes first.
    pub params: Vec<LocalId>,
    /// The type of the result. Without a declared one it is inferred: unit when no `return` has a value, else what the
    /// values have in common (an option of it when some way out gives none), else `any`.
    pub result: Ty,
    /// The body. A lambda `=> e` is a single `return e`.
    pub body: Vec<Stmt>,
    /// From `fun` to the end of the parameter list.
    pub span: Span,
}

/// Kinds of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunKind {
    /// The top-level code.
    Main,
    /// `fun name(...)`, at top level or nested.
    Named,
    /// `fun(...) ...` as an expression.
    Lambda,
    /// A method of a struct.
    Method(StructId),
    /// A `test` or `bench` block of the top level, in a program compiled to run them one by one; see
    /// [`blocks`](crate::blocks).
    Block(BlockKind),
}

/// A statement with its place.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Its text.
    pub span: Span,
}

/// The statements of the typed tree.
#[derive(Debug, Clone)]
pub enum StmtKind {
    /// A fresh variable with its value, of the variable's type. No value: the zero value of the type (4.2).
    Let(LocalId, Option<ExprId>),
    /// `place = value`. The place is a `Local`, an `Index`, a `Field`, or a `DynField` of an `any`; the value has the
    /// place's type (for a map, the map's value type). `m.name = v` of a map is an `Index`.
    Assign {
        /// Where.
        place: ExprId,
        /// What.
        value: ExprId,
    },
    /// An expression for its effect.
    Expr(ExprId),
    /// The declaration of a nested function is executed: its captured variables exist from here on.
    Fun(FunId),
    /// `return`; the value has the function's result type, which may be unit. Without a value the function yields the
    /// zero value of its result type, `none` where the type has it. In the top-level code it ends the program; a value is
    /// evaluated and dropped (a `Retype` to unit).
    Return(Option<ExprId>),
    /// `if` on a bool.
    If {
        /// A bool.
        cond: ExprId,
        /// Runs when it holds.
        then: Vec<Stmt>,
        /// Runs when it does not.
        otherwise: Vec<Stmt>,
    },
    /// `while` on a bool.
    While {
        /// A bool.
        cond: ExprId,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `for var in from..to`, both ints.
    ForRange {
        /// A fresh variable per iteration.
        var: LocalId,
        /// First value.
        from: ExprId,
        /// One past the last.
        to: ExprId,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `for var in source` over a list, map (keys, sorted), string or `any`.
    ForEach {
        /// A fresh variable per iteration.
        var: LocalId,
        /// What is iterated.
        source: ExprId,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `break` of the innermost loop.
    Break,
    /// `continue` of the innermost loop.
    Continue,
    /// `{ ... }`.
    Block(Vec<Stmt>),
    /// `test "name" { ... }`, executed in place.
    Test {
        /// The name.
        name: Box<str>,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `bench "name" { ... }`, executed in place and reported.
    Bench {
        /// The name.
        name: Box<str>,
        /// The body.
        body: Vec<Stmt>,
    },
    /// `expect` of a bool.
    Expect(ExprId),
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type.
    pub ty: Ty,
    /// Its text; for operators the place that a run-time error reports is the start of this span.
    pub span: Span,
}

/// The expressions of the typed tree.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// An int.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string.
    Str(Box<str>),
    /// A bool.
    Bool(bool),
    /// `none`, of an option type, `any`, or a type whose zero value is none.
    None,
    /// A variable, the owner's or an enclosing function's.
    Local(LocalId),
    /// A function as a value; for a nested function with what it captures.
    Fun(FunId, Vec<Ty>),
    /// A method bound to its receiver, as a value.
    BoundMethod(FunId, ExprId),
    /// A conversion of the value to this expression's type.
    Convert(ExprId, Conversion),
    /// A prefix operator on an int, float, bigint, bigrat or `any` (Neg), or on a bool (Not).
    Unary(UnaryOp, ExprId),
    /// A binary operator. Operands have equal types, except: `In` (element and list, key and map, string and string,
    /// anything and `any`), arithmetic with a result of bigrat, and comparisons of two numbers of which one is a float or
    /// a bigrat, which are exact. `And` and `Or` are on bools;
    /// `Coalesce` is on an option, or an `any`, and a value of this expression's type. `Add` and the set operators are
    /// also on two lists, `Add` on two strings. Operands of type `any` mean the dynamic operation. Equality is also of
    /// two options, of two functions, and of two values of one type parameter.
    Binary(BinaryOp, ExprId, ExprId),
    /// `xs[i]`: list with int, string with int, map with its key type (the result is an option, or the value type where
    /// that has none already), `any` with `any`.
    Index(ExprId, ExprId),
    /// `xs[a:b:c]` of a list, string or `any`; the parts are ints.
    Slice(ExprId, [Option<ExprId>; 3]),
    /// Field of a struct by position in its declaration. A receiver of none is a run-time error. Of a group, 0 is the
    /// key and 1 the list of items.
    Field(ExprId, u32),
    /// Member by name: of an `any` a field, an entry, or a method bound to it; of a map with string keys its entry (the
    /// result is an option).
    DynField(ExprId, Name),
    /// The member of an `any` that a call means before a built-in of the name: a method bound to it, or a field or entry
    /// that is a function; else none. The result is an `any`.
    DynMethod(ExprId, Name),
    /// `a?.f` and `a?[k]`: when the option is none then none, else `body`, in which the variable holds the value.
    OptChain {
        /// The option.
        recv: ExprId,
        /// Holds its value inside `body`.
        var: LocalId,
        /// The plain form, of this expression's type.
        body: ExprId,
    },
    /// A list of values of its element type.
    List(Vec<ExprId>),
    /// A map of keys and values of its types.
    Map(Vec<(ExprId, ExprId)>),
    /// A struct or variant with values for all fields: position of the field and value, in the order of evaluation.
    /// Fields that are not listed get their zero value.
    Struct(StructId, Vec<(u32, ExprId)>),
    /// A call of a known function with all its arguments. A method's receiver is the first argument.
    Call(FunId, Vec<Ty>, Vec<ExprId>),
    /// A call of a function value with all its arguments; the callee has a function type, or is `any` (then the
    /// arguments and the result are `any`).
    CallValue(ExprId, Vec<ExprId>),
    /// Fewer arguments than parameters: a function of the rest. The callee has a function type.
    Partial(ExprId, Vec<ExprId>),
    /// A built-in; argument types are what the user's expressions have after conversion to the built-in's signature.
    Builtin(Builtin, Vec<ExprId>),
    /// A call of a runtime function by its position in the table that the checker was given; std only.
    Runtime(u16, Vec<ExprId>),
    /// A function value of a lambda.
    Lambda(FunId),
    /// `if` as an expression on a bool; branches have this expression's type.
    If(ExprId, ExprId, ExprId),
    /// `match`; arms have this expression's type, which is unit when all arms are blocks.
    Match {
        /// The scrutinee. In an option, patterns other than `None`, `Wildcard`, `Bind` and `Equal` look at the value
        /// inside and do not match none.
        scrutinee: ExprId,
        /// The arms in order. No arm matching yields the zero value of this type.
        arms: Vec<Arm>,
    },
    /// A query: a list of this expression's type.
    Query(Box<Query>),
    /// Something with a diagnostic; never lowered.
    Error,
}

/// An arm of a match.
#[derive(Debug, Clone)]
pub struct Arm {
    /// What it matches.
    pub pattern: Pattern,
    /// Statements executed first; empty for an expression arm.
    pub block: Vec<Stmt>,
    /// The value; `None` for a block arm, whose value is none (or the zero value).
    pub value: Option<ExprId>,
}

/// A pattern.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// `_`.
    Wildcard,
    /// `==` with a literal or a variable; the expression has the scrutinee's type, or is an `any`, as which both are
    /// compared then.
    Equal(ExprId),
    /// The absent value.
    None,
    /// A name that binds the whole value, of its type (an option stays one).
    Bind(LocalId),
    /// A variant of the union, a struct, or either in an `any`; with patterns for its fields in order. Fewer patterns
    /// than fields is fine, the rest is not looked at.
    Variant(StructId, Vec<Pattern>),
}

/// Conversions between types, chosen by the checker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conversion {
    /// No change of representation: variant to union, int and int64, list of T to list of `any` or of `T?`, functions
    /// that differ in such a way only, and the like.
    Retype,
    /// To a wider number: int to float, bigint, bigrat; and so on.
    Widen,
    /// `T` to `T?` or to `any`. Of unit, `any` is none.
    Box,
    /// `any` (or an option) to a concrete type, implicitly: none becomes the zero value, other kinds are a run-time
    /// error that says what was expected. Also a union to one of its variants, and a list, map or option whose parts
    /// are `any` (or options) to one with concrete parts.
    Unbox,
    /// Anything to bool by truthiness (4.4).
    Truthy,
    /// Anything to string as `str` does.
    ToStr,
    /// Between function types whose parameters or results are represented differently.
    AdaptFun,
    /// `as`, by the table of 4.13. Implicit only from bigint to int, and for collections of numbers that a conversion
    /// of their elements would widen: those are copied.
    Cast,
}

/// The built-in functions (section 5) and method spellings. The checker has resolved overloads by type where it can;
/// lowering looks at the argument types.
///
/// Where a signature takes anything (`print`, `str`, `len`, `json`, ...), arguments keep their types; they are never
/// unit. Collections of `append` and the like are lists and maps (an `any` is unboxed to `list<any>`), what goes into them
/// has their element type. `Floor`, `Ceil` and `Round` with a float result have a float, `Pow` has two of one type (of any numeric types where the result is bigrat),
/// `Lower` and `Panic` a string. `Reverse`, `Slice`, `Sha256`, `Contains`, `Len`, `Count`, `Abs`, `Sum` and its kin of a
/// list of `any` may have an `any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Builtin {
    Print,
    Len,
    Append,
    Concat,
    First,
    Reverse,
    Distinct,
    Keys,
    Values,
    Collect,
    Range,
    Slice,
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Exists,
    Reduce,
    Abs,
    Floor,
    Ceil,
    Round,
    Pow,
    Str,
    Int,
    Float,
    Bigint,
    ParseIntStr,
    Num,
    Denom,
    Upper,
    Lower,
    Trim,
    Substring,
    IndexOf,
    Contains,
    Split,
    Join,
    Repeat,
    PadStart,
    StartsWith,
    /// `m.get(k, default)`.
    MapGet,
    Sha256,
    Json,
    ToJson,
    Input,
    Now,
    Mem,
    Eval,
    Panic,
    /// `load`: path and options as an `any`; the result is a list of what rows become.
    Load,
    /// `save`: an `any` of rows, path, options as an `any`.
    Save,
    /// `fetch`: URL and options as an `any`; the result is of any type.
    Fetch,
    /// `generate`: what is generated (`text`, `embedding`, a type), its fields as an `any`, the models of the program as
    /// an `any`; the result is of any type.
    Generate,
    /// Adds a fact to the state of the logic program: rows, maps, chains, program, the fact.
    LogicFact,
    /// Makes room in the state of the logic program for what a later input declares: the state, the program of now or
    /// nothing, further constants.
    LogicGrow,
    /// The tuples that fit a query: the state, its plan, the names of its variables and their slots.
    LogicQuery,
    /// A function of a foreign module; arguments and result have the types of the symbol.
    Foreign(crate::foreign::SymbolId),
    /// Bit operations and raw memory of std, by name: `__and`, `__or`, `__xor`, `__shl`, `__shr`, `__wrapping_add`,
    /// `__wrapping_mul`.
    And,
    Or,
    Xor,
    Shl,
    Shr,
    WrappingAdd,
    WrappingMul,
}

impl Builtin {
    /// The name as programs write it.
    pub fn name(self) -> &'static str {
        match self {
            Builtin::Print => "print",
            Builtin::Len => "len",
            Builtin::Append => "append",
            Builtin::Concat => "concat",
            Builtin::First => "first",
            Builtin::Reverse => "reverse",
            Builtin::Distinct => "distinct",
            Builtin::Keys => "keys",
            Builtin::Values => "values",
            Builtin::Collect => "collect",
            Builtin::Range => "range",
            Builtin::Slice => "slice",
            Builtin::Count => "count",
            Builtin::Sum => "sum",
            Builtin::Avg => "avg",
            Builtin::Min => "min",
            Builtin::Max => "max",
            Builtin::Exists => "exists",
            Builtin::Reduce => "reduce",
            Builtin::Abs => "abs",
            Builtin::Floor => "floor",
            Builtin::Ceil => "ceil",
            Builtin::Round => "round",
            Builtin::Pow => "pow",
            Builtin::Str => "str",
            Builtin::Int => "int",
            Builtin::Float => "float",
            Builtin::Bigint => "bigint",
            Builtin::ParseIntStr => "parseIntStr",
            Builtin::Num => "num",
            Builtin::Denom => "denom",
            Builtin::Upper => "upper",
            Builtin::Lower => "lower",
            Builtin::Trim => "trim",
            Builtin::Substring => "substring",
            Builtin::IndexOf => "indexOf",
            Builtin::Contains => "contains",
            Builtin::Split => "split",
            Builtin::Join => "join",
            Builtin::Repeat => "repeat",
            Builtin::PadStart => "padStart",
            Builtin::StartsWith => "starts_with",
            Builtin::MapGet => "get",
            Builtin::Sha256 => "sha256",
            Builtin::Json => "json",
            Builtin::ToJson => "to_json",
            Builtin::Input => "input",
            Builtin::Now => "now",
            Builtin::Mem => "mem",
            Builtin::Eval => "eval",
            Builtin::Panic => "panic",
            Builtin::Load => "load",
            Builtin::Save => "save",
            Builtin::Fetch => "fetch",
            Builtin::Generate => "generate",
            Builtin::LogicFact => "fact",
            Builtin::LogicGrow => "fact",
            Builtin::LogicQuery => "query",
            Builtin::Foreign(id) => id.library(),
            Builtin::And => "__and",
            Builtin::Or => "__or",
            Builtin::Xor => "__xor",
            Builtin::Shl => "__shl",
            Builtin::Shr => "__shr",
            Builtin::WrappingAdd => "__wrapping_add",
            Builtin::WrappingMul => "__wrapping_mul",
        }
    }
}

impl ExprKind {
    /// The direct subexpressions in order of evaluation; those inside the blocks of match arms are left out.
    pub fn children(&self) -> Vec<ExprId> {
        match self {
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Bool(_)
            | ExprKind::None
            | ExprKind::Local(_)
            | ExprKind::Fun(..)
            | ExprKind::Lambda(_)
            | ExprKind::Error => Vec::new(),
            ExprKind::BoundMethod(_, e)
            | ExprKind::Convert(e, _)
            | ExprKind::Unary(_, e)
            | ExprKind::Field(e, _)
            | ExprKind::DynField(e, _)
            | ExprKind::DynMethod(e, _) => vec![*e],
            ExprKind::Binary(_, a, b) | ExprKind::Index(a, b) => vec![*a, *b],
            ExprKind::Slice(e, parts) => std::iter::once(*e).chain(parts.iter().flatten().copied()).collect(),
            ExprKind::OptChain { recv, body, .. } => vec![*recv, *body],
            ExprKind::List(items)
            | ExprKind::Builtin(_, items)
            | ExprKind::Runtime(_, items)
            | ExprKind::Call(_, _, items) => items.clone(),
            ExprKind::Map(entries) => entries.iter().flat_map(|&(k, v)| [k, v]).collect(),
            ExprKind::Struct(_, inits) => inits.iter().map(|&(_, e)| e).collect(),
            ExprKind::CallValue(f, args) | ExprKind::Partial(f, args) => {
                std::iter::once(*f).chain(args.iter().copied()).collect()
            }
            ExprKind::If(c, a, b) => vec![*c, *a, *b],
            ExprKind::Match { scrutinee, arms } => {
                std::iter::once(*scrutinee).chain(arms.iter().filter_map(|arm| arm.value)).collect()
            }
            ExprKind::Query(query) => query.children(),
        }
    }
}
