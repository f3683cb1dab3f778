"use strict";

function isPrime(k) {
  if (k < 2) return false;
  if (k % 2 === 0) return k === 2;
  for (let d = 3; d * d <= k; d += 2) {
    if (k % d === 0) return false;
  }
  return true;
}

const n = Number(process.argv[2] ?? 1500000);
let count = 0;
let last = 0;
for (let k = 0; k < n; k++) {
  if (isPrime(k)) {
    count++;
    last = k;
  }
}
console.log(count, last);
