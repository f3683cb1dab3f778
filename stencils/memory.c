/* Objects, views, globals and cells. An object is found by `object`, which leaves its address in t0. */

#include "stencil.h"

/* The object of a live handle in a cell slot. */
#define object(A) { \
    u64 cell = (u64)IN(A, HOLE_a); \
    char *found = AT(char *, vm, CONTEXT_HEAP) + ((u64)(uint32_t)cell << 3); \
    if (unlikely(AT(uint32_t, found, 0) != (uint32_t)(cell >> 32))) GO(COLD); \
    t0 = (i64)found; \
    GO_T0(NEXT); }

/* Its address, kept and used again; and that of an object which was found before, so that it is alive. */
#define object_keep(D) { OUT(D, t0); GO_T0(NEXT); }
#define object_kept(A) { t0 = IN(A, HOLE_a); GO_T0(NEXT); }
#define object_again(D, A) { \
    i64 r = (i64)(AT(char *, vm, CONTEXT_HEAP) + ((u64)(uint32_t)IN(A, HOLE_a) << 3)); \
    OUT(D, r); \
    GO(NEXT); }

/* A word of the object, at a distance in bytes. */
#define load(D) { i64 r = AT(i64, t0, (i64)HOLE_a); OUT(D, r); GO_T0(NEXT); }
#define fload(D) { double r = AT(double, t0, (i64)HOLE_a); FOUT(D, r); GO_T0(NEXT); }
#define store(A) { AT(i64, t0, (i64)HOLE_d) = IN(A, HOLE_a); GO_T0(NEXT); }
#define fstore(A) { AT(double, t0, (i64)HOLE_d) = FIN(A, HOLE_a); GO_T0(NEXT); }

/* An element of the list in t0. */
#define element(B) \
    u64 i = (u64)IN(B, HOLE_b); \
    if (unlikely(i >= AT(u64, t0, OBJECT_LEN))) GO(COLD);
#define list_get(D, B) { element(B) i64 r = AT(i64 *, t0, OBJECT_DATA)[i]; OUT(D, r); GO(NEXT); }
#define list_fget(D, B) { element(B) double r = AT(double *, t0, OBJECT_DATA)[i]; FOUT(D, r); GO(NEXT); }
#define list_get_bool(D, B) { element(B) i64 r = AT(uint8_t *, t0, OBJECT_DATA)[i]; OUT(D, r); GO(NEXT); }
#define list_set(A, B) { element(B) AT(i64 *, t0, OBJECT_DATA)[i] = IN(A, HOLE_a); GO(NEXT); }
#define list_fset(A, B) { element(B) AT(double *, t0, OBJECT_DATA)[i] = FIN(A, HOLE_a); GO(NEXT); }
#define list_set_bool(A, B) { element(B) AT(uint8_t *, t0, OBJECT_DATA)[i] = (uint8_t)IN(A, HOLE_a); GO(NEXT); }
/* Room for one more element of the list in t0, which nobody shares; its length goes to t1. */
#define list_room() { \
    u64 length = AT(u64, t0, OBJECT_LEN); \
    if (unlikely(AT(uint32_t, t0, OBJECT_META) & OBJECT_SHARED)) GO(COLD); \
    if (unlikely(length >= AT(u64, t0, OBJECT_CAPACITY))) GO(COLD); \
    t1 = (i64)length; \
    PASS(NEXT); }
#define list_push(A) { \
    AT(i64 *, t0, OBJECT_DATA)[t1] = IN(A, HOLE_a); \
    AT(u64, t0, OBJECT_LEN) = (u64)t1 + 1; \
    GO(NEXT); }
#define list_fpush(A) { \
    AT(double *, t0, OBJECT_DATA)[t1] = FIN(A, HOLE_a); \
    AT(u64, t0, OBJECT_LEN) = (u64)t1 + 1; \
    GO(NEXT); }
#define list_push_bool(A) { \
    AT(uint8_t *, t0, OBJECT_DATA)[t1] = (uint8_t)IN(A, HOLE_a); \
    AT(u64, t0, OBJECT_LEN) = (u64)t1 + 1; \
    GO(NEXT); }

/* An index that must be below a length. */
#define bound(A, B) { if (unlikely((u64)IN(A, HOLE_a) >= (u64)IN(B, HOLE_b))) GO(COLD); GO(NEXT); }
/* An element of the view whose data pointer is A. */
#define view_get(D, A, B) { i64 r = ((i64 *)IN(A, HOLE_a))[IN(B, HOLE_b)]; OUT(D, r); GO(NEXT); }
#define view_fget(D, A, B) { double r = ((double *)IN(A, HOLE_a))[IN(B, HOLE_b)]; FOUT(D, r); GO(NEXT); }
#define view_get_bool(D, A, B) { i64 r = ((uint8_t *)IN(A, HOLE_a))[IN(B, HOLE_b)]; OUT(D, r); GO(NEXT); }
#define view_set(A, B, C) { ((i64 *)IN(A, HOLE_a))[IN(B, HOLE_b)] = IN(C, HOLE_c); GO(NEXT); }
#define view_fset(A, B, C) { ((double *)IN(A, HOLE_a))[IN(B, HOLE_b)] = FIN(C, HOLE_c); GO(NEXT); }
#define view_set_bool(A, B, C) { ((uint8_t *)IN(A, HOLE_a))[IN(B, HOLE_b)] = (uint8_t)IN(C, HOLE_c); GO(NEXT); }

/* A global, at a distance in bytes. */
#define global_get(D) { i64 r = AT(i64, AT(char *, vm, CONTEXT_GLOBALS), (i64)HOLE_a); OUT(D, r); GO(NEXT); }
#define global_fget(D) { double r = AT(double, AT(char *, vm, CONTEXT_GLOBALS), (i64)HOLE_a); FOUT(D, r); GO(NEXT); }
#define global_set(A) { AT(i64, AT(char *, vm, CONTEXT_GLOBALS), (i64)HOLE_d) = IN(A, HOLE_a); GO(NEXT); }
#define global_fset(A) { AT(double, AT(char *, vm, CONTEXT_GLOBALS), (i64)HOLE_d) = FIN(A, HOLE_a); GO(NEXT); }

/* The string of a constant, when it has been made; its place is a distance in bytes. */
#define const_str(D) { \
    i64 r = AT(i64, AT(char *, vm, CONTEXT_STRS), (i64)HOLE_a); \
    if (unlikely(r == 0)) { LOSE(D); GO(COLD); } \
    OUT(D, r); \
    GO(NEXT); }

/* Cells. */
#define none_of(value) ((value) == (i64)CELL_NONE)
#define is_none(D, A) { i64 r = none_of(IN(A, HOLE_a)); OUT(D, r); GO(NEXT); }
#define get_or(D, A, B) { \
    i64 cell = IN(A, HOLE_a), b = hidden(IN(B, HOLE_b)); \
    i64 r = none_of(cell) ? b : cell; \
    OUT(D, r); \
    GO(NEXT); }
#define get_or_float(D, A, B) { \
    i64 cell = IN(A, HOLE_a), b = bits_of(FIN(B, HOLE_b)); \
    double r = float_of(cell ^ ((cell ^ b) & hidden(-(i64)none_of(cell)))); \
    FOUT(D, r); \
    GO(NEXT); }
#define int_of(cell) ((i64)((u64)(cell) << 16) >> 16)
#define tag_of(cell) ((u64)(cell) >> 48)
#define box_int(D, A) { \
    i64 value = IN(A, HOLE_a); \
    if (unlikely(int_of(value) != value)) GO(COLD); \
    OUT(D, (i64)(((u64)value & 0xffffffffffff) | (u64)CELL_TAG_INT << 48)); \
    GO(NEXT); }
/* A NaN of any kind becomes the one that cells have. */
#define box_float(D, A) { \
    double value = FIN(A, HOLE_a); \
    if (unlikely(value != value)) GO(COLD); \
    OUT(D, bits_of(value)); \
    GO(NEXT); }
#define box_bool(D, A) { i64 r = (i64)((u64)CELL_FALSE | (u64)IN(A, HOLE_a)); OUT(D, r); GO(NEXT); }
#define unbox_int(D, A) { \
    i64 cell = IN(A, HOLE_a); \
    if (unlikely(tag_of(cell) != CELL_TAG_INT)) { LOSE(D); GO(COLD); } \
    OUT(D, int_of(cell)); \
    GO(NEXT); }
#define unbox_float(D, A) { \
    i64 cell = IN(A, HOLE_a); \
    if (unlikely(tag_of(cell) >= CELL_TAG_INT)) { LOSE(D); GO(COLD); } \
    FOUT(D, float_of(cell)); \
    GO(NEXT); }
#define unbox_bool(D, A) { \
    i64 cell = IN(A, HOLE_a); \
    if (unlikely((u64)(cell | 1) != (u64)CELL_FALSE + 1)) { LOSE(D); GO(COLD); } \
    OUT(D, cell & 1); \
    GO(NEXT); }
#define as_bool(D, A) { i64 r = IN(A, HOLE_a) & 1; OUT(D, r); GO(NEXT); }
#define get_or_int(D, A, B) { \
    i64 cell = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    bool none = none_of(cell); \
    if (unlikely(!none && tag_of(cell) != CELL_TAG_INT)) GO(COLD); \
    i64 value = int_of(cell); \
    OUT(D, value ^ ((value ^ b) & hidden(-(i64)none))); \
    GO(NEXT); }
#define get_or_bool(D, A, B) { \
    i64 cell = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    i64 value = cell & 1; \
    OUT(D, value ^ ((value ^ b) & hidden(-(i64)none_of(cell)))); \
    GO(NEXT); }
/* The position of the variant of the object in t0. */
#define variant_tag(D) { \
    u64 shape = AT(uint32_t, t0, OBJECT_META) >> OBJECT_META_SHIFT; \
    i64 r = AT(i64 *, vm, CONTEXT_VARIANTS)[shape]; \
    OUT(D, r); \
    GO(NEXT); }

/* Strings of at most five bytes are in the cell: tag, length, bytes. */
#define short_ascii(cell) (((u64)(cell) & 0xffff008080808080) == (u64)CELL_TAG_STR << 48)
#define short_length(cell) ((u64)(cell) >> 40 & 7)
#define one_char(byte) ((i64)((u64)CELL_TAG_STR << 48 | 1ULL << 40 | (u64)(byte)))
/* A character of the string in t0, all of whose are ASCII. */
#define str_index(D, B) { \
    u64 i = (u64)IN(B, HOLE_b); \
    if (unlikely(!(AT(uint32_t, t0, OBJECT_META) & OBJECT_ASCII))) GO(COLD); \
    if (unlikely(i >= AT(uint32_t, t0, OBJECT_CHARS))) GO(COLD); \
    OUT(D, one_char(AT(uint8_t *, t0, OBJECT_DATA)[i])); \
    GO(NEXT); }
#define str_chars(D) { i64 r = AT(uint32_t, t0, OBJECT_CHARS); OUT(D, r); GO(NEXT); }
/* Words that are equal are equal strings; others are not when one of them is short. */
#define both_long(a, b) (tag_of(a) == CELL_TAG_HANDLE && tag_of(b) == CELL_TAG_HANDLE)
#define str_eq(D, A, B) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    if (unlikely(a != b && both_long(a, b))) GO(COLD); \
    i64 r = a == b; \
    OUT(D, r); \
    GO(NEXT); }
#define br_str_eq(A, B) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    if (a == b) GO(TAKEN); \
    if (unlikely(both_long(a, b))) GO(COLD); \
    GO(NEXT); }
#define br_str_ne(A, B) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    if (a == b) GO(NEXT); \
    if (unlikely(both_long(a, b))) GO(COLD); \
    GO(TAKEN); }
/* Short strings have the order of these numbers: the bytes, the first one uppermost, then the length. */
#define short_rank(cell) (__builtin_bswap64((u64)(cell) << 24) | short_length(cell))
#define short_order(D, A, B, order) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    if (unlikely(tag_of(a) != CELL_TAG_STR || tag_of(b) != CELL_TAG_STR)) GO(COLD); \
    i64 r = short_rank(a) order short_rank(b); \
    OUT(D, r); \
    GO(NEXT); }
#define str_lt(D, A, B) short_order(D, A, B, <)
#define str_le(D, A, B) short_order(D, A, B, <=)
