/** Stores that a page cannot use: each transfer ends, soon, with an error that says why. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { engines, startBrowser, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { listen } from "../../harness/servers/listen.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

/** A store that answers as it is told, by CORS to every page. */
async function startStore() {
  /** @type {{ answer: (request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void }} */
  const state = { answer: (_, response) => void response.end() };
  /** @type {string[]} */
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    request.on("end", () => state.answer(request, response));
  });
  return { ...(await listen(server)), state, asked };
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, PUT, POST, DELETE",
  "access-control-allow-headers": "*",
  "access-control-expose-headers": "ETag",
};

/** A whole answer as it travels. @param {string} status @param {string[]} lines */
const raw = (status, lines = []) =>
  [`HTTP/1.1 ${status}`, ...Object.entries(CORS).map((pair) => pair.join(": ")), "content-length: 0", ...lines, "", ""].join("\r\n");

for (const engine of engines) {
  describe(`stores that refuse in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {Awaited<ReturnType<typeof startStore>>} */
    let store;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      page = await serveFolder(plainPage());
      store = await startStore();
      ({ driver } = await startBrowser(engine));
    });
    beforeEach(async () => {
      await load(driver, `${page.origin}/refusals.html`);
      await step("remove", "acme").catch(() => {});
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      store.asked.length = 0;
    });
    after(async () => {
      await driver?.quit();
      await store?.stop();
      await page?.stop();
    });

    for (const status of ["999 Odd", "600 Odd", "199 Odd"]) {
      it(`an answer of ${status} ends an upload`, async () => {
        store.state.answer = (request, response) => {
          if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
          response.socket?.end(raw(status));
        };
        const { code, ms } = await step("uploadTo", store.origin, 1000, { retries: 0 });
        assert.equal(code, "ERR_TRANSFER");
        assert.ok(ms < 10_000, `${ms} ms`);
      });
    }

    it("CORS that does not let the page send is named, and soon", async () => {
      store.state.answer = (_, response) => void response.writeHead(200).end();
      for (const [given, method] of [
        [["uploadTo", store.origin, 1000], "PUT"],
        [["uploadTo", store.origin, 12_000_000, { partSize: 5_242_880 }], "POST"],
        [["downloadFrom", store.origin], "GET"],
      ]) {
        const [name, ...rest] = /** @type {[string, ...unknown[]]} */ (given);
        const { code, status, message, ms, retried } = await step(name, ...rest);
        assert.deepEqual([code, status], ["ERR_TRANSFER", undefined]);
        assert.match(message, new RegExp(`CORS.*${page.origin}.*${method}`));
        assert.ok(ms < 5000, `${ms} ms`);
        assert.equal(retried.length, 1, "one failure may be the network's");
      }
    });

    it("a store that is not there is not CORS's fault, and each further attempt is told", async () => {
      const gone = await startStore();
      await gone.stop();
      const { code, message, retried } = await step("uploadTo", gone.origin, 1000, { retries: 2 });
      assert.equal(code, "ERR_TRANSFER");
      assert.match(message, /cannot be reached/);
      const told = retried.map((/** @type {unknown[]} */ [attempt, , pauses]) => [attempt, pauses]);
      assert.deepEqual(told, [[1, true], [2, true]]);
    });

    it("a device that is offline is told so at once", { skip: without(engine, "DevTools") }, async () => {
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (driver);
      await chromium.setNetworkConditions({ offline: true, latency: 0, download_throughput: 0, upload_throughput: 0 });
      try {
        const { code, message, ms, retried } = await step("uploadTo", store.origin, 1000);
        assert.deepEqual([code, retried], ["ERR_TRANSFER", []]);
        assert.match(message, /offline/);
        assert.ok(ms < 3000, `${ms} ms`);
      } finally {
        await chromium.deleteNetworkConditions();
      }
    });

    it("a refusal that does not end, ends", async () => {
      store.state.answer = (request, response) => {
        if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
        response.writeHead(400, CORS);
        const chunk = Buffer.alloc(65_536, 0x20);
        const timer = setInterval(() => response.write(chunk), 5);
        response.once("close", () => clearInterval(timer));
      };
      const { code, status, ms } = await step("uploadTo", store.origin, 1000, { retries: 0 });
      assert.deepEqual([code, status], ["ERR_TRANSFER", 400]);
      assert.ok(ms < 10_000, `${ms} ms`);
    });
  });
}
