/** Where the wasm and the Worker come from. Nothing is loaded before it is needed. */
import { ArgumentError, WasmError } from "../../shared/errors/index.js";
import { fetchFile, packagedWasm } from "./assets/packaged.js";

export interface Settings {
  /** `strongroom_bg.wasm`, where the bundler or server put it; or its bytes, already loaded. */
  wasm?: string | URL | Response | WebAssembly.Module | BufferSource | undefined;
  /**
   * `worker.js`, where the bundler or server put it (another origin will do); `false` or `"inline"`
   * runs everything on the calling thread.
   */
  worker?: string | URL | boolean | undefined;
}

/**
 * Optional: says where the package's files are, and loads the wasm ahead of the first use. The first
 * call's settings stay; a later call only waits.
 *
 * @throws WasmError when the module cannot be loaded
 */
export async function init(given: Settings = {}): Promise<void> {
  if (!settings) {
    const { wasm, worker } = given;
    settings = {
      wasm: isAddress(wasm) ? addressOf(wasm) : wasm,
      worker: isAddress(worker) && worker !== "inline" ? addressOf(worker) : worker,
    };
  }
  await wasmModule();
}

/** A Worker's address, `"default"` for the packaged one, or inline. @internal */
export function workerPlace(): URL | "default" | "inline" {
  const worker = settings?.worker ?? true;
  if (worker === false || worker === "inline" || typeof Worker === "undefined") return "inline";
  return worker instanceof URL ? worker : "default";
}

/** The module, compiled once and posted to each Worker. @internal */
export function wasmModule(): Promise<WebAssembly.Module> {
  compiling ??= compile(settings?.wasm).catch((cause: unknown) => {
    compiling = undefined;
    const hint = "is it served, and does the page's policy allow 'wasm-unsafe-eval'?";
    throw new WasmError(`strongroom_bg.wasm could not be loaded; ${hint} ${String(cause)}`, { cause });
  });
  return compiling;
}

let settings: Settings | undefined;
let compiling: Promise<WebAssembly.Module> | undefined;

async function compile(from: Settings["wasm"]): Promise<WebAssembly.Module> {
  const source = from ?? packagedWasm();
  if (isAddress(source)) return compileBody(await fetchFile(source));
  if (isBytes(source)) return WebAssembly.compile(source);
  return isResponse(source) ? compileBody(source) : source;
}

function isAddress(source: unknown): source is string | URL {
  return typeof source === "string" || source instanceof URL;
}

function isBytes(source: Response | WebAssembly.Module | BufferSource): source is BufferSource {
  return source instanceof ArrayBuffer || ArrayBuffer.isView(source);
}

function isResponse(source: object): source is Response {
  return typeof Response !== "undefined" && source instanceof Response;
}

/** `compileStreaming` insists on `application/wasm`, which not every server sends. */
async function compileBody(response: Response): Promise<WebAssembly.Module> {
  if (!response.ok) throw new Error(`status ${response.status} for ${response.url}`);
  const typed = response.headers.get("content-type")?.startsWith("application/wasm");
  if (typed && "compileStreaming" in WebAssembly) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Turbopack makes URLs without an origin, which must be resolved as text would. */
function addressOf(given: string | URL): URL {
  try {
    return new URL(String(given), globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch (cause) {
    throw new ArgumentError(`not an address: ${String(given)}`, { cause });
  }
}
