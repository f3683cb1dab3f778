"use strict";

function nsieve(size) {
  const flags = new Uint8Array(size).fill(1);
  let count = 0;
  for (let i = 2; i < size; i++) {
    if (flags[i]) {
      for (let k = i + i; k < size; k += i) flags[k] = 0;
      count++;
    }
  }
  return count;
}

const n = Number(process.argv[2] ?? 10);
let size = 10000;
for (let i = 0; i < n; i++) size *= 2;
for (let i = 0; i < 3; i++) {
  console.log("primes below", size, nsieve(size));
  size = Math.trunc(size / 2);
}
