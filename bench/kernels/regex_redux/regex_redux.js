"use strict";

// What a node does: take the letter, take a letter that is in the text or that is not, try `other` before `next`,
// nothing, end.
const LETTER = 0;
const ONE_OF = 1;
const NONE_OF = 2;
const SPLIT = 3;
const EMPTY = 4;
const DONE = 5;

class Pattern {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.nodes = [];
  }

  add(kind, letters, other) {
    this.nodes.push({ kind, text: letters, next: -1, other });
    return this.nodes.length - 1;
  }

  here() {
    return this.at < this.text.length ? this.text[this.at] : "";
  }

  // Parts of a pattern: where they begin, and the node whose `next` is not known yet.

  either() {
    let part = this.sequence();
    while (this.here() === "|") {
      this.at++;
      const second = this.sequence();
      const fork = this.add(SPLIT, "", part.first);
      const join = this.add(EMPTY, "", -1);
      this.nodes[fork].next = second.first;
      this.nodes[part.last].next = join;
      this.nodes[second.last].next = join;
      part = { first: fork, last: join };
    }
    return part;
  }

  sequence() {
    let part = this.repeated();
    while (this.here() !== "" && this.here() !== "|" && this.here() !== ")") {
      const second = this.repeated();
      this.nodes[part.last].next = second.first;
      part = { first: part.first, last: second.last };
    }
    return part;
  }

  repeated() {
    const part = this.single();
    if (this.here() !== "*") return part;
    this.at++;
    const fork = this.add(SPLIT, "", part.first);
    this.nodes[part.last].next = fork;
    return { first: fork, last: fork };
  }

  single() {
    const c = this.here();
    this.at++;
    if (c === "(") {
      const part = this.either();
      this.at++;
      return part;
    }
    if (c !== "[") {
      const node = this.add(LETTER, c, -1);
      return { first: node, last: node };
    }
    let kind = ONE_OF;
    if (this.here() === "^") {
      kind = NONE_OF;
      this.at++;
    }
    const from = this.at;
    while (this.here() !== "]") this.at++;
    const node = this.add(kind, this.text.substring(from, this.at), -1);
    this.at++;
    return { first: node, last: node };
  }
}

function compile(text) {
  const pattern = new Pattern(text);
  const part = pattern.either();
  const end = pattern.add(DONE, "", -1);
  pattern.nodes[part.last].next = end;
  return { nodes: pattern.nodes, first: part.first };
}

function matchEnd(nodes, first, text, from) {
  let at = from;
  let node = nodes[first];
  while (node.kind !== DONE) {
    if (node.kind === SPLIT) {
      const end = matchEnd(nodes, node.other, text, at);
      if (end >= 0) return end;
    } else if (node.kind !== EMPTY) {
      if (at === text.length) return -1;
      const c = text[at];
      if (node.kind === LETTER) {
        if (c !== node.text) return -1;
      } else if (node.text.includes(c) !== (node.kind === ONE_OF)) {
        return -1;
      }
      at++;
    }
    node = nodes[node.next];
  }
  return at;
}

function countMatches(program, text) {
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const end = matchEnd(program.nodes, program.first, text, at);
    if (end > at) {
      count++;
      at = end;
    } else {
      at++;
    }
  }
  return count;
}

function replace(program, text, by) {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const end = matchEnd(program.nodes, program.first, text, at);
    if (end > at) {
      out += by;
      at = end;
    } else {
      out += text[at];
      at++;
    }
  }
  return out;
}

function makeText(length) {
  const letters = "acgtacgtacgtacgtBDHKMNRSVWY";
  let seed = 42;
  let text = ">ONE generated\n";
  for (let i = 0; i < length; i++) {
    seed = (seed * 3877 + 29573) % 139968;
    text += letters[Math.trunc(seed / 5) % letters.length];
    if ((i + 1) % 60 === 0) text += "\n";
    if ((i + 1) % 3000 === 0) text += ">NEXT\n";
  }
  return text;
}

const n = Number(process.argv[2] ?? 700000);
const patterns = [
  "gtaac|gttac",
  "[cgt]gta|tac[acg]",
  "a[act]ga*t|at*tc[agt]t",
  "ag[act]g|c[agt]ct",
  "(ac|gt)(ac|gt)*[BDH]",
  "c(a|t)*g",
  "[^acgt][^acgt]",
  "gt*(ac|a*g)t",
];
const replacements = [
  ["tHa|aND|[aN]cW", "<4>"],
  ["a[NSt]|BY", "<2>"],
  ["[|]*<[^>]*>", "|"],
  ["[|][^|][^|]*[|]", "-"],
];
const raw = makeText(n);
let sequence = replace(compile(">[^\n]*\n|\n"), raw, "");
const clean = sequence.length;
let checksum = 0;
for (const pattern of patterns) {
  checksum = (checksum * 31 + countMatches(compile(pattern), sequence)) % 1000000007;
}
for (const [pattern, by] of replacements) {
  sequence = replace(compile(pattern), sequence, by);
  checksum = (checksum * 31 + sequence.length) % 1000000007;
}
console.log(raw.length, clean, sequence.length, checksum);
