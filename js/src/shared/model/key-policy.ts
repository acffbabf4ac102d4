/** What a key's policy says, and what it decides. */

/**
 * An operation on a key, by the name that a policy has for it. The uses: `encrypt` and `decrypt` of objects, for whatever
 * reading, and of uploads that are resumed; `encryptValue` and `decryptValue`, also of many; `rewrap`, which to another key
 * needs `decrypt` of the key that it leaves and `encrypt` of the one that it goes to as well; `sign`, `verify` and `export`. The
 * others change the key, by the method of that name.
 */
export type KeyOperation =
  | "encrypt"
  | "decrypt"
  | "encryptValue"
  | "decryptValue"
  | "rewrap"
  | "sign"
  | "verify"
  | "export"
  | "rotate"
  | "activate"
  | "suspend"
  | "resume"
  | "revoke"
  | "scheduleDestroy"
  | "cancelDestroy"
  | "destroy"
  | "update"
  | "setPolicy";

/** An operation that a view of a vault can be for. */
export type ViewOperation = Exclude<KeyOperation, "export">;

/** The encryption contexts that a policy admits. */
export interface ContextRule {
  /** Values by name that the context must have; `"*"` is any value. */
  required?: Readonly<Record<string, string>> | undefined;
  /** The only names that it may have besides. */
  only?: readonly string[] | undefined;
}

/** Operations that are refused unless somebody has presented factors lately, in this unlock of the vault. */
export interface FactorRule<Operation = KeyOperation> {
  /** How long ago at most: an ISO 8601 duration such as `"PT5M"`, of 1 second to 100 years. */
  within: string;
  /** At least one, each once. */
  operations: readonly Operation[];
}

/** An operation that a policy can have somebody else approve first. */
export type ApprovableOperation = "export" | "destroy" | "scheduleDestroy" | "setPolicy" | "setVaultPolicy";

/** Operations that are refused unless somebody else has approved exactly that: see `vault.approvals`. */
export interface ApprovalRule<Operation = Exclude<ApprovableOperation, "setVaultPolicy">> {
  /** At least one, each once. */
  operations: readonly Operation[];
  /** Who may: the RFC 7638 thumbprints of their public keys (P-256), 1 to 16, none of a key that this vault has. */
  approvers: readonly string[];
  /** How many of them have to: 1 unless given. */
  atLeast?: number | undefined;
}

/** The rules for a key. Where a member is absent, there is no such rule. */
export interface KeyPolicy {
  /** The operations that are allowed, and no others. Without `setPolicy` the policy stays for good. */
  operations?: readonly KeyOperation[] | undefined;
  /** Of a key that encrypts. Such a key is not exported, nor are headers rewrapped to or from another key. */
  context?: ContextRule | undefined;
  /** No use before that, in milliseconds since 1970. */
  notBefore?: number | undefined;
  /** No use after that, in milliseconds since 1970. */
  notAfter?: number | undefined;
  /** The operations that need a `reason`. */
  requireReason?: readonly KeyOperation[] | undefined;
  /** The number of the earliest version that is still used. */
  minimumVersion?: number | undefined;
  /**
   * How often the key is used, all its versions together: each use is written before anything comes of it, which takes a
   * transaction of IndexedDB. What was used before the policy was set counts.
   */
  maximumUses?: number | undefined;
  /** An ISO 8601 duration such as `"P1Y"`: `vault.health()` tells when so much time has passed since the policy was set. */
  reviewEvery?: string | undefined;
  /**
   * The operations that need a factor of a person: one that unlocked the vault, or was presented to a call since, such as
   * `vault.authenticate`. A passphrase, a passkey, a recovery kit, recovery shares or an escrow key; no device, and no reload.
   */
  freshFactor?: FactorRule | undefined;
  /** The operations that need factors of two kinds, such as a passphrase and a passkey, each as for `freshFactor`. */
  secondFactor?: FactorRule | undefined;
  /** The operations that somebody else has to approve, and who that is. List `setPolicy` too, or the rule is taken away without them. */
  approval?: ApprovalRule | undefined;
  /**
   * Who may be given the key: the RFC 7638 thumbprints of their public keys, 1 to 16. Such a key is not exported, since an exported one goes to anybody;
   * sharing keys, which a later release has, will give it to these alone.
   */
  receivers?: readonly string[] | undefined;
}

/**
 * What an organisation's policy refuses besides: `"expired"` for one that is too old to create a vault with, `"requiredFactors"` where a vault
 * would lack a factor, `"escrow"` where the organisation could not open it, `"maximumCryptoperiod"` for a key that is rotated too seldom, `"minimumArgon2"` for a passphrase that costs too little to try, `"organisation"` for another organisation's, `"sequence"` for one that has another one's number.
 */
export type OrganisationRule = "expired" | "requiredFactors" | "escrow" | "maximumCryptoperiod" | "minimumArgon2" | "organisation" | "sequence";

/** The rule that refused an operation: a member of the policy, or a rule of an organisation's. */
export type PolicyRule = Exclude<keyof KeyPolicy, "reviewEvery"> | OrganisationRule;

/** Whether the policies allow an operation. */
export interface PolicyDecision {
  readonly allowed: boolean;
  /** The first rule that refuses it; `undefined` where it is allowed. */
  readonly rule?: PolicyRule | undefined;
  /** Whose rule that is: the policy of the key, of the vault or of the vault's organisation, or the list of the view that was asked. */
  readonly policy?: "key" | "vault" | "organisation" | "view" | undefined;
}

/** An operation that was done, and that a draft of a policy would have refused. */
export interface TriedEntry {
  /** The entry's number in the audit log. */
  readonly sequence: number;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  readonly operation: KeyOperation;
}

/** What one rule of a draft would have refused. */
export interface TrialRefusal {
  readonly rule: Exclude<PolicyRule, OrganisationRule>;
  /** How many entries. */
  readonly count: number;
  /** The latest of them, a hundred at the most, the latest first. */
  readonly entries: readonly TriedEntry[];
}

/** What a draft of a policy would have refused of what was done. */
export interface PolicyTrial {
  /** The id of the audit log that was read. */
  readonly log: string;
  /** What was done before that was not looked at, in milliseconds since 1970. */
  readonly from: number;
  /** How many entries tell of something that was done with the key since. */
  readonly entries: number;
  /** By the first rule that refuses it. Empty where nothing would have been refused. */
  readonly refused: readonly TrialRefusal[];
  /**
   * How many of the entries depend on what the log does not have: the encryption context, or the version that a header which stayed under the key
   * was under. No other rule refuses them.
   */
  readonly undecided: number;
}

export interface ApprovalOptions {
  /** What the approvers that a policy names have signed of this: `vault.approvals`. Several where it asks for several. */
  approval?: string | readonly string[] | undefined;
}

export interface ReasonOptions {
  /** Why, for a policy that asks for it (`requireReason`). What changes a version's state keeps it in the history. */
  reason?: string | undefined;
}
