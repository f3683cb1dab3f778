/* Arithmetic and comparison of ints. */

#include "stencil.h"

/* The result is written at once, so that an add is one instruction; the slow path undoes it. */
#define checked(D, A, B, builtin) { \
    i64 r; \
    bool overflows = builtin(IN(A, HOLE_a), IN(B, HOLE_b), &r); \
    EARLY(D, r); \
    if (unlikely(overflows)) GO(COLD); \
    LATE(D, r); \
    GO(NEXT); }
#define add(D, A, B) checked(D, A, B, __builtin_add_overflow)
#define sub(D, A, B) checked(D, A, B, __builtin_sub_overflow)
/* No way back from a product. */
#define mul(D, A, B) { \
    i64 r; \
    if (unlikely(__builtin_mul_overflow(IN(A, HOLE_a), IN(B, HOLE_b), &r))) GO(COLD); \
    OUT(D, r); \
    GO(NEXT); }

#define unchecked(D, value) { i64 r = (i64)(value); OUT(D, r); GO(NEXT); }
#define add_wrap(D, A, B) unchecked(D, (u64)IN(A, HOLE_a) + (u64)IN(B, HOLE_b))
#define sub_wrap(D, A, B) unchecked(D, (u64)IN(A, HOLE_a) - (u64)IN(B, HOLE_b))
#define mul_wrap(D, A, B) unchecked(D, (u64)IN(A, HOLE_a) * (u64)IN(B, HOLE_b))
#define and(D, A, B) unchecked(D, IN(A, HOLE_a) & IN(B, HOLE_b))
#define or(D, A, B) unchecked(D, IN(A, HOLE_a) | IN(B, HOLE_b))
#define xor(D, A, B) unchecked(D, IN(A, HOLE_a) ^ IN(B, HOLE_b))
#define shl_by(D, A, B) unchecked(D, SHL(IN(A, HOLE_a), HOLE_b))
#define shr_by(D, A, B) unchecked(D, SHR(IN(A, HOLE_a), HOLE_b))
#define shl(D, A, B) unchecked(D, (u64)IN(A, HOLE_a) << (IN(B, HOLE_b) & 63))
#define shr(D, A, B) unchecked(D, (u64)IN(A, HOLE_a) >> (IN(B, HOLE_b) & 63))

/* Divisors 0 and -1 take the slow path. */
#define divided(D, A, B, op) { \
    i64 by = IN(B, HOLE_b); \
    if (unlikely((u64)by + 1 <= 1)) GO(COLD); \
    i64 of = IN(A, HOLE_a); \
    i64 r = DIVIDE(of, by, op); \
    OUT(D, r); \
    GO(NEXT); }
#define div(D, A, B) divided(D, A, B, /)
#define rem(D, A, B) divided(D, A, B, %)
/* The divisor is neither 0 nor -1. */
#define divided_safe(D, A, B, op) { \
    i64 by = IN(B, HOLE_b), of = IN(A, HOLE_a); \
    i64 r = DIVIDE(of, by, op); \
    OUT(D, r); \
    GO(NEXT); }
#define div_safe(D, A, B) divided_safe(D, A, B, /)
#define rem_safe(D, A, B) divided_safe(D, A, B, %)
/* By a number b that is known: the upper half of the product with t1, which is 2^(64 + c) / b rounded up, shifted by c;
 * one more for negative numbers, to round toward zero. What t1 lacks when its sign bit is needed is added. */
#define quotient(value, lacking) \
    (SAR((u64)(i64)(((__int128)(value) * t1) >> 64) + (u64)(lacking), HOLE_c) + (i64)((u64)(value) >> 63))
#define by_known(D, A, lacking, result) { \
    i64 value = IN(A, HOLE_a); \
    i64 q = quotient(value, lacking); \
    i64 r = (result); \
    OUT(D, r); \
    GO(NEXT); }
#define div_known(D, A) by_known(D, A, 0, q)
#define div_known_more(D, A) by_known(D, A, value, q)
#define rem_known(D, A) by_known(D, A, 0, value - q * (i64)HOLE_b)
#define rem_known_more(D, A) by_known(D, A, value, value - q * (i64)HOLE_b)

/* By 2^n: negative numbers get 2^n - 1 more, so that the shift rounds toward zero. HOLE_b is n, HOLE_c is 64 - n. */
#define div_pow2(D, A, B) { \
    i64 value = IN(A, HOLE_a); \
    i64 more = SHR(value >> 63, HOLE_c); \
    i64 r = SAR((u64)value + (u64)more, HOLE_b); \
    OUT(D, r); \
    GO(NEXT); }
#define rem_pow2(D, A, B) { \
    i64 value = IN(A, HOLE_a); \
    u64 more = (u64)SHR(value >> 63, HOLE_c); \
    i64 r = (i64)((u64)SHR(SHL((u64)value + more, HOLE_c), HOLE_c) - more); \
    OUT(D, r); \
    GO(NEXT); }
#define neg(D, A) { \
    i64 r; \
    if (unlikely(__builtin_sub_overflow(0, IN(A, HOLE_a), &r))) GO(COLD); \
    OUT(D, r); \
    GO(NEXT); }

#define eq(D, A, B) unchecked(D, IN(A, HOLE_a) == IN(B, HOLE_b))
#define ne(D, A, B) unchecked(D, IN(A, HOLE_a) != IN(B, HOLE_b))
#define lt(D, A, B) unchecked(D, IN(A, HOLE_a) < IN(B, HOLE_b))
#define le(D, A, B) unchecked(D, IN(A, HOLE_a) <= IN(B, HOLE_b))
#define gt(D, A, B) unchecked(D, IN(A, HOLE_a) > IN(B, HOLE_b))
#define ge(D, A, B) unchecked(D, IN(A, HOLE_a) >= IN(B, HOLE_b))

/* `C ? t1 : B`, without a jump: C is 0 or 1. */
#define select(D, C, B) { \
    i64 b = IN(B, HOLE_b); \
    i64 r = b ^ ((t1 ^ b) & hidden(-IN(C, HOLE_c))); \
    OUT(D, r); \
    GO(NEXT); }

#define move(D, A) { i64 r = IN(A, HOLE_a); OUT(D, r); GO_T1(NEXT); }
