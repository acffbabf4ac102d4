/** The demo page's view of what opens a vault, driven by its controls. */
import { By } from "selenium-webdriver";
import { Console } from "./console.mjs";
import { handle, PATIENCE } from "./page.mjs";

/** A row of the list. @param {string} kind @param {{ name?: string, pinned?: boolean }} [what] */
export const factorRow = (kind, { name, pinned } = {}) =>
  By.css(
    `[data-testid="factor"][data-kind="${kind}"]` +
      (name === undefined ? "" : `[data-name="${name}"]`) +
      (pinned === undefined ? "" : `[data-pinned="${pinned}"]`),
  );

/** One that a compromised revocation leaves. @param {string} kind @param {boolean} pinned */
export const remainingRow = (kind, pinned) =>
  By.css(`[data-testid="remaining"][data-kind="${kind}"][data-pinned="${pinned}"]`);

export class Access {
  /** @param {import("./page.mjs").Page} page */
  constructor(page) {
    this.page = page;
    this.console = new Console(page);
  }

  async open() {
    await this.console.press("to-factors");
    await this.page.find("factors");
  }

  /** How many rows the list has, once it has so many. @param {number} count */
  async lists(count) {
    const rows = () => this.page.driver.executeScript('return document.querySelectorAll("[data-testid=factor]").length');
    await this.page.driver.wait(async () => (await rows()) === count, PATIENCE, `${count} are not listed`);
  }

  /** Presses a control of a row. @param {By} row @param {string} action */
  async press(row, action) {
    await this.page.appears(row);
    const button = await this.page.driver.findElement(row).findElement(handle(action));
    await this.page.driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", button);
    await button.click();
  }

  /** The words that a dialog shows. @returns {Promise<string[]>} */
  async words() {
    await this.page.find("kit-words");
    return this.page.driver.executeScript(
      'return [...document.querySelectorAll("[data-testid=kit-word]")].map(({ textContent }) => textContent)',
    );
  }

  /** Says that they are on paper, and types those that are asked for. @param {readonly string[]} words */
  async confirmKit(words) {
    await this.console.press("kit-written");
    for (const at of [1, 2]) await this.page.type(`kit-word-${at}`, String(words[(await this.askedAt(at)) - 1]));
    await this.page.click("kit-check-submit");
    await this.page.gone("kit-check");
  }

  /** The position that a field asks for. @param {number} at 1 or 2 */
  async askedAt(at) {
    const label = await this.page.appears(By.css(`label[for="kit-word-${at}"]`));
    return Number(/\d+/.exec(await label.getText())?.[0]);
  }

  /** Chooses the words in the place of the passphrase, and types them. @param {string} id @param {string} text */
  async typeWords(id, text) {
    const { driver } = this.page;
    if ((await driver.findElements(handle(`${id}-words`))).length === 0) {
      const choice = await this.page.appears(handle(`${id}-by-recovery-kit`));
      await driver.executeScript("arguments[0].click()", choice);
    }
    const field = await this.page.find(`${id}-words`);
    // WebKit's driver does not, and the dialog may be longer than the window.
    await driver.executeScript("arguments[0].scrollIntoView({ block: 'center' })", field);
    await field.clear();
    await field.sendKeys(text);
  }

  /**
   * Waits until a dialog or form is gone; where the page wants a click before the browser asks about a passkey again, gives it.
   *
   * @param {string} id
   */
  async enrolled(id) {
    const { driver } = this.page;
    const done = async () => {
      await driver.executeScript("document.querySelector('[data-testid=ceremony-go]')?.click()");
      return (await driver.findElements(handle(id))).length === 0;
    };
    await driver.wait(done, PATIENCE, `${id} stays`);
  }

  async lock() {
    await this.console.press("lock");
    await this.page.find("unlock-submit");
  }
}
