#include <stdio.h>
#include <stdlib.h>

typedef struct {
    long *items;
    size_t len, cap;
} Ints;

typedef struct {
    double *items;
    size_t len, cap;
} Floats;

static void append_int(Ints *xs, long x) {
    if (xs->len == xs->cap) {
        xs->cap = xs->cap ? xs->cap * 2 : 4;
        xs->items = realloc(xs->items, xs->cap * sizeof *xs->items);
    }
    xs->items[xs->len++] = x;
}

static void append_float(Floats *xs, double x) {
    if (xs->len == xs->cap) {
        xs->cap = xs->cap ? xs->cap * 2 : 4;
        xs->items = realloc(xs->items, xs->cap * sizeof *xs->items);
    }
    xs->items[xs->len++] = x;
}

static Ints fill(long count, long factor) {
    Ints xs = {0};
    for (long i = 0; i < count; i++) append_int(&xs, i * factor % 1009);
    return xs;
}

static long sum_by_element(const Ints *xs) {
    long sum = 0;
    for (const long *x = xs->items; x < xs->items + xs->len; x++) sum += *x;
    return sum;
}

static long sum_by_index(const Ints *xs) {
    long sum = 0;
    for (size_t i = 0; i < xs->len; i++) sum += xs->items[i] * (long)(i % 8);
    return sum;
}

static Floats halves(const Ints *xs) {
    Floats out = {0};
    for (size_t i = 0; i < xs->len; i++) append_float(&out, (double)xs->items[i] * 0.5);
    return out;
}

static double sum_floats(const Floats *xs) {
    double sum = 0.0;
    for (size_t i = 0; i < xs->len; i++) sum += xs->items[i];
    return sum;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 2000000;
    long total = 0;
    for (long factor = 3; factor < 8; factor++) {
        Ints xs = fill(n, factor);
        Floats floats = halves(&xs);
        total += sum_by_element(&xs) + sum_by_index(&xs) + (long)(sum_floats(&floats) * 2.0);
        free(xs.items);
        free(floats.items);
    }
    printf("%ld\n", total);
    return 0;
}
