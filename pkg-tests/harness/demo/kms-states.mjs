/** The states of the demo page's forms for keys at a key management service. None of them asks one. */
import { generateKeyPairSync } from "node:crypto";
import { By } from "selenium-webdriver";
import { Access, factorRow } from "./access.mjs";
import { handle, SECRET } from "./page.mjs";

const ARN = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
const VERSION = "projects/acme/locations/europe-west3/keyRings/strongroom/cryptoKeys/gate/cryptoKeyVersions/1";

/** A new public key. */
const pem = () => String(generateKeyPairSync("rsa", { modulusLength: 3072 }).publicKey.export({ type: "spki", format: "pem" }));

/**
 * The vault has none of them at the end, and the files are in sight again.
 *
 * @param {import("./page.mjs").Page} page unlocked, by a passphrase alone
 * @returns {AsyncGenerator<string>}
 */
export async function* kmsStates(page) {
  const access = new Access(page);
  const dismiss = () => page.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
  const begin = async (/** @type {string} */ kind) => {
    await access.console.press("add-factor");
    await page.driver.executeScript("arguments[0].click()", await page.appears(handle(`kind-${kind}`)));
    await page.find("add-factor-key");
  };
  const add = async (/** @type {string} */ kid) => {
    await page.type("add-factor-kid", kid);
    await page.type("present-passphrase", SECRET);
    await access.console.press("add-factor-form-submit");
    await page.gone("add-factor-dialog");
  };
  await access.open();
  await begin("escrow");
  yield "another way in: a key of an organisation";
  await page.type("add-factor-key", "-----BEGIN PRIVATE KEY-----");
  await page.text("add-factor-read");
  yield "a private key in the place of a public one";
  await (await page.find("add-factor-key")).clear();
  await page.type("add-factor-key", pem());
  await page.find("add-factor-thumbprint");
  yield "the thumbprint of a key of an organisation";
  await page.type("add-factor-name", "Acme Holding, key of the board");
  await add(ARN);
  await begin("kms");
  yield "another way in: a key management service as a gate";
  await page.type("add-factor-key", pem());
  await page.find("add-factor-thumbprint");
  await add(VERSION);
  await access.lists(3);
  yield "a vault can ask a gate";
  await dismiss();
  await page.driver.executeScript("document.querySelector('[data-testid=kms-keys]').scrollIntoView()");
  yield "keys at a service or an organisation";
  await access.press(By.css('[data-testid="kms-key"][data-kind="escrow"]'), "kms-test");
  await page.find("test-kms-form");
  yield "test a key at its service";
  for (const [field, text] of Object.entries({ arn: ARN, id: "ASIAEXAMPLE", secret: "secret", token: "token", endpoint: "https://kms.invalid" })) await page.type(`test-kms-${field}`, text);
  await access.console.press("test-kms-form-submit");
  await page.text("test-kms-form-error");
  yield "a service that the page may not ask";
  await page.click("test-kms-close");
  await page.gone("test-kms");
  await access.press(factorRow("escrow"), "factor-replace");
  await page.find("replace-factor-key");
  yield "change a key of an organisation";
  await page.click("replace-factor-close");
  await page.gone("replace-factor");
  for (const kind of ["escrow", "kms"]) {
    await access.press(factorRow(kind), "factor-revoke");
    await page.type("present-passphrase", SECRET);
    if (kind === "escrow") yield "revoke a key of an organisation?";
    await access.console.press("revoke-factor-form-submit");
    await page.gone("revoke-factor");
  }
  await dismiss();
  await access.console.openFiles();
}
