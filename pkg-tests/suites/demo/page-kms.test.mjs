/** The demo page's view of keys that are at a key management service: added, tested, changed and taken away, against a fake of AWS KMS. */
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { Access, factorRow } from "../../harness/demo/access.mjs";
import { handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";
import { fakeAwsKms } from "../../harness/kms/aws.mjs";

/** A card of a key. @param {string} kind */
const card = (kind) => By.css(`[data-testid="kms-key"][data-kind="${kind}"]`);

const jwkOf = ({ privateKey = /** @type {any} */ (undefined) }) => createPublicKey(privateKey).export({ format: "jwk" });
const pemOf = ({ privateKey = /** @type {any} */ (undefined) }) => String(createPublicKey(privateKey).export({ type: "spki", format: "pem" }));

/** Of a key of RSA (RFC 7638). @param {any} jwk */
async function thumbprintOf({ n, e }) {
  const members = new TextEncoder().encode(JSON.stringify({ e, kty: "RSA", n }));
  return Buffer.from(await crypto.subtle.digest("SHA-256", members)).toString("base64url");
}

// The page's own forms over what the package's tests try in every engine.
for (const engine of usually("Chromium")) {
  describe(`keys at a key management service, in the demo page in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof fakeAwsKms>>} */
    let fake;
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Access} */
    let access;

    before(async () => {
      fake = await fakeAwsKms();
      page = await openPage(engine, { services: [fake.origin] });
      access = new Access(page);
      await page.createVault();
      await access.open();
    });
    after(async () => {
      await page?.close();
      await fake?.stop();
    });

    const says = (/** @type {string} */ id, /** @type {RegExp} */ sentence) =>
      page.driver.wait(async () => sentence.test(String(await page.text(id))), PATIENCE, `${id} does not say ${sentence}`);
    const clear = (/** @type {string} */ id) => page.driver.executeScript("document.querySelector(`[data-testid='${arguments[0]}']`).value = ''", id);
    /** What a card says, by its parts. */
    const told = async (/** @type {string} */ kind, /** @type {string} */ part) => {
      await page.appears(card(kind));
      return page.driver.executeScript("return document.querySelector(arguments[0]).textContent", `[data-testid="kms-key"][data-kind="${kind}"] [data-testid="${part}"]`);
    };
    /** Adds what was typed, by the passphrase. */
    const add = async () => {
      await page.type("present-passphrase", SECRET);
      await access.console.press("add-factor-form-submit");
      await page.gone("add-factor-dialog");
    };
    const begin = async (/** @type {string} */ kind) => {
      await access.console.press("add-factor");
      const choice = await page.appears(handle(`kind-${kind}`));
      await page.driver.executeScript("arguments[0].click()", choice);
    };
    const test = async (/** @type {string} */ kind, /** @type {Record<string, string>} */ { accessKeyId, secretAccessKey, sessionToken }, arn = "") => {
      const named = arn || (await told(kind, "kms-kid"));
      if ((await page.driver.findElements(handle("test-kms"))).length === 0) await access.press(card(kind), "kms-test");
      const typed = { id: accessKeyId, secret: secretAccessKey, token: sessionToken, endpoint: fake.origin, arn: named };
      for (const [field, text] of Object.entries(typed)) {
        await clear(`test-kms-${field}`);
        await page.type(`test-kms-${field}`, String(text));
      }
      await access.console.press("test-kms-form-submit");
    };

    it("adds an escrow by its PEM and its name, and shows the thumbprint before", async () => {
      const key = fake.addKey("RSA_2048");
      assert.equal((await page.driver.findElements(handle("kms-keys"))).length, 0);
      await begin("escrow");
      await page.find("escrow-warning");
      await page.type("add-factor-key", "no key");
      await says("add-factor-read", /no public key/);
      await page.type("present-passphrase", SECRET);
      await access.console.press("add-factor-form-submit");
      await says("add-factor-form-error", /no public key/);
      await clear("add-factor-key");
      await page.type("add-factor-key", String(key.privateKey.export({ type: "pkcs8", format: "pem" })).slice(0, 40));
      await says("add-factor-read", /private key/);
      await clear("add-factor-key");
      await page.type("add-factor-key", pemOf(key));
      const thumbprint = await thumbprintOf(jwkOf(key));
      await says("add-factor-thumbprint", new RegExp(thumbprint));
      await page.type("add-factor-name", "Acme");
      await page.type("add-factor-kid", key.arn);
      await clear("present-passphrase");
      await add();
      await access.lists(2);
      assert.equal(await told("escrow", "kms-kid"), key.arn);
      assert.equal(await told("escrow", "kms-thumbprint"), thumbprint);
      assert.match(await told("escrow", "kms-state"), /Never tried/);
      assert.match(await told("escrow", "kms-needs"), /alone, for whoever keeps it.*Backups/);
      assert.deepEqual(fake.asked(), [], "nobody was asked");
    });

    it("asks no place that the vault names, and is offered no password that was saved", async () => {
      const kid = await told("escrow", "kms-kid");
      await access.press(card("escrow"), "kms-test");
      const field = (/** @type {string} */ id, /** @type {string} */ property) =>
        page.driver.executeScript("return document.querySelector(`[data-testid='${arguments[0]}']`)[arguments[1]]", id, property);
      await page.find("test-kms-arn");
      assert.equal(await field("test-kms-arn", "value"), "");
      assert.ok(String(await page.driver.executeScript("return document.querySelector('#test-kms-arn-hint').textContent")).includes(kid));
      for (const id of ["test-kms-secret", "test-kms-token"]) {
        assert.deepEqual([await field(id, "value"), await field(id, "type"), await field(id, "autocomplete")], ["", "password", "new-password"]);
      }
      const { accessKeyId, secretAccessKey, sessionToken } = fake.credentials();
      const typed = { id: accessKeyId, secret: secretAccessKey, token: sessionToken, endpoint: fake.origin };
      for (const [name, text] of Object.entries(typed)) await page.type(`test-kms-${name}`, text);
      fake.asked();
      await access.console.press("test-kms-form-submit");
      await page.find("test-kms-form");
      assert.equal(await field("test-kms-arn", "validity").then((/** @type {any} */ { valueMissing }) => valueMissing), true);
      assert.deepEqual(fake.asked(), []);
      await page.click("test-kms-close");
      await page.gone("test-kms");
    });

    it("has the service open the vault once, by what is typed for that alone", async () => {
      const given = fake.credentials();
      await test("escrow", given);
      await page.gone("test-kms");
      await says("status", /opened the vault, by one request/);
      assert.match(await told("escrow", "kms-state"), /opened the vault in a test on/);
      const asked = fake.asked();
      assert.equal(asked.length, 1);
      assert.match(asked[0]?.body.toString() ?? "", /RSAES_OAEP_SHA_256/);
      const kept = await page.driver.executeAsyncScript(EVERYTHING_KEPT);
      for (const secret of [given.secretAccessKey, given.sessionToken]) assert.ok(!kept.includes(secret), "it was stored");
    });

    it("says why the service does not open it", async () => {
      const given = fake.credentials();
      const [{ arn }] = [fake.addKey("RSA_2048")];
      const own = await told("escrow", "kms-kid");
      fake.disable(own);
      await test("escrow", given);
      await says("test-kms-form-error", /disabled at its service/);
      fake.enable(own);
      fake.expire(given);
      await test("escrow", given);
      await says("test-kms-form-error", /credentials/);
      await test("escrow", fake.credentials(), arn);
      await says("test-kms-form-error", /another one than the vault’s/);
      await page.click("test-kms-close");
      await page.gone("test-kms");
    });

    it("adds a gate by its JWK, which says that nothing needs it yet, and refuses a key for a second use", async () => {
      const key = fake.addKey("RSA_2048");
      const { kty, n, e } = jwkOf(key);
      await begin("kms");
      await page.type("add-factor-key", JSON.stringify({ kty, n, e, kid: key.arn }));
      await page.type("add-factor-name", "The gate");
      await add();
      await says("status", /Nothing changes until it requires that/);
      assert.equal(await told("kms", "kms-kid"), key.arn);
      assert.match(await told("kms", "kms-needs"), /does not require a gate/);
      fake.asked();
      await test("kms", fake.credentials());
      await page.gone("test-kms");
      await says("status", /would decrypt now, and is the key/);
      assert.ok(fake.asked().every(({ body, headers }) => /GetPublicKey/.test(String(headers["x-amz-target"])) || /"DryRun":true/.test(body.toString())));

      await begin("escrow");
      await page.type("add-factor-key", JSON.stringify({ kty, n, e }));
      await page.type("present-passphrase", SECRET);
      await access.console.press("add-factor-form-submit");
      await says("add-factor-form-error", /one use/);
      await page.click("add-factor-dialog-close");
      await page.gone("add-factor-dialog");
    });

    it("puts another key in its place, and takes it away", async () => {
      const next = fake.addKey("RSA_2048");
      await access.press(factorRow("escrow"), "factor-replace");
      await page.type("replace-factor-key", pemOf(next));
      await page.type("replace-factor-kid", next.arn);
      await page.type("present-passphrase", SECRET);
      await access.console.press("replace-factor-form-submit");
      await page.gone("replace-factor");
      await says("status", /keep the old key enabled/);
      assert.equal(await told("escrow", "kms-kid"), next.arn);
      assert.match(await told("escrow", "kms-state"), /Never tried/);
      await test("escrow", fake.credentials());
      await page.gone("test-kms");

      await access.press(factorRow("escrow"), "factor-revoke");
      await page.type("present-passphrase", SECRET);
      await access.console.press("revoke-factor-form-submit");
      await page.gone("revoke-factor");
      await access.lists(2);
      assert.equal((await page.driver.findElements(card("escrow"))).length, 0);
    });
  });
}

/** All that pages of this origin keep, as text. */
const EVERYTHING_KEPT = `
  const done = arguments[arguments.length - 1];
  (async () => {
    const kept = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie];
    for (const { name } of await indexedDB.databases()) {
      const opened = await new Promise((resolve, reject) => { const ask = indexedDB.open(name); ask.onsuccess = () => resolve(ask.result); ask.onerror = reject; });
      for (const store of opened.objectStoreNames) {
        const rows = await new Promise((resolve, reject) => { const ask = opened.transaction(store).objectStore(store).getAll(); ask.onsuccess = () => resolve(ask.result); ask.onerror = reject; });
        kept.push(JSON.stringify(rows, (_, value) => (value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value.buffer ?? value) : value)));
      }
      opened.close();
    }
    done(kept.join("\\n"));
  })();
`;
