//! Numbers beyond machine words: operators on `bigint` and `bigrat`, conversions to and from them, and what the type
//! `int` of a program is.
//!
//! A `bigint` is a cell, an int or a bigint by its form, which nobody who knows its type looks at. An int becomes a bigint
//! of that form, for those who will see an `any`; where all ints are unbounded there is no need. A `bigrat` is a cell with a rational, or with a float where one took part in the arithmetic that made it:
//! its operators are those of `any`.

use mochi_abi::RuntimeFn;
use mochi_ir::{Op, Ty, TyKind, Types, Value};
use mochi_types::typed::{BinaryOp, ExprId, LocalId, Stmt};

use crate::{Cx, IntRange};

/// Added to the number of an operator of [`RuntimeFn::any_arith`] where ints are unbounded.
const UNBOUNDED: i64 = 5;

impl Cx<'_, '_> {
    /// Whether the program's `int` is unbounded.
    pub fn unbounded(&self) -> bool {
        self.lowering.input.int == IntRange::Unbounded
    }

    /// The number that says which operator [`RuntimeFn::any_arith`] is to apply.
    pub fn arith_code(&mut self, op: BinaryOp) -> Value {
        let code = match op {
            BinaryOp::Add => 0,
            BinaryOp::Sub => 1,
            BinaryOp::Mul => 2,
            BinaryOp::Div => 3,
            _ => 4,
        };
        let code = if self.unbounded() { code + UNBOUNDED } else { code };
        self.b().int(code)
    }

    /// A cell as a value of the type that it is known to have.
    pub fn known(&mut self, any: Value, ty: Ty) -> Value {
        let any = self.coerce(any, Types::ANY);
        if ty == Types::ANY { any } else { self.op(Op::AnyAs, &[any], ty) }
    }

    /// The int that a bigint is, when it is a constant.
    fn big_constant(&self, value: Value) -> Option<i64> {
        let operand = |value, ops: &[Op]| {
            self.func.def_inst(value).filter(|inst| ops.contains(&inst.op)).map(|inst| inst.args[0])
        };
        self.func.const_int(operand(operand(value, &[Op::AnyAs, Op::AnyUnbox])?, &[Op::AnyBox])?)
    }

    /// An arithmetic operation on two bigints.
    pub fn big_arith(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        if let (Some(x), Some(y)) = (self.big_constant(a), self.big_constant(b)) {
            let known = match op {
                BinaryOp::Add => x.checked_add(y),
                BinaryOp::Sub => x.checked_sub(y),
                BinaryOp::Mul => x.checked_mul(y),
                BinaryOp::Div => x.checked_div(y),
                _ => x.checked_rem(y),
            };
            if let Some(value) = known {
                if op != BinaryOp::Div {
                    return self.big(value);
                }
                // Quotients that fit are ints (4.1).
                let value = self.b().int(value);
                return self.known(value, Types::BIGINT);
            }
        }
        let row = match op {
            BinaryOp::Add => RuntimeFn::big_add,
            BinaryOp::Sub => RuntimeFn::big_sub,
            BinaryOp::Mul => RuntimeFn::big_mul,
            BinaryOp::Div => RuntimeFn::big_div,
            _ => RuntimeFn::big_rem,
        };
        self.rt(row, &[a, b])
    }

    /// A comparison of two bigints.
    pub fn big_compare(&mut self, op: BinaryOp, a: Value, b: Value) -> Value {
        let op = match op {
            BinaryOp::Eq => Op::Eq,
            BinaryOp::Ne => Op::Ne,
            BinaryOp::Lt => Op::Lt,
            BinaryOp::Le => Op::Le,
            BinaryOp::Gt => Op::Gt,
            _ => Op::Ge,
        };
        let order = self.rt(RuntimeFn::big_compare, &[a, b]);
        let zero = self.b().int(0);
        self.op(op, &[order, zero], Types::BOOL)
    }

    /// A constant of the type bigint.
    pub fn big(&mut self, value: i64) -> Value {
        let value = self.b().int(value);
        self.coerce(value, Types::BIGINT)
    }

    /// An implicit conversion of which one side is a bigint or a bigrat, where there is one.
    pub fn coerce_number(&mut self, value: Value, to: Ty) -> Option<Value> {
        let from = self.func.ty(value);
        Some(match (self.kind(from), self.kind(to)) {
            (TyKind::I64, TyKind::Bigint) => {
                let boxed = self.op(Op::AnyBox, &[value], Types::ANY);
                self.op(if self.unbounded() { Op::AnyAs } else { Op::AnyUnbox }, &[boxed], to)
            }
            (TyKind::Bigint, TyKind::I64) => self.rt(RuntimeFn::big_to_int, &[value]),
            (TyKind::Bigint, TyKind::F64) => self.rt(RuntimeFn::big_to_float, &[value]),
            (TyKind::I64, TyKind::Bigrat) => {
                let value = self.coerce(value, Types::BIGINT);
                self.coerce(value, to)
            }
            (TyKind::Bigint, TyKind::Bigrat) => {
                let one = self.big(1);
                self.rt(RuntimeFn::rat_new, &[value, one])
            }
            (TyKind::F64, TyKind::Bigrat) => self.rt(RuntimeFn::rat_from_float, &[value]),
            (TyKind::Any, TyKind::Bigint) => self.op(Op::AnyUnbox, &[value], to),
            (TyKind::Any, TyKind::Bigrat) => self.std_value("unbox_rat", &[], &[value]),
            _ => return None,
        })
    }

    /// `as bigint`, or `as int` where ints are unbounded; `name` is what messages call the type.
    pub fn cast_to_big(&mut self, value: Value, name: &str) -> Value {
        let from = self.func.ty(value);
        if matches!(from, Types::I64 | Types::BIGINT) {
            return self.coerce(value, Types::BIGINT);
        }
        let any = self.coerce(value, Types::ANY);
        let name = self.str(name);
        self.std_value("to_big", &[], &[any, name])
    }

    /// `as bigrat`.
    pub fn cast_to_rat(&mut self, value: Value) -> Value {
        match self.func.ty(value) {
            Types::I64 | Types::BIGINT | Types::F64 => self.coerce(value, Types::BIGRAT),
            _ => {
                let any = self.coerce(value, Types::ANY);
                self.std_value("to_rat", &[], &[any])
            }
        }
    }

    /// An index into a list or string as a machine int.
    pub fn position(&mut self, indexed: Value, index: Value) -> Value {
        if self.func.ty(index) == Types::BIGINT {
            let indexed = self.op(Op::AnyBox, &[indexed], Types::ANY);
            return self.rt(RuntimeFn::big_to_index, &[indexed, index]);
        }
        self.coerce(index, Types::I64)
    }

    /// A bound of a slice as a machine int: no list is longer than those.
    pub fn bound(&mut self, value: Value) -> Value {
        if self.func.ty(value) == Types::BIGINT {
            return self.std_value("clamp_to_word", &[], &[value]);
        }
        self.coerce(value, Types::I64)
    }

    /// `for v in from..to`.
    pub fn for_range(&mut self, stmt: &Stmt, var: LocalId, from: ExprId, to: ExprId, body: &[Stmt]) {
        let from = self.value(from);
        let to = self.value(to);
        let vars = self.loop_locals(stmt);
        if self.func.ty(from) == Types::I64 && self.func.ty(to) == Types::I64 {
            return self.counted_loop(vars, from, to, |cx, i| {
                cx.declare(var, i);
                cx.stmts(body);
            });
        }
        // Counted by a machine int: nobody lives to see the end of more iterations than it can count.
        let (from, to) = (self.coerce(from, Types::BIGINT), self.coerce(to, Types::BIGINT));
        let count = self.rt(RuntimeFn::big_sub, &[to, from]);
        let count = self.bound(count);
        let zero = self.b().int(0);
        self.counted_loop(vars, zero, count, |cx, i| {
            let i = cx.coerce(i, Types::BIGINT);
            let value = cx.rt(RuntimeFn::big_add, &[from, i]);
            cx.declare(var, value);
            cx.stmts(body);
        });
    }
}
