"use strict";

const width = 60;
const alphabet = "\nABCDGHKMNRSTVWY";

function makeStrand(length, first) {
  const letters = "ACGTACGTACGTRYKMSWBDHVN";
  let seed = first;
  let text = "";
  for (let i = 0; i < length; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    text += letters[Math.trunc(seed / 7) % letters.length];
    if ((i + 1) % width === 0 || i === length - 1) text += "\n";
  }
  return text;
}

function complements() {
  const letters = "ACGTRYKMSWBDHVN";
  const others = "TGCAYRMKSWVHDBN";
  const table = new Map();
  for (let i = 0; i < letters.length; i++) table.set(letters[i], others[i]);
  return table;
}

function reverseComplement(text, table) {
  let out = "";
  let column = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    const letter = text[i];
    if (letter === "\n") continue;
    out += table.get(letter);
    column++;
    if (column === width) {
      out += "\n";
      column = 0;
    }
  }
  if (column > 0) out += "\n";
  return out;
}

const n = Number(process.argv[2] ?? 10000000);
const table = complements();
let length = 0;
let checksum = 0;
for (let first = 0; first < 10; first++) {
  const strand = reverseComplement(makeStrand(Math.trunc(n / 10), first), table);
  length += strand.length;
  for (let i = 0; i < strand.length; i++) checksum = (checksum * 31 + alphabet.indexOf(strand[i])) % 1000000007;
}
console.log(length, checksum);
