/* Rounding, remainders and roots. */
#include "elementary.h"

double mo_trunc(double x) {
    return size_of(x) < TWO_52 ? with_sign((double)(int64_t)x, x) : x;
}
double mo_floor(double x) {
    double whole = mo_trunc(x);
    return whole > x ? whole - 1.0 : whole;
}
static double mo_ceil(double x) {
    double whole = mo_trunc(x);
    return whole < x ? whole + 1.0 : whole;
}
/* Halves away from zero. */
static double mo_round(double x) {
    double whole = mo_trunc(x);
    return size_of(x - whole) >= 0.5 ? whole + with_sign(1.0, x) : whole;
}
/* A double that is neither zero nor infinite nor NaN: its mantissa of 53 bits, and the exponent of that as a biased one. */
static uint64_t mantissa_of(double x, int *exponent) {
    uint64_t bits = mo_f64_bits(x), mantissa = bits & FRACTION;
    *exponent = (int)(bits >> 52 & 0x7FF);
    if (*exponent) return mantissa | (FRACTION + 1);
    for (*exponent = 1; mantissa <= FRACTION; mantissa <<= 1) --*exponent;
    return mantissa;
}
#if (defined(__GNUC__) || defined(__clang__)) && !defined(__TINYC__) && \
    (defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv_flen) && __riscv_flen >= 64))
double mo_sqrt(double x) {
    double root;
#if defined(__x86_64__)
    __asm__("sqrtsd %1, %0" : "=x"(root) : "x"(x));
#elif defined(__aarch64__)
    __asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(x));
#else
    __asm__("fsqrt.d %0, %1" : "=f"(root) : "f"(x));
#endif
    return root;
}
#elif defined(__wasm__)
double mo_sqrt(double x) {
    return __builtin_sqrt(x);
}
#else
/* Bit by bit, and one bit more to round by: a square root is never halfway between two doubles. */
double mo_sqrt(double x) {
    uint64_t mantissa, root = 0, twice = 0, bit;
    int exponent;
    if (!(x > 0.0 && x < INFINITY_)) return x == 0.0 || x > 0.0 ? x : NAN_;
    mantissa = mantissa_of(x, &exponent) << 1;
    if (!(exponent & 1)) mantissa <<= 1;
    for (bit = UINT64_C(1) << 53; bit; bit >>= 1) {
        uint64_t next = twice + bit;
        if (next <= mantissa) {
            twice = next + bit;
            mantissa -= next;
            root += bit;
        }
        mantissa <<= 1;
    }
    /* Half of the exponent rounds down, so the bias becomes 512 where that of the root is 511 or 512. */
    exponent = (exponent + 1023 - (exponent & 1 ? 0 : 1)) / 2;
    return mo_bits_f64(((root + 1) >> 1) - (FRACTION + 1) + ((uint64_t)exponent << 52));
}
#endif
double mo_fmod(double a, double b) {
    double size = size_of(a), by = size_of(b);
    uint64_t rest, modulus;
    int exponent, least, step;
    if (!(size < INFINITY_) || b != b || by == 0.0) return NAN_;
    if (size < by) return a;
    rest = mantissa_of(size, &exponent);
    modulus = mantissa_of(by, &least);
    for (rest %= modulus; exponent > least && rest; exponent -= step) {
        step = exponent - least < 11 ? exponent - least : 11;
        rest = (rest << step) % modulus;
    }
    if (!rest) return with_sign(0.0, a);
    for (; rest <= FRACTION; rest <<= 1) least--;
    if (least > 0) return with_sign(mo_bits_f64(rest - (FRACTION + 1) + ((uint64_t)least << 52)), a);
    return with_sign(mo_bits_f64(rest >> (1 - least)), a);
}

/* ---- Roots ---- */

/* The product and what it lost, for factors between 2^-500 and 2^500. */
static double product(double a, double b, double *lost) {
    double split_a = a * 134217729.0, split_b = b * 134217729.0, whole = a * b;
    double a_hi = split_a - (split_a - a), b_hi = split_b - (split_b - b), a_lo = a - a_hi, b_lo = b - b_hi;
    *lost = ((a_hi * b_hi - whole) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo;
    return whole;
}
/* A step of Newton's method for the cube root of `z`, whose inverse is about `inverse`; the result and what it lost. */
static double closer_root(double y, double derivative_at, double z, double inverse, double *lost) {
    double square_lost, cube_lost, square = product(y, y, &square_lost);
    double cube = product(y, square, &cube_lost), h, step, root;
    cube_lost += y * square_lost;
    h = ((cube - z) + cube_lost) * inverse;
    step = h * (y * derivative_at);
    root = y - step;
    *lost = (y - root) - step;
    return root;
}
/* Correctly rounded. */
static double mo_cbrt(double x) {
    static const double scales[3] = {1.0, 1.2599210498948732, 1.5874010519681996};
    static const double inverses[3] = {1.0, 0.5, 0.25};
    const double third = 0.3333333333333333, two_ninths = 0.2222222222222222;
    uint64_t mantissa, bits, next;
    double z, zz, inverse, square, y, h, lost, root, off_0, off_1;
    unsigned exponent, by_three, part;
    int signed_exponent;
    if (x == 0.0 || !(size_of(x) < INFINITY_)) return x + x;
    mantissa = mantissa_of(x, &signed_exponent) & FRACTION;
    exponent = (unsigned)(signed_exponent + 3072);
    by_three = exponent / 3;
    part = exponent % 3;
    /* The root of zz from 1 to 8 is that of z from 1 to 2 times one of three scales. */
    z = mo_bits_f64(mantissa | ONE);
    zz = with_sign(mo_bits_f64((mantissa | ONE) + ((uint64_t)part << 52)), x);
    inverse = 1.0 / z;
    square = z * z;
    y = 0.5528234184016472 + z * 0.5871142918266982 + square * (-0.16296967194987905 + z * 0.02310496411078147);
    h = y * y * (y * inverse) - 1.0;
    y -= (h * y) * (third - two_ninths * h);
    y *= with_sign(scales[part], x);
    inverse *= with_sign(inverses[part], x);
    root = closer_root(y, third, zz, inverse, &lost);
    off_0 = size_of(size_of(lost) - 1.1102230246251565e-16);
    off_1 = size_of(size_of(lost) - (2.2204460492503131e-16 + 1.1102230246251565e-16));
    if (off_0 < two_to(-75) || off_1 < two_to(-75)) {
        /* Close to the middle between two doubles. */
        root = closer_root(root, third, zz, inverse, &lost);
        off_0 = size_of(size_of(lost) - 1.1102230246251565e-16);
        off_1 = size_of(size_of(lost) - (2.2204460492503131e-16 + 1.1102230246251565e-16));
        if (off_0 < two_to(-98) || off_1 < two_to(-98)) {
            if (size_of(zz) == 3.2146036897957497) root = with_sign(1.4758508835342132, zz);
            if (size_of(zz) == 6.531417795099968) root = with_sign(1.86925759992312, zz);
        }
    }
    bits = mo_f64_bits(root) + ((uint64_t)((int64_t)by_three - 342 - 1023) << 52);
    /* Where the root has few digits it may be exact. */
    next = bits << 30;
    if ((next ^ next >> 63) <= UINT64_C(1) << 30) {
        uint64_t even = (mo_f64_bits(root) + (164 << 15)) & UINT64_C(0xFFFFFFFFFFFF0000);
        if (size_of((mo_bits_f64(even) - root) - lost) < 8.6736173798840355e-19 || size_of(zz) == 1.0)
            bits = (bits + (1 << 15)) & UINT64_C(0xFFFFFFFFFFFF0000);
    }
    return mo_bits_f64(bits);
}
/* The square and what it lost. */
static double square_of(double x, double *lost) {
    double split = x * 134217729.0, hi = x - split + split, lo = x - hi, square = x * x;
    *lost = hi * hi - square + 2.0 * hi * lo + lo * lo;
    return square;
}
static double mo_hypot(double x, double y) {
    double large = size_of(x), small = size_of(y), scale = 1.0, a, b, a_lost, b_lost;
    int e_large, e_small;
    if (mo_f64_bits(large) < mo_f64_bits(small)) {
        a = large;
        large = small;
        small = a;
    }
    e_large = exponent_of(large);
    e_small = exponent_of(small);
    /* Infinite even with NaN. */
    if (e_small == 0x7FF) return small;
    if (e_large == 0x7FF || small == 0.0) return large;
    if (e_large - e_small > 64) return large + small;
    if (e_large > 1023 + 510) {
        scale = two_to(700);
        large *= two_to(-700);
        small *= two_to(-700);
    } else if (e_small < 1023 - 450) {
        scale = two_to(-700);
        large *= two_to(700);
        small *= two_to(700);
    }
    a = square_of(large, &a_lost);
    b = square_of(small, &b_lost);
    return scale * mo_sqrt(b_lost + a_lost + b + a);
}

/* ---- Rows ---- */

MATH1(float_floor, mo_floor)
MATH1(float_ceil, mo_ceil)
MATH1(float_round, mo_round)
MATH1(float_sqrt, mo_sqrt)
MATH2(float_rem, mo_fmod)
MATH1(float_cbrt, mo_cbrt)
MATH2(float_hypot, mo_hypot)
