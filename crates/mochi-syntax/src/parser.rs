//! Tokens to tree: the parser's state, its cursor over the tokens, and the making of nodes.
//!
//! Recursive descent with one function per production, grouped by area; operators climb by precedence
//! (`expressions`). Nothing depends on line ends except the recovery after an error (`recover`). The parser looks
//! ahead at most four tokens (further only behind `as name <`) and goes back only over a wrong `match` arm or the few
//! tokens of a missing header, so its time is linear in the text.
//!
//! Depth is bounded twice, both times by [`MAX_NESTING`]: `depth` counts the open productions and so bounds this
//! parser's own stack; `heights` knows the height of every finished node and so bounds the recursion of every later
//! walk, also over what is parsed by loops (`a + b + ...`, `f()()...`, `else if`).

mod declarations;
mod expressions;
mod literals;
mod matches;
mod queries;
mod recover;
mod statements;
mod types;

use mochi_base::diag::codes;
use mochi_base::{Diagnostic, FileId, IdVec, Interner, Sink, SourceMap, Span};

use crate::lexer::{MAX_REPORTS, lex};
use crate::token::{TokenKind, Tokens};
use crate::tree::*;
use crate::walk::{self, Node};
use recover::Abandoned;

/// The height of the highest tree that [`parse`] makes. A walk that recurses over it needs this many times its frame
/// size of stack; the parser itself needs 0.2 to 1.1 KiB per level in an optimised build.
pub const MAX_NESTING: u32 = 150_000;

/// The tree of a file. Every error is reported to `sink`, in the order of the text, and the rest is parsed: what could
/// not be understood is an `Error` node.
///
/// Wants a big stack for deep sources: 1 GiB for [`MAX_NESTING`] levels, of which only the part in use costs memory.
pub fn parse(map: &SourceMap, file: FileId, names: &mut Interner, sink: &mut Sink) -> Tree {
    let mut forest = Forest::default();
    let FileRoot { package, body } = forest.parse(map, file, names, sink);
    Tree { package, body, ..forest.tree }
}

/// Several files in one tree: the nodes of each follow those of the files before it.
#[derive(Default)]
pub struct Forest {
    /// The nodes; which statements are whose top level is up to the user of the forest.
    pub tree: Tree,
    /// Names of packages that the next file may use without importing them.
    pub imported: Vec<mochi_base::Name>,
    heights: Heights,
}

/// The top level of one file.
pub struct FileRoot {
    /// `package name`.
    pub package: Option<Ident>,
    /// The statements in order.
    pub body: Block,
}

impl Forest {
    /// Adds the nodes of a file, as [`parse`] does.
    pub fn parse(
        &mut self,
        map: &SourceMap,
        file: FileId,
        names: &mut Interner,
        sink: &mut Sink,
    ) -> FileRoot {
        let source = map.file(file);
        let mut errors = Vec::new();
        let tokens = lex(&source.text, source.start, &mut errors);
        let mut parser = Parser::new(&source.text, source.start, tokens, names, std::mem::take(self));
        parser.program();
        let Parser { tree, heights, errors: more, .. } = parser;
        *self = Forest { tree, heights, imported: Vec::new() };
        errors.extend(more);
        // Both parts are sorted by themselves, but the parser reports some errors at an earlier token.
        errors.sort_by_key(|error| error.span.lo);
        // What was read twice may have been reported twice.
        errors.dedup();
        hand_over(errors, sink);
        let (package, body) = (self.tree.package.take(), std::mem::take(&mut self.tree.body));
        FileRoot { package, body }
    }
}

/// The tokens of a file, as the parser sees them.
pub fn tokens(map: &SourceMap, file: FileId, sink: &mut Sink) -> Tokens {
    let source = map.file(file);
    let mut errors = Vec::new();
    let tokens = lex(&source.text, source.start, &mut errors);
    hand_over(errors, sink);
    tokens
}

fn hand_over(errors: Vec<Diagnostic>, sink: &mut Sink) {
    if errors.len() >= MAX_REPORTS {
        sink.cut();
    }
    errors.into_iter().for_each(|error| sink.report(error));
}

/// What `{` means after a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Braces {
    /// Perhaps a struct literal.
    Literal,
    /// A block: this is the header of a statement.
    Block,
}

struct Parser<'a> {
    text: &'a str,
    /// Position of the first byte of `text`.
    base: u32,
    tokens: Tokens,
    /// Index of the current token.
    at: usize,
    /// Its kind, or [`TokenKind::Nothing`] while recovering, so that no production goes on.
    kind: TokenKind,
    /// End of the last token that was consumed.
    prev_end: u32,
    braces: Braces,
    depth: u32,
    tree: Tree,
    heights: Heights,
    names: &'a mut Interner,
    errors: Vec<Diagnostic>,
    /// Index of the token at which an error was seen last; further errors there have the same cause.
    last_error: usize,
    /// Errors are not reported while this is not zero.
    muted: u32,
    /// Whether the rest of the file is ignored, since the limit of nesting was passed.
    gave_up: bool,
    abandoned: Abandoned,
    /// Names of packages imported so far in this file.
    packages: Vec<mochi_base::Name>,
    /// Stacks of finished parts of open productions; each production pops what it pushed.
    pending_exprs: Vec<ExprId>,
    pending_stmts: Vec<StmtId>,
    pending_prefixes: Vec<(UnaryOp, u32)>,
    pending_links: Vec<statements::Link>,
}

/// Height of each node: 1 without children.
#[derive(Default)]
struct Heights {
    exprs: IdVec<ExprId, u32>,
    stmts: IdVec<StmtId, u32>,
    types: IdVec<TypeId, u32>,
    pats: IdVec<PatId, u32>,
}

impl Heights {
    #[inline]
    fn of(&self, node: Node) -> u32 {
        match node {
            Node::Expr(id) => self.exprs[id],
            Node::Stmt(id) => self.stmts[id],
            Node::Type(id) => self.types[id],
            Node::Pat(id) => self.pats[id],
        }
    }
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, base: u32, tokens: Tokens, names: &'a mut Interner, forest: Forest) -> Self {
        let kind = tokens.kinds[0];
        // Ordinary code has an expression per two to three tokens and a statement per ten to fifteen. Room that is
        // not used costs nothing.
        let (exprs, stmts) = (tokens.len() / 2, tokens.len() / 8);
        let Forest { mut tree, mut heights, imported } = forest;
        if tree.exprs.is_empty() && tree.stmts.is_empty() {
            tree.exprs = IdVec::with_capacity(exprs);
            tree.stmts = IdVec::with_capacity(stmts);
            heights.exprs = IdVec::with_capacity(exprs);
        }
        Parser {
            text,
            base,
            tokens,
            at: 0,
            kind,
            prev_end: base,
            braces: Braces::Literal,
            depth: 0,
            tree,
            heights,
            names,
            errors: Vec::new(),
            last_error: usize::MAX,
            muted: 0,
            gave_up: false,
            abandoned: Abandoned::default(),
            packages: imported,
            pending_exprs: Vec::new(),
            pending_stmts: Vec::new(),
            pending_prefixes: Vec::new(),
            pending_links: Vec::new(),
        }
    }

    // --------------------------------------------------------------------------------------------------- cursor

    /// The kind of the token `ahead` of the current one.
    #[inline]
    fn peek(&self, ahead: usize) -> TokenKind {
        self.tokens.kinds.get(self.at + ahead).copied().unwrap_or(TokenKind::Eof)
    }

    /// Start of the current token.
    #[inline]
    fn start(&self) -> u32 {
        self.tokens.starts[self.at]
    }

    /// Span of the current token.
    #[inline]
    fn token_span(&self) -> Span {
        Span::new(self.tokens.starts[self.at], self.tokens.ends[self.at])
    }

    /// From `start` to the last token consumed.
    #[inline]
    fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.prev_end.max(start))
    }

    /// The text of a span of this file.
    #[inline]
    fn slice(&self, span: Span) -> &'a str {
        self.text.get((span.lo - self.base) as usize..(span.hi - self.base) as usize).unwrap_or("")
    }

    /// Consumes the current token and returns its span.
    #[inline]
    fn bump(&mut self) -> Span {
        let span = self.token_span();
        self.advance();
        self.kind = self.tokens.kinds[self.at];
        span
    }

    /// Steps to the next token without looking at it; stays at the end of the file.
    #[inline]
    fn advance(&mut self) {
        self.prev_end = self.tokens.ends[self.at];
        if self.at + 1 < self.tokens.kinds.len() {
            self.at += 1;
        }
    }

    /// Goes back to a token.
    #[cold]
    fn go_to(&mut self, at: usize) {
        self.at = at;
        self.prev_end = if at == 0 { self.base } else { self.tokens.ends[at - 1] };
        self.kind = self.tokens.kinds[at];
    }

    /// Consumes the current token if it is of this kind.
    #[inline]
    fn eat(&mut self, kind: TokenKind) -> bool {
        let found = self.kind == kind;
        if found {
            self.bump();
        }
        found
    }

    /// Consumes a token of this kind, or reports that it is missing.
    #[inline]
    fn expect(&mut self, kind: TokenKind) -> bool {
        let found = self.eat(kind);
        if !found {
            self.expected_token(kind);
        }
        found
    }

    /// Consumes a name, if one is there.
    #[inline]
    fn name(&mut self) -> Option<Ident> {
        if !self.kind.is_name() {
            return None;
        }
        let span = self.bump();
        Some(Ident { name: self.names.intern(self.slice(span)), span })
    }

    /// Consumes a name, or reports that `what` is missing and makes up an empty one.
    #[inline]
    fn expect_name(&mut self, what: &str) -> Ident {
        match self.name() {
            Some(name) => name,
            None => self.missing_name(what),
        }
    }

    /// Whether the current token is the name of an imported package and a `.` and a name follow: a name out of the
    /// package, rather than a field.
    #[inline]
    fn at_package_name(&self) -> bool {
        !self.packages.is_empty()
            && self.peek(1) == TokenKind::Dot
            && self.peek(2).is_name()
            && self
                .names
                .lookup(self.slice(self.token_span()))
                .is_some_and(|name| self.packages.contains(&name))
    }

    /// Consumes `package.name`, which is one name. Programs cannot write such a name otherwise.
    fn package_name(&mut self) -> Ident {
        let package = self.bump();
        self.bump();
        let name = self.bump();
        let (left, right) = (self.slice(package), self.slice(name));
        let whole = Ident { name: self.names.intern(&format!("{left}.{right}")), span: package.to(name) };
        let package = Ident { name: self.names.intern(left), span: package };
        let member = Ident { name: self.names.intern(right), span: name };
        self.tree.qualified.push(Qualified { name: whole, package, member });
        whole
    }

    /// Runs a production with another meaning of `{` after names.
    #[inline]
    fn with_braces<T>(&mut self, braces: Braces, production: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.braces, braces);
        let result = production(self);
        self.braces = outer;
        result
    }

    // ---------------------------------------------------------------------------------------------------- nodes

    /// Opens a production that may contain itself. `false` when that is one level too many; then the parser stands at
    /// the end of the file and the error has been reported. Undone by [`leave`](Self::leave), in both cases.
    #[inline]
    fn enter(&mut self) -> bool {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            self.too_deep(self.token_span());
            return false;
        }
        true
    }

    #[inline]
    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The expression from `start` to here. Inlined, since where the kind is known its children are too.
    #[inline(always)]
    fn make_expr(&mut self, start: u32, kind: ExprKind) -> ExprId {
        let span = self.span_from(start);
        self.make_expr_at(span, kind)
    }

    #[inline(always)]
    fn make_expr_at(&mut self, span: Span, kind: ExprKind) -> ExprId {
        let mut height = 0;
        walk::expr_children(&kind, &mut |child| height = height.max(self.heights.of(child)));
        let (kind, height) = if height < MAX_NESTING {
            (kind, height + 1)
        } else {
            self.too_deep(span);
            (ExprKind::Error, 1)
        };
        self.heights.exprs.push(height);
        self.tree.exprs.push(Expr { kind, span })
    }

    /// The statement from `start` to here.
    fn make_stmt(&mut self, start: u32, kind: StmtKind) -> StmtId {
        let span = self.span_from(start);
        let mut height = 0;
        walk::stmt_children(&kind, &mut |child| height = height.max(self.heights.of(child)));
        let (kind, height) = if height < MAX_NESTING {
            (kind, height + 1)
        } else {
            self.too_deep(span);
            (StmtKind::Error, 1)
        };
        self.heights.stmts.push(height);
        self.tree.stmts.push(Stmt { kind, span })
    }

    /// The type from `start` to here. Types are parsed by recursion alone, so `depth` bounds their height.
    fn make_type(&mut self, start: u32, kind: TypeKind) -> TypeId {
        let mut height = 0;
        walk::type_children(&kind, &mut |child| height = height.max(self.heights.of(child)));
        self.heights.types.push(height + 1);
        let span = self.span_from(start);
        self.tree.types.push(TypeNode { kind, span })
    }

    /// The pattern from `start` to here; as to its height, see [`make_type`](Self::make_type).
    fn make_pattern(&mut self, start: u32, kind: PatternKind) -> PatId {
        let mut height = 0;
        walk::pattern_children(&kind, &mut |child| height = height.max(self.heights.of(child)));
        self.heights.pats.push(height + 1);
        let span = self.span_from(start);
        self.tree.pats.push(Pattern { kind, span })
    }

    /// Pops the expressions pushed since the stack had this length.
    #[inline]
    fn take_exprs(&mut self, base: usize) -> Vec<ExprId> {
        let taken = self.pending_exprs[base..].to_vec();
        self.pending_exprs.truncate(base);
        taken
    }

    /// Reports that the limit is passed and gives up on the rest of the file, so that nothing follows from it.
    #[cold]
    fn too_deep(&mut self, span: Span) {
        if !std::mem::replace(&mut self.gave_up, true) {
            let span = Span::new(span.lo, span.lo);
            self.report(codes::P071 { limit: MAX_NESTING }.at(span));
        }
        self.at = self.tokens.kinds.len() - 1;
        self.kind = TokenKind::Eof;
        self.last_error = self.at;
    }
}
