/**
 * Vaults that are created and unlocked, one after the other. Each derivation has a Worker of its own, whose start
 * must never block the vault's Worker: in Firefox, one that was started from there did so once in twenty to two
 * hundred times, and `create` or `unlock` never settled.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const CREATES = Number(process.env.STRONGROOM_CREATES ?? 10);

describe(`${CREATES} vaults in Firefox`, () => {
  /** @type {Awaited<ReturnType<typeof serveFolder>>} */
  let server;
  /** @type {import("selenium-webdriver").WebDriver} */
  let driver;
  const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

  before(async () => {
    server = await serveFolder(plainPage());
    ({ driver } = await startBrowser("Firefox"));
    await load(driver, server.origin);
  });
  after(async () => {
    await driver?.quit();
    await server?.stop();
  });

  it("are created and unlocked, and no call hangs", async () => {
    for (let nth = 1; nth <= CREATES; nth++) {
      const name = `vault ${nth}`;
      // A call that hangs is a script that the driver ends, with an error.
      await step("create", name, SECRET);
      await step("lock", name);
      await step("unlock", name, SECRET);
      assert.deepEqual(await step("keys", name), []);
      await step("lock", name);
      await step("remove", name);
    }
  });
});
