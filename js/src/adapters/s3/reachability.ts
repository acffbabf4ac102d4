/** Why a store cannot be reached: browsers tell a page that CORS, a lost connection and being offline are all the same. */
import { policyRefusal } from "../../shared/connect-policy.js";
import { TransferError } from "../../shared/errors/index.js";
import type { Presigned } from "./presigner.js";

/** How long a store may take to show that it is there at all, in ms. */
const PROBE_TIMEOUT = 5000;

/** Methods and origins that this page had an answer by: their CORS rules are right. */
const answered = new Set<string>();

interface Attempt {
  readonly url: URL;
  readonly method: string;
}

/** What could not be sent, and CORS could be why. */
const unanswered = new WeakMap<TransferError, Attempt>();

/** Remembers that a request was answered. @internal */
export function noteAnswer({ url }: Presigned, method: string): void {
  if (isElsewhere(url)) answered.add(keyOf({ url: new URL(url), method }));
}

/** What a request without an answer failed with. @internal */
export function unreachable({ url }: Presigned, method: string, cause?: unknown): TransferError {
  if (isOffline()) return new TransferError("the store cannot be reached: this device is offline", { cause });
  if (!isElsewhere(url)) return new TransferError("the store cannot be reached", { cause });
  const attempt = { url: new URL(url), method };
  if (answered.has(keyOf(attempt))) return new TransferError("the store cannot be reached any more", { cause });
  const error = new TransferError(`the store cannot be reached, or CORS does not let this page send ${method}`, { cause });
  unanswered.set(error, attempt);
  return error;
}

/** The error in its place where the page's own policy is why. @internal */
export async function policyRefusalIn(error: TransferError): Promise<TransferError | undefined> {
  const attempt = unanswered.get(error);
  const message = attempt && (await policyRefusal(attempt.url));
  return message === undefined ? undefined : new TransferError(message, { cause: error });
}

/**
 * The error in its place where CORS is why: the store answers what needs no permission, and no request of that method was
 * ever answered. @internal
 */
export async function corsRefusalIn(error: TransferError): Promise<TransferError | undefined> {
  const attempt = unanswered.get(error);
  if (!attempt || answered.has(keyOf(attempt)) || !(await isThere(attempt.url))) return undefined;
  const { origin } = globalThis.location;
  const message = `the store is there, but its CORS rules do not let ${origin} send ${attempt.method} with these headers`;
  return new TransferError(message, { cause: error });
}

/** Whether the browser itself says that there is no network. @internal */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/** Asks for nothing that is the store's, and cannot read the answer: that there is one says enough. */
async function isThere(url: URL): Promise<boolean> {
  const init = { mode: "no-cors", method: "HEAD", cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" } as const;
  try {
    await fetch(new URL("/", url), { ...init, signal: AbortSignal.timeout(PROBE_TIMEOUT) });
    return true;
  } catch {
    return false;
  }
}

/** Whether CORS applies: in a page, to all origins but its own. */
function isElsewhere(url: string | URL): boolean {
  const { origin } = (globalThis.location ?? {}) as Partial<Location>;
  return origin !== undefined && new URL(url, globalThis.location.href).origin !== origin;
}

function keyOf({ url, method }: Attempt): string {
  return `${method} ${url.origin}`;
}
