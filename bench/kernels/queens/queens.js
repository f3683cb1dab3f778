"use strict";

function allFree(count) {
  const free = [];
  for (let i = 0; i < count; i++) free.push(true);
  return free;
}

function place(board, row, size) {
  if (row === size) return 1;
  const { columns, rising, falling } = board;
  let ways = 0;
  for (let column = 0; column < size; column++) {
    const up = row + column;
    const down = row - column + size - 1;
    if (columns[column] && rising[up] && falling[down]) {
      columns[column] = false;
      rising[up] = false;
      falling[down] = false;
      ways += place(board, row + 1, size);
      columns[column] = true;
      rising[up] = true;
      falling[down] = true;
    }
  }
  return ways;
}

const n = Number(process.argv[2] ?? 13);
const board = { columns: allFree(n), rising: allFree(2 * n), falling: allFree(2 * n) };
console.log(place(board, 0, n));
