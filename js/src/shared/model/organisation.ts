/** The policy of the organisation that a vault belongs to. */
import type { PublicJwk } from "./jwk.js";
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
}

/** An organisation's policy as it is given, and a key that the organisation has or had. */
export interface OrganisationPin {
  /** The signed document: a compact JWS of at most 64 KiB. */
  policy: string;
  /** A public key of the organisation, or its thumbprint (RFC 7638): the one that the application was made with. */
  key: PublicJwk | string;
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
}

/** What became of an organisation's policy that was given. */
export interface OrganisationChange {
  /** Whether it is in force now and was not before. An older one, and the one that the vault has, change nothing. */
  readonly changed: boolean;
  /** What is in force. */
  readonly organisation: OrganisationInfo;
}
