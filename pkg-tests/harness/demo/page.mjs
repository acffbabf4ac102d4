/** The demo page in a browser, with a server of its own, driven by its controls as a person would. */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { By, until } from "selenium-webdriver";
import { startBrowser } from "../browsers/browsers.mjs";
import { temporaryFolder } from "../consumer.mjs";
import { demoPage } from "../environment.mjs";
import { startServer } from "../servers/server.mjs";

export const SECRET = "correct horse battery staple";

/** How long the page may take for what is not a transfer of many bytes, in ms. */
export const PATIENCE = 60_000;

/** @param {string} path */
export async function sha256(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** A file of random bytes, or of these, on disk. @param {string} name @param {number | string | Buffer} contents */
export function fileOnDisk(name, contents) {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, typeof contents === "number" ? randomBytes(contents) : contents);
  return path;
}

/** Whether what lies there, if anything does, is whole JSON. @param {string} path */
function isJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")) !== undefined;
  } catch {
    return false;
  }
}

/** @param {string} id */
export const handle = (id) => By.css(`[data-testid="${id}"]`);

/** A row of the list. @param {string} name */
export const row = (name) => By.css(`[data-testid="object"][data-name="${quoted(name)}"]`);

/** A file on its way. @param {string} name @param {string} [state] */
export const transfer = (name, state) =>
  By.css(`[data-testid="transfer"][data-name="${quoted(name)}"]${state ? `[data-state="${state}"]` : ""}`);

/** @param {string} text */
const quoted = (text) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"');

/**
 * @param {import("../browsers/browsers.mjs").Engine} engine
 * @param {Parameters<typeof startBrowser>[1] & Parameters<typeof startServer>[1]
 *   & { folder?: string, named?: boolean }} [options]
 *   `folder`: another page than the demo's; `named`: it is opened by the name that the server tells, as with
 *   `passkeys`, which an address does not have
 */
export async function openPage(engine, options) {
  const server = await startServer(options?.folder ?? demoPage(), options);
  try {
    const { driver, downloads } = await startBrowser(engine, options);
    await driver.get(options?.passkeys || options?.named ? server.named : server.origin);
    return new Page(server, driver, downloads);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export class Page {
  /**
   * @param {Awaited<ReturnType<typeof startServer>>} server
   * @param {import("selenium-webdriver").WebDriver} driver
   * @param {string} downloads
   */
  constructor(server, driver, downloads) {
    this.server = server;
    this.driver = driver;
    this.downloads = downloads;
  }

  async close() {
    await this.driver.quit();
    await this.server.stop();
  }

  /** Starts the server that was killed again, where it was. */
  async revive() {
    const { origin, store, data } = this.server;
    const ports = /** @type {[number, number]} */ ([origin, store].map((address) => Number(new URL(address).port)));
    this.server = await startServer(demoPage(), { data, ports });
  }

  /** @param {import("selenium-webdriver").By} where @param {string} [otherwise] @param {number} [patience] */
  async appears(where, otherwise = `${where} is missing`, patience = PATIENCE) {
    return this.driver.wait(until.elementLocated(where), patience, otherwise);
  }

  /** Waits until it can be seen. @param {string} id */
  async find(id) {
    return this.driver.wait(until.elementIsVisible(await this.appears(handle(id))), PATIENCE, `${id} is hidden`);
  }

  /** @param {string} id */
  async click(id) {
    await (await this.find(id)).click();
  }

  /** @param {string} id @param {string} keys */
  async type(id, keys) {
    await (await this.find(id)).sendKeys(keys);
  }

  /** @param {string} id @param {number} [patience] */
  async gone(id, patience = PATIENCE) {
    const none = async () => (await this.driver.findElements(handle(id))).length === 0;
    await this.driver.wait(none, patience, `${id} stays`);
  }

  /** An element's text, once it has any. @param {string} id */
  async text(id) {
    const read = async () => (await this.driver.findElement(handle(id))).getAttribute("textContent");
    await this.appears(handle(id));
    await this.driver.wait(async () => (await read()) !== "", PATIENCE, `${id} stays empty`);
    return read();
  }

  /** Chooses files for upload. @param {...string} paths */
  async give(...paths) {
    await this.appears(By.css('[data-testid="drop-zone"][data-ready="true"]'));
    await (await this.driver.findElement(handle("file-input"))).sendKeys(paths.join("\n"));
  }

  /** @param {string} name */
  async listed(name) {
    return this.appears(row(name), `${name} is not listed`);
  }

  /** How many objects the list has. */
  async count() {
    return (await this.driver.findElements(handle("object"))).length;
  }

  /** A control in a row of the list. @param {string} name @param {string} id */
  async inRow(name, id) {
    return (await this.listed(name)).findElement(handle(id));
  }

  /**
   * Waits for a file that the page saved to be whole. WebKit writes under the last name from the start, so that only
   * the size tells.
   *
   * @param {string} name @param {number} size @param {number} [patience]
   */
  async saved(name, size, patience = PATIENCE) {
    const path = join(this.downloads, name);
    const whole = () => {
      const found = statSync(path, { throwIfNoEntry: false });
      const unfinished = readdirSync(this.downloads).some((file) => /part|crdownload/.test(file));
      return !unfinished && found?.size === size;
    };
    await this.driver.wait(whole, patience, `${name} was not saved`);
    return path;
  }

  /**
   * Waits for a vault's backup to be whole, whose size nobody knows, and gives its path. Firefox puts an empty file in
   * its place first.
   *
   * @param {string} vault
   */
  async savedBackup(vault) {
    const path = join(this.downloads, `${vault}.strongroom-backup`);
    await this.driver.wait(() => isJson(path), PATIENCE, `no backup of ${vault} was saved`);
    return path;
  }

  /** A progress bar's value, in percent; 0 while there is none. @param {string} id */
  async progress(id) {
    const [bar] = await this.driver.findElements(handle(`progress-${id}`));
    return bar ? Number(await bar.getAttribute("value").catch(() => 0)) : 0;
  }

  /** @param {string} id @param {number} percent */
  async progressBeyond(id, percent) {
    await this.driver.wait(async () => (await this.progress(id)) > percent, PATIENCE, `${id} does not move`, 20);
  }

  /** Without a recovery kit. @param {string} [name] */
  async createVault(name = "acme") {
    await this.beginVault(name);
    await this.click("kit-decline");
    await this.gone("offer-kit");
  }

  /** Up to the words of its recovery kit. @param {string} [name] */
  async beginVault(name = "acme") {
    const field = await this.find("create-name");
    await field.clear();
    await field.sendKeys(name);
    await this.type("create-passphrase", SECRET);
    await this.type("create-repeat", SECRET);
    await this.click("create-submit");
    await this.unlocked();
    await this.find("kit-words");
  }

  async unlock(passphrase = SECRET) {
    await this.type("unlock-passphrase", passphrase);
    await this.click("unlock-submit");
    await this.unlocked();
  }

  async unlocked() {
    await this.appears(By.css('[data-testid="vault-status"][data-state="unlocked"]'));
  }
}
