#include <stdio.h>
#include <stdlib.h>

static long sum_squares(long limit) {
    long sum = 0, i = 0;
    while (i < limit) {
        sum = (sum + i * i) % 1000003;
        i++;
    }
    return sum;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 40000000;
    printf("%ld\n", sum_squares(n));
    return 0;
}
