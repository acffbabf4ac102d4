/** JSON Web Keys (RFC 7517) that cross the API. */

/** A public JWK (RFC 7517) on P-256. */
export interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
}

/** A public JWK of RSA, of 2048 to 4096 bits, for `RSA-OAEP-256`. */
export interface RsaPublicJwk {
  readonly kty: "RSA";
  /** The modulus, base64url. */
  readonly n: string;
  /** The exponent, base64url. */
  readonly e: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
}

/** A secret JWK: `oct` of 32 bytes, or `EC` P-256 with its private half. */
export type SecretJwk =
  | { readonly kty: "oct"; readonly k: string; readonly kid?: string }
  | (PublicJwk & { readonly d: string });
