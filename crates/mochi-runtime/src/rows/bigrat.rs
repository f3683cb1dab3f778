//! Exact rationals. An operand may also be a float, where one took part in the arithmetic that made it.

use mochi_abi::Cell;

use crate::ratio::Ratio;
use crate::runtime::Runtime;
use crate::trap::{Outcome, Trap};

/// The rational of a numerator and a denominator, in lowest terms. Traps: division by zero.
pub fn rat_new(rt: &mut Runtime, num: Cell, den: Cell) -> Outcome<Cell> {
    let (num, den) = (ratio(rt, num)?, ratio(rt, den)?);
    match Ratio::new(num.num().clone(), den.num().clone()) {
        Some(ratio) => rt.heap.box_ratio(ratio),
        None => Err(Trap::divide_by_zero()),
    }
}

/// A float as a rational, exactly. Traps: infinities and NaN.
pub fn rat_from_float(rt: &mut Runtime, value: f64) -> Outcome<Cell> {
    let ratio = ratio(rt, Cell::from_f64(value))?;
    rt.heap.box_ratio(ratio)
}

/// The numerator of a number in lowest terms. Traps: infinities, NaN, and what is no number.
pub fn rat_num(rt: &mut Runtime, value: Cell) -> Outcome<Cell> {
    let ratio = ratio(rt, value)?;
    rt.heap.box_big(ratio.num().clone())
}

/// The positive denominator of a number in lowest terms. Traps: infinities, NaN, and what is no number.
pub fn rat_denom(rt: &mut Runtime, value: Cell) -> Outcome<Cell> {
    let ratio = ratio(rt, value)?;
    rt.heap.box_big(ratio.den().clone())
}

fn ratio(rt: &Runtime, value: Cell) -> Outcome<Ratio> {
    rt.heap.ratio(value).ok_or_else(|| rt.heap.bad_cast(value, "bigrat"))
}
