//! Modules to bytes.

use mochi_base::Span;
use rustc_hash::FxHashMap;

use super::bytes::Writer;
use super::{DIGEST, HEADER, MAGIC, MANY, SECTIONS, Section, flag};
use crate::analysis::Order;
use crate::func::{Block, Func, Inst, Origin, Target, Value};
use crate::module::Module;
use crate::op::Imm;
use crate::ty::{Ty, TyKind, Types};

/// The binary form of a module.
pub fn encode(module: &Module) -> Vec<u8> {
    let mut e = Encoder { module, out: Writer::default(), strings: FxHashMap::default(), texts: Vec::new() };
    e.out.bytes.extend(MAGIC);
    e.out.bytes.extend(DIGEST.to_le_bytes());
    e.out.bytes.resize(HEADER, 0);
    e.out.set_word(20, module.entry.map_or(0, |f| f.0 as usize + 1));
    e.section(Section::Types, Encoder::types);
    e.section(Section::Structs, Encoder::structs);
    e.section(Section::Unions, Encoder::unions);
    e.section(Section::Globals, Encoder::globals);
    e.section(Section::Funcs, Encoder::funcs);
    // Only now are all strings known.
    e.section(Section::Strings, Encoder::strings);
    let len = e.out.bytes.len();
    e.out.set_word(16, len);
    e.out.bytes
}

const _: () = assert!(HEADER == 24 + 4 * SECTIONS);

struct Encoder<'a> {
    module: &'a Module,
    out: Writer,
    strings: FxHashMap<&'a str, usize>,
    texts: Vec<&'a str>,
}

/// New numbers of the values and blocks of a function.
struct Numbers {
    values: Vec<u32>,
    blocks: Vec<u32>,
    /// Blocks that are reached.
    kept: Vec<Block>,
}

impl Numbers {
    fn new(func: &Func) -> Self {
        let tree = Order::compute(func);
        let mut n = Numbers {
            values: vec![0; func.values.len()],
            blocks: vec![0; func.blocks.len()],
            kept: Vec::new(),
        };
        let mut next = 0;
        let mut define = |value: Value| {
            n.values[value.0 as usize] = next;
            next += 1;
        };
        for (block, data) in func.blocks.iter() {
            if !tree.reached(block) {
                continue;
            }
            n.blocks[block.0 as usize] = n.kept.len() as u32;
            n.kept.push(block);
            data.params.iter().for_each(|&param| define(param));
            data.insts.iter().filter_map(|&inst| func.insts[inst].result).for_each(&mut define);
        }
        n
    }
}

impl<'a> Encoder<'a> {
    fn section(&mut self, section: Section, write: impl FnOnce(&mut Self)) {
        let here = self.out.bytes.len();
        self.out.set_word(24 + 4 * section as usize, here);
        write(self);
    }

    fn str(&mut self, text: &'a str) {
        let id = *self.strings.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() - 1
        });
        self.out.index(id);
    }
    fn ty(&mut self, ty: Ty) {
        self.out.index(ty.0 as usize);
    }
    fn span(&mut self, span: Span) {
        self.out.signed(i64::from(span.lo));
        self.out.signed(i64::from(span.hi) - i64::from(span.lo));
    }

    fn strings(&mut self) {
        self.out.word(self.texts.len());
        let mut end = 0;
        for text in &self.texts {
            end += text.len();
            self.out.word(end);
        }
        for text in &self.texts {
            self.out.bytes.extend(text.as_bytes());
        }
    }

    fn types(&mut self) {
        let types = &self.module.types;
        let fixed = Types::new().len();
        self.out.index(types.len());
        for ty in types.ids().skip(fixed) {
            match types.kind(ty) {
                TyKind::List(t) => self.ty_of(0, &[*t]),
                TyKind::Map(k, v) => self.ty_of(1, &[*k, *v]),
                TyKind::Option(t) => self.ty_of(2, &[*t]),
                TyKind::Ref(t) => self.ty_of(3, &[*t]),
                TyKind::View(t) => self.ty_of(4, &[*t]),
                TyKind::Struct(id) => self.ty_of(5, &[Ty(id.0)]),
                TyKind::Union(id) => self.ty_of(6, &[Ty(id.0)]),
                TyKind::Var(n) => self.ty_of(7, &[Ty(*n)]),
                TyKind::Fn(params, result) => {
                    self.ty_of(8, &[Ty(params.len() as u32), *result]);
                    params.iter().for_each(|&p| self.ty(p));
                }
                TyKind::I64
                | TyKind::F64
                | TyKind::Bool
                | TyKind::Unit
                | TyKind::Str
                | TyKind::Bigint
                | TyKind::Bigrat
                | TyKind::Any => unreachable!("types without parts are the first of every table"),
            }
        }
    }
    fn ty_of(&mut self, kind: u8, parts: &[Ty]) {
        self.out.byte(kind);
        parts.iter().for_each(|&p| self.ty(p));
    }

    fn structs(&mut self) {
        let structs = &self.module.types.structs;
        self.out.index(structs.len());
        for def in structs.values() {
            self.str(&def.name);
            self.out.index(def.fields.len());
            for (name, ty) in &def.fields {
                self.str(name);
                self.ty(*ty);
            }
            match def.variant_of {
                Some((union, position)) => {
                    self.out.index(union.0 as usize + 1);
                    self.out.index(position as usize);
                }
                None => self.out.index(0),
            }
        }
    }

    fn unions(&mut self) {
        let unions = &self.module.types.unions;
        self.out.index(unions.len());
        for def in unions.values() {
            self.str(&def.name);
            self.out.index(def.variants.len());
            def.variants.iter().for_each(|id| self.out.index(id.0 as usize));
        }
    }

    fn globals(&mut self) {
        let module = self.module;
        self.out.index(module.globals.len());
        for global in module.globals.values() {
            self.str(&global.name);
            self.ty(global.ty);
        }
    }

    fn funcs(&mut self) {
        let funcs = &self.module.funcs;
        self.out.word(funcs.len());
        let offsets = self.out.bytes.len();
        self.out.bytes.resize(offsets + 4 * funcs.len(), 0);
        let mut by_name: Vec<usize> = (0..funcs.len()).collect();
        by_name.sort_by_key(|&i| &funcs.as_slice()[i].name);
        by_name.iter().for_each(|&i| self.out.word(i));
        for (i, func) in funcs.values().enumerate() {
            let here = self.out.bytes.len();
            self.out.set_word(offsets + 4 * i, here);
            self.func(func);
        }
    }

    fn func(&mut self, func: &'a Func) {
        self.str(&func.name);
        self.str(&func.shown);
        self.out.byte(origin(func.origin));
        self.out.index(func.type_params as usize);
        self.out.index(func.captures as usize);
        self.out.index(func.uniform.map_or(0, |id| id.0 as usize + 1));
        self.ty(func.result);
        self.out.index(func.params.len());
        func.params.iter().for_each(|&ty| self.ty(ty));
        self.span(func.span);
        // A declaration ends here, as a function without blocks.
        let numbers = Numbers::new(func);
        let kept = if func.is_declaration() { 0 } else { numbers.kept.len() };
        self.out.index(kept);
        if kept == 0 {
            return;
        }
        self.out.index(func.inlined.len());
        for scope in &func.inlined {
            self.str(&scope.shown);
            self.out.byte(origin(scope.origin));
            self.span(scope.call_span);
            self.out.index(scope.parent.0 as usize);
        }
        let (mut defined, mut last) = (0, 0);
        for &block in &numbers.kept {
            let data = &func.blocks[block];
            self.out.index(data.params.len());
            data.params.iter().for_each(|&param| self.ty(func.ty(param)));
            defined += data.params.len() as u32;
            self.out.index(data.insts.len());
            for &inst in &data.insts {
                self.inst(func, inst, &numbers, defined, &mut last);
                defined += u32::from(func.insts[inst].result.is_some());
            }
        }
    }

    /// An instruction before which `defined` values were defined, and the last span started at `last`.
    fn inst(&mut self, func: &'a Func, inst: Inst, numbers: &Numbers, defined: u32, last: &mut u32) {
        let data = &func.insts[inst];
        self.out.byte(data.op as u8);
        let set = |flag, on| if on { flag } else { 0 };
        let flags = set(flag::RESULT, data.result.is_some())
            | set(flag::SPAN, !data.span.is_none())
            | set(flag::SCOPE, data.scope.0 != 0)
            | set(flag::TARGETS, !data.targets.is_empty());
        self.out.byte(flags | data.args.len().min(MANY) as u8);
        if data.args.len() >= MANY {
            self.out.index(data.args.len());
        }
        // Most operands were defined just before.
        let value = |e: &mut Self, v: Value| {
            e.out.signed(i64::from(defined) - i64::from(numbers.values[v.0 as usize]));
        };
        data.args.iter().for_each(|&v| value(self, v));
        if let Some(result) = data.result {
            self.ty(func.ty(result));
        }
        self.imm(&data.imm);
        if !data.targets.is_empty() {
            self.out.index(data.targets.len());
            for Target { block, args } in &data.targets {
                self.out.index(numbers.blocks[block.0 as usize] as usize);
                self.out.index(args.len());
                args.iter().for_each(|&v| value(self, v));
            }
        }
        if !data.span.is_none() {
            self.out.signed(i64::from(data.span.lo) - i64::from(*last));
            self.out.signed(i64::from(data.span.hi) - i64::from(data.span.lo));
            *last = data.span.lo;
        }
        if data.scope.0 != 0 {
            self.out.index(data.scope.0 as usize);
        }
    }

    fn imm(&mut self, imm: &Imm) {
        match imm {
            Imm::None => {}
            Imm::Int(n) => self.out.signed(*n),
            Imm::Float(x) => self.out.bytes.extend(x.to_bits().to_le_bytes()),
            Imm::Bool(b) => self.out.byte(u8::from(*b)),
            Imm::Str(id) => self.str(self.module.str(*id)),
            Imm::Func(id, types) => {
                self.out.index(id.0 as usize);
                self.out.index(types.len());
                types.iter().for_each(|&ty| self.ty(ty));
            }
            Imm::Runtime(f) => self.out.index(*f as usize),
            Imm::Field(n) => self.out.index(*n as usize),
            Imm::Global(id) => self.out.index(id.0 as usize),
            Imm::Struct(id) => self.out.index(id.0 as usize),
            Imm::Ty(ty) => self.ty(*ty),
            Imm::Trap(kind, message) => {
                self.out.byte(*kind as u8);
                self.str(self.module.str(*message));
            }
            Imm::Cases(cases) => {
                self.out.index(cases.len());
                cases.iter().for_each(|&case| self.out.signed(case));
            }
        }
    }
}

fn origin(origin: Origin) -> u8 {
    match origin {
        Origin::User => 0,
        Origin::Std => 1,
        Origin::Glue => 2,
        Origin::Adapter => 3,
    }
}
