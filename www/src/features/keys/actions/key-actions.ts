/** The actions on a key or one of its versions: which state permits which, and their labels. */

import type { VaultKey, VersionState } from "strongroom";
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

const OF_VERSION: Record<VersionState, readonly ActionName[]> = {
  "pre-active": ["activate", "revoke", "scheduleDestroy"],
  active: ["suspend", "revoke"],
  suspended: ["resume", "revoke"],
  deactivated: ["revoke", "scheduleDestroy"],
  compromised: ["scheduleDestroy"],
  "destroy-scheduled": ["cancelDestroy", "destroy"],
  destroyed: [],
};

/** A version in use can be destroyed only with its key, or after it was revoked. */
export const actionsOfVersion = ({ state }: Version): readonly ActionName[] => OF_VERSION[state];

export function actionsOfKey({ session, versions }: VaultKey): readonly ActionName[] {
  const left = versions.filter(({ state }) => state !== "destroyed");
  if (session || left.length === 0) return [];
  const pending = left.every(({ state }) => state === "destroy-scheduled");
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
