#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parts of one length to counts; a part points into the sequence. Open addressing, grown at three quarters full. */
typedef struct {
    const char *part;
    uint64_t hash;
    long count;
} Slot;

typedef struct {
    Slot *slots;
    size_t len, cap, size;
} Counts;

static Slot *find(const Counts *m, const char *part, uint64_t hash) {
    size_t i = hash & (m->cap - 1);
    while (m->slots[i].part && (m->slots[i].hash != hash || memcmp(m->slots[i].part, part, m->size) != 0))
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

static uint64_t hash_of(const char *part, size_t size) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < size; i++) hash = (hash ^ (unsigned char)part[i]) * 0x100000001B3u;
    return hash ^ hash >> 32;
}

static void count(Counts *m, const char *part) {
    if ((m->len + 1) * 4 > m->cap * 3) {
        Counts bigger = {.len = m->len, .cap = m->cap ? m->cap * 2 : 8, .size = m->size};
        bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
        for (size_t i = 0; i < m->cap; i++) {
            const Slot *old = &m->slots[i];
            if (old->part) *find(&bigger, old->part, old->hash) = *old;
        }
        free(m->slots);
        *m = bigger;
    }
    uint64_t hash = hash_of(part, m->size);
    Slot *slot = find(m, part, hash);
    if (!slot->part) {
        *slot = (Slot){part, hash, 0};
        m->len++;
    }
    slot->count++;
}

static char *make_sequence(long length) {
    static const double below[] = {0.302954942668, 0.5009432431601, 0.6984905497992, 1.0};
    long seed = 42;
    char *sequence = malloc((size_t)length + 1);
    for (long i = 0; i < length; i++) {
        seed = (seed * 3877 + 29573) % 139968;
        double r = (double)seed / 139968.0;
        int at = 0;
        while (r >= below[at]) at++;
        sequence[i] = "acgt"[at];
    }
    sequence[length] = 0;
    return sequence;
}

static Counts count_parts(const char *sequence, long length, size_t size) {
    Counts counts = {.size = size};
    for (long i = 0; i <= length - (long)size; i++) count(&counts, sequence + i);
    return counts;
}

static size_t compared_size;

static int by_part(const void *a, const void *b) {
    return memcmp((*(const Slot *const *)a)->part, (*(const Slot *const *)b)->part, compared_size);
}

int main(int argc, char **argv) {
    static const char *const parts[] = {"ggt", "ggta", "ggtatt", "ggtattttaatt", "ggtattttaatttatagt"};
    long n = argc > 1 ? atol(argv[1]) : 2500000;
    char *sequence = make_sequence(n);
    long checksum = 0;
    for (size_t size = 1; size <= 2; size++) {
        Counts counts = count_parts(sequence, n, size);
        const Slot **slots = malloc(counts.len * sizeof *slots);
        size_t len = 0;
        for (size_t i = 0; i < counts.cap; i++)
            if (counts.slots[i].part) slots[len++] = &counts.slots[i];
        compared_size = size;
        qsort(slots, len, sizeof *slots, by_part);
        for (size_t i = 0; i < len; i++) checksum = (checksum * 31 + slots[i]->count) % 1000000007;
        free(slots);
        free(counts.slots);
    }
    size_t different = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t size = strlen(parts[i]);
        Counts counts = count_parts(sequence, n, size);
        different += counts.len;
        checksum = (checksum * 31 + find(&counts, parts[i], hash_of(parts[i], size))->count) % 1000000007;
        free(counts.slots);
    }
    printf("%zu %ld\n", different, checksum);
    return 0;
}
