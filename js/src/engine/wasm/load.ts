/** The generated glue, held to the interface that the face uses. */
import * as glue from "../../../generated/strongroom_bg.js";
import { asStrongroomError, WasmError } from "../../shared/errors/index.js";
import type { Bindings } from "./bindings.js";

let loading: Promise<Bindings> | undefined;

/** Instantiates the module once per realm: the glue keeps one instance. */
export function load(module: WebAssembly.Module): Promise<Bindings> {
  loading ??= instantiate(module);
  return loading;
}

/** A module that trapped is in no state to be used again, and a realm has no second one. */
export function stop(reason: WasmError): void {
  stopped = reason;
  loading = Promise.reject(reason);
  loading.catch(() => {});
  for (const listener of listeners) listener(reason);
  listeners.clear();
}

/** Whether the module has trapped. */
export const isStopped = (): boolean => stopped !== undefined;

/** Calls the listener if the module traps; the function returned takes it back. */
export function whenStopped(listener: (reason: WasmError) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls the listener when a connection to the database was closed by others; the function returned takes it back. */
export function whenDisconnected(listener: () => void): () => void {
  disconnected.add(listener);
  return () => disconnected.delete(listener);
}

let stopped: WasmError | undefined;
const listeners = new Set<(reason: WasmError) => void>();
const disconnected = new Set<() => void>();

/**
 * What the core awaits is continued from microtasks, whose exceptions nobody catches: the promise of a call that trapped
 * would never be settled. So those that the glue queues are queued here.
 */
function imports(): WebAssembly.ModuleImports {
  const all: WebAssembly.ModuleImports = { ...glue };
  for (const [name, original] of Object.entries(all)) {
    if (!name.startsWith("__wbg_queueMicrotask_") || typeof original !== "function") continue;
    // One is the function, called with a task; the other asks the global object whether it has it.
    all[name] = (given: unknown): unknown =>
      typeof given === "function" ? queueMicrotask(() => run(given as () => void)) : original(given);
  }
  return all;
}

function run(task: () => void): void {
  if (stopped) return;
  try {
    task();
  } catch (thrown) {
    const error = asStrongroomError(thrown);
    stop(error instanceof WasmError ? error : new WasmError(error.message, { cause: thrown }));
  }
}

async function instantiate(module: WebAssembly.Module): Promise<Bindings> {
  try {
    const { exports } = await WebAssembly.instantiate(module, { "./strongroom_bg.js": imports() });
    glue.__wbg_set_wasm(exports);
    (exports.__wbindgen_start as () => void)();
  } catch (cause) {
    loading = undefined;
    throw new WasmError(`the wasm module did not start: ${String(cause)}`, { cause });
  }
  // Held to each other by `tests/bindings.types.ts`, plain objects by `tests/samples.types.ts`.
  const bindings = glue as unknown as Bindings;
  bindings.selfTest();
  bindings.watchDatabase(() => disconnected.forEach((listener) => queueMicrotask(listener)));
  return bindings;
}
