/** The demo page's view of what opens a vault: recovery kits, lost passphrases, and factors that somebody else has. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { By } from "selenium-webdriver";
import { usually } from "../../harness/browsers/browsers.mjs";
import { Access, factorRow, remainingRow } from "../../harness/demo/access.mjs";
import { handle, openPage, PATIENCE, SECRET } from "../../harness/demo/page.mjs";

const NEXT = "purple kettle orbit mosaic";
const SPARE = "seven lanterns under snow";
const THIRD = "copper ferry over marble";
/** Words of a kit that is no vault's. */
const FOREIGN = `${"abandon ".repeat(23)}art`;

// The page's own forms over what the package's tests try in every engine.
for (const engine of usually("Chromium")) {
  describe(`what opens a vault, in the demo page in ${engine}`, () => {
    /** @type {import("../../harness/demo/page.mjs").Page} */
    let page;
    /** @type {Access} */
    let access;
    /** @type {string[]} */
    let words;

    before(async () => {
      page = await openPage(engine);
      access = new Access(page);
    });
    after(() => page?.close());

    const said = (/** @type {string} */ id) => page.text(id).then(String);
    const says = (/** @type {string} */ id, /** @type {RegExp} */ sentence) =>
      page.driver.wait(async () => sentence.test(await said(id)), PATIENCE, `${id} does not say ${sentence}`);

    it("gives a new vault a recovery kit, once two of its words were typed", async () => {
      await page.beginVault();
      words = await access.words();
      assert.equal(words.length, 24);
      assert.deepEqual(await left(words), ["page"], "the test does not see the words that are shown");
      await access.console.press("kit-written");
      const [first, second] = [await access.askedAt(1), await access.askedAt(2)];
      assert.ok(first < second, `${first} and ${second} are asked for`);
      assert.deepEqual(await left(words), [], "the words are shown while they are asked for");

      await page.type("kit-word-1", String(words[first - 1]));
      await page.type("kit-word-2", "zebra9");
      await page.click("kit-check-submit");
      assert.match(await said("kit-check-error"), new RegExp(`not word ${second}`));
      const at = await page.driver.executeScript("return document.activeElement.dataset.testid");
      assert.equal(at, "kit-word-2");

      await page.click("kit-again");
      assert.deepEqual(await access.words(), words);
      await access.confirmKit(words);
      await page.gone("offer-kit");
      await says("status", /passphrase and a recovery kit/);
      assert.deepEqual(await left(words), []);
      await access.open();
      await access.lists(2);
    });

    it("says how safe the vault is from loss, and tries the kit", async () => {
      const checks = () =>
        page.driver.executeScript(
          'return [...document.querySelectorAll("[data-testid=health-check]")].map(({ dataset: { code, severity } }) => `${severity} ${code}`)',
        );
      await page.appears(handle("health-check"));
      const found = await checks();
      assert.ok(found.includes("warning backup-missing"), String(found));
      for (const fine of ["ok context-secure", "ok factors-enough", "ok rehearsal-done", "ok clock-plausible", "ok eviction-told"]) {
        assert.ok(found.includes(fine), `${fine} is not in ${found}`);
      }
      const kit = factorRow("recovery-kit");
      await access.press(kit, "factor-rehearse");
      await access.typeWords("present", FOREIGN);
      await page.click("rehearse-form-submit");
      await says("rehearse-form-error", /does not open this vault/);
      await access.typeWords("present", words.join(" "));
      await page.click("rehearse-form-submit");
      await page.gone("rehearse-factor");
      await says("status", /opens the vault/);
      assert.deepEqual(await left(words), []);
    });

    it("names a wrong word by its position, and says what else is wrong with the words", async () => {
      await access.lock();
      const seventh = words.with(6, "zzzz");
      await access.typeWords("unlock", seventh.join(" "));
      await page.click("unlock-submit");
      await says("unlock-error", /^Word 7 /);
      const selected = await page.driver.executeScript(
        "const { value, selectionStart, selectionEnd } = document.activeElement; return value.slice(selectionStart, selectionEnd)",
      );
      assert.equal(selected, "zzzz");

      await access.typeWords("unlock", words.slice(1).join(" "));
      await page.click("unlock-submit");
      await says("unlock-error", /There are 23 here/);
      await access.typeWords("unlock", FOREIGN);
      await page.click("unlock-submit");
      await says("unlock-error", /This recovery kit does not open this vault/);
    });

    it("opens with the numbered words, and gives the vault another passphrase in the place of the lost one", async () => {
      await access.typeWords("unlock", words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join(" "));
      await page.click("unlock-submit");
      await page.find("recover-passphrase");
      assert.match(await (await page.find("offer-instead")).getText(), /1 failed attempt since the last unlock/);
      await page.type("recover-passphrase", "password");
      await page.type("recover-repeat", "password");
      await access.console.press("recover-submit");
      await says("recover-error", /first that anybody tries/);
      await clear("recover-passphrase", "recover-repeat");
      await page.type("recover-passphrase", NEXT);
      await page.type("recover-repeat", NEXT);
      await access.console.press("recover-submit");
      await page.gone("offer-instead");
      assert.deepEqual(await left(words), []);

      await access.lock();
      await page.type("unlock-passphrase", SECRET);
      await page.click("unlock-submit");
      await says("unlock-error", /does not open this vault/);
      await clear("unlock-passphrase");
      await page.unlock(NEXT);
      await says("status", /1 failed attempt since the last unlock, at /);
      await access.open();
      assert.match(await said("failed-attempts"), /1 failed attempt/);
    });

    it("adds a passphrase with a name, by one that opens the vault, and renames it", async () => {
      await access.console.press("add-factor");
      await page.type("add-factor-name", "ours");
      await page.type("add-factor-passphrase", SPARE);
      await page.type("add-factor-repeat", SPARE);
      await page.type("present-passphrase", "wrong horse");
      await access.console.press("add-factor-form-submit");
      await says("add-factor-form-error", /does not open this vault/);
      assert.equal(await page.driver.executeScript("return document.activeElement.name"), "passphrase");
      await clear("present-passphrase");
      await page.type("present-passphrase", NEXT);
      await access.console.press("add-factor-form-submit");
      await page.gone("add-factor-dialog");
      await page.appears(factorRow("passphrase", { name: "ours" }));

      await access.press(factorRow("passphrase", { name: "ours" }), "factor-rename");
      await clear("rename-factor-name");
      await page.type("rename-factor-name", "my sister's");
      await access.console.press("rename-factor-form-submit");
      await page.gone("rename-factor");
      await page.appears(factorRow("passphrase", { name: "my sister's" }));
    });

    it("changes the recovery kit, whose old words open nothing then", async () => {
      await access.press(factorRow("recovery-kit"), "factor-replace");
      await access.typeWords("present", words.join(" "));
      await access.console.press("replace-factor-form-submit");
      const next = await access.words();
      assert.notDeepEqual(next, words);
      await access.confirmKit(next);
      await access.console.press("kit-done");
      await page.gone("replace-factor");
      await access.lists(3);

      await access.press(factorRow("passphrase", { name: "my sister's" }), "factor-revoke");
      await access.typeWords("present", words.join(" "));
      await access.console.press("revoke-factor-form-submit");
      await says("revoke-factor-form-error", /This recovery kit was replaced on /);
      await access.console.press("revoke-factor-close");
      await page.gone("revoke-factor");
      words = next;
    });

    it("revokes a passphrase as compromised with the kit, says what remains, and has it presented", async () => {
      await addPassphrase("mine", THIRD);
      await access.lists(4);
      const old = await said("identity");
      await access.press(factorRow("passphrase", { name: "my sister's" }), "factor-revoke");
      assert.match(await said("consequences"), /An older copy of the vault still opens with it/);
      await access.console.press("how-compromised");
      await says("consequences", /The vault gets a new identity/);
      await page.type("present-passphrase", NEXT);
      await access.console.press("revoke-factor-form-submit");
      const next = await access.words();
      assert.notDeepEqual(next, words);
      await access.confirmKit(next);
      await access.console.press("kit-done");
      words = next;
      await page.find("compromised-report");
      assert.deepEqual(await left(words), []);
      assert.equal((await page.driver.findElements(handle("remaining"))).length, 1);
      assert.notEqual(await (await page.find("new-identity")).findElement(By.css("code")).getText(), old);

      await access.press(remainingRow("passphrase", false), "remaining-present");
      await page.type("present-passphrase", THIRD);
      await access.console.press("present-form-submit");
      await page.appears(remainingRow("passphrase", true));
      await access.console.press("compromised-report-close");
      await page.gone("compromised-report");
      await access.lists(3);
      for (const kind of ["passphrase", "recovery-kit"]) await page.appears(factorRow(kind, { pinned: true }));
    });

    it("shows both identities to a factor that was not presented, and opens once they were compared", async () => {
      const old = await said("identity");
      // The passphrase that the vault had first is the one that goes.
      await access.press(factorRow("passphrase", { name: "" }), "factor-revoke");
      await access.console.press("how-compromised");
      // The kit confirms it, and stays.
      await access.typeWords("present", words.join(" "));
      await access.console.press("revoke-factor-form-submit");
      await page.find("compromised-report");
      await access.console.press("compromised-report-close");
      await page.gone("compromised-report");
      await page.appears(factorRow("passphrase", { name: "mine", pinned: false }));
      const now = await said("identity");

      await access.lock();
      await page.type("unlock-passphrase", THIRD);
      await page.click("unlock-submit");
      assert.equal(await said("identity-pinned"), old);
      assert.equal(await said("identity-now"), now);
      // Not without the word of the person.
      await access.console.press("identity-form-submit");
      await page.find("identity-changed");
      await access.console.press("identity-compared");
      await access.console.press("identity-form-submit");
      await page.unlocked();
      await access.open();
      await page.appears(factorRow("passphrase", { name: "mine", pinned: true }));
    });

    it("takes what nobody knows away in the step that revokes a compromised one", async () => {
      for (const [name, secret] of [["nobody's", SPARE], ["stolen", "golden anchors beneath rain"]]) await addPassphrase(String(name), String(secret), THIRD);
      const of = async (/** @type {string} */ name) => {
        const row = await page.appears(factorRow("passphrase", { name }));
        return row.findElement(By.css("code")).getAttribute("title");
      };
      const [stranger, mine] = [await of("nobody's"), await of("mine")];
      await access.press(factorRow("passphrase", { name: "stolen" }), "factor-revoke");
      await access.console.press("how-compromised");
      assert.equal(await (await page.find(`keep-${mine}`)).isSelected(), true);
      await access.console.press(`keep-${stranger}`);
      await access.typeWords("present", words.join(" "));
      await access.console.press("revoke-factor-form-submit");
      await page.find("compromised-report");
      const kept = By.css('[data-testid="remaining"]');
      assert.equal((await page.driver.findElements(kept)).length, 1);
      await access.console.press("compromised-report-close");
      await page.gone("compromised-report");
      await access.lists(2);
      for (const name of ["nobody's", "stolen"]) {
        assert.equal((await page.driver.findElements(factorRow("passphrase", { name }))).length, 0, name);
      }
    });

    it("revokes a factor, but not the last one", async () => {
      await access.press(factorRow("recovery-kit"), "factor-revoke");
      await page.type("present-passphrase", THIRD);
      await access.console.press("revoke-factor-form-submit");
      await page.gone("revoke-factor");
      await access.lists(1);
      await page.find("no-kit");
      await access.press(factorRow("passphrase"), "factor-revoke");
      await page.find("last-factor");
      await access.console.press("revoke-factor-close");
    });

    /** Of the view. @param {string} name @param {string} secret @param {string} [by] a passphrase that opens the vault */
    async function addPassphrase(name, secret, by = NEXT) {
      await access.console.press("add-factor");
      await page.type("add-factor-name", name);
      await page.type("add-factor-passphrase", secret);
      await page.type("add-factor-repeat", secret);
      await page.type("present-passphrase", by);
      await access.console.press("add-factor-form-submit");
      await page.gone("add-factor-dialog");
    }

    /** @param {...string} ids */
    async function clear(...ids) {
      for (const id of ids) await (await page.find(id)).clear();
    }

    /**
     * Where two of the words still stand side by side: in the page, in what is typed, in what the browser keeps.
     *
     * @param {readonly string[]} kit @returns {Promise<string[]>}
     */
    async function left(kit) {
      const places = /** @type {Record<string, string>} */ (await page.driver.executeAsyncScript(TEXTS));
      const pairs = kit.slice(1).map((word, at) => new RegExp(`${kit[at]}[^a-z]{1,9}${word}`, "i"));
      return Object.entries(places)
        .filter(([, text]) => pairs.some((pair) => pair.test(text)))
        .map(([place]) => place);
    }
  });
}

/** The text of all places where a page can leave something. */
const TEXTS = `
  const [done] = arguments;
  const asText = (value) => JSON.stringify(value, (_, one) => {
    if (one instanceof ArrayBuffer) return new TextDecoder("latin1").decode(one);
    return ArrayBuffer.isView(one) ? new TextDecoder("latin1").decode(one) : one;
  });
  const request = (asked) => new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const databases = async () => {
    const texts = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await request(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        texts.push(asText([await request(rows.getAllKeys()), await request(rows.getAll())]));
      }
      database.close();
    }
    return texts.join(" ");
  };
  const fields = [...document.querySelectorAll("input, textarea")];
  databases().then((text) => done({
    page: document.documentElement.textContent,
    attributes: document.documentElement.outerHTML.replace(/>[^<]*</g, "><"),
    fields: fields.map(({ value }) => value).join(" "),
    storage: asText([{ ...localStorage }, { ...sessionStorage }]),
    address: location.href + " " + asText(history.state),
    databases: text,
  }), (error) => done({ page: String(error) }));
`;
