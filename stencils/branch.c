/* Jumps that depend on ints, bools and cells. */

#include "stencil.h"

#define branch(holds) { if (unlikely(holds)) GO(TAKEN); GO(NEXT); }
#define br_eq(A, B) branch(EQUAL(A, B))
#define br_ne(A, B) branch(!EQUAL(A, B))
#define br_lt(A, B) branch(IN(A, HOLE_a) < IN(B, HOLE_b))
#define br_le(A, B) branch(IN(A, HOLE_a) <= IN(B, HOLE_b))
#define br_gt(A, B) branch(IN(A, HOLE_a) > IN(B, HOLE_b))
#define br_ge(A, B) branch(IN(A, HOLE_a) >= IN(B, HOLE_b))
#define br_true(A) branch(!ZERO(A))
#define br_false(A) branch(ZERO(A))
#define br_none(A) branch(IN(A, HOLE_a) == (i64)CELL_NONE)
#define br_some(A) branch(IN(A, HOLE_a) != (i64)CELL_NONE)
#define jump() { GO(TAKEN); }
/* Somebody outside may want the program to end. */
#define poll() { if (unlikely(AT(u64, vm, CONTEXT_INTERRUPT) != 0)) GO(COLD); GO(NEXT); }
