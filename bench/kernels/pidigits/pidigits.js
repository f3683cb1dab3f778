const n = Number(process.argv[2] ?? 6000);

let low = 3n;
let range = 1n;
let den = 1n;
let k = 0;
let produced = 0;
let hash = 0;
while (produced < n) {
  k++;
  const odd = BigInt(2 * k + 1);
  low = low * odd + range * BigInt(k - 1);
  den *= odd;
  range *= BigInt(k);
  if (range >= den) continue;
  const digit = low / den;
  if ((low + range) / den !== digit) continue;
  hash = (hash * 31 + Number(digit)) % 1000000007;
  produced++;
  low = (low - digit * den) * 10n;
  range *= 10n;
}
console.log(k, hash);
