/**
 * The service worker, which holds the vault. The browser ends it after 30 seconds without a message; the vault is locked
 * then, and the page asks for the passphrase again.
 */
import { LockedError, passphrase, Strongroom } from "./strongroom.js";

/** Binds the ciphertext to its place. */
const context = { extension: "note" };
let vault;

const actions = {
  unlock: async (typed) => {
    // Makes the vault at the first use, and opens it at every other.
    vault = await Strongroom.openOrCreate({ name: "extension", factor: passphrase(typed) });
    await vault.keys.ensure({ alias: "notes" });
  },
  save: async (text) => {
    const note = await unlocked().encryptValue(text, { key: "notes", context });
    await chrome.storage.local.set({ note });
  },
  read: async () => {
    const open = unlocked();
    const { note } = await chrome.storage.local.get("note");
    return note ? open.decryptValue(note, { context }) : "";
  },
  lock: async () => vault?.lock(),
};

function unlocked() {
  if (!vault?.unlocked) throw new LockedError("the vault is locked");
  return vault;
}

chrome.runtime.onMessage.addListener(({ action, given }, sender, answer) => {
  // A content script runs in a page that somebody else wrote.
  if (!sender.url?.startsWith(chrome.runtime.getURL(""))) return false;
  actions[action](given).then(
    (value) => answer({ value }),
    (error) => answer({ code: error.code, message: String(error) }),
  );
  return true;
});
