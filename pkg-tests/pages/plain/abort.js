/** Steps for calls that are aborted: before, so many milliseconds after they began, and after their end. */
import { passphrase, Strongroom } from "./strongroom/dist/index.js";
import "./keys.js";
import { vaults } from "./story.js";

const key = "photos";
const kept = {};

/** The calls, each given a vault, a signal and what it needs. */
const calls = {
  create: (_vault, signal, name, secret) => Strongroom.create({ name, factors: [passphrase(secret)], signal }),
  open: (_vault, signal, name, secret) => Strongroom.open({ name, factor: passphrase(secret), signal }),
  openOrCreate: (_vault, signal, name, secret) => Strongroom.openOrCreate({ name, factor: passphrase(secret), signal }),
  restore: (_vault, signal, name) => Strongroom.restore(kept.backup, { name, signal }),
  list: (_vault, signal) => Strongroom.list({ signal }),
  unlock: (vault, signal, secret) => vault.unlock(passphrase(secret), { signal }),
  backup: (vault, signal) => vault.backup({ signal }),
  rotateVaultKey: (vault, signal) => vault.rotateVaultKey({ signal }),
  openObject: (vault, signal) => vault.openObject(kept.stored, { signal }),
  read: (_vault, signal) => kept.reader.read(1000, 2_000_000, { signal }),
  encryptValues: (vault, signal) => vault.encryptValues(kept.values, { key, signal }),
  decryptValues: (vault, signal) => vault.decryptValues(kept.tokens, { signal }),
  keys: (vault, signal) => vault.keys.list({ signal }),
  objects: (vault, signal) => vault.objects.list({ signal }),
  uploads: (vault, signal) => vault.uploads.list({ signal }),
};

/** How a call ended, and how many milliseconds after the abort. */
async function outcome(called, aborted) {
  const [{ status, reason }] = await Promise.allSettled([called]);
  const { name, code, cause } = reason ?? {};
  return { status, name, code, cause: cause?.message, late: performance.now() - aborted() };
}

Object.assign(window.story, {
  /** What the calls work on. */
  async fill(name, records) {
    const vault = vaults.get(name);
    await vault.keys.ensure({ alias: key });
    kept.values = Array.from({ length: 1000 }, (_, at) => at);
    kept.tokens = await vault.encryptValues(kept.values, { key });
    kept.stored = await (await vault.encrypt(new Blob([new Uint8Array(3_000_000)]), { key })).blob();
    kept.reader = await vault.openObject(kept.stored);
    kept.backup = await vault.backup();
    for (let at = 0; at < records; at += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, one) => vault.keys.create({ alias: `key-${at + one}` })));
    }
    return kept.tokens[0];
  },
  /** Aborts a call `after` so many milliseconds; without that, before it begins. */
  async aborted(name, call, after, ...given) {
    const controller = new AbortController();
    let when;
    const abort = () => {
      when = performance.now();
      controller.abort(new Error("enough"));
    };
    if (after === null) abort();
    const called = calls[call](vaults.get(name), controller.signal, ...given);
    if (after === 0) abort();
    else if (after !== null) setTimeout(abort, after);
    return outcome(called, () => when ?? performance.now());
  },
  /** Aborts a rotation when the store has all records. */
  async abortedAtTheEnd(name) {
    const controller = new AbortController();
    let when;
    const onProgress = ({ done, total }) => {
      if (done !== total) return;
      when = performance.now();
      controller.abort(new Error("enough"));
    };
    const rotated = vaults.get(name).rotateVaultKey({ signal: controller.signal, onProgress });
    return outcome(rotated, () => when ?? performance.now());
  },
  /** What a call tells of its progress. */
  async told(name, call, secret) {
    const vault = vaults.get(name);
    const seen = [];
    const onProgress = (progress) => seen.push(progress);
    if (call === "unlock") await vault.lock();
    if (call === "unlock") await vault.unlock(passphrase(secret), { onProgress });
    else if (call === "restore") kept.backup = await vault.backup();
    else await vault[call]({ onProgress });
    if (call === "restore") await (await Strongroom.restore(kept.backup, { name: "told", onProgress })).close();
    return seen;
  },
  /** The same call, whose signal is aborted once it has ended. */
  async ended(name, call, ...given) {
    const controller = new AbortController();
    const done = await calls[call](vaults.get(name), controller.signal, ...given);
    controller.abort();
    if (done?.unlocked) await done.close();
    return true;
  },
  exists: (name) => Strongroom.exists(name),
  /** Opens a vault from what is stored: what a token holds, and how many keys there are. */
  async found(name, secret, token) {
    const vault = await Strongroom.open({ name, factor: passphrase(secret) });
    const value = token ? await vault.decryptValue(token) : null;
    const { length } = await vault.keys.list();
    await vault.close();
    return { value, keys: length };
  },
  /** Whether an object that was opened before any abort still reads. */
  reads: async () => (await kept.reader.read(5, 100)).byteLength,
  /** Aborts an unlock once the Worker that runs Argon2id for it was started; whether that one is ended by then. */
  async abortArgon2id(name, secret) {
    const workers = [];
    const ended = new Set();
    const Original = window.Worker;
    window.Worker = class extends Original {
      constructor(...given) {
        super(...given);
        workers.push(this);
      }

      terminate() {
        ended.add(this);
        super.terminate();
      }
    };
    await vaults.get(name).lock();
    const controller = new AbortController();
    const called = calls.unlock(vaults.get(name), controller.signal, secret);
    called.catch(() => {});
    // The vault's own is the first.
    while (workers.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    const when = performance.now();
    controller.abort(new Error("enough"));
    const { status, ...told } = await outcome(called, () => when);
    window.Worker = Original;
    return { status, ...told, ended: ended.has(workers[1]), unlocked: vaults.get(name).unlocked };
  },
});
