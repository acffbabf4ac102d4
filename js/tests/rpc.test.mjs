/** The RPC between the page and its engine, by itself. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { build } from "esbuild";
import { code } from "./support.mjs";

const OLDER = "0.0.1+0";
const EXPORTS = `
  export { Peer } from "./src/shared/rpc/peer.js";
  export { pair } from "./src/shared/rpc/in-process.js";
  export { RELEASE } from "./src/shared/release.js";
  export { startWatched } from "./src/shared/workers/watched-worker.js";
  export { serve } from "./src/engine/serve.js";
  export { VaultHost } from "./src/engine/vault/vault-host.js";`;

/** @type {any} */
let internals;

before(async () => {
  const { outputFiles } = await build({
    stdin: { contents: EXPORTS, resolveDir: new URL("..", import.meta.url).pathname, loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
    define: { STRONGROOM_RELEASE: '"1.2.3+test"' },
  });
  internals = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  // Node 20 has none; a page without TLS has no locks.
  globalThis.navigator ??= /** @type {any} */ ({});
});

test("a call that the other side does not have rejects", async () => {
  const { Peer, pair } = internals;
  const [ours, theirs] = pair();
  const page = new Peer(ours, {});
  void new Peer(theirs, { known: () => 5 });
  assert.equal(await page.call("known"), 5);
  for (const name of ["unknown", "toString", "constructor", "__proto__"]) {
    await assert.rejects(page.call(name), code("ERR_INTERNAL"));
  }
});

function broken() {
  throw new TypeError("cannot read properties of undefined");
}

test("what nobody expects is an internal error, with what it was", async () => {
  const { Peer, pair } = internals;
  const [ours, theirs] = pair();
  const page = new Peer(ours, {});
  void new Peer(theirs, { broken });
  await assert.rejects(page.call("broken"), { code: "ERR_INTERNAL", message: /cannot read properties of undefined/ });
});

test("a Worker refuses a page of another release, and says what to do", async () => {
  const { Peer, pair, serve } = internals;
  for (const release of [undefined, OLDER]) {
    const [ours, theirs] = pair();
    serve(theirs);
    const start = new Peer(ours, {}).call("start", {}, "memory", undefined, release);
    await assert.rejects(start, { code: "ERR_WORKER", message: /different releases.*serve both.*reload/ });
  }
});

test("a page refuses a Worker of another release, and says what to do", async () => {
  const { Peer, pair, startWatched } = internals;
  // Before releases were compared, `start` gave a boolean.
  for (const started of [true, { held: false, release: OLDER }]) {
    const [ours, theirs] = pair();
    void new Peer(theirs, { start: () => started });
    const start = startWatched(new Peer(ours, {}), {}, "memory", () => {});
    await assert.rejects(start, { code: "ERR_WORKER", message: /1\.2\.3\+test and .*serve both.*reload/ });
  }
});

test("a page and a Worker of one release start", async () => {
  const { Peer, pair, startWatched, RELEASE } = internals;
  const [ours, theirs] = pair();
  void new Peer(theirs, { start: () => ({ held: false, release: RELEASE }) });
  await startWatched(new Peer(ours, {}), {}, "memory", () => {});
});

test("a Worker that is told to end does so once its store has answered, and asks it for nothing more", async () => {
  const { Peer, pair, serve, RELEASE } = internals;
  const [ours, theirs] = pair();
  const page = new Peer(ours, {});
  let ended = false;
  /** @type {((names: string[]) => void)[]} */
  const asked = [];
  const vaults = () => new Promise((resolve) => asked.push(resolve));
  serve(theirs, () => (ended = true));
  const module = await WebAssembly.compile(await readFile(new URL("../dist/strongroom_bg.wasm", import.meta.url)));
  await page.call("start", module, { vaults }, undefined, RELEASE);
  const list = page.call("list");
  await setImmediate();
  const end = page.call("end");
  await assert.rejects(page.call("list"), code("ERR_LOCKED"));
  assert.deepEqual([asked.length, ended], [1, false]);
  asked[0]?.(["acme"]);
  await end;
  assert.equal(ended, true);
  assert.deepEqual(await list, ["acme"]);
});

test("a restore stops when its engine ends", async () => {
  const { VaultHost } = internals;
  /** @type {((done: number, total: number) => boolean)[]} */
  const watches = [];
  const bindings = async () => ({ restoreVault: (...given) => watches.push(given.at(-1)) && new Promise(() => {}) });
  const host = new VaultHost({ bindings, core: async () => ({}), progress: () => {} });
  void host.lifecycle().restore(new Uint8Array(), "acme", {}, 1);
  await setImmediate();
  assert.equal(watches[0]?.(256, 1000), false);
  host.close();
  assert.equal(watches[0]?.(512, 1000), true);
});
