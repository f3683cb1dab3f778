/* Lists: flat arrays of cells, ints, floats or bools. Code that only knows `list<any>` may meet any of them, so operations
 * say in which form they bring or want an element. */
#include "internal.h"

#define FIRST_CAPACITY 4u
#define DOUBLE_UP_TO ((uint64_t)1 << 16)

static uint32_t arena_of(enum mo_kind kind) {
    return MO_LIST_CELL + (uint32_t)kind;
}
static uint64_t grown(uint64_t len, uint64_t more) {
    uint64_t room = len + (len <= DOUBLE_UP_TO ? len : len / 2);
    if (room < len + more) room = len + more;
    return room < FIRST_CAPACITY ? FIRST_CAPACITY : room;
}
mo_cell mo_list_make(uint32_t type, uint64_t capacity, uint32_t site) {
    enum mo_kind kind = mo_type_kind(type);
    size_t stride = mo_stride(kind);
    void *data = (void *)8;
    mo_cell cell;
    mo_list_slot *slot;
    if (stride == 1) capacity = (capacity + 7) & ~UINT64_C(7);
    if (capacity > SIZE_MAX / 16) mo_trap_memory(site);
    if (capacity) data = mo_buffer(capacity * stride, site);
    cell = mo_alloc(arena_of(kind), MO_CLASS(arena_of(kind), 4), type << MO_META_SHIFT);
    slot = (mo_list_slot *)(void *)mo_at_index((uint32_t)cell);
    slot->data = data;
    slot->len = 0;
    slot->capacity = capacity;
    return cell;
}
static void reserve(mo_list_slot *list, enum mo_kind kind, uint64_t more, uint32_t site) {
    size_t stride = mo_stride(kind);
    uint64_t capacity;
    if (list->capacity - list->len >= more) return;
    capacity = grown(list->len, more);
    if (stride == 1) capacity = (capacity + 7) & ~UINT64_C(7);
    if (capacity > SIZE_MAX / 16) mo_trap_memory(site);
    list->data = list->capacity ? mo_buffer_grow(list->data, list->capacity * stride, capacity * stride, site)
                                : mo_buffer(capacity * stride, site);
    list->capacity = capacity;
}
void mo_rt_list_reserve(mo_cell xs, int64_t more, uint32_t site) {
    enum mo_kind kind = mo_list_kind(xs);
    mo_list_slot *list = mo_list(xs);
    size_t stride = mo_stride(kind), room = mo_limit() > mo_in_use() ? mo_limit() - mo_in_use() : 0;
    uint64_t capacity;
    /* Not more than a quarter of what may be used still, since the elements may never come. */
    if (more <= 0 || (uint64_t)more > room / 4 / stride || list->head.meta & MO_FLAG_SHARED) return;
    if (list->capacity - list->len >= (uint64_t)more) return;
    /* Loops inside of loops ask again and again: then the room grows as with appends. */
    capacity = list->len ? grown(list->len, (uint64_t)more) : (uint64_t)more;
    capacity = (capacity + 7) & ~UINT64_C(7);
    list->data = list->capacity ? mo_buffer_grow(list->data, list->capacity * stride, capacity * stride, site)
                                : mo_buffer(capacity * stride, site);
    list->capacity = capacity;
}
int64_t mo_rt_list_repeat(mo_cell xs, int64_t more, uint32_t site) {
    mo_list_slot *list = mo_list(xs);
    uint64_t room = list->capacity - list->len, count, i;
    (void)site;
    if (more <= 0 || !list->len || list->head.meta & MO_FLAG_SHARED) return 0;
    count = (uint64_t)more < room ? (uint64_t)more : room;
    if (mo_stride(mo_list_kind(xs)) == 1) {
        uint8_t *end = (uint8_t *)list->data + list->len;
        if (count) memset(end, end[-1], count);
    } else {
        char *end = (char *)list->data + list->len * 8;
        uint64_t last;
        memcpy(&last, end - 8, 8);
        for (i = 0; i < count; i++) memcpy(end + i * 8, &last, 8);
    }
    list->len += count;
    return (int64_t)count;
}
/* The type of the elements that a list was made for. */
static uint32_t type_of(mo_cell xs) {
    return mo_list(xs)->head.meta >> MO_META_SHIFT;
}
/* A word in the form in which a list holds its elements. */
static uint64_t form(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site) {
    return have == MO_CELL ? mo_fit(word, type_of(xs), site) : mo_convert(word, have, mo_list_kind(xs), site);
}
void mo_list_add(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site) {
    mo_list_add_own(xs, form(xs, word, have, site), site);
}
void mo_list_add_own(mo_cell xs, uint64_t word, uint32_t site) {
    enum mo_kind kind = mo_list_kind(xs);
    mo_list_slot *list = mo_list(xs);
    if (list->len == list->capacity) reserve(list, kind, 1, site);
    mo_list_store(list, kind, list->len++, word);
}
void mo_list_share(mo_cell cell) {
    if (mo_is_list(cell)) mo_list(cell)->head.meta |= MO_FLAG_SHARED;
}
/* Lists that become parts of another container too are shared. */
static void share_items(mo_list_slot *list, uint64_t from) {
    uint64_t i;
    for (i = from; i < list->len; i++) mo_list_share(((mo_cell *)list->data)[i]);
}
static mo_cell part(mo_cell xs, uint64_t from, uint64_t to, uint64_t capacity, uint32_t site) {
    enum mo_kind kind = mo_list_kind(xs);
    mo_cell new = mo_list_make(type_of(xs), capacity < to - from ? to - from : capacity, site);
    mo_list_slot *list = mo_list(new);
    size_t stride = mo_stride(kind);
    if (to > from) memcpy(list->data, (char *)mo_list(xs)->data + from * stride, (to - from) * stride);
    list->len = to - from;
    if (kind == MO_CELL) share_items(list, 0);
    return new;
}
mo_cell mo_list_new(uint32_t type, const uint64_t *words, uint32_t len, uint32_t site) {
    enum mo_kind kind = mo_type_kind(type);
    mo_cell new;
    mo_list_slot *list;
    uint32_t i;
    mo_safepoint();
    new = mo_list_make(type, len, site);
    list = mo_list(new);
    for (i = 0; i < len; i++) mo_list_store(list, kind, i, words[i]);
    list->len = len;
    return new;
}
uint64_t mo_list_get_now(mo_cell xs, int64_t index, enum mo_kind want, uint32_t site) {
    const mo_list_slot *list = mo_list(xs);
    enum mo_kind kind = mo_list_kind(xs);
    return mo_convert(mo_list_word(list, kind, mo_position(index, list->len, site)), kind, want, site);
}
mo_cell mo_list_get_any(mo_cell xs, int64_t index, uint32_t site) {
    mo_safepoint();
    return mo_list_get_now(xs, index, MO_CELL, site);
}
void mo_list_set_now(mo_cell xs, int64_t index, uint64_t word, enum mo_kind have, uint32_t site) {
    enum mo_kind kind = mo_list_kind(xs);
    mo_list_slot *list = mo_list(xs);
    uint64_t at = (uint64_t)index;
    if (index >= 0 && at == list->len) {
        mo_list_add(xs, word, have, site);
        return;
    }
    at = mo_position(index, list->len, site);
    mo_list_store(list, kind, at, form(xs, word, have, site));
}
void mo_list_set_slow(mo_cell xs, int64_t index, uint64_t word, enum mo_kind have, uint32_t site) {
    mo_list_slot *list = mo_list(xs);
    /* The code knows the type of the elements, so this is one. */
    if (MO_LIKELY((uint64_t)index == list->len && list->len < list->capacity)) {
        mo_list_store(list, have, list->len++, word);
        return;
    }
    mo_safepoint();
    if (have == MO_CELL) MO_KEEP(word);
    mo_list_set_now(xs, index, word, have, site);
}
void mo_list_set_any(mo_cell xs, int64_t index, mo_cell value, uint32_t site) {
    mo_safepoint();
    mo_list_set_now(xs, index, value, MO_CELL, site);
}
/* Whether an element is of the type of the list's. */
static bool takes(mo_cell xs, uint64_t word, enum mo_kind have) {
    uint64_t unboxed;
    return have != MO_CELL || mo_word_of(word, type_of(xs), &unboxed);
}
static void add_cells(mo_cell to, mo_cell xs, uint32_t site) {
    enum mo_kind kind = mo_list_kind(xs);
    uint64_t len = mo_list(xs)->len, i;
    for (i = 0; i < len; i++) mo_list_add_own(to, mo_box_word(mo_list_word(mo_list(xs), kind, i), kind, site), site);
}
static mo_cell as_any(mo_cell xs, uint64_t capacity, uint32_t site) {
    mo_cell new = mo_list_make(MO_TYPE_ANY, capacity, site);
    add_cells(new, xs, site);
    share_items(mo_list(new), 0);
    return new;
}
static mo_cell append_now(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site) {
    uint64_t len = mo_list(xs)->len;
    mo_cell new = takes(xs, word, have) ? part(xs, 0, len, grown(len, 1), site) : as_any(xs, len + 1, site);
    mo_list_add(new, word, have, site);
    return new;
}
mo_cell mo_list_append(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site) {
    mo_safepoint();
    return append_now(xs, word, have, site);
}
static mo_cell push_now(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site) {
    if (mo_list(xs)->head.meta & MO_FLAG_SHARED || !takes(xs, word, have)) return append_now(xs, word, have, site);
    mo_list_add(xs, word, have, site);
    return xs;
}
mo_cell mo_list_push_slow(mo_cell xs, uint64_t word, enum mo_kind have, uint32_t site) {
    mo_safepoint();
    return push_now(xs, word, have, site);
}
mo_cell mo_list_push_any(mo_cell xs, mo_cell value, uint32_t site) {
    mo_safepoint();
    return push_now(xs, value, MO_CELL, site);
}
mo_cell mo_list_slice_now(mo_cell xs, int64_t from, int64_t to, uint32_t site) {
    uint64_t start, end;
    mo_clamp(from, to, mo_list(xs)->len, &start, &end);
    return part(xs, start, end, end - start, site);
}
mo_cell mo_list_slice(mo_cell xs, int64_t from, int64_t to, uint32_t site) {
    mo_safepoint();
    return mo_list_slice_now(xs, from, to, site);
}
mo_cell mo_list_concat_now(mo_cell a, mo_cell b, uint32_t site) {
    enum mo_kind kind = mo_list_kind(a);
    uint64_t left = mo_list(a)->len, right = mo_list(b)->len;
    mo_cell new;
    mo_list_slot *list;
    if (type_of(a) == type_of(b)) {
        new = part(a, 0, left, left + right, site);
        list = mo_list(new);
        if (right) memcpy((char *)list->data + left * mo_stride(kind), mo_list(b)->data, right * mo_stride(kind));
        list->len += right;
        if (kind == MO_CELL) share_items(list, left);
        return new;
    }
    new = as_any(a, left + right, site);
    add_cells(new, b, site);
    share_items(mo_list(new), 0);
    return new;
}
mo_cell mo_list_concat(mo_cell a, mo_cell b, uint32_t site) {
    mo_safepoint();
    return mo_list_concat_now(a, b, site);
}
