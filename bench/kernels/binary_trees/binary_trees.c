#include <stdio.h>
#include <stdlib.h>

typedef struct Tree {
    struct Tree *left, *right;
} Tree;

static Tree *make(long depth) {
    Tree *tree = malloc(sizeof *tree);
    tree->left = depth == 0 ? NULL : make(depth - 1);
    tree->right = depth == 0 ? NULL : make(depth - 1);
    return tree;
}

static long check(const Tree *tree) {
    return tree ? 1 + check(tree->left) + check(tree->right) : 0;
}

static void release(Tree *tree) {
    if (!tree) return;
    release(tree->left);
    release(tree->right);
    free(tree);
}

static long check_once(long depth) {
    Tree *tree = make(depth);
    long nodes = check(tree);
    release(tree);
    return nodes;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 15;
    long min_depth = 4;
    long max_depth = n > min_depth + 2 ? n : min_depth + 2;
    printf("stretch tree of depth %ld check: %ld\n", max_depth + 1, check_once(max_depth + 1));
    Tree *long_lived = make(max_depth);
    long iterations = 1L << max_depth;
    for (long depth = min_depth; depth <= max_depth; depth += 2) {
        long sum = 0;
        for (long i = 0; i < iterations; i++) sum += check_once(depth);
        printf("%ld trees of depth %ld check: %ld\n", iterations, depth, sum);
        iterations /= 4;
    }
    printf("long lived tree of depth %ld check: %ld\n", max_depth, check(long_lived));
    return 0;
}
