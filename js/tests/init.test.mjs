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

test("init after the package was used throws where it would change something", async () => {
  const said = await run(`
    await Strongroom.list();
    console.log(await code(init({ wasm })));
    console.log(await code(init({ worker: true })));
    console.log(await code(init()));`);
  assert.match(said, /^ERR_ARGUMENT wasm cannot be changed.*\nfine\nfine$/);
});
