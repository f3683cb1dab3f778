/* Objects, views, globals and cells. An object is found by `object`, which leaves its address in t0. */

#include "stencil.h"

/* A word that may be anywhere. */
typedef u64 __attribute__((aligned(1))) unaligned;

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
/* The object of a string that is not short. */
#define long_text(object, cell, leave) \
    char *object = AT(char *, vm, CONTEXT_HEAP) + ((u64)(uint32_t)(cell) << 3); \
    if (unlikely(AT(uint32_t, object, 0) != (uint32_t)((u64)(cell) >> 32))) leave;
/* Where the string in a slot begins, all of whose characters are ASCII, and how long it is. Of some flags its object, if it
 * has one, has just the one that says so. */
#define ascii(hole, cell, flags) \
    char *data = fp + (i64)(hole); \
    u64 length = short_length(cell); \
    if (tag_of(cell) == CELL_TAG_STR) { \
        if (unlikely((cell) & 0x8080808080)) GO(COLD); \
    } else { \
        long_text(object, cell, GO(COLD)) \
        if (unlikely((AT(uint32_t, object, OBJECT_META) & (flags)) != OBJECT_ASCII)) GO(COLD); \
        data = AT(char *, object, OBJECT_DATA); \
        length = AT(uint32_t, object, OBJECT_CHARS); \
    }
/* The same in t0 and t1. */
#define str_in(A, flags) { \
    u64 cell = (u64)IN(A, HOLE_a); \
    ascii(HOLE_a, cell, flags) \
    t0 = (i64)data; \
    t1 = (i64)length; \
    PASS(NEXT); }
#define str_text(A) str_in(A, OBJECT_ASCII)
/* The same where whole words can be read: in a cell or slot. */
#define str_words(A) str_in(A, OBJECT_ASCII | OBJECT_BUFFER)
/* A character of that string. */
#define str_index(D, B) { \
    u64 i = (u64)IN(B, HOLE_b); \
    if (unlikely(i >= (u64)t1)) GO(COLD); \
    i64 r = one_char(AT(uint8_t, t0, i)); \
    OUT(D, r); \
    GO(NEXT); }
/* A part of that string that is short, and behind whose start there are eight bytes of the string to read. */
#define str_slice(D, B, C) { \
    u64 from = (u64)IN(B, HOLE_b), size = (u64)IN(C, HOLE_c) - from; \
    if (unlikely(from >= (u64)t1 || (u64)t1 - from < 8 || size > 5)) GO(COLD); \
    u64 bytes = AT(unaligned, t0, from) & ~(~0ULL << 8 * size); \
    i64 r = (i64)((u64)CELL_TAG_STR << 48 | size << 40 | bytes); \
    OUT(D, r); \
    GO(NEXT); }
/* A length of a string: of a short one that has none of some bits in its cell, of another the number in its object. */
#define str_length(D, A, bits, distance) { \
    u64 cell = (u64)IN(A, HOLE_a); \
    i64 r = (i64)short_length(cell); \
    if (tag_of(cell) == CELL_TAG_STR) { \
        if (unlikely(cell & (bits))) { LOSE(D); GO(COLD); } \
    } else { \
        long_text(object, cell, { LOSE(D); GO(COLD); }) \
        r = (i64)AT(uint32_t, object, distance); \
    } \
    OUT(D, r); \
    GO(NEXT); }
#define str_chars(D, A) str_length(D, A, 0x8080808080, OBJECT_CHARS)
#define str_bytes(D, A) str_length(D, A, 0, OBJECT_LEN)
/* The character at a byte, which starts one. */
#define str_char(D, A, B) { \
    u64 cell = (u64)IN(A, HOLE_a); \
    char *data = fp + (i64)HOLE_a; \
    if (tag_of(cell) != CELL_TAG_STR) { \
        long_text(object, cell, GO(COLD)) \
        data = AT(char *, object, OBJECT_DATA); \
    } \
    u64 byte = AT(uint8_t, data, IN(B, HOLE_b)); \
    if (unlikely(byte >= 0x80)) GO(COLD); \
    i64 r = one_char(byte); \
    OUT(D, r); \
    GO(NEXT); }
/* Where the character B of ASCII is in that string, from the start: eight bytes at a time, of which those that are equal to
 * the character are zero after an exclusive or, and the others below 128, up to the end of the string. */
#define str_find(D, B, C) { \
    u64 part = (u64)IN(B, HOLE_b) ^ (u64)one_char(0), at = 0; \
    if (unlikely(part >= 0x80 || IN(C, HOLE_c) != 0)) GO(COLD); \
    u64 lower = (u64)hidden((i64)(~0ULL / 255 * 0x7f)); \
    part *= ~0ULL / 255; \
    for (; at < (u64)t1; at += 8) { \
        u64 found = ~(((AT(u64, t0, at) ^ part) + lower) | lower); \
        if (found) { at += (u64)__builtin_ctzll(found) >> 3; break; } \
    } \
    i64 r = at < (u64)t1 ? (i64)at : -1; \
    OUT(D, r); \
    GO(NEXT); }
/* A string that ends the used part of its buffer, and room for a cell behind it: the object goes to t0, the end to t1. */
#define str_room(A) { \
    u64 cell = (u64)IN(A, HOLE_a); \
    if (unlikely(tag_of(cell) != CELL_TAG_HANDLE)) GO(COLD); \
    long_text(object, cell, GO(COLD)) \
    if (unlikely(!(AT(uint32_t, object, OBJECT_META) & OBJECT_BUFFER))) GO(COLD); \
    char *buffer = AT(char *, object, STR_BUFFER); \
    uint32_t used = AT(uint32_t, buffer, BUFFER_USED); \
    if (unlikely(AT(uint32_t, buffer, BUFFER_CAPACITY) - used < 8)) GO(COLD); \
    char *end = buffer + BUFFER_BYTES + used; \
    if (unlikely(AT(char *, object, OBJECT_DATA) + AT(uint32_t, object, OBJECT_LEN) != end)) GO(COLD); \
    t0 = (i64)object; \
    t1 = (i64)end; \
    PASS(NEXT); }
/* Adds a short string of ASCII there, by one store of the whole cell, unless a collection is due. Both lengths grow. */
#define str_push(B) { \
    u64 part = (u64)IN(B, HOLE_b), length = short_length(part); \
    char *account = AT(char *, vm, CONTEXT_ACCOUNT); \
    if (unlikely(!short_ascii(part))) GO(COLD); \
    if (unlikely(AT(u64, account, ACCOUNT_ALLOCATED) >= AT(u64, account, ACCOUNT_THRESHOLD))) GO(COLD); \
    AT(unaligned, t1, 0) = part; \
    AT(uint32_t, AT(char *, t0, STR_BUFFER), BUFFER_USED) += (uint32_t)length; \
    AT(u64, account, ACCOUNT_ALLOCATED) += length; \
    AT(u64, account, ACCOUNT_BUFFERS) += length; \
    _Static_assert(OBJECT_CHARS == OBJECT_LEN + 4, "one word"); \
    AT(u64, t0, OBJECT_LEN) += length | length << 32; \
    GO(NEXT); }
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
/* Short strings have the order of these numbers: the bytes, the first one uppermost, then the length, then what all have. */
#define short_rank(cell) __builtin_bswap64((u64)(cell))
#define short_order(D, A, B, order) { \
    i64 a = IN(A, HOLE_a), b = IN(B, HOLE_b); \
    if (unlikely(tag_of(a) != CELL_TAG_STR || tag_of(b) != CELL_TAG_STR)) GO(COLD); \
    i64 r = short_rank(a) order short_rank(b); \
    OUT(D, r); \
    GO(NEXT); }
#define str_lt(D, A, B) short_order(D, A, B, <)
#define str_le(D, A, B) short_order(D, A, B, <=)

/* A key that is a short string, for the map in t0, whose keys are cells, and which has the kinds c: goes to t1. */
#define map_of_kinds(map) \
    if (unlikely((AT(uint32_t, map, OBJECT_META) >> OBJECT_META_SHIFT & 7) != (uint32_t)(i64)HOLE_c)) GO(COLD);
#define map_key(A) { \
    u64 key = (u64)IN(A, HOLE_a); \
    if (unlikely(tag_of(key) != CELL_TAG_STR)) GO(COLD); \
    map_of_kinds(t0) \
    t1 = (i64)key; \
    PASS(NEXT); }
/* The same for a map whose keys are ints. */
#define map_int(A) { map_of_kinds(t0) t1 = IN(A, HOLE_a); PASS(NEXT); }
/* Where its value is in that map: goes to t0. Such keys are equal only when their words are. The bits of the hash in the
 * index are not looked at, and what the map has is read again: there are few registers. */
#define map_find(absent) { \
    u64 *entry; \
    map_search(absent) \
    t0 = (i64)entry; \
    GO_T0(NEXT); }
#define map_search(absent) \
    if (AT(uint32_t *, t0, MAP_INDEX)) { \
        unsigned __int128 product = (unsigned __int128)((u64)t1 ^ HASH_MASK) * HASH_FACTOR; \
        uint32_t bits = AT(uint32_t, t0, MAP_INDEX_BITS), mask = (1u << bits) - 1; \
        uint32_t bucket = (uint32_t)(((u64)product ^ (u64)(product >> 64)) >> 32) >> (32 - bits); \
        for (;; bucket = (bucket + 1) & mask) { \
            uint32_t word = AT(uint32_t *volatile, t0, MAP_INDEX)[bucket]; \
            if (word == 0) { absent(word); break; } \
            entry = AT(u64 *volatile, t0, OBJECT_DATA) + 2 * (u64)(word & mask) - 1; \
            if (entry[-1] == (u64)t1) break; \
        } \
    } else { \
        entry = AT(u64 *, t0, OBJECT_DATA) + 1; \
        for (u64 left = AT(u64, t0, OBJECT_LEN);; left--, entry += 2) { \
            if (left == 0) { absent(left); break; } \
            if (entry[-1] == (u64)t1) break; \
        } \
    }
#define map_value() map_find(LEAVE)
#define LEAVE(zero) GO(COLD)
/* The same, or 0; and instead of that where the slot is that has the value for keys which are absent. */
#define map_value_or_0() map_find(NOWHERE)
#define NOWHERE(zero) (entry = (u64 *)hidden((i64)(zero)))
#define map_absent(A) { \
    i64 slot = hidden((i64)(fp + (i64)HOLE_a)); \
    t0 = t0 ? t0 : slot; \
    GO_T0(NEXT); }
/* Where the value of an int is, plus one, in a map whose index is an array: no search is needed, and 1 for none. Other maps
 * stay. Then what it is when that was done or not. */
#define map_direct() { \
    if (AT(uint32_t, t0, OBJECT_META) & OBJECT_DIRECT) { \
        u64 at = (u64)t1 - AT(u64, t0, MAP_BASE), word = 0; \
        if (at >> AT(uint32_t, t0, MAP_INDEX_BITS) == 0) word = AT(uint32_t *, t0, MAP_INDEX)[at]; \
        t0 = word ? AT(i64, t0, OBJECT_DATA) + 16 * (i64)word - 7 : 1; \
    } \
    PASS(NEXT); }
#define map_int_or_0() { \
    u64 *entry = (u64 *)(t0 - 1); \
    if (!(t0 & 1)) { map_search(NOWHERE) } \
    t0 = (i64)entry; \
    GO_T0(NEXT); }
