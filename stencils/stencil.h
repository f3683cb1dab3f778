/* What all stencils share: the machine state that they pass on, and how they name operands.
 *
 * A stencil is a function of the machine state that ends in a tail call: of NEXT, the code that follows; of TAKEN, the
 * target of a jump; or of COLD, the slow path of the instruction. `cargo xtask stencils` compiles one function for each
 * combination of places that the operands of a row may have (crates/mochi-jit/src/manifest.rs) and cuts out its bytes.
 *
 * The convention passes arguments in fixed registers, so a value that a stencil leaves alone costs nothing. `fp` and `vm`
 * are the frame and the context, `r0` to `r5` and `f0` to `f7` hold the pinned slots of the function, and `t0` and `t1`
 * carry a value from one stencil to the next; everybody else may lose them, which is what `undefined` says.
 *
 * HOLE_a, HOLE_b, HOLE_c, HOLE_d are numbers that the compiler of bytecode fills in: distances of slots from the frame
 * base in bytes, or numbers of the program. They are addresses to the C compiler, so it must not reason about them.
 */

#include <stdbool.h>
#include <stdint.h>

typedef int64_t i64;
typedef uint64_t u64;

/* The order decides the registers: on x86-64 r12, r13, ..., the temporaries being rdx and rcx; on aarch64 x20 to x28, x0. */
#if defined(__x86_64__)
#define INTS(_) _(r0), _(r1), _(r2), _(r3), _(t0), _(t1), _(r4), _(r5)
#else
#define INTS(_) _(r0), _(r1), _(r2), _(r3), _(r4), _(r5), _(t0), _(t1)
#endif
#define PARAMETER(name) i64 name
#define ARGUMENT(name) name

#define STATE                                                                                                          \
    char *fp, char *vm, INTS(PARAMETER), double f0, double f1, double f2, double f3, double f4, double f5, double f6,   \
        double f7

#define CODE __attribute__((preserve_none))

CODE i64 NEXT(STATE);
CODE i64 TAKEN(STATE);
CODE i64 COLD(STATE);

extern char HOLE_a[], HOLE_b[], HOLE_c[], HOLE_d[];

/* A value that nobody uses: no instruction makes it. */
static inline __attribute__((always_inline)) i64 undefined(void) {
    i64 anything;
    return anything;
}

/* Keeps the C compiler from knowing a number, so that it does not put it into memory. */
static inline __attribute__((always_inline)) i64 hidden(i64 value) {
    __asm__("" : "+r"(value));
    return value;
}

static inline __attribute__((always_inline)) double float_of(i64 bits) {
    union {
        i64 bits;
        double value;
    } u = {.bits = bits};
    return u.value;
}

static inline __attribute__((always_inline)) i64 bits_of(double value) {
    union {
        double value;
        i64 bits;
    } u = {.value = value};
    return u.bits;
}

/* Shifts by a hole. On x86-64 the distance is a byte of the instruction, for which C has no word. On aarch64 the whole
 * register is read modulo 64. */
#if defined(__x86_64__)
#define SHIFT(instruction, value, hole)                                                                                \
    ({                                                                                                                 \
        i64 shifted_ = (i64)(value);                                                                                   \
        __asm__(instruction " %1, %0" : "+r"(shifted_) : "i"(hole));                                                   \
        shifted_;                                                                                                      \
    })
#define SHL(value, hole) SHIFT("shlq", value, hole)
#define SHR(value, hole) SHIFT("shrq", value, hole)
#define SAR(value, hole) SHIFT("sarq", value, hole)
#else
#define SHL(value, hole) ((i64)((u64)(value) << ((i64)(hole) & 63)))
#define SHR(value, hole) ((i64)((u64)(value) >> ((i64)(hole) & 63)))
#define SAR(value, hole) ((i64)(value) >> ((i64)(hole) & 63))
#endif

/* An int as a float. On x86-64 the instruction keeps half of its target, and would wait for whatever was there. */
#if defined(__x86_64__)
static inline __attribute__((always_inline)) double float_of_int(i64 value) {
    double result;
    __asm__("xorps %0, %0\n\tcvtsi2sdq %1, %0" : "=&x"(result) : "r"(value));
    return result;
}
#else
static inline __attribute__((always_inline)) double float_of_int(i64 value) {
    return (double)value;
}
#endif

/* Processors with x86-64 divide faster when 32 bits are enough, older ones several times as fast; and mostly they are. */
#if defined(__x86_64__)
#define DIVIDE(a, b, op) \
    ((((u64)(a) | (u64)(b)) >> 32) == 0 ? (i64)((uint32_t)(a) op (uint32_t)(b)) : (i64)(a) op (i64)(b))
#else
#define DIVIDE(a, b, op) ((a) op (b))
#endif

/* What a cell is, and the int in one. */
#define tag_of(cell) ((u64)(cell) >> 48)
#define int_of(cell) ((i64)((u64)(cell) << 16) >> 16)

#define unlikely(x) __builtin_expect((x), 0)

#define PASS(where) __attribute__((musttail)) return where(fp, vm, INTS(ARGUMENT), f0, f1, f2, f3, f4, f5, f6, f7)
#define LOSE_T (t0 = undefined(), t1 = undefined())
/* Ends a stencil. The temporaries are lost but where the name says otherwise. */
#define GO(where) do { LOSE_T; PASS(where); } while (0)
#define GO_T0(where) do { t1 = undefined(); PASS(where); } while (0)
#define GO_T1(where) do { t0 = undefined(); PASS(where); } while (0)

#define SLOT(hole) (*(i64 *)(fp + (i64)(hole)))
#define FLOAT_SLOT(hole) (*(double *)(fp + (i64)(hole)))
#define AT(type, base, offset) (*(type *)((char *)(base) + (offset)))

/* Reading an operand: its place, and the hole of its role. */
#define IN(place, hole) IN_(place, hole)
#define IN_(place, hole) in_##place(hole)
#define in_R0(hole) r0
#define in_R1(hole) r1
#define in_R2(hole) r2
#define in_R3(hole) r3
#define in_R4(hole) r4
#define in_R5(hole) r5
#define in_S(hole) SLOT(hole)
#define in_I(hole) ((i64)(hole))
#define in_T(hole) t1

/* Whether operands are equal, or one is zero. Where C knows that a register equals another operand, it copies that to the
 * register before it goes on, so it is not told. */
#if defined(__aarch64__)
#define EQUAL(A, B) EQUAL_TO("r", A, IN(B, HOLE_b))
#define ZERO(A) (IN(A, HOLE_a) == 0)
#define EQUAL_TO(constraint, A, b) FLAGS("cmp %1, %2", "=@cceq", constraint, IN(A, HOLE_a), b)
#else
#define EQUAL(A, B) (IS_SLOT(A) || IS_SLOT(B) ? IN(A, HOLE_a) == IN(B, HOLE_b) : EQUAL_TO("ri", A, IN(B, HOLE_b)))
#define ZERO(A) (IS_SLOT(A) ? IN(A, HOLE_a) == 0 : FLAGS("testq %1, %1", "=@cce", "i", IN(A, HOLE_a), 0))
#define EQUAL_TO(constraint, A, b) FLAGS("cmpq %2, %1", "=@cce", constraint, IN(A, HOLE_a), b)
#endif
#define FLAGS(instruction, flag, constraint, a, b)                                                                     \
    ({                                                                                                                 \
        bool holds_;                                                                                                   \
        __asm__(instruction : flag(holds_) : "r"((i64)(a)), constraint((i64)(b)));                                     \
        holds_;                                                                                                        \
    })
#define IS_SLOT(place) IS_SLOT_(place)
#define IS_SLOT_(place) is_slot_##place
#define is_slot_R0 0
#define is_slot_R1 0
#define is_slot_R2 0
#define is_slot_R3 0
#define is_slot_R4 0
#define is_slot_R5 0
#define is_slot_S 1
#define is_slot_I 0
#define is_slot_T 0

#define FIN(place, hole) FIN_(place, hole)
#define FIN_(place, hole) fin_##place(hole)
#define fin_F0(hole) f0
#define fin_F1(hole) f1
#define fin_F2(hole) f2
#define fin_F3(hole) f3
#define fin_F4(hole) f4
#define fin_F5(hole) f5
#define fin_F6(hole) f6
#define fin_F7(hole) f7
#define fin_S(hole) FLOAT_SLOT(hole)

/* Writing the result. `EARLY` writes it before the check that may leave the stencil when it is a register: its old value is
 * dead, or the compiler of bytecode knows how to get it back. `LATE` writes it after the check when it is a slot. */
#define OUT(place, value) OUT_(place, value)
#define OUT_(place, value) out_##place(value)
#define out_R0(value) (r0 = (value))
#define out_R1(value) (r1 = (value))
#define out_R2(value) (r2 = (value))
#define out_R3(value) (r3 = (value))
#define out_R4(value) (r4 = (value))
#define out_R5(value) (r5 = (value))
#define out_F0(value) (f0 = (value))
#define out_F1(value) (f1 = (value))
#define out_F2(value) (f2 = (value))
#define out_F3(value) (f3 = (value))
#define out_F4(value) (f4 = (value))
#define out_F5(value) (f5 = (value))
#define out_F6(value) (f6 = (value))
#define out_F7(value) (f7 = (value))
#define out_T(value) (t1 = (value))
#define out_S(value) (SLOT(HOLE_d) = (value))
#define FOUT(place, value) FOUT_(place, value)
#define FOUT_(place, value) fout_##place(value)
#define fout_F0(value) (f0 = (value))
#define fout_F1(value) (f1 = (value))
#define fout_F2(value) (f2 = (value))
#define fout_F3(value) (f3 = (value))
#define fout_F4(value) (f4 = (value))
#define fout_F5(value) (f5 = (value))
#define fout_F6(value) (f6 = (value))
#define fout_F7(value) (f7 = (value))
#define fout_S(value) (FLOAT_SLOT(HOLE_d) = (value))

#define EARLY(place, value) EARLY_(place, value)
#define EARLY_(place, value) early_##place(value)
#define early_R0(value) (r0 = (value))
#define early_R1(value) (r1 = (value))
#define early_R2(value) (r2 = (value))
#define early_R3(value) (r3 = (value))
#define early_R4(value) (r4 = (value))
#define early_R5(value) (r5 = (value))
#define early_S(value) ((void)0)
#define LATE(place, value) LATE_(place, value)
#define LATE_(place, value) late_##place(value)
#define late_R0(value) ((void)0)
#define late_R1(value) ((void)0)
#define late_R2(value) ((void)0)
#define late_R3(value) ((void)0)
#define late_R4(value) ((void)0)
#define late_R5(value) ((void)0)
#define late_S(value) (SLOT(HOLE_d) = (value))

/* The slow path writes the result, which is no operand: its old value need not be kept. */
#define LOSE(place) LOSE_(place)
#define LOSE_(place) lose_##place()
#define lose_R0() (r0 = undefined())
#define lose_R1() (r1 = undefined())
#define lose_R2() (r2 = undefined())
#define lose_R3() (r3 = undefined())
#define lose_R4() (r4 = undefined())
#define lose_R5() (r5 = undefined())
#define lose_F0() (f0 = float_of(undefined()))
#define lose_F1() (f1 = float_of(undefined()))
#define lose_F2() (f2 = float_of(undefined()))
#define lose_F3() (f3 = float_of(undefined()))
#define lose_F4() (f4 = float_of(undefined()))
#define lose_F5() (f5 = float_of(undefined()))
#define lose_F6() (f6 = float_of(undefined()))
#define lose_F7() (f7 = float_of(undefined()))
#define lose_S() ((void)0)

#define STENCIL(name) CODE i64 name(STATE)
