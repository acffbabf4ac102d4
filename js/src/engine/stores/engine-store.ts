import type { CallerStore, Slot, StoredRow } from "../../shared/model/vault-store.js";

/** A store, which may take a commit's rows in parts. */
export interface EngineStore extends CallerStore {
  /**
   * As `commit`; `rest` gives more rows to put, until there are no more. They are computed when they are asked for.
   * Nothing is committed when it throws.
   */
  commitParts?(
    vault: string,
    expect: number,
    next: number,
    puts: StoredRow[],
    deletes: Slot[],
    rest: () => StoredRow[] | undefined,
  ): Promise<boolean>;
}
