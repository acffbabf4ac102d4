/** Samples on disk, and the programs in Python that write and open them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { python } from "../environment.mjs";

/** The samples that are part of the repository. */
export const VECTORS = fileURLToPath(new URL("../../../tests/vectors/interop/", import.meta.url));
/** One of the first release, which had less in it. */
export const FIRST_RELEASE = fileURLToPath(new URL("../../../tests/vectors/first-release/", import.meta.url));

/** What a sample of ours holds. Two segments, the last of them small; names of every awkward kind. */
export const PLAN = Object.freeze({
  name: "from a browser",
  passphrase: "Zoe\u0308's häuschen 🗝",
  attached: {
    context: { object: "grüße.txt" },
    name: "grüße.txt",
    type: "text/plain",
    modified: 1_700_000_000_000,
    text: "Grüße aus dem Browser",
  },
  detached: {
    // U+1F600 sorts before U+FB33: it begins with the unit D83D.
    context: { "\ufb33": "1", "\u{1f600}": "2", object: "a\nb\u007f" },
    size: 262_144,
  },
  sidecar: { name: "thumbnail", text: "small" },
  value: { context: { row: "1" }, json: { card: "4111", list: [1, 2.5, null, "é🗝"] } },
  signed: { key: "orders", typ: "order+jws", payload: "Zoë owes Bob 5 €" },
});

/** Runs one of the programs, on a folder or what else it is given. @param {string} program @param {string[]} given */
export function runPython(program, ...given) {
  const path = fileURLToPath(new URL(`../../../tests/interop/${program}`, import.meta.url));
  const env = { ...process.env, PYTHONUTF8: "1", PYTHONDONTWRITEBYTECODE: "1" };
  return execFileSync(python(), [path, ...given], { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
}

/** A folder's files, as base64 by name. @param {string} folder @returns {Record<string, string>} */
export function readSample(folder) {
  const names = readdirSync(folder);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "base64")]));
}

/** @param {string} folder @param {Record<string, string>} files */
export function saveSample(folder, files) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, "base64");
}

/** What a reader of a sample must have found. @param {Record<string, string>} files */
export function expected(files) {
  const { name, vault, keys, value, signed, ...others } = JSON.parse(
    Buffer.from(files["sample.json"], "base64").toString(),
  );
  /** @type {Record<string, unknown>} */
  const found = { name, vault, keys, value: value.json };
  for (const of of ["attached", "detached", "kept", "sidecar", "shared"]) if (others[of]) found[of] = object(others[of]);
  if (signed) found.signed = signed;
  return found;
}

/** @param {any} object */
function object({ id, metadata, sha256 }) {
  return { id, metadata, sha256 };
}
