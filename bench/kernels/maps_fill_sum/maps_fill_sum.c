#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Open addressing with linear probing, grown at three quarters full. */

typedef struct {
    bool used;
    long key, value;
} IntSlot;

typedef struct {
    IntSlot *slots;
    size_t len, cap;
} IntMap;

static IntSlot *int_find(const IntMap *m, long key) {
    size_t i = ((uint64_t)key * 0x9E3779B97F4A7C15u >> 20) & (m->cap - 1);
    while (m->slots[i].used && m->slots[i].key != key) i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

static void int_put(IntMap *m, long key, long value) {
    if ((m->len + 1) * 4 > m->cap * 3) {
        IntMap bigger = {0};
        bigger.cap = m->cap ? m->cap * 2 : 8;
        bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
        bigger.len = m->len;
        for (size_t i = 0; i < m->cap; i++)
            if (m->slots[i].used) *int_find(&bigger, m->slots[i].key) = m->slots[i];
        free(m->slots);
        *m = bigger;
    }
    IntSlot *slot = int_find(m, key);
    m->len += !slot->used;
    *slot = (IntSlot){true, key, value};
}

typedef struct {
    char *key;
    uint64_t hash;
    long value;
} StringSlot;

typedef struct {
    StringSlot *slots;
    size_t len, cap;
} StringMap;

static uint64_t hash_of(const char *key) {
    uint64_t hash = 0xCBF29CE484222325u;
    for (; *key; key++) hash = (hash ^ (unsigned char)*key) * 0x100000001B3u;
    return hash ^ hash >> 32;
}

static StringSlot *string_find(const StringMap *m, const char *key, uint64_t hash) {
    size_t i = hash & (m->cap - 1);
    while (m->slots[i].key && (m->slots[i].hash != hash || strcmp(m->slots[i].key, key) != 0))
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

static StringSlot *string_entry(StringMap *m, const char *key) {
    if ((m->len + 1) * 4 > m->cap * 3) {
        StringMap bigger = {0};
        bigger.cap = m->cap ? m->cap * 2 : 8;
        bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
        bigger.len = m->len;
        for (size_t i = 0; i < m->cap; i++)
            if (m->slots[i].key) *string_find(&bigger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
        free(m->slots);
        *m = bigger;
    }
    return string_find(m, key, hash_of(key));
}

static long int_keys(long count) {
    IntMap m = {0};
    for (long i = 0; i < count; i++) int_put(&m, i * 7919 % 2000003, i);
    for (long i = 0; i < count; i++) {
        IntSlot *slot = int_find(&m, i * 31 % 2000003);
        if (slot->used) slot->value += i;
    }
    long sum = 0;
    for (long k = 0; k < count; k++) {
        const IntSlot *slot = int_find(&m, k);
        if (slot->used) sum = (sum + slot->value * (k % 7)) % 1000000007;
    }
    return (sum + (long)m.len) % 1000000007;
}

static long string_keys(long count) {
    StringMap m = {0};
    long distinct_keys = count / 4;
    char key[32];
    for (long i = 0; i < count; i++) {
        snprintf(key, sizeof key, "k%ld", i * 17 % distinct_keys);
        StringSlot *slot = string_entry(&m, key);
        if (slot->key) {
            slot->value += i % 10;
        } else {
            char *copy = malloc(strlen(key) + 1);
            strcpy(copy, key);
            *slot = (StringSlot){copy, hash_of(key), 1};
            m.len++;
        }
    }
    long sum = 0;
    for (long i = 0; i < distinct_keys; i++) {
        snprintf(key, sizeof key, "k%ld", i);
        const StringSlot *slot = string_find(&m, key, hash_of(key));
        sum = (sum + slot->value * (i % 7)) % 1000000007;
    }
    return (sum + (long)m.len) % 1000000007;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1500000;
    printf("%ld %ld\n", int_keys(n), string_keys(n));
    return 0;
}
