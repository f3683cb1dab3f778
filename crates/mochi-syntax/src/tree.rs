//! The syntax tree.
//!
//! Nodes live in one [`Tree`] and refer to each other by id, so a tree of any depth is built, walked by index and
//! dropped without recursion. A child's id is always smaller than its parent's. Every node has the span of its text;
//! operators whose position is reported have a span of their own.

use mochi_base::{IdVec, Name, Span, id_type};

id_type! {
    /// An expression of a [`Tree`].
    ExprId
}
id_type! {
    /// A statement of a [`Tree`].
    StmtId
}
id_type! {
    /// A type as written.
    TypeId
}
id_type! {
    /// A `match` pattern.
    PatId
}
id_type! {
    /// A package that a program imports.
    PackageId
}

/// A parsed file, and perhaps the packages that it imports.
#[derive(Default, Debug, Clone)]
pub struct Tree {
    /// All expressions.
    pub exprs: IdVec<ExprId, Expr>,
    /// All statements.
    pub stmts: IdVec<StmtId, Stmt>,
    /// All types as written.
    pub types: IdVec<TypeId, TypeNode>,
    /// All patterns.
    pub pats: IdVec<PatId, Pattern>,
    /// `package name`.
    pub package: Option<Ident>,
    /// The top-level statements in order.
    pub body: Block,
    /// The names `package.name` of types, in struct literals and in patterns, in the order of the text. Each is one name
    /// in the tree.
    pub qualified: Vec<Qualified>,
    /// Types, streams and agents that are declared inside of blocks, with the block, in the order in which blocks end.
    pub nested: Vec<(StmtId, Span)>,
    /// The imported packages, each after those that it imports. Made by whoever finds the files; see
    /// [`Forest`](crate::parser::Forest). In a program that grows, those of earlier inputs come first, without nodes.
    pub packages: IdVec<PackageId, Package>,
}

/// A name `package.name`.
#[derive(Clone, Copy, Debug)]
pub struct Qualified {
    /// The whole, as the tree has it.
    pub name: Ident,
    /// The part before the dot.
    pub package: Ident,
    /// The part after the dot.
    pub member: Ident,
}

/// Counts of a tree's nodes between its files.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Extent {
    /// Statements.
    pub stmts: u32,
    /// Qualified names.
    pub qualified: u32,
    /// Declarations inside of blocks.
    pub nested: u32,
}

impl Tree {
    /// The counts of the nodes so far.
    pub fn extent(&self) -> Extent {
        Extent {
            stmts: self.stmts.len() as u32,
            qualified: self.qualified.len() as u32,
            nested: self.nested.len() as u32,
        }
    }
}

/// A package: a folder of files, or a single one.
#[derive(Default, Debug, Clone)]
pub struct Package {
    /// The path as its first importer wrote it, for messages.
    pub path: Box<str>,
    /// The top-level statements of its files, in order of the files' names.
    pub stmts: Vec<StmtId>,
    /// Where the nodes of its files begin and end.
    pub nodes: std::ops::Range<Extent>,
}

/// A name with its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The interned text.
    pub name: Name,
    /// Its place.
    pub span: Span,
}

/// `{ statements }`.
#[derive(Clone, Default, Debug)]
pub struct Block {
    /// The statements in order.
    pub stmts: Vec<StmtId>,
    /// Braces included.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Its whole text.
    pub span: Span,
}

/// The statements of the language.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let` or `var`.
    Let(LetStmt),
    /// `place = value`. The place is an [`ExprKind::Name`], or `Index`/`Field` over one.
    Assign {
        /// The left-hand side.
        place: ExprId,
        /// The right-hand side.
        value: ExprId,
    },
    /// `fun name(...) { ... }`.
    Fun(Box<FunDecl>),
    /// `return [value]`.
    Return(Option<ExprId>),
    /// `if cond { } else { }`; an `else if` is an `otherwise` block of one `If`.
    If {
        /// The condition.
        cond: ExprId,
        /// Runs when it holds.
        then: Block,
        /// Runs when it does not.
        otherwise: Option<Block>,
    },
    /// `while cond { }`.
    While {
        /// The condition.
        cond: ExprId,
        /// The body.
        body: Block,
    },
    /// `for var in source { }`.
    For {
        /// The loop variable.
        var: Ident,
        /// What is iterated.
        source: ForSource,
        /// The body.
        body: Block,
    },
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// An expression for its effect.
    Expr(ExprId),
    /// `test "name" { }`.
    Test {
        /// The name.
        name: StrLit,
        /// The body.
        body: Block,
    },
    /// `bench "name" { }`.
    Bench {
        /// The name.
        name: StrLit,
        /// The body.
        body: Block,
    },
    /// `expect cond`.
    Expect(ExprId),
    /// `type ...`.
    Type(Box<TypeDecl>),
    /// `import ...`.
    Import(Box<Import>),
    /// `extern ...`.
    Extern(Box<Extern>),
    /// `update name set {...} where cond`.
    Update {
        /// The list.
        target: Ident,
        /// Field assignments.
        set: Vec<(ExprId, ExprId)>,
        /// The condition.
        cond: Option<ExprId>,
    },
    /// `fetch url into name with options`.
    Fetch {
        /// The URL.
        url: ExprId,
        /// The new variable.
        into: Ident,
        /// Options.
        with: Option<ExprId>,
    },
    /// `stream Name { fields }`.
    Stream {
        /// The name.
        name: Ident,
        /// The fields.
        fields: Vec<FieldDecl>,
        /// Written with `export`.
        export: bool,
    },
    /// `on Stream as alias { }`.
    On {
        /// The stream.
        stream: Ident,
        /// The event variable.
        alias: Ident,
        /// The handler.
        body: Block,
    },
    /// `emit Stream { inits }`.
    Emit {
        /// The stream.
        stream: Ident,
        /// The event's fields.
        inits: Vec<FieldInit>,
    },
    /// `agent Name { ... }`.
    Agent {
        /// The name.
        name: Ident,
        /// `let`, `var`, assignments, `on` and [`StmtKind::Intent`].
        body: Block,
        /// Written with `export`.
        export: bool,
    },
    /// `intent name(...) { }` inside an agent.
    Intent(Box<FunDecl>),
    /// `model name { key: value }`.
    Model {
        /// The name.
        name: Ident,
        /// The settings.
        settings: Vec<FieldInit>,
    },
    /// `fact p(...)`.
    Fact(Pred),
    /// `rule p(...) :- conditions`.
    Rule {
        /// The head.
        head: Pred,
        /// The body.
        conds: Vec<Cond>,
    },
    /// Text that could not be parsed; a diagnostic has been reported.
    Error,
}

/// A string literal's value and place.
#[derive(Clone, Debug)]
pub struct StrLit {
    /// The text after escapes.
    pub value: Box<str>,
    /// Quotes included.
    pub span: Span,
}

/// `let name: ty = value` or `var ...`.
#[derive(Clone, Debug)]
pub struct LetStmt {
    /// `var` rather than `let`.
    pub mutable: bool,
    /// The new variable.
    pub name: Ident,
    /// The declared type.
    pub ty: Option<TypeId>,
    /// The initialiser.
    pub value: Option<ExprId>,
    /// Written with `export`.
    pub export: bool,
}

/// A `for` source.
#[derive(Clone, Copy, Debug)]
pub enum ForSource {
    /// `in a..b`.
    Range(ExprId, ExprId),
    /// `in xs`.
    Each(ExprId),
}

/// A function: declaration, method, lambda or intent.
#[derive(Clone, Debug)]
pub struct FunDecl {
    /// `None` for a lambda.
    pub name: Option<Ident>,
    /// Written with `export`.
    pub export: bool,
    /// `<T, U>`.
    pub type_params: Vec<Ident>,
    /// The parameters.
    pub params: Vec<Param>,
    /// The declared result type.
    pub result: Option<TypeId>,
    /// `! io, net`; `None` when not written.
    pub effects: Option<Vec<Ident>>,
    /// The body.
    pub body: FunBody,
    /// From `fun` to the end of the parameter list.
    pub head: Span,
    /// The `///` lines directly above, without the slashes, joined by newlines; empty when there are none.
    pub doc: Box<str>,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// The name.
    pub name: Ident,
    /// The declared type.
    pub ty: Option<TypeId>,
}

/// A function's body.
#[derive(Clone, Debug)]
pub enum FunBody {
    /// `{ ... }`.
    Block(Block),
    /// `=> expr`.
    Expr(ExprId),
}

/// `type ...`.
#[derive(Clone, Debug)]
pub struct TypeDecl {
    /// The declared name.
    pub name: Ident,
    /// What it stands for.
    pub body: TypeBody,
    /// Written with `export`.
    pub export: bool,
    /// The `///` lines above.
    pub doc: Box<str>,
}

/// The right side of a type declaration.
#[derive(Clone, Debug)]
pub enum TypeBody {
    /// Fields and methods, in order within each kind.
    Struct {
        /// The fields.
        fields: Vec<FieldDecl>,
        /// The methods.
        methods: Vec<FunDecl>,
    },
    /// Variants in order; one with fields alone is a union too.
    Union(Vec<Variant>),
    /// Another name for a type.
    Alias(TypeId),
}

/// A field of a struct, variant or stream.
#[derive(Clone, Copy, Debug)]
pub struct FieldDecl {
    /// The name.
    pub name: Ident,
    /// The type.
    pub ty: TypeId,
}

/// A variant of a union.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The name.
    pub name: Ident,
    /// The fields; none for a bare variant.
    pub fields: Vec<FieldDecl>,
}

/// `import ...`.
#[derive(Clone, Debug)]
pub struct Import {
    /// The foreign language.
    pub lang: Option<Ident>,
    /// The path or module.
    pub path: StrLit,
    /// `as name`.
    pub alias: Option<Ident>,
    /// `auto`.
    pub auto: bool,
    /// The package that the path leads to, once it is found. Not for foreign modules.
    pub package: Option<PackageId>,
}

impl Import {
    /// The name that the program uses for what is imported: by default the last segment of the path without extension,
    /// which may be no name at all.
    pub fn alias<'a>(&'a self, names: &'a mochi_base::Interner) -> &'a str {
        match self.alias {
            Some(alias) => names.get(alias.name),
            None => {
                let path = self.path.value.trim_end_matches('/');
                let file = path.rsplit('/').next().unwrap_or(path);
                file.split('.').next().unwrap_or(file)
            }
        }
    }
}

/// `extern ...`.
#[derive(Clone, Debug)]
pub enum Extern {
    /// `extern type Name`.
    Type(Ident),
    /// `extern var a.b: T`.
    Var {
        /// The dotted name.
        path: Vec<Ident>,
        /// The type.
        ty: TypeId,
    },
    /// `extern fun a.b(...): T`.
    Fun {
        /// The dotted name.
        path: Vec<Ident>,
        /// The parameters.
        params: Vec<Param>,
        /// The result type.
        result: Option<TypeId>,
    },
    /// `extern object Name`.
    Object(Ident),
}

/// `p(term, ...)`.
#[derive(Clone, Debug)]
pub struct Pred {
    /// The predicate.
    pub name: Ident,
    /// Its terms.
    pub terms: Vec<Term>,
}

/// A term of a predicate.
#[derive(Clone, Debug)]
pub enum Term {
    /// A variable.
    Var(Ident),
    /// A string constant.
    Str(StrLit),
    /// An integer constant.
    Int(i64, Span),
}

/// A condition of a rule.
#[derive(Clone, Debug)]
pub enum Cond {
    /// `p(...)`.
    Pred(Pred),
    /// `a != b`.
    NotEqual(Ident, Ident),
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeNode {
    /// What it is.
    pub kind: TypeKind,
    /// Its text.
    pub span: Span,
}

/// Types as written.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `name`.
    Name(Name),
    /// `name<args>`.
    Generic(Ident, Vec<TypeId>),
    /// `fun(params): result`.
    Fun(Vec<TypeId>, Option<TypeId>),
    /// `{a: A, b: B}`.
    Struct(Vec<FieldDecl>),
    /// `T?`.
    Option(TypeId),
    /// Text that could not be parsed.
    Error,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its whole text, from the first token of the leftmost operand on.
    pub span: Span,
}

/// The expressions of the language.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// An integer literal.
    Int(i64),
    /// A float literal.
    Float(f64),
    /// A string literal, escapes resolved.
    Str(Box<str>),
    /// `true` or `false`.
    Bool(bool),
    /// `none`.
    None,
    /// A name.
    Name(Name),
    /// `receiver.name`.
    Field {
        /// The receiver.
        recv: ExprId,
        /// The name after the dot.
        name: Ident,
    },
    /// `receiver?.name`.
    OptField {
        /// The receiver.
        recv: ExprId,
        /// The name after the dot.
        name: Ident,
        /// The `?`.
        mark: Span,
    },
    /// `receiver[index]`.
    Index {
        /// The receiver.
        recv: ExprId,
        /// The index.
        index: ExprId,
        /// The `[`.
        bracket: Span,
    },
    /// `receiver?[index]`.
    OptIndex {
        /// The receiver.
        recv: ExprId,
        /// The index.
        index: ExprId,
        /// The `?`.
        mark: Span,
    },
    /// `receiver[a:b:c]`.
    Slice {
        /// The receiver.
        recv: ExprId,
        /// The bounds and the step.
        parts: [Option<ExprId>; 3],
        /// The `[`.
        bracket: Span,
    },
    /// `callee(args)`.
    Call {
        /// The function.
        callee: ExprId,
        /// The arguments.
        args: Vec<ExprId>,
        /// The `(`.
        paren: Span,
    },
    /// `expr as type`.
    Cast {
        /// The value.
        expr: ExprId,
        /// The type.
        ty: TypeId,
        /// The `as`.
        keyword: Span,
    },
    /// A prefix operator.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        expr: ExprId,
    },
    /// A binary operator.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Its place.
        op_span: Span,
        /// The left operand.
        left: ExprId,
        /// The right operand.
        right: ExprId,
    },
    /// `( expr )`.
    Paren(ExprId),
    /// `[a, b]`.
    List(Vec<ExprId>),
    /// `{k: v}`; a bare identifier key has become a [`ExprKind::Str`].
    Map(Vec<(ExprId, ExprId)>),
    /// `Name{f: e}`.
    Struct {
        /// The type's name.
        name: Ident,
        /// The fields in the order written.
        inits: Vec<FieldInit>,
    },
    /// `fun(...) ...`.
    Lambda(Box<FunDecl>),
    /// `if c { a } else { b }`.
    If {
        /// The condition.
        cond: ExprId,
        /// The value when it holds.
        then: ExprId,
        /// The value when it does not; `none` without.
        otherwise: Option<ExprId>,
    },
    /// `match e { arms }`.
    Match {
        /// The scrutinee.
        scrutinee: ExprId,
        /// The arms in order.
        arms: Vec<Arm>,
    },
    /// `from ... select ...`.
    Query(Box<Query>),
    /// `query p(...)`.
    LogicQuery(Box<Pred>),
    /// `generate Target { ... }`.
    Generate {
        /// What to generate.
        target: Ident,
        /// The settings.
        inits: Vec<FieldInit>,
    },
    /// `fetch url with options`.
    Fetch {
        /// The URL.
        url: ExprId,
        /// Options.
        with: Option<ExprId>,
    },
    /// `load "p" as T with options`.
    Load {
        /// The path.
        path: Option<StrLit>,
        /// The row type.
        ty: TypeId,
        /// Options.
        with: Option<ExprId>,
    },
    /// `save xs to "p" with options`.
    Save {
        /// What to save.
        value: ExprId,
        /// The path.
        path: Option<StrLit>,
        /// Options.
        with: Option<ExprId>,
    },
    /// Text that could not be parsed; a diagnostic has been reported.
    Error,
}

/// `name: value`.
#[derive(Clone, Copy, Debug)]
pub struct FieldInit {
    /// The field.
    pub name: Ident,
    /// Its value.
    pub value: ExprId,
}

/// An arm of a `match`.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The pattern.
    pub pattern: PatId,
    /// What it yields.
    pub body: ArmBody,
    /// The whole arm.
    pub span: Span,
}

/// The right side of a `match` arm.
#[derive(Clone, Debug)]
pub enum ArmBody {
    /// A value.
    Expr(ExprId),
    /// Statements; the value is `none`.
    Block(Block),
}

/// A `match` pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// What it is.
    pub kind: PatternKind,
    /// Its text.
    pub span: Span,
}

/// The patterns of the language.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// A literal, an [`ExprKind::Int`], `Float`, `Str`, `Bool` or `None`.
    Literal(ExprId),
    /// A name: `_`, a variant, or a variable.
    Name(Name),
    /// `Variant(patterns)`.
    Variant(Ident, Vec<PatId>),
    /// Text that could not be parsed.
    Error,
}

/// A query.
#[derive(Clone, Debug)]
pub struct Query {
    /// The `from` clauses in order; at least one.
    pub sources: Vec<(Ident, ExprId)>,
    /// The joins in order.
    pub joins: Vec<Join>,
    /// `where`.
    pub cond: Option<ExprId>,
    /// `group by ... into g having ...`.
    pub group: Option<Group>,
    /// `sort by`.
    pub sort: Option<ExprId>,
    /// `skip`.
    pub skip: Option<ExprId>,
    /// `take`.
    pub take: Option<ExprId>,
    /// `distinct`.
    pub distinct: bool,
    /// `select`.
    pub select: ExprId,
}

/// A join clause.
#[derive(Clone, Debug)]
pub struct Join {
    /// Which rows without a match stay.
    pub kind: JoinKind,
    /// The variable.
    pub var: Ident,
    /// The joined list.
    pub source: ExprId,
    /// `on`.
    pub cond: ExprId,
    /// The clause's place.
    pub span: Span,
}

/// The kinds of joins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JoinKind {
    /// Matching pairs only.
    Inner,
    /// All rows of the left side.
    Left,
    /// All rows of the right side.
    Right,
    /// All rows of both.
    Outer,
}

/// `group by keys into var having cond`.
#[derive(Clone, Debug)]
pub struct Group {
    /// The keys.
    pub keys: Vec<ExprId>,
    /// The group variable.
    pub var: Ident,
    /// `having`.
    pub having: Option<ExprId>,
}

/// Prefix operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum UnaryOp {
    /// `-`.
    Neg,
    /// `!`.
    Not,
}

/// Binary operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Mul,
    Div,
    Rem,
    Add,
    Sub,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    In,
    And,
    Or,
    Coalesce,
    Union,
    UnionAll,
    Except,
    Intersect,
}

impl BinaryOp {
    /// How tightly the operator binds, 1 the loosest (language reference, 2.3).
    pub fn precedence(self) -> u8 {
        use BinaryOp::*;
        match self {
            Mul | Div | Rem => 8,
            Add | Sub => 7,
            Lt | Le | Gt | Ge => 6,
            Eq | Ne | In => 5,
            And => 4,
            Or => 3,
            Coalesce => 2,
            Union | UnionAll | Except | Intersect => 1,
        }
    }

    /// The operator as written.
    pub fn text(self) -> &'static str {
        use BinaryOp::*;
        match self {
            Mul => "*",
            Div => "/",
            Rem => "%",
            Add => "+",
            Sub => "-",
            Lt => "<",
            Le => "<=",
            Gt => ">",
            Ge => ">=",
            Eq => "==",
            Ne => "!=",
            In => "in",
            And => "&&",
            Or => "||",
            Coalesce => "??",
            Union => "union",
            UnionAll => "union all",
            Except => "except",
            Intersect => "intersect",
        }
    }
}
