/* Indexes that are right are masked by the answer of their check, so that no processor reads beyond the end while it does
 * not know the answer yet (Spectre, variant 1). */

#include "stencil.h"

/* All ones when `i < length`. The C compiler must not know the length again: it would know the answer, and mask nothing. */
#define in_bounds(i, length) ((u64)hidden(-(i64)((i) < (u64)hidden((i64)(length)))))
/* An index into a view, and the length of the view: 0 beyond it. */
#define mask(D, A, B) { \
    u64 i = (u64)IN(A, HOLE_a); \
    i64 r = (i64)(i & in_bounds(i, IN(B, HOLE_b))); \
    OUT(D, r); \
    GO(NEXT); }
/* An index into the list in t0, or into the text there whose length is in t1, which is checked first. */
#define masked(D, A, length) \
    u64 i = (u64)IN(A, HOLE_a); \
    if (unlikely(i >= (u64)(length))) GO(COLD); \
    i64 r = (i64)(i & in_bounds(i, length)); \
    OUT(D, r);
#define list_mask(D, A) { masked(D, A, AT(u64, t0, OBJECT_LEN)) GO_T0(NEXT); }
#define str_mask(D, A) { masked(D, A, t1) PASS(NEXT); }
