#include <stdio.h>
#include <stdlib.h>

static long chain_length(long start) {
    long k = start, steps = 1;
    while (k != 1) {
        if (k % 2 == 0)
            k = k / 2;
        else
            k = 3 * k + 1;
        steps++;
    }
    return steps;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 400000;
    long best = 1, longest = 1;
    for (long start = 1; start < n; start++) {
        long steps = chain_length(start);
        if (steps > longest) {
            longest = steps;
            best = start;
        }
    }
    printf("%ld %ld\n", best, longest);
    return 0;
}
