#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Open addressing with linear probing, grown at three quarters full. A key is a string or, without one, a number. */

typedef struct {
    long *items;
    size_t len, cap;
} List;

typedef struct {
    int used;
    char *name;
    long number;
    uint64_t hash;
    long value;
    List items;
} Slot;

typedef struct {
    Slot *slots;
    size_t len, cap;
} Map;

static uint64_t hash_of(const char *name, long number) {
    if (!name) return (uint64_t)number * 0x9E3779B97F4A7C15u >> 20;
    uint64_t hash = 0xCBF29CE484222325u;
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 0x100000001B3u;
    return hash ^ hash >> 32;
}

static Slot *find(const Map *m, const char *name, long number, uint64_t hash) {
    size_t i = hash & (m->cap - 1);
    for (; m->slots[i].used; i = (i + 1) & (m->cap - 1)) {
        const Slot *slot = &m->slots[i];
        if (slot->hash == hash && (name ? strcmp(slot->name, name) == 0 : slot->number == number)) break;
    }
    return &m->slots[i];
}

static char *copy_of(const char *name) {
    size_t size = strlen(name) + 1;
    return memcpy(malloc(size), name, size);
}

static Slot *entry(Map *m, const char *name, long number) {
    if ((m->len + 1) * 4 > m->cap * 3) {
        Map bigger = {0};
        bigger.cap = m->cap ? m->cap * 2 : 8;
        bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
        bigger.len = m->len;
        for (size_t i = 0; i < m->cap; i++) {
            const Slot *old = &m->slots[i];
            if (old->used) *find(&bigger, old->name, old->number, old->hash) = *old;
        }
        free(m->slots);
        *m = bigger;
    }
    uint64_t hash = hash_of(name, number);
    Slot *slot = find(m, name, number, hash);
    if (!slot->used) {
        *slot = (Slot){.used = 1, .name = name ? copy_of(name) : NULL, .number = number, .hash = hash};
        m->len++;
    }
    return slot;
}

static void push(List *list, long item) {
    if (list->len == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 4;
        list->items = realloc(list->items, list->cap * sizeof *list->items);
    }
    list->items[list->len++] = item;
}

static int by_key(const void *a, const void *b) {
    const Slot *x = *(const Slot *const *)a, *y = *(const Slot *const *)b;
    if (x->name) return strcmp(x->name, y->name);
    return (x->number > y->number) - (x->number < y->number);
}

static const Slot **sorted(const Map *m) {
    const Slot **slots = malloc(m->len * sizeof *slots);
    size_t len = 0;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slots[i].used) slots[len++] = &m->slots[i];
    qsort(slots, len, sizeof *slots, by_key);
    return slots;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1000000;
    Map by_name = {0}, by_number = {0}, groups = {0};
    long seed = 42, checksum = 0;
    for (long i = 0; i < n; i++) {
        seed = seed * 16807 % 2147483647;
        char name[16];
        snprintf(name, sizeof name, "item%ld", seed % 5000);
        entry(&by_name, name, 0)->value++;
        entry(&by_number, NULL, seed % 100003)->value += seed % 10;
        push(&entry(&groups, NULL, seed % 1000)->items, i);
    }
    const Slot **slots = sorted(&by_name);
    for (size_t i = 0; i < by_name.len; i++)
        checksum = (checksum * 31 + slots[i]->value + (long)strlen(slots[i]->name)) % 1000000007;
    slots = sorted(&by_number);
    for (size_t i = 0; i < by_number.len; i++)
        checksum = (checksum * 31 + slots[i]->value + slots[i]->number) % 1000000007;
    slots = sorted(&groups);
    for (size_t i = 0; i < groups.len; i++) {
        const List *items = &slots[i]->items;
        checksum = (checksum * 31 + (long)items->len + items->items[0] + items->items[items->len - 1]) % 1000000007;
    }
    printf("%zu %zu %zu %ld\n", by_name.len, by_number.len, groups.len, checksum);
    return 0;
}
