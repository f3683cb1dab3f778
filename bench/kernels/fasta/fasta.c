#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 60 };

typedef struct {
    char *bytes;
    size_t len, cap;
} Text;

static void add(Text *text, const char *piece, size_t len) {
    if (text->len + len > text->cap) {
        while (text->len + len > text->cap) text->cap = text->cap ? text->cap * 2 : 64;
        text->bytes = realloc(text->bytes, text->cap);
    }
    memcpy(text->bytes + text->len, piece, len);
    text->len += len;
}

static long seed = 42;

static double next_random(void) {
    seed = (seed * 3877 + 29573) % 139968;
    return (double)seed / 139968.0;
}

static Text repeated(const char *source, long length) {
    long period = (long)strlen(source);
    Text twice = {0}, text = {0};
    add(&twice, source, (size_t)period);
    add(&twice, source, (size_t)period);
    add(&text, ">ONE repeated\n", 14);
    for (long at = 0, left = length; left > 0;) {
        long size = left < WIDTH ? left : WIDTH;
        add(&text, twice.bytes + at, (size_t)size);
        add(&text, "\n", 1);
        at = (at + size) % period;
        left -= size;
    }
    free(twice.bytes);
    return text;
}

static double *limits(const double *probabilities, size_t len) {
    double *sums = malloc(len * sizeof *sums), sum = 0;
    for (size_t i = 0; i < len; i++) {
        sum += probabilities[i];
        sums[i] = sum;
    }
    return sums;
}

static Text drawn(const char *title, const char *letters, const double *probabilities, long length) {
    size_t last = strlen(letters) - 1;
    double *below = limits(probabilities, last + 1);
    Text text = {0};
    add(&text, title, strlen(title));
    add(&text, "\n", 1);
    for (long i = 0; i < length; i++) {
        double r = next_random();
        size_t at = 0;
        while (at < last && r >= below[at]) at++;
        add(&text, letters + at, 1);
        if ((i + 1) % WIDTH == 0 || i == length - 1) add(&text, "\n", 1);
    }
    free(below);
    return text;
}

static long checksum(const Text *text) {
    static const char alphabet[] = "\n >ABCDEGHKMNORSTVWYabcdegmnoprst";
    long sum = 0;
    for (size_t i = 0; i < text->len; i++) sum = (sum * 31 + (strchr(alphabet, text->bytes[i]) - alphabet)) % 1000000007;
    return sum;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1000000;
    static const double of_codes[] = {0.27, 0.12, 0.12, 0.27, 0.02, 0.02, 0.02, 0.02,
                                      0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02};
    static const double of_bases[] = {0.302954942668, 0.1979883004921, 0.1975473066391, 0.3015094502008};
    Text one = repeated("TTGACCATGCAGGCTAACTTCCGGATTTACGCAGTCAAGGCGTTAACCTGATCGGATACTTGCAACGTCTAGGAC", n * 2);
    Text two = drawn(">TWO random codes", "acgtBDHKMNRSVWY", of_codes, n * 3);
    Text three = drawn(">THREE random bases", "acgt", of_bases, n * 5);
    Text all = {0};
    add(&all, one.bytes, one.len);
    add(&all, two.bytes, two.len);
    add(&all, three.bytes, three.len);
    printf("%zu %zu %zu %ld\n", one.len, two.len, three.len, checksum(&all));
    return 0;
}
