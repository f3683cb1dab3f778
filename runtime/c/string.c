/* Strings: up to five bytes in the cell, up to 232 in the slot, longer ones in a buffer that several strings may
 * share. Positions count code points; strings that are not ASCII remember where the last access was. */
#include "internal.h"

#define SHORT_MAX 5u
/* Sizes of slots up to that are exact. */
#define INLINE_MAX MO_SIZED(232u, 40u)
#define LARGE ((size_t)1 << 20)
/* A slice shares the buffer of its string when it is at least one part in this of it. */
#define SHARE 4u

static bool is_ascii(mo_span span) {
    return span.bytes == span.chars;
}
uint32_t mo_count_chars(const unsigned char *bytes, size_t len) {
    uint32_t count = 0;
    size_t i;
    for (i = 0; i < len; i++) count += (bytes[i] & 0xC0) != 0x80;
    return count;
}
uint32_t mo_char_bytes(unsigned char first) {
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}
uint32_t mo_decode(const unsigned char *b) {
    if (b[0] < 0x80) return b[0];
    if (b[0] < 0xE0) return (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
    if (b[0] < 0xF0) return (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
    return (b[0] & 0x07u) << 18 | (b[1] & 0x3Fu) << 12 | (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
}
bool mo_is_utf8(const unsigned char *bytes, size_t len, size_t *valid) {
    size_t i = 0;
    while (i < len) {
        unsigned char b = bytes[i];
        size_t more = b < 0x80 ? 0 : b < 0xC2 ? 4 : b < 0xE0 ? 1 : b < 0xF0 ? 2 : b < 0xF5 ? 3 : 4, k;
        *valid = i;
        if (more == 4 || i + more >= len + (more == 0)) return false;
        for (k = 1; k <= more; k++)
            if ((bytes[i + k] & 0xC0) != 0x80) return false;
        if ((b == 0xE0 && bytes[i + 1] < 0xA0) || (b == 0xED && bytes[i + 1] > 0x9F) ||
            (b == 0xF0 && bytes[i + 1] < 0x90) || (b == 0xF4 && bytes[i + 1] > 0x8F))
            return false;
        i += more + 1;
    }
    *valid = len;
    return true;
}

static mo_cell short_cell(const unsigned char *bytes, uint32_t len) {
    mo_cell cell = MO_EMPTY | (mo_cell)len << 40;
    uint32_t i;
    for (i = 0; i < len; i++) cell |= (mo_cell)bytes[i] << (8 * i);
    return cell;
}
static uint32_t check_len(size_t bytes, uint32_t site) {
    mo_check(bytes, site);
    if (bytes > UINT32_MAX) mo_trap_memory(site);
    return (uint32_t)bytes;
}
static mo_cell alloc_inline(uint32_t bytes, uint32_t chars, unsigned char **data) {
    uint32_t granules = ((uint32_t)sizeof(mo_str_slot) + bytes + 7) / 8;
    mo_cell cell = mo_alloc(MO_STR, MO_STR * MO_SIZES + granules, bytes == chars ? MO_FLAG_ASCII : 0);
    mo_str_slot *slot = (mo_str_slot *)(void *)mo_at_index((uint32_t)cell);
    *data = (unsigned char *)(slot + 1);
    slot->data = *data;
    slot->bytes = bytes;
    slot->chars = chars;
    return cell;
}
static mo_str_buffer *new_buffer(uint32_t used, size_t capacity, uint32_t site) {
    mo_str_buffer *buffer;
    if (capacity < used) capacity = used;
    capacity = (capacity + 7) & ~(size_t)7;
    if (capacity > UINT32_MAX - 7) capacity = UINT32_MAX - 7;
    if (capacity < used) capacity = used;
    mo_check(used, site);
    buffer = malloc(sizeof *buffer + capacity);
    if (!buffer) {
        capacity = used;
        buffer = malloc(sizeof *buffer + capacity);
        if (!buffer) mo_trap_memory(site);
    }
    buffer->refs = 0;
    buffer->capacity = (uint32_t)capacity;
    buffer->used = used;
    buffer->counted = mo_collection();
    buffer->grown = 0;
    mo_charge(sizeof *buffer + used);
    return buffer;
}
static mo_cell alloc_shared(mo_str_buffer *buffer, mo_span span) {
    mo_cell cell = mo_alloc(MO_STR, MO_CLASS(MO_STR, sizeof(mo_long_str) / 8),
                            MO_FLAG_BUFFER | (is_ascii(span) ? MO_FLAG_ASCII : 0));
    mo_long_str *slot = (mo_long_str *)(void *)mo_at_index((uint32_t)cell);
    slot->head.data = span.data;
    slot->head.bytes = span.bytes;
    slot->head.chars = span.chars;
    slot->buffer = buffer;
    slot->crumb_char = slot->crumb_byte = 0;
    buffer->refs++;
    return cell;
}
/* A string that has a buffer; null for others. */
static mo_long_str *long_str(mo_cell text) {
    mo_str_slot *slot;
    if (mo_is_short(text)) return NULL;
    slot = mo_deref(text);
    return slot->head.meta & MO_FLAG_BUFFER ? (mo_long_str *)(void *)slot : NULL;
}
static mo_cell copy_span(mo_span span, uint32_t site) {
    unsigned char *data;
    mo_cell cell;
    mo_str_buffer *buffer;
    if (span.bytes <= SHORT_MAX) return short_cell(span.data, span.bytes);
    if (span.bytes <= INLINE_MAX) {
        cell = alloc_inline(span.bytes, span.chars, &data);
        memcpy(data, span.data, span.bytes);
        return cell;
    }
    buffer = new_buffer(span.bytes, span.bytes, site);
    data = (unsigned char *)(buffer + 1);
    memcpy(data, span.data, span.bytes);
    span.data = data;
    return alloc_shared(buffer, span);
}
mo_cell mo_str_new(const void *bytes, size_t len, uint32_t site) {
    mo_span span;
    span.data = bytes;
    span.bytes = check_len(len, site);
    span.chars = mo_count_chars(bytes, len);
    return copy_span(span, site);
}
mo_cell mo_str_constant(const char *bytes, size_t len) {
#ifdef MOCHI_EMBEDDED
    /* It stays where it is; its parts are copied, which costs less memory than a copy of each constant. */
    mo_span span;
    span.data = (const unsigned char *)bytes;
    span.bytes = check_len(len, 0);
    span.chars = mo_count_chars(span.data, len);
    if (span.bytes > SHORT_MAX) {
        mo_cell cell = mo_alloc(MO_STR, MO_CLASS(MO_STR, (sizeof(mo_str_slot) + 7) / 8), is_ascii(span) ? MO_FLAG_ASCII : 0);
        mo_str_slot *slot = (mo_str_slot *)(void *)mo_at_index((uint32_t)cell);
        slot->data = span.data;
        slot->bytes = span.bytes;
        slot->chars = span.chars;
        return cell;
    }
#endif
    return mo_str_new(bytes, len, 0);
}
mo_cell mo_str_from_buf(mo_buf *buf, uint32_t site) {
    mo_cell cell = mo_str_new(buf->bytes ? buf->bytes : "", buf->len, site);
    mo_buf_free(buf);
    return cell;
}
int64_t mo_str_len(mo_cell text) {
    return mo_span_of(&text).chars;
}
int64_t mo_str_bytes(mo_cell text) {
    return mo_span_of(&text).bytes;
}

/* The bytes of a short string, all that a cell has room for. */
static void store_short(unsigned char *to, mo_cell text) {
    to[0] = (unsigned char)text;
    to[1] = (unsigned char)(text >> 8);
    to[2] = (unsigned char)(text >> 16);
    to[3] = (unsigned char)(text >> 24);
    to[4] = (unsigned char)(text >> 32);
}
/* `first` with a short string behind it, in its buffer; 0 where there is no room. */
static mo_cell append_short(mo_long_str *first, mo_cell more) {
    mo_str_buffer *buffer = first->buffer;
    unsigned char *end = (unsigned char *)(buffer + 1) + buffer->used;
    mo_span part, whole;
    /* All bytes of the cell are written, which costs less than a loop over as many as count. */
    if (first->head.data + first->head.bytes != end || buffer->capacity - buffer->used < SHORT_MAX) return 0;
    store_short(end, more);
    part = mo_span_of(&more);
    buffer->used += part.bytes;
    mo_charge(part.bytes);
    whole.data = first->head.data;
    whole.bytes = first->head.bytes + part.bytes;
    whole.chars = first->head.chars + part.chars;
    return alloc_shared(buffer, whole);
}
static unsigned char *copy_parts(unsigned char *to, const mo_cell *parts, uint32_t from, uint32_t count) {
    uint32_t i;
    for (i = from; i < count; i++) {
        mo_span span = mo_span_of(&parts[i]);
        memcpy(to, span.data, span.bytes);
        to += span.bytes;
    }
    return to;
}
/* All parts as one string: in the buffer of the first when that ends where the used part of the buffer ends. */
static mo_cell concat_parts(const mo_cell *parts, uint32_t count, uint32_t site) {
    size_t len = 0, capacity;
    uint32_t chars = 0, filled = 0, last = 0, i;
    unsigned char *data;
    mo_str_buffer *buffer;
    mo_long_str *first;
    mo_span whole;
    for (i = 0; i < count; i++) {
        mo_span span = mo_span_of(&parts[i]);
        len += span.bytes;
        chars += span.chars;
        if (span.bytes) {
            filled++;
            last = i;
        }
    }
    if (filled == 0) return MO_EMPTY;
    if (filled == 1) return parts[last];
    if (len <= SHORT_MAX) {
        unsigned char joined[8];
        copy_parts(joined, parts, 0, count);
        return short_cell(joined, (uint32_t)len);
    }
    if (len <= INLINE_MAX) {
        mo_cell cell = alloc_inline((uint32_t)len, chars, &data);
        copy_parts(data, parts, 0, count);
        return cell;
    }
    capacity = len;
    whole.bytes = check_len(len, site);
    whole.chars = chars;
    first = long_str(parts[0]);
    if (first) {
        uint32_t more = whole.bytes - first->head.bytes;
        buffer = first->buffer;
        data = (unsigned char *)(buffer + 1) + buffer->used;
        if (first->head.data + first->head.bytes == data) {
            if (buffer->capacity - buffer->used >= more) {
                copy_parts(data, parts, 1, count);
                buffer->used += more;
                mo_charge(more);
                whole.data = first->head.data;
                return alloc_shared(buffer, whole);
            }
            if (buffer->grown) capacity = len < LARGE ? 2 * len : 16 * len < 64 * LARGE ? 64 * LARGE : 16 * len;
        }
    }
    buffer = new_buffer(whole.bytes, capacity, site);
    data = (unsigned char *)(buffer + 1);
    copy_parts(data, parts, 0, count);
    buffer->grown = 1;
    whole.data = data;
    return alloc_shared(buffer, whole);
}
mo_cell mo_str_concat_now(mo_cell a, mo_cell b, uint32_t site) {
    mo_cell parts[2];
    parts[0] = a;
    parts[1] = b;
    return concat_parts(parts, 2, site);
}
/* The parts lie on the stack of the caller, where the collector sees them. */
mo_cell mo_str_concat(const mo_cell *parts, uint32_t count, uint32_t site) {
    mo_long_str *first;
    mo_cell whole;
    mo_safepoint();
    if (count == 2 && mo_is_short(parts[1]) && parts[1] != MO_EMPTY && (first = long_str(parts[0])) != NULL &&
        (whole = append_short(first, parts[1])) != 0)
        return whole;
    return concat_parts(parts, count, site);
}
static mo_cell own_now(mo_cell text) {
    mo_long_str *slot = long_str(text);
    return slot ? alloc_shared(slot->buffer, mo_span_of(&text)) : text;
}
mo_cell mo_rt_str_own(mo_cell text, uint32_t site) {
    (void)site;
    mo_safepoint();
    return own_now(text);
}
/* Only strings with buffers are made longer, so others may have several holders. */
mo_cell mo_rt_str_push(mo_cell text, mo_cell more, uint32_t site) {
    mo_long_str *slot;
    mo_cell whole;
    mo_safepoint();
    slot = long_str(text);
    if (slot) {
        mo_str_buffer *buffer = slot->buffer;
        unsigned char *end = (unsigned char *)(buffer + 1) + buffer->used;
        uint32_t room = buffer->capacity - buffer->used;
        mo_span part = mo_span_of(&more);
        if (MO_LIKELY(slot->head.data + slot->head.bytes == end && room >= part.bytes)) {
            if (mo_is_short(more) && room >= SHORT_MAX)
                store_short(end, more);
            else
                memcpy(end, part.data, part.bytes);
            buffer->used += part.bytes;
            mo_charge(part.bytes);
            slot->head.bytes += part.bytes;
            slot->head.chars += part.chars;
            if (!is_ascii(part)) slot->head.head.meta &= ~MO_FLAG_ASCII;
            return text;
        }
    }
    whole = mo_str_concat_now(text, more, site);
    return whole == more ? own_now(more) : whole;
}
static uint64_t load(const unsigned char *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word;
}
bool mo_str_eq_slow(mo_cell a, mo_cell b) {
    mo_span x = mo_span_of(&a), y = mo_span_of(&b);
    uint32_t i;
    if (x.bytes != y.bytes) return false;
    if (x.data == y.data) return true;
    /* Most strings are a few words long: comparing them costs less than a call. */
    if (x.bytes < 8 || x.bytes > 64) return memcmp(x.data, y.data, x.bytes) == 0;
    for (i = 0; i + 8 < x.bytes; i += 8)
        if (load(x.data + i) != load(y.data + i)) return false;
    return load(x.data + x.bytes - 8) == load(y.data + x.bytes - 8);
}
int mo_str_cmp(mo_cell a, mo_cell b) {
    mo_span x = mo_span_of(&a), y = mo_span_of(&b);
    int order = memcmp(x.data, y.data, x.bytes < y.bytes ? x.bytes : y.bytes);
    if (order) return order < 0 ? -1 : 1;
    return x.bytes < y.bytes ? -1 : x.bytes > y.bytes;
}

/* ---- Positions ---- */

void mo_clamp(int64_t from, int64_t to, uint64_t len, uint64_t *start, uint64_t *end) {
    int64_t n = (int64_t)len;
    if (from < 0) from = from < -n ? 0 : from + n;
    if (to < 0) to = to < -n ? 0 : to + n;
    if (from > n) from = n;
    if (to > n) to = n;
    *start = (uint64_t)from;
    *end = (uint64_t)(to < from ? from : to);
}
uint32_t mo_str_offset(mo_cell text, uint32_t at) {
    mo_span span = mo_span_of(&text);
    mo_long_str *slot = is_ascii(span) ? NULL : long_str(text);
    uint32_t here = 0, byte = 0, away;
    if (is_ascii(span)) return at;
    if (slot) {
        here = slot->crumb_char;
        byte = slot->crumb_byte;
    }
    away = at > here ? at - here : here - at;
    if (at < away) {
        here = byte = 0;
    } else if (span.chars - at < away) {
        here = span.chars;
        byte = span.bytes;
    }
    while (here < at) {
        byte += mo_char_bytes(span.data[byte]);
        here++;
    }
    while (here > at) {
        do byte--;
        while ((span.data[byte] & 0xC0) == 0x80);
        here--;
    }
    if (slot) {
        slot->crumb_char = at;
        slot->crumb_byte = byte;
    }
    return byte;
}
mo_cell mo_str_char(mo_cell text, int64_t offset) {
    mo_span span = mo_span_of(&text);
    return short_cell(span.data + offset, mo_char_bytes(span.data[offset]));
}
mo_cell mo_str_index_now(mo_cell text, int64_t index, uint32_t site) {
    mo_span span = mo_span_of(&text);
    int64_t at = index < 0 ? index + span.chars : index;
    if (at < 0 || at >= span.chars) mo_trap_str_index(index, span.chars, site);
    return mo_str_char(text, mo_str_offset(text, (uint32_t)at));
}
mo_cell mo_str_index_slow(mo_cell text, int64_t index, uint32_t site) {
    return mo_str_index_now(text, index, site);
}
mo_cell mo_substring(mo_cell text, uint32_t start, uint32_t end, uint32_t chars, uint32_t site) {
    mo_span whole = mo_span_of(&text), part;
    mo_long_str *slot;
    part.data = whole.data + start;
    part.bytes = end - start;
    part.chars = chars;
    if (part.bytes > INLINE_MAX && (slot = long_str(text)) != NULL &&
        (uint64_t)part.bytes * SHARE >= slot->buffer->capacity)
        return alloc_shared(slot->buffer, part);
    return copy_span(part, site);
}
mo_cell mo_str_slice_now(mo_cell text, int64_t from, int64_t to, uint32_t site) {
    mo_span span = mo_span_of(&text);
    uint64_t start, end;
    mo_clamp(from, to, span.chars, &start, &end);
    if (start == end) return MO_EMPTY;
    if (end - start == span.chars) return text;
    if (is_ascii(span)) return mo_substring(text, (uint32_t)start, (uint32_t)end, (uint32_t)(end - start), site);
    {
        uint32_t first = mo_str_offset(text, (uint32_t)start), last = mo_str_offset(text, (uint32_t)end);
        return mo_substring(text, first, last, (uint32_t)(end - start), site);
    }
}
mo_cell mo_str_slice(mo_cell text, int64_t from, int64_t to, uint32_t site) {
    mo_safepoint();
    return mo_str_slice_now(text, from, to, site);
}

/* ---- Rows ---- */

static const unsigned char *find(const unsigned char *in, size_t len, const unsigned char *part, size_t part_len) {
    const unsigned char *end;
    if (part_len == 0) return in;
    if (part_len > len) return NULL;
    end = in + (len - part_len);
    while (in <= end) {
        in = memchr(in, part[0], (size_t)(end - in) + 1);
        if (!in || part_len == 1) return in;
        if (in[1] == part[1] && memcmp(in, part, part_len) == 0) return in;
        in++;
    }
    return NULL;
}
int64_t mo_rt_str_compare(mo_cell a, mo_cell b, uint32_t site) {
    (void)site;
    return mo_str_cmp(a, b);
}
int64_t mo_rt_str_byte_len(mo_cell text, uint32_t site) {
    (void)site;
    return mo_str_bytes(text);
}
int64_t mo_rt_str_byte(mo_cell text, int64_t offset, uint32_t site) {
    mo_span span = mo_span_of(&text);
    (void)site;
    return offset >= 0 && offset < span.bytes ? span.data[offset] : 0;
}
int64_t mo_rt_str_find(mo_cell text, mo_cell part, int64_t from, uint32_t site) {
    mo_span whole = mo_span_of(&text), wanted = mo_span_of(&part);
    uint32_t start;
    const unsigned char *found;
    (void)site;
    if (from < 0) from = 0;
    if (from > whole.chars) return -1;
    start = mo_str_offset(text, (uint32_t)from);
    found = find(whole.data + start, whole.bytes - start, wanted.data, wanted.bytes);
    if (!found) return -1;
    if (is_ascii(whole)) return found - whole.data;
    return from + mo_count_chars(whole.data + start, (size_t)(found - whole.data) - start);
}
static int64_t in_set(mo_cell text, int64_t from, mo_cell set, bool inside) {
    mo_span span = mo_span_of(&text), chars = mo_span_of(&set);
    bool table[256] = {false};
    int64_t i;
    for (i = 0; i < chars.bytes; i++)
        if (chars.data[i] < 0x80) table[chars.data[i]] = true;
    if (from < 0) from = 0;
    for (i = from; i < span.bytes; i++)
        if (table[span.data[i]] == inside) return i;
    return span.bytes;
}
int64_t mo_rt_str_until(mo_cell text, int64_t from, mo_cell set, uint32_t site) {
    (void)site;
    return in_set(text, from, set, true);
}
int64_t mo_rt_str_while(mo_cell text, int64_t from, mo_cell set, uint32_t site) {
    (void)site;
    return in_set(text, from, set, false);
}
mo_cell mo_rt_str_part(mo_cell text, int64_t from, int64_t to, uint32_t site) {
    mo_span span = mo_span_of(&text);
    int64_t bounds[2];
    int i;
    mo_safepoint();
    bounds[0] = from;
    bounds[1] = to;
    for (i = 0; i < 2; i++) {
        if (bounds[i] < 0) bounds[i] = 0;
        if (bounds[i] > span.bytes) bounds[i] = span.bytes;
        while (bounds[i] > 0 && bounds[i] < span.bytes && (span.data[bounds[i]] & 0xC0) == 0x80) bounds[i]--;
    }
    if (bounds[0] >= bounds[1]) return MO_EMPTY;
    if (bounds[1] - bounds[0] == span.bytes) return text;
    return mo_substring(text, (uint32_t)bounds[0], (uint32_t)bounds[1],
                        is_ascii(span) ? (uint32_t)(bounds[1] - bounds[0])
                                       : mo_count_chars(span.data + bounds[0], (size_t)(bounds[1] - bounds[0])),
                        site);
}
/* Pieces that are found before the list is made, so that most lists have the right size at once. */
#define FIRST_PIECES 32u
mo_cell mo_rt_str_split(mo_cell text, mo_cell separator, uint32_t site) {
    uint32_t ends[FIRST_PIECES], known = 0, next = 0, at = 0;
    bool all = false;
    mo_cell list;
    mo_span span, sep;
    mo_safepoint();
    span = mo_span_of(&text);
    sep = mo_span_of(&separator);
    if (sep.bytes == 0) {
        list = mo_list_make(MO_TYPE_STR, span.chars, site);
        while (at < span.bytes) {
            mo_list_add_own(list, mo_str_char(text, at), site);
            at += mo_char_bytes(span.data[at]);
        }
        return list;
    }
    while (!all && known < FIRST_PIECES) {
        const unsigned char *found = find(span.data + at, span.bytes - at, sep.data, sep.bytes);
        all = !found;
        ends[known++] = found ? (uint32_t)(found - span.data) : span.bytes;
        at = ends[known - 1] + sep.bytes;
    }
    list = mo_list_make(MO_TYPE_STR, known, site);
    for (at = 0;; at += sep.bytes) {
        mo_cell piece = MO_EMPTY;
        bool last = all && next + 1 == known;
        uint32_t end;
        if (next < known) {
            end = ends[next++];
        } else {
            const unsigned char *found = find(span.data + at, span.bytes - at, sep.data, sep.bytes);
            last = !found;
            end = found ? (uint32_t)(found - span.data) : span.bytes;
        }
        if (end > at)
            piece = mo_substring(text, at, end, is_ascii(span) ? end - at : mo_count_chars(span.data + at, end - at),
                                 site);
        mo_list_add_own(list, piece, site);
        if (last) return list;
        at = end;
    }
}
mo_cell mo_rt_str_join(mo_cell parts, mo_cell separator, uint32_t site) {
    mo_list_slot *list;
    const mo_cell *cells;
    mo_span sep, span;
    uint64_t i;
    size_t bytes = 0, chars = 0;
    unsigned char *data, *to;
    mo_cell cell;
    mo_str_buffer *buffer = NULL;
    unsigned char room[8];
    uint32_t total;
    mo_safepoint();
    if (mo_list_kind(parts) != MO_CELL) mo_trap_expected("list<string>", "a list of other values", site);
    list = mo_list(parts);
    cells = list->data;
    sep = mo_span_of(&separator);
    for (i = 0; i < list->len; i++) {
        if (!mo_is_str(cells[i])) mo_trap_expected("string", mo_type_name(cells[i]), site);
        span = mo_span_of(&cells[i]);
        bytes += span.bytes + (i ? sep.bytes : 0);
        chars += span.chars + (i ? sep.chars : 0);
    }
    total = check_len(bytes, site);
    cell = 0;
    if (total <= SHORT_MAX) {
        data = room;
    } else if (total <= INLINE_MAX) {
        cell = alloc_inline(total, (uint32_t)chars, &data);
    } else {
        buffer = new_buffer(total, total, site);
        data = (unsigned char *)(buffer + 1);
    }
    to = data;
    for (i = 0; i < list->len; i++) {
        if (i) {
            memcpy(to, sep.data, sep.bytes);
            to += sep.bytes;
        }
        span = mo_span_of(&cells[i]);
        memcpy(to, span.data, span.bytes);
        to += span.bytes;
    }
    if (total <= SHORT_MAX) return short_cell(room, total);
    if (!buffer) return cell;
    span.data = data;
    span.bytes = total;
    span.chars = (uint32_t)chars;
    return alloc_shared(buffer, span);
}
/* Letters from `first` on change their case, among ASCII by one bit. */
static mo_cell mapped(mo_cell text, void (*map)(mo_buf *, uint32_t), unsigned char first, uint32_t site) {
    mo_buf out = {0};
    mo_span span;
    uint32_t at = 0;
    mo_safepoint();
    span = mo_span_of(&text);
    if (is_ascii(span) && span.bytes <= INLINE_MAX) {
        unsigned char changed[INLINE_MAX];
        for (at = 0; at < span.bytes; at++) {
            unsigned char c = span.data[at];
            changed[at] = (unsigned char)(c - first) < 26 ? c ^ 0x20 : c;
        }
        span.data = changed;
        return copy_span(span, site);
    }
    while (at < span.bytes) {
        map(&out, mo_decode(span.data + at));
        at += mo_char_bytes(span.data[at]);
    }
    return mo_str_from_buf(&out, site);
}
mo_cell mo_rt_str_upper(mo_cell text, uint32_t site) {
    return mapped(text, mo_upper, 'a', site);
}
mo_cell mo_rt_str_lower(mo_cell text, uint32_t site) {
    return mapped(text, mo_lower, 'A', site);
}
mo_cell mo_rt_str_from_code(int64_t code, uint32_t site) {
    mo_buf out = {0};
    if (code < 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) code = 0xFFFD;
    mo_buf_code(&out, (uint32_t)code);
    return mo_str_from_buf(&out, site);
}
int64_t mo_rt_str_code(mo_cell text, int64_t at, uint32_t site) {
    mo_span span = mo_span_of(&text);
    (void)site;
    if (at < 0 || at >= span.chars) return -1;
    return mo_decode(span.data + mo_str_offset(text, (uint32_t)at));
}
