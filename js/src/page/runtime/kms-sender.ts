/** How an adapter's requests are sent by the vault's Worker, for one question of its engine. */
import { aborted } from "../../shared/async.js";
import { ArgumentError, asStrongroomError } from "../../shared/errors/index.js";
import { isSecureAddress } from "../../shared/kms-fetch.js";
import type { KmsSecretRequest, KmsSecretResponse } from "../../shared/model/kms-request.js";
import { KmsSecret } from "../../shared/model/kms-secret.js";
import { check, optionsOf, type Check, type Checks } from "../../shared/options.js";
import type { EngineCalls } from "../../shared/protocol/engine-calls.js";
import type { Peer } from "../../shared/rpc/peer.js";

const SECRET_REQUEST = {
  url: secureAddress,
  method: oneOf("GET", "POST"),
  headers: check.texts,
  body: check.text,
  secret: check.name,
  encoding: oneOf("base64", "base64url"),
  crc32c: check.name,
  signal: check.signal,
} satisfies Checks<KmsSecretRequest>;

/** The members that a request has in any case. */
const NEEDED = ["url", "method", "headers", "secret", "encoding"] as const;

export class KmsSender {
  readonly #engine: Pick<Peer<EngineCalls>, "callQuietly">;
  readonly #question: number;
  #sent = 0;

  constructor(engine: Pick<Peer<EngineCalls>, "callQuietly">, question: number) {
    this.#engine = engine;
    this.#question = question;
  }

  /** @param ending aborted once the call has ended that asks @throws ArgumentError, KmsError, AbortedError */
  async send(given: KmsSecretRequest, ending: AbortSignal): Promise<KmsSecretResponse> {
    const { signal = ending, body, ...request } = optionsOf(given, SECRET_REQUEST);
    for (const name of NEEDED) if (request[name] === undefined) throw new ArgumentError(`a request needs ${name}`);
    for (const one of [signal, ending]) if (one.aborted) throw aborted(one);
    const sending = this.#sent++;
    const stop = (): void => void this.#engine.callQuietly("stopSending", this.#question, sending).catch(() => {});
    signal.addEventListener("abort", stop);
    try {
      const { ticket, ...answer } = await this.#engine.callQuietly("sendToKms", this.#question, sending, { ...request, body });
      return { ...answer, secret: ticket === undefined ? undefined : new KmsSecret(this, ticket) };
    } catch (error) {
      throw signal.aborted ? aborted(signal) : asStrongroomError(error);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** The engine's number of a secret that a request of this question gave. */
  ticketOf(answer: unknown): number | undefined {
    return KmsSecret.ticketOf(answer, this);
  }
}

function secureAddress(value: unknown, name: string): unknown {
  if (typeof value === "string" && URL.canParse(value) && isSecureAddress(new URL(value))) return value;
  throw new ArgumentError(`${name} must be an https address`);
}

function oneOf(...values: readonly string[]): Check {
  return (value, name) => {
    if (values.includes(value as string)) return value;
    throw new ArgumentError(`${name} must be ${values.join(" or ")}`);
  };
}
