//! Logarithms. After that within the power of Arm's optimized routines (MIT, copyright 2018 Arm Limited).

use super::tables::{FIRST, INTERVAL_BITS, INTERVALS, LN2_PARTS, LOG2_E_PARTS, LOG10_E_PARTS, LOGS};

/// Natural logarithm.
pub fn log(x: f64) -> f64 {
    match normal(x) {
        Ok(bits) => log_and_tail(bits).0,
        Err(result) => result,
    }
}

/// Logarithm to base two, exact where it is integral.
pub fn log2(x: f64) -> f64 {
    in_base(x, LOG2_E_PARTS)
}

/// Logarithm to base ten, exact where it is integral.
pub fn log10(x: f64) -> f64 {
    in_base(x, LOG10_E_PARTS)
}

fn in_base(x: f64, (inverse_hi, inverse_lo): (f64, f64)) -> f64 {
    let bits = match normal(x) {
        Ok(bits) => bits,
        Err(result) => return result,
    };
    let (log, tail) = log_and_tail(bits);
    let hi = without_last(log);
    let lo = log - hi + tail;
    hi * inverse_hi + (hi * inverse_lo + lo * (inverse_hi + inverse_lo))
}

/// The value without its last 27 bits: products of two such are exact.
pub(super) fn without_last(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & u64::MAX << 27)
}

/// The bits of a positive double as if its exponent had no bound below, or the logarithm.
fn normal(x: f64) -> Result<u64, f64> {
    let bits = x.to_bits();
    if (0x0010_0000_0000_0000..0x7FF0_0000_0000_0000).contains(&bits) {
        return Ok(bits);
    }
    match x {
        0.0 => Err(f64::NEG_INFINITY),
        _ if x < 0.0 => Err(f64::NAN),
        _ if bits >> 52 != 0 => Err(x),
        _ => Ok(normal_of_subnormal(x)),
    }
}

/// The bits of a positive subnormal as if its exponent had no bound below.
pub(super) fn normal_of_subnormal(x: f64) -> u64 {
    const TWO_52: f64 = 4_503_599_627_370_496.0;
    (x * TWO_52).to_bits().wrapping_sub(52 << 52)
}

/// The natural logarithm and what is missing in it: together right to 2^-68 of it.
pub(super) fn log_and_tail(bits: u64) -> (f64, f64) {
    let above = bits.wrapping_sub(FIRST);
    let interval = &LOGS[(above >> (52 - INTERVAL_BITS)) as usize % INTERVALS];
    let exponent = above as i64 >> 52;
    let bits = bits.wrapping_sub((exponent as u64) << 52);
    let scale = exponent as f64;

    // r = z / c - 1 without rounding, for which z is multiplied in two parts.
    let z = f64::from_bits(bits);
    let z_hi = f64::from_bits(bits.wrapping_add(1 << 31) & u64::MAX << 32);
    let r_hi = z_hi * interval.inverse - 1.0;
    let r_lo = (z - z_hi) * interval.inverse;
    let r = r_hi + r_lo;

    // exponent * log(2) + log(c) + r - r^2 / 2: each sum and what it lost.
    let base = scale * LN2_PARTS.0 + interval.log;
    let sum = base + r;
    let lost_1 = scale * LN2_PARTS.1 + interval.tail;
    let lost_2 = base - sum + r;
    let half = -0.5 * r;
    let square = r * half;
    let half_hi = -0.5 * r_hi;
    let square_hi = r_hi * half_hi;
    let high = sum + square_hi;
    let lost_3 = r_lo * (half + half_hi);
    let lost_4 = sum - high + square_hi;

    // The series of log(1 + r) from r^3 on, in terms of -r^2 / 2.
    let cube = r * square;
    let series = cube
        * (-2.0 / 3.0
            + r * 0.5
            + square * (0.8 - r * (2.0 / 3.0) + square * (-8.0 / 7.0 + r + square * (16.0 / 9.0))));
    let low = lost_1 + lost_2 + lost_3 + lost_4 + series;
    let log = high + low;
    (log, high - log + low)
}
