/** One request to a key management service by `fetch`, as the page or the vault's Worker sends it. */
import { answerBody } from "./answer-body.js";
import type { Bytes } from "./bytes.js";
import { policyRefusal, watchPolicy } from "./connect-policy.js";
import { KmsError } from "./errors/index.js";
import type { KmsRequest } from "./model/kms-request.js";

/** An answer as it came. @internal */
export interface FetchedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Bytes;
}

/** The most bytes of an answer: a public key of 4,096 bits has a thousand. */
const LONGEST_JSON = 64 * 1024;
/** How long a service may take to show that it is there at all, in ms. */
const LONGEST_PROBE = 5000;
/** Hosts of this very machine, which need no TLS. */
const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Whether requests to the address are encrypted, or stay on this machine. @internal */
export function isSecureAddress({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && LOCAL.has(hostname));
}

/** By `fetch`: no cookies, no referrer, no cache, and a redirect is an error. @throws KmsError, or what an aborted request fails with @internal */
export async function fetchKms({ url, method, headers, body, signal }: KmsRequest): Promise<FetchedAnswer> {
  watchPolicy();
  const init = { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const;
  let response;
  try {
    response = await fetch(url, { ...init, method, headers, body: body ?? null, signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw await unreached(url, cause);
  }
  const bytes = await wholeBody(response, url, signal);
  if (!bytes) throw new KmsError("the answer is longer than any of a key management service", { reason: "malformed" });
  return { status: response.status, headers: response.headers, body: bytes };
}

/** A service that breaks off is one that cannot be reached: another region may answer. */
async function wholeBody(response: Response, url: string, signal: AbortSignal): Promise<Bytes | undefined> {
  try {
    return await answerBody(response, LONGEST_JSON);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new KmsError(`${new URL(url).origin} broke its answer off; check the network, and try again`, { reason: "unavailable", cause });
  }
}

/** Browsers report a refusal by CORS, a lost connection and being offline in the same way. */
async function unreached(url: string, cause: unknown): Promise<KmsError> {
  if (globalThis.navigator?.onLine === false) {
    return new KmsError("this device is offline; connect it and try again, or unlock in another way", { reason: "offline", cause });
  }
  const { origin } = new URL(url);
  const refused = await policyRefusal(url);
  if (refused !== undefined) return new KmsError(refused, { reason: "cors", cause });
  const page = (globalThis.location as { readonly origin: string } | undefined)?.origin;
  if (page !== undefined && page !== origin && (await respondsAt(origin))) {
    const message = `${origin} does not let pages of ${page} send this (CORS), or answers it by a redirect; give a transport that sends it by a server of your own`;
    return new KmsError(message, { reason: "cors", cause });
  }
  // Not every browser tells a Worker what its policy refuses.
  const toCheck = "WorkerGlobalScope" in globalThis ? "the network, the address and connect-src of the Worker's script" : "the network and the address";
  return new KmsError(`${origin} cannot be reached; check ${toCheck}, and try again`, { reason: "unavailable", cause });
}

/** Whether anything answers there that needs no permission. Nothing of the page's is sent. */
async function respondsAt(origin: string): Promise<boolean> {
  const init = { mode: "no-cors", method: "HEAD", cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" } as const;
  try {
    await fetch(origin, { ...init, signal: AbortSignal.timeout(LONGEST_PROBE) });
    return true;
  } catch {
    return false;
  }
}
