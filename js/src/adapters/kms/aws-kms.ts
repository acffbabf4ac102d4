/** AWS KMS: AWS JSON 1.1, with requests that are signed by Signature Version 4. */
import { AwsV4Signer } from "aws4fetch";
import { toBase64, type Bytes } from "../../shared/bytes.js";
import { ArgumentError, isStrongroomError, type KmsReason } from "../../shared/errors/index.js";
import type { KmsAdapter, KmsPublicJwk, KmsUnwrapRequest } from "../../shared/model/kms-adapter.js";
import type { KmsResponse } from "../../shared/model/kms-request.js";
import type { KmsSecret } from "../../shared/model/kms-secret.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, listOf, optionsOf, type Checks } from "../../shared/options.js";
import { nonEmpty } from "../../shared/text.js";
import { CALLS, isKmsError, type KmsCallOptions, KmsCalls, kmsError, kmsHeader, type KmsRefusal, type OutgoingRequest, reasonOfStatus, textIn } from "./kms-calls.js";
import { checkThumbprint, expectThumbprint, type KmsRefreshOptions } from "./kms-refresh.js";
import { isSameKey, keyOfSpki, namedKey, spkiOf } from "./public-keys.js";
import { kmsAddress, visibleAscii } from "./kms-values.js";

/** What signs requests to AWS. Never stored. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials, which a page should have alone. */
  readonly sessionToken?: string | undefined;
}

/** They as they were given, without what else was. */
type AwsSigner = Pick<AwsCredentials, "accessKeyId" | "secretAccessKey"> & { readonly sessionToken?: string };

/** A request that is signed for each attempt. */
interface SignedCall {
  readonly ask: (asked: CredentialsRequest) => Promise<AwsSigner | undefined>;
  readonly make: (credentials: AwsSigner | undefined) => Promise<OutgoingRequest>;
}

/** How credentials are asked for. */
export interface CredentialsRequest {
  /** Whether those that were given last were refused: give new ones. */
  readonly renew: boolean;
  readonly signal: AbortSignal;
}

export interface AwsKmsOptions extends KmsCallOptions {
  /** The key's ARN; of a multi-Region key those of its replicas, which are asked in their order where one does not answer. No alias. */
  key: string | readonly string[];
  /** Credentials, asked for before each request. What it rejects with ends the call; its time does not count. Left out, `transport` signs. */
  credentials?: ((request: CredentialsRequest) => AwsCredentials | Promise<AwsCredentials>) | undefined;
  /** The region that is asked first, of a multi-Region key. */
  region?: string | undefined;
  /** The public key, where it is known: it is not asked for then. */
  publicKey?: object | undefined;
  /** The address that requests go to, in place of AWS's. */
  endpoint?: string | undefined;
}

/** An `aws:kms` key. */
export interface AwsKmsAdapter extends KmsAdapter {
  readonly keyIds: readonly string[];
  /**
   * The public key that an alias (`alias/…`) stands for now, for `escrow`: its `kid` is the ARN, in the account and region of the first of `keyIds`.
   * Compare its thumbprint (RFC 7638) with what another channel says, or give that one as `thumbprint`. The old key opens until it is disabled.
   *
   * @throws KmsError
   */
  refresh(options: { readonly alias: string } & KmsRefreshOptions): Promise<KmsPublicJwk>;
  /** Whether the key would decrypt now (`DryRun`), without a ciphertext, or derive a secret where it is on P-256. @throws KmsError */
  test(options?: AbortOptions): Promise<void>;
}

const AWS_OPTIONS = {
  ...CALLS,
  key: check.any,
  credentials: check.callback,
  region: check.name,
  publicKey: check.any,
  endpoint: check.name,
} satisfies Checks<AwsKmsOptions>;
const SERVICE = "AWS KMS";
const ARN = /^arn:(aws[a-z-]*):kms:([a-z0-9-]+):(\d{12}):key\/([\w-]+)$/;
const OAEP_SPEC = "RSAES_OAEP_SHA_256";

/** What each error of the service is; of others their HTTP status tells. */
const REASONS: Readonly<Record<string, KmsReason>> = {
  AccessDeniedException: "denied",
  NotAuthorized: "denied",
  OptInRequired: "denied",
  DisabledException: "disabled",
  KMSInvalidStateException: "disabled",
  NotFoundException: "not-found",
  InvalidArnException: "not-found",
  IncorrectKeyException: "wrong-key",
  InvalidCiphertextException: "wrong-key",
  InvalidKeyUsageException: "wrong-key",
  UnsupportedOperationException: "wrong-key",
  ValidationException: "wrong-key",
  ExpiredTokenException: "expired-token",
  RequestExpired: "expired-token",
  UnrecognizedClientException: "expired-token",
  InvalidClientTokenId: "expired-token",
  InvalidSignatureException: "expired-token",
  IncompleteSignature: "expired-token",
  MissingAuthenticationTokenException: "expired-token",
  ThrottlingException: "throttled",
  LimitExceededException: "throttled",
  DependencyTimeoutException: "unavailable",
  KeyUnavailableException: "unavailable",
  KMSInternalException: "unavailable",
  ServiceUnavailableException: "unavailable",
};
/** Where a replica in another region may answer. What one replica refuses, no other is asked. */
const ELSEWHERE: ReadonlySet<KmsReason> = new Set(["unavailable", "timeout", "throttled"]);
const DRY = "DryRunOperationException";
const MISUSED = "InvalidKeyUsageException";
/** From there on AWS repeats what was signed, the session token with it. */
const CANONICAL = /The Canonical String[^]*$/;

/**
 * A key of AWS KMS, for `escrowKey`: an asymmetric one for `ENCRYPT_DECRYPT` of RSA, or for `KEY_AGREEMENT` on `ECC_NIST_P256`.
 *
 * @example
 * const kms = awsKms({ key: ACME_ARN, credentials: () => signIn() });
 * // kms.publicKey() is for escrow(), and escrowKey(kms) for unlock().
 *
 * @throws ArgumentError
 */
export function awsKms(options: AwsKmsOptions): AwsKmsAdapter {
  const { key, credentials, region, publicKey, endpoint, ...calls } = optionsOf(options, AWS_OPTIONS);
  const arns = arnsOf(key, region);
  if (!credentials && !calls.transport) throw new ArgumentError("credentials are needed, or a transport that signs");
  return new AwsKey(arns, publicKey && namedKey(publicKey, arns[0]!), endpoint && kmsAddress(endpoint, "endpoint"), credentials, calls);
}

class AwsKey implements AwsKmsAdapter {
  readonly keyIds: readonly string[];
  readonly #endpoint: string | undefined;
  readonly #credentials: AwsKmsOptions["credentials"];
  readonly #calls: KmsCalls;
  #publicKey: KmsPublicJwk | undefined;

  constructor(
    arns: readonly string[],
    publicKey: KmsPublicJwk | undefined,
    endpoint: string | undefined,
    credentials: AwsKmsOptions["credentials"],
    calls: KmsCallOptions,
  ) {
    this.keyIds = Object.freeze(arns);
    this.#publicKey = publicKey;
    this.#endpoint = endpoint;
    this.#credentials = credentials;
    this.#calls = new KmsCalls(SERVICE, awsRefusal, calls);
  }

  async publicKey(options?: AbortOptions): Promise<KmsPublicJwk> {
    const { signal } = optionsOf(options, ABORT);
    return (this.#publicKey ??= await this.#anywhere((arn) => this.#readKey(arn, arn, signal)));
  }

  async unwrap(request: KmsUnwrapRequest): Promise<Bytes | KmsSecret> {
    const { keyId } = request;
    if (!this.keyIds.includes(keyId)) throw kmsError(SERVICE, { reason: "wrong-key", words: `${keyId} is not what is configured` });
    // All are one key: those that are named first are asked first.
    const [operation, members, answer] =
      request.algorithm === "RSA-OAEP-256"
        ? (["Decrypt", { CiphertextBlob: toBase64(request.encryptedKey), EncryptionAlgorithm: OAEP_SPEC }, "Plaintext"] as const)
        : (["DeriveSharedSecret", { KeyAgreementAlgorithm: "ECDH", PublicKey: await spkiOf(request.epk) }, "SharedSecret"] as const);
    return this.#anywhere(async (arn) => {
      const { ask, make } = this.#signed(arn, operation, { KeyId: arn, ...members });
      return this.#calls.callForSecret(ask, make, request, { secret: answer, encoding: "base64" }, (json) => this.#checkNamed(json, arn));
    });
  }

  async refresh(options: { readonly alias: string } & KmsRefreshOptions): Promise<KmsPublicJwk> {
    const { alias, thumbprint, signal } = optionsOf(options, { ...ABORT, alias: check.name, thumbprint: check.name });
    if (!/^alias\/[\w/-]{1,250}$/.test(alias)) throw new ArgumentError("alias must be the name of an alias: alias/…");
    expectThumbprint(thumbprint);
    return checkThumbprint(SERVICE, await this.#readKey(this.keyIds[0]!, alias, signal), thumbprint);
  }

  async test(options?: AbortOptions): Promise<void> {
    const { signal } = optionsOf(options, ABORT);
    if (this.#publicKey?.kty === "EC") return this.#dryRun("DeriveSharedSecret", await agreement(), signal);
    const given = { EncryptionAlgorithm: OAEP_SPEC, DryRunModifiers: ["IGNORE_CIPHERTEXT"] };
    try {
      await this.#dryRun("Decrypt", given, signal);
    } catch (error) {
      // It may be on P-256, where its public half is not known.
      if (this.#publicKey || !isOfCode(error, MISUSED)) throw error;
      await this.#dryRun("DeriveSharedSecret", await agreement(), signal);
    }
  }

  /** What would be done is refused by an error of its own. */
  async #dryRun(operation: string, members: object, signal: AbortSignal | undefined): Promise<void> {
    const arn = this.keyIds[0]!;
    try {
      await this.#call(arn, operation, { KeyId: arn, ...members, DryRun: true }, signal);
    } catch (error) {
      if (isOfCode(error, DRY)) return;
      throw error;
    }
    throw this.#calls.malformed("a dry run gave an answer");
  }

  async #readKey(arn: string, name: string, signal: AbortSignal | undefined): Promise<KmsPublicJwk> {
    const json = await this.#call(arn, "GetPublicKey", { KeyId: name }, signal);
    const found = name === arn ? arn : textIn(json, "KeyId");
    if (!ARN.test(found)) throw this.#calls.malformed("the answer names no key");
    if (arnPlace(found) !== arnPlace(arn)) throw this.#calls.malformed("the answer names a key of another account or region");
    this.#checkNamed(json, found);
    const key = await keyOfSpki(textIn(json, "PublicKey"), found);
    if (!key) throw kmsError(SERVICE, { reason: "wrong-key", words: "the key is neither of RSA nor on P-256" });
    if (name === arn && this.#publicKey && !(await isSameKey(key, this.#publicKey))) throw kmsError(SERVICE, { reason: "wrong-key", words: `${arn} is another key` });
    return key;
  }

  /** An answer counts if it names the key that was asked for. */
  #checkNamed(json: object, arn: string): void {
    if (textIn(json, "KeyId") !== arn) throw this.#calls.malformed("the answer names another key");
  }

  /** In the first region that answers. */
  async #anywhere<T>(ask: (arn: string) => Promise<T>): Promise<T> {
    for (const [at, arn] of this.keyIds.entries()) {
      try {
        return await ask(arn);
      } catch (error) {
        const isElsewhere = isKmsError(error) && ELSEWHERE.has(error.reason) && !this.#calls.isUnsigned(error);
        if (!isElsewhere || at === this.keyIds.length - 1) throw error;
      }
    }
    throw new ArgumentError("key must name a key");
  }

  #call(arn: string, operation: string, members: object, signal: AbortSignal | undefined): Promise<Record<string, unknown>> {
    const { ask, make } = this.#signed(arn, operation, members);
    return this.#calls.call(ask, make, signal);
  }

  /** How a request's credentials are asked for, and how it is signed by them. */
  #signed(arn: string, operation: string, members: object): SignedCall {
    const [, partition, region = ""] = ARN.exec(arn) ?? [];
    const url = this.#endpoint ?? `https://kms.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}/`;
    const body = JSON.stringify(members);
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}` };
    const unsigned = { url, method: "POST" as const, headers, body };
    const ask = async (asked: CredentialsRequest): Promise<AwsSigner | undefined> => this.#credentials && awsSignerOf(await this.#credentials(asked));
    const make = async (credentials: AwsSigner | undefined): Promise<OutgoingRequest> => {
      if (!credentials) return unsigned;
      const signer = new AwsV4Signer({ ...unsigned, ...credentials, service: "kms", region });
      const signed = await signer.sign();
      const names = [...signed.headers].filter(([name]) => name !== "host");
      return { ...unsigned, headers: Object.fromEntries(names) };
    };
    return { ask, make };
  }
}

function arnsOf(key: unknown, region: string | undefined): string[] {
  const arns = (Array.isArray(key) ? listOf(key, "key") : [key]).map((arn) => nonEmpty(arn, "key"));
  const parts = arns.map((arn) => ARN.exec(arn));
  if (arns.length === 0 || arns.length > 16 || parts.some((part) => !part)) throw new ArgumentError("key must be the ARN of a key, or a list of 16 at most: arn:aws:kms:<region>:<account>:key/<id>");
  const ids = new Set(parts.map((part) => `${part![1]} ${part![3]} ${part![4]}`));
  const regions = parts.map((part) => part![2]!);
  if (ids.size > 1 || new Set(regions).size < regions.length) throw new ArgumentError("key must have the ARNs of one multi-Region key, each of another region");
  if (arns.length > 1 && !parts[0]![4]!.startsWith("mrk-")) throw new ArgumentError("key must have one ARN: the key is in one region alone");
  if (region === undefined) return arns;
  const first = regions.indexOf(region);
  if (first < 0) throw new ArgumentError("region must be one of those in key");
  return [arns[first]!, ...arns.filter((_, at) => at !== first)];
}

/** Partition, region and account. */
function arnPlace(arn: string): string {
  return arn.split(":").slice(1, 5).join(":");
}

/** What a page gave, and nothing else of it. @throws ArgumentError */
function awsSignerOf({ accessKeyId, secretAccessKey, sessionToken }: AwsCredentials): AwsSigner {
  const given = { accessKeyId: visibleAscii(accessKeyId, "accessKeyId"), secretAccessKey: visibleAscii(secretAccessKey, "secretAccessKey") };
  return sessionToken ? { ...given, sessionToken: visibleAscii(sessionToken, "sessionToken") } : given;
}

/** An agreement with a key that nobody keeps. */
async function agreement(): Promise<object> {
  const { publicKey } = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  return { KeyAgreementAlgorithm: "ECDH", PublicKey: toBase64(new Uint8Array(await crypto.subtle.exportKey("spki", publicKey))) };
}

function isOfCode(error: unknown, code: string): boolean {
  return isStrongroomError(error) && error.message.startsWith(`${SERVICE}: ${code}`);
}

function awsRefusal(response: KmsResponse, json: object): KmsRefusal {
  const type = textIn(json, "__type") || kmsHeader(response, "x-amzn-errortype") || "";
  const [code = ""] = type.replace(/^.*#/, "").split(":");
  const message = textIn(json, "message") || textIn(json, "Message");
  const reason = refinedReason(code, message) ?? REASONS[code] ?? reasonOfStatus(response.status, code);
  return { reason, words: `${code} ${message.replace(CANONICAL, "")}` };
}

/** Of two errors the words tell more. */
function refinedReason(code: string, message: string): KmsReason | undefined {
  if (code === "NotFoundException" && /^invalid arn/i.test(message)) return "wrong-region";
  if (code !== "KMSInvalidStateException") return undefined;
  if (/pending (replica )?deletion/i.test(message)) return "pending-deletion";
  return /unavailable|creating|updating/i.test(message) ? "unavailable" : "disabled";
}
