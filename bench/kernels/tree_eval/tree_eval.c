#include <stdio.h>
#include <stdlib.h>

typedef enum { NUMBER, PARAM, ADD, SUB, MUL, CHOOSE } Kind;

typedef struct Expr {
    Kind kind;
    union {
        long value;
        long index;
        struct { const struct Expr *left, *right; } pair;
        struct { const struct Expr *test, *yes, *no; } choose;
    } as;
} Expr;

static long draw(long *seed) {
    *seed = *seed * 16807 % 2147483647;
    return *seed / 1024;
}

static const Expr *make(Expr e) {
    Expr *made = malloc(sizeof *made);
    *made = e;
    return made;
}

static const Expr *grow(long depth, long *seed) {
    long kind = draw(seed) % 8;
    if (depth == 0 || kind == 7) {
        long leaf = draw(seed);
        if (leaf % 2 == 0) return make((Expr){NUMBER, {.value = leaf % 1000}});
        return make((Expr){PARAM, {.index = leaf % 4}});
    }
    const Expr *a = grow(depth - 1, seed);
    const Expr *b = grow(depth - 1, seed);
    if (kind < 3) return make((Expr){ADD, {.pair = {a, b}}});
    if (kind < 4) return make((Expr){SUB, {.pair = {a, b}}});
    if (kind < 6) return make((Expr){MUL, {.pair = {a, b}}});
    const Expr *c = grow(depth - 1, seed);
    return make((Expr){CHOOSE, {.choose = {a, b, c}}});
}

static long value(const Expr *e, const long *params) {
    switch (e->kind) {
    case NUMBER: return e->as.value;
    case PARAM: return params[e->as.index];
    case ADD: return (value(e->as.pair.left, params) + value(e->as.pair.right, params)) % 1000003;
    case SUB: return (value(e->as.pair.left, params) - value(e->as.pair.right, params) + 1000003) % 1000003;
    case MUL: return value(e->as.pair.left, params) * value(e->as.pair.right, params) % 1000003;
    case CHOOSE: return value(value(e->as.choose.test, params) % 2 == 0 ? e->as.choose.yes : e->as.choose.no, params);
    }
    abort();
}

static long size(const Expr *e) {
    switch (e->kind) {
    case NUMBER:
    case PARAM: return 1;
    case ADD:
    case SUB:
    case MUL: return 1 + size(e->as.pair.left) + size(e->as.pair.right);
    case CHOOSE: return 1 + size(e->as.choose.test) + size(e->as.choose.yes) + size(e->as.choose.no);
    }
    abort();
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 900;
    long seed = 12345;
    const Expr *tree = grow(15, &seed);
    long checksum = 0;
    for (long k = 0; k < n; k++) {
        const long params[] = {k, k * 7 + 1, k * k % 1000, 1000 - k};
        checksum = (checksum * 31 + value(tree, params)) % 1000003;
    }
    printf("%ld %ld\n", size(tree), checksum);
    return 0;
}
