/**
 * Who holds the private half of an escrow: what the engine asks of them, the page asks, since a Worker has none of a page's functions. It is one
 * question for each call that presents the escrow.
 */
import { abortable, aborted } from "../../shared/async.js";
import { fromBase64Url } from "../../shared/bytes.js";
import { ArgumentError, isStrongroomError, KmsError } from "../../shared/errors/index.js";
import { jwkThumbprint } from "../../shared/jwk-thumbprint.js";
import { bytesIn } from "../../shared/kinds.js";
import type { KmsAdapter, KmsUnwrapRequest } from "../../shared/model/kms-adapter.js";
import type { KmsSecretRequest } from "../../shared/model/kms-request.js";
import type { EscrowAnswer, EscrowRequest } from "../../shared/protocol/page-calls.js";
import { transfer, transferSecret } from "../../shared/rpc/transfer.js";
import type { KmsSender } from "./kms-sender.js";

interface Holder {
  readonly adapter: KmsAdapter;
  readonly ending: AbortController;
  /** How often it was asked for a key of its own. */
  asked: number;
}

/** Which of the requests is asked, and by which name of the key. */
interface Chosen {
  readonly which: number;
  readonly keyId: string;
}

const holders = new Map<number, Holder>();
let holding = 0;

/** Presents a holder: a number by which the engine asks them, until `endAsking`. @internal */
export function beginAsking(adapter: KmsAdapter): number {
  const number = holding++;
  holders.set(number, { adapter, ending: new AbortController(), asked: 0 });
  return number;
}

/** How often a holder was asked, as the audit log counts: not where none of the keys was theirs. @internal */
export function timesAsked(number: number): number {
  return holders.get(number)?.asked ?? 0;
}

/** The call that presented them has ended: nobody waits for an answer any more. @internal */
export function endAsking(number: number): void {
  holders.get(number)?.ending.abort();
  holders.delete(number);
}

/** Asks for the one of the requests that is the holder's. @throws KmsError, WrongFactorError @internal */
export async function askEscrow(number: number, text: string, sender: KmsSender): Promise<EscrowAnswer | undefined> {
  const holder = holders.get(number);
  if (!holder) throw aborted(undefined);
  const { requests } = JSON.parse(text) as { requests: EscrowRequest[] };
  const { signal } = holder.ending;
  try {
    return await abortable(signal, () => askAdapter(holder, requests, sender), wipeAnswer);
  } catch (error) {
    if (isStrongroomError(error)) throw error;
    const words = error instanceof Error ? error.message : String(error);
    // Whether it was reached is for itself to say: this may as well be its refusal.
    throw new KmsError(`what holds the private key failed: ${words}`, { reason: "malformed", cause: error });
  }
}

async function askAdapter(holder: Holder, requests: readonly EscrowRequest[], sender: KmsSender): Promise<EscrowAnswer | undefined> {
  const { adapter, ending: { signal } } = holder;
  holder.asked += 1;
  const chosen = await choose(adapter, requests, signal);
  if (!chosen) {
    holder.asked -= 1;
    return undefined;
  }
  const { which, keyId } = chosen;
  const asked = { keyId, signal, send: (request: KmsSecretRequest) => sender.send(request, signal) };
  const given: unknown = await adapter.unwrap(questionOf(requests[which]!, asked));
  const ticket = sender.ticketOf(given);
  if (ticket !== undefined) return { which, ticket };
  const answer = bytesIn(given, "what a private key gives");
  if (answer?.byteLength !== 32) {
    answer?.fill(0);
    throw new KmsError("what holds the private key must give 32 bytes, or the ticket of a request", { reason: "malformed" });
  }
  const output = transferSecret(answer);
  return transfer({ which, output }, [output.buffer]);
}

/** By a name of the key that the vault has; by the thumbprint of the public half where it has none of the names, or several keys of one. */
async function choose(adapter: KmsAdapter, requests: readonly EscrowRequest[], signal: AbortSignal): Promise<Chosen | undefined> {
  const { keyIds = [] } = adapter;
  const nameOf = ({ kid }: EscrowRequest): string | undefined => (kid !== undefined && keyIds.includes(kid) ? kid : undefined);
  const named = requests.filter(nameOf);
  if (named.length === 1) return { which: requests.indexOf(named[0]!), keyId: nameOf(named[0]!)! };
  const jwk = await adapter.publicKey({ signal });
  const thumbprint = typeof jwk === "object" && jwk !== null ? await jwkThumbprint(jwk) : undefined;
  if (thumbprint === undefined) throw new ArgumentError("publicKey() must give a public JWK, of RSA or on P-256");
  const which = requests.findIndex(({ recipient }) => recipient === thumbprint);
  if (which < 0) return undefined;
  return { which, keyId: nameOf(requests[which]!) ?? keyIds[0] ?? jwk.kid };
}

function questionOf({ algorithm, encryptedKey = "", epk }: EscrowRequest, asked: Pick<KmsUnwrapRequest, "keyId" | "signal" | "send">): KmsUnwrapRequest {
  if (algorithm === "RSA-OAEP-256") return { ...asked, algorithm, encryptedKey: fromBase64Url(encryptedKey) };
  return { ...asked, algorithm, epk: epk! };
}

function wipeAnswer(late: EscrowAnswer | undefined): void {
  late?.output?.fill(0);
}
