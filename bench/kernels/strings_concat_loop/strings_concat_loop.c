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

static Text build(long count) {
    static const char *const pieces[] = {"ab", "c;", "d", "ef ", "g,", "hij", "k"};
    Text text = {0};
    for (long i = 0; i < count; i++) add(&text, pieces[i % 7]);
    return text;
}

static long scan(const Text *text) {
    long vowels = 0, marks = 0, spread = 0;
    for (size_t i = 0; i < text->len; i++) {
        char c = text->bytes[i];
        if (c == 'a' || c == 'e' || c == 'i') {
            vowels++;
            spread = (spread + (long)i) % 1000003;
        } else if (c == ';' || c == ',' || c == ' ') {
            marks++;
        }
    }
    return vowels * 3 + marks + spread;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 9000000;
    Text text = build(n);
    printf("%zu %ld\n", text.len, scan(&text));
    return 0;
}
