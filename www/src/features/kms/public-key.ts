/** A public key that somebody pastes: a JWK, or what key management services give, SPKI as PEM or in base64. */

import type { PublicJwk, RsaPublicJwk } from "strongroom";
import { Problem } from "../../ui/problem";

export interface PastedKey {
  jwk: PublicJwk | RsaPublicJwk;
  /** As the vault will know it (RFC 7638). */
  thumbprint: string;
  /** Such as "RSA, 3,072 bits". */
  kind: string;
  /** What the JWK calls itself. */
  kid: string | undefined;
}

const RSA = { name: "RSA-OAEP", hash: "SHA-256" } as const;
const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
/** What a private JWK has. */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** @throws Problem of the field `key` */
export async function readPublicKey(text: string): Promise<PastedKey> {
  const typed = text.trim();
  if (/PRIVATE KEY/.test(typed)) throw problem("This is a private key. Paste the public half alone, and keep this one where it is.");
  return typed.startsWith("{") ? ofJwk(membersOf(typed)) : ofSpki(typed);
}

async function ofJwk(given: JsonWebKey & { kid?: unknown }): Promise<PastedKey> {
  if (PRIVATE.some((name) => name in given)) throw problem("This is a private key. Paste the public half alone, and keep this one where it is.");
  const { kty, n, e, crv, x, y, kid } = given;
  const jwk = kty === "RSA" ? { kty, n, e } : { kty, crv, x, y };
  const key = await crypto.subtle.importKey("jwk", jwk as JsonWebKey, kty === "RSA" ? RSA : CURVE, true, kty === "RSA" ? ["encrypt"] : []).catch(() => undefined);
  return told(key, typeof kid === "string" ? kid : undefined);
}

async function ofSpki(typed: string): Promise<PastedKey> {
  const bytes = bytesOf(typed.replaceAll(/-----(?:BEGIN|END) PUBLIC KEY-----|\s/g, ""));
  const key = bytes && ((await spki(bytes, RSA, ["encrypt"])) ?? (await spki(bytes, CURVE, [])));
  return told(key, undefined);
}

const spki = (bytes: Uint8Array<ArrayBuffer>, algorithm: typeof RSA | typeof CURVE, usages: KeyUsage[]) =>
  crypto.subtle.importKey("spki", bytes, algorithm, true, usages).catch(() => undefined);

async function told(key: CryptoKey | undefined, kid: string | undefined): Promise<PastedKey> {
  if (!key) throw problem("This is no public key that a vault can use. Paste a JWK or PEM of RSA, or on P-256.");
  const { modulusLength: bits } = key.algorithm as RsaKeyAlgorithm;
  if (bits !== undefined && (bits < 2048 || bits > 4096)) throw problem("The key must be of RSA with 2,048 to 4,096 bits, or on P-256.");
  const { kty, n, e, crv, x, y } = await crypto.subtle.exportKey("jwk", key);
  const jwk = (bits === undefined ? { kty, crv, x, y } : { kty, n, e }) as PublicJwk | RsaPublicJwk;
  const kind = bits === undefined ? "P-256" : `RSA, ${bits.toLocaleString("en")} bits`;
  return { jwk, kid, kind, thumbprint: await thumbprintOf(bits === undefined ? { crv, kty, x, y } : { e, kty, n }) };
}

/** Of these members, in the order of their names. */
async function thumbprintOf(members: object): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(members)));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
}

function membersOf(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw problem("This begins like a JWK, and is no JSON. Paste all of it.");
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

const problem = (words: string) => new Problem(words, "key");
