"use strict";

function generateText(words) {
  const syllables = ["ba", "ke", "lo", "mi", "nu", "ra", "se", "ti"];
  const separators = [" ", " ", "\n", ", ", " ", ". "];
  let seed = 42;
  let text = "";
  for (let i = 0; i < words; i++) {
    seed = (seed * 16807) % 2147483647;
    let rest = seed % 4096;
    text += syllables[rest % 8];
    rest = Math.trunc(rest / 8);
    while (rest > 7) {
      text += syllables[rest % 8];
      rest = Math.trunc(rest / 8);
    }
    text += separators[Math.trunc(seed / 4096) % 6];
  }
  return text;
}

function countWords(text) {
  const counts = new Map();
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c < "a" || c > "z") {
      if (i > start) {
        const word = text.substring(start, i);
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      start = i + 1;
    }
  }
  return counts;
}

const n = Number(process.argv[2] ?? 2000000);
const counts = countWords(generateText(n));
let top = "";
let most = 0;
let checksum = 0;
let rank = 0;
for (const word of [...counts.keys()].sort()) {
  const times = counts.get(word);
  if (times > most) {
    most = times;
    top = word;
  }
  rank++;
  checksum = (checksum + times * rank) % 1000000007;
}
console.log(counts.size, top, most, checksum);
