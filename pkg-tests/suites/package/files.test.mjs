/** `strongroom/files` against a real store: files as one thing, however a call ends. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { startProxy } from "../../harness/faults/proxy.mjs";
import { startServer } from "../../harness/servers/server.mjs";

const MiB = 1024 * 1024;
const SECRET = "correct horse battery staple";
const PATIENCE = 20_000;
/** In one request, with a thumbnail; and in parts. */
const PHOTO = { name: "a cat.jpg", size: 300_000, thumbnail: { name: "small", size: 5000, seed: 2 } };
const FILM = { name: "film", size: 12 * MiB, seed: 3 };

// In which order files, headers and notes are written is the package's own code.
for (const engine of usually("Chromium")) {
  describe(`stores of files in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof startServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startProxy>>} */
    let proxy;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, ...given);
    const bucket = () => join(server.data, "strongroom");
    /** What is stored, but for what the store keeps for itself. */
    const stored = () => readdirSync(bucket()).filter((name) => !name.startsWith(".")).toSorted();
    const uploads = () => readdirSync(server.data, { recursive: true, encoding: "utf8" }).filter((name) => /\.upload/.test(name));
    const stores = /** @type {const} */ (["attached", "detached"]);

    async function openPage() {
      await load(driver, `${server.origin}/files.html`);
      await step("open", "acme");
      await step("unlock", "acme", SECRET);
      for (const name of stores) await step("openStore", name, { detached: name === "detached" });
    }

    /** Nothing is left of anything: in the lists, the inventory, and at the store. */
    async function empty(what = "") {
      for (const name of stores) {
        await step("cleanUpStore", name);
        assert.deepEqual(await step("listFiles", name), [], what);
      }
      assert.deepEqual([stored(), uploads(), await step("tracked")], [[], [], 0], what);
    }

    before(async () => {
      server = await startServer(plainPage());
      proxy = await startProxy(server.store, 1);
      proxy.mend();
      ({ driver } = await startBrowser(engine, { proxy: proxy.address }));
      await load(driver, `${server.origin}/files.html`);
      await step("create", "acme", SECRET);
      await step("createKey", "acme", "photos");
      await openPage();
    });
    afterEach(async () => {
      proxy.mend();
      for (const name of stores) for (const { id } of await step("listFiles", name)) await step("deleteFile", name, id);
      await empty();
    });
    after(async () => {
      await driver?.quit();
      await proxy?.stop();
      await server?.stop();
    });

    for (const store of stores) {
      it(`puts, lists, reads and deletes files: ${store}`, async () => {
        const photo = await step("put", store, PHOTO);
        const film = await step("put", store, FILM);
        assert.deepEqual([photo.name, photo.size, photo.thumbnail, film.thumbnail], ["a cat.jpg", 300_000, true, false]);
        assert.equal(stored().length, store === "attached" ? 3 : 6);
        for (const { path } of [photo, film]) assert.ok(stored().includes(path), path);
        // The provider sees neither names nor types.
        for (const name of stored()) {
          assert.match(name, /^[\w-]{30}\.sr[mh]$/);
          assert.doesNotMatch(readFileSync(join(bucket(), name), "latin1"), /a cat|image\/png/);
        }
        await openPage();
        assert.deepEqual(await step("listFiles", store), [photo, film]);
        assert.equal(await step("contentOf", store, photo.id), await step("hashOfFile", PHOTO));
        assert.equal(await step("contentOf", store, film.id), await step("hashOfFile", FILM));
        assert.equal(await step("thumbnailOf", store, photo.id), await step("hashOfFile", PHOTO.thumbnail));
        assert.equal(await step("thumbnailOf", store, film.id), null);
        assert.equal(await step("partOf", store, film.id, 7 * MiB, 1000), await step("hashOfPart", FILM, 7 * MiB, 1000));
        await step("deleteFile", store, photo.id);
        assert.deepEqual(await step("listFiles", store), [film]);
        await assert.rejects(step("contentOf", store, photo.id), { code: "ERR_NO_OBJECT" });
      });

      it(`re-encrypts files, which keep their ids and thumbnails: ${store}`, async () => {
        for (const file of [PHOTO, FILM]) {
          const { id, object, path } = await step("put", store, file);
          const first = stored();
          const again = await step("reencryptFile", store, id);
          assert.notEqual(again.object, object);
          assert.notEqual(again.path, path);
          assert.ok(stored().includes(again.path));
          assert.deepEqual([again.id, stored().length, stored().filter((name) => first.includes(name))], [id, first.length, []]);
          assert.equal(await step("contentOf", store, id), await step("hashOfFile", file));
          if (file === PHOTO) assert.equal(await step("thumbnailOf", store, id), await step("hashOfFile", PHOTO.thumbnail));
          await step("deleteFile", store, id);
        }
      });

      for (const [does, code] of /** @type {const} */ ([["refuse", "ERR_TRANSFER"], ["abort", "ERR_ABORTED"]])) {
        it(`leaves nothing of a put that ends at any step: ${store}, ${does}`, async () => {
          for (const file of [PHOTO, FILM]) {
            const { seen, value } = await step("planned", null, null, store, "put", file);
            await step("deleteFile", store, value.id);
            for (let at = 0; at < seen.length; at++) {
              const ended = await step("planned", does, at, store, "put", file);
              // Once the store makes one object of the parts, an abort comes too late; it is removed after that.
              assert.equal(ended.code, code, `${seen[at]}, step ${at}: ${JSON.stringify(ended)}`);
              assert.deepEqual(await step("listFiles", store), []);
              await empty(`${seen[at]}, step ${at}`);
            }
          }
        });

        it(`keeps the file as it was when re-encrypting ends at any step: ${store}, ${does}`, async () => {
          const file = await step("put", store, PHOTO);
          const { seen } = await step("planned", null, null, store, "reencryptFile", file.id);
          const [last] = await step("listFiles", store);
          const whole = stored();
          const kept = seen.slice(0, seen.indexOf("delete"));
          for (let at = 0; at < kept.length; at++) {
            const ended = await step("planned", does, at, store, "reencryptFile", file.id);
            assert.equal(ended.code, code, `${seen[at]}, step ${at}`);
            assert.deepEqual(await step("listFiles", store), [last]);
            await step("cleanUpStore", store);
            assert.deepEqual(stored(), whole, `${seen[at]}, step ${at}`);
          }
          assert.equal(await step("contentOf", store, file.id), await step("hashOfFile", PHOTO));
        });
      }
    }

    for (const store of stores) {
      it(`moves a file's header to a new version, however that ends: ${store}`, async () => {
        const { id } = await step("put", store, PHOTO);
        await step("rotatePhotos");
        const { seen, value } = await step("planned", null, null, store, "rewrapFile", id);
        const bodies = stored().filter((name) => name.endsWith(".srm"));
        assert.deepEqual([stored().length, bodies.length], [4, 2]);
        for (const does of ["refuse", "abort"]) {
          for (let at = 0; at < seen.length; at++) {
            await step("rotatePhotos");
            await step("planned", does, at, store, "rewrapFile", id);
            assert.equal(await step("contentOf", store, id), await step("hashOfFile", PHOTO), `${does} ${at}`);
            assert.equal(await step("thumbnailOf", store, id), await step("hashOfFile", PHOTO.thumbnail), `${does} ${at}`);
            await step("cleanUpStore", store);
            assert.deepEqual([stored().length, stored().filter((name) => name.endsWith(".srm"))], [4, bodies], `${does} ${at}`);
          }
        }
        assert.notEqual((await step("rewrapFile", store, id)).version, value.version);
      });
    }

    it("puts a file under another key than the store's", async () => {
      await step("createKey", "acme", "films");
      const photo = await step("put", "attached", PHOTO);
      const film = await step("put", "attached", FILM, { key: "films" });
      assert.notEqual(film.key, photo.key);
      assert.deepEqual(await step("listFiles", "attached"), [photo, film]);
      assert.equal(await step("contentOf", "attached", film.id), await step("hashOfFile", FILM));
      await assert.rejects(step("put", "attached", PHOTO, { key: "none" }), { code: "ERR_NO_KEY" });
      await assert.rejects(step("put", "attached", PHOTO, { key: 7 }), { code: "ERR_ARGUMENT" });
    });

    it("finishes what a store refused to remove", async () => {
      const { id } = await step("put", "detached", PHOTO);
      const refused = await step("planned", "refuse", 1, "detached", "deleteFile", id);
      assert.deepEqual([refused.code, refused.status], ["ERR_TRANSFER", 403]);
      assert.deepEqual(await step("listFiles", "detached"), []);
      await empty();

      const photo = await step("put", "detached", PHOTO);
      const { seen } = await step("planned", null, null, "detached", "reencryptFile", photo.id);
      const later = await step("planned", "refuse", seen.indexOf("delete"), "detached", "reencryptFile", photo.id);
      assert.equal(later.value.id, photo.id);
      assert.equal(stored().length, 8);
      assert.deepEqual(await step("listFiles", "detached"), [later.value]);
      await step("cleanUpStore", "detached");
      assert.equal(stored().length, 4);
      assert.equal(await step("contentOf", "detached", photo.id), await step("hashOfFile", PHOTO));
    });

    it("shows nothing of a put whose tab was closed, and removes it, parts too", async () => {
      for (const file of [PHOTO, FILM]) {
        await closeWhileHeld("PUT", "beginPut", "detached", file);
        assert.deepEqual(await step("listFiles", "detached"), []);
        await cleanedUp("detached", 0);
        await empty();
      }
    });

    it("leaves an upload that the store began and the tab never heard of to the store's own rule", async () => {
      await closeWhileHeld("POST", "beginPut", "detached", FILM);
      await cleanedUp("detached", 0);
      assert.deepEqual(stored(), []);
      assert.notDeepEqual(uploads(), []);
      for (const name of uploads()) rmSync(join(server.data, name));
    });

    /** @param {string} method @param {string} name @param {unknown[]} given */
    async function holdInTab(method, name, ...given) {
      const [tab = ""] = await driver.getAllWindowHandles();
      await driver.switchTo().newWindow("tab");
      await openPage();
      const held = proxy.held();
      proxy.forced.set(method, "hold");
      await step(name, ...given);
      await driver.wait(() => proxy.held() > held, PATIENCE, "nothing was held");
      return tab;
    }

    /** The store has what was sent, and the tab is closed before it hears so. @param {string} method @param {string} name @param {unknown[]} given */
    async function closeWhileHeld(method, name, ...given) {
      const tab = await holdInTab(method, name, ...given);
      await driver.close();
      await driver.switchTo().window(tab);
    }

    /** Until the tab's end is known, it may hold what it changed. @param {string} store @param {number} tracked */
    async function cleanedUp(store, tracked) {
      const gone = async () => step("cleanUpStore", store).then(async () => (await step("tracked")) === tracked);
      await driver.wait(gone, PATIENCE, "something is left");
    }

    it("loses nothing when the tab is closed while it re-encrypts", async () => {
      const photo = await step("put", "attached", PHOTO);
      const { length } = stored();
      for (const method of ["GET", "PUT", "DELETE"]) {
        await closeWhileHeld(method, "beginReencrypt", "attached", photo.id);
        assert.equal((await step("listFiles", "attached")).length, 1, method);
        await cleanedUp("attached", 2);
        assert.equal(stored().length, length);
        assert.equal(await step("contentOf", "attached", photo.id), await step("hashOfFile", PHOTO), method);
        assert.equal(await step("thumbnailOf", "attached", photo.id), await step("hashOfFile", PHOTO.thumbnail), method);
      }
    });

    it("lets one tab at a time change a file", async () => {
      const { id } = await step("put", "attached", PHOTO);
      const tab = await holdInTab("GET", "beginReencrypt", "attached", id);
      await driver.switchTo().window(tab);
      await assert.rejects(step("deleteFile", "attached", id), { code: "ERR_IN_USE" });
      const other = (await driver.getAllWindowHandles()).find((one) => one !== tab);
      await driver.switchTo().window(other ?? "");
      await driver.close();
      await driver.switchTo().window(tab);
      const deleted = () => step("deleteFile", "attached", id).then(() => true, ({ code }) => code !== "ERR_IN_USE");
      await driver.wait(deleted, PATIENCE, "the tab still holds the file");
    });

    it("opens nothing that a store has swapped, or gives back again", async () => {
      for (const store of stores) {
        const one = await step("put", store, PHOTO);
        const other = await step("put", store, { ...PHOTO, seed: 9 });
        const swapped = (/** @type {RegExp} */ kind) => stored().filter((name) => kind.test(name));
        const [olds, theirs] = [one.id, other.id].map((id) => swapped(new RegExp(`^${id}`)));
        const bytes = new Map(stored().map((name) => [name, readFileSync(join(bucket(), name))]));
        const put = (/** @type {string | undefined} */ name, /** @type {Buffer | undefined} */ content) =>
          writeFileSync(join(bucket(), name ?? ""), content ?? "");
        // Each object in the other's place; the bodies have the same lengths, as have the headers.
        for (const mine of olds ?? []) {
          const same = theirs?.find((name) => name.endsWith(mine.slice(-4)) && bytes.get(name)?.length === bytes.get(mine)?.length);
          assert.ok(same, "an object of the same kind");
          put(mine, bytes.get(same));
        }
        for (const call of ["contentOf", "thumbnailOf"]) {
          await assert.rejects(step(call, store, one.id), ({ code }) => ["ERR_CONTEXT", "ERR_ARGUMENT", "ERR_DECRYPT"].includes(code));
        }
        for (const mine of olds ?? []) put(mine, bytes.get(mine));
        await step("reencryptFile", store, one.id);
        // The file's older object, header and all, in the place of its newer one.
        for (const name of swapped(new RegExp(`^${one.id}`))) {
          const old = olds?.find((was) => was.endsWith(name.slice(-4)) && bytes.get(was)?.length === readFileSync(join(bucket(), name)).length);
          put(name, bytes.get(old ?? ""));
        }
        for (const call of ["contentOf", "thumbnailOf"]) {
          await assert.rejects(step(call, store, one.id), ({ code }) => ["ERR_CONTEXT", "ERR_ARGUMENT", "ERR_DECRYPT"].includes(code));
        }
      }
    });

    it("waits out a bad connection, and tells how far it is", async () => {
      proxy.forced.set("PUT", "refuse");
      const { done, sending, total } = await step("putWatched", "attached", FILM);
      assert.deepEqual([done, sending], [total, 0]);
    });
  });
}
