/** Objects that are read in parts by `strongroom/s3`, from a real store: URLs that expire, refusals, a bad connection. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { startProxy } from "../../harness/faults/proxy.mjs";
import { startServer, STORE_CREDENTIALS } from "../../harness/servers/server.mjs";

const MiB = 1024 * 1024;
const KEY = "film.srm";
const SECRET = "correct horse battery staple";

// Which URLs are asked for, and what is made of the answers, is the package's own code.
for (const engine of usually("Chromium")) {
  describe(`parts of objects in a store in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startProxy>>} */
    let proxy;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const reads = async (/** @type {number} */ at) => assert.deepEqual(await step("readObject", KEY, [at, 1000]), [[1000, true]]);

    /** A URL of one's own making. @param {{ seconds?: number, credentials?: typeof STORE_CREDENTIALS }} [how] */
    const signed = async ({ seconds = 60, credentials = STORE_CREDENTIALS } = {}) => {
      const client = new AwsClient({ ...credentials, service: "s3", region: "us-east-1" });
      const url = `${server.store}/strongroom/${KEY}?X-Amz-Expires=${seconds}`;
      return (await client.sign(url, { aws: { signQuery: true } })).url;
    };

    before(async () => {
      server = await startServer(plainPage());
      proxy = await startProxy(server.store, 1);
      proxy.mend();
      ({ driver } = await startBrowser(engine, { proxy: proxy.address }));
      await load(driver, `${server.origin}/ranges.html`);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await step("storeInS3", KEY, 8 * MiB);
    });
    beforeEach(() => proxy.mend());
    after(async () => {
      await driver?.quit();
      await proxy?.stop();
      await server?.stop();
    });

    it("goes on reading when a URL has expired, by another one", async () => {
      const expires = await signed({ seconds: 3 });
      const { size, stored } = await step("openFromS3", KEY, { urls: [expires] });
      assert.equal(size, 8 * MiB);
      assert.ok(stored > size);
      await reads(MiB);
      assert.deepEqual(await step("toldOf", KEY), [1, []]);
      await pause(5000);
      assert.equal((await fetch(expires)).status, 403, "the URL has expired");
      await reads(5 * MiB);
      assert.deepEqual(await step("streamObject", KEY, 0, 8 * MiB), [8 * MiB, true]);
      assert.deepEqual(await step("toldOf", KEY), [2, []]);
    });

    it("says what the store says to credentials that are wrong", async () => {
      const wrong = await signed({ credentials: { ...STORE_CREDENTIALS, secretAccessKey: "wrong" } });
      const refused = step("openFromS3", KEY, { urls: [wrong], only: true });
      await assert.rejects(refused, { code: "ERR_TRANSFER", message: /403 \(SignatureDoesNotMatch\)/ });
      // Asked once more, in case it had only expired.
      assert.deepEqual(await step("toldOf", KEY), [2, []]);
    });

    it("tries again what a store in trouble and a broken connection refuse, and tells it", async () => {
      await step("openFromS3", KEY);
      proxy.forced.set("GET", "refuse");
      await reads(MiB);
      const [, told] = await step("toldOf", KEY);
      assert.deepEqual(told, [[503, 1]]);
      proxy.forced.set("GET", "cut the answer");
      await reads(4 * MiB);
      assert.deepEqual((await step("toldOf", KEY))[1].at(-1), [null, 1]);
    });

    it("ends at an abort, and at the object's end", async () => {
      await step("openFromS3", KEY);
      proxy.forced.set("GET", "hold");
      await step("beginReading", KEY);
      await step("stopReading", KEY);
      assert.equal(await step("ended", KEY), "ERR_ABORTED");
      await assert.rejects(step("readObject", KEY, [0, 10]), { code: "ERR_ABORTED" });
      await step("openFromS3", KEY);
      proxy.forced.set("GET", "hold");
      await step("beginReading", KEY);
      await step("closeObject", KEY);
      assert.equal(await step("ended", KEY), "ERR_CLOSED");
    });

    it("tells a replaced object, also when the URL was renewed meanwhile", async () => {
      await step("openFromS3", KEY, { urls: [await signed({ seconds: 3 })] });
      await step("replaceInS3", KEY, 8 * MiB);
      await assert.rejects(step("readObject", KEY, [MiB, 10]), { code: "ERR_CHANGED" });
      await pause(4500);
      await assert.rejects(step("readObject", KEY, [5 * MiB, 10]), { code: "ERR_CHANGED" });
    });
  });
}
