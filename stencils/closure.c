/* Calls of function values. The frame of the callee has what was captured and the arguments: captured raw words, raw
 * arguments, captured cells, cell arguments. Where the function is one that was called there before, `closure_row` and
 * `closure_is` are all that differs from the call of a function by name. For others `closure_open` finds the callee and
 * checks what `call` checks; then t0 is where the next word of the frame goes, and t1 the entry of the function value. What
 * they need is looked up at each call, so nothing has to be put right when code comes or goes. */

#include "stencil.h"

#if defined(__x86_64__)
#define STACK_POINTER "movq %%rsp, %0"
#else
#define STACK_POINTER "mov %0, sp"
#endif

static inline __attribute__((always_inline)) u64 stack_pointer(void) {
    u64 sp;
    __asm__(STACK_POINTER : "=r"(sp));
    return sp;
}

#define function_value(A) (AT(char *, vm, CONTEXT_HEAP) + ((u64)(uint32_t)IN(A, HOLE_a) << 3))

/* The function value A: its object is in t0, the row of its function in t1. */
#define closure_row(A) { \
    if (unlikely(IN(A, HOLE_a) == (i64)CELL_NONE)) GO(COLD); \
    t0 = (i64)function_value(A); \
    t1 = (i64)(AT(uint32_t, t0, OBJECT_META) >> OBJECT_META_SHIFT); \
    PASS(NEXT); }
/* Whether that is row b, which the call expects: then the compiler knows the rest. */
#define closure_is() { if (unlikely(t1 != (i64)HOLE_b)) PASS(TAKEN); GO_T0(NEXT); }

/* A tail call, whose frame will be that of the callee, as long as b: checks what the interpreter checks. */
#define tail_check() { \
    if (unlikely((u64)fp + (u64)HOLE_b > AT(u64, vm, CONTEXT_STACK_END))) GO(COLD); \
    if (unlikely(AT(u64, vm, CONTEXT_INTERRUPT) != 0)) GO(COLD); \
    PASS(NEXT); }

/* The function value A is called in a frame at the distance b. */
#define closure_open(A) { \
    if (unlikely(IN(A, HOLE_a) == (i64)CELL_NONE)) GO(COLD); \
    u64 row = AT(uint32_t, function_value(A), OBJECT_META) >> OBJECT_META_SHIFT; \
    char *entry = AT(char *, vm, CONTEXT_CLOSURES) + row * CLOSURE_SIZE; \
    char *callee = AT(char *, entry, CLOSURE_CALLEE); \
    char *base = fp + (i64)HOLE_b; \
    if (unlikely(AT(u64, callee, CALLEE_NATIVE) == 0)) GO(COLD); \
    if (unlikely((u64)base + 8 * (u64)AT(uint16_t, callee, CALLEE_SLOTS) > AT(u64, vm, CONTEXT_STACK_END))) GO(COLD); \
    if (unlikely(stack_pointer() <= AT(u64, vm, CONTEXT_LOWEST))) GO(COLD); \
    if (unlikely(AT(u64, vm, CONTEXT_INTERRUPT) != 0)) GO(COLD); \
    AT(char *, base, -8) = callee; \
    t0 = (i64)base; \
    t1 = (i64)entry; \
    PASS(NEXT); }

/* Copies as many words to where the next word goes. C would like to call memcpy. */
#define copy_words(source, count) \
    for (u64 left = (count), from = (u64)(source); left != 0; left--, from += 8, t0 += 8) \
        AT(i64, t0, 0) = hidden(AT(i64, from, 0));
#define closure_raw(A) { \
    copy_words(function_value(A) + OBJECT_WORDS, AT(uint16_t, t1, CLOSURE_RAW)) \
    PASS(NEXT); }
#define closure_cells(A) { \
    copy_words(function_value(A) + OBJECT_WORDS + 8 * (u64)AT(uint16_t, t1, CLOSURE_RAW), AT(uint16_t, t1, CLOSURE_CELLS)) \
    PASS(NEXT); }

/* An argument. */
#define argument(A) { AT(i64, t0, 0) = IN(A, HOLE_a); t0 += 8; PASS(NEXT); }
#define fargument(A) { AT(double, t0, 0) = FIN(A, HOLE_a); t0 += 8; PASS(NEXT); }
