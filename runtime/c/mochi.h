/* The runtime of compiled Mochi programs, as generated code sees it.
 *
 * A value of static type int, float or bool is an int64_t, double or bool. Every other value is a cell: one NaN-boxed
 * word (docs/abi.md). Objects lie in one reserved address range and never move; a handle is live exactly when the
 * header word of its slot equals its upper half, which is the one comparison that every access makes.
 *
 * Functions that may collect say so in their names' section below. The collector finds its roots on the native stack,
 * so a cell in a local is safe as long as the local is still needed; MO_KEEP says that it is.
 */
#ifndef MOCHI_H
#define MOCHI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(MOCHI_NO_LIBC) || defined(MOCHI_EMBEDDED)
#include "bare.h"
#else
#include <string.h>
#endif

typedef uint64_t mo_cell;

#if defined(__GNUC__) || defined(__clang__)
#define MO_LIKELY(x) __builtin_expect(!!(x), 1)
#define MO_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define MO_COLD __attribute__((cold, noinline))
#define MO_NORETURN __attribute__((noreturn))
#define MO_UNUSED __attribute__((unused))
#else
#define MO_LIKELY(x) (x)
#define MO_UNLIKELY(x) (x)
#define MO_COLD
#ifdef __TINYC__
/* A keyword, which glibc defines away for compilers that it does not know. */
#undef _Noreturn
#define MO_NORETURN _Noreturn
#else
#define MO_NORETURN
#endif
#define MO_UNUSED
#endif

/* A Mochi program may recurse without end: the check of the depth stops it, which GCC does not take for an end. */
#if defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 12)
#pragma GCC diagnostic ignored "-Winfinite-recursion"
#endif

/* Locals of WebAssembly are not in memory, and registers of 32 bits have halves of cells. */
#if defined(__wasm__) || UINTPTR_MAX < UINT64_MAX
#define MO_CELLS_IN_PARTS
#endif

/* Keeps a cell in a place where the collector finds it, up to here. A compiler that does not optimise needs no telling. */
#if (defined(__GNUC__) || defined(__clang__)) && !defined(__TINYC__) && !defined(MO_CELLS_IN_PARTS)
#define MO_KEEP(cell) __asm__ volatile("" : : "g"(cell))
#else
#define MO_KEEP(cell) ((void)(cell))
#endif

/* A cell that the collector must find; what is volatile is in memory, and whole. */
#ifdef MO_CELLS_IN_PARTS
typedef volatile mo_cell mo_root;
#else
typedef mo_cell mo_root;
#endif

/* A call in tail position takes the frame away in which the collector finds what is passed, where locals are not in memory: only
 * functions of the program are called so, which put their parameters into memory first. */
#if defined(__wasm__) && defined(__clang__)
#pragma clang attribute push(__attribute__((not_tail_called)), apply_to = function)
#endif

/* ---- Cells ---- */

#define MO_TAG_INT UINT64_C(0xFFF9)
#define MO_TAG_SPECIAL UINT64_C(0xFFFA)
#define MO_TAG_STR UINT64_C(0xFFFB)
#define MO_TAG_HANDLE UINT64_C(0xFFFC)
#define MO_TAG_BIGINT UINT64_C(0xFFFD)
#define MO_NONE (MO_TAG_SPECIAL << 48)
#define MO_FALSE (MO_NONE | 2)
#define MO_TRUE (MO_NONE | 3)
#define MO_EMPTY (MO_TAG_STR << 48)
#define MO_NAN UINT64_C(0x7FF8000000000000)
#define MO_SMALL_MAX ((INT64_C(1) << 47) - 1)
#define MO_SMALL_MIN (-(INT64_C(1) << 47))

enum mo_arena {
    MO_STR = 1,
    MO_LIST_CELL,
    MO_LIST_I64,
    MO_LIST_F64,
    MO_LIST_BOOL,
    MO_MAP,
    MO_STRUCT,
    MO_CLOSURE,
    MO_REF,
    MO_BIGINT,
    MO_BIGRAT
};

/* How containers store elements. */
enum mo_kind { MO_CELL, MO_I64, MO_F64, MO_BOOL };

#define MO_FLAG_MARK 1u
#define MO_FLAG_SHARED 2u
#define MO_FLAG_ASCII 4u
#define MO_FLAG_CELL 8u
#define MO_FLAG_BIGINT 8u
#define MO_FLAG_BUFFER 16u
#define MO_FLAG_I64 32u
#define MO_FLAG_DIRECT 64u
#define MO_META_SHIFT 8

/* The slots of objects, as docs/abi.md lays them out. */
typedef struct mo_head {
    uint32_t header, meta;
} mo_head;
typedef struct mo_str_slot {
    mo_head head;
    const unsigned char *data;
    uint32_t bytes, chars;
} mo_str_slot;
typedef struct mo_list_slot {
    mo_head head;
    void *data;
    uint64_t len, capacity;
} mo_list_slot;
typedef struct mo_words_slot {
    mo_head head;
    uint64_t words[1];
} mo_words_slot;

/* ---- State ---- */

/* Slots of up to so many granules of 8 bytes have a size each, larger ones a few sizes for each power of two. */
#ifdef MOCHI_EMBEDDED
#define MO_EXACT 8u
#define MO_STEPS 2u
#define MO_POWERS 3u
#else
#define MO_EXACT 32u
#define MO_STEPS 4u
#define MO_POWERS 8u
#endif
#define MO_SIZES (MO_EXACT + 1 + MO_STEPS * MO_POWERS)
#define MO_CLASSES (12 * MO_SIZES)

/* What generated code reads of the heap. */
typedef struct mo_state {
    char *base;
    /* Bytes handed out since the last collection, and when the next one is due. */
    size_t allocated, threshold;
    /* By class: the first free slot, 0 for none. */
    uint32_t free[MO_CLASSES];
} mo_state;
extern mo_state mo;

/* ---- Where the program is ---- */

/* A place in the source: `up` is the place of the call when the function was inlined there, or 0. */
typedef struct mo_site {
    uint32_t func, line, column, up;
} mo_site;
/* A function as traces show it; `shown` is false for functions that the compiler made. */
typedef struct mo_func {
    const char *name;
    bool shown;
} mo_func;
/* A line of the source, for traces. */
typedef struct mo_line {
    uint32_t file, line;
    const char *text;
} mo_line;

/* The frames of Mochi functions. With MOCHI_TRACE every frame knows its caller, so that run-time errors show a whole stack
 * trace; without, only its depth is passed on. */
#ifdef MO_CELLS_IN_PARTS
/* The stack of cells is small here. */
extern char *mo_stack_low;
#define MO_TOO_DEEP(up) ((up) >= mo_max_depth || (char *)__builtin_frame_address(0) < mo_stack_low)
#else
#define MO_TOO_DEEP(up) ((up) >= mo_max_depth)
#endif
#ifdef MOCHI_TRACE
typedef struct mo_frame {
    const struct mo_frame *up;
    uint32_t depth, site;
} mo_frame;
#define MO_UP const mo_frame *up
#define MO_ENTER \
    mo_frame frame; \
    frame.up = up; \
    frame.depth = up->depth + 1; \
    frame.site = 0; \
    do { \
        if (MO_UNLIKELY(MO_TOO_DEEP(frame.depth - 1))) mo_too_deep(up); \
    } while (0)
#define MO_AT(n) (frame.site = (n), &frame)
#define MO_FRAME (&frame)
#define MO_HERE(n) (frame.site = (n), mo_at = &frame, (n))
extern const mo_frame *mo_at;
#else
#define MO_UP uint32_t up
/* Nothing is kept for functions that return at once, so that compilers save registers after that. */
#define MO_ENTER \
    do { \
        if (MO_UNLIKELY(MO_TOO_DEEP(up))) mo_too_deep(up); \
    } while (0)
#define MO_AT(n) (up + 1)
#define MO_FRAME (up + 1)
#define MO_HERE(n) (n)
#endif
extern uint32_t mo_max_depth;
MO_COLD MO_NORETURN void mo_too_deep(MO_UP);

/* ---- The program, defined by generated code ---- */

/* The numbers of the types that elements, keys, values and fields have; a program gives those from MO_TYPE_FIRST on. */
enum { MO_TYPE_ANY, MO_TYPE_INT, MO_TYPE_FLOAT, MO_TYPE_BOOL, MO_TYPE_STR, MO_TYPE_FIRST };
/* Pairs of types for keys and values; a program gives those from here on, before are those of types that are kinds. */
#define MO_MAP_TYPE_FIRST 16u
/* What stands for none where a value of a type must be. */
enum { MO_ABSENT_TRAPS, MO_ABSENT_NONE, MO_ABSENT_BIGINT, MO_ABSENT_LIST, MO_ABSENT_MAP };
typedef struct mo_type {
    const char *name;
    bool (*is)(mo_cell cell);
    uint32_t absent;
    /* The type of the elements or of the map that stands for none. */
    uint32_t of;
} mo_type;
typedef struct mo_map_type {
    uint32_t keys, values;
} mo_map_type;
typedef struct mo_field {
    const char *name;
    uint32_t type;
} mo_field;
typedef struct mo_shape {
    const char *name;
    const mo_field *fields;
    uint32_t len;
    /* The position among the variants of its union; -1 for structs. */
    int32_t variant;
} mo_shape;
typedef struct mo_fn {
    const char *name;
    /* Called through `mo_closure_code` with the type that the program gives it. */
    void (*code)(void);
    /* The code that takes and returns cells, for calls of `any`; null when it has none. */
    mo_cell (*dynamic)(MO_UP, mo_cell self, const mo_cell *args);
    uint32_t params;
    uint32_t captures;
    /* The number of the type of such function values. */
    uint32_t type;
    /* Bit i: the captured word i is a cell. */
    const uint8_t *cells;
    /* Values are the function that they capture, under another type. */
    bool adapter;
} mo_fn;
typedef struct mo_text {
    const char *bytes;
    uint32_t len;
} mo_text;

extern const mo_type mo_types[];
extern const mo_map_type mo_map_types[];
extern const mo_shape mo_shapes[];
extern const uint32_t mo_shapes_len;
extern const mo_fn mo_fns[];
extern const uint32_t mo_fns_len;
extern const mo_text mo_texts[];
extern const uint32_t mo_texts_len;
extern mo_cell mo_strs[];
extern uint64_t mo_globals[];
extern const uint8_t mo_global_kinds[];
extern const uint32_t mo_globals_len;
extern const mo_site mo_sites[];
extern const mo_func mo_funcs[];
extern const char *const mo_files[];
extern const mo_line mo_lines[];
extern const uint32_t mo_lines_len;
void mo_program(MO_UP);

/* ---- Run-time errors; none returns ---- */

MO_COLD MO_NORETURN void mo_trap(uint32_t site, const char *message);
MO_COLD MO_NORETURN void mo_trap_overflow(uint32_t site, int64_t left, char op, int64_t right);
MO_COLD MO_NORETURN void mo_trap_divide(uint32_t site);
MO_COLD MO_NORETURN void mo_trap_list_index(uint32_t site, int64_t index, uint64_t len);
MO_COLD MO_NORETURN void mo_trap_float_to_int(uint32_t site, double value);
MO_COLD MO_NORETURN void mo_trap_field(mo_cell object, uint32_t site, const char *action, const char *field);
MO_COLD MO_NORETURN void mo_bad_handle(mo_cell cell);

/* ---- Cells, inline ---- */

static inline uint64_t mo_f64_bits(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}
static inline double mo_bits_f64(uint64_t bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}
static inline mo_cell mo_from_f64(double value) {
    return value != value ? MO_NAN : mo_f64_bits(value);
}
static inline mo_cell mo_from_bool(bool value) {
    return MO_FALSE | (mo_cell)value;
}
static inline bool mo_is_f64(mo_cell cell) {
    return (cell >> 48) < MO_TAG_INT;
}
static inline bool mo_is_small(mo_cell cell) {
    return (cell >> 48) == MO_TAG_INT;
}
static inline bool mo_is_short(mo_cell cell) {
    return (cell >> 48) == MO_TAG_STR;
}
static inline bool mo_is_handle(mo_cell cell) {
    return (cell >> 48) == MO_TAG_HANDLE;
}
static inline bool mo_is_bool(mo_cell cell) {
    return (cell | 1) == MO_TRUE;
}
/* An inline int or bigint as a bigint: one bit of the tag tells them apart. */
static inline mo_cell mo_as_bigint(mo_cell cell) {
    return cell | (MO_TAG_INT ^ MO_TAG_BIGINT) << 48;
}
static inline bool mo_is_small_integer(mo_cell cell) {
    return mo_as_bigint(cell) >> 48 == MO_TAG_BIGINT;
}
/* The sign bit of the payload is bit 47. */
static inline int64_t mo_small(mo_cell cell) {
    uint64_t payload = cell & UINT64_C(0xFFFFFFFFFFFF);
    return (int64_t)((payload ^ (UINT64_C(1) << 47)) - (UINT64_C(1) << 47));
}
static inline mo_cell mo_from_small(int64_t value) {
    return (MO_TAG_INT << 48) | ((uint64_t)value & UINT64_C(0xFFFFFFFFFFFF));
}
static inline bool mo_fits_small(int64_t value) {
    return value >= MO_SMALL_MIN && value <= MO_SMALL_MAX;
}
static inline uint32_t mo_arena_of(mo_cell cell) {
    return mo_is_handle(cell) ? (uint32_t)(cell >> 44) & 15 : 0;
}

/* ---- Objects, inline ---- */

static inline char *mo_at_index(uint32_t index) {
    return mo.base + (size_t)index * 8;
}
/* The slot of a handle when its object is live, else null. */
static inline void *mo_live(mo_cell cell) {
    char *slot = mo_at_index((uint32_t)cell);
#if UINTPTR_MAX < UINT64_MAX
    /* Not every index is in memory. */
    if (!mo_is_handle(cell)) return NULL;
#endif
    return *(uint32_t *)(void *)slot == (uint32_t)(cell >> 32) ? slot : NULL;
}
/* The slot of a handle that the types say is live. */
static inline void *mo_deref(mo_cell cell) {
    char *slot = mo_at_index((uint32_t)cell);
    if (MO_UNLIKELY(*(uint32_t *)(void *)slot != (uint32_t)(cell >> 32))) mo_bad_handle(cell);
    return slot;
}
static inline mo_list_slot *mo_list(mo_cell cell) {
    return (mo_list_slot *)mo_deref(cell);
}
static inline uint64_t *mo_words(mo_cell cell) {
    return ((mo_words_slot *)mo_deref(cell))->words;
}
static inline uint32_t mo_payload(mo_cell cell) {
    return ((mo_head *)mo_deref(cell))->meta >> MO_META_SHIFT;
}

uint32_t mo_refill(uint32_t cls);
void mo_collect(void);

/* A place where the collector may run. */
static inline void mo_safepoint(void) {
    if (MO_UNLIKELY(mo.allocated >= mo.threshold)) mo_collect();
}
/* A new slot; its words are arbitrary and are written before the next safepoint. */
static inline mo_cell mo_alloc(uint32_t arena, uint32_t cls, uint32_t meta) {
    uint32_t index = mo.free[cls];
    uint64_t *slot, word;
    uint32_t header;
    if (MO_UNLIKELY(index == 0)) index = mo_refill(cls);
    slot = (uint64_t *)(void *)mo_at_index(index);
    word = *slot;
    mo.free[cls] = (uint32_t)(word >> 32);
    header = (uint32_t)(MO_TAG_HANDLE << 16) | arena << 12 | ((uint32_t)word & 0xFFF);
    *slot = (uint64_t)header | (uint64_t)meta << 32;
    return (mo_cell)header << 32 | index;
}
/* The number of a size among the sizes of slots, 0 when no slot is so large; a constant where the size is one. */
#define MO_STEP(granules, power) \
    (MO_EXACT + MO_STEPS * (power) + \
     ((granules) - (MO_EXACT << (power)) + ((MO_EXACT / MO_STEPS) << (power)) - 1) / ((MO_EXACT / MO_STEPS) << (power)))
#define MO_WITHIN(granules, power) (MO_POWERS > (power) && (granules) <= MO_EXACT << ((power) + 1))
#define MO_SIZE(granules) \
    ((granules) <= MO_EXACT          ? (granules) \
     : MO_WITHIN((granules), 0) ? MO_STEP((granules), 0) \
     : MO_WITHIN((granules), 1) ? MO_STEP((granules), 1) \
     : MO_WITHIN((granules), 2) ? MO_STEP((granules), 2) \
     : MO_WITHIN((granules), 3) ? MO_STEP((granules), 3) \
     : MO_WITHIN((granules), 4) ? MO_STEP((granules), 4) \
     : MO_WITHIN((granules), 5) ? MO_STEP((granules), 5) \
     : MO_WITHIN((granules), 6) ? MO_STEP((granules), 6) \
     : MO_WITHIN((granules), 7) ? MO_STEP((granules), 7) \
                                : 0u)
#define MO_CLASS(arena, granules) ((arena)*MO_SIZES + MO_SIZE(granules))

/* The slot of a struct whose field is read or set; a run-time error for none. */
static inline void *mo_object(mo_cell object, uint32_t site, const char *action, const char *field) {
    char *slot = mo_at_index((uint32_t)object);
    if (MO_UNLIKELY(*(uint32_t *)(void *)slot != (uint32_t)(object >> 32))) mo_trap_field(object, site, action, field);
    return slot;
}

/* ---- Arithmetic ---- */

#if (defined(__GNUC__) || defined(__clang__)) && !defined(__TINYC__)
#define mo_add_overflows(a, b, r) __builtin_add_overflow(a, b, r)
#define mo_sub_overflows(a, b, r) __builtin_sub_overflow(a, b, r)
#define mo_mul_overflows(a, b, r) __builtin_mul_overflow(a, b, r)
#else
static inline bool mo_add_overflows(int64_t a, int64_t b, int64_t *r) {
    uint64_t sum = (uint64_t)a + (uint64_t)b;
    *r = (int64_t)sum;
    return ((((uint64_t)a ^ sum) & ((uint64_t)b ^ sum)) >> 63) != 0;
}
static inline bool mo_sub_overflows(int64_t a, int64_t b, int64_t *r) {
    uint64_t difference = (uint64_t)a - (uint64_t)b;
    *r = (int64_t)difference;
    return ((((uint64_t)a ^ (uint64_t)b) & ((uint64_t)a ^ difference)) >> 63) != 0;
}
static inline bool mo_mul_overflows(int64_t a, int64_t b, int64_t *r) {
    *r = (int64_t)((uint64_t)a * (uint64_t)b);
    if (a == 0 || b == 0) return false;
    if ((a == -1 && b == INT64_MIN) || (b == -1 && a == INT64_MIN)) return true;
    return *r / b != a;
}
#endif
static inline int64_t mo_add(int64_t a, int64_t b, uint32_t site) {
    int64_t r;
    if (MO_UNLIKELY(mo_add_overflows(a, b, &r))) mo_trap_overflow(site, a, '+', b);
    return r;
}
static inline int64_t mo_sub(int64_t a, int64_t b, uint32_t site) {
    int64_t r;
    if (MO_UNLIKELY(mo_sub_overflows(a, b, &r))) mo_trap_overflow(site, a, '-', b);
    return r;
}
static inline int64_t mo_mul(int64_t a, int64_t b, uint32_t site) {
    int64_t r;
    if (MO_UNLIKELY(mo_mul_overflows(a, b, &r))) mo_trap_overflow(site, a, '*', b);
    return r;
}
/* Processors with x86-64 divide faster when 32 bits are enough, and mostly they are. A number that is known needs no division. */
#if defined(__x86_64__) && defined(__GNUC__) && defined(__OPTIMIZE__)
#define MO_ARE_SHORT(a, b) (!__builtin_constant_p(b) && (((uint64_t)(a) | (uint64_t)(b)) >> 32) == 0)
#else
#define MO_ARE_SHORT(a, b) false
#endif
/* The divisor is not 0, and the quotient fits. */
static inline int64_t mo_div_safe(int64_t a, int64_t b) {
    return MO_ARE_SHORT(a, b) ? (int64_t)((uint32_t)a / (uint32_t)b) : a / b;
}
static inline int64_t mo_div(int64_t a, int64_t b, uint32_t site) {
    if (MO_UNLIKELY(b == 0)) mo_trap_divide(site);
    if (MO_UNLIKELY(b == -1 && a == INT64_MIN)) mo_trap_overflow(site, a, '/', b);
    return mo_div_safe(a, b);
}
static inline int64_t mo_rem_safe(int64_t a, int64_t b) {
    if (MO_ARE_SHORT(a, b)) return (int64_t)((uint32_t)a % (uint32_t)b);
    return b == -1 ? 0 : a % b;
}
static inline int64_t mo_rem(int64_t a, int64_t b, uint32_t site) {
    if (MO_UNLIKELY(b == 0)) mo_trap_divide(site);
    return mo_rem_safe(a, b);
}
static inline int64_t mo_neg(int64_t a, uint32_t site) {
    if (MO_UNLIKELY(a == INT64_MIN)) mo_trap_overflow(site, 0, '-', a);
    return -a;
}
static inline int64_t mo_wrap_add(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a + (uint64_t)b);
}
static inline int64_t mo_wrap_sub(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a - (uint64_t)b);
}
static inline int64_t mo_wrap_mul(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a * (uint64_t)b);
}
static inline int64_t mo_shl(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a << (b & 63));
}
static inline int64_t mo_shr(int64_t a, int64_t b) {
    return (int64_t)((uint64_t)a >> (b & 63));
}
double mo_fmod(double a, double b);
static inline double mo_fdiv(double a, double b, uint32_t site) {
    if (MO_UNLIKELY(b == 0.0)) mo_trap_divide(site);
    return a / b;
}
static inline double mo_frem(double a, double b, uint32_t site) {
    if (MO_UNLIKELY(b == 0.0)) mo_trap_divide(site);
    return mo_fmod(a, b);
}
static inline int64_t mo_float_to_int(double value, uint32_t site) {
    if (MO_UNLIKELY(!(value >= -9223372036854775808.0 && value < 9223372036854775808.0)))
        mo_trap_float_to_int(site, value);
    return (int64_t)value;
}

/* ---- Lists ---- */

static inline int64_t mo_list_len(mo_cell xs) {
    return (int64_t)mo_list(xs)->len;
}
/* Positions in 0..len; negative ones count from the end. */
static inline uint64_t mo_position(int64_t index, uint64_t len, uint32_t site) {
    uint64_t at = (uint64_t)index;
    if (MO_UNLIKELY(at >= len)) {
        at += len;
        if (MO_UNLIKELY(index >= 0 || at >= len)) mo_trap_list_index(site, index, len);
    }
    return at;
}
#define MO_LIST_GET(name, type) \
    static inline type mo_list_get_##name(mo_cell xs, int64_t index, uint32_t site) { \
        const mo_list_slot *list = mo_list(xs); \
        return ((const type *)list->data)[mo_position(index, list->len, site)]; \
    } \
    static inline type mo_view_get_##name(const type *data, int64_t len, int64_t index, uint32_t site) { \
        return data[mo_position(index, (uint64_t)len, site)]; \
    }
MO_LIST_GET(cell, mo_cell)
MO_LIST_GET(i64, int64_t)
MO_LIST_GET(f64, double)
MO_LIST_GET(bool, bool)

/* These may collect. */
void mo_list_set_slow(mo_cell xs, int64_t index, uint64_t word, enum mo_kind have, uint32_t site);
mo_cell mo_list_push_slow(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site);
#define MO_LIST_SET(name, type, kind, bits) \
    static inline void mo_list_set_##name(mo_cell xs, int64_t index, type value, uint32_t site) { \
        mo_list_slot *list = mo_list(xs); \
        if (MO_LIKELY((uint64_t)index < list->len)) \
            ((type *)list->data)[index] = value; \
        else \
            mo_list_set_slow(xs, index, bits(value), kind, site); \
    } \
    static inline mo_cell mo_list_push_##name(mo_cell xs, type value, uint32_t site) { \
        mo_list_slot *list = mo_list(xs); \
        if (MO_LIKELY(list->len < list->capacity && !(list->head.meta & MO_FLAG_SHARED))) { \
            ((type *)list->data)[list->len++] = value; \
            return xs; \
        } \
        return mo_list_push_slow(xs, bits(value), kind, site); \
    }
MO_LIST_SET(cell, mo_cell, MO_CELL, (uint64_t))
MO_LIST_SET(i64, int64_t, MO_I64, (uint64_t))
MO_LIST_SET(f64, double, MO_F64, mo_f64_bits)
MO_LIST_SET(bool, bool, MO_BOOL, (uint64_t))
mo_cell mo_list_new(uint32_t type, const uint64_t *words, uint32_t len, uint32_t site);
mo_cell mo_list_get_any(mo_cell xs, int64_t index, uint32_t site);
void mo_list_set_any(mo_cell xs, int64_t index, mo_cell value, uint32_t site);
mo_cell mo_list_push_any(mo_cell xs, mo_cell value, uint32_t site);
mo_cell mo_list_append(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site);
mo_cell mo_list_slice(mo_cell xs, int64_t from, int64_t to, uint32_t site);
mo_cell mo_list_concat(mo_cell a, mo_cell b, uint32_t site);
/* This does not. */
void mo_list_share(mo_cell cell);

/* ---- Maps; all but mo_map_len and mo_map_has may collect ---- */

int64_t mo_map_len(mo_cell map);
bool mo_map_has(mo_cell map, uint64_t key, enum mo_kind have);
mo_cell mo_map_new(uint32_t map_type, const uint64_t *words, uint32_t len, uint32_t site);
uint64_t mo_map_get_or(mo_cell map, uint64_t key, enum mo_kind have, uint64_t other, enum mo_kind want, uint32_t site);
void mo_map_set(mo_cell map, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site);
/* The same where the map may be one of other types than the code knows. */
void mo_map_set_any(mo_cell map, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site);
mo_cell mo_map_keys(mo_cell map, uint32_t type, uint32_t site);

/* ---- Strings ---- */

bool mo_str_eq_slow(mo_cell a, mo_cell b);
static inline bool mo_str_eq(mo_cell a, mo_cell b) {
    return a == b || (mo_is_handle(a) && mo_is_handle(b) && mo_str_eq_slow(a, b));
}
int64_t mo_str_len(mo_cell text);
int64_t mo_str_bytes(mo_cell text);
mo_cell mo_str_char(mo_cell text, int64_t offset);
int mo_str_cmp(mo_cell a, mo_cell b);
/* The bytes of a short string, the first one uppermost, then their number: these numbers have the order of the strings. */
static inline uint64_t mo_short_order(mo_cell text) {
#if defined(__GNUC__) && !defined(__TINYC__)
    return __builtin_bswap64(text);
#else
    uint64_t bytes = text;
    bytes = (bytes & UINT64_C(0x00FF00FF00FF00FF)) << 8 | (bytes >> 8 & UINT64_C(0x00FF00FF00FF00FF));
    bytes = (bytes & UINT64_C(0x0000FFFF0000FFFF)) << 16 | (bytes >> 16 & UINT64_C(0x0000FFFF0000FFFF));
    return bytes << 32 | bytes >> 32;
#endif
}
/* The order of two short strings. */
static inline bool mo_short_lt(mo_cell a, mo_cell b) {
    return mo_short_order(a) < mo_short_order(b);
}
static inline bool mo_short_le(mo_cell a, mo_cell b) {
    return mo_short_order(a) <= mo_short_order(b);
}
static inline bool mo_str_lt(mo_cell a, mo_cell b) {
    if (MO_LIKELY(mo_is_short(a) && mo_is_short(b))) return mo_short_lt(a, b);
    return mo_str_cmp(a, b) < 0;
}
static inline bool mo_str_le(mo_cell a, mo_cell b) {
    return !mo_str_lt(b, a);
}
mo_cell mo_str_index_slow(mo_cell text, int64_t index, uint32_t site);
static inline mo_cell mo_str_index(mo_cell text, int64_t index, uint32_t site) {
    if (mo_is_short(text) && !(text & UINT64_C(0x8080808080))) {
        if (MO_LIKELY((uint64_t)index < (text >> 40 & 7)))
            return MO_EMPTY | UINT64_C(1) << 40 | (text >> (8 * (unsigned)index) & 0xFF);
    } else if (mo_is_handle(text)) {
        const mo_str_slot *slot = (const mo_str_slot *)mo_live(text);
        if (slot && slot->head.meta & MO_FLAG_ASCII && (uint64_t)index < slot->chars)
            return MO_EMPTY | UINT64_C(1) << 40 | slot->data[index];
    }
    return mo_str_index_slow(text, index, site);
}
/* The bytes of a string that has an object, and how many there are if all characters are ASCII, else 0. */
static inline const unsigned char *mo_ascii_bytes(mo_cell text) {
    return mo_is_handle(text) ? ((const mo_str_slot *)mo_deref(text))->data : NULL;
}
static inline uint64_t mo_ascii_len(mo_cell text) {
    const mo_str_slot *slot;
    if (!mo_is_handle(text)) return 0;
    slot = (const mo_str_slot *)mo_deref(text);
    return slot->head.meta & MO_FLAG_ASCII ? slot->chars : 0;
}
static inline mo_cell mo_text_index(const unsigned char *bytes, uint64_t len, mo_cell text, int64_t index, uint32_t site) {
    if (MO_LIKELY((uint64_t)index < len)) return MO_EMPTY | UINT64_C(1) << 40 | bytes[index];
    return mo_str_index(text, index, site);
}
/* These may collect. */
mo_cell mo_str_concat(const mo_cell *parts, uint32_t count, uint32_t site);
mo_cell mo_str_slice(mo_cell text, int64_t from, int64_t to, uint32_t site);

/* ---- Structs, shared variables, functions ---- */

int64_t mo_variant_tag(mo_cell cell);
static inline mo_cell mo_ref_new(uint64_t word, uint32_t flags) {
    mo_cell ref;
    mo_safepoint();
    ref = mo_alloc(MO_REF, MO_CLASS(MO_REF, 2), flags);
    ((mo_words_slot *)(void *)mo_at_index((uint32_t)ref))->words[0] = word;
    return ref;
}
mo_cell mo_struct_new_large(uint32_t shape, const uint64_t *words);
mo_cell mo_closure_new(uint32_t fn, const uint64_t *words, uint32_t len, uint32_t site);
MO_COLD MO_NORETURN void mo_trap_call_none(uint32_t site);
/* The number of the function of a function value. */
static inline const mo_fn *mo_callee(mo_cell closure, uint32_t site) {
    const mo_head *slot = (const mo_head *)mo_live(closure);
    if (MO_UNLIKELY(!slot)) mo_trap_call_none(site);
    return &mo_fns[slot->meta >> MO_META_SHIFT];
}
/* The code for a call of an `any` with so many arguments, which must be made at once. */
const mo_fn *mo_callee_any(mo_cell closure, uint32_t args, uint32_t site);
/* Calls a function value that waited for the rest of its arguments. */
mo_cell mo_partial_call(MO_UP, mo_cell self, const mo_cell *args);
/* What such function values capture: a function, and a list of the arguments that it has. */
extern const uint8_t mo_partial_cells[];

/* ---- Boxes ---- */

mo_cell mo_box_large(int64_t value, uint32_t flags);
/* May collect. */
static inline mo_cell mo_from_i64(int64_t value) {
    if (MO_LIKELY(mo_fits_small(value))) return mo_from_small(value);
    mo_safepoint();
    return mo_box_large(value, MO_FLAG_I64);
}
/* The int of a cell that holds one; 0 of anything else. */
int64_t mo_as_i64_slow(mo_cell cell);
static inline int64_t mo_as_i64(mo_cell cell) {
    return MO_LIKELY(mo_is_small(cell)) ? mo_small(cell) : mo_as_i64_slow(cell);
}
int64_t mo_unbox_i64_slow(mo_cell cell, uint32_t site);
static inline int64_t mo_unbox_i64(mo_cell cell, uint32_t site) {
    return MO_LIKELY(mo_is_small(cell)) ? mo_small(cell) : mo_unbox_i64_slow(cell, site);
}
double mo_unbox_f64(mo_cell cell, uint32_t site);
bool mo_unbox_bool(mo_cell cell, uint32_t site);
mo_cell mo_unbox_str(mo_cell cell, uint32_t site);
mo_cell mo_unbox_big_slow(mo_cell cell, uint32_t site);
static inline mo_cell mo_unbox_big(mo_cell cell, uint32_t site) {
    return MO_LIKELY(mo_is_small_integer(cell)) ? mo_as_bigint(cell) : mo_unbox_big_slow(cell, site);
}

/* How an `any` is represented. */
bool mo_is_i64(mo_cell cell);
bool mo_is_str(mo_cell cell);
bool mo_is_int(mo_cell cell);
bool mo_is_list(mo_cell cell);
bool mo_is_list_of(mo_cell cell, uint32_t type);
/* Types of keys and values; -1 for any. */
bool mo_is_map(mo_cell cell, int64_t keys, int64_t values);
bool mo_is_struct(mo_cell cell, const uint32_t *shapes, uint32_t len);
bool mo_is_fn(mo_cell cell, uint32_t type);

#include "rows.h"

#if defined(__wasm__) && defined(__clang__)
#pragma clang attribute pop
#endif

#endif
