/** A vault, a key, and files that are encrypted and decrypted with it. Nothing is sent anywhere. */
import { Strongroom, isStrongroomError, passphrase } from "strongroom";

const [unlock, files, backup, status] = ["#unlock", "#files", "#backup", "[role=status]"].map((at) =>
  document.querySelector(at),
);
let vault;

unlock.addEventListener("submit", (event) => {
  event.preventDefault();
  void told("Unlocking …", async () => {
    // Makes the vault at the first visit, and opens it at every other.
    vault = await Strongroom.openOrCreate({ name: "plain", factor: passphrase(unlock.elements.passphrase.value) });
    await vault.keys.ensure({ alias: "files" });
    // Another tab may lock it too.
    vault.addEventListener("lock", () => show(false));
    unlock.reset();
    show(true);
    return "Unlocked.";
  });
});

files.addEventListener("submit", (event) => {
  event.preventDefault();
  const [file] = files.elements.file.files;
  const encrypts = event.submitter.value === "encrypt";
  void told(encrypts ? "Encrypting …" : "Decrypting …", () => (encrypts ? encrypt(file) : decrypt(file)));
});

backup.addEventListener("click", () =>
  void told("Saving …", async () => {
    save(await vault.backup(), "plain.backup");
    return "Saved. The same passphrase opens it in another browser.";
  }),
);

async function encrypt(file) {
  // Name, type and date are encrypted with the content. A page that stores many files gives a context with each.
  const object = await vault.encrypt(file, { key: "files" });
  save(await object.blob(), `${object.id}.srm`);
  return `Encrypted ${file.name}.`;
}

async function decrypt(file) {
  const plain = await vault.decrypt(file);
  const opened = await plain.file();
  save(opened, opened.name);
  return `Decrypted ${opened.name}.`;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function show(unlocked) {
  unlock.hidden = unlocked;
  [files.hidden, backup.hidden] = [!unlocked, !unlocked];
}

/** What to tell a person of errors that a person can mend. */
const WORDS = {
  ERR_WRONG_FACTOR: "That is not the passphrase of this vault.",
  ERR_MALFORMED: "That file was not encrypted here.",
  ERR_NO_KEY: "That file was encrypted with other keys. Restore their backup first.",
  ERR_EVICTED: "The browser has removed the keys. Restore a backup.",
};

/** Shows what is being done, and how it ended. */
async function told(before, work) {
  status.textContent = before;
  try {
    status.textContent = await work();
  } catch (error) {
    status.textContent = (isStrongroomError(error) && WORDS[error.code]) || error.message;
  }
}
