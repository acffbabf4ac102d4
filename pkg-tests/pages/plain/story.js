/** The steps of the demo's story, for a test to call one by one. No bundler, no import map. */
import * as strongroom from "./strongroom/dist/index.js";
import { downloadFromS3, uploadToS3 } from "./strongroom/dist/s3.js";
import * as standalone from "./strongroom/dist/standalone.js";

let policy;

/**
 * What these pages do that the demo server's policy leaves to those who say so: a Worker of their own, XML that is read. Made
 * at its first use, as other servers' policies do not know its name.
 */
export function allowed() {
  const rules = { createScriptURL: (url) => url, createHTML: (text) => text };
  return (policy ??= window.trustedTypes?.createPolicy("strongroom-demo", rules) ?? rules);
}

const { Strongroom, passphrase } = strongroom;
const MiB = 1024 * 1024;

/** Open vaults, by name. */
export const vaults = new Map();

export function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

/** Every value in a database, with its key. */
export async function rowsOf(name) {
  const database = await settled(indexedDB.open(name));
  const rows = [];
  for (const store of database.objectStoreNames) {
    const objects = database.transaction(store).objectStore(store);
    const [keys, values] = await Promise.all([settled(objects.getAllKeys()), settled(objects.getAll())]);
    keys.forEach((key, at) => rows.push([`${name} ${store} ${key}`, values[at]]));
  }
  database.close();
  return rows;
}

/** Keeps a value in a database, which is made for it. */
export async function putInto(name, key, value) {
  const request = indexedDB.open(name, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("kept"));
  const database = await settled(request);
  await settled(database.transaction("kept", "readwrite").objectStore("kept").put(value, key));
  database.close();
}

/** The bytes and texts in a value, one after the other. */
function bytesWithin(value) {
  if (value instanceof Uint8Array) return new Blob([value]);
  if (typeof value !== "object" || value === null) return new Blob([String(value)]);
  return new Blob(Object.values(value).flatMap((member) => [bytesWithin(member), " "]));
}

/** Calls until it succeeds; another tab may lock the vault at any moment, and nothing else may happen. */
async function whateverOthersDo(vault, secret, call) {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (error.code !== "ERR_LOCKED") throw error;
      await vault.unlock(passphrase(secret)).catch((failed) => {
        if (failed.code !== "ERR_LOCKED") throw failed;
      });
    }
  }
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same pseudorandom bytes for the same seed, without holding them all twice. */
export function madeFile(name, size, seed) {
  const blobs = [];
  let state = seed >>> 0 || 1;
  for (let at = 0; at < size; at += MiB) {
    const words = new Uint32Array(Math.ceil(Math.min(MiB, size - at) / 4));
    for (let word = 0; word < words.length; word++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[word] = state;
    }
    blobs.push(new Blob([new Uint8Array(words.buffer, 0, Math.min(MiB, size - at))]));
  }
  return new File(blobs, name, { type: "image/png", lastModified: 1_700_000_000_000 });
}

export async function sha256(blob) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function presigned(action) {
  const response = await fetch("/api/presign", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(action),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** One request to S3 by a presigned URL. */
async function s3(action, init = {}) {
  const { method, url, headers } = await presigned(action);
  const response = await fetch(url, { ...init, method, headers: { ...headers, ...init.headers } });
  if (!response.ok) throw new Error(`${method} ${response.status}: ${await response.text()}`);
  return response;
}

/** The demo's server signs everything, and does nothing itself. */
export const presigner = (key) => ({
  get: () => presigned({ action: "get", key }),
  put: () => presigned({ action: "put", key }),
  create: () => presigned({ action: "multipart-create", key }),
  part: (upload, part) => presigned({ action: "multipart-part", key, upload, part }),
  complete: (upload) => presigned({ action: "multipart-complete", key, upload }),
  list: (upload, after) => presigned({ action: "multipart-list", key, upload, after }),
  abort: (upload) => presigned({ action: "multipart-abort", key, upload }),
});

export const context = (key) => ({ app: "story", object: key });

/** How many parts it was. */
async function uploaded(object, key, inParts) {
  if (inParts) return (await uploadToS3(object, presigner(key))).parts;
  await s3({ action: "put", key }, { body: await object.blob() });
  return 1;
}

window.story = {
  /** What a packaged script's or wasm's hash is, as the package says. */
  published: async (file) => (await (await fetch("./strongroom/dist/integrity.json")).json())[file],
  initAs: (settings) => strongroom.init(settings),
  acceptInsecure: () => strongroom.init({ insecure: true }),

  async create(name, secret) {
    vaults.set(name, await Strongroom.create({ name, factors: [passphrase(secret)] }));
    return Strongroom.list();
  },
  async open(name, options) {
    vaults.set(name, await Strongroom.open({ name, ...options }));
    return vaults.get(name).unlocked;
  },
  unlock: (name, secret) => vaults.get(name).unlock(passphrase(secret)),
  authenticate: (name, secret) => vaults.get(name).authenticate(passphrase(secret)),
  lock: (name) => vaults.get(name).lock(),
  list: () => Strongroom.list(),
  /** What a download and an object that is read in parts fail with, of a store that cannot be reached. */
  unreachable(name, url) {
    const work = [downloadFromS3({ get: async () => ({ url }) }), vaults.get(name).openObject(url)];
    return Promise.all(work.map((one) => one.catch(({ code, message }) => [code, message])));
  },
  remove: (name) => Strongroom.delete(name),
  createKey: async (name, alias) => (await vaults.get(name).keys.create({ alias })).id,
  keys: async (name) => (await vaults.get(name).keys.list()).map((key) => key.alias),

  /** Encrypts a made file and uploads it; what is known before, while and after. */
  async put(name, alias, key, size, seed, inParts) {
    const file = madeFile(`${key}.png`, size, seed);
    let [progress, calls] = [0, 0];
    const onProgress = ({ done, total }) => {
      if (done < progress || total !== size) throw new Error("progress went wrong");
      [progress, calls] = [done, calls + 1];
    };
    const object = await vaults.get(name).encrypt(file, { key: alias, context: context(key), onProgress });
    const parts = await uploaded(object, key, inParts);
    return { id: object.id, size: object.size, parts, progress, calls, sha256: await sha256(file) };
  },
  async get(name, key, expect) {
    const response = await downloadFromS3(presigner(key));
    const plain = await vaults.get(name).decrypt(response, { context: context(key), expect });
    const blob = await plain.blob();
    const { metadata, origin } = plain;
    return { metadata, origin, size: blob.size, type: blob.type, sha256: await sha256(blob) };
  },
  /** Changes one byte of the object in the store, as its provider could. */
  async tamper(key, at) {
    const bytes = new Uint8Array(await (await s3({ action: "get", key })).arrayBuffer());
    bytes[at < 0 ? bytes.length + at : at] ^= 1;
    await s3({ action: "delete", key });
    await s3({ action: "put", key }, { body: bytes });
  },
  async cut(key, length) {
    const bytes = new Uint8Array(await (await s3({ action: "get", key })).arrayBuffer());
    await s3({ action: "delete", key });
    await s3({ action: "put", key }, { body: bytes.slice(0, length) });
  },
  /** Kept in a database of the page's own: reloads must not lose it. */
  async backup(name) {
    const bytes = new Uint8Array(await (await vaults.get(name).backup()).arrayBuffer());
    await putInto("page", "/backup", bytes);
    return bytes.byteLength;
  },
  async restore(name) {
    const [[, bytes]] = await rowsOf("page");
    vaults.set(name, await Strongroom.restore(new Blob([bytes]), { name }));
    return vaults.get(name).unlocked;
  },
  async restoreBytes(text) {
    await Strongroom.restore(new TextEncoder().encode(text));
  },
  async value(name, alias) {
    const given = { card: "4111", list: [1, 2.5, null, "é🗝"] };
    const token = await vaults.get(name).encryptValue(given, { key: alias, context: { row: "1" } });
    const back = await vaults.get(name).decryptValue(token, { context: { row: "1" } });
    return { parts: token.split(".").length, same: JSON.stringify(back) === JSON.stringify(given) };
  },
  /** Whether the vault is there, opens, and what was kept in it still decrypts. */
  async survived(name, secret, token) {
    const vault = await Strongroom.open({ name }).catch((error) => {
      if (["ERR_NO_VAULT", "ERR_EVICTED"].includes(error.code)) return undefined;
      throw error;
    });
    if (!vault) return undefined;
    vaults.set(name, vault);
    await vault.unlock(passphrase(secret));
    const keys = await vault.keys.list({ destroyed: true });
    // Each key that is in use is used: its record alone would not show that its version is there.
    for (const key of keys.filter(({ state }) => state === "active")) {
      const text = await vault.encryptValue(key.alias, { key });
      if ((await vault.decryptValue(text)) !== key.alias) throw new Error(`${key.alias} does not work`);
    }
    if (token && (await vault.decryptValue(token)) !== "kept") throw new Error("the old value is lost");
    return keys.map((key) => key.alias);
  },
  /** Everything that the origin keeps, each as base64 with the place where it stands. */
  async kept() {
    const found = [];
    const keep = async (place, blob) => {
      const bytes = new Uint8Array(await new Response(blob).arrayBuffer());
      found.push([place, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))]);
    };
    for (const [kind, storage] of Object.entries({ localStorage, sessionStorage })) {
      for (const [name, text] of Object.entries(storage)) await keep(`${kind} ${name}`, `${name} ${text}`);
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) await keep(`cache ${request.url}`, (await cache.match(request)).body);
    }
    for (const { name, version } of await indexedDB.databases()) {
      // WebKit lists those whose making was aborted, and opening one makes it.
      if (version === 0) continue;
      for (const [place, value] of await rowsOf(name)) await keep(`indexedDB ${place}`, bytesWithin(value));
    }
    return found;
  },
  /** Leaks something on purpose, so that a test sees that it is caught. */
  async plant(place, base64) {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    if (place === "localStorage") localStorage.setItem("planted", base64);
    if (place === "sessionStorage") sessionStorage.setItem("planted", base64);
    if (place === "cache") await (await caches.open("planted")).put("/planted", new Response(bytes));
    if (place === "request") await fetch("/planted", { method: "POST", body: bytes }).catch(() => {});
    if (place === "log") console.warn(base64);
      if (place === "a Worker's log") window.noisy = new Worker(allowed().createScriptURL(`/noisy-worker.js#${base64}`));
      if (place === "indexedDB") await putInto("planted", "key", { bytes });
  },
  /** What a service worker makes of one of the package's entries. */
  async inServiceWorker(entry) {
    const worker = { scope: "/vaults/", type: "module" };
    const { installing, active } = await navigator.serviceWorker.register("vault-service-worker.js", worker);
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => port1.addEventListener("message", ({ data }) => resolve(data)));
    port1.start();
    (active ?? installing).postMessage(entry, [port2]);
    return answer;
  },
  /** 32 bytes from the middle of a made file. */
  async plaintext(size, seed) {
    const bytes = new Uint8Array(await madeFile("", size, seed).slice(size / 2, size / 2 + 32).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  },
  /** The page's server has the browser remove all that the origin keeps, as at a logout. */
  clearSiteData: async () => (await fetch("/clear-site-data")).status,
  /** Has the package's Workers look at a vault now. */
  look(name) {
    const { id } = vaults.get(name);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    new BroadcastChannel(`strongroom-keys:${id}/${name}`).postMessage(null);
  },
  /** A backup that the page alone has. */
  async holdBackup(name) {
    window.backup = await vaults.get(name).backup();
  },
  async restoreHeld(name) {
    const vault = await Strongroom.restore(window.backup);
    vaults.set(name, vault);
    return vault.name;
  },
  /** How many Workers of the package's live: each holds a lock. */
  async liveWorkers() {
    return (await navigator.locks.query()).held.length;
  },
  /** What was noted by `noteEvents`. */
  noted: () => window.noted.splice(0),
  deleteDatabase: () => settled(indexedDB.deleteDatabase("strongroom")),
  /** A tab whose connection stays open, whoever wants to upgrade or delete the database. */
  async holdDatabase() {
    window.held = await settled(indexedDB.open("strongroom"));
  },
  letGo: () => window.held.close(),
  /** Not waited for. */
  beginDelete() {
    window.deleted = settled(indexedDB.deleteDatabase("strongroom"));
  },
  deleted: () => window.deleted.then(() => true),
  /** A vault of this copy of the package, and one of another copy with a factor of this one: both in Workers. */
  async twoCopies() {
    const other = await import("./strongroom/dist/inline.js");
    const factor = passphrase("correct horse");
    for (const [copy, name] of [[strongroom, "this"], [other, "other"]]) {
      await (await copy.Strongroom.openOrCreate({ name, factor })).close();
    }
    const refused = await other.Strongroom.open({ name: "this", factor: passphrase("wrong") }).catch((error) => error);
    return [refused.code, strongroom.isStrongroomError(refused)];
  },
  /** The package as a later release, beside this one: what vaults it lists. */
  async laterRelease() {
    const later = await import("./strongroom/dist/inline.js");
    await later.init({ worker: new URL("later-release-worker.js", location.href) });
    return later.Strongroom.list();
  },
  /** Segments that `recording-worker.js` saw: with their plaintexts, and by key and nonce alone. */
  async recorded() {
    const database = await settled(indexedDB.open("recorded"));
    const keys = await settled(database.transaction("segments").objectStore("segments").getAllKeys());
    database.close();
    const nonces = new Set(keys.map(([key, nonce]) => `${key} ${nonce}`));
    return { segments: keys.length, nonces: nonces.size };
  },
  /** Another script for the package's Workers. Before anything else is done. */
  init: (worker) => strongroom.init({ worker }),
  /** From here on, the page can kill the package's Workers behind its back, or kills them at once. */
  keepWorkers(stillborn) {
    window.workers = [];
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        window.workers.push(this);
        if (stillborn) this.terminate();
      }
    };
  },
  killWorkers() {
    for (const worker of window.workers) worker.terminate();
  },
  /** Kills the Worker that is started next, which runs Argon2id, once it does. */
  killNextWorker() {
    let next = true;
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        if (next) this.addEventListener("message", () => this.#count());
        next = false;
      }

      #messages = 0;

      /** Its first word is that it has started, its second that the engine can reach it. */
      #count() {
        this.#messages++;
        if (this.#messages < 2) return;
        this.terminate();
        console.warn("killed");
      }
    };
  },
  /** Asks of the Workers what meddling.js can do. */
  meddle(what) {
    window.meddling ??= new BroadcastChannel("meddling");
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    window.meddling.postMessage(what);
  },
  /** A body that is killed with its Worker, and a call that is. */
  async killInTheMiddle(name, alias) {
    const vault = vaults.get(name);
    const reader = (await vault.encrypt(madeFile("large.bin", 32 * MiB, 7), { key: alias })).stream().getReader();
    await reader.read();
    const call = vault.keys.create({ alias: "never" });
    window.story.killWorkers();
    const rest = async () => {
      while (!(await reader.read()).done);
    };
    const outcomes = await Promise.allSettled([call, rest()]);
    return outcomes.map(({ reason }) => `${reason?.code}: ${reason?.message}`);
  },
  encryptValue: (name, key, value) => vaults.get(name).encryptValue(value, { key }),
  unlocked: (name) => vaults.get(name).unlocked,
  revoke: async (name, key) => {
    await (await vaults.get(name).keys.get(key)).primaryVersion.revoke();
  },
  /** Counts how often the vault was locked, from wherever. */
  countLocks(name) {
    window.locks = 0;
    vaults.get(name).addEventListener("lock", () => window.locks++);
  },
  rotateVaultKey: (name) => vaults.get(name).rotateVaultKey(),
  /** Says what other tabs of the vault would say, as any script of this origin can. */
  speak(name, times) {
    const { id } = vaults.get(name);
    const [locks, changes] = [`strongroom:${id}:${name}`, `strongroom-keys:${id}/${name}`].map((channel) => new BroadcastChannel(channel));
    for (let time = 0; time < times; time++) {
      for (const said of ["changed", null, { changed: true }]) locks.postMessage(said);
      for (const noun of ["keys", "objects", "uploads", "vaultKey", "nothing"]) changes.postMessage({ noun, ids: ["A".repeat(22)] });
      for (const said of [null, 1, "locked", { noun: "keys", ids: 7 }]) changes.postMessage(said);
    }
  },
  /** Notes what this tab is told of a vault. */
  noteEvents(name) {
    window.noted = [];
    for (const type of ["lock", "change", "alert"]) vaults.get(name).addEventListener(type, noteEvent);
  },
  /** Random creations, encryptions and locks; the keys and values that this tab was told are kept. */
  async atRandom(name, secret, tab, seed, rounds) {
    const [vault, random] = [vaults.get(name), seeded(seed + tab)];
    const [aliases, tokens] = [[], []];
    for (let round = 0; round < rounds; round++) {
      const chance = random();
      if (chance < 0.1) {
        await vault.lock();
      } else if (chance < 0.5) {
        const alias = `tab-${tab}-${round}`;
        await whateverOthersDo(vault, secret, () =>
          vault.keys.create({ alias }).catch((error) => {
            // The lock came after the commit, and before the answer.
            if (error.code !== "ERR_KEY_EXISTS") throw error;
          }),
        );
        aliases.push(alias);
      } else {
        const keys = await whateverOthersDo(vault, secret, () => vault.keys.list());
        const key = keys[Math.floor(random() * keys.length)];
        const value = `${tab}.${round}`;
        tokens.push([value, await whateverOthersDo(vault, secret, () => vault.encryptValue(value, { key }))]);
      }
    }
    return { aliases, tokens };
  },
  /** Which of these values do not open to what they should. */
  async lost(name, tokens) {
    const opened = await Promise.all(tokens.map(([, token]) => vaults.get(name).decryptValue(token)));
    return tokens.filter(([value], at) => opened[at] !== value).map(([value]) => value);
  },
  /** Aborts an encryption in the middle. */
  async abort(name, alias) {
    const controller = new AbortController();
    const file = madeFile("large.bin", 32 * MiB, 7);
    const onProgress = ({ done }) => done > 4 * MiB && controller.abort(new Error("enough"));
    const options = { key: alias, signal: controller.signal, onProgress };
    const object = await vaults.get(name).encrypt(file, options);
    await object.blob();
  },
  /** Locks while a body is under way. */
  async lockInTheMiddle(name, alias) {
    const object = await vaults.get(name).encrypt(madeFile("large.bin", 32 * MiB, 7), { key: alias });
    const reader = object.stream().getReader();
    await reader.read();
    await vaults.get(name).lock();
    for (;;) if ((await reader.read()).done) return "it went on";
  },
  /** The functions that need no vault. */
  async standalone() {
    const { generateKey, encrypt, decrypt, wrapKey, unwrapKey, exportKey, importKey } = standalone;
    const [kek, bob] = [await generateKey("A256KW"), await generateKey("P-256")];
    const object = await encrypt("to both", { recipients: [kek, bob.publicKey], context: { a: "b" } });
    const blob = await object.blob();
    const texts = [];
    for (const identities of [[kek], [bob]]) {
      const plain = await decrypt(blob, { identities, context: { a: "b" } });
      texts.push(`${await plain.text()} ${JSON.stringify(plain.origin)}`);
    }
    const envelope = await wrapKey(kek, [bob.publicKey]);
    const again = await unwrapKey(envelope, bob);
    const own = await decrypt(await (await encrypt("own", { recipients: [again] })).blob(), { identities: [kek] });
    const exported = await importKey(await exportKey(bob));
    return { texts, own: own.origin, sameKid: exported.kid === bob.kid };
  },
  /** Every input the package takes, each of them decrypted again. */
  async inputs(name, alias) {
    const vault = vaults.get(name);
    const large = new Uint8Array(1000).fill(1);
    const view = new Uint8Array(large.buffer, 10, 5);
    const given = {
      view,
      buffer: new Uint8Array([1, 2, 3]).buffer,
      blob: new Blob(["blob"]),
      text: "text",
      empty: new Uint8Array(),
      stream: new Blob(["a stream of unknown length"]).stream(),
    };
    const sizes = {};
    for (const [kind, input] of Object.entries(given)) {
      const object = await vault.encrypt(input, { key: alias });
      const plain = await vault.decrypt(object.stream());
      sizes[kind] = [object.size === undefined ? null : object.size, (await plain.bytes()).byteLength];
    }
    return { sizes, detached: view.byteLength !== 5 || given.buffer.byteLength !== 3 };
  },
};

function noteEvent({ type, detail: { reason, automatic, ...said } }) {
  window.noted.push({ type, ...(automatic && { automatic }), ...said, code: reason?.code });
}
