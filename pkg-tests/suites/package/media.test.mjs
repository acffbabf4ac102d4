/** Objects that the page's elements read through its service worker. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { engines, startBrowser, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { COLOURS, SHOWN, writeFilm } from "../../harness/samples/film.mjs";
import { png } from "../../harness/samples/png.mjs";
import { serveRanges } from "../../harness/servers/range-server.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const SIZE = 700_000;
/** More than is fetched at once. */
const LONG = 2_000_000;
/** Milliseconds after which an idle service worker ends, where that can be set. */
const IDLE = 5000;
/** What the films' colours are, give or take what noise and coding change. */
const SHADES = { red: [255, 0, 0], lime: [0, 255, 0], blue: [0, 0, 255] };

/** @param {number[]} shown @param {keyof typeof SHADES} colour */
function assertShows(shown, colour) {
  const near = SHADES[colour].every((shade, at) => Math.abs(shade - (shown[at] ?? NaN)) < 60);
  assert.ok(near, `${shown} is not ${colour}`);
}

/** Up to 8 bytes of what the page stored. @param {number} from @param {number} to */
function first(from, to) {
  return Array.from({ length: Math.min(8, to - from) }, (_, at) => ((from + at) * 31 + ((from + at) >> 8)) & 0xff);
}

/** All bytes of what the page stored. @param {number} size */
const contentOf = (size) => Uint8Array.from({ length: size }, (_, at) => at * 31 + (at >> 8));

/** What a page must not take an object for. */
const SAFE = {
  "accept-ranges": "bytes",
  "cache-control": "no-store",
  "content-security-policy": "sandbox",
  "x-content-type-options": "nosniff",
};

for (const engine of engines) {
  describe(`objects shown in place in ${engine}`, () => {
    const folder = plainPage();
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {Awaited<ReturnType<typeof serveRanges>>} */
    let files;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** Where the browser saves files. */
    let downloads = "";
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const open = (/** @type {string} */ name) => step("openObject", name, "url", `${files.origin}/${name}`);

    async function follow(/** @type {string} */ url) {
      await step("link", url);
      await driver.findElement(By.id("link")).click();
    }

    async function stopWorkers() {
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (driver);
      await chromium.sendDevToolsCommand("ServiceWorker.enable", {});
      await chromium.sendDevToolsCommand("ServiceWorker.stopAllWorkers", {});
    }

    before(async () => {
      writeFilm(join(folder, "film.webm"));
      writeFileSync(join(folder, "picture.png"), png(30, 20));
      page = await serveFolder(folder);
      files = await serveRanges();
      ({ driver, downloads } = await startBrowser(engine, { workerIdle: IDLE }));
      await load(driver, `${page.origin}/media.html`);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await step("register");
      await step("store", "plain", `${files.origin}/plain`, SIZE, { metadata: { type: "text/plain; charset=utf-8" } });
      await step("store", "long", `${files.origin}/long`, LONG);
      await step("storeFile", "film", "film.webm", `${files.origin}/film`, "video/webm");
    });
    afterEach(() => {
      files.asked();
    });
    after(async () => {
      await driver?.quit();
      await files?.stop();
      await page?.stop();
    });

    it("answers requests with the bytes they ask for, and with headers that keep the page safe", async () => {
      await open("plain");
      const url = await step("localUrl", "plain");
      /** @type {[string | undefined, number, number][]} */
      const whole = [[undefined, 0, SIZE], ["bytes=a-b", 0, SIZE], ["bytes=5-4", 0, SIZE], ["bytes=0-1, 4-5", 0, SIZE], ["bytes=-", 0, SIZE]];
      /** @type {[string, number, number][]} */
      const partly = [
        ["bytes=0-", 0, SIZE],
        ["bytes=0-0", 0, 1],
        ["bytes=300000-300099", 300_000, 300_100],
        ["bytes=699999-", SIZE - 1, SIZE],
        ["bytes=699990-9999999", 699_990, SIZE],
        ["bytes=-100", SIZE - 100, SIZE],
        ["bytes=-9999999", 0, SIZE],
      ];
      for (const [range, from, to] of [...whole, ...partly]) {
        const { status, headers, length, bytes } = await step("ask", url, range ? { range } : {});
        const partial = partly.some(([known]) => known === range);
        const place = partial ? `bytes ${from}-${to - 1}/${SIZE}` : null;
        const expected = { ...SAFE, "content-range": place, "content-length": `${to - from}`, "content-type": "text/plain" };
        assert.deepEqual([status, headers], [partial ? 206 : 200, expected], range);
        assert.deepEqual([length, bytes], [to - from, first(from, to)], range);
      }
      for (const range of ["bytes=700000-", "bytes=800000-900000", "bytes=-0"]) {
        const { status, headers, length } = await step("ask", url, { range });
        assert.deepEqual([status, headers["content-range"], length], [416, `bytes */${SIZE}`, 0]);
      }
      const head = await step("ask", url, {}, "HEAD");
      assert.deepEqual([head.status, head.headers["content-length"], head.length], [200, `${SIZE}`, 0]);
      assert.equal((await step("ask", url, {}, "DELETE")).status, 405);
    });

    it("says of a type only that it is harmless, or binary", async () => {
      for (const [type, told] of [["image/svg+xml", "application/octet-stream"], ["text/html", "application/octet-stream"], ["Image/PNG", "image/png"]]) {
        const url = await step("localUrl", "plain", { type });
        assert.equal((await step("ask", url, { range: "bytes=0-0" })).headers["content-type"], told);
      }
    });

    it("shows a picture", async () => {
      await step("storeFile", "picture", "picture.png", `${files.origin}/picture`, "image/png");
      await open("picture");
      assert.deepEqual(await step("image", await step("localUrl", "picture")), [30, 20]);
    });

    const saved = { skip: without(engine, "files that a service worker gives") };
    it("saves an object under its name where a link is followed", saved, async () => {
      await open("plain");
      await follow(await step("localUrl", "plain", { download: "é 'plain'.txt" }));
      const file = join(downloads, "é 'plain'.txt");
      await driver.wait(() => existsSync(file) && statSync(file).size === SIZE, 10_000, "nothing was saved");
      assert.ok(readFileSync(file).equals(contentOf(SIZE)));
      assert.match(await driver.getCurrentUrl(), /media\.html$/);
      assert.deepEqual(await step("failures"), []);
    });

    it("saves nothing that looks whole of an object that is damaged", saved, async () => {
      await step("store", "damaged", `${files.origin}/damaged`, LONG);
      await step("damage", `${files.origin}/damaged`, LONG - 600_000);
      await open("damaged");
      const earlier = readdirSync(downloads);
      await follow(await step("localUrl", "damaged", { download: "damaged.bin" }));
      const failed = async () => (await step("failures")).includes("ERR_DECRYPT");
      await driver.wait(failed, 10_000, "nothing failed");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const left = readdirSync(downloads).filter((name) => !earlier.includes(name) && name.endsWith(".bin"));
      // Firefox leaves an empty file in the place, if any.
      assert.deepEqual(left.filter((name) => statSync(join(downloads, name)).size > 0), []);
    });

    const own = { skip: without(engine, "files of a page's own") };
    it("writes an object to a file, all of it or nothing", own, async () => {
      await open("plain");
      const sha256 = createHash("sha256").update(contentOf(SIZE)).digest("hex");
      assert.deepEqual(await step("saveTo", "plain", "saved"), { ended: "saved", size: SIZE, sha256 });
      await step("store", "damaged", `${files.origin}/damaged`, LONG);
      await step("damage", `${files.origin}/damaged`, LONG - 600_000);
      await open("damaged");
      // The file stays as it was.
      assert.deepEqual(await step("saveTo", "damaged", "saved"), { ended: "ERR_DECRYPT", size: SIZE, sha256 });
      assert.equal((await step("saveTo", "damaged", "another")).size, 0);
    });

    it("plays a film, and seeks in it", { skip: without(engine, "films of VP9") }, async () => {
      await open("film");
      const { duration, width } = await step("show", await step("localUrl", "film"));
      assert.deepEqual([Math.round(duration), width], [COLOURS.length * SHOWN, 320]);
      assertShows(await step("play"), "red");
      for (const at of [2, 1, 2, 0, 1]) {
        const seconds = (at + 0.5) * SHOWN;
        const sought = await step("seek", seconds);
        assert.ok(Math.abs(sought.at - seconds) < 0.5);
        assertShows(sought.colour, /** @type {keyof typeof SHADES} */ (COLOURS[at]));
      }
      assertShows(await step("play"), "lime");
      assert.deepEqual(await step("failures"), []);
    });

    it("goes on after the service worker was stopped", { skip: without(engine, "DevTools") }, async () => {
      await open("plain");
      const url = await step("localUrl", "plain");
      await stopWorkers();
      assert.equal((await step("ask", url, { range: "bytes=5-6" })).status, 206);
    });

    const idle = { skip: without(engine, "a setting for when idle service workers end") };
    it("keeps the service worker while an object is read, however slowly it comes", idle, async () => {
      await open("long");
      files.state.wait = 1.3 * IDLE;
      await step("beginCount", await step("localUrl", "long"));
      assert.deepEqual(await step("counted"), { announced: LONG, length: LONG });
      files.state.wait = 0;
      assert.deepEqual(await step("failures"), []);
    });

    it("tells of an object whose reading ended with the service worker", { skip: without(engine, "DevTools") }, async () => {
      await open("long");
      files.state.wait = 2000;
      await step("beginCount", await step("localUrl", "long"));
      await stopWorkers();
      const { announced, length } = await step("counted");
      files.state.wait = 0;
      assert.ok(length < announced, `${length} of ${announced}`);
      const told = async () => (await step("failures"))[0] === "ERR_WORKER";
      await driver.wait(told, 15_000, "nobody was told");
    });

    it("ends with the address, the object, the vault and the page", async () => {
      await open("plain");
      const revoked = await step("localUrl", "plain");
      await step("revoke", revoked);
      assert.equal((await step("ask", revoked)).status, 404);

      const closed = await step("localUrl", "plain");
      await step("closeObject", "plain");
      for (const method of ["GET", "HEAD"]) assert.equal((await step("ask", closed, {}, method)).status, 410);
      assert.deepEqual(await step("failures"), ["ERR_CLOSED"]);

      await open("plain");
      const locked = await step("localUrl", "plain");
      await step("lock", "acme");
      assert.equal((await step("ask", locked, { range: "bytes=5-6" })).status, 410);
      assert.deepEqual(await step("failures"), ["ERR_LOCKED"]);
      assert.equal(await step("image", locked), "failed");

      await step("unlock", "acme", SECRET);
      await open("plain");
      const left = await step("localUrl", "plain");
      assert.equal((await step("ask", left)).status, 200);
      await load(driver, `${page.origin}/media.html`);
      assert.equal((await step("ask", left)).status, 410);
    });

    it("tells of an object that was tampered with", async () => {
      const stored = /** @type {Buffer} */ (files.objects.get("/plain"));
      files.objects.set("/plain", Buffer.from(stored).fill(0, 300_000, 300_010));
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      await open("plain");
      const url = await step("localUrl", "plain");
      assert.equal((await step("ask", url, { range: "bytes=0-9" })).status, 206);
      assert.equal((await step("ask", url, { range: "bytes=300000-300009" })).status, 500);
      assert.deepEqual(await step("failures"), ["ERR_DECRYPT"]);
    });
  });
}
