/** The demo page's view of the audit log, driven by its controls. */
import { By } from "selenium-webdriver";
import { Console } from "./console.mjs";
import { handle, PATIENCE } from "./page.mjs";

/** An entry that the page shows. @typedef {{ sequence: number, operation: string, outcome: string }} ShownEntry */

export class Activity {
  /** @param {import("./page.mjs").Page} page */
  constructor(page) {
    this.page = page;
    this.console = new Console(page);
  }

  async open() {
    await this.console.press("to-activity");
    await this.page.find("entry");
  }

  /** Those that are in sight, from top to bottom. @returns {Promise<ShownEntry[]>} */
  entries() {
    return this.page.driver.executeScript(`
      return [...document.querySelectorAll("[data-testid=entry]")].map(({ dataset }) => ({
        sequence: Number(dataset.sequence), operation: dataset.operation, outcome: dataset.outcome,
      }));
    `);
  }

  /** What each of them says. @returns {Promise<string[]>} */
  sentences() {
    return this.page.driver.executeScript(
      // Names stand between marks that keep their direction to themselves.
      'return [...document.querySelectorAll("[data-testid=entry] p")].map(({ textContent }) => textContent.replace(/[\\u2068\\u2069]/g, ""))',
    );
  }

  /** Waits until the operations in sight are these, from top to bottom. @param {(operations: string[]) => boolean} holds @param {string} what */
  async shows(holds, what) {
    /** @type {string[]} */
    let last = [];
    const look = async () => {
      last = (await this.entries()).map(({ operation }) => operation);
      return holds(last);
    };
    await this.page.driver.wait(look, PATIENCE).catch(() => {
      throw new Error(`${what}: ${last.join(", ") || "no entries"}`);
    });
  }

  /** The page's address, from its `#` on. @returns {Promise<string>} */
  address() {
    return this.page.driver.executeScript("return location.hash");
  }

  /** @param {string} hash */
  async goTo(hash) {
    await this.page.driver.executeScript("location.hash = arguments[0]", hash);
  }

  /** Verifies, and gives what is said of it. @param {string} [checkpoint] the path of one */
  async verify(checkpoint) {
    await this.console.press("verify-log");
    await this.page.find("verify-form");
    if (checkpoint) await (await this.page.find("verify-checkpoint")).sendKeys(checkpoint);
    await this.page.click("verify-form-submit");
    const result = await this.page.find("verified");
    return { fault: await result.getAttribute("data-fault"), intact: Number(await result.getAttribute("data-intact")), text: await result.getText() };
  }

  async closeVerified() {
    await this.page.click("verify-dialog-close");
    await this.page.gone("verify-dialog");
  }

  /** Chooses of a list, however the list is displayed. @param {string} id @param {string} text */
  async chooseText(id, text) {
    await (await this.page.find(id)).findElement(By.xpath(`option[.="${text}"]`)).click();
  }

  /** Types a day into a date field, whatever its language. @param {string} id @param {string} day as `2026-11-30` */
  async day(id, day) {
    await this.page.find(id);
    await this.page.driver.executeScript(
      `const [id, day] = arguments;
       const field = document.getElementById(id);
       field.value = day;
       field.dispatchEvent(new Event("change", { bubbles: true }));`,
      id,
      day,
    );
  }

  /** Takes the second row of each log out of the browser's database, as somebody could who has the browser's profile. */
  async harm() {
    await this.page.driver.executeAsyncScript(
      `const [done] = arguments;
       const asked = (request) => new Promise((resolve, reject) => {
         request.onsuccess = () => resolve(request.result);
         request.onerror = () => reject(request.error);
       });
       (async () => {
         const database = await asked(indexedDB.open("strongroom"));
         const rows = database.transaction("rows", "readwrite").objectStore("rows");
         const keys = (await asked(rows.getAllKeys())).filter(([, type]) => type === "audit");
         const seconds = keys.filter(([, , log], at) => keys[at - 1]?.[2] === log && keys[at - 2]?.[2] !== log);
         for (const key of seconds) await asked(rows.delete(key));
         database.close();
       })().then(() => done(), (error) => done(String(error)));`,
    );
  }

  /** Whether nothing like it is there. @param {string} id */
  async lacks(id) {
    return (await this.page.driver.findElements(handle(id))).length === 0;
  }
}
