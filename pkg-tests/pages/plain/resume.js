/** Uploads that stop somewhere, and go on. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";
import { abandonUpload, uploadToS3 } from "./strongroom/dist/s3.js";
import { context, madeFile, presigner, settled, sha256, vaults } from "./story.js";

const PART = 5 * 1024 * 1024;

/** The object whose upload is under way, and what came of it. */
let object;
let sending;
/** Numbers of the parts that were signed, and what the store confirmed. */
let signed = [];
let confirmed = 0;
/** Which part waits to be let go. */
let held;

/** A made file, or the one that was chosen; with a byte changed, if one is named. */
function fileOf({ key, size, seed, changeAt }) {
  const file = size === undefined ? document.querySelector("#file").files[0] : madeFile(key, size, seed);
  if (changeAt === undefined) return file;
  return new File([file.slice(0, changeAt), new Uint8Array([7]), file.slice(changeAt + 1)], file.name);
}

/** Signs as the others, but holds parts back from one on; from `expired` on, signs what the store refuses. */
function slow(key, { holdAt = Infinity, expired = Infinity }) {
  const own = presigner(key);
  const part = async (upload, number) => {
    if (number >= holdAt) held ??= gate();
    if (number >= holdAt) await held.over;
    signed.push(number);
    const request = await own.part(upload, number);
    if (number < expired) return request;
    const last = request.url.at(-1);
    return { ...request, url: `${request.url.slice(0, -1)}${last === "0" ? "1" : "0"}` };
  };
  return { ...own, part };
}

function gate() {
  let open;
  const over = new Promise((resolve) => {
    open = resolve;
  });
  return { over, open };
}

async function outcome(work) {
  try {
    return { value: await work };
  } catch (error) {
    return { code: error.code ?? String(error), status: error.status, message: error.message };
  }
}

Object.assign(window.story, {
  /** An object that can be resumed, and its token. */
  async begin(made) {
    const { key } = made;
    object = await vaults.get("acme").encrypt(fileOf(made), { key: "photos", context: context(key) });
    return { token: await object.resumeToken(), size: object.size };
  },
  async goOn(token, made) {
    object = await vaults.get("acme").resume(token, fileOf(made), { context: context(made.key) });
  },
  /** Sends in the background. */
  send(key, { concurrency = 1, retries = 0, ...how } = {}) {
    [signed, confirmed, held] = [[], 0, undefined];
    const onProgress = ({ done }) => {
      confirmed = done;
    };
    sending = outcome(uploadToS3(object, slow(key, how), { partSize: PART, concurrency, retries, onProgress }));
  },
  /** Parts that were confirmed since, and whether one is held back. */
  sent: () => ({ signed, confirmed, held: held !== undefined }),
  letGo: () => held.open(true),
  outcome: () => sending,
  close: () => object.close(),
  /** Closes the object, and then the vault, and goes on at once each time; how often that was possible. */
  async closeAndGoOn(token, made, secret, rounds) {
    const goOn = (vault) => vault.resume(token, fileOf(made), { context: context(made.key) });
    for (let round = 0; round < rounds; round++) {
      await object.close();
      object = await goOn(vaults.get("acme"));
      await vaults.get("acme").close();
      vaults.set("acme", await Strongroom.open({ name: "acme", factor: passphrase(secret) }));
      object = await goOn(vaults.get("acme"));
    }
    return rounds;
  },
  abandon: (key) => abandonUpload(object, presigner(key)),
  uploads: async () => vaults.get("acme").uploads.list(),
  hashOf: (made) => sha256(fileOf(made)),
  /** Keeps a copy of the whole database, or puts it back, as somebody could who has the disk. */
  async copyDatabase() {
    window.copy = await allRows();
  },
  async putBack() {
    const database = await settled(indexedDB.open("strongroom"));
    const names = Object.keys(window.copy);
    const transaction = database.transaction(names, "readwrite");
    for (const name of names) {
      const store = transaction.objectStore(name);
      store.clear();
      for (const [key, value] of window.copy[name]) store.put(value, ...(store.keyPath ? [] : [key]));
    }
    await new Promise((resolve) => transaction.addEventListener("complete", resolve));
    database.close();
  },
});

async function allRows() {
  const database = await settled(indexedDB.open("strongroom"));
  const rows = {};
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    rows[name] = keys.map((key, at) => [key, values[at]]);
  }
  database.close();
  return rows;
}
