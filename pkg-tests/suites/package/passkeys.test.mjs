/** Passkeys of authenticators that browsers make up for tests: real ceremonies, and a real PRF. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { Transport, VirtualAuthenticatorOptions } from "selenium-webdriver/lib/virtual_authenticator.js";
import { engines, startBrowser, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const ENROLLED = ["create 1/3", "get 2/3", "get 3/3"];

/** An authenticator of the device, with PRF; never together with `hasHmacSecretMc`, of which Chromium crashes. */
const INTERNAL = { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasPrf: true };
/** A security key, which gives no result when a passkey is made. */
const USB = { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "usb", hasHmacSecret: true };
const WITHOUT_PRF = { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal" };

for (const engine of engines) {
  describe(`passkeys in ${engine}`, { skip: without(engine, "passkeys of a test's own") }, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {any} */
    let driver;
    let vaults = 0;

    const name = () => `vault ${vaults}`;
    const made = async () => {
      vaults++;
      await story(driver, "create", name(), SECRET);
    };
    const add = (/** @type {object} */ options = {}) => story(driver, "addPasskey", name(), SECRET, options);
    const open = (/** @type {object} */ options = {}) => story(driver, "openByPasskey", name(), options);
    const factors = () => story(driver, "factors", name());

    const ask = (/** @type {string} */ command, /** @type {object} */ given = {}) =>
      driver.sendAndGetDevToolsCommand(`WebAuthn.${command}`, given);

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine, { passkeys: true }));
      // An address is no host that a passkey can be of.
      await load(driver, `${server.origin.replace("127.0.0.1", "localhost")}/passkeys.html`);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    describe("of a browser's own test authenticator", { skip: without(engine, "DevTools") }, () => {
      /** @type {string[]} */
      const authenticators = [];
      const plug = async (/** @type {object} */ options) => {
        const given = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
        const { authenticatorId } = await ask("addVirtualAuthenticator", { options: { ...given, ...options } });
        authenticators.push(authenticatorId);
        return authenticatorId;
      };
      const unplug = async () => {
        for (const authenticatorId of authenticators.splice(0)) await ask("removeVirtualAuthenticator", { authenticatorId });
      };

      before(() => ask("enable", { enableUI: false }));
      afterEach(unplug);

      it("enrols one by three ceremonies and opens the vault by one", async () => {
        await plug(INTERNAL);
        await made();
        const added = await add();
        assert.deepEqual([added.told, added.code, added.value?.kind], [ENROLLED, undefined, "passkey"]);
        assert.equal(added.value.passkey.rpId, "localhost");
        const opened = await open();
        assert.deepEqual([opened.told, opened.value], [["get 1/1"], { failed: 0, keys: 0 }]);
      });

      it("needs no result when one is made", async () => {
        const id = await plug(USB);
        assert.deepEqual(await story(driver, "resultAtCreate"), { enabled: true, result: false });
        await ask("clearCredentials", { authenticatorId: id });
        await made();
        assert.equal((await add()).code, undefined);
        assert.deepEqual((await open()).value, { failed: 0, keys: 0 });
      });

      it("asks for all of a vault's passkeys by one ceremony, and makes no second one on an authenticator", async () => {
        const first = await plug(INTERNAL);
        await made();
        assert.equal((await add()).code, undefined);
        const second = await plug(USB);
        assert.equal((await add()).code, undefined);
        const again = await add();
        assert.deepEqual([again.told, again.code, again.reason], [["create 1/3"], "ERR_PASSKEY", "registered"]);
        await ask("removeVirtualAuthenticator", { authenticatorId: first });
        const opened = await open();
        assert.deepEqual([opened.told, opened.value], [["get 1/1"], { failed: 0, keys: 0 }]);
        authenticators.splice(0, authenticators.length, second);
      });

      it("tells of an authenticator without PRF, and enrols nothing", async () => {
        await plug(WITHOUT_PRF);
        await made();
        const added = await add();
        assert.deepEqual([added.told, added.code, added.reason], [["create 1/3"], "ERR_PASSKEY", "unsupported"]);
        assert.equal((await factors()).length, 1);
      });

      it("tells of a person who is not verified, which is no failed attempt", async () => {
        const authenticatorId = await plug(INTERNAL);
        await made();
        await add();
        await ask("setUserVerified", { authenticatorId, isUserVerified: false });
        const refused = await open();
        assert.deepEqual([refused.told, refused.code, refused.reason], [["get 1/1"], "ERR_PASSKEY", "not-used"]);
        // It is blocked by now, as a real one is.
        await unplug();
        await plug(USB);
        assert.equal((await add()).code, undefined);
        assert.deepEqual((await open()).value, { failed: 0, keys: 0 });
      });

      it("tells of a passkey that was deleted, as browsers do", async () => {
        const authenticatorId = await plug(INTERNAL);
        await made();
        await add();
        const { credentials } = await ask("getCredentials", { authenticatorId });
        for (const { credentialId } of credentials) await ask("removeCredential", { authenticatorId, credentialId });
        const deleted = await open();
        assert.deepEqual([deleted.code, deleted.reason], ["ERR_PASSKEY", "not-used"]);
        assert.match(deleted.message, /cancelled.*deleted/);
      });

      it("does not take another passkey of the same host, nor another one under the same id", async () => {
        const authenticatorId = await plug(INTERNAL);
        await made();
        const { value } = await add();
        const { credentials } = await ask("getCredentials", { authenticatorId });
        await ask("clearCredentials", { authenticatorId });
        // A site's passkey for signing in.
        assert.equal((await story(driver, "resultAtCreate")).enabled, true);
        const other = await open();
        assert.deepEqual([other.code, other.reason], ["ERR_PASSKEY", "not-used"]);

        // DevTools takes everything but its PRF along.
        const own = credentials.find((/** @type {any} */ one) => base64url(one.credentialId) === value.passkey.credential);
        assert.ok(own);
        const { credentialId, rpId, privateKey, signCount, userHandle, isResidentCredential } = own;
        await ask("addCredential", {
          authenticatorId,
          credential: { credentialId, rpId, privateKey, signCount, userHandle, isResidentCredential },
        });
        const forged = await open();
        assert.deepEqual([forged.code, forged.reason], ["ERR_PASSKEY", "unsupported"]);
      });

      it("asks nobody for a passkey of another host, and tells what the browser refuses", async () => {
        await plug(INTERNAL);
        await made();
        await add();
        const other = await open({ rpId: "other.example" });
        assert.deepEqual([other.told, other.code, other.reason], [[], "ERR_PASSKEY", "host"]);
        assert.match(other.message, /localhost/);
        const refused = await add({ rpId: "other.example" });
        assert.deepEqual([refused.told, refused.code, refused.reason], [["create 1/3"], "ERR_PASSKEY", "host"]);
      });

      it("ends a ceremony by a signal", async () => {
        const authenticatorId = await plug(INTERNAL);
        await made();
        await add();
        // The person takes their time.
        await ask("setAutomaticPresenceSimulation", { authenticatorId, enabled: false });
        assert.equal((await story(driver, "abortPasskey", name())).code, "ERR_ABORTED");
        await ask("setAutomaticPresenceSimulation", { authenticatorId, enabled: true });
        assert.deepEqual((await open()).value, { failed: 0, keys: 0 });
      });

      it("makes no vault of a passkey alone, and leaves none with it", async () => {
        await plug(INTERNAL);
        vaults++;
        const alone = await story(driver, "createByPasskey", name());
        assert.deepEqual([alone.told, alone.code], [[], "ERR_LAST_FACTOR"]);
        const both = await story(driver, "createByPasskey", name(), SECRET);
        assert.deepEqual([both.told, both.value], [ENROLLED, ["passphrase", "passkey"]]);
        const [phrase] = await factors();
        for (const compromised of [false, true]) {
          const revoked = await story(driver, "revokeWithPasskey", name(), phrase.id, { compromised });
          assert.equal(revoked.code, "ERR_LAST_FACTOR");
        }
      });

      it("has the authenticator forget a passkey that was revoked, where the caller asks", async () => {
        const authenticatorId = await plug(INTERNAL);
        await made();
        const { value } = await add();
        const count = async () => (await ask("getCredentials", { authenticatorId })).credentials.length;
        assert.equal(await count(), 1);
        const revoked = await story(driver, "revokeWithPasskey", name(), value.id, { signalUnknownCredential: true });
        assert.equal(revoked.code, undefined, revoked.message);
        assert.equal((await factors()).length, 1);
        await driver.wait(async () => (await count()) === 0, 5000, "the passkey is still there");
      });
    });

    describe("of a software token", { skip: engine === "Firefox" ? false : "Firefox has one" }, () => {
      before(async () => {
        const options = new VirtualAuthenticatorOptions();
        options.setTransport(Transport.INTERNAL);
        options.setHasResidentKey(true);
        options.setHasUserVerification(true);
        options.setIsUserVerified(true);
        await driver.addVirtualAuthenticator(options);
      });

      it("enrols one without a result when it is made, and opens the vault", async () => {
        assert.equal((await story(driver, "resultAtCreate")).result, false);
        await made();
        const added = await add();
        assert.deepEqual([added.told, added.code, added.message], [ENROLLED, undefined, undefined]);
        const opened = await open();
        assert.deepEqual([opened.told, opened.value], [["get 1/1"], { failed: 0, keys: 0 }]);
      });

      it("opens no other vault's, and makes no second one", async () => {
        const again = await add();
        assert.deepEqual([again.code, again.reason], ["ERR_PASSKEY", "registered"]);
        const first = vaults;
        await made();
        assert.equal((await open()).code, "ERR_NO_FACTOR");
        vaults = first;
      });

      it("tells of a person who is not verified, and of a passkey that was deleted; neither is a failed attempt", async () => {
        await driver.setUserVerified(false);
        const refused = await open();
        assert.deepEqual([refused.told, refused.code, refused.reason], [["get 1/1"], "ERR_PASSKEY", "not-used"]);
        await driver.setUserVerified(true);
        assert.deepEqual((await open()).value, { failed: 0, keys: 0 });

        await driver.removeAllCredentials();
        // A site's passkey for signing in.
        assert.equal((await story(driver, "resultAtCreate")).enabled, true);
        const deleted = await open();
        assert.deepEqual([deleted.code, deleted.reason], ["ERR_PASSKEY", "not-used"]);
      });
    });
  });
}

/** @param {string} base64 */
function base64url(base64) {
  return Buffer.from(base64, "base64").toString("base64url");
}
