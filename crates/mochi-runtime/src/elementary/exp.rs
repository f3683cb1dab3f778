//! Powers of e and of two. After the exponential of Arm's optimized routines (MIT, copyright 2018 Arm Limited).

use super::LN2;
use super::tables::{INTERVAL_BITS, INTERVALS, LN2_SHORT, POWERS};

/// Adding it rounds to an integer, which is then in the last bits.
const SHIFT: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52
const PARTS: f64 = INTERVALS as f64;
const PART_HI: f64 = LN2_SHORT.0 / PARTS;
const PART_LO: f64 = LN2_SHORT.1 / PARTS;
const PARTS_PER_E: f64 = PARTS * std::f64::consts::LOG2_E;

/// Power of e.
pub fn exp(x: f64) -> f64 {
    exp_of_sum(x, 0.0, 0)
}

/// The power of e of a sum whose second part is tiny, with the sign bit given.
pub(super) fn exp_of_sum(x: f64, tail: f64, sign: u64) -> f64 {
    let size = x.to_bits() >> 52 & 0x7FF;
    if size < 1023 - 54 {
        return f64::from_bits((1.0 + x).to_bits() | sign);
    }
    if size >= 1023 + 10 {
        let huge = if x.is_sign_negative() { 0.0 } else { f64::INFINITY };
        return if x.is_nan() { x } else { f64::from_bits(huge.to_bits() | sign) };
    }
    let shifted = x * PARTS_PER_E + SHIFT;
    let whole = shifted - SHIFT;
    let rest = x - whole * PART_HI - whole * PART_LO + tail;
    scaled(shifted.to_bits(), rest, sign, size >= 1023 + 9)
}

/// Power of two.
pub fn exp2(x: f64) -> f64 {
    let size = x.to_bits() >> 52 & 0x7FF;
    if size < 1023 - 54 {
        return 1.0 + x;
    }
    if size >= 1023 + 10 {
        if x.is_nan() {
            return x;
        }
        if x > 0.0 {
            return f64::INFINITY;
        }
        if x <= -1075.0 {
            return 0.0;
        }
    }
    let shifted = x + SHIFT / PARTS;
    let rest = (x - (shifted - SHIFT / PARTS)) * LN2;
    scaled(shifted.to_bits(), rest, 0, x.abs() > 928.0)
}

/// `2^(parts / INTERVALS) * e^rest`, with a sign bit. Only the last bits of `parts` count; `wide` says that its power of two
/// may not be a normal double.
fn scaled(parts: u64, rest: f64, sign: u64, wide: bool) -> f64 {
    let power = &POWERS[(parts % INTERVALS as u64) as usize];
    let bits = power.bits.wrapping_add((parts << (52 - INTERVAL_BITS)).wrapping_add(sign));
    let square = rest * rest;
    let more = power.tail
        + rest
        + square * (0.5 + rest * (1.0 / 6.0))
        + square * square * (1.0 / 24.0 + rest * (1.0 / 120.0));
    if wide {
        return scaled_in_steps(more, bits, parts as u32 as i32 >= 0);
    }
    let scale = f64::from_bits(bits);
    scale + scale * more
}

/// As the end of [`scaled`], for scales beyond the normal doubles.
#[cold]
fn scaled_in_steps(more: f64, bits: u64, large: bool) -> f64 {
    if large {
        let scale = f64::from_bits(bits.wrapping_sub(1009 << 52));
        return f64::from_bits(0x7F00_0000_0000_0000) * (scale + scale * more); // 2^1009
    }
    let scale = f64::from_bits(bits.wrapping_add(1022 << 52));
    let mut result = scale + scale * more;
    if result.abs() < 1.0 {
        // Round once, to the digits that a subnormal has, and not again when it becomes one.
        let one = if result < 0.0 { -1.0 } else { 1.0 };
        let low = scale - result + scale * more;
        let high = one + result;
        let low = one - high + result + low;
        result = high + low - one;
        if result == 0.0 {
            result = f64::from_bits(scale.to_bits() & 1 << 63);
        }
    }
    f64::MIN_POSITIVE * result
}
