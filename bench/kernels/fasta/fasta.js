"use strict";

const width = 60;
let seed = 42;

function random() {
  seed = (seed * 3877 + 29573) % 139968;
  return seed / 139968;
}

function repeated(source, length) {
  const twice = source + source;
  let text = ">ONE repeated\n";
  let at = 0;
  let left = length;
  while (left > 0) {
    const size = Math.min(left, width);
    text += twice.substring(at, at + size) + "\n";
    at = (at + size) % source.length;
    left -= size;
  }
  return text;
}

function limits(probabilities) {
  const sums = [];
  let sum = 0;
  for (const probability of probabilities) {
    sum += probability;
    sums.push(sum);
  }
  return sums;
}

function drawn(title, letters, probabilities, length) {
  const below = limits(probabilities);
  const last = letters.length - 1;
  let text = title + "\n";
  for (let i = 0; i < length; i++) {
    const r = random();
    let at = 0;
    while (at < last && r >= below[at]) at++;
    text += letters[at];
    if ((i + 1) % width === 0 || i === length - 1) text += "\n";
  }
  return text;
}

function checksum(text) {
  const alphabet = "\n >ABCDEGHKMNORSTVWYabcdegmnoprst";
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + alphabet.indexOf(text[i])) % 1000000007;
  return sum;
}

const n = Number(process.argv[2] ?? 1000000);
const codes = "acgtBDHKMNRSVWY";
const ofCodes = [0.27, 0.12, 0.12, 0.27, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02, 0.02];
const ofBases = [0.302954942668, 0.1979883004921, 0.1975473066391, 0.3015094502008];
const source = "TTGACCATGCAGGCTAACTTCCGGATTTACGCAGTCAAGGCGTTAACCTGATCGGATACTTGCAACGTCTAGGAC";
const one = repeated(source, n * 2);
const two = drawn(">TWO random codes", codes, ofCodes, n * 3);
const three = drawn(">THREE random bases", "acgt", ofBases, n * 5);
console.log(one.length, two.length, three.length, checksum(one + two + three));
