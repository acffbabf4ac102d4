/** The standalone keys that the page holds handles of. */
import type { Bindings, WasmKey, WasmKeys } from "../bindings.js";
import { ClosedError } from "../errors.js";
import type { WireKey, WireRecipient } from "../protocol.js";

export class Keys {
  readonly #bindings: Bindings;
  readonly #keys = new Map<number, WasmKey>();
  #next = 1;

  constructor(bindings: Bindings) {
    this.#bindings = bindings;
  }

  add(key: WasmKey): WireKey {
    const handle = this.#next++;
    this.#keys.set(handle, key);
    const { kid, kty, secret } = key;
    return { handle, kid, kty, secret, publicJwk: key.publicJwk() };
  }

  find(handle: number): WasmKey {
    const key = this.#keys.get(handle);
    if (!key) throw new ClosedError("this key was closed");
    return key;
  }

  free(handle: number): void {
    this.#keys.get(handle)?.free();
    this.#keys.delete(handle);
  }

  clear(): void {
    for (const handle of this.#keys.keys()) this.free(handle);
  }

  /** Runs `use` with a list of keys that is freed afterwards. */
  async using<T>(keys: WireRecipient[], use: (list: WasmKeys) => T | Promise<T>): Promise<T> {
    const list = new this.#bindings.Keys();
    try {
      for (const key of keys) this.#addTo(list, key);
      return await use(list);
    } finally {
      list.free();
    }
  }

  #addTo(list: WasmKeys, key: WireRecipient): void {
    if (typeof key === "number") {
      list.add(this.find(key));
      return;
    }
    const imported = this.#bindings.importKey(key);
    list.add(imported);
    imported.free();
  }
}
