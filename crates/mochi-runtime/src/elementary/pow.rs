//! Powers. After that of Arm's optimized routines (MIT, copyright 2018 Arm Limited).

use super::exp::exp_of_sum;
use super::log::{log_and_tail, normal_of_subnormal, without_last};

const ONE: u64 = 1.0f64.to_bits();
const INFINITY: u64 = f64::INFINITY.to_bits();
const SIGN: u64 = 1 << 63;

/// Power.
pub fn pow(x: f64, y: f64) -> f64 {
    let (mut bits, exponent) = (x.to_bits(), y.to_bits());
    let mut sign = 0;
    if is_special(exponent) {
        return of_special_exponent(x, y);
    }
    if is_special(bits) {
        let square = x * x;
        let power = if bits & SIGN != 0 && parity(exponent) == Parity::Odd { -square } else { square };
        return if y < 0.0 { 1.0 / power } else { power };
    }
    if bits & SIGN != 0 {
        match parity(exponent) {
            Parity::None => return f64::NAN,
            Parity::Odd => sign = SIGN,
            Parity::Even => {}
        }
        bits &= !SIGN;
    }
    // Beyond this a power is one, none or infinite.
    let size = exponent >> 52 & 0x7FF;
    if !(0x3BE..0x43E).contains(&size) {
        if bits == ONE || size < 0x3BE {
            return 1.0;
        }
        return if (bits > ONE) == (y > 0.0) { f64::INFINITY } else { 0.0 };
    }
    if bits >> 52 == 0 {
        bits = normal_of_subnormal(f64::from_bits(bits));
    }
    let (log, tail) = log_and_tail(bits);
    let (y_hi, log_hi) = (without_last(y), without_last(log));
    let (y_lo, log_lo) = (y - y_hi, log - log_hi + tail);
    exp_of_sum(y_hi * log_hi, y_lo * log_hi + y * log_lo, sign)
}

/// Zero, infinite or not a number.
fn is_special(bits: u64) -> bool {
    bits << 1 == 0 || bits << 1 >= INFINITY << 1
}

fn of_special_exponent(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    if x == -1.0 {
        return 1.0;
    }
    if (x.abs() < 1.0) == (y > 0.0) { 0.0 } else { f64::INFINITY }
}

#[derive(PartialEq, Eq)]
enum Parity {
    /// Not an integer.
    None,
    Odd,
    Even,
}

/// Of a finite double that is not zero.
fn parity(bits: u64) -> Parity {
    let exponent = (bits >> 52 & 0x7FF) as i32 - 1023;
    match exponent {
        i32::MIN..0 => Parity::None,
        53.. => Parity::Even,
        _ => {
            let unit = 1 << (52 - exponent);
            match bits & (unit - 1) {
                0 if bits & unit != 0 => Parity::Odd,
                0 => Parity::Even,
                _ => Parity::None,
            }
        }
    }
}
