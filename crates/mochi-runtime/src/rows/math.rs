//! Elementary functions.

use crate::elementary;
use crate::runtime::Runtime;
use crate::trap::Outcome;

macro_rules! elementary {
    ($($(#[$doc:meta])* $name:ident($($param:ident),*) = $body:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(_: &mut Runtime, $($param: f64),*) -> Outcome<f64> {
            Ok(elementary::$body($($param),*))
        }
    )*};
}

elementary! {
    /// Sine of radians.
    float_sin(x) = sin;
    /// Cosine of radians.
    float_cos(x) = cos;
    /// Tangent of radians.
    float_tan(x) = tan;
    /// Inverse sine in radians.
    float_asin(x) = asin;
    /// Inverse cosine in radians.
    float_acos(x) = acos;
    /// Inverse tangent in radians.
    float_atan(x) = atan;
    /// Hyperbolic sine.
    float_sinh(x) = sinh;
    /// Hyperbolic cosine.
    float_cosh(x) = cosh;
    /// Hyperbolic tangent.
    float_tanh(x) = tanh;
    /// Inverse hyperbolic sine.
    float_asinh(x) = asinh;
    /// Inverse hyperbolic cosine.
    float_acosh(x) = acosh;
    /// Inverse hyperbolic tangent.
    float_atanh(x) = atanh;
    /// Power of e minus one, exact near zero.
    float_expm1(x) = expm1;
    /// Logarithm to base ten.
    float_log10(x) = log10;
    /// Natural logarithm of one more, exact near zero.
    float_log1p(x) = log1p;
    /// Cube root.
    float_cbrt(x) = cbrt;
    /// Error function.
    float_erf(x) = erf;
    /// Complement of the error function.
    float_erfc(x) = erfc;
    /// Gamma function.
    float_gamma(x) = gamma;
    /// Logarithm of the absolute gamma function.
    float_lgamma(x) = lgamma;
    /// Angle in radians of the point with these y and x.
    float_atan2(y, x) = atan2;
    /// Length of the vector with these sides.
    float_hypot(x, y) = hypot;
    /// Power of e.
    float_exp(x) = exp;
    /// Power of two.
    float_exp2(x) = exp2;
    /// Natural logarithm.
    float_log(x) = log;
    /// Logarithm to base two.
    float_log2(x) = log2;
    /// Power.
    float_pow(base, exponent) = pow;
}
