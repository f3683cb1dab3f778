/* The error and the gamma function. */
#include "elementary.h"

/* The error function at one, rounded to 24 bits. */
#define ERF_AT_ONE 0.84506291151046753

/* One less the error function at the size of an argument from 0.84375 to 28. */
static double erf_complement(double x) {
    double size = size_of(x), s, ratio, z;
    if (size < 1.25) {
        s = size - 1.0;
        return 1.0 - ERF_AT_ONE - AT(s, erf_middle_over) / AT(s, erf_middle_under);
    }
    s = 1.0 / (size * size);
    if (high_word(size) < 0x4006DB6D) ratio = AT(s, erf_large_over) / AT(s, erf_large_under);
    else ratio = AT(s, erf_huge_over) / AT(s, erf_huge_under);
    z = without_low_word(size);
    return mo_exp(-z * z - 0.5625) * mo_exp((z - size) * (z + size) + ratio) / size;
}
static double erf_ratio(double x) {
    double z = x * x;
    return AT(z, erf_small_over) / AT(z, erf_small_under);
}
static double mo_erf(double x) {
    double size = size_of(x);
    if (size < 0.84375) {
        /* Without a product that may be subnormal. */
        if (size < 1.0 / 268435456.0) return 0.125 * (8.0 * x + 1.0270333367641007 * x);
        return x + x * erf_ratio(x);
    }
    if (x != x) return x;
    return with_sign(size < 6.0 ? 1.0 - erf_complement(x) : 1.0, x);
}
static double mo_erfc(double x) {
    double size = size_of(x), y;
    if (size < 0.84375) {
        if (size < 1.0 / 72057594037927936.0) return 1.0 - x;
        y = erf_ratio(x);
        return x < 0.25 ? 1.0 - (x + x * y) : 0.5 - (x - 0.5 + x * y);
    }
    if (x != x) return x;
    y = size < 28.0 ? erf_complement(x) : 0.0;
    return x < 0.0 ? 2.0 - y : y;
}
/* The sine of pi times a positive number that is not tiny. */
static double sin_pi(double x) {
    double half = 0.5 * x, turn = 2.0 * (half - mo_floor(half)), part;
    int n = ((int)(4.0 * turn) + 1) / 2;
    part = (turn - (double)n * 0.5) * PI;
    switch (n) {
    case 1: return mo_cos(part);
    case 2: return mo_sin(-part);
    case 3: return -mo_cos(part);
    default: return mo_sin(part);
    }
}
/* The sum of Lanczos' approximation. */
static double lanczos(double x) {
    double over = 0.0, under = 0.0;
    size_t i;
    if (x < 8.0) return AT(x, lanczos_over) / AT(x, lanczos_under);
    /* From the other end, where powers of the argument would overflow. */
    for (i = 0; i < LENGTH(lanczos_over); i++) {
        over = over / x + lanczos_over[i];
        under = under / x + lanczos_under[i];
    }
    return over / under;
}
/* Lanczos' g less a half. */
#define G_LESS_HALF 5.5246800407767296

static double mo_gamma(double x) {
    double size = size_of(x), y, lost, r, z, half;
    if (size < 1.0 / 18014398509481984.0) return 1.0 / x;
    if (x == mo_floor(x)) {
        if (x < 0.0) return NAN_;
        if (x <= (double)LENGTH(factorials)) return factorials[(size_t)x - 1];
    }
    if (size >= 184.0) {
        if (x > 0.0) return INFINITY_;
        return mo_floor(0.5 * x) != 0.5 * mo_floor(x) ? -0.0 : 0.0;
    }
    y = size + G_LESS_HALF;
    lost = size > G_LESS_HALF ? y - size - G_LESS_HALF : y - G_LESS_HALF - size;
    r = lanczos(size) * mo_exp(-y);
    z = size - 0.5;
    if (x < 0.0) {
        r = -PI / (sin_pi(size) * size * r);
        lost = -lost;
        z = -z;
    }
    r += lost * (G_LESS_HALF + 0.5) * r / y;
    half = mo_pow(y, 0.5 * z);
    return r * half * half;
}
static double lgamma_below_two(double x) {
    /* Up to 0.9 it is that of one more, less the logarithm. */
    bool low = x <= 0.9;
    double r = low ? -mo_log(x) : 0.0, near = low ? x + 1.0 : x, less = low ? 1.0 : 0.0, y, z, w;
    if (near >= 1.7316) {
        y = 2.0 - less - x;
        z = y * y;
        return r + (y * AT(z, near_two_even) + z * AT(z, near_two_odd) - 0.5 * y);
    }
    if (near >= 1.2316) {
        y = x - (1.4616321449683622 - less);
        z = y * y;
        w = z * y;
        z = z * AT(w, near_minimum_0) -
            (-3.638676997039505e-18 - w * (AT(w, near_minimum_1) + y * AT(w, near_minimum_2)));
        return r + (-0.12148629053584961 + z);
    }
    y = x - (1.0 - less);
    return r + (-0.5 * y + y * (AT(y, near_one_over) / AT(y, near_one_under)));
}
static double positive_lgamma(double x) {
    double whole, y, r, z, t;
    if (x == 1.0 || x == 2.0) return 0.0;
    if (x < 2.0) return lgamma_below_two(x);
    if (x < 8.0) {
        whole = mo_floor(x);
        y = x - whole;
        r = 0.5 * y + y * (AT(y, below_eight_over) / AT(y, below_eight_under));
        for (z = 1.0, t = whole - 1.0; t >= 2.0; t -= 1.0) z *= y + t;
        return whole > 2.0 ? r + mo_log(z) : r;
    }
    t = mo_log(x);
    if (x >= 288230376151711744.0) return x * (t - 1.0);
    z = 1.0 / x;
    y = z * z;
    return (x - 0.5) * (t - 1.0) + (0.41893853320467272 + z * AT(y, stirling));
}
static double mo_lgamma(double x) {
    double size = size_of(x), sine;
    if (!(size < INFINITY_)) return x * x;
    if (size < 1.0 / 1180591620717411303424.0) return -mo_log(size);
    if (x > 0.0) return positive_lgamma(x);
    sine = sin_pi(size);
    if (sine == 0.0) return INFINITY_;
    return mo_log(PI / (size_of(sine) * size)) - positive_lgamma(size);
}

/* ---- Rows ---- */

MATH1(float_erf, mo_erf)
MATH1(float_erfc, mo_erfc)
MATH1(float_gamma, mo_gamma)
MATH1(float_lgamma, mo_lgamma)
