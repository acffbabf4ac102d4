/** Where vaults live, opened once per realm: in Node every vault shares one memory. */
import type { CallerStore, Slot, StoredRow } from "../../bindings.js";
import type { Storage } from "../../protocol.js";
import { guarded } from "./guarded.js";
import { indexedDbStore } from "./indexeddb.js";
import { memoryStore } from "./memory.js";

/** A store, which may take a commit's rows in parts. */
export interface EngineStore extends CallerStore {
  /**
   * As `commit`; `rest` gives more rows to put, until there are no more. They are computed when they are asked for.
   * Nothing is committed when it throws.
   */
  commitParts?(
    vault: string,
    expect: number,
    puts: StoredRow[],
    deletes: Slot[],
    rest: () => StoredRow[] | undefined,
  ): Promise<boolean>;
}

export function storeOf(storage: Storage): EngineStore {
  if (typeof storage === "object") return guarded(storage);
  return (named[storage] ??= storage === "memory" ? memoryStore() : indexedDbStore());
}

const named: { [name in "memory" | "indexeddb"]?: EngineStore } = {};
