/** Whether a service has another key, or version, than what is configured. */
import { ArgumentError } from "../../shared/errors/index.js";
import { jwkThumbprint } from "../../shared/jwk-thumbprint.js";
import type { KmsPublicJwk } from "../../shared/model/kms-adapter.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import { ABORT, check, optionsOf, type Checks } from "../../shared/options.js";
import { kmsError } from "./kms-calls.js";

/** How a service is asked which key it has now. */
export interface KmsRefreshOptions extends AbortOptions {
  /** What the thumbprint of that key is to be (RFC 7638, SHA-256), 43 characters of base64url: another key is a `KmsError` with `wrong-key`. */
  readonly thumbprint?: string | undefined;
}

const KMS_REFRESH = { ...ABORT, thumbprint: check.name } satisfies Checks<KmsRefreshOptions>;

/** @throws ArgumentError @internal */
export function refreshOptions(options: KmsRefreshOptions | undefined): KmsRefreshOptions {
  const given = optionsOf(options, KMS_REFRESH);
  expectThumbprint(given.thumbprint);
  return given;
}

/** @throws ArgumentError @internal */
export function expectThumbprint(thumbprint: string | undefined): void {
  if (thumbprint !== undefined && !/^[\w-]{43}$/.test(thumbprint)) throw new ArgumentError("thumbprint must be the SHA-256 of a JWK (RFC 7638), in base64url");
}

/** The key, if it is the one that was expected. @throws KmsError @internal */
export async function checkThumbprint(service: string, key: KmsPublicJwk, thumbprint: string | undefined): Promise<KmsPublicJwk> {
  if (thumbprint === undefined || (await jwkThumbprint(key)) === thumbprint) return key;
  throw kmsError(service, { reason: "wrong-key", words: `${key.kid} is a key with another thumbprint` });
}
