/** What `onProgress` throws is the process's uncaught error, and never the call's. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";

/** Runs calls that tell their progress. @param {string} callback @param {string} before */
async function run(callback, before = "") {
  const script = `
    import { Strongroom } from "strongroom";
    import { mapStore, pattern, secret } from "./support.mjs";
    ${before}
    const onProgress = ${callback};
    const vault = await Strongroom.create({ name: "a", factors: [secret()], store: mapStore() });
    await vault.lock();
    await vault.unlock(secret(), { onProgress });
    await vault.keys.create({ alias: "photos" });
    const object = await vault.encrypt(pattern(5_000_000), { key: "photos", onProgress });
    await vault.decryptValues(await vault.encryptValues([1, 2], { key: "photos", onProgress }), { onProgress });
    const opened = await (await vault.decrypt(await object.blob(), { onProgress })).bytes();
    await Strongroom.restore(await vault.backup({ onProgress }), { name: "b", store: mapStore(), onProgress });
    await vault.rotateVaultKey({ onProgress });
    console.log(opened.length);
    process.exit();`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], { cwd: import.meta.dirname });
  const [out, error, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { out: out.trim(), error, status };
}

const THROWS = `() => { throw new Error("of the callback") }`;
const REJECTS = `async () => { throw new Error("of the callback") }`;

test("a callback that throws ends a Node process that listens for nothing", async () => {
  for (const callback of [THROWS, REJECTS]) {
    const { out, error, status } = await run(callback);
    assert.deepEqual([out, status], ["", 1]);
    assert.match(error, /of the callback/);
  }
});

test("where the process listens, it hears each, and every call goes through", async () => {
  const before = `
    let heard = 0;
    process.on("uncaughtException", () => heard++);
    process.on("exit", () => console.error(heard));`;
  for (const callback of [THROWS, REJECTS]) {
    const { out, error, status } = await run(callback, before);
    assert.deepEqual([out, status], ["5000000", 0]);
    assert.ok(Number(error) >= 7, error);
  }
});
