/**
 * A vault, a key, and files that are encrypted and decrypted with it: for a download, and for the store of this page's own
 * server, which sees nothing but ciphertext.
 */
import { Strongroom, isStrongroomError, passphrase } from "strongroom";
import { fileStore } from "strongroom/files";

const [unlock, files, stored, backup, status] = ["#unlock", "#files", "#stored", "#backup", "[role=status]"].map((at) =>
  document.querySelector(at),
);
let vault;
let store;

/** Requests to this page's own server, which need no signature. */
const remote = (name) => {
  const at = async (query = "", method = undefined) => ({ url: `/store/${name}${query}`, method });
  return {
    put: () => at(),
    get: () => at(),
    delete: () => at(),
    create: async () => crypto.randomUUID(),
    part: (upload, number) => at(`?upload=${upload}&part=${number}`),
    complete: (upload, parts) => at(`?upload=${upload}&parts=${parts.length}`),
    abort: (upload) => at(`?upload=${upload}`),
  };
};

unlock.addEventListener("submit", (event) => {
  event.preventDefault();
  void told("Unlocking …", async () => {
    // Makes the vault at the first visit, and opens it at every other.
    vault = await Strongroom.openOrCreate({ name: "plain", factor: passphrase(unlock.elements.passphrase.value) });
    await vault.keys.ensure({ alias: "files" });
    store = fileStore({ vault, key: "files", remote });
    // Another tab may lock it too.
    vault.addEventListener("lock", () => show(false));
    unlock.reset();
    show(true);
    await list();
    return "Unlocked.";
  });
});

files.addEventListener("submit", (event) => {
  event.preventDefault();
  const [file] = files.elements.file.files;
  const [before, act] = ACTIONS[event.submitter.value];
  void told(before, () => act(file));
});

const ACTIONS = {
  encrypt: ["Encrypting …", encrypt],
  decrypt: ["Decrypting …", decrypt],
  store: ["Storing …", put],
};

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

async function put(file) {
  await store.put(file);
  await list();
  return `Stored ${file.name}.`;
}

/** The stored files, each with what can be done with it. */
async function list() {
  stored.replaceChildren(...(await store.list()).map(row));
}

function row({ id, name }) {
  const item = document.createElement("li");
  const open = button(`Open ${name}`, async () => {
    save(await (await store.get(id)).file(), name);
    return `Opened ${name}.`;
  });
  const remove = button(`Delete ${name}`, async () => {
    await store.delete(id);
    await list();
    return `Deleted ${name}.`;
  });
  item.append(open, remove);
  return item;
}

function button(label, work) {
  const made = document.createElement("button");
  made.textContent = label;
  made.addEventListener("click", () => void told(`${label} …`, work));
  return made;
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
  for (const part of [files, stored, backup]) part.hidden = !unlocked;
}

/** What to tell a person of errors that a person can mend. */
const WORDS = {
  ERR_WRONG_FACTOR: "That is not the passphrase of this vault.",
  ERR_MALFORMED: "That file was not encrypted here.",
  ERR_NO_KEY: "That file was encrypted with other keys. Restore their backup first.",
  ERR_TRANSFER: "The store cannot be reached, or refused.",
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
