/** What IndexedDB takes for the same, in a Worker as well, with nothing else done. */
import { settled, whole } from "./database.js";

const calls = {
  /** Keeps copies of some of a vault's rows, to write them later. */
  async hold(vault, type, count) {
    const database = await settled(indexedDB.open("strongroom"));
    const rows = database.transaction("rows").objectStore("rows");
    const range = IDBKeyRange.bound([vault, type], [vault, type, []]);
    const found = await settled(rows.getAll(range, count));
    held.set(type, found.map((row) => [[vault, row.type, row.id, row.version], row]));
    database.close();
    return found.length;
  },

  /** Writes them in one strict transaction. */
  async put(type, count) {
    const database = await (floor ??= open());
    const from = performance.now();
    const transaction = database.transaction(["vaults", "rows"], "readwrite", { durability: "strict" });
    const rows = transaction.objectStore("rows");
    for (const [key, row] of held.get(type).slice(0, count)) rows.put(row, key);
    await whole(transaction);
    return performance.now() - from;
  },

  /** All rows of a type, at once. */
  async getAll(vault, type) {
    const database = await settled(indexedDB.open("strongroom"));
    const from = performance.now();
    const rows = database.transaction("rows").objectStore("rows");
    await settled(rows.getAll(IDBKeyRange.bound([vault, type], [vault, type, []])));
    const took = performance.now() - from;
    database.close();
    return took;
  },

  /** One row, each time in a transaction of its own; milliseconds of each. */
  async get(vault, type, times) {
    const database = await settled(indexedDB.open("strongroom"));
    const range = IDBKeyRange.bound([vault, type], [vault, type, []]);
    const keys = await settled(database.transaction("rows").objectStore("rows").getAllKeys(range, times));
    const took = [];
    for (const key of keys) {
      const from = performance.now();
      await settled(database.transaction("rows").objectStore("rows").get(key));
      took.push(performance.now() - from);
    }
    database.close();
    return took;
  },
};

const held = new Map();
let floor;

function open() {
  const request = indexedDB.open("floor", 1);
  request.addEventListener("upgradeneeded", () => {
    request.result.createObjectStore("vaults");
    request.result.createObjectStore("rows");
  });
  return settled(request);
}

addEventListener("message", async ({ data: [name, ...given] }) => {
  try {
    postMessage({ value: await calls[name](...given) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});
