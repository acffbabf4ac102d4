/**
 * A whole session is recorded: what leaves the browser, what it keeps, what it logs, what is stored. None
 * of it may hold a secret in any form; which secrets there are, a program that has none of our code says.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { logging } from "selenium-webdriver";
import { engines, has, startBrowser, without } from "../browsers.mjs";
import { plainPage, temporaryFolder } from "../consumer.mjs";
import { load, story } from "../drive.mjs";
import { pageStrings } from "../heap.mjs";
import { startRecorder } from "../recorder.mjs";
import { runPython } from "../samples.mjs";
import { startServer } from "../server.mjs";

const SECRET = "correct horse battery staple";
const OBJECTS = ["one.srm", "two.srm"];

/** @typedef {{ place: string, bytes: Buffer }} Found */

/** What a secret may look like: itself, hex, and base64 at each of the three offsets. @param {Buffer} secret */
function forms(secret) {
  const encoded = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), secret]).toString("base64").replaceAll("=", "");
    // The first characters depend on what stands before, the last on what follows.
    const inner = text.slice(offset && offset + 1, -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const hex = secret.toString("hex");
  return [secret, ...[hex, hex.toUpperCase(), ...encoded].map((text) => Buffer.from(text))];
}

/** Which secrets stand where. @param {Record<string, Buffer>} secrets @param {Found[]} haystack */
function leaks(secrets, haystack) {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const needles = forms(secret);
    const holding = haystack.filter(({ bytes }) => needles.some((needle) => bytes.includes(needle)));
    return holding.map(({ place }) => `${name}: ${place}`);
  });
}

for (const engine of engines) {
  describe(`nothing leaks in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startRecorder>>} */
    let recorder;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {Record<string, Buffer>} */
    let secrets;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);

    before(async () => {
      server = await startServer(plainPage());
      recorder = await startRecorder();
      ({ driver } = await startBrowser(engine, { proxy: recorder.address }));
      await load(driver, server.origin);
    });
    after(async () => {
      await driver?.quit();
      await recorder?.stop();
      await server?.stop();
    });

    /** @returns {Found[]} */
    function storedObjects() {
      const names = readdirSync(server.data, { recursive: true, encoding: "utf8" });
      const paths = names.map((name) => join(server.data, name)).filter((path) => statSync(path).isFile());
      return paths.map((path) => ({ place: `stored ${path}`, bytes: readFileSync(path) }));
    }

    /** Everything there is to see by now. @returns {Promise<Found[]>} */
    async function seen() {
      const kept = /** @type {[string, string][]} */ (await step("kept"));
      return [
        ...recorder.requests,
        ...kept.map(([place, text]) => ({ place, bytes: Buffer.from(text, "base64") })),
        ...storedObjects(),
      ];
    }

    /** What the page and its Workers logged, where the driver tells. */
    async function logged() {
      if (!has(engine, "a console to read")) return [];
      const entries = await driver.manage().logs().get(logging.Type.BROWSER);
      // The browser's own complaint: plain pages have no icon.
      return entries.map(({ message }) => message).filter((message) => !message.includes("/favicon.ico"));
    }

    it("in a session from creation to lock", async () => {
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      for (const [at, name] of OBJECTS.entries()) await step("put", "acme", "photos", name, 600_000, at + 1, at === 1);
      for (const name of OBJECTS) await step("get", "acme", name);
      await step("value", "acme", "photos");
      await step("backup", "acme");
      await step("lock", "acme");
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      secrets = await everySecret();
      assert.ok(Object.keys(secrets).length >= 12, Object.keys(secrets).join(", "));

      const haystack = await seen();
      for (const kind of ["request PUT", "request POST", "indexedDB strongroom rows", "localStorage", "stored"]) {
        assert.ok(haystack.some(({ place }) => place.startsWith(kind)), `${kind} was looked at`);
      }
      assert.deepEqual(leaks(secrets, haystack), []);
      assert.deepEqual(await logged(), []);
    });

    // What the page itself typed and encrypted is its own.
    const keys = () => Object.entries(secrets).filter(([name]) => /key|kek|dek|version|identity/.test(name));

    it("as a string in the page's own memory", { skip: without(engine, "DevTools") }, async () => {
      const heap = await pageStrings(driver);
      assert.ok(heap.bytes.includes("acme"), "it is the page's heap");
      assert.deepEqual(leaks(Object.fromEntries(keys()), [heap]), []);
      await driver.executeScript("window.planted = arguments[0]", secrets["vault key"]?.toString("base64"));
      assert.deepEqual(leaks(Object.fromEntries(keys()), [await pageStrings(driver)]), ["vault key: heap"]);
    });

    it("and a planted leak of each kind is seen", async () => {
      const planted = secrets["vault key"]?.toString("base64");
      for (const place of ["localStorage", "cache", "request", "indexedDB"]) {
        const already = leaks(secrets, await seen()).length;
        await step("plant", place, planted);
        const found = leaks(secrets, await seen());
        assert.equal(found.length, already + 1, found.join(", "));
        assert.ok(found.some((leak) => leak.startsWith(`vault key: ${place}`)), found.join(", "));
      }
      if (has(engine, "a console to read")) {
        await step("plant", "log", planted);
        assert.ok((await logged()).some((message) => message.includes(String(planted))));
      }
    });

    /** By name: what Python finds in the backup and the objects, and pieces of what was encrypted. */
    async function everySecret() {
      const folder = temporaryFolder();
      const backup = (await step("kept")).find((/** @type {[string, string]} */ [place]) => place.endsWith("/backup"));
      writeFileSync(join(folder, "backup.json"), Buffer.from(backup[1], "base64"));
      const contexts = Object.fromEntries(OBJECTS.map((name) => [name, { app: "story", object: name }]));
      writeFileSync(join(folder, "sample.json"), JSON.stringify({ passphrase: SECRET, contexts }));
      for (const name of OBJECTS) {
        const stored = storedObjects().find(({ place }) => place.endsWith(name));
        assert.ok(stored, name);
        writeFileSync(join(folder, name), stored.bytes);
      }
      /** @type {Record<string, string>} */
      const found = JSON.parse(runPython("secrets_of.py", folder));
      const plain = /** @type {string} */ (await step("plaintext", 600_000, 1));
      return {
        ...Object.fromEntries(Object.entries(found).map(([name, text]) => [name, Buffer.from(text, "base64")])),
        plaintext: Buffer.from(plain, "base64"),
        "file name": Buffer.from("one.srm.png"),
        value: Buffer.from('"4111"'),
      };
    }
  });
}
