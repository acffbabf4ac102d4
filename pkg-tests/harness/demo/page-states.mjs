/** Every state that the demo page can be in, one after the other, for what has to hold in all of them. */
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { By, Key } from "selenium-webdriver";
import { png } from "../samples/png.mjs";
import { Access, factorRow, remainingRow } from "./access.mjs";
import { activityStates } from "./activity-states.mjs";
import { approvalStates } from "./approval-states.mjs";
import { plugAuthenticator } from "./authenticator.mjs";
import { Console, versionRow } from "./console.mjs";
import { kmsStates } from "./kms-states.mjs";
import { fileOnDisk, handle, SECRET, transfer } from "./page.mjs";
import { policyStates } from "./policy-states.mjs";

const MiB = 1024 * 1024;

/** The key that the files are under. */
const FAMILY = "photos of the whole family";

/** Names of the kinds that people have, and that break layouts. */
export const NAMES = {
  text: "minutes 2026-11-03.txt",
  image: "harbour at dusk.png",
  long: "a-very-long-name-without-a-single-blank-in-it-as-some-programs-write-them-2026-11-03T10-15-30.000Z.csv",
  rtl: "تقرير نهاية السنة.txt",
  emoji: "🏖️ summer 🗝️.txt",
};

/**
 * Leads the page through its states; each is the page's when its name is given, and stays until the next is
 * asked for.
 *
 * @param {import("./page.mjs").Page} page newly opened
 * @returns {AsyncGenerator<string>}
 */
export async function* states(page) {
  const { driver, server } = page;

  await page.find("create-name");
  yield "first visit";
  await choose(page, "create-by-passkey");
  yield "first visit, with a passkey";
  await choose(page, "create-by-passphrase");
  await page.click("bring");
  await page.find("bring-form");
  yield "a vault elsewhere";
  await page.click("bring-vault-close");
  await page.gone("bring-vault");

  await page.type("create-passphrase", "password");
  await page.type("create-repeat", "password");
  await page.click("create-submit");
  await page.text("create-error");
  yield "a passphrase that anybody tries";

  await page.type("create-passphrase", SECRET);
  await page.type("create-repeat", "another");
  await page.click("create-submit");
  await page.text("create-error");
  yield "two passphrases that differ";

  await driver.navigate().refresh();
  await page.beginVault();
  yield "words of a new recovery kit";
  await page.click("kit-written");
  await page.find("kit-check");
  yield "words of the kit that are asked for";
  for (const at of [1, 2]) await page.type(`kit-word-${at}`, "another");
  await page.click("kit-check-submit");
  await page.text("kit-check-error");
  yield "a word that is another one on the paper";
  await page.click("kit-again");
  await page.click("kit-decline");
  await page.gone("offer-kit");
  await page.find("empty");
  yield "empty vault, and a message";
  await dismiss(page);

  await page.click("new-key");
  await page.type("create-key-alias", `${FAMILY}${Key.ENTER}`);
  await page.appears(By.css('[data-testid="key"][data-alias^="photos"]'));
  await page.type("create-key-alias", `${FAMILY}${Key.ENTER}`);
  await page.text("create-key-error");
  yield "two keys, and a name that is taken";
  await dismiss(page);

  await page.give(
    fileOnDisk(NAMES.text, "Present: Ada, Grace, Radia.\n\n1. The key is changed twice a year.\n"),
    fileOnDisk(NAMES.image, png(480, 320)),
    fileOnDisk(NAMES.long, "a,b\n1,2\n"),
    fileOnDisk(NAMES.rtl, "مرحبا"),
    fileOnDisk(NAMES.emoji, "sun"),
  );
  for (const name of Object.values(NAMES)) await page.listed(name);
  await page.gone("transfer");
  yield "list of files";
  await dismiss(page);

  server.pause();
  const files = Array.from({ length: 9 }, (_, at) => fileOnDisk(`${at + 1}.bin`, MiB));
  await page.give(...files);
  await page.appears(handle("overall"));
  yield "uploads under way, and others waiting";
  // A file that is gone when its turn comes.
  rmSync(String(files.at(-1)));
  server.goOn();
  await page.appears(transfer("9.bin", "failed"));
  await page.listed("8.bin");
  yield "one of them failed";
  await page.click("transfer-cancel");

  // A store in trouble: its bucket is no folder any more.
  const bucket = join(server.data, "strongroom");
  renameSync(bucket, `${bucket}.away`);
  writeFileSync(bucket, "");
  await page.give(fileOnDisk("interrupted.bin", MiB));
  await page.appears(transfer("interrupted.bin", "interrupted"));
  yield "interrupted upload";
  rmSync(bucket);
  renameSync(`${bucket}.away`, bucket);
  await page.click("transfer-retry");
  await page.listed("interrupted.bin");
  await dismiss(page);

  for (const [name, what] of /** @type {const} */ ([["image", "preview-image"], ["text", "preview-text"], ["long", "preview-text"]])) {
    await (await page.inRow(NAMES[name], "compare")).click();
    await page.find(what);
    await page.text("stored-bytes");
    yield `provider's view: ${name}`;
    await page.click("comparison-close");
    await page.gone("comparison");
  }

  await (await page.inRow(NAMES.long, "delete-object")).click();
  await page.find("confirm-yes");
  yield "delete a file?";
  await page.click("confirm-close");

  await page.click("delete-vault");
  await page.find("confirm-yes");
  yield "delete the vault?";
  await page.click("confirm-close");

  yield* consoleStates(page);
  yield* accessStates(page);
  yield* kmsStates(page);
  yield* policyStates(page);
  yield* approvalStates(page);
  yield* activityStates(page);

  await (await page.find("lock")).click();
  await page.find("unlock-passphrase");
  await dismiss(page);
  yield "locked";

  await page.type("unlock-passphrase", "wrong horse");
  await page.click("unlock-submit");
  await page.text("unlock-error");
  yield "wrong passphrase";

  await choose(page, "unlock-by-passkey");
  yield "unlock with a passkey";
  await choose(page, "unlock-by-recovery-shares");
  await page.type("unlock-share-1", "zzzz");
  await page.click("unlock-submit");
  await page.text("unlock-error");
  yield "unlock with shares, of which one has too few words";
  await page.click("bring");
  await (await page.find("bring-file")).sendKeys(await page.savedBackup("acme"));
  await page.type("bring-name", "travels");
  await page.type("bring-passphrase", SECRET);
  await page.click("bring-form-submit");
  await page.find("offer-device");
  yield "a vault that was brought here";
  await page.click("offer-device-decline");
  await page.gone("offer-device");
  await (await page.find("lock")).click();
  await page.find("unlock-submit");
  await dismiss(page);

  await (await driver.findElement(handle("restore-file"))).sendKeys(fileOnDisk("not a backup.txt", "nothing"));
  await page.text("alert");
  yield "backup that is none";
  await dismiss(page);

  await server.stop();
  await page.click("refresh");
  await page.text("alert");
  yield "server that is gone";
}

/**
 * The console's, from the list of keys on; the files are in sight again at the end.
 *
 * @param {import("./page.mjs").Page} page unlocked, with files under a key of one version
 * @returns {AsyncGenerator<string>}
 */
async function* consoleStates(page) {
  const keys = new Console(page);
  await keys.make("accounts", { every: "P30D", labels: `team: finance, ${"a-label-that-is-as-long-as-it-can-be-".repeat(3)}` });
  yield "new key, to be rotated in a month";
  await keys.openList();
  yield "list of keys";
  await page.type("key-search", "zzz");
  await page.find("no-keys");
  yield "no matching keys";
  await page.type("key-search", Key.BACK_SPACE.repeat(3));
  await page.find("keys-table");

  await page.click("to-report");
  await page.find("report-form");
  yield "a report for auditors";
  await page.click("report-form-submit");
  await page.text("report-status");
  yield "a report that is written";
  await keys.openList();

  await page.click("make-key");
  await page.type("new-key-alias", "accounts");
  await page.click("new-key-form-submit");
  await page.text("new-key-form-error");
  yield "new key with a name that is taken";
  await page.click("new-key-dialog-close");

  await keys.press("rotate-vault-key");
  await page.find("vault-key-yes");
  yield "rotate the vault key?";
  await page.click("vault-key-dialog-close");

  await keys.press("console-backup");
  const backup = await page.savedBackup("acme");
  await keys.press("merge");
  await (await page.find("merge-file")).sendKeys(fileOnDisk("not a backup.txt", "nothing"));
  await page.click("merge-form-submit");
  await page.text("merge-form-error");
  yield "merge a file that is no backup";
  await (await page.find("merge-file")).sendKeys(backup);
  await page.click("merge-form-submit");
  await page.find("merge-report");
  yield "what a merge did";
  await page.click("merge-done");
  await dismiss(page);

  await keys.openKey(FAMILY);
  await keys.consider("key-rotate");
  yield "rotate a key?";
  await keys.decide();
  await page.appears(versionRow(2, { state: "active" }));
  yield "key with two versions";
  await keys.press("key-edit");
  await page.find("edit-key-form");
  yield "edit a key";
  await page.click("edit-key-close");

  await keys.openVersion(1);
  await page.find("dependents");
  yield "files under an old version";
  page.server.pause();
  await keys.press("move-files");
  await page.find("stop-moving");
  yield "files being moved";
  await keys.press("stop-moving");
  await keys.moved(/Stopped after/);
  page.server.goOn();
  yield "moving that was stopped";

  await keys.consider("version-revoke");
  yield "report a version as compromised?";
  await keys.decide({ report: true });
  await page.find("dependents");
  yield "what a revoked version still opens";
  await keys.closeReport();
  await keys.openVersion(2);
  await keys.consider("version-revoke");
  yield "revoke a version?";
  await page.click("action-close");
  await keys.consider("version-suspend");
  yield "suspend a version?";
  await keys.decide();
  await page.appears(versionRow(2, { state: "suspended" }));
  yield "suspended version";

  await keys.openVersion(1);
  await keys.consider("version-scheduleDestroy");
  yield "destroy a version later?";
  await keys.decide({ report: true });
  yield "what is left of a version";
  await keys.closeReport();
  await page.appears(versionRow(1, { state: "destroy-scheduled" }));
  yield "version that is to be destroyed";
  await keys.consider("version-destroy");
  await page.type("action-name", "another");
  await page.click("action-form-submit");
  await page.text("action-form-error");
  yield "destroy a version now, by a wrong name?";
  await page.click("action-close");
  await keys.openFiles();
  yield "files that do not open for now";

  await page.driver.executeScript("location.hash = '#/keys/none'");
  await page.find("console");
  yield "no such key";
  await keys.openFiles();
}

/**
 * What opens the vault: all that is done to it; the vault has its first passphrase alone at the end.
 *
 * @param {import("./page.mjs").Page} page unlocked
 * @returns {AsyncGenerator<string>}
 */
async function* accessStates(page) {
  const access = new Access(page);
  const sister = "my sister's, in a-very-long-word-without-a-single-blank-in-it";
  const lantern = "seven lanterns under snow";

  await access.open();
  yield "what opens the vault: a passphrase alone";
  await access.console.press("add-factor");
  await page.find("add-factor-form");
  yield "another way in";
  await page.click("kind-passkey");
  yield "another way in: a passkey";
  await page.click("kind-this-device");
  yield "another way in: this device";
  await page.click("kind-recovery-shares");
  await page.type("present-passphrase", SECRET);
  yield "another way in: shares";
  await page.click("add-factor-form-submit");
  await page.find("share-next");
  yield "the words of a share";
  await page.click("add-factor-dialog-close");
  await page.gone("add-factor-dialog");
  await access.press(factorRow("recovery-shares"), "factor-revoke");
  await page.type("present-passphrase", SECRET);
  await page.click("revoke-factor-form-submit");
  await page.gone("revoke-factor");
  await dismiss(page);
  await access.console.press("add-factor");
  await page.find("add-factor-form");
  await page.type("present-passphrase", SECRET);
  await page.click("add-factor-form-submit");
  const words = await access.words();
  await access.confirmKit(words);
  await page.gone("add-factor-dialog");
  await access.console.press("add-factor");
  await page.type("add-factor-name", sister);
  await page.type("add-factor-passphrase", lantern);
  await page.type("add-factor-repeat", "another");
  await page.type("present-passphrase", SECRET);
  await page.click("add-factor-form-submit");
  await page.text("add-factor-form-error");
  yield "another passphrase, which differs from itself";
  for (const id of ["add-factor-passphrase", "add-factor-repeat"]) {
    await (await page.find(id)).clear();
    await page.type(id, lantern);
  }
  await page.click("add-factor-form-submit");
  await page.gone("add-factor-dialog");
  await access.lists(3);
  await dismiss(page);
  yield "what opens the vault: three factors";

  const long = factorRow("passphrase", { name: sister });
  await access.press(long, "factor-rename");
  await page.find("rename-factor-name");
  yield "rename a factor";
  await page.click("rename-factor-close");
  await page.gone("rename-factor");
  await access.press(long, "factor-replace");
  await page.find("replace-factor-form");
  yield "change a passphrase";
  await page.click("replace-factor-close");
  await page.gone("replace-factor");

  await access.press(long, "factor-revoke");
  await page.find("revoke-factor-form");
  yield "revoke a factor?";
  await page.click("how-compromised");
  await page.find("keep");
  yield "revoke it as compromised, and which others stay?";
  await page.type("present-passphrase", SECRET);
  await page.click("revoke-factor-form-submit");
  await access.words();
  yield "the kit that a compromised revocation brings";
  await access.console.press("kit-decline");
  await page.gone("revoke-factor");
  await access.press(long, "factor-revoke");
  await page.click("how-compromised");
  await access.typeWords("present", "zzzz");
  await page.click("revoke-factor-form-submit");
  await page.text("revoke-factor-form-error");
  yield "revoke it as compromised, with words that are none?";
  await access.typeWords("present", words.join(" "));
  await page.click("revoke-factor-form-submit");
  await page.find("compromised-report");
  yield "what remains after a compromised revocation";
  await access.press(remainingRow("passphrase", false), "remaining-present");
  await page.find("present-form");
  yield "one of them is presented";
  await page.click("compromised-report-close");
  await page.gone("compromised-report");
  yield "what opens the vault: one that is not pinned";
  await access.press(factorRow("passphrase"), "factor-present");
  await page.find("present-passphrase");
  yield "present a passphrase";
  await page.click("present-factor-close");
  await page.gone("present-factor");

  await access.lock();
  await access.typeWords("unlock", words.with(6, "zzzz").join(" "));
  await page.click("unlock-submit");
  await page.text("unlock-error");
  yield "a word that is none, by its position";
  await page.driver.executeScript("document.getElementById('unlock-by-passphrase').click()");
  await page.type("unlock-passphrase", SECRET);
  await page.click("unlock-submit");
  await page.find("identity-form");
  yield "a vault with a new identity";
  await page.click("identity-compared");
  await page.click("identity-form-submit");
  await page.unlocked();
  await access.lock();
  await access.typeWords("unlock", words.join(" "));
  await page.click("unlock-submit");
  await page.find("recover");
  yield "the lost passphrase";
  await page.click("offer-instead-decline");
  await access.open();
  yield* togetherStates(page, access);
  await access.press(factorRow("recovery-kit"), "factor-revoke");
  await page.type("present-passphrase", SECRET);
  await page.click("revoke-factor-form-submit");
  await page.gone("revoke-factor");
  await access.press(factorRow("passphrase"), "factor-revoke");
  await page.find("last-factor");
  yield "the last one cannot be revoked";
  await page.click("revoke-factor-close");
  await access.console.openFiles();
}

/**
 * A vault that takes a passphrase and a passkey together; it takes one of them again at the end, and has no passkey.
 *
 * @param {import("./page.mjs").Page} page what opens the vault is in sight: a passphrase and a kit
 * @param {Access} access
 * @returns {AsyncGenerator<string>}
 */
async function* togetherStates(page, access) {
  await plugAuthenticator("Chromium", page.driver);
  await access.console.press("add-factor");
  await page.click("kind-passkey");
  await page.type("present-passphrase", SECRET);
  await access.console.press("add-factor-form-submit");
  await access.enrolled("add-factor-dialog");
  await dismiss(page);
  await access.console.press("require-both");
  await page.find("require-both-form");
  yield "require a passphrase and a passkey together?";
  await page.type("present-passphrase", SECRET);
  await page.click("require-both-form-submit");
  await page.gone("require-both-dialog");
  await dismiss(page);
  yield "what opens the vault: two factors together";
  await access.lock();
  await page.driver.executeScript("localStorage.clear()");
  await page.driver.navigate().refresh();
  await page.type("unlock-passphrase", SECRET);
  await page.click("unlock-submit");
  await page.text("unlock-error");
  yield "locked, and it takes both";
  await page.click("unlock-submit");
  await page.unlocked();
  await access.open();
  await access.console.press("require-one");
  await page.find("require-one-form");
  yield "require one of them again?";
  await page.type("present-passphrase", SECRET);
  await page.click("require-one-form-submit");
  await page.gone("require-one-dialog");
  await access.press(factorRow("passkey"), "factor-revoke");
  await page.type("present-passphrase", SECRET);
  await page.click("revoke-factor-form-submit");
  await page.gone("revoke-factor");
  await dismiss(page);
}

/** Presses what lies over its label, unseen. @param {import("./page.mjs").Page} page @param {string} id */
async function choose(page, id) {
  await page.driver.executeScript("arguments[0].click()", await page.appears(handle(id)));
}

/** Removes the message, unless it has gone by itself: it stays for some seconds only. @param {import("./page.mjs").Page} page */
async function dismiss(page) {
  await page.driver.executeScript("document.querySelector('[data-testid=notice-dismiss]')?.click()");
}
