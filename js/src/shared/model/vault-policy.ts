/** What a vault's policy says. */
import type { ApprovableOperation, ApprovalRule, FactorRule, KeyOperation, KeyPolicy } from "./key-policy.js";

/**
 * An operation on the vault itself, by the name that its policy has for it. `createKey`, `importKey` and `createSession` are `create`,
 * `import` and `createSession` of `vault.keys`; `addFactor` to `requireFactors` the methods of `vault.factors`; `startAudit`, `stopAudit` and
 * `cutAudit` those of `vault.audit`; `setVaultPolicy` is `vault.setPolicy`; the others have the vault's own names. No organisation's policy refuses
 * `backup` and `setOrganisation`.
 */
export type VaultOperation =
  | "createKey"
  | "importKey"
  | "createSession"
  | "addFactor"
  | "renameFactor"
  | "replaceFactor"
  | "revokeFactor"
  | "requireFactors"
  | "rotateVaultKey"
  | "backup"
  | "merge"
  | "track"
  | "untrack"
  | "shred"
  | "startAudit"
  | "stopAudit"
  | "cutAudit"
  | "setVaultPolicy"
  | "setOrganisation";

/**
 * The rules for a vault: for operations on the vault itself, and for all operations on every key, besides the key's own policy. Where a
 * member is absent, there is no such rule.
 */
export interface VaultPolicy extends Pick<KeyPolicy, "context" | "notBefore" | "notAfter" | "reviewEvery"> {
  /** The operations that are allowed, and no others. Without `setVaultPolicy` the policy stays for good. */
  operations?: readonly (KeyOperation | VaultOperation)[] | undefined;
  /** The operations that need a `reason`. */
  requireReason?: readonly (KeyOperation | VaultOperation)[] | undefined;
  /** The operations that need a factor of a person, presented lately: see `KeyPolicy`. A call that is given one needs no other, but for `merge`. */
  freshFactor?: FactorRule<KeyOperation | VaultOperation> | undefined;
  /** The operations that need factors of two kinds, each as for `freshFactor`. */
  secondFactor?: FactorRule<KeyOperation | VaultOperation> | undefined;
  /** The operations that somebody else has to approve, and who that is. List `setVaultPolicy` too. */
  approval?: ApprovalRule<ApprovableOperation> | undefined;
}

/** A vault's policy, as it stands. */
export interface VaultPolicyInfo {
  /** The policy that was set last. One of a later release may have members that are not here. */
  readonly policy?: VaultPolicy | undefined;
  /** Others that apply as well, since two copies of the vault set them apart; until another one is set. */
  readonly conflictingPolicies?: readonly VaultPolicy[] | undefined;
  /** How often the policy was set or taken away; `undefined` where it never was. */
  readonly policyVersion?: number | undefined;
  /** When it was, in milliseconds since 1970. */
  readonly policyChanged?: number | undefined;
  /** When the policy is to be reviewed, in milliseconds since 1970. */
  readonly reviewDue?: number | undefined;
}
