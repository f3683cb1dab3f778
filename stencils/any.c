/* Values whose types are not known before: small ints and floats, and comparison of short strings. Others take the slow path, as
 * does what has another result than such a number. */

#include "stencil.h"

/* Tags are compared one after the other: C would hold several large numbers at once, for which there are no registers. */
#define has(cell, tag) (hidden((i64)tag_of(cell)) == (i64)(tag))
#define are(a, b, tag) (has(a, tag) && has(b, tag))
#define is_float(cell) (hidden((i64)tag_of(cell)) < (i64)CELL_TAG_INT)
#define float_of_any(cell) (has(cell, CELL_TAG_INT) ? float_of_int(int_of(cell)) : float_of(cell))
/* The cell of a result: of an int, and of two numbers of which one is a float. There is one place where it is stored, at the
 * end: on aarch64, no jump inside may go over a hole. */
#define small(result) { \
    i64 r = (result); \
    i64 above = hidden((i64)((u64)r << 16)); \
    if (unlikely(above >> 16 != r)) GO(COLD); \
    cell = (i64)__builtin_rotateright64((u64)above | CELL_TAG_INT, 16); }
#define large(result) { \
    double r = (result); \
    if (unlikely(r != r)) GO(COLD); \
    cell = bits_of(r); }
#define floats(a, b, result) { \
    if (unlikely(hidden((i64)tag_of(a)) > (i64)CELL_TAG_INT)) GO(COLD); \
    if (unlikely(hidden((i64)tag_of(b)) > (i64)CELL_TAG_INT)) GO(COLD); \
    double x = float_of_any(a), y = float_of_any(b); \
    large(result) }
#define arith(D, A, B, ints, others) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b), cell; \
    if (are(a, b, CELL_TAG_INT)) ints else others \
    OUT(D, cell); \
    GO(NEXT); }

#define any_add(D, A, B) arith(D, A, B, small(int_of(a) + int_of(b)), floats(a, b, x + y))
#define any_sub(D, A, B) arith(D, A, B, small(int_of(a) - int_of(b)), floats(a, b, x - y))
#define any_mul(D, A, B) arith(D, A, B, { \
    i64 product; \
    if (unlikely(__builtin_mul_overflow(int_of(a), int_of(b), &product))) GO(COLD); \
    small(product) }, floats(a, b, x * y))
#define by_small(op) { \
    i64 of = int_of(a), by = int_of(b); \
    if (unlikely(by == 0)) GO(COLD); \
    small(DIVIDE(of, by, op)) }
/* Floats of two floats only: the code of a stencil has at most 255 bytes. */
#define any_div(D, A, B) arith(D, A, B, by_small(/), { \
    if (unlikely(!is_float(a) || !is_float(b) || (u64)b << 1 == 0)) GO(COLD); \
    large(float_of(a) / float_of(b)) })
#define any_rem(D, A, B) arith(D, A, B, by_small(%), { GO(COLD); })

#define any_equal(D, A, B) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    i64 r; \
    if (are(a, b, CELL_TAG_INT) || are(a, b, CELL_TAG_STR)) { \
        r = a == b; \
    } else { \
        if (unlikely(!is_float(a) || !is_float(b))) GO(COLD); \
        double x = float_of(a), y = float_of(b); \
        if (unlikely(x != x || y != y)) GO(COLD); \
        r = x == y; \
    } \
    OUT(D, r); \
    GO(NEXT); }
/* Negative, zero or positive. */
#define any_compare(D, A, B) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    i64 r; \
    if (are(a, b, CELL_TAG_INT)) { \
        i64 x = int_of(a), y = int_of(b); \
        r = (i64)(x > y) - (i64)(x < y); \
    } else { \
        if (unlikely(!is_float(a) || !is_float(b))) GO(COLD); \
        double x = float_of(a), y = float_of(b); \
        if (unlikely(x != x || y != y)) GO(COLD); \
        r = (i64)(x > y) - (i64)(x < y); \
    } \
    OUT(D, r); \
    GO(NEXT); }

/* Notes that a list has several holders; nothing when it is none. */
#define list_share(A) { \
    u64 cell = (u64)IN(A, HOLE_a); \
    u64 arena = cell >> 44 & 15; \
    if (tag_of(cell) == CELL_TAG_HANDLE && arena - FIRST_LIST <= LAST_LIST - FIRST_LIST) { \
        char *list = AT(char *, vm, CONTEXT_HEAP) + ((u64)(uint32_t)cell << 3); \
        if (unlikely(AT(uint32_t, list, 0) != (uint32_t)(cell >> 32))) GO(COLD); \
        AT(uint32_t, list, OBJECT_META) |= OBJECT_SHARED; \
    } \
    GO(NEXT); }
/* Whether the list in t0 is one of cells. */
#define list_of_cells() { \
    if (unlikely((AT(uint32_t, t0, 0) >> 12 & 15) != LIST_OF_CELLS)) GO(COLD); \
    GO_T0(NEXT); }
