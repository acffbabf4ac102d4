/** A page over plain http under a name that is not this machine's own: no secure context. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const HOST = "strongroom.test";
const SECRET = "correct horse battery staple";

for (const engine of engines) {
  describe(`a page over plain http in ${engine}`, { skip: without(engine, "names of a test's own") }, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine, { host: HOST }));
      const address = new URL(server.origin);
      address.hostname = HOST;
      await load(driver, address.href);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("gets no vault, and is told what to do", async () => {
      assert.equal(await driver.executeScript("return isSecureContext"), false);
      const refused = { code: "ERR_UNSUPPORTED", message: /https/ };
      await assert.rejects(story(driver, "create", "acme", SECRET), refused);
      await assert.rejects(story(driver, "open", "acme"), refused);
    });

    it("gets one once it has accepted that", async () => {
      await story(driver, "acceptInsecure");
      assert.deepEqual(await story(driver, "create", "acme", SECRET), ["acme"]);
      await story(driver, "createKey", "acme", "photos");
    });
  });
}
