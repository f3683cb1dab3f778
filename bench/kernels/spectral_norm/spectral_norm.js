"use strict";

function element(i, j) {
  return 1.0 / (((i + j) * (i + j + 1)) / 2 + i + 1);
}

function times(v) {
  const size = v.length;
  const out = [];
  for (let i = 0; i < size; i++) {
    let sum = 0.0;
    for (let j = 0; j < size; j++) sum += element(i, j) * v[j];
    out.push(sum);
  }
  return out;
}

function timesTransposed(v) {
  const size = v.length;
  const out = [];
  for (let i = 0; i < size; i++) {
    let sum = 0.0;
    for (let j = 0; j < size; j++) sum += element(j, i) * v[j];
    out.push(sum);
  }
  return out;
}

function squareRoot(v) {
  let r = v;
  for (let k = 0; k < 40; k++) r = 0.5 * (r + v / r);
  return r;
}

const n = Number(process.argv[2] ?? 650);
let u = [];
for (let i = 0; i < n; i++) u.push(1.0);
let v = [];
for (let i = 0; i < 10; i++) {
  v = timesTransposed(times(u));
  u = timesTransposed(times(v));
}
let uv = 0.0;
let vv = 0.0;
for (let i = 0; i < n; i++) {
  uv += u[i] * v[i];
  vv += v[i] * v[i];
}
console.log(Math.trunc(squareRoot(uv / vv) * 1000000000.0));
