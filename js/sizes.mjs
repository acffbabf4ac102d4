/** Prints what a page downloads, each file and all together, as it is and as brotli; and what else may be imported. */
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

/** What a page downloads in bytes of brotli, and why: the last entry counts. Whoever raises it adds one. */
const { history } = JSON.parse(readFileSync(new URL("sizes.json", import.meta.url), "utf8"));
/** @type {number} */
export const EXPECTED = history.at(-1).bytes;
/** The most that the download may grow before somebody has to say what for. */
export const ALARM = Math.floor(1.03 * EXPECTED);

const dist = new URL("dist/", import.meta.url);
/** Has the core inside, and is downloaded in its place. */
const WHOLE = "inline.js";
/** Downloaded by pages that want more than the core. */
const EXTRAS = ["media.js", "s3.js", "tus.js", "uppy.js"];

/** The files that a page downloads, with their sizes in bytes. */
export function downloads() {
  const files = readdirSync(dist).filter((name) => /\.(js|wasm)$/.test(name) && ![WHOLE, ...EXTRAS].includes(name));
  return files.toSorted().map(measured);
}

/** @param {string} name */
function measured(name) {
  const bytes = readFileSync(new URL(name, dist));
  return { name, raw: bytes.byteLength, packed: brotli(bytes) };
}

/** @param {Uint8Array} bytes */
function brotli(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).byteLength;
}

/** @param {{ name: string, raw?: number, packed: number }} size */
function print({ name, raw, packed }) {
  const size = raw === undefined ? "" : `${kib(raw)} KiB`;
  process.stdout.write(`${name.padEnd(24)} ${size.padStart(12)} ${kib(packed).padStart(8)} KiB brotli\n`);
}

/** @param {number} bytes */
const kib = (bytes) => (bytes / 1024).toFixed(1);

if (process.argv[1] === import.meta.filename) {
  const all = downloads();
  all.forEach(print);
  const packed = all.reduce((sum, size) => sum + size.packed, 0);
  print({ name: "in all", packed });
  if (packed > ALARM) print({ name: "over the alarm by", packed: packed - ALARM });
  [WHOLE, ...EXTRAS].forEach((name) => print(measured(name)));
}
