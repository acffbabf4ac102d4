/**
 * What the tests in a browser need of JavaScript: IndexedDB without a store over it, as another tab or another release
 * has it, and a store as an application brings one.
 *
 * One file, because the test runner's server answers four connections at once: when a browser opens more of them in one
 * moment, those that are left over wait until the others are closed, which takes minutes.
 */

export const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export const openDatabase = (name, version) => settled(indexedDB.open(name, version));
export const closeDatabase = (database) => database.close();
export const deleteDatabase = (name) => settled(indexedDB.deleteDatabase(name));

async function using(name, run) {
  const database = await openDatabase(name);
  try {
    return await run(database);
  } finally {
    database.close();
  }
}

const plain = (_, value) =>
  value instanceof Uint8Array ? { bytes: Array.from(value, (byte) => byte.toString(16)).join(" ") } : value;

export const dump = (name) =>
  using(name, async (database) => {
    const { version, objectStoreNames } = database;
    const stores = [];
    for (const store of objectStoreNames) {
      const objects = database.transaction(store).objectStore(store);
      const { keyPath, autoIncrement } = objects;
      const [keys, values] = [await settled(objects.getAllKeys()), await settled(objects.getAll())];
      stores.push({ store, keyPath, autoIncrement, indexes: [...objects.indexNames], keys, values });
    }
    return JSON.stringify({ version, stores }, plain);
  });

/** As release 0.1 wrote it. */
export async function writeAsEarlier(name) {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("vaults");
    opening.result.createObjectStore("rows");
  };
  const database = await settled(opening);
  const row = (type, id, version, revision, bytes) => ({ type, id, version, revision, bytes: Uint8Array.from(bytes) });
  const rows = [
    row("head", "h", "", 1, []),
    row("version", "a", "1", 7, [0, 255]),
    row("version", "a", "10", 2 ** 32 + 8, Array(4000).fill(9)),
    row("key", "\u{1f600} \u{fb33}", "", 1, [0xef, 0xac, 0xb3]),
  ];
  for (const row of rows) await put(database, "rows", ["acme", row.type, row.id, row.version], row);
  await put(database, "vaults", "acme", 1);
  database.close();
}

async function put(database, store, key, value) {
  const transaction = database.transaction(store, "readwrite");
  transaction.objectStore(store).put(value, key);
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

export const copyRow = (name, from, to) =>
  using(name, async (database) => {
    const value = await settled(database.transaction("rows").objectStore("rows").get(["acme", ...JSON.parse(from)]));
    await put(database, "rows", ["acme", ...JSON.parse(to)], value);
  });

// The test gives the value's source: JSON has no bytes.
export const putValue = (name, store, key, value) =>
  using(name, (database) => put(database, store, JSON.parse(key), new Function(`return (${value})`)()));

/** What stands in the way of others: it keeps its connection, whatever they want. */
export const beginDelete = (name) => deleteDatabase(name);

/** The connections that were opened, by the name of their database, and how many there have been. */
const opened = new Map();
const [{ open }, { transaction: begin }, { put: putRow }] = [
  IDBFactory.prototype,
  IDBDatabase.prototype,
  IDBObjectStore.prototype,
];

IDBFactory.prototype.open = function (name, ...given) {
  const request = open.call(this, name, ...given);
  const connections = opened.get(name) ?? [];
  opened.set(name, connections);
  request.addEventListener("success", () => connections.push(request.result));
  return request;
};

export const timesOpened = (name) => opened.get(name)?.length ?? 0;

/** Closes all connections to a database, of which nobody is told. */
export function closeSilently(name) {
  for (const database of opened.get(name)) database.close();
}

/** As the standard has it when a browser closes a connection (IndexedDB §5.2, forced): what runs is aborted. */
export function closeInNextChange(name) {
  IDBDatabase.prototype.transaction = function (stores, mode, ...options) {
    const transaction = begin.call(this, stores, mode, ...options);
    if (this.name !== name || mode !== "readwrite") return transaction;
    IDBDatabase.prototype.transaction = begin;
    // In the middle: some of its requests have succeeded, and others wait.
    transaction.objectStore("rows").count().onsuccess = () => {
      transaction.abort();
      this.close();
      this.dispatchEvent(new Event("close"));
    };
    return transaction;
  };
}

/** The disk is full at the third row that is put: the transaction is aborted, and has that reason. */
export function fillUp() {
  let left = 3;
  IDBObjectStore.prototype.put = function (...given) {
    const request = putRow.apply(this, given);
    if (--left > 0) return request;
    IDBObjectStore.prototype.put = putRow;
    const error = new DOMException("no room", "QuotaExceededError");
    Object.defineProperty(this.transaction, "error", { value: error });
    this.transaction.abort();
    return request;
  };
}

/** Until what it returns is called, the page has no `indexedDB`, or one whose `open` throws an error of that name. */
export function without(thrown) {
  const own = Object.getOwnPropertyDescriptor(globalThis, "indexedDB");
  const open = () => {
    throw new DOMException("not here", thrown);
  };
  Object.defineProperty(globalThis, "indexedDB", { value: thrown && { open }, configurable: true });
  return () => {
    if (own) Object.defineProperty(globalThis, "indexedDB", own);
    else delete globalThis.indexedDB;
  };
}

/** A commit as the store has it, from rows that are ready; gives the milliseconds that it took. */
export async function writeMany(name, count, size) {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => ["vaults", "rows"].map((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const rows = Array.from({ length: count }, (_, at) => {
    const bytes = new Uint8Array(size).fill(at);
    return { type: "object", id: String(at).padStart(5, "0"), version: "", revision: 1, bytes };
  });
  const from = performance.now();
  const transaction = database.transaction(["vaults", "rows"], "readwrite", { durability: "strict" });
  await settled(transaction.objectStore("vaults").get("acme"));
  for (const row of rows) transaction.objectStore("rows").put(row, ["acme", row.type, row.id, row.version]);
  transaction.objectStore("vaults").put(1, "acme");
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  database.close();
  return performance.now() - from;
}

export const readMany = (name) =>
  using(name, async (database) => {
    const from = performance.now();
    await settled(database.transaction("rows").objectStore("rows").getAll(IDBKeyRange.bound(["acme"], ["acme", []])));
    return performance.now() - from;
  });

const OAEP = { name: "RSA-OAEP", hash: "SHA-256" };

/** What a key management service does: `jwk` is the text of a private JWK. */
export async function decryptOaep(jwk, encrypted, label) {
  const { kty, n, e, d, p, q, dp, dq, qi } = JSON.parse(jwk);
  const key = await crypto.subtle.importKey("jwk", { kty, n, e, d, p, q, dp, dq, qi }, OAEP, false, ["decrypt"]);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "RSA-OAEP", label }, key, encrypted));
}

export async function encryptOaep(spki, plain) {
  const key = await crypto.subtle.importKey("spki", spki, OAEP, false, ["encrypt"]);
  return new Uint8Array(await crypto.subtle.encrypt("RSA-OAEP", key, plain));
}

/** A store as an application brings one, with what a test wants it to do instead: members, given as source. */
export const callerStore = (instead) => ({ ...memory(), ...new Function(`return (${instead})`)() });

function memory() {
  const vaults = new Map();
  const found = (vault) => vaults.get(vault) ?? { sequence: 0, rows: [] };
  return {
    vaults: async () => [...vaults.keys()],
    read: async (vault, ranges) => {
      const { sequence, rows } = found(vault);
      return { sequence, rows: ranges.flatMap((range) => rowsIn(rows, range)) };
    },
    commit: async (vault, expect, next, puts, deletes) => {
      const { sequence, rows } = found(vault);
      if (sequence !== expect) return false;
      const written = new Map(rows.map((row) => [address(row).join("/"), row]));
      for (const slot of deletes) written.delete(address(slot).join("/"));
      for (const row of puts) written.set(address(row).join("/"), row);
      vaults.set(vault, { sequence: next, rows: [...written.values()].sort((a, b) => compare(address(a), address(b))) });
      return true;
    },
    remove: async (vault) => {
      vaults.delete(vault);
    },
  };
}

const address = ({ type, id, version }) => [type, id, version];

function compare(one, other) {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : one[at] < other[at] ? -1 : 1;
}

function rowsIn(rows, { prefix, after, limit, bare }) {
  const begins = (row) => prefix.every((part, at) => address(row)[at] === part);
  const behind = (row) => !after || compare(address(row), after) > 0;
  const found = rows.filter((row) => begins(row) && behind(row)).slice(0, limit);
  return bare ? found.map((row) => ({ ...row, revision: 0, bytes: new Uint8Array(0) })) : found;
}

/** Of Apple's vendor string, which Chromium and Firefox have not. */
export const isWebKit = () => navigator.vendor.startsWith("Apple");
