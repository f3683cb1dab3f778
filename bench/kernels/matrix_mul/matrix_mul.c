#include <stdio.h>
#include <stdlib.h>

static double **rows_of(long size) {
    double **rows = malloc(size * sizeof *rows);
    for (long i = 0; i < size; i++) rows[i] = malloc(size * sizeof **rows);
    return rows;
}

static double **matrix(long size, long shift) {
    double scale = 1.0 / (double)size / (double)size;
    double **rows = rows_of(size);
    for (long i = 0; i < size; i++)
        for (long j = 0; j < size; j++) rows[i][j] = scale * (double)(i - j) * (double)(i + j + shift);
    return rows;
}

static double **multiply(double **a, double **b, long size) {
    double **product = rows_of(size);
    for (long i = 0; i < size; i++) {
        const double *row = a[i];
        double *out = product[i];
        for (long j = 0; j < size; j++) {
            double sum = 0.0;
            for (long k = 0; k < size; k++) sum += row[k] * b[k][j];
            out[j] = sum;
        }
    }
    return product;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 380;
    double **c = multiply(matrix(n, 0), matrix(n, 1), n);
    double trace = 0.0;
    for (long i = 0; i < n; i++) trace += c[i][i];
    long half = n / 2;
    printf("%ld %ld\n", (long)(c[half][half] * 1000000000.0), (long)(trace * 1000000000.0));
    return 0;
}
