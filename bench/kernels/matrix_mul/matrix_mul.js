"use strict";

function matrix(size, shift) {
  const scale = 1.0 / size / size;
  const rows = [];
  for (let i = 0; i < size; i++) {
    const row = [];
    for (let j = 0; j < size; j++) row.push(scale * (i - j) * (i + j + shift));
    rows.push(row);
  }
  return rows;
}

function multiply(a, b, size) {
  const product = [];
  for (let i = 0; i < size; i++) {
    const row = a[i];
    const out = [];
    for (let j = 0; j < size; j++) {
      let sum = 0.0;
      for (let k = 0; k < size; k++) sum += row[k] * b[k][j];
      out.push(sum);
    }
    product.push(out);
  }
  return product;
}

const n = Number(process.argv[2] ?? 380);
const c = multiply(matrix(n, 0), matrix(n, 1), n);
let trace = 0.0;
for (let i = 0; i < n; i++) trace += c[i][i];
const half = Math.trunc(n / 2);
console.log(Math.trunc(c[half][half] * 1000000000.0), Math.trunc(trace * 1000000000.0));
