"use strict";

function build(count) {
  const pieces = ["ab", "c;", "d", "ef ", "g,", "hij", "k"];
  let text = "";
  for (let i = 0; i < count; i++) text += pieces[i % 7];
  return text;
}

function scan(text) {
  let vowels = 0;
  let marks = 0;
  let spread = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === "a" || c === "e" || c === "i") {
      vowels++;
      spread = (spread + i) % 1000003;
    } else if (c === ";" || c === "," || c === " ") {
      marks++;
    }
  }
  return vowels * 3 + marks + spread;
}

const n = Number(process.argv[2] ?? 9000000);
const text = build(n);
console.log(text.length, scan(text));
