/** The RPC between the page and its engine, by itself. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { build } from "esbuild";
import { code } from "./support.mjs";

const OLDER = "0.0.1+0";
const EXPORTS = `
  export { Peer } from "./src/shared/rpc/peer.js";
  export { pair } from "./src/shared/rpc/in-process.js";
  export { RELEASE } from "./src/shared/release.js";
  export { startWatched } from "./src/shared/workers/watched-worker.js";
  export { serve } from "./src/engine/serve.js";`;

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
