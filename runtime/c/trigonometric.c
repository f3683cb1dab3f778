/* Trigonometric functions and their inverses. */
#include "elementary.h"

/* An angle that is left when multiples of half pi are taken away: the sum of two doubles. */
typedef struct angle {
    double hi, lo;
} angle;

/* What the series of the sine has from the fifth power on, by that, of the square. */
static double sin_rest(double z) {
    return 0.00833333333332249 + z * (-0.0001984126982985795 + z * 2.7557313707070068e-06) +
           z * (z * z) * (-2.5050760253406863e-08 + z * 1.58969099521155e-10);
}
#define SIN_CUBE -0.16666666666666632

/* Sine and cosine of up to a quarter of pi. */
static double sin_of_one(double x) {
    double z = x * x;
    return x + z * x * (SIN_CUBE + z * sin_rest(z));
}
static double sin_of(angle x) {
    double z = x.hi * x.hi, v = z * x.hi;
    return x.hi - ((z * (0.5 * x.lo - v * sin_rest(z)) - x.lo) - v * SIN_CUBE);
}
static double cos_of(angle x) {
    double z = x.hi * x.hi, w = z * z, half = 0.5 * z, r, rest;
    r = z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 2.480158728947673e-05)) +
        w * w * (-2.7557314351390663e-07 + z * (2.087572321298175e-09 + z * -1.1359647557788195e-11));
    rest = 1.0 - half;
    return rest + (((1.0 - rest) - half) + (z * r - x.hi * x.lo));
}
static const double tan_even[] = {
    0.05396825397622605, 0.0088632398235993, 0.0014562094543252903, 0.0002464631348184699,
    7.140724913826082e-05, 2.590730518636337e-05,
};
static const double tan_odd[] = {
    0.13333333333320124, 0.021869488294859542, 0.0035920791075913124, 0.0005880412408202641,
    7.817944429395571e-05, -1.8558637485527546e-05,
};
/* Tangent of up to a quarter of pi, or one less the cotangent. */
static double tan_of(angle a, bool odd) {
    double x = a.hi, y = a.lo, z, w, r, v, s, w0, a0, inverse;
    bool big = size_of(x) >= mo_bits_f64(UINT64_C(0x3FE5942800000000)), negative = x < 0.0;
    if (big) {
        if (negative) {
            x = -x;
            y = -y;
        }
        x = (PI_4 - x) + (3.0616169978683830e-17 - y);
        y = 0.0;
    }
    z = x * x;
    w = z * z;
    r = AT(w, tan_odd);
    v = z * AT(w, tan_even);
    s = z * x;
    r = y + z * (s * (r + v) + y) + s * 0.3333333333333341;
    w = x + r;
    if (big) {
        s = odd ? -1.0 : 1.0;
        v = s - 2.0 * (x + (r - w * w / (w + s)));
        return negative ? -v : v;
    }
    if (!odd) return w;
    /* -1 / (x + r) in more digits. */
    w0 = without_low_word(w);
    v = r - (w0 - x);
    inverse = -1.0 / w;
    a0 = without_low_word(inverse);
    return a0 + inverse * (1.0 + a0 * w0 + a0 * v);
}

/* Half pi in three parts of 33 bits, and what is missing after each. */
#define PI_2_1 1.5707963267341256
#define PI_2_1_REST 6.077100506506192e-11
#define PI_2_2 6.077100506303966e-11
#define PI_2_2_REST 2.0222662487959506e-21
#define PI_2_3 2.0222662487111665e-21
#define PI_2_3_REST 8.4784276603689e-32

/* Takes away the nearest multiple of half pi, whose number is the result, from an angle of up to 2^20 of it. */
static int reduce_medium(double x, angle *rest) {
    double n = x * 0.63661977236758138 + SHIFT - SHIFT, r = x - n * PI_2_1, w = n * PI_2_1_REST, t;
    rest->hi = r - w;
    if (exponent_of(x) - exponent_of(rest->hi) > 16) {
        t = r;
        w = n * PI_2_2;
        r = t - w;
        w = n * PI_2_2_REST - ((t - r) - w);
        rest->hi = r - w;
        if (exponent_of(x) - exponent_of(rest->hi) > 49) {
            t = r;
            w = n * PI_2_3;
            r = t - w;
            w = n * PI_2_3_REST - ((t - r) - w);
            rest->hi = r - w;
        }
    }
    rest->lo = (r - rest->hi) - w;
    return (int)n;
}
/* As above from 1 to 4 times half pi, with the multiple given. */
static int reduce_small(double x, int n, angle *rest) {
    double z = x - n * PI_2_1;
    rest->hi = z - n * PI_2_1_REST;
    rest->lo = (z - rest->hi) - n * PI_2_1_REST;
    return n;
}

/* Terms of 24 bits that results need. */
#define TERMS 5
#define TERMS_MAX 20

/* Two by pi after the point, and half pi. */
static const int32_t two_by_pi[] = {
    0xA2F983, 0x6E4E44, 0x1529FC, 0x2757D1, 0xF534DD, 0xC0DB62, 0x95993C, 0x439041, 0xFE5163, 0xABDEBB,
    0xC561B7, 0x246E3A, 0x424DD2, 0xE00649, 0x2EEA09, 0xD1921C, 0xFE1DEB, 0x1CB129, 0xA73EE8, 0x8235F5,
    0x2EBB44, 0x84E99C, 0x7026B4, 0x5F7E41, 0x3991D6, 0x398353, 0x39F49C, 0x845F8B, 0xBDF928, 0x3B1FF8,
    0x97FFDE, 0x05980F, 0xEF2F11, 0x8B5A0A, 0x6D1F6D, 0x367ECF, 0x27CB09, 0xB74F46, 0x3F669E, 0x5FEA2D,
    0x7527BA, 0xC7EBE5, 0xF17B3D, 0x0739F7, 0x8A5292, 0xEA6BFB, 0x5FB11F, 0x8D5D08, 0x560330, 0x46FC7B,
    0x6BABF0, 0xCFBC20, 0x9AF436, 0x1DA9E3, 0x91615E, 0xE61B08, 0x659985, 0x5F14A0, 0x68408D, 0xFFD880,
    0x4D7327, 0x310606, 0x1556CA, 0x73A8C9, 0x60E27B, 0xC08C6B,
};
static const double pi_2_terms[] = {
    1.570796251296997, 7.549789415861596e-08, 5.390302529957765e-15, 3.282003415807913e-22,
    1.270655753080676e-29,
};

static double scale_by(double x, int exponent) {
    return x * two_to(exponent);
}
/* The sum of products of the terms of an angle with those of two by pi that end at one place. */
static double product_at(const double *x, int len, int at) {
    double sum = 0.0;
    int j;
    for (j = 0; j < len; j++)
        if (at - j >= 0) sum += x[j] * two_by_pi[at - j];
    return sum;
}
/* For any finite angle: multiplies it with as much of two by pi as matters, in terms of 24 bits. */
static int reduce_large(double x, angle *rest) {
    double terms[3], q[TERMS_MAX] = {0}, products[TERMS_MAX] = {0}, z, fw;
    int32_t iq[TERMS_MAX] = {0};
    int len, first, q0, jz = TERMS - 1, n, half = 0, i, j, carry, k;
    int e0 = exponent_of(x) - (1023 + 23);
    z = mo_bits_f64((mo_f64_bits(x) & FRACTION) | (uint64_t)(1023 + 23) << 52);
    for (i = 0; i < 2; i++) {
        terms[i] = (double)(int32_t)z;
        z = (z - terms[i]) * TWO_24;
    }
    terms[2] = z;
    for (len = 3; terms[len - 1] == 0.0;) len--;
    first = e0 - 3 < 0 ? 0 : (e0 - 3) / 24;
    q0 = e0 - 24 * (first + 1);
    for (i = 0; i < TERMS; i++) q[i] = product_at(terms, len, first + i);
    for (;;) {
        /* The product as integers, last term first, and above them what counts for the quadrant. */
        z = q[jz];
        for (i = 0, j = jz; j > 0; i++, j--) {
            fw = (double)(int32_t)(1.0 / TWO_24 * z);
            iq[i] = (int32_t)(z - TWO_24 * fw);
            z = q[j - 1] + fw;
        }
        z = scale_by(z, q0);
        z -= 8.0 * mo_floor(z * 0.125);
        n = (int)z;
        z -= (double)n;
        half = 0;
        if (q0 > 0) {
            i = iq[jz - 1] >> (24 - q0);
            n += i;
            iq[jz - 1] -= i << (24 - q0);
            half = iq[jz - 1] >> (23 - q0);
        } else if (q0 == 0) {
            half = iq[jz - 1] >> 23;
        } else if (z >= 0.5) {
            half = 2;
        }
        if (half > 0) {
            /* One less the rest. */
            n++;
            for (i = 0, carry = 0; i < jz; i++) {
                if (carry) iq[i] = 0xFFFFFF - iq[i];
                else if (iq[i]) {
                    carry = 1;
                    iq[i] = 0x1000000 - iq[i];
                }
            }
            if (q0 > 0) iq[jz - 1] &= q0 == 1 ? 0x7FFFFF : 0x3FFFFF;
            if (half == 2) {
                z = 1.0 - z;
                if (carry) z -= scale_by(1.0, q0);
            }
        }
        if (z != 0.0) break;
        for (i = jz - 1, j = 0; i >= TERMS - 1; i--) j |= iq[i];
        if (j) break;
        /* All that is left cancelled out: more terms. */
        for (k = 1; iq[TERMS - 1 - k] == 0;) k++;
        for (i = jz + 1; i <= jz + k; i++) q[i] = product_at(terms, len, first + i);
        jz += k;
    }
    if (z == 0.0) {
        do {
            jz--;
            q0 -= 24;
        } while (iq[jz] == 0);
    } else {
        z = scale_by(z, -q0);
        if (z >= TWO_24) {
            fw = (double)(int32_t)(1.0 / TWO_24 * z);
            iq[jz++] = (int32_t)(z - TWO_24 * fw);
            q0 += 24;
            iq[jz] = (int32_t)fw;
        } else {
            iq[jz] = (int32_t)z;
        }
    }
    for (i = jz, fw = scale_by(1.0, q0); i >= 0; i--, fw *= 1.0 / TWO_24) q[i] = fw * (double)iq[i];
    for (i = jz; i >= 0; i--) {
        for (fw = 0.0, k = 0; k < TERMS && k <= jz - i; k++) fw += pi_2_terms[k] * q[i + k];
        products[jz - i] = fw;
    }
    for (fw = 0.0, i = jz; i >= 0; i--) fw += products[i];
    rest->hi = half ? -fw : fw;
    fw = products[0] - fw;
    for (i = 1; i <= jz; i++) fw += products[i];
    rest->lo = half ? -fw : fw;
    return n;
}
/* Takes away a multiple of half pi from a finite angle; the last two bits of the result say which quadrant it was. */
static int reduce(double x, angle *rest) {
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    int sign = x < 0.0 ? -1 : 1;
    if (high <= 0x400F6A7A) {
        if ((high & 0xFFFFF) == 0x921FB) return reduce_medium(x, rest);
        return reduce_small(x, sign * (high <= 0x4002D97C ? 1 : 2), rest);
    }
    if (high <= 0x401C463B) {
        if (high == 0x4012D97C || high == 0x401921FB) return reduce_medium(x, rest);
        return reduce_small(x, sign * (high <= 0x4015FDBC ? 3 : 4), rest);
    }
    if (high < 0x413921FB) return reduce_medium(x, rest);
    if (x < 0.0) {
        int n = reduce_large(-x, rest);
        rest->hi = -rest->hi;
        rest->lo = -rest->lo;
        return -n;
    }
    return reduce_large(x, rest);
}
double mo_sin(double x) {
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    angle rest;
    if (high <= 0x3FE921FB) return high < 0x3E500000 ? x : sin_of_one(x);
    if (high >= 0x7FF00000) return NAN_;
    switch (reduce(x, &rest) & 3) {
    case 0: return sin_of(rest);
    case 1: return cos_of(rest);
    case 2: return -sin_of(rest);
    default: return -cos_of(rest);
    }
}
double mo_cos(double x) {
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    angle rest = {0.0, 0.0};
    if (high <= 0x3FE921FB) {
        rest.hi = x;
        return high < 0x3E46A09E ? 1.0 : cos_of(rest);
    }
    if (high >= 0x7FF00000) return NAN_;
    switch (reduce(x, &rest) & 3) {
    case 0: return cos_of(rest);
    case 1: return -sin_of(rest);
    case 2: return -cos_of(rest);
    default: return sin_of(rest);
    }
}
static double mo_tan(double x) {
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    angle rest = {0.0, 0.0};
    int n;
    if (high <= 0x3FE921FB) {
        rest.hi = x;
        return high < 0x3E400000 ? x : tan_of(rest, false);
    }
    if (high >= 0x7FF00000) return NAN_;
    n = reduce(x, &rest);
    return tan_of(rest, n & 1);
}

/* What pi has beyond a double. */
#define PI_2_LESS 6.1232339957367660e-17
#define PI_LESS 1.2246467991473532e-16

static const double asin_over[] = {
    0.16666666666666666, -0.3255658186224009, 0.20121253213486293, -0.04005553450067941,
    0.0007915349942898145, 3.479331075960212e-05,
};
static const double asin_under[] = {
    1.0, -2.403394911734414, 2.0209457602335057, -0.6882839716054533, 0.07703815055590194,
};
/* (asin(x) - x) / x of the square of x. */
static double asin_ratio(double z) {
    return z * AT(z, asin_over) / AT(z, asin_under);
}
static double mo_asin(double x) {
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    double z, s, r, f, c, result;
    if (size_of(x) >= 1.0 || x != x) return size_of(x) == 1.0 ? x * PI_2 : NAN_;
    if (high < 0x3FE00000) return high < 0x3E500000 && high >= 0x00100000 ? x : x + x * asin_ratio(x * x);
    z = (1.0 - size_of(x)) * 0.5;
    s = mo_sqrt(z);
    r = asin_ratio(z);
    if (high >= 0x3FEF3333) {
        result = PI_2 - (2.0 * (s + s * r) - PI_2_LESS);
    } else {
        f = without_low_word(s);
        c = (z - f * f) / (s + f);
        result = PI_4 - (2.0 * s * r - (PI_2_LESS - 2.0 * c) - (PI_4 - 2.0 * f));
    }
    return with_sign(result, x);
}
static double mo_acos(double x) {
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    double z, s, w, f, c;
    if (size_of(x) >= 1.0 || x != x) return x == 1.0 ? 0.0 : x == -1.0 ? PI : NAN_;
    if (high < 0x3FE00000) return high <= 0x3C600000 ? PI_2 : PI_2 - (x - (PI_2_LESS - x * asin_ratio(x * x)));
    if (x < 0.0) {
        z = (1.0 + x) * 0.5;
        s = mo_sqrt(z);
        w = asin_ratio(z) * s - PI_2_LESS;
        return 2.0 * (PI_2 - (s + w));
    }
    z = (1.0 - x) * 0.5;
    s = mo_sqrt(z);
    f = without_low_word(s);
    c = (z - f * f) / (s + f);
    w = asin_ratio(z) * s + c;
    return 2.0 * (f + w);
}
static const double atan_even[] = {
    0.3333333333333293, 0.14285714272503466, 0.09090887133436507, 0.06661073137387531, 0.049768779946159324,
    0.016285820115365782,
};
static const double atan_odd[] = {
    -0.19999999999876483, -0.11111110405462356, -0.0769187620504483, -0.058335701337905735,
    -0.036531572744216916,
};
static double mo_atan(double x) {
    static const angle at[4] = {{0.4636476090008061, 2.2698777452961687e-17},
                                {0.7853981633974483, 3.061616997868383e-17},
                                {0.982793723247329, 1.3903311031230998e-17},
                                {1.5707963267948966, 6.123233995736766e-17}};
    uint32_t high = high_word(x) & 0x7FFFFFFF;
    double size = size_of(x), z, w, s1, s2;
    int part = -1;
    if (x != x) return x;
    if (high >= 0x44100000) return with_sign(PI_2, x);
    if (high < 0x3E400000) return x;
    if (high >= 0x3FDC0000) {
        part = high < 0x3FE60000 ? 0 : high < 0x3FF30000 ? 1 : high < 0x40038000 ? 2 : 3;
        switch (part) {
        case 0: size = (2.0 * size - 1.0) / (2.0 + size); break;
        case 1: size = (size - 1.0) / (size + 1.0); break;
        case 2: size = (size - 1.5) / (1.0 + 1.5 * size); break;
        default: size = -1.0 / size;
        }
    }
    z = size * size;
    w = z * z;
    s1 = z * AT(w, atan_even);
    s2 = w * AT(w, atan_odd);
    z = part < 0 ? size - size * (s1 + s2) : at[part].hi - (size * (s1 + s2) - at[part].lo - size);
    return mo_bits_f64(mo_f64_bits(z) ^ (mo_f64_bits(x) & SIGN));
}
static double mo_atan2(double y, double x) {
    uint32_t high_x = high_word(x) & 0x7FFFFFFF, high_y = high_word(y) & 0x7FFFFFFF;
    bool left = mo_f64_bits(x) >> 63;
    double z;
    if (x != x || y != y) return x + y;
    if (x == 1.0) return mo_atan(y);
    if (y == 0.0) return left ? with_sign(PI, y) : y;
    if (x == 0.0) return with_sign(PI_2, y);
    if (high_x == 0x7FF00000) {
        z = high_y == 0x7FF00000 ? (left ? 3.0 * PI_4 : PI_4) : left ? PI : 0.0;
        return with_sign(z, y);
    }
    if (high_x + (64 << 20) < high_y || high_y == 0x7FF00000) return with_sign(PI_2, y);
    z = left && high_y + (64 << 20) < high_x ? 0.0 : mo_atan(size_of(y / x));
    return with_sign(left ? PI - (z - PI_LESS) : z, y);
}

/* ---- Rows ---- */

MATH1(float_sin, mo_sin)
MATH1(float_cos, mo_cos)
MATH1(float_tan, mo_tan)
MATH1(float_asin, mo_asin)
MATH1(float_acos, mo_acos)
MATH1(float_atan, mo_atan)
MATH2(float_atan2, mo_atan2)
