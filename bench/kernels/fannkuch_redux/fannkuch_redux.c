#include <stdio.h>
#include <stdlib.h>

static void fannkuch(long size) {
    long *perm = malloc(size * sizeof *perm);
    long *start = malloc(size * sizeof *start);
    long *count = malloc(size * sizeof *count);
    for (long i = 0; i < size; i++) start[i] = i;
    long max_flips = 0, checksum = 0, sign = 1, r = size;
    for (;;) {
        while (r != 1) {
            count[r - 1] = r;
            r--;
        }
        for (long i = 0; i < size; i++) perm[i] = start[i];
        long flips = 0, k = perm[0];
        while (k != 0) {
            long low = 0, high = k;
            while (low < high) {
                long t = perm[low];
                perm[low++] = perm[high];
                perm[high--] = t;
            }
            flips++;
            k = perm[0];
        }
        if (flips > max_flips) max_flips = flips;
        checksum += sign * flips;
        sign = -sign;
        for (;;) {
            if (r == size) {
                printf("%ld %ld\n", checksum, max_flips);
                return;
            }
            long head = start[0];
            for (long i = 0; i < r; i++) start[i] = start[i + 1];
            start[r] = head;
            if (--count[r] > 0) break;
            r++;
        }
    }
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 10;
    fannkuch(n);
    return 0;
}
