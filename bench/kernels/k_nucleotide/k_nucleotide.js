"use strict";

function makeSequence(length) {
  const letters = "acgt";
  const below = [0.302954942668, 0.5009432431601, 0.6984905497992, 1.0];
  let seed = 42;
  let sequence = "";
  for (let i = 0; i < length; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    const r = seed / 139968;
    let at = 0;
    while (r >= below[at]) at++;
    sequence += letters[at];
  }
  return sequence;
}

function countParts(sequence, size) {
  const counts = new Map();
  for (let i = 0; i <= sequence.length - size; i++) {
    const part = sequence.substring(i, i + size);
    counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return counts;
}

const n = Number(process.argv[2] ?? 2500000);
const sequence = makeSequence(n);
let checksum = 0;
for (const size of [1, 2]) {
  const counts = countParts(sequence, size);
  for (const part of [...counts.keys()].sort()) checksum = (checksum * 31 + counts.get(part)) % 1000000007;
}
let different = 0;
for (const part of ["ggt", "ggta", "ggtatt", "ggtattttaatt", "ggtattttaatttatagt"]) {
  const counts = countParts(sequence, part.length);
  different += counts.size;
  checksum = (checksum * 31 + (counts.get(part) ?? 0)) % 1000000007;
}
console.log(different, checksum);
