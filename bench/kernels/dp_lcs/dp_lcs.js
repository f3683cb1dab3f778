"use strict";

function letters(count, start) {
  const alphabet = "acgt";
  let seed = start;
  let text = "";
  for (let i = 0; i < count; i++) {
    seed = (seed * 16807) % 2147483647;
    text += alphabet[Math.trunc(seed / 65536) % 4];
  }
  return text;
}

function lcsTable(a, b) {
  const columns = b.length;
  const table = [new Array(columns + 1).fill(0)];
  for (let i = 0; i < a.length; i++) {
    const above = table[i];
    const c = a[i];
    const row = [0];
    for (let j = 0; j < columns; j++) {
      if (c === b[j]) {
        row.push(above[j] + 1);
      } else if (above[j + 1] >= row[j]) {
        row.push(above[j + 1]);
      } else {
        row.push(row[j]);
      }
    }
    table.push(row);
  }
  return table;
}

function walkBack(table, a, b) {
  let i = a.length;
  let j = b.length;
  let checksum = 0;
  while (i > 0 && j > 0) {
    if (a[i - 1] === b[j - 1]) {
      checksum = (checksum * 31 + i + j) % 1000003;
      i--;
      j--;
    } else if (table[i - 1][j] >= table[i][j - 1]) {
      i--;
    } else {
      j--;
    }
  }
  return checksum;
}

const n = Number(process.argv[2] ?? 2500);
for (let round = 1; round < 4; round++) {
  const a = letters(n, round);
  const b = letters(n, round * 1000);
  const table = lcsTable(a, b);
  console.log(table[n][n], walkBack(table, a, b));
}
