/** The states of the demo page's views of the audit log and of alerts. */
import { By } from "selenium-webdriver";
import { Activity } from "./activity.mjs";
import { fileOnDisk, SECRET } from "./page.mjs";

/**
 * The log is harmed at the end, and the files are in sight again.
 *
 * @param {import("./page.mjs").Page} page unlocked, by a passphrase alone
 * @returns {AsyncGenerator<string>}
 */
export async function* activityStates(page) {
  const activity = new Activity(page);
  const { console: keys } = activity;
  const dismiss = () => page.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
  await dismiss();
  await activity.open();
  yield "what was done: the latest";
  await activity.goTo("#/activity?before=9");
  await activity.shows((all) => all.at(-1) === "beginAudit", "the first entries do not come");
  yield "what was done: the first";
  await activity.goTo("#/activity?outcome=ERR_INTEGRITY&from=2001-01-01&to=2001-01-02");
  await page.find("no-entries");
  yield "what was done: no such entry";
  await keys.press("verify-log");
  await (await page.find("verify-checkpoint")).sendKeys(fileOnDisk("none.checkpoint", "nothing"));
  await page.click("verify-form-submit");
  await page.text("verify-form-error");
  yield "verify the log against a file that is no checkpoint";
  await page.click("verify-dialog-close");
  await activity.verify();
  yield "a log that is whole";
  await activity.closeVerified();
  await keys.press("export-log");
  await page.find("export-form");
  yield "export the log";
  await page.click("export-dialog-close");
  await activity.goTo("#/activity");
  await keys.press("stop-log");
  await page.find("stop-log-form");
  yield "turn the log off?";
  await page.click("stop-log-form-submit");
  await page.find("log-stopped");
  await dismiss();
  yield "a log that is off";
  await keys.press("start-log");
  await activity.shows((all) => all[0] === "startAudit", "it does not go on");
  await keys.press("to-alerts");
  await page.find("alert-found");
  await page.click("check-alerts");
  yield "alerts";
  await keys.press("alert-seen");
  await page.click("seen-alerts");
  yield "alerts, and one that was seen";
  await keys.press("lock");
  await page.find("unlock-submit");
  await activity.harm();
  await page.unlock(SECRET);
  await activity.goTo("#/activity?operation=create");
  await page.find("log-damaged");
  await dismiss();
  yield "a log that was harmed";
  await keys.press("verify-damaged");
  await page.click("verify-form-submit");
  await page.find("verified");
  yield "how much of it is intact";
  await activity.closeVerified();
  await keys.press("to-alerts");
  await page.appears(By.css('[data-testid="alert-found"][data-rule="brokenLog"]'));
  yield "an alert that the log was harmed";
  await keys.openFiles();
}
