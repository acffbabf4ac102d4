/**
 * Prints what a page downloads, as it is and as brotli; and what other entries add to it. The published scripts are
 * readable, and a page gets them from a bundler that minifies: they are measured as one that does this delivers them.
 */
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { buildSync } from "esbuild";

/** What a page downloads in bytes of brotli, and why: the last entry counts. Whoever raises it adds one. */
const { history } = JSON.parse(readFileSync(new URL("sizes.json", import.meta.url), "utf8"));
/** @type {number} */
export const EXPECTED = history.at(-1).bytes;
/** The most that the download may grow before somebody has to say what for. */
export const ALARM = Math.floor(1.03 * EXPECTED);

const dist = new URL("dist/", import.meta.url);
/** The core's entry, which every page imports. */
const CORE = "index.js";
/** Has the core inside, and is downloaded in its place. */
const WHOLE = "inline.js";
/** Downloaded by pages that want more than the core. */
const EXTRAS = ["standalone.js", "media.js", "s3.js", "kms.js", "files.js", "tus.js", "uppy.js", "react.js"];

/** What a page downloads: the page's script, the Worker's and the wasm, with their sizes in bytes. */
export function downloads() {
  return [sized(CORE, delivered(CORE)), published("worker.js"), published("strongroom_bg.wasm")];
}

/** What an entry adds to the page's script. @param {string} name */
function extra(name) {
  const [without, beside] = [delivered(CORE), delivered(CORE, name)].map((script) => sized(name, script));
  return { name: `${name} adds`, raw: beside.raw - without.raw, packed: beside.packed - without.packed };
}

/**
 * One script of these entries as a bundler makes it, without what is imported only where there is no Worker.
 *
 * @param {string[]} names
 */
function delivered(...names) {
  const { outputFiles } = buildSync({
    stdin: { contents: names.map((name) => `export * from "./${name}";`).join("\n"), resolveDir: dist.pathname },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["@uppy/core", "react"],
    entryNames: "entry",
    outdir: "delivered",
    logLevel: "error",
    write: false,
  });
  const scripts = new Map(outputFiles.map(({ path, contents }) => [path.replace(/.*\//, ""), contents]));
  return Buffer.concat([...together(scripts, "entry.js")].map((name) => scripts.get(name)));
}

/**
 * A script and those that it imports at once.
 *
 * @param {Map<string, Uint8Array>} scripts
 * @param {string} name
 * @returns {Set<string>}
 */
function together(scripts, name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const text = new TextDecoder().decode(scripts.get(name));
  for (const [, imported] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) together(scripts, imported, found);
  return found;
}

/** @param {string} name */
const published = (name) => sized(name, readFileSync(new URL(name, dist)));

/** @param {string} name @param {Uint8Array} bytes */
const sized = (name, bytes) => ({ name, raw: bytes.byteLength, packed: brotli(bytes) });

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
  print(published(WHOLE));
  EXTRAS.map(extra).forEach(print);
}
