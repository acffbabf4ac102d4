/** The life of keys through the published surface: from their making to their destruction. */
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, randomBytes, verify as verifySignature } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const DAY = 24 * 60 * 60 * 1000;
/** How soon what is due is done: the engine looks after 10 seconds. */
const SOON = 20_000;

/** @typedef {{ id: string, header: string, body: string, size: number }} Stored */

const refused = (/** @type {Promise<unknown>} */ call, /** @type {object | string} */ expected) =>
  assert.rejects(call, typeof expected === "string" ? { code: expected } : expected);
/** @param {any} info */
const states = ({ versions }) => versions.map((/** @type {any} */ { state }) => state);
const aliases = (/** @type {{ alias: string }[]} */ list) => list.map(({ alias }) => alias);
const byId = (/** @type {any[]} */ list) => list.toSorted((one, other) => (one.id < other.id ? -1 : 1));

// What a key's life allows is the core's, which wasm's own tests run in every engine.
for (const engine of usually("Chromium")) {
  describe(`keys live in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let server;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const keys = (/** @type {string} */ method, /** @type {unknown[]} */ ...given) => step("keyring", method, ...given);
    const key = (/** @type {string} */ alias, /** @type {string} */ method, /** @type {unknown[]} */ ...given) =>
      step("key", alias, method, ...given);
    const version = (/** @type {string} */ alias, /** @type {number} */ number, /** @type {string} */ method, /** @type {unknown[]} */ ...given) =>
      step("version", alias, number, method, ...given);
    /** @param {string} text @param {object} options @returns {Promise<Stored>} */
    const seal = (text, options) => step("seal", text, { detached: true, ...options });

    /** @param {Stored} object @param {object} [more] */
    const text = async ({ body, header }, more) => (await step("unseal", body, { header, ...more })).text;
    const now = () => keys("get", "photos");

    /** A reload, after which the vault is locked. */
    async function reload() {
      await load(driver, `${server.origin}/keys.html`);
      await step("open");
    }

    before(async () => {
      server = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${server.origin}/keys.html`);
      await step("create", SECRET);
    });
    after(async () => {
      await driver?.quit();
      await server?.stop();
    });

    /** Objects under version 1 of "photos". @type {Stored[]} */
    const objects = [];
    /** A value under the same version. @type {string} */
    let token;

    it("makes a key with a purpose, labels and a period", async () => {
      const made = await keys("create", { alias: "photos", labels: { team: "blue", pinned: "" }, rotateEvery: "P90D" });
      const { id, alias, purpose, state, labels, rotateEvery, due, created, uses, versions, primary } = made;
      assert.deepEqual({ alias, purpose, state, labels, rotateEvery, uses }, {
        alias: "photos",
        purpose: "encrypt",
        state: "active",
        labels: { team: "blue", pinned: "" },
        rotateEvery: "P90D",
        uses: 0,
      });
      assert.equal(due - created, 90 * DAY);
      assert.equal(versions.length, 1);
      assert.equal(versions[0].id, primary);
      assert.deepEqual(versions[0].history, [{ state: "active", at: created, by: "create" }]);
      assert.deepEqual(await keys("get", id), made);
      await refused(keys("create", { alias: "photos" }), "ERR_KEY_EXISTS");
      await refused(keys("create", { alias: "other", rotateEvery: "soon" }), "ERR_ARGUMENT");
      await refused(keys("create", { alias: "other", purpose: "everything" }), "ERR_ARGUMENT");
      await refused(keys("get", "other"), "ERR_NO_KEY");
    });

    it("rotates, and opens what the old version protected", async () => {
      for (let at = 0; at < 5; at++) objects.push(await seal(`object ${at}`, { key: "photos" }));
      token = await step("encryptValue", "photos", "kept");
      const { primary } = await now();
      const rotated = await key("photos", "rotate");
      assert.deepEqual(states(rotated), ["deactivated", "active"]);
      assert.equal(rotated.primary, rotated.versions[1].id);
      assert.deepEqual(rotated.versions[0].history.map((/** @type {any} */ { by }) => by), ["create", "rotate"]);
      assert.equal(rotated.versions[0].id, primary);
      for (const [at, object] of objects.entries()) assert.equal(await text(object), `object ${at}`);
      assert.equal(await step("vault", "decryptValue", token), "kept");
      const fresh = await seal("fresh", { key: "photos" });
      assert.ok(fresh.header.includes(rotated.primary));
    });

    it("makes a version that waits, and activates it", async () => {
      const waiting = await key("photos", "rotate", { activate: false });
      assert.deepEqual(states(waiting), ["deactivated", "active", "pre-active"]);
      const active = await key("photos", "activate");
      assert.deepEqual(states(active), ["deactivated", "deactivated", "active"]);
      await refused(key("photos", "activate"), "ERR_NO_VERSION");
      await refused(version("photos", 1, "activate"), {
        code: "ERR_STATE",
        name: "StateError",
        from: "deactivated",
      });
    });

    it("suspends and resumes", async () => {
      const sealed = await seal("suspended", { key: "photos" });
      assert.equal((await key("photos", "suspend")).state, "suspended");
      const expected = { code: "ERR_STATE", from: "suspended", message: /resume it first/ };
      await refused(seal("x", { key: "photos" }), expected);
      await refused(text(sealed), expected);
      await refused(key("photos", "suspend"), { code: "ERR_STATE", from: "suspended", to: "suspended" });
      assert.equal((await key("photos", "resume")).state, "active");
      assert.equal(await text(sealed), "suspended");
      await refused(key("photos", "resume"), { code: "ERR_STATE", to: "active" });
    });

    it("serves one purpose only", async () => {
      await keys("create", { alias: "inbox", purpose: "share" });
      await keys("create", { alias: "seal", purpose: "sign" });
      for (const other of ["inbox", "seal"]) {
        await refused(seal("x", { key: other }), { code: "ERR_PURPOSE", name: "PurposeError" });
        await refused(step("encryptValue", other, 1), "ERR_PURPOSE");
      }
      await refused(step("vault", "sign", "x", { key: "photos" }), "ERR_PURPOSE");
      await refused(step("vault", "sign", "x", { key: "inbox" }), "ERR_PURPOSE");
    });

    it("signs what anybody verifies, and verifies it", async () => {
      const { id, versions } = await keys("get", "seal");
      const signed = await step("vault", "sign", "a contract", { key: "seal", typ: "contract" });
      const [head, payload, signature] = signed.split(".");
      const { alg, kid, typ } = JSON.parse(Buffer.from(head, "base64url").toString());
      assert.deepEqual({ alg, kid, typ }, { alg: "ES256", kid: `${id}.${versions[0].id}`, typ: "contract" });
      const publicKey = createPublicKey({ key: versions[0].publicJwk, format: "jwk" });
      const by = { key: publicKey, dsaEncoding: /** @type {const} */ ("ieee-p1363") };
      assert.ok(verifySignature("sha256", Buffer.from(`${head}.${payload}`), by, Buffer.from(signature, "base64url")));

      const said = { key: id, version: versions[0].id, state: "active", typ: "contract", payload: "a contract" };
      assert.deepEqual(await step("verify", signed), said);
      await key("seal", "rotate");
      assert.equal((await step("verify", signed, { key: "seal" })).state, "deactivated");
      const forged = [head, Buffer.from("a Contract").toString("base64url"), signature].join(".");
      await refused(step("verify", forged), "ERR_DECRYPT");
      await keys("create", { alias: "seal 2", purpose: "sign" });
      await refused(step("verify", signed, { key: "seal 2" }), "ERR_DECRYPT");
      await refused(step("vault", "sign", "x", { key: "seal", typ: "sr-statement+jws" }), "ERR_ARGUMENT");
    });

    it("receives what others encrypt, and says that nothing proves who", async () => {
      const { versions } = await keys("get", "inbox");
      const { publicJwk } = versions[0];
      assert.deepEqual([publicJwk.use, publicJwk.alg], ["enc", "ECDH-ES+A256KW"]);
      const parcel = await story(driver, "sealFor", publicJwk, "a parcel");
      await refused(step("unseal", parcel.body), { code: "ERR_UNSIGNED", message: /allowUnsigned/ });
      const opened = await step("unseal", parcel.body, { allowUnsigned: true });
      assert.deepEqual([opened.text, opened.origin], ["a parcel", "unsigned"]);
      await key("inbox", "rotate");
      assert.equal((await step("unseal", parcel.body, { allowUnsigned: true })).text, "a parcel");
    });

    it("moves headers, without their bodies, to the primary version", async () => {
      const { id, primary, versions } = await now();
      const headers = objects.map(({ header }) => header);
      const dry = await step("rewrap", headers, { dryRun: true });
      assert.deepEqual(dry.report, { processed: 5, done: 5, skipped: 0, failed: 0, failures: [] });
      assert.ok(dry.moved.every((/** @type {any} */ { header }) => !header));

      const stopped = await step("rewrapSome", headers, 2);
      assert.equal(stopped.ended, "ERR_ABORTED");
      assert.deepEqual(stopped.moved.map((/** @type {any} */ one) => one.id), objects.slice(0, 2).map((one) => one.id));
      assert.equal(stopped.report.done, 2);
      // Interrupted, and begun anew over what is stored by now, with something that is no header.
      const current = headers.map((header, at) => stopped.moved[at]?.header ?? header);
      const rest = await step("rewrap", [...current, "no header", await foreignHeader()], {});
      assert.deepEqual(rest.report, { processed: 7, done: 3, skipped: 2, failed: 2, failures: ["ERR_MALFORMED", "ERR_NO_KEY"] });
      assert.deepEqual(rest.progress, [1, 2, 3, 4, 5, 6, 7]);
      for (const { key: of, from, to } of rest.moved) assert.deepEqual([of, from, to], [id, versions[0].id, primary]);

      const moved = [...stopped.moved, ...rest.moved];
      for (const [at, object] of objects.entries()) {
        const { header } = moved.find((one) => one.id === object.id);
        assert.notEqual(header, object.header);
        assert.equal(await text({ ...object, header }), `object ${at}`);
        assert.equal(await text(object), `object ${at}`);
        object.header = header;
      }
    });

    /** Of another vault's. */
    async function foreignHeader() {
      await story(driver, "create", "other", SECRET);
      await story(driver, "createKey", "other", "photos");
      const { header } = await story(driver, "seal", "other", "x", { key: "photos", detached: true });
      await story(driver, "close", "other");
      await story(driver, "remove", "other");
      return header;
    }

    it("moves headers to another key, and not what others wrote", async () => {
      await keys("create", { alias: "archive" });
      const [object] = objects;
      assert.ok(object);
      const { moved } = await step("rewrap", [object.header], { to: "archive" });
      assert.equal(moved[0].key, (await keys("get", "archive")).id);
      assert.equal(await text({ ...object, header: moved[0].header }), "object 0");
      await refused(step("rewrap", [object.header], { to: "nowhere" }), "ERR_NO_KEY");
      const parcel = await story(driver, "sealFor", (await keys("get", "inbox")).versions[1].publicJwk, "x");
      const foreign = await step("rewrap", [parcel.header], { to: "archive" });
      assert.deepEqual(foreign.report.failures, ["ERR_UNSIGNED"]);
      const attached = await step("seal", "attached", { key: "photos" });
      await key("photos", "rotate");
      assert.equal((await step("rewrap", [attached.header])).report.done, 1);
    });

    it("encrypts anew, under a new data key", async () => {
      const context = { row: "7" };
      const old = await step("seal", "once more", { key: "photos", context, metadata: { name: "a.txt" } });
      const anew = await step("reencrypt", old.body, { key: "archive", context });
      assert.notEqual(anew.id, old.id);
      const opened = await step("unseal", anew.body, { context });
      assert.deepEqual([opened.text, opened.metadata.name], ["once more", "a.txt"]);
      await refused(step("reencrypt", old.body, { key: "archive" }), "ERR_CONTEXT");
      const moved = await step("reencrypt", old.body, { key: "archive", context: { row: "8" }, from: { context } });
      assert.equal((await step("unseal", moved.body, { context: { row: "8" } })).text, "once more");
    });

    it("keeps an inventory: what depends on which version", async () => {
      const photos = await now();
      const tracked = [];
      for (const [at, { id, header, size }] of objects.entries()) {
        tracked.push(await step("vault", "track", { id, header, size }, { location: `/objects/${at}` }));
      }
      const [first] = tracked;
      const { id, version: of, location, size, header } = first;
      assert.deepEqual({ id, location, size, header }, {
        id: objects[0]?.id,
        location: "/objects/0",
        size: objects[0]?.size,
        header: "elsewhere",
      });
      const byVersion = await step("objects", "page", { key: "photos", version: of, limit: 2 });
      assert.equal(byVersion.total, 5);
      assert.equal(byVersion.objects.length, 2);
      const rest = await step("objects", "page", { version: of, after: byVersion.next, limit: 3 });
      assert.equal(rest.next, undefined);
      const listed = await step("objects", "list", { key: photos.id });
      assert.deepEqual(byId(listed), byId(tracked));
      assert.deepEqual(await step("objects", "list", { version: photos.versions[0].id }), []);
      // Said once more: what is not given stays.
      const again = await step("vault", "track", { header: objects[0]?.header }, { location: "/moved" });
      assert.deepEqual(again, { ...first, location: "/moved" });
      await refused(step("vault", "track", { header: objects[0]?.header }, { id: objects[1]?.id }), "ERR_DECRYPT");
      await step("objects", "untrack", objects[4]?.id);
      assert.equal((await step("objects", "list")).length, 4);
      await refused(step("objects", "untrack", objects[4]?.id), { code: "ERR_NO_OBJECT", name: "NoObjectError" });
    });

    it("does not destroy what objects need, unless it is forced", async () => {
      const { version: of } = (await step("objects", "list"))[0];
      const { number } = (await now()).versions.find((/** @type {any} */ { id }) => id === of);
      const needed = { code: "ERR_IN_USE", name: "InUseError", message: /pass force/ };
      await refused(version("photos", number, "destroy"), needed);
      await refused(key("photos", "destroy"), needed);
      assert.equal(await text(/** @type {Stored} */ (objects[0])), "object 0");
      await refused(version("archive", 1, "scheduleDestroy", { after: "PT1S" }), "ERR_ARGUMENT");
      await refused(version("archive", 1, "scheduleDestroy", { after: "P366D" }), "ERR_ARGUMENT");
    });

    it("moves the inventory's objects, and takes note of that", async () => {
      const headers = Object.fromEntries(objects.map(({ id, header }) => [id, header]));
      const { primary, versions } = await now();
      const { version: of } = (await step("objects", "list"))[0];
      assert.notEqual(of, primary);
      const [lost] = await step("objects", "list");
      const missing = { ...headers, [lost.id]: undefined };
      const some = await step("rewrapTracked", { version: of }, missing);
      assert.deepEqual(some.report, { processed: 4, done: 3, skipped: 0, failed: 1, failures: ["ERR_INPUT"] });
      assert.deepEqual((await step("objects", "list", { version: of })).map((/** @type {any} */ { id }) => id), [lost.id]);
      const rest = await step("rewrapTracked", { version: of }, headers);
      assert.equal(rest.report.done, 1);
      for (const { id, header } of [...some.moved, ...rest.moved]) {
        const object = objects.find((one) => one.id === id);
        assert.ok(object);
        object.header = header;
      }
      assert.equal((await step("objects", "list", { version: primary })).length, 4);
      // Nothing known needs it any more.
      const { number } = versions.find((/** @type {any} */ { id }) => id === of);
      const report = await version("photos", number, "destroy");
      assert.equal(report.objects, 0);
      for (const [at, object] of objects.slice(0, 4).entries()) assert.equal(await text(object), `object ${at}`);
    });

    it("revokes, says what that means, and does something about it", async () => {
      const { primary, versions } = await now();
      const { number } = versions.find((/** @type {any} */ { id }) => id === primary);
      await key("photos", "rotate");
      const headers = Object.fromEntries(objects.map(({ id, header }) => [id, header]));
      const revoked = await step("revoke", "photos", number, { reason: "a laptop was stolen", compromised: true }, headers);
      const of = revoked.key.versions[number - 1];
      assert.deepEqual([of.state, of.compromised, of.history.at(-1).reason], ["compromised", true, "a laptop was stolen"]);
      assert.equal(revoked.objects, 4);
      assert.equal(revoked.sample.length, 4);
      assert.equal(revoked.dependents.length, 4);
      assert.ok(revoked.readable.length > 0);
      assert.deepEqual(revoked.remedies.map((/** @type {any} */ remedy) => remedy.code), ["rewrap", "reencrypt"]);
      assert.deepEqual(revoked.remedies[0].params, { objects: 4 });
      assert.equal(revoked.rewrapped.done, 4);
      assert.deepEqual(await step("objects", "list", { version: of.id }), []);
      // A compromised version still opens.
      assert.equal(await text(/** @type {Stored} */ (objects[0])), "object 0");
      await refused(version("photos", number, "resume"), { code: "ERR_STATE", from: "compromised", to: "active" });

      await keys("create", { alias: "brief" });
      const whole = await step("revoke", "brief", undefined, {});
      assert.deepEqual([whole.key.state, whole.objects, whole.sample], ["deactivated", 0, []]);
      await refused(seal("x", { key: "brief" }), { code: "ERR_STATE", from: "deactivated" });
      await refused(step("revoke", "brief", undefined, {}), { code: "ERR_STATE", from: "deactivated", to: "deactivated" });
      assert.equal((await key("brief", "rotate")).state, "active");
      assert.equal(await text(await seal("again", { key: "brief" })), "again");
    });

    it("keeps headers in the vault, moves them there, and shreds them", async () => {
      await keys("create", { alias: "diary" });
      const page = await step("seal", "dear diary", { key: "diary", header: "vault" });
      assert.equal(page.header, "");
      const open = () => step("unseal", page.body, { object: page.id });
      assert.equal((await open()).text, "dear diary");
      const [entry] = await step("objects", "list", { key: "diary" });
      assert.deepEqual([entry.id, entry.header], [page.id, "vault"]);
      await key("diary", "rotate");
      const { moved, report } = await step("rewrapTracked", { key: "diary" });
      assert.equal(report.done, 1);
      // The sole copy stays in the vault.
      assert.equal(moved[0].header, undefined);
      assert.equal((await step("rewrapTracked", { key: "diary" })).report.skipped, 1);
      assert.equal((await open()).text, "dear diary");
      await refused(step("unseal", page.body, { object: objects[0]?.id }), "ERR_NO_OBJECT");

      const elsewhere = await step("vault", "shred", objects[0]?.id);
      assert.equal(elsewhere.shredded, false);
      assert.deepEqual(elsewhere.remaining.map((/** @type {any} */ { code }) => code), ["header"]);
      assert.deepEqual(await step("vault", "shred", page.id), { shredded: true, remaining: [] });
      await refused(open(), "ERR_NO_OBJECT");
      await refused(step("vault", "shred", page.id), "ERR_NO_OBJECT");

      const kept = await step("seal", "in a backup", { key: "diary", header: "vault" });
      await step("backup");
      const copied = await step("vault", "shred", kept.id);
      assert.equal(copied.shredded, false);
      assert.deepEqual(copied.remaining.map((/** @type {any} */ { code }) => code), ["backup"]);
      assert.equal((await step("unseal", kept.body, { object: kept.id })).text, "in a backup");
    });

    it("schedules a destruction, cancels it, and destroys with a report", async () => {
      const sealed = await seal("doomed", { key: "brief" });
      const scheduled = await key("brief", "scheduleDestroy");
      assert.deepEqual(new Set(states(scheduled.key)), new Set(["destroy-scheduled"]));
      const wait = scheduled.key.versions[0].destroyAt - Date.now();
      assert.ok(Math.abs(wait - 30 * DAY) < 60_000, `${wait}`);
      await refused(text(sealed), { code: "ERR_STATE", from: "destroy-scheduled", message: /cancel the destruction/ });
      const cancelled = await key("brief", "cancelDestroy");
      assert.deepEqual(new Set(states(cancelled)), new Set(["deactivated"]));
      assert.equal(await text(sealed), "doomed");

      const destroyed = await key("brief", "destroy");
      assert.deepEqual(new Set(states(destroyed.key)), new Set(["destroyed"]));
      assert.equal(destroyed.backups.length, 1);
      assert.ok(destroyed.remains.some((/** @type {any} */ { message }) => /disk/.test(message)));
      await refused(text(sealed), { code: "ERR_STATE", from: "destroyed" });
      // The tombstone stays, under its id; its name is free.
      const { id: gone } = destroyed.key;
      assert.equal((await keys("get", gone)).state, "destroyed");
      await refused(key(gone, "rotate"), { code: "ERR_STATE", from: "destroyed" });
      await refused(key(gone, "cancelDestroy"), { code: "ERR_STATE", from: "destroyed" });
      await refused(keys("get", "brief"), "ERR_NO_KEY");

      const [{ id }] = await step("objects", "list", { key: "photos" });
      const forced = await key("photos", "scheduleDestroy", { after: "P1D" });
      assert.equal(forced.objects, 4);
      await key("photos", "cancelDestroy");
      await key("photos", "rotate");
      const object = objects.find((one) => one.id === id);
      assert.equal(await text(/** @type {Stored} */ (object)), `object ${objects.indexOf(/** @type {Stored} */ (object))}`);
    });

    it("has keys for the session, which are never stored", async () => {
      const session = await keys("createSession", { ttl: "PT1H", alias: "now" });
      assert.equal(session.session, true);
      assert.equal(session.expires - session.created, 60 * 60 * 1000);
      const sealed = await seal("for now", { key: "now" });
      assert.equal(await text(sealed), "for now");
      assert.ok(!aliases(await keys("list")).includes("now"));
      await key("now", "end");
      await refused(text(sealed), "ERR_NO_KEY");
      await refused(keys("get", "now"), "ERR_NO_KEY");
      await refused(key("photos", "end"), "ERR_STATE");

      const brief = await keys("createSession", { ttl: "PT2S" });
      const other = await keys("createSession", { ttl: "PT1H", purpose: "sign" });
      assert.notEqual(brief.alias, other.alias);
      const value = await step("encryptValue", brief.id, "gone soon");
      assert.equal(await step("vault", "decryptValue", value), "gone soon");
      await pause(2100);
      await refused(step("vault", "decryptValue", value), "ERR_NO_KEY");
      const signed = await step("vault", "sign", "x", { key: other.alias });
      assert.equal((await step("verify", signed)).key, other.id);
      await refused(keys("createSession", { ttl: "never" }), "ERR_ARGUMENT");
    });

    it("does not let a session's key stand in for a stored one", async () => {
      await refused(keys("createSession", { ttl: "PT1H", alias: "photos" }), "ERR_KEY_EXISTS");
      await keys("createSession", { ttl: "PT1H", alias: "draft" });
      await refused(keys("create", { alias: "draft" }), "ERR_KEY_EXISTS");
      await refused(key("archive", "update", { alias: "draft" }), "ERR_KEY_EXISTS");
      await key("draft", "end");
      await keys("create", { alias: "draft" });
    });

    it("takes in keys that exist, and gives them out to who knows the passphrase", async () => {
      const raw = randomBytes(32);
      await step("import", { raw: raw.toString("base64") }, { alias: "raw", labels: { from: "elsewhere" } });
      const exported = await step("export", "raw", SECRET);
      assert.equal(exported.k, raw.toString("base64url"));
      await refused(step("export", "raw", "wrong"), "ERR_WRONG_FACTOR");
      assert.equal(await text(await seal("imported", { key: "raw" })), "imported");

      const k = randomBytes(32).toString("base64url");
      await step("import", { kty: "oct", k }, { alias: "jwk" });
      assert.equal((await step("export", "jwk", SECRET)).k, k);

      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const jwk = pair.privateKey.export({ format: "jwk" });
      const pem = /** @type {string} */ (pair.privateKey.export({ format: "pem", type: "pkcs8" }));
      await step("import", pem, { alias: "pem", purpose: "sign" });
      assert.equal((await step("export", "pem", SECRET)).d, jwk.d);
      const signed = await step("vault", "sign", "by PEM", { key: "pem" });
      const [head, payload, signature = ""] = signed.split(".");
      const by = { key: pair.publicKey, dsaEncoding: /** @type {const} */ ("ieee-p1363") };
      assert.ok(verifySignature("sha256", Buffer.from(`${head}.${payload}`), by, Buffer.from(signature, "base64url")));

      const spki = /** @type {string} */ (pair.publicKey.export({ format: "pem", type: "spki" }));
      const seen = await step("import", spki, { alias: "public", purpose: "sign" });
      assert.equal(seen.versions[0].publicJwk.x, jwk.x);
      const refusal = await step("vault", "sign", "x", { key: "public" }).catch((error) => error);
      assert.notEqual(refusal.code, "ERR_WORKER", refusal.message);
      assert.equal(typeof refusal.code, "string");

      await step("import", JSON.stringify(jwk), { alias: "shared", purpose: "share" });
      const parcel = await story(driver, "sealFor", (await keys("get", "shared")).versions[0].publicJwk, "x");
      assert.equal((await step("unseal", parcel.body, { allowUnsigned: true })).text, "x");

      await refused(step("import", { kty: "oct", k: "AAAA" }, { alias: "short" }), "ERR_MALFORMED");
      await refused(step("import", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", { alias: "bad" }), "ERR_UNSUPPORTED");
      await refused(step("import", pem, { alias: "wrong", purpose: "encrypt" }), "ERR_ARGUMENT");
      await refused(step("import", { raw: raw.toString("base64") }, { alias: "raw" }), "ERR_KEY_EXISTS");
    });

    it("lists by what is asked for, page by page", async () => {
      for (let at = 0; at < 12; at++) {
        const labels = { team: at % 2 ? "red" : "blue", ...(at === 3 && { pinned: "" }) };
        await keys("create", { alias: `list/${String(at).padStart(2, "0")}`, labels, rotateEvery: `P${at + 1}D` });
      }
      const some = await keys("page", { prefix: "list/", limit: 5 });
      assert.deepEqual(aliases(some.keys), ["list/00", "list/01", "list/02", "list/03", "list/04"]);
      const rest = await keys("page", { prefix: "list/", after: some.next, limit: 7 });
      assert.equal(rest.keys.length, 7);
      assert.equal(rest.next, undefined);
      assert.equal((await keys("list", { label: ["team", "red"] })).length, 6);
      assert.deepEqual(aliases(await keys("list", { label: "pinned" })), ["list/03", "photos"]);
      assert.deepEqual(aliases(await keys("list", { purpose: "share" })), ["inbox", "shared"]);
      assert.deepEqual(aliases(await keys("list", { state: "destroyed" })), ["brief"]);
      assert.deepEqual(aliases(await keys("list", { dueBefore: Date.now() + 2.5 * DAY })), ["list/00", "list/01"]);
      assert.deepEqual(await keys("due"), []);
      assert.deepEqual(aliases(await keys("due", Date.now() + 1.5 * DAY)), ["list/00"]);
      assert.ok((await keys("list")).length > 12);
      await refused(keys("list", { state: "asleep" }), "ERR_ARGUMENT");
    });

    it("changes what is said of a key", async () => {
      const renamed = await key("list/00", "update", { alias: "renamed", labels: { a: "b" }, rotateEvery: null });
      assert.deepEqual([renamed.alias, renamed.labels, renamed.rotateEvery], ["renamed", { a: "b" }, undefined]);
      await refused(keys("get", "list/00"), "ERR_NO_KEY");
      assert.equal((await keys("get", "renamed")).id, renamed.id);
      await refused(key("renamed", "update", { alias: "list/01" }), "ERR_KEY_EXISTS");
    });

    it("rotates by itself when it is time: while it is unlocked, again and again", async () => {
      await keys("create", { alias: "restless", rotateEvery: "PT2S" });
      const sealed = await seal("before", { key: "restless" });
      const versions = async () => (await keys("get", "restless")).versions.length;
      // Nothing else is called meanwhile, which would wake the engine too.
      await pause(SOON);
      const some = await versions();
      assert.ok(some >= 4, `${some} versions`);
      const last = (await keys("get", "restless")).versions.at(-1);
      assert.equal(last.history[0].by, "rotateEvery");
      assert.equal(await text(sealed), "before");
    });

    it("rotates at unlock what became due", async () => {
      await key("restless", "update", { rotateEvery: "P1D" });
      await keys("create", { alias: "overdue", rotateEvery: "PT3S" });
      await reload();
      await pause(3500);
      await step("unlock", SECRET);
      const rotated = async () => (await keys("get", "overdue")).versions.length > 1;
      await driver.wait(rotated, 5000, "it was not rotated");
      await key("overdue", "update", { rotateEvery: null });
      assert.equal(await step("vault", "decryptValue", token), "kept");
    });

    it("counts uses, and writes the counts after a while", async () => {
      const { uses } = await keys("get", "archive");
      for (let at = 0; at < 3; at++) await step("encryptValue", "archive", at);
      const used = await keys("get", "archive");
      assert.equal(used.uses, uses + 3);
      assert.ok(Math.abs(used.lastUsed - Date.now()) < 60_000);
      await pause(SOON);
      await reload();
      await step("unlock", SECRET);
      assert.equal((await keys("get", "archive")).uses, uses + 3);
    });

    it("rotates the vault key: other tabs are locked, unlock again and read everything", async () => {
      const first = await driver.getWindowHandle();
      const list = await keys("list");
      const sealed = await seal("under the old vault key", { key: "archive" });
      await driver.switchTo().newWindow("tab");
      await reload();
      await step("unlock", SECRET);
      await step("watchLock");
      const second = await driver.getWindowHandle();
      await driver.switchTo().window(first);
      const head = await step("vault", "lastSeenHead");
      const { generation, records } = await step("vault", "rotateVaultKey");
      assert.equal(generation, 2);
      assert.ok(records > list.length);
      assert.equal(await text(sealed), "under the old vault key");
      // Nothing of what was read before stands any more, and new things are made all the same.
      await keys("create", { alias: "newer" });
      await key("newer", "rotate");
      await step("seal", "x", { key: "newer", header: "vault" });
      await step("import", { raw: randomBytes(32).toString("base64") }, { alias: "newer, from elsewhere" });
      await keys("createSession", { ttl: "PT1H" });
      await driver.switchTo().window(second);
      const locked = async () => !(await step("unlocked"));
      await driver.wait(locked, 5000, "the other tab was not locked");
      assert.match(await step("whyLocked"), /^ERR_LOCKED: .*another tab/);
      await refused(text(sealed), "ERR_LOCKED");
      await step("unlock", SECRET);
      assert.equal(await text(sealed), "under the old vault key");
      const more = aliases([...list, { alias: "newer" }, { alias: "newer, from elsewhere" }]).toSorted();
      assert.deepEqual(aliases(await keys("list")), more);
      await driver.close();
      await driver.switchTo().window(first);
      for (let next = 3; next < 5; next++) assert.equal((await step("vault", "rotateVaultKey")).generation, next);

      await load(driver, `${server.origin}/keys.html`);
      await step("openSeen", head);
      await step("unlock", SECRET);
      assert.deepEqual(aliases(await keys("list")), more);
      assert.equal(await text(sealed), "under the old vault key");
    });

    it("restores a backup from before with the vault key that it had", async () => {
      await story(driver, "restore", "copy");
      await story(driver, "unlock", "copy", SECRET);
      assert.equal((await story(driver, "keyring", "copy", "get", "photos")).alias, "photos");
      // What the backup remembers of itself and others.
      assert.equal((await story(driver, "objects", "copy", "list", { key: "diary" })).length, 1);
    });
  });
}
