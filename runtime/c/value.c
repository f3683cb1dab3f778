/* Values of any kind: what they are, equality, hashing, order, truth, text forms. Recursion is bounded by explicit
 * stacks, and structures that contain themselves end: a pair of containers that was met before counts as equal. */
#include "internal.h"

#define FREE_PAIRS 256u
#define HASHED MO_SIZED(128u, 16u)
#define MAP_LEVELS 2
#define KEY_DEPTH 200u
#define DESCRIPTION 120u

static uint32_t key_depth;

enum mo_value mo_value_of(mo_cell cell) {
    if (mo_is_f64(cell)) return MO_V_FLOAT;
    if (mo_is_small_integer(cell)) return MO_V_INT;
    if (mo_is_short(cell)) return MO_V_STR;
    switch (mo_arena_of(cell)) {
    case 0: return cell == MO_NONE ? MO_V_NONE : MO_V_BOOL;
    case MO_STR: return MO_V_STR;
    case MO_LIST_CELL:
    case MO_LIST_I64:
    case MO_LIST_F64:
    case MO_LIST_BOOL: return MO_V_LIST;
    case MO_MAP: return MO_V_MAP;
    case MO_STRUCT: return MO_V_STRUCT;
    case MO_CLOSURE: return MO_V_FN;
    case MO_BIGINT: return ((mo_head *)mo_deref(cell))->meta & MO_FLAG_I64 ? MO_V_INT : MO_V_BIGINT;
    case MO_BIGRAT: return MO_V_BIGRAT;
    default: mo_bad_handle(cell);
    }
}
bool mo_is_group(mo_cell cell) {
    return mo_arena_of(cell) == MO_STRUCT && mo_shape_infos[mo_payload(cell)].group;
}
const char *mo_type_name(mo_cell cell) {
    static const char *const names[] = {"none",   "bool", "int", "bigint", "float",   "string",
                                        "list", "map",  "struct", "function", "bigrat"};
    enum mo_value value = mo_value_of(cell);
    if (value == MO_V_STRUCT) {
        uint32_t shape = mo_payload(cell);
        if (mo_shape_infos[shape].group) return "group";
        if (mo_shapes[shape].name[0]) return mo_shapes[shape].name;
    }
    return names[value];
}

/* ---- Forms ---- */

mo_cell mo_box_word(uint64_t word, enum mo_kind kind, uint32_t site) {
    switch (kind) {
    case MO_I64: return mo_box_i64((int64_t)word, site);
    case MO_F64: return mo_from_f64(mo_bits_f64(word));
    case MO_BOOL: return mo_from_bool(word != 0);
    default: return word;
    }
}
bool mo_unbox_word(mo_cell cell, enum mo_kind kind, uint64_t *word) {
    int64_t value;
    *word = cell;
    switch (kind) {
    case MO_I64:
        if (!mo_unbox_int(cell, &value)) return false;
        *word = (uint64_t)value;
        return true;
    case MO_F64: return mo_is_f64(cell);
    case MO_BOOL: *word = cell & 1; return mo_is_bool(cell);
    default: return true;
    }
}
uint64_t mo_convert(uint64_t word, enum mo_kind have, enum mo_kind want, uint32_t site) {
    mo_cell cell;
    if (have == want) return word;
    cell = mo_box_word(word, have, site);
    if (!mo_unbox_word(cell, want, &word)) mo_trap_cast(cell, mo_type_names[want], site);
    return word;
}
static uint64_t unbox(mo_cell cell, enum mo_kind want, uint32_t site) {
    uint64_t word;
    if (cell == MO_NONE) return 0;
    if (!mo_unbox_word(cell, want, &word)) mo_trap_expected(mo_type_names[want], mo_type_name(cell), site);
    return word;
}
int64_t mo_unbox_i64_slow(mo_cell cell, uint32_t site) {
    return (int64_t)unbox(cell, MO_I64, site);
}
double mo_unbox_f64(mo_cell cell, uint32_t site) {
    return mo_bits_f64(unbox(cell, MO_F64, site));
}
bool mo_unbox_bool(mo_cell cell, uint32_t site) {
    return unbox(cell, MO_BOOL, site) != 0;
}
mo_cell mo_unbox_str(mo_cell cell, uint32_t site) {
    if (cell == MO_NONE) return MO_EMPTY;
    if (!mo_is_str(cell)) mo_trap_expected("string", mo_type_name(cell), site);
    return cell;
}
mo_cell mo_unbox_big_slow(mo_cell cell, uint32_t site) {
    int64_t value;
    if (cell == MO_NONE) return mo_box_bigint(0);
    if (!mo_is_int(cell)) mo_trap_expected("int", mo_type_name(cell), site);
    return mo_unbox_int(cell, &value) ? mo_box_bigint(value) : cell;
}
int64_t mo_as_i64_slow(mo_cell cell) {
    int64_t value;
    return mo_unbox_int(cell, &value) ? value : 0;
}
bool mo_is_i64(mo_cell cell) {
    int64_t value;
    return mo_unbox_int(cell, &value);
}
bool mo_is_str(mo_cell cell) {
    return mo_is_short(cell) || mo_arena_of(cell) == MO_STR;
}
bool mo_is_int(mo_cell cell) {
    return mo_is_small_integer(cell) || mo_arena_of(cell) == MO_BIGINT;
}
bool mo_is_list(mo_cell cell) {
    uint32_t arena = mo_arena_of(cell);
    return arena >= MO_LIST_CELL && arena <= MO_LIST_BOOL;
}
bool mo_is_struct(mo_cell cell, const uint32_t *shapes, uint32_t len) {
    uint32_t shape, i;
    if (mo_arena_of(cell) != MO_STRUCT) return false;
    shape = mo_payload(cell);
    for (i = 0; i < len; i++)
        if (shapes[i] == shape) return true;
    return false;
}
bool mo_is_fn(mo_cell cell, uint32_t type) {
    return mo_arena_of(cell) == MO_CLOSURE && mo_fns[mo_payload(cell)].type == type;
}
bool mo_truthy(mo_cell cell) {
    int64_t value;
    switch (mo_value_of(cell)) {
    case MO_V_NONE: return false;
    case MO_V_BOOL: return cell & 1;
    case MO_V_INT: return !mo_unbox_int(cell, &value) || value != 0;
    case MO_V_FLOAT: return mo_bits_f64(cell) != 0.0;
    case MO_V_STR: return cell != MO_EMPTY;
    case MO_V_LIST: return mo_list(cell)->len != 0;
    case MO_V_MAP: return mo_map(cell)->len != 0;
    case MO_V_BIGRAT: return mo_num_of(cell).ratio->num->sign != 0;
    default: return true;
    }
}

/* ---- Items ---- */

mo_item mo_item_cell(mo_cell cell) {
    mo_item item;
    item.is_int = false;
    item.i = 0;
    item.cell = cell;
    return item;
}
mo_item mo_item_of(uint64_t word, enum mo_kind kind) {
    mo_item item = mo_item_cell(word);
    if (kind == MO_I64) {
        item.is_int = true;
        item.i = (int64_t)word;
    } else if (kind == MO_F64) {
        item.cell = mo_from_f64(mo_bits_f64(word));
    } else if (kind == MO_BOOL) {
        item.cell = mo_from_bool(word != 0);
    }
    return item;
}
static mo_num item_num(mo_item item) {
    mo_num num;
    if (!item.is_int) return mo_num_of(item.cell);
    memset(&num, 0, sizeof num);
    num.kind = MO_NUM_INT;
    num.i = item.i;
    return num;
}
static enum mo_value item_value(mo_item item) {
    return item.is_int ? MO_V_INT : mo_value_of(item.cell);
}
static mo_item list_item(mo_cell xs, uint64_t at) {
    enum mo_kind kind = mo_list_kind(xs);
    return mo_item_of(mo_list_word(mo_list(xs), kind, at), kind);
}
static mo_item field_item(mo_cell object, uint32_t at) {
    return mo_item_of(mo_words(object)[at], mo_type_kind(mo_shapes[mo_payload(object)].fields[at].type));
}

/* Pairs of containers that were met, as an open hash table; a small structure never needs it. */
typedef struct pairs {
    mo_cell (*table)[2];
    size_t len, room;
    uint32_t steps;
} pairs;
static bool met(pairs *set, mo_cell a, mo_cell b) {
    size_t i;
    if (++set->steps <= FREE_PAIRS) return false;
    if ((set->len + 1) * 2 > set->room) {
        size_t old = set->room;
        mo_cell(*before)[2] = set->table;
        set->room = old ? old * 2 : MO_SIZED(1024, 64);
        set->table = mo_xmalloc(set->room * sizeof *set->table);
        memset(set->table, 0, set->room * sizeof *set->table);
        for (i = 0; i < old; i++)
            if (before[i][0]) {
                size_t at = (size_t)mo_mix(before[i][0] ^ mo_mix(before[i][1])) & (set->room - 1);
                while (set->table[at][0]) at = (at + 1) & (set->room - 1);
                set->table[at][0] = before[i][0];
                set->table[at][1] = before[i][1];
            }
        free(before);
    }
    for (i = (size_t)mo_mix(a ^ mo_mix(b)) & (set->room - 1); set->table[i][0]; i = (i + 1) & (set->room - 1))
        if (set->table[i][0] == a && set->table[i][1] == b) return true;
    set->table[i][0] = a;
    set->table[i][1] = b;
    set->len++;
    return false;
}

/* ---- Equality ---- */

typedef struct work {
    mo_cell (*todo)[2];
    size_t len, room;
} work;
static void add_pair(work *w, mo_cell a, mo_cell b) {
    if (w->len == w->room) {
        w->room = w->room ? w->room * 2 : MO_SIZED(64, 16);
        w->todo = mo_xrealloc(w->todo, w->room * sizeof *w->todo);
    }
    w->todo[w->len][0] = a;
    w->todo[w->len++][1] = b;
}
/* What makes the identity of a function value, which may be another one under another type. */
static mo_cell function_itself(mo_cell cell) {
    while (mo_fns[mo_payload(cell)].adapter) cell = mo_words(cell)[0];
    return cell;
}
/* 1 equal, 0 not, 2 containers of one kind. */
static int flat_equal(mo_item a, mo_item b) {
    mo_num x = item_num(a), y = item_num(b);
    enum mo_value kind;
    if (x.kind && y.kind) return mo_num_cmp(x, y) == 0;
    if (a.is_int || b.is_int) return 0;
    if (a.cell == b.cell) return 1;
    kind = mo_value_of(a.cell);
    if (kind != mo_value_of(b.cell)) return 0;
    if (kind == MO_V_STR) return mo_str_eq(a.cell, b.cell);
    if (kind == MO_V_FN) return function_itself(a.cell) == function_itself(b.cell);
    return kind == MO_V_LIST || kind == MO_V_MAP || kind == MO_V_STRUCT ? 2 : 0;
}
static bool equal_or_later(work *w, mo_item a, mo_item b) {
    int equal = flat_equal(a, b);
    if (equal == 2) add_pair(w, a.cell, b.cell);
    return equal != 0;
}
static bool shapes_alike(uint32_t a, uint32_t b) {
    uint32_t i;
    if (a == b) return true;
    if (mo_shape_infos[a].hash != mo_shape_infos[b].hash || mo_shapes[a].len != mo_shapes[b].len ||
        strcmp(mo_shapes[a].name, mo_shapes[b].name) != 0)
        return false;
    for (i = 0; i < mo_shapes[a].len; i++)
        if (!mo_str_eq(mo_shape_infos[a].names[i], mo_shape_infos[b].names[i])) return false;
    return true;
}
static bool parts_equal(work *w, mo_cell a, mo_cell b) {
    uint64_t i;
    switch (mo_value_of(a)) {
    case MO_V_LIST:
        if (mo_list(a)->len != mo_list(b)->len) return false;
        for (i = 0; i < mo_list(a)->len; i++)
            if (!equal_or_later(w, list_item(a, i), list_item(b, i))) return false;
        return true;
    case MO_V_MAP: {
        const mo_map_slot *x = mo_map(a), *y = mo_map(b);
        if (x->len != y->len) return false;
        for (i = 0; i < x->len; i++) {
            uint64_t value;
            if (!mo_map_find(b, x->entries[i].key, mo_map_keys_kind(x), &value)) return false;
            if (!equal_or_later(w, mo_item_of(x->entries[i].value, mo_map_values_kind(x)),
                                mo_item_of(value, mo_map_values_kind(y))))
                return false;
        }
        return true;
    }
    default: {
        uint32_t x = mo_payload(a), y = mo_payload(b);
        if (!shapes_alike(x, y)) return false;
        for (i = 0; i < mo_shapes[x].len; i++)
            if (!equal_or_later(w, field_item(a, mo_shape_infos[x].sorted[i]), field_item(b, mo_shape_infos[y].sorted[i])))
                return false;
        return true;
    }
    }
}
bool mo_item_equal(mo_item a, mo_item b) {
    int flat = flat_equal(a, b);
    work w = {0};
    pairs seen = {0};
    bool equal = true;
    if (flat != 2) return flat;
    if (key_depth >= KEY_DEPTH) return false;
    key_depth++;
    add_pair(&w, a.cell, b.cell);
    while (equal && w.len) {
        mo_cell x = w.todo[--w.len][0], y = w.todo[w.len][1];
        if (!met(&seen, x, y)) equal = parts_equal(&w, x, y);
    }
    key_depth--;
    free(w.todo);
    free(seen.table);
    return equal;
}
bool mo_equal(mo_cell a, mo_cell b) {
    return mo_item_equal(mo_item_cell(a), mo_item_cell(b));
}

/* ---- Hashes ---- */

#define HASH_A UINT64_C(0x9E3779B97F4A7C15)
#define HASH_B UINT64_C(0x2436A885A308D313)
static uint64_t fold(uint64_t a, uint64_t b) {
    uint64_t ah = a >> 32, al = a & 0xFFFFFFFFu, bh = b >> 32, bl = b & 0xFFFFFFFFu;
    uint64_t low = al * bl, mid1 = ah * bl + (low >> 32), mid2 = al * bh + (mid1 & 0xFFFFFFFFu);
    return ((mid2 << 32) | (low & 0xFFFFFFFFu)) ^ (ah * bh + (mid1 >> 32) + (mid2 >> 32));
}
uint64_t mo_mix(uint64_t word) {
    return fold(word ^ HASH_B, HASH_A);
}
uint64_t mo_hash_bytes(const unsigned char *bytes, size_t len) {
    uint64_t state = HASH_A ^ len, word;
    size_t all = len;
    while (len >= 8) {
        memcpy(&word, bytes, 8);
        state = fold(word ^ state, HASH_B);
        bytes += 8;
        len -= 8;
    }
    /* The last bytes, some of them perhaps once more: a copy of unknown length would be a call. */
    if (all >= 8) {
        memcpy(&word, bytes + len - 8, 8);
    } else if (all >= 4) {
        uint32_t low, high;
        memcpy(&low, bytes, 4);
        memcpy(&high, bytes + len - 4, 4);
        word = (uint64_t)high << 32 | low;
    } else {
        word = 0;
        while (len) word = word << 8 | bytes[--len];
    }
    return fold(fold(word ^ state, HASH_B), HASH_A);
}
static uint64_t str_hash(mo_cell text) {
    mo_span span;
    if (mo_is_short(text)) return mo_mix(text);
    span = mo_span_of(&text);
    return mo_hash_bytes(span.data, span.bytes);
}
static uint64_t shallow_hash(mo_item item, int levels);
static uint64_t map_hash(mo_cell cell, int levels) {
    const mo_map_slot *map = mo_map(cell);
    uint64_t sum = mo_mix(map->len ^ UINT64_C(2) << 32), i, key, value;
    if (levels == 0 || map->len > HASHED) return sum;
    for (i = 0; i < map->len; i++) {
        key = shallow_hash(mo_item_of(map->entries[i].key, mo_map_keys_kind(map)), levels - 1);
        value = shallow_hash(mo_item_of(map->entries[i].value, mo_map_values_kind(map)), levels - 1);
        sum += mo_mix(key ^ (value << 32 | value >> 32));
    }
    return sum;
}
/* Of an item without its parts. */
static uint64_t flat_hash(mo_item item, int levels) {
    mo_num num = item_num(item);
    if (num.kind) return mo_num_hash(num);
    switch (mo_value_of(item.cell)) {
    case MO_V_STR: return str_hash(item.cell);
    case MO_V_LIST: return mo_mix(mo_list(item.cell)->len ^ UINT64_C(1) << 32);
    case MO_V_MAP: return map_hash(item.cell, levels);
    case MO_V_STRUCT: return mo_shape_infos[mo_payload(item.cell)].hash;
    case MO_V_FN: return mo_mix(function_itself(item.cell));
    default: return mo_mix(item.cell);
    }
}
static uint64_t shallow_hash(mo_item item, int levels) {
    return flat_hash(item, levels);
}
uint64_t mo_item_hash(mo_item item) {
    mo_item todo[HASHED * 2];
    uint32_t len = 1, budget = HASHED;
    uint64_t state = 0, i;
    if (item_num(item).kind) return mo_mix(flat_hash(item, 0));
    todo[0] = item;
    while (len && budget--) {
        item = todo[--len];
        state = mo_mix(state ^ flat_hash(item, MAP_LEVELS));
        if (item.is_int) continue;
        if (mo_is_list(item.cell)) {
            for (i = 0; i < mo_list(item.cell)->len && len < HASHED * 2; i++) todo[len++] = list_item(item.cell, i);
        } else if (mo_arena_of(item.cell) == MO_STRUCT) {
            uint32_t shape = mo_payload(item.cell);
            for (i = 0; i < mo_shapes[shape].len && len < HASHED * 2; i++)
                todo[len++] = field_item(item.cell, mo_shape_infos[shape].sorted[i]);
        }
    }
    return state;
}

/* ---- Order ---- */

typedef struct frame {
    mo_cell a, b;
    uint64_t at;
    uint32_t *left, *right;
} frame;
/* -1, 0, 1, or 3 when the items are containers of one kind. Values without an order trap, or get a fixed one. */
static int flat_order(mo_item a, mo_item b, bool fill, uint32_t site) {
    mo_num x = item_num(a), y = item_num(b);
    enum mo_value left, right;
    if (x.kind && y.kind) {
        int order = mo_num_cmp(x, y), nan_x, nan_y;
        if (order != 2) return order;
        nan_x = x.kind == MO_NUM_FLOAT && x.f != x.f;
        nan_y = y.kind == MO_NUM_FLOAT && y.f != y.f;
        return nan_x - nan_y;
    }
    left = item_value(a);
    right = item_value(b);
    if (left == MO_V_NONE || right == MO_V_NONE) return (left == MO_V_NONE) - (right == MO_V_NONE);
    if (!a.is_int && !b.is_int && left == right) {
        switch (left) {
        case MO_V_STR: return mo_str_cmp(a.cell, b.cell);
        case MO_V_BOOL: return (int)(a.cell & 1) - (int)(b.cell & 1);
        case MO_V_LIST:
        case MO_V_MAP:
        case MO_V_STRUCT: return a.cell == b.cell ? 0 : 3;
        default: break;
        }
    }
    if (!fill) {
        mo_cell p = a.is_int ? mo_from_small(0) : a.cell, q = b.is_int ? mo_from_small(0) : b.cell;
        mo_trap_operator("<", p, q, site);
    }
    if (x.kind) left = MO_V_INT;
    if (y.kind) right = MO_V_INT;
    if (left != right) return left < right ? -1 : 1;
    if (left != MO_V_FN) return 0;
    a.cell = function_itself(a.cell), b.cell = function_itself(b.cell);
    return a.cell < b.cell ? -1 : a.cell > b.cell;
}
static bool lengths(uint64_t m, uint64_t n, mo_item *a, mo_item *b) {
    *a = mo_item_of(m, MO_I64);
    *b = mo_item_of(n, MO_I64);
    return m != n;
}
/* The next two parts to compare. */
static bool step(frame *f, mo_item *a, mo_item *b) {
    uint64_t at = f->at++, i;
    uint32_t x, y;
    const mo_shape_info *p, *q;
    if (f->left) {
        const mo_map_slot *m = mo_map(f->a), *n = mo_map(f->b);
        i = at / 2;
        if (i >= m->len || i >= n->len) return lengths(m->len, n->len, a, b);
        if (at % 2 == 0) {
            *a = mo_item_of(m->entries[f->left[i]].key, mo_map_keys_kind(m));
            *b = mo_item_of(n->entries[f->right[i]].key, mo_map_keys_kind(n));
        } else {
            *a = mo_item_of(m->entries[f->left[i]].value, mo_map_values_kind(m));
            *b = mo_item_of(n->entries[f->right[i]].value, mo_map_values_kind(n));
        }
        return true;
    }
    if (mo_is_list(f->a)) {
        if (at >= mo_list(f->a)->len || at >= mo_list(f->b)->len)
            return lengths(mo_list(f->a)->len, mo_list(f->b)->len, a, b);
        *a = list_item(f->a, at);
        *b = list_item(f->b, at);
        return true;
    }
    x = mo_payload(f->a);
    y = mo_payload(f->b);
    p = &mo_shape_infos[x];
    q = &mo_shape_infos[y];
    if (at == 0) {
        *a = mo_item_cell(p->name);
        *b = mo_item_cell(q->name);
        return true;
    }
    i = (at - 1) / 2;
    if (i >= mo_shapes[x].len || i >= mo_shapes[y].len) return lengths(mo_shapes[x].len, mo_shapes[y].len, a, b);
    if ((at - 1) % 2 == 0) {
        *a = mo_item_cell(p->names[i]);
        *b = mo_item_cell(q->names[i]);
    } else {
        *a = field_item(f->a, p->sorted[i]);
        *b = field_item(f->b, q->sorted[i]);
    }
    return true;
}
static int deep_order(mo_cell first, mo_cell second, bool fill, uint32_t site) {
    frame *frames = NULL;
    size_t len = 0, room = 0;
    pairs seen = {0};
    mo_item a = mo_item_cell(first), b = mo_item_cell(second);
    bool more = true;
    int order = 0;
    for (;;) {
        if (more) {
            order = flat_order(a, b, fill, site);
            if (order == 3) {
                order = 0;
                if (!met(&seen, a.cell, b.cell)) {
                    if (len == room) {
                        room = room ? room * 2 : 16;
                        frames = mo_xrealloc(frames, room * sizeof *frames);
                    }
                    frames[len].a = a.cell;
                    frames[len].b = b.cell;
                    frames[len].at = 0;
                    frames[len].left = frames[len].right = NULL;
                    if (mo_arena_of(a.cell) == MO_MAP) {
                        frames[len].left = mo_map_order(mo_map(a.cell));
                        frames[len].right = mo_map_order(mo_map(b.cell));
                    }
                    len++;
                }
            }
            if (order) break;
        }
        if (len == 0) break;
        more = step(&frames[len - 1], &a, &b);
        if (!more) {
            len--;
            free(frames[len].left);
            free(frames[len].right);
        }
    }
    while (len) {
        len--;
        free(frames[len].left);
        free(frames[len].right);
    }
    free(frames);
    free(seen.table);
    return order;
}
int mo_compare(mo_cell a, mo_cell b, uint32_t site) {
    mo_num x, y;
    if (a == MO_NONE || b == MO_NONE) return 2;
    x = mo_num_of(a);
    y = mo_num_of(b);
    if (x.kind && y.kind) return mo_num_cmp(x, y);
    return deep_order(a, b, false, site);
}
int mo_order(mo_cell a, mo_cell b, uint32_t site) {
    return deep_order(a, b, false, site);
}
static int key_rank(mo_cell key) {
    if (mo_is_f64(key) || mo_is_int(key)) return 0;
    return mo_is_str(key) ? 1 : mo_is_bool(key) ? 2 : 3;
}
int mo_key_order(mo_cell a, mo_cell b) {
    int left = key_rank(a), right = key_rank(b), order;
    if (left != right) return left < right ? -1 : 1;
    if (left == 1) return mo_str_cmp(a, b);
    if (key_depth >= KEY_DEPTH) return 0;
    key_depth++;
    order = deep_order(a, b, true, 0);
    key_depth--;
    return order;
}

/* ---- Text forms, for messages and `+` with a string ---- */

typedef struct writing {
    mo_cell cell;
    uint64_t at;
    uint32_t *order;
} writing;
typedef struct text_writer {
    mo_buf *out;
    bool nested;
    writing *frames;
    size_t len, room;
} text_writer;

static void write_str(text_writer *w, mo_cell text) {
    mo_span span = mo_span_of(&text);
    if (w->nested)
        mo_text_quoted(w->out, span);
    else
        mo_buf_bytes(w->out, span.data, span.bytes);
}
static void begin(text_writer *w, mo_cell cell, const char *nested, const char *str, const char *again) {
    size_t i;
    for (i = 0; i < w->len; i++)
        if (w->frames[i].cell == cell) {
            mo_buf_text(w->out, again);
            return;
        }
    mo_buf_text(w->out, w->nested ? nested : str);
    if (w->len == w->room) {
        w->room = w->room ? w->room * 2 : 16;
        w->frames = mo_xrealloc(w->frames, w->room * sizeof *w->frames);
    }
    w->frames[w->len].cell = cell;
    w->frames[w->len].at = 0;
    w->frames[w->len].order = mo_arena_of(cell) == MO_MAP ? mo_map_order(mo_map(cell)) : NULL;
    w->len++;
}
static void write_item(text_writer *w, mo_item item) {
    mo_cell cell = item.cell;
    int64_t value;
    if (item.is_int) {
        mo_buf_i64(w->out, item.i);
        return;
    }
    switch (mo_value_of(cell)) {
    case MO_V_NONE: mo_buf_text(w->out, w->nested ? "nil" : "<nil>"); break;
    case MO_V_BOOL: mo_buf_text(w->out, cell & 1 ? "true" : "false"); break;
    case MO_V_INT:
        mo_unbox_int(cell, &value);
        mo_buf_i64(w->out, value);
        break;
    case MO_V_BIGINT: mo_big_text(w->out, mo_num_of(cell).big); break;
    case MO_V_BIGRAT:
        mo_big_text(w->out, mo_num_of(cell).ratio->num);
        mo_buf_char(w->out, '/');
        mo_big_text(w->out, mo_num_of(cell).ratio->den);
        break;
    case MO_V_FLOAT:
        if (w->nested)
            mo_text_fixed(w->out, mo_bits_f64(cell));
        else
            mo_text_general(w->out, mo_bits_f64(cell));
        break;
    case MO_V_STR: write_str(w, cell); break;
    case MO_V_FN: mo_buf_text(w->out, "<function>"); break;
    case MO_V_LIST: begin(w, cell, "[", "[", "[...]"); break;
    default: begin(w, cell, "{", "map[", "{...}"); break;
    }
}
static void write_value(mo_buf *out, mo_cell cell, bool nested, size_t limit);
static void write_key(text_writer *w, mo_item key) {
    if (w->nested) {
        if (!key.is_int && mo_is_str(key.cell)) {
            write_str(w, key.cell);
        } else {
            mo_buf text = {0};
            mo_span span;
            if (key.is_int)
                mo_buf_i64(&text, key.i);
            else
                write_value(&text, key.cell, false, DESCRIPTION);
            span.data = (unsigned char *)text.bytes;
            span.bytes = span.chars = (uint32_t)text.len;
            mo_text_quoted(w->out, span);
            mo_buf_free(&text);
        }
    } else if (key.is_int) {
        mo_buf_i64(w->out, key.i);
    } else {
        write_value(w->out, key.cell, false, SIZE_MAX);
    }
    mo_buf_text(w->out, w->nested ? ": " : ":");
}
static void separate(text_writer *w, uint64_t at) {
    if (at) mo_buf_text(w->out, w->nested ? ", " : " ");
}
static void write_step(text_writer *w) {
    writing *f = &w->frames[w->len - 1];
    mo_cell cell = f->cell;
    uint64_t at = f->at++;
    enum mo_value kind = mo_value_of(cell);
    if (kind == MO_V_LIST && at < mo_list(cell)->len) {
        separate(w, at);
        write_item(w, list_item(cell, at));
        return;
    }
    if (kind == MO_V_MAP && at < mo_map(cell)->len) {
        const mo_map_slot *map = mo_map(cell);
        mo_entry entry = map->entries[f->order[at]];
        separate(w, at);
        write_key(w, mo_item_of(entry.key, mo_map_keys_kind(map)));
        write_item(w, mo_item_of(entry.value, mo_map_values_kind(map)));
        return;
    }
    if (kind == MO_V_STRUCT) {
        uint32_t shape = mo_payload(cell), named = mo_shapes[shape].name[0] && !mo_shape_infos[shape].group;
        const mo_shape_info *info = &mo_shape_infos[shape];
        if (at < mo_shapes[shape].len + named) {
            uint64_t name_at = 0;
            if (named)
                while (name_at < mo_shapes[shape].len &&
                       strcmp(mo_shapes[shape].fields[info->sorted[name_at]].name, "__name") < 0)
                    name_at++;
            else
                name_at = mo_shapes[shape].len;
            separate(w, at);
            if (named && at == name_at) {
                mo_buf_text(w->out, w->nested ? "\"__name\": " : "__name:");
                write_str(w, info->name);
                return;
            }
            at -= named && at > name_at;
            write_key(w, mo_item_cell(info->names[at]));
            write_item(w, field_item(cell, info->sorted[at]));
            return;
        }
    }
    free(f->order);
    w->len--;
    mo_buf_char(w->out, kind != MO_V_LIST && w->nested ? '}' : ']');
}
static void write_value(mo_buf *out, mo_cell cell, bool nested, size_t limit) {
    text_writer w = {0};
    size_t start = out->len;
    w.out = out;
    w.nested = nested;
    write_item(&w, mo_item_cell(cell));
    while (w.len && out->len - start <= limit) write_step(&w);
    while (w.len) free(w.frames[--w.len].order);
    free(w.frames);
}
void mo_describe(mo_buf *out, mo_cell cell) {
    size_t start = out->len;
    write_value(out, cell, !mo_is_f64(cell), DESCRIPTION);
    if (out->len - start > DESCRIPTION) {
        size_t end = start + DESCRIPTION;
        while (end > start && (out->bytes[end] & 0xC0) == 0x80) end--;
        out->len = end;
        mo_buf_text(out, "...");
    }
}
void mo_str_form(mo_buf *out, mo_cell cell) {
    write_value(out, cell, false, SIZE_MAX);
}
