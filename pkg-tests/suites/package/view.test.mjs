/** A view of a vault, whose limits the Worker holds to: also against messages that a script of the page makes up. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

// Ports and Workers are the same in every engine, and what is refused is the core's choice.
for (const engine of usually("Chromium")) {
  describe(`a view of a vault in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {{ id: string, body: string }} */
    let ours;
    /** @type {{ id: string, body: string }} */
    let theirs;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const openView = (/** @type {string[]} */ ...operations) => step("openView", "acme", { operations, keys: ["photos"] });
    const call = (/** @type {string} */ method, /** @type {unknown[]} */ ...given) => step("callOnView", method, given);

    before(async () => {
      page = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/view.html`);
      await step("create", "acme", SECRET);
      for (const alias of ["photos", "secrets"]) await step("keyring", "acme", "create", { alias });
      [ours, theirs] = await Promise.all(["photos", "secrets"].map((key) => step("seal", "acme", `of ${key}`, { key })));
    });
    after(async () => {
      await driver?.quit();
      await page?.stop();
    });

    it("opens what is under its keys, and has no others", async () => {
      await openView("decrypt", "encryptValue");
      assert.deepEqual(await step("viewKeys"), ["photos"]);
      assert.equal(await step("viewDecrypts", ours.body), "of photos");
      await assert.rejects(step("viewDecrypts", theirs.body), { code: "ERR_NO_KEY" });
      await assert.rejects(step("inView", "encryptValue", 1, { key: "secrets" }), { code: "ERR_NO_KEY" });
      await assert.rejects(step("inView", "decryptValue", await step("inView", "encryptValue", 1, { key: "photos" })), { code: "ERR_POLICY" });
    });

    it("answers a script that has its port as it answers its page", async () => {
      await openView("decrypt", "encrypt", "rotate");
      const none = { code: "ERR_POLICY", policy: "view" };
      for (const method of ["backup", "exportVaultKey", "head", "listFactors", "queryAudit", "view", "resume", "secretJwk", "end", "toString"]) {
        assert.deepEqual(await call(method), none, method);
      }
      assert.deepEqual(await call("findKey", "secrets"), { code: "ERR_NO_KEY" });
      assert.deepEqual(await call("manage", "secrets", { do: "rotate" }), { code: "ERR_NO_KEY" });
      assert.deepEqual(await call("manage", "photos", { do: "suspend" }), none);
      await step("readByVault", "acme", theirs.body);
      for (let number = 0; number < 12; number++) {
        assert.deepEqual(await call("readObject", number, 0, 1, false), { code: "ERR_CLOSED" });
      }
      await step("postOnView", [
        null, 5, "call", [], {}, { call: 1 }, { call: 2, method: "findKey" }, { call: 3, method: 4, args: [] }, { reply: 0 }, { reply: 0, error: null },
        { reply: 0, error: { code: "ERR_NOTHING" } }, { call: null, method: "decrypt", args: [null, null, null] }, { method: "backup", args: [] },
      ]);
      for (const [method, ...given] of /** @type {[string, ...unknown[]][]} */ ([
        ["findKey"], ["findKey", 7], ["findKey", "photos", "more"], ["can", "encrypt", "photos", null, 7], ["sign", "photos", { length: -1 }], ["manage", "photos", 7],
        ["listKeys", "x"], ["decryptValues", [7], [], false], ["encrypt", 1, { kind: "bytes", bytes: "x" }, {}], ["inspect", {}, {}], ["readObject", "0", 0, 1, false],
      ])) assert.deepEqual(await call(method, ...given), { code: "ERR_ARGUMENT" }, method);
      for (const code of ["ERR_WASM", "ERR_NO_VAULT", "ERR_NOTHING"]) assert.notEqual(await step("failReading", code), undefined, code);
      assert.equal(await step("viewDecrypts", ours.body), "of photos");
      assert.equal(await step("unlocked", "acme"), true);
    });

    it("ends when it is closed, and when the vault is locked, for good", async () => {
      await step("closeView");
      assert.deepEqual(await step("viewEnds"), { ended: true, told: ["ERR_CLOSED"] });
      await assert.rejects(step("viewDecrypts", ours.body), { code: "ERR_CLOSED" });
      await openView("decrypt");
      await step("lock", "acme");
      assert.deepEqual(await step("viewEnds"), { ended: true, told: ["ERR_LOCKED"] });
      await step("unlock", "acme", SECRET);
      await assert.rejects(step("viewDecrypts", ours.body), { code: "ERR_LOCKED" });
      await openView("decrypt");
      assert.equal(await step("viewDecrypts", ours.body), "of photos");
    });
  });
}
