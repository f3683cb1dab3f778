"use strict";

function fannkuch(size) {
  const perm = new Array(size).fill(0);
  const start = [];
  const count = new Array(size).fill(0);
  for (let i = 0; i < size; i++) start.push(i);
  let maxFlips = 0;
  let checksum = 0;
  let sign = 1;
  let r = size;
  for (;;) {
    while (r !== 1) {
      count[r - 1] = r;
      r--;
    }
    for (let i = 0; i < size; i++) perm[i] = start[i];
    let flips = 0;
    let k = perm[0];
    while (k !== 0) {
      let low = 0;
      let high = k;
      while (low < high) {
        const t = perm[low];
        perm[low] = perm[high];
        perm[high] = t;
        low++;
        high--;
      }
      flips++;
      k = perm[0];
    }
    if (flips > maxFlips) maxFlips = flips;
    checksum += sign * flips;
    sign = -sign;
    for (;;) {
      if (r === size) {
        console.log(checksum, maxFlips);
        return;
      }
      const head = start[0];
      for (let i = 0; i < r; i++) start[i] = start[i + 1];
      start[r] = head;
      count[r]--;
      if (count[r] > 0) break;
      r++;
    }
  }
}

fannkuch(Number(process.argv[2] ?? 10));
