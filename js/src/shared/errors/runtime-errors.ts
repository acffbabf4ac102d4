/** Errors of calls, handles, the Worker and the wasm module. */
import { StrongroomError } from "./base.js";

/** Used after `close()`. Open or make it again. */
export class ClosedError extends StrongroomError {
  override readonly name = "ClosedError";
  readonly code = "ERR_CLOSED";
}

/** The caller's signal was aborted; its reason is the `cause`. */
export class AbortedError extends StrongroomError {
  override readonly name = "AbortError";
  readonly code = "ERR_ABORTED";
}

/** An argument of the wrong type or out of range: a mistake in the calling code. */
export class ArgumentError extends StrongroomError {
  override readonly name = "ArgumentError";
  readonly code = "ERR_ARGUMENT";
}

/**
 * The wasm module could not be loaded, or stopped. If it had worked before, the browser may be out of
 * memory: unlock again, or reload the page. Otherwise check that `strongroom_bg.wasm` is served, that a
 * Content-Security-Policy allows `'wasm-unsafe-eval'` and (`connect-src`) its address, or give its address to `init({ wasm })`.
 */
export class WasmError extends StrongroomError {
  override readonly name = "WasmError";
  readonly code = "ERR_WASM";
}

/**
 * The Worker could not be started, or stopped. If it had worked before, unlock again. Otherwise check
 * that `worker.js` is served and that a Content-Security-Policy's `worker-src` (for `strongroom/inline`,
 * with `blob:`) and `trusted-types` allow it, give its address to `init({ worker })`, or do without by
 * `init({ worker: "inline" })`. Of `localUrl`: no service worker answers that calls `serveObjects`.
 */
export class WorkerError extends StrongroomError {
  override readonly name = "WorkerError";
  readonly code = "ERR_WORKER";
}

/** Something that should not happen: a fault of the package, or of a browser. Report it, with its message and `cause`. */
export class InternalError extends StrongroomError {
  override readonly name = "InternalError";
  readonly code = "ERR_INTERNAL";
}

/** Used after an object was closed. @internal */
export function objectClosed(): ClosedError {
  return new ClosedError("this object was closed");
}

/** Used after a body was closed. @internal */
export function bodyClosed(): ClosedError {
  return new ClosedError("this body was closed");
}
