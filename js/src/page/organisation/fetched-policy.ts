/** An organisation's policy, from where the organisation publishes it: whatever answers there is not trusted. */
import { answerBody, dropBody } from "../../shared/answer-body.js";
import { aborted, throwIfAborted } from "../../shared/async.js";
import { ArgumentError, isStrongroomError, TooLargeError, TransferError } from "../../shared/errors/index.js";

/** Milliseconds from the request to the end of the answer. */
const LONGEST_FETCH = 10_000;
/** The most bytes of a document, as the core has it. */
const MOST_OF_POLICY = 64 * 1024;
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The document at a URL.
 *
 * @throws ArgumentError; TransferError; TooLargeError; AbortedError @internal
 */
export async function fetchedPolicy(given: string | URL, signal: AbortSignal | undefined): Promise<string> {
  const url = policyUrl(given);
  throwIfAborted(signal);
  const ends = new AbortController();
  const stop = (): void => ends.abort(signal?.reason);
  const timer = setTimeout(() => ends.abort(new Error("no answer within ten seconds")), LONGEST_FETCH);
  signal?.addEventListener("abort", stop);
  try {
    return await policyFrom(url, ends.signal);
  } catch (error) {
    if (signal?.aborted) throw aborted(signal);
    if (isStrongroomError(error)) throw error;
    const why = ends.signal.aborted ? ends.signal.reason as unknown : error;
    throw notFetched(why instanceof Error ? why.message : String(why), { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

async function policyFrom(url: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(url, {
    credentials: "omit",
    redirect: "error",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal,
  });
  if (answer.status !== 200) {
    dropBody(answer);
    throw notFetched(`the server answered ${answer.status}`, { status: answer.status });
  }
  const body = await answerBody(answer, MOST_OF_POLICY);
  if (!body) throw new TooLargeError("an organisation's policy (64 KiB)", { what: "an organisation's policy (64 KiB)" });
  return new TextDecoder().decode(body).trim();
}

/** @throws ArgumentError @internal */
export function policyUrl(given: string | URL): string {
  const text = String(given);
  const base = globalThis.location?.href;
  if (!URL.canParse(text, base)) throw new ArgumentError("url must be a URL");
  const { protocol, hostname, username, password, href } = new URL(text, base);
  const safe = protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
  if (!safe || username || password) throw new ArgumentError("url must be a URL of https, without a password");
  return href;
}

function notFetched(why: string, details: ConstructorParameters<typeof TransferError>[1]): TransferError {
  return new TransferError(`the organisation's policy could not be fetched: ${why}`, details);
}
