//! Reads the text form of the IR; `docs/ir/grammar.md` is its grammar, [`print`](crate::print) writes it.
//!
//! The parser checks form, not meaning: a module that parses may break any rule of the verifier that can be broken in
//! text, which is how rejecting tests are written. Values and blocks keep the numbers of the text. Errors are collected:
//! after one, reading goes on in the next line.

mod body;
mod lexer;

use std::collections::hash_map::Entry;

use mochi_base::Span;
use rustc_hash::FxHashMap;

use crate::func::{Func, Origin};
use crate::module::{FuncId, Global, GlobalId, Module};
use crate::ty::{StructDef, StructId, Ty, TyKind, Types, UnionDef, UnionId};
use lexer::{Kind, Token};

pub(crate) use lexer::is_word;

/// Types nested deeper than this are refused, for the stack's sake.
const MAX_TYPE_DEPTH: u32 = 500;
/// Functions of a module may have this many more numbers for values and blocks than values and blocks.
const MAX_GAPS: usize = 1 << 20;
/// After this many errors reading stops.
const MAX_ERRORS: usize = 100;

/// A mistake in the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Reads a module.
pub fn parse_module(text: &str) -> Result<Module, Vec<ParseError>> {
    let mut faults = Vec::new();
    let tokens = lexer::lex(text, &mut faults);
    let mut parser = Parser {
        text,
        tokens,
        at: 0,
        faults,
        module: Module::new(),
        func_ids: FxHashMap::default(),
        gaps: MAX_GAPS,
    };
    parser.module();
    let Parser { mut faults, module, .. } = parser;
    if faults.is_empty() {
        return Ok(module);
    }
    faults.sort_by_key(|f| f.at);
    Err(faults.into_iter().map(|f| f.into_error(text)).collect())
}

/// A mistake at a byte of the text.
#[derive(Debug)]
struct Fault {
    at: usize,
    message: String,
}

impl Fault {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
    fn into_error(self, text: &str) -> ParseError {
        let before = &text.as_bytes()[..self.at.min(text.len())];
        let line_start = before.iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
        ParseError {
            line: line as u32,
            column: (before.len() - line_start) as u32 + 1,
            message: self.message,
        }
    }
}

type Parsed<T> = Result<T, Fault>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    faults: Vec<Fault>,
    module: Module,
    /// Ids of all functions of the text, in its order, so that calls may come before what they call.
    func_ids: FxHashMap<String, FuncId>,
    /// How many more unused numbers there may be.
    gaps: usize,
}

impl Parser<'_> {
    fn module(&mut self) {
        let mut funcs: Vec<Option<Func>> = Vec::new();
        self.find_funcs(&mut funcs);
        while !self.at_end() && self.faults.len() < MAX_ERRORS {
            let line = self.at;
            if let Err(fault) = self.item(&mut funcs) {
                self.faults.push(fault);
                self.skip_line(line);
            }
        }
        for (n, func) in funcs.into_iter().enumerate() {
            match func {
                Some(func) => {
                    self.module.add_func(func);
                }
                // Follows from a mistake that was reported, or else must not pass in silence: ids would slip.
                None if !self.faults.is_empty() => {}
                None => self.faults.push(Fault::new(0, format!("function {n} was not read"))),
            }
        }
    }

    /// Gives every function its id before anything is read.
    fn find_funcs(&mut self, funcs: &mut Vec<Option<Func>>) {
        for i in 0..self.tokens.len() - 1 {
            let (head, name) = (self.tokens[i], self.tokens[i + 1]);
            let is_head = head.starts_line && matches!(&self.text[head.lo..head.hi], "func" | "declare");
            if !is_head || !matches!(name.kind, Kind::Word | Kind::Str) {
                continue;
            }
            let Ok(text) = self.name_of(name) else { continue };
            let id = FuncId(funcs.len() as u32);
            match self.func_ids.entry(text) {
                Entry::Occupied(entry) => {
                    let message = format!("a second function named `{}`", entry.key());
                    self.faults.push(Fault::new(name.lo, message));
                }
                Entry::Vacant(entry) => {
                    entry.insert(id);
                    funcs.push(None);
                }
            }
        }
    }

    fn item(&mut self, funcs: &mut [Option<Func>]) -> Parsed<()> {
        match self.peek_text() {
            "struct" => self.struct_def(),
            "union" => self.union_def(),
            "global" => self.global(),
            "entry" => {
                self.bump();
                self.module.entry = Some(self.func_name()?);
                self.end_of_line()
            }
            "func" | "declare" => {
                let has_body = self.bump() == "func";
                let func = self.func(has_body)?;
                if let Some(id) = self.func_ids.get(&func.name) {
                    funcs[id.0 as usize] = Some(func);
                }
                Ok(())
            }
            _ => Err(self.expected("`struct`, `union`, `global`, `entry`, `func` or `declare`")),
        }
    }

    fn struct_def(&mut self) -> Parsed<()> {
        let at = self.here();
        let id = StructId(self.numbered("struct")?);
        if id != self.module.types.structs.next_id() {
            return Err(Fault::new(at, "structs are numbered in order, from 0"));
        }
        // The number is taken even if the rest is wrong, so that one mistake is one error.
        self.module.types.structs.push(StructDef {
            name: String::new(),
            fields: Vec::new(),
            variant_of: None,
        });
        if self.peek_text() != "{" {
            self.module.types.structs[id].name = self.name()?;
        }
        self.list("{", "}", |p| {
            let name = p.name()?;
            p.expect(":")?;
            let ty = p.ty()?;
            p.module.types.structs[id].fields.push((name, ty));
            Ok(())
        })?;
        self.end_of_line()
    }

    fn union_def(&mut self) -> Parsed<()> {
        let at = self.here();
        let id = UnionId(self.numbered("union")?);
        if id != self.module.types.unions.next_id() {
            return Err(Fault::new(at, "unions are numbered in order, from 0"));
        }
        self.module.types.unions.push(UnionDef { name: String::new(), variants: Vec::new() });
        self.module.types.unions[id].name = self.name()?;
        self.list("{", "}", |p| {
            let at = p.here();
            let variant = StructId(p.numbered("struct")?);
            if p.module.types.structs.get(variant).is_none() {
                return Err(Fault::new(at, "a union comes after the structs that are its variants"));
            }
            let variants = &mut p.module.types.unions[id].variants;
            p.module.types.structs[variant].variant_of = Some((id, variants.len() as u32));
            variants.push(variant);
            Ok(())
        })?;
        self.end_of_line()
    }

    fn global(&mut self) -> Parsed<()> {
        let at = self.here();
        let id = GlobalId(self.numbered("global")?);
        if id != self.module.globals.next_id() {
            return Err(Fault::new(at, "globals are numbered in order, from 0"));
        }
        self.module.globals.push(Global { name: String::new(), ty: Types::UNIT });
        self.module.globals[id].name = self.name()?;
        self.expect(":")?;
        self.module.globals[id].ty = self.ty()?;
        self.end_of_line()
    }

    /// A type.
    fn ty(&mut self) -> Parsed<Ty> {
        self.ty_within(MAX_TYPE_DEPTH)
    }

    fn ty_within(&mut self, depth: u32) -> Parsed<Ty> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(Fault::new(self.here(), "types are nested too deeply"));
        };
        let at = self.here();
        let ty = match self.peek_text() {
            "i64" => Types::I64,
            "f64" => Types::F64,
            "bool" => Types::BOOL,
            "unit" => Types::UNIT,
            "str" => Types::STR,
            "bigint" => Types::BIGINT,
            "bigrat" => Types::BIGRAT,
            "any" => Types::ANY,
            "struct" => {
                let id = StructId(self.numbered("struct")?);
                return Ok(self.module.types.intern(TyKind::Struct(id)));
            }
            "union" => {
                let id = UnionId(self.numbered("union")?);
                return Ok(self.module.types.intern(TyKind::Union(id)));
            }
            "$" => {
                self.bump();
                let n = self.number()?;
                return Ok(self.module.types.intern(TyKind::Var(n)));
            }
            head @ ("list" | "option" | "ref" | "view") => {
                let head = head.to_string();
                self.bump();
                self.expect("<")?;
                let inner = self.ty_within(depth)?;
                self.expect(">")?;
                let kind = match head.as_str() {
                    "list" => TyKind::List(inner),
                    "option" => TyKind::Option(inner),
                    "ref" => TyKind::Ref(inner),
                    _ => TyKind::View(inner),
                };
                if head == "option"
                    && matches!(self.module.types.kind(inner), TyKind::Option(_) | TyKind::Any)
                {
                    return Err(Fault::new(at, "an option of an option or of `any` is that type itself"));
                }
                return Ok(self.module.types.intern(kind));
            }
            "map" => {
                self.bump();
                self.expect("<")?;
                let key = self.ty_within(depth)?;
                self.expect(",")?;
                let value = self.ty_within(depth)?;
                self.expect(">")?;
                return Ok(self.module.types.map(key, value));
            }
            "fn" => {
                self.bump();
                let mut params = Vec::new();
                self.list("(", ")", |p| {
                    params.push(p.ty_within(depth)?);
                    Ok(())
                })?;
                self.expect("->")?;
                let result = self.ty_within(depth)?;
                return Ok(self.module.types.function(params, result));
            }
            _ => return Err(self.expected("a type")),
        };
        self.bump();
        Ok(ty)
    }

    /// `std`, `glue`, `adapter` or nothing.
    fn origin(&mut self) -> Origin {
        if self.eat("std") {
            Origin::Std
        } else if self.eat("glue") {
            Origin::Glue
        } else if self.eat("adapter") {
            Origin::Adapter
        } else {
            Origin::User
        }
    }

    /// `@12..15` or nothing.
    fn span(&mut self) -> Parsed<Span> {
        if !self.eat("@") {
            return Ok(Span::NONE);
        }
        let lo = self.number()?;
        self.expect("..")?;
        Ok(Span::new(lo, self.number()?))
    }

    /// The name of a function of the text.
    fn func_name(&mut self) -> Parsed<FuncId> {
        let at = self.here();
        let name = self.name()?;
        self.func_ids
            .get(&name)
            .copied()
            .ok_or_else(|| Fault::new(at, format!("there is no function named `{name}`")))
    }

    /// A plain or a quoted name.
    fn name(&mut self) -> Parsed<String> {
        let token = self.tokens[self.at];
        if !matches!(token.kind, Kind::Word | Kind::Str) {
            return Err(self.expected("a name"));
        }
        self.bump();
        self.name_of(token)
    }

    fn name_of(&self, token: Token) -> Parsed<String> {
        let text = &self.text[token.lo..token.hi];
        if token.kind == Kind::Str { lexer::unquote(text, token.lo) } else { Ok(text.to_string()) }
    }

    /// A string.
    fn string(&mut self) -> Parsed<String> {
        if self.tokens[self.at].kind == Kind::Str { self.name() } else { Err(self.expected("a string")) }
    }

    /// `word#N`.
    fn numbered(&mut self, word: &str) -> Parsed<u32> {
        self.expect(word)?;
        self.expect("#")?;
        self.number()
    }

    /// A number that fits 32 bits.
    fn number(&mut self) -> Parsed<u32> {
        self.literal("a number", |text| text.parse().ok())
    }

    /// A number token in the form that `read` takes.
    fn literal<T>(&mut self, what: &str, read: impl Fn(&str) -> Option<T>) -> Parsed<T> {
        let value = if self.tokens[self.at].kind == Kind::Number { read(self.peek_text()) } else { None };
        let value = value.ok_or_else(|| self.expected(what))?;
        self.bump();
        Ok(value)
    }

    /// Items separated by commas, between `open` and `close`.
    fn list(&mut self, open: &str, close: &str, mut item: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        self.expect(open)?;
        if self.eat(close) {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.eat(close) {
                return Ok(());
            }
            if !self.eat(",") {
                return Err(self.expected(&format!("`,` or `{close}`")));
            }
        }
    }

    fn at_end(&self) -> bool {
        self.tokens[self.at].kind == Kind::End
    }
    /// Where the next token starts.
    fn here(&self) -> usize {
        self.tokens[self.at].lo
    }
    /// Text of the next token, which is not consumed; empty at the end.
    fn peek_text(&self) -> &str {
        let token = self.tokens[self.at];
        &self.text[token.lo..token.hi]
    }
    /// Consumes the next token and returns its text.
    fn bump(&mut self) -> &str {
        let token = self.tokens[self.at];
        if token.kind != Kind::End {
            self.at += 1;
        }
        &self.text[token.lo..token.hi]
    }
    /// Consumes a punctuation mark or keyword if it is next. Strings are neither.
    fn eat(&mut self, text: &str) -> bool {
        let found = self.peek_text() == text && self.tokens[self.at].kind != Kind::End;
        if found {
            self.at += 1;
        }
        found
    }
    fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.eat(text) { Ok(()) } else { Err(self.expected(&format!("`{text}`"))) }
    }
    fn expected(&self, what: &str) -> Fault {
        let found = match self.peek_text() {
            "" => "the end".to_string(),
            text => format!("`{}`", text.chars().take(40).collect::<String>()),
        };
        Fault::new(self.here(), format!("expected {what}, found {found}"))
    }
    fn end_of_line(&self) -> Parsed<()> {
        if self.tokens[self.at].starts_line { Ok(()) } else { Err(self.expected("the end of the line")) }
    }
    /// Goes on in the line after the one that token `line` starts, or after the current token's if that is later.
    fn skip_line(&mut self, line: usize) {
        self.at = self.at.max(line);
        // A fault at the first token of a line is about the line before, unless nothing of that was read.
        if self.at == line && !self.at_end() {
            self.at += 1;
        }
        while !self.tokens[self.at].starts_line {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::print::print_module;

    const EVERYTHING: &str = r#"struct#0 Point { x: i64, y: i64 }
struct#1 { "a b": struct#0, next: option<list<union#0>> }
union#0 Shape { struct#0, struct#1 }
global#0 counter: i64
global#1 "1st": fn(i64, any) -> unit
entry main

declare std::list.sort<1>(list<$0>) -> list<$0>

func "half<i64>"(v0: i64) -> i64 shown "half" std @10..20 {
b0:
  v1: i64 = const.int -2
  v2: i64 = div v0, v1 @12..15
  return v2
}

func main() glue {
  inlined s1 "f" std @1..2
  inlined s2 "g" @3..4 in s1
b0:
  v7: f64 = const.float -1.5e-7
  v8: f64 = const.float -inf
  v9: f64 = const.float nan
  v10: f64 = const.float nan:0x7ff8000000000001
  v11: bool = const.bool true
  v12: str = const.str "a\n\"\\\u{1}\u{feff}é"
  v13: any = none
  v14: i64 = call @"half<i64>"(v7) @5..6 in s2
  v15: list<i64> = list.new v14, v14
  v16: list<i64> = call @std::list.sort<i64>(v15)
  v17: struct#0 = struct.new struct#0(v14, v14)
  v18: i64 = field.get .1 v17
  field.set .0 v17, v18
  global.set global#0 v18
  v19: i64 = global.get global#0
  v20: bool = any.is list<any> v13
  call.rt out_int(v18)
  call.rt out_newline()
  v21: fn(i64) -> i64 = closure.new @"half<i64>"()
  branch v11, b2(v18, v19), b4
b2(v22: i64, v23: i64):
  switch v22 { -1 => b4, 5 => b2(v22, v23), _ => b5 } in s1
b4:
  trap DivideByZero "division by zero"
b5:
  return
}

func capturing(v0: ref<i64>, v1: map<str, view<f64>>) captures 1 {
b0:
  return
}
"#;

    #[test]
    fn print_gives_back_what_was_parsed() {
        let module = parse_module(EVERYTHING).unwrap();
        pretty_eq(&print_module(&module), EVERYTHING);
    }

    #[test]
    fn a_head_without_names_leaves_the_parameters_to_the_entry_block() {
        let text = "func f(i64, str) {\nb0(v0: i64):\n  return\n}\n";
        pretty_eq(&print_module(&parse_module(text).unwrap()), text);
    }

    fn pretty_eq(found: &str, expected: &str) {
        assert!(found == expected, "found:\n{found}\nexpected:\n{expected}");
    }

    /// Each line of `expected` is an error.
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = match parse_module(text) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(found, expected, "for:\n{text}");
    }

    #[test]
    fn errors_say_where_and_reading_goes_on() {
        check(
            "func f() {\nb0:\n  v0: i64 = const.int x\n  v1: what = none\n  nop\n  return v0 v0\n}\n\nstuff\nentry g\n",
            &[
                "3:23: expected an int, found `x`",
                "4:7: expected a type, found `what`",
                "5:3: expected an operation, found `nop`",
                "6:13: expected the end of the line, found `v0`",
                "9:1: expected `struct`, `union`, `global`, `entry`, `func` or `declare`, found `stuff`",
                "10:7: there is no function named `g`",
            ],
        );
        check("func f() {\nb0:\n  return", &["3:9: expected `}`, found the end"]);
        check("func f() {\n}", &["2:2: `f` has no block"]);
        check("func f() {\n  return\n}", &["2:3: expected a block, found `return`", "3:2: `f` has no block"]);
        check("declare f()\ndeclare f()", &["2:9: a second function named `f`"]);
        check(
            "func f(v0: i64) {\nb0:\n  v0: i64 = const.int 1\nb0:\n}",
            &["3:3: v0 is defined twice", "4:1: b0 is here twice"],
        );
        check("func f() {\nb0:\n  jump b99999999\n}", &["3:8: the number is far beyond those in use"]);
        check("struct#1 A { }", &["1:1: structs are numbered in order, from 0"]);
        check(
            "global#0 a: \"i64\"\nglobal#1 b: i64 \"i64",
            &[
                "1:13: expected a type, found `\"i64\"`",
                "2:17: this string does not end in its line",
                "2:17: expected the end of the line, found `\"i64`",
            ],
        );
        check("global#0 a: option<any>", &["1:13: an option of an option or of `any` is that type itself"]);
    }

    #[test]
    fn deep_types_are_an_error() {
        let text = format!("global#0 a: {}i64{}", "list<".repeat(100_000), ">".repeat(100_000));
        check(&text, &["1:2513: types are nested too deeply"]);
    }
}
