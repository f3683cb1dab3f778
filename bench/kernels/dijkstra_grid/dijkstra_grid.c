#include <stdio.h>
#include <stdlib.h>

typedef struct {
    long *entries;
    size_t size, cap;
} Heap;

static void push(Heap *heap, long entry) {
    if (heap->size == heap->cap) {
        heap->cap = heap->cap ? heap->cap * 2 : 16;
        heap->entries = realloc(heap->entries, heap->cap * sizeof *heap->entries);
    }
    long *entries = heap->entries;
    size_t at = heap->size++;
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (entries[parent] <= entry) break;
        entries[at] = entries[parent];
        at = parent;
    }
    entries[at] = entry;
}

static long pop(Heap *heap) {
    long *entries = heap->entries;
    long top = entries[0];
    size_t size = --heap->size;
    long entry = entries[size];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && entries[child + 1] < entries[child]) child++;
        if (entry <= entries[child]) break;
        entries[at] = entries[child];
        at = child;
    }
    entries[at] = entry;
    return top;
}

static long *distances(const long *weights, long side) {
    long cells = side * side;
    long *dist = malloc(cells * sizeof *dist);
    for (long i = 0; i < cells; i++) dist[i] = 1000000000;
    const long steps[] = {-1, 1, -side, side};
    Heap heap = {0};
    dist[0] = 0;
    push(&heap, 0);
    while (heap.size > 0) {
        long entry = pop(&heap);
        long cell = entry % cells, d = entry / cells;
        if (d != dist[cell]) continue;
        long column = cell % side;
        for (int k = 0; k < 4; k++) {
            long next = cell + steps[k];
            if (next < 0 || next >= cells || (k == 0 && column == 0) || (k == 1 && column == side - 1)) continue;
            long longer = d + weights[next];
            if (longer < dist[next]) {
                dist[next] = longer;
                push(&heap, longer * cells + next);
            }
        }
    }
    return dist;
}

int main(int argc, char **argv) {
    long n = argc > 1 ? atol(argv[1]) : 900;
    long seed = 7;
    long *weights = malloc(n * n * sizeof *weights);
    for (long i = 0; i < n * n; i++) {
        seed = seed * 16807 % 2147483647;
        weights[i] = 1 + seed % 100;
    }
    const long *dist = distances(weights, n);
    long checksum = 0;
    for (long i = 0; i < n * n; i++) checksum = (checksum * 31 + dist[i]) % 1000000007;
    printf("%ld %ld\n", dist[n * n - 1], checksum);
    return 0;
}
