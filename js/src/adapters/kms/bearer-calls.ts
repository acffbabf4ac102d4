/** Services that let callers in by an OAuth access token, and decrypt by RSA alone: Azure Key Vault and Google Cloud KMS. */
import type { Bytes } from "../../shared/bytes.js";
import type { KmsUnwrapRequest } from "../../shared/model/kms-adapter.js";
import type { KmsResponse, SecretMember } from "../../shared/model/kms-request.js";
import type { KmsSecret } from "../../shared/model/kms-secret.js";
import { check } from "../../shared/options.js";
import { CALLS, kmsError, KmsCalls, type KmsCallOptions, type KmsRefusal, type OutgoingRequest } from "./kms-calls.js";
import { bearerOf, type AccessToken, type AccessTokenRequest } from "./kms-values.js";

/** What both take. @internal */
export const BEARER_OPTIONS = { ...CALLS, key: check.name, accessToken: check.callback, endpoint: check.name, publicKey: check.any } as const;

/** A request with a token, made anew for each attempt. */
interface BearerCall {
  readonly ask: (asked: AccessTokenRequest) => Promise<Record<string, string>>;
  readonly make: (bearer: Record<string, string>) => OutgoingRequest;
}

/** One of them, as it is called. @internal */
export class BearerCalls {
  readonly #service: string;
  readonly #accessToken: AccessToken | undefined;
  readonly #calls: KmsCalls;

  /** @throws ArgumentError */
  constructor(
    service: string,
    refusalOf: (response: KmsResponse, json: object) => KmsRefusal,
    accessToken: AccessToken | undefined,
    options: KmsCallOptions,
  ) {
    this.#service = service;
    this.#accessToken = accessToken;
    this.#calls = new KmsCalls(service, refusalOf, options);
  }

  /** The members of the answer to a `GET`. @throws KmsError */
  read(url: string, signal: AbortSignal | undefined): Promise<Record<string, unknown>> {
    const { ask, make } = this.#request("GET", url, undefined);
    return this.#calls.call(ask, make, signal);
  }

  /** The secret in the answer to a `POST` of these members. `accept` throws at an answer that does not count. @throws KmsError */
  unwrap(url: string, members: object, request: KmsUnwrapRequest, member: SecretMember, accept: (json: object) => void): Promise<Bytes | KmsSecret> {
    const { ask, make } = this.#request("POST", url, JSON.stringify(members));
    return this.#calls.callForSecret(ask, make, request, member, accept);
  }

  /** Refuses what the key cannot answer. @throws KmsError */
  checkQuestion({ algorithm, keyId }: KmsUnwrapRequest, isNamed: boolean): void {
    if (!isNamed) throw this.wrongKey(`${keyId} is not what is configured`);
    if (algorithm !== "RSA-OAEP-256") throw this.wrongKey("the service agrees on no keys");
  }

  wrongKey(words: string): Error {
    return kmsError(this.#service, { reason: "wrong-key", words });
  }

  malformed(words: string): Error {
    return this.#calls.malformed(words);
  }

  #request(method: "GET" | "POST", url: string, body: string | undefined): BearerCall {
    return {
      ask: (asked) => bearerOf(this.#accessToken, asked),
      make: (bearer) => ({ url, method, headers: { accept: "application/json", ...(body && { "content-type": "application/json" }), ...bearer }, body }),
    };
  }
}
