#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_prime(long k) {
    if (k < 2) return false;
    if (k % 2 == 0) return k == 2;
    for (long d = 3; d * d <= k; d += 2)
        if (k % d == 0) return false;
    return true;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1500000;
    long count = 0, last = 0;
    for (long k = 0; k < n; k++) {
        if (is_prime(k)) {
            count++;
            last = k;
        }
    }
    printf("%ld %ld\n", count, last);
    return 0;
}
