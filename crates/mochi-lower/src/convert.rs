//! Conversions between types.
//!
//! [`Cx::coerce`] is the implicit one: widening, boxing, unboxing (none becomes the zero value), adapting functions.
//! [`Cx::cast`] is `as` (4.13). What takes more than a few instructions is a function of its own, made once per pair of
//! types ([`crate::glue`]).

use mochi_abi::RuntimeFn;
use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::BinaryOp;

use crate::Cx;
use crate::glue::Key;

impl Cx<'_, '_> {
    pub fn kind(&self, ty: Ty) -> TyKind {
        self.lowering.module.types.kind(ty).clone()
    }

    /// The zero value of a type (4.2).
    pub fn zero(&mut self, ty: Ty) -> Value {
        match self.kind(ty) {
            TyKind::I64 => self.b().int(0),
            TyKind::F64 => self.b().float(0.0),
            TyKind::Bool => self.b().bool(false),
            TyKind::Str => self.str(""),
            TyKind::List(_) => self.op(Op::ListNew, &[], ty),
            TyKind::Map(..) => self.op(Op::MapNew, &[], ty),
            TyKind::Unit | TyKind::Any => self.b().none(Types::ANY),
            TyKind::Option(_) | TyKind::Struct(_) | TyKind::Union(_) | TyKind::Fn(..) => self.b().none(ty),
            TyKind::Ref(inner) => {
                let zero = self.zero(inner);
                self.op(Op::RefNew, &[zero], ty)
            }
            TyKind::Bigint | TyKind::Bigrat => {
                let zero = self.b().int(0);
                self.coerce(zero, ty)
            }
            TyKind::View(_) | TyKind::Var(_) => {
                let none = self.b().none(Types::ANY);
                self.op(Op::AnyAs, &[none], ty)
            }
        }
    }

    /// Converts a value implicitly.
    pub fn coerce(&mut self, value: Value, to: Ty) -> Value {
        let from = self.func.ty(value);
        if from == to {
            return value;
        }
        if to == Types::ANY {
            return self.op(Op::AnyBox, &[value], Types::ANY);
        }
        if let Some(value) = self.coerce_number(value, to) {
            return value;
        }
        match (self.kind(from), self.kind(to)) {
            (TyKind::I64, TyKind::F64) => self.op(Op::IntToFloat, &[value], to),
            (TyKind::Any | TyKind::Option(_), TyKind::Option(inner)) => {
                self.convert_present(value, to, |cx, value| {
                    let present = cx.unwrap(value, inner);
                    cx.op(Op::Some, &[present], to)
                })
            }
            (_, TyKind::Option(inner)) => {
                let value = self.coerce(value, inner);
                let value = self.op(Op::Some, &[value], to);
                debug_assert_eq!(self.func.ty(value), to);
                value
            }
            (TyKind::Option(inner), _) => match self.kind(inner) {
                TyKind::List(_) | TyKind::Map(..) | TyKind::Bigrat | TyKind::Var(_) => {
                    let value = self.convert_present(value, inner, |cx, value| cx.unwrap(value, inner));
                    self.coerce(value, to)
                }
                _ => {
                    let zero = self.zero(inner);
                    let value = self.op(Op::GetOr, &[value, zero], inner);
                    self.coerce(value, to)
                }
            },
            (TyKind::Any, TyKind::I64 | TyKind::F64 | TyKind::Bool | TyKind::Str) => {
                self.op(Op::AnyUnbox, &[value], to)
            }
            (TyKind::Any, _) => self.call_glue(Key::Unbox(to), &[value], to),
            (TyKind::Struct(_), TyKind::Union(_)) => self.op(Op::Retype, &[value], to),
            (TyKind::List(_), TyKind::List(elem)) if self.lowering.module.types.dynamic_elem(elem) => {
                self.op(Op::Retype, &[value], to)
            }
            (TyKind::Map(k, _), TyKind::Map(key, elem))
                if (k == key || self.lowering.module.types.dynamic_elem(key))
                    && self.lowering.module.types.dynamic_elem(elem) =>
            {
                self.op(Op::Retype, &[value], to)
            }
            (TyKind::Fn(..), TyKind::Fn(..)) => self.adapt(value, to),
            _ => {
                let boxed = self.op(Op::AnyBox, &[value], Types::ANY);
                self.coerce(boxed, to)
            }
        }
    }

    /// A function value as one of another function type; none stays none.
    fn adapt(&mut self, value: Value, to: Ty) -> Value {
        let from = self.func.ty(value);
        if from == to {
            return value;
        }
        self.convert_present(value, to, |cx, value| cx.adapter(value, to))
    }

    /// The value of an option or `any` that is not none.
    fn unwrap(&mut self, value: Value, to: Ty) -> Value {
        let from = self.func.ty(value);
        let any = if from == Types::ANY { value } else { self.op(Op::AnyBox, &[value], Types::ANY) };
        match self.kind(from) {
            TyKind::Option(inner) if inner == to => match self.kind(inner) {
                TyKind::I64 | TyKind::F64 | TyKind::Bool | TyKind::Str => self.op(Op::AnyUnbox, &[any], to),
                _ => self.op(Op::AnyAs, &[any], to),
            },
            TyKind::Option(inner) => {
                let value = self.unwrap(value, inner);
                self.coerce(value, to)
            }
            _ => self.coerce(any, to),
        }
    }

    /// None (the zero value of `to`) where the value is none, else what `present` makes of it.
    fn convert_present(
        &mut self,
        value: Value,
        to: Ty,
        present: impl FnOnce(&mut Self, Value) -> Value,
    ) -> Value {
        let absent = self.op(Op::IsNone, &[value], Types::BOOL);
        let (yes, no) = (self.new_block(), self.new_block());
        self.b().branch(absent, yes, &[], no, &[]);
        let mut results = Vec::new();
        let none = self.branch(yes, |cx| results.push(cx.zero(to)));
        let some = self.branch(no, |cx| results.push(present(cx, value)));
        self.join(vec![(none, vec![results[0]]), (some, vec![results[1]])], &[to])[0]
    }

    /// Truthiness (4.4).
    pub fn truthy(&mut self, value: Value) -> Value {
        let ty = self.func.ty(value);
        match self.kind(ty) {
            TyKind::Bool => value,
            TyKind::I64 => {
                let zero = self.b().int(0);
                self.op(Op::Ne, &[value, zero], Types::BOOL)
            }
            TyKind::F64 => {
                let zero = self.b().float(0.0);
                self.op(Op::FNe, &[value, zero], Types::BOOL)
            }
            TyKind::Bigint => {
                let zero = self.big(0);
                self.big_compare(BinaryOp::Ne, value, zero)
            }
            TyKind::Str | TyKind::List(_) | TyKind::Map(..) => {
                let op = match self.kind(ty) {
                    TyKind::Str => Op::StrBytes,
                    TyKind::List(_) => Op::ListLen,
                    _ => Op::MapLen,
                };
                let len = self.op(op, &[value], Types::I64);
                let zero = self.b().int(0);
                self.op(Op::Ne, &[len, zero], Types::BOOL)
            }
            TyKind::Struct(_) | TyKind::Union(_) | TyKind::Fn(..) => {
                let absent = self.op(Op::IsNone, &[value], Types::BOOL);
                self.op(Op::Not, &[absent], Types::BOOL)
            }
            _ => {
                let any = self.coerce(value, Types::ANY);
                self.rt(RuntimeFn::any_truthy, &[any])
            }
        }
    }

    /// The str form (4.10).
    pub fn text_of(&mut self, value: Value) -> Value {
        let ty = self.func.ty(value);
        match self.kind(ty) {
            TyKind::Str => value,
            TyKind::I64 => self.rt(RuntimeFn::int_to_str, &[value]),
            TyKind::F64 => self.rt(RuntimeFn::float_to_str, &[value]),
            TyKind::Bigint => self.rt(RuntimeFn::big_to_str, &[value]),
            TyKind::Bool => {
                let (yes, no) = (self.str("true"), self.str("false"));
                self.op(Op::Select, &[value, yes, no], Types::STR)
            }
            _ => {
                let any = self.coerce(value, Types::ANY);
                self.std_value("to_str", &[], &[any])
            }
        }
    }

    /// A list, map or struct as a new object (4.3); other values as they are.
    fn copied(&mut self, value: Value) -> Value {
        let ty = self.func.ty(value);
        match self.kind(ty) {
            TyKind::List(_) | TyKind::Map(..) | TyKind::Struct(_) => {
                let any = self.coerce(value, Types::ANY);
                self.call_glue(Key::Copy(ty), &[any], ty)
            }
            _ => value,
        }
    }

    /// `as` (4.13).
    pub fn cast(&mut self, value: Value, to: Ty) -> Value {
        let from = self.func.ty(value);
        if from == to {
            return self.copied(value);
        }
        match (self.kind(from), self.kind(to)) {
            (TyKind::I64, TyKind::F64) => self.op(Op::IntToFloat, &[value], to),
            (TyKind::F64, TyKind::I64) => self.op(Op::FloatToInt, &[value], to),
            (TyKind::Str, TyKind::I64) => {
                let base = self.b().int(10);
                self.rt(RuntimeFn::str_to_int, &[value, base])
            }
            (TyKind::Str, TyKind::F64) => self.rt(RuntimeFn::str_to_float, &[value]),
            (TyKind::Bigint, TyKind::I64 | TyKind::F64) => self.coerce(value, to),
            (_, TyKind::Bigint) => {
                let name = if self.unbounded() { "int" } else { "bigint" };
                self.cast_to_big(value, name)
            }
            (_, TyKind::Bigrat) => self.cast_to_rat(value),
            (_, TyKind::I64 | TyKind::F64 | TyKind::Str | TyKind::Bool) => {
                let any = self.coerce(value, Types::ANY);
                match self.kind(to) {
                    TyKind::I64 => self.rt(RuntimeFn::any_to_int, &[any]),
                    TyKind::F64 => self.rt(RuntimeFn::any_to_float, &[any]),
                    TyKind::Str => self.rt(RuntimeFn::any_to_str, &[any]),
                    _ => self.rt(RuntimeFn::any_to_bool, &[any]),
                }
            }
            (_, TyKind::List(_) | TyKind::Map(..) | TyKind::Struct(_)) => {
                let any = self.coerce(value, Types::ANY);
                self.call_glue(Key::Cast(to), &[any], to)
            }
            (TyKind::Any, TyKind::Option(inner)) => match self.kind(inner) {
                TyKind::I64 | TyKind::F64 | TyKind::Bool | TyKind::Str => {
                    self.call_glue(Key::Cast(to), &[value], to)
                }
                _ => self.coerce(value, to),
            },
            _ => self.coerce(value, to),
        }
    }
}
