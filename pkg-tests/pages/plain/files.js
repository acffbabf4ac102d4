/** Steps for `strongroom/files`, beside those of story.js. */
import { fileStore } from "./strongroom/dist/files.js";
import { madeFile, presigned, presigner, sha256, vaults } from "./story.js";

/** By their names. */
const stores = new Map();
/** What happens at which request: counted by what is asked of the presigner. */
let plan = { at: undefined, does: undefined, seen: [] };

/** The store refuses a request whose signature was changed. */
async function spoiled(signed) {
  const { url, ...rest } = await signed;
  const wrong = new URL(url);
  wrong.searchParams.set("X-Amz-Signature", "0".repeat(64));
  return { url: wrong, ...rest };
}

/** The demo's presigner, to which the plan happens. */
function remote(name) {
  const sign = { ...presigner(name), delete: () => presigned({ action: "delete", key: name }) };
  const planned = (kind) => async (...given) => {
    plan.seen.push(kind);
    const there = plan.at !== undefined && plan.seen.length > plan.at;
    if (there && plan.does === "abort") plan.stop.abort();
    const signed = sign[kind](...given);
    return there && plan.does === "refuse" ? spoiled(signed) : signed;
  };
  return Object.fromEntries(Object.keys(sign).map((kind) => [kind, planned(kind)]));
}

/** From the request of this number on, all are refused, or the signal is aborted. */
function plans(does, at) {
  plan = { does, at: at ?? undefined, seen: [], stop: new AbortController() };
  return plan.stop.signal;
}

const fileOf = ({ name = "cat.jpg", size, seed = 1 }) => madeFile(name, size, seed);
const hashOf = async (plain) => sha256(await (await plain).blob());

Object.assign(window.story, {
  openStore(name, options = {}) {
    stores.set(name, fileStore({ vault: vaults.get("acme"), key: "photos", remote, name, ...options }));
  },
  /** What it gave or which error, and what the presigner was asked for. */
  async planned(does, at, store, call, ...given) {
    const signal = plans(does, at);
    try {
      return { value: await window.story[call](store, ...given, { signal }), seen: plan.seen };
    } catch (error) {
      return { code: error.code, status: error.status, seen: plan.seen };
    } finally {
      plans();
    }
  },
  put: (store, { thumbnail, ...file }, options) =>
    stores.get(store).put(fileOf(file), {
      retries: 0,
      ...(thumbnail && { thumbnail: fileOf(thumbnail) }),
      ...options,
    }),
  /** With how far it was. */
  async putWatched(store, file) {
    const told = [];
    await stores.get(store).put(fileOf(file), { onProgress: (progress) => told.push(progress) });
    return told.at(-1);
  },
  listFiles: (store) => stores.get(store).list(),
  contentOf: (store, id) => hashOf(stores.get(store).get(id)),
  async thumbnailOf(store, id) {
    const small = await stores.get(store).thumbnail(id);
    return small ? hashOf(small) : null;
  },
  async partOf(store, id, from, length) {
    const open = await stores.get(store).open(id);
    try {
      return sha256(new Blob([await open.read(from, length)]));
    } finally {
      open.close();
    }
  },
  hashOfFile: (file) => sha256(fileOf(file)),
  hashOfPart: (file, from, length) => sha256(fileOf(file).slice(from, from + length)),
  deleteFile: (store, id, options) => stores.get(store).delete(id, { retries: 0, ...options }),
  reencryptFile: (store, id, options) => stores.get(store).reencrypt(id, { retries: 0, ...options }),
  rewrapFile: (store, id, options) => stores.get(store).rewrap(id, { retries: 0, ...options }),
  async rotatePhotos() {
    await (await vaults.get("acme").keys.get("photos")).rotate();
  },
  cleanUpStore: (store) => stores.get(store).cleanUp(),
  tracked: async () => (await vaults.get("acme").objects.list()).length,
  /** Begins what is never finished: its tab is closed. */
  beginPut(store, file) {
    stores.get(store).put(fileOf(file)).catch(() => {});
  },
  beginReencrypt(store, id) {
    stores.get(store).reencrypt(id).catch(() => {});
  },
});
