//! The text form of the IR; `docs/ir/grammar.md` is its grammar, [`parse`](crate::parse) reads it.
//!
//! Values and blocks keep their numbers, so dumps before and after a pass can be compared line by line. Everything that
//! a module means is in the text; what is not: string constants and types that nothing mentions, table entries of
//! removed instructions and blocks. Printing never fails: what is broken prints as a text that does not parse, or that
//! the verifier rejects.

use std::fmt::Write;

use mochi_base::Span;
use rustc_hash::FxHashMap;

use crate::func::{Block, Func, Inst, InstData, Origin, Scope, Target, Value};
use crate::module::{FuncId, Module};
use crate::op::Imm;
use crate::parse::is_word;
use crate::ty::{Ty, TyKind, Types};

/// A module as text.
pub fn print_module(module: &Module) -> String {
    let mut p = Printer::new(module, None);
    p.header();
    for func in module.funcs.values() {
        if !p.out.is_empty() {
            p.out.push('\n');
        }
        p.func(func);
    }
    p.out
}

/// A function as text.
pub fn print_func(module: &Module, func: &Func) -> String {
    let mut p = Printer::new(module, None);
    p.func(func);
    p.out
}

/// A function as text with remarks, as comments below the lines that they are about.
pub fn print_func_with_notes(module: &Module, func: &Func, notes: &Notes) -> String {
    let mut p = Printer::new(module, Some(notes));
    p.func(func);
    p.out
}

/// A type as text.
pub fn print_ty(types: &Types, ty: Ty) -> String {
    let mut out = String::new();
    write_ty(&mut out, types, ty, u32::MAX);
    out
}

/// What a remark is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// The function as a whole.
    Func,
    /// A block as a whole.
    Block(Block),
    /// An instruction.
    Inst(Inst),
}

/// Remarks on a function.
#[derive(Clone, Default, Debug)]
pub struct Notes {
    /// By place, the text and the value of that line that is to be marked.
    notes: FxHashMap<Place, Vec<(String, Option<Value>)>>,
}

impl Notes {
    /// Adds a remark; `value` is the offending one of the line.
    pub fn add(&mut self, place: Place, text: impl Into<String>, value: Option<Value>) {
        self.notes.entry(place).or_default().push((text.into(), value));
    }
}

struct Printer<'a> {
    module: &'a Module,
    notes: Option<&'a Notes>,
    out: String,
}

impl<'a> Printer<'a> {
    fn new(module: &'a Module, notes: Option<&'a Notes>) -> Self {
        Self { module, notes, out: String::new() }
    }

    /// Structs, unions, globals and the entry.
    fn header(&mut self) {
        let module = self.module;
        for (id, def) in module.types.structs.iter() {
            let _ = write!(self.out, "struct#{} ", id.0);
            if !def.name.is_empty() {
                self.name(&def.name);
                self.out.push(' ');
            }
            self.braces(def.fields.iter(), |p, (name, ty)| {
                p.name(name);
                p.out.push_str(": ");
                p.ty(*ty);
            });
        }
        for (id, def) in module.types.unions.iter() {
            let _ = write!(self.out, "union#{} ", id.0);
            self.name(&def.name);
            self.out.push(' ');
            self.braces(def.variants.iter(), |p, id| {
                let _ = write!(p.out, "struct#{}", id.0);
            });
        }
        for (id, global) in module.globals.iter() {
            let _ = write!(self.out, "global#{} ", id.0);
            self.name(&global.name);
            self.out.push_str(": ");
            self.ty(global.ty);
            self.out.push('\n');
        }
        if let Some(entry) = module.entry {
            self.out.push_str("entry ");
            self.func_name(entry);
            self.out.push('\n');
        }
    }

    fn func(&mut self, func: &Func) {
        self.out.push_str(if func.is_declaration() { "declare " } else { "func " });
        self.name(&func.name);
        if func.type_params > 0 {
            let _ = write!(self.out, "<{}>", func.type_params);
        }
        // Parameters are named in the head when the entry block has the same ones, as it should.
        let entry = func.blocks.values().next().map_or(&[][..], |b| &b.params);
        let agree = entry.len() == func.params.len()
            && entry.iter().zip(&func.params).all(|(&v, &ty)| func.values.get(v).is_some_and(|v| v.ty == ty));
        let named = !func.is_declaration() && agree;
        self.list("(", func.params.iter().enumerate(), ")", |p, (i, &ty)| {
            if named {
                p.value(entry[i]);
                p.out.push_str(": ");
            }
            p.ty(ty);
        });
        if func.result != Types::UNIT {
            self.out.push_str(" -> ");
            self.ty(func.result);
        }
        if func.captures > 0 {
            let _ = write!(self.out, " captures {}", func.captures);
        }
        if let Some(uniform) = func.uniform {
            self.out.push_str(" uniform ");
            self.func_name(uniform);
        }
        if func.shown != func.name {
            self.out.push_str(" shown ");
            self.string(&func.shown);
        }
        self.origin(func.origin);
        self.span(func.span);
        if func.is_declaration() {
            self.end_line(Place::Func);
            return;
        }
        self.out.push_str(" {");
        self.end_line(Place::Func);
        for (i, data) in func.inlined.iter().enumerate() {
            let _ = write!(self.out, "  inlined s{} ", i + 1);
            self.string(&data.shown);
            self.origin(data.origin);
            self.span(data.call_span);
            self.scope(data.parent);
            self.out.push('\n');
        }
        for (id, block) in func.blocks.iter() {
            let is_entry = id == Func::ENTRY;
            // Nothing is left of a removed block; the entry is always shown, it is never removed.
            if block.insts.is_empty() && block.params.is_empty() && !is_entry {
                continue;
            }
            let _ = write!(self.out, "b{}", id.0);
            let in_head = named && is_entry;
            if !block.params.is_empty() && !in_head {
                self.list("(", block.params.iter(), ")", |p, &param| {
                    p.value(param);
                    p.out.push_str(": ");
                    p.value_ty(func, param);
                });
            }
            self.out.push(':');
            self.end_line(Place::Block(id));
            for &inst in &block.insts {
                self.out.push_str("  ");
                match func.insts.get(inst) {
                    Some(data) => self.inst(func, data),
                    None => self.out.push('?'),
                }
                self.end_line(Place::Inst(inst));
            }
        }
        self.out.push_str("}\n");
    }

    fn inst(&mut self, func: &Func, data: &InstData) {
        if let Some(result) = data.result {
            self.value(result);
            self.out.push_str(": ");
            self.value_ty(func, result);
            self.out.push_str(" = ");
        }
        self.out.push_str(data.op.mnemonic());
        if self.imm(&data.imm) {
            self.list("(", data.args.iter(), ")", |p, &v| p.value(v));
        } else if !data.args.is_empty() {
            self.list(" ", data.args.iter(), "", |p, &v| p.value(v));
        }
        if let Imm::Cases(cases) = &data.imm {
            self.list(" { ", data.targets.iter().enumerate(), " }", |p, (i, target)| {
                let _ = match cases.get(i) {
                    Some(case) => write!(p.out, "{case} => "),
                    None => write!(p.out, "_ => "),
                };
                p.target(target);
            });
        } else if !data.targets.is_empty() {
            self.list(if data.args.is_empty() { " " } else { ", " }, data.targets.iter(), "", Self::target);
        }
        self.span(data.span);
        self.scope(data.scope);
    }

    /// An immediate after a space, unless it prints elsewhere; returns whether operands follow in parentheses.
    fn imm(&mut self, imm: &Imm) -> bool {
        if !matches!(imm, Imm::None | Imm::Cases(_)) {
            self.out.push(' ');
        }
        let _ = match imm {
            Imm::None | Imm::Cases(_) => Ok(()),
            Imm::Int(n) => write!(self.out, "{n}"),
            Imm::Float(x) => write_float(&mut self.out, *x),
            Imm::Bool(b) => write!(self.out, "{b}"),
            Imm::Str(id) => {
                match self.module.strs().get(*id) {
                    Some(text) => self.string(text),
                    None => self.out.push('?'),
                }
                Ok(())
            }
            Imm::Func(id, types) => {
                self.out.push('@');
                self.func_name(*id);
                if !types.is_empty() {
                    self.list("<", types.iter(), ">", |p, &ty| p.ty(ty));
                }
                return true;
            }
            Imm::Runtime(f) => {
                self.out.push_str(f.name());
                return true;
            }
            Imm::Struct(id) => {
                let _ = write!(self.out, "struct#{}", id.0);
                return true;
            }
            Imm::Field(n) => write!(self.out, ".{n}"),
            Imm::Global(id) => write!(self.out, "global#{}", id.0),
            Imm::Ty(ty) => {
                self.ty(*ty);
                Ok(())
            }
            Imm::Trap(kind, message) => {
                let _ = write!(self.out, "{} ", kind.name());
                match self.module.strs().get(*message) {
                    Some(text) => self.string(text),
                    None => self.out.push('?'),
                }
                Ok(())
            }
        };
        false
    }

    fn target(&mut self, target: &Target) {
        let _ = write!(self.out, "b{}", target.block.0);
        if !target.args.is_empty() {
            self.list("(", target.args.iter(), ")", |p, &v| p.value(v));
        }
    }

    fn value(&mut self, value: Value) {
        let _ = write!(self.out, "v{}", value.0);
    }
    fn value_ty(&mut self, func: &Func, value: Value) {
        match func.values.get(value) {
            Some(data) => self.ty(data.ty),
            None => self.out.push('?'),
        }
    }
    fn ty(&mut self, ty: Ty) {
        write_ty(&mut self.out, &self.module.types, ty, MAX_TY_DEPTH);
    }
    fn origin(&mut self, origin: Origin) {
        self.out.push_str(match origin {
            Origin::User => "",
            Origin::Std => " std",
            Origin::Glue => " glue",
            Origin::Adapter => " adapter",
        });
    }
    fn span(&mut self, span: Span) {
        if !span.is_none() {
            let _ = write!(self.out, " @{}..{}", span.lo, span.hi);
        }
    }
    fn scope(&mut self, scope: Scope) {
        if scope != Scope::BODY {
            let _ = write!(self.out, " in s{}", scope.0);
        }
    }
    fn func_name(&mut self, id: FuncId) {
        match self.module.funcs.get(id) {
            Some(func) => self.name(&func.name),
            None => {
                let _ = write!(self.out, "?{}", id.0);
            }
        }
    }
    fn name(&mut self, name: &str) {
        if is_word(name) { self.out.push_str(name) } else { self.string(name) }
    }
    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            let _ = match c {
                '"' => write!(self.out, "\\\""),
                '\\' => write!(self.out, "\\\\"),
                '\n' => write!(self.out, "\\n"),
                '\t' => write!(self.out, "\\t"),
                // Line separators and formatting characters would tear or hide parts of a line.
                c if c.is_control()
                    || matches!(c, '\u{200b}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}') =>
                {
                    write!(self.out, "\\u{{{:x}}}", u32::from(c))
                }
                c => write!(self.out, "{c}"),
            };
        }
        self.out.push('"');
    }

    /// Items separated by commas, between `open` and `close`.
    fn list<T>(
        &mut self,
        open: &str,
        items: impl Iterator<Item = T>,
        close: &str,
        mut item: impl FnMut(&mut Self, T),
    ) {
        self.out.push_str(open);
        for (i, x) in items.enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            item(self, x);
        }
        self.out.push_str(close);
    }

    /// Items in braces, to the end of the line.
    fn braces<T>(&mut self, items: impl ExactSizeIterator<Item = T>, item: impl FnMut(&mut Self, T)) {
        let open = if items.len() == 0 { "{" } else { "{ " };
        self.list(open, items, " }\n", item);
    }

    /// Ends the line and adds its remarks.
    fn end_line(&mut self, place: Place) {
        let start = self.out.rfind('\n').map_or(0, |i| i + 1);
        self.out.push('\n');
        for (text, value) in self.notes.and_then(|n| n.notes.get(&place)).into_iter().flatten() {
            let line = &self.out[start..];
            let mark = value.and_then(|v| find_word(line, &format!("v{}", v.0)));
            let mark = match mark {
                Some((at, len)) => format!("; {:1$}{2}", "", at.saturating_sub(2), "^".repeat(len)),
                None => "; ^".to_string(),
            };
            let _ = writeln!(self.out, "{mark} {text}");
        }
    }
}

/// Where a word is in the last of a line's places that use it: column and length in bytes. Definitions come first in a
/// line and uses last, and it is mostly a use that is wrong.
fn find_word(line: &str, word: &str) -> Option<(usize, usize)> {
    let line = line.lines().next()?;
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let found = line
        .match_indices(word)
        .filter(|&(at, _)| !line[..at].ends_with(part) && !line[at + word.len()..].starts_with(part));
    found.last().map(|(at, _)| (at, word.len()))
}

fn write_float(out: &mut String, x: f64) -> std::fmt::Result {
    if x.is_nan() && x.to_bits() != f64::NAN.to_bits() {
        write!(out, "nan:{:#x}", x.to_bits())
    } else if x.is_nan() {
        write!(out, "nan")
    } else {
        write!(out, "{x:?}")
    }
}

/// Types that are nested more deeply are cut: in a list literal of many levels every level has another type, and their
/// texts would take quadratic space. Such a text does not parse.
const MAX_TY_DEPTH: u32 = 1000;

fn write_ty(out: &mut String, types: &Types, ty: Ty, depth: u32) {
    if !types.contains(ty) {
        let _ = write!(out, "?{}", ty.0);
        return;
    }
    if depth == 0 {
        out.push_str("...");
        return;
    }
    let mut part = |open: &str, parts: &[Ty], close: &str| {
        out.push_str(open);
        for (i, &p) in parts.iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            write_ty(out, types, p, depth - 1);
        }
        out.push_str(close);
    };
    match types.kind(ty) {
        TyKind::I64 => part("i64", &[], ""),
        TyKind::F64 => part("f64", &[], ""),
        TyKind::Bool => part("bool", &[], ""),
        TyKind::Unit => part("unit", &[], ""),
        TyKind::Str => part("str", &[], ""),
        TyKind::Bigint => part("bigint", &[], ""),
        TyKind::Bigrat => part("bigrat", &[], ""),
        TyKind::Any => part("any", &[], ""),
        TyKind::List(t) => part("list<", &[*t], ">"),
        TyKind::Map(k, v) => part("map<", &[*k, *v], ">"),
        TyKind::Option(t) => part("option<", &[*t], ">"),
        TyKind::Ref(t) => part("ref<", &[*t], ">"),
        TyKind::View(t) => part("view<", &[*t], ">"),
        TyKind::Fn(params, result) => {
            part("fn(", params, ") -> ");
            part("", &[*result], "");
        }
        TyKind::Struct(id) => part(&format!("struct#{}", id.0), &[], ""),
        TyKind::Union(id) => part(&format!("union#{}", id.0), &[], ""),
        TyKind::Var(n) => part(&format!("${n}"), &[], ""),
    }
}
