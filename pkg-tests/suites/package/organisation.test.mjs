/** An organisation's policy in a page: it is fetched, holds in another tab and after a reload, and what does not answer as it should changes nothing. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { installedPackage, plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const LATER = Date.now() + 365 * 24 * 60 * 60 * 1000;

const refused = (/** @type {Promise<unknown>} */ call) => assert.rejects(call, { code: "ERR_POLICY", rule: "operations", message: /^the organisation's policy / });

// What a policy refuses is the core's choice, and the request is one without credentials: the same in every engine.
for (const engine of usually("Chromium")) {
  describe(`the policy of an organisation in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {any} */
    let key;
    /** @type {(sequence: number, rules?: object, more?: object) => Promise<string>} */
    let sign;
    /** @type {() => Promise<object>} */
    let theirs;
    const folder = plainPage();
    const publish = (/** @type {string} */ text) => writeFileSync(join(folder, "policy.txt"), text);
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const vault = (/** @type {string} */ call, /** @type {unknown[]} */ ...given) => step("vault", call, ...given);
    const refresh = (path = "policy.txt") => vault("refreshOrganisation", { url: `${page.origin}/${path}` });
    const encrypts = () => vault("encryptValue", "a secret", { key: "photos" });

    before(async () => {
      const { signOrganisationPolicy } = await installedPackage()();
      const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
      const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
      key = { kty, crv, x, y };
      theirs = async () => {
        const other = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
        const { x: otherX, y: otherY } = await crypto.subtle.exportKey("jwk", other.publicKey);
        return { policy: await signOrganisationPolicy({ sequence: 9, notAfter: LATER }, other), key: { kty, crv, x: otherX, y: otherY } };
      };
      sign = (sequence, rules = {}, more = {}) => signOrganisationPolicy({ sequence, notAfter: LATER, rules, ...more }, pair);
      page = await serveFolder(folder);
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/keys.html`);
      await step("create", SECRET);
      await step("keyring", "create", { alias: "photos" });
    });
    after(async () => {
      await driver?.quit();
      await page?.stop();
    });

    it("is taken once, and a later one from a URL, in every tab", async () => {
      const { changed } = await vault("setOrganisation", { policy: await sign(1), key });
      assert.equal(changed, true);
      await encrypts();
      publish(await sign(2, { operations: ["decryptValue"] }));
      const { organisation } = await refresh();
      assert.equal(organisation.sequence, 2);
      await refused(encrypts());
      // A page that says nothing of an organisation.
      await load(driver, `${page.origin}/keys.html`);
      await step("open");
      await step("unlock", SECRET);
      await refused(encrypts());
    });

    it("stays where something else answers, or an older one", async () => {
      for (const [text, code] of [
        ["<!doctype html>", "ERR_MALFORMED"],
        ["x".repeat(100_000), "ERR_TOO_LARGE"],
      ]) {
        publish(/** @type {string} */ (text));
        await assert.rejects(refresh(), { code });
      }
      await assert.rejects(refresh("none.txt"), { code: "ERR_TRANSFER" });
      publish(await sign(1));
      assert.equal((await refresh()).changed, false);
      publish(await sign(2));
      await assert.rejects(refresh(), { code: "ERR_POLICY", rule: "sequence" });
      await refused(encrypts());
      publish(await sign(3));
      assert.equal((await refresh()).changed, true);
      await encrypts();
    });

    it("has keys rotated, passphrases cost more, and health say where the log goes", async () => {
      const collector = "https://127.0.0.1:9/audit";
      publish(await sign(4, {}, { maximumCryptoperiod: "P30D", minimumArgon2: { memory: 65_536, passes: 4 }, collector }));
      assert.equal((await refresh()).changed, true);
      const { rotateEvery } = await step("keyring", "create", { alias: "letters" });
      assert.equal(rotateEvery, "P30D");
      await assert.rejects(step("keyring", "create", { alias: "more", rotateEvery: "P1Y" }), { rule: "maximumCryptoperiod" });
      const found = async () => {
        const { checks } = await vault("health");
        const ours = checks.filter((/** @type {any} */ check) => check.code.startsWith("organisation-") && check.code !== "organisation-current");
        return ours.map((/** @type {any} */ check) => [check.code, check.params.problem ?? ""].join(" ").trim());
      };
      const [weak, late, unserved] = ["organisation-passphrases-weak", "organisation-rotations-late", "organisation-collector-unserved"];
      assert.deepEqual(await found(), [weak, late, `${unserved} not-shipped`]);
      await vault("lock");
      await step("unlock", SECRET);
      await step("ship", `${page.origin}/elsewhere`);
      assert.deepEqual(await found(), [late, `${unserved} elsewhere`]);
      // Nobody answers there.
      await step("ship", collector);
      while (!(await step("shipment")).error) await new Promise((done) => setTimeout(done, 50));
      assert.deepEqual(await found(), [late, `${unserved} failing`]);
    });

    it("is fetched after an unlock by a page that says where, and what fails is told", async () => {
      await vault("close");
      publish(await sign(5, { operations: ["decryptValue"] }));
      const organisation = { url: `${page.origin}/policy.txt`, key };
      await step("open", { organisation });
      await step("unlock", SECRET);
      while ((await vault("organisation")).sequence !== 5) await new Promise((done) => setTimeout(done, 50));
      await refused(encrypts());
      await vault("lock");
      publish("nothing of the kind");
      await step("unlock", SECRET);
      const failed = async () => {
        const { checks } = await vault("health");
        return checks.find((/** @type {any} */ check) => check.code === "organisation-refresh-failed")?.params.error;
      };
      while ((await failed()) === undefined) await new Promise((done) => setTimeout(done, 50));
      assert.equal(await failed(), "ERR_MALFORMED");
      await vault("close");
    });

    it("comes with the page: a reload opens the vault under it, and under no other organisation's", async () => {
      const open = (/** @type {object} */ organisation) => step("open", { organisation, surviveReload: { for: "PT5M" } });
      const ours = { policy: await sign(6), key };
      await open(ours);
      await step("unlock", SECRET);
      assert.equal((await vault("organisation")).sequence, 6);
      await encrypts();
      await load(driver, `${page.origin}/keys.html`);
      assert.equal(await open({ ...ours, policy: await sign(7) }), true);
      assert.equal((await vault("organisation")).sequence, 7);
      await load(driver, `${page.origin}/keys.html`);
      assert.equal(await open(await theirs()), false);
      await assert.rejects(step("unlock", SECRET), { code: "ERR_POLICY", rule: "organisation" });
    });
  });
}
