/** Thumbprints of public JWKs (RFC 7638). */
import { toBase64Url } from "./bytes.js";

/** The members of each kind of key that count, in their order. */
const COUNTING: Readonly<Record<string, readonly string[]>> = { EC: ["crv", "kty", "x", "y"], RSA: ["e", "kty", "n"] };

/** The SHA-256 of the members that count, without spaces; `undefined` for a key of another kind. @internal */
export async function jwkThumbprint(jwk: object): Promise<string | undefined> {
  const members = jwk as Record<string, unknown>;
  const names = COUNTING[String(members["kty"])];
  if (!names) return undefined;
  const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, members[name]])));
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
