/** Prints what a page downloads, each file and all together, as it is and as brotli; and `strongroom/inline`. */
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

/** Everything that a page downloads, in bytes of brotli. */
const BUDGET = 90 * 1024;

const dist = new URL("dist/", import.meta.url);
/** Has all the others inside, and is downloaded in their place. */
const WHOLE = "inline.js";
const files = readdirSync(dist).filter((name) => /\.(js|wasm)$/.test(name) && name !== WHOLE);
const total = files.toSorted().reduce((sum, name) => sum + measured(name), 0);
print("in all", undefined, total);
if (total > BUDGET) print("over the budget by", undefined, total - BUDGET);
measured(WHOLE);

/** Prints a file's sizes, and gives its size as brotli. */
function measured(name) {
  const bytes = readFileSync(new URL(name, dist));
  const packed = brotli(bytes);
  print(name, bytes.byteLength, packed);
  return packed;
}

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
