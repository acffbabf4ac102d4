/** Photos and their thumbnails, which are read alone, and kept account of together. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveRanges } from "../../harness/servers/range-server.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";

const refused = (/** @type {string} */ code, /** @type {Promise<unknown>} */ call) => assert.rejects(call, { code });

// Who belongs to whom is the core's, the same in every engine.
for (const engine of usually("Chromium")) {
  describe(`sidecars in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {Awaited<ReturnType<typeof serveRanges>>} */
    let files;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {any} */
    let photo;
    /** @type {any} */
    let thumbnail;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const at = (/** @type {string} */ name) => `${files.origin}/${name}`;
    const show = (/** @type {object} */ how) => step("showThumbnail", at("photo-thumbnail"), { parent: photo.id, ...how });
    const beside = async (/** @type {string} */ parent) =>
      (await step("objects", "list", { parent })).map((/** @type {any} */ { id, sidecar }) => [id, sidecar]);

    before(async () => {
      page = await serveFolder(plainPage());
      files = await serveRanges();
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/sidecars.html`);
      await step("create", SECRET);
      await step("createKey", "photos");
      [photo, thumbnail] = await step("storePhoto", at("photo"), { detached: true });
    });
    after(async () => {
      await driver?.quit();
      await files?.stop();
      await page?.stop();
    });

    it("shows a thumbnail without its photo, in another session too", async () => {
      await load(driver, `${page.origin}/sidecars.html`);
      await step("open");
      await step("unlock", SECRET);
      files.objects.delete("/photo");
      const shown = await show({ header: thumbnail.header });
      const sidecar = { parent: photo.id, name: "thumbnail" };
      assert.deepEqual(shown, { id: thumbnail.id, sidecar, origin: "own", width: 64, height: 48 });
      assert.equal(await step("readThumbnail", at("photo-thumbnail"), { parent: photo.id, header: thumbnail.header }), "PNG");
    });

    it("opens a sidecar as what it is, and nothing else as one", async () => {
      const { header } = thumbnail;
      for (const how of [{ name: "preview" }, { parent: thumbnail.id }, { context: {} }]) {
        await refused("ERR_CONTEXT", show({ header, ...how }));
      }
      await refused("ERR_CONTEXT", step("showPhoto", at("photo-thumbnail"), { header }));
      await refused("ERR_CONTEXT", show({ header: photo.header }));
      await refused("ERR_ARGUMENT", show({ header, name: "Thumbnail" }));
    });

    it("moves sidecars with their parents to another version, by the inventory", async () => {
      assert.deepEqual(await beside(photo.id), [[thumbnail.id, { parent: photo.id, name: "thumbnail" }]]);
      await step("key", "photos", "rotate");
      const headers = Object.fromEntries([photo, thumbnail].map((object) => [object.id, object.header]));
      const { moved, report } = await step("rewrapTracked", {}, headers);
      assert.deepEqual([report.done, report.failed], [2, 0]);
      await step("version", "photos", 1, "destroy");
      const { header } = moved.find((/** @type {any} */ { id }) => id === thumbnail.id);
      assert.equal((await show({ header })).id, thumbnail.id);
      await refused("ERR_STATE", show({ header: thumbnail.header }));
    });

    it("forgets a parent only with its sidecars, when that is forced", async () => {
      await refused("ERR_IN_USE", step("objects", "untrack", photo.id));
      const { shredded, remaining } = await step("vault", "shred", photo.id);
      assert.deepEqual([shredded, remaining[0].code], [false, "header"]);
      await step("objects", "untrack", photo.id, { force: true });
      assert.deepEqual(await step("objects", "list"), []);
    });

    it("shreds a photo and its thumbnail, whose headers never left the vault", async () => {
      const [kept, small] = await step("storePhoto", at("kept"), { header: "vault" });
      const showKept = () => step("showThumbnail", at("kept-thumbnail"), { parent: kept.id, object: small.id });
      assert.deepEqual([small.header, (await showKept()).width], ["", 64]);
      assert.equal((await step("showPhoto", at("kept"), { object: kept.id })).width, 640);
      assert.equal((await beside(kept.id)).length, 1);
      assert.deepEqual(await step("vault", "shred", kept.id), { shredded: true, remaining: [] });
      await refused("ERR_NO_OBJECT", showKept());
      await refused("ERR_NO_OBJECT", step("showPhoto", at("kept"), { object: kept.id }));
      assert.deepEqual(await step("objects", "list"), []);
    });
  });
}
