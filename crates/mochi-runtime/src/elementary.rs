//! Elementary functions: the same bits on every machine and in every mode of running.
//!
//! Exponentials, logarithms and powers are computed here, and so is all that is computed from them; the rest is the `libm`
//! crate's. `runtime/c` (elementary.h names the files) has the same functions in C, operation for operation, so a change here needs the same
//! change there (`tests/c_elementary.rs` compares them bit by bit). No operation may be fused or reordered,
//! and no function of the system is called; square roots and rounding are exact everywhere.
//! See docs/decisions/elementary-functions.md.

mod error;
mod exp;
mod gamma;
mod hyperbolic;
mod log;
mod pow;
mod tables;
#[cfg(test)]
mod tests;

pub use error::{erf, erfc};
pub use exp::{exp, exp2};
pub use gamma::{gamma, lgamma};
pub use hyperbolic::{acosh, asinh, cosh, sinh};
pub use libm::{acos, asin, atan, atan2, atanh, cbrt, cos, expm1, hypot, log1p, sin, tan, tanh};
pub use log::{log, log2, log10};
pub use pow::pow;

const LN2: f64 = std::f64::consts::LN_2;

/// The first 32 bits: sign, exponent and twenty bits of the mantissa.
fn high_word(x: f64) -> u32 {
    (x.to_bits() >> 32) as u32
}

/// The value without the last 32 bits.
fn without_low_word(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & 0xFFFF_FFFF_0000_0000)
}

/// The sum of coefficients times powers of `x`, the first being the constant.
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    for coefficient in coefficients[..N - 1].iter().rev() {
        sum = coefficient + x * sum;
    }
    sum
}

/// A ratio of polynomials.
struct Ratio<const OVER: usize, const UNDER: usize> {
    over: [f64; OVER],
    under: [f64; UNDER],
}

impl<const OVER: usize, const UNDER: usize> Ratio<OVER, UNDER> {
    fn at(&self, x: f64) -> f64 {
        polynomial(x, &self.over) / polynomial(x, &self.under)
    }
}

/// Every function by the name of its row in the table of runtime functions.
pub const FUNCTIONS: &[(&str, Function)] = &[
    ("acos", Function::One(acos)),
    ("acosh", Function::One(acosh)),
    ("asin", Function::One(asin)),
    ("asinh", Function::One(asinh)),
    ("atan", Function::One(atan)),
    ("atanh", Function::One(atanh)),
    ("cbrt", Function::One(cbrt)),
    ("cos", Function::One(cos)),
    ("cosh", Function::One(cosh)),
    ("erf", Function::One(erf)),
    ("erfc", Function::One(erfc)),
    ("exp", Function::One(exp)),
    ("exp2", Function::One(exp2)),
    ("expm1", Function::One(expm1)),
    ("gamma", Function::One(gamma)),
    ("lgamma", Function::One(lgamma)),
    ("log", Function::One(log)),
    ("log10", Function::One(log10)),
    ("log1p", Function::One(log1p)),
    ("log2", Function::One(log2)),
    ("sin", Function::One(sin)),
    ("sinh", Function::One(sinh)),
    ("tan", Function::One(tan)),
    ("tanh", Function::One(tanh)),
    ("atan2", Function::Two(atan2)),
    ("hypot", Function::Two(hypot)),
    ("pow", Function::Two(pow)),
];

/// A function of one or two arguments.
#[derive(Clone, Copy)]
pub enum Function {
    /// Of one.
    One(fn(f64) -> f64),
    /// Of two.
    Two(fn(f64, f64) -> f64),
}
