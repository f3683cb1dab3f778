"use strict";

function chainLength(start) {
  let k = start;
  let steps = 1;
  while (k !== 1) {
    if (k % 2 === 0) {
      k = k / 2;
    } else {
      k = 3 * k + 1;
    }
    steps++;
  }
  return steps;
}

const n = Number(process.argv[2] ?? 400000);
let best = 1;
let longest = 1;
for (let start = 1; start < n; start++) {
  const steps = chainLength(start);
  if (steps > longest) {
    longest = steps;
    best = start;
  }
}
console.log(best, longest);
