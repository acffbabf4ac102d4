/**
 * What goes wrong beneath keys that live: a full disk, a database that is closed, upgraded or written to by
 * somebody else, a clock that is set. Each a typed error, and nothing is lost.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { engines, startBrowser, unlessUsual, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage, temporaryFolder } from "../../harness/consumer.mjs";
import { largeBackup, MANY } from "../../harness/samples/large-vault.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const DAY = 24 * 60 * 60 * 1000;
/** How soon the engine looks at what is due, and a little more. */
const SOON = 12_000;
const CHANGED = { code: "ERR_INTEGRITY", name: "IntegrityError", message: /changed from outside/ };

/** @type {Promise<string> | undefined} */
let large;

for (const engine of engines) {
  // What the core makes of records and of a clock hangs on no engine; what a database does, does.
  const own = { skip: unlessUsual(engine, "Chromium") };
  describe(`faults in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** Values that must open whatever happened, each with the alias of its key. @type {string[]} */
    let tokens = [];

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const acme = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => step(name, "acme", ...given);
    const key = (/** @type {string} */ alias, /** @type {string} */ method, /** @type {unknown[]} */ ...given) =>
      acme("key", alias, method, ...given);
    const vault = (/** @type {string} */ method, /** @type {unknown[]} */ ...given) => acme("vault", method, ...given);

    /** A fresh page, whose Workers run on a machine with faults. */
    async function page() {
      await load(driver, `${server.origin}/keys.html`);
      await step("init", `${server.origin}/faulty-worker.js`);
    }

    /** A fresh page with the vault of that name, locked. */
    async function reload(name = "acme") {
      await page();
      await step("open", name);
    }

    /** A vault of its own: "photos" has two versions, and a value under each. */
    async function create() {
      await page();
      await step("remove", "acme");
      await acme("create", SECRET);
      await acme("createKey", "photos");
      tokens = [await acme("encryptValue", "photos", "kept")];
      await key("photos", "rotate");
      tokens.push(await acme("encryptValue", "photos", "kept"));
    }

    /** That everything is there. */
    async function nothingIsLost(/** @type {object} */ options = {}) {
      for (const token of tokens) assert.equal(await vault("decryptValue", token, options), "kept");
    }

    const unlock = () => acme("unlock", SECRET);

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    it("a record that somebody changed is ERR_INTEGRITY at unlock, whichever it is", own, async () => {
      await create();
      const [parent] = Object.keys(await acme("makeObjects", "photos", 1, true));
      await acme("seal", "small", { key: "photos", header: "vault", sidecar: { parent, name: "thumbnail" } });
      await acme("pin", "a film", { key: "photos" });
      await acme("backup");
      await pause(SOON); // Use counts are written.
      await acme("lock");
      await step("saveRows", "whole");
      const types = await step("types");
      assert.deepEqual(types.toSorted(), EVERY_TYPE);
      for (const type of types) {
        await step("flip", type);
        const refusal = await unlock().then(() => "unlocked", ({ code }) => code);
        // A factor's record that does not open is what a wrong passphrase looks like. Entries of the audit log are held against the head
        // by who reads them.
        const others = new Map([["factor", "ERR_WRONG_FACTOR"], ["audit", "unlocked"]]);
        assert.equal(refusal, others.get(type) ?? "ERR_INTEGRITY", type);
        if (refusal === "unlocked") await acme("lock");
        await step("rollBack", "whole");
      }
      await unlock();
      await nothingIsLost();
    });

    it("a record under the key of another is ERR_INTEGRITY at unlock", own, async () => {
      await create();
      await acme("createKey", "more");
      await acme("lock");
      await step("saveRows", "whole");
      for (const type of ["key", "version", "catalog"]) {
        await step("misplace", type);
        await assert.rejects(unlock(), { ...CHANGED, message: /a row under another one's key/ }, type);
        await step("rollBack", "whole");
      }
      await unlock();
      await nothingIsLost();
    });

    it("a record that was rolled back to an older valid one is ERR_INTEGRITY at unlock", own, async () => {
      await create();
      await step("saveRows", "before");
      await key("photos", "revoke", { compromised: true });
      await key("photos", "rotate");
      await acme("lock");
      await step("saveRows", "after");
      for (const only of [["key"], ["catalog"], ["key", "catalog"], ["head"], ["key", "catalog", "head"]]) {
        assert.ok(await step("rollBackSome", "before", { only }));
        await assert.rejects(unlock(), CHANGED, only.join());
        await step("rollBack", "after");
      }
      await unlock();
      // Under a version that is compromised, others can have written too.
      await assert.rejects(nothingIsLost(), { code: "ERR_UNSIGNED" });
      await nothingIsLost({ allowUnsigned: true });
    });

    it("an open vault refuses what was rolled back under it", own, async () => {
      await create();
      await step("saveRows", "before");
      await acme("createKey", "more");
      await step("rollBack", "before");
      await assert.rejects(acme("createKey", "another"), { code: /ERR_INTEGRITY|ERR_CONFLICT/ });
    });

    it("the whole database rolled back is told by the head that somebody kept elsewhere, and by it alone", own, async () => {
      await create();
      await step("saveRows", "before");
      await acme("createKey", "more");
      const head = await vault("lastSeenHead");
      await acme("lock");
      await step("saveRows", "after");
      await step("rollBack", "before");
      await acme("close");
      await acme("openSeen", head);
      await assert.rejects(unlock(), { ...CHANGED, message: /older copy of the whole vault/ });
      await acme("close");
      await acme("open");
      await unlock();
      assert.deepEqual(await acme("keys"), ["photos"]);
      await acme("close");
      await step("rollBack", "after");
      await acme("openSeen", head);
      await unlock();
      assert.deepEqual(await acme("keys"), ["more", "photos"]);
      await nothingIsLost();
    });

    it("an old vault key that is put back is refused", own, async () => {
      await create();
      await step("saveRows", "before");
      await vault("rotateVaultKey");
      await acme("lock");
      await step("saveRows", "rotated");
      await unlock();
      await acme("lock");
      await step("saveRows", "remembered");
      for (const [now, how] of [
        ["rotated", { only: ["vault-key"] }],
        ["rotated", { only: ["vault-key", "statement"] }],
        ["remembered", { only: ["vault-key"] }],
        ["remembered", { only: ["vault-key", "statement"] }],
        // Everything but what the factor remembers.
        ["remembered", { but: ["factor"] }],
      ]) {
        await step("rollBack", now);
        await step("rollBackSome", "before", how);
        await assert.rejects(unlock(), CHANGED, JSON.stringify(how));
      }
      await step("rollBack", "remembered");
      await unlock();
      await nothingIsLost();
    });

    it("a record of a large vault that was rolled back is found soon, and locks it in every tab", own, async () => {
      large ??= largeBackup(SECRET);
      await page();
      await step("remove", "large");
      await step("restoreFrom", "large", await large);
      await step("unlock", "large", SECRET);
      const { objects, total } = await step("objects", "large", "page", { limit: 1 });
      assert.equal(total, MANY);
      const [{ id }] = objects;
      const sealed = await step("seal", "large", "x", { key: "photos", detached: true });
      await step("vault", "large", "track", sealed, { location: "/first" });
      await step("saveRows", "before");
      await step("vault", "large", "track", sealed, { location: "/second" });
      await step("lock", "large");
      assert.ok(id);
      await step("rollBackSome", "before", { only: ["object"], id: sealed.id });

      // Its few records that every vault has are in order: it opens, and then is read through.
      await step("watchLock", "large");
      await step("unlock", "large", SECRET);
      assert.match(await step("whyLocked"), /^ERR_INTEGRITY: .*the head does not account for/);
      assert.equal(await step("unlocked", "large"), false);
      await assert.rejects(step("keys", "large"), { code: "ERR_LOCKED" });

      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow("tab");
      await reload("large");
      await step("watchLock", "large");
      const second = await driver.getWindowHandle();
      await driver.switchTo().window(first);
      await step("watchLock", "large");
      await step("unlock", "large", SECRET);
      await driver.switchTo().window(second);
      await step("unlock", "large", SECRET).catch(({ code }) => assert.equal(code, "ERR_INTEGRITY"));
      const locked = async () => !(await step("unlocked", "large"));
      await driver.wait(locked, 20_000, "the other tab was not locked");
      await driver.close();
      await driver.switchTo().window(first);
      assert.match(await step("whyLocked"), /^ERR_INTEGRITY: /);
      await step("remove", "large");
    });

    it("a large vault that nobody touched is read through, and stays unlocked", own, async () => {
      large ??= largeBackup(SECRET);
      await page();
      await step("restoreFrom", "large", await large);
      await step("unlock", "large", SECRET);
      await pause(5000);
      assert.equal(await step("unlocked", "large"), true);
      // Where not all rows are at hand, things are made as well.
      await step("createKey", "large", "more");
      await step("key", "large", "more", "rotate");
      const kept = await step("seal", "large", "kept", { key: "more", header: "vault" });
      await step("vault", "large", "shred", kept.id);
      assert.deepEqual(await step("keys", "large"), ["more", "photos"]);
      const revoked = await step("key", "large", "photos", "revoke");
      assert.deepEqual([revoked.objects, revoked.sample.length], [MANY, 100]);
      await step("vault", "large", "rotateVaultKey");
      await step("lock", "large");
      await step("unlock", "large", SECRET);
      assert.equal((await step("objects", "large", "page", { limit: 1 })).total, MANY);
      await step("remove", "large");
    });

    it("a database that the browser closes in the middle is ERR_STORAGE, changes nothing, and opens again", async () => {
      await create();
      for (const change of [
        () => vault("rotateVaultKey"),
        () => key("photos", "rotate"),
        () => acme("createKey", "more"),
      ]) {
        await step("fault", "closeInNextChange");
        await assert.rejects(change(), { code: "ERR_STORAGE" });
        await nothingIsLost();
        assert.deepEqual(await acme("keys"), ["photos"]);
      }
      assert.equal((await key("photos", "refresh")).versions.length, 2);
      await step("fault", "close");
      assert.equal((await vault("rotateVaultKey")).generation, 2);
      await reload();
      await unlock();
      await nothingIsLost();
    });

    it("a database whose connection is lost is opened again once, and then said to be lost", async () => {
      await create();
      for (const name of ["UnknownError", "InvalidStateError"]) {
        for (const at of ["beginning", "asking"]) {
          await step("fault", "lose", { [at]: name });
          await acme("createKey", `after ${at} ${name}`);
        }
        await step("fault", "lose", { beginning: name, opening: name });
        const expected = { code: "ERR_STORAGE", message: /lost its connection to the database.*reload the page.*server lost/ };
        await assert.rejects(acme("createKey", "never"), expected);
        await step("fault", "lose", {});
        await nothingIsLost();
      }
      assert.equal((await acme("keys")).length, 5);
    });

    it("a release that upgrades the database in the middle of a rotation loses nothing", async () => {
      // A new browser: WebKit keeps the connections of Workers that ended in the middle of a transaction.
      await driver.quit();
      ({ driver } = await startBrowser(engine));
      await create();
      const [rotated, upgraded] = await acme("upgradeInTheMiddle");
      assert.ok(["rotated", "ERR_UNSUPPORTED", "ERR_STORAGE", "ERR_BLOCKED"].includes(rotated), rotated);
      assert.deepEqual(upgraded, ["acme"]);
      await assert.rejects(acme("createKey", "more"), { code: "ERR_UNSUPPORTED" });
      await acme("close");
      await step("downgrade");
      await step("open", "acme");
      await unlock();
      await nothingIsLost();
      assert.deepEqual(await acme("keys"), ["photos"]);
    });

    it("a disk that is full in the middle of a rotation is ERR_QUOTA, and changes nothing", { skip: without(engine, "DevTools") }, async () => {
      const { origin } = server;
      const profile = temporaryFolder();
      const { driver: roomy } = await startBrowser(engine, { profile });
      let kept = "";
      try {
        await load(roomy, `${origin}/keys.html`);
        await story(roomy, "create", "acme", SECRET);
        for (let at = 0; at < 30; at++) await story(roomy, "createKey", "acme", `key-${at}`);
        kept = await story(roomy, "encryptValue", "acme", "key-0", "kept");
      } finally {
        await roomy.quit();
      }
      // A new browser: Chromium remembers for a while how much room there was.
      const { driver: full } = await startBrowser(engine, { profile });
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (full);
      const quota = (/** @type {object} */ size) =>
        chromium.sendDevToolsCommand("Storage.overrideQuotaForOrigin", { origin, ...size });
      const expected = { code: "ERR_QUOTA", message: /free space/ };
      try {
        await load(full, `${origin}/keys.html`);
        await quota({ quotaSize: 1 });
        await story(full, "open", "acme");
        await story(full, "unlock", "acme", SECRET);
        await assert.rejects(story(full, "vault", "acme", "rotateVaultKey"), expected);
        await assert.rejects(story(full, "key", "acme", "key-0", "rotate"), expected);
        assert.equal(await story(full, "vault", "acme", "decryptValue", kept), "kept");
        await quota({});
        await load(full, `${origin}/keys.html`);
        assert.equal((await story(full, "survived", "acme", SECRET, kept)).length, 30);
        assert.equal((await story(full, "vault", "acme", "rotateVaultKey")).generation, 2);
        await load(full, `${origin}/keys.html`);
        assert.equal((await story(full, "survived", "acme", SECRET, kept)).length, 30);
      } finally {
        await full.quit();
      }
    });

    it("a disk that fills up while the vault key is rotated keeps all that it took", { skip: without(engine, "a setting for how much pages keep") }, async () => {
      const { driver: full } = await startBrowser(engine, { quota: 300 });
      try {
        await load(full, `${server.origin}/keys.html`);
        await story(full, "putBallast", 64 * 1024);
        await story(full, "create", "acme", SECRET);
        await story(full, "createKey", "acme", "photos");
        const kept = await story(full, "encryptValue", "acme", "photos", "kept");
        const made = ["photos"];
        const rotate = async () => {
          for (let at = 100; at < 300; at++) {
            await story(full, "createKey", "acme", `key-${at}`);
            made.push(`key-${at}`);
            if (at % 5 === 0) await story(full, "vault", "acme", "rotateVaultKey");
          }
        };
        await assert.rejects(rotate(), { code: "ERR_QUOTA", message: /free space/ });
        // The first unlock after a rotation has something to write as well.
        await story(full, "dropBallast");
        await load(full, `${server.origin}/keys.html`);
        assert.deepEqual(await story(full, "survived", "acme", SECRET, kept), made.toSorted());
      } finally {
        await full.quit();
      }
    });

    /** Unlocked, on a machine whose clock is that much off. @param {number} offset milliseconds */
    async function unlockedAt(offset) {
      await reload();
      await step("fault", "clock", offset);
      await unlock();
    }
    const versions = async (/** @type {string} */ alias) => (await acme("keyring", "get", alias)).versions;

    describe("with a clock that is set", own, () => {
      before(async () => {
        await create();
        await acme("keyring", "create", { alias: "monthly", rotateEvery: "P30D" });
        tokens.push(await acme("encryptValue", "monthly", "kept"));
        await acme("keyring", "create", { alias: "doomed" });
        tokens.push(await acme("encryptValue", "doomed", "kept"));
      });

      it("back: nothing becomes due, everything opens, and what is made is used", async () => {
        await key("doomed", "scheduleDestroy", { after: "P7D" });
        await unlockedAt(-100 * DAY);
        await pause(SOON);
        assert.equal((await versions("monthly")).length, 1);
        assert.equal((await versions("doomed"))[0].state, "destroy-scheduled");
        await key("doomed", "cancelDestroy");
        await nothingIsLost();
        await key("photos", "rotate");
        tokens.push(await acme("encryptValue", "photos", "kept"));
        await vault("rotateVaultKey");
        await unlockedAt(0);
        await nothingIsLost();
      });

      it("back while it is unlocked: a session's key ends, and says so", async () => {
        const { id } = await acme("keyring", "createSession", { ttl: "PT1H" });
        const token = await acme("encryptValue", id, "for now");
        await step("fault", "clock", -DAY);
        await assert.rejects(vault("decryptValue", token), { code: "ERR_NO_KEY" });
        await assert.rejects(acme("encryptValue", id, "x"), { code: "ERR_NO_KEY" });
        await nothingIsLost();
        await step("fault", "clock", 0);
      });

      it("forward: what became due is rotated once, and nothing is destroyed before its day", async () => {
        await key("doomed", "rotate");
        await key("doomed", "scheduleDestroy", { after: "P60D" });
        await unlockedAt(40 * DAY);
        const rotated = async () => (await versions("monthly")).length === 2;
        await driver.wait(rotated, 10_000, "it was not rotated");
        assert.equal((await versions("doomed"))[0].state, "destroy-scheduled");
        await key("doomed", "cancelDestroy");
        await nothingIsLost();
        // And back again: the next rotation is late, and nothing else.
        await unlockedAt(0);
        await pause(2000);
        assert.equal((await versions("monthly")).length, 2);
        await nothingIsLost();
        tokens.push(await acme("encryptValue", "monthly", "kept"));
        await key("monthly", "rotate");
        await nothingIsLost();
      });
    });
  });
}

/** What a vault's records are. */
const EVERY_TYPE = [
  "audit",
  "audit-key",
  "backup",
  "catalog",
  "factor",
  "head",
  "identity",
  "index",
  "key",
  "mac",
  "object",
  "recipient",
  "sidecar",
  "statement",
  "upload",
  "usage",
  "vault-key",
  "version",
];
