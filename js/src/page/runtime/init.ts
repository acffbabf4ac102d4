/** Where the wasm and the Worker come from. Nothing is loaded before it is needed. */
import type { Bytes } from "../../shared/bytes.js";
import { policyRefusal, watchPolicy } from "../../shared/connect-policy.js";
import { ArgumentError, UnsupportedError, WasmError } from "../../shared/errors/index.js";
import { bytesIn, isResponse, isUrl } from "../../shared/kinds.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { fetchFile, packagedWasm } from "./assets/browser.js";

export interface InitOptions {
  /** `strongroom_bg.wasm`, where the bundler or server put it; or its bytes, already loaded. */
  wasm?: string | URL | Response | WebAssembly.Module | BufferSource | undefined;
  /**
   * `worker.js`, where the bundler or server put it (another origin will do); `false` or `"inline"`
   * runs everything on the calling thread.
   */
  worker?: string | URL | boolean | undefined;
  /**
   * What the wasm has to be: its hash as in `integrity.json` of the package (`sha384-…`, or `sha256-` and `sha512-`), which
   * the page got from somewhere else than the wasm. Not with a `WebAssembly.Module`, which nobody can read any more; and
   * of no use for the Worker's script, which browsers load without a hash: serve that from the page's own origin.
   */
  integrity?: string | undefined;
  /**
   * Runs also in a page that is no secure context: one over plain `http`, other than on this device itself. Whoever is on
   * the way can change such a page's code, and have every key and passphrase.
   */
  insecure?: boolean | undefined;
}

/**
 * Optional: says where the package's files are, and loads the wasm ahead of the first use. Call it before anything else;
 * a later call with the same settings, or with none, only waits.
 *
 * @throws WasmError when the module cannot be loaded, or is not the one that `integrity` says; ArgumentError for other settings than those in use;
 *   UnsupportedError in a page that is no secure context, unless `insecure`
 */
export async function init(settings?: InitOptions): Promise<void> {
  const { wasm, worker, insecure, integrity } = optionsOf(settings, SETTINGS);
  checkContext(insecure);
  settle({
    ...(wasm !== undefined && { wasm: isAddress(wasm) ? addressOf(wasm) : wasm }),
    ...(worker !== undefined && { worker: workerSetting(worker) }),
    ...(insecure !== undefined && { insecure }),
    ...(integrity !== undefined && { integrity }),
  });
  await wasmModule();
}

/** One hash, as HTML's `integrity` attribute has them. */
const HASH = /^sha(256|384|512)-([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{86}==)$/;

const SETTINGS = {
  wasm: (value, name) => {
    if (isAddress(value) || (typeof value === "object" && value !== null)) return value;
    throw new ArgumentError(`${name} must be an address, a Response, a module or bytes`);
  },
  worker: (value, name) => {
    if (isAddress(value) || typeof value === "boolean") return value;
    throw new ArgumentError(`${name} must be an address, true, false or "inline"`);
  },
  insecure: check.flag,
  integrity: (value, name) => {
    if (typeof value === "string" && HASH.test(value)) return value;
    throw new ArgumentError(`${name} must be a hash in base64 (sha256-, sha384- or sha512-), as in integrity.json`);
  },
} satisfies Checks<InitOptions>;

/** An address, `true` for the packaged Worker, or `"inline"`. */
function workerSetting(worker: string | URL | boolean): string | URL | boolean {
  if (worker === false || worker === "inline") return "inline";
  return isAddress(worker) ? addressOf(worker) : worker;
}

/** The settings in use. The first use of the package fixes them, be it `init` or another call. */
function settle(wanted: InitOptions = {}): InitOptions {
  inUse ??= { worker: true, ...wanted };
  for (const name of ["wasm", "worker", "insecure", "integrity"] as const) {
    if (wanted[name] === undefined || isSame(wanted[name], inUse[name])) continue;
    throw new ArgumentError(`${name} cannot be changed once the package is in use; call init once, before other calls`);
  }
  return inUse;
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (isUrl(one) && isUrl(other) && one.href === other.href);
}

/** The settings in use, which a page that is no secure context must have accepted. */
function used(): InitOptions {
  checkContext();
  return settle();
}

/** @throws UnsupportedError where anyone on the network path can change the page's code, unless that is accepted */
function checkContext(accepted = inUse?.insecure): void {
  if (globalThis.isSecureContext !== false || accepted) return;
  const what = "a page that is no secure context";
  const hint = "anyone on the way can change its code; serve it over https, or accept that by init({ insecure: true })";
  throw new UnsupportedError(`not supported: ${what}: ${hint}`, { what });
}

/** A Worker's address, `"default"` for the packaged one, or inline. @internal */
export function workerPlace(): URL | "default" | "inline" {
  const { worker } = used();
  if (worker === "inline" || typeof Worker === "undefined" || isForgetful()) return "inline";
  return isUrl(worker) ? worker : "default";
}

/**
 * Whether vaults are kept in memory: on a server, where there is no database. Bun and Deno have Workers nevertheless, and
 * with one, its vault would end.
 *
 * @internal
 */
export function isForgetful(): boolean {
  if (typeof indexedDB !== "undefined") return false;
  const server = "Bun" in globalThis || "Deno" in globalThis;
  return server || (typeof document === "undefined" && !("WorkerGlobalScope" in globalThis));
}

/** The module, compiled once and posted to each Worker. @internal */
export function wasmModule(): Promise<WebAssembly.Module> {
  compiling ??= compile(used()).catch(async (cause: unknown) => {
    compiling = undefined;
    if (cause instanceof WasmError || cause instanceof ArgumentError) throw cause;
    const source = used().wasm ?? packagedWasm();
    const refusal = isAddress(source) ? await policyRefusal(source) : undefined;
    const hint = refusal ?? "is it served, and does the page's policy allow 'wasm-unsafe-eval'?";
    throw new WasmError(`strongroom_bg.wasm could not be loaded; ${hint} ${String(cause)}`, { cause });
  });
  return compiling;
}

let inUse: InitOptions | undefined;
let compiling: Promise<WebAssembly.Module> | undefined;

async function compile({ wasm, integrity }: InitOptions): Promise<WebAssembly.Module> {
  const source = wasm ?? packagedWasm();
  watchPolicy();
  if (isAddress(source)) return compileBody(await fetchFile(source), integrity);
  const bytes = bytesIn(source, "wasm");
  if (bytes) return compileBytes(bytes, integrity);
  if (isResponse(source)) return compileBody(source, integrity);
  if (integrity) throw new ArgumentError("integrity cannot be checked of a module that is compiled: give its bytes");
  return source as WebAssembly.Module;
}

/** A copy, so that what is compiled is what was hashed. */
async function compileBytes(given: Uint8Array, integrity: string | undefined): Promise<WebAssembly.Module> {
  const bytes = integrity ? new Uint8Array(given) : (given as Bytes);
  if (integrity) await checkIntegrity(bytes, integrity);
  return WebAssembly.compile(bytes);
}

async function checkIntegrity(bytes: Bytes, integrity: string): Promise<void> {
  const [algorithm = "", expected] = integrity.split("-");
  const hash = new Uint8Array(await crypto.subtle.digest(algorithm.replace("sha", "SHA-"), bytes));
  if (btoa(String.fromCharCode(...hash)) === expected) return;
  throw new WasmError("strongroom_bg.wasm is not the one that `integrity` says: another release, or changed on its way");
}

function isAddress(source: unknown): source is string | URL {
  return typeof source === "string" || isUrl(source);
}

/** `compileStreaming` insists on `application/wasm`, which not every server sends. */
async function compileBody(response: Response, integrity: string | undefined): Promise<WebAssembly.Module> {
  if (!response.ok) throw new Error(`status ${response.status} for ${response.url}`);
  if (integrity) return compileBytes(new Uint8Array(await response.arrayBuffer()), integrity);
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
