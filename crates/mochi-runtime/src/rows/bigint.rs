//! Unbounded ints. Small ones are inline ints, so most operations never touch the heap.

use mochi_abi::Cell;
use num_bigint::BigInt;

use super::number::checked_base;
use crate::arith::Arith;
use crate::number::{self, Num};
use crate::parse::{self, Parsed};
use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// Sum of unbounded ints.
pub fn big_add(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<Cell> {
    rt.heap.big_arith(Arith::Add, a, b)
}

/// Difference of unbounded ints.
pub fn big_sub(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<Cell> {
    rt.heap.big_arith(Arith::Sub, a, b)
}

/// Product of unbounded ints. Traps: no memory.
pub fn big_mul(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<Cell> {
    rt.heap.big_arith(Arith::Mul, a, b)
}

/// Quotient of unbounded ints, cut toward zero. Traps: division by zero.
pub fn big_div(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<Cell> {
    rt.heap.big_arith(Arith::Div, a, b)
}

/// Remainder of unbounded ints with the sign of the dividend. Traps: division by zero.
pub fn big_rem(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<Cell> {
    rt.heap.big_arith(Arith::Rem, a, b)
}

/// Minus an unbounded int.
pub fn big_neg(rt: &mut Runtime, a: Cell) -> Outcome<Cell> {
    let zero = rt.heap.box_int(0)?;
    rt.heap.big_arith(Arith::Sub, zero, a)
}

/// Power of unbounded ints. A negative exponent gives 1. Traps: no memory.
pub fn big_pow(rt: &mut Runtime, base: Cell, exponent: Cell) -> Outcome<Cell> {
    rt.heap.big_pow(base, exponent)
}

/// Compares unbounded ints: negative, zero or positive.
pub fn big_compare(rt: &mut Runtime, a: Cell, b: Cell) -> Outcome<i64> {
    Ok(rt.heap.big_order(a, b) as i64)
}

/// An int as an unbounded int.
pub fn big_from_int(rt: &mut Runtime, value: i64) -> Outcome<Cell> {
    rt.heap.box_bigint(value)
}

/// A float cut toward zero. Traps: infinities and NaN.
pub fn big_from_float(rt: &mut Runtime, value: f64) -> Outcome<Cell> {
    match number::float_to_big(value) {
        Some(big) => rt.heap.box_big(big),
        None => Err(rt.heap.bad_cast(Cell::from_f64(value), "bigint")),
    }
}

/// Parses an unbounded int in a base from 2 to 36; none when the text is no number. Traps: another base.
pub fn big_from_str(rt: &mut Runtime, text: Cell, base: i64) -> Outcome<Cell> {
    match parse::integer(rt.heap.str(&text), checked_base(base)?) {
        Some(Parsed::Int(value)) => rt.heap.box_bigint(value),
        Some(Parsed::Big(value)) => rt.heap.box_big(value),
        None => Ok(Cell::NONE),
    }
}

/// An unbounded int that fits 64 bits. Traps: does not fit.
pub fn big_to_int(rt: &mut Runtime, a: Cell) -> Outcome<i64> {
    rt.heap.unbox_int(a).ok_or_else(|| rt.heap.bad_cast(a, "int"))
}

/// The nearest float.
pub fn big_to_float(rt: &mut Runtime, a: Cell) -> Outcome<f64> {
    Ok(match rt.heap.num(a) {
        Some(Num::Int(value)) => value as f64,
        Some(Num::Big(value)) => number::big_to_float(value),
        Some(Num::Float(_) | Num::Ratio(_)) | None => return Err(rt.heap.bad_cast(a, "float")),
    })
}

/// An unbounded int as a list index. Traps: beyond 64 bits.
pub fn big_to_index(rt: &mut Runtime, indexed: Cell, index: Cell) -> Outcome<i64> {
    match rt.heap.num(index) {
        Some(Num::Big(at)) if rt.heap.is_str(indexed) => {
            Err(Trap::string_index(at, rt.heap.str_len(indexed)))
        }
        Some(Num::Big(at)) => Err(Trap::list_index(at, rt.heap.any_len(indexed)?)),
        Some(Num::Int(at)) => Ok(at),
        Some(Num::Float(_) | Num::Ratio(_)) | None => Err(rt.heap.bad_cast(index, "int")),
    }
}

/// An unbounded int in decimal.
pub fn big_to_str(rt: &mut Runtime, a: Cell) -> Outcome<Cell> {
    let text = match rt.heap.num(a) {
        Some(Num::Big(value)) => BigInt::to_string(value),
        _ => rt.heap.str_form(a),
    };
    rt.heap.new_str(&text)
}
