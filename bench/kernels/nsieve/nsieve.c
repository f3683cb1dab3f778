#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static long nsieve(long size) {
    bool *flags = malloc(size * sizeof *flags);
    for (long i = 0; i < size; i++) flags[i] = true;
    long count = 0;
    for (long i = 2; i < size; i++) {
        if (flags[i]) {
            for (long k = i + i; k < size; k += i) flags[k] = false;
            count++;
        }
    }
    free(flags);
    return count;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 10;
    long size = 10000;
    for (long i = 0; i < n; i++) size *= 2;
    for (long i = 0; i < 3; i++) {
        printf("primes below %ld %ld\n", size, nsieve(size));
        size /= 2;
    }
    return 0;
}
