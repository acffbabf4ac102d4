// Prints what the wasm gives in this engine: `node expected.mjs calculate.wasm > expected.json`.
import { readFileSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]));
const seeds = Array.from({ length: 60 }, (_, at) => at + 1);
const given = [0, 1, 2].map((kind) => seeds.map((seed) => instance.exports.calculate(kind, seed) >>> 0));
console.log(JSON.stringify(given));
