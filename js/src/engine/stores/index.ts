/** Where vaults live, opened once per realm: in Node every vault shares one memory. */
import type { Store } from "../../shared/model/vault-store.js";
import type { Storage } from "../../shared/protocol/vault-calls.js";
import { guarded } from "./guarded.js";
import { indexedDbStore } from "./indexeddb.js";
import { memoryStore } from "./memory.js";

export function storeOf(storage: Storage): Store {
  if (typeof storage === "object") return guarded(storage);
  return (named[storage] ??= storage === "memory" ? memoryStore() : indexedDbStore());
}

const named: { [name in "memory" | "indexeddb"]?: Store } = {};
