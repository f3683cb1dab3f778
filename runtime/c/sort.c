/* Sorting. That of the C library is another one on each system, and larger than all of a small program. */
#include "internal.h"

#define SHORT_RUN 8u

static void insert_each(uint32_t *items, size_t len, mo_before *before, const void *of) {
    size_t i, at;
    for (i = 1; i < len; i++) {
        uint32_t item = items[i];
        for (at = i; at && before(item, items[at - 1], of); at--) items[at] = items[at - 1];
        items[at] = item;
    }
}
static void merge(uint32_t *out, const uint32_t *left, const uint32_t *middle, const uint32_t *end, mo_before *before,
                  const void *of) {
    const uint32_t *right = middle;
    while (left < middle && right < end) *out++ = before(*right, *left, of) ? *right++ : *left++;
    while (left < middle) *out++ = *left++;
    while (right < end) *out++ = *right++;
}
void mo_sort(uint32_t *items, size_t len, mo_before *before, const void *of) {
    size_t width, at;
    uint32_t *from = items, *to, *room;
    for (at = 0; at < len; at += SHORT_RUN) insert_each(items + at, len - at < SHORT_RUN ? len - at : SHORT_RUN, before, of);
    if (len <= SHORT_RUN) return;
    to = room = mo_xmalloc(len * sizeof *room);
    for (width = SHORT_RUN; width < len; width *= 2) {
        uint32_t *merged = to;
        for (at = 0; at < len; at += 2 * width) {
            size_t middle = len - at < width ? len : at + width, end = len - at < 2 * width ? len : at + 2 * width;
            if (middle == end || !before(from[middle], from[middle - 1], of))
                mo_copy(to + at, from + at, (end - at) * sizeof *to);
            else
                merge(to + at, from + at, from + middle, from + end, before, of);
        }
        to = from;
        from = merged;
    }
    if (from != items) mo_copy(items, from, len * sizeof *items);
    free(room);
}
