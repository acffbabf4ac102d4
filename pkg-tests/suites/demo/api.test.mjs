/** What the demo page makes of a server that begins its answer, and says nothing more. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const REMOTE = fileURLToPath(new URL("../../../www/src/remote/", import.meta.url));
/** Not the one that a test sets forward. */
const { setTimeout: later } = globalThis;
const JSON_TYPE = { "content-type": "application/json" };

describe("the demo page's requests", () => {
  const { fetch } = globalThis;
  /** @type {{ storeInfo(): Promise<unknown>, listObjects(): Promise<unknown>, readHeader(key: string): Promise<unknown>, readStart(object: { key: string, header?: { key: string } }): Promise<{ header?: Uint8Array, body: Uint8Array }> }} */
  let api;
  /** How the next requests are answered. @type {((response: import("node:http").ServerResponse) => unknown)[]} */
  const answers = [];
  const server = createServer((_request, response) => answers.shift()?.(response));
  let origin = "";

  /** @param {import("node:http").ServerResponse} response */
  function signed(response) {
    response.writeHead(200, JSON_TYPE).end(JSON.stringify({ method: "GET", url: `${origin}/object`, headers: {} }));
  }

  before(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    origin = `http://127.0.0.1:${port}`;
    // As the page, whose addresses are its server's.
    globalThis.fetch = (address, init) => fetch(new URL(String(address), origin), init);
    const contents = 'export * from "./api"; export * from "./object-start";';
    const stdin = { contents, resolveDir: REMOTE };
    const bundled = await build({ stdin, bundle: true, format: "esm", write: false, logLevel: "error" });
    const [{ text }] = bundled.outputFiles;
    api = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  });
  after(() => {
    globalThis.fetch = fetch;
    server.closeAllConnections();
    server.close();
  });

  it("end when an answer falls silent after its headers, whichever it is", async (t) => {
    /** @type {Promise<unknown> | undefined} */
    let begun;
    const falls = (/** @type {number} */ status) => {
      /** @type {((value: unknown) => void) | undefined} */
      let told;
      begun = new Promise((resolve) => (told = resolve));
      return (/** @type {import("node:http").ServerResponse} */ response) => {
        response.writeHead(status, { ...JSON_TYPE, etag: '"one"', "content-range": "bytes 0-99/100" }).write('{"obj', () => later(() => told?.(true), 50));
      };
    };
    const calls = [
      () => answers.push(falls(200)) && api.storeInfo(),
      () => answers.push(falls(500)) && api.listObjects(),
      () => answers.push(signed, falls(206)) && api.readStart({ key: "a.srm" }),
      () => answers.push(signed, falls(200)) && api.readHeader("a.srh"),
      // The status alone says enough.
      () => answers.push(signed, falls(404)) && api.readHeader("a.srh"),
    ];
    for (const call of calls) {
      t.mock.timers.enable({ apis: ["setTimeout"] });
      const called = /** @type {Promise<unknown>} */ (call());
      const ended = called.then(() => "done", (error) => error);
      await Promise.race([begun, ended]);
      t.mock.timers.tick(30_000);
      t.mock.timers.reset();
      const slow = new Promise((resolve) => later(resolve, 2000, "still waits"));
      assert.match(String(await Promise.race([ended, slow])), /stopped answering|answered 404/);
    }
  });

  it("take what comes slowly, and all of it", async () => {
    const objects = [{ key: "a.srm", size: 1, modified: null }];
    const text = JSON.stringify({ objects, next: null });
    answers.push((response) => {
      response.writeHead(200, JSON_TYPE).write(text.slice(0, 10));
      later(() => response.end(text.slice(10)), 100);
    });
    assert.deepEqual(await api.listObjects(), [{ ...objects[0], header: undefined }]);
    answers.push(signed, (response) => {
      response.writeHead(206, { "content-range": "bytes 0-4/5", etag: '"one"' }).write("by");
      later(() => response.end("tes"), 100);
    });
    assert.equal(Buffer.from((await api.readStart({ key: "a.srm" })).body).toString(), "bytes");
    answers.push((response) => response.writeHead(404, JSON_TYPE).end('{"error":"no such store"}'));
    await assert.rejects(api.storeInfo(), { message: "no such store", status: 404 });
  });
});
