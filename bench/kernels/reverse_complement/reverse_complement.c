#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 60 };

static const char alphabet[] = "\nABCDGHKMNRSTVWY";

typedef struct {
    char *bytes;
    size_t len, cap;
} Text;

static void add(Text *text, char letter) {
    if (text->len == text->cap) {
        text->cap = text->cap ? text->cap * 2 : 64;
        text->bytes = realloc(text->bytes, text->cap);
    }
    text->bytes[text->len++] = letter;
}

static Text make_strand(long length, long first) {
    static const char letters[] = "ACGTACGTACGTRYKMSWBDHVN";
    long seed = first;
    Text text = {0};
    for (long i = 0; i < length; i++) {
        seed = (seed * 3877 + 29573) % 139968;
        add(&text, letters[seed / 7 % (long)(sizeof letters - 1)]);
        if ((i + 1) % WIDTH == 0 || i == length - 1) add(&text, '\n');
    }
    return text;
}

static void complements(char *table) {
    static const char letters[] = "ACGTRYKMSWBDHVN", others[] = "TGCAYRMKSWVHDBN";
    for (size_t i = 0; letters[i]; i++) table[(unsigned char)letters[i]] = others[i];
}

static Text reverse_complement(const Text *text, const char *table) {
    Text out = {0};
    long column = 0;
    for (size_t i = text->len; i-- > 0;) {
        char letter = text->bytes[i];
        if (letter == '\n') continue;
        add(&out, table[(unsigned char)letter]);
        if (++column == WIDTH) {
            add(&out, '\n');
            column = 0;
        }
    }
    if (column > 0) add(&out, '\n');
    return out;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 10000000;
    char table[256] = {0};
    complements(table);
    size_t length = 0;
    long checksum = 0;
    for (long first = 0; first < 10; first++) {
        Text text = make_strand(n / 10, first);
        Text strand = reverse_complement(&text, table);
        length += strand.len;
        for (size_t i = 0; i < strand.len; i++)
            checksum = (checksum * 31 + (strchr(alphabet, strand.bytes[i]) - alphabet)) % 1000000007;
        free(text.bytes);
        free(strand.bytes);
    }
    printf("%zu %ld\n", length, checksum);
    return 0;
}
