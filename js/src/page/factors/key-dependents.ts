/** Which factors need a key that is elsewhere. */
import { ArgumentError } from "../../shared/errors/index.js";
import { jwkThumbprint } from "../../shared/jwk-thumbprint.js";
import type { FactorInfo } from "../../shared/model/factor-info.js";
import type { PublicJwk, RsaPublicJwk } from "../../shared/model/jwk.js";
import type { KmsAdapter } from "../../shared/model/kms-adapter.js";
import { nonEmpty } from "../../shared/text.js";
import { checkedAdapter, isAdapter } from "./escrow.js";

/** A key by its name or its thumbprint, as a public JWK, or as an adapter asks for it. */
export type KeyElsewhere = string | PublicJwk | RsaPublicJwk | JsonWebKey | KmsAdapter;

/** What a factor's key may go by. @throws ArgumentError, KmsError @internal */
export async function marksOf(key: KeyElsewhere, signal: AbortSignal | undefined): Promise<ReadonlySet<string>> {
  if (typeof key === "string") return new Set([nonEmpty(key, "key")]);
  if (!isAdapter(key)) return new Set([await markOf(key)]);
  const adapter = checkedAdapter(key);
  return new Set([...(adapter.keyIds ?? []), await markOf(await adapter.publicKey({ signal }))]);
}

/** @internal */
export function isMarked({ key }: FactorInfo, marks: ReadonlySet<string>): boolean {
  return [key?.thumbprint, key?.kid].some((mark) => mark !== undefined && marks.has(mark));
}

async function markOf(jwk: unknown): Promise<string> {
  const thumbprint = typeof jwk === "object" && jwk !== null ? await jwkThumbprint(jwk) : undefined;
  if (thumbprint === undefined) throw new ArgumentError("key must be a key's name or thumbprint, a public JWK of RSA or on P-256, or an adapter");
  return thumbprint;
}
