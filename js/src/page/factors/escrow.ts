/** A factor that an organisation has: a vault gets it by the public half of a key, and the private half opens it. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { PublicJwk, SecretJwk } from "../../shared/model/jwk.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { utf8 } from "../../shared/text.js";
import { jwkJson } from "../keys/jwk-json.js";

/** By which every copy of the package knows the escrows of the others: whether one opens. */
const ESCROW_BRAND = Symbol.for("strongroom.factor.escrow");

function escrowBrand(factor: unknown): unknown {
  return typeof factor === "object" && factor !== null ? (factor as { [ESCROW_BRAND]?: unknown })[ESCROW_BRAND] : undefined;
}

/** Whether a factor is an escrow of any copy of the package. @internal */
export function isEscrow(factor: unknown): factor is Escrow | EscrowKey {
  return typeof escrowBrand(factor) === "string";
}

/** Whether it has the public half alone. @internal */
export function isEscrowRecipient(factor: unknown): factor is Escrow {
  return escrowBrand(factor) === "recipient";
}

/** What `create` and `factors.add` take: who else is to open the vault. */
export class Escrow {
  readonly kind = "escrow";
  readonly #jwk: string;

  /** @internal */
  constructor(jwk: string) {
    this.#jwk = jwk;
  }

  /** @internal */
  checkNew(): void {}

  /** @internal */
  encode(): WireFactor {
    return { kind: this.kind, secrets: [utf8(this.#jwk)] };
  }

  static {
    Object.defineProperty(Escrow.prototype, ESCROW_BRAND, { value: "recipient" });
  }
}

/** What `unlock` takes, and every call that asks for a factor. Holds its key privately; printing one shows nothing. */
export class EscrowKey {
  readonly kind = "escrow";
  readonly #jwk: string;

  /** @internal */
  constructor(jwk: string) {
    this.#jwk = jwk;
  }

  /** Refuses to enrol it: the vault's side needs no private key. @throws ArgumentError @internal */
  checkNew(): void {
    throw new ArgumentError("a vault gets the public half: escrow(publicJwk)");
  }

  /** A fresh copy. The caller wipes it. @internal */
  encode(): WireFactor {
    return { kind: this.kind, secrets: [utf8(this.#jwk)] };
  }

  static {
    Object.defineProperty(EscrowKey.prototype, ESCROW_BRAND, { value: "key" });
  }
}

/**
 * An escrow for a vault to get: whoever has the private half of the key opens the vault from then on, alone, and can do what any
 * factor can. A P-256 key for `ECDH-ES`, which is used for this alone. The vault knows it by its thumbprint, as does
 * `FactorInfo.escrow`.
 *
 * @example
 * const kit = await newRecoveryKit();
 * const vault = await Strongroom.create({ name: "work", factors: [passphrase(typed), kit, escrow(ACME_ESCROW)] });
 *
 * @throws ArgumentError for what is no JWK, and for a private one: that stays with the organisation
 */
export function escrow(publicKey: PublicJwk | JsonWebKey): Escrow {
  const jwk = keyMembers(publicKey);
  if (jwk.kty !== "EC" || jwk.crv !== "P-256") throw new ArgumentError("an escrow needs a public JWK on P-256, for ECDH-ES");
  if (jwk.d !== undefined) throw new ArgumentError("this is a private key; an escrow is given its public half alone");
  return new Escrow(jwkJson(jwk));
}

/**
 * The private half, for the organisation to open a vault: after somebody has left, or has lost every factor of their own.
 *
 * @example
 * const vault = await Strongroom.restore(backup);
 * await vault.unlock(escrowKey(privateJwk));
 * await vault.factors.add(passphrase(next), { factor: escrowKey(privateJwk) });
 *
 * @throws ArgumentError for what is no private JWK on P-256
 */
export function escrowKey(privateKey: SecretJwk | JsonWebKey | string): EscrowKey {
  const jwk = keyMembers(privateKey);
  if (jwk.kty !== "EC" || jwk.crv !== "P-256" || typeof jwk.d !== "string") throw new ArgumentError("an escrow opens by a private JWK on P-256");
  return new EscrowKey(jwkJson(jwk));
}

/** Refuses a key that says that it signs: the organisation's private half would not open what was escrowed to it. */
function keyMembers(given: object | string): JsonWebKey {
  const jwk = jwkObject(jwkJson(given)) as JsonWebKey;
  const { use = "enc", key_ops: operations = [] } = jwk;
  if (use !== "enc" || !Array.isArray(operations) || operations.some((operation) => operation === "sign" || operation === "verify")) {
    throw new ArgumentError("the key says that it is for signatures; an escrow needs one of its own, for ECDH-ES");
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
