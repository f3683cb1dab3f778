"use strict";

const adder = (k) => (x) => x + k;
const scaler = (k) => (x) => (x * k) % 10007;
const compose = (f, g) => (x) => g(f(x));

function counter(step) {
  let total = 0;
  return () => {
    total += step;
    return total;
  };
}

function apply(xs, f) {
  const out = [];
  for (const x of xs) out.push(f(x));
  return out;
}

function keep(xs, wanted) {
  const out = [];
  for (const x of xs) {
    if (wanted(x)) out.push(x);
  }
  return out;
}

function fold(xs, f, start) {
  let acc = start;
  for (const x of xs) acc = f(acc, x);
  return acc;
}

function run(rounds) {
  const xs = [];
  for (let i = 0; i < 200; i++) xs.push(i);
  const tick = counter(3);
  let checksum = 0;
  for (let round = 0; round < rounds; round++) {
    const stages = [adder(round), scaler(7), compose(adder(1), scaler((round % 13) + 1))];
    let ys = xs;
    for (const stage of stages) ys = apply(ys, stage);
    const limit = tick() % 5000;
    ys = keep(ys, (y) => y > limit);
    checksum = fold(ys, (acc, y) => (acc * 31 + y + round) % 1000003, checksum);
  }
  return checksum + tick();
}

console.log(run(Number(process.argv[2] ?? 24000)));
