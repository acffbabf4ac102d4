/** How requests reach a key management service: `fetch`, or a page's own way. */
import { answerBody } from "../../shared/answer-body.js";
import { policyRefusal, watchPolicy } from "../../shared/connect-policy.js";
import { KmsError } from "../../shared/errors/index.js";

/** A request to a key management service. */
export interface KmsRequest {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** Its answer. */
export interface KmsResponse {
  readonly status: number;
  /** By their names in lower case; or `Headers`. */
  readonly headers: Readonly<Record<string, string>> | Headers;
  /** Text. */
  readonly body: string;
}

/**
 * How requests are sent, in place of `fetch`: by a relay that forwards them, or by a back end that signs them. What it rejects with is
 * taken for a service that cannot be reached, unless it is a `KmsError`.
 */
export type KmsTransport = (request: KmsRequest) => Promise<KmsResponse>;

/** The most bytes of an answer: a public key of 4,096 bits has a thousand. */
const LONGEST_JSON = 64 * 1024;
/** How long a service may take to show that it is there at all, in ms. */
const LONGEST_PROBE = 5000;

/** By `fetch`: no cookies, no referrer, no cache, and a redirect is an error. @internal */
export const fetchTransport: KmsTransport = async ({ url, method, headers, body, signal }) => {
  watchPolicy();
  const init = { redirect: "error", credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" } as const;
  let response;
  try {
    response = await fetch(url, { ...init, method, headers, body: body ?? null, signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw await unreached(url, cause);
  }
  const bytes = await answerBody(response, LONGEST_JSON);
  if (!bytes) throw new KmsError("the answer is longer than any of a key management service", { reason: "malformed" });
  return { status: response.status, headers: response.headers, body: new TextDecoder().decode(bytes) };
};

/** Browsers tell a page that CORS, a lost connection and being offline are all the same. */
async function unreached(url: string, cause: unknown): Promise<KmsError> {
  if (globalThis.navigator?.onLine === false) {
    return new KmsError("this device is offline; connect it and try again, or unlock in another way", { reason: "offline", cause });
  }
  const { origin } = new URL(url);
  const refused = await policyRefusal(url);
  if (refused !== undefined) return new KmsError(refused, { reason: "cors", cause });
  const page = (globalThis.location as Location | undefined)?.origin;
  if (page !== undefined && page !== origin && (await respondsAt(origin))) {
    const message = `${origin} does not let pages of ${page} send this (CORS), or answers it by a redirect; give a transport that sends it by a server of your own`;
    return new KmsError(message, { reason: "cors", cause });
  }
  return new KmsError(`${origin} cannot be reached; check the network and the address, and try again`, { reason: "unavailable", cause });
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
