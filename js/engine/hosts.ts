/** Where vaults live, opened once per realm: in Node every vault shares one memory. */
import type { Bindings, CallerStore, Stretch, WasmHost } from "../bindings.js";
import type { Storage } from "../protocol.js";
import { guarded } from "./stores/guarded.js";
import { indexedDbStore } from "./stores/indexeddb.js";
import { memoryStore } from "./stores/memory.js";

/** A store, and the vaults in it. */
export interface Place {
  store: CallerStore;
  host: WasmHost;
}

export function placeOf(storage: Storage, bindings: Bindings, stretch: Stretch): Place {
  const places: Remembered = typeof storage === "object" ? callers : named;
  const known = places.get(storage as never);
  if (known) return known;
  const store = storeOf(storage);
  const place = { store, host: new bindings.Host(store, stretch) };
  places.set(storage as never, place);
  return place;
}

const named = new Map<Storage, Place>();
const callers = new WeakMap<CallerStore, Place>();

/** What a `Map` and a `WeakMap` have in common. */
interface Remembered {
  get(storage: never): Place | undefined;
  set(storage: never, place: Place): unknown;
}

function storeOf(storage: Storage): CallerStore {
  if (typeof storage === "object") return guarded(storage);
  return storage === "memory" ? memoryStore() : indexedDbStore();
}
