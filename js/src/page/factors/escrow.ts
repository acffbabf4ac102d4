/** A factor that an organisation has: a vault gets it by the public half of a key, and the private half opens it. */
import { ArgumentError } from "../../shared/errors/index.js";
import type { PublicJwk, RsaPublicJwk, SecretJwk } from "../../shared/model/jwk.js";
import type { KmsAdapter } from "../../shared/model/kms-adapter.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { utf8 } from "../../shared/text.js";
import { jwkJson } from "../keys/jwk-json.js";
import { beginAsking } from "../runtime/escrow-holders.js";
import { checkedAdapter, HeldBrand, isAdapter, keyMembers, publicHalf } from "./held-key.js";
import { RsaHolder } from "./rsa-holder.js";

const ESCROW_BRAND = new HeldBrand("escrow");

/** Whether a factor is an escrow of any copy of the package. @internal */
export function isEscrow(factor: unknown): factor is Escrow | EscrowKey {
  return ESCROW_BRAND.isOn(factor);
}

/** Whether it has the public half alone. @internal */
export function isEscrowRecipient(factor: unknown): factor is Escrow {
  return ESCROW_BRAND.isOnRecipient(factor);
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
    ESCROW_BRAND.mark(Escrow.prototype, "recipient");
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
    ESCROW_BRAND.mark(EscrowKey.prototype, "key");
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
