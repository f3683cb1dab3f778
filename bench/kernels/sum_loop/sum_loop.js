"use strict";

function sumSquares(limit) {
  let sum = 0;
  let i = 0;
  while (i < limit) {
    sum = (sum + i * i) % 1000003;
    i++;
  }
  return sum;
}

console.log(sumSquares(Number(process.argv[2] ?? 40000000)));
