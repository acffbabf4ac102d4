/**
 * The package's types: one declaration file per entry, and `common.d.ts` with what several of them use. A class with
 * private members that was declared twice would not be assignable to itself.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Entries with names of their own. */
const ENTRIES = ["files", "index", "kms", "media", "react", "s3", "standalone", "store", "testing", "tus", "uppy"];
/** `inline` names what other entries have, `worker` nothing: their files stay as the compiler wrote them. */
const REFERRING = ["inline", "worker"];
const COMMON = "common.d.ts";
/** The compiler leaves it in the file that names it alone, and the common file needs it as much. */
const DISPOSABLE = '/// <reference lib="esnext.disposable" preserve="true" />\n';

/** Writes the declarations into `folder`. @param {string} folder @param {{ comments?: boolean }} [options] */
export async function writeTypes(folder, { comments = true } = {}) {
  const emitted = mkdtempSync(join(tmpdir(), "strongroom-types-"));
  try {
    emit(emitted, comments);
    const bundle = await rolldown({
      input: Object.fromEntries(ENTRIES.map((name) => [name, join(emitted, `${name}.d.ts`)])),
      external: /^(@uppy\/core|tus-js-client|react)/,
      plugins: [dts({ dtsInput: true, tsconfig: false }), { name: "legible", renderChunk: legible }],
    });
    await bundle.write({
      dir: folder,
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
      minifyInternalExports: false,
      codeSplitting: { groups: [{ name: "common.d", minShareCount: 2 }] },
    });
    for (const name of REFERRING) copyFileSync(join(emitted, `${name}.d.ts`), join(folder, `${name}.d.ts`));
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

/** One declaration file per module. @param {string} folder @param {boolean} comments */
function emit(folder, comments) {
  const options = ["--declaration", "--emitDeclarationOnly", "--outDir", folder, "--removeComments", `${!comments}`];
  execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), ...options], {
    cwd: here("."),
    stdio: "inherit",
  });
}

/** One name per line in the lists of imports and exports, and no marks of where the compiler's files were. */
function legible(code, { fileName }) {
  const listed = code.replaceAll(/^(import|export)( type)? \{ (.+) \}(.*)$/gm, (_, verb, type = "", names, from) => {
    const lines = names.split(", ").toSorted(byName).map((name) => `  ${name},\n`);
    return `${verb}${type} {\n${lines.join("")}}${from}`;
  });
  const text = listed.replaceAll(/^\/\/(#(end)?region\b.*|.*\.d\.ts)\n/gm, "");
  return `${fileName === COMMON ? DISPOSABLE : ""}${text.trim()}\n`;
}

/** @param {string} one @param {string} other */
function byName(one, other) {
  const [left, right] = [one, other].map((name) => name.replace("type ", ""));
  return left < right ? -1 : 1;
}
