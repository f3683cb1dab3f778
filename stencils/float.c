/* Arithmetic and comparison of floats. No number may end up in memory of its own, so signs and bounds are made from ints. */

#include "stencil.h"

#define result(D, value) { double r = (value); FOUT(D, r); GO(NEXT); }
#define fadd(D, A, B) result(D, FIN(A, HOLE_a) + FIN(B, HOLE_b))
#define fsub(D, A, B) result(D, FIN(A, HOLE_a) - FIN(B, HOLE_b))
#define fmul(D, A, B) result(D, FIN(A, HOLE_a) * FIN(B, HOLE_b))
#define fdiv(D, A, B) { \
    double by = FIN(B, HOLE_b); \
    if (unlikely(((u64)hidden(bits_of(by)) << 1) == 0)) GO(COLD); \
    result(D, FIN(A, HOLE_a) / by) }
#define fneg(D, A) result(D, float_of(bits_of(FIN(A, HOLE_a)) ^ hidden((i64)(1ULL << 63))))

#define fcompare(D, holds) { i64 r = (holds); OUT(D, r); GO(NEXT); }
#define feq(D, A, B) fcompare(D, FIN(A, HOLE_a) == FIN(B, HOLE_b))
#define fne(D, A, B) fcompare(D, FIN(A, HOLE_a) != FIN(B, HOLE_b))
#define flt(D, A, B) fcompare(D, FIN(A, HOLE_a) < FIN(B, HOLE_b))
#define fle(D, A, B) fcompare(D, FIN(A, HOLE_a) <= FIN(B, HOLE_b))

#define fbranch(holds) { if (unlikely(holds)) GO(TAKEN); GO(NEXT); }
#define br_feq(A, B) fbranch(FIN(A, HOLE_a) == FIN(B, HOLE_b))
#define br_fne(A, B) fbranch(FIN(A, HOLE_a) != FIN(B, HOLE_b))
#define br_flt(A, B) fbranch(FIN(A, HOLE_a) < FIN(B, HOLE_b))
#define br_fle(A, B) fbranch(FIN(A, HOLE_a) <= FIN(B, HOLE_b))
#define br_fnlt(A, B) fbranch(!(FIN(A, HOLE_a) < FIN(B, HOLE_b)))
#define br_fnle(A, B) fbranch(!(FIN(A, HOLE_a) <= FIN(B, HOLE_b)))

#define int_to_float(D, A) result(D, float_of_int(IN(A, HOLE_a)))
/* What is not in -2^63..2^63 takes the slow path. */
#define float_to_int(D, A) { \
    double value = FIN(A, HOLE_a), bound = float_of(hidden(0x43e0000000000000)); \
    if (unlikely(!(value < bound))) GO(COLD); \
    if (unlikely(!(value >= float_of(hidden((i64)0xc3e0000000000000))))) GO(COLD); \
    i64 r = (i64)value; \
    OUT(D, r); \
    GO(NEXT); }

/* `C ? t1 : B`, without a jump: C is 0 or 1. */
#define fselect(D, C, B) { \
    i64 b = bits_of(FIN(B, HOLE_b)); \
    double r = float_of(b ^ ((t1 ^ b) & hidden(-IN(C, HOLE_c)))); \
    FOUT(D, r); \
    GO(NEXT); }
#define fmove(D, A) result(D, FIN(A, HOLE_a))
#define fmove_t(A) { t1 = bits_of(FIN(A, HOLE_a)); GO_T1(NEXT); }
