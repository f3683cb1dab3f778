/* Numbers in cells, their order, hashes and arithmetic; numbers as text and back. */
#include "internal.h"

#define BITS_MAX (UINT64_C(1) << 28)
#define MAX_DIGITS 10000u
#define TWO_63 9223372036854775808.0

/* ---- Boxes ---- */

mo_cell mo_box_large(int64_t value, uint32_t flags) {
    mo_cell cell = mo_alloc(MO_BIGINT, MO_CLASS(MO_BIGINT, 2), flags);
    ((mo_words_slot *)(void *)mo_at_index((uint32_t)cell))->words[0] = (uint64_t)value;
    return cell;
}
mo_cell mo_box_i64(int64_t value, uint32_t site) {
    (void)site;
    return mo_fits_small(value) ? mo_from_small(value) : mo_box_large(value, MO_FLAG_I64);
}
mo_cell mo_box_bigint(int64_t value) {
    if (mo_fits_small(value)) return mo_as_bigint(mo_from_small(value));
    return mo_box_large(value, MO_FLAG_I64 | MO_FLAG_BIGINT);
}
bool mo_is_bigint(mo_cell cell) {
    if (mo_arena_of(cell) != MO_BIGINT) return cell >> 48 == MO_TAG_BIGINT;
    return (((mo_head *)mo_deref(cell))->meta & (MO_FLAG_I64 | MO_FLAG_BIGINT)) != MO_FLAG_I64;
}
mo_cell mo_box_big(mo_big *big, uint32_t site) {
    int64_t value;
    mo_cell cell;
    if (mo_big_to_i64(big, &value)) {
        mo_big_free(big);
        return mo_box_bigint(value);
    }
    mo_check(mo_big_bytes(big), site);
    cell = mo_alloc(MO_BIGINT, MO_CLASS(MO_BIGINT, 2), 0);
    mo_charge(mo_big_bytes(big));
    *(mo_big **)(void *)(mo_at_index((uint32_t)cell) + 8) = big;
    return cell;
}
mo_cell mo_box_ratio(mo_big *num, mo_big *den, uint32_t site) {
    mo_ratio *ratio = mo_ratio_new(num, den);
    mo_cell cell;
    mo_check(mo_ratio_bytes(ratio), site);
    cell = mo_alloc(MO_BIGRAT, MO_CLASS(MO_BIGRAT, 2), 0);
    mo_charge(mo_ratio_bytes(ratio));
    *(mo_ratio **)(void *)(mo_at_index((uint32_t)cell) + 8) = ratio;
    return cell;
}
mo_num mo_num_of(mo_cell cell) {
    mo_num num;
    memset(&num, 0, sizeof num);
    if (mo_is_small_integer(cell)) {
        num.kind = MO_NUM_INT;
        num.i = mo_small(cell);
    } else if (mo_is_f64(cell)) {
        num.kind = MO_NUM_FLOAT;
        num.f = mo_bits_f64(cell);
    } else if (mo_arena_of(cell) == MO_BIGINT) {
        mo_head *head = mo_deref(cell);
        if (head->meta & MO_FLAG_I64) {
            num.kind = MO_NUM_INT;
            num.i = *(int64_t *)(void *)(head + 1);
        } else {
            num.kind = MO_NUM_BIG;
            num.big = *(mo_big **)(void *)(head + 1);
        }
    } else if (mo_arena_of(cell) == MO_BIGRAT) {
        num.kind = MO_NUM_RATIO;
        num.ratio = *(mo_ratio **)(void *)((mo_head *)mo_deref(cell) + 1);
    }
    return num;
}
bool mo_unbox_int(mo_cell cell, int64_t *value) {
    mo_num num = mo_num_of(cell);
    *value = num.i;
    return num.kind == MO_NUM_INT;
}

/* ---- Order ---- */

int mo_int_float_cmp(int64_t a, double b) {
    double whole;
    if (b != b) return 2;
    if (b >= TWO_63) return -1;
    if (b < -TWO_63) return 1;
    whole = mo_trunc(b);
    if (a != (int64_t)whole) return a < (int64_t)whole ? -1 : 1;
    return b == whole ? 0 : b > whole ? -1 : 1;
}
static mo_big *to_big(mo_num n) {
    return n.kind == MO_NUM_INT ? mo_big_from_i64(n.i) : mo_big_copy(n.big);
}
static int sign_of(int64_t x) {
    return x < 0 ? -1 : x > 0;
}
static int big_float_cmp(const mo_big *a, double b) {
    mo_big *whole = b == b ? mo_big_from_f64(b) : NULL;
    int order;
    if (b != b) return 2;
    if (!whole) return b > 0 ? -1 : 1;
    order = mo_big_cmp(a, whole);
    mo_big_free(whole);
    if (order) return order;
    b -= mo_trunc(b);
    return b == 0 ? 0 : b > 0 ? -1 : 1;
}
bool mo_to_ratio(mo_num n, mo_big **num, mo_big **den) {
    switch (n.kind) {
    case MO_NUM_INT:
    case MO_NUM_BIG:
        *num = to_big(n);
        *den = mo_big_from_i64(1);
        return true;
    case MO_NUM_RATIO:
        *num = mo_big_copy(n.ratio->num);
        *den = mo_big_copy(n.ratio->den);
        return true;
    case MO_NUM_FLOAT: {
        uint64_t bits = mo_f64_bits(n.f), fraction = bits & ((UINT64_C(1) << 52) - 1);
        int exponent = (int)(bits >> 52 & 0x7FF);
        mo_big *mantissa, *one = mo_big_from_i64(1);
        if (exponent == 0x7FF) {
            mo_big_free(one);
            return false;
        }
        mantissa = mo_big_from_i64((int64_t)(exponent ? fraction | UINT64_C(1) << 52 : fraction));
        if (n.f < 0) mantissa->sign = -mantissa->sign;
        exponent = (exponent ? exponent : 1) - 1075;
        if (exponent >= 0) {
            *num = mo_big_shl(mantissa, (uint64_t)exponent);
            *den = one;
            mo_big_free(mantissa);
        } else {
            mo_ratio *ratio = mo_ratio_new(mantissa, mo_big_shl(one, (uint64_t)-exponent));
            mo_big_free(one);
            *num = ratio->num;
            *den = ratio->den;
            free(ratio);
        }
        return true;
    }
    default: return false;
    }
}
static int ratio_cmp(const mo_ratio *a, mo_num b) {
    mo_big *num, *den, *left, *right;
    int order;
    if (!mo_to_ratio(b, &num, &den)) return b.f != b.f ? 2 : b.f > 0 ? -1 : 1;
    left = mo_big_mul(a->num, den);
    right = mo_big_mul(num, a->den);
    order = mo_big_cmp(left, right);
    mo_big_free(left);
    mo_big_free(right);
    mo_big_free(num);
    mo_big_free(den);
    return order;
}
static int reverse(int order) {
    return order == 2 ? 2 : -order;
}
int mo_num_cmp(mo_num a, mo_num b) {
    if (a.kind == MO_NUM_RATIO) return ratio_cmp(a.ratio, b);
    if (b.kind == MO_NUM_RATIO) return reverse(ratio_cmp(b.ratio, a));
    if (a.kind == MO_NUM_INT && b.kind == MO_NUM_INT) return a.i < b.i ? -1 : a.i > b.i;
    if (a.kind == MO_NUM_FLOAT && b.kind == MO_NUM_FLOAT)
        return a.f < b.f ? -1 : a.f > b.f ? 1 : a.f == b.f ? 0 : 2;
    if (a.kind == MO_NUM_BIG && b.kind == MO_NUM_BIG) return mo_big_cmp(a.big, b.big);
    if (a.kind == MO_NUM_BIG && b.kind == MO_NUM_INT) return a.big->sign;
    if (a.kind == MO_NUM_INT && b.kind == MO_NUM_BIG) return -b.big->sign;
    if (a.kind == MO_NUM_INT) return mo_int_float_cmp(a.i, b.f);
    if (b.kind == MO_NUM_INT) return reverse(mo_int_float_cmp(b.i, a.f));
    if (a.kind == MO_NUM_BIG) return big_float_cmp(a.big, b.f);
    return reverse(big_float_cmp(b.big, a.f));
}
double mo_num_to_f64(mo_num n) {
    switch (n.kind) {
    case MO_NUM_INT: return (double)n.i;
    case MO_NUM_BIG: return mo_big_to_f64(n.big);
    case MO_NUM_RATIO: return mo_ratio_to_f64(n.ratio);
    default: return n.f;
    }
}
uint64_t mo_num_hash(mo_num n) {
    int64_t value;
    if (n.kind == MO_NUM_INT) return mo_mix((uint64_t)n.i);
    if (n.kind == MO_NUM_FLOAT && n.f == mo_trunc(n.f) && n.f >= -TWO_63 && n.f < TWO_63)
        return mo_mix((uint64_t)(int64_t)n.f);
    if (n.kind == MO_NUM_RATIO && n.ratio->den->len == 1 && n.ratio->den->digits[0] == 1) {
        if (mo_big_to_i64(n.ratio->num, &value)) return mo_mix((uint64_t)value);
        return mo_mix(mo_f64_bits(mo_big_to_f64(n.ratio->num)));
    }
    return mo_mix(mo_from_f64(mo_num_to_f64(n)));
}

/* ---- Arithmetic ---- */

static const char symbols[] = "+-*/%";

static void check_bits(uint64_t bits, uint32_t site) {
    if (bits > BITS_MAX) mo_trap_memory(site);
    mo_check((size_t)(bits / 8) * 4, site);
}
static bool int_op(unsigned op, int64_t a, int64_t b, int64_t *r) {
    switch (op) {
    case 0: return !mo_add_overflows(a, b, r);
    case 1: return !mo_sub_overflows(a, b, r);
    case 2: return !mo_mul_overflows(a, b, r);
    case 3:
        if (b == 0 || (b == -1 && a == INT64_MIN)) return false;
        *r = a / b;
        return true;
    default:
        if (b == 0) return false;
        *r = mo_rem_safe(a, b);
        return true;
    }
}
static mo_big *big_op(unsigned op, const mo_big *a, const mo_big *b, uint32_t site) {
    mo_big *r;
    switch (op) {
    case 0: return mo_big_add(a, b);
    case 1: return mo_big_sub(a, b);
    case 2: return mo_big_mul(a, b);
    default:
        if (b->sign == 0) mo_trap_divide(site);
        if (op == 3)
            mo_big_divrem(a, b, &r, NULL);
        else
            mo_big_divrem(a, b, NULL, &r);
        return r;
    }
}
static uint64_t bits_of(mo_num n) {
    uint64_t magnitude, bits = 0;
    if (n.kind == MO_NUM_BIG) return mo_big_bits(n.big);
    for (magnitude = n.i < 0 ? 0 - (uint64_t)n.i : (uint64_t)n.i; magnitude; magnitude >>= 1) bits++;
    return bits;
}
mo_cell mo_big_arith(unsigned op, mo_cell a, mo_cell b, uint32_t site) {
    mo_num x = mo_num_of(a), y = mo_num_of(b);
    mo_big *left, *right, *r;
    int64_t value;
    if (!mo_is_int(a) || !mo_is_int(b)) mo_trap_expected("bigint", mo_type_name(mo_is_int(a) ? b : a), site);
    if (x.kind == MO_NUM_INT && y.kind == MO_NUM_INT) {
        if (int_op(op, x.i, y.i, &value)) return op == 3 ? mo_box_i64(value, site) : mo_box_bigint(value);
        if (op >= 3 && y.i == 0) mo_trap_divide(site);
    }
    check_bits(bits_of(x) + bits_of(y), site);
    left = x.kind == MO_NUM_BIG ? NULL : mo_big_from_i64(x.i);
    right = y.kind == MO_NUM_BIG ? NULL : mo_big_from_i64(y.i);
    r = big_op(op, left ? left : x.big, right ? right : y.big, site);
    mo_big_free(left);
    mo_big_free(right);
    /* A quotient that fits is an int. */
    if (op == 3 && mo_big_to_i64(r, &value)) {
        mo_big_free(r);
        return mo_box_i64(value, site);
    }
    return mo_box_big(r, site);
}
static mo_cell ratio_arith(unsigned op, mo_num x, mo_num y, uint32_t site) {
    mo_big *an, *ad, *bn, *bd, *left, *right, *num, *den;
    mo_to_ratio(x, &an, &ad);
    mo_to_ratio(y, &bn, &bd);
    check_bits(mo_big_bits(an) + mo_big_bits(ad) + mo_big_bits(bn) + mo_big_bits(bd), site);
    if (op >= 3 && bn->sign == 0) mo_trap_divide(site);
    if (op == 2) {
        num = mo_big_mul(an, bn);
        den = mo_big_mul(ad, bd);
    } else if (op == 3) {
        num = mo_big_mul(an, bd);
        den = mo_big_mul(ad, bn);
    } else {
        left = mo_big_mul(an, bd);
        right = mo_big_mul(bn, ad);
        num = big_op(op, left, right, site);
        den = mo_big_mul(ad, bd);
        mo_big_free(left);
        mo_big_free(right);
    }
    mo_big_free(an);
    mo_big_free(ad);
    mo_big_free(bn);
    mo_big_free(bd);
    return mo_box_ratio(num, den, site);
}
static mo_cell text_operand(mo_cell cell, uint32_t site) {
    mo_buf text = {0};
    mo_str_form(&text, cell);
    return mo_str_from_buf(&text, site);
}
mo_cell mo_arith(unsigned op, mo_cell a, mo_cell b, uint32_t site) {
    mo_num x = mo_num_of(a), y = mo_num_of(b);
    char name[2];
    int64_t value;
    if (x.kind == MO_NUM_INT && y.kind == MO_NUM_INT) {
        if (mo_is_bigint(a) || mo_is_bigint(b)) return mo_big_arith(op, a, b, site);
        if (op >= 3 && y.i == 0) mo_trap_divide(site);
        if (!int_op(op, x.i, y.i, &value)) mo_trap_overflow(site, x.i, symbols[op], y.i);
        return mo_box_i64(value, site);
    }
    if (x.kind && y.kind) {
        double f, g;
        if (x.kind != MO_NUM_FLOAT && y.kind != MO_NUM_FLOAT) {
            if (x.kind == MO_NUM_RATIO || y.kind == MO_NUM_RATIO) return ratio_arith(op, x, y, site);
            return mo_big_arith(op, a, b, site);
        }
        f = mo_num_to_f64(x);
        g = mo_num_to_f64(y);
        if (op >= 3 && g == 0.0) mo_trap_divide(site);
        return mo_from_f64(op == 0 ? f + g : op == 1 ? f - g : op == 2 ? f * g : op == 3 ? f / g : mo_fmod(f, g));
    }
    if (op == 0) {
        bool left = mo_is_str(a), right = mo_is_str(b);
        if (left || right) {
            if (!left) a = text_operand(a, site);
            if (!right) b = text_operand(b, site);
            return mo_str_concat_now(a, b, site);
        }
        if (mo_is_list(a) && mo_is_list(b)) return mo_list_concat_now(a, b, site);
    }
    if (a == MO_NONE || b == MO_NONE) return MO_NONE;
    name[0] = symbols[op];
    name[1] = 0;
    mo_trap_operator(name, a, b, site);
}

/* ---- Text ---- */

static int digit_of(unsigned char c) {
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'z' ? (c | 32) - 'a' + 10 : 99;
}
int mo_parse_int(mo_span text, unsigned base, int64_t *value, mo_big **big) {
    const unsigned char *at = text.data, *end = at + text.bytes, *digits;
    bool negative = false;
    uint64_t magnitude = 0, limit;
    if (at < end && (*at == '-' || *at == '+')) negative = *at++ == '-';
    if (at == end) return 0;
    for (digits = at; at < end; at++)
        if (digit_of(*at) >= (int)base) return 0;
    limit = (uint64_t)INT64_MAX + negative;
    for (at = digits; at < end; at++) {
        uint64_t digit = (uint64_t)digit_of(*at);
        if (magnitude > (limit - digit) / base) break;
        magnitude = magnitude * base + digit;
    }
    if (at == end) {
        *value = (int64_t)(negative ? 0 - magnitude : magnitude);
        return 1;
    }
    *big = mo_big_parse(digits, (size_t)(end - digits), base);
    if (negative) (*big)->sign = -(*big)->sign;
    return 2;
}
/* ---- Rows ---- */

mo_cell mo_rt_int_to_str(int64_t value, uint32_t site) {
    char room[MO_DECIMAL_MAX];
    size_t len;
    const char *digits = mo_decimal(room, value, &len);
    mo_safepoint();
    return mo_str_new(digits, len, site);
}
static mo_cell formatted(void (*format)(mo_buf *, double), double value, uint32_t site) {
    mo_buf text = {0};
    mo_safepoint();
    format(&text, value);
    return mo_str_from_buf(&text, site);
}
mo_cell mo_rt_float_to_str(double value, uint32_t site) {
    return formatted(mo_text_general, value, site);
}
mo_cell mo_rt_float_to_fixed(double value, uint32_t site) {
    return formatted(mo_text_fixed, value, site);
}
mo_cell mo_rt_float_to_json(double value, uint32_t site) {
    if (value - value != 0) {
        mo_buf text = {0};
        mo_text_general(&text, value);
        mo_buf_text(&text, " has no JSON form");
        mo_trap_buf(site, &text);
    }
    return formatted(mo_text_json, value, site);
}
int64_t mo_rt_float_to_int(double value, uint32_t site) {
    return mo_float_to_int(value, site);
}
static unsigned checked_base(int64_t base, uint32_t site) {
    if (base < 2 || base > 36) mo_trap_operand("parseIntStr", "a base from 2 to 36", site);
    return (unsigned)base;
}
int64_t mo_rt_str_to_int(mo_cell text, int64_t base, uint32_t site) {
    int64_t value;
    mo_big *big;
    mo_buf message = {0};
    int found = mo_parse_int(mo_span_of(&text), checked_base(base, site), &value, &big);
    if (found == 1) return value;
    if (found == 2) mo_big_free(big);
    if (base == 10) mo_trap_cast(text, "int", site);
    mo_buf_text(&message, "cannot read ");
    mo_describe(&message, text);
    mo_buf_text(&message, " as an integer in base ");
    mo_buf_i64(&message, base);
    mo_trap_buf(site, &message);
}
double mo_rt_str_to_float(mo_cell text, uint32_t site) {
    double value;
    if (!mo_parse_f64(mo_span_of(&text), &value)) mo_trap_cast(text, "float", site);
    return value;
}
mo_cell mo_rt_str_number(mo_cell text, uint32_t site) {
    mo_span span;
    uint32_t sign, i;
    double value;
    int64_t whole;
    mo_big *big;
    mo_safepoint();
    span = mo_span_of(&text);
    sign = span.bytes && (span.data[0] == '-' || span.data[0] == '+');
    i = sign;
    if (i < span.bytes && span.data[i] == '.') i++;
    if (i >= span.bytes || span.data[i] < '0' || span.data[i] > '9') return MO_NONE;
    for (i = sign; i < span.bytes && span.data[i] >= '0' && span.data[i] <= '9'; i++) {
    }
    if (i == span.bytes) {
        if (span.bytes - sign > MAX_DIGITS) return MO_NONE;
        return mo_parse_int(span, 10, &whole, &big) == 1 ? mo_box_i64(whole, site) : mo_box_big(big, site);
    }
    if (!mo_parse_f64(span, &value) || value - value != 0) return MO_NONE;
    return mo_from_f64(value);
}
int64_t mo_rt_int_float_compare(int64_t a, double b, uint32_t site) {
    (void)site;
    return mo_int_float_cmp(a, b);
}
int64_t mo_rt_int_pow(int64_t base, int64_t exponent, uint32_t site) {
    int64_t power = 1, square = base, rest = exponent;
    bool lost = false;
    if (exponent <= 0 || base == 1) return 1;
    if (base == 0) return 0;
    if (base == -1) return exponent % 2 == 0 ? 1 : -1;
    while (rest) {
        if (rest & 1 && (lost || mo_mul_overflows(power, square, &power))) {
            mo_buf text = {0};
            mo_buf_text(&text, "integer overflow: ");
            mo_buf_i64(&text, base);
            mo_buf_text(&text, " ** ");
            mo_buf_i64(&text, exponent);
            mo_trap_buf(site, &text);
        }
        rest >>= 1;
        if (rest) lost |= mo_mul_overflows(square, square, &square);
    }
    return power;
}

#define BIG(name, op) \
    mo_cell mo_rt_##name(mo_cell a, mo_cell b, uint32_t site) { \
        mo_safepoint(); \
        return mo_big_arith(op, a, b, site); \
    }
BIG(big_add, 0)
BIG(big_sub, 1)
BIG(big_mul, 2)
BIG(big_div, 3)
BIG(big_rem, 4)
mo_cell mo_rt_big_neg(mo_cell a, uint32_t site) {
    mo_safepoint();
    return mo_big_arith(1, mo_from_small(0), a, site);
}
mo_cell mo_rt_big_pow(mo_cell base, mo_cell exponent, uint32_t site) {
    mo_num b = mo_num_of(base), e = mo_num_of(exponent);
    mo_big *big, *power;
    uint64_t n, bits;
    mo_safepoint();
    if (!mo_is_int(base) || !mo_is_int(exponent))
        mo_trap_expected("bigint", mo_type_name(mo_is_int(base) ? exponent : base), site);
    if (e.kind == MO_NUM_INT ? e.i <= 0 : e.big->sign < 0) return mo_box_bigint(1);
    n = e.kind == MO_NUM_INT ? (uint64_t)e.i : UINT64_MAX;
    if (b.kind == MO_NUM_INT && b.i >= -1 && b.i <= 1) {
        bool odd = e.kind == MO_NUM_INT ? e.i & 1 : e.big->digits[0] & 1;
        return mo_box_bigint(odd ? b.i : b.i * b.i);
    }
    bits = bits_of(b);
    check_bits(n > BITS_MAX ? UINT64_MAX : bits * n, site);
    big = to_big(b);
    power = mo_big_pow(big, n);
    mo_big_free(big);
    return mo_box_big(power, site);
}
int64_t mo_rt_big_compare(mo_cell a, mo_cell b, uint32_t site) {
    (void)site;
    if (mo_is_small_integer(a) && mo_is_small_integer(b)) return sign_of(mo_small(a) - mo_small(b));
    return mo_num_cmp(mo_num_of(a), mo_num_of(b));
}
mo_cell mo_rt_big_from_int(int64_t value, uint32_t site) {
    (void)site;
    mo_safepoint();
    return mo_box_bigint(value);
}
mo_cell mo_rt_big_from_float(double value, uint32_t site) {
    mo_big *big = value - value == 0 ? mo_big_from_f64(value) : NULL;
    mo_safepoint();
    if (!big) mo_trap_cast(mo_from_f64(value), "bigint", site);
    return mo_box_big(big, site);
}
mo_cell mo_rt_big_from_str(mo_cell text, int64_t base, uint32_t site) {
    int64_t value;
    mo_big *big;
    mo_safepoint();
    switch (mo_parse_int(mo_span_of(&text), checked_base(base, site), &value, &big)) {
    case 1: return mo_box_bigint(value);
    case 2: return mo_box_big(big, site);
    default: return MO_NONE;
    }
}
int64_t mo_rt_big_to_int(mo_cell a, uint32_t site) {
    int64_t value;
    if (!mo_unbox_int(a, &value)) mo_trap_cast(a, "int", site);
    return value;
}
double mo_rt_big_to_float(mo_cell a, uint32_t site) {
    if (!mo_is_int(a)) mo_trap_cast(a, "float", site);
    return mo_num_to_f64(mo_num_of(a));
}
mo_cell mo_rt_big_to_str(mo_cell a, uint32_t site) {
    mo_buf text = {0};
    mo_safepoint();
    mo_str_form(&text, a);
    return mo_str_from_buf(&text, site);
}
mo_cell mo_rt_rat_new(mo_cell num, mo_cell den, uint32_t site) {
    mo_big *an, *ad, *bn, *bd;
    mo_safepoint();
    if (!mo_to_ratio(mo_num_of(num), &an, &ad)) mo_trap_cast(num, "bigrat", site);
    if (!mo_to_ratio(mo_num_of(den), &bn, &bd)) mo_trap_cast(den, "bigrat", site);
    mo_big_free(ad);
    mo_big_free(bd);
    if (bn->sign == 0) mo_trap_divide(site);
    return mo_box_ratio(an, bn, site);
}
mo_cell mo_rt_rat_from_float(double value, uint32_t site) {
    mo_big *num, *den;
    mo_safepoint();
    if (!mo_to_ratio(mo_num_of(mo_from_f64(value)), &num, &den)) mo_trap_cast(mo_from_f64(value), "bigrat", site);
    return mo_box_ratio(num, den, site);
}
static mo_cell part_of(mo_cell value, bool first, uint32_t site) {
    mo_big *num, *den;
    mo_safepoint();
    if (!mo_to_ratio(mo_num_of(value), &num, &den)) mo_trap_cast(value, "bigrat", site);
    mo_big_free(first ? den : num);
    return mo_box_big(first ? num : den, site);
}
mo_cell mo_rt_rat_num(mo_cell value, uint32_t site) {
    return part_of(value, true, site);
}
mo_cell mo_rt_rat_denom(mo_cell value, uint32_t site) {
    return part_of(value, false, site);
}
