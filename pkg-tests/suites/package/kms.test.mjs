/** Escrow at a key management service, from a page: against fakes of the three providers, with each one's CORS as it is. */
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { engines, startBrowser } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { fakeAwsKms } from "../../harness/kms/aws.mjs";
import { fakeKeyVault } from "../../harness/kms/azure.mjs";
import { fakeGoogleKms } from "../../harness/kms/google.mjs";
import { startServer } from "../../harness/servers/server.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

/** Each provider's key, and what its callers are let in by; the page's server, where the service is asked by its relay. */
const PROVIDERS = {
  async awsKms() {
    const fake = await fakeAwsKms();
    const { arn, privateKey } = fake.addKey("RSA_2048", { id: "mrk-1" });
    const enter = () => fake.credentials();
    const rotate = () => {
      const { arn: kid } = fake.addKey("RSA_2048");
      fake.setAlias("alias/escrow", kid);
      return { kid, alias: "alias/escrow" };
    };
    return { fake, kid: arn, privateKey, options: { key: arn, endpoint: fake.origin }, enter, rotate, disable: () => void fake.disable(arn), enable: () => void fake.enable(arn), stop: fake.stop };
  },
  async azureKeyVault() {
    const fake = await fakeKeyVault();
    const { id, privateKey } = fake.addKey("escrow", { size: 2048 });
    const { id: next } = fake.addKey("escrow", { size: 2048 });
    const server = await startServer(plainPage(), { azureKeys: [id, next] });
    const options = { key: id, endpoint: `${server.origin}/kms/` };
    return { fake, kid: id, privateKey, options, server, enter: () => fake.token(), rotate: () => ({ kid: next }), disable: () => fake.disable(id), enable: () => fake.enable(id), stop: fake.stop };
  },
  async googleKms() {
    const fake = await fakeGoogleKms();
    const algorithm = "RSA_DECRYPT_OAEP_2048_SHA256";
    const { name, privateKey } = fake.addKey("escrow", { algorithm });
    const rotate = () => ({ kid: fake.addKey("escrow", { algorithm }).name });
    return { fake, kid: name, privateKey, options: { key: name, endpoint: fake.origin }, enter: () => fake.token(), rotate, disable: () => void fake.disable(name), enable: () => void fake.enable(name), stop: fake.stop };
  },
};

// Why a request was not let out, each engine tells in its own way, and each has its own RSA.
for (const engine of engines) {
  for (const [provider, begin] of Object.entries(PROVIDERS)) {
    describe(`an escrow by ${provider} in ${engine}`, () => {
      /** @type {Awaited<ReturnType<typeof serveFolder>>} */
      let page;
      /** @type {import("selenium-webdriver").WebDriver} */
      let driver;
      /** @type {any} */
      let service;
      const unlock = (/** @type {unknown[]} */ ...given) => story(driver, "unlockByKms", "acme", provider, service.options, given);
      const requests = () => service.fake.asked().length;
      const refused = async (/** @type {string} */ reason, /** @type {unknown[]} */ ...given) => {
        const outcome = await unlock(...given);
        assert.deepEqual([outcome.code, outcome.reason], ["ERR_KMS", reason], outcome.message);
      };
      /** Goes on in a tab of its own, to the test's end. @param {import("node:test").TestContext} t */
      const inNewTab = async (t) => {
        const here = await driver.getWindowHandle();
        await driver.switchTo().newWindow("tab");
        t.after(async () => {
          await driver.close();
          await driver.switchTo().window(here);
        });
      };

      before(async () => {
        service = await begin();
        page = service.server ?? (await serveFolder(plainPage()));
        ({ driver } = await startBrowser(engine));
        await load(driver, `${page.origin}/kms.html`);
      });
      after(async () => {
        await driver?.quit();
        await page?.stop();
        await service?.stop();
      });

      it("is made by the pinned public key alone, and opened by one request", async () => {
        const { kty, n, e } = createPublicKey(service.privateKey).export({ format: "jwk" });
        assert.equal(await story(driver, "createEscrowed", "acme", SECRET, { kty, n, e, kid: service.kid }), service.kid);
        assert.equal(requests(), 0);
        assert.deepEqual(await unlock(service.enter()), { unlocked: true, renewed: [false] });
        assert.equal(requests(), 1);
      });

      it("is renewed by the callback where its token has expired at the unlock", async () => {
        const [old, fresh] = [service.enter(), service.enter()];
        service.fake.expire(old);
        assert.deepEqual(await unlock(old, fresh), { unlocked: true, renewed: [false, true] });
        await refused("expired-token", old);
      });

      it("says that the key is disabled, and opens once it is enabled again", async () => {
        service.disable();
        await refused("disabled", service.enter());
        service.enable();
        assert.equal((await unlock(service.enter())).unlocked, true);
        service.fake.faults.denied = true;
        await refused("denied", service.enter());
        service.fake.faults.denied = false;
      });

      it("waits where the service throttles, and says so where it goes on", async () => {
        service.fake.faults.throttle = 1;
        assert.equal((await unlock(service.enter())).unlocked, true);
        service.fake.faults.throttle = 9;
        service.fake.faults.retryAfter = 60;
        const options = { ...service.options, retries: 1 };
        const outcome = await story(driver, "unlockByKms", "acme", provider, options, [service.enter()]);
        assert.equal(outcome.reason, "throttled", outcome.message);
        service.fake.faults.throttle = 0;
        service.fake.faults.retryAfter = 1;
      });

      it("does not open by a service that is down, silent or changed on its way, and the passphrase opens the vault all the same", async () => {
        const { faults } = service.fake;
        faults.unavailable = 9;
        await refused("unavailable", service.enter());
        faults.unavailable = 0;
        faults.delay = 2000;
        const hasty = { ...service.options, timeout: 200 };
        const late = await story(driver, "unlockByKms", "acme", provider, hasty, [service.enter()]);
        assert.equal(late.reason, "timeout", late.message);
        faults.delay = 0;
        // Another key's name, or a checksum of something else.
        faults.tamper = (/** @type {any} */ answer) => ({ ...answer, KeyId: "another", kid: "another", plaintextCrc32c: "1" });
        await refused("malformed", service.enter());
        faults.tamper = undefined;
        await story(driver, "unlock", "acme", SECRET);
        await story(driver, "lock", "acme");
      });

      it("gives its public key to a page that has none", async () => {
        const { kid } = await story(driver, "publicKeyOf", provider, service.options, [service.enter()]);
        assert.equal(kid, service.kid);
      });

      it("tells which key it has now, and what depends on the old one until it is replaced", async () => {
        const { kid, alias } = service.rotate();
        const old = [service.kid];
        assert.deepEqual(await story(driver, "replaceByRefreshed", "acme", SECRET, provider, service.options, [service.enter()], alias), { kid, before: old, after: [], now: [kid] });
        assert.equal((await unlock(service.enter())).code, "ERR_WRONG_FACTOR");
        Object.assign(service, { kid, options: { ...service.options, key: kid } });
        assert.equal((await unlock(service.enter())).unlocked, true);
      });

      if (provider === "azureKeyVault") {
        it("does not answer a page without a relay, which says so", async (t) => {
          const elsewhere = await serveFolder(plainPage());
          t.after(elsewhere.stop);
          await inNewTab(t);
          await load(driver, `${elsewhere.origin}/kms.html`);
          await assert.rejects(story(driver, "publicKeyOf", provider, { key: service.kid }, [service.enter()]), /does not let pages of .* send this \(CORS\)/);
        });
      }

      if (provider === "awsKms") {
        it("is not asked where the policy of the Worker's script does not allow it, which is named", async (t) => {
          const policy = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
          const strict = await serveFolder(plainPage(), { policy });
          t.after(strict.stop);
          await inNewTab(t);
          await load(driver, `${strict.origin}/kms.html`);
          const { kty, n, e } = createPublicKey(service.privateKey).export({ format: "jwk" });
          await story(driver, "createEscrowed", "strict", SECRET, { kty, n, e, kid: service.options.key });
          requests();
          const outcome = await story(driver, "unlockByKms", "strict", provider, service.options, [service.enter()]);
          // WebKit tells a Worker nothing of what its policy refuses.
          const told = engine !== "WebKit";
          assert.deepEqual([outcome.reason, requests()], [told ? "cors" : "unavailable", 0], outcome.message);
          assert.match(
            outcome.message,
            told
              ? /^the Worker's Content-Security-Policy does not allow requests to http:\/\/127\.0\.0\.1:\d+: add it to connect-src$/
              : /cannot be reached; check the network, the address and connect-src of the Worker's script, and try again$/,
          );
        });
      }

      it("is not there any more", async () => {
        await service.stop();
        const outcome = await unlock(service.enter());
        assert.deepEqual([outcome.code, outcome.reason], ["ERR_KMS", "unavailable"], outcome.message);
        await story(driver, "remove", "acme");
      });
    });
  }
}
