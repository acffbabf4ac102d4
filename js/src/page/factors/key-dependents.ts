/** Keys that are elsewhere, and which factors need them. */
import { fromBase64Url, toBase64Url } from "../../shared/bytes.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { jwkThumbprint } from "../../shared/jwk-thumbprint.js";
import type { FactorInfo } from "../../shared/model/factor-info.js";
import type { KeyElsewhere } from "../../shared/model/key-elsewhere.js";
import { checkedAdapter, isAdapter } from "./held-key.js";

/** What a factor's key may go by. @throws ArgumentError, KmsError @internal */
export async function marksOf(key: KeyElsewhere, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
  const names = isAdapter(key) ? (key.keyIds ?? []) : [];
  return new Set([...names, await keyThumbprintOf(key, signal)]);
}

/** Its thumbprint. @throws ArgumentError, KmsError @internal */
export async function keyThumbprintOf(key: KeyElsewhere, signal: AbortSignal | undefined): Promise<string> {
  if (isAdapter(key)) return markOf(await checkedAdapter(key).publicKey({ signal }));
  if (typeof key !== "string") return markOf(key);
  if (!THUMBPRINT.test(key)) throw notFindable();
  return key;
}

/** @internal */
export function isMarked({ key }: FactorInfo, marks: ReadonlySet<string>): boolean {
  return [key?.thumbprint, key?.kid].some((mark) => mark !== undefined && marks.has(mark));
}

/** 32 bytes, as base64url has them: the last character has four bits. */
const THUMBPRINT = /^[\w-]{42}[AEIMQUYcgkosw048]$/;

/** A key that is not understood must not be found nowhere: "none" is the answer after which a key is disabled. */
function notFindable(): ArgumentError {
  return new ArgumentError("key must be a thumbprint (43 characters), a public JWK of RSA or on P-256, or an adapter; a key's name does not tell where the key is used under another");
}

async function markOf(jwk: unknown): Promise<string> {
  const thumbprint = typeof jwk === "object" && jwk !== null && isWhole(jwk) ? await jwkThumbprint(jwk) : undefined;
  if (thumbprint === undefined) throw notFindable();
  return thumbprint;
}

/** Whether its numbers are there, and written as vaults have them: another spelling has another thumbprint. */
function isWhole(jwk: object): boolean {
  const { kty, crv, n, e, x, y } = jwk as Record<string, unknown>;
  if (kty === "RSA") return [n, e].every((number) => numberIn(number)[0]);
  return kty === "EC" && crv === "P-256" && [x, y].every((coordinate) => numberIn(coordinate).length === 32);
}

/** None of what is no canonical base64url. */
function numberIn(text: unknown): Uint8Array {
  try {
    const bytes = fromBase64Url(String(text));
    return toBase64Url(bytes) === text ? bytes : new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}
