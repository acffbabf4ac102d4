/** Public keys as key management services give them, and those that are pinned. */
import { fromBase64 } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { jwkThumbprint } from "../../shared/jwk-thumbprint.js";
import type { PublicJwk, RsaPublicJwk } from "../../shared/model/jwk.js";
import type { KmsPublicJwk } from "../../shared/model/kms-adapter.js";

const OAEP_KEYS = { name: "RSA-OAEP", hash: "SHA-256" } as const;
const ECDH = { name: "ECDH", namedCurve: "P-256" } as const;

/** The members of a public JWK that count, named after the key. @throws ArgumentError @internal */
export function namedKey(jwk: object, kid: string): KmsPublicJwk {
  const { kty, n, e, crv, x, y, d } = jwk as JsonWebKey;
  if (d !== undefined) throw new ArgumentError("publicKey must be a public JWK");
  if (kty === "RSA" && typeof n === "string" && typeof e === "string") return { kty, n, e, kid };
  if (kty === "EC" && crv === "P-256" && typeof x === "string" && typeof y === "string") return { kty, crv, x, y, kid };
  throw new ArgumentError("publicKey must be a public JWK, of RSA or on P-256");
}

/** The key of a SubjectPublicKeyInfo in DER and base64; `undefined` where it is none of RSA or on P-256. @internal */
export async function keyOfSpki(base64: string, kid: string): Promise<KmsPublicJwk | undefined> {
  for (const [algorithm, usages] of [[OAEP_KEYS, ["encrypt"]], [ECDH, []]] as const) {
    try {
      const key = await crypto.subtle.importKey("spki", fromBase64(base64), algorithm, true, usages);
      return namedKey(await crypto.subtle.exportKey("jwk", key), kid);
    } catch {
      // Of the other kind, perhaps.
    }
  }
  return undefined;
}

/** The key of a PEM text. @internal */
export async function keyOfPem(pem: string, kid: string): Promise<KmsPublicJwk | undefined> {
  const [, base64] = /-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----/.exec(pem) ?? [];
  return base64 === undefined ? undefined : keyOfSpki(base64, kid);
}

/** A public key on P-256 as SubjectPublicKeyInfo in DER and base64. @internal */
export async function spkiOf({ crv, x, y }: PublicJwk): Promise<string> {
  const key = await crypto.subtle.importKey("jwk", { kty: "EC", crv, x, y }, ECDH, true, []);
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey("spki", key))));
}

/** Whether two public keys are one. @internal */
export async function isSameKey(one: PublicJwk | RsaPublicJwk, other: PublicJwk | RsaPublicJwk): Promise<boolean> {
  return (await jwkThumbprint(one)) === (await jwkThumbprint(other));
}
