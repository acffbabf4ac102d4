/** A report for auditors: written in a page over a log in IndexedDB, shown under its own policy, and printed. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, it } from "node:test";
import { startBrowser, usually, without } from "../../harness/browsers/browsers.mjs";
import { load, story } from "../../harness/browsers/drive.mjs";
import { plainPage } from "../../harness/consumer.mjs";
import { serveFolder } from "../../harness/servers/static.mjs";

const SECRET = "correct horse battery staple";
const HOSTILE = `"><script>document.title = "run"</script><b onclick="x">'&`;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2 to level AA, and what axe-core holds to be good beyond it. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** In inches. */
const [A4_WIDTH, A4_HEIGHT] = [8.27, 11.69];

// What reads the vault and its log is held to each engine by their own suites; the page is HTML and a style.
for (const engine of usually("Chromium")) {
  describe(`a report in ${engine}`, () => {
    /** @type {Awaited<ReturnType<typeof serveFolder>>} */
    let page;
    /** @type {import("selenium-webdriver").WebDriver} */
    let driver;
    /** @type {{ document: any, json: string, html: string, type: string }} */
    let report;

    const step = (/** @type {string} */ name, /** @type {unknown[]} */ ...given) => story(driver, name, "acme", ...given);
    const run = (/** @type {string} */ script, /** @type {unknown[]} */ ...given) => driver.executeScript(script, ...given);

    before(async () => {
      page = await serveFolder(plainPage());
      ({ driver } = await startBrowser(engine));
      await load(driver, `${page.origin}/keys.html`);
      await step("create", SECRET);
      await step("keyring", "create", { alias: HOSTILE, rotateEvery: "P90D" });
      await step("keyring", "create", { alias: "photos", policy: { operations: ["decryptValue"] } });
      await assert.rejects(step("vault", "encryptValue", 1, { key: "photos" }), { code: "ERR_POLICY" });
      report = await step("reporting", { reasons: true });
    });
    after(async () => {
      await driver?.quit();
      await page?.stop();
    });

    const line = (/** @type {string} */ id) => report.document.sections.flatMap((/** @type {any} */ section) => section.lines).find((/** @type {any} */ each) => each.id === id);

    it("is written of what the page did, and its JSON is the document", () => {
      assert.equal(line("register").figures.keys, 2);
      assert.equal(line("refusals").figures.refusals, 1);
      assert.equal(line("logs").rows[0].fault, null);
      assert.deepEqual(report.document.limits, []);
      assert.deepEqual(JSON.parse(report.json), report.document);
      assert.equal(report.type, "text/html");
    });

    it("is shown under its own policy, and hostile names are text in it", async () => {
      await driver.get(`data:text/html;charset=utf-8;base64,${Buffer.from(report.html).toString("base64")}`);
      assert.equal(await run("return document.title"), "Key management report: acme");
      assert.equal(await run("return document.querySelectorAll('script, img, [onclick], link, iframe, b').length"), 0);
      const names = await run("return [...document.querySelectorAll('tbody th bdi')].map((name) => name.textContent)");
      assert.ok(/** @type {string[]} */ (names).includes(HOSTILE));
      assert.equal(await run("return getComputedStyle(document.querySelector('caption')).position"), "absolute", "the style is not the policy's");
      const blocked = await driver.executeAsyncScript(`
        const done = arguments[0];
        addEventListener("securitypolicyviolation", ({ effectiveDirective }) => done(effectiveDirective));
        document.body.append(Object.assign(new Image(), { src: "https://example.invalid/" }));`);
      assert.equal(blocked, "img-src");
      await run("document.querySelector('img').remove()");
    });

    it("has nothing that axe-core finds, one title, and tables with heads", async () => {
      await run(AXE);
      const found = await driver.executeAsyncScript(
        `const [values, done] = arguments;
         axe.run({ runOnly: { type: "tag", values } }).then(({ passes, violations }) => done({
           passed: passes.length,
           failed: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))),
         }), (error) => done({ passed: 0, failed: [String(error)] }));`,
        RULES,
      );
      const { passed, failed } = /** @type {{ passed: number, failed: string[] }} */ (found);
      assert.deepEqual(failed, []);
      assert.ok(passed >= 15, `axe-core looked at ${passed} things only`);
      assert.equal(await run("return document.querySelectorAll('h1').length"), 1);
      const bare = await run("return [...document.querySelectorAll('table')].filter((table) => !table.caption || !table.tHead || !table.querySelector('tbody th[scope=row]')).length");
      assert.equal(bare, 0);
      const dangling = await run("return [...document.querySelectorAll('a')].filter(({ hash }) => !document.getElementById(hash.slice(1))).length");
      assert.equal(dangling, 0);
    });

    it("fits a small phone's width, and sheets of A4", { skip: without(engine, "DevTools") }, async () => {
      const chromium = /** @type {import("selenium-webdriver/chrome.js").Driver} */ (driver);
      const measures = { width: 360, height: 740, deviceScaleFactor: 1, mobile: false };
      await chromium.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", measures);
      const fits = await run("return innerWidth === 360 && document.documentElement.scrollWidth <= 360");
      assert.equal(fits, true);
      const wide = await run(
        `const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > innerWidth && !each.closest(".scroll, caption"));
         return wide.map(({ outerHTML }) => outerHTML.slice(0, 100))`,
      );
      assert.deepEqual(wide, []);
      await chromium.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
      // As wide as what is printed on, where nothing scrolls.
      const print = { width: Math.round((A4_WIDTH - 26 / 25.4) * 96), height: 1000, deviceScaleFactor: 1, mobile: false };
      await chromium.sendDevToolsCommand("Emulation.setEmulatedMedia", { media: "print" });
      await chromium.sendDevToolsCommand("Emulation.setDeviceMetricsOverride", print);
      const beyond = await run(
        `return [...document.querySelectorAll("table")].filter((table) => table.getBoundingClientRect().right > innerWidth + 1).map(({ caption }) => caption.textContent)`,
      );
      assert.deepEqual(beyond, []);
      await chromium.sendDevToolsCommand("Emulation.clearDeviceMetricsOverride", {});
      await chromium.sendDevToolsCommand("Emulation.setEmulatedMedia", { media: "" });
      const given = { paperWidth: A4_WIDTH, paperHeight: A4_HEIGHT, preferCSSPageSize: true };
      const { data } = /** @type {{ data: string }} */ (/** @type {unknown} */ (await chromium.sendAndGetDevToolsCommand("Page.printToPDF", given)));
      const sheets = Buffer.from(data, "base64").toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g);
      assert.ok(sheets && sheets.length > 3 && sheets.length < 15, `${sheets?.length} sheets`);
    });
  });
}
