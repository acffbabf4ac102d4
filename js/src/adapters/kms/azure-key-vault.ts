/** Azure Key Vault and Managed HSM: REST of version 2025-07-01. Neither answers pages of other origins: a relay sends the requests. */
import { toBase64Url, type Bytes } from "../../shared/bytes.js";
import { ArgumentError, type KmsReason } from "../../shared/errors/index.js";
import type { KmsAdapter, KmsPublicJwk, KmsUnwrapRequest } from "../../shared/model/kms-adapter.js";
import type { KmsResponse } from "../../shared/model/kms-request.js";
import type { KmsSecret } from "../../shared/model/kms-secret.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, optionsOf } from "../../shared/options.js";
import { BEARER_OPTIONS, BearerCalls } from "./bearer-calls.js";
import { membersOfJson, reasonOfStatus, textIn, type KmsCallOptions, type KmsRefusal } from "./kms-calls.js";
import { kmsAddress, type AccessToken } from "./kms-values.js";
import { checkThumbprint, refreshOptions, type KmsRefreshOptions } from "./kms-refresh.js";
import { namedKey } from "./public-keys.js";

export interface AzureKeyVaultOptions extends KmsCallOptions {
  /** The key's identifier with its version: `https://<vault>.vault.azure.net/keys/<name>/<version>`. */
  key: string;
  /** A token for `https://vault.azure.net`, asked for before each request. Left out, `transport` or the relay adds one. */
  accessToken?: AccessToken | undefined;
  /** The address of a relay, in place of the vault's. Path and query stay the same. */
  endpoint?: string | undefined;
  /** The public key, where it is known: then `unwrapKey` is all that the caller needs permission for. */
  publicKey?: object | undefined;
}

/** A version of a key in Azure Key Vault or Managed HSM. */
export interface AzureKeyVaultAdapter extends KmsAdapter {
  readonly keyIds: readonly string[];
  /**
   * The public key of the key's newest version, for `escrow` and `kmsGate`: its `kid` is that version's identifier. It needs `keys/read`. Compare its
   * thumbprint (RFC 7638) with what another channel says, or give that one as `thumbprint`. Older versions open until they are disabled.
   *
   * @throws KmsError
   */
  refresh(options?: KmsRefreshOptions): Promise<KmsPublicJwk>;
}

const AZURE = "Azure Key Vault";
const API = "api-version=2025-07-01";
const PATH = /^\/keys\/[\w-]{1,127}\/[0-9a-f]{32}$/i;
const AZURE_VERSION = /\/[0-9a-f]{32}$/i;

/**
 * A key of Azure Key Vault or Managed HSM, for `escrowKey`: of RSA, with `unwrapKey` among its operations. A page needs a relay (`endpoint` or
 * `transport`), since the service does not answer pages of other origins.
 *
 * @example
 * const kms = azureKeyVault({ key: ACME_KEY, endpoint: "https://relay.example/", accessToken: () => signIn() });
 * // kms.publicKey() is for escrow(), and escrowKey(kms) for unlock().
 *
 * @throws ArgumentError
 */
export function azureKeyVault(options: AzureKeyVaultOptions): AzureKeyVaultAdapter {
  const { key, accessToken, endpoint, publicKey, ...calls } = optionsOf(options, BEARER_OPTIONS);
  if (!accessToken && !calls.transport && !endpoint) throw new ArgumentError("accessToken is needed, or a transport or relay that has one");
  const address = kmsAddress(key, "key").slice(0, -1);
  const { origin, pathname } = new URL(address);
  if (!PATH.test(pathname)) throw new ArgumentError("key must be a key's identifier with its version: https://<vault>.vault.azure.net/keys/<name>/<version>");
  return new AzureKey(`${origin}${pathname}`, endpoint ? kmsAddress(endpoint, "endpoint") : `${origin}/`, publicKey, new BearerCalls(AZURE, azureRefusal, accessToken, calls));
}

class AzureKey implements AzureKeyVaultAdapter {
  readonly keyIds: readonly string[];
  readonly #url: string;
  readonly #calls: BearerCalls;
  #publicKey: KmsPublicJwk | undefined;

  constructor(key: string, endpoint: string, publicKey: object | undefined, calls: BearerCalls) {
    this.keyIds = Object.freeze([key]);
    this.#url = `${endpoint}${new URL(key).pathname.slice(1)}`;
    this.#publicKey = publicKey && namedKey(publicKey, key);
    this.#calls = calls;
  }

  async publicKey(options?: AbortOptions): Promise<KmsPublicJwk> {
    const { signal } = optionsOf(options, ABORT);
    return (this.#publicKey ??= await this.#readKey(this.#url, (kid) => this.#isNamed(kid), signal));
  }

  async refresh(options?: KmsRefreshOptions): Promise<KmsPublicJwk> {
    const { thumbprint, signal } = refreshOptions(options);
    const isVersion = (kid: string): boolean => versionless(kid).toLowerCase() === versionless(this.keyIds[0]!).toLowerCase() && AZURE_VERSION.test(kid);
    return checkThumbprint(AZURE, await this.#readKey(versionless(this.#url), isVersion, signal), thumbprint);
  }

  async unwrap(request: KmsUnwrapRequest): Promise<Bytes | KmsSecret> {
    this.#calls.checkQuestion(request, this.#isNamed(request.keyId));
    const { algorithm, encryptedKey } = request as Extract<KmsUnwrapRequest, { encryptedKey: unknown }>;
    const members = { alg: algorithm, value: toBase64Url(encryptedKey) };
    return this.#calls.unwrap(`${this.#url}/unwrapkey?${API}`, members, request, { secret: "value", encoding: "base64url" }, (json) => {
      if (!this.#isNamed(textIn(json, "kid"))) throw this.#calls.malformed("the answer names another key");
    });
  }

  async #readKey(address: string, isNamed: (kid: string) => boolean, signal: AbortSignal | undefined): Promise<KmsPublicJwk> {
    const json = membersOfJson(await this.#calls.read(`${address}?${API}`, signal), "key");
    const kid = textIn(json, "kid");
    if (!isNamed(kid)) throw this.#calls.malformed("the answer names another key");
    const [kty, n, e] = [textIn(json, "kty"), textIn(json, "n"), textIn(json, "e")];
    if (kty !== "RSA" && kty !== "RSA-HSM") throw this.#calls.wrongKey("the key is not of RSA");
    return namedKey({ kty: "RSA", n, e }, this.#isNamed(kid) ? this.keyIds[0]! : kid);
  }

  /** Key Vault compares names without case. */
  #isNamed(kid: string): boolean {
    return kid.toLowerCase() === this.keyIds[0]!.toLowerCase();
  }
}

/** The address of a key, of its version's. */
function versionless(address: string): string {
  return address.slice(0, address.lastIndexOf("/"));
}

function azureRefusal({ status }: KmsResponse, json: object): KmsRefusal {
  const error = membersOfJson(json, "error");
  const [code, inner] = [textIn(error, "code"), textIn(membersOfJson(error, "innererror"), "code") || textIn(membersOfJson(error, "innerError"), "code")];
  return { reason: azureReason(status, `${code} ${inner}`), words: `${inner || code} ${textIn(error, "message")}` };
}

function azureReason(status: number, codes: string): KmsReason {
  if (/Deleted/.test(codes)) return "pending-deletion";
  if (/Disabled|NotYetValid|Expired/.test(codes) && status !== 401) return "disabled";
  if (/\bBadParameter\b/.test(codes) && status === 400) return "wrong-key";
  return reasonOfStatus(status, codes.trim());
}
