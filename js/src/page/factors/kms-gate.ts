/** A key management service (KMS) as a gate: a vault asks it beside a person, and opens without it to nobody but who has what is on paper. */
import type { PublicJwk, RsaPublicJwk } from "../../shared/model/jwk.js";
import type { KmsAdapter } from "../../shared/model/kms-adapter.js";
import type { WireFactor } from "../../shared/protocol/vault-calls.js";
import { ArgumentError } from "../../shared/errors/index.js";
import { check, optionsOf, type Checks } from "../../shared/options.js";
import { utf8 } from "../../shared/text.js";
import { beginAsking } from "../runtime/escrow-holders.js";
import { checkedAdapter, HeldBrand, isAdapter, publicHalf } from "./held-key.js";

const GATE_BRAND = new HeldBrand("kms");

/** Whether a factor is a gate of any copy of the package. @internal */
export function isGate(factor: unknown): factor is KmsGate | KmsGateKey {
  return GATE_BRAND.isOn(factor);
}

/** Whether it has the public half alone. @internal */
export function isGateRecipient(factor: unknown): factor is KmsGate {
  return GATE_BRAND.isOnRecipient(factor);
}

export interface KmsGateOptions {
  /**
   * For how long a device opens the vault without the KMS where it cannot be reached, from its last answer on: an ISO 8601 duration from one minute to
   * seven days, such as `"PT8H"`. Not at all unless it is given. Whoever disables the key waits for as long.
   */
  offlineGrace?: string | undefined;
}

const GATE = { offlineGrace: check.name } satisfies Checks<KmsGateOptions>;

/** What `create` and `factors.add` take: whom the vault is to ask. */
export class KmsGate {
  readonly kind = "kms";
  readonly #jwk: string;
  readonly #options: KmsGateOptions;

  /** @internal */
  constructor(jwk: string, options: KmsGateOptions) {
    this.#jwk = jwk;
    this.#options = options;
  }

  /** @internal */
  checkNew(): void {}

  /** @internal */
  encode(): WireFactor {
    return { kind: this.kind, secrets: [utf8(this.#jwk)], ...this.#options };
  }

  static {
    GATE_BRAND.mark(KmsGate.prototype, "recipient");
  }
}

/** What is presented beside a passphrase or a passkey. */
export class KmsGateKey {
  readonly kind = "kms";
  readonly #adapter: KmsAdapter;

  /** @internal */
  constructor(adapter: KmsAdapter) {
    this.#adapter = adapter;
  }

  /** Refuses to enrol it: whoever enrols needs no leave to ask. @throws ArgumentError @internal */
  checkNew(): void {
    throw new ArgumentError("a vault gets the public key: kmsGate(await adapter.publicKey())");
  }

  /** A number by which it is asked for. @internal */
  encode(): WireFactor {
    return { kind: this.kind, secrets: [], ceremony: beginAsking(this.#adapter), kms: true };
  }

  static {
    GATE_BRAND.mark(KmsGateKey.prototype, "key");
  }
}

/**
 * A KMS as a gate, of a vault that `requires` it beside a passphrase or a passkey: whoever disables its key stops every unlock that must ask it. A
 * vault gets it by the public key, without a request; it is presented by an adapter of `strongroom/kms` or your own, which is asked once for each call that
 * it is given to. The KMS learns nothing: what it decrypts is one random key, and what that opens is encrypted to the person's own factor. By
 * itself it opens nothing, also where the vault does not require it. A key of a KMS serves one use: the key of an escrow is refused.
 * With `offlineGrace` a device keeps the last answer for as long, wrapped under a key that the browser gives to nobody, and an unlock there does
 * with it where the KMS cannot be reached (`KmsError` with `offline`, `cors`, `timeout`, `unavailable` or `throttled`). The person's factor is asked for all the same.
 *
 * @example
 * const gate = await kms.publicKey();
 * const factors = [passphrase(typed), kmsGate(gate), await newRecoveryKit()];
 * const vault = await Strongroom.create({ name: "work", factors, requires: ["passphrase", "kms"] });
 * await vault.lock();
 * await vault.unlock([passphrase(typed), kmsGate(kms)]);
 *
 * @throws ArgumentError for what is neither a public JWK, on P-256 or of RSA, nor an adapter, and for unknown options
 */
export function kmsGate(adapter: KmsAdapter): KmsGateKey;
export function kmsGate(publicKey: PublicJwk | RsaPublicJwk | JsonWebKey, options?: KmsGateOptions): KmsGate;
export function kmsGate(key: KmsAdapter | PublicJwk | RsaPublicJwk | JsonWebKey, options?: KmsGateOptions): KmsGate | KmsGateKey {
  if (!isAdapter(key)) return new KmsGate(publicHalf(key, "a gate"), optionsOf(options, GATE));
  if (options !== undefined) throw new ArgumentError("options are of a gate that is enrolled, by its public key");
  return new KmsGateKey(checkedAdapter(key));
}
