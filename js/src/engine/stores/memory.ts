/** A store that ends with the process: for Node. */
import type { RecordId, RowRange, Store, StoredRow } from "../../shared/model/vault-store.js";

/** The rows in their order, so that a range is found by halving. */
interface Kept {
  sequence: number;
  rows: StoredRow[];
}

export function memoryStore(): Store {
  const vaults = new Map<string, Kept>();
  const found = (vault: string): Kept => vaults.get(vault) ?? { sequence: 0, rows: [] };
  return {
    vaults: async () => [...vaults.keys()],
    read: async (vault, ranges) => {
      const { sequence, rows } = found(vault);
      return { sequence, rows: ranges.flatMap((range) => rowsIn(rows, range)) };
    },
    commit: async (vault, expect, next, puts, deletes) => {
      const { sequence, rows } = found(vault);
      if (sequence !== expect) return false;
      for (const slot of deletes) replace(rows, slot);
      for (const row of puts) replace(rows, row, row);
      vaults.set(vault, { sequence: next, rows });
      return true;
    },
    remove: async (vault) => {
      vaults.delete(vault);
    },
  };
}

function rowsIn(rows: StoredRow[], { prefix, after, limit = Infinity, bare }: RowRange): StoredRow[] {
  const start = after ? place(rows, after, 1) : place(rows, prefix, 0);
  let end = start;
  while (end - start < limit && begins(rows[end], prefix)) end++;
  const taken = rows.slice(start, end);
  return bare ? taken.map((row) => ({ ...row, revision: 0, bytes: new Uint8Array(0) })) : taken;
}

function begins(row: StoredRow | undefined, prefix: string[]): boolean {
  return row !== undefined && parts(row).slice(0, prefix.length).every((part, at) => part === prefix[at]);
}

/** Puts `by` where the slot is, or takes out what is there. */
function replace(rows: StoredRow[], slot: RecordId, ...by: StoredRow[]): void {
  const at = place(rows, parts(slot), 0);
  rows.splice(at, place(rows, parts(slot), 1) - at, ...by);
}

/** How many rows stand before an address, or (`beyond` is 1) before all that come after it. */
function place(rows: StoredRow[], address: string[], beyond: 0 | 1): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compared(rows[middle] as StoredRow, address) < beyond) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Parts that are missing sort before all others. */
function compared(row: StoredRow, address: string[]): number {
  const own = parts(row);
  const at = own.findIndex((part, index) => part !== address[index]);
  if (at < 0) return 0;
  const other = address[at];
  return other === undefined || (own[at] as string) > other ? 1 : -1;
}

function parts({ type, id, version }: RecordId): string[] {
  return [type, id, version];
}
