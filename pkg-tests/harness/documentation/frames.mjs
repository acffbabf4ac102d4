/**
 * Frames: programs with a hole that a code block of the documentation is put into. `// sample: FILE "TEXT"` stands for
 * the one block of that file that has that text in it. Its imports move to the program's beginning.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeBlocks } from "./code-blocks.mjs";

const frames = fileURLToPath(new URL("../../samples/", import.meta.url));
const HOLE = /^( *)\/\/ sample: (\S+) "(.+)"$/gm;
const IMPORT = /^import (?:type )?[^"]*?"[^"]+";.*\n/gm;

/** Writes the programs to a folder; the blocks that they have. @param {string} folder */
export function fillFrames(folder) {
  const blocks = codeBlocks();
  /** @type {Set<import("./code-blocks.mjs").CodeBlock>} */
  const used = new Set();
  for (const name of readdirSync(frames)) {
    const text = readFileSync(join(frames, name), "utf8");
    const filled = text.replaceAll(HOLE, (_, indent, file, words) => {
      const found = blocks.filter((block) => block.file === file && block.text.includes(words));
      if (found.length !== 1 || !found[0]) throw new Error(`${name}: ${found.length} blocks of ${file} have "${words}"`);
      used.add(found[0]);
      return found[0].text.trimEnd().replaceAll(/^(?=.)/gm, indent);
    });
    writeFileSync(join(folder, name), name.endsWith(".ts") ? withImportsFirst(filled) : filled);
  }
  return { blocks, used };
}

/** Moves imports to the beginning, one for each module. @param {string} text */
function withImportsFirst(text) {
  const flat = text.replaceAll(/^ +(?=import [^"(]*"[^"]+";)/gm, "");
  /** @type {Map<string, Set<string>>} */
  const names = new Map();
  const whole = new Set();
  for (const [statement] of flat.matchAll(IMPORT)) {
    const [, isType = "", list, from = ""] = /^import (type )?(?:\{([^}]*)\} from )?.*?"([^"]+)";/s.exec(statement) ?? [];
    if (list === undefined) whole.add(statement.replace(/;.*\n/, ";"));
    const set = names.get(from) ?? new Set();
    for (const name of list?.split(",").map((one) => one.trim()).filter(Boolean) ?? []) set.add(`${isType}${name}`);
    names.set(from, set);
  }
  const merged = [...names].filter(([, set]) => set.size > 0).map(([from, set]) => `import { ${[...set].join(", ")} } from "${from}";`);
  return [...whole, ...merged, flat.replaceAll(IMPORT, "")].join("\n");
}
