/** Options of what is done with a key. */
import type { KeyFilter, KeyOptions, SessionOptions } from "../../shared/model/key-info.js";
import type { AbortOptions } from "../../shared/model/progress.js";
import type { ApprovalOptions, ReasonOptions } from "../../shared/model/key-policy.js";
import { ABORT, APPROVAL, check, orNull, REASON, type Checks } from "../../shared/options.js";
import type { PresentedFactor } from "../factors/factor.js";
import { policyOf } from "../policies/policy-options.js";

export interface RotateOptions extends ReasonOptions {
  /** `false`: the new version waits as `pre-active`. */
  activate?: boolean | undefined;
}

export interface RevokeOptions extends ReasonOptions {
  /** Others may have the key: `compromised`, instead of `deactivated`. */
  compromised?: boolean | undefined;
}

export interface DestroyOptions extends ReasonOptions, ApprovalOptions {
  /** Although objects of the inventory still need it: they will open to nobody. */
  force?: boolean | undefined;
}

export interface ScheduleOptions extends DestroyOptions {
  /** An ISO 8601 duration from now: 30 days unless given, 1 to 365 unless forced. */
  after?: string | undefined;
}

export interface KeyChanges {
  /** Not of a key that is destroyed, which has none. */
  alias?: string | undefined;
  /** In place of all that the key has. */
  labels?: Readonly<Record<string, string>> | undefined;
  /** An ISO 8601 duration; `null` ends rotation by time. */
  rotateEvery?: string | null | undefined;
}

export interface ExportOptions extends AbortOptions, ReasonOptions, ApprovalOptions {
  /** One that unlocks the vault. */
  factor: PresentedFactor;
  /** A version's id; the primary one unless given. */
  version?: string | undefined;
}

export interface SetPolicyOptions extends ReasonOptions, ApprovalOptions {}

/** @internal */
export const SET_POLICY = { ...REASON, ...APPROVAL } satisfies Checks<SetPolicyOptions>;

/** @internal */
export const ROTATE = { ...REASON, activate: check.flag } satisfies Checks<RotateOptions>;

/** @internal */
export const REVOKE = { ...REASON, compromised: check.flag } satisfies Checks<RevokeOptions>;

/** @internal */
export const DESTROY = { ...REASON, ...APPROVAL, force: check.flag } satisfies Checks<DestroyOptions>;

/** @internal */
export const SCHEDULE = { ...DESTROY, after: check.text } satisfies Checks<ScheduleOptions>;

/** @internal */
export const CHANGES = {
  alias: check.name,
  labels: check.texts,
  rotateEvery: orNull(check.text),
} satisfies Checks<KeyChanges>;

/** @internal */
export const EXPORT = { ...ABORT, ...REASON, ...APPROVAL, factor: check.any, version: check.name } satisfies Checks<ExportOptions>;

/** @internal */
export const KEY_OPTIONS = {
  alias: check.name,
  purpose: check.text,
  labels: check.texts,
  rotateEvery: check.text,
  policy: policyOf,
} satisfies Checks<KeyOptions>;

/** @internal */
export const NEW_KEY = { ...KEY_OPTIONS, ...REASON } satisfies Checks<KeyOptions & ReasonOptions>;

/** @internal */
export const SESSION_OPTIONS = {
  ttl: check.text,
  alias: check.name,
  purpose: check.text,
  ...REASON,
} satisfies Checks<SessionOptions & ReasonOptions>;

/** @internal */
export const KEY_FILTER = {
  prefix: check.text,
  state: check.text,
  purpose: check.text,
  label: check.any,
  dueBefore: check.number,
  destroyed: check.flag,
} satisfies Checks<KeyFilter>;
