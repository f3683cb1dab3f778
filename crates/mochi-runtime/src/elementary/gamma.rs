//! The gamma function, after musl (MIT, copyright 2005-2020 Rich Felker and others), and its logarithm, after FreeBSD's
//! msun (see the notice in `runtime/c/elementary.h`).

use std::f64::consts::PI;

use super::{Ratio, cos, exp, log, polynomial, pow, sin};

/// Factorials that are doubles.
pub(super) const FACTORIALS: [f64; 23] = factorials();

const fn factorials() -> [f64; 23] {
    let (mut table, mut n) = ([1.0; 23], 1);
    while n < table.len() {
        table[n] = table[n - 1] * n as f64;
        n += 1;
    }
    table
}

/// Lanczos' approximation, with g less a half.
const G_LESS_HALF: f64 = 5.524_680_040_776_73;
/// Its sum as a ratio.
pub(super) const LANCZOS: Ratio<13, 13> = Ratio {
    over: [
        23531376880.41076,
        42919803642.6491,
        35711959237.35567,
        17921034426.03721,
        6039542586.352028,
        1439720407.3117216,
        248874557.86205417,
        31426415.585400194,
        2876370.6289353725,
        186056.26539522348,
        8071.672002365816,
        210.82427775157936,
        2.5066282746310002,
    ],
    under: [
        0.0,
        39916800.0,
        120543840.0,
        150917976.0,
        105258076.0,
        45995730.0,
        13339535.0,
        2637558.0,
        357423.0,
        32670.0,
        1925.0,
        66.0,
        1.0,
    ],
};

/// The logarithm near its minimum: where that is, its value, and what is missing in that.
const MINIMUM: f64 = 1.4616321449683622;
const AT_MINIMUM: f64 = -0.12148629053584961;
const AT_MINIMUM_LESS: f64 = -3.638676997039505e-18;
/// Of two less the argument.
pub(super) const NEAR_TWO_EVEN: [f64; 6] = [
    0.07721566490153287,
    0.06735230105312927,
    0.007385550860814029,
    0.0011927076318336207,
    0.00022086279071390839,
    2.5214456545125733e-05,
];
/// See [`NEAR_TWO_EVEN`].
pub(super) const NEAR_TWO_ODD: [f64; 6] = [
    0.3224670334241136,
    0.020580808432516733,
    0.0028905138367341563,
    0.0005100697921535113,
    0.00010801156724758394,
    4.4864094961891516e-05,
];
/// Of the distance from the minimum, every third.
pub(super) const NEAR_MINIMUM_0: [f64; 5] = [
    0.48383612272381005,
    -0.032788541075985965,
    0.006100538702462913,
    -0.0014034646998923284,
    0.00031563207090362595,
];
/// See [`NEAR_MINIMUM_0`].
pub(super) const NEAR_MINIMUM_1: [f64; 5] = [
    -0.1475877229945939,
    0.01797067508118204,
    -0.0036845201678113826,
    0.000881081882437654,
    -0.00031275416837512086,
];
/// See [`NEAR_MINIMUM_0`].
pub(super) const NEAR_MINIMUM_2: [f64; 5] = [
    0.06462494023913339,
    -0.010314224129834144,
    0.0022596478090061247,
    -0.0005385953053567405,
    0.0003355291926355191,
];
/// Of the argument less one.
pub(super) const NEAR_ONE: Ratio<6, 6> = Ratio {
    over: [
        -0.07721566490153287,
        0.6328270640250934,
        1.4549225013723477,
        0.9777175279633727,
        0.22896372806469245,
        0.013381091853678766,
    ],
    under: [
        1.0,
        2.4559779371304113,
        2.128489763798934,
        0.7692851504566728,
        0.10422264559336913,
        0.003217092422824239,
    ],
};
/// Of the fraction, from two to eight.
pub(super) const BELOW_EIGHT: Ratio<7, 7> = Ratio {
    over: [
        -0.07721566490153287,
        0.21498241596060885,
        0.325778796408931,
        0.14635047265246445,
        0.02664227030336386,
        0.0018402845140733772,
        3.194753265841009e-05,
    ],
    under: [
        1.0,
        1.3920053346762105,
        0.7219355475671381,
        0.17193386563280308,
        0.01864591917156529,
        0.0007779424963818936,
        7.326684307446256e-06,
    ],
};
/// Stirling's series, of the inverse square.
pub(super) const STIRLING: [f64; 6] = [
    0.08333333333333297,
    -0.0027777777772877554,
    0.0007936505586430196,
    -0.00059518755745034,
    0.0008363399189962821,
    -0.0016309293409657527,
];
/// Its constant.
const STIRLING_0: f64 = 0.4189385332046727;

/// The sine of pi times a positive number that is not tiny.
fn sin_pi(x: f64) -> f64 {
    let half = 0.5 * x;
    let x = 2.0 * (half - half.floor());
    let quarters = (4.0 * x) as i32;
    let n = (quarters + 1) / 2;
    let angle = (x - f64::from(n) * 0.5) * PI;
    match n {
        1 => cos(angle),
        2 => sin(-angle),
        3 => -cos(angle),
        _ => sin(angle),
    }
}

/// The sum of Lanczos' approximation.
fn lanczos(x: f64) -> f64 {
    if x < 8.0 {
        return LANCZOS.at(x);
    }
    // From the other end, where powers of the argument would overflow.
    let (mut over, mut under) = (0.0, 0.0);
    for i in 0..LANCZOS.over.len() {
        over = over / x + LANCZOS.over[i];
        under = under / x + LANCZOS.under[i];
    }
    over / under
}

/// Gamma function.
pub fn gamma(x: f64) -> f64 {
    let size = x.abs();
    if size < 1.0 / 18_014_398_509_481_984.0 {
        return 1.0 / x;
    }
    if x == x.floor() {
        if x < 0.0 {
            return f64::NAN;
        }
        if x <= FACTORIALS.len() as f64 {
            return FACTORIALS[x as usize - 1];
        }
    }
    if size >= 184.0 {
        let negative = (0.5 * x).floor() != 0.5 * x.floor();
        return if x > 0.0 {
            f64::INFINITY
        } else if negative {
            -0.0
        } else {
            0.0
        };
    }
    let y = size + G_LESS_HALF;
    // What y lost.
    let lost = if size > G_LESS_HALF { y - size - G_LESS_HALF } else { y - G_LESS_HALF - size };
    let mut r = lanczos(size) * exp(-y);
    let (mut lost, mut z) = (lost, size - 0.5);
    if x < 0.0 {
        r = -PI / (sin_pi(size) * size * r);
        lost = -lost;
        z = -z;
    }
    r += lost * (G_LESS_HALF + 0.5) * r / y;
    let half = pow(y, 0.5 * z);
    r * half * half
}

/// Logarithm of the absolute gamma function.
pub fn lgamma(x: f64) -> f64 {
    let size = x.abs();
    if size.is_infinite() || x.is_nan() {
        return x * x;
    }
    if size < 1.0 / TWO_70 {
        return -log(size);
    }
    if x > 0.0 {
        return positive_lgamma(x);
    }
    let sine = sin_pi(size);
    if sine == 0.0 {
        return f64::INFINITY;
    }
    log(PI / (sine.abs() * size)) - positive_lgamma(size)
}

const TWO_70: f64 = 1_180_591_620_717_411_303_424.0;
const TWO_58: f64 = 288_230_376_151_711_744.0;

fn positive_lgamma(x: f64) -> f64 {
    if x == 1.0 || x == 2.0 {
        return 0.0;
    }
    if x < 2.0 {
        return lgamma_below_two(x);
    }
    if x < 8.0 {
        let whole = x.floor();
        let y = x - whole;
        let r = 0.5 * y + y * BELOW_EIGHT.at(y);
        let (mut product, mut n) = (1.0, whole - 1.0);
        while n >= 2.0 {
            product *= y + n;
            n -= 1.0;
        }
        return if whole > 2.0 { r + log(product) } else { r };
    }
    let t = log(x);
    if x >= TWO_58 {
        return x * (t - 1.0);
    }
    let z = 1.0 / x;
    let w = STIRLING_0 + z * polynomial(z * z, &STIRLING);
    (x - 0.5) * (t - 1.0) + w
}

fn lgamma_below_two(x: f64) -> f64 {
    // Up to 0.9 it is that of one more, less the logarithm.
    let (r, near) = if x <= 0.9 { (-log(x), x + 1.0) } else { (0.0, x) };
    let less = if x <= 0.9 { 1.0 } else { 0.0 };
    if near >= 1.7316 {
        let y = 2.0 - less - x;
        let z = y * y;
        let even = polynomial(z, &NEAR_TWO_EVEN);
        let odd = z * polynomial(z, &NEAR_TWO_ODD);
        return r + (y * even + odd - 0.5 * y);
    }
    if near >= 1.2316 {
        let y = x - (MINIMUM - less);
        let z = y * y;
        let w = z * y;
        let p1 = polynomial(w, &NEAR_MINIMUM_0);
        let p2 = polynomial(w, &NEAR_MINIMUM_1);
        let p3 = polynomial(w, &NEAR_MINIMUM_2);
        return r + (AT_MINIMUM + (z * p1 - (AT_MINIMUM_LESS - w * (p2 + y * p3))));
    }
    let y = x - (1.0 - less);
    r + (-0.5 * y + y * NEAR_ONE.at(y))
}
