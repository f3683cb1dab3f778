/* Maps: entries in a dense array in no observable order, found through a hash index of positions. Small maps have no
 * index. Entries are sorted in place when somebody enumerates them. */
#include "internal.h"

#define SMALL 8u
/* An index by key is used for int keys when it is at most this many times as long as there are entries. */
#define SPARSE 4u

static bool int_keys(const mo_map_slot *map) {
    return mo_map_keys_kind(map) == MO_I64;
}
/* The upper half decides the place in the index, so only it is kept. */
static uint32_t hash_key(const mo_map_slot *map, uint64_t key) {
    uint64_t hash;
    if (key == map->last && !int_keys(map)) return map->last_hash;
    if (int_keys(map) || mo_is_short(key)) {
        hash = mo_mix(key);
    } else if (mo_arena_of(key) == MO_STR) {
        mo_span span = mo_span_of(&key);
        hash = mo_hash_bytes(span.data, span.bytes);
    } else {
        hash = mo_item_hash(mo_item_cell(key));
    }
    return (uint32_t)(hash >> 32);
}
static bool same_key(const mo_map_slot *map, uint64_t a, uint64_t b) {
    if (int_keys(map)) return a == b;
    if (a == b && !mo_is_f64(a)) return true;
    if (mo_is_short(a) || mo_is_short(b)) return false;
    if (mo_arena_of(a) == MO_STR && mo_arena_of(b) == MO_STR) return mo_str_eq_slow(a, b);
    return mo_item_equal(mo_item_cell(a), mo_item_cell(b));
}
/* Maps of cells keep the hash of every entry behind the entries. */
static uint64_t entry_bytes(const mo_map_slot *map, uint64_t capacity) {
    return capacity * (sizeof *map->entries + (int_keys(map) ? 0 : sizeof(uint32_t)));
}
static uint32_t *hashes(const mo_map_slot *map) {
    return (uint32_t *)(void *)(map->entries + map->capacity);
}
static size_t index_len(const mo_map_slot *map) {
    return (size_t)1 << map->index_bits;
}
static bool is_direct(const mo_map_slot *map) {
    return map->head.meta & MO_FLAG_DIRECT;
}
static void grow_entries(mo_map_slot *map, uint64_t capacity, uint32_t site) {
    uint32_t old = map->capacity;
    if (capacity > UINT32_MAX / 2) mo_trap_memory(site);
    map->entries = old ? mo_buffer_grow(map->entries, entry_bytes(map, old), entry_bytes(map, capacity), site)
                       : mo_buffer(entry_bytes(map, capacity), site);
    if (!int_keys(map)) memmove(map->entries + capacity, map->entries + old, map->len * sizeof(uint32_t));
    map->capacity = (uint32_t)capacity;
}
mo_cell mo_map_make(uint32_t map_type, uint64_t capacity, uint32_t site) {
    mo_map_type types = mo_map_type_at(map_type);
    /* Keys that are floats or bools are stored as cells. */
    uint32_t kinds = (types.keys == MO_TYPE_INT ? MO_I64 : MO_CELL) | (uint32_t)mo_type_kind(types.values) << 1;
    mo_cell cell =
        mo_alloc(MO_MAP, MO_CLASS(MO_MAP, sizeof(mo_map_slot) / 8), (kinds | map_type << 3) << MO_META_SHIFT);
    mo_map_slot *map = (mo_map_slot *)(void *)mo_at_index((uint32_t)cell);
    map->entries = NULL;
    map->len = map->sorted = 0;
    map->index = NULL;
    map->capacity = map->index_bits = 0;
    map->base = 0;
    map->last = MO_NO_KEY;
    map->last_hash = map->last_at = 0;
    if (capacity) grow_entries(map, capacity, site);
    return cell;
}
static void drop_index(mo_map_slot *map) {
    if (map->index) mo_buffer_free(map->index, index_len(map) * sizeof(uint32_t));
    map->index = NULL;
    map->head.meta &= ~MO_FLAG_DIRECT;
}
void mo_map_release(mo_map_slot *map) {
    if (map->capacity) mo_buffer_free(map->entries, entry_bytes(map, map->capacity));
    drop_index(map);
}
size_t mo_map_bytes(const mo_map_slot *map) {
    return entry_bytes(map, map->capacity);
}
static void enter(mo_map_slot *map, uint32_t hash, uint32_t at) {
    uint32_t mask = (uint32_t)index_len(map) - 1, slot = hash & mask;
    while (map->index[slot]) slot = (slot + 1) & mask;
    map->index[slot] = at + 1;
}
static void fill_index(mo_map_slot *map) {
    uint32_t i;
    memset(map->index, 0, index_len(map) * sizeof(uint32_t));
    for (i = 0; i < map->len; i++) {
        if (is_direct(map))
            map->index[map->entries[i].key - (uint64_t)map->base] = i + 1;
        else
            enter(map, int_keys(map) ? hash_key(map, map->entries[i].key) : hashes(map)[i], i);
    }
}
/* Makes an index for all entries and the next one: by key when int keys are dense enough, else a hash table. */
static void make_index(mo_map_slot *map, uint64_t next, uint32_t site) {
    uint32_t bits = 4, i;
    bool direct = false;
    if (int_keys(map)) {
        int64_t least = (int64_t)next, most = least;
        for (i = 0; i < map->len; i++) {
            int64_t key = (int64_t)map->entries[i].key;
            if (key < least) least = key;
            if (key > most) most = key;
        }
        if ((uint64_t)most - (uint64_t)least < (uint64_t)map->capacity * SPARSE) {
            direct = true;
            while (((uint64_t)1 << bits) <= (uint64_t)most - (uint64_t)least) bits++;
            /* Room on the side on which keys came last. */
            map->base = least;
            if ((int64_t)next == least && map->len) map->base = (int64_t)((uint64_t)most - ((UINT64_C(1) << bits) - 1));
        }
    }
    if (!direct)
        while (((uint64_t)1 << bits) < (uint64_t)map->capacity * 2) bits++;
    if (!map->index || map->index_bits != bits) {
        drop_index(map);
        map->index = mo_buffer(sizeof(uint32_t) << bits, site);
        map->index_bits = bits;
    }
    map->head.meta = direct ? map->head.meta | MO_FLAG_DIRECT : map->head.meta & ~MO_FLAG_DIRECT;
    fill_index(map);
}
/* Keeps where a key is, `at` counting from one, or that it is not there. Only strings: other keys may change. */
static void remember(mo_map_slot *map, uint64_t key, uint32_t hash, uint32_t at) {
    if (int_keys(map) || !mo_is_str(key)) return;
    map->last = key;
    map->last_hash = hash;
    map->last_at = at;
}
/* Position of a key in the form of the map, whose hash is given; -1 when it is not there. */
static int64_t position(mo_map_slot *map, uint64_t key, uint32_t hash) {
    uint32_t i, mask, slot, at;
    if (!map->index) {
        for (i = 0; i < map->len; i++)
            if (same_key(map, map->entries[i].key, key)) return i;
        return -1;
    }
    if (is_direct(map)) {
        uint64_t within = key - (uint64_t)map->base;
        return within < index_len(map) ? (int64_t)map->index[within] - 1 : -1;
    }
    if (key == map->last && !int_keys(map)) return (int64_t)map->last_at - 1;
    mask = (uint32_t)index_len(map) - 1;
    for (slot = hash & mask; (at = map->index[slot]) != 0; slot = (slot + 1) & mask) {
        if (!int_keys(map) && hashes(map)[at - 1] != hash) continue;
        if (same_key(map, map->entries[at - 1].key, key)) break;
    }
    remember(map, key, hash, at);
    return (int64_t)at - 1;
}
/* The hash that `position` needs. */
static uint32_t wanted_hash(const mo_map_slot *map, uint64_t key) {
    return map->index && !is_direct(map) ? hash_key(map, key) : 0;
}
/* A key in the form that a map stores; false when it holds no such key. An int key may come in a double. */
static bool map_key(const mo_map_slot *map, uint64_t key, enum mo_kind have, uint64_t *found) {
    bool ints = mo_map_keys_kind(map) == MO_I64;
    mo_item item;
    int64_t value;
    *found = key;
    if (ints && have == MO_I64) return true;
    if (!ints && have == MO_CELL) return true;
    item = mo_item_of(key, have);
    if (ints) {
        if (item.is_int) {
            *found = (uint64_t)item.i;
            return true;
        }
        if (mo_is_f64(item.cell)) {
            double f = mo_bits_f64(item.cell);
            if (!(f >= -9223372036854775808.0 && f < 9223372036854775808.0) || f != (double)(int64_t)f) return false;
            *found = (uint64_t)(int64_t)f;
            return true;
        }
        if (!mo_unbox_int(item.cell, &value)) return false;
        *found = (uint64_t)value;
        return true;
    }
    *found = item.is_int ? (mo_fits_small(item.i) ? mo_from_small(item.i) : mo_box_large(item.i, MO_FLAG_I64)) : item.cell;
    return true;
}
bool mo_map_find(mo_cell cell, uint64_t key, enum mo_kind have, uint64_t *value) {
    mo_map_slot *map = mo_map(cell);
    int64_t at;
    if (!map_key(map, key, have, &key)) return false;
    at = position(map, key, wanted_hash(map, key));
    if (at < 0) return false;
    *value = map->entries[at].value;
    return true;
}
bool mo_map_has(mo_cell map, uint64_t key, enum mo_kind have) {
    uint64_t value;
    return mo_map_find(map, key, have, &value);
}
int64_t mo_map_len(mo_cell map) {
    return (int64_t)mo_map(map)->len;
}
/* Whether a key comes after the last of a sorted map, so that it stays sorted. */
static bool comes_last(const mo_map_slot *map, uint64_t key) {
    uint64_t last;
    if (map->len == 0) return true;
    if (map->sorted != map->len) return false;
    last = map->entries[map->len - 1].key;
    if (mo_map_keys_kind(map) == MO_I64) return (int64_t)last < (int64_t)key;
    return mo_key_order(last, key) < 0;
}
void mo_map_put(mo_cell cell, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site) {
    mo_map_slot *map = mo_map(cell);
    uint64_t stored;
    int64_t at;
    uint32_t hash;
    value = mo_convert(value, value_have, mo_map_values_kind(map), site);
    if (!map_key(map, key, have, &stored))
        mo_trap_cast(mo_box_word(key, have, site), mo_type_names[mo_map_keys_kind(map)], site);
    hash = int_keys(map) ? wanted_hash(map, stored) : hash_key(map, stored);
    at = position(map, stored, hash);
    if (at >= 0) {
        map->entries[at].value = value;
        return;
    }
    if (map->len == map->capacity) {
        grow_entries(map, map->capacity ? (uint64_t)map->capacity * 2 : 4, site);
        if (map->index && !is_direct(map)) make_index(map, stored, site);
    }
    if (!map->index && map->len >= SMALL) make_index(map, stored, site);
    if (map->index && is_direct(map) && stored - (uint64_t)map->base >= index_len(map)) make_index(map, stored, site);
    if (comes_last(map, stored)) map->sorted++;
    map->entries[map->len].key = stored;
    map->entries[map->len].value = value;
    if (!int_keys(map)) hashes(map)[map->len] = hash;
    if (map->index && is_direct(map))
        map->index[stored - (uint64_t)map->base] = (uint32_t)map->len + 1;
    else if (map->index)
        enter(map, int_keys(map) ? hash_key(map, stored) : hash, (uint32_t)map->len);
    map->len++;
    if (map->index && !is_direct(map)) remember(map, stored, hash, (uint32_t)map->len);
}

/* ---- Order ---- */

static bool int_before(uint32_t a, uint32_t b, const void *map) {
    const mo_entry *entries = ((const mo_map_slot *)map)->entries;
    return (int64_t)entries[a].key < (int64_t)entries[b].key;
}
static bool key_before(uint32_t a, uint32_t b, const void *map) {
    const mo_entry *entries = ((const mo_map_slot *)map)->entries;
    return mo_key_order(entries[a].key, entries[b].key) < 0;
}
uint32_t *mo_map_order(const mo_map_slot *map) {
    uint32_t *order = mo_xmalloc((map->len + 1) * sizeof *order), i;
    for (i = 0; i < map->len; i++) order[i] = i;
    if (map->sorted != map->len) mo_sort(order, map->len, int_keys(map) ? int_before : key_before, map);
    return order;
}
void mo_map_sort(mo_cell cell) {
    mo_map_slot *map = mo_map(cell);
    uint32_t *order;
    mo_entry *entries;
    uint64_t i;
    if (map->sorted == map->len) return;
    order = mo_map_order(map);
    entries = mo_xmalloc(map->len * sizeof *entries);
    for (i = 0; i < map->len; i++) entries[i] = map->entries[order[i]];
    memcpy(map->entries, entries, map->len * sizeof *entries);
    if (!int_keys(map)) {
        uint32_t *moved = (uint32_t *)(void *)entries;
        for (i = 0; i < map->len; i++) moved[i] = hashes(map)[order[i]];
        memcpy(hashes(map), moved, map->len * sizeof *moved);
    }
    free(entries);
    free(order);
    map->sorted = map->len;
    map->last = MO_NO_KEY;
    if (map->index) fill_index(map);
}

/* ---- Operations of generated code ---- */

mo_cell mo_map_new(uint32_t map_type, const uint64_t *words, uint32_t len, uint32_t site) {
    mo_map_type types = mo_map_type_at(map_type);
    enum mo_kind keys = mo_type_kind(types.keys), values = mo_type_kind(types.values);
    mo_cell map;
    uint32_t i;
    mo_safepoint();
    map = mo_map_make(map_type, len / 2, site);
    for (i = 0; i < len; i += 2) mo_map_put(map, words[i], keys, words[i + 1], values, site);
    return map;
}
/* The entry of an int key in a map that has an index; null when it is not there. */
static const mo_entry *int_entry(const mo_map_slot *map, uint64_t key) {
    uint32_t slot, at, mask;
    if (is_direct(map)) {
        uint64_t within = key - (uint64_t)map->base;
        at = within < index_len(map) ? map->index[within] : 0;
        return at ? &map->entries[at - 1] : NULL;
    }
    mask = (uint32_t)index_len(map) - 1;
    slot = (uint32_t)(mo_mix(key) >> 32) & mask;
    while ((at = map->index[slot]) != 0) {
        if (map->entries[at - 1].key == key) return &map->entries[at - 1];
        slot = (slot + 1) & mask;
    }
    return NULL;
}
uint64_t mo_map_get_or(mo_cell map, uint64_t key, enum mo_kind have, uint64_t other, enum mo_kind want, uint32_t site) {
    uint64_t value;
    if (have == MO_I64) {
        const mo_map_slot *ints = mo_map(map);
        if (ints->index && int_keys(ints) && mo_map_values_kind(ints) == want) {
            const mo_entry *entry = int_entry(ints, key);
            return entry ? entry->value : other;
        }
    }
    mo_safepoint();
    if (have == MO_CELL) MO_KEEP(key);
    if (want == MO_CELL) MO_KEEP(other);
    if (!mo_map_find(map, key, have, &value)) return other;
    return mo_convert(value, mo_map_values_kind(mo_map(map)), want, site);
}
void mo_map_set(mo_cell map, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site) {
    mo_safepoint();
    mo_map_put(map, key, have, value, value_have, site);
}
void mo_map_put_any(mo_cell map, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site) {
    mo_map_type types = mo_map_type_at(mo_map_type_of(mo_map(map)));
    if (value_have == MO_CELL) {
        value = mo_fit(value, types.values, site);
        value_have = mo_type_kind(types.values);
    }
    /* Of ints, whole floats are keys too: that is found out where they are stored. */
    if (have == MO_CELL && types.keys != MO_TYPE_INT)
        key = mo_box_word(mo_fit(key, types.keys, site), mo_type_kind(types.keys), site);
    mo_map_put(map, key, have, value, value_have, site);
}
void mo_map_set_any(mo_cell map, uint64_t key, enum mo_kind have, uint64_t value, enum mo_kind value_have, uint32_t site) {
    mo_safepoint();
    mo_map_put_any(map, key, have, value, value_have, site);
}
mo_cell mo_map_keys_now(mo_cell cell, uint32_t type, uint32_t site) {
    enum mo_kind want = mo_type_kind(type);
    mo_map_slot *map;
    mo_cell list;
    uint64_t i;
    mo_map_sort(cell);
    map = mo_map(cell);
    list = mo_list_make(type, map->len, site);
    for (i = 0; i < map->len; i++) {
        uint64_t key = map->entries[i].key;
        mo_list_add_own(list, mo_convert(key, mo_map_keys_kind(map), want, site), site);
        if (want == MO_CELL && mo_map_keys_kind(map) == MO_CELL) mo_list_share(key);
    }
    return list;
}
mo_cell mo_map_keys(mo_cell map, uint32_t type, uint32_t site) {
    mo_safepoint();
    return mo_map_keys_now(map, type, site);
}
