//! Hyperbolic functions that are made of powers of e, and inverse ones made of logarithms. After musl's (MIT, copyright
//! 2005-2020 Rich Felker and others).

use libm::{expm1, log1p};

use super::exp::exp_of_sum;
use super::tables::LN2_PARTS;
use super::{LN2, exp, log};

/// Above it powers of e overflow.
const LARGE: f64 = 709.75;
/// 2^26: above it squares swallow one.
const TWO_26: f64 = 67_108_864.0;

/// Half the power of e where the whole may overflow.
fn half_exp(x: f64) -> f64 {
    exp_of_sum(x - LN2_PARTS.0, -LN2_PARTS.1, 0)
}

/// Hyperbolic sine.
pub fn sinh(x: f64) -> f64 {
    let size = x.abs();
    if size < 1.0 / TWO_26 {
        return x;
    }
    let half = 0.5f64.copysign(x);
    if size < 1.0 {
        let t = expm1(size);
        return half * (2.0 * t - t * t / (t + 1.0));
    }
    if size < LARGE {
        let t = expm1(size);
        return half * (t + t / (t + 1.0));
    }
    2.0 * half * half_exp(size)
}

/// Hyperbolic cosine.
pub fn cosh(x: f64) -> f64 {
    let size = x.abs();
    if size < LN2 {
        let t = expm1(size);
        return 1.0 + t * t / (2.0 * (1.0 + t));
    }
    if size < LARGE {
        let t = exp(size);
        return 0.5 * (t + 1.0 / t);
    }
    half_exp(size)
}

/// Inverse hyperbolic sine.
pub fn asinh(x: f64) -> f64 {
    let size = x.abs();
    if size < 1.0 / TWO_26 {
        return x;
    }
    let result = if size < 2.0 {
        log1p(size + size * size / ((size * size + 1.0).sqrt() + 1.0))
    } else if size < TWO_26 {
        log(2.0 * size + 1.0 / ((size * size + 1.0).sqrt() + size))
    } else {
        log(size) + LN2
    };
    result.copysign(x)
}

/// Inverse hyperbolic cosine.
pub fn acosh(x: f64) -> f64 {
    if x < 1.0 {
        return f64::NAN;
    }
    if x < 2.0 {
        let t = x - 1.0;
        return log1p(t + (t * t + 2.0 * t).sqrt());
    }
    if x < TWO_26 {
        return log(2.0 * x - 1.0 / (x + (x * x - 1.0).sqrt()));
    }
    log(x) + LN2
}
