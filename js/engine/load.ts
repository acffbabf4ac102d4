/** The generated glue, held to the interface that the face uses. */
import init, * as generated from "../generated/strongroom.js";
import type { Bindings } from "../bindings.js";
import { WasmError } from "../errors.js";

let loading: Promise<Bindings> | undefined;

/** Instantiates the module once per realm: the glue keeps one instance. */
export function load(module: WebAssembly.Module): Promise<Bindings> {
  loading ??= instantiate(module);
  return loading;
}

/** A module that trapped is in no state to be used again, and a realm has no second one. */
export function stop(reason: WasmError): void {
  loading = Promise.reject(reason);
  loading.catch(() => {});
}

async function instantiate(module: WebAssembly.Module): Promise<Bindings> {
  try {
    await init({ module_or_path: module });
  } catch (cause) {
    loading = undefined;
    throw new WasmError(`the wasm module did not start: ${String(cause)}`, { cause });
  }
  const bindings: Bindings = generated;
  return bindings;
}
