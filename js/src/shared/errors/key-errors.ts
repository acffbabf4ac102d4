/** Errors of keys and their versions. */
import type { VersionState } from "../model/key-info.js";
import type { PolicyRule } from "../model/key-policy.js";
import { StrongroomError, type ApprovalReason, type Details, type WitnessReason } from "./base.js";

/**
 * The vault has no key of that alias or id. Create it, or check the spelling. Of an object or a value: none of the vault's
 * keys opens it, since another vault made it, or a key of a session that has ended.
 */
export class NoKeyError extends StrongroomError {
  override readonly name = "NoKeyError";
  readonly code = "ERR_NO_KEY";
}

/** The key has no such version. Look at its `versions`. */
export class NoVersionError extends StrongroomError {
  override readonly name = "NoVersionError";
  readonly code = "ERR_NO_VERSION";
}

/**
 * The version's state (`from`) forbids this: a use, or becoming `to`. Resume what is suspended, activate what is
 * pre-active; what is destroyed stays so.
 */
export class StateError extends StrongroomError {
  override readonly name = "StateError";
  readonly code = "ERR_STATE";
  /** The state that the version is in. */
  readonly from: VersionState | undefined;
  /** The state that it cannot come into from there; `undefined` where a use was refused. */
  readonly to: VersionState | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.from = details.from;
    this.to = details.to;
  }
}

/**
 * A policy forbids this: the key's, the vault's or that of the vault's organisation, as `policy` says; or the view of the vault does not list it (`"view"`).
 * A refused operation changes nothing. `rule` is the first member of the policy that refuses it. Give the context or the `reason` that it asks for, present
 * a factor to `vault.authenticate`, use another key, or change the policy by `key.setPolicy` or `vault.setPolicy`; an organisation's is changed by the
 * organisation alone.
 */
export class PolicyError extends StrongroomError {
  override readonly name = "PolicyError";
  readonly code = "ERR_POLICY";
  readonly rule: PolicyRule;
  readonly policy: "key" | "vault" | "organisation" | "view";

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.rule = details.rule ?? "operations";
    this.policy = details.policy ?? "key";
  }
}

/**
 * An approval does not hold for this, as `reason` says. Nothing was done, and no request was used. Give the call exactly what was requested, the reason
 * included, or request it again.
 */
export class ApprovalError extends StrongroomError {
  override readonly name = "ApprovalError";
  readonly code = "ERR_APPROVAL";
  readonly reason: ApprovalReason;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.reason = (details.reason as ApprovalReason | undefined) ?? "not-open";
  }
}

/**
 * A checkpoint of an audit log and what a witness has seen of that log do not go together, as `reason` says. Nothing was cosigned, and nothing kept. After
 * `"size"`, make the request from `size` on; `"smaller"`, `"forked"` and `"proof"` say that the log was set back or changed, or that something older was sent again: find out by whom.
 */
export class WitnessError extends StrongroomError {
  override readonly name = "WitnessError";
  readonly code = "ERR_WITNESS";
  readonly reason: WitnessReason;
  /** How many entries of the log are known; absent for `"unknown-log"` and `"future"`. */
  readonly size: number | undefined;

  /** @internal */
  constructor(message: string, details: Details = {}) {
    super(message, details);
    this.reason = (details.reason as WitnessReason | undefined) ?? "unknown-log";
    this.size = details.size;
  }
}

/** The key is for another purpose. Use or make one for this. */
export class PurposeError extends StrongroomError {
  override readonly name = "PurposeError";
  readonly code = "ERR_PURPOSE";
}

/** A key of that alias exists. Use it, or choose another alias. */
export class KeyExistsError extends StrongroomError {
  override readonly name = "KeyExistsError";
  readonly code = "ERR_KEY_EXISTS";
}
