/** Google Cloud KMS: REST v1, with checksums both ways. */
import { toBase64, type Bytes } from "../../shared/bytes.js";
import { ArgumentError, type KmsReason } from "../../shared/errors/index.js";
import type { KmsAdapter, KmsPublicJwk, KmsUnwrapRequest } from "../../shared/model/kms-adapter.js";
import type { KmsResponse } from "../../shared/model/kms-request.js";
import type { KmsSecret } from "../../shared/model/kms-secret.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, optionsOf } from "../../shared/options.js";
import { crc32c } from "../../shared/crc32c.js";
import { BEARER_OPTIONS, BearerCalls } from "./bearer-calls.js";
import { kmsError, membersOfJson, reasonOfStatus, textIn, type KmsCallOptions, type KmsRefusal } from "./kms-calls.js";
import { kmsAddress, type AccessToken } from "./kms-values.js";
import { checkThumbprint, refreshOptions, type KmsRefreshOptions } from "./kms-refresh.js";
import { keyOfPem, namedKey } from "./public-keys.js";

export interface GoogleKmsOptions extends KmsCallOptions {
  /** The name of a key's version: `projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1`. */
  key: string;
  /** A token with the scope `https://www.googleapis.com/auth/cloudkms`, asked for before each request. Left out, `transport` adds one. */
  accessToken?: AccessToken | undefined;
  /** The address that requests go to, in place of `https://cloudkms.googleapis.com/`. */
  endpoint?: string | undefined;
  /** The public key, where it is known: it is not asked for then. */
  publicKey?: object | undefined;
}

/** A version of a key in Google Cloud KMS. */
export interface GoogleKmsAdapter extends KmsAdapter {
  readonly keyIds: readonly string[];
  /**
   * The public key of the key's newest version that is enabled, for `escrow` and `kmsGate`: its `kid` is that version's name. It needs
   * `cloudkms.cryptoKeyVersions.list` and `viewPublicKey`, by two requests at least. Compare its thumbprint (RFC 7638) with what another channel says, or
   * give that one as `thumbprint`. Older versions open until they are disabled.
   *
   * @throws KmsError
   */
  refresh(options?: KmsRefreshOptions): Promise<KmsPublicJwk>;
}

/** Where the secret is in the answer. */
const PLAINTEXT = { secret: "plaintext", encoding: "base64", crc32c: "plaintextCrc32c" } as const;
const GOOGLE = "Google Cloud KMS";
const VERSION_NAME = /^projects\/[\w:.-]+\/locations\/[\w-]+\/keyRings\/[\w-]{1,63}\/cryptoKeys\/[\w-]{1,63}\/cryptoKeyVersions\/\d+$/;

/** Versions that are listed at once: the most that the service gives. */
const VERSIONS_AT_ONCE = 1000;
/** Nobody has so many. */
const MOST_PAGES = 10;

/**
 * A key's version of Google Cloud KMS, for `escrowKey`: of the purpose `ASYMMETRIC_DECRYPT`, `RSA_DECRYPT_OAEP_*_SHA256`.
 *
 * @example
 * const kms = googleKms({ key: ACME_VERSION, accessToken: () => signIn() });
 * // kms.publicKey() is for escrow(), and escrowKey(kms) for unlock().
 *
 * @throws ArgumentError
 */
export function googleKms(options: GoogleKmsOptions): GoogleKmsAdapter {
  const { key, accessToken, endpoint = "https://cloudkms.googleapis.com/", publicKey, ...calls } = optionsOf(options, BEARER_OPTIONS);
  if (!VERSION_NAME.test(key)) throw new ArgumentError("key must be the name of a key's version: projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1");
  if (!accessToken && !calls.transport) throw new ArgumentError("accessToken is needed, or a transport that has one");
  return new GoogleKey(key, kmsAddress(endpoint, "endpoint"), publicKey, new BearerCalls(GOOGLE, googleRefusal, accessToken, calls));
}

class GoogleKey implements GoogleKmsAdapter {
  readonly keyIds: readonly string[];
  readonly #endpoint: string;
  readonly #calls: BearerCalls;
  #publicKey: KmsPublicJwk | undefined;

  constructor(key: string, endpoint: string, publicKey: object | undefined, calls: BearerCalls) {
    this.keyIds = Object.freeze([key]);
    this.#endpoint = `${endpoint}v1/`;
    this.#publicKey = publicKey && namedKey(publicKey, key);
    this.#calls = calls;
  }

  async publicKey(options?: AbortOptions): Promise<KmsPublicJwk> {
    const { signal } = optionsOf(options, ABORT);
    return (this.#publicKey ??= await this.#readKey(this.keyIds[0]!, signal));
  }

  async refresh(options?: KmsRefreshOptions): Promise<KmsPublicJwk> {
    const { thumbprint, signal } = refreshOptions(options);
    const name = await this.#newest(signal);
    return checkThumbprint(GOOGLE, await this.#readKey(name, signal), thumbprint);
  }

  async unwrap(request: KmsUnwrapRequest): Promise<Bytes | KmsSecret> {
    const { keyId } = request;
    this.#calls.checkQuestion(request, this.keyIds.includes(keyId));
    const { encryptedKey } = request as Extract<KmsUnwrapRequest, { encryptedKey: unknown }>;
    const members = { ciphertext: toBase64(encryptedKey), ciphertextCrc32c: String(crc32c(encryptedKey)) };
    return this.#calls.unwrap(`${this.#endpoint}${keyId}:asymmetricDecrypt`, members, request, PLAINTEXT, (json) => {
      if ((json as Record<string, unknown>)["verifiedCiphertextCrc32c"] === true) return;
      throw this.#calls.malformed("the service has not verified the checksum of what was sent");
    });
  }

  /** The name of the newest version that could decrypt. Its pages come in the service's order. */
  async #newest(signal: AbortSignal | undefined): Promise<string> {
    const versions = this.keyIds[0]!.replace(/\d+$/, "");
    const found: string[] = [];
    for (let page = 0, token = ""; page < MOST_PAGES; page += 1) {
      const json = await this.#calls.read(`${this.#endpoint}${versions.slice(0, -1)}?pageSize=${VERSIONS_AT_ONCE}${token && `&pageToken=${encodeURIComponent(token)}`}`, signal);
      found.push(...enabledIn(json).filter((name) => name.startsWith(versions) && VERSION_NAME.test(name)));
      token = textIn(json, "nextPageToken");
      if (!token) break;
    }
    const numberOf = (name: string): number => Number(name.slice(versions.length));
    const [newest] = found.toSorted((one, other) => numberOf(other) - numberOf(one));
    if (newest === undefined) throw kmsError(GOOGLE, { reason: "not-found", words: "no version of the key is enabled" });
    return newest;
  }

  async #readKey(name: string, signal: AbortSignal | undefined): Promise<KmsPublicJwk> {
    const json = await this.#calls.read(`${this.#endpoint}${name}/publicKey`, signal);
    if (textIn(json, "name") !== name) throw this.#calls.malformed("the answer names another key");
    const pem = textIn(json, "pem");
    if (!this.#holds(new TextEncoder().encode(pem), json["pemCrc32c"])) throw this.#calls.malformed("the checksum of the answer is another one");
    const key = /^RSA_DECRYPT_OAEP_\d+_SHA256$/.test(textIn(json, "algorithm")) ? await keyOfPem(pem, name) : undefined;
    if (!key) throw this.#calls.wrongKey("the key is none of RSA for decryption with OAEP and SHA-256");
    return key;
  }

  /** The checksum is an int64, which JSON has as text. */
  #holds(bytes: Uint8Array, checksum: unknown): boolean {
    return String(checksum) === String(crc32c(bytes));
  }
}

/** Names of the versions that are enabled. */
function enabledIn(json: object): string[] {
  const listed = (json as Record<string, unknown>)["cryptoKeyVersions"];
  const versions = Array.isArray(listed) ? listed.filter((version) => typeof version === "object" && version !== null) : [];
  return versions.filter((version: object) => textIn(version, "state") === "ENABLED").map((version: object) => textIn(version, "name"));
}

function googleRefusal({ status }: KmsResponse, json: object): KmsRefusal {
  const error = membersOfJson(json, "error");
  const [code, message] = [textIn(error, "status"), textIn(error, "message")];
  return { reason: googleReason(status, code, message), words: `${code} ${message}` };
}

function googleReason(status: number, code: string, message: string): KmsReason {
  if (/checksum/i.test(message)) return "malformed";
  if (code === "INVALID_ARGUMENT") return "wrong-key";
  if (code !== "FAILED_PRECONDITION") return reasonOfStatus(status, code);
  return /DESTROY/i.test(message) ? "pending-deletion" : "disabled";
}
