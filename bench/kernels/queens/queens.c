#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    bool *columns, *rising, *falling;
} Board;

static bool *all_free(long count) {
    bool *list = malloc(count * sizeof *list);
    for (long i = 0; i < count; i++) list[i] = true;
    return list;
}

static long place(Board *board, long row, long size) {
    if (row == size) return 1;
    bool *columns = board->columns, *rising = board->rising, *falling = board->falling;
    long ways = 0;
    for (long column = 0; column < size; column++) {
        long up = row + column, down = row - column + size - 1;
        if (columns[column] && rising[up] && falling[down]) {
            columns[column] = rising[up] = falling[down] = false;
            ways += place(board, row + 1, size);
            columns[column] = rising[up] = falling[down] = true;
        }
    }
    return ways;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 13;
    Board board = {all_free(n), all_free(2 * n), all_free(2 * n)};
    printf("%ld\n", place(&board, 0, n));
    return 0;
}
