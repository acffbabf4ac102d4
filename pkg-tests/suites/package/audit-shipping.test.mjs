/** An audit log on its way to a receiver: what is left of that when a tab is reloaded, and what two tabs make of it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
/** It has none of our code, and is the inline engine's tests' too. */
const { LogReceiver } = await import(new URL("../../../js/tests/log-receiver.mjs", import.meta.url).href);

/** A server that takes batches, and refuses what does not continue what it has. */
async function startReceiver() {
  const receiver = new LogReceiver();
  /** @type {{ first: number, text: string }[]} */
  const taken = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "authorization, content-type");
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    if (request.headers.authorization !== "Bearer of a test") return void response.writeHead(401).end();
    const text = Buffer.concat(chunks).toString();
    try {
      receiver.take(JSON.parse(text));
      taken.push({ first: JSON.parse(text).first, text });
      response.writeHead(204).end();
    } catch (/** @type {any} */ error) {
      response.writeHead(error.size === undefined ? 422 : 409).end(JSON.stringify({ size: error.size, error: error.message }));
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { receiver, taken, url: `http://127.0.0.1:${port}/audit`, stop };
}

for (const engine of engines) {
  describe(`an audit log that is shipped in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {Awaited<ReturnType<typeof startReceiver>>} */
    let receiver;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const audit = (/** @type {string} */ method, /** @type {unknown[]} */ ...given) => step("auditing", method, ...given);
    const unlocked = async () => {
      await load(driver, `${page.origin}/keys.html`);
      await step("open");
      await step("unlock", SECRET);
    };
    const ship = () => step("ship", receiver.url, { every: 1000, headers: { authorization: "Bearer of a test" } });
    const caughtUp = async () => {
      await audit("flush");
      const { log, size } = await audit("state");
      for (const end = Date.now() + 30_000; receiver.receiver.sizeOf(log) !== size; await sleep(100)) {
        assert.ok(Date.now() < end, `${JSON.stringify(await step("shipment"))}: ${receiver.receiver.sizeOf(log)} of ${size}`);
      }
    };

    before(async () => {
      page = await serveFolder(plainPage());
      receiver = await startReceiver();
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/keys.html`);
      await step("create", SECRET);
      await audit("start");
      await step("keyring", "create", { alias: "photos" });
    });
    after(async () => {
      await driver?.quit();
      receiver?.stop();
      await page?.stop();
    });

    it("goes on where it was after a reload, and nothing is sent twice or in the clear", async () => {
      await ship();
      await step("vault", "encryptValue", "a secret", { key: "photos", reason: "of no concern to others" });
      await caughtUp();
      // It knows that the last batch was taken.
      for (const end = Date.now() + 20_000; (await step("shipment")).behind !== 0; await sleep(100)) assert.ok(Date.now() < end);
      await unlocked();
      await ship();
      await step("keyring", "create", { alias: "letters" });
      await caughtUp();
      const firsts = receiver.taken.map(({ first }) => first);
      assert.ok(firsts.length >= 2);
      assert.deepEqual(firsts, [...new Set(firsts)].toSorted((one, other) => one - other));
      assert.doesNotMatch(receiver.taken.map(({ text }) => text).join(""), /photos|letters|concern|a secret/);
    });

    it("is sent by one of two tabs, and by the other one once the first is closed", async () => {
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await unlocked();
      await ship();
      const second = await driver.getWindowHandle();
      await step("keyring", "create", { alias: "of the second tab" });
      await caughtUp();
      assert.equal((await step("shipment")).status, "waiting");
      await driver.switchTo().window(first);
      assert.equal((await step("shipment")).status, "shipping");
      await driver.close();
      await driver.switchTo().window(second);
      await step("keyring", "create", { alias: "of the tab that is left" });
      await caughtUp();
      assert.equal((await step("shipment")).status, "shipping");
      const firsts = receiver.taken.map(({ first: at }) => at);
      assert.equal(new Set(firsts).size, firsts.length);
    });

    it("holds a cut back where a place cannot be read or the database does not say", async () => {
      await unlocked();
      // A tab that knows of no place but what is kept.
      await driver.executeAsyncScript(
        `const done = arguments[0];
         const opening = indexedDB.open("strongroom-shipping", 1);
         opening.onsuccess = () => {
           const writing = opening.result.transaction("cursors", "readwrite");
           const names = writing.objectStore("cursors").getAllKeys();
           names.onsuccess = () => {
             for (const name of names.result) writing.objectStore("cursors").put({ log: 1, next: 1e6 }, name);
           };
           writing.oncomplete = () => {
             opening.result.close();
             done();
           };
         };`,
      );
      const { entries, held } = await audit("cut", { before: Date.now() + 1000 });
      assert.deepEqual([entries, held], [0, "shipping"]);
      await driver.executeScript(
        `const { openCursor, get } = IDBObjectStore.prototype;
         const failing = (real) => function (...given) {
           if (this.name === "cursors") throw new DOMException("none", "UnknownError");
           return real.apply(this, given);
         };
         Object.assign(IDBObjectStore.prototype, { openCursor: failing(openCursor), get: failing(get) });`,
      );
      await assert.rejects(audit("cut", { before: Date.now() + 1000 }), { code: "ERR_STORAGE" });
    });

    it("is not sent where its place is not kept", async () => {
      await unlocked();
      await driver.executeScript(
        `const { put } = IDBObjectStore.prototype;
         IDBObjectStore.prototype.put = function (...given) {
           if (this.name === "cursors") throw new DOMException("none", "QuotaExceededError");
           return put.apply(this, given);
         };`,
      );
      const had = receiver.taken.length;
      await step("ship", receiver.url, { name: "another", every: 1000, headers: { authorization: "Bearer of a test" } });
      let state = await step("shipment");
      for (const end = Date.now() + 20_000; state.status !== "ended"; await sleep(100), state = await step("shipment")) {
        assert.ok(Date.now() < end && receiver.taken.length === had, JSON.stringify(state));
      }
      assert.deepEqual([state.error, receiver.taken.length], ["ERR_STORAGE", had]);
    });
  });
}
