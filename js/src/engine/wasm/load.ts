/** The generated glue, held to the interface that the face uses. */
import * as glue from "../../../generated/strongroom_bg.js";
import { WasmError } from "../../shared/errors/index.js";
import type { Bindings } from "./bindings.js";

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
    const { exports } = await WebAssembly.instantiate(module, { "./strongroom_bg.js": { ...glue } });
    glue.__wbg_set_wasm(exports);
    (exports.__wbindgen_start as () => void)();
  } catch (cause) {
    loading = undefined;
    throw new WasmError(`the wasm module did not start: ${String(cause)}`, { cause });
  }
  const bindings: Bindings = glue;
  return bindings;
}
