"use strict";

function fill(count, factor) {
  const xs = [];
  for (let i = 0; i < count; i++) xs.push((i * factor) % 1009);
  return xs;
}

function sumByElement(xs) {
  let sum = 0;
  for (const x of xs) sum += x;
  return sum;
}

function sumByIndex(xs) {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += xs[i] * (i % 8);
  return sum;
}

function halves(xs) {
  const out = [];
  for (const x of xs) out.push(x * 0.5);
  return out;
}

function sumFloats(xs) {
  let sum = 0.0;
  for (const x of xs) sum += x;
  return sum;
}

const n = Number(process.argv[2] ?? 2000000);
let total = 0;
for (let factor = 3; factor < 8; factor++) {
  const xs = fill(n, factor);
  const floats = halves(xs);
  total += sumByElement(xs) + sumByIndex(xs) + Math.trunc(sumFloats(floats) * 2.0);
}
console.log(total);
