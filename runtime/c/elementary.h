/* What the parts that compute elementary functions share: roots.c, exponential.c, trigonometric.c and gamma.c. Their
 * results are to the bit those of the Rust runtime (crates/mochi-runtime/src/elementary.rs and the libm crate): operation
 * for operation the same, so a change here needs the same change there. Nothing may be fused (-ffp-contract=off) and
 * nothing is called that the C library has.
 *
 * Where they come from, and on what terms:
 *
 * The trigonometric functions, erf, lgamma, expm1 and log1p are after FreeBSD's msun:
 *   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 *   Developed at SunPro and SunSoft, Sun Microsystems, Inc. businesses.
 *   Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is
 *   preserved.
 *
 * exp, exp2, log and pow are after Arm's optimized routines (Copyright (c) 2018, Arm Limited), cbrt after CORE-MATH
 * (Copyright (c) 2021-2022 Alexei Sibidanov), hypot, gamma and the hyperbolic functions after musl (Copyright (c) 2005-2020
 * Rich Felker, et al.). All three are under the MIT license:
 *   Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
 *   documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
 *   rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
 *   persons to whom the Software is furnished to do so, subject to the following conditions:
 *   The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
 *   Software.
 *   THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
 *   WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
 *   COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
 *   OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE. */
#ifndef MOCHI_ELEMENTARY_H
#define MOCHI_ELEMENTARY_H

#include "internal.h"

/* A power of two: what is missing in the bits, relative to it, and the bits less what adding its number there adds. */
typedef struct power {
    double tail;
    uint64_t bits;
} power;
/* An interval: close to the inverse of its middle, the logarithm of one by that, and what is missing in it. */
typedef struct interval {
    double inverse, log, tail;
} interval;

#include "elementary.inc"

#define SIGN (UINT64_C(1) << 63)
#define INFINITE (UINT64_C(0x7FF) << 52)
#define FRACTION ((UINT64_C(1) << 52) - 1)
#define ONE (UINT64_C(0x3FF) << 52)
#define NAN_ mo_bits_f64(MO_NAN)
#define INFINITY_ mo_bits_f64(INFINITE)
#define TWO_24 16777216.0
#define TWO_26 67108864.0
#define TWO_52 4503599627370496.0
#define PI 3.1415926535897931
#define PI_2 1.5707963267948966
#define PI_4 0.78539816339744828
#define LN2 0.69314718055994529
#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define AT(x, coefficients) polynomial(x, coefficients, LENGTH(coefficients))

static inline double size_of(double x) {
    return mo_bits_f64(mo_f64_bits(x) & ~SIGN);
}
static inline double with_sign(double x, double sign) {
    return mo_bits_f64((mo_f64_bits(x) & ~SIGN) | (mo_f64_bits(sign) & SIGN));
}
/* The first 32 bits: sign, exponent and twenty bits of the mantissa. */
static inline uint32_t high_word(double x) {
    return (uint32_t)(mo_f64_bits(x) >> 32);
}
static inline double without_low_word(double x) {
    return mo_bits_f64(mo_f64_bits(x) & UINT64_C(0xFFFFFFFF00000000));
}
/* Without the last 27 bits: products of two such are exact. */
static inline double without_last(double x) {
    return mo_bits_f64(mo_f64_bits(x) & UINT64_MAX << 27);
}
/* Two to a power that is a normal double. */
static inline double two_to(int exponent) {
    return mo_bits_f64((uint64_t)(exponent + 1023) << 52);
}
/* The sum of coefficients times powers, the first being the constant. */
static inline double polynomial(double x, const double *coefficients, size_t len) {
    double sum = coefficients[--len];
    while (len) sum = coefficients[--len] + x * sum;
    return sum;
}
/* Biased. */
static inline int exponent_of(double x) {
    return (int)(mo_f64_bits(x) >> 52 & 0x7FF);
}

double mo_sqrt(double x);
double mo_exp(double x);
double mo_log(double x);
double mo_pow(double x, double y);
double mo_sin(double x);
double mo_cos(double x);

/* The body of a row. */
#define MATH1(name, function) \
    double mo_rt_##name(double x, uint32_t site) { \
        (void)site; \
        return function(x); \
    }
#define MATH2(name, function) \
    double mo_rt_##name(double x, double y, uint32_t site) { \
        (void)site; \
        return function(x, y); \
    }

#endif
