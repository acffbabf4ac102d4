/** A page's whole database and its markers as JSON, and back: plain JavaScript, without the package. */

/** Every database, store and row of the origin, and what `localStorage` has. Bytes are `{ base64 }`. */
export async function dumpOrigin() {
  const databases = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name));
    const stores = [];
    for (const store of database.objectStoreNames) stores.push(await dumpStore(database, store));
    database.close();
    databases.push({ name, version, stores });
  }
  return { databases, localStorage: { ...localStorage } };
}

/** Writes a dump into an origin that has none of its databases. */
export async function loadOrigin(dump) {
  for (const { name, version, stores } of dump.databases) {
    const opening = indexedDB.open(name, version);
    opening.addEventListener("upgradeneeded", () => stores.forEach((store) => makeStore(opening.result, store)));
    const database = await settled(opening);
    const transaction = database.transaction(database.objectStoreNames, "readwrite", { durability: "strict" });
    for (const { name: store, keyPath, rows } of stores) {
      const target = transaction.objectStore(store);
      for (const [key, value] of rows) target.put(fromJson(value), ...(keyPath === null ? [key] : []));
    }
    await new Promise((resolve, reject) => {
      transaction.addEventListener("complete", resolve);
      transaction.addEventListener("abort", () => reject(transaction.error));
    });
    database.close();
  }
  for (const [name, text] of Object.entries(dump.localStorage)) localStorage.setItem(name, text);
}

async function dumpStore(database, name) {
  const store = database.transaction(name).objectStore(name);
  const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
  const indexes = Array.from(store.indexNames, (index) => {
    const { keyPath, unique, multiEntry } = store.index(index);
    return { name: index, keyPath, unique, multiEntry };
  });
  const rows = keys.map((key, at) => [key, toJson(values[at])]);
  return { name, keyPath: store.keyPath, autoIncrement: store.autoIncrement, indexes, rows };
}

function makeStore(database, { name, keyPath, autoIncrement, indexes }) {
  const store = database.createObjectStore(name, { keyPath, autoIncrement });
  for (const index of indexes) store.createIndex(index.name, index.keyPath, index);
}

function toJson(value) {
  if (value instanceof Uint8Array) return { base64: toBase64(value) };
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}

function fromJson(value) {
  if (typeof value !== "object" || value === null) return value;
  if ("base64" in value) return fromBase64(value.base64);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fromJson(member)]));
}

export function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

export function fromBase64(text) {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

export async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes that every reader can make again. */
export function patterned(size) {
  return Uint8Array.from({ length: size }, (_, at) => at % 251);
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}
