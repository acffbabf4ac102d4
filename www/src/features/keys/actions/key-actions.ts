/** The actions on a key or one of its versions: which are offered, and their labels. */

import type { VaultKey } from "strongroom";
import { isInUse, type Version } from "../versions";

export type ActionName =
  | "rotate"
  | "activate"
  | "suspend"
  | "resume"
  | "revoke"
  | "scheduleDestroy"
  | "cancelDestroy"
  | "destroy";

export interface KeyAction {
  name: ActionName;
  key: VaultKey;
  /** `undefined`: the key as a whole. */
  version: Version | undefined;
}

/** The actions that the page offers on a version, in the order of their buttons. */
const OFFERED = ["activate", "suspend", "resume", "revoke", "scheduleDestroy", "cancelDestroy", "destroy"] as const;

/**
 * What a version's state permits, as the vault says, but for what the page keeps from being done by mistake: a version
 * in use is destroyed only with its key, or after it was revoked, and at once only where it is scheduled already.
 */
export function actionsOfVersion(version: Version): readonly ActionName[] {
  const scheduled = version.can("cancelDestroy");
  return OFFERED.filter((name) => {
    if (name === "revoke") return version.can("compromise") && !scheduled;
    if (name === "scheduleDestroy" && isInUse(version)) return false;
    if (name === "destroy" && !scheduled) return false;
    return version.can(name);
  });
}

export function actionsOfKey({ versions }: VaultKey): readonly ActionName[] {
  const left = versions.filter((version) => version.can("destroy"));
  if (left.length === 0) return [];
  const pending = left.every((version) => version.can("cancelDestroy"));
  return pending ? ["cancelDestroy", "destroy"] : ["rotate", "scheduleDestroy"];
}

interface ActionLabel {
  /** On the button that leads to the consequences, and on the one that confirms. */
  button: string;
  title: (target: string) => string;
  done: (target: string) => string;
  /** Whether it takes something away for good. */
  dangerous: boolean;
}

const LABELS: Record<ActionName, ActionLabel> = {
  rotate: {
    button: "Rotate",
    title: (target) => `Rotate ${target}?`,
    done: (target) => `${target} has a new version.`,
    dangerous: false,
  },
  activate: {
    button: "Activate",
    title: (target) => `Activate ${target}?`,
    done: (target) => `${target} is active.`,
    dangerous: false,
  },
  suspend: {
    button: "Suspend",
    title: (target) => `Suspend ${target}?`,
    done: (target) => `${target} is suspended.`,
    dangerous: false,
  },
  resume: {
    button: "Resume",
    title: (target) => `Resume ${target}?`,
    done: (target) => `${target} is resumed.`,
    dangerous: false,
  },
  revoke: {
    button: "Revoke",
    title: (target) => `Revoke ${target}?`,
    done: (target) => `${target} is revoked.`,
    dangerous: true,
  },
  scheduleDestroy: {
    button: "Schedule destruction",
    title: (target) => `Schedule the destruction of ${target}?`,
    done: (target) => `The destruction of ${target} is scheduled.`,
    dangerous: true,
  },
  cancelDestroy: {
    button: "Cancel destruction",
    title: (target) => `Cancel the destruction of ${target}?`,
    done: (target) => `The destruction of ${target} is cancelled.`,
    dangerous: false,
  },
  destroy: {
    button: "Destroy now",
    title: (target) => `Destroy ${target} now?`,
    done: (target) => `${target} is destroyed.`,
    dangerous: true,
  },
};

/** A version that is not in use cannot be revoked any more, only reported. */
const REPORT: ActionLabel = {
  button: "Report as compromised",
  title: (target) => `Report ${target} as compromised?`,
  done: (target) => `${target} is marked as compromised.`,
  dangerous: true,
};

export function labelOf({ name, version }: Pick<KeyAction, "name" | "version">): ActionLabel {
  return name === "revoke" && version && !isInUse(version) ? REPORT : LABELS[name];
}

/** `version 2 of “photos”`. */
export function targetOf({ key, version }: KeyAction): string {
  return version ? `version ${version.number} of “${key.alias}”` : `“${key.alias}”`;
}
