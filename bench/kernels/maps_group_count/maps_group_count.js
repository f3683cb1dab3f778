"use strict";

const n = Number(process.argv[2] ?? 1000000);
const byName = new Map();
const byNumber = new Map();
const groups = new Map();
let seed = 42;
for (let i = 0; i < n; i++) {
  seed = (seed * 16807) % 2147483647;
  const name = "item" + (seed % 5000);
  byName.set(name, (byName.get(name) ?? 0) + 1);
  const number = seed % 100003;
  byNumber.set(number, (byNumber.get(number) ?? 0) + (seed % 10));
  const group = seed % 1000;
  const items = groups.get(group);
  if (items) items.push(i);
  else groups.set(group, [i]);
}
let checksum = 0;
for (const name of [...byName.keys()].sort()) {
  checksum = (checksum * 31 + byName.get(name) + name.length) % 1000000007;
}
for (const number of [...byNumber.keys()].sort((a, b) => a - b)) {
  checksum = (checksum * 31 + byNumber.get(number) + number) % 1000000007;
}
for (const group of [...groups.keys()].sort((a, b) => a - b)) {
  const items = groups.get(group);
  checksum = (checksum * 31 + items.length + items[0] + items[items.length - 1]) % 1000000007;
}
console.log(byName.size, byNumber.size, groups.size, checksum);
