/** Prints what a page downloads, each file and all together, as it is and as brotli. */
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

/** Everything that a page downloads, in bytes of brotli. */
const BUDGET = 90 * 1024;

const dist = new URL("dist/", import.meta.url);
const files = readdirSync(dist).filter((name) => /\.(js|wasm)$/.test(name));
let total = 0;
for (const name of files.toSorted()) {
  const bytes = readFileSync(new URL(name, dist));
  const packed = brotli(bytes);
  total += packed;
  print(name, bytes.byteLength, packed);
}
print("in all", undefined, total);
if (total > BUDGET) print("over the budget by", undefined, total - BUDGET);

function brotli(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength;
}

function print(name, raw, packed) {
  const size = raw === undefined ? "" : `${kib(raw)} KiB`;
  process.stdout.write(`${name.padEnd(24)} ${size.padStart(12)} ${kib(packed).padStart(8)} KiB brotli\n`);
}

function kib(bytes) {
  return (bytes / 1024).toFixed(1);
}
