/** Uploads that go on: after a tab that is gone, over a network that was, with a file that changed, from an older database. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { startProxy } from "../../harness/faults/proxy.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const MiB = 1024 * 1024;
const SECRET = "correct horse battery staple";
/** Eight parts. */
const SIZE = 38 * MiB + 12_345;
const PARTS = 8;

for (const engine of engines) {
  // WebKit's driver has no proxies.
  const proxied = engine !== "WebKit";

  describe(`uploads that go on in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startProxy>>} */
    let proxy;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    let made = 0;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const file = () => ({ key: `film-${++made}.srm`, size: SIZE, seed: made });

    before(async () => {
      server = await startServer(plainPage());
      proxy = await startProxy(server.store, 1);
      proxy.mend();
      ({ driver } = await startBrowser(engine, proxied ? { proxy: proxy.address } : {}));
      await loadPage();
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
    });
    after(async () => {
      await driver?.quit();
      await proxy?.stop();
      await server?.stop();
    });

    async function loadPage() {
      await load(driver, `${server.origin}/resume.html`);
      await step("init", `${server.origin}/recording-worker.js`);
    }

    /** Another page, which knows nothing but the vault. */
    async function anotherDay() {
      const [old] = await driver.getAllWindowHandles();
      await driver.switchTo().newWindow("tab");
      const fresh = await driver.getWindowHandle();
      await driver.switchTo().window(old ?? "");
      await driver.close();
      await driver.switchTo().window(fresh);
      await loadPage();
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
    }

    /** Sends parts until one is held back, before it is signed. */
    async function sendUntil(/** @type {string} */ key, /** @type {number} */ holdAt, concurrency = 2) {
      await step("send", key, { holdAt, concurrency });
      const held = async () => {
        const { confirmed, held: waits } = await step("sent");
        return waits && confirmed >= (holdAt - 1) * 5 * MiB;
      };
      await driver.wait(held, 60_000, "the parts before it were not confirmed");
    }

    /** All that is missing; the numbers of the parts that were sent for that. */
    async function sendRest(/** @type {{ key: string }} */ given) {
      await step("send", given.key, { concurrency: 2, retries: 2 });
      const { value, code, message } = await step("outcome");
      assert.equal(code, undefined, `${code}: ${message}`);
      assert.equal(value.parts, PARTS);
      const { sha256 } = await step("get", "acme", given.key);
      assert.equal(sha256, await step("hashOf", given));
      return (await step("sent")).signed;
    }

    it("goes on where the store stopped, when the tab is gone", async () => {
      const given = file();
      const { token } = await step("begin", given);
      await sendUntil(given.key, 4);
      await anotherDay();
      const [listed] = await step("uploads");
      assert.equal(listed.token, token);
      assert.equal(listed.name, given.key);
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(4));
      assert.deepEqual(await step("uploads"), [], "what is stored cannot go on");
    });

    it("goes on in one tab at a time", async () => {
      const given = file();
      const { token } = await step("begin", given);
      await sendUntil(given.key, 3);
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await loadPage();
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      await assert.rejects(step("goOn", token, given), { code: "ERR_IN_USE" });
      const second = await driver.getWindowHandle();
      await driver.switchTo().window(first);
      await driver.close();
      await driver.switchTo().window(second);
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(3));
    });

    it("lets go of an upload when the vault is locked", async () => {
      const given = file();
      const { token } = await step("begin", given);
      await step("lock", "acme");
      await step("unlock", "acme", SECRET);
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(1));
    });

    it("goes on as soon as the object or the vault is closed", async () => {
      const given = file();
      const { token } = await step("begin", given);
      assert.equal(await step("closeAndGoOn", token, given, SECRET, 3), 3);
      assert.deepEqual(await sendRest(given), from(1));
    });

    it("refuses a file that changed since, before a byte of that is encrypted", async () => {
      const given = file();
      const { token } = await step("begin", given);
      await sendUntil(given.key, 3);
      await anotherDay();
      await assert.rejects(step("goOn", token, { ...given, size: SIZE - 1 }), { code: "ERR_CHANGED" });
      await step("goOn", token, { ...given, changeAt: 17 * MiB });
      await step("send", given.key);
      const { code } = await step("outcome");
      assert.equal(code, "ERR_CHANGED");
      assert.deepEqual((await step("sent")).signed, [3], "the part before the changed one");
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(4));
    });

    it("refuses a file that changes between two parts", async () => {
      const path = join(temporaryFolder(), "film.bin");
      const bytes = Buffer.alloc(SIZE, "film");
      writeFileSync(path, bytes);
      const choose = async () => (await driver.findElement(By.id("file"))).sendKeys(path);
      await choose();
      const given = { key: `film-${++made}.srm` };
      const { token } = await step("begin", given);
      await sendUntil(given.key, 3, 1);
      writeFileSync(path, Buffer.alloc(SIZE, "other"));
      await step("letGo");
      const { code, message } = await step("outcome");
      writeFileSync(path, bytes);
      if (engine === "WebKit") {
        // It had read the file to its end, and sent what that was.
        assert.equal(code, undefined, message);
        const { sha256 } = await step("get", "acme", given.key);
        assert.equal(sha256, createHash("sha256").update(bytes).digest("hex"));
        return;
      }
      assert.equal(code, "ERR_CHANGED", message);
      await anotherDay();
      await choose();
      await step("goOn", token, given);
      const sent = await sendRest(given);
      assert.ok(!sent.includes(1) && !sent.includes(2), `${sent} were sent again`);
    });

    it("does no harm with an older copy of the database", async () => {
      const given = file();
      const { token } = await step("begin", given);
      await step("copyDatabase");
      await sendUntil(given.key, 4);
      // As it was once the file had been read, and nothing sent.
      await step("putBack");
      await anotherDay();
      await step("goOn", token, { ...given, changeAt: 3 * MiB });
      await step("send", given.key);
      assert.equal((await step("outcome")).code, "ERR_CHANGED");
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(1), "what it knew of the upload is gone");
    });

    it("cannot go on with what the database does not know", async () => {
      const given = file();
      await step("copyDatabase");
      const { token } = await step("begin", given);
      await sendUntil(given.key, 3);
      await step("putBack");
      await anotherDay();
      await assert.rejects(step("goOn", token, given), { code: "ERR_NO_OBJECT", message: /encrypt the file again/ });
    });

    it("gives up for good when it is told so", async () => {
      const given = file();
      const { token } = await step("begin", given);
      await sendUntil(given.key, 3);
      await anotherDay();
      await step("goOn", token, given);
      await step("abandon", given.key);
      assert.deepEqual(await step("uploads"), []);
      await assert.rejects(step("goOn", token, given), { code: "ERR_NO_OBJECT" });
    });

    it("goes on when the presigned URLs had expired", async () => {
      const given = file();
      const { token } = await step("begin", given);
      await step("send", given.key, { expired: 3 });
      const { code, status = 403 } = await step("outcome");
      // A refusal may be lost in the connection that is closed upon it while bytes are sent.
      assert.deepEqual([code, status], ["ERR_TRANSFER", 403]);
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(3));
    });

    it("goes on when the network was gone", { skip: !proxied && "no proxy" }, async () => {
      const given = file();
      const { token } = await step("begin", given);
      await sendUntil(given.key, 3, 1);
      proxy.vanish();
      await step("letGo");
      const { code, status } = await step("outcome");
      assert.deepEqual([code, status], ["ERR_TRANSFER", undefined]);
      proxy.mend();
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(3));
    });

    it("knows of a part that was stored when the tab was killed before it heard so", { skip: !proxied && "no proxy" }, async () => {
      const given = file();
      const { token } = await step("begin", given);
      await sendUntil(given.key, 3, 1);
      proxy.forced.set("PUT", "hold");
      await step("letGo");
      const part = async () => [...proxy.sent.keys()].some((name) => name.includes(given.key) && name.endsWith(" 3"));
      await driver.wait(part, 30_000, "the part did not leave");
      await anotherDay();
      await step("goOn", token, given);
      assert.deepEqual(await sendRest(given), from(4));
    });

    it("sends the same bytes each time, and uses no nonce for two plaintexts", async (t) => {
      for (const [part, hashes] of proxy.sent) assert.equal(hashes.size, 1, `${part} was sent with different bytes`);
      const { segments, nonces } = await step("recorded");
      assert.ok(segments > (10 * SIZE) / 262_144 / 2, `only ${segments} segments were seen`);
      assert.equal(nonces, segments);
      t.diagnostic(`${segments} segments, no nonce used twice`);
    });
  });
}

/** The numbers of the parts from one on. @param {number} first */
function from(first) {
  return Array.from({ length: PARTS - first + 1 }, (_, at) => first + at);
}
