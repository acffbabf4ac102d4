/** The demo page's console, driven by its controls. */
import { By } from "selenium-webdriver";
import { handle, PATIENCE } from "./page.mjs";

/** How long what a control does may take, in ms, before it was not pressed. */
const SOON = 5000;

/** @param {string} text */
const quoted = (text) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');

/** A row of the list of keys. @param {string} alias @param {string} [state] */
export const keyRow = (alias, state) =>
  By.css(`[data-testid="key-row"][data-alias="${quoted(alias)}"]${state ? `[data-state="${state}"]` : ""}`);

/** A row of a key's versions. @param {number} number @param {{ state?: string, files?: number }} [what] */
export const versionRow = (number, { state, files } = {}) =>
  By.css(
    `[data-testid="version-row"][data-number="${number}"]` +
      (state ? `[data-state="${state}"]` : "") +
      (files === undefined ? "" : `[data-files="${files}"]`),
  );

export class Console {
  /** @param {import("./page.mjs").Page} page */
  constructor(page) {
    this.page = page;
  }

  async openList() {
    await this.press("to-keys");
    await this.page.find("keys-table");
  }

  async openFiles() {
    await this.press("to-files");
    await this.page.find("drop-zone");
  }

  /** Presses a control in a file's row. @param {string} name @param {string} id */
  async pressInRow(name, id) {
    await this.#pressElement(await this.page.inRow(name, id));
  }

  /** From the list or another key's page to a key's. @param {string} alias */
  async openKey(alias) {
    await this.openList();
    await this.page.appears(keyRow(alias));
    await this.#follow(keyRow(alias), By.css(`[data-testid="key-page"][data-alias="${quoted(alias)}"]`));
  }

  /** @param {number} number */
  async openVersion(number) {
    await this.page.appears(versionRow(number));
    await this.#follow(versionRow(number), By.css(`[data-testid="version"][data-number="${number}"]`));
  }

  /**
   * Follows a row's link: what is read again may move the row away from under the pointer.
   *
   * @param {By} row @param {By} shown what the link leads to
   */
  async #follow(row, shown) {
    const go = async () => {
      if ((await this.page.driver.findElements(shown)).length > 0) return true;
      const follow = async () => this.#pressElement(await this.page.driver.findElement(row).findElement(By.css("a")));
      await follow().catch(() => {});
      return false;
    };
    await this.page.driver.wait(go, PATIENCE, `${shown} is not shown`, 300);
  }

  /**
   * @param {string} alias
   * @param {{ purpose?: string, every?: string, labels?: string }} [options]
   */
  async make(alias, { purpose, every, labels } = {}) {
    await this.openList();
    await this.page.click("make-key");
    await this.page.type("new-key-alias", alias);
    if (purpose) await this.page.click(`purpose-${purpose}`);
    if (every !== undefined) await this.choose("new-key-every", every);
    if (labels) await this.page.type("new-key-labels", labels);
    await this.page.click("new-key-form-submit");
    await this.page.appears(By.css(`[data-testid="key-page"][data-alias="${quoted(alias)}"]`));
  }

  /** Chooses from a list. @param {string} id @param {string} value */
  async choose(id, value) {
    const list = await this.page.find(id);
    // An option whose text is its value has no attribute of its own.
    for (const option of await list.findElements(By.css("option"))) {
      if ((await option.getAttribute("value")) === value) return option.click();
    }
    throw new Error(`${id} has no ${value}`);
  }

  /** Begins something, and gives what is said of its consequences. @param {string} button */
  async consider(button) {
    await this.pressUntil(button, async () => (await this.page.driver.findElements(handle("action-form"))).length > 0);
    await this.page.find("action-form");
    return String(await this.page.text("consequences"));
  }

  /** Does what was considered; what is reported of it stays open. @param {{ report?: boolean }} [expect] */
  async decide({ report = false } = {}) {
    await this.page.click("action-form-submit");
    await this.page.gone("action");
    if (report) await this.page.find("report");
  }

  async closeReport() {
    await this.page.click("report-close");
    await this.page.gone("report");
  }

  /** Presses what the last message, at the window's lower end, may lie over. @param {string} id */
  async press(id) {
    await this.#pressElement(await this.page.find(id));
  }

  /**
   * Presses a control until it has done what it does: what is read again may move it away from under the pointer.
   *
   * @param {string} id @param {() => Promise<boolean>} done
   */
  async pressUntil(id, done) {
    for (const end = Date.now() + PATIENCE; !(await done()); ) {
      await this.press(id);
      await this.page.driver.wait(done, SOON).catch((error) => {
        if (Date.now() > end) throw error;
      });
    }
  }

  /** WebKit's driver does not scroll back up to what it is to press. @param {import("selenium-webdriver").WebElement} element */
  async #pressElement(element) {
    await this.page.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
    await element.click();
  }

  /** What is said of moving files: of a run that has ended. */
  async moving() {
    const found = await this.page.driver.findElements(By.css('[data-testid="moving-sentence"]'));
    return String((await found[0]?.getAttribute("textContent").catch(() => "")) ?? "");
  }

  /** Waits until a run of moving ends with that sentence, whatever an earlier one ended with. @param {RegExp} sentence */
  async moved(sentence) {
    const found = By.css('[data-testid="moving-sentence"]');
    let last = "";
    const ends = async () => {
      last = String(await this.page.driver.findElement(found).getAttribute("textContent").catch(() => last));
      return sentence.test(last);
    };
    await this.page.driver.wait(ends, PATIENCE).catch(() => {
      throw new Error(`moving ended with: ${last}`);
    });
  }

  /** How many rows the list of keys has, once it has so many. @param {number} count */
  async lists(count) {
    // Counted in the page: WebKit's driver makes handles, and stumbles over rows that go meanwhile.
    const rows = () => this.page.driver.executeScript('return document.querySelectorAll("[data-testid=key-row]").length');
    await this.page.driver.wait(async () => (await rows()) === count, PATIENCE, `${count} keys are not listed`);
  }
}
