#include <stdio.h>
#include <stdlib.h>

static long steps(double cr, double ci) {
    double zr = 0.0, zi = 0.0;
    for (long k = 0; k < 50; k++) {
        double r2 = zr * zr, i2 = zi * zi;
        if (r2 + i2 > 4.0) return k;
        zi = 2.0 * zr * zi + ci;
        zr = r2 - i2 + cr;
    }
    return 50;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 1000;
    long inside = 0, checksum = 0;
    for (long y = 0; y < n; y++) {
        double ci = 2.0 * (double)y / (double)n - 1.0;
        for (long x = 0; x < n; x++) {
            double cr = 2.0 * (double)x / (double)n - 1.5;
            long k = steps(cr, ci);
            if (k == 50) inside++;
            checksum = (checksum * 31 + k) % 1000003;
        }
    }
    printf("%ld %ld\n", inside, checksum);
    return 0;
}
