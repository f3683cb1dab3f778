//! Ints and floats: text forms, parsing, rounding, powers.

use mochi_abi::Cell;

use crate::dynamic;
use crate::format;
use crate::number;
use crate::parse::{self, Parsed};
use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// Appends a float to text in some format.
type Format = fn(&mut String, f64);

fn formatted(rt: &mut Runtime, format: Format, value: f64) -> Outcome<Cell> {
    let mut text = String::new();
    format(&mut text, value);
    rt.heap.new_str(&text)
}

/// An int in decimal.
pub fn int_to_str(rt: &mut Runtime, value: i64) -> Outcome<Cell> {
    rt.heap.new_str(format::digits(&mut [0; 20], value))
}

/// A float in general format (A.1).
pub fn float_to_str(rt: &mut Runtime, value: f64) -> Outcome<Cell> {
    formatted(rt, format::general, value)
}

/// A float in fixed format (A.2).
pub fn float_to_fixed(rt: &mut Runtime, value: f64) -> Outcome<Cell> {
    formatted(rt, format::fixed, value)
}

/// A float in JSON format (A.3). Traps on infinities and NaN.
pub fn float_to_json(rt: &mut Runtime, value: f64) -> Outcome<Cell> {
    if !value.is_finite() {
        let mut text = String::new();
        format::general(&mut text, value);
        return Err(Trap::json(text));
    }
    formatted(rt, format::json, value)
}

/// A float cut toward zero. Traps: does not fit.
pub fn float_to_int(rt: &mut Runtime, value: f64) -> Outcome<i64> {
    dynamic::float_to_int(value).ok_or_else(|| rt.heap.bad_cast(Cell::from_f64(value), "int"))
}

/// Parses an integer in a base from 2 to 36. Traps: not a number, does not fit.
pub fn str_to_int(rt: &mut Runtime, text: Cell, base: i64) -> Outcome<i64> {
    match parse::integer(rt.heap.str(&text), checked_base(base)?) {
        Some(Parsed::Int(value)) => Ok(value),
        _ => Err(not_a_number(rt, text, base, "int")),
    }
}

/// A base as the parser takes it.
pub(super) fn checked_base(base: i64) -> Outcome<u32> {
    if (2..=36).contains(&base) {
        Ok(base as u32)
    } else {
        Err(Trap::operand("parseIntStr", "a base from 2 to 36"))
    }
}

/// The trap of text that is no number.
#[cold]
pub(super) fn not_a_number(rt: &Runtime, text: Cell, base: i64, ty: &str) -> Box<Trap> {
    if base == 10 { rt.heap.bad_cast(text, ty) } else { Trap::parse(rt.heap.describe(text), base) }
}

/// Parses a float. Traps: not a number.
pub fn str_to_float(rt: &mut Runtime, text: Cell) -> Outcome<f64> {
    parse::float(rt.heap.str(&text)).ok_or_else(|| rt.heap.bad_cast(text, "float"))
}

/// Largest integral value not above.
pub fn float_floor(_: &mut Runtime, value: f64) -> Outcome<f64> {
    Ok(value.floor())
}

/// Smallest integral value not below.
pub fn float_ceil(_: &mut Runtime, value: f64) -> Outcome<f64> {
    Ok(value.ceil())
}

/// Nearest integral value, halves away from zero.
pub fn float_round(_: &mut Runtime, value: f64) -> Outcome<f64> {
    Ok(value.round())
}

/// Square root.
pub fn float_sqrt(_: &mut Runtime, value: f64) -> Outcome<f64> {
    Ok(value.sqrt())
}

/// Remainder with the sign of the dividend; the divisor is not zero.
pub fn float_rem(_: &mut Runtime, a: f64, b: f64) -> Outcome<f64> {
    Ok(a % b)
}

/// Exact order of an int and a float: -1, 0, 1, or 2 with NaN.
pub fn int_float_compare(_: &mut Runtime, int: i64, float: f64) -> Outcome<i64> {
    Ok(number::int_float(int, float).map_or(2, |order| order as i64))
}

/// Power of ints. Traps: overflow. A negative exponent gives 1.
pub fn int_pow(_: &mut Runtime, base: i64, exponent: i64) -> Outcome<i64> {
    if exponent <= 0 {
        return Ok(1);
    }
    let overflow = || Trap::overflow(base, "**", exponent);
    match base {
        0 | 1 => Ok(base),
        -1 => Ok(if exponent % 2 == 0 { 1 } else { -1 }),
        _ => u32::try_from(exponent).ok().and_then(|e| base.checked_pow(e)).ok_or_else(overflow),
    }
}
