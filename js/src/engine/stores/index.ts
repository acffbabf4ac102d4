/** Where vaults live, opened once per realm: in Node every vault shares one memory. */
import type { CallerStore } from "../../shared/model/vault-store.js";
import type { Storage } from "../../shared/protocol/vault-calls.js";
import type { CoreStore } from "../wasm/bindings.js";
import { guarded } from "./guarded.js";
import { indexedDbStore } from "./indexeddb.js";
import { memoryStore } from "./memory.js";

/** A store as the core calls it: the next sequence is the one that stores choose themselves so far. */
export function coreStore(store: CallerStore): CoreStore {
  return {
    vaults: () => store.vaults(),
    read: (vault, ranges) => store.read(vault, ranges),
    commit: (vault, expect, _next, puts, deletes) => store.commit(vault, expect, puts, deletes),
    remove: (vault) => store.remove(vault),
  };
}

export function storeOf(storage: Storage): CallerStore {
  if (typeof storage === "object") return guarded(storage);
  return (named[storage] ??= storage === "memory" ? memoryStore() : indexedDbStore());
}

const named: { [name in "memory" | "indexeddb"]?: CallerStore } = {};
