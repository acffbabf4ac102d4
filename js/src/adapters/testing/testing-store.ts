/** A store in memory, ordered as IndexedDB is. */
import type { RecordId, RowRange, Store, StoredRow } from "../../shared/model/vault-store.js";

interface Kept {
  sequence: number;
  rows: Map<string, StoredRow>;
}

export class TestingStore implements Store {
  readonly #vaults = new Map<string, Kept>();

  vaults = async (): Promise<string[]> => [...this.#vaults.keys()];

  read = async (vault: string, ranges: RowRange[]): Promise<{ sequence: number; rows: StoredRow[] }> => {
    const { sequence, rows } = this.#vaults.get(vault) ?? { sequence: 0, rows: new Map<string, StoredRow>() };
    const sorted = [...rows.values()].toSorted((one, other) => order(recordParts(one), recordParts(other)));
    return { sequence, rows: ranges.flatMap((range) => within(sorted, range)) };
  };

  commit = async (
    vault: string,
    expect: number,
    next: number,
    puts: StoredRow[],
    deletes: RecordId[],
  ): Promise<boolean> => {
    const kept = this.#vaults.get(vault) ?? { sequence: 0, rows: new Map<string, StoredRow>() };
    if (kept.sequence !== expect) return false;
    for (const gone of deletes) kept.rows.delete(rowKey(gone));
    for (const row of puts) kept.rows.set(rowKey(row), row);
    this.#vaults.set(vault, { sequence: next, rows: kept.rows });
    return true;
  };

  remove = async (vault: string): Promise<void> => {
    this.#vaults.delete(vault);
  };
}

type Place = readonly [type: string, id: string, version: string];

const recordParts = ({ type, id, version }: RecordId): Place => [type, id, version];
const rowKey = (record: RecordId): string => JSON.stringify(recordParts(record));

function order(one: Place, other: Place): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  if (at < 0) return 0;
  return (one[at] as string) < (other[at] as string) ? -1 : 1;
}

function within(sorted: StoredRow[], { prefix, after, limit, bare }: RowRange): StoredRow[] {
  const found = sorted.filter((row) => {
    const place = recordParts(row);
    return prefix.every((part, at) => part === place[at]) && (!after || order(place, after) > 0);
  });
  const some = found.slice(0, limit);
  return bare ? some.map((row) => ({ ...row, revision: 0, bytes: new Uint8Array(0) })) : some;
}
