//! The error function. After FreeBSD's msun (see the notice in `runtime/c/elementary.h`).

use super::{Ratio, exp, high_word, without_low_word};

/// The function at one, rounded to 24 bits.
const AT_ONE: f64 = 0.8450629115104675;
/// Eight times the derivative at zero, less eight.
const EIGHTFOLD: f64 = 1.0270333367641007;

/// Of the square, for arguments below 0.84375.
pub(super) const SMALL: Ratio<5, 6> = Ratio {
    over: [
        0.12837916709551256,
        -0.3250421072470015,
        -0.02848174957559851,
        -0.005770270296489442,
        -2.3763016656650163e-05,
    ],
    under: [
        1.0,
        0.39791722395915535,
        0.0650222499887673,
        0.005081306281875766,
        0.00013249473800432164,
        -3.960228278775368e-06,
    ],
};
/// Of the argument less one, up to 1.25.
pub(super) const MIDDLE: Ratio<7, 7> = Ratio {
    over: [
        -0.0023621185607526594,
        0.41485611868374833,
        -0.3722078760357013,
        0.31834661990116175,
        -0.11089469428239668,
        0.035478304325618236,
        -0.002166375594868791,
    ],
    under: [
        1.0,
        0.10642088040084423,
        0.540397917702171,
        0.07182865441419627,
        0.12617121980876164,
        0.01363708391202905,
        0.011984499846799107,
    ],
};
/// Of the inverse square, up to 1 / 0.35.
pub(super) const LARGE: Ratio<8, 9> = Ratio {
    over: [
        -0.009864944034847148,
        -0.6938585727071818,
        -10.558626225323291,
        -62.375332450326006,
        -162.39666946257347,
        -184.60509290671104,
        -81.2874355063066,
        -9.814329344169145,
    ],
    under: [
        1.0,
        19.651271667439257,
        137.65775414351904,
        434.56587747522923,
        645.3872717332679,
        429.00814002756783,
        108.63500554177944,
        6.570249770319282,
        -0.0604244152148581,
    ],
};
/// Of the inverse square, beyond.
pub(super) const HUGE: Ratio<7, 8> = Ratio {
    over: [
        -0.0098649429247001,
        -0.799283237680523,
        -17.757954917754752,
        -160.63638485582192,
        -637.5664433683896,
        -1025.0951316110772,
        -483.5191916086514,
    ],
    under: [
        1.0,
        30.33806074348246,
        325.7925129965739,
        1536.729586084437,
        3199.8582195085955,
        2553.0504064331644,
        474.52854120695537,
        -22.44095244658582,
    ],
};

/// One less the function at the size of an argument from 0.84375 to 28.
fn complement(x: f64) -> f64 {
    let size = x.abs();
    if size < 1.25 {
        return 1.0 - AT_ONE - MIDDLE.at(size - 1.0);
    }
    let s = 1.0 / (size * size);
    let ratio = if high_word(size) < 0x4006_DB6D { LARGE.at(s) } else { HUGE.at(s) };
    let z = without_low_word(size);
    exp(-z * z - 0.5625) * exp((z - size) * (z + size) + ratio) / size
}

/// Error function.
pub fn erf(x: f64) -> f64 {
    let size = x.abs();
    if size < 0.84375 {
        if size < 1.0 / 268_435_456.0 {
            // Without a product that may be subnormal.
            return 0.125 * (8.0 * x + EIGHTFOLD * x);
        }
        return x + x * SMALL.at(x * x);
    }
    if x.is_nan() {
        return x;
    }
    let result = if size < 6.0 { 1.0 - complement(x) } else { 1.0 };
    result.copysign(x)
}

/// Complement of the error function.
pub fn erfc(x: f64) -> f64 {
    let size = x.abs();
    if size < 0.84375 {
        if size < 1.0 / 72_057_594_037_927_936.0 {
            return 1.0 - x;
        }
        let y = SMALL.at(x * x);
        return if x < 0.25 { 1.0 - (x + x * y) } else { 0.5 - (x - 0.5 + x * y) };
    }
    if x.is_nan() {
        return x;
    }
    let result = if size < 28.0 { complement(x) } else { 0.0 };
    if x < 0.0 { 2.0 - result } else { result }
}
