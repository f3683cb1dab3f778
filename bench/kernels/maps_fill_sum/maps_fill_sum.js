"use strict";

function intKeys(count) {
  const m = new Map();
  for (let i = 0; i < count; i++) m.set((i * 7919) % 2000003, i);
  for (let i = 0; i < count; i++) {
    const k = (i * 31) % 2000003;
    if (m.has(k)) m.set(k, m.get(k) + i);
  }
  let sum = 0;
  for (let k = 0; k < count; k++) {
    if (m.has(k)) sum = (sum + m.get(k) * (k % 7)) % 1000000007;
  }
  return (sum + m.size) % 1000000007;
}

function stringKeys(count) {
  const m = new Map();
  const distinctKeys = Math.trunc(count / 4);
  for (let i = 0; i < count; i++) {
    const key = "k" + ((i * 17) % distinctKeys);
    if (m.has(key)) {
      m.set(key, m.get(key) + (i % 10));
    } else {
      m.set(key, 1);
    }
  }
  let sum = 0;
  for (let i = 0; i < distinctKeys; i++) sum = (sum + m.get("k" + i) * (i % 7)) % 1000000007;
  return (sum + m.size) % 1000000007;
}

const n = Number(process.argv[2] ?? 1500000);
console.log(intKeys(n), stringKeys(n));
