/* What the runtime needs of a C library, where there is none: bytes, memory beside the heap.
 *
 * Memory is in blocks, each with a header that has its size and that of the block below it. Free blocks that touch are
 * joined at once; they are in lists by size, four for each power of two, of which bits tell those that have some. So all
 * operations take constant time (two-level segregated fit). */
#include "internal.h"

/* ---- Bytes ---- */

/* Compilers would make calls of these very functions out of their loops. */
#if defined(__clang__)
#define MO_LOOPS __attribute__((no_builtin))
#elif defined(__GNUC__) && !defined(__TINYC__)
#define MO_LOOPS __attribute__((optimize("no-tree-loop-distribute-patterns")))
#else
#define MO_LOOPS
#endif

#undef memcpy
#undef memset
#undef memcmp
void *memcpy(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);

static bool words_fit(const void *a, const void *b) {
    return (((uintptr_t)a ^ (uintptr_t)b) & (sizeof(size_t) - 1)) == 0;
}
static bool is_aligned(const void *at) {
    return ((uintptr_t)at & (sizeof(size_t) - 1)) == 0;
}
MO_WEAK MO_LOOPS void *memcpy(void *to, const void *from, size_t len) {
    unsigned char *t = to;
    const unsigned char *f = from;
    if (words_fit(t, f)) {
        for (; len && !is_aligned(t); len--) *t++ = *f++;
        for (; len >= sizeof(size_t); len -= sizeof(size_t), t += sizeof(size_t), f += sizeof(size_t))
            *(size_t *)(void *)t = *(const size_t *)(const void *)f;
    }
    for (; len; len--) *t++ = *f++;
    return to;
}
MO_WEAK MO_LOOPS void *memmove(void *to, const void *from, size_t len) {
    unsigned char *t = to;
    const unsigned char *f = from;
    if ((uintptr_t)t - (uintptr_t)f >= len) return memcpy(to, from, len);
    t += len;
    f += len;
    if (words_fit(t, f)) {
        for (; len && !is_aligned(t); len--) *--t = *--f;
        for (; len >= sizeof(size_t); len -= sizeof(size_t)) {
            t -= sizeof(size_t);
            f -= sizeof(size_t);
            *(size_t *)(void *)t = *(const size_t *)(const void *)f;
        }
    }
    for (; len; len--) *--t = *--f;
    return to;
}
MO_WEAK MO_LOOPS void *memset(void *to, int byte, size_t len) {
    unsigned char *t = to;
    size_t word = (unsigned char)byte * (SIZE_MAX / 255);
    for (; len && !is_aligned(t); len--) *t++ = (unsigned char)byte;
    for (; len >= sizeof word; len -= sizeof word, t += sizeof word) *(size_t *)(void *)t = word;
    for (; len; len--) *t++ = (unsigned char)byte;
    return to;
}
MO_WEAK MO_LOOPS int memcmp(const void *a, const void *b, size_t len) {
    const unsigned char *x = a, *y = b;
    for (; len; len--, x++, y++)
        if (*x != *y) return *x < *y ? -1 : 1;
    return 0;
}
MO_LOOPS void *memchr(const void *bytes, int byte, size_t len) {
    const unsigned char *at = bytes;
    for (; len; len--, at++)
        if (*at == (unsigned char)byte) return (void *)(uintptr_t)at;
    return NULL;
}
MO_LOOPS size_t strlen(const char *text) {
    const char *end = text;
    while (*end) end++;
    return (size_t)(end - text);
}
MO_LOOPS int strcmp(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

/* ---- Memory ---- */

typedef struct piece {
    /* Bytes of the block below that touches this one, 0 when none does; bytes of this one, headers included. */
    size_t below, bytes;
} piece;
typedef struct free_piece {
    piece head;
    struct free_piece *next, *last;
} free_piece;

#define GRAIN sizeof(piece)
#define IS_FREE ((size_t)1)
#define OF_SYSTEM ((size_t)2)
#define FLAGS (IS_FREE | OF_SYSTEM)
#define LISTS_PER_POWER 4u
/* Blocks of a list that are looked at. */
#define TRIES 8u
#define POWERS (sizeof(size_t) * 8)
/* Blocks of so many bytes are the system's. */
#ifdef MOCHI_EMBEDDED
#define LARGE_BYTES SIZE_MAX
#else
#define LARGE_BYTES ((size_t)512 << 10)
#endif

static free_piece *lists[POWERS * LISTS_PER_POWER];
/* By power: which of its lists have blocks. */
static uint8_t filled[POWERS];
static piece *lowest;

static size_t bytes_of(const piece *p) {
    return p->bytes & ~FLAGS;
}
static piece *above(piece *p) {
    return (piece *)(void *)((char *)p + bytes_of(p));
}
static piece *piece_of(void *memory) {
    return (piece *)memory - 1;
}
static unsigned power_below(size_t bytes) {
    unsigned power = 0, step;
    for (step = sizeof(size_t) * 4; step; step /= 2)
        if (bytes >> step) {
            power += step;
            bytes >>= step;
        }
    return power;
}
static size_t list_of(size_t bytes) {
    unsigned power = power_below(bytes);
    return power * LISTS_PER_POWER + (bytes >> (power - 2) & 3);
}
static void leave(free_piece *p) {
    size_t list = list_of(bytes_of(&p->head));
    if (p->next) p->next->last = p->last;
    if (p->last)
        p->last->next = p->next;
    else if (!(lists[list] = p->next))
        filled[list / LISTS_PER_POWER] &= (uint8_t)~(1u << list % LISTS_PER_POWER);
    p->head.bytes &= ~IS_FREE;
}
/* Joins a block with its free neighbours and lists what comes out. */
static void release(piece *p) {
    piece *next = above(p);
    free_piece *f;
    size_t list;
    if (next->bytes & IS_FREE) {
        leave((free_piece *)(void *)next);
        p->bytes += bytes_of(next);
    }
    if (p->below) {
        piece *before = (piece *)(void *)((char *)p - p->below);
        if (before->bytes & IS_FREE) {
            leave((free_piece *)(void *)before);
            before->bytes += p->bytes;
            p = before;
        }
    }
    above(p)->below = p->bytes;
    list = list_of(p->bytes);
    p->bytes |= IS_FREE;
    f = (free_piece *)(void *)p;
    f->last = NULL;
    f->next = lists[list];
    if (f->next) f->next->last = f;
    lists[list] = f;
    filled[list / LISTS_PER_POWER] |= (uint8_t)(1u << list % LISTS_PER_POWER);
}
/* Gives back what of a block is beyond so many bytes, if that is a block of its own. */
static void cut(piece *p, size_t bytes) {
    size_t rest = bytes_of(p) - bytes;
    piece *end = above(p), *more;
    if (rest < sizeof(free_piece)) return;
    p->bytes = bytes;
    more = above(p);
    more->below = bytes;
    more->bytes = rest;
    end->below = rest;
    release(more);
}
/* A free block of at least so many bytes: one of the first in the list for that size, or the first in any list above, which
 * has large enough ones only. */
static piece *take_free(size_t bytes) {
    size_t list = list_of(bytes), power = list / LISTS_PER_POWER;
    unsigned above_it = filled[power] & ~((2u << list % LISTS_PER_POWER) - 1), tries = TRIES;
    free_piece *p;
    for (p = lists[list]; p && bytes_of(&p->head) < bytes; p = p->next)
        if (!--tries) {
            p = NULL;
            break;
        }
    if (!p) {
        while (!above_it) {
            if (++power == POWERS) return NULL;
            above_it = filled[power];
        }
        for (list = power * LISTS_PER_POWER; !(above_it & 1); above_it >>= 1) list++;
        p = lists[list];
    }
    leave(p);
    return &p->head;
}
static bool grow(size_t bytes) {
    size_t got;
    piece *p = mo_os_more(bytes + GRAIN, &got);
    if (!p) return false;
    p->below = 0;
    if ((char *)p + got == (char *)lowest) {
        p->bytes = got;
    } else {
        /* A block that is never free ends what does not touch others. */
        p->bytes = got - GRAIN;
        above(p)->bytes = 0;
    }
    above(p)->below = p->bytes;
    lowest = p;
    release(p);
    return true;
}
static size_t rounded(size_t bytes) {
    bytes = (bytes + GRAIN + GRAIN - 1) & ~(GRAIN - 1);
    return bytes < sizeof(free_piece) ? sizeof(free_piece) : bytes;
}
void *malloc(size_t bytes) {
    piece *p;
    if (bytes > SIZE_MAX / 4) return NULL;
    bytes = rounded(bytes);
    if (bytes >= LARGE_BYTES) {
        p = mo_os_large(NULL, 0, bytes);
        if (!p) return NULL;
        p->bytes = bytes | OF_SYSTEM;
        return p + 1;
    }
    while (!(p = take_free(bytes)))
        if (!grow(bytes)) return NULL;
    cut(p, bytes);
    return p + 1;
}
void free(void *memory) {
    piece *p;
    if (!memory) return;
    p = piece_of(memory);
    if (p->bytes & OF_SYSTEM)
        mo_os_large_free(p, bytes_of(p));
    else
        release(p);
}
void *realloc(void *old, size_t bytes) {
    piece *p, *next;
    size_t want = rounded(bytes), have;
    void *new;
    if (!old) return malloc(bytes);
    if (bytes > SIZE_MAX / 4) return NULL;
    p = piece_of(old);
    have = bytes_of(p);
    if (p->bytes & OF_SYSTEM && want >= LARGE_BYTES) {
        p = mo_os_large(p, have, want);
        if (!p) return NULL;
        p->bytes = want | OF_SYSTEM;
        return p + 1;
    }
    if (!(p->bytes & OF_SYSTEM)) {
        next = above(p);
        if (have < want && next->bytes & IS_FREE && have + bytes_of(next) >= want) {
            leave((free_piece *)(void *)next);
            p->bytes = have += bytes_of(next);
            above(p)->below = have;
        }
        if (have >= want) {
            cut(p, want);
            return old;
        }
    }
    new = malloc(bytes);
    if (!new) return NULL;
    memcpy(new, old, (have < want ? have : want) - GRAIN);
    free(old);
    return new;
}
