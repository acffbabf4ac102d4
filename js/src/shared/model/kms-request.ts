/** Requests to a key management service (KMS), and its answers. */
import type { KmsSecret } from "./kms-secret.js";

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

/** Where the secret is in the JSON of an answer. */
export interface SecretMember {
  /** The name of the member that has the secret: 32 bytes. */
  readonly secret: string;
  /** How the member has it: `base64` with padding, `base64url` without. */
  readonly encoding: "base64" | "base64url";
  /** The name of the member that has the secret's CRC32C, as a decimal number. It is compared, and taken out of the answer as well. */
  readonly crc32c?: string | undefined;
}

/** A request whose answer has a secret, as the vault's Worker sends it. */
export type KmsSecretRequest = Omit<KmsRequest, "signal"> &
  SecretMember & {
    /** Ends the request. It ends with the call that asks in any case. */
    readonly signal?: AbortSignal | undefined;
  };

/** The answer without its secret. */
export interface KmsSecretResponse extends KmsResponse {
  /** By their names in lower case: those that the browser lets a Worker read. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of a status from 200 to 299: the JSON without the secret. Of another one: all of it. */
  readonly body: string;
  /** What `unwrap` returns; `undefined` unless the status is one from 200 to 299. */
  readonly secret: KmsSecret | undefined;
}

/**
 * Sends a request by `fetch` in the vault's Worker, where the secret of its answer stays: the page gets a ticket for it. The address
 * must be `https`, or of this machine. It is sent without cookies, referrer and cache; a redirect is an error.
 *
 * @throws KmsError where the service cannot be reached, or the answer has no such secret (`malformed`)
 */
export type KmsSend = (request: KmsSecretRequest) => Promise<KmsSecretResponse>;
