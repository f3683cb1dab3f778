"use strict";

function fib(k) {
  if (k < 2) return k;
  return fib(k - 1) + fib(k - 2);
}

const n = Number(process.argv[2] ?? 35);
console.log(fib(n));
