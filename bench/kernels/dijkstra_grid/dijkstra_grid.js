"use strict";

function push(heap, entry) {
  if (heap.size === heap.entries.length) heap.entries.push(entry);
  const entries = heap.entries;
  let at = heap.size;
  heap.size = at + 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (entries[parent] <= entry) break;
    entries[at] = entries[parent];
    at = parent;
  }
  entries[at] = entry;
}

function pop(heap) {
  const entries = heap.entries;
  const top = entries[0];
  const size = heap.size - 1;
  heap.size = size;
  const entry = entries[size];
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && entries[child + 1] < entries[child]) child++;
    if (entry <= entries[child]) break;
    entries[at] = entries[child];
    at = child;
  }
  entries[at] = entry;
  return top;
}

function distances(weights, side) {
  const cells = side * side;
  const dist = [];
  for (let i = 0; i < cells; i++) dist.push(1000000000);
  const steps = [-1, 1, -side, side];
  const heap = { entries: [], size: 0 };
  dist[0] = 0;
  push(heap, 0);
  while (heap.size > 0) {
    const entry = pop(heap);
    const cell = entry % cells;
    const d = Math.trunc(entry / cells);
    if (d === dist[cell]) {
      const column = cell % side;
      for (let k = 0; k < 4; k++) {
        const next = cell + steps[k];
        if (next >= 0 && next < cells && !(k === 0 && column === 0) && !(k === 1 && column === side - 1)) {
          const longer = d + weights[next];
          if (longer < dist[next]) {
            dist[next] = longer;
            push(heap, longer * cells + next);
          }
        }
      }
    }
  }
  return dist;
}

const n = Number(process.argv[2] ?? 900);
let seed = 7;
const weights = [];
for (let i = 0; i < n * n; i++) {
  seed = (seed * 16807) % 2147483647;
  weights.push(1 + (seed % 100));
}
const dist = distances(weights, n);
let checksum = 0;
for (const d of dist) checksum = (checksum * 31 + d) % 1000000007;
console.log(dist[n * n - 1], checksum);
