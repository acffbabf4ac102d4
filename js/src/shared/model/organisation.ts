/** The policy of the organisation that a vault belongs to. */
import type { PublicJwk, RsaPublicJwk } from "./jwk.js";
import type { VaultPolicy } from "./vault-policy.js";

/** What a vault must have to open it: `"recovery"` is a recovery kit or recovery shares. */
export type RequiredFactor = "recovery" | "passphrase" | "passkey" | "recovery-kit" | "recovery-shares";

/** What an organisation's policy says. Where a member is absent, there is no such rule. */
export interface OrganisationRules {
  /** What people call the organisation: 1 to 256 bytes of UTF-8. */
  name?: string | undefined;
  /** Rules for the vault and every key, as those of `vault.setPolicy`. None refuses a backup. */
  rules?: VaultPolicy | undefined;
  /** What a vault must have to open it: at least one, each once. */
  requiredFactors?: readonly RequiredFactor[] | undefined;
  /**
   * How long a version of a key protects at the most: an ISO 8601 duration. A key that is made without `rotateEvery` gets this, and a longer one is
   * refused; so is a session key that lives longer.
   */
  maximumCryptoperiod?: string | undefined;
  /** What a passphrase costs to try at the least, by Argon2id. New ones get it; the others do at the next unlock with them. */
  minimumArgon2?: Argon2Cost | undefined;
  /** The URL of https that `vault.audit.ship` is to ship the audit log to. */
  collector?: string | undefined;
  /** The public JWK on P-256, of exactly `kty`, `crv`, `x` and `y`, or of RSA, of exactly `kty`, `n` and `e`, whose private half is to open every vault (`escrow`), with its owner's consent. */
  escrow?: PublicJwk | RsaPublicJwk | undefined;
}

/** A cost of Argon2id: `memory` in KiB, from 19,456 to 1,048,576; `passes` over it, from 2 to 16. */
export interface Argon2Cost {
  readonly memory: number;
  readonly passes: number;
}

/** An organisation's policy as it is given, and a key that the organisation has or had. */
export interface OrganisationPin {
  /** The signed document: a compact JWS of at most 64 KiB. */
  policy: string;
  /** A public key of the organisation, or its thumbprint (RFC 7638): the one that the application was made with. */
  key: PublicJwk | string;
}

/**
 * Which organisation a vault is to belong to, and where its policy comes from: `policy`, `url`, or both.
 *
 * With `policy`, each unlock has it bind a vault that none binds yet, as `vault.setOrganisation`, or takes it where it is a later one; what
 * refuses it fails the unlock. With `url`, the policy that is there is fetched after each unlock and once a day while the vault is unlocked,
 * and taken likewise; that neither delays nor fails an unlock, and `vault.health()` tells what failed.
 */
export interface OrganisationSource extends Partial<Pick<OrganisationPin, "policy">>, Pick<OrganisationPin, "key"> {
  /** Of https, or of this machine. Fetched without credentials. It ends after ten seconds, after 64 KiB, and where it is redirected. */
  url?: string | URL | undefined;
}

/** The organisation's policy that is in force. */
export interface OrganisationInfo extends Readonly<OrganisationRules> {
  /** Whether this release knows all of it. If not, nothing else but `set` is told, and what it can refuse is refused (`ERR_UNSUPPORTED`). */
  readonly supported: boolean;
  /** When the vault took it, in milliseconds since 1970. */
  readonly set: number;
  /** The thumbprint of the organisation's first key: its name, for good. */
  readonly organisation?: string | undefined;
  /** The thumbprint of the key that signed it. */
  readonly signer?: string | undefined;
  /** Its number: a later policy has a higher one. */
  readonly sequence?: number | undefined;
  /** No vault is created with it after that, in milliseconds since 1970. It stays in force where it is. */
  readonly notAfter?: number | undefined;
  /** What is required and the vault does not have. */
  readonly missingFactors?: readonly RequiredFactor[] | undefined;
  /** `true` where `escrow` does not open the vault: add `escrow(organisation.escrow)`, once the vault's owner has agreed. */
  readonly missingEscrow?: true | undefined;
  /** The ids of the passphrases that cost less to try than they have to. */
  readonly weakPassphrases?: readonly string[] | undefined;
}

/** What became of an organisation's policy that was given. */
export interface OrganisationChange {
  /** Whether it is in force now and was not before. An older one, and the one that the vault has, change nothing. */
  readonly changed: boolean;
  /** What is in force. */
  readonly organisation: OrganisationInfo;
}
