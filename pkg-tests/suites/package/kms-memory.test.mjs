/**
 * What a key management service unwraps does not lie in the page's heap: neither the text of its answer nor the bytes. The page keeps all that its
 * script decodes, and the bytes of all messages of its Workers, so that a heap snapshot shows what ever came there.
 */
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { pageStrings } from "../../harness/browsers/heap.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { fakeAwsKms } from "../../harness/kms/aws.mjs";
import { fakeGoogleKms } from "../../harness/kms/google.mjs";
import { leaks } from "../../harness/samples/secrets.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

const SERVICES = {
  async awsKms() {
    const fake = await fakeAwsKms();
    const keys = [fake.addKey("RSA_2048"), fake.addKey("RSA_2048")].map(({ arn, privateKey }) => ({ name: arn, privateKey }));
    return { fake, keys, member: "Plaintext", enter: () => fake.credentials() };
  },
  async googleKms() {
    const fake = await fakeGoogleKms();
    const algorithm = "RSA_DECRYPT_OAEP_2048_SHA256";
    const keys = [fake.addKey("gate", { algorithm }), fake.addKey("escrow", { algorithm })];
    return { fake, keys, member: "plaintext", enter: () => fake.token() };
  },
};

// Heap snapshots are Chromium's.
for (const engine of engines.filter((one) => one === "Chromium")) {
  for (const [provider, begin] of Object.entries(SERVICES)) {
    describe(`what ${provider} unwraps, in ${engine}`, () => {
      /** @type {Awaited<ReturnType<typeof serveFolder>>} */
      let page;
      /** @type {import("selenium-webdriver").WebDriver} */
      let driver;
      /** @type {any} */
      let service;
      /** What was unwrapped, by its number. @type {Record<string, Buffer>} */
      const secrets = {};
      const optionsOf = (/** @type {number} */ at) => ({ key: service.keys[at].name, endpoint: service.fake.origin });
      const found = async () => leaks(secrets, [await pageStrings(driver)]).toSorted();

      before(async () => {
        service = await begin();
        page = await serveFolder(plainPage());
        ({ driver } = await startBrowser(engine));
        await load(driver, `${page.origin}/kms.html`);
        await story(driver, "keepSeen");
        const jwks = service.keys.map((/** @type {any} */ { name, privateKey }) => {
          const { kty, n, e } = createPublicKey(privateKey).export({ format: "jwk" });
          return { kty, n, e, kid: name };
        });
        await story(driver, "createGated", "acme", SECRET, ...jwks);
        let which = "gate";
        service.fake.faults.tamper = (/** @type {any} */ answer) => {
          secrets[which] = Buffer.from(answer[service.member], "base64");
          return answer;
        };
        assert.equal(await story(driver, "unlockByGate", "acme", SECRET, provider, optionsOf(0), [service.enter()]), true);
        which = "escrow";
        assert.equal((await story(driver, "unlockByKms", "acme", provider, optionsOf(1), [service.enter()])).unlocked, true);
        assert.deepEqual(Object.entries(secrets).map(([name, { length }]) => [name, length]), [["gate", 32], ["escrow", 32]]);
      });
      after(async () => {
        await driver?.quit();
        await page?.stop();
        await service?.fake.stop();
      });

      it("is not in the page's heap", async () => {
        assert.deepEqual(await found(), []);
      });

      it("is there where the page sends the request by a transport of its own", async () => {
        await story(driver, "unlockByOwnTransport", "acme", provider, optionsOf(1), [service.enter()]);
        assert.deepEqual(await found(), ["escrow: heap"]);
        assert.equal(await story(driver, "unlockByGate", "acme", SECRET, provider, optionsOf(0), [service.enter()], true), true);
        assert.deepEqual(await found(), ["escrow: heap", "gate: heap"]);
      });
    });
  }
}
