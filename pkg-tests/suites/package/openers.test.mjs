/** Vaults that take a passphrase and a passkey at once, in real browsers, whose authenticators are made up. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { has, startBrowser, usually, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { plugAuthenticator } from "../../harness/demo/authenticator.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const PHRASE = { secret: "correct horse battery staple" };
const GUESS = { secret: "none of this vault" };
const PASSKEY = { passkey: {} };
const NEW_PASSKEY = { passkey: { userName: "ada" } };
const BOTH = [PHRASE, PASSKEY];
const REQUIRES = ["passphrase", "passkey"];
const ASKED = ["get 1/1"];
/** What a copy of before can be put back of. */
const OF_BEFORE = [["vault-key"], ["statement"], ["factor"], ["vault-key", "statement"], ["vault-key", "statement", "factor"]];

// The authenticators are made up by the test: what opens a vault then is the core's choice. Browsers' own are in passkeys.test.mjs.
for (const engine of usually("Chromium")) {
  describe(`two factors at once in ${engine}`, { skip: without(engine, "passkeys of a test's own") }, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {any} */
    let driver;
    /** @type {Awaited<ReturnType<typeof plugAuthenticator>>} */
    let authenticator;
    let address = "";
    let vaults = 0;

    const name = () => `vault ${vaults}`;
    const step = (/** @type {string} */ called, /** @type {unknown[]} */ ...given) => story(driver, called, ...given);
    const open = (/** @type {unknown} */ given, /** @type {object} */ options = {}) => step("tryToOpen", name(), given, options);
    const by = (/** @type {"require" | "revoke"} */ method, /** @type {unknown} */ subject, /** @type {unknown} */ given) =>
      step("factorsBy", name(), method, subject, given);
    const add = (/** @type {object} */ added, /** @type {unknown} */ given) => step("addBy", name(), added, given);
    const reload = () => load(driver, address);
    const idOf = async (/** @type {string} */ kind) => {
      const found = (await step("factors", name())).find((/** @type {any} */ one) => one.kind === kind);
      return found.id;
    };

    /** A vault with a key, and the words of its kit. */
    async function made(options = {}) {
      vaults++;
      const { value, message } = await step("createWithKit", name(), [PHRASE, NEW_PASSKEY], options);
      assert.equal(value?.split(" ").length, 24, message);
      await step("createKey", name(), "photos");
      return { words: value };
    }
    const takesBoth = () => made({ requires: REQUIRES });

    /** Both open it, and the kit alone. @param {{ words: string }} kit */
    async function opensByBoth(kit) {
      const { told, value, message } = await open(BOTH);
      assert.deepEqual([told, value?.by, value?.keys], [ASKED, REQUIRES, ["photos"]], message);
      assert.deepEqual((await open(kit)).value?.by, ["recovery-kit", null]);
    }

    /** Neither opens it alone, and nobody is asked. */
    async function eachAloneIsRefused() {
      const stored = await step("databases");
      for (const [given, missing] of /** @type {const} */ ([[PHRASE, "passkey"], [PASSKEY, "passphrase"]])) {
        const refused = await open(given);
        assert.deepEqual([refused.told, refused.code, refused.kinds], [[], "ERR_SECOND_FACTOR", [missing]]);
        assert.match(refused.message, new RegExp(`give a ${missing} too, both in an array, or a recovery kit`));
      }
      assert.equal(await step("databases"), stored, "nothing was written");
    }

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine, { passkeys: true }));
      // An address is no host that a passkey can be of.
      address = `${server.origin.replace("127.0.0.1", "localhost")}/openers.html`;
      await reload();
      authenticator = await plugAuthenticator(engine, driver);
    });
    beforeEach(() => step("answerWrongly", false));
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("both open it after a reload, and the kit alone; each alone is refused, and changes nothing", async () => {
      const kit = await takesBoth();
      assert.deepEqual(await step("required", name()), REQUIRES);
      await reload();
      await eachAloneIsRefused();
      await opensByBoth(kit);
    });

    it("does not tell which one was wrong", async () => {
      const kit = await takesBoth();
      await reload();
      const phrase = isWrong(await open([GUESS, PASSKEY]));
      await step("answerWrongly", true);
      const passkey = isWrong(await open(BOTH));
      assert.equal(passkey, phrase);
      await step("answerWrongly", false);
      const { value } = await open(BOTH);
      assert.deepEqual([value.by, value.failed], [REQUIRES, 2]);
      await opensByBoth(kit);
    });

    it("tries no passphrase without a passkey: of a person who is not verified, or without the authenticator", async () => {
      const kit = await takesBoth();
      await step("lock", name());
      const stored = await step("databases");
      const notUsed = async () => {
        for (const phrase of [PHRASE, GUESS]) {
          const { told, code, reason } = await open([phrase, PASSKEY]);
          assert.deepEqual([told, code, reason], [ASKED, "ERR_PASSKEY", "not-used"]);
        }
      };
      await authenticator.verifies(false);
      await notUsed();
      await authenticator.verifies(true);
      await authenticator.lose();
      await notUsed();
      assert.equal(await step("databases"), stored);
      const { value } = await open(kit);
      assert.deepEqual([value.by, value.failed], [["recovery-kit", null], 0]);
      // With the kit and a new authenticator, the person goes on.
      await step("unlockBy", name(), kit);
      const replaced = await step("replaceBy", name(), await idOf("passkey"), NEW_PASSKEY, kit);
      assert.equal(replaced.value?.kind, "passkey", replaced.message);
      await opensByBoth(kit);
    });

    it("is turned on with both, which locks other tabs, and off again", async () => {
      const kit = await made();
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await load(driver, address);
      // Of Chromium's, each tab has its own.
      if (has(engine, "DevTools")) await plugAuthenticator(engine, driver);
      await step("open", name());
      assert.deepEqual((await step("unlockBy", name(), PHRASE)).value?.by, ["passphrase", null]);
      if (has(engine, "DevTools")) assert.equal((await add(NEW_PASSKEY, PHRASE)).value?.kind, "passkey");
      await step("watchLock", name());
      const second = await driver.getWindowHandle();

      await driver.switchTo().window(first);
      for (const one of [PHRASE, PASSKEY, kit]) {
        const refused = await by("require", REQUIRES, one);
        assert.deepEqual([refused.told, refused.code], [[], one === kit ? "ERR_ARGUMENT" : "ERR_SECOND_FACTOR"]);
      }
      assert.deepEqual((await open(PHRASE)).value?.by, ["passphrase", null]);
      const on = await by("require", REQUIRES, BOTH);
      assert.deepEqual([on.told, on.code], [ASKED, undefined], on.message);
      assert.equal((await by("require", REQUIRES, BOTH)).code, "ERR_ARGUMENT");
      assert.deepEqual(await step("required", name()), REQUIRES);
      // The refusal waits for the log, which would be written some time later.
      await step("auditing", name(), "flush");

      await driver.switchTo().window(second);
      assert.match(await step("whyLocked"), /^ERR_LOCKED/);
      await eachAloneIsRefused();
      assert.equal((await step("unlockBy", name(), PHRASE)).code, "ERR_SECOND_FACTOR");
      assert.deepEqual((await step("unlockBy", name(), BOTH)).value?.by, REQUIRES);
      await step("watchLock", name());
      await step("auditing", name(), "flush");

      await driver.switchTo().window(first);
      await eachAloneIsRefused();
      for (const one of [PHRASE, PASSKEY]) {
        assert.equal((await by("require", null, one)).code, "ERR_SECOND_FACTOR");
      }
      const off = await by("require", null, BOTH);
      assert.deepEqual([off.told, off.code], [ASKED, undefined], off.message);
      assert.equal(await step("required", name()), null);
      for (const one of [PHRASE, PASSKEY, kit]) assert.equal((await open(one)).code, undefined);
      assert.equal((await open(BOTH)).code, "ERR_ARGUMENT");

      await driver.switchTo().window(second);
      assert.match(await step("whyLocked"), /^ERR_LOCKED/);
      assert.deepEqual((await step("unlockBy", name(), PHRASE)).value?.by, ["passphrase", null]);
      await driver.close();
      await driver.switchTo().window(first);
    });

    it("keeps one of each kind, and a kit", async () => {
      const kit = await takesBoth();
      const kinds = (await step("factors", name())).map((/** @type {any} */ { kind }) => kind);
      assert.deepEqual(kinds, ["passphrase", "passkey", "recovery-kit"]);
      for (const kind of kinds) {
        for (const present of [BOTH, kit]) {
          assert.equal((await by("revoke", await idOf(kind), present)).code, "ERR_LAST_FACTOR", kind);
        }
        assert.equal((await by("revoke", await idOf(kind), PHRASE)).code, "ERR_SECOND_FACTOR", kind);
      }
      const another = { secret: "another one that is typed" };
      assert.equal((await add(another, PHRASE)).code, "ERR_SECOND_FACTOR");
      assert.equal((await add(another, BOTH)).value?.kind, "passphrase");
      assert.deepEqual((await open([another, PASSKEY])).value?.by, REQUIRES);
      assert.equal((await by("revoke", await idOf("passphrase"), [another, PASSKEY])).code, undefined);
      assert.equal((await open(BOTH)).code, "ERR_WRONG_FACTOR");
      assert.deepEqual((await open([another, PASSKEY])).value?.by, REQUIRES);
    });

    it("takes no device, and is not turned on beside one", async () => {
      const month = { device: { expires: "P30D" } };
      await takesBoth();
      const refused = [await add(month, BOTH), await open({ device: {} }), await open([PHRASE, { device: {} }])];
      const told = refused.map(({ code, reason, kinds }) => [code, reason ?? kinds]);
      const device = ["ERR_THIS_DEVICE", "two-needed"];
      assert.deepEqual(told, [device, device, ["ERR_SECOND_FACTOR", ["passkey"]]]);
      assert.deepEqual((await step("deviceKeys")).ids, []);

      await made();
      assert.equal((await add(month, PHRASE)).value?.kind, "this-device");
      const on = await by("require", REQUIRES, BOTH);
      assert.deepEqual([on.code, on.reason], device);
      assert.equal((await by("revoke", await idOf("this-device"), PHRASE)).code, undefined);
      assert.equal((await by("require", REQUIRES, BOTH)).code, undefined);
      assert.deepEqual((await step("deviceKeys")).ids, []);
    });

    it("stores nothing that one factor opens, also beside records of before", async () => {
      const kit = await made();
      const old = await step("encryptValue", name(), "photos", "old");
      await step("lock", name());
      await step("saveRows", "before");
      await step("unlockBy", name(), PHRASE);
      const [passphrase, passkey, paper] = (await step("factors", name())).map((/** @type {any} */ { id }) => id);
      const on = await by("require", REQUIRES, BOTH);
      assert.equal(on.code, undefined, on.message);
      const token = await step("encryptValue", name(), "photos", "new");
      assert.equal(await step("vault", name(), "decryptValue", old), "old");
      const head = await step("vault", name(), "lastSeenHead");
      await step("lock", name());
      await step("saveRows", "after");
      // The passkey's is within, and what is within is not the vault key to the passphrase.
      const isFor = ({ type = "", kids = [""] }) => type !== "factor" && kids.some((kid) => [passphrase, passkey, paper].includes(kid));
      const [envelope, ...others] = (await step("envelopes")).filter(isFor);
      assert.deepEqual([envelope.type, envelope.cty, others], ["vault-key", "jose+json", []]);
      assert.deepEqual(envelope.kids.toSorted(), [passphrase, paper].toSorted());

      for (const types of OF_BEFORE) {
        await step("rollBack", "after");
        assert.ok((await step("rollBackSome", "before", { only: types })) > 0);
        for (const given of [PHRASE, PASSKEY, kit]) {
          const { code } = await open(given);
          assert.ok(["ERR_INTEGRITY", "ERR_SECOND_FACTOR"].includes(code), `${types}: ${code}`);
        }
      }
      // The vault of before, and the keys of now.
      await step("rollBack", "before");
      await step("rollBackSome", "after", { only: ["key", "version"] });
      assert.notEqual((await open(PHRASE)).code, undefined);
      // All of it: a copy of before opens as ever, without what was encrypted since; only what is kept elsewhere tells.
      await step("rollBack", "before");
      assert.equal((await open(PHRASE, { lastSeenHead: head })).code, "ERR_INTEGRITY");
      await step("open", name());
      assert.equal((await step("unlockBy", name(), PHRASE)).code, undefined);
      await assert.rejects(step("vault", name(), "decryptValue", token), { code: "ERR_NO_VERSION" });
      await step("lock", name());

      await step("rollBack", "after");
      await opensByBoth(kit);
    });
  });
}

/**
 * What a refusal says that tells not what was wrong.
 *
 * @param {{ told: string[], code: string, message: string }} refused
 */
function isWrong({ told, code, message }) {
  assert.deepEqual([told, code], [ASKED, "ERR_WRONG_FACTOR"]);
  return message;
}
