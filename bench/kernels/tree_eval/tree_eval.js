"use strict";

const number = (value) => ({ kind: "number", value });
const param = (index) => ({ kind: "param", index });
const pair = (kind, left, right) => ({ kind, left, right });
const choose = (test, yes, no) => ({ kind: "choose", test, yes, no });

function draw(seed) {
  seed[0] = (seed[0] * 16807) % 2147483647;
  return Math.trunc(seed[0] / 1024);
}

function grow(depth, seed) {
  const kind = draw(seed) % 8;
  if (depth === 0 || kind === 7) {
    const leaf = draw(seed);
    if (leaf % 2 === 0) return number(leaf % 1000);
    return param(leaf % 4);
  }
  const a = grow(depth - 1, seed);
  const b = grow(depth - 1, seed);
  if (kind < 3) return pair("add", a, b);
  if (kind < 4) return pair("sub", a, b);
  if (kind < 6) return pair("mul", a, b);
  return choose(a, b, grow(depth - 1, seed));
}

function value(e, params) {
  switch (e.kind) {
    case "number":
      return e.value;
    case "param":
      return params[e.index];
    case "add":
      return (value(e.left, params) + value(e.right, params)) % 1000003;
    case "sub":
      return (value(e.left, params) - value(e.right, params) + 1000003) % 1000003;
    case "mul":
      return (value(e.left, params) * value(e.right, params)) % 1000003;
    default:
      return value(e.test, params) % 2 === 0 ? value(e.yes, params) : value(e.no, params);
  }
}

function size(e) {
  switch (e.kind) {
    case "number":
    case "param":
      return 1;
    case "choose":
      return 1 + size(e.test) + size(e.yes) + size(e.no);
    default:
      return 1 + size(e.left) + size(e.right);
  }
}

const n = Number(process.argv[2] ?? 900);
const tree = grow(15, [12345]);
let checksum = 0;
for (let k = 0; k < n; k++) {
  const params = [k, k * 7 + 1, (k * k) % 1000, 1000 - k];
  checksum = (checksum * 31 + value(tree, params)) % 1000003;
}
console.log(size(tree), checksum);
