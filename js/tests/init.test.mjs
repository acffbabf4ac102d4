/** The settings of `init`, each in a process of its own: they hold for good. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const entry = import.meta.resolve("strongroom");
const wasm = import.meta.resolve("strongroom/strongroom_bg.wasm");

/** What a script prints that has `init`, `Strongroom` and `wasm`, the module's address. @param {string} script */
async function run(script) {
  const lines = `import { init, Strongroom } from "${entry}"; const wasm = "${wasm}";
    const code = (call) => call.then(() => "fine", ({ code, message }) => code + " " + message);
    ${script}`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", lines]);
  return stdout.trim();
}

test("init a second time with the same settings, or with none, only waits", async () => {
  const said = await run(`
    await init({ wasm, worker: false });
    await init();
    await init({});
    await init({ wasm: new URL(wasm), worker: "inline" });
    console.log(await code(init({ wasm })));`);
  assert.equal(said, "fine");
});

test("init a second time with other settings throws, and the first ones stay", async () => {
  const said = await run(`
    await init({ wasm });
    console.log(await code(init({ wasm: wasm + "?other" })));
    console.log(await code(init({ worker: "inline" })));
    console.log(await code(Strongroom.list()));`);
  assert.match(said, /^ERR_ARGUMENT wasm cannot be changed.*\nERR_ARGUMENT worker cannot be changed.*\nfine$/);
});

test("the wasm is held to the hash that init was given, however it is given", async () => {
  const said = await run(`
    const { readFileSync } = await import("node:fs");
    const { createHash } = await import("node:crypto");
    const bytes = readFileSync(new URL(wasm));
    const integrity = "sha512-" + createHash("sha512").update(bytes).digest("base64");
    for (const odd of ["", "sha512-abc", "md5-" + integrity.slice(7), integrity + " " + integrity]) {
      console.log(await code(init({ wasm: bytes, integrity: odd })));
    }
    const changed = Uint8Array.from(bytes);
    changed[changed.length - 1] ^= 1;
    const given = changed.buffer;
    console.log(await code(init({ wasm: given, integrity })));
    changed[changed.length - 1] ^= 1;
    console.log(await code(init({ wasm: given, integrity })), await code(Strongroom.list()));`);
  const lines = said.split("\n");
  for (const line of lines.slice(0, 4)) assert.match(line, /^ERR_ARGUMENT integrity must be a hash/);
  assert.match(lines[4], /^ERR_WASM strongroom_bg.wasm is not the one/);
  assert.equal(lines[5], "fine fine");
});

test("a module that is compiled already is not believed to have a hash", async () => {
  const said = await run(`
    const { readFileSync } = await import("node:fs");
    const module = await WebAssembly.compile(readFileSync(new URL(wasm)));
    console.log(await code(init({ wasm: module, integrity: "sha256-" + "A".repeat(43) + "=" })));`);
  assert.match(said, /^ERR_ARGUMENT integrity cannot be checked/);
});

test("init after the package was used throws where it would change something", async () => {
  const said = await run(`
    await Strongroom.list();
    console.log(await code(init({ wasm })));
    console.log(await code(init({ worker: true })));
    console.log(await code(init()));`);
  assert.match(said, /^ERR_ARGUMENT wasm cannot be changed.*\nfine\nfine$/);
});
