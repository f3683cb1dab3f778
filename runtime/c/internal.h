/* What the parts of the runtime share and generated code does not see. */
#ifndef MOCHI_INTERNAL_H
#define MOCHI_INTERNAL_H

#include "mochi.h"

#if !defined(MOCHI_NO_LIBC) && !defined(MOCHI_EMBEDDED)
#include <stdlib.h>
#endif

/* A size that is useful where memory is plenty, or one for a machine that has little. */
#ifdef MOCHI_EMBEDDED
#define MO_SIZED(plenty, little) (little)
#else
#define MO_SIZED(plenty, little) (plenty)
#endif

/* ---- The platform ---- */

/* Address space of this size; null when there is none. */
void *mo_os_reserve(size_t bytes);
/* Makes a part of that usable, zero until it is written; false when there is no memory. */
bool mo_os_back(void *base, size_t bytes);
/* What was kept back for saying that there is no more memory may be used. */
#ifdef MOCHI_EMBEDDED
void mo_os_last_memory(void);
/* Bytes of a block of slots, which are of one size; the first block has no slots. */
#define MO_LITTLE_BLOCK 512u
#else
static inline void mo_os_last_memory(void) {}
#endif
/* Writes to standard output (1) or standard error (2); 0, or an error number. */
int mo_os_write(int file, const char *bytes, size_t len);
/* Reads from a file; the number of bytes, 0 at the end, or minus an error number. */
long mo_os_read(int file, char *bytes, size_t len);
bool mo_os_is_terminal(int file);
const char *mo_os_error(int error);
int64_t mo_os_now(void);
int64_t mo_os_monotonic(void);
/* Memory that the program may use: that of the machine or of its control group. */
uint64_t mo_os_memory(void);
const char *mo_os_env(const char *name);
char **mo_os_environ(void);
/* Runs a function on a stack that is large enough for any depth; never returns before it. */
void mo_os_run(void (*body)(void));
MO_NORETURN void mo_os_exit(int status);
/* Opens a file for reading; its number or minus an error number. */
int mo_os_open(const char *path);
void mo_os_close(int file);
/* Begins a file that replaces another: makes `path.tmp-N` beside it; its number or minus an error number. */
int mo_os_begin(const char *path, char **temporary);
int mo_os_write_file(int file, const char *bytes, size_t len);
/* Puts the file in its place; 0 or an error number. */
int mo_os_commit(int file, const char *temporary, const char *path);
void mo_os_remove(const char *path);
/* Output of a shell command, to be freed; 0 or an error number. */
int mo_os_shell(const char *command, char **output, size_t *len);
/* Names of addresses of a host, separated by NUL bytes and ended by an empty one, to be freed; null when not known. */
char *mo_os_lookup(const char *host);

/* ---- Text in the making ---- */

typedef struct mo_buf {
    char *bytes;
    size_t len, room;
} mo_buf;
void mo_buf_bytes(mo_buf *buf, const void *bytes, size_t len);
void mo_buf_text(mo_buf *buf, const char *text);
void mo_buf_char(mo_buf *buf, char c);
void mo_buf_i64(mo_buf *buf, int64_t value);
#define MO_DECIMAL_MAX 21
/* The digits of an int, somewhere in the room. */
const char *mo_decimal(char room[MO_DECIMAL_MAX], int64_t value, size_t *len);
/* A code point as UTF-8. */
void mo_buf_code(mo_buf *buf, uint32_t code);
void mo_buf_free(mo_buf *buf);
/* The text with a NUL byte behind it. */
const char *mo_buf_c(mo_buf *buf);
/* A trap whose message is the text. */
MO_NORETURN void mo_trap_buf(uint32_t site, mo_buf *buf);

/* ---- Memory ---- */

/* Memory beside the heap; a run-time error when there is none. */
void *mo_xmalloc(size_t bytes);
/* Copies what may be nothing at all, at a null pointer. */
static inline void mo_copy(void *to, const void *from, size_t bytes) {
    if (bytes) memcpy(to, from, bytes);
}
void *mo_xrealloc(void *old, size_t bytes);
/* Memory of an object, counted against the limit. */
void *mo_buffer(uint64_t bytes, uint32_t site);
void *mo_buffer_grow(void *old, size_t old_bytes, uint64_t bytes, uint32_t site);
void mo_buffer_free(void *buffer, size_t bytes);
/* Checks that so much may be asked for. */
void mo_check(uint64_t bytes, uint32_t site);
size_t mo_in_use(void);
size_t mo_limit(void);
void mo_charge(size_t bytes);
MO_COLD MO_NORETURN void mo_trap_memory(uint32_t site);
uint32_t mo_class_of(uint32_t arena, uint32_t granules);
uint32_t mo_collection(void);
void mo_heap_init(size_t limit, bool stress);

/* ---- Order ---- */

/* Whether `a` comes before `b`, both being numbers of something in `of`. */
typedef bool mo_before(uint32_t a, uint32_t b, const void *of);
/* Sorts such numbers; those of which none comes before the other stay in order. */
void mo_sort(uint32_t *items, size_t len, mo_before *before, const void *of);

/* ---- Objects ---- */

typedef struct mo_str_buffer {
    uint32_t refs, capacity, used, counted;
    uint64_t grown;
} mo_str_buffer;
typedef struct mo_long_str {
    mo_str_slot head;
    mo_str_buffer *buffer;
    uint32_t crumb_char, crumb_byte;
} mo_long_str;
typedef struct mo_entry {
    uint64_t key, value;
} mo_entry;
/* No cell. */
#define MO_NO_KEY UINT64_MAX
typedef struct mo_map_slot {
    mo_head head;
    mo_entry *entries;
    uint64_t len;
    uint32_t *index;
    uint32_t capacity, index_bits;
    uint64_t sorted;
    int64_t base;
    /* The key that was looked for last in a map of cells that has an index, its hash, and the position behind it plus one, 0
     * when it was not there: programs ask whether a key is there, read and write its value. */
    mo_cell last;
    uint32_t last_hash, last_at;
} mo_map_slot;

static inline mo_map_slot *mo_map(mo_cell cell) {
    return (mo_map_slot *)mo_deref(cell);
}
static inline enum mo_kind mo_map_keys_kind(const mo_map_slot *map) {
    return (enum mo_kind)(map->head.meta >> MO_META_SHIFT & 1);
}
static inline enum mo_kind mo_map_values_kind(const mo_map_slot *map) {
    return (enum mo_kind)(map->head.meta >> (MO_META_SHIFT + 1) & 3);
}
static inline uint32_t mo_map_type_of(const mo_map_slot *map) {
    return map->head.meta >> (MO_META_SHIFT + 3);
}
/* How values of a type are stored: the types that say no more than that have the numbers of the kinds. */
static inline enum mo_kind mo_type_kind(uint32_t type) {
    return type <= MO_TYPE_BOOL ? (enum mo_kind)type : MO_CELL;
}
static inline enum mo_kind mo_list_kind(mo_cell cell) {
    switch (mo_arena_of(cell)) {
    case MO_LIST_CELL: return MO_CELL;
    case MO_LIST_I64: return MO_I64;
    case MO_LIST_F64: return MO_F64;
    case MO_LIST_BOOL: return MO_BOOL;
    default: mo_bad_handle(cell);
    }
}
static inline uint64_t mo_list_word(const mo_list_slot *list, enum mo_kind kind, uint64_t at) {
    return kind == MO_BOOL ? ((const uint8_t *)list->data)[at] : ((const uint64_t *)list->data)[at];
}
static inline void mo_list_store(mo_list_slot *list, enum mo_kind kind, uint64_t at, uint64_t word) {
    if (kind == MO_BOOL)
        ((uint8_t *)list->data)[at] = (uint8_t)word;
    else
        ((uint64_t *)list->data)[at] = word;
}
static inline size_t mo_stride(enum mo_kind kind) {
    return kind == MO_BOOL ? 1 : 8;
}

/* Where the bytes of a string are. Those of a short one lie in its cell, lowest first, which is how little-endian memory
 * holds them: in the variable that is passed. */
typedef struct mo_span {
    const unsigned char *data;
    uint32_t bytes, chars;
} mo_span;
static inline mo_span mo_span_of(const mo_cell *text) {
    mo_span span;
    if (mo_is_short(*text)) {
        /* A byte continues a character when its upper bits are 10. */
        uint64_t continuing = (*text >> 7) & ~(*text >> 6) & UINT64_C(0x0101010101);
        span.data = (const unsigned char *)text;
        span.bytes = (uint32_t)(*text >> 40) & 7;
        span.chars = span.bytes - (uint32_t)((continuing * UINT64_C(0x0101010101010101)) >> 56);
    } else {
        const mo_str_slot *slot = (const mo_str_slot *)mo_deref(*text);
        span.data = slot->data;
        span.bytes = slot->bytes;
        span.chars = slot->chars;
    }
    return span;
}
/* The name of a string constant's bytes or any text as a string. None of these collects. */
mo_cell mo_str_new(const void *bytes, size_t len, uint32_t site);
/* The same of bytes that are there for as long as the program. */
mo_cell mo_str_constant(const char *bytes, size_t len);
mo_cell mo_str_from_buf(mo_buf *buf, uint32_t site);
mo_cell mo_str_concat_now(mo_cell a, mo_cell b, uint32_t site);
mo_cell mo_substring(mo_cell text, uint32_t start, uint32_t end, uint32_t chars, uint32_t site);
uint32_t mo_count_chars(const unsigned char *bytes, size_t len);
/* Whether bytes are UTF-8; where they stop being it. */
bool mo_is_utf8(const unsigned char *bytes, size_t len, size_t *valid);
uint32_t mo_char_bytes(unsigned char first);
uint32_t mo_decode(const unsigned char *bytes);
uint32_t mo_str_offset(mo_cell text, uint32_t at);
mo_cell mo_str_index_now(mo_cell text, int64_t index, uint32_t site);
mo_cell mo_str_slice_now(mo_cell text, int64_t from, int64_t to, uint32_t site);
void mo_clamp(int64_t from, int64_t to, uint64_t len, uint64_t *start, uint64_t *end);

mo_cell mo_list_make(uint32_t type, uint64_t capacity, uint32_t site);
void mo_list_add(mo_cell list, uint64_t word, enum mo_kind have, uint32_t site);
/* The same of a word that is an element of the list. */
void mo_list_add_own(mo_cell list, uint64_t word, uint32_t site);
mo_cell mo_list_concat_now(mo_cell a, mo_cell b, uint32_t site);
mo_cell mo_list_slice_now(mo_cell xs, int64_t from, int64_t to, uint32_t site);
void mo_list_set_now(mo_cell xs, int64_t index, uint64_t word, enum mo_kind have, uint32_t site);
uint64_t mo_list_get_now(mo_cell xs, int64_t index, enum mo_kind want, uint32_t site);

mo_cell mo_map_make(uint32_t map_type, uint64_t capacity, uint32_t site);
bool mo_map_find(mo_cell map, uint64_t key, enum mo_kind have, uint64_t *value);
void mo_map_put(mo_cell map, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site);
/* Positions of entries in ascending order of keys, to be freed. */
uint32_t *mo_map_order(const mo_map_slot *map);
void mo_map_sort(mo_cell map);
mo_cell mo_map_keys_now(mo_cell map, uint32_t type, uint32_t site);
/* `m[k] = v` of cells that may be anything. */
void mo_map_put_any(mo_cell map, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site);
void mo_map_release(mo_map_slot *map);
/* Bytes of the entries. */
size_t mo_map_bytes(const mo_map_slot *map);

/* ---- Shapes, made ready at the start ---- */

typedef struct mo_shape_info {
    mo_cell name;
    /* Positions of the fields in ascending order of their names, and the names in that order. */
    uint32_t *sorted;
    mo_cell *names;
    uint64_t hash;
    uint32_t cls;
    bool group;
} mo_shape_info;
extern mo_shape_info *mo_shape_infos;
/* Position of a field by name; -1 when there is none. */
int32_t mo_shape_field(uint32_t shape, mo_span name);
extern mo_cell *mo_made_closures;

/* ---- Numbers ---- */

typedef struct mo_big {
    /* Magnitude, lowest digit first, without leading zeros. */
    uint32_t len;
    int sign;
    uint32_t digits[1];
} mo_big;
typedef struct mo_ratio {
    mo_big *num, *den;
} mo_ratio;
enum mo_num_kind { MO_NUM_NOT, MO_NUM_INT, MO_NUM_BIG, MO_NUM_FLOAT, MO_NUM_RATIO };
typedef struct mo_num {
    enum mo_num_kind kind;
    int64_t i;
    double f;
    const mo_big *big;
    const mo_ratio *ratio;
} mo_num;
mo_num mo_num_of(mo_cell cell);
/* -1, 0, 1, or 2 when there is no order. */
int mo_num_cmp(mo_num a, mo_num b);
int mo_int_float_cmp(int64_t a, double b);
uint64_t mo_num_hash(mo_num n);
double mo_num_to_f64(mo_num n);
/* Takes the number. */
mo_cell mo_box_big(mo_big *big, uint32_t site);
mo_cell mo_box_ratio(mo_big *num, mo_big *den, uint32_t site);
mo_cell mo_box_i64(int64_t value, uint32_t site);
mo_cell mo_box_bigint(int64_t value);
/* Whether a value is a bigint, also one that an int could hold. */
bool mo_is_bigint(mo_cell cell);
bool mo_unbox_int(mo_cell cell, int64_t *value);
void mo_big_free(mo_big *big);
size_t mo_big_bytes(const mo_big *big);
mo_big *mo_big_from_i64(int64_t value);
mo_big *mo_big_copy(const mo_big *big);
mo_big *mo_big_from_f64(double value);
bool mo_big_to_i64(const mo_big *big, int64_t *value);
double mo_big_to_f64(const mo_big *big);
mo_big *mo_big_add(const mo_big *a, const mo_big *b);
mo_big *mo_big_sub(const mo_big *a, const mo_big *b);
mo_big *mo_big_mul(const mo_big *a, const mo_big *b);
/* Quotient cut toward zero and remainder with the sign of `a`; either may be null; `b` is not zero. */
void mo_big_divrem(const mo_big *a, const mo_big *b, mo_big **quotient, mo_big **remainder);
/* On digits alone: -1, 0 or 1, for numbers without leading zeros; r += a, and the carry; r -= a, where r is not less. */
int mo_digits_cmp(const uint32_t *a, uint32_t a_len, const uint32_t *b, uint32_t b_len);
uint32_t mo_digits_add(uint32_t *r, uint32_t r_len, const uint32_t *a, uint32_t a_len);
void mo_digits_sub(uint32_t *r, uint32_t r_len, const uint32_t *a, uint32_t a_len);
int mo_big_cmp(const mo_big *a, const mo_big *b);
uint64_t mo_big_bits(const mo_big *a);
mo_big *mo_big_pow(const mo_big *base, uint64_t exponent);
mo_big *mo_big_shl(const mo_big *a, uint64_t bits);
mo_big *mo_big_gcd(const mo_big *a, const mo_big *b);
void mo_big_text(mo_buf *out, const mo_big *big);
/* Digits in a base without sign. */
mo_big *mo_big_parse(const unsigned char *digits, size_t len, unsigned base);
mo_ratio *mo_ratio_new(mo_big *num, mo_big *den);
void mo_ratio_free(mo_ratio *ratio);
double mo_ratio_to_f64(const mo_ratio *ratio);
/* A number as a ratio: two numbers to be freed; false for infinities, NaN and what is no number. */
bool mo_to_ratio(mo_num n, mo_big **num, mo_big **den);
size_t mo_ratio_bytes(const mo_ratio *ratio);
mo_cell mo_arith(unsigned op, mo_cell a, mo_cell b, uint32_t site);
mo_cell mo_big_arith(unsigned op, mo_cell a, mo_cell b, uint32_t site);

double mo_trunc(double x);
double mo_floor(double x);

void mo_text_general(mo_buf *out, double value);
void mo_text_fixed(mo_buf *out, double value);
void mo_text_json(mo_buf *out, double value);
void mo_text_quoted(mo_buf *out, mo_span text);
bool mo_printable(uint32_t code);
bool mo_space(uint32_t code);
void mo_upper(mo_buf *out, uint32_t code);
void mo_lower(mo_buf *out, uint32_t code);
/* 0 nothing, 1 an int, 2 beyond 64 bits. */
int mo_parse_int(mo_span text, unsigned base, int64_t *value, mo_big **big);
bool mo_parse_f64(mo_span text, double *value);

/* ---- Values ---- */

/* As the runtime function any_kind numbers them. */
enum mo_value {
    MO_V_NONE,
    MO_V_BOOL,
    MO_V_INT,
    MO_V_BIGINT,
    MO_V_FLOAT,
    MO_V_STR,
    MO_V_LIST,
    MO_V_MAP,
    MO_V_STRUCT,
    MO_V_FN,
    MO_V_BIGRAT
};
enum mo_value mo_value_of(mo_cell cell);
const char *mo_type_name(mo_cell cell);
/* An element of a container: an int that is no cell, or a cell. */
typedef struct mo_item {
    bool is_int;
    int64_t i;
    mo_cell cell;
} mo_item;
mo_item mo_item_of(uint64_t word, enum mo_kind kind);
mo_item mo_item_cell(mo_cell cell);
bool mo_item_equal(mo_item a, mo_item b);
bool mo_equal(mo_cell a, mo_cell b);
uint64_t mo_item_hash(mo_item item);
uint64_t mo_hash_bytes(const unsigned char *bytes, size_t len);
uint64_t mo_mix(uint64_t word);
/* As the runtime functions any_compare and any_order. */
int mo_compare(mo_cell a, mo_cell b, uint32_t site);
int mo_order(mo_cell a, mo_cell b, uint32_t site);
int mo_key_order(mo_cell a, mo_cell b);
bool mo_truthy(mo_cell cell);
uint64_t mo_convert(uint64_t word, enum mo_kind have, enum mo_kind want, uint32_t site);
/* A value as the word of a place of a type, if it is one: none is where structs and functions go. */
bool mo_word_of(mo_cell cell, uint32_t type, uint64_t *word);
/* The same where it must be one: none is the zero value then, and an empty list or map one of the type. */
uint64_t mo_fit(mo_cell cell, uint32_t type, uint32_t site);
mo_map_type mo_map_type_at(uint32_t number);
/* Names of the types before MO_TYPE_FIRST, which are those of the kinds and string. */
extern const char *const mo_type_names[MO_TYPE_FIRST];
mo_cell mo_box_word(uint64_t word, enum mo_kind kind, uint32_t site);
bool mo_unbox_word(mo_cell cell, enum mo_kind kind, uint64_t *word);
void mo_describe(mo_buf *out, mo_cell cell);
void mo_str_form(mo_buf *out, mo_cell cell);
bool mo_is_group(mo_cell cell);
MO_COLD MO_NORETURN void mo_trap_cast(mo_cell cell, const char *type, uint32_t site);
MO_COLD MO_NORETURN void mo_trap_expected(const char *expected, const char *found, uint32_t site);
MO_COLD MO_NORETURN void mo_trap_operand(const char *name, const char *what, uint32_t site);
MO_COLD MO_NORETURN void mo_trap_operator(const char *op, mo_cell a, mo_cell b, uint32_t site);
MO_COLD MO_NORETURN void mo_trap_str_index(int64_t index, uint64_t len, uint32_t site);
MO_COLD MO_NORETURN void mo_trap_io(const char *what, const char *name, int error, uint32_t site);

/* ---- Output ---- */

void mo_out(const void *bytes, size_t len, uint32_t site);
void mo_flush(uint32_t site);
void mo_start(void);

#endif
