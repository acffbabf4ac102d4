/** What a vault tells of its keys. Never the keys themselves. */
import type { PublicJwk } from "./jwk.js";
import type { KeyPolicy } from "./key-policy.js";

/**
 * States of a key's version (NIST SP 800-57 part 1 §7). Only `active` protects; `deactivated` and
 * `compromised` still open what was protected before; `suspended` and `destroy-scheduled` do nothing;
 * `pre-active` does nothing yet, and `destroyed` never again.
 */
export type VersionState =
  | "pre-active"
  | "active"
  | "suspended"
  | "deactivated"
  | "compromised"
  | "destroy-scheduled"
  | "destroyed";

/**
 * The one thing that a key is for: `encrypt` wraps data keys and encrypts values (A256KW), `share` is what others
 * encrypt to (P-256 key agreement), `sign` signs (ES256), `mac` signs what this vault alone verifies (HS256), and
 * `verify`, an imported public key of somebody else's, verifies what they sign (ES256).
 */
export type Purpose = "encrypt" | "share" | "sign" | "mac" | "verify";

/**
 * What can be done with a version, by the method that does it. `revoke` is that without options, and `compromise` is
 * `revoke({ compromised: true })`, which more states permit. `protect` encrypts, wraps and signs what is new; `open`
 * decrypts, unwraps and verifies what the version protected; `export` gives the secret out.
 */
export type VersionAction =
  | "activate"
  | "suspend"
  | "resume"
  | "revoke"
  | "compromise"
  | "scheduleDestroy"
  | "cancelDestroy"
  | "destroy"
  | "protect"
  | "open"
  | "export";

/** All of them. @internal */
export const VERSION_ACTIONS = Object.keys({
  activate: true,
  suspend: true,
  resume: true,
  revoke: true,
  compromise: true,
  scheduleDestroy: true,
  cancelDestroy: true,
  destroy: true,
  protect: true,
  open: true,
  export: true,
} satisfies Record<VersionAction, true>) as readonly VersionAction[];

/** How a version came into a state. */
export interface Transition {
  readonly state: VersionState;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The operation that did it. */
  readonly by: string;
  /** What the caller gave as the reason. */
  readonly reason?: string | undefined;
}

export interface KeyVersion {
  readonly id: string;
  /** 1 for the first. */
  readonly number: number;
  readonly state: VersionState;
  /** Milliseconds since 1970. */
  readonly created: number;
  /**
   * How often it was used. Gathered in memory and written every 10 seconds or so: after a crash it may be
   * lower than it should.
   */
  readonly uses: number;
  /** When its material will be erased, in milliseconds since 1970, while that is scheduled. */
  readonly destroyAt?: number | undefined;
  /** Whether it will be erased then even if objects of the inventory still need it. */
  readonly forced?: true | undefined;
  /** Whether others may have it: stays true in every later state. */
  readonly compromised?: true | undefined;
  /** Since when that is known, in milliseconds since 1970. */
  readonly compromisedAt?: number | undefined;
  /** Whether it came with a backup that proves nothing (`vault.merge`): what it opens is `unsigned`. */
  readonly unproven?: true | undefined;
  /** The public half; a symmetric key has none. */
  readonly publicJwk?: PublicJwk | undefined;
  /** Every state that it was in, the oldest first. */
  readonly history: readonly Transition[];
  /** What its state permits; of a session's key, only its uses. */
  readonly actions: readonly VersionAction[];
}

/** The version that opened something. Its state is as of then: `compromised` says that others may have it too. */
export interface OpenedBy {
  /** The key's id. */
  readonly key: string;
  /** The version's id. */
  readonly version: string;
  readonly state: VersionState;
}

/**
 * Who wrote what was opened. `"own"`: whoever has the key that opened it, which is only the opener; or an object that
 * the inventory or the caller named. `"unsigned"`: nothing proves the writer.
 */
export type Origin = "own" | "unsigned";

/** What the signature of an object for others too covers: `"header"`, and every recipient can have written the body; or also its `"content"`. */
export type Covers = "header" | "content";

/** What a vault tells of one of its keys. */
export interface KeyInfo {
  readonly id: string;
  /** The name it is found by; of a key that is destroyed, the name that it had. */
  readonly alias: string;
  readonly purpose: Purpose;
  /** Of the primary version. */
  readonly state: VersionState;
  /** True once all its versions are destroyed: found by its id alone, and its alias is free. */
  readonly destroyed?: true | undefined;
  /** The id of the version that protects. */
  readonly primary: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly labels: Readonly<Record<string, string>>;
  /** An ISO 8601 duration. */
  readonly rotateEvery?: string | undefined;
  /** When it will be rotated next, in milliseconds since 1970. */
  readonly due?: number | undefined;
  /** Of all versions together; see `KeyVersion.uses`. */
  readonly uses: number;
  /** Milliseconds since 1970; as exact as `uses`. */
  readonly lastUsed?: number | undefined;
  /** True for a key that is only in memory. */
  readonly session?: true | undefined;
  /** What its owner allows: the policy that was set last. One of a later release may have members that are not here. */
  readonly policy?: KeyPolicy | undefined;
  /** Others that apply too, until `setPolicy`: copies of the vault set them apart, and were merged. */
  readonly conflictingPolicies?: readonly KeyPolicy[] | undefined;
  /** How often the policy was set or taken away. */
  readonly policyVersion?: number | undefined;
  /** When it was, the last time, in milliseconds since 1970. */
  readonly policyChanged?: number | undefined;
  /** When it is to be reviewed, in milliseconds since 1970. */
  readonly reviewDue?: number | undefined;
  /** When a session key ends, in milliseconds since 1970. */
  readonly expires?: number | undefined;
  /** By number. */
  readonly versions: readonly KeyVersion[];
}

export interface KeyOptions {
  /** The name it is found by; no other key of the vault has it, but for one that is destroyed. */
  alias: string;
  /** `"encrypt"` unless given. Stays for good. */
  purpose?: Purpose | undefined;
  /** Names and values of your own, to list by; encrypted at rest like everything else. */
  labels?: Readonly<Record<string, string>> | undefined;
  /**
   * An ISO 8601 duration such as `"P90D"`: rotates when that much time has passed since the last rotation, at
   * unlock and while the vault is unlocked.
   */
  rotateEvery?: string | undefined;
  /** What is allowed. Everything, unless given. */
  policy?: KeyPolicy | undefined;
}

export interface SessionOptions {
  /** How long the key lives at most: an ISO 8601 duration such as `"PT1H"`. */
  ttl: string;
  /** A random one unless given. */
  alias?: string | undefined;
  /** `"encrypt"` unless given. */
  purpose?: Purpose | undefined;
}

/** Which keys to list. Members that are given must all match. */
export interface KeyFilter {
  /** What the alias begins with. */
  prefix?: string | undefined;
  /** Of the primary version. */
  state?: VersionState | undefined;
  purpose?: Purpose | undefined;
  /** A label's name, or its name and its value. */
  label?: string | readonly [name: string, value: string] | undefined;
  /** Milliseconds since 1970: whose next rotation is due before that. */
  dueBefore?: number | undefined;
  /**
   * Also keys all of whose versions are destroyed, each with the alias that it had. Left out unless asked for, by this or by
   * `state: "destroyed"`.
   */
  destroyed?: boolean | undefined;
}

/** Which part of a long list. */
export interface PageOptions {
  /** The `next` of the page before. */
  after?: string | undefined;
  /** At most so many, 100 unless given, 1,000 at most. */
  limit?: number | undefined;
}

/** A key by its alias, by its id, or by what the vault told of it. */
export type KeyReference = string | KeyInfo;
