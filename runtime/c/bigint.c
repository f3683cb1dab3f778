/* Integers of any size: sign and magnitude in digits of 32 bits. */
#include "internal.h"

#define KARATSUBA 40u

static mo_big *make(uint32_t len) {
    mo_big *big = mo_xmalloc(sizeof *big + (size_t)len * sizeof big->digits[0]);
    big->len = len;
    big->sign = len ? 1 : 0;
    return big;
}
static mo_big *trim(mo_big *big) {
    while (big->len && big->digits[big->len - 1] == 0) big->len--;
    if (big->len == 0) big->sign = 0;
    return big;
}
void mo_big_free(mo_big *big) {
    free(big);
}
size_t mo_big_bytes(const mo_big *big) {
    return sizeof *big + (size_t)big->len * 4;
}
mo_big *mo_big_copy(const mo_big *big) {
    mo_big *copy = make(big->len);
    memcpy(copy->digits, big->digits, (size_t)big->len * 4);
    copy->sign = big->sign;
    return copy;
}
static mo_big *from_u64(uint64_t value) {
    mo_big *big = make(2);
    big->digits[0] = (uint32_t)value;
    big->digits[1] = (uint32_t)(value >> 32);
    return trim(big);
}
mo_big *mo_big_from_i64(int64_t value) {
    mo_big *big = from_u64(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0) big->sign = -1;
    return big;
}
bool mo_big_to_i64(const mo_big *big, int64_t *value) {
    uint64_t magnitude = 0;
    if (big->len > 2) return false;
    if (big->len > 0) magnitude = big->digits[0];
    if (big->len > 1) magnitude |= (uint64_t)big->digits[1] << 32;
    if (magnitude > (uint64_t)INT64_MAX + (big->sign < 0)) return false;
    *value = (int64_t)(big->sign < 0 ? 0 - magnitude : magnitude);
    return true;
}
uint64_t mo_big_bits(const mo_big *big) {
    uint64_t bits;
    uint32_t top;
    if (big->len == 0) return 0;
    bits = (uint64_t)(big->len - 1) * 32;
    for (top = big->digits[big->len - 1]; top; top >>= 1) bits++;
    return bits;
}

/* ---- Magnitudes ---- */

int mo_digits_cmp(const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len) {
    if (a_len != b_len) return a_len < b_len ? -1 : 1;
    while (a_len--)
        if (a[a_len] != b[a_len]) return a[a_len] < b[a_len] ? -1 : 1;
    return 0;
}
static int cmp_magnitude(const mo_big *a, const mo_big *b) {
    return mo_digits_cmp(a->digits, a->len, b->digits, b->len);
}
int mo_big_cmp(const mo_big *a, const mo_big *b) {
    if (a->sign != b->sign) return a->sign < b->sign ? -1 : 1;
    return a->sign < 0 ? -cmp_magnitude(a, b) : cmp_magnitude(a, b);
}
/* r += a, where r has room; the carry. */
uint32_t mo_digits_add(uint32_t *r, uint32_t r_len, const uint32_t *a, uint32_t a_len) {
    uint64_t carry = 0;
    uint32_t i;
    for (i = 0; i < a_len; i++) {
        carry += (uint64_t)r[i] + a[i];
        r[i] = (uint32_t)carry;
        carry >>= 32;
    }
    for (; carry && i < r_len; i++) {
        carry += r[i];
        r[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return (uint32_t)carry;
}
/* r -= a, where r is not less. */
void mo_digits_sub(uint32_t *r, uint32_t r_len, const uint32_t *a, uint32_t a_len) {
    uint64_t borrow = 0;
    uint32_t i;
    for (i = 0; i < a_len; i++) {
        uint64_t d = (uint64_t)r[i] - a[i] - borrow;
        r[i] = (uint32_t)d;
        borrow = d >> 63;
    }
    for (; borrow && i < r_len; i++) {
        uint64_t d = (uint64_t)r[i] - borrow;
        r[i] = (uint32_t)d;
        borrow = d >> 63;
    }
}
static mo_big *add_magnitude(const mo_big *a, const mo_big *b) {
    mo_big *sum;
    if (a->len < b->len) {
        const mo_big *swap = a;
        a = b;
        b = swap;
    }
    sum = make(a->len + 1);
    memcpy(sum->digits, a->digits, (size_t)a->len * 4);
    sum->digits[a->len] = 0;
    mo_digits_add(sum->digits, sum->len, b->digits, b->len);
    return trim(sum);
}
/* |a| - |b| with its sign. */
static mo_big *sub_magnitude(const mo_big *a, const mo_big *b) {
    int order = cmp_magnitude(a, b);
    const mo_big *large = order < 0 ? b : a, *small = order < 0 ? a : b;
    mo_big *difference = make(large->len);
    memcpy(difference->digits, large->digits, (size_t)large->len * 4);
    mo_digits_sub(difference->digits, difference->len, small->digits, small->len);
    trim(difference);
    if (order < 0 && difference->sign) difference->sign = -1;
    return difference;
}
static mo_big *add_signed(const mo_big *a, const mo_big *b, int b_sign) {
    mo_big *sum;
    if (b_sign == 0) return mo_big_copy(a);
    if (a->sign == 0) {
        sum = mo_big_copy(b);
        sum->sign = b_sign;
        return sum;
    }
    sum = a->sign == b_sign ? add_magnitude(a, b) : sub_magnitude(a, b);
    if (a->sign < 0) sum->sign = -sum->sign;
    return sum;
}
mo_big *mo_big_add(const mo_big *a, const mo_big *b) {
    return add_signed(a, b, b->sign);
}
mo_big *mo_big_sub(const mo_big *a, const mo_big *b) {
    return add_signed(a, b, -b->sign);
}

/* r = a * b; r has a_len + b_len digits and overlaps neither. */
static void mul_school(uint32_t *r, const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len) {
    uint32_t i, j;
    memset(r, 0, ((size_t)a_len + b_len) * 4);
    for (i = 0; i < a_len; i++) {
        uint64_t carry = 0, digit = a[i];
        if (!digit) continue;
        for (j = 0; j < b_len; j++) {
            carry += digit * b[j] + r[i + j];
            r[i + j] = (uint32_t)carry;
            carry >>= 32;
        }
        r[i + b_len] = (uint32_t)carry;
    }
}
static void mul_digits(uint32_t *r, const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len);
/* Karatsuba on operands of the same length. */
static void mul_even(uint32_t *r, const uint32_t *a, const uint32_t *b, uint32_t len) {
    uint32_t half = len / 2, high = len - half, sum_len = high + 1, i;
    uint32_t *space = mo_xmalloc((size_t)sum_len * 4 * 4), *x = space, *y = space + sum_len, *middle = y + sum_len;
    mul_digits(r, a, half, b, half);
    mul_digits(r + 2 * half, a + half, high, b + half, high);
    memcpy(x, a + half, (size_t)high * 4);
    x[high] = 0;
    mo_digits_add(x, sum_len, a, half);
    memcpy(y, b + half, (size_t)high * 4);
    y[high] = 0;
    mo_digits_add(y, sum_len, b, half);
    mul_digits(middle, x, sum_len, y, sum_len);
    mo_digits_sub(middle, 2 * sum_len, r, 2 * half);
    mo_digits_sub(middle, 2 * sum_len, r + 2 * half, 2 * high);
    i = 2 * sum_len;
    while (i && middle[i - 1] == 0) i--;
    mo_digits_add(r + half, 2 * len - half, middle, i);
    free(space);
}
static void mul_digits(uint32_t *r, const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len) {
    if (a_len < b_len) {
        mul_digits(r, b, b_len, a, a_len);
        return;
    }
    if (b_len < KARATSUBA) {
        mul_school(r, a, a_len, b, b_len);
    } else if (a_len == b_len) {
        mul_even(r, a, b, a_len);
    } else {
        /* The longer one in pieces of the length of the shorter. */
        uint32_t *part = mo_xmalloc((size_t)b_len * 2 * 4), at;
        memset(r, 0, ((size_t)a_len + b_len) * 4);
        for (at = 0; at < a_len; at += b_len) {
            uint32_t len = a_len - at < b_len ? a_len - at : b_len;
            mul_digits(part, a + at, len, b, b_len);
            mo_digits_add(r + at, a_len + b_len - at, part, len + b_len);
        }
        free(part);
    }
}
mo_big *mo_big_mul(const mo_big *a, const mo_big *b) {
    /* Of nothing there is no digit to write. */
    mo_big *product = make(a->len && b->len ? a->len + b->len : 0);
    if (product->len) mul_digits(product->digits, a->digits, a->len, b->digits, b->len);
    trim(product);
    product->sign *= a->sign * b->sign;
    return product;
}

/* ---- Division ---- */

static uint32_t div_small(uint32_t *digits, uint32_t len, uint32_t by) {
    uint64_t rest = 0;
    while (len--) {
        rest = rest << 32 | digits[len];
        digits[len] = (uint32_t)(rest / by);
        rest %= by;
    }
    return (uint32_t)rest;
}
/* Knuth's algorithm D: u has u_len + 1 digits and becomes the remainder, v has its top bit set and at least two digits. */
static void div_long(uint32_t *q, uint32_t *u, uint32_t u_len, const uint32_t *v, uint32_t v_len) {
    uint32_t j = u_len - v_len + 1;
    while (j--) {
        uint64_t top = (uint64_t)u[j + v_len] << 32 | u[j + v_len - 1];
        uint64_t guess = top / v[v_len - 1], rest = top % v[v_len - 1], borrow = 0, carry = 0;
        uint32_t i;
        while (guess >> 32 || guess * v[v_len - 2] > (rest << 32 | u[j + v_len - 2])) {
            guess--;
            rest += v[v_len - 1];
            if (rest >> 32) break;
        }
        for (i = 0; i < v_len; i++) {
            uint64_t d;
            carry += guess * v[i];
            d = (uint64_t)u[i + j] - (uint32_t)carry - borrow;
            u[i + j] = (uint32_t)d;
            borrow = d >> 63;
            carry >>= 32;
        }
        {
            uint64_t d = (uint64_t)u[j + v_len] - carry - borrow;
            u[j + v_len] = (uint32_t)d;
            borrow = d >> 63;
        }
        if (borrow) {
            guess--;
            u[j + v_len] += mo_digits_add(u + j, v_len, v, v_len);
        }
        q[j] = (uint32_t)guess;
    }
}
void mo_big_divrem(const mo_big *a, const mo_big *b, mo_big **quotient, mo_big **remainder) {
    mo_big *q, *r;
    if (cmp_magnitude(a, b) < 0) {
        q = make(0);
        r = mo_big_copy(a);
    } else if (b->len == 1) {
        q = mo_big_copy(a);
        q->sign = 1;
        r = from_u64(div_small(q->digits, q->len, b->digits[0]));
        trim(q);
    } else {
        uint32_t shift = 0, i;
        uint32_t *v = mo_xmalloc((size_t)b->len * 4);
        while (!(b->digits[b->len - 1] << shift >> 31)) shift++;
        q = make(a->len - b->len + 1);
        r = make(a->len + 1);
        for (i = b->len; i--;)
            v[i] = b->digits[i] << shift | (shift && i ? b->digits[i - 1] >> (32 - shift) : 0);
        r->digits[a->len] = shift ? a->digits[a->len - 1] >> (32 - shift) : 0;
        for (i = a->len; i--;)
            r->digits[i] = a->digits[i] << shift | (shift && i ? a->digits[i - 1] >> (32 - shift) : 0);
        div_long(q->digits, r->digits, a->len, v, b->len);
        r->len = b->len;
        if (shift)
            for (i = 0; i < r->len; i++)
                r->digits[i] = r->digits[i] >> shift | (i + 1 < r->len ? r->digits[i + 1] << (32 - shift) : 0);
        trim(q);
        trim(r);
        free(v);
    }
    q->sign = q->len ? a->sign * b->sign : 0;
    r->sign = r->len ? a->sign : 0;
    if (quotient)
        *quotient = q;
    else
        free(q);
    if (remainder)
        *remainder = r;
    else
        free(r);
}
mo_big *mo_big_pow(const mo_big *base, uint64_t exponent) {
    mo_big *power = from_u64(1), *square = mo_big_copy(base), *next;
    for (;;) {
        if (exponent & 1) {
            next = mo_big_mul(power, square);
            free(power);
            power = next;
        }
        exponent >>= 1;
        if (!exponent) break;
        next = mo_big_mul(square, square);
        free(square);
        square = next;
    }
    free(square);
    return power;
}
mo_big *mo_big_shl(const mo_big *a, uint64_t bits) {
    uint32_t whole = (uint32_t)(bits / 32), part = (uint32_t)(bits % 32), i;
    mo_big *shifted = make(a->len + whole + 1);
    memset(shifted->digits, 0, (size_t)shifted->len * 4);
    for (i = 0; i < a->len; i++) {
        uint64_t digit = (uint64_t)a->digits[i] << part;
        shifted->digits[i + whole] |= (uint32_t)digit;
        shifted->digits[i + whole + 1] |= (uint32_t)(digit >> 32);
    }
    trim(shifted);
    shifted->sign *= a->sign;
    return shifted;
}
mo_big *mo_big_gcd(const mo_big *a, const mo_big *b) {
    mo_big *x = mo_big_copy(a), *y = mo_big_copy(b), *rest;
    while (y->len) {
        mo_big_divrem(x, y, NULL, &rest);
        free(x);
        x = y;
        y = rest;
    }
    free(y);
    if (x->sign < 0) x->sign = 1;
    return x;
}

/* ---- Text ---- */

/* Splits at powers of ten, so that long numbers take less than quadratic time. */
static void text_of(mo_buf *out, const mo_big *big, mo_big **powers, int level, size_t digits) {
    if (level < 0 || big->len < 20) {
        char room[20 * 10 + 20];
        size_t at = sizeof room, len = 0;
        mo_big *rest = mo_big_copy(big);
        while (rest->len) {
            uint32_t chunk = div_small(rest->digits, rest->len, 1000000000u);
            int i;
            trim(rest);
            for (i = 0; i < 9 && (rest->len || chunk); i++) {
                room[--at] = (char)('0' + chunk % 10);
                chunk /= 10;
                len++;
            }
        }
        free(rest);
        while (len + 0 < digits) {
            mo_buf_char(out, '0');
            digits--;
        }
        mo_buf_bytes(out, room + at, len);
        return;
    }
    if (cmp_magnitude(big, powers[level]) < 0) {
        size_t i, half = (size_t)9 << level;
        if (digits > half)
            for (i = 0; i < digits - half; i++) mo_buf_char(out, '0');
        text_of(out, big, powers, level - 1, digits > half ? half : digits);
    } else {
        mo_big *high, *low;
        size_t half = (size_t)9 << level;
        mo_big_divrem(big, powers[level], &high, &low);
        text_of(out, high, powers, level - 1, digits > half ? digits - half : 0);
        text_of(out, low, powers, level - 1, half);
        free(high);
        free(low);
    }
}
void mo_big_text(mo_buf *out, const mo_big *big) {
    mo_big *powers[40];
    int count = 0, i;
    mo_big *magnitude;
    if (big->len == 0) {
        mo_buf_char(out, '0');
        return;
    }
    if (big->sign < 0) mo_buf_char(out, '-');
    magnitude = mo_big_copy(big);
    magnitude->sign = 1;
    /* powers[i] is 10^(9 * 2^i). */
    if (big->len >= 20) {
        powers[count++] = from_u64(1000000000u);
        while (powers[count - 1]->len * 2 <= big->len + 1) {
            powers[count] = mo_big_mul(powers[count - 1], powers[count - 1]);
            count++;
        }
    }
    text_of(out, magnitude, powers, count - 1, 0);
    for (i = 0; i < count; i++) free(powers[i]);
    free(magnitude);
}
mo_big *mo_big_parse(const unsigned char *digits, size_t len, unsigned base) {
    mo_big *big;
    size_t i;
    if (len > 400) {
        /* high * base^n + low */
        size_t low_len = len / 2;
        mo_big *high = mo_big_parse(digits, len - low_len, base), *low = mo_big_parse(digits + len - low_len, low_len, base);
        mo_big *small = from_u64(base), *power = mo_big_pow(small, low_len), *product = mo_big_mul(high, power);
        big = mo_big_add(product, low);
        free(high);
        free(low);
        free(small);
        free(power);
        free(product);
        return big;
    }
    big = make((uint32_t)(len * 6 / 32) + 2);
    memset(big->digits, 0, (size_t)big->len * 4);
    for (i = 0; i < len; i++) {
        unsigned char c = digits[i];
        uint64_t carry = c <= '9' ? c - 48u : (c | 32u) - 'a' + 10u;
        uint32_t k;
        for (k = 0; k < big->len; k++) {
            carry += (uint64_t)big->digits[k] * base;
            big->digits[k] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    return trim(big);
}

/* ---- Doubles ---- */

static double ldexp_exact(double value, int exponent) {
    while (exponent > 1000) {
        value *= mo_bits_f64((uint64_t)(1000 + 1023) << 52);
        exponent -= 1000;
    }
    while (exponent < -1000) {
        value *= mo_bits_f64((uint64_t)(-1000 + 1023) << 52);
        exponent += 1000;
    }
    return value * mo_bits_f64((uint64_t)(exponent + 1023) << 52);
}
double mo_big_to_f64(const mo_big *big) {
    uint64_t bits = mo_big_bits(big), word = 0;
    uint32_t i;
    double value;
    if (bits > 1024) return big->sign < 0 ? -1e308 * 10 : 1e308 * 10;
    /* The top 64 bits, the lowest one set when anything below it is, which makes the rounding exact. */
    if (bits <= 64) {
        for (i = big->len; i--;) word = word << 32 | big->digits[i];
        value = (double)word;
    } else {
        uint32_t shift = (uint32_t)(bits - 64), whole = shift / 32, part = shift % 32;
        word = (uint64_t)big->digits[whole] >> part | (uint64_t)big->digits[whole + 1] << (32 - part);
        if (part && whole + 2 < big->len) word |= (uint64_t)big->digits[whole + 2] << (64 - part);
        if (part && big->digits[whole] << (32 - part)) word |= 1;
        for (i = 0; i < whole; i++)
            if (big->digits[i]) word |= 1;
        value = ldexp_exact((double)word, (int)shift);
    }
    return big->sign < 0 ? -value : value;
}
mo_big *mo_big_from_f64(double value) {
    uint64_t bits = mo_f64_bits(value), mantissa = (bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52;
    int exponent = (int)(bits >> 52 & 0x7FF) - 1075;
    mo_big *big, *shifted;
    if (exponent == 0x7FF - 1075) return NULL;
    if (exponent <= -53) return make(0);
    if (exponent < 0) {
        big = from_u64(mantissa >> -exponent);
    } else {
        shifted = from_u64(mantissa);
        big = mo_big_shl(shifted, (uint64_t)exponent);
        free(shifted);
    }
    if (value < 0) big->sign = -big->sign;
    return big;
}

/* ---- Ratios ---- */

mo_ratio *mo_ratio_new(mo_big *num, mo_big *den) {
    mo_ratio *ratio;
    mo_big *gcd = mo_big_gcd(num, den);
    ratio = mo_xmalloc(sizeof *ratio);
    if (den->sign < 0) gcd->sign = -gcd->sign;
    mo_big_divrem(num, gcd, &ratio->num, NULL);
    mo_big_divrem(den, gcd, &ratio->den, NULL);
    free(gcd);
    free(num);
    free(den);
    return ratio;
}
void mo_ratio_free(mo_ratio *ratio) {
    free(ratio->num);
    free(ratio->den);
    free(ratio);
}
size_t mo_ratio_bytes(const mo_ratio *ratio) {
    return sizeof *ratio + mo_big_bytes(ratio->num) + mo_big_bytes(ratio->den);
}
/* word * 2^exponent, rounded once. */
static double scaled(uint64_t word, int64_t exponent) {
    int64_t spare = -1074 - exponent;
    int half, rest;
    if (spare > 63) spare = 63;
    if (spare > 0) {
        uint64_t kept = word >> spare, dropped = word & ((UINT64_C(1) << spare) - 1), middle = UINT64_C(1) << (spare - 1);
        if (kept < UINT64_C(1) << 53) {
            kept += dropped > middle || (dropped == middle && (kept & 1));
            return (double)kept * mo_bits_f64(1);
        }
    }
    half = (int)(exponent / 2 < -1000 ? -1000 : exponent / 2 > 1000 ? 1000 : exponent / 2);
    rest = (int)(exponent - half < -1000 ? -1000 : exponent - half > 1000 ? 1000 : exponent - half);
    return ldexp_exact(ldexp_exact((double)word, half), rest);
}
double mo_ratio_to_f64(const mo_ratio *ratio) {
    int64_t scale, shift;
    mo_big *top, *quotient, *rest, *den = NULL;
    uint64_t word = 0;
    uint32_t i;
    double value;
    if (ratio->num->sign == 0) return 0.0;
    scale = (int64_t)mo_big_bits(ratio->num) - (int64_t)mo_big_bits(ratio->den);
    shift = 55 - scale < 1076 ? 55 - scale : 1076;
    top = shift >= 0 ? mo_big_shl(ratio->num, (uint64_t)shift) : mo_big_copy(ratio->num);
    if (shift < 0) den = mo_big_shl(ratio->den, (uint64_t)-shift);
    mo_big_divrem(top, den ? den : ratio->den, &quotient, &rest);
    for (i = quotient->len < 2 ? quotient->len : 2; i--;) word = word << 32 | quotient->digits[i];
    if (rest->len) word |= 1;
    value = scaled(word, -shift);
    free(top);
    free(den);
    free(quotient);
    free(rest);
    return ratio->num->sign < 0 ? -value : value;
}
