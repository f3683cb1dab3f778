/* Floats as decimal digits and back, exactly, so that neither depends on a C library. */
#include "internal.h"

#define FRACTION_BITS 52
#define EXACT_TENS 23

/* Those powers of ten that are doubles. */
static const double tens[EXACT_TENS] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The first digit counts 10^exponent; no digit that is zero ends them. */
typedef struct decimal {
    char digits[20];
    int len, exponent;
} decimal;

/* ---- Shortest digits ---- */

/* A number of any size that doubles lead to: 1137 bits at most. */
typedef struct wide {
    uint32_t len, digits[40];
} wide;

static wide wide_from(uint64_t value) {
    wide w;
    w.digits[0] = (uint32_t)value;
    w.digits[1] = (uint32_t)(value >> 32);
    w.len = w.digits[1] ? 2 : 1;
    return w;
}
static void wide_times(wide *w, uint32_t by) {
    uint64_t carry = 0;
    uint32_t i;
    for (i = 0; i < w->len; i++) {
        carry += (uint64_t)w->digits[i] * by;
        w->digits[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) w->digits[w->len++] = (uint32_t)carry;
}
static void wide_times_tens(wide *w, int count) {
    for (; count >= 9; count -= 9) wide_times(w, 1000000000);
    if (count) wide_times(w, (uint32_t)tens[count]);
}
static void wide_shift(wide *w, unsigned bits) {
    uint32_t whole = bits / 32, i;
    if (bits % 32) wide_times(w, UINT32_C(1) << bits % 32);
    if (!whole) return;
    for (i = w->len; i--;) w->digits[i + whole] = w->digits[i];
    memset(w->digits, 0, whole * sizeof w->digits[0]);
    w->len += whole;
}
/* The sum with a number that is not longer. */
static void wide_add(wide *w, const wide *other) {
    uint32_t carry = mo_digits_add(w->digits, w->len, other->digits, other->len);
    if (carry) w->digits[w->len++] = carry;
}
static int wide_cmp(const wide *a, const wide *b) {
    return mo_digits_cmp(a->digits, a->len, b->digits, b->len);
}
/* Divides by a number that goes into it less than ten times; the quotient, and leaves the remainder. */
static int wide_divide(wide *w, const wide *by) {
    int quotient = 0;
    while (wide_cmp(w, by) >= 0) {
        mo_digits_sub(w->digits, w->len, by->digits, by->len);
        while (w->len > 1 && w->digits[w->len - 1] == 0) w->len--;
        quotient++;
    }
    return quotient;
}
static void set_digits(decimal *d, uint64_t digits, int exponent) {
    char text[20];
    int i = 20;
    for (; digits % 10 == 0; digits /= 10) exponent++;
    for (d->len = 0; digits; digits /= 10, d->len++) text[--i] = (char)('0' + digits % 10);
    memcpy(d->digits, text + i, (size_t)d->len);
    d->exponent = exponent + d->len - 1;
}
/* The largest number whose power of ten is not above that of two. */
static int tens_in(int binary_exponent) {
    return (int)((binary_exponent * INT64_C(1292913986)) >> 32);
}
/* Up to 15 digits that read back as the double, which then are the shortest: no two numbers of 15 digits are read as one
 * double. */
static bool few_digits(decimal *d, double value, int exponent) {
    int places = 14 - exponent;
    uint64_t digits;
    if (places < 1 || places >= EXACT_TENS) return false;
    if (value * tens[places] >= tens[15]) places--;
    digits = (uint64_t)(value * tens[places] + 0.5);
    if (digits >= (uint64_t)tens[15] || (double)digits / tens[places] != value) return false;
    set_digits(d, digits, -places);
    return true;
}
/* The shortest digits that read back as the same double, which is finite and not zero, and of those the closest to it
 * (Steele and White's algorithm; halves to even). */
static decimal shortest(double value) {
    uint64_t bits = mo_f64_bits(value) & UINT64_MAX >> 1, fraction = bits & ((UINT64_C(1) << FRACTION_BITS) - 1);
    int biased = (int)(bits >> FRACTION_BITS), binary = (biased ? biased : 1) - 1075, ten, digit;
    uint64_t mantissa = biased ? fraction | UINT64_C(1) << FRACTION_BITS : fraction, top;
    /* Below a power of two doubles are twice as dense. */
    bool even = !(fraction & 1), uneven = fraction == 0 && biased > 1, low, high;
    wide rest, unit, gap, above;
    decimal d = {{0}, 0, 0};
    for (ten = binary - 1, top = mantissa; top; top >>= 1) ten++;
    ten = tens_in(ten);
    if (few_digits(&d, mo_bits_f64(bits), ten)) return d;
    /* rest / unit is a tenth of the digits before the point when the first counts 10^ten; gap / unit is half of the
     * distance to the double below in that. */
    rest = wide_from(mantissa);
    unit = wide_from(1);
    gap = wide_from(1);
    wide_shift(&rest, 1u + uneven + (unsigned)(binary > 0 ? binary : 0));
    wide_shift(&gap, (unsigned)(binary > 0 ? binary : 0));
    wide_shift(&unit, 1u + uneven + (unsigned)(binary < 0 ? -binary : 0));
    ten++;
    if (ten > 0) wide_times_tens(&unit, ten);
    else {
        wide_times_tens(&rest, -ten);
        wide_times_tens(&gap, -ten);
    }
    above = rest;
    wide_add(&above, &gap);
    if (uneven) wide_add(&above, &gap);
    if (wide_cmp(&above, &unit) >= !even) {
        wide_times(&unit, 10);
        ten++;
    }
    d.exponent = ten - 1;
    do {
        int order;
        wide_times(&rest, 10);
        wide_times(&gap, 10);
        digit = wide_divide(&rest, &unit);
        low = wide_cmp(&rest, &gap) < even;
        above = rest;
        if (above.len < gap.len) {
            memset(above.digits + above.len, 0, (gap.len - above.len) * sizeof above.digits[0]);
            above.len = gap.len;
        }
        wide_add(&above, &gap);
        if (uneven) wide_add(&above, &gap);
        high = wide_cmp(&above, &unit) >= !even;
        if (low && high) {
            wide_add(&rest, &rest);
            order = wide_cmp(&rest, &unit);
            high = order > 0 || (order == 0 && digit % 2);
        }
        d.digits[d.len++] = (char)('0' + digit + (high ? 1 : 0));
    } while (!low && !high);
    return d;
}

/* ---- Forms ---- */

static bool special(mo_buf *out, double value) {
    if (value != value) {
        mo_buf_text(out, "NaN");
        return true;
    }
    if (value - value != 0) {
        mo_buf_text(out, value > 0 ? "+Inf" : "-Inf");
        return true;
    }
    if (mo_f64_bits(value) >> 63) mo_buf_char(out, '-');
    if (value == 0) mo_buf_char(out, '0');
    return value == 0;
}
static void plain(mo_buf *out, const decimal *d) {
    int whole = d->exponent + 1, i;
    if (whole <= 0) {
        mo_buf_text(out, "0.");
        for (i = whole; i < 0; i++) mo_buf_char(out, '0');
        mo_buf_bytes(out, d->digits, (size_t)d->len);
    } else if (whole >= d->len) {
        mo_buf_bytes(out, d->digits, (size_t)d->len);
        for (i = d->len; i < whole; i++) mo_buf_char(out, '0');
    } else {
        mo_buf_bytes(out, d->digits, (size_t)whole);
        mo_buf_char(out, '.');
        mo_buf_bytes(out, d->digits + whole, (size_t)(d->len - whole));
    }
}
static void scientific(mo_buf *out, const decimal *d, int least) {
    int exponent = d->exponent < 0 ? -d->exponent : d->exponent;
    mo_buf_char(out, d->digits[0]);
    if (d->len > 1) {
        mo_buf_char(out, '.');
        mo_buf_bytes(out, d->digits + 1, (size_t)d->len - 1);
    }
    mo_buf_char(out, 'e');
    mo_buf_char(out, d->exponent < 0 ? '-' : '+');
    if (least > 1 && exponent < 10) mo_buf_char(out, '0');
    mo_buf_i64(out, exponent);
}
void mo_text_general(mo_buf *out, double value) {
    decimal d;
    if (special(out, value)) return;
    d = shortest(value);
    if (d.exponent >= -4 && d.exponent < 6)
        plain(out, &d);
    else
        scientific(out, &d, 2);
}
void mo_text_fixed(mo_buf *out, double value) {
    size_t start = out->len;
    if (!special(out, value)) {
        decimal d = shortest(value);
        plain(out, &d);
    }
    if (value - value == 0 && !memchr(out->bytes + start, '.', out->len - start)) mo_buf_text(out, ".0");
}
void mo_text_json(mo_buf *out, double value) {
    decimal d;
    if (special(out, value)) return;
    d = shortest(value);
    if (d.exponent >= -6 && d.exponent < 21)
        plain(out, &d);
    else
        scientific(out, &d, 1);
}

/* ---- Reading ---- */

/* More digits than these never decide how a double is rounded, but whether there are any. */
#define DIGITS_MAX 800
/* Powers of five up to here have 64 bits. */
#define FIVES_MAX 27

static uint64_t fives(int count) {
    uint64_t power = 1;
    while (count--) power *= 5;
    return power;
}
/* word * 2^exponent, where that is a normal double; a word with a last bit that stands for all below it is rounded as the
 * whole is. */
static double times_two_to(uint64_t word, int exponent) {
    return (double)word * mo_bits_f64((uint64_t)(exponent + 1023) << FRACTION_BITS);
}
/* digits * 10^exponent, rounded once: 5^exponent is multiplied or divided by in 128 bits. */
static double scaled_by_tens(uint64_t digits, int exponent) {
    uint64_t five = fives(exponent < 0 ? -exponent : exponent), word = 0, rest = 0;
    int shift = 0;
    if (digits < UINT64_C(1) << 53 && exponent > -EXACT_TENS && exponent < EXACT_TENS)
        return exponent < 0 ? (double)digits / tens[-exponent] : (double)digits * tens[exponent];
    if (exponent >= 0) {
        uint64_t low = (digits & UINT32_MAX) * (five & UINT32_MAX), middle = (digits >> 32) * (five & UINT32_MAX);
        uint64_t other = (digits & UINT32_MAX) * (five >> 32);
        middle += low >> 32;
        other += middle & UINT32_MAX;
        word = (digits >> 32) * (five >> 32) + (middle >> 32) + (other >> 32);
        rest = other << 32 | (low & UINT32_MAX);
        for (shift = 64; !(word >> 63) && (word || rest); shift--, rest <<= 1) word = word << 1 | rest >> 63;
    } else {
        /* 64 bits of the quotient, one by one, from the first on. */
        while (!(digits >> 63)) digits <<= 1, shift--;
        for (shift += 64; !(word >> 63); shift--, digits <<= 1) {
            rest = rest << 1 | digits >> 63;
            word = word << 1 | (rest >= five);
            if (rest >= five) rest -= five;
        }
        rest |= digits;
    }
    return times_two_to(word | (rest != 0), shift + exponent);
}
/* The same for any number of digits and any exponent. */
static double scaled_big(const unsigned char *digits, size_t len, int exponent) {
    mo_big *number = mo_big_parse(digits, len, 10), *ten = mo_big_from_i64(10);
    mo_big *power = mo_big_pow(ten, (uint64_t)(exponent < 0 ? -exponent : exponent));
    double value;
    if (exponent < 0) {
        mo_ratio ratio;
        ratio.num = number;
        ratio.den = power;
        value = mo_ratio_to_f64(&ratio);
    } else {
        mo_big *product = mo_big_mul(number, power);
        value = mo_big_to_f64(product);
        mo_big_free(product);
    }
    mo_big_free(number);
    mo_big_free(ten);
    mo_big_free(power);
    return value;
}
/* The digits of a number, its point and its exponent as a double. */
static double read_digits(const unsigned char *at, const unsigned char *end, int64_t exponent) {
    unsigned char digits[DIGITS_MAX + 1];
    size_t len = 0;
    uint64_t first = 0;
    bool point = false, more = false;
    for (; at < end; at++) {
        if (*at == '.') {
            point = true;
        } else if (len == DIGITS_MAX) {
            more |= *at != '0';
            exponent += !point;
        } else {
            if (len || *at != '0') digits[len++] = *at;
            exponent -= point;
            if (len < 20) first = first * 10 + (*at - '0');
        }
    }
    if (len == 0 || exponent + (int64_t)len < -323) return 0.0;
    if (exponent + (int64_t)len > 310) return mo_bits_f64(UINT64_C(0x7FF) << FRACTION_BITS);
    if (len < 20 && exponent >= -FIVES_MAX && exponent <= FIVES_MAX) return scaled_by_tens(first, (int)exponent);
    if (more) {
        digits[len++] = '1';
        exponent--;
    }
    return scaled_big(digits, len, (int)exponent);
}
static bool same_word(const unsigned char *at, const unsigned char *end, const char *word) {
    for (; *word; word++, at++)
        if (at == end || (*at | 32) != *word) return false;
    return at == end;
}
static bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
bool mo_parse_f64(mo_span text, double *value) {
    const unsigned char *at = text.data, *end = at + text.bytes, *start, *last;
    bool negative = false, down = false;
    size_t digits = 0;
    int64_t exponent = 0;
    if (at < end && (*at == '-' || *at == '+')) negative = *at++ == '-';
    if (same_word(at, end, "nan")) {
        *value = mo_bits_f64(MO_NAN);
        return true;
    }
    if (same_word(at, end, "inf") || same_word(at, end, "infinity")) {
        *value = mo_bits_f64(UINT64_C(0x7FF) << FRACTION_BITS | (uint64_t)negative << 63);
        return true;
    }
    for (start = at; at < end && is_digit(*at); at++) digits++;
    if (at < end && *at == '.')
        for (at++; at < end && is_digit(*at); at++) digits++;
    if (!digits) return false;
    last = at;
    if (at < end && (*at | 32) == 'e') {
        at++;
        if (at < end && (*at == '-' || *at == '+')) down = *at++ == '-';
        if (at == end) return false;
        /* No text is so long that its digits could make up for more. */
        for (; at < end && is_digit(*at); at++)
            if (exponent < INT64_C(1000000000000000)) exponent = exponent * 10 + (*at - '0');
    }
    if (at != end) return false;
    *value = read_digits(start, last, down ? -exponent : exponent);
    if (negative) *value = -*value;
    return true;
}
