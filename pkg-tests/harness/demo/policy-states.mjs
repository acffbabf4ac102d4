/** The states of the demo page's form for a key's policy, and of what a policy asks for. */
import { Console } from "./console.mjs";
import { SECRET } from "./page.mjs";

/**
 * The key “files” has no policy at the end, and the files are in sight again.
 *
 * @param {import("./page.mjs").Page} page unlocked, by a passphrase alone
 * @returns {AsyncGenerator<string>}
 */
export async function* policyStates(page) {
  const keys = new Console(page);
  const dismiss = () => page.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
  const edit = async () => {
    await keys.press("edit-policy");
    await page.find("policy-form");
  };
  const set = async () => {
    await keys.press("policy-form-submit");
    await page.gone("policy-dialog");
  };
  await keys.openKey("files");
  await edit();
  yield "a key's policy";
  await keys.press("operations-setPolicy");
  await page.find("policy-lasts");
  await page.type("policy-required", "tenant");
  await keys.press("policy-form-submit");
  await page.text("policy-form-error");
  yield "a policy for good, with a context that is none";
  await keys.press("operations-setPolicy");
  await (await page.find("policy-required")).clear();
  await page.type("policy-required", "tenant: 42");
  await keys.press("operations-rotate");
  await keys.press("operations-update");
  await keys.press("requireReason-encrypt");
  await keys.press("try-policy");
  await page.find("trial");
  yield "what a draft of a policy would refuse";
  for (const box of ["operations-rotate", "operations-update", "requireReason-encrypt"]) await keys.press(box);
  await (await page.find("policy-required")).clear();
  await keys.press("secondFactor-rotate");
  await keys.press("operations-export");
  await page.type("policy-maximum-uses", "100000");
  await set();
  await dismiss();
  yield "a key with a policy";
  await keys.consider("key-rotate");
  await page.click("action-form-submit");
  await page.find("factor-asked-form");
  yield "a factor that a policy asks for";
  await page.type("asked-passphrase", `${SECRET}s`);
  await page.click("factor-asked-form-submit");
  await page.text("factor-asked-form-error");
  yield "another factor than the vault's";
  await page.click("factor-asked-close");
  await page.text("action-form-error");
  yield "what was refused, since nobody presented a factor";
  await page.click("action-close");
  await edit();
  await keys.press("secondFactor-rotate");
  await keys.press("operations-export");
  await (await page.find("policy-maximum-uses")).clear();
  await set();
  await keys.openFiles();
}
