/** Escrow at a key management service, from a page: against fakes of the three providers, with each one's CORS as it is. */
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { fakeAwsKms } from "../../harness/kms/aws.mjs";
import { fakeKeyVault } from "../../harness/kms/azure.mjs";
import { fakeGoogleKms } from "../../harness/kms/google.mjs";
import { listen } from "../../harness/servers/listen.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

/** A relay as docs/kms/azure.md asks for: one path, the token and the body. @param {string} vault @param {string} path */
function relayTo(vault, path) {
  const server = createServer(async (request, response) => {
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "authorization,content-type" };
    if (request.method === "OPTIONS") return void response.writeHead(204, cors).end();
    const wanted = request.method === "POST" && request.url === `${path}/unwrapkey?api-version=2025-07-01`;
    if (!wanted) return void response.writeHead(404, cors).end("{}");
    const body = await new Response(/** @type {any} */ (request)).text();
    const headers = { authorization: request.headers.authorization ?? "", "content-type": "application/json" };
    const answer = await fetch(`${vault}${request.url}`, { method: "POST", headers, body, redirect: "error" }).catch(() => undefined);
    if (!answer) return void response.writeHead(502, cors).end("{}");
    const wait = answer.headers.get("retry-after");
    response.writeHead(answer.status, { ...cors, ...(wait && { "retry-after": wait }) }).end(await answer.text());
  });
  return listen(server);
}

/** Each provider's key, and what its callers are let in by. */
const PROVIDERS = {
  async awsKms() {
    const fake = await fakeAwsKms();
    const { arn, privateKey } = fake.addKey("RSA_2048", { id: "mrk-1" });
    const enter = () => fake.credentials();
    return { fake, kid: arn, privateKey, options: { key: arn, endpoint: fake.origin }, enter, disable: () => void fake.disable(arn), enable: () => void fake.enable(arn), stop: fake.stop };
  },
  async azureKeyVault() {
    const fake = await fakeKeyVault();
    const { id, privateKey } = fake.addKey("escrow", { size: 2048 });
    const relay = await relayTo(fake.origin, new URL(id).pathname);
    const stop = async () => {
      await relay.stop();
      await fake.stop();
    };
    return { fake, kid: id, privateKey, options: { key: id, endpoint: relay.origin }, enter: () => fake.token(), disable: () => fake.disable(id), enable: () => fake.enable(id), stop };
  },
  async googleKms() {
    const fake = await fakeGoogleKms();
    const { name, privateKey } = fake.addKey("escrow", { algorithm: "RSA_DECRYPT_OAEP_2048_SHA256" });
    return { fake, kid: name, privateKey, options: { key: name, endpoint: fake.origin }, enter: () => fake.token(), disable: () => void fake.disable(name), enable: () => void fake.enable(name), stop: fake.stop };
  },
};

// What a page may send is decided by CORS, which is one standard; what is asked, and what answers mean, is the package's: the same in every engine.
for (const engine of usually("Chromium")) {
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

      before(async () => {
        service = await begin();
        page = await serveFolder(plainPage());
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

      if (provider === "azureKeyVault") {
        it("does not answer a page without a relay, which says so", async () => {
          const { key } = service.options;
          const outcome = await story(driver, "unlockByKms", "acme", provider, { key }, [service.enter()]);
          assert.deepEqual([outcome.code, outcome.reason], ["ERR_KMS", "cors"], outcome.message);
        });
      } else {
        it("gives its public key to a page that has none", async () => {
          const { kid } = await story(driver, "publicKeyOf", provider, service.options, [service.enter()]);
          assert.equal(kid, service.kid);
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
