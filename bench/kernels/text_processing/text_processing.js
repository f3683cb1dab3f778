"use strict";

function generateLog(lines) {
  const users = ["ann", "bob", "carol", "dave", "eve"];
  const verbs = ["read", "write", "open", "close", "seek", "stat", "error"];
  let seed = 42;
  const out = [];
  for (let i = 0; i < lines; i++) {
    seed = (seed * 16807) % 2147483647;
    const user = users[seed % 5];
    const verb = verbs[Math.trunc(seed / 5) % 7];
    out.push(`  user=${user}; action=${verb}; file=/users/${user}/${seed % 1000}.txt; size=${seed % 4096} `);
  }
  return out.join("\n");
}

function field(part) {
  return part.substring(part.indexOf("=") + 1);
}

const n = Number(process.argv[2] ?? 300000);
const log = generateLog(n);
const reports = [];
let total = 0;
let errors = 0;
for (const line of log.split("\n")) {
  const parts = line.trim().split("; ");
  const user = field(parts[0]).toUpperCase();
  const path = field(parts[2]).replaceAll("/", "\\");
  const size = Number(field(parts[3]));
  total += size;
  if (parts[1].includes("error")) errors++;
  if (size > 2048) reports.push(`${String(size).padStart(6)} ${user} ${path}`);
}
const report = reports.join("\n");
let checksum = 0;
for (const line of report.split("\n")) {
  checksum = (checksum * 31 + line.length + line.indexOf("HOME") + line.indexOf("txt")) % 1000000007;
}
console.log(total, errors, reports.length, report.length, checksum, report.substring(0, 20).toLowerCase());
