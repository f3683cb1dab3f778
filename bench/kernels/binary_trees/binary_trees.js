"use strict";

class Tree {
  constructor(left, right) {
    this.left = left;
    this.right = right;
  }
}

function make(depth) {
  if (depth === 0) return new Tree(null, null);
  return new Tree(make(depth - 1), make(depth - 1));
}

function check(tree) {
  if (tree !== null) return 1 + check(tree.left) + check(tree.right);
  return 0;
}

const n = Number(process.argv[2] ?? 15);
const minDepth = 4;
const maxDepth = Math.max(minDepth + 2, n);
console.log("stretch tree of depth", maxDepth + 1, "check:", check(make(maxDepth + 1)));
const longLived = make(maxDepth);
let iterations = 2 ** maxDepth;
for (let depth = minDepth; depth <= maxDepth; depth += 2) {
  let sum = 0;
  for (let i = 0; i < iterations; i++) sum += check(make(depth));
  console.log(iterations, "trees of depth", depth, "check:", sum);
  iterations = Math.trunc(iterations / 4);
}
console.log("long lived tree of depth", maxDepth, "check:", check(longLived));
