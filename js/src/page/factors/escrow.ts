/** A factor that an organisation has: a vault gets it by the public half of a key, and the private half opens it. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { PublicJwk, RsaPublicJwk, SecretJwk } from "../../shared/model/jwk.js";
import type { KmsAdapter } from "../../shared/model/kms-adapter.js";
import { withMethods } from "../../shared/options.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { utf8 } from "../../shared/text.js";
import { jwkJson } from "../keys/jwk-json.js";
import { beginAsking } from "../runtime/escrow-holders.js";
import { RsaHolder } from "./rsa-holder.js";

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

/** What `unlock` takes, and every call that asks for a factor. Holds its key privately, if it has it; printing one shows nothing. */
export class EscrowKey {
  readonly kind = "escrow";
  readonly #encode: () => WireFactor;

  /** @internal */
  constructor(encode: () => WireFactor) {
    this.#encode = encode;
  }

  /** Refuses to enrol it: the vault's side needs no private key. @throws ArgumentError @internal */
  checkNew(): void {
    throw new ArgumentError("a vault gets the public half: escrow(publicJwk)");
  }

  /** A fresh copy, or a number by which it is asked for. The caller wipes it. @internal */
  encode(): WireFactor {
    return this.#encode();
  }

  static {
    Object.defineProperty(EscrowKey.prototype, ESCROW_BRAND, { value: "key" });
  }
}

/**
 * An escrow for a vault to get: whoever has the private half of the key opens the vault from then on, alone, and can do what any
 * factor can. A P-256 key for `ECDH-ES`, or one of RSA for `RSA-OAEP-256` as key management services (KMS) have them, which is used for this
 * alone. The vault knows it by its thumbprint, as does `FactorInfo.key`. A `kid` of at most 2,048 bytes stays beside it: the name of the key at the
 * KMS. Nobody is asked for anything: the public half is all it takes.
 *
 * @example
 * const kit = await newRecoveryKit();
 * const vault = await Strongroom.create({ name: "work", factors: [passphrase(typed), kit, escrow(ACME_ESCROW)] });
 *
 * @throws ArgumentError for what is no JWK, and for a private one: that stays with the organisation
 */
export function escrow(publicKey: PublicJwk | RsaPublicJwk | JsonWebKey): Escrow {
  return new Escrow(publicHalf(publicKey, "an escrow"));
}

/** The JSON of the public half of a key that somebody else holds. @throws ArgumentError @internal */
export function publicHalf(publicKey: PublicJwk | RsaPublicJwk | JsonWebKey, what: string): string {
  const jwk = keyMembers(publicKey);
  const isRsa = jwk.kty === "RSA";
  if (!isRsa && (jwk.kty !== "EC" || jwk.crv !== "P-256")) throw new ArgumentError(`${what} needs a public JWK: on P-256 for ECDH-ES, or of RSA for RSA-OAEP-256`);
  if (PRIVATE.some((name) => jwk[name] !== undefined)) throw new ArgumentError(`this is a private key; ${what} is given its public half alone`);
  return jwkJson(jwk);
}

/**
 * The private half, for the organisation to open a vault: after somebody has left, or has lost every factor of their own. It is given as a JWK, or
 * asked of a key management service by one of the adapters of `strongroom/kms` or of your own: once for each call that it is given to. An unlock takes the
 * vault's `identity` beside it, since anybody can make a vault that a public key opens: `IdentityChangedError` without it, before anything is asked.
 *
 * @example
 * const vault = await Strongroom.restore(backup);
 * await vault.unlock(escrowKey(privateJwk), { identity });   // what vault.identity() said when the key was added
 * await vault.factors.add(passphrase(next), { factor: escrowKey(privateJwk) });
 *
 * @throws ArgumentError for what is neither a private JWK, on P-256 or of RSA, nor an adapter
 */
export function escrowKey(privateKey: SecretJwk | JsonWebKey | string | KmsAdapter): EscrowKey {
  if (isAdapter(privateKey)) {
    const adapter = checkedAdapter(privateKey);
    return new EscrowKey(() => ({ kind: "escrow", secrets: [], ceremony: beginAsking(adapter), kms: true }));
  }
  const jwk = keyMembers(privateKey);
  if (jwk.kty === "RSA") {
    const holder = new RsaHolder(jwk);
    return new EscrowKey(() => ({ kind: "escrow", secrets: [], ceremony: beginAsking(holder) }));
  }
  if (jwk.kty !== "EC" || jwk.crv !== "P-256" || typeof jwk.d !== "string") throw new ArgumentError("an escrow opens by a private JWK, on P-256 or of RSA, or by an adapter");
  const json = jwkJson(jwk);
  return new EscrowKey(() => ({ kind: "escrow", secrets: [utf8(json)] }));
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

/** Refuses a key that says that it signs: the organisation's private half would not open what was escrowed to it. */
function keyMembers(given: object | string): JsonWebKey {
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
