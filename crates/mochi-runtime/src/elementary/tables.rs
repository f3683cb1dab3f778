//! Tables of powers of two and of logarithms, computed by the compiler in fixed point: nothing in them is typed in.
//!
//! `runtime/c/elementary.inc` is made from them (`tests/c_elementary.rs`).

/// Intervals of both tables, a power of two.
pub const INTERVALS: usize = 1 << INTERVAL_BITS;
/// The binary logarithm of [`INTERVALS`].
pub const INTERVAL_BITS: u32 = 7;

/// Bits after the point in the fixed-point numbers here.
const POINT: u32 = 112;
const ONE: u128 = 1 << POINT;
/// The natural logarithm of two.
const LN2: u128 = 0xB172_17F7_D1CF_79AB_C9E3_B398_03F2_F6AF >> (128 - POINT);

/// A power of two, `2^(i/INTERVALS)`.
#[derive(Clone, Copy)]
pub struct Power {
    /// What is missing in `bits`, relative to the power.
    pub tail: f64,
    /// The bits of the nearest double, less `i` where an exponent gets its last bits from: adding a number of
    /// `INTERVALS`ths there makes the power of that.
    pub bits: u64,
}

/// An interval of [`FIRST`] to twice of it.
#[derive(Clone, Copy)]
pub struct Interval {
    /// Close to the inverse of the middle, with at most eight bits after the point.
    pub inverse: f64,
    /// The logarithm of one by `inverse`, rounded to [`LOG_BITS`] bits after the point.
    pub log: f64,
    /// What is missing in `log`.
    pub tail: f64,
}

/// The bits of the lower end of the first interval. One is within the interval [`UNIT`], a third from its lower end:
/// intervals are half as wide below.
pub const FIRST: u64 = 0x3FE6_9555_0000_0000;
const UNIT: usize = ((0x3FF0_0000_0000_0000 - FIRST) >> (52 - INTERVAL_BITS)) as usize;

/// Bits after the point of logarithms that are added to others without rounding.
const LOG_BITS: u32 = 43;

/// The powers by `i`.
pub static POWERS: [Power; INTERVALS] = powers();
/// The intervals by number.
pub static LOGS: [Interval; INTERVALS] = logs();

/// The logarithm of two in as many bits as keep its multiples by exponents exact, and the rest.
pub const LN2_PARTS: (f64, f64) = split(LN2 as i128, LOG_BITS - 1);
/// The same for multiples by numbers of [`INTERVALS`]ths.
pub const LN2_SHORT: (f64, f64) = split(LN2 as i128, 36);
/// The inverse of the logarithm of two: 26 bits, and the rest.
pub const LOG2_E_PARTS: (f64, f64) = split(0x1_7154_7652_B82F_E177_7D0F_FDA0_D23A, 25);
/// The inverse of the logarithm of ten: 26 bits, and the rest.
pub const LOG10_E_PARTS: (f64, f64) = split(0x6F2D_EC54_9B94_38CA_9AAD_D557_D699, 27);

/// A fixed-point number as one of so many bits after the point, and what is missing.
const fn split(value: i128, bits: u32) -> (f64, f64) {
    let drop = POINT - bits;
    let whole = (value + (1 << (drop - 1))) >> drop;
    (whole as f64 / (1u64 << bits) as f64, (value - (whole << drop)) as f64 / ONE as f64)
}

/// The product of numbers below two.
const fn times(a: u128, b: u128) -> u128 {
    const HALF: u128 = u64::MAX as u128;
    let (high_a, low_a, high_b, low_b) = (a >> 64, a & HALF, b >> 64, b & HALF);
    let middle = high_a * low_b + low_a * high_b + ((low_a * low_b) >> 64);
    ((high_a * high_b) << (128 - POINT)) + (middle >> (POINT - 64))
}

/// The power of e, for exponents below one.
const fn exp(x: u128) -> u128 {
    let (mut sum, mut term, mut n) = (0, ONE, 1);
    while term > 0 {
        sum += term;
        term = times(term, x) / n;
        n += 1;
    }
    sum
}

/// The logarithm of `a / b`, which are small and close to each other: twice the inverse hyperbolic tangent of their
/// difference by their sum.
const fn log_ratio(a: i128, b: i128) -> i128 {
    let (difference, sum) = (a - b, a + b);
    let (mut log, mut power, mut n) = (0, (difference << POINT) / sum, 1);
    while power != 0 {
        log += 2 * power / n;
        power = power * difference / sum * difference / sum;
        n += 2;
    }
    log
}

const fn powers() -> [Power; INTERVALS] {
    let mut table = [Power { tail: 0.0, bits: 0 }; INTERVALS];
    let mut i = 0;
    while i < INTERVALS {
        let value = exp((LN2 * i as u128) >> INTERVAL_BITS);
        let drop = POINT - 52;
        let mantissa = (value + (1 << (drop - 1))) >> drop;
        let missing = value as i128 - (mantissa << drop) as i128;
        let nearest = (1023 << 52) + (mantissa as u64 - (1 << 52));
        table[i] = Power {
            tail: missing as f64 / value as f64,
            bits: nearest - ((i as u64) << (52 - INTERVAL_BITS)),
        };
        i += 1;
    }
    table
}

const fn logs() -> [Interval; INTERVALS] {
    let mut table = [Interval { inverse: 0.0, log: 0.0, tail: 0.0 }; INTERVALS];
    let mut i = 0;
    while i < INTERVALS {
        let bits = FIRST + ((2 * i as u64 + 1) << (51 - INTERVAL_BITS));
        let middle = f64::from_bits(bits);
        // As many bits as leave the reduced argument exact.
        let unit = if middle < 1.0 { 128 } else { 256 };
        // Around one the logarithm is that of the reduced argument alone, or digits would cancel out.
        let inverse = if i == UNIT { unit } else { (unit as f64 / middle + 0.5) as i128 };
        let (log, tail) = split(-log_ratio(inverse, unit), LOG_BITS);
        table[i] = Interval { inverse: inverse as f64 / unit as f64, log, tail };
        i += 1;
    }
    table
}
