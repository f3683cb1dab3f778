#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char *bytes;
    size_t len, cap;
} Text;

static void add(Text *text, const char *piece) {
    size_t len = strlen(piece);
    if (text->len + len > text->cap) {
        text->cap = text->cap ? text->cap * 2 : 16;
        text->bytes = realloc(text->bytes, text->cap);
    }
    memcpy(text->bytes + text->len, piece, len);
    text->len += len;
}

/* Words to counts; a word points into the text. Open addressing, grown at three quarters full. */
typedef struct {
    const char *word;
    size_t len;
    uint64_t hash;
    long count;
} Slot;

typedef struct {
    Slot *slots;
    size_t len, cap;
} Counts;

static Slot *find(const Counts *m, const char *word, size_t len, uint64_t hash) {
    size_t i = hash & (m->cap - 1);
    while (m->slots[i].word &&
           (m->slots[i].hash != hash || m->slots[i].len != len || memcmp(m->slots[i].word, word, len) != 0))
        i = (i + 1) & (m->cap - 1);
    return &m->slots[i];
}

static void count_word(Counts *m, const char *word, size_t len) {
    if ((m->len + 1) * 4 > m->cap * 3) {
        Counts bigger = {0};
        bigger.cap = m->cap ? m->cap * 2 : 8;
        bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
        bigger.len = m->len;
        for (size_t i = 0; i < m->cap; i++) {
            const Slot *old = &m->slots[i];
            if (old->word) *find(&bigger, old->word, old->len, old->hash) = *old;
        }
        free(m->slots);
        *m = bigger;
    }
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < len; i++) hash = (hash ^ (unsigned char)word[i]) * 0x100000001B3u;
    hash ^= hash >> 32;
    Slot *slot = find(m, word, len, hash);
    if (!slot->word) {
        *slot = (Slot){word, len, hash, 0};
        m->len++;
    }
    slot->count++;
}

static Text generate_text(long words) {
    static const char *const syllables[] = {"ba", "ke", "lo", "mi", "nu", "ra", "se", "ti"};
    static const char *const separators[] = {" ", " ", "\n", ", ", " ", ". "};
    long seed = 42;
    Text text = {0};
    for (long i = 0; i < words; i++) {
        seed = seed * 16807 % 2147483647;
        long rest = seed % 4096;
        add(&text, syllables[rest % 8]);
        rest /= 8;
        while (rest > 7) {
            add(&text, syllables[rest % 8]);
            rest /= 8;
        }
        add(&text, separators[seed / 4096 % 6]);
    }
    return text;
}

static Counts count_words(const Text *text) {
    Counts counts = {0};
    size_t start = 0;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->bytes[i];
        if (c < 'a' || c > 'z') {
            if (i > start) count_word(&counts, text->bytes + start, i - start);
            start = i + 1;
        }
    }
    return counts;
}

static int by_word(const void *a, const void *b) {
    const Slot *x = *(const Slot *const *)a, *y = *(const Slot *const *)b;
    int order = memcmp(x->word, y->word, x->len < y->len ? x->len : y->len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 2000000;
    Text text = generate_text(n);
    Counts counts = count_words(&text);
    const Slot **words = malloc(counts.len * sizeof *words);
    size_t len = 0;
    for (size_t i = 0; i < counts.cap; i++)
        if (counts.slots[i].word) words[len++] = &counts.slots[i];
    qsort(words, len, sizeof *words, by_word);
    const Slot *top = NULL;
    long most = 0, checksum = 0;
    for (size_t rank = 1; rank <= len; rank++) {
        const Slot *word = words[rank - 1];
        if (word->count > most) {
            most = word->count;
            top = word;
        }
        checksum = (checksum + word->count * (long)rank) % 1000000007;
    }
    printf("%zu %.*s %ld %ld\n", counts.len, (int)top->len, top->word, most, checksum);
    return 0;
}
