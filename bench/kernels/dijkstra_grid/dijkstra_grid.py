import sys


class Heap:
    __slots__ = ("entries", "size")

    def __init__(self):
        self.entries = []
        self.size = 0


def push(heap, entry):
    if heap.size == len(heap.entries):
        heap.entries.append(entry)
    entries = heap.entries
    at = heap.size
    heap.size = at + 1
    while at > 0:
        parent = (at - 1) // 2
        if entries[parent] <= entry:
            break
        entries[at] = entries[parent]
        at = parent
    entries[at] = entry


def pop(heap):
    entries = heap.entries
    top = entries[0]
    size = heap.size - 1
    heap.size = size
    entry = entries[size]
    at = 0
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and entries[child + 1] < entries[child]:
            child += 1
        if entry <= entries[child]:
            break
        entries[at] = entries[child]
        at = child
    entries[at] = entry
    return top


def distances(weights, side):
    cells = side * side
    dist = [1000000000] * cells
    steps = [-1, 1, -side, side]
    heap = Heap()
    dist[0] = 0
    push(heap, 0)
    while heap.size > 0:
        entry = pop(heap)
        cell = entry % cells
        d = entry // cells
        if d == dist[cell]:
            column = cell % side
            for k in range(4):
                nxt = cell + steps[k]
                if 0 <= nxt < cells and not (k == 0 and column == 0) and not (k == 1 and column == side - 1):
                    longer = d + weights[nxt]
                    if longer < dist[nxt]:
                        dist[nxt] = longer
                        push(heap, longer * cells + nxt)
    return dist


def main(n):
    seed = 7
    weights = []
    for _ in range(n * n):
        seed = seed * 16807 % 2147483647
        weights.append(1 + seed % 100)
    dist = distances(weights, n)
    checksum = 0
    for d in dist:
        checksum = (checksum * 31 + d) % 1000000007
    print(dist[n * n - 1], checksum)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 900)
