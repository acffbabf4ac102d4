/** A store that ends with the process: for Node. */
import type { CallerStore, StoredRow } from "../../bindings.js";

type Slot = Omit<StoredRow, "revision" | "bytes">;

export function memoryStore(): CallerStore {
  const vaults = new Map<string, { sequence: number; rows: Map<string, StoredRow> }>();
  const found = (vault: string) => vaults.get(vault) ?? { sequence: 0, rows: new Map() };
  return {
    vaults: async () => [...vaults.keys()],
    read: async (vault) => {
      const { sequence, rows } = found(vault);
      return { sequence, rows: [...rows.values()] };
    },
    commit: async (vault, expect, puts, deletes) => {
      const { sequence, rows } = found(vault);
      if (sequence !== expect) return false;
      for (const slot of deletes) rows.delete(address(slot));
      for (const row of puts) rows.set(address(row), row);
      vaults.set(vault, { sequence: expect + 1, rows });
      return true;
    },
    remove: async (vault) => {
      vaults.delete(vault);
    },
  };
}

function address({ type, id, version }: Slot): string {
  return JSON.stringify([type, id, version]);
}
