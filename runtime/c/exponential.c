/* Powers, logarithms, and hyperbolic functions, which are made of them. */
#include "elementary.h"

/* Adding it rounds to an integer, which is then in the last bits. */
#define SHIFT (1.5 * TWO_52)

/* The end of `power_of`, for scales beyond the normal doubles. */
static double power_in_steps(double more, uint64_t bits, bool large) {
    double scale, result, one, high, low;
    if (large) {
        scale = mo_bits_f64(bits - (UINT64_C(1009) << 52));
        return two_to(1009) * (scale + scale * more);
    }
    scale = mo_bits_f64(bits + (UINT64_C(1022) << 52));
    result = scale + scale * more;
    if (size_of(result) < 1.0) {
        /* Round once, to the digits that a subnormal has, and not again when it becomes one. */
        one = result < 0.0 ? -1.0 : 1.0;
        low = scale - result + scale * more;
        high = one + result;
        low = one - high + result + low;
        result = high + low - one;
        if (result == 0.0) result = with_sign(0.0, scale);
    }
    return two_to(-1022) * result;
}
/* 2^(parts / INTERVALS) * e^rest with a sign bit, where only the last bits of the parts count; `wide` says that its power
 * of two may not be a normal double. */
static double power_of(uint64_t parts, double rest, uint64_t sign, bool wide) {
    const power *p = &powers[parts % INTERVALS];
    uint64_t bits = p->bits + (parts << (52 - INTERVAL_BITS)) + sign;
    double square = rest * rest, scale, more;
    more = p->tail + rest + square * (0.5 + rest * 0.16666666666666666) +
           square * square * (0.041666666666666664 + rest * 0.0083333333333333332);
    if (wide) return power_in_steps(more, bits, !(parts >> 31 & 1));
    scale = mo_bits_f64(bits);
    return scale + scale * more;
}
/* The power of e of a sum whose second part is tiny, with the sign bit given. */
static double exp_of_sum(double x, double tail, uint64_t sign) {
    unsigned size = (unsigned)(mo_f64_bits(x) >> 52 & 0x7FF);
    double shifted, whole;
    if (size < 1023 - 54) return mo_bits_f64(mo_f64_bits(1.0 + x) | sign);
    if (size >= 1023 + 10) return x != x ? x : mo_bits_f64((x < 0.0 ? 0 : INFINITE) | sign);
    shifted = x * PARTS_PER_E + SHIFT;
    whole = shifted - SHIFT;
    return power_of(mo_f64_bits(shifted), x - whole * PART_HI - whole * PART_LO + tail, sign, size >= 1023 + 9);
}
double mo_exp(double x) {
    return exp_of_sum(x, 0.0, 0);
}
static double mo_exp2(double x) {
    unsigned size = (unsigned)(mo_f64_bits(x) >> 52 & 0x7FF);
    double shifted;
    if (size < 1023 - 54) return 1.0 + x;
    if (size >= 1023 + 10) {
        if (x != x) return x;
        if (x > 0.0) return INFINITY_;
        if (x <= -1075.0) return 0.0;
    }
    shifted = x + SHIFT / INTERVALS;
    return power_of(mo_f64_bits(shifted), (x - (shifted - SHIFT / INTERVALS)) * LN2, 0, size_of(x) > 928.0);
}
/* The bits of a positive subnormal as if its exponent had no bound below. */
static uint64_t normal_of_subnormal(double x) {
    return mo_f64_bits(x * TWO_52) - (UINT64_C(52) << 52);
}
/* The natural logarithm, given such bits, and what is missing in it: together right to 2^-68 of it. */
static double log_and_tail(uint64_t bits, double *tail) {
    uint64_t above = bits - FIRST;
    const interval *c = &logs[(above >> (52 - INTERVAL_BITS)) % INTERVALS];
    int64_t exponent = (int64_t)(above >> 52) - ((int64_t)(above >> 63) << 12);
    double scale = (double)exponent, z, z_hi, r_hi, r_lo, r, base, sum, lost_1, lost_2, lost_3, lost_4;
    double half, square, half_hi, square_hi, high, cube, series, low, log;
    bits -= (uint64_t)exponent << 52;
    /* r = z / c - 1 without rounding, for which z is multiplied in two parts. */
    z = mo_bits_f64(bits);
    z_hi = mo_bits_f64((bits + (UINT64_C(1) << 31)) & UINT64_MAX << 32);
    r_hi = z_hi * c->inverse - 1.0;
    r_lo = (z - z_hi) * c->inverse;
    r = r_hi + r_lo;
    /* exponent * log(2) + log(c) + r - r^2 / 2: each sum and what it lost. */
    base = scale * LN2_HI + c->log;
    sum = base + r;
    lost_1 = scale * LN2_LO + c->tail;
    lost_2 = base - sum + r;
    half = -0.5 * r;
    square = r * half;
    half_hi = -0.5 * r_hi;
    square_hi = r_hi * half_hi;
    high = sum + square_hi;
    lost_3 = r_lo * (half + half_hi);
    lost_4 = sum - high + square_hi;
    /* The series of log(1 + r) from r^3 on, in terms of -r^2 / 2. */
    cube = r * square;
    series = cube * (-0.66666666666666663 + r * 0.5 +
                     square * (0.8 - r * 0.66666666666666663 +
                               square * (-1.1428571428571428 + r + square * 1.7777777777777777)));
    low = lost_1 + lost_2 + lost_3 + lost_4 + series;
    log = high + low;
    *tail = high - log + low;
    return log;
}
/* Whether there is a logarithm to compute, given the bits; else it is in `*result`. */
static bool has_log(double x, uint64_t *bits, double *result) {
    *bits = mo_f64_bits(x);
    if (*bits - (FRACTION + 1) < INFINITE - (FRACTION + 1)) return true;
    if (x == 0.0) *result = -INFINITY_;
    else if (x < 0.0) *result = NAN_;
    else if (*bits >> 52) *result = x;
    else {
        *bits = normal_of_subnormal(x);
        return true;
    }
    return false;
}
double mo_log(double x) {
    uint64_t bits;
    double result;
    return has_log(x, &bits, &result) ? log_and_tail(bits, &x) : result;
}
static double log_in_base(double x, double inverse_hi, double inverse_lo) {
    uint64_t bits;
    double log, hi, lo;
    if (!has_log(x, &bits, &log)) return log;
    log = log_and_tail(bits, &lo);
    hi = without_last(log);
    lo = log - hi + lo;
    return hi * inverse_hi + (hi * inverse_lo + lo * (inverse_hi + inverse_lo));
}
static double mo_log2(double x) {
    return log_in_base(x, LOG2_E_HI, LOG2_E_LO);
}
static double mo_log10(double x) {
    return log_in_base(x, LOG10_E_HI, LOG10_E_LO);
}
enum { NOT_INTEGRAL, ODD, EVEN };
/* Of a finite double that is not zero. */
static int parity(uint64_t bits) {
    int exponent = (int)(bits >> 52 & 0x7FF) - 1023;
    uint64_t unit;
    if (exponent < 0) return NOT_INTEGRAL;
    if (exponent > 52) return EVEN;
    unit = UINT64_C(1) << (52 - exponent);
    if (bits & (unit - 1)) return NOT_INTEGRAL;
    return bits & unit ? ODD : EVEN;
}
/* Zero, infinite or not a number. */
static bool is_special(uint64_t bits) {
    return bits << 1 == 0 || bits << 1 >= INFINITE << 1;
}
static double pow_of_special(double x, double y) {
    if (y == 0.0 || x == 1.0) return 1.0;
    if (x != x || y != y) return x + y;
    if (x == -1.0) return 1.0;
    return (size_of(x) < 1.0) == (y > 0.0) ? 0.0 : INFINITY_;
}
double mo_pow(double x, double y) {
    uint64_t bits = mo_f64_bits(x), exponent = mo_f64_bits(y), sign = 0;
    unsigned size = (unsigned)(exponent >> 52 & 0x7FF);
    double log, tail, y_hi, log_hi;
    if (is_special(exponent)) return pow_of_special(x, y);
    if (is_special(bits)) {
        double square = x * x;
        if (bits & SIGN && parity(exponent) == ODD) square = -square;
        return y < 0.0 ? 1.0 / square : square;
    }
    if (bits & SIGN) {
        int kind = parity(exponent);
        if (kind == NOT_INTEGRAL) return NAN_;
        if (kind == ODD) sign = SIGN;
        bits &= ~SIGN;
    }
    /* Beyond this a power is one, none or infinite. */
    if (size < 0x3BE || size >= 0x43E) {
        if (bits == ONE || size < 0x3BE) return 1.0;
        return (bits > ONE) == (y > 0.0) ? INFINITY_ : 0.0;
    }
    if (bits >> 52 == 0) bits = normal_of_subnormal(mo_bits_f64(bits));
    log = log_and_tail(bits, &tail);
    y_hi = without_last(y);
    log_hi = without_last(log);
    return exp_of_sum(y_hi * log_hi, (y - y_hi) * log_hi + y * (log - log_hi + tail), sign);
}
/* The logarithm of two in 33 bits, and the rest. */
#define LN2_SHORT_HI 0.6931471803691238
#define LN2_SHORT_LO 1.9082149292705877e-10

static const double expm1_series[] = {
    1.0, -0.03333333333333313, 0.0015873015872548146, -7.93650757867488e-05, 4.008217827329362e-06,
    -2.0109921818362437e-07,
};
static double mo_expm1(double x) {
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    double hi, lo, lost = 0.0, half, square, r, t, e, y, whole;
    int k = 0;
    if (high >= 0x4043687A) {
        if (x != x) return x;
        if (x < 0.0) return -1.0;
        if (x > 709.78271289338397) return INFINITY_;
    }
    if (high > 0x3FD62E42) {
        if (high < 0x3FF0A2B2) {
            k = x < 0.0 ? -1 : 1;
            hi = x - k * LN2_SHORT_HI;
            lo = k * LN2_SHORT_LO;
        } else {
            k = (int)(1.4426950408889634 * x + (x < 0.0 ? -0.5 : 0.5));
            whole = (double)k;
            hi = x - whole * LN2_SHORT_HI;
            lo = whole * LN2_SHORT_LO;
        }
        x = hi - lo;
        lost = (hi - x) - lo;
    } else if (high < 0x3C900000) {
        return x;
    }
    half = 0.5 * x;
    square = x * half;
    r = AT(square, expm1_series);
    t = 3.0 - r * half;
    e = square * ((r - t) / (6.0 - x * t));
    if (k == 0) return x - (x * e - square);
    e = x * (e - lost) - lost;
    e -= square;
    if (k == -1) return 0.5 * (x - e) - 0.5;
    if (k == 1) return x < -0.25 ? -2.0 * (e - (x + 0.5)) : 1.0 + 2.0 * (x - e);
    if (k < 0 || k > 56) {
        y = x - e + 1.0;
        y = k == 1024 ? y * 2.0 * two_to(1023) : y * two_to(k);
        return y - 1.0;
    }
    y = two_to(-k);
    return (k < 20 ? x - e + (1.0 - y) : x - (e + y) + 1.0) * two_to(k);
}
static const double log1p_even[] = {
    0.3999999999940942, 0.22222198432149784, 0.15313837699209373,
};
static const double log1p_odd[] = {
    0.6666666666666735, 0.2857142874366239, 0.1818357216161805, 0.14798198605116586,
};
static double mo_log1p(double x) {
    uint32_t high = high_word(x), top;
    double f = 0.0, lost = 0.0, u, half, s, z, w, t1, t2, whole;
    uint64_t bits;
    int k = 1;
    if (high < 0x3FDA827A || high >> 31) {
        if (high >= 0xBFF00000) return x == -1.0 ? -INFINITY_ : NAN_;
        if (high << 1 < UINT32_C(0x3CA00000) << 1) return x;
        if (high <= 0xBFD2BEC4) {
            k = 0;
            f = x;
        }
    } else if (high >= 0x7FF00000) {
        return x;
    }
    if (k) {
        u = 1.0 + x;
        bits = mo_f64_bits(u);
        top = (uint32_t)(bits >> 32) + (0x3FF00000 - 0x3FE6A09E);
        k = (int)(top >> 20) - 1023;
        if (k < 54) lost = (k >= 2 ? 1.0 - (u - x) : x - (u - 1.0)) / u;
        top = (top & 0x000FFFFF) + 0x3FE6A09E;
        f = mo_bits_f64((uint64_t)top << 32 | (bits & 0xFFFFFFFF)) - 1.0;
    }
    half = 0.5 * f * f;
    s = f / (2.0 + f);
    z = s * s;
    w = z * z;
    t1 = w * AT(w, log1p_even);
    t2 = z * AT(w, log1p_odd);
    whole = (double)k;
    return s * (half + (t2 + t1)) + (whole * LN2_SHORT_LO + lost) - half + f + whole * LN2_SHORT_HI;
}

/* ---- Hyperbolic functions ---- */

/* Above it powers of e overflow. */
#define EXP_LARGE 709.75

/* Half the power of e where the whole may overflow. */
static double half_exp(double x) {
    return exp_of_sum(x - LN2_HI, -LN2_LO, 0);
}
static double mo_sinh(double x) {
    double size = size_of(x), half = with_sign(0.5, x), t;
    if (size < 1.0 / TWO_26) return x;
    if (size >= EXP_LARGE || x != x) return 2.0 * half * half_exp(size);
    t = mo_expm1(size);
    return size < 1.0 ? half * (2.0 * t - t * t / (t + 1.0)) : half * (t + t / (t + 1.0));
}
static double mo_cosh(double x) {
    double size = size_of(x), t;
    if (size < LN2) {
        t = mo_expm1(size);
        return 1.0 + t * t / (2.0 * (1.0 + t));
    }
    if (size < EXP_LARGE) {
        t = mo_exp(size);
        return 0.5 * (t + 1.0 / t);
    }
    return half_exp(size);
}
static double mo_tanh(double x) {
    double size = size_of(x), t;
    uint32_t high = high_word(size);
    if (high > 0x40340000) t = 1.0 - 0.0 / size;
    else if (high > 0x3FE193EA) t = 1.0 - 2.0 / (mo_expm1(2.0 * size) + 2.0);
    else if (high > 0x3FD058AE) {
        t = mo_expm1(2.0 * size);
        t = t / (t + 2.0);
    } else if (high >= 0x00100000) {
        t = mo_expm1(-2.0 * size);
        t = -t / (t + 2.0);
    } else t = size;
    return with_sign(t, x);
}
static double mo_asinh(double x) {
    double size = size_of(x), result;
    if (size < 1.0 / TWO_26) return x;
    if (size < 2.0) result = mo_log1p(size + size * size / (mo_sqrt(size * size + 1.0) + 1.0));
    else if (size < TWO_26) result = mo_log(2.0 * size + 1.0 / (mo_sqrt(size * size + 1.0) + size));
    else result = mo_log(size) + LN2;
    return with_sign(result, x);
}
static double mo_acosh(double x) {
    double t = x - 1.0;
    if (x < 1.0) return NAN_;
    if (x < 2.0) return mo_log1p(t + mo_sqrt(t * t + 2.0 * t));
    if (x < TWO_26) return mo_log(2.0 * x - 1.0 / (x + mo_sqrt(x * x - 1.0)));
    return mo_log(x) + LN2;
}
static double mo_atanh(double x) {
    int exponent = (int)(mo_f64_bits(x) >> 52 & 0x7FF);
    double y = size_of(x);
    if (exponent >= 0x3FF - 1) y = 0.5 * mo_log1p(2.0 * (y / (1.0 - y)));
    else if (exponent >= 0x3FF - 32) y = 0.5 * mo_log1p(2.0 * y + 2.0 * y * y / (1.0 - y));
    return with_sign(y, x);
}

/* ---- Rows ---- */

MATH1(float_exp, mo_exp)
MATH1(float_exp2, mo_exp2)
MATH1(float_expm1, mo_expm1)
MATH1(float_log, mo_log)
MATH1(float_log2, mo_log2)
MATH1(float_log10, mo_log10)
MATH1(float_log1p, mo_log1p)
MATH2(float_pow, mo_pow)
MATH1(float_sinh, mo_sinh)
MATH1(float_cosh, mo_cosh)
MATH1(float_tanh, mo_tanh)
MATH1(float_asinh, mo_asinh)
MATH1(float_acosh, mo_acosh)
MATH1(float_atanh, mo_atanh)
