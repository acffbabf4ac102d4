/** The code in README.md, docs and doc comments. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * @typedef {object} CodeBlock
 * @property {string} file in the repository
 * @property {number} line of its first line
 * @property {string} language
 * @property {string} text
 */

/** Every block, of each language. @returns {CodeBlock[]} */
export function codeBlocks() {
  const pages = ["README.md", ...filesIn("docs", ".md")].flatMap((file) => fenced(file, read(file)));
  return [...pages, ...filesIn("js/src", ".ts").flatMap(inComments)];
}

/** @param {string} folder @param {string} end */
function filesIn(folder, end) {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(end) && !/node_modules|\.vitepress|^reference/.test(name));
  return files.toSorted().map((name) => `${folder}/${name}`);
}

const read = (/** @type {string} */ file) => readFileSync(join(root, file), "utf8");

/** @param {string} file @param {string} text @param {number} [before] lines of the file before the text */
function fenced(file, text, before = 0) {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ index, 1: language = "", 2: code = "" }) => {
    return { file, line: before + lines(text.slice(0, index)) + 1, language, text: code };
  });
}

/** Fenced blocks, and what follows `@example` up to the next tag. @param {string} file @returns {CodeBlock[]} */
function inComments(file) {
  const source = read(file);
  return [...source.matchAll(/^ *\/\*\*\n(.*?)\*\/$/gms)].flatMap(({ index, 1: inside = "" }) => {
    const before = lines(source.slice(0, index)) + 1;
    const text = inside.replaceAll(/^ *\* ?/gm, "");
    const examples = [...text.matchAll(/^@example\n(.*?)(?=^@|(?![^]))/gms)].map(({ index: at, 1: code = "" }) => {
      return { file, line: before + lines(text.slice(0, at)) + 1, language: "ts", text: `${code.trimEnd()}\n` };
    });
    return fenced(file, text, before).concat(examples);
  });
}

const lines = (/** @type {string} */ text) => text.split("\n").length;
