#include <stdio.h>
#include <stdlib.h>

static double element(long i, long j) {
    return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(const double *v, double *out, long size) {
    for (long i = 0; i < size; i++) {
        double sum = 0.0;
        for (long j = 0; j < size; j++) sum += element(i, j) * v[j];
        out[i] = sum;
    }
}

static void times_transposed(const double *v, double *out, long size) {
    for (long i = 0; i < size; i++) {
        double sum = 0.0;
        for (long j = 0; j < size; j++) sum += element(j, i) * v[j];
        out[i] = sum;
    }
}

static double square_root(double v) {
    double r = v;
    for (int k = 0; k < 40; k++) r = 0.5 * (r + v / r);
    return r;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 650;
    double *u = malloc(n * sizeof *u), *v = malloc(n * sizeof *v), *t = malloc(n * sizeof *t);
    for (long i = 0; i < n; i++) u[i] = 1.0;
    for (int i = 0; i < 10; i++) {
        times(u, t, n);
        times_transposed(t, v, n);
        times(v, t, n);
        times_transposed(t, u, n);
    }
    double uv = 0.0, vv = 0.0;
    for (long i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    printf("%ld\n", (long)(square_root(uv / vv) * 1000000000.0));
    return 0;
}
