/**
 * The store in IndexedDB: one database for all vaults of the origin.
 *
 * Two object stores: `vaults` (name → sequence) and `rows` (`[name, type, id, version]` → row). A
 * commit is one transaction over both, and every transaction asks for strict durability: Chrome's
 * default may lose what was acknowledged when the machine stops. A transaction that waits for anything
 * but its own requests commits by itself: cryptography is done before it opens, or while it writes.
 */
import { unwrap, wrap, type IDBPObjectStore } from "idb";
import { IntegrityError } from "../../shared/errors/index.js";
import type { RecordId, RowRange, Store, StoredRow } from "../../shared/model/vault-store.js";
import { Database } from "./database.js";
import { guarded } from "./guarded.js";
import { SCHEMA } from "./schema.js";
import { ROWS, VAULTS } from "./v1.js";

/** The name of the origin's database. */
const DATABASE = "strongroom";

/**
 * @throws BlockedError while another tab keeps the database from being opened; UnsupportedError when a
 *   newer release wrote it; QuotaError; StorageError
 */
export function indexedDbStore(name = DATABASE, schema = SCHEMA): Store {
  const connection = new Database(name, schema);
  return guarded({
    vaults: () =>
      connection.transact(
        "readonly",
        (transaction) => transaction.objectStore(VAULTS).getAllKeys() as Promise<string[]>,
      ),

    read: (vault, ranges) =>
      connection.transact("readonly", async (transaction) => {
        const stored = transaction.objectStore(ROWS);
        const [sequence = 0, ...rows] = await Promise.all([
          transaction.objectStore(VAULTS).get(vault) as Promise<number | undefined>,
          ...ranges.map((range) => storedRowsIn(stored, vault, range)),
        ]);
        return { sequence, rows: rows.flat() };
      }),

    commit: (vault, expect, next, puts, deletes) =>
      connection.transact("readwrite", async (transaction) => {
        const vaults = transaction.objectStore(VAULTS);
        const rows = transaction.objectStore(ROWS);
        if (((await vaults.get(vault)) ?? 0) !== expect) return false;
        for (const slot of deletes) unwrap(rows).delete(rowKey(vault, slot));
        await Promise.all([putAll(rows, vault, puts), vaults.put(next, vault)]);
        return true;
      }),

    remove: (vault) =>
      connection.transact("readwrite", async (transaction) => {
        await Promise.all([
          transaction.objectStore(VAULTS).delete(vault),
          transaction.objectStore(ROWS).delete(within([vault])),
        ]);
      }),
  });
}

/**
 * Puts rows, and waits for the last one alone: requests are done in their order, and one that fails ends them all
 * (IndexedDB §2.7). Waiting for each took a tenth of a second for every 10,000.
 */
function putAll(rows: Rows<"readwrite">, vault: string, puts: StoredRow[]): Promise<unknown> {
  const requests = puts.map((row) => unwrap(rows).put(row, rowKey(vault, row)));
  const last = requests.pop();
  const done = last ? wrap(last) : Promise.resolve();
  // It may fail before anybody waits for it.
  done.catch(() => {});
  return done;
}

type Rows<M extends IDBTransactionMode> = IDBPObjectStore<unknown, string[], typeof ROWS, M>;

type Address = string[];

function rowKey(vault: string, { type, id, version }: RecordId): Address {
  return [vault, type, id, version];
}

/** A row's address is its key, which its value repeats. Where only addresses are asked for, no value is read. */
async function storedRowsIn(
  stored: Rows<"readonly">,
  vault: string,
  { prefix, after, limit, bare }: RowRange,
): Promise<StoredRow[]> {
  const range = within([vault, ...prefix], after && [vault, ...after]);
  const keys = stored.getAllKeys(range, limit) as Promise<Address[]>;
  if (bare) return (await keys).map((key) => Object.assign(recordIdOf(key), { revision: 0, bytes: new Uint8Array(0) }));
  const rows = (await stored.getAll(range, limit)) as StoredRow[];
  const found = await keys;
  return rows.map((row, at) => checkedRow(row, recordIdOf(found[at] ?? [])));
}

function recordIdOf([, type = "", id = "", version = "", ...more]: Address): RecordId {
  if (more.length > 0) throw new IntegrityError(`${CHANGED}: a key of too many parts`);
  return { type, id, version };
}

function checkedRow(row: StoredRow, { type, id, version }: RecordId): StoredRow {
  if (row.type === type && row.id === id && row.version === version) return row;
  throw new IntegrityError(`${CHANGED}: a row under another one's key`);
}

const CHANGED = "the vault's records were changed from outside";

/**
 * All keys that begin so, or those of them beyond `after`: an array sorts after every string (IndexedDB §2.4), so
 * that the upper bound stands behind all of them.
 */
function within(prefix: Address, after?: Address): IDBKeyRange {
  return IDBKeyRange.bound(after ?? prefix, [...prefix, []], after !== undefined, true);
}
