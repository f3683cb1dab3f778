"use strict";

function steps(cr, ci) {
  let zr = 0.0;
  let zi = 0.0;
  for (let k = 0; k < 50; k++) {
    const r2 = zr * zr;
    const i2 = zi * zi;
    if (r2 + i2 > 4.0) return k;
    zi = 2.0 * zr * zi + ci;
    zr = r2 - i2 + cr;
  }
  return 50;
}

function main(n) {
  let inside = 0;
  let checksum = 0;
  for (let y = 0; y < n; y++) {
    const ci = (2.0 * y) / n - 1.0;
    for (let x = 0; x < n; x++) {
      const cr = (2.0 * x) / n - 1.5;
      const k = steps(cr, ci);
      if (k === 50) inside++;
      checksum = (checksum * 31 + k) % 1000003;
    }
  }
  console.log(inside, checksum);
}

main(Number(process.argv[2] ?? 1000));
