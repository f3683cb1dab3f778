#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* A closure is a code pointer and the values it captured, called through the pointer. */
typedef struct Closure {
    long (*call)(const struct Closure *self, long x);
    long k;
    const struct Closure *f, *g;
} Closure;

static long call_adder(const Closure *self, long x) { return x + self->k; }
static long call_scaler(const Closure *self, long x) { return x * self->k % 10007; }
static long call_composed(const Closure *self, long x) { return self->g->call(self->g, self->f->call(self->f, x)); }
static long call_above(const Closure *self, long y) { return y > self->k; }

static Closure *closure(long (*call)(const Closure *, long), long k, const Closure *f, const Closure *g) {
    Closure *made = malloc(sizeof *made);
    *made = (Closure){call, k, f, g};
    return made;
}

typedef struct Folder {
    long (*call)(const struct Folder *self, long acc, long y);
    long round;
} Folder;

static long call_mix(const Folder *self, long acc, long y) { return (acc * 31 + y + self->round) % 1000003; }

typedef struct Counter {
    long (*call)(struct Counter *self);
    long total, step;
} Counter;

static long call_counter(Counter *self) { return self->total += self->step; }

typedef struct {
    long *items;
    size_t len, cap;
} Ints;

static void append(Ints *xs, long x) {
    if (xs->len == xs->cap) {
        xs->cap = xs->cap ? xs->cap * 2 : 4;
        xs->items = realloc(xs->items, xs->cap * sizeof *xs->items);
    }
    xs->items[xs->len++] = x;
}

static Ints apply(const Ints *xs, const Closure *f) {
    Ints out = {0};
    for (size_t i = 0; i < xs->len; i++) append(&out, f->call(f, xs->items[i]));
    return out;
}

static Ints keep(const Ints *xs, const Closure *wanted) {
    Ints out = {0};
    for (size_t i = 0; i < xs->len; i++)
        if (wanted->call(wanted, xs->items[i])) append(&out, xs->items[i]);
    return out;
}

static long fold(const Ints *xs, const Folder *f, long start) {
    long acc = start;
    for (size_t i = 0; i < xs->len; i++) acc = f->call(f, acc, xs->items[i]);
    return acc;
}

static long run(long rounds) {
    Ints xs = {0};
    for (long i = 0; i < 200; i++) append(&xs, i);
    Counter tick = {call_counter, 0, 3};
    long checksum = 0;
    for (long round = 0; round < rounds; round++) {
        Closure *one = closure(call_adder, 1, NULL, NULL);
        Closure *times = closure(call_scaler, round % 13 + 1, NULL, NULL);
        Closure *stages[] = {closure(call_adder, round, NULL, NULL), closure(call_scaler, 7, NULL, NULL),
                             closure(call_composed, 0, one, times)};
        Ints ys = xs;
        for (int i = 0; i < 3; i++) {
            Ints next = apply(&ys, stages[i]);
            if (i > 0) free(ys.items);
            free(stages[i]);
            ys = next;
        }
        free(one);
        free(times);
        Closure *above = closure(call_above, tick.call(&tick) % 5000, NULL, NULL);
        Ints kept = keep(&ys, above);
        free(above);
        Folder mix = {call_mix, round};
        checksum = fold(&kept, &mix, checksum);
        free(ys.items);
        free(kept.items);
    }
    free(xs.items);
    return checksum + tick.call(&tick);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 24000;
    printf("%ld\n", run(n));
    return 0;
}
