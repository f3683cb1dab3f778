//! Data from outside as values of a type.
//!
//! The library checks and converts, since its errors say where in the data something is wrong: it gets a description of
//! the type (std/shape.mochi) and makes values that have the type, but for structs, which are lists of their fields in
//! order. What is left is to take these apart.

use mochi_ir::{Imm, Op, Ty, TyKind, Types, Value};
use rustc_hash::FxHashMap;
use std::fmt::Write as _;

use crate::Cx;
use crate::glue::Key;
use mochi_abi::RuntimeFn;

/// Numbers of kinds in descriptions; those of values are [`RuntimeFn::any_kind`]'s.
const ANY: u8 = 0;
const BOOL: u8 = 1;
const INT: u8 = 2;
const BIGINT: u8 = 3;
const BIGRAT: u8 = 10;
const FLOAT: u8 = 4;
const STRING: u8 = 5;
const LIST: u8 = 6;
const MAP: u8 = 7;
const STRUCT: u8 = 8;
const OPTION: u8 = 9;
const OTHER: u8 = 11;

impl Cx<'_, '_> {
    /// `load`: takes the rows of a source one by one.
    pub fn load(&mut self, args: &[Value], list: Ty) -> Value {
        let TyKind::List(row) = self.kind(list) else { unreachable!("load makes a list") };
        let shapes = self.description(row);
        let source = self.std_value("load_open", &[], &[args[0], args[1], shapes]);
        let empty = self.op(Op::ListNew, &[], list);
        let (header, inside, exit) = (self.new_block(), self.new_block(), self.new_block());
        self.b().jump(header, &[empty]);
        let rows = self.func.add_param(header, list);
        self.switch_to(header);
        let more = self.std_value("load_more", &[], &[source]);
        self.b().branch(more, inside, &[], exit, &[]);
        self.switch_to(inside);
        let found = self.std_value("load_take", &[], &[source]);
        let found = self.shaped(found, row);
        let longer = self.op(Op::ListPush, &[rows, found], list);
        self.b().jump(header, &[longer]);
        self.switch_to(exit);
        rows
    }

    /// `fetch`.
    pub fn fetch(&mut self, args: &[Value], ty: Ty) -> Value {
        let value = self.std_value("fetch_value", &[], args);
        if ty == Types::ANY {
            return value;
        }
        let shapes = self.description(ty);
        let value = self.std_value("shape_value", &[], &[value, shapes, args[0]]);
        self.shaped(value, ty)
    }

    /// `generate`.
    pub fn generate(&mut self, args: &[Value], ty: Ty) -> Value {
        let shapes = self.description(ty);
        let value = self.std_value("generate_value", &[], &[args[0], args[1], args[2], shapes]);
        self.shaped(value, ty)
    }

    /// The value of a type in what the library made of it.
    pub fn shaped(&mut self, any: Value, ty: Ty) -> Value {
        match self.kind(ty) {
            TyKind::Any => any,
            TyKind::I64 | TyKind::F64 | TyKind::Bool | TyKind::Str => self.op(Op::AnyUnbox, &[any], ty),
            TyKind::Bigint | TyKind::Bigrat | TyKind::Var(_) => self.op(Op::AnyAs, &[any], ty),
            TyKind::List(_) | TyKind::Map(..) | TyKind::Struct(_) | TyKind::Option(_) => {
                self.call_glue(Key::Shaped(ty), &[any], ty)
            }
            _ => self.coerce(any, ty),
        }
    }

    pub fn shaped_body(&mut self, any: Value, ty: Ty) {
        match self.kind(ty) {
            TyKind::Struct(id) => {
                let fields = self.lowering.module.types.structs[id].fields.clone();
                let mut values = Vec::with_capacity(fields.len());
                for (i, (_, field)) in fields.into_iter().enumerate() {
                    let at = self.b().int(i as i64);
                    let value = self.rt(RuntimeFn::any_item, &[any, at]);
                    values.push(self.shaped(value, field));
                }
                let value = self.b().value(Op::StructNew, &values, Imm::Struct(id), ty);
                self.b().ret(Some(value));
            }
            TyKind::Option(inner) => {
                let absent = self.op(Op::IsNone, &[any], Types::BOOL);
                self.return_if(absent, |cx| cx.zero(ty));
                let value = self.shaped(any, inner);
                let value = self.op(Op::Some, &[value], ty);
                self.b().ret(Some(value));
            }
            _ => self.convert_collection(any, ty, Self::shaped),
        }
    }

    /// The description of a type, as std/shape.mochi says.
    fn description(&mut self, root: Ty) -> Value {
        let mut parts = Parts::default();
        parts.number(root);
        let mut text = String::new();
        let mut next = 0;
        while let Some(&ty) = parts.types.get(next) {
            if next > 0 {
                text.push('\n');
            }
            self.describe(ty, &mut parts, &mut text);
            next += 1;
        }
        self.str(&text)
    }

    fn describe(&self, ty: Ty, parts: &mut Parts, text: &mut String) {
        let kind = match self.kind(ty) {
            TyKind::Any => ANY,
            TyKind::Bool => BOOL,
            TyKind::I64 => INT,
            TyKind::Bigint => BIGINT,
            TyKind::Bigrat => BIGRAT,
            TyKind::F64 => FLOAT,
            TyKind::Str => STRING,
            TyKind::List(_) => LIST,
            TyKind::Map(..) => MAP,
            TyKind::Struct(_) => STRUCT,
            TyKind::Option(_) => OPTION,
            _ => OTHER,
        };
        let _ = write!(text, "{kind}\t{}", self.type_name(ty));
        match self.kind(ty) {
            TyKind::List(part) | TyKind::Option(part) => {
                let _ = write!(text, "\t{}", parts.number(part));
            }
            TyKind::Map(key, value) => {
                let _ = write!(text, "\t{}\t{}", parts.number(key), parts.number(value));
            }
            TyKind::Struct(id) => {
                for (name, field) in &self.lowering.module.types.structs[id].fields {
                    let _ = write!(text, "\t{name}\t{}", parts.number(*field));
                }
            }
            _ => {}
        }
    }
}

/// The parts of a type in the order of their numbers.
#[derive(Default)]
struct Parts {
    types: Vec<Ty>,
    numbers: FxHashMap<Ty, usize>,
}

impl Parts {
    fn number(&mut self, ty: Ty) -> usize {
        *self.numbers.entry(ty).or_insert_with(|| {
            self.types.push(ty);
            self.types.len() - 1
        })
    }
}
