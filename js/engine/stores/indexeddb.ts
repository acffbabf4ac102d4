/**
 * The store in IndexedDB: one database for all vaults of the origin.
 *
 * Two object stores: `vaults` (name → sequence) and `rows` (`[name, type, id, version]` → row). A
 * commit is one transaction over both, and every transaction asks for strict durability: Chrome's
 * default may lose what was acknowledged when the machine stops. All cryptography is done before a
 * transaction opens, because one that waits for anything else commits by itself.
 */
import type { CallerStore, StoredRow } from "../../bindings.js";
import { Connection, ROWS, VAULTS } from "./connection.js";
import { guarded } from "./guarded.js";
import { SCHEMA } from "./schema.js";

/** The name of the origin's database. */
const DATABASE = "strongroom";

/**
 * @throws BlockedError while another tab keeps the database from being opened; UnsupportedError when a
 *   newer release wrote it; QuotaError; StorageError
 */
export function indexedDbStore(name = DATABASE, schema = SCHEMA): CallerStore {
  const connection = new Connection(name, schema);
  return guarded({
    vaults: () =>
      connection.transact(
        "readonly",
        (transaction) => transaction.objectStore(VAULTS).getAllKeys() as Promise<string[]>,
      ),

    read: (vault) =>
      connection.transact("readonly", async (transaction) => {
        const [sequence = 0, rows] = await Promise.all([
          transaction.objectStore(VAULTS).get(vault) as Promise<number | undefined>,
          transaction.objectStore(ROWS).getAll(rowsOf(vault)) as Promise<StoredRow[]>,
        ]);
        return { sequence, rows };
      }),

    commit: (vault, expect, puts, deletes) =>
      connection.transact("readwrite", async (transaction) => {
        const vaults = transaction.objectStore(VAULTS);
        const rows = transaction.objectStore(ROWS);
        if (((await vaults.get(vault)) ?? 0) !== expect) return false;
        await Promise.all([
          ...deletes.map((slot) => rows.delete(address(vault, slot))),
          ...puts.map((row) => rows.put(row, address(vault, row))),
          vaults.put(expect + 1, vault),
        ]);
        return true;
      }),

    remove: (vault) =>
      connection.transact("readwrite", async (transaction) => {
        await Promise.all([
          transaction.objectStore(VAULTS).delete(vault),
          transaction.objectStore(ROWS).delete(rowsOf(vault)),
        ]);
      }),
  });
}

function address(vault: string, { type, id, version }: Omit<StoredRow, "revision" | "bytes">): string[] {
  return [vault, type, id, version];
}

/**
 * All keys `[vault, …]`: an array sorts after every string (IndexedDB §2.4), so that the upper bound
 * stands behind all of them.
 */
function rowsOf(vault: string): IDBKeyRange {
  return IDBKeyRange.bound([vault], [vault, []], false, true);
}
