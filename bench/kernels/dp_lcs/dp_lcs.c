#include <stdio.h>
#include <stdlib.h>

static char *letters(long count, long start) {
    static const char alphabet[] = "acgt";
    long seed = start;
    char *text = malloc(count);
    for (long i = 0; i < count; i++) {
        seed = seed * 16807 % 2147483647;
        text[i] = alphabet[seed / 65536 % 4];
    }
    return text;
}

static long **lcs_table(const char *a, const char *b, long size) {
    long **table = malloc((size + 1) * sizeof *table);
    table[0] = calloc(size + 1, sizeof **table);
    for (long i = 0; i < size; i++) {
        const long *above = table[i];
        char c = a[i];
        long *row = malloc((size + 1) * sizeof *row);
        row[0] = 0;
        for (long j = 0; j < size; j++) {
            if (c == b[j])
                row[j + 1] = above[j] + 1;
            else if (above[j + 1] >= row[j])
                row[j + 1] = above[j + 1];
            else
                row[j + 1] = row[j];
        }
        table[i + 1] = row;
    }
    return table;
}

static long walk_back(long **table, const char *a, const char *b, long size) {
    long i = size, j = size, checksum = 0;
    while (i > 0 && j > 0) {
        if (a[i - 1] == b[j - 1]) {
            checksum = (checksum * 31 + i + j) % 1000003;
            i--;
            j--;
        } else if (table[i - 1][j] >= table[i][j - 1]) {
            i--;
        } else {
            j--;
        }
    }
    return checksum;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 2500;
    for (long round = 1; round < 4; round++) {
        char *a = letters(n, round), *b = letters(n, round * 1000);
        long **table = lcs_table(a, b, n);
        printf("%ld %ld\n", table[n][n], walk_back(table, a, b, n));
        for (long i = 0; i <= n; i++) free(table[i]);
        free(table);
        free(a);
        free(b);
    }
    return 0;
}
