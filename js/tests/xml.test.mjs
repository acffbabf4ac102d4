/** The reader of stores' XML, held to a kept corpus, to documents of any shape, and to what is made of both by accident. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SEED = Number(process.env.STRONGROOM_SEED ?? Date.now() % 1_000_000);
const source = fileURLToPath(new URL("../src/adapters/s3/xml.ts", import.meta.url));
const { outputFiles } = await build({ entryPoints: [source], bundle: true, format: "esm", write: false });
const { readXml, textOf } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

/** @param {string} folder */
function corpus(folder) {
  const at = new URL(`corpus/xml/${folder}/`, import.meta.url);
  return readdirSync(at).map((name) => ({ name, text: readFileSync(new URL(name, at), "utf8") }));
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&#34;");

/** Numbers that look random and are the same for one seed (SplitMix32). */
function randomly(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x9e37_79b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

test("what stores send is read, and what is no whole document is not", () => {
  for (const { name, text } of corpus("read")) assert.ok(readXml(text), name);
  for (const { name, text } of corpus("refused")) assert.equal(readXml(text), undefined, name);
  const [list] = corpus("read").filter(({ name }) => name === "list-parts.xml").map(({ text }) => readXml(text));
  assert.equal(textOf(list, "Key"), "a&b.srm");
  assert.equal(textOf(list.children.at(-2), "ETag"), '"d41d8cd98f00b204e9800998ecf8427e"');
});

test(`a document of any shape is read as what was written, seed ${SEED}`, () => {
  const random = randomly(SEED);
  const texts = ["", "a", "a < b & c", '"quoted"', "é🗝", "  ", "&lt;", "]]>", "&#65;"];
  const made = (deep) => ({
    name: ["Part", "a", "x:y", "Ünï"][random(4)],
    text: texts[random(texts.length)],
    children: Array.from({ length: deep > 0 ? random(4) : 0 }, () => made(deep - 1)),
  });
  const attributes = ["", ' a="<b>"', " a='>'", ' xmlns="http://a/"'];
  const written = ({ name, text, children }) => {
    const inside = escaped(text) + children.map((child) => ["", "<!-- <b> -->", "<?a b?>"][random(3)] + written(child)).join("");
    const tag = name + attributes[random(attributes.length)].replace("<b>", "b");
    return inside === "" && random(2) ? `<${tag}/>` : `<${tag}>${inside}</${name}>`;
  };
  for (let round = 0; round < 500; round++) {
    const tree = made(5);
    const text = written(tree);
    assert.deepEqual(readXml(`<?xml version="1.0"?>\n${text}\n`), tree, text);
    // No whole document is the beginning of another.
    assert.equal(readXml(text.slice(0, random(text.length - 1))), undefined, text);
  }
});

test(`nothing that is made of the corpus by accident throws, or takes long, seed ${SEED}`, () => {
  const random = randomly(SEED);
  const all = [...corpus("read"), ...corpus("refused")].map(({ text }) => text);
  const marks = ["<", ">", "</", "/>", "<!--", "-->", "<?", "?>", "&", ";", '"', "'", "&#x110000;", "&#0;", "\0", "<a>"];
  const start = performance.now();
  for (let round = 0; round < 20_000; round++) {
    let text = all[random(all.length)];
    for (let edit = random(4); edit >= 0; edit--) {
      const [at, to] = [random(text.length + 1), random(text.length + 1)];
      const inside = [marks[random(marks.length)], all[random(all.length)].slice(at, to), ""][random(3)];
      text = text.slice(0, at) + inside + text.slice(random(2) ? at : Math.max(at, to));
    }
    const root = readXml(text);
    assert.ok(root === undefined || typeof root.name === "string", text);
  }
  assert.ok(performance.now() - start < 20_000);
});
