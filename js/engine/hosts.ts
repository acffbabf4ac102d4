/** Where vaults live, opened once per realm: in Node every vault shares one memory. */
import type { Bindings, CallerStore, Stretch, WasmHost } from "../bindings.js";
import type { Storage } from "../protocol.js";

export function openHost(
  storage: Storage,
  bindings: Bindings,
  stretch: Stretch,
): Promise<WasmHost> {
  if (typeof storage === "object") {
    return remember(callers, storage, () => bindings.callerHost(storage, stretch));
  }
  return remember(named, storage, () =>
    storage === "memory" ? bindings.memoryHost(stretch) : bindings.indexedDbHost(stretch),
  );
}

const named = new Map<Storage, Promise<WasmHost>>();
const callers = new WeakMap<CallerStore, Promise<WasmHost>>();

/** A host that failed to open is tried again the next time. */
function remember<K extends Storage>(
  hosts: Remembered<K>,
  storage: K,
  open: () => WasmHost | Promise<WasmHost>,
): Promise<WasmHost> {
  const known = hosts.get(storage);
  if (known) return known;
  const host = (async () => open())();
  host.catch(() => hosts.delete(storage));
  hosts.set(storage, host);
  return host;
}

/** What a `Map` and a `WeakMap` have in common. */
interface Remembered<K> {
  get(storage: K): Promise<WasmHost> | undefined;
  set(storage: K, host: Promise<WasmHost>): unknown;
  delete(storage: K): boolean;
}
