#include <stdio.h>
#include <stdlib.h>

static long fib(long k) {
    if (k < 2) return k;
    return fib(k - 1) + fib(k - 2);
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 35;
    printf("%ld\n", fib(n));
    return 0;
}
