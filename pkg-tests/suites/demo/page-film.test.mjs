/** The demo page shows stored films and documents in place. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { usually, without } from "../../harness/browsers/browsers.mjs";
import { temporaryFolder } from "../../harness/consumer.mjs";
import { fileOnDisk, openPage, PATIENCE } from "../../harness/demo/page.mjs";
import { COLOURS, SHOWN, writeFilm } from "../../harness/samples/film.mjs";
import { redPdf } from "../../harness/samples/pdf.mjs";

// How elements read an object is tried in every engine by suites/package/media.test.mjs.
for (const engine of usually("Chromium")) {
  describe(`films and documents on the demo page in ${engine}`, { skip: without(engine, "films of VP9") }, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    const path = join(temporaryFolder(), "film.webm");

    before(async () => {
      writeFilm(path);
      page = await openPage(engine);
      await page.createVault();
      await page.give(path);
      await page.give(fileOnDisk("red.pdf", redPdf()));
      await page.listed("film.webm");
      await page.listed("red.pdf");
      await page.gone("transfer");
    });
    after(() => page?.close());

    /** @param {string} what */
    const ofPlayer = (what) => page.driver.executeScript(`return document.querySelector("video")?.${what}`);

    it("plays from the ciphertext, and is sought in", async () => {
      await (await page.inRow("film.webm", "compare")).click();
      await page.find("preview-player");
      const ready = async () => Number(await ofPlayer("readyState")) >= 2;
      await page.driver.wait(ready, PATIENCE, "the film does not come");
      assert.equal(Math.round(Number(await ofPlayer("duration"))), COLOURS.length * SHOWN);
      await page.driver.executeScript(`document.querySelector("video").currentTime = ${2.5 * SHOWN}`);
      const sought = async () => !(await ofPlayer("seeking")) && ready();
      await page.driver.wait(sought, PATIENCE, "the film is not sought in");
      assert.match(String(await ofPlayer("currentSrc")), /\/strongroom-objects\//);
    });

    it("ends with the comparison", async () => {
      const url = await ofPlayer("currentSrc");
      await page.click("comparison-close");
      await page.gone("comparison");
      const status = "fetch(arguments[0]).then(({ status }) => arguments[1](status))";
      assert.equal(await page.driver.executeAsyncScript(status, url), 410);
    });

    it("shows a PDF", async () => {
      await (await page.inRow("red.pdf", "compare")).click();
      const frame = await page.find("preview-document");
      const red = async () => {
        const shot = await frame.takeScreenshot();
        const [r, g, b] = await page.driver.executeAsyncScript(MIDDLE, shot);
        return r > 200 && g < 60 && b < 60;
      };
      await page.driver.wait(red, PATIENCE, "the PDF is not shown");
    });
  });
}

/** The colour in the middle of a picture. */
const MIDDLE = `
  const [picture, done] = arguments;
  const image = new Image();
  image.onload = () => {
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    done(Array.from(canvas.getImageData(image.width >> 1, image.height >> 1, 1, 1).data));
  };
  image.src = "data:image/png;base64," + picture;`;
