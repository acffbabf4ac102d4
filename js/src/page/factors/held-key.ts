/** Keys that others hold, at a key management service (KMS) or elsewhere: what escrows and gates have in common. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { PublicJwk, RsaPublicJwk } from "../../shared/model/jwk.js";
import type { KmsAdapter } from "../../shared/model/kms-adapter.js";
import { withMethods } from "../../shared/options.js";
import { jwkJson } from "../keys/jwk-json.js";

/** What a factor has of such a key: the public half, which is enrolled, or what opens by the private one. */
type HeldHalf = "recipient" | "key";

/** By which every copy of the package knows one kind of the others' factors, and which half each has. @internal */
export class HeldBrand {
  readonly #symbol: symbol;

  constructor(kind: "escrow" | "kms") {
    this.#symbol = Symbol.for(`strongroom.factor.${kind}`);
  }

  /** Marks the factors of a class. */
  mark(prototype: object, half: HeldHalf): void {
    Object.defineProperty(prototype, this.#symbol, { value: half });
  }

  /** Whether a factor is of the kind. */
  isOn(factor: unknown): boolean {
    return typeof this.#of(factor) === "string";
  }

  /** Whether it has the public half alone. */
  isOnRecipient(factor: unknown): boolean {
    return this.#of(factor) === ("recipient" satisfies HeldHalf);
  }

  #of(factor: unknown): unknown {
    return typeof factor === "object" && factor !== null ? (factor as Record<symbol, unknown>)[this.#symbol] : undefined;
  }
}

/** The JSON of the public half of a key that somebody else holds. @throws ArgumentError @internal */
export function publicHalf(publicKey: PublicJwk | RsaPublicJwk | JsonWebKey, what: string): string {
  const jwk = keyMembers(publicKey);
  const isRsa = jwk.kty === "RSA";
  if (!isRsa && (jwk.kty !== "EC" || jwk.crv !== "P-256")) throw new ArgumentError(`${what} needs a public JWK: on P-256 for ECDH-ES, or of RSA for RSA-OAEP-256`);
  if (PRIVATE.some((name) => jwk[name] !== undefined)) throw new ArgumentError(`this is a private key; ${what} is given its public half alone`);
  return jwkJson(jwk);
}

/** What a public key has none of. */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "oth"] as const;

/** @internal */
export function isAdapter(given: unknown): given is KmsAdapter {
  return typeof given === "object" && given !== null && "unwrap" in given;
}

/** @throws ArgumentError @internal */
export function checkedAdapter(given: KmsAdapter): KmsAdapter {
  return withMethods(given, "the adapter", ["publicKey", "unwrap"]);
}

/** The members of a JWK. Refuses a key that says that it signs: its private half would not open what was encrypted to it. @throws ArgumentError @internal */
export function keyMembers(given: object | string): JsonWebKey {
  const jwk = jwkObject(jwkJson(given)) as JsonWebKey;
  const { use = "enc", key_ops: operations = [] } = jwk;
  if (use !== "enc" || !Array.isArray(operations) || operations.some((operation) => operation === "sign" || operation === "verify")) {
    throw new ArgumentError("the key says that it is for signatures; an escrow needs one of its own, for ECDH-ES or RSA-OAEP-256");
  }
  return jwk;
}

/** Nothing of what was given is in the error: it may be a private key. */
function jwkObject(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ArgumentError("the key must be a JWK, or its JSON");
  }
  if (typeof value !== "object" || value === null) throw new ArgumentError("the key must be a JWK, or its JSON");
  return value;
}
